//! Trials of suggestions: whether a run ends lower with a change, found by running it.

use super::named::Named;
use crate::engine::cancel::Cancel;
use crate::engine::network::{Precision, TrainingTask};
use crate::engine::numeric::real;
use crate::engine::objective::Objective;
use crate::engine::scene::Scene;
use crate::engine::training::{FinalState, Outcome, RunSettings, run, run_to_end};
use crate::figure::axis::number;
use crate::teaching::facts::{Facts, late_mean};

/// Maximum number of steps of a trial on a landscape.
const MAX_STEPS: u64 = 100_000;

/// Maximum of steps × samples of a step × parameters of a trial of a network: about a second.
const MAX_NETWORK_WORK: f64 = 5e8;

/// Share of the loss above the minimum by which a change lowers it at least where it helps.
const NOTICEABLE: f64 = 0.02;

/// Effect of a change on the end of a run.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Effect {
    /// It ends lower, in words.
    Helps(String),
    /// It does not end lower, or diverges, or the change is not possible.
    DoesNotHelp,
    /// The trial would take too long.
    Unknown,
}

/// Runs a changed scene's run as far as it is affordable, and compares the losses at the end; the test losses with `by_test`.
pub(super) fn effect(named: &Named, scene: &Scene, by_test: bool) -> Effect {
    let facts = named.facts();
    if scene.is_network() {
        return network_effect(named, scene, by_test);
    }
    if scene.training.steps > MAX_STEPS {
        return Effect::Unknown;
    }
    if scene.check(&facts.runs.problem).is_err() {
        return Effect::DoesNotHelp;
    }
    let objective = facts.objective();
    compare_losses(named, scene, objective, scene.start_theta())
}

/// Runs a scene's run from `start`, and compares the losses at the end; where they jump, the mean losses of the last quarter.
fn compare_losses(
    named: &Named,
    scene: &Scene,
    objective: &dyn Objective,
    start: &[f64],
) -> Effect {
    let facts = named.facts();
    let jumps = named.flag("noisy") || named.flag("swings");
    if !jumps || named.flag("diverged") {
        let end = end(facts, scene, objective, start);
        let end = end.map(|end| (end.loss, end.outcome));
        return compare(
            named,
            facts.trajectory().loss[facts.last()],
            end,
            "loss at the end",
        );
    }
    let settings = RunSettings {
        record_every: facts.runs.every.max(1),
        ..scene.run_settings()
    };
    let spec = &scene.runs[facts.index].spec;
    let path = run(objective, start, spec, &settings, &Cancel::default());
    let end = path.map(|path| (late_mean(&path.loss), path.outcome));
    compare(
        named,
        facts.mean_loss(),
        end,
        "mean loss of the last quarter",
    )
}

fn end(
    facts: &Facts,
    scene: &Scene,
    objective: &dyn Objective,
    start: &[f64],
) -> Option<FinalState> {
    let spec = &scene.runs[facts.index].spec;
    let never = Cancel::default();
    let goal = f64::NEG_INFINITY;
    run_to_end(objective, start, spec, &scene.run_settings(), goal, &never)
}

fn network_effect(named: &Named, scene: &Scene, by_test: bool) -> Effect {
    let facts = named.facts();
    let (Some(trained), Some(network)) = (&facts.runs.trained, scene.network()) else {
        return Effect::Unknown;
    };
    let old = &trained.task;
    let same_model =
        facts.runs.scene.network().map(|network| &network.model) == Some(&network.model);
    let samples = old.loss.samples() as u64;
    let batch = scene.training.batch;
    let batch = batch.map_or(samples, |batch| samples.min(batch));
    let work = real(scene.training.steps) * real(batch) * real(old.loss.dim());
    if work > MAX_NETWORK_WORK {
        return Effect::Unknown;
    }
    let changed;
    let task = if same_model {
        &**old
    } else {
        let (seed, split) = (scene.training.seed, old.split.clone());
        let Ok(mut task) = TrainingTask::new(&network.model, split, seed, Precision::Double) else {
            return Effect::DoesNotHelp;
        };
        if network.settings.weights.is_some() {
            task.start.clone_from(&old.start);
        }
        changed = task;
        &changed
    };
    let test = facts.trained().and_then(|run| run.rows.last()?.metrics[1]);
    match (by_test, test, &task.test) {
        (true, Some(before), Some(test)) => {
            let end = end(facts, scene, &*task.loss, &task.start);
            let end = end.map(|end| (test.value(&end.theta), end.outcome));
            compare(named, before.loss, end, "test loss at the end")
        }
        _ => compare_losses(named, scene, &*task.loss, &task.start),
    }
}

fn compare(named: &Named, before: f64, end: Option<(f64, Outcome)>, name: &str) -> Effect {
    let Some((after, outcome)) = end else {
        return Effect::DoesNotHelp;
    };
    let was_lost = named.flag("diverged") && !named.flag("falls_without_bound");
    let is_lost = matches!(outcome, Outcome::Diverged(..)) && !named.flag("falls_without_bound");
    let minimum = named.number("minimum");
    let floor = minimum.unwrap_or(0.0).min(before);
    let is_lower = before - after > NOTICEABLE * (before - floor).abs();
    if is_lost || after.is_nan() || !(was_lost || is_lower) {
        return Effect::DoesNotHelp;
    }
    // Losses above a known minimum differ in more digits.
    let minimum = minimum.filter(|minimum| *minimum != 0.0);
    let [text, before_text] = [after, before].map(|loss| match minimum {
        Some(minimum) => number((loss - minimum).max(0.0), 3),
        None => number(loss, 3),
    });
    let above = minimum.map_or("", |_| " above the minimum");
    Effect::Helps(if was_lost {
        format!("Then the {name} is {text}{above}, and the run does not diverge.")
    } else {
        format!("Then the {name} is {text}{above}, not {before_text}.")
    })
}
