//! Barzilai–Borwein: gradient descent with two-point step sizes.

use super::wolfe_step::dot;
use super::{Algorithm, Kind, Optimizer, Profile, StateEntry, StateVisitor, UpdateRule, zeros};
use crate::engine::declare::settings;
use crate::engine::objective::Oracle;
use crate::engine::schedule::StepRates;

settings! {
    /// Formula of the step size: long sᵀs/sᵀy, short sᵀy/yᵀy, or both in turn.
    pub enum Variant { Long = "long", Short = "short", Alternate = "alternate" }
}

settings! {
    /// Barzilai–Borwein: gradient descent with the inverse curvature along the last step as step size.
    ///
    /// θ ← θ − a g with a = sᵀs/sᵀy or sᵀy/yᵀy, where s is the last step and y the change of the gradient over it. The loss
    /// does not decrease in every step. Eqs. (5) and (6) of Barzilai & Borwein 1988.
    pub struct BarzilaiBorwein("Barzilai–Borwein") {
        /// Learning rate γ: step size of the first step, and wherever the curvature is not positive.
        lr: f64 = 1e-3, in 0.0.., log 1e-5..=1.0;
        /// Formula of the step size: long sᵀs/sᵀy, short sᵀy/yᵀy, or both in turn.
        variant: Variant = Variant::Long;
        /// Maximizes the loss instead of minimizing it.
        maximize: bool = false;
    }
}

/// Maximum number of halvings of a step that ends where the loss is not finite; after them θ does not move.
const MAX_HALVINGS: u32 = 60;

impl Optimizer for BarzilaiBorwein {
    fn lr(&self) -> f64 {
        self.lr
    }

    fn update_lines(&self) -> Vec<&'static str> {
        vec![
            match self.variant {
                Variant::Long => "{a} ← {s}ᵀ{s} / {s}ᵀ{y}, at first {γ=lr}",
                Variant::Short => "{a} ← {s}ᵀ{y} / {y}ᵀ{y}, at first {γ=lr}",
                Variant::Alternate => {
                    "{a} ← {s}ᵀ{s} / {s}ᵀ{y} or {s}ᵀ{y} / {y}ᵀ{y} in turn, at first {γ=lr}"
                }
            },
            "{θ} ← {θ<} − {a} {g}",
        ]
    }

    fn profile(&self) -> Profile {
        Profile {
            kind: Kind::Curvature,
            state: "2 numbers per parameter",
            cost: "1 gradient, and 1 value to check that the loss is finite after the step, which is halved otherwise",
            strengths: "In narrow bowls without noise: the last step measures the curvature, and it converges in a \
                small fraction of the steps of gradient descent at equal cost.",
            weaknesses: "The loss does not decrease in every step: after a step along the floor the next one is long \
                and climbs a wall. In curved valleys such jumps can repeat forever. Noise is mistaken for curvature.",
        }
    }

    fn init(&self, shape: &[usize]) -> Algorithm<'_> {
        let zeros = zeros(shape);
        Algorithm::Joint(Box::new(State {
            rule: self.clone(),
            trial: zeros.clone(),
            step: zeros.clone(),
            change: zeros.clone(),
            gradient: zeros,
            steps: 0,
            t: 0.0,
        }))
    }
}

struct State {
    rule: BarzilaiBorwein,
    trial: Vec<f64>,
    /// Last step s.
    step: Vec<f64>,
    /// Change y of the gradient over the last step.
    change: Vec<f64>,
    /// Gradient at the start of the last step.
    gradient: Vec<f64>,
    steps: u64,
    t: f64,
}

impl UpdateRule for State {
    fn step(&mut self, theta: &mut [f64], oracle: &mut Oracle, rates: StepRates) {
        let sign = if self.rule.maximize { -1.0 } else { 1.0 };
        let (_, gradient) = oracle.gradient(theta);
        let pairs = self.change.iter_mut().zip(self.gradient.iter_mut());
        for ((change, before), g) in pairs.zip(gradient.iter()) {
            *change = sign * g - *before;
            *before = sign * g;
        }
        let curvature = dot(&self.step, &self.change);
        let long = match self.rule.variant {
            Variant::Long => true,
            Variant::Short => false,
            Variant::Alternate => self.steps % 2 == 1,
        };
        let length = if long {
            dot(&self.step, &self.step) / curvature
        } else {
            curvature / dot(&self.change, &self.change)
        };
        let is_valid = self.steps > 0 && curvature > 0.0 && length.is_finite();
        self.t = if is_valid { length } else { rates.lr };
        self.steps += 1;
        for _ in 0..MAX_HALVINGS {
            let points = self.trial.iter_mut().zip(theta.iter());
            for (((trial, theta), step), g) in
                points.zip(self.step.iter_mut()).zip(self.gradient.iter())
            {
                *step = -self.t * g;
                *trial = theta + *step;
            }
            if oracle.value(&self.trial).is_finite() {
                theta.copy_from_slice(&self.trial);
                return;
            }
            self.t *= 0.5;
        }
        self.step.fill(0.0);
        self.t = 0.0;
    }

    fn visit_state(&self, visitor: &mut StateVisitor) {
        visitor(StateEntry::step("s", "last step", &self.step));
        visitor(StateEntry::each(
            "y",
            "change of the gradient",
            &self.change,
        ));
        visitor(StateEntry::number("a", "step size", &self.t));
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::path;

    #[test]
    fn two_dimensional_quadratics_are_solved_faster_than_linearly() {
        for variant in ["long", "short", "alternate"] {
            let spec = format!("barzilai-borwein:lr=0.01,variant={variant}");
            let path = path("quadratic:a=1,b=30", &[3.0, 1.0], &spec, 40);
            assert!(
                *path.loss.last().unwrap() < 1e-25,
                "{variant}: {:?}",
                path.loss.last()
            );
        }
        // After a first step, the long step size on ½ λ x² is exactly 1/λ.
        let line = path(
            "quadratic:a=4,b=4",
            &[1.0, 0.0],
            "barzilai-borwein:lr=0.1",
            2,
        );
        assert!(line.theta(2).unwrap()[0].abs() < 1e-15);
    }
}
