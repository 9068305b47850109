//! `ravine list`: the members of all families with their settings.

use super::print;
use crate::engine::declare::{SettingError, names};
use crate::export::catalog::{
    Facts, Member, NO_BREAK_SPACE, Setting, datasets, landscapes, networks, optimizers, planes,
    schedules, wrappers,
};
use crate::export::help_page::Family;
use serde::Serializer;
use std::io::{self, Write};

/// List landscapes, optimizers, wrappers, schedules, networks, data sets and planes
///
/// Without arguments, their names; with a family, a line about each member; with a member, its settings.
#[derive(clap::Args)]
#[command(after_help = "\
Names are found in any case, without their dashes, and by the names of other
libraries: momentum is sgd:momentum=0.9, and `learning_rate` is lr. --json prints
everything, in one list per family under the family's name.

Examples:
  ravine list
  ravine list optimizers
  ravine list optimizers adam
  ravine list landscapes --json")]
pub(super) struct Args {
    /// Family: landscapes, optimizers, wrappers, schedules, networks, data or planes [default: all], or a member
    family: Option<String>,
    /// Member of the family, to list its settings
    member: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// A family: its name, the form in which its members are given, and its members.
type Listed = (&'static str, &'static str, Vec<Member>);

/// The families: other names, the form in which members are given, and the members.
type Source = (
    Family,
    &'static [&'static str],
    &'static str,
    fn() -> Vec<Member>,
);

const FAMILIES: [Source; 7] = [
    (
        Family::Landscapes,
        &["function", "problem"],
        "--landscape NAME:SETTING=VALUE,SETTING=VALUE",
        landscapes,
    ),
    (
        Family::Optimizers,
        &["optimiser", "optim", "run"],
        "--run NAME:SETTING=VALUE,SETTING=VALUE",
        optimizers,
    ),
    (
        Family::Wrappers,
        &[],
        "--run OPTIMIZER+NAME:SETTING=VALUE+NAME:SETTING=VALUE",
        wrappers,
    ),
    (
        Family::Schedules,
        &["scheduler", "lrschedule", "lrscheduler"],
        "--run OPTIMIZER@NAME:SETTING=VALUE>NAME:SETTING=VALUE",
        schedules,
    ),
    (
        Family::Networks,
        &["model"],
        "--network NAME:SETTING=VALUE,SETTING=VALUE",
        networks,
    ),
    (
        Family::Data,
        &["dataset"],
        "--data NAME:SETTING=VALUE,SETTING=VALUE",
        datasets,
    ),
    (
        Family::Planes,
        &[],
        "--plane NAME:SETTING=VALUE,SETTING=VALUE",
        planes,
    ),
];

/// Returns whether `given` names a family, in the singular or plural.
fn is_family((family, others, ..): &Source, given: &str) -> bool {
    let plain = names::plain(given);
    let stem = plain.strip_suffix('s').unwrap_or(&plain);
    let own = family.name();
    own.strip_suffix('s').unwrap_or(own) == stem || others.contains(&stem)
}

/// Returns the members that are called `name`, of the families for which `asked` is true.
fn members(name: &str, asked: impl Fn(&Source) -> bool) -> Vec<Listed> {
    let all = FAMILIES.iter().filter(|source| asked(source));
    let found = all.filter_map(|(family, _, usage, list)| {
        let (index, _) = names::member(family.singular(), family.members(), name)?;
        Some((family.name(), *usage, vec![list().swap_remove(index)]))
    });
    found.collect()
}

pub(super) fn list(args: &Args) -> Result<(), String> {
    let (name, member) = (args.family.as_deref(), args.member.as_deref());
    let family = name.map(|name| (name, FAMILIES.iter().find(|source| is_family(source, name))));
    let lists = match (family, member) {
        (Some((_, Some(family))), Some(member)) => {
            let found = members(member, |source| source.0 == family.0);
            if found.is_empty() {
                return Err(unknown_name(
                    family.0.singular(),
                    member,
                    family.0.members().to_vec(),
                ));
            }
            found
        }
        (Some((name, None)), other) => {
            let found = members(name, |_| other.is_none());
            if found.is_empty() {
                return Err(unknown_name(
                    "family",
                    name,
                    FAMILIES.map(|(family, ..)| family.name()).to_vec(),
                ));
            }
            found
        }
        (_, _) => { FAMILIES.iter() }
            .filter(|source| name.is_none_or(|name| is_family(source, name)))
            .map(|(family, _, usage, list)| (family.name(), *usage, list()))
            .collect(),
    };
    let is_member = member.is_some() || family.is_some_and(|(_, family)| family.is_none());
    print(|out| match (name, is_member) {
        _ if args.json => json(&lists, out),
        (None, _) => overview(width(), out),
        (_, true) => text(&lists, width(), out),
        _ => lines(&lists, width(), out),
    })
}

fn unknown_name(family: &'static str, given: &str, valid: Vec<&'static str>) -> String {
    let given = given.to_owned();
    SettingError::Name {
        family,
        given,
        valid,
    }
    .to_string()
}

/// Writes the names of all families' members, in columns.
fn overview(width: usize, out: &mut dyn Write) -> io::Result<()> {
    for (family, _, usage, _) in &FAMILIES {
        let (title, names) = (family.name().to_uppercase(), family.members());
        writeln!(out, "{title} ({}): {usage}", names.len())?;
        let column = names.iter().map(|name| name.len()).max().unwrap_or(0) + 2;
        let columns = ((width - 2) / column).max(1);
        let rows = names.len().div_ceil(columns);
        for row in 0..rows {
            let cells = names.iter().skip(row).step_by(rows);
            let cells: Vec<String> = cells.map(|name| format!("{name:column$}")).collect();
            writeln!(out, "  {}", cells.concat().trim_end())?;
        }
        writeln!(out)?;
    }
    writeln!(
        out,
        "`ravine list optimizers` says a line about each of them, `ravine list optimizers adam`"
    )?;
    writeln!(
        out,
        "lists the settings of one, and `ravine help adam` explains it."
    )
}

/// Writes a line about each member.
fn lines(lists: &[Listed], width: usize, out: &mut dyn Write) -> io::Result<()> {
    for (name, usage, members) in lists {
        writeln!(out, "{}: {usage}", name.to_uppercase())?;
        let column = members
            .iter()
            .map(|member| member.name.len())
            .max()
            .unwrap_or(0)
            + 4;
        let mut group = None;
        for member in members {
            let of = member.landscape.as_ref().map(|facts| facts.group);
            if of != group {
                writeln!(out, "\n— {} —", of.unwrap_or_default())?;
                group = of;
            }
            let help = member.help.lines().next().unwrap_or_default();
            let sentence = help.split_inclusive(". ").next().unwrap_or(help);
            let head = format!("  {:1$}", member.name, column - 2);
            wrap(&head, &" ".repeat(column), sentence.trim_end(), width, out)?;
        }
    }
    Ok(())
}

fn json(lists: &[Listed], out: &mut dyn Write) -> io::Result<()> {
    let mut serializer = serde_json::Serializer::pretty(&mut *out);
    (&mut serializer).collect_map(lists.iter().map(|(name, _, members)| (name, members)))?;
    out.write_all(b"\n")
}

/// Returns the width of the terminal in columns, from `COLUMNS`, or 80.
pub(super) fn width() -> usize {
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
pub(super) fn wrap(
    first: &str,
    rest: &str,
    text: &str,
    width: usize,
    out: &mut dyn Write,
) -> io::Result<()> {
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
