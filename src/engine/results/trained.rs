//! Training record of a network's runs: the weights and measurements of each recorded row, and the plane that the runs are projected onto.

use crate::engine::analysis::layer_stats::Diagnosis;
use crate::engine::analysis::network_plane::{NetworkPlane, Projection};
use crate::engine::network::{Metrics, TrainingTask};
use crate::engine::training::{OptimizerStateRecord, OptimizerStateSeries, OptimizerStateSize};
use std::sync::Arc;

/// Rows of all runs of a network that are recorded so far, and the plane that shows them.
#[derive(Clone)]
pub struct TrainingSnapshot {
    /// The network, its data and its first weights.
    pub task: Arc<TrainingTask>,
    /// The plane, and the variance or eigenvalues of its directions.
    pub network_plane: Arc<NetworkPlane>,
    /// One record for each run. Its trajectory is in [`Runs`](super::Runs): coordinates (a, b) on the plane, with the true loss.
    pub runs: Vec<Arc<TrainedRun>>,
    /// Indices of the runs whose ends the plane goes through, besides that of its origin.
    pub through: Vec<usize>,
    /// Whether no run has steps to come.
    pub complete: bool,
}

/// Record of one run of a network.
#[derive(Clone)]
pub struct TrainedRun {
    /// Projection of each row onto the plane: its coordinates, the loss there, and the distance from the plane.
    pub projections: Vec<Projection>,
    /// The rows.
    pub rows: Vec<TrainedRow>,
    /// Euclidean distance of each row from the first weights.
    pub distances: Vec<f64>,
    /// Identity of the run, which all of its snapshots share.
    pub(crate) id: RunId,
}

/// Row of a network's run.
#[derive(Clone, Debug, PartialEq)]
pub struct TrainedRow {
    /// The weights.
    pub theta: Arc<[f64]>,
    /// True loss over all training data.
    pub loss: f64,
    /// Euclidean norm of its gradient.
    pub grad_norm: f64,
    /// The learning rate of the next step.
    pub lr: f64,
    /// Gradients that the optimizer has asked for so far.
    pub evaluations: u64,
    /// All evaluations so far, in gradient equivalents.
    pub cost: f64,
    /// Loss and accuracy on the training data and on the test data.
    pub metrics: [Option<Metrics>; 2],
    /// Statistics of each layer; updates are those of the last step.
    pub diagnosis: Arc<Diagnosis>,
    /// Divisors of the gradient in the last step, for rules that have them:
    /// [`StepView::preconditioner`](crate::engine::training::StepView::preconditioner).
    pub preconditioner: Option<Arc<[f64]>>,
    /// Length of the last step, and sizes of the optimizer state. A change of the run's settings resets the state.
    pub optimizer_state: Arc<[OptimizerStateSize]>,
}

/// Identity of a run: equal for all snapshots of one run, different for any other.
#[derive(Clone, Debug, Default)]
pub(crate) struct RunId(Arc<()>);

impl PartialEq for RunId {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl TrainedRun {
    /// Whether `other` is an earlier or later snapshot of the same run: the rows that both have are equal.
    pub fn is_same_run(&self, other: &Self) -> bool {
        self.id == other.id
    }

    /// Returns the lengths of the steps and the sizes of the optimizer state at all rows.
    pub fn optimizer_state(&self) -> Vec<OptimizerStateSeries> {
        let mut record = OptimizerStateRecord::default();
        self.rows
            .iter()
            .for_each(|row| record.push(&row.optimizer_state));
        record.finish()
    }

    /// Returns θ of a row, or of the last row if there are fewer; `None` if there is none.
    pub fn theta(&self, row: usize) -> Option<&[f64]> {
        let row = self.rows.get(row).or(self.rows.last())?;
        Some(&row.theta)
    }
}
