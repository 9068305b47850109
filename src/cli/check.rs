//! `ravine check`: whether a scene file is sound.

use super::{print, say_source};
use crate::import::{Disk, open_scene};
use std::path::PathBuf;

/// Says whether a scene file is sound, and where it is not
#[derive(clap::Args)]
#[command(after_help = "\
Example:
  ravine check lecture.toml

Prints one line and ends with code 0 if the file is sound; otherwise says what
is wrong, in which line, and what was expected, and ends with code 2.")]
pub(super) struct Args {
    /// The scene file
    scene: PathBuf,
}

pub(super) fn check(args: &Args) -> Result<(), String> {
    let name = args.scene.display();
    let scene = open_scene(&args.scene)?;
    let sound = scene.load(&Disk::next_to(Some(&args.scene)));
    let sound = sound.map_err(|error| format!("{name}: {error}"))?;
    say_source(scene.subject_name(), &sound.source);
    let count =
        |count: u64, what: &str| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
    let runs = count(scene.runs.len() as u64, "run");
    let steps = count(scene.training.steps, "step");
    print(|out| {
        writeln!(
            out,
            "{name}: sound ({}, {runs}, {steps})",
            scene.subject_name()
        )
    })
}
