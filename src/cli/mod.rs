//! The command line, with one file per subcommand: arguments → scene → engine → exporter.

mod argument_errors;
mod basins;
mod check;
mod completions;
mod connect;
mod critical;
mod curvature;
mod diverged;
mod explain;
mod film;
mod guide;
mod help;
mod hints;
mod interrupt;
mod lesson;
mod list;
mod man;
mod memory;
mod network_args;
mod network_scene;
mod outputs;
mod page_args;
mod progress;
mod progress_counter;
mod render;
mod results;
mod run_args;
mod save_scene;
mod scene_args;
mod scene_file;
mod seeds;
mod slice;
mod startup;
mod sweep;
mod trace;
mod train;
mod unknown_argument;
mod window;

use crate::engine::scene::Scene;
use crate::engine::training::Outcome;
use crate::export::sentence::one_line;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use scene_args::whole;
use std::ffi::OsString;
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

/// Visualize how optimizers move on loss landscapes.
///
/// Without a command, the window opens. The commands work without a window: `trace` writes optimizer trajectories as
/// numbers, `render` draws a scene, `sweep` compares settings, `basins` maps starts to the minima that they reach,
/// `critical` lists minima, maxima and saddles, `train` trains a network, `slice` computes its loss on a plane in parameter
/// space, `curvature` computes Hessian eigenvalues and sharpness, `connect` finds a low-loss path between two networks,
/// `lesson` lists and opens lessons, `explain` says why runs did what they did, `guide`, `glossary` and `examples` print what the
/// window has in its menus, `list` and `help` document what there is to choose from, `check` validates a scene file, and `completions`
/// and `man` help your shell.
#[derive(Parser)]
#[command(
    name = "ravine",
    version,
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    disable_help_subcommand = true,
    after_help = "\
Examples:
  ravine                                       open the window
  ravine lecture.toml                          open the window on a scene file
  ravine lesson learning-rate                  open a lesson in the window
  ravine list optimizers                       list the optimizers
  ravine help adam                             explain one of them
  ravine guide nan                             say what to do about a symptom
  ravine example:newton-basins                 open an example
  ravine render --run adam:lr=0.05 -o adam.png draw one run
  ravine trace --run sgd --run adam -o two.csv write two runs as numbers
  ravine sweep --over lr=1e-4..1 --best        find the best learning rates
  ravine help slice                            explain a command

A run is written NAME:SETTING=VALUE,SETTING=VALUE, followed by @SCHEDULE for a
learning-rate schedule: adam:lr=0.05,beta1=0.95@cosine:t_max=90"
)]
struct Cli {
    /// Scene file to open in the window, lesson:NAME#STEP or example:NAME [default: the scene that was shown last, at first the Rosenbrock function]
    scene: Option<PathBuf>,
    /// Write no progress, notes and warnings to stderr; errors and results remain
    #[arg(short, long, global = true)]
    quiet: bool,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    Trace(trace::Args),
    Render(Box<render::Args>),
    Sweep(sweep::Args),
    Basins(basins::Args),
    Critical(critical::Args),
    Train(train::Args),
    Slice(slice::Args),
    Curvature(curvature::Args),
    Connect(connect::Args),
    Explain(Box<explain::Args>),
    Lesson(lesson::Args),
    Guide(guide::GuideArgs),
    Glossary(guide::GlossaryArgs),
    Examples(guide::ExamplesArgs),
    List(list::Args),
    Help(help::Args),
    Check(check::Args),
    Completions(completions::Args),
    Man(man::Args),
}

