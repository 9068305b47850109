//! Natural gradient descent.

use super::gauss_newton::{State, expects_model};
use super::{Algorithm, Kind, Optimizer, Profile, zeros};
use crate::engine::declare::settings;
use crate::engine::objective::{Metric, Objective};

settings! {
    /// Fisher matrix: from gradients for labels drawn from the model (exact), or for the labels of the data (empirical).
    pub enum Fisher { Exact = "exact", Empirical = "empirical" }
}

settings! {
    /// Natural gradient: steepest descent with distances measured by the change of the model's predictions, independent of
    /// the parametrization.
    ///
    /// θ ← θ − γ (F + δ I)⁻¹ g with the Fisher matrix F of the model's own loss, over all samples, solved by conjugate
    /// gradients. Amari 1998. The exact F is the Gauss–Newton matrix: Martens 2020, section 9.2; limits of the empirical one:
    /// Kunstner et al. 2019.
    pub struct NaturalGradient("Natural gradient") {
        /// Learning rate γ: fraction of the full step.
        lr: f64 = 1.0, in 0.0.., linear 0.0..=2.0;
        /// Damping δ: added to every eigenvalue of F.
        damping: f64 = 1e-3, in 0.0.., log 1e-6..=1e2;
        /// Fisher matrix: exact (labels drawn from the model) or empirical (labels of the data).
        fisher: Fisher = Fisher::Exact;
        /// Maximum number of products with F per step.
        max_iter: u64 = 50, in 1.0..=1000.0, log 1.0..=200.0;
    }
}

impl Optimizer for NaturalGradient {
    fn lr(&self) -> f64 {
        self.lr
    }

    fn update_lines(&self) -> Vec<&'static str> {
        vec!["{s} ← (F + {δ=damping} I)⁻¹ {g}", "{θ} ← {θ<} − {γ=lr} {s}"]
    }

    fn profile(&self) -> Profile {
        Profile {
            kind: Kind::Curvature,
            state: "none",
            cost: "1 gradient, and up to max_iter products with F",
            strengths: "It is invariant to rescaling and rotation of the parameters. With the exact Fisher matrix it \
                is Gauss–Newton: a linear regression takes one step.",
            weaknesses: "The empirical Fisher matrix is not a curvature: near a good fit it vanishes, and steps grow \
                without bound unless they are damped.",
        }
    }

    fn unsupported_reason(&self, objective: &dyn Objective) -> Option<&'static str> {
        expects_model(objective)
    }

    fn init(&self, shape: &[usize]) -> Algorithm<'_> {
        let zeros = zeros(shape);
        let metric = match self.fisher {
            Fisher::Exact => Metric::GaussNewton,
            Fisher::Empirical => Metric::EmpiricalFisher,
        };
        Algorithm::Joint(Box::new(State::new(
            metric,
            self.damping,
            self.max_iter,
            &zeros,
        )))
    }
}
