//! The training loop: an objective, a run spec and the conditions make a trajectory.

use super::cancel::Cancel;
use super::declare::Refusal;
use super::objective::{Objective, Oracle, Treatment, norm};
use super::optimizer::{AnyOptimizer, Rule};
use super::schedule::{Pace, Plan};
use super::spec;
use super::vector::Vector;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// Beyond this magnitude of the loss or of a parameter a run has diverged.
pub const DIVERGED: f64 = 1e12;

/// An optimizer and its schedule: `adam:lr=0.05,beta1=0.95@warmup:steps=10>cosine:t_max=90`.
#[derive(Clone, Debug, PartialEq)]
pub struct RunSpec {
    /// The update rule.
    pub optimizer: AnyOptimizer,
    /// Its learning-rate schedule.
    pub plan: Plan,
}

impl RunSpec {
    /// The pace of step `step` of a run of `steps` steps.
    pub fn pace(&self, step: u64, steps: u64) -> Pace {
        self.plan.pace(self.optimizer.as_dyn().lr(), step, steps)
    }
}

impl FromStr for RunSpec {
    type Err = Refusal;
    fn from_str(text: &str) -> Result<Self, Refusal> {
        match spec::split(text, '@').as_slice() {
            [optimizer] => Ok(Self {
                optimizer: optimizer.parse()?,
                plan: Plan::default(),
            }),
            [optimizer, plan] => Ok(Self {
                optimizer: optimizer.parse()?,
                plan: plan.parse()?,
            }),
            _ => Err(Refusal::Grammar(format!(
                "`{text}` has more than one `@`; expected optimizer@schedule>schedule"
            ))),
        }
    }
}

impl fmt::Display for RunSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.optimizer.fmt(f)?;
        if self.plan == Plan::default() {
            Ok(())
        } else {
            write!(f, "@{}", self.plan)
        }
    }
}

impl Serialize for RunSpec {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for RunSpec {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// All steps were taken.
    Finished,
    /// The gradient norm fell below the tolerance after this many steps.
    Converged(u64),
    /// The loss or a parameter was not finite, or beyond [`DIVERGED`], after this many steps.
    Diverged(u64),
}

impl Outcome {
    /// "finished", "converged" or "diverged".
    pub fn name(self) -> &'static str {
        match self {
            Self::Finished => "finished",
            Self::Converged(_) => "converged",
            Self::Diverged(_) => "diverged",
        }
    }
}

/// What a run left behind: row k is the state after k steps. Non-finite rows are not kept.
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
    /// Gradients that the optimizer has asked for so far.
    pub evaluations: Vec<u64>,
    /// How it ended.
    pub outcome: Outcome,
}

impl Trajectory {
    /// Number of rows; 0 if the loss is not finite even at the start.
    pub fn len(&self) -> usize {
        self.loss.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.loss.is_empty()
    }

    /// θ after `row` steps, or after the last kept one; `None` if there is no row.
    pub fn theta(&self, row: usize) -> Option<&[f64]> {
        let row = row.min(self.len().checked_sub(1)?);
        self.theta.get(row * self.dim..(row + 1) * self.dim)
    }

    /// Room for `rows` rows.
    fn blank(dim: usize, rows: usize) -> Self {
        let column = || vec![0.0; rows];
        Self {
            dim,
            theta: vec![0.0; dim * rows],
            loss: column(),
            grad_norm: column(),
            lr: column(),
            evaluations: vec![0; rows],
            outcome: Outcome::Finished,
        }
    }

    /// The rows, to be written. `dim` is the trajectory's own, which the compiler knows where it is two.
    fn rows_mut(&mut self, dim: usize) -> impl Iterator<Item = Row<'_>> {
        let rows = self.theta.chunks_exact_mut(dim).zip(&mut self.loss);
        let rows = rows.zip(&mut self.grad_norm).zip(&mut self.lr);
        let row = |((((theta, loss), grad_norm), lr), evaluations)| Row {
            theta,
            loss,
            grad_norm,
            lr,
            evaluations,
        };
        rows.zip(&mut self.evaluations).map(row)
    }

    fn truncate(&mut self, rows: usize) {
        self.theta.truncate(rows * self.dim);
        self.loss.truncate(rows);
        self.grad_norm.truncate(rows);
        self.lr.truncate(rows);
        self.evaluations.truncate(rows);
    }
}

