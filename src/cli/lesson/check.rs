//! `ravine lesson --check`: every claim of a lesson with its value.

use crate::cli::print;
use crate::import::Disk;
use crate::teaching::claim::Played;
use crate::teaching::lesson::Lesson;
use std::fs;
use std::path::{Path, PathBuf};

/// Plays every step of a lesson, named or in a file, and prints each claim with its value and whether it holds.
///
/// # Errors
/// Returns a sentence if there is no such lesson, or if a claim fails or cannot be measured.
pub(super) fn check(lesson: &str) -> Result<(), String> {
    let (lesson, file) = find(lesson)?;
    let disk = Disk::next_to(file.as_deref());
    let [mut held, mut failed] = [0_usize; 2];
    for (index, step) in lesson.steps.iter().enumerate() {
        let number = index + 1;
        print(|out| writeln!(out, "{number} {}", step.title))?;
        let problem = step.scene.load(&disk);
        problem.map_err(|error| format!("lesson {}, step {number}: {error}", lesson.name))?;
        let played = Played::new(&step.scene, &disk);
        for claim in &step.claims {
            let (holds, sentence) = match claim.check(&played) {
                Ok(checked) => (checked.holds, checked.sentence),
                Err(reason) => (false, format!("cannot be measured: {reason}")),
            };
            *if holds { &mut held } else { &mut failed } += 1;
            let mark = if holds { "holds" } else { "FAILS" };
            print(|out| writeln!(out, "  {mark}  {}\n         {sentence}", claim.says))?;
        }
    }
    let claims = held + failed;
    print(|out| {
        writeln!(
            out,
            "{}: {} steps, {claims} claims, {failed} failed",
            lesson.name,
            lesson.steps.len()
        )
    })?;
    if failed == 0 {
        Ok(())
    } else {
        Err(format!(
            "lesson {}: {failed} of {claims} claims failed",
            lesson.name
        ))
    }
}

/// Returns the lesson with a name, or that of a file, with the file.
fn find(lesson: &str) -> Result<(Lesson, Option<PathBuf>), String> {
    let path = Path::new(lesson);
    let is_file = path.extension().is_some_and(|end| end == "toml") || path.is_file();
    if is_file {
        let text = fs::read_to_string(path).map_err(|error| {
            format!(
                "{lesson}: cannot be read ({}); expected a lesson file",
                error.kind()
            )
        })?;
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        return Ok((Lesson::from_toml(&name, &text)?, Some(path.to_owned())));
    }
    let lessons = Lesson::all()?;
    let names: Vec<String> = lessons.iter().map(|known| known.name.clone()).collect();
    let found = lessons.into_iter().find(|known| known.name == lesson);
    found.map(|found| (found, None)).ok_or_else(|| {
        format!(
            "unknown lesson `{lesson}`; expected {} or a .toml file",
            names.join(", ")
        )
    })
}
