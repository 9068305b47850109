//! Steepest descent with a line search.

use super::wolfe_step::dot;
use super::{Algorithm, Kind, Optimizer, Profile, StateEntry, StateVisitor, UpdateRule, zeros};
use crate::engine::declare::settings;
use crate::engine::objective::Oracle;
use crate::engine::schedule::StepRates;

settings! {
    /// Line search: gradient descent with backtracking until the loss has decreased enough.
    ///
    /// θ ← θ − a g with the first a of γ, ργ, ρ²γ, … for which f(θ − a g) ≤ f(θ) − c a ‖g‖². Armijo 1966; algorithm 3.1 of
    /// Nocedal & Wright 2006. Costs one gradient, and one value per trial step size.
    pub struct LineSearch("Line search") {
        /// Learning rate γ: first trial step size.
        lr: f64 = 1.0, in 0.0.., log 1e-4..=10.0;
        /// c: sufficient decrease, as a fraction of the decrease predicted by the slope.
        c: f64 = 1e-4, in 0.0..1.0, log 1e-4..=0.5;
        /// ρ: factor between successive trial step sizes.
        shrink: f64 = 0.5, in 0.0..1.0, linear 0.1..=0.9;
        /// Warm start: begins with twice the last step size instead of γ.
        warm: bool = false;
        /// Maximizes the loss instead of minimizing it.
        maximize: bool = false;
    }
}

/// Maximum number of trial lengths; after them θ does not move.
const MAX_TRIALS: u32 = 60;

impl Optimizer for LineSearch {
    fn lr(&self) -> f64 {
        self.lr
    }

    fn update_lines(&self) -> Vec<&'static str> {
        vec![
            if self.warm {
                "{a} ← 2 {a<}, at first {γ=lr}"
            } else {
                "{a} ← {γ=lr}"
            },
            "while f(θ − {a} {g}) > f(θ) − {c=c} {a} ‖{g}‖²: {a} ← {ρ=shrink} {a}",
            "{θ} ← {θ<} − {a} {g}",
        ]
    }

    fn profile(&self) -> Profile {
        Profile {
            kind: Kind::Curvature,
            state: "none, or 1 number with warm",
            cost: "1 gradient, and 1 value for each length that is tried, at most 60",
            strengths: "When no learning rate is known: a step is halved until the loss decreases, so it cannot \
                diverge.",
            weaknesses: "It is steepest descent: in a narrow valley it zigzags from wall to wall in short steps. With \
                mini-batches it descends on each batch, not on the whole data, and does not converge.",
        }
    }

    fn init(&self, shape: &[usize]) -> Algorithm<'_> {
        let zeros = zeros(shape);
        Algorithm::Joint(Box::new(State {
            rule: self.clone(),
            gradient: zeros.clone(),
            trial: zeros,
            t: 0.0,
        }))
    }
}

struct State {
    rule: LineSearch,
    gradient: Vec<f64>,
    trial: Vec<f64>,
    t: f64,
}

impl UpdateRule for State {
    fn step(&mut self, theta: &mut [f64], oracle: &mut Oracle, rates: StepRates) {
        let LineSearch {
            c,
            shrink,
            warm,
            maximize,
            ..
        } = self.rule;
        let sign = if maximize { -1.0 } else { 1.0 };
        let (loss, gradient) = oracle.gradient(theta);
        self.gradient.copy_from_slice(gradient);
        let square = dot(&self.gradient, &self.gradient);
        let mut t = if warm && self.t > 0.0 {
            2.0 * self.t
        } else {
            rates.lr
        };
        for _ in 0..MAX_TRIALS {
            for ((trial, theta), g) in self
                .trial
                .iter_mut()
                .zip(theta.iter())
                .zip(self.gradient.iter())
            {
                *trial = theta - sign * t * g;
            }
            let value = sign * oracle.value(&self.trial);
            // A loss of −∞ does not count as a decrease.
            if value.is_finite() && value <= sign * loss - c * t * square {
                theta.copy_from_slice(&self.trial);
                self.t = t;
                return;
            }
            t *= shrink;
        }
        self.t = 0.0;
    }

    fn visit_state(&self, visitor: &mut StateVisitor) {
        visitor(StateEntry::number("a", "length", &self.t));
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::path;

    #[test]
    fn every_step_satisfies_armijos_condition() {
        for spec in ["line-search", "line-search:warm=true,c=0.1"] {
            let path = path("rosenbrock", &[-1.5, 2.0], spec, 200);
            assert!(path.loss.windows(2).all(|pair| pair[1] < pair[0]), "{spec}");
        }
        // On ½ x² a step size of 1 is accepted and ends at the minimum.
        let one = path("quadratic:a=1,b=1", &[3.0, 4.0], "line-search", 1);
        assert_eq!(one.theta(1).unwrap(), [0.0, 0.0]);
        // On 8 x² the step sizes 1, ½ and ¼ are too long, and ⅛ mirrors x, which does not decrease the loss.
        let steep = path("quadratic:a=16,b=16", &[1.0, 0.0], "line-search", 1);
        assert_eq!(steep.theta(1).unwrap()[0], 1.0 - 16.0 / 16.0);
    }
}
