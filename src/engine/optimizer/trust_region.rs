//! Trust-region Newton method.

use super::wolfe_step::dot;
use super::{Algorithm, Kind, Optimizer, Profile, StateEntry, StateVisitor, UpdateRule, zeros};
use crate::engine::declare::settings;
use crate::engine::objective::outcome::Reason;
use crate::engine::objective::{Oracle, norm};
use crate::engine::schedule::StepRates;

settings! {
    /// Trust region: Newton steps bounded by a radius that adapts to the quality of the quadratic model; it leaves saddles
    /// along negative curvature.
    ///
    /// s minimises gᵀs + ½ sᵀH s over ‖s‖ ≤ Δ by conjugate gradients; Δ grows or shrinks with ρ, the decrease of the loss
    /// divided by that of the model. Algorithms 4.1 and 7.2 of Nocedal & Wright 2006; Steihaug 1983.
    pub struct TrustRegion("Trust region") {
        /// Initial radius Δ₀.
        lr: f64 = 1.0, in 0.0.., log 1e-3..=10.0;
        /// Maximum radius.
        max_radius: f64 = 100.0, in 0.0.., log 0.1..=1000.0;
        /// η: a step is accepted if ρ is above.
        eta: f64 = 0.1, in 0.0..=0.25, linear 0.0..=0.25;
        /// Maximizes the loss instead of minimizing it.
        maximize: bool = false;
    }
}

impl Optimizer for TrustRegion {
    fn lr(&self) -> f64 {
        self.lr
    }

    fn update_lines(&self) -> Vec<&'static str> {
        vec![
            "{s} ← least {g}ᵀs + ½ sᵀH s with ‖s‖ ≤ {Δ<}, by conjugate gradients",
            "{ρ} ← (f(θ) − f(θ + {s})) / (fall of the model)",
            "{Δ} ← ¼ {Δ<} if {ρ} < ¼; 2 {Δ<} if {ρ} > ¾ and ‖{s}‖ = {Δ<}",
            "{θ} ← {θ<} + {s} if {ρ} > {η=eta}",
        ]
    }

    fn profile(&self) -> Profile {
        Profile {
            kind: Kind::Curvature,
            state: "1 number",
            cost: "1 gradient, 1 value, and up to 2 n Hessian·vector products",
            strengths: "Far from a minimum, where Newton's steps are too long: every accepted step descends, saddles \
                are left on their falling side, and near the minimum it is as fast as Newton.",
            weaknesses: "It does not move in steps in which the model was wrong and only the radius shrinks. It stays \
                exactly on a saddle, where the gradient is 0.",
        }
    }

    fn init(&self, shape: &[usize]) -> Algorithm<'_> {
        let zeros = zeros(shape);
        let buffer = || vec![0.0; zeros.len()];
        Algorithm::Joint(Box::new(State {
            radius: self.lr,
            shrunk: false,
            ratio: 0.0,
            gradient: buffer(),
            step: buffer(),
            residual: buffer(),
            direction: buffer(),
            product: buffer(),
            trial: buffer(),
            rule: self.clone(),
        }))
    }
}

struct State {
    rule: TrustRegion,
    radius: f64,
    /// Whether the region has shrunk to a point.
    shrunk: bool,
    ratio: f64,
    gradient: Vec<f64>,
    step: Vec<f64>,
    residual: Vec<f64>,
    direction: Vec<f64>,
    product: Vec<f64>,
    trial: Vec<f64>,
}

