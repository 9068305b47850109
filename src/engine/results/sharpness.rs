//! Sharpness along the runs of a network: λmax of the Hessian, and of the preconditioned Hessian, at recorded rows.

use super::{TrainedRun, TrainingSnapshot};
use crate::engine::analysis::curvature::{EigenError, largest};
use crate::engine::cancel::Cancel;
use crate::engine::network::TrainingTask;
use std::sync::Arc;

/// Tolerance of the eigenvalues, relative to the largest magnitude.
const TOLERANCE: f64 = 1e-5;

/// Sharpness along one run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RunSharpness {
    /// The rows that have been measured.
    pub rows: Vec<usize>,
    /// The Hessian's largest eigenvalue there; NaN where it overflows.
    pub lambda_max: Vec<f64>,
    /// The largest eigenvalue of the Hessian divided by the run's preconditioner, P^(−1/2) H P^(−1/2); NaN where there is none.
    pub preconditioned: Vec<f64>,
}

/// Sharpness along all runs of a network, as far as it has been measured.
pub struct SharpnessResult(pub(crate) Vec<(Arc<TrainedRun>, RunSharpness)>);

impl SharpnessResult {
    /// Measures the sharpness of all runs at about `count` rows each, and at the last ones.
    pub fn measure(trained: &TrainingSnapshot, count: usize, cancel: &Cancel) -> Self {
        let of_run = |run: &Arc<TrainedRun>| {
            let every = run.rows.len().div_ceil(count.max(1)).max(1);
            let last = run.rows.len().saturating_sub(1);
            let rows = (0..run.rows.len()).filter(|row| row.is_multiple_of(every) || *row == last);
            let mut sharpness = RunSharpness::default();
            for row in rows {
                let Some([lambda_max, preconditioned]) =
                    measure_row(&trained.task, run, row, cancel)
                else {
                    break;
                };
                sharpness.rows.push(row);
                sharpness.lambda_max.push(lambda_max);
                sharpness.preconditioned.push(preconditioned);
            }
            (Arc::clone(run), sharpness)
        };
        Self(trained.runs.iter().map(of_run).collect())
    }

    /// Returns the sharpness along a run.
    pub fn of(&self, run: &TrainedRun) -> Option<&RunSharpness> {
        let own = self.0.iter().find(|(own, _)| own.is_same_run(run))?;
        Some(&own.1)
    }
}

/// Computes λmax of the Hessian and of the preconditioned Hessian at a row. `None` if it was cancelled or there is no such row.
pub(crate) fn measure_row(
    task: &TrainingTask,
    run: &TrainedRun,
    row: usize,
    cancel: &Cancel,
) -> Option<[f64; 2]> {
    let row = run.rows.get(row)?;
    let divisors = row.preconditioner.as_deref();
    match largest(&*task.loss, &row.theta, divisors, TOLERANCE, cancel) {
        Ok(found) => Some(found),
        Err(EigenError::Cancelled) => None,
        Err(_) => Some([f64::NAN; 2]),
    }
}
