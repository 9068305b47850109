//! Batches of runs from many starts on functions of two parameters, for basins of attraction.
//!
//! 128 runs of an elementwise optimizer take their steps together: gradients and updates go in SIMD lanes, which takes a twentieth of
//! the time of single runs. Each run ends where it would end alone, bit by bit.

use super::training_loop::RunContext;
use super::{DivergenceLimit, MAX_GROWTH, Outcome};
use crate::engine::numeric::real::{AutoVectorized, dispatch};
use crate::engine::objective::norm;
use crate::engine::optimizer::ElementwiseKernel;
use crate::engine::schedule::{ScheduleState, StepRates};

/// Number of runs in a batch: their numbers stay in the innermost cache.
pub(super) const BATCH: usize = 128;

/// Final point of a run, NaN where it diverged, and how it ended.
pub(super) type End = ([f64; 2], Outcome);

/// Runs under way, in columns: all x, then all y.
struct Batch<'a> {
    kernel: Box<dyn ElementwiseKernel + 'a>,
    theta: Vec<f64>,
    gradient: Vec<f64>,
    losses: Vec<f64>,
    state: Vec<Vec<f64>>,
    /// Index of the start of each run.
    starts: Vec<usize>,
    limits: Vec<DivergenceLimit>,
}

impl<'k> Batch<'k> {
    /// Creates a batch before its first step.
    fn new(kernel: Box<dyn ElementwiseKernel + 'k>, starts: &[[f64; 2]]) -> Self {
        let count = starts.len();
        let axis = |axis: usize| starts.iter().map(move |start| start[axis]);
        Self {
            state: kernel.initial_columns(2 * count),
            kernel,
            theta: axis(0).chain(axis(1)).collect(),
            gradient: vec![0.0; 2 * count],
            losses: vec![0.0; count],
            starts: (0..count).collect(),
            limits: Vec::new(),
        }
    }

    /// Takes a step of all runs at their gradients, which are overwritten.
    fn step(&mut self, rates: StepRates) {
        let Self {
            kernel,
            theta,
            gradient,
            state,
            ..
        } = self;
        let (maximize, weight_decay) = kernel.gradient_options();
        if maximize {
            gradient.iter_mut().for_each(|g| *g = -*g);
        }
        if weight_decay != 0.0 {
            let pull = theta.iter().map(|theta| weight_decay * theta);
            gradient
                .iter_mut()
                .zip(pull)
                .for_each(|(g, pull)| *g += pull);
        }
        kernel.step(rates, theta, gradient, state);
    }

    /// Removes the runs of which `ended` is true.
    fn retain(&mut self, ended: &[bool]) {
        let active = ended.len();
        let kept: Vec<usize> = (0..active).filter(|run| !ended[*run]).collect();
        let both = |column: &mut Vec<f64>| {
            *column = [0, active]
                .into_iter()
                .flat_map(|first| kept.iter().map(move |run| first + run))
                .map(|index| column[index])
                .collect();
        };
        both(&mut self.theta);
        both(&mut self.gradient);
        self.state.iter_mut().for_each(both);
        self.starts = kept.iter().map(|run| self.starts[*run]).collect();
        self.limits = kept.iter().map(|run| self.limits[*run]).collect();
        self.losses.truncate(kept.len());
    }
}

impl RunContext<'_> {
    /// Returns the ends of the runs from at most [`BATCH`] starts; `None` if they were cancelled.
    ///
    /// The gradients must be those of the objective, and the schedule must not depend on losses.
    pub(super) fn run_batch<'k>(
        &self,
        kernel: Box<dyn ElementwiseKernel + 'k>,
        starts: &[[f64; 2]],
    ) -> Option<Vec<End>> {
        let (steps, tolerance) = (self.run_settings.steps, self.run_settings.tolerance);
        let lr = self.spec.optimizer.as_dyn().lr();
        let mut schedule_state = ScheduleState::new(&self.spec.schedule, lr, steps);
        let mut ends: Vec<End> = vec![([f64::NAN; 2], Outcome::Finished); starts.len()];
        let mut batch = Batch::new(kernel, starts);
        // A run whose squared gradient norm is above has not converged, however that is rounded.
        let min_square = tolerance.map_or(-1.0, |tolerance| {
            tolerance * tolerance * (1.0 + 1e-9) + f64::MIN_POSITIVE
        });
        for step in 0..=steps {
            if self.cancel.is_cancelled() {
                return None;
            }
            let active = batch.starts.len();
            let (x, y) = batch.theta.split_at(active);
            let (gx, gy) = batch.gradient.split_at_mut(active);
            self.objective
                .gradients([x, y], &mut batch.losses, [gx, gy]);
            if step == 0 {
                let first = batch.losses.iter().zip(starts);
                batch.limits = first
                    .map(|(loss, start)| DivergenceLimit::new(*loss, start))
                    .collect();
            }
            // No run is beyond its limit while all are within the least of them, and none has converged while all gradients are long.
            let mut may_end = step == steps;
            let mut check = || {
                let mut under_way = true;
                for (((loss, x), y), (gx, gy)) in
                    batch.losses.iter().zip(x).zip(y).zip(gx.iter().zip(&*gy))
                {
                    let square = gx * gx + gy * gy;
                    under_way &= loss.abs() + x.abs() + y.abs() <= MAX_GROWTH;
                    under_way &= square > min_square && square < f64::INFINITY;
                }
                under_way
            };
            may_end |= !dispatch(AutoVectorized(&mut check));
            let mut ended = [false; BATCH];
            if may_end {
                for run in 0..active {
                    let (point, grad_norm) = ([x[run], y[run]], norm(&[gx[run], gy[run]]));
                    let is_bounded = batch.limits[run].holds(batch.losses[run], &point, grad_norm);
                    let is_short = tolerance.is_some_and(|tolerance| grad_norm < tolerance);
                    ended[run] = !is_bounded | is_short;
                }
            }
            if may_end {
                for run in (0..active).filter(|run| ended[*run] || step == steps) {
                    let start = batch.starts[run];
                    let point = [x[run], y[run]];
                    ends[start] = if !ended[run] {
                        (point, Outcome::Finished)
                    } else if batch.limits[run].holds(
                        batch.losses[run],
                        &point,
                        norm(&[gx[run], gy[run]]),
                    ) {
                        (point, Outcome::Converged(step))
                    } else {
                        // The reason takes the state of the rule, so the run is made again, alone.
                        let alone = RunContext {
                            start: &starts[start],
                            ..*self
                        };
                        ([f64::NAN; 2], alone.final_state(f64::NEG_INFINITY)?.outcome)
                    };
                }
                batch.retain(&ended[..active]);
            }
            if batch.starts.is_empty() || step == steps {
                break;
            }
            let rates = schedule_state.rates(step, f64::NAN);
            batch.step(rates);
        }
        Some(ends)
    }
}
