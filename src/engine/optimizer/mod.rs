//! The update rules. A rule is a struct of settings; [`Optimizer::start`] gives it a state, [`Rule::step`] moves θ.
//!
//! Names, defaults and arithmetic are PyTorch's wherever PyTorch has the rule (torch.optim, release 2.15).

mod adadelta;
mod adagrad;
mod adam;
mod adamw;
mod lbfgs;
mod linalg;
mod newton;
mod rmsprop;
mod sgd;
mod wolfe;

use super::declare::{Settings, family};
use super::objective::Oracle;
use super::run::{Arrival, Course, Outcome, Trajectory};
use super::schedule::Pace;
use super::vector::{Array, CROWD, Crowd, Vector};

family! {
    /// Any optimizer.
    pub enum AnyOptimizer: Optimizer = "optimizer" {
        sgd::Sgd,
        adam::Adam,
        adamw::AdamW,
        adagrad::Adagrad,
        rmsprop::RmsProp,
        adadelta::Adadelta,
        lbfgs::Lbfgs,
        newton::Newton,
    }
}

/// An update rule's settings.
pub trait Optimizer: Settings + Follow {
    /// The learning rate before any schedule.
    fn lr(&self) -> f64;

    /// Its state at step 0; `zeros` are as many as there are parameters. All of the state is allocated here; a step
    /// allocates nothing.
    fn start<V: Vector>(&self, zeros: V) -> impl Rule<V>
    where
        Self: Sized;

    /// Whether each parameter moves by its own gradient alone, so that many starts can go side by side in a [`Crowd`].
    fn elementwise(&self) -> bool {
        false
    }

    /// What it is called beside its trail: settings that make another method of it change the name.
    fn short_name(&self) -> &'static str {
        self.title()
    }

    /// The largest Hessian eigenvalue at which steps of this pace do not grow on a quadratic, where theory gives one.
    fn stability_limit(&self, pace: Pace) -> Option<f64> {
        let _ = pace;
        None
    }
}

/// An update rule at work: its settings and its state. Parameters are stored in a `V`.
pub trait Rule<V: Vector> {
    /// Moves `theta` by one step.
    fn step(&mut self, theta: &mut V, oracle: &mut Oracle<V>, pace: Pace);
}

/// What [`Optimizer::start`] makes possible for every optimizer: to follow a course, by a loop compiled for its rule.
pub trait Follow {
    /// The run from its start to its end; `None` if it was cancelled.
    fn follow(&self, course: &Course) -> Option<Trajectory>;

    /// Where the run ends; `None` if it was cancelled.
    fn arrive(&self, course: &Course) -> Option<Arrival>;

    /// Where runs from many starts end, at most [`CROWD`] of them, instead of the course's own; `None` if it was cancelled.
    /// Only for rules that are [`Optimizer::elementwise`].
    fn arrive_all(
        &self,
        course: &Course,
        starts: &[[f64; 2]],
    ) -> Option<[([f64; 2], Outcome); CROWD]>;
}

impl<O: Optimizer> Follow for O {
    fn follow(&self, course: &Course) -> Option<Trajectory> {
        match *course.start {
            [x, y] => course.trace(Array([x, y]), |zeros| self.start(zeros)),
            _ => course.trace(course.start.to_vec(), |zeros| self.start(zeros)),
        }
    }

    fn arrive(&self, course: &Course) -> Option<Arrival> {
        match *course.start {
            [x, y] => course.arrive(Array([x, y]), |zeros| self.start(zeros)),
            _ => course.arrive(course.start.to_vec(), |zeros| self.start(zeros)),
        }
    }

    fn arrive_all(
        &self,
        course: &Course,
        starts: &[[f64; 2]],
    ) -> Option<[([f64; 2], Outcome); CROWD]> {
        course.crowd(starts, |zeros: Crowd| self.start(zeros))
    }
}

/// βᵗ for t = 1, 2, …, by one multiplication a step while β stays the same.
#[derive(Clone, Copy, Debug)]
struct Power {
    base: f64,
    exponent: i32,
    value: f64,
}

impl Power {
    fn new(base: f64) -> Self {
        Self {
            base,
            exponent: 0,
            value: 1.0,
        }
    }

    /// The next power, of `base`; a schedule may have changed it.
    #[inline]
    fn next(&mut self, base: f64) -> f64 {
        self.exponent = self.exponent.saturating_add(1);
        if base == self.base {
            self.value *= base;
        } else {
            self.change(base);
        }
        self.value
    }

    /// Out of line, because the compiler would work out the power each step and throw it away.
    #[cold]
    #[inline(never)]
    fn change(&mut self, base: f64) {
        self.base = base;
        self.value = base.powi(self.exponent);
    }
}

/// The gradient that a rule works with: PyTorch's `maximize` turns its sign, L2 `weight_decay` adds λθ.
#[inline(always)]
fn regularised_gradient<'a, V: Vector>(
    oracle: &'a mut Oracle<V>,
    theta: &V,
    maximize: bool,
    weight_decay: f64,
) -> &'a V {
    let (_, gradient) = oracle.gradient(theta);
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
    gradient
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::cancel::Cancel;
    use crate::engine::jet::Scalar;
    use crate::engine::objective::{Formula, Treatment};
    use crate::engine::run::{Conditions, RunSpec, run};
    use crate::engine::schedule::Plan;

    #[test]
    fn powers_follow_a_changing_base() {
        let mut power = Power::new(0.9);
        assert_eq!(power.next(0.9), 0.9);
        assert_eq!(power.next(0.9), 0.9 * 0.9);
        assert!((power.next(0.8) - 0.512).abs() < 1e-15);
        assert!((power.next(0.8) - 0.4096).abs() < 1e-15);
    }

    /// Finite as a whole, but not in its mini-batches, which are all that a rule sees.
    struct Broken;
    impl Formula for Broken {
        fn eval<S: Scalar>(&self, x: S, y: S) -> S {
            x * x + y * y
        }
        fn samples(&self) -> usize {
            2
        }
        fn eval_batch<S: Scalar>(&self, batch: &[usize], x: S, y: S) -> S {
            match batch {
                [0] => x * f64::NAN + y * f64::INFINITY,
                _ => x * 1e308 - y * 1e-308,
            }
        }
    }

    #[test]
    fn no_optimizer_panics_on_nan_or_infinity() {
        for any in AnyOptimizer::all() {
            for seed in 0..10 {
                let treatment = Treatment {
                    seed,
                    batch: Some(1),
                    ..Treatment::default()
                };
                let conditions = Conditions {
                    steps: 5,
                    treatment,
                    tolerance: None,
                };
                let spec = RunSpec {
                    optimizer: any.clone(),
                    plan: Plan::default(),
                };
                for start in [&[1.0, -2.0][..], &[0.0, 0.0]] {
                    assert!(run(&Broken, start, &spec, &conditions, &Cancel::default()).is_some());
                }
            }
        }
    }
}
