//! `ravine help`: the reference page of whatever has a name.

use super::{Cli, print};
use crate::engine::declare::SettingError;
use crate::export::help_page::{Family, names, page};
use clap::CommandFactory;

/// Explains an optimizer, a wrapper, a schedule, a landscape, a network, data, a plane or a command
///
/// The pages of optimizers say what they do, by which rule, with which settings, at what cost, when that helps and how it fails.
#[derive(clap::Args)]
#[command(after_help = "\
Pages are in Markdown. Where a name is used twice, as `plateau` is, both pages
are shown.

Examples:
  ravine help
  ravine help adam
  ravine help rosenbrock
  ravine help trace")]
pub(super) struct Args {
    /// What to explain; without it, the names of all pages are listed
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
            let commands: Vec<&str> = cli.get_subcommands().map(clap::Command::get_name).collect();
            writeln!(out, "commands: {}", commands.join(", "))
        });
    };
    let mut command = |name| {
        let command = cli.find_subcommand_mut(name)?;
        Some(command.render_long_help().to_string())
    };
    match page(name).or_else(|| command(name)) {
        Some(page) => print(|out| out.write_all(page.as_bytes())),
        None => Err(unknown(name)),
    }
}

fn unknown(name: &str) -> String {
    let mut valid: Vec<&str> = Vec::new();
    for (_, member) in names() {
        if !valid.contains(&member) {
            valid.push(member);
        }
    }
    let refusal = SettingError::Name {
        family: "name",
        given: name.to_owned(),
        valid,
    };
    refusal.to_string()
}
