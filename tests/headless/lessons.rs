//! Tests of the lessons: every scene opens, every claim holds, and the texts fit a projector.

use ravine::engine::files::NoFiles;
use ravine::engine::scene::Scene;
use ravine::teaching::claim::Played;
use ravine::teaching::lesson::{Lesson, Step, StepChart};

/// Largest number of words of a step.
const MAX_WORDS: usize = 95;

/// Largest number of steps of a run on a landscape.
const MAX_STEPS: u64 = 2000;

fn lessons() -> Vec<Lesson> {
    Lesson::all().unwrap_or_else(|error| panic!("{error}"))
}

/// Calls a check for every step, and fails with all of its sentences.
fn check(check: impl Fn(&Step) -> Vec<String>) {
    let mut wrong = Vec::new();
    for lesson in lessons() {
        for (index, step) in lesson.steps.iter().enumerate() {
            let found = check(step).into_iter();
            let place = format!("{}#{}", lesson.name, index + 1);
            wrong.extend(found.map(|sentence| format!("{place}: {sentence}")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_claim_of_every_lesson_holds() {
    check(|step| {
        let played = Played::new(&step.scene, &NoFiles);
        let failed = |claim: &ravine::teaching::claim::Claim| match claim.check(&played) {
            Ok(checked) if checked.holds => None,
            Ok(checked) => Some(format!("{} ({})", claim.says, checked.sentence)),
            Err(error) => Some(format!("{} ({error})", claim.says)),
        };
        step.claims.iter().filter_map(failed).collect()
    });
}

#[test]
fn every_scene_loads_and_reads_back_the_same() {
    check(|step| {
        let loaded = step.scene.load(&NoFiles).err();
        let again = Scene::from_toml(&step.scene.to_toml());
        let differs = again != Ok(step.scene.clone());
        let differs = differs.then(|| "the scene does not read back the same".to_owned());
        { loaded.map(|error| error.to_string()) }
            .into_iter()
            .chain(differs)
            .collect()
    });
}

#[test]
fn steps_are_short_and_say_what_to_look_at() {
    check(|step| {
        let words = step.words.split_whitespace().count();
        let paragraphs = step.words.trim().split("\n\n").count();
        let steps = step.scene.training.steps;
        // In code it may be a factorial.
        let exclaims = step
            .words
            .split('`')
            .step_by(2)
            .any(|words| words.contains('!'));
        let faults = [
            (words > MAX_WORDS, format!("{words} words")),
            (paragraphs > 2, format!("{paragraphs} paragraphs")),
            (exclaims, "an exclamation mark".to_owned()),
            (
                step.look.is_empty(),
                "it does not say what to look at".to_owned(),
            ),
            (
                !step.scene.is_network() && steps > MAX_STEPS,
                format!("{steps} steps"),
            ),
            (
                step.predict.is_some() && step.scene.is_network(),
                "predicts on a network".to_owned(),
            ),
            (
                step.predict.is_some() && step.view != "Map",
                "predicts off the map".to_owned(),
            ),
        ];
        let wrong = faults.into_iter().filter(|(wrong, _)| *wrong);
        wrong.map(|(_, what)| what).collect()
    });
}

#[test]
fn every_lesson_has_claims_a_question_and_sources() {
    let lessons = lessons();
    assert!(!lessons.is_empty());
    for (index, lesson) in lessons.iter().enumerate() {
        let name = &lesson.name;
        let claims: usize = lesson.steps.iter().map(|step| step.claims.len()).sum();
        assert!(claims >= 3, "{name} has {claims} claims");
        assert!((4..=8).contains(&lesson.steps.len()), "{name}");
        assert!(
            lesson.steps.iter().any(|step| step.question.is_some()),
            "{name}"
        );
        assert!(
            !lesson.sources.is_empty() && !lesson.summary.is_empty(),
            "{name}"
        );
        assert!((1..=30).contains(&lesson.minutes), "{name}");
        let same = lessons[..index].iter().any(|other| other.name == *name);
        assert!(!same, "two lessons are called {name}");
    }
}

/// Space for the name of a run at the end of its curve in the charts on the right, in points.
const END_NAME: f32 = 59.0;

#[test]
fn names_of_runs_fit_at_the_ends_of_curves() {
    use ravine::figure::text_width::width;
    check(|step| {
        let names = step.scene.run_names().into_iter();
        let long = names.filter(|name| width(name, 10.5) > END_NAME);
        long.map(|name| {
            format!(
                "the name {name} would be cut, {:.0} points wide",
                width(&name, 10.5)
            )
        })
        .collect()
    });
}

#[test]
fn charts_that_steps_are_about_are_on_the_right() {
    check(|step| {
        let look = step.look.to_lowercase();
        let charts = step.panel.as_deref() == Some("Charts");
        let named = [
            ("sharpness chart", StepChart::Sharpness),
            ("learning-rate chart", StepChart::Lr),
        ];
        let mut wrong = Vec::new();
        if step.chart.is_some() && !charts {
            wrong.push("`chart` without the panel Charts".to_owned());
        }
        if look.contains("loss chart") && !charts {
            wrong.push(format!("no panel Charts for: {look}"));
        }
        for (name, chart) in named {
            if look.contains(name) && step.chart != Some(chart) {
                wrong.push(format!("the {name} is not the first one"));
            }
        }
        wrong
    });
}