impl State {
    /// Computes the step by Steihaug's conjugate gradients, and returns the decrease of the quadratic model.
    fn solve(&mut self, theta: &[f64], oracle: &mut Oracle, sign: f64) -> f64 {
        let length = norm(&self.gradient);
        let enough = length * length.sqrt().min(0.5);
        self.step.fill(0.0);
        self.residual.copy_from_slice(&self.gradient);
        for (d, r) in self.direction.iter_mut().zip(&self.residual) {
            *d = -r;
        }
        let mut fall = 0.0;
        for _ in 0..2 * theta.len() {
            oracle.hessian_vector(theta, &self.direction, &mut self.product);
            let curvature = sign * dot(&self.direction, &self.product);
            // If the Hessian is not finite, the model is linear.
            let curvature = if curvature.is_finite() {
                curvature
            } else {
                0.0
            };
            let slope = dot(&self.residual, &self.direction);
            let square = dot(&self.residual, &self.residual);
            let alpha = square / curvature;
            let reach = self.reach();
            let inside = curvature > 0.0 && alpha < reach;
            let along = if inside { alpha } else { reach };
            fall -= along * (slope + 0.5 * along * curvature);
            for (s, d) in self.step.iter_mut().zip(&self.direction) {
                *s += along * d;
            }
            if !inside {
                break;
            }
            for (r, product) in self.residual.iter_mut().zip(&self.product) {
                *r += along * sign * product;
            }
            let left = dot(&self.residual, &self.residual);
            if left.sqrt() <= enough {
                break;
            }
            for (d, r) in self.direction.iter_mut().zip(&self.residual) {
                *d = left / square * *d - r;
            }
        }
        fall
    }

    /// Returns the distance along the direction to the boundary of the region, in units of the direction.
    fn reach(&self) -> f64 {
        let (dd, sd) = (
            dot(&self.direction, &self.direction),
            dot(&self.step, &self.direction),
        );
        let slack = (self.radius * self.radius - dot(&self.step, &self.step)).max(0.0);
        ((sd * sd + dd * slack).sqrt() - sd) / dd
    }
}

impl UpdateRule for State {
    fn step(&mut self, theta: &mut [f64], oracle: &mut Oracle, _rates: StepRates) {
        let sign = if self.rule.maximize { -1.0 } else { 1.0 };
        let (loss, gradient) = oracle.gradient(theta);
        for (g, found) in self.gradient.iter_mut().zip(gradient.iter()) {
            *g = sign * found;
        }
        if norm(&self.gradient) == 0.0 {
            return;
        }
        let expected = self.solve(theta, oracle, sign);
        for ((trial, theta), s) in self.trial.iter_mut().zip(theta.iter()).zip(&self.step) {
            *trial = theta + s;
        }
        let found = oracle.value(&self.trial);
        let fall = sign * (loss - found);
        // If both decreases are rounding errors, the model counts as exact.
        let noise = 1e-14 * loss.abs();
        self.ratio = if !found.is_finite() {
            f64::NEG_INFINITY
        } else if fall.abs() <= noise && expected <= noise {
            1.0
        } else {
            fall / expected
        };
        let at_border = norm(&self.step) >= self.radius * (1.0 - 1e-9);
        if self.ratio > 0.75 {
            if at_border {
                self.radius = (2.0 * self.radius).min(self.rule.max_radius);
            }
        } else if self.ratio >= 0.25 {
            // The model is good enough: the radius does not change.
        } else {
            self.radius *= 0.25;
        }
        self.shrunk = self.radius < f64::MIN_POSITIVE;
        if self.ratio > self.rule.eta {
            theta.copy_from_slice(&self.trial);
        }
    }

    fn stuck(&self) -> Option<Reason> {
        self.shrunk.then_some(Reason::NoStep)
    }

    fn visit_state(&self, visitor: &mut StateVisitor) {
        visitor(StateEntry::step("s", "step", &self.step));
        visitor(StateEntry::number(
            "ρ",
            "fall over the model's",
            &self.ratio,
        ));
        visitor(StateEntry::radius("Δ", "radius", &self.radius));
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::path;

    #[test]
    fn loss_decreases_and_convergence_is_quadratic() {
        let path = path("rosenbrock", &[-1.5, 2.0], "trust-region", 60);
        assert!(path.loss.windows(2).all(|pair| pair[1] <= pair[0]));
        assert!(*path.loss.last().unwrap() < 1e-20, "{:?}", path.loss.last());
    }

    #[test]
    fn leaves_a_saddle_where_newton_stops() {
        let start = [0.5, 1e-6];
        let caught = path("saddle", &start, "newton", 5);
        assert!(caught.theta(5).unwrap().iter().all(|at| at.abs() < 1e-9));
        let left = path("saddle", &start, "trust-region", 5);
        assert!(left.loss[5] < -0.1, "{:?}", left.loss);
    }
}
