//! Error sentences for command lines that the argument parser refuses.

use super::hints::long_dash;
use super::unknown_argument::Unknown;
use clap::Command;
use clap::error::{ContextKind, ContextValue, Error, ErrorKind};
use std::path::Path;

/// Returns one sentence about the arguments `args` that `program` refused with `error`: what is wrong, and what to do.
pub(super) fn sentence(error: &Error, program: &Command, args: &[String]) -> String {
    if let Some(sentence) = args.iter().find_map(|arg| long_dash(arg)) {
        return sentence;
    }
    let command = args.get(1).and_then(|name| program.find_subcommand(name));
    if command.is_none()
        && let Some(sentence) = unknown_command(program, args)
    {
        return sentence;
    }
    let call = command.map_or("ravine".to_owned(), |command| {
        format!("ravine {}", command.get_name())
    });
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => text.as_str(),
        _ => "",
    };
    let list = |kind| match error.get(kind) {
        Some(ContextValue::Strings(texts)) => &texts[..],
        Some(ContextValue::String(text)) => std::slice::from_ref(text),
        _ => &[],
    };
    let arg = text(ContextKind::InvalidArg);
    let (name, usage, value) = (name(arg), usage(arg), text(ContextKind::InvalidValue));
    match error.kind() {
        ErrorKind::UnknownArgument => {
            // Of `-steps` the parser complains about the letter `-s` alone.
            let is_letter = arg.starts_with('-') && arg.chars().count() == 2;
            let is_cluster = |given: &&String| given.starts_with(arg) && !given.starts_with("--");
            let given = args.iter().skip(1).find(is_cluster).filter(|_| is_letter);
            Unknown {
                given: given.map_or(arg, String::as_str),
                args,
                command: command.unwrap_or(program),
                call: &call,
                program,
            }
            .sentence()
        }
        ErrorKind::InvalidValue if value.is_empty() => {
            format!("{name} has no value; expected {usage}")
        }
        ErrorKind::InvalidValue => {
            let valid = join(list(ContextKind::ValidValue), "or");
            let suggested = match text(ContextKind::SuggestedValue) {
                "" => String::new(),
                suggested => format!("; did you mean `{suggested}`?"),
            };
            format!("{name} cannot be `{value}`; expected {valid}{suggested}")
        }
        ErrorKind::TooManyValues => format!("{name} takes no value; expected it without `{value}`"),
        ErrorKind::MissingRequiredArgument => {
            let missing: Vec<String> = list(ContextKind::InvalidArg)
                .iter()
                .map(|arg| self::usage(arg))
                .collect();
            let verb = if missing.len() == 1 { "is" } else { "are" };
            format!(
                "{} {verb} missing; `{call} --help` has examples",
                join(&missing, "and")
            )
        }
        ErrorKind::ArgumentConflict if arg.is_empty() => {
            let command = text(ContextKind::InvalidSubcommand);
            let first = args.get(1).map_or("--help", String::as_str);
            if program.find_subcommand(command).is_none() {
                return format!(
                    "`{command}` stands behind `{first}`, which is no command; expected a command first, or one scene file alone; `ravine --help` lists the commands"
                );
            }
            format!(
                "the command `{command}` stands behind other arguments; expected it first, like `ravine {command} {first}`"
            )
        }
        ErrorKind::ArgumentConflict => match list(ContextKind::PriorArg) {
            [other] if other == arg => format!("{name} is given twice; expected it once"),
            others => {
                let others: Vec<String> = others
                    .iter()
                    .map(|other| self::name(other).to_owned())
                    .collect();
                format!(
                    "{name} excludes {}; expected one of them",
                    join(&others, "and")
                )
            }
        },
        ErrorKind::InvalidUtf8 => {
            "an argument is not text in UTF-8; expected UTF-8, except in names of files".to_owned()
        }
        _ => {
            let rendered = error.to_string();
            let first = rendered.lines().next().unwrap_or_default();
            let first = first.trim_start_matches("error: ");
            format!("{first}; `{call} --help` lists the arguments")
        }
    }
}

/// Returns the sentence about a first argument that is nearly a command, and no file.
fn unknown_command(program: &Command, args: &[String]) -> Option<String> {
    let is_quiet = |arg: &&String| *arg == "-q" || *arg == "--quiet";
    let given = args.iter().skip(1).find(|arg| !is_quiet(arg))?;
    if given.starts_with('-') || Path::new(given).exists() {
        return None;
    }
    let near = near_command(program, given)?;
    (near != given).then(|| format!("unknown command `{given}`; did you mean `{near}`?"))
}

/// Other words for commands.
const OTHER_COMMANDS: [(&str, &str); 14] = [
    ("plot", "render"),
    ("draw", "render"),
    ("export", "render"),
    ("run", "trace"),
    ("optimize", "trace"),
    ("optimise", "trace"),
    ("minimize", "trace"),
    ("grid", "sweep"),
    ("search", "sweep"),
    ("hessian", "curvature"),
    ("spectrum", "curvature"),
    ("fit", "train"),
    ("minima", "critical"),
    ("landscapes", "list"),
];

/// Returns the command that `given` means by another word, or whose name is nearly `given`.
pub(super) fn near_command<'a>(program: &'a Command, given: &str) -> Option<&'a str> {
    let other = OTHER_COMMANDS.iter().find(|(word, _)| *word == given);
    if let Some((_, command)) = other {
        return Some(command);
    }
    let commands = program.get_subcommands().map(Command::get_name);
    let near = commands.map(|command| (strsim::damerau_levenshtein(given, command), command));
    let (distance, command) = near.min()?;
    (distance <= 2 && 2 * distance < command.len().min(given.len())).then_some(command)
}

/// Returns the name in the parser's `--output <FILE>`, `<SCENE>` or `[FAMILY]`.
fn name(arg: &str) -> &str {
    let name = arg.split(' ').next().unwrap_or_default();
    name.trim_matches(['<', '>', '[', ']'])
}

/// Returns the parser's `--output <FILE>` as `--output FILE`.
fn usage(arg: &str) -> String {
    arg.replace(['<', '>'], "")
}

/// Joins texts as "a, b or c".
fn join(texts: &[impl AsRef<str>], word: &str) -> String {
    let texts: Vec<&str> = texts.iter().map(AsRef::as_ref).collect();
    match &texts[..] {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [firsts @ .., last] => format!("{} {word} {last}", firsts.join(", ")),
    }
}