/// One row of a trajectory, to be written.
struct Row<'a> {
    theta: &'a mut [f64],
    loss: &'a mut f64,
    grad_norm: &'a mut f64,
    lr: &'a mut f64,
    evaluations: &'a mut u64,
}

/// What a run is made under, the same for every optimizer of a scene.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Conditions {
    /// Steps to take.
    pub steps: u64,
    /// What happens to gradients before an optimizer sees them.
    pub treatment: Treatment,
    /// A run has converged where the gradient norm is below; `None` never.
    pub tolerance: Option<f64>,
}

/// Runs `spec` from `start`. `None` if it was cancelled.
///
/// The loop allocates nothing; the record is laid out before it.
pub fn run(
    objective: &dyn Objective,
    start: &[f64],
    spec: &RunSpec,
    conditions: &Conditions,
    cancel: &Cancel,
) -> Option<Trajectory> {
    spec.optimizer.as_dyn().follow(&Course {
        objective,
        start,
        spec,
        conditions,
        cancel,
    })
}

/// All that a run depends on, but for its rule at work.
pub struct Course<'a> {
    objective: &'a dyn Objective,
    pub(super) start: &'a [f64],
    spec: &'a RunSpec,
    conditions: &'a Conditions,
    cancel: &'a Cancel,
}

impl Course<'_> {
    /// The training loop, from `origin`. It is compiled for each rule, and for two parameters apart.
    pub(super) fn walk<V: Vector, R: Rule<V>>(
        &self,
        origin: V,
        start: impl FnOnce(V) -> R,
    ) -> Option<Trajectory> {
        let Self {
            spec, conditions, ..
        } = *self;
        let steps = conditions.steps;
        let rows = usize::try_from(steps).ok()?.checked_add(1)?;
        let mut trajectory = Trajectory::blank(origin.len(), rows);
        let mut rows = trajectory.rows_mut(origin.len());
        let mut theta = origin.clone();
        let mut zeros = origin;
        zeros.fill(0.0);
        let mut oracle = Oracle::new(
            self.objective,
            conditions.treatment,
            zeros.clone(),
            self.cancel,
        );
        let mut rule = start(zeros);
        let steady = spec.plan.is_constant().then(|| spec.pace(0, steps));
        let (mut outcome, mut kept) = (Outcome::Finished, 0);
        for step in 0..=steps {
            let (loss, gradient) = oracle.begin_step(&theta);
            let grad_norm = norm(gradient);
            if self.cancel.is_cancelled() {
                return None;
            }
            let pace = match steady {
                Some(pace) => pace,
                None => spec.pace(step, steps),
            };
            let row = rows.next()?;
            row.theta.copy_from_slice(&theta);
            *row.loss = loss;
            *row.grad_norm = grad_norm;
            *row.lr = pace.lr;
            *row.evaluations = oracle.counts().gradients;
            let bounded = loss.abs() <= DIVERGED
                && theta.iter().all(|t| t.abs() <= DIVERGED)
                && grad_norm < f64::INFINITY;
            if !bounded {
                let numbers = [loss, grad_norm];
                let finite = theta
                    .iter()
                    .chain(&numbers)
                    .all(|number| number.is_finite());
                kept += usize::from(finite);
                outcome = Outcome::Diverged(step);
                break;
            }
            kept += 1;
            if conditions
                .tolerance
                .is_some_and(|tolerance| grad_norm < tolerance)
            {
                outcome = Outcome::Converged(step);
                break;
            }
            if step < steps {
                rule.step(&mut theta, &mut oracle, pace);
            }
        }
        drop(rows);
        trajectory.truncate(kept);
        trajectory.outcome = outcome;
        Some(trajectory)
    }
}
