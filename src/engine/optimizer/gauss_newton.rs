//! Damped Gauss–Newton method.

use super::wolfe_step::dot;
use super::{Algorithm, Kind, Optimizer, Profile, StateEntry, StateVisitor, UpdateRule, zeros};
use crate::engine::declare::settings;
use crate::engine::objective::outcome::Reason;
use crate::engine::objective::{Metric, Objective, Oracle};
use crate::engine::schedule::StepRates;

settings! {
    /// Gauss–Newton: steps to the minimum of a quadratic model in which the outputs of the model are linear in the
    /// parameters.
    ///
    /// θ ← θ − γ (G + δ I)⁻¹ g, G = Jᵀ B J of the Jacobian J of the outputs and the Hessian B of the loss with respect to
    /// them, over all samples, solved by conjugate gradients. Schraudolph 2002; δ: Levenberg 1944, Martens 2010.
    pub struct GaussNewton("Gauss–Newton") {
        /// Learning rate γ: fraction of the full step.
        lr: f64 = 1.0, in 0.0.., linear 0.0..=2.0;
        /// Damping δ: added to every eigenvalue of G, some of which are 0 with more parameters than samples.
        damping: f64 = 1e-3, in 0.0.., log 1e-6..=1e2;
        /// Maximum number of products with G per step.
        max_iter: u64 = 50, in 1.0..=1000.0, log 1.0..=200.0;
    }
}

impl Optimizer for GaussNewton {
    fn lr(&self) -> f64 {
        self.lr
    }

    fn update_lines(&self) -> Vec<&'static str> {
        vec!["{s} ← (G + {δ=damping} I)⁻¹ {g}", "{θ} ← {θ<} − {γ=lr} {s}"]
    }

    fn profile(&self) -> Profile {
        Profile {
            kind: Kind::Curvature,
            state: "none",
            cost: "1 gradient, and up to max_iter products with G",
            strengths: "For models that fit their data: G has no negative eigenvalues, so steps go downhill, and it \
                approaches the Hessian as residuals vanish. A linear regression takes one step.",
            weaknesses: "Far from a good fit the linearization is wrong, and a full step overshoots; more damping \
                shortens it. With mini-batches the gradient is of the batch, but G of all samples.",
        }
    }

    fn unsupported_reason(&self, objective: &dyn Objective) -> Option<&'static str> {
        expects_model(objective)
    }

    fn init(&self, shape: &[usize]) -> Algorithm<'_> {
        let zeros = zeros(shape);
        Algorithm::Joint(Box::new(State::new(
            Metric::GaussNewton,
            self.damping,
            self.max_iter,
            &zeros,
        )))
    }
}

/// Returns the kind of objective that curvature matrices of a model need, where `objective` is of another kind.
pub(super) fn expects_model(objective: &dyn Objective) -> Option<&'static str> {
    (objective.samples() == 0).then_some("a model of data, like `regression`")
}

/// Update rule that solves with a curvature matrix of the model: Gauss–Newton or Fisher.
pub(super) struct State {
    metric: Metric,
    damping: f64,
    max_iter: u64,
    step: Vec<f64>,
    residual: Vec<f64>,
    direction: Vec<f64>,
    product: Vec<f64>,
    stuck: Option<Reason>,
}

impl State {
    pub(super) fn new(metric: Metric, damping: f64, max_iter: u64, zeros: &[f64]) -> Self {
        let buffer = || zeros.to_vec();
        Self {
            metric,
            damping,
            max_iter,
            step: buffer(),
            residual: buffer(),
            direction: buffer(),
            product: buffer(),
            stuck: None,
        }
    }

    /// Solves (M + δ I) s = g by conjugate gradients from s = 0: Hestenes & Stiefel 1952. If the objective has no such matrix, s
    /// is 0.
    fn solve(&mut self, theta: &[f64], oracle: &mut Oracle) {
        const TOLERANCE: f64 = 1e-12;
        self.step.fill(0.0);
        self.direction.copy_from_slice(&self.residual);
        let mut square = dot(&self.residual, &self.residual);
        let enough = TOLERANCE * TOLERANCE * square;
        for _ in 0..self.max_iter {
            let (direction, product) = (&self.direction, &mut self.product);
            if square <= enough || !oracle.metric_vector(self.metric, theta, direction, product) {
                return;
            }
            for (product, d) in product.iter_mut().zip(direction) {
                *product += self.damping * d;
            }
            let curvature = dot(direction, product);
            if !(curvature > 0.0 && curvature.is_finite()) {
                return;
            }
            let length = square / curvature;
            for (step, d) in self.step.iter_mut().zip(direction) {
                *step += length * d;
            }
            for (r, product) in self.residual.iter_mut().zip(&*product) {
                *r -= length * product;
            }
            let before = std::mem::replace(&mut square, dot(&self.residual, &self.residual));
            for (d, r) in self.direction.iter_mut().zip(&self.residual) {
                *d = r + square / before * *d;
            }
        }
    }
}

impl UpdateRule for State {
    fn step(&mut self, theta: &mut [f64], oracle: &mut Oracle, rates: StepRates) {
        self.residual.copy_from_slice(oracle.gradient(theta).1);
        let flat = self.residual.iter().all(|g| *g == 0.0);
        self.solve(theta, oracle);
        let still = !flat && self.step.iter().all(|step| *step == 0.0);
        self.stuck = match self.product.iter().all(|product| product.is_finite()) {
            _ if !still => None,
            true => Some(Reason::SingularCurvature),
            false => Some(Reason::CurvatureNotFinite),
        };
        for (theta, step) in theta.iter_mut().zip(&self.step) {
            *theta -= rates.lr * step;
        }
    }

    fn stuck(&self) -> Option<Reason> {
        self.stuck
    }

    fn visit_state(&self, visitor: &mut StateVisitor) {
        visitor(StateEntry::direction("s", "full step", &self.step));
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::path;

    #[test]
    fn linear_regression_takes_one_step() {
        for spec in [
            "gauss-newton:damping=0",
            "natural-gradient:damping=0",
            "newton",
        ] {
            let path = path("regression", &[-1.0, 4.0], spec, 1);
            assert!(path.grad_norm[1] < 1e-9, "{spec}: {:?}", path.grad_norm);
        }
    }

    /// The empirical Fisher matrix, mean g gᵀ, is not the Hessian of least squares: its steps decrease the loss, but one does not
    /// reach the minimum.
    #[test]
    fn the_empirical_fisher_takes_more_than_one_step() {
        let path = path(
            "regression",
            &[-1.0, 4.0],
            "natural-gradient:fisher=empirical,lr=0.5",
            60,
        );
        assert!(path.loss[60] < path.loss[0]);
        assert!(path.grad_norm[1] > 1e-3);
    }
}
