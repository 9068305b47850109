//! `ravine check`: validation of a scene file.

use super::scene_file::open_scene;
use super::{print, remember_source};
use crate::export::figure_settings;
use crate::import::Disk;
use std::path::PathBuf;

/// Validate a scene file
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  ravine trace --run adam --save-scene lecture.toml -o lecture.csv
  ravine check lecture.toml
  ravine check 'lesson:learning-rate#3'

Prints one line and exits with code 0 if the file is sound. Otherwise prints the
error with its line and what was expected, and exits with code 2.")]
pub(super) struct Args {
    /// Scene file, or lesson:NAME#STEP
    scene: PathBuf,
}

pub(super) fn check(args: &Args) -> Result<(), String> {
    let name = args.scene.display();
    let scene = open_scene(&args.scene)?;
    let sound = scene.load(&Disk::next_to(Some(&args.scene)));
    let sound = sound.map_err(|error| format!("{name}: {error}"))?;
    let figure = figure_settings::check(&scene.figure);
    figure.map_err(|error| format!("{name}: [figure]: {error}"))?;
    remember_source(scene.subject_name(), &sound.source);
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
