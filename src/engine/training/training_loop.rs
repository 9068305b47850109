//! The training loop, and what is kept of it.

use super::{
    DivergenceLimit, FinalState, OptimizerState, Outcome, RunSettings, RunSpec, StepInspection,
    Trajectory,
};
use crate::engine::cancel::Cancel;
use crate::engine::objective::params::Vector;
use crate::engine::objective::{EvalCounts, GradientTransform, Objective, Oracle, norm};
use crate::engine::optimizer::UpdateRule;
use crate::engine::schedule::ScheduleState;
use crate::engine::wrapper::Parameters;

/// All that a run depends on, but for its rule at work.
#[derive(Clone, Copy)]
pub struct RunContext<'a> {
    pub(super) objective: &'a dyn Objective,
    pub(in crate::engine) start: &'a [f64],
    pub(super) spec: &'a RunSpec,
    pub(super) run_settings: &'a RunSettings,
    /// The loss that is to be reached.
    pub(super) goal: f64,
    pub(super) cancel: &'a Cancel,
}

/// A run after some steps.
struct Moment<'a> {
    theta: &'a [f64],
    loss: f64,
    grad_norm: f64,
    lr: f64,
    counts: EvalCounts,
    average: Option<&'a [f64]>,
}

impl RunContext<'_> {
    /// The run with all of its rows, from `origin`.
    pub(in crate::engine) fn trace<V: Vector<Losses = f64>, R: UpdateRule<V>>(
        &self,
        origin: V,
        transforms: Vec<Box<dyn GradientTransform<V>>>,
        start: impl FnOnce(V) -> R,
    ) -> Option<Trajectory> {
        let RunSettings {
            steps,
            record_every: every,
            ..
        } = *self.run_settings;
        let rows = usize::try_from(steps.div_ceil(every.max(1))).ok()?;
        let rows = rows.checked_add(1)?;
        let dim = origin.len();
        let mut trajectory = Trajectory::zeros(dim, rows);
        let mut rows = trajectory.rows_mut(dim);
        let mut kept = 0;
        let (mut averages, mut costs) = (None, None);
        let most = rows.len();
        let outcome = self.walk(
            origin,
            transforms,
            start,
            #[inline(always)]
            |moment| {
                let counts = moment.counts;
                if !counts.only_gradients() {
                    record_row(&mut costs, &[counts.gradient_equivalents(dim)], kept, most);
                }
                if let Some(average) = moment.average {
                    record_row(&mut averages, average, kept, most);
                }
                if let Some(row) = rows.next() {
                    row.theta.copy_from_slice(moment.theta);
                    *row.loss = moment.loss;
                    *row.grad_norm = moment.grad_norm;
                    *row.lr = moment.lr;
                    *row.evaluations = counts.gradients;
                    kept += 1;
                }
            },
        )?;
        drop(rows);
        trajectory.average = averages.map(|kept| filled(kept, trajectory.theta.iter().copied()));
        let only_gradients = (0..kept).map_while(|row| trajectory.gradient_equivalents(row));
        trajectory.costs = costs.map(|kept| filled(kept, only_gradients));
        trajectory.truncate(kept);
        trajectory.outcome = outcome;
        Some(trajectory)
    }

    /// Where the run ends, from `origin`.
    pub(in crate::engine) fn arrive<V: Vector<Losses = f64>, R: UpdateRule<V>>(
        &self,
        origin: V,
        transforms: Vec<Box<dyn GradientTransform<V>>>,
        start: impl FnOnce(V) -> R,
    ) -> Option<FinalState> {
        let mut theta = origin.clone();
        let (mut last, mut best, mut reached, mut step) = (f64::INFINITY, f64::INFINITY, None, 0);
        let outcome = self.walk(origin, transforms, start, |moment| {
            theta.copy_from_slice(moment.theta);
            last = moment.loss;
            best = best.min(last);
            if last <= self.goal && reached.is_none() {
                reached = Some(step);
            }
            step += 1;
        })?;
        Some(FinalState {
            theta: theta.to_vec(),
            loss: last,
            best,
            goal_step: reached,
            outcome,
        })
    }

    /// Step `step` ≥ 1 of the run, looked at closely.
    pub(super) fn look(&self, step: u64) -> Option<StepInspection> {
        let mut theta = self.start.to_vec();
        let zeros = vec![0.0; theta.len()];
        let mut oracle = Oracle::new(
            self.objective,
            self.run_settings.gradient_settings,
            zeros,
            self.cancel,
        )
        .with_transforms(self.gradient_transforms());
        let mut rule = self.wrapped();
        let (plan, steps) = (&self.spec.schedule, self.run_settings.steps);
        let mut schedule_state = ScheduleState::new(plan, self.spec.optimizer.as_dyn().lr(), steps);
        let carried = |rule: &dyn UpdateRule<Parameters>, oracle: &Oracle<Parameters>| {
            let mut all = Vec::new();
            rule.visit_state(&mut |internal| all.push(OptimizerState::of(internal)));
            oracle.visit_state(&mut |internal| all.push(OptimizerState::of(internal)));
            all
        };
        for number in 1..=steps.min(step) {
            let (&loss, gradient) = oracle.begin_step(&theta);
            let numbers = gradient.iter().chain(&theta).chain([&loss]);
            if self.cancel.is_cancelled() || !numbers.into_iter().all(|n| n.is_finite()) {
                return None;
            }
            let rates = schedule_state.rates(number - 1, loss);
            if number < step {
                rule.step(&mut theta, &mut oracle, rates);
                continue;
            }
            let (place, before) = (theta.clone(), carried(&*rule, &oracle));
            rule.step(&mut theta, &mut oracle, rates);
            return Some(StepInspection {
                step,
                theta: [place, theta],
                gradient: oracle.last().clone(),
                rates,
                state: [before, carried(&*rule, &oracle)],
            });
        }
        None
    }

    /// The training loop, from `origin`; `record` gets every moment that is kept. It is compiled for each rule, and for
    /// two parameters apart.
    #[inline(always)]
    fn walk<V: Vector<Losses = f64>, R: UpdateRule<V>>(
        &self,
        origin: V,
        transforms: Vec<Box<dyn GradientTransform<V>>>,
        start: impl FnOnce(V) -> R,
        mut record: impl FnMut(Moment),
    ) -> Option<Outcome> {
        let Self {
            spec, run_settings, ..
        } = *self;
        let steps = run_settings.steps;
        let mut theta = origin.clone();
        let mut zeros = origin;
        zeros.fill(0.0);
        let mut oracle = Oracle::new(
            self.objective,
            run_settings.gradient_settings,
            zeros.clone(),
            self.cancel,
        )
        .with_transforms(transforms);
        let mut rule = start(zeros);
        let mut schedule_state =
            ScheduleState::new(&spec.schedule, spec.optimizer.as_dyn().lr(), steps);
        let (mut step, mut until, mut last) = (0, 0, f64::NAN);
        let (mut limit, mut stuck) = (DivergenceLimit::new(0.0, &[]), None);
        loop {
            if self.cancel.is_cancelled() {
                return None;
            }
            let rates = if until > 0 && step < steps && stuck.is_none() {
                until -= 1;
                oracle.begin_unrecorded_step();
                schedule_state.rates(step, last)
            } else {
                until = run_settings.record_every.saturating_sub(1);
                let (&loss, gradient) = oracle.begin_step(&theta);
                last = loss;
                let rates = schedule_state.rates(step, loss);
                let grad_norm = norm(gradient);
                if step == 0 {
                    limit = DivergenceLimit::new(loss, &theta);
                }
                let counts = oracle.counts();
                let moment = Moment {
                    theta: &theta,
                    loss,
                    grad_norm,
                    lr: rule.next_lr(&theta, &mut oracle, rates.lr),
                    counts,
                    average: rule.average(),
                };
                if !limit.holds(loss, &theta, grad_norm) {
                    let numbers = [loss, grad_norm];
                    let mut all = theta.iter().chain(&numbers);
                    if all.all(|number| number.is_finite()) {
                        record(moment);
                    }
                    return Some(self.diverged(step, &theta, loss, &limit));
                }
                record(moment);
                if run_settings
                    .tolerance
                    .is_some_and(|tolerance| grad_norm < tolerance)
                {
                    return Some(Outcome::Converged(step));
                }
                if let Some(reason) = stuck {
                    return Some(Outcome::Stopped(step, reason));
                }
                if step == steps {
                    return Some(Outcome::Finished);
                }
                rates
            };
            rule.step(&mut theta, &mut oracle, rates);
            stuck = rule.stuck();
            step += 1;
        }
    }
}