/// Runs the program with the arguments of the process. An error is one sentence on stderr and exit code 2.
pub fn main() -> ExitCode {
    startup::prepare();
    let mut program = curvature::allow_landscape(Cli::command());
    let mut args: Vec<OsString> = std::env::args_os().collect();
    // The parser takes a flag before a command for one of the window.
    if args.len() > 2 && (args[1] == "--quiet" || args[1] == "-q") {
        args.swap(1, 2);
    }
    let matches = program.try_get_matches_from_mut(args);
    let cli = matches.and_then(|matches| Cli::from_arg_matches(&matches));
    let cli = match cli {
        Ok(cli) => cli,
        Err(error) => return startup::explain(&error, &program),
    };
    let Cli {
        scene,
        quiet,
        command,
    } = cli;
    QUIET.store(quiet, Ordering::Relaxed);
    if let Some(
        Command::Render(_)
        | Command::Sweep(_)
        | Command::Basins(_)
        | Command::Critical(_)
        | Command::Train(_)
        | Command::Slice(_)
        | Command::Curvature(_)
        | Command::Connect(_),
    ) = command
    {
        interrupt::writes_at_end();
    }
    let done = match command {
        None => window::open(scene.as_deref()),
        Some(Command::Trace(args)) => trace::trace(&args),
        Some(Command::Render(args)) => render::render(&args),
        Some(Command::Sweep(args)) => sweep::sweep(&args),
        Some(Command::Basins(args)) => basins::basins(&args),
        Some(Command::Critical(args)) => critical::critical(&args),
        Some(Command::Train(args)) => train::train(&args),
        Some(Command::Slice(args)) => slice::slice(&args),
        Some(Command::Curvature(args)) => curvature::curvature(&args),
        Some(Command::Connect(args)) => connect::connect(&args),
        Some(Command::Explain(args)) => explain::run(&args),
        Some(Command::Lesson(args)) => lesson::lesson(&args),
        Some(Command::Guide(args)) => guide::guide(&args),
        Some(Command::Glossary(args)) => guide::glossary(&args),
        Some(Command::Examples(args)) => guide::examples(&args),
        Some(Command::List(args)) => list::list(&args),
        Some(Command::Help(args)) => help::help(&args),
        Some(Command::Check(args)) => check::check(&args),
        Some(Command::Completions(args)) => completions::completions(&args),
        Some(Command::Man(args)) => man::man(&args),
    };
    match done.and_then(|()| save_scene::save_scene()) {
        Ok(()) => {
            if let Some(source) = SOURCE.get() {
                note(source);
            }
            if interrupt::is_stopped() {
                ExitCode::from(interrupt::EXIT_CODE)
            } else {
                ExitCode::SUCCESS
            }
        }
        Err(sentence) => {
            print_error(&sentence);
            ExitCode::from(if interrupt::is_stopped() {
                interrupt::EXIT_CODE
            } else {
                2
            })
        }
    }
}

/// Returns the index of the run that `--run-number` selects; without it, of the scene's only run.
fn run_number(scene: &Scene, number: Option<&str>) -> Result<usize, String> {
    let runs = scene.runs.len();
    match number {
        Some(text) => whole(text).filter(|number| (1..=runs).contains(number)).map(|number| number - 1).ok_or_else(|| {
            format!("--run-number cannot be `{text}`; expected a whole number from 1 to {runs}, the runs of the scene")
        }),
        None if runs == 1 => Ok(0),
        None => Err(format!("the scene has {runs} runs; choose one with --run SPEC or --run-number N")),
    }
}

/// Writes a sentence to stderr in one line. A closed stderr is ignored.
fn print_error(sentence: &str) {
    let _ = writeln!(io::stderr(), "ravine: {}", one_line(sentence));
}

/// Whether `--quiet` is given.
static QUIET: AtomicBool = AtomicBool::new(false);

/// Whether progress, notes and warnings are left out.
fn is_quiet() -> bool {
    QUIET.load(Ordering::Relaxed)
}

/// Writes a note or a warning to stderr in one line, except with `--quiet`.
fn note(sentence: &str) {
    if !is_quiet() {
        print_error(sentence);
    }
}

/// Warns on stderr about a run that diverged or stopped, with step and reason.
fn warn(run: &str, outcome: Outcome) {
    if let Some(warning) = outcome.warning() {
        note(&format!("{run}: {warning}"));
    }
}

/// Summary of the rows and columns that were read from a data file.
static SOURCE: OnceLock<String> = OnceLock::new();

/// Remembers the summary of a data file, if one was read. [`main`] writes it to stderr once the command has succeeded, so that an
/// error stays one sentence alone.
fn remember_source(name: &str, source: &str) {
    if !source.is_empty() {
        SOURCE.get_or_init(|| format!("{name}: {source}"));
    }
}

/// Writes to stdout. A reader that closes the pipe early, like `head`, is no error.
fn print(fill: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), String> {
    let mut out = BufWriter::with_capacity(1 << 16, io::stdout().lock());
    printed(fill(&mut out).and_then(|()| out.flush()))
}

/// Returns the error sentence of a failed write to stdout; a closed pipe is no error.
fn printed(done: io::Result<()>) -> Result<(), String> {
    match done {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(format!(
            "standard output cannot be written ({})",
            error.kind()
        )),
        _ => Ok(()),
    }
}

/// Writes a text table whose columns are as wide as their widest cell.
fn table<const N: usize>(lines: &[[String; N]], out: &mut dyn Write) -> io::Result<()> {
    let widths: [usize; N] = std::array::from_fn(|column| {
        let cells = lines.iter().map(|line| line[column].chars().count());
        cells.max().unwrap_or(0)
    });
    for line in lines {
        let cells = line.iter().zip(widths);
        let text: Vec<String> = cells
            .map(|(cell, width)| format!("{cell:width$}"))
            .collect();
        writeln!(out, "{}", text.join("  ").trim_end())?;
    }
    Ok(())
}
