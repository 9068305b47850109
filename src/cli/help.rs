//! `ravine help`: the reference pages of family members and commands.

use super::argument_errors::near_command;
use super::{Cli, print};
use crate::engine::declare::{SettingError, names};
use crate::export::help_page::{self, Family, page};
use clap::CommandFactory;

/// Explain an optimizer, wrapper, schedule, landscape, network, data set, plane, command or scene files
///
/// Pages of optimizers give the update rule, the settings, the cost per step, strengths and weaknesses.
#[derive(clap::Args)]
#[command(after_help = "\
Pages are in Markdown. A name with two pages, like `plateau`, shows both.

Examples:
  ravine help
  ravine help adam
  ravine help rosenbrock
  ravine help scene
  ravine help trace")]
pub(super) struct Args {
    /// Name of the page [default: lists the names of all pages]
    name: Option<String>,
}

pub(super) fn help(args: &Args) -> Result<(), String> {
    let mut cli = Cli::command();
    cli.build();
    let Some(name) = &args.name else {
        return print(|out| {
            for family in Family::ALL {
                writeln!(out, "{}: {}", family.name(), family.members().join(", "))?;
            }
            writeln!(out, "topics: {}", help_page::TOPICS.join(", "))?;
            let commands: Vec<&str> = cli.get_subcommands().map(clap::Command::get_name).collect();
            writeln!(out, "commands: {}", commands.join(", "))
        });
    };
    let mut command = |name| {
        let command = cli.find_subcommand_mut(name)?;
        Some(command.render_long_help().to_string())
    };
    match page(name)
        .or_else(|| command(name))
        .or_else(|| spelled(name))
    {
        Some(page) => print(|out| out.write_all(page.as_bytes())),
        None => Err(unknown(name, &cli)),
    }
}

/// Returns the page of a member in another spelling of its name.
fn spelled(name: &str) -> Option<String> {
    let mut found = Family::ALL.into_iter().filter_map(|family| {
        let members = family.members();
        let (index, _) = names::member(family.singular(), members, name)?;
        family.page(members[index])
    });
    found.next()
}

fn unknown(name: &str, program: &clap::Command) -> String {
    let mut valid: Vec<&str> = help_page::TOPICS.to_vec();
    for (_, member) in help_page::names() {
        if !valid.contains(&member) {
            valid.push(member);
        }
    }
    let error = SettingError::Name {
        family: "name",
        given: name.to_owned(),
        valid,
    };
    let sentence = error.to_string();
    match near_command(program, name).filter(|_| !sentence.contains("did you mean")) {
        Some(command) => format!("unknown name `{name}`; did you mean `{command}`?"),
        None => sentence,
    }
}
