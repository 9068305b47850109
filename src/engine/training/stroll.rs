//! Single runs in the loops that landscapes have for the commonest rules. Their paths are those of the loop for all rules, bit by
//! bit.

use super::training_loop::RunContext;
use super::{DivergenceLimit, FinalState, Outcome, Trajectory};
use crate::engine::schedule::ScheduleState;
use crate::engine::stride::{AnyStride, ROWS, Rows, Walker};

impl RunContext<'_> {
    /// The rule, where there are loops for it and nothing happens in them but its steps.
    pub(super) fn stride(&self) -> Option<AnyStride> {
        let Self {
            objective,
            spec,
            run_settings,
            ..
        } = self;
        let plain = spec.is_plain()
            && !self.has_groups()
            && !spec.schedule.needs_loss()
            && !spec.schedule.cycles_momentum()
            && run_settings.record_every <= 1
            && run_settings
                .gradient_settings
                .is_identity(objective.samples());
        spec.optimizer.as_dyn().stride().filter(|_| plain)
    }

    /// The run before its first step, where there is such a loop.
    pub(super) fn walker(&self) -> Option<Walker> {
        match *self.start {
            [x, y] => {
                let stride = self.stride()?;
                let loss = self.objective.gradient_at(x, y, &mut [0.0; 2]);
                let limit = DivergenceLimit::new(loss, self.start);
                Some(Walker::new(stride, [x, y], limit))
            }
            _ => None,
        }
    }

    /// The run with all of its rows.
    pub(super) fn trace_walker(&self, walker: Walker) -> Option<Trajectory> {
        let rows = usize::try_from(self.run_settings.steps)
            .ok()?
            .checked_add(1)?;
        let mut trajectory = Trajectory::with_capacity(2, rows);
        trajectory.outcome = self.stroll(walker, |step, rows, rates| {
            let kept = rates.len();
            let theta = rows.theta[..kept].as_flattened();
            trajectory.theta.extend_from_slice(theta);
            trajectory.loss.extend_from_slice(&rows.loss[..kept]);
            trajectory
                .grad_norm
                .extend_from_slice(&rows.grad_norm[..kept]);
            trajectory.lr.extend_from_slice(rates);
            trajectory.evaluations.extend(step..step + kept as u64);
        })?;
        Some(trajectory)
    }

    /// Where the run ends.
    pub(super) fn arrive_walker(&self, walker: Walker) -> Option<FinalState> {
        let (mut theta, mut last) = (self.start.to_vec(), f64::INFINITY);
        let (mut best, mut reached) = (f64::INFINITY, None);
        let outcome = self.stroll(walker, |step, rows, rates| {
            for (loss, step) in rows.loss[..rates.len()].iter().zip(step..) {
                last = *loss;
                best = best.min(last);
                if last <= self.goal && reached.is_none() {
                    reached = Some(step);
                }
            }
            if let Some(place) = rows.theta[..rates.len()].last() {
                theta.copy_from_slice(place);
            }
        })?;
        Some(FinalState {
            theta,
            loss: last,
            best,
            goal_step: reached,
            outcome,
        })
    }

    /// Takes all steps. `keep` gets the number of a step, rows from there on, and the rates of those that are to be kept.
    fn stroll(
        &self,
        mut walker: Walker,
        mut keep: impl FnMut(u64, &Rows, &[f64]),
    ) -> Option<Outcome> {
        let Self {
            objective,
            spec,
            run_settings,
            ..
        } = *self;
        let steps = run_settings.steps;
        let tolerance = run_settings.tolerance.unwrap_or(-1.0).max(-1.0);
        let mut schedule_state =
            ScheduleState::new(&spec.schedule, spec.optimizer.as_dyn().lr(), steps);
        let (mut rows, mut step) = (Rows::blank(), 0);
        let mut rates = [0.0; ROWS];
        while !self.cancel.is_cancelled() {
            // The last row is that of the place where the last step ends.
            let rates = schedule_state.next_lrs(step, &mut rates);
            let taken = objective.walk(&mut walker, rates, tolerance, &mut rows);
            if taken < rates.len() {
                let (theta, loss) = (rows.theta[taken], rows.loss[taken]);
                let grad_norm = rows.grad_norm[taken];
                let numbers = [theta[0], theta[1], loss, grad_norm];
                let finite = numbers.iter().all(|number| number.is_finite());
                keep(step, &rows, &rates[..taken + usize::from(finite)]);
                let at = step + taken as u64;
                return self.end(at, &theta, (loss, grad_norm), &walker.limit());
            }
            keep(step, &rows, rates);
            step += rates.len() as u64;
            if step > steps {
                return Some(Outcome::Finished);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::cancel::Cancel;
    use crate::engine::files::NoFiles;
    use crate::engine::landscape::AnyLandscape;
    use crate::engine::objective::GradientSettings;
    use crate::engine::training::RunSettings;

    /// A run by its landscape's loop, and by the loop for all rules.
    fn check(landscape: &str, spec: &str, steps: u64, tolerance: Option<f64>) {
        let landscape: AnyLandscape = landscape.parse().unwrap();
        let problem = landscape.as_dyn().load(&NoFiles).unwrap();
        let context = RunContext {
            objective: &*problem.objective,
            start: &landscape.as_dyn().start(),
            spec: &spec.parse().unwrap(),
            run_settings: &RunSettings {
                steps,
                gradient_settings: GradientSettings::default(),
                tolerance,
                record_every: 1,
            },
            goal: 1.0,
            cancel: &Cancel::default(),
        };
        let what = format!("{landscape} {spec}, {steps} steps to {tolerance:?}");
        let start = || context.start.to_vec();
        let walker = || context.walker().unwrap_or_else(|| panic!("{what}"));
        let trace = context.trace(start(), Vec::new(), |_| context.wrapped());
        assert_eq!(context.trace_walker(walker()), trace, "{what}");
        let arrival = context.arrive(start(), Vec::new(), |_| context.wrapped());
        assert_eq!(context.arrive_walker(walker()), arrival, "{what}");
    }

    #[test]
    fn a_landscapes_own_loop_takes_the_path_of_the_loop_for_all_rules() {
        for landscape in [
            "rosenbrock",
            "ackley",
            "regression",
            "formula:f=ln(x+9)+y^2",
        ] {
            for spec in [
                "sgd:lr=0.001",
                "sgd:lr=100",
                "sgd:lr=0.001,momentum=0.9@cosine",
                "sgd:lr=0.001,momentum=0.5@warmup:steps=5>exponential:gamma=0.9",
                "adam:lr=0.1@warmup:steps=5>one-cycle:cycle_momentum=false",
                "adam:lr=0.05,eps=0.01,eps_form=inside",
                "adam:bias_correction=false,eps_form=hat",
                "adamw:lr=0.1,weight_decay=0.1",
            ] {
                for steps in [0, 63, 64, 150] {
                    check(landscape, spec, steps, None);
                    check(landscape, spec, steps, Some(0.5));
                }
            }
        }
    }
}
