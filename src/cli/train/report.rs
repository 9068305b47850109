//! The printed table of `ravine train`: final losses and accuracies.

use super::RunEnd;
use crate::cli::slice::explained_variance_text;
use crate::cli::table;
use crate::engine::analysis::network_plane::NetworkPlane;
use crate::engine::network::data::Split;
use crate::engine::network::{Metrics, NetworkLoss};
use crate::engine::objective::{Objective, norm};
use crate::engine::training::{Outcome, RunSpec};
use crate::figure::axis::number;
use std::io::{self, Write};

/// Writes a table with one line per run.
pub(super) fn report(
    loss: &NetworkLoss,
    split: &Split,
    specs: &[RunSpec],
    ends: &[RunEnd],
    network_plane: Option<&NetworkPlane>,
    steps: u64,
    out: &mut dyn Write,
) -> io::Result<()> {
    let test = Some(&split.test).filter(|test| test.samples() > 0);
    let test = test.and_then(|test| loss.with_data(test).ok());
    let header = [
        "run",
        "steps",
        "train loss",
        "test loss",
        "train accuracy",
        "test accuracy",
        "gradient norm",
    ];
    let mut lines = vec![header.map(str::to_owned)];
    let mut gradient = vec![0.0; loss.dim()];
    for (spec, end) in specs.iter().zip(ends) {
        let train = loss.measure(&end.theta);
        let test = test.as_ref().map(|test| loss.measure_on(&end.theta, test));
        loss.gradient(&end.theta, &mut gradient);
        let taken = match end.outcome {
            Outcome::Diverged(at, _) => format!("{at} (diverged)"),
            Outcome::Stopped(at, _) => format!("{at} (stopped)"),
            Outcome::Converged(at) => at.to_string(),
            Outcome::Finished => steps.to_string(),
        };
        let digits = |value: f64| number(value, 6);
        let of = |measure: Option<f64>| measure.map_or("–".to_owned(), digits);
        let accuracy = |measure: Metrics| measure.accuracy;
        lines.push([
            spec.to_string(),
            taken,
            digits(train.loss),
            of(test.map(|test| test.loss)),
            of(accuracy(train)),
            of(test.and_then(accuracy)),
            digits(norm(&gradient)),
        ]);
    }
    table(&lines, out)?;
    if let Some(sentence) = network_plane.and_then(explained_variance_text) {
        writeln!(out, "{sentence}")?;
    }
    Ok(())
}

/// Minimum steps of a run for a warning that it has not learned anything.
const MIN_STEPS: u64 = 10;

/// Returns a warning for each run of at least [`MIN_STEPS`] steps that has not diverged, but ends with no lower loss than a constant
/// prediction.
pub(super) fn untrained_warnings(
    loss: &NetworkLoss,
    specs: &[RunSpec],
    ends: &[RunEnd],
    steps: u64,
) -> Vec<String> {
    if steps < MIN_STEPS {
        return Vec::new();
    }
    let constant = loss.constant_loss();
    let digits = |value: f64| number(value, 4);
    let sentence = |(spec, end): (&RunSpec, &RunEnd)| {
        let reached = loss.measure(&end.theta).loss;
        let diverged = matches!(end.outcome, Outcome::Diverged(..));
        let learned = constant <= 0.0 || reached < 0.99 * constant;
        (!diverged && !learned).then(|| {
            format!(
                "`{spec}`: the loss ends at {1}, not below {0}, the loss of the best constant prediction; \
                 try other learning rates, --standardize or more steps",
                digits(constant),
                digits(reached)
            )
        })
    };
    specs.iter().zip(ends).filter_map(sentence).collect()
}