/// Keeps what only some runs have in row `row` of at most `rows`. Apart, so that the loop stays small for the others.
#[cold]
#[inline(never)]
fn record_row(column: &mut Option<Vec<f64>>, numbers: &[f64], row: usize, rows: usize) {
    let width = numbers.len();
    let column = column.get_or_insert_with(|| vec![f64::NAN; width * rows]);
    if let Some(kept) = column.get_mut(row * width..(row + 1) * width) {
        kept.copy_from_slice(numbers);
    }
}

/// Such a column, with the `usual` numbers in the rows in which there were none yet.
fn filled(mut column: Vec<f64>, usual: impl Iterator<Item = f64>) -> Vec<f64> {
    for (kept, usual) in column.iter_mut().zip(usual) {
        if kept.is_nan() {
            *kept = usual;
        }
    }
    column
}

impl Trajectory {
    /// Room for `rows` rows.
    fn zeros(dim: usize, rows: usize) -> Self {
        let column = || vec![0.0; rows];
        Self {
            dim,
            theta: vec![0.0; dim * rows],
            loss: column(),
            grad_norm: column(),
            lr: column(),
            evaluations: vec![0; rows],
            costs: None,
            average: None,
            outcome: Outcome::Finished,
        }
    }

    /// No rows, and room for so many.
    pub(super) fn with_capacity(dim: usize, rows: usize) -> Self {
        Self {
            dim,
            theta: Vec::with_capacity(dim * rows),
            loss: Vec::with_capacity(rows),
            grad_norm: Vec::with_capacity(rows),
            lr: Vec::with_capacity(rows),
            evaluations: Vec::with_capacity(rows),
            costs: None,
            average: None,
            outcome: Outcome::Finished,
        }
    }

    /// The rows, to be written. `dim` is the trajectory's own, which the compiler knows where it is two.
    fn rows_mut(&mut self, dim: usize) -> impl ExactSizeIterator<Item = Row<'_>> {
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
        if let Some(costs) = &mut self.costs {
            costs.truncate(rows);
        }
        if let Some(average) = &mut self.average {
            average.truncate(rows * self.dim);
        }
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
