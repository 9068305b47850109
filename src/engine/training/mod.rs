//! Training: runs of an optimizer on an objective, and their trajectories.

mod batch;
mod inspect;
mod observer;
mod param_groups;
mod plain_run;
mod spec;
mod state_history;
mod training_loop;
mod update_lines;

pub use crate::engine::objective::outcome::{DivergenceLimit, MAX_GROWTH, Outcome, Reason};
pub use crate::engine::objective::state::OptimizerStateKind;
pub use batch::run_to_end_batch;
pub use inspect::{OptimizerState, StepInspection, inspect_step};
pub use observer::{run_open_ended, run_with_observer};
pub use spec::{Group, RunSpec};
pub use state_history::{
    OptimizerStateRecord, OptimizerStateSeries, OptimizerStateSize, state_history,
};
pub use training_loop::StepView;
pub use update_lines::{reads_both_thetas, symbols};

use crate::engine::cancel::Cancel;
use crate::engine::objective::{EvalCounts, GradientSettings, Objective, norm};
use training_loop::RunContext;

/// Record of a run: row k is the state after k steps, or after k times [`RunSettings::record_every`]. Rows that are not finite are left out.
#[derive(Clone, Debug, PartialEq)]
pub struct Trajectory {
    /// Number of parameters n.
    pub dim: usize,
    /// θ, n numbers a row.
    pub theta: Vec<f64>,
    /// True loss: no noise, all the data.
    pub loss: Vec<f64>,
    /// Euclidean norm of the true gradient, unclipped.
    pub grad_norm: Vec<f64>,
    /// The learning rate that the schedule sets for the next step.
    pub lr: Vec<f64>,
    /// Gradient evaluations so far.
    pub evaluations: Vec<u64>,
    /// All evaluations so far in gradients, where not all were gradients:
    /// [`EvalCounts::gradient_equivalents`].
    pub costs: Option<Vec<f64>>,
    /// The average of the iterates, n numbers a row, where the run keeps one.
    pub average: Option<Vec<f64>>,
    /// Outcome of the run.
    pub outcome: Outcome,
}

impl Trajectory {
    /// Returns the number of rows; 0 if the loss is not finite at the start.
    pub fn len(&self) -> usize {
        self.loss.len()
    }

    /// Whether the record has no row.
    pub fn is_empty(&self) -> bool {
        self.loss.is_empty()
    }

    /// Returns the evaluations up to row `row`, or the last one, in gradients; `None` if there is no row.
    pub fn gradient_equivalents(&self, row: usize) -> Option<f64> {
        let row = row.min(self.len().checked_sub(1)?);
        let gradients = self.evaluations[row];
        let only_gradients = EvalCounts {
            gradients,
            ..EvalCounts::default()
        };
        let costs = self.costs.as_ref();
        Some(costs.map_or_else(
            || only_gradients.gradient_equivalents(self.dim),
            |costs| costs[row],
        ))
    }

    /// Returns θ at row `row`, or the last one; `None` if there is no row.
    pub fn theta(&self, row: usize) -> Option<&[f64]> {
        let row = row.min(self.len().checked_sub(1)?);
        self.theta.get(row * self.dim..(row + 1) * self.dim)
    }

    /// Returns the average of the iterates at row `row`, or the last one, of a run in two parameters; `None` where it keeps none.
    pub fn average_point(&self, row: usize) -> Option<[f64; 2]> {
        let row = row.min(self.len().checked_sub(1)?);
        match *self
            .average
            .as_ref()?
            .get(row * self.dim..(row + 1) * self.dim)?
        {
            [x, y] => Some([x, y]),
            _ => None,
        }
    }

    /// Returns the point on the map of row `row`, or the last one: its two parameters, or (x, loss) for a single parameter; `None` if
    /// there is no row.
    pub fn plot_point(&self, row: usize) -> Option<[f64; 2]> {
        let row = row.min(self.len().checked_sub(1)?);
        match *self.theta(row)? {
            [x] => Some([x, self.loss[row]]),
            [x, y, ..] => Some([x, y]),
            [] => None,
        }
    }
}

