//! The natural gradient.

use super::gauss_newton::{State, expects_model};
use super::{Algorithm, Kind, Optimizer, Profile, zeros};
use crate::engine::declare::settings;
use crate::engine::objective::{Metric, Objective};

settings! {
    /// Whose gradients the Fisher matrix is made of: those of labels that the model itself would draw (exact), or of the labels of the
    /// data (empirical).
    pub enum Fisher { Exact = "exact", Empirical = "empirical" }
}

settings! {
    /// Natural gradient: the steepest way down where distance is how much the model's predictions change, whatever its parameters.
    ///
    /// θ ← θ − γ (F + δ I)⁻¹ g with the Fisher matrix F of the model's own loss, over all samples; the system is solved by conjugate
    /// gradients. Amari 1998. The exact F is the Gauss–Newton matrix: Martens 2020, section 9.2; what the empirical one misses:
    /// Kunstner et al. 2019.
    pub struct NaturalGradient("Natural gradient") {
        /// Learning rate γ: the share of the full step that is taken.
        lr: f64 = 1.0, in 0.0.., linear 0.0..=2.0;
        /// Damping δ: added to every eigenvalue of F.
        damping: f64 = 1e-3, in 0.0.., log 1e-6..=1e2;
        /// Which Fisher matrix.
        fisher: Fisher = Fisher::Exact;
        /// The most products with F in a step.
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
            strengths: "It goes the same way however the parameters are scaled or turned. With the exact Fisher matrix it \
                is Gauss–Newton: on a straight line through data it is there in one step.",
            weaknesses: "The empirical Fisher matrix is not a curvature: where the fit is good it vanishes, and steps grow \
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
