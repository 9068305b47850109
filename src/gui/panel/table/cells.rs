//! Cells of the table: numbers of a run at a step, over its seeds, and its state.

use super::TableContext;
use crate::engine::analysis::theory::measured_rate;
use crate::engine::results::{RunResult, Runs};
use crate::engine::scene::Scene;
use crate::engine::training::{Outcome, Reason};
use crate::export::results_table::NO_NUMBER;
use crate::export::seed_table::mean_text;
use crate::figure::axis::number;
use crate::figure::network::{metrics, percent};
use crate::figure::shortened;
use crate::gui::panel::over_seeds::OverSeeds;

const CONVERGED: &str = "The gradient norm is below the tolerance.";
const CONVERGED_SADDLE: &str = "The gradient norm is below the tolerance, but the smallest eigenvalue of the Hessian is negative: a saddle, no minimum.";
const CONVERGED_MAXIMUM: &str = "The gradient norm is below the tolerance, but all eigenvalues of the Hessian are negative: a maximum.";

/// A cell: its text, its tooltip, and the value that rows are sorted by.
pub(super) struct Cell {
    pub(super) text: String,
    pub(super) help: String,
    pub(super) value: f64,
}

impl Cell {
    fn number(value: Option<f64>, digits: usize) -> Self {
        let text = value.map_or(NO_NUMBER.to_owned(), |value| number(value, digits));
        let value = value.unwrap_or(f64::NAN);
        let help = if value.is_finite() {
            format!("{value:e}")
        } else {
            String::new()
        };
        Self { text, help, value }
    }
}

/// Returns the cells of a run.
pub(super) fn cells(context: &TableContext, index: usize, classes: bool) -> Vec<Cell> {
    let (runs, name) = (context.runs, &context.names[index]);
    let network = runs.trained.is_some();
    let trajectory = &runs.results[index].trajectory;
    let at = context.row.min(trajectory.len().saturating_sub(1));
    let loss = Cell::number(trajectory.loss.get(at).copied(), 4);
    let over_seeds = |one: Cell, unit: &str, value: &dyn Fn(&Runs, usize) -> Option<f64>| {
        over_seeds((runs, index), context.row, unit, value).unwrap_or(one)
    };
    let mut cells = vec![
        Cell {
            text: shortened(name, 12),
            help: format!("{name}: {}", context.scene.runs[index].spec),
            value: f64::NAN,
        },
        over_seeds(loss, "", &|runs, at| {
            runs.results[index].trajectory.loss.get(at).copied()
        }),
    ];
    if network {
        let test = |runs: &Runs, at: usize| metrics(runs, index, at)[1];
        let loss = Cell::number(test(runs, at).map(|test| test.loss), 4);
        cells.push(over_seeds(loss, "", &|runs, at| Some(test(runs, at)?.loss)));
        if classes {
            let accuracy = test(runs, at).and_then(|test| test.accuracy);
            let accuracy = Cell {
                text: accuracy.map_or(NO_NUMBER.to_owned(), percent),
                help: String::new(),
                value: accuracy.unwrap_or(f64::NAN),
            };
            cells.push(over_seeds(accuracy, " %", &|runs, at| {
                Some(100.0 * test(runs, at)?.accuracy?)
            }));
        }
    }
    let (text, help) = state(context, index);
    #[expect(clippy::cast_precision_loss, reason = "rows are far below 2^53")]
    let value = trajectory.len() as f64;
    cells.push(Cell { text, help, value });
    if !network && runs.results.iter().any(|result| result.theory.is_some()) {
        let rate = rate(&runs.results[index]);
        cells.push(rate.unwrap_or_else(|| Cell::number(None, 4)));
    }
    cells.push(Cell::number(trajectory.grad_norm.get(at).copied(), 3));
    if !network {
        cells.push(Cell::number(trajectory.gradient_equivalents(at), 4));
    }
    cells
}