/// Settings of a run apart from its optimizer, shared by all runs of a scene.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RunSettings {
    /// Number of steps.
    pub steps: u64,
    /// Mini-batches, noise and clipping.
    pub gradient_settings: GradientSettings,
    /// Gradient norm below which a run has converged; `None` never.
    pub tolerance: Option<f64>,
    /// Steps between recorded rows; the last step is recorded too. A row evaluates all the data, which costs many times a step on a
    /// mini-batch. The rules for the end of a run are applied at rows.
    pub record_every: u64,
}

/// Checks that a run can begin at `start`: that the loss and its gradient are finite there.
///
/// # Errors
/// One sentence that names the start, or the first weights of a network.
pub fn check_start(objective: &dyn Objective, start: &[f64]) -> Result<(), String> {
    let (at, f, choose) = match *start {
        _ if !objective.tensors().is_empty() => (
            "the first weights".to_owned(),
            "the loss",
            "choose other weights, or standardise the data",
        ),
        [x] => (
            format!("start {x}"),
            "f",
            "choose a start where it is finite",
        ),
        [x, y] => (
            format!("start ({x}, {y})"),
            "f",
            "choose a start where it is finite",
        ),
        _ => ("the start".to_owned(), "the loss", "choose another one"),
    };
    let mut gradient = vec![0.0; start.len()];
    let loss = objective.gradient(start, &mut gradient);
    if !loss.is_finite() {
        return Err(format!("{at}: {f} is {loss} there; {choose}"));
    }
    let slope = norm(&gradient);
    if !slope.is_finite() {
        return Err(format!(
            "{at}: the gradient of {f} is not finite there, its norm is {slope}; {choose}"
        ));
    }
    Ok(())
}

/// Final state of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct FinalState {
    /// θ of the last row of the [`Trajectory`], or the start if there is none.
    pub theta: Vec<f64>,
    /// Loss there; infinite if there is no row.
    pub loss: f64,
    /// Lowest loss of all rows.
    pub best: f64,
    /// First step with a loss of at most the goal.
    pub goal_step: Option<u64>,
    /// How it ended.
    pub outcome: Outcome,
}

/// Runs `spec` from `start` and returns all rows; `None` if it was cancelled.
pub fn run(
    objective: &dyn Objective,
    start: &[f64],
    spec: &RunSpec,
    run_settings: &RunSettings,
    cancel: &Cancel,
) -> Option<Trajectory> {
    RunContext::new(objective, start, spec, run_settings, cancel).record()
}

/// Runs `spec` from `start` like [`run`], and returns the rows so far if it is cancelled: it has then stopped, [`Reason::Interrupted`].
/// `on_row` sees the step of each row, for a progress display.
pub fn run_so_far(
    objective: &dyn Objective,
    start: &[f64],
    spec: &RunSpec,
    run_settings: &RunSettings,
    cancel: &Cancel,
    on_row: &dyn Fn(u64),
) -> Trajectory {
    RunContext::new(objective, start, spec, run_settings, cancel).record_so_far(on_row)
}

/// Runs `spec` from `start` like [`run_to_end`] without a goal, and returns the last row so far if it is cancelled, as [`run_so_far`].
pub fn run_to_end_so_far(
    objective: &dyn Objective,
    start: &[f64],
    spec: &RunSpec,
    run_settings: &RunSettings,
    cancel: &Cancel,
    on_row: &dyn Fn(u64),
) -> FinalState {
    RunContext::new(objective, start, spec, run_settings, cancel).state_so_far(on_row)
}

/// Runs `spec` from `start` and returns the final state, with the first step whose loss is at most `goal`; `None` if it was
/// cancelled.
pub fn run_to_end(
    objective: &dyn Objective,
    start: &[f64],
    spec: &RunSpec,
    run_settings: &RunSettings,
    goal: f64,
    cancel: &Cancel,
) -> Option<FinalState> {
    RunContext::new(objective, start, spec, run_settings, cancel).final_state(goal)
}
