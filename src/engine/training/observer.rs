//! Runs that are looked at while they go.

use super::{DivergenceLimit, Outcome, RunContext, RunSettings, RunSpec};
use crate::engine::cancel::Cancel;
use crate::engine::objective::state::StateVisitor;
use crate::engine::objective::{EvalCounts, Objective, Oracle, norm};
use crate::engine::schedule::ScheduleState;
use std::ops::ControlFlow;

/// A run after some steps.
pub struct StepView<'a> {
    /// How many steps it has taken.
    pub step: u64,
    /// θ.
    pub theta: &'a [f64],
    /// θ one step earlier; at first, the same.
    pub previous: &'a [f64],
    /// True loss: no noise, all the data.
    pub loss: f64,
    /// The true gradient, unclipped.
    pub gradient: &'a [f64],
    /// The learning rate of the next step.
    pub lr: f64,
    /// What the optimizer has asked for so far.
    pub counts: EvalCounts,
    /// What the last step divided gradients by, where the rule does so and has taken one:
    /// [`Rule::preconditioner`](crate::engine::optimizer::Rule::preconditioner).
    pub preconditioner: Option<&'a [f64]>,
    /// Shows what the rule carries.
    pub(super) visitor: &'a dyn Fn(&mut StateVisitor<'_>),
}

