//! Inspection of one step of a run: its gradient, and the optimizer state before and after it.

use super::training_loop::{Observer, RunContext, StepState, StepView};
use super::{RunSettings, RunSpec};
use crate::engine::cancel::Cancel;
use crate::engine::objective::Objective;
use crate::engine::objective::state::{OptimizerStateKind, StateEntry};
use crate::engine::schedule::StepRates;
use std::ops::ControlFlow;

/// Copy of one entry of an optimizer state.
#[derive(Clone, Debug, PartialEq)]
pub struct OptimizerState {
    /// Symbol in the update lines.
    pub symbol: &'static str,
    /// Name in legends.
    pub name: &'static str,
    /// Kind of the numbers.
    pub kind: OptimizerStateKind,
    /// Numbers of the entry.
    pub numbers: Vec<f64>,
}

/// One step of a run in detail.
#[derive(Clone, Debug, PartialEq)]
pub struct StepInspection {
    /// Number of the step, from 1.
    pub step: u64,
    /// θ before and after it.
    pub theta: [Vec<f64>; 2],
    /// Last gradient of the step, with weight decay and sign as the rule applied them.
    pub gradient: Vec<f64>,
    /// Learning rate and momentum of the step.
    pub rates: StepRates,
    /// Optimizer state before and after it.
    pub state: [Vec<OptimizerState>; 2],
}

/// Runs `spec` up to step `step` ≥ 1 and returns that step in detail; `None` if the run ends before, or if it was cancelled.
pub fn inspect_step(
    objective: &dyn Objective,
    start: &[f64],
    spec: &RunSpec,
    run_settings: &RunSettings,
    step: u64,
    cancel: &Cancel,
) -> Option<StepInspection> {
    let context = RunContext::new(objective, start, spec, run_settings, cancel);
    let mut inspector = Inspector {
        step,
        before: None,
        inspection: None,
    };
    context.train(run_settings.steps, &mut inspector);
    inspector.inspection
}

/// Observer that keeps the state before and after one step.
struct Inspector {
    step: u64,
    before: Option<(Vec<f64>, Vec<OptimizerState>)>,
    inspection: Option<StepInspection>,
}

/// Returns the state of the rule and of the gradient transforms.
fn entries(state: &StepState) -> Vec<OptimizerState> {
    let mut all = Vec::new();
    state
        .rule
        .visit_state(&mut |entry| all.push(OptimizerState::of(entry)));
    state
        .oracle
        .visit_state(&mut |entry| all.push(OptimizerState::of(entry)));
    all
}

impl Observer for Inspector {
    fn row(&mut self, _row: &StepView) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    fn before_step(&mut self, state: &StepState) {
        if state.step == self.step {
            self.before = Some((state.theta.to_vec(), entries(state)));
        }
    }

    fn after_step(&mut self, state: &StepState) -> ControlFlow<()> {
        let Some((theta, before)) = self.before.take() else {
            return ControlFlow::Continue(());
        };
        self.inspection = Some(StepInspection {
            step: state.step,
            theta: [theta, state.theta.to_vec()],
            gradient: state.oracle.last().to_vec(),
            rates: state.rates,
            state: [before, entries(state)],
        });
        ControlFlow::Break(())
    }
}

impl OptimizerState {
    fn of(entry: StateEntry) -> Self {
        Self {
            symbol: entry.symbol,
            name: entry.name,
            kind: entry.kind,
            numbers: entry.numbers.to_vec(),
        }
    }
}
