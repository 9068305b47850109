//! `ravine guide`, `ravine glossary` and `ravine examples`: the texts and scenes that the program brings.

use super::list::{width, wrap};
use super::{print, table};
use crate::teaching::example::Example;
use crate::teaching::glossary::{self, Term};
use crate::teaching::guide::{GuideEntry, GuideKind};
use std::io::{self, Write};

/// Say which optimizer suits a problem, and what to do about a symptom
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  ravine guide
  ravine guide nan
  ravine guide noise floor
  ravine guide zero-grad")]
pub(super) struct GuideArgs {
    /// Words that entries must have [default: lists all entries]
    words: Vec<String>,
}

/// Explain a term or a symbol
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  ravine glossary
  ravine glossary κ
  ravine glossary noise floor")]
pub(super) struct GlossaryArgs {
    /// Term, symbol or name of a setting, or words that entries must have [default: lists all terms]
    term: Vec<String>,
}

/// List the examples: scenes that are ready to open
#[derive(clap::Args)]
#[command(after_help = "\
An example is written example:NAME wherever a scene file is accepted. With a
name, its scene file is printed.

Examples:
  ravine examples
  ravine examples newton-basins
  ravine example:newton-basins
  ravine render example:newton-basins -o basins.png")]
pub(super) struct ExamplesArgs {
    /// Name of the example whose scene file is printed
    name: Option<String>,
}

pub(super) fn guide(args: &GuideArgs) -> Result<(), String> {
    let entries = GuideEntry::bundled()?;
    let query = args.words.join(" ");
    if query.trim().is_empty() {
        return print(|out| titles(entries, out));
    }
    let named: Vec<&GuideEntry> = { entries.iter() }
        .filter(|entry| entry.name == query)
        .collect();
    let found: Vec<&GuideEntry> = if named.is_empty() {
        { entries.iter() }
            .filter(|entry| entry.matches(&query))
            .collect()
    } else {
        named
    };
    if found.is_empty() {
        return Err(format!(
            "the guide has no entry with `{query}`; expected words such as nan, noise or saddle"
        ));
    }
    print(|out| {
        for (index, entry) in found.iter().enumerate() {
            if index > 0 {
                writeln!(out)?;
            }
            entry_text(entry, out)?;
        }
        Ok(())
    })
}

/// Writes the names and titles of all entries.
fn titles(entries: &[GuideEntry], out: &mut dyn Write) -> io::Result<()> {
    for kind in GuideKind::ALL {
        writeln!(out, "— {} —", kind.title())?;
        let of_kind = entries.iter().filter(|entry| entry.kind == kind);
        let rows: Vec<[String; 2]> = of_kind
            .map(|entry| [format!("  {}", entry.name), entry.title.clone()])
            .collect();
        table(&rows, out)?;
        writeln!(out)?;
    }
    writeln!(
        out,
        "`ravine guide WORDS` prints the entries with these words."
    )
}

/// Writes an entry with its links.
fn entry_text(entry: &GuideEntry, out: &mut dyn Write) -> io::Result<()> {
    let width = width();
    let title = format!("{}  ({})", entry.title, entry.name);
    wrap("", "", &title, width, out)?;
    for (heading, text) in &entry.paragraphs {
        let first = format!("  {:8}", format!("{heading}:"));
        wrap(&first, "          ", text, width, out)?;
    }
    let help: Vec<String> = { entry.help.iter() }
        .map(|name| format!("`ravine help {name}`"))
        .collect();
    let more = format!("lesson {}; {}", entry.lesson, help.join(", "));
    wrap("  See:    ", "          ", &more, width, out)?;
    if !entry.sources.is_empty() {
        let sources = entry.sources.join("; ");
        wrap("  Source: ", "          ", &sources, width, out)?;
    }
    Ok(())
}

pub(super) fn glossary(args: &GlossaryArgs) -> Result<(), String> {
    let query = args.term.join(" ");
    if query.trim().is_empty() {
        let terms = Term::bundled()?;
        return print(|out| {
            let rows: Vec<[String; 2]> = { terms.iter() }
                .map(|term| [term.term.clone(), term.symbol_text()])
                .collect();
            table(&rows, out)
        });
    }
    let found = glossary::search(&query)?;
    print(|out| {
        for (index, term) in found.iter().enumerate() {
            if index > 0 {
                writeln!(out)?;
            }
            let symbols = term.symbol_text();
            let title = if symbols.is_empty() {
                term.term.clone()
            } else {
                format!("{}  ({symbols})", term.term)
            };
            wrap("", "", &title, width(), out)?;
            wrap("  ", "  ", &term.text, width(), out)?;
            if !term.also.is_empty() {
                wrap("  Also: ", "  ", &term.also.join(", "), width(), out)?;
            }
            writeln!(out, "  See: lesson {}", term.lesson)?;
        }
        Ok(())
    })
}

pub(super) fn examples(args: &ExamplesArgs) -> Result<(), String> {
    if let Some(name) = &args.name {
        let name = name.strip_prefix("example:").unwrap_or(name);
        let example = Example::find(name)?;
        return print(|out| out.write_all(example.text.as_bytes()));
    }
    let examples = Example::bundled()?;
    print(|out| {
        for example in examples {
            writeln!(out, "{}", example.name)?;
            let text = format!("{}. {}", example.title, example.summary);
            wrap("    ", "    ", &text, width(), out)?;
        }
        Ok(())
    })
}
