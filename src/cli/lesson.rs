//! `ravine lesson`: lessons, and the check of their claims.

mod check;

/// Play the steps of a lesson and check its claims
#[derive(clap::Args)]
#[command(after_help = "\
Prints every claim with its value, and whether it holds. The exit code is 2 if
one fails.

Examples:
  ravine lesson --check momentum
  ravine lesson --check my-lesson.toml")]
pub(super) struct Args {
    /// Lesson whose claims are checked: its name, or a .toml file
    #[arg(long, value_name = "LESSON")]
    check: String,
}

pub(super) fn lesson(args: &Args) -> Result<(), String> {
    check::check(&args.check)
}