/// Runs `spec` from `start` until `look` breaks off, which sees every row that is kept: the bits of [`run`](super::run()). The run goes on beyond
/// [`RunSettings::steps`], which is only what a schedule takes for its length. It answers with how the run ended by itself; `None` if it
/// was broken off or cancelled.
pub fn run_with_observer(
    objective: &dyn Objective,
    start: &[f64],
    spec: &RunSpec,
    run_settings: &RunSettings,
    cancel: &Cancel,
    mut look: impl FnMut(&StepView) -> ControlFlow<()>,
) -> Option<Outcome> {
    let context = RunContext {
        objective,
        start,
        spec,
        run_settings,
        goal: f64::NEG_INFINITY,
        cancel,
    };
    let (mut theta, mut previous) = (start.to_vec(), start.to_vec());
    let zeros = vec![0.0; theta.len()];
    let mut divisors = zeros.clone();
    let oracle = Oracle::new(objective, run_settings.gradient_settings, zeros, cancel);
    let mut oracle = oracle.with_transforms(context.gradient_transforms());
    let mut rule = context.wrapped();
    let lr = spec.optimizer.as_dyn().lr();
    let mut schedule_state = ScheduleState::new(&spec.schedule, lr, run_settings.steps);
    let every = run_settings.record_every.max(1);
    let mut last = f64::NAN;
    let (mut limit, mut stuck) = (DivergenceLimit::new(0.0, &[]), None);
    for step in 0.. {
        if cancel.is_cancelled() {
            return None;
        }
        let rates = if step % every == 0 || stuck.is_some() {
            let (&loss, gradient) = oracle.begin_step(&theta);
            last = loss;
            let rates = schedule_state.rates(step, loss);
            let grad_norm = norm(gradient);
            let gradient = gradient.clone();
            if step == 0 {
                limit = DivergenceLimit::new(loss, &theta);
            }
            let counts = oracle.counts();
            let lr = rule.next_lr(&theta, &mut oracle, rates.lr);
            let moment = StepView {
                step,
                theta: &theta,
                previous: &previous,
                loss,
                gradient: &gradient,
                lr,
                counts,
                preconditioner: (step > 0 && rule.preconditioner(&mut divisors))
                    .then_some(&divisors[..]),
                visitor: &|visitor| {
                    rule.visit_state(visitor);
                    oracle.visit_state(visitor);
                },
            };
            let bounded = limit.holds(loss, &theta, grad_norm);
            let finite = bounded || {
                let mut all = theta.iter().chain([&loss, &grad_norm]);
                all.all(|number| number.is_finite())
            };
            if finite && look(&moment).is_break() {
                return None;
            }
            if !bounded {
                return Some(context.diverged(step, &theta, loss, &limit));
            }
            if run_settings
                .tolerance
                .is_some_and(|least| grad_norm < least)
            {
                return Some(Outcome::Converged(step));
            }
            if let Some(reason) = stuck {
                return Some(Outcome::Stopped(step, reason));
            }
            rates
        } else {
            oracle.begin_unrecorded_step();
            schedule_state.rates(step, last)
        };
        previous.copy_from_slice(&theta);
        rule.step(&mut theta, &mut oracle, rates);
        stuck = rule.stuck();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::files::NoFiles;
    use crate::engine::network::{AnyNetwork, NetworkLoss, data::AnyDataset};
    use crate::engine::objective::GradientSettings;
    use crate::engine::objective::state::StateValue;
    use crate::engine::training::run;

    /// With one gradient so far, means and their corrections cancel: P = (1 − β₁)(|g| + ε).
    #[test]
    fn preconditioners_are_what_gradients_are_divided_by() {
        let landscape: crate::engine::landscape::AnyLandscape =
            "quadratic:a=1,b=25".parse().unwrap();
        let problem = landscape.as_dyn().load(&NoFiles).unwrap();
        let run_settings = RunSettings {
            steps: 2,
            gradient_settings: GradientSettings::default(),
            tolerance: None,
            record_every: 1,
        };
        for (spec, expected) in [
            ("adam:lr=0.1,eps=0", Some([0.2, 2.5])),
            ("adamw:lr=0.1,eps=1", Some([0.3, 2.6])),
            ("adamax:lr=0.1,eps=0", Some([0.2, 2.5])),
            ("rmsprop:lr=0.1,alpha=0.75,eps=0", Some([1.0, 12.5])),
            ("adagrad:lr=0.1,eps=0", Some([2.0, 25.0])),
            ("sgd:lr=0.1,momentum=0.9", None),
            ("adam+cautious", None),
        ] {
            let spec: RunSpec = spec.parse().unwrap();
            let mut seen = Vec::new();
            let never = Cancel::default();
            run_with_observer(
                &*problem.objective,
                &[2.0, 1.0],
                &spec,
                &run_settings,
                &never,
                |moment| {
                    seen.push(moment.preconditioner.map(<[f64]>::to_vec));
                    match moment.step {
                        1.. => ControlFlow::Break(()),
                        _ => ControlFlow::Continue(()),
                    }
                },
            );
            assert_eq!(seen[0], None);
            match (&seen[1], expected) {
                (Some(found), Some(expected)) => {
                    let near = found
                        .iter()
                        .zip(expected)
                        .all(|(a, b)| (a - b).abs() < 1e-12);
                    assert!(near, "{spec}: {found:?}");
                }
                (found, expected) => assert_eq!(found.is_some(), expected.is_some(), "{spec}"),
            }
        }
        let adam: RunSpec = "adam:lr=1e-3".parse().unwrap();
        let limit = adam.preconditioned_limit(adam.rates(0, 10)).unwrap();
        assert!(
            (limit - 38_000.0).abs() < 1e-6,
            "section 3 of Cohen et al. 2022"
        );
    }

    /// LAMB has a rule for each tensor, but shortens the gradient of all of them together.
    #[test]
    fn what_is_of_all_tensors_is_not_of_one() {
        let network: AnyNetwork = "mlp:hidden=5,loss=bce".parse().unwrap();
        let data: AnyDataset = "moons:samples=20".parse().unwrap();
        let loss = NetworkLoss::new(&network, &data.as_dyn().data(&NoFiles).unwrap()).unwrap();
        let spec: RunSpec = "lamb:pre_norm=true,max_grad_norm=0.01".parse().unwrap();
        let run_settings = RunSettings {
            steps: 1,
            gradient_settings: GradientSettings::default(),
            tolerance: None,
            record_every: 1,
        };
        let (start, never) = (loss.init_params(3), Cancel::default());
        let mut means = Vec::new();
        run_with_observer(&loss, &start, &spec, &run_settings, &never, |moment| {
            (moment.visitor)(&mut |internal| {
                if let ("m", StateValue::Direction(m)) = (internal.symbol, internal.numbers) {
                    means.push(m.to_vec());
                }
            });
            match moment.step {
                1.. => ControlFlow::Break(()),
                _ => ControlFlow::Continue(()),
            }
        });
        let mut gradient = vec![0.0; start.len()];
        loss.gradient(&start, &mut gradient);
        let share = 0.1 * 0.01 / (norm(&gradient) + 1e-6);
        let last = means.last().unwrap();
        assert_eq!(last.len(), gradient.len());
        for (m, g) in last.iter().zip(&gradient) {
            assert!((m - share * g).abs() < 1e-12);
        }
    }

    #[test]
    fn a_watched_run_has_the_rows_of_any_other() {
        let network: AnyNetwork = "mlp:hidden=5,loss=bce".parse().unwrap();
        let data: AnyDataset = "moons:samples=20".parse().unwrap();
        let data = data.as_dyn().data(&NoFiles).unwrap();
        let loss = NetworkLoss::new(&network, &data).unwrap();
        let (start, never) = (loss.init_params(3), Cancel::default());
        for spec in [
            "adam:lr=0.1@cosine",
            "sgd:lr=0.1,momentum=0.9[layers.0:lr=0.01]+lookahead",
            "lbfgs@plateau",
            "muon",
            "sgd:lr=1e9",
        ] {
            let spec: RunSpec = spec.parse().unwrap();
            let run_settings = RunSettings {
                steps: 12,
                gradient_settings: GradientSettings {
                    seed: 4,
                    batch: Some(7),
                    noise: 0.1,
                    ..GradientSettings::default()
                },
                tolerance: None,
                record_every: 3,
            };
            let whole = run(&loss, &start, &spec, &run_settings, &never).unwrap();
            let mut rows = 0;
            let ended = run_with_observer(&loss, &start, &spec, &run_settings, &never, |moment| {
                let row = rows;
                rows += 1;
                assert_eq!(moment.step, 3 * row as u64, "{spec}");
                assert_eq!(Some(moment.theta), whole.theta(row), "{spec}");
                assert_eq!(moment.loss, whole.loss[row], "{spec}");
                assert_eq!(norm(moment.gradient), whole.grad_norm[row], "{spec}");
                assert_eq!(moment.lr, whole.lr[row], "{spec}");
                assert_eq!(moment.counts.gradients, whole.evaluations[row], "{spec}");
                match moment.step {
                    12.. => ControlFlow::Break(()),
                    _ => ControlFlow::Continue(()),
                }
            });
            assert_eq!(rows, whole.len(), "{spec}");
            assert_eq!(ended.unwrap_or(Outcome::Finished), whole.outcome, "{spec}");
        }
    }
}
