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
use super::schedule::Pace;

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
pub trait Optimizer: Settings {
    /// The learning rate before any schedule.
    fn lr(&self) -> f64;

    /// Its state at step 0 for `dim` parameters. All of the state is allocated here; a step allocates nothing.
    fn start(&self, dim: usize) -> Box<dyn Rule>;

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

/// An update rule at work: its settings and its state.
pub trait Rule: Send {
    /// Moves `theta` by one step.
    fn step(&mut self, theta: &mut [f64], oracle: &mut Oracle, pace: Pace);
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
#[inline]
fn regularised_gradient(
    oracle: &mut Oracle,
    theta: &[f64],
    gradient: &mut [f64],
    maximize: bool,
    weight_decay: f64,
) {
    oracle.gradient(theta, gradient);
    if maximize {
        gradient.iter_mut().for_each(|g| *g = -*g);
    }
    if weight_decay != 0.0 {
        gradient
            .iter_mut()
            .zip(theta)
            .for_each(|(g, theta)| *g += weight_decay * theta);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::jet::Scalar;
    use crate::engine::objective::{Formula, Treatment};

    #[test]
    fn powers_follow_a_changing_base() {
        let mut power = Power::new(0.9);
        assert_eq!(power.next(0.9), 0.9);
        assert_eq!(power.next(0.9), 0.9 * 0.9);
        assert!((power.next(0.8) - 0.512).abs() < 1e-15);
        assert!((power.next(0.8) - 0.4096).abs() < 1e-15);
    }

    struct Slope;
    impl Formula for Slope {
        fn eval<S: Scalar>(&self, x: S, y: S) -> S {
            x * f64::NAN + y * f64::INFINITY
        }
    }

    #[test]
    fn no_optimizer_panics_on_nan_or_infinity() {
        for any in AnyOptimizer::all() {
            let mut rule = any.as_dyn().start(2);
            let mut oracle = Oracle::new(&Slope, Treatment::default());
            let mut theta = [1.0, -2.0];
            for _ in 0..3 {
                oracle.begin_step(&theta);
                rule.step(
                    &mut theta,
                    &mut oracle,
                    Pace {
                        lr: 1e12,
                        momentum: None,
                    },
                );
            }
        }
    }
}
