//! `ravine explain`: why runs ended as they did, and what to try.

use super::progress_counter::with_spinner;
use super::scene_args::SceneArgs;
use super::{print, run_number};
use crate::engine::results::Runs;
use crate::engine::scene::Scene;
use crate::engine::training::{self, Outcome};
use crate::export::json;
use crate::session::compute_all_runs;
use crate::teaching::explain::{Explanation, UNTRIED, explain, nothing_unusual};
use serde_json::{Value, json};
use std::io::{self, Write};

/// Width of lines of sentences.
const WIDTH: usize = 78;

/// Explain why runs ended as they did
///
/// Says in a few sentences, with the numbers of the run, why it diverged, oscillates, crawls or is stuck, and what to change; or that
/// nothing is unusual about it.
#[derive(clap::Args)]
#[command(after_help = "\
At most two explanations are given for a run, the most important first. Each
names a change to try, as a spec or as settings of the scene, how the changed
run ends, and the source of its formulas. A scene with a network is trained
first. JSON contains runs, each with its name, spec, outcome and explanations:
rule, title, sentences, try (its label, its effect, the run's new spec and the
changed scene as TOML), lesson, help, source.

Examples:
  ravine explain --landscape quadratic:a=1,b=50 --run sgd:lr=0.05
  ravine explain example:plateau --run-number 2
  ravine explain --landscape himmelblau --run adam --json")]
pub(super) struct Args {
    #[command(flatten)]
    scene: SceneArgs,
    /// Number of the run in the scene, from 1 [default: every visible run]
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    run_number: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args) -> Result<(), String> {
    let (scene, problem) = args.scene.prepare()?;
    if !scene.is_network() {
        training::check_start(&*problem.objective, scene.start_theta())?;
    }
    let chosen: Vec<usize> = match &args.run_number {
        Some(number) => vec![run_number(&scene, Some(number))?],
        None => (0..scene.runs.len())
            .filter(|index| scene.runs[*index].shown)
            .collect(),
    };
    if chosen.is_empty() {
        return Err("the scene has no visible run; choose one with --run SPEC".to_owned());
    }
    let runs = with_spinner("explain", || compute_all_runs(&scene, &problem, None))?;
    let mut found = Vec::new();
    for index in chosen {
        found.push((index, explain(&scene, &runs, index)?));
    }
    if args.json {
        let runs: Vec<Value> = found
            .iter()
            .map(|(index, explanations)| run_json(&runs, *index, explanations))
            .collect();
        return print(|out| json::write(&json!({ "runs": runs }), out));
    }
    print(|out| {
        for (place, (index, explanations)) in found.iter().enumerate() {
            if place > 0 {
                writeln!(out)?;
            }
            write_run(&runs, *index, explanations, out)?;
        }
        Ok(())
    })
}

fn write_run(
    runs: &Runs,
    index: usize,
    explanations: &[Explanation],
    out: &mut dyn Write,
) -> io::Result<()> {
    let outcome = runs.results[index].trajectory.outcome;
    let ended = match outcome {
        Outcome::Finished => outcome.name().to_owned(),
        Outcome::Converged(step) | Outcome::Diverged(step, _) | Outcome::Stopped(step, _) => {
            format!("{} at step {step}", outcome.name())
        }
    };
    let names = runs.scene.run_names();
    writeln!(out, "{}: {} ({ended})", index + 1, names[index])?;
    if explanations.is_empty() {
        return write_wrapped(&nothing_unusual(runs, index), out);
    }
    for explanation in explanations {
        writeln!(out, "\n  {}", explanation.title)?;
        write_wrapped(&explanation.sentences.join(" "), out)?;
        if let Some(suggestion) = &explanation.suggestion {
            let spec = &suggestion.scene.runs[index].spec;
            let changed = *spec != runs.scene.runs[index].spec;
            let spec = changed.then(|| format!("--run {spec}"));
            let flags: Vec<String> = spec
                .into_iter()
                .chain(scene_flags(&runs.scene, &suggestion.scene))
                .collect();
            let colon = if flags.is_empty() { "" } else { ": " };
            let line = format!("Try: {}{colon}{}", suggestion.label, flags.join(" "));
            write_wrapped(&line, out)?;
            write_wrapped(suggestion.effect.as_deref().unwrap_or(UNTRIED), out)?;
        }
        write_wrapped(&format!("More: ravine help {}", explanation.help), out)?;
        write_wrapped(&format!("Source: {}", explanation.source), out)?;
    }
    Ok(())
}

/// Returns the flags of settings of the scene that differ: steps, batch, clipping norm and start.
fn scene_flags(scene: &Scene, changed: &Scene) -> Vec<String> {
    let (old, new) = (&scene.training, &changed.training);
    let mut flags = Vec::new();
    if new.steps != old.steps {
        flags.push(format!("--steps {}", new.steps));
    }
    if let Some(batch) = new.batch.filter(|_| new.batch != old.batch) {
        flags.push(format!("--batch {batch}"));
    }
    if let Some(norm) = new.clip_norm.filter(|_| new.clip_norm != old.clip_norm) {
        flags.push(format!("--clip-norm {norm}"));
    }
    if !scene.is_network() && scene.start_theta() != changed.start_theta() {
        let coordinates = changed.start_theta().iter().map(f64::to_string);
        flags.push(format!(
            "--start={}",
            coordinates.collect::<Vec<_>>().join(",")
        ));
    }
    flags
}

/// Writes a text in indented lines of at most [`WIDTH`] characters.
fn write_wrapped(text: &str, out: &mut dyn Write) -> io::Result<()> {
    const INDENT: &str = "    ";
    let mut line = String::new();
    for word in text.split_whitespace() {
        let length = INDENT.len() + line.chars().count() + 1 + word.chars().count();
        if !line.is_empty() && length > WIDTH {
            writeln!(out, "{INDENT}{line}")?;
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    writeln!(out, "{INDENT}{line}")
}

fn run_json(runs: &Runs, index: usize, explanations: &[Explanation]) -> Value {
    let run = &runs.scene.runs[index];
    let each = explanations.iter().map(|explanation| {
        let attempt = explanation.suggestion.as_ref().map(|suggestion| {
            json!({
                "label": suggestion.label,
                "effect": suggestion.effect,
                "spec": suggestion.scene.runs[index].spec.to_string(),
                "scene": suggestion.scene.to_toml(),
            })
        });
        json!({
            "rule": explanation.rule,
            "title": explanation.title,
            "sentences": explanation.sentences,
            "try": attempt,
            "lesson": explanation.lesson,
            "help": explanation.help,
            "source": explanation.source,
        })
    });
    json!({
        "run": index + 1,
        "name": runs.scene.run_names()[index],
        "spec": run.spec.to_string(),
        "outcome": runs.results[index].trajectory.outcome.name(),
        "explanations": each.collect::<Vec<Value>>(),
    })
}
