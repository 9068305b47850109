//! Batches of runs from many starts on functions of two parameters, for basins of attraction.
//!
//! 256 runs of an elementwise optimizer take their steps together: gradients and updates go in SIMD lanes, which takes about a tenth of
//! the time of single runs (Adam on Rosenbrock: 2.7 ns a step on one core instead of 29). Each run ends where it would end alone, bit by
//! bit.

use super::training_loop::{RunContext, StepView};
use super::{DivergenceLimit, MAX_GROWTH, Outcome, RunSettings, RunSpec};
use crate::engine::cancel::Cancel;
use crate::engine::numeric::real::{AutoVectorized, dispatch};
use crate::engine::objective::{Objective, norm};
use crate::engine::optimizer::{ElementwiseKernel, apply_decay};
use crate::engine::schedule::{ScheduleState, StepRates};
use std::ops::ControlFlow;

/// Number of runs in a batch: their numbers stay in the innermost cache.
const BATCH: usize = 256;

/// Final point of a run, NaN where it diverged, and how it ended.
type End = ([f64; 2], Outcome);

/// Runs `spec` from many starts of an objective of two parameters and returns the final points, NaN for runs that diverged, and
/// the outcomes, bit-identical to [`run`](super::run()); `None` if it was cancelled.
///
/// Runs go in SIMD lanes where the optimizer is elementwise and nothing changes its gradients.
pub fn run_to_end_batch(
    objective: &dyn Objective,
    starts: &[[f64; 2]],
    spec: &RunSpec,
    run_settings: &RunSettings,
    cancel: &Cancel,
) -> Option<Vec<End>> {
    let context = |start| RunContext::new(objective, start, spec, run_settings, cancel);
    let mut ends = Vec::with_capacity(starts.len());
    for starts in starts.chunks(BATCH) {
        match context(&[]).plain_kernel() {
            Some(kernel) => ends.extend(context(&[]).run_batch(kernel, starts)?),
            None => {
                for start in starts {
                    let end = context(start).final_state(f64::NEG_INFINITY)?;
                    let point = match end.outcome {
                        Outcome::Diverged(..) => [f64::NAN; 2],
                        _ => [end.theta[0], end.theta[1]],
                    };
                    ends.push((point, end.outcome));
                }
            }
        }
    }
    Some(ends)
}

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
        apply_decay(gradient, theta, maximize, weight_decay);
        kernel.step(rates, theta, gradient, state);
    }

    /// Whether some run may have ended: all are under way while they are within the least divergence limit and their squared gradient
    /// norms are above `min_square`.
    fn may_end(&self, min_square: f64) -> bool {
        let active = self.starts.len();
        let (x, y) = self.theta.split_at(active);
        let (gx, gy) = self.gradient.split_at(active);
        !dispatch(AutoVectorized(
            #[inline(always)]
            || {
                let mut under_way = true;
                let rows = self.losses.iter().zip(x).zip(y).zip(gx.iter().zip(gy));
                for (((loss, x), y), (gx, gy)) in rows {
                    let square = gx * gx + gy * gy;
                    under_way &= loss.abs() + x.abs() + y.abs() <= MAX_GROWTH;
                    under_way &= square > min_square && square < f64::INFINITY;
                }
                under_way
            },
        ))
    }

    /// Returns the loss, the point and the gradient norm of a run.
    fn row(&self, run: usize) -> (f64, [f64; 2], f64) {
        let other = self.starts.len() + run;
        let gradient = [self.gradient[run], self.gradient[other]];
        let point = [self.theta[run], self.theta[other]];
        (self.losses[run], point, norm(&gradient))
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
    fn run_batch<'k>(
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
            if step == steps || batch.may_end(min_square) {
                let mut ended = [false; BATCH];
                for (run, ended) in ended[..active].iter_mut().enumerate() {
                    let start = batch.starts[run];
                    let (loss, point, grad_norm) = batch.row(run);
                    let outcome = if !batch.limits[run].holds(loss, &point, grad_norm) {
                        // The reason takes the state of the rule, so the run is made again, alone.
                        let alone = RunContext {
                            start: &starts[start],
                            ..*self
                        };
                        let mut nothing = |_: &StepView| ControlFlow::Continue(());
                        alone.train(steps, &mut nothing)?
                    } else if tolerance.is_some_and(|tolerance| grad_norm < tolerance) {
                        Outcome::Converged(step)
                    } else if step == steps {
                        Outcome::Finished
                    } else {
                        continue;
                    };
                    let diverged = matches!(outcome, Outcome::Diverged(..));
                    ends[start] = (if diverged { [f64::NAN; 2] } else { point }, outcome);
                    *ended = true;
                }
                batch.retain(&ended[..active]);
            }
            if batch.starts.is_empty() {
                break;
            }
            let rates = schedule_state.rates(step, f64::NAN);
            batch.step(rates);
        }
        Some(ends)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::files::NoFiles;
    use crate::engine::landscape::AnyLandscape;
    use crate::engine::objective::GradientSettings;
    use crate::engine::optimizer::AnyOptimizer;
    use crate::engine::training::{Reason, run};

    /// Limits and reasons are those of each run, in every loop.
    #[test]
    fn many_starts_diverge_for_the_reasons_that_each_has_alone() {
        let never = Cancel::default();
        let mut seen = Vec::new();
        for (landscape, specs) in [
            (
                "formula:f=1e13*(x^2+3*y^2+1)",
                ["sgd:lr=1e-14", "sgd:lr=1e-12"],
            ),
            (
                "formula:f=1e13*(x^2+3*y^2+1)",
                ["signsgd:lr=0.1", "adamw:lr=1e30"],
            ),
            (
                "quadratic:a=1e13,b=1e13",
                ["sgd:lr=1e-13,momentum=0.5", "adamax:lr=1e13"],
            ),
            (
                "quadratic:a=1,b=4",
                ["adam:lr=0.1,eps=0", "rmsprop:lr=0.1,eps=0"],
            ),
            ("formula:f=x-ln(x)+y^2", ["sgd:lr=3", "rmsprop:lr=2"]),
            (
                "formula:f=0.3*x+0.7*y",
                ["rmsprop:alpha=0.5,centered=true", "sgd:lr=1e20"],
            ),
        ] {
            let problem = landscape.parse::<AnyLandscape>().unwrap();
            let problem = problem.as_dyn().load(&NoFiles).unwrap();
            let objective = &*problem.objective;
            let starts: Vec<[f64; 2]> = (0..70)
                .map(|i| [0.1 + f64::from(i % 9), f64::from(i / 9) - 1.0])
                .collect();
            for spec in specs {
                let spec: RunSpec = spec.parse().unwrap();
                let run_settings = RunSettings {
                    steps: 300,
                    gradient_settings: GradientSettings::default(),
                    tolerance: None,
                    record_every: 1,
                };
                let ends =
                    run_to_end_batch(objective, &starts, &spec, &run_settings, &never).unwrap();
                for (start, (_, outcome)) in starts.iter().zip(ends).step_by(3) {
                    let alone = run(objective, start, &spec, &run_settings, &never).unwrap();
                    assert_eq!(outcome, alone.outcome, "{landscape} {spec} from {start:?}");
                    seen.extend(outcome.reason());
                }
            }
        }
        for reason in [
            Reason::LossNotFinite,
            Reason::LossBeyondLimit,
            Reason::ZeroByZero,
            Reason::NegativeVariance,
        ] {
            assert!(seen.contains(&reason), "{reason:?}");
        }
    }

    #[test]
    fn many_starts_at_once_end_where_each_ends_alone() {
        let never = Cancel::default();
        for landscape in ["himmelblau", "ackley", "formula:f=ln(x)+y^2"] {
            let problem = landscape
                .parse::<AnyLandscape>()
                .unwrap()
                .as_dyn()
                .load(&NoFiles)
                .unwrap();
            let objective = &*problem.objective;
            let starts: Vec<[f64; 2]> = (0..150)
                .map(|i| {
                    problem
                        .view
                        .at([f64::from(i % 13) / 12.0, f64::from(i) / 149.0])
                })
                .collect();
            for spec in AnyOptimizer::all() {
                for (lr, schedule, tolerance) in
                    [("0.01", "", None), ("0.5", "@cosine", Some(1e-3))]
                {
                    let spec: RunSpec = format!("{}:lr={lr}{schedule}", spec.name())
                        .parse()
                        .unwrap();
                    let run_settings = RunSettings {
                        steps: 60,
                        gradient_settings: GradientSettings::default(),
                        tolerance,
                        record_every: 1,
                    };
                    let ends =
                        run_to_end_batch(objective, &starts, &spec, &run_settings, &never).unwrap();
                    for (start, (at, outcome)) in starts.iter().zip(ends).step_by(5) {
                        let alone = run(objective, start, &spec, &run_settings, &never).unwrap();
                        assert_eq!(outcome, alone.outcome, "{landscape} {spec} from {start:?}");
                        if !matches!(outcome, Outcome::Diverged(..)) {
                            let last = alone.theta(usize::MAX).unwrap();
                            assert_eq!(at, last, "{landscape} {spec} from {start:?}");
                        }
                    }
                }
            }
        }
    }
}
