//! Progress: how far each lesson is, kept in a file of the user's state folder from one start to the next.

use crate::export::file::write_atomic;
use crate::teaching::bundled::StepIndex;
use crate::teaching::lesson::Lesson;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use toml::{Table, Value};

/// Name of the file in the state folder.
const FILE: &str = "lessons.toml";

/// How far a lesson is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Reached {
    /// The step that was shown last, from 0.
    pub(super) step: usize,
    /// Whether its end was reached once.
    pub(super) finished: bool,
}

/// How far each lesson is.
#[derive(Default)]
pub(in crate::gui) struct Progress {
    /// The file; without one the progress ends with the window.
    path: Option<PathBuf>,
    /// Name of the lesson that was open last.
    last: Option<String>,
    /// By the lesson's name; without an entry it was never opened.
    lessons: BTreeMap<String, Reached>,
}

impl Progress {
    /// Reads the progress of a state folder; one that cannot be read is that of a newcomer.
    pub(in crate::gui) fn open(folder: &Path) -> Self {
        let mut progress = Self {
            path: Some(folder.join(FILE)),
            ..Self::default()
        };
        progress.read();
        progress
    }

    fn read(&mut self) {
        let path = self.path.as_ref();
        let text = path.and_then(|path| std::fs::read_to_string(path).ok());
        let Some(Ok(table)) = text.map(|text| text.parse::<Table>()) else {
            return;
        };
        self.last = table.get("last").and_then(Value::as_str).map(str::to_owned);
        let lessons = table.get("lessons").and_then(Value::as_table);
        for (name, reached) in lessons.into_iter().flatten() {
            let step = reached.get("step").and_then(Value::as_integer);
            let step = step.and_then(|step| usize::try_from(step).ok());
            let finished = reached.get("finished").and_then(Value::as_bool);
            let reached = Reached {
                step: step.unwrap_or(1).saturating_sub(1),
                finished: finished.unwrap_or(false),
            };
            self.lessons.insert(name.clone(), reached);
        }
    }

    fn write(&self) {
        let Some(path) = &self.path else { return };
        let mut lessons = Table::new();
        for (name, reached) in &self.lessons {
            let mut table = Table::new();
            let step = i64::try_from(reached.step + 1).unwrap_or(1);
            table.insert("step".to_owned(), step.into());
            table.insert("finished".to_owned(), reached.finished.into());
            lessons.insert(name.clone(), table.into());
        }
        let mut table = Table::new();
        if let Some(last) = &self.last {
            table.insert("last".to_owned(), last.clone().into());
        }
        table.insert("lessons".to_owned(), lessons.into());
        // Progress that cannot be written ends with the window.
        let _ = write_atomic(path, |out| out.write_all(table.to_string().as_bytes()));
    }

    /// Changes how far a lesson is, and writes it.
    fn change(&mut self, lesson: &Lesson, change: impl FnOnce(&mut Reached)) {
        // Another window may have changed other lessons.
        self.read();
        self.last = Some(lesson.name.clone());
        change(self.lessons.entry(lesson.name.clone()).or_default());
        self.write();
    }

    /// Remembers the step of a lesson that is shown.
    pub(super) fn reach(&mut self, lesson: &Lesson, step: usize) {
        self.change(lesson, |reached| reached.step = step);
    }

    /// Remembers that a lesson was followed to its end; it begins anew the next time.
    pub(super) fn finish(&mut self, lesson: &Lesson) {
        self.change(lesson, |reached| {
            *reached = Reached {
                step: 0,
                finished: true,
            };
        });
    }

    /// Returns how far a lesson is.
    pub(super) fn reached(&self, lesson: &Lesson) -> Reached {
        self.lessons.get(&lesson.name).copied().unwrap_or_default()
    }

    /// Whether no lesson was ever opened.
    pub(super) fn is_new(&self) -> bool {
        self.lessons.is_empty()
    }

    /// Whether the last lesson was left in its middle.
    pub(super) fn in_lesson(&self) -> bool {
        let reached = self.last.as_ref().and_then(|last| self.lessons.get(last));
        reached.is_some_and(|reached| reached.step > 0)
    }

    /// Returns the step to go on with and how that is said: of the lesson that was left in its middle, or else the first of the next one
    /// that is not finished. `None` once all are.
    pub(super) fn offer(&self) -> Option<(StepIndex, String)> {
        let lessons = Lesson::bundled().ok()?;
        let last = self.last.as_ref();
        let last = lessons.iter().position(|lesson| Some(&lesson.name) == last);
        if let Some(lesson) = last.filter(|_| self.in_lesson()) {
            let own = &lessons[lesson];
            let step = self.reached(own).step.min(own.steps.len() - 1);
            let (title, number, count) = (&own.title, step + 1, own.steps.len());
            let text = format!("Go on with {title}, step {number} of {count}");
            return Some((StepIndex { lesson, step }, text));
        }
        let begin = last.unwrap_or(0);
        let order = (begin..lessons.len()).chain(0..begin);
        let mut open = order.filter(|&lesson| !self.reached(&lessons[lesson]).finished);
        let lesson = open.next()?;
        let text = format!("Begin {}", lessons[lesson].title);
        Some((StepIndex { lesson, step: 0 }, text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_is_kept_and_offered() {
        let folder = tempfile::tempdir().unwrap();
        let lesson = &Lesson::bundled().unwrap()[0];
        let mut progress = Progress::open(folder.path());
        assert!(progress.is_new() && !progress.in_lesson());
        assert_eq!(
            progress.offer().unwrap().1,
            format!("Begin {}", lesson.title)
        );
        progress.reach(lesson, 2);

        let mut again = Progress::open(folder.path());
        let steps = lesson.steps.len();
        let expected = format!("Go on with {}, step 3 of {steps}", lesson.title);
        assert!(again.in_lesson());
        assert_eq!(
            again.offer(),
            Some((StepIndex { lesson: 0, step: 2 }, expected))
        );
        again.finish(lesson);

        let finished = Progress::open(folder.path());
        assert!(finished.reached(lesson).finished && !finished.in_lesson());
        let offered = finished.offer().map(|(index, _)| index.lesson);
        assert_ne!(offered, Some(0));
    }

    #[test]
    fn a_broken_file_is_that_of_a_newcomer() {
        let folder = tempfile::tempdir().unwrap();
        let texts = ["][", "last = 3\nlessons = 1", "[lessons]\nmomentum = 3"];
        for text in texts {
            std::fs::write(folder.path().join(FILE), text).unwrap();
            let progress = Progress::open(folder.path());
            assert!(
                !progress.in_lesson() && progress.offer().is_some(),
                "{text}"
            );
        }
        let text = "last = \"gone\"\n[lessons.gone]\nstep = 900";
        std::fs::write(folder.path().join(FILE), text).unwrap();
        let offer = Progress::open(folder.path()).offer();
        assert_eq!(offer.unwrap().0, StepIndex { lesson: 0, step: 0 });
    }
}
