//! Plain runs of elementwise optimizers on functions of two parameters, in blocks of 64 steps.
//!
//! The training loop asks an observer, an oracle and the rule at every step, which takes longer than the step itself. Here the steps
//! of a block follow each other directly, and the rules for the end look at its rows afterwards. That takes a quarter to a third of
//! the time (SGD on Rosenbrock 16 ns a step instead of 67, Adam 29 instead of 86), and a drag of a slider recomputes a dozen runs of
//! 50,000 steps within a frame.

use super::training_loop::RunContext;
use super::{DivergenceLimit, Outcome};
use crate::engine::objective::norm;
use crate::engine::optimizer::{Algorithm, BLOCK, BlockRows, ElementwiseKernel};
use crate::engine::schedule::{ScheduleState, StepRates};

/// Rows of a plain run: the states before the steps `first`, `first` + 1, …
pub(super) struct PlainRows<'a> {
    pub(super) first: u64,
    pub(super) theta: &'a [[f64; 2]],
    pub(super) losses: &'a [f64],
    pub(super) grad_norms: &'a [f64],
    pub(super) rates: &'a [StepRates],
}

impl<'s> RunContext<'s> {
    /// Returns the kernel of a run that is its elementwise rule and nothing else, on a function of two parameters: no wrappers, groups,
    /// mini-batches, noise or clipping, no schedule that looks at losses, and every row recorded.
    pub(super) fn plain_kernel(&self) -> Option<Box<dyn ElementwiseKernel + 's>> {
        let (spec, run_settings) = (self.spec, self.run_settings);
        let is_plain = spec.is_plain()
            && self.objective.dim() == 2
            && !spec.schedule.needs_loss()
            && run_settings.record_every <= 1
            && run_settings
                .gradient_settings
                .is_identity(self.objective.samples());
        match spec.optimizer.as_dyn().init(&[2]) {
            Algorithm::Elementwise(kernel) if is_plain => Some(kernel),
            _ => None,
        }
    }

    /// Takes the steps of a plain run and shows its rows to `observe`. Returns `None` if it diverges or is cancelled: the training loop
    /// then says why.
    pub(super) fn train_plain(
        &self,
        mut kernel: Box<dyn ElementwiseKernel + '_>,
        observe: &mut dyn FnMut(&PlainRows),
    ) -> Option<Outcome> {
        let (steps, tolerance) = (self.run_settings.steps, self.run_settings.tolerance);
        let mut point: [f64; 2] = self.start.try_into().ok()?;
        let mut state = kernel.initial_columns(2);
        let lr = self.spec.optimizer.as_dyn().lr();
        let mut schedule_state = ScheduleState::new(&self.spec.schedule, lr, steps);
        let mut rows = BlockRows {
            theta: [[0.0; 2]; BLOCK],
            losses: [0.0; BLOCK],
            gradient: [[0.0; BLOCK]; 2],
        };
        let constant = schedule_state.constant();
        let mut rates = [constant.unwrap_or(StepRates { lr, momentum: None }); BLOCK];
        let (mut grad_norms, mut limit) = ([0.0; BLOCK], None);
        for first in (0..=steps).step_by(BLOCK) {
            if self.cancel.is_cancelled() {
                return None;
            }
            let rows_left = steps - first + 1;
            let count = usize::try_from(rows_left).map_or(BLOCK, |left| left.min(BLOCK));
            if constant.is_none() {
                for (rates, step) in rates[..count].iter_mut().zip(first..) {
                    *rates = schedule_state.rates(step, f64::NAN);
                }
            }
            kernel.take_block(
                &rates[..count],
                &mut point,
                self.objective,
                &mut state,
                &mut rows,
            );
            let [by_x, by_y] = &rows.gradient;
            for (grad_norm, (by_x, by_y)) in grad_norms.iter_mut().zip(by_x.iter().zip(by_y)) {
                *grad_norm = norm(&[*by_x, *by_y]);
            }
            let limit =
                limit.get_or_insert_with(|| DivergenceLimit::new(rows.losses[0], &rows.theta[0]));
            let converged = tolerance.and_then(|tolerance| {
                let norms = grad_norms[..count].iter();
                { norms }.position(|norm| *norm < tolerance)
            });
            let count = converged.map_or(count, |row| row + 1);
            let (losses, theta) = (&rows.losses[..count], &rows.theta[..count]);
            if !limit.holds_in_rows(losses, theta.as_flattened(), &grad_norms[..count]) {
                return None;
            }
            observe(&PlainRows {
                first,
                theta,
                losses,
                grad_norms: &grad_norms[..count],
                rates: &rates[..count],
            });
            if let Some(row) = converged {
                return Some(Outcome::Converged(first + u64::try_from(row).ok()?));
            }
        }
        Some(Outcome::Finished)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::cancel::Cancel;
    use crate::engine::files::NoFiles;
    use crate::engine::landscape::AnyLandscape;
    use crate::engine::objective::GradientSettings;
    use crate::engine::optimizer::AnyOptimizer;
    use crate::engine::training::{RunSettings, RunSpec, run, run_with_observer};
    use std::ops::ControlFlow;

    /// Rows of the training loop: θ, loss, gradient norm, learning rate and evaluations, bit by bit.
    type Rows = Vec<[u64; 6]>;

    /// Compares a run with the training loop's, and returns whether it was plain and did not diverge.
    fn check(landscape: &str, spec: &str, steps: u64, tolerance: Option<f64>) -> bool {
        let never = Cancel::default();
        let problem = landscape.parse::<AnyLandscape>().unwrap();
        let start = problem.as_dyn().start();
        let problem = problem.as_dyn().load(&NoFiles).unwrap();
        let spec: RunSpec = spec.parse().unwrap();
        let run_settings = RunSettings {
            steps,
            gradient_settings: GradientSettings::default(),
            tolerance,
            record_every: 1,
        };
        let context = RunContext::new(&*problem.objective, &start, &spec, &run_settings, &never);
        let kernel = context.plain_kernel();
        let plain = kernel.and_then(|kernel| context.train_plain(kernel, &mut |_| ()));
        let found = run(&*problem.objective, &start, &spec, &run_settings, &never);
        let found = found.unwrap();
        let columns = found.loss.iter().zip(&found.grad_norm).zip(&found.lr);
        let columns = columns.zip(&found.evaluations);
        let found_rows: Rows = (found.theta.chunks(2).zip(columns))
            .map(|(theta, (((loss, norm), lr), count))| {
                let numbers = [theta[0], theta[1], *loss, *norm, *lr];
                let [x, y, loss, norm, lr] = numbers.map(f64::to_bits);
                [x, y, loss, norm, lr, *count]
            })
            .collect();
        let mut rows = Rows::new();
        let outcome = run_with_observer(
            &*problem.objective,
            &start,
            &spec,
            &run_settings,
            &never,
            |row| {
                let numbers = [row.theta[0], row.theta[1], row.loss, row.grad_norm, row.lr];
                let [x, y, loss, norm, lr] = numbers.map(f64::to_bits);
                rows.push([x, y, loss, norm, lr, row.counts.gradients]);
                ControlFlow::Continue(())
            },
        );
        assert_eq!(found_rows, rows, "{landscape} {spec} {steps}");
        assert_eq!(Some(found.outcome), outcome, "{landscape} {spec}");
        plain.is_some()
    }

    #[test]
    fn plain_runs_have_the_rows_of_the_training_loop() {
        for landscape in ["rosenbrock", "ackley", "formula:f=ln(x+9)+y^2"] {
            for optimizer in AnyOptimizer::all() {
                let spec = format!("{}@cosine", optimizer.name());
                let is_plain = check(landscape, &spec, 70, None);
                assert!(!is_plain || optimizer.is_elementwise(), "{spec}");
            }
            let mut plain = 0;
            let specs = [
                "sgd:lr=100",
                "sgd:lr=0.001,momentum=0.9,nesterov=true",
                "sgd:lr=0.001,momentum=0.9,dampening=0.3,weight_decay=0.1",
                "sgd:lr=0.001,momentum=0.9,form=polyak,maximize=true",
                "sgd:lr=0.001,momentum=0.5@warmup:steps=5>exponential:gamma=0.9",
                "sgd:lr=0.001,momentum=0.9,nesterov=true,lookahead=true",
                "adam:lr=0.1@warmup:steps=5>one-cycle",
                "adam:lr=0.05,amsgrad=true,eps=0.01,eps_form=inside",
                "adam:lr=0.1,bias_correction=false,eps_form=hat",
                "adamw:lr=0.1,weight_decay=0.1@plateau",
                "aggmo:lr=0.0001",
                "adam:lr=0.1,eps=0[x:lr=0.2]",
                "adam+lookahead",
            ];
            for spec in specs {
                for steps in [0, 63, 64, 150] {
                    plain += usize::from(check(landscape, spec, steps, None));
                    plain += usize::from(check(landscape, spec, steps, Some(0.5)));
                }
            }
            assert!(plain > 40, "{landscape}: {plain} runs were plain");
        }
    }
}
