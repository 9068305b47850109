//! `ravine man`: man pages of the program and of its commands.

use super::{Cli, print};
use clap::CommandFactory;
use clap_mangen::Man;

/// Write the man page of the program or of a command
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  mkdir -p ~/.local/share/man/man1
  ravine man > ~/.local/share/man/man1/ravine.1
  ravine man sweep | man -l -")]
pub(super) struct Args {
    /// Command [default: the program]
    command: Option<String>,
}

pub(super) fn man(args: &Args) -> Result<(), String> {
    let mut cli = Cli::command();
    cli.build();
    let command = match &args.command {
        None => cli,
        Some(name) => {
            let names: Vec<&str> = cli.get_subcommands().map(clap::Command::get_name).collect();
            let all = names.join(", ");
            let command = cli.find_subcommand(name).cloned();
            let command = command
                .ok_or_else(|| format!("COMMAND cannot be `{name}`; expected one of {all}"))?;
            command.display_name(format!("ravine-{name}"))
        }
    };
    print(|out| Man::new(command).render(out))
}