/// Returns the mean of a value of a run over all seeds at a row, with its standard deviation; `None` for one seed.
fn over_seeds(
    of: (&Runs, usize),
    row: usize,
    unit: &str,
    value: &dyn Fn(&Runs, usize) -> Option<f64>,
) -> Option<Cell> {
    let over = OverSeeds::of(of, row, value)?;
    let of = over.diverged_text();
    let Some(stats) = &over.stats else {
        return Some(Cell {
            text: NO_NUMBER.to_owned(),
            help: of,
            value: f64::NAN,
        });
    };
    let [low, high] = stats.quartiles.map(|quartile| number(quartile, 4));
    let mut help = format!(
        "Mean ± standard deviation over {} seeds. Median {}, quartiles {low} and {high}.",
        stats.count,
        number(stats.median, 4)
    );
    if over.diverged > 0 {
        help = format!("{help} {of}");
    }
    Some(Cell {
        text: format!("{}{unit}", mean_text(stats.mean, stats.sd)),
        help,
        value: stats.mean,
    })
}

/// Returns the measured rate of a run and that of its theory; `None` without a theory.
fn rate(result: &RunResult) -> Option<Cell> {
    let theory = result.theory.as_ref()?;
    // Noise ends the fall of the loss at its floor.
    let measured = measured_rate(&result.trajectory, theory.floor).filter(|_| !theory.is_noisy);
    let text = measured.map_or(NO_NUMBER.to_owned(), |rate| number(rate, 4));
    Some(Cell {
        text: format!("{text} / {}", number(theory.rate, 4)),
        help: format!("Measured {text}. By theory {}.", theory.rate_text),
        value: measured.unwrap_or(f64::NAN),
    })
}

/// Returns the state of a run at a row, and its tooltip.
fn state(context: &TableContext, index: usize) -> (String, String) {
    let (runs, result) = (context.runs, &context.runs.results[index]);
    let trajectory = &result.trajectory;
    let last = trajectory.len().saturating_sub(1);
    let ended = context.row >= last;
    match trajectory.outcome {
        _ if ended && runs.is_training(index) => (
            match (context.refused, context.paused) {
                (true, _) => "refused",
                (false, true) => "paused",
                (false, false) => "training",
            }
            .to_owned(),
            format!("Trained up to step {}.", runs.step(last)),
        ),
        Outcome::Diverged(step, reason) if ended => (
            format!("diverged at {step}"),
            diverged_why(context.scene, runs, index, reason),
        ),
        Outcome::Stopped(step, reason) if ended => (
            format!("stopped at {step}"),
            format!("It cannot go on: {}.", reason.clause()),
        ),
        Outcome::Converged(step) if ended => {
            let (place, why) = match result.curvature.last() {
                Some([_, high]) if *high < 0.0 => ("maximum", CONVERGED_MAXIMUM),
                Some([low, _]) if *low < 0.0 => ("saddle", CONVERGED_SADDLE),
                _ => ("converged", CONVERGED),
            };
            (format!("{place} at {step}"), why.to_owned())
        }
        Outcome::Finished if ended => ("done".to_owned(), "All steps were taken.".to_owned()),
        _ => (
            "running".to_owned(),
            "The timeline has not reached its end.".to_owned(),
        ),
    }
}

/// Returns the reason why a run diverged, with the stability limit where theory gives one.
fn diverged_why(scene: &Scene, runs: &Runs, index: usize, reason: Reason) -> String {
    let (run, result) = (&scene.runs[index], &runs.results[index]);
    let limit = run
        .spec
        .stability_limit(run.spec.rates(0, scene.training.steps));
    let sharpness = result.curvature.first().map(|[_, high]| *high);
    match (limit, sharpness) {
        (Some(limit), Some(sharpness)) if sharpness > limit => format!(
            "It ended because {}. At the start λmax is {}, above the limit {} of this learning rate.",
            reason.clause(),
            number(sharpness, 4),
            number(limit, 4),
        ),
        _ => format!("It ended because {}.", reason.clause()),
    }
}
