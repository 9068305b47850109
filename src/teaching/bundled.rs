//! Lessons and their steps by name: `momentum` and `momentum#3`, and `lesson:momentum#3` wherever a scene file is accepted.

use super::lesson::{Lesson, Step};
use crate::engine::declare::SettingError;
use crate::engine::declare::names::plain;
use crate::engine::scene::Scene;

/// Begins the name of a lesson's step where a scene file is accepted.
const PREFIX: &str = "lesson:";

/// A step of a bundled lesson: their indices, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StepIndex {
    /// Index among the lessons of [`Lesson::bundled`].
    pub lesson: usize,
    /// Index among the steps of the lesson.
    pub step: usize,
}

impl StepIndex {
    /// Returns the lesson and the step; `None` if there is no such step.
    pub fn find(self) -> Option<(&'static Lesson, &'static Step)> {
        let lesson = Lesson::bundled().ok()?.get(self.lesson)?;
        Some((lesson, lesson.steps.get(self.step)?))
    }
}

/// Returns the step that is written `NAME` or `NAME#STEP`, with steps counted from 1; without a number the first one.
///
/// # Errors
/// Returns one sentence for an unknown name, with the most similar ones, and for a step that the lesson does not have.
pub fn find_step(text: &str) -> Result<StepIndex, String> {
    let lessons = Lesson::bundled()?;
    let (name, number) = match text.split_once('#') {
        Some((name, number)) => (name, Some(number)),
        None => (text, None),
    };
    let found = { lessons.iter() }.position(|lesson| plain(&lesson.name) == plain(name));
    let lesson = found.ok_or_else(|| {
        let valid = lessons.iter().map(|lesson| lesson.name.as_str()).collect();
        let unknown = SettingError::Name {
            family: "lesson",
            given: name.to_owned(),
            valid,
        };
        unknown.to_string()
    })?;
    let steps = lessons[lesson].steps.len();
    let step = match number {
        None => 1,
        Some(number) => { number.trim().parse().ok() }
            .filter(|step| (1..=steps).contains(step))
            .ok_or_else(|| {
                format!(
                    "lesson {} has no step `{number}`; expected a number from 1 to {steps}",
                    lessons[lesson].name
                )
            })?,
    };
    Ok(StepIndex {
        lesson,
        step: step - 1,
    })
}

/// Returns the step that is written `lesson:NAME#STEP`; `None` for any other text, such as the path of a file.
pub fn bundled_step(text: &str) -> Option<Result<StepIndex, String>> {
    text.strip_prefix(PREFIX).map(find_step)
}

/// Returns the scene that the program brings under a name, `lesson:NAME#STEP`; `None` for any other text, such as the path of a file.
pub fn bundled_scene(text: &str) -> Option<Result<Scene, String>> {
    let step = bundled_step(text)?;
    Some(step.and_then(|step| {
        let found = step.find();
        let scene = found.map(|(_, step)| step.scene.clone());
        scene.ok_or_else(|| format!("{text}: there is no such step"))
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_found_by_name_and_number() {
        let first = find_step("learning-rate").unwrap();
        assert_eq!(first.step, 0);
        let third = find_step("Learning_Rate#3").unwrap();
        assert_eq!((third.lesson, third.step), (first.lesson, 2));
        let (lesson, step) = third.find().unwrap();
        assert_eq!(lesson.name, "learning-rate");
        let scene = bundled_scene("lesson:learning-rate#3").unwrap().unwrap();
        assert_eq!(scene, step.scene);
        assert_eq!(bundled_scene("learning-rate.toml"), None);
    }

    #[test]
    fn unknown_lessons_and_steps_are_refused_in_one_sentence() {
        let error = |text: &str| bundled_scene(text).unwrap().unwrap_err();
        let unknown = error("lesson:learning-rat");
        assert!(unknown.contains("unknown lesson `learning-rat`; did you mean `learning-rate`?"));
        for number in ["0", "99", "x", "", "-1"] {
            let text = format!("lesson:learning-rate#{number}");
            let sentence = error(&text);
            let expected = format!("has no step `{number}`; expected a number from 1 to ");
            assert!(sentence.contains(&expected), "{sentence}");
        }
    }
}
