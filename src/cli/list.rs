//! `ravine list`: the members of all families with their settings.

use super::print;
use crate::export::catalog::{
    Facts, Member, NO_BREAK_SPACE, Setting, datasets, landscapes, networks, optimizers, planes,
    schedules, wrappers,
};
use std::io::{self, Write};

/// List landscapes, optimizers, wrappers, schedules, networks, data sets and planes with their settings
#[derive(clap::Args)]
#[command(after_help = "\
Each setting has its default, its help and its allowed values. --json prints one
list per family, under the family's name.

Examples:
  ravine list
  ravine list optimizers
  ravine list landscapes --json")]
pub(super) struct Args {
    /// Family: landscapes, optimizers, wrappers, schedules, networks, data or planes [default: all]
    #[arg(value_enum, value_name = "FAMILY", hide_possible_values = true)]
    family: Option<Family>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Family {
    Landscapes,
    Optimizers,
    Wrappers,
    Schedules,
    Networks,
    Data,
    Planes,
}

/// A family: its name, the form in which its members are given, and its members.
type Listed = (&'static str, &'static str, Vec<Member>);

pub(super) fn list(args: &Args) -> Result<(), String> {
    let asked = |family| args.family.is_none_or(|asked| asked == family);
    let mut lists: Vec<Listed> = Vec::new();
    if asked(Family::Landscapes) {
        lists.push((
            "landscapes",
            "--landscape NAME:SETTING=VALUE,SETTING=VALUE",
            landscapes(),
        ));
    }
    if asked(Family::Optimizers) {
        lists.push((
            "optimizers",
            "--run NAME:SETTING=VALUE,SETTING=VALUE",
            optimizers(),
        ));
    }
    if asked(Family::Wrappers) {
        lists.push((
            "wrappers",
            "--run OPTIMIZER+NAME:SETTING=VALUE+NAME:SETTING=VALUE",
            wrappers(),
        ));
    }
    if asked(Family::Schedules) {
        lists.push((
            "schedules",
            "--run OPTIMIZER@NAME:SETTING=VALUE>NAME:SETTING=VALUE",
            schedules(),
        ));
    }
    if asked(Family::Networks) {
        lists.push((
            "networks",
            "--network NAME:SETTING=VALUE,SETTING=VALUE",
            networks(),
        ));
    }
    if asked(Family::Data) {
        lists.push((
            "data",
            "--data NAME:SETTING=VALUE,SETTING=VALUE",
            datasets(),
        ));
    }
    if asked(Family::Planes) {
        lists.push((
            "planes",
            "--plane NAME:SETTING=VALUE,SETTING=VALUE",
            planes(),
        ));
    }
    print(|out| {
        if args.json {
            json(&lists, out)
        } else {
            text(&lists, width(), out)
        }
    })
}

fn json(lists: &[Listed], out: &mut dyn Write) -> io::Result<()> {
    out.write_all(b"{")?;
    for (index, (name, _, members)) in lists.iter().enumerate() {
        let comma = if index > 0 { "," } else { "" };
        write!(out, "{comma}\n\"{name}\": ")?;
        serde_json::to_writer_pretty(&mut *out, members)?;
    }
    out.write_all(b"\n}\n")
}

/// Returns the width of the terminal in columns, from `COLUMNS`, or 80.
fn width() -> usize {
    let columns = std::env::var("COLUMNS")
        .ok()
        .and_then(|columns| columns.parse().ok());
    columns.unwrap_or(80).clamp(50, 120)
}

fn text(lists: &[Listed], width: usize, out: &mut dyn Write) -> io::Result<()> {
    for (index, (name, usage, members)) in lists.iter().enumerate() {
        let gap = if index > 0 { "\n" } else { "" };
        writeln!(out, "{gap}{}: {usage}", name.to_uppercase())?;
        let mut group = None;
        for member in members {
            let of = member.landscape.as_ref().map(|facts| facts.group);
            if of != group {
                writeln!(out, "\n— {} —", of.unwrap_or_default())?;
                group = of;
            }
            writeln!(out, "\n{}  ({})", member.name, member.title)?;
            let facts = member.landscape.as_ref().map(Facts::sentences);
            let facts = facts.unwrap_or_default();
            for paragraph in member.help.lines().chain(facts.iter().map(String::as_str)) {
                wrap("    ", "    ", paragraph, width, out)?;
            }
            let heads: Vec<String> = member
                .settings
                .iter()
                .map(|setting| format!("    {}={}", setting.name, setting.text))
                .collect();
            let widest = heads
                .iter()
                .map(|head| head.chars().count())
                .filter(|head| *head <= 24);
            let column = widest.max().unwrap_or(24) + 2;
            for (setting, head) in member.settings.iter().zip(heads) {
                let described = described(setting);
                let indent = " ".repeat(column);
                if head.chars().count() + 2 > column {
                    wrap("    ", &indent, head.trim_start(), width, out)?;
                    wrap(&indent, &indent, &described, width, out)?;
                } else {
                    wrap(&format!("{head:column$}"), &indent, &described, width, out)?;
                }
            }
        }
    }
    Ok(())
}

/// Returns the help of a setting with its allowed values.
fn described(setting: &Setting) -> String {
    let mut expected = setting.expected.clone();
    if let Some(range) = setting.range.as_str() {
        expected = expected.replace(range, &range.replace(' ', NO_BREAK_SPACE));
    }
    let mut letters = expected.chars();
    let first: String = letters
        .next()
        .into_iter()
        .flat_map(char::to_uppercase)
        .collect();
    let rest = letters.as_str();
    format!("{} {first}{rest}.", setting.help.replace('\n', " "))
}

/// Writes a text wrapped to lines of at most `width` characters, the first prefixed by `first`, the others by `rest`.
fn wrap(first: &str, rest: &str, text: &str, width: usize, out: &mut dyn Write) -> io::Result<()> {
    let mut line = first.to_owned();
    let mut empty = true;
    for word in text.split(' ') {
        if !empty && line.chars().count() + 1 + word.chars().count() > width {
            writeln!(out, "{}", line.replace(NO_BREAK_SPACE, " "))?;
            rest.clone_into(&mut line);
            empty = true;
        }
        if !empty {
            line.push(' ');
        }
        line.push_str(word);
        empty = false;
    }
    writeln!(out, "{}", line.trim_end().replace(NO_BREAK_SPACE, " "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_list_fits() {
        let lists: Vec<Listed> = vec![
            ("landscapes", "", landscapes()),
            ("optimizers", "", optimizers()),
            ("schedules", "", schedules()),
            ("networks", "", networks()),
            ("data", "", datasets()),
            ("planes", "", planes()),
        ];
        for width in [50, 80] {
            let mut out = Vec::new();
            text(&lists, width, &mut out).unwrap();
            for line in String::from_utf8(out).unwrap().lines() {
                assert!(
                    line.chars().count() <= width,
                    "{line:?} is longer than {width}"
                );
            }
        }
    }

    #[test]
    fn lines_hang_under_their_text() {
        let mut out = Vec::new();
        wrap("a=1  ", "     ", "one two three", 13, &mut out).unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "a=1  one two\n     three\n"
        );
    }
}
