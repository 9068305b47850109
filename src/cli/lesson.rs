//! `ravine lesson`: the list of lessons, a lesson in the window, and the check of its claims.

mod check;

use super::{print, window};
use crate::teaching::bundled::find_step;
use crate::teaching::lesson::{Lesson, Level};
use std::io::{self, Write};

/// List the lessons, or open one in the window
///
/// A lesson is a sequence of steps, each with words, a scene and a sentence that says what to look at. In the window, Page Down and Page Up
/// change the step, and everything in the scene can be changed at any time. With --check, its claims are played through without a window.
#[derive(clap::Args)]
#[command(after_help = "\
A step of a lesson is also a scene: lesson:NAME#STEP is accepted wherever a scene
file is. --check prints every claim with its value, and whether it holds; the exit
code is 2 if one fails.

Examples:
  ravine lesson
  ravine lesson learning-rate
  ravine lesson 'learning-rate#3'
  ravine render 'lesson:learning-rate#3' -o step.png
  ravine trace 'lesson:learning-rate#3' -o step.csv
  ravine lesson --check learning-rate
  ravine lesson --check my-lesson.toml")]
pub(super) struct Args {
    /// Lesson to open, with the step after a # [default: lists the lessons]
    #[arg(value_name = "NAME#STEP", conflicts_with = "check")]
    lesson: Option<String>,
    /// Lesson whose claims are checked: its name, or a .toml file
    #[arg(long, value_name = "LESSON")]
    check: Option<String>,
}

pub(super) fn lesson(args: &Args) -> Result<(), String> {
    if let Some(lesson) = &args.check {
        return check::check(lesson);
    }
    if let Some(name) = &args.lesson {
        let name = name.strip_prefix("lesson:").unwrap_or(name);
        return window::open_lesson(find_step(name)?);
    }
    let lessons = Lesson::bundled()?;
    print(|out| list(lessons, out))
}

/// Writes the lessons by level: name, minutes, number of steps, title.
fn list(lessons: &[Lesson], out: &mut dyn Write) -> io::Result<()> {
    for level in Level::ALL {
        let of_level = lessons.iter().filter(|lesson| lesson.level == level);
        let lines: Vec<[String; 4]> = of_level.map(line).collect();
        if !lines.is_empty() {
            writeln!(out, "— {} —", level.title())?;
            super::table(&lines, out)?;
            writeln!(out)?;
        }
    }
    writeln!(
        out,
        "`ravine lesson NAME` opens a lesson in the window, `ravine lesson NAME#STEP` at a step."
    )
}

fn line(lesson: &Lesson) -> [String; 4] {
    [
        format!("  {}", lesson.name),
        format!("{:>2} min", lesson.minutes),
        format!("{:>2} steps", lesson.steps.len()),
        lesson.title.clone(),
    ]
}
