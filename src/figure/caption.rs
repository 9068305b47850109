//! Sentences of pictures: the state of a run, and the settings that determine a picture.

use super::axis::number;
use super::network;
use crate::engine::results::Runs;
use crate::engine::scene::Scene;
use crate::engine::training::Outcome;

/// Describes a run at a row: its loss, a network's test accuracy or test loss, and how it ended if the row is its last.
pub fn status_text(runs: &Runs, index: usize, row: usize) -> String {
    let Some(result) = runs.results.get(index) else {
        return String::new();
    };
    let trajectory = &result.trajectory;
    let ended = row + 1 >= trajectory.len();
    let [_, test] = network::metrics(runs, index, row);
    let test_text = match test.map(|test| (test.accuracy, test.loss)) {
        Some((Some(accuracy), _)) => format!(", test {}", network::percent(accuracy)),
        Some((None, loss)) => format!(", test {}", number(loss, 4)),
        None => String::new(),
    };
    let losses = &trajectory.loss;
    match (trajectory.outcome, losses.get(row).or(losses.last())) {
        (outcome @ Outcome::Diverged(..), _) if ended => outcome.warning().unwrap_or_default(),
        (Outcome::Converged(at), Some(loss)) if ended => {
            format!(
                "loss {}{test_text}, converged at step {at}",
                number(*loss, 4)
            )
        }
        (outcome @ Outcome::Stopped(..), Some(loss)) if ended => {
            let warning = outcome.warning().unwrap_or_default();
            format!("loss {}{test_text}, {warning}", number(*loss, 4))
        }
        (_, Some(loss)) => format!("loss {}{test_text}", number(*loss, 4)),
        (_, None) => "no finite loss".to_owned(),
    }
}

/// Returns the settings that determine a picture, in one line.
pub fn caption(scene: &Scene, step: u64) -> String {
    let training = &scene.training;
    let mut parts = vec![scene.subject_spec()];
    if !scene.is_network() {
        parts.push(match scene.start_theta() {
            [x, y] => format!("start ({}, {})", number(*x, 6), number(*y, 6)),
            theta => format!("start {}", number(theta[0], 6)),
        });
    }
    parts.push(format!("step {step} of {}", training.steps));
    parts.push(format!("seed {}", training.seed));
    for (name, value) in [
        ("clip norm", training.clip_norm),
        ("clip value", training.clip_value),
    ] {
        parts.extend(value.map(|value| format!("{name} {}", number(value, 6))));
    }
    if training.noise > 0.0 {
        parts.push(format!("noise {}", number(training.noise, 6)));
    }
    parts.extend(training.batch.map(|batch| format!("batch {batch}")));
    parts.join(" · ")
}
