//! `ravine completions`: the completions of the command line for a shell.

use super::{Cli, print};
use clap::CommandFactory;
use clap_complete::{Shell, generate};

/// Write the completions of commands and arguments for a shell
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  mkdir -p ~/.local/share/bash-completion/completions
  ravine completions bash > ~/.local/share/bash-completion/completions/ravine
  mkdir -p ~/.config/fish/completions
  ravine completions fish > ~/.config/fish/completions/ravine.fish
  mkdir -p ~/.zfunc
  ravine completions zsh > ~/.zfunc/_ravine
In zsh, ~/.zfunc must be in $fpath before compinit. In PowerShell:
  ravine completions powershell >> $PROFILE")]
pub(super) struct Args {
    /// Shell: bash, zsh, fish, powershell or elvish
    #[arg(
        value_enum,
        value_name = "SHELL",
        hide_possible_values = true,
        ignore_case = true
    )]
    shell: Shell,
}

pub(super) fn completions(args: &Args) -> Result<(), String> {
    let mut script = Vec::new();
    generate(args.shell, &mut Cli::command(), "ravine", &mut script);
    print(|out| out.write_all(&script))
}
