//! Explanations: runs with known causes, and runs of which nothing is unusual, in `tests/reference/explanations.toml`.

use ravine::engine::files::NoFiles;
use ravine::engine::results::Runs;
use ravine::engine::scene::{Scene, VERSION};
use ravine::session::compute_all_runs;
use ravine::teaching::explain::{Explanation, explain};
use std::fmt::Write as _;
use std::sync::Arc;

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// The first explanation; without it, silence.
    rule: Option<String>,
    /// Whether the change to try lowers the final loss.
    #[serde(default = "yes")]
    helps: bool,
    scene: toml::Table,
}

fn yes() -> bool {
    true
}

#[derive(serde::Deserialize)]
struct Cases {
    cases: Vec<Case>,
}

fn runs(scene: &Scene) -> Runs {
    let problem = scene
        .load(&NoFiles)
        .unwrap_or_else(|error| panic!("{error}"));
    compute_all_runs(scene, &Arc::new(problem), None).unwrap()
}

fn cases() -> Vec<(Case, Scene)> {
    let text = include_str!("../reference/explanations.toml");
    let Cases { cases } = toml::from_str(text).unwrap();
    let scene = |case: Case| {
        let mut table = case.scene.clone();
        table.insert("version".to_owned(), i64::from(VERSION).into());
        let text = toml::to_string(&table).unwrap();
        let scene = Scene::from_toml(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
        (case, scene)
    };
    cases.into_iter().map(scene).collect()
}

/// Returns the loss at the end; infinite for a run that diverged.
fn final_loss(runs: &Runs) -> f64 {
    let trajectory = &runs.results[0].trajectory;
    match trajectory.outcome.name() {
        "diverged" => f64::INFINITY,
        _ => trajectory.loss.last().copied().unwrap_or(f64::INFINITY),
    }
}

/// Returns what is wrong with the change to try, if anything is.
fn fault(scene: &Scene, first: &Explanation, before: &Runs) -> Option<String> {
    let Some(suggestion) = &first.suggestion else {
        return Some("there is nothing to try".to_owned());
    };
    let label = &suggestion.label;
    if suggestion.scene == *scene {
        return Some(format!("`{label}` changes nothing"));
    }
    let after = runs(&suggestion.scene);
    let (before, after) = (final_loss(before), final_loss(&after));
    (after >= before || after.is_nan()).then(|| format!("`{label}`: loss {before:e} → {after:e}"))
}

#[test]
fn explanations_name_the_known_cause_and_their_change_helps() {
    let mut wrong = String::new();
    let (mut explained, mut silent) = (0, 0);
    for (case, scene) in cases() {
        let spec = format!("{} on {}", scene.runs[0].spec, scene.subject_spec());
        let computed = runs(&scene);
        let found = explain(&scene, &computed, 0).unwrap();
        let names: Vec<&str> = found.iter().map(|found| found.rule.as_str()).collect();
        match &case.rule {
            Some(_) => explained += 1,
            None => silent += 1,
        }
        if names.first().copied() != case.rule.as_deref() {
            writeln!(wrong, "{spec}: {names:?}, expected {:?}", case.rule).unwrap();
            continue;
        }
        let fallbacks = [
            "slow-fall",
            "slow-fall-noisy",
            "unsettled",
            "uneven-fall",
            "hardly-falls",
            "network-stuck",
        ];
        if names.len() > 1 && names.iter().any(|name| fallbacks.contains(name)) {
            writeln!(wrong, "{spec}: {names:?}: a symptom beside its cause").unwrap();
        }
        for found in &found {
            let sentences = found.sentences.len();
            if !(2..=4).contains(&sentences) && found.rule != "falls-without-bound" {
                writeln!(wrong, "{spec}: {} has {sentences} sentences", found.rule).unwrap();
            }
            let text = found.sentences.join(" ");
            if text.contains("nan") || text.contains('{') {
                writeln!(wrong, "{spec}: {text}").unwrap();
            }
        }
        if let (Some(first), true) = (found.first(), case.helps)
            && first.rule != "falls-without-bound"
            && let Some(fault) = fault(&scene, first, &computed)
        {
            writeln!(wrong, "{spec}: {}: {fault}", first.rule).unwrap();
        }
    }
    assert!(explained >= 40 && silent >= 20, "{explained} and {silent}");
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn a_rate_is_written_with_the_digits_that_tell_it_from_its_limit() {
    let text = format!(
        "version = {VERSION}\nlandscape = \"quadratic:a=1,b=100\"\nruns = [{{ spec = \"sgd:lr=0.0201\" }}]"
    );
    let scene = Scene::from_toml(&text).unwrap();
    let found = explain(&scene, &runs(&scene), 0).unwrap();
    let text = found[0].sentences.join(" ");
    assert!(
        text.contains("there is 0.02; this run has 0.0201"),
        "{text}"
    );
    assert_eq!(found.len(), 1, "{found:?}");
}
