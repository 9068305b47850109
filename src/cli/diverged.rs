//! Warnings about runs that diverged, and the error for views in which f is not finite.

use super::{note, warn};
use crate::engine::numeric::real;
use crate::engine::objective::Objective;
use crate::engine::objective::plane::Rect;
use crate::engine::results::Runs;

/// Warns on stderr about each visible run that diverged or stopped, with step and reason.
pub(super) fn warn_diverged(runs: &Runs) {
    for (index, (run, result)) in runs.scene.runs.iter().zip(&runs.results).enumerate() {
        if run.shown {
            warn(
                &format!("run {} ({})", index + 1, run.spec),
                result.trajectory.outcome,
            );
        }
    }
}

/// Warns on stderr how many `things` of a run diverged, such as its starts, and at which steps, if any did.
pub(super) fn warn_diverged_values(
    run: &str,
    things: &str,
    outcomes: impl ExactSizeIterator<Item = Option<u64>>,
) {
    let all = outcomes.len();
    let steps: Vec<u64> = outcomes.flatten().collect();
    if let (Some(first), Some(last)) = (steps.iter().min(), steps.iter().max()) {
        let count = steps.len();
        let when = if first == last {
            format!("at step {first}")
        } else {
            format!("at steps {first} to {last}")
        };
        note(&format!(
            "{run}: {count} of {all} {things} diverged, {when}"
        ));
    }
}

/// Returns an error if the loss is finite nowhere on a grid over the view.
pub(super) fn check_view(objective: &dyn Objective, view: Rect) -> Result<(), String> {
    const SIDE: usize = 128;
    let finite = |index: usize| {
        let share = |index: usize| real(index) / real(SIDE);
        let at = view.at([share(index % (SIDE + 1)), share(index / (SIDE + 1))]);
        objective.value(&at[..objective.dim()]).is_finite()
    };
    if (0..(SIDE + 1) * (SIDE + 1)).any(finite) {
        return Ok(());
    }
    let places = match objective.dim() {
        1 => format!("x {:?}", view.x()),
        _ => format!("x {:?}, y {:?}", view.x(), view.y()),
    };
    Err(format!(
        "f has no finite value in the view {places}; choose another --view"
    ))
}
