//! Damped Newton's method.

use super::linalg::{pseudo_solve, solve};
use super::{Algorithm, Kind, Optimizer, Profile, StateEntry, StateVisitor, UpdateRule, zeros};
use crate::engine::declare::settings;
use crate::engine::objective::Oracle;
use crate::engine::objective::outcome::Reason;
use crate::engine::schedule::StepRates;

settings! {
    /// Newton's method: jumps to the stationary point of the local quadratic model: a minimum, a saddle or a maximum.
    ///
    /// θ ← θ − γ (H + δ I)⁻¹ g with the exact Hessian H; the pseudo-inverse is used where it is singular. A run stops where
    /// the pseudo-inverse maps a nonzero gradient to zero. Nocedal & Wright 2006, ch. 3; δ: Levenberg 1944.
    pub struct Newton("Newton") {
        /// Learning rate γ: fraction of the full step.
        lr: f64 = 1.0, in 0.0.., linear 0.0..=2.0;
        /// Damping δ: added to every eigenvalue of the Hessian; with δ above −λmin, every step descends.
        damping: f64 = 0.0, in 0.0.., log 1e-4..=1e4;
    }
}

impl Optimizer for Newton {
    fn lr(&self) -> f64 {
        self.lr
    }

    fn update_lines(&self) -> Vec<&'static str> {
        vec![
            if self.damping == 0.0 {
                "{s} ← H⁻¹ {g}"
            } else {
                "{s} ← (H + {δ=damping} I)⁻¹ {g}"
            },
            "{θ} ← {θ<} − {γ=lr} {s}",
        ]
    }

    fn profile(&self) -> Profile {
        Profile {
            kind: Kind::Curvature,
            state: "none",
            cost: "1 gradient, 1 Hessian, and a system of n equations",
            strengths: "Near a minimum: the number of correct digits doubles with each step. A quadratic bowl takes \
                one step, however narrow it is and whatever its orientation.",
            weaknesses: "It goes to any stationary point: from near a saddle to the saddle, from a hill to its top. \
                Where a curvature is near 0 it jumps off the map. A damping δ above −λmin makes it descend.",
        }
    }

    fn init(&self, shape: &[usize]) -> Algorithm<'_> {
        let zeros = zeros(shape);
        let dim = zeros.len();
        Algorithm::Joint(Box::new(State {
            damping: self.damping,
            step: vec![0.0; dim],
            matrix: vec![0.0; dim * dim],
            scale: vec![0.0; dim],
            stuck: None,
            hessian: vec![0.0; dim * dim],
        }))
    }
}

struct State {
    damping: f64,
    step: Vec<f64>,
    hessian: Vec<f64>,
    /// Copy of the Hessian, overwritten by the solver.
    matrix: Vec<f64>,
    /// Scale of each row of the matrix, for the solver.
    scale: Vec<f64>,
    stuck: Option<Reason>,
}

impl UpdateRule for State {
    fn step(&mut self, theta: &mut [f64], oracle: &mut Oracle, rates: StepRates) {
        self.step.copy_from_slice(oracle.gradient(theta).1);
        oracle.hessian(theta, &mut self.hessian);
        self.hessian
            .iter_mut()
            .step_by(theta.len() + 1)
            .for_each(|diagonal| *diagonal += self.damping);
        let flat = self.step.iter().all(|g| *g == 0.0);
        self.stuck = None;
        if !self.hessian.iter().all(|h| h.is_finite()) {
            self.step.fill(0.0);
            self.stuck = Some(Reason::CurvatureNotFinite);
            return;
        }
        self.matrix.copy_from_slice(&self.hessian);
        if !solve(&mut self.matrix, &mut self.step, &mut self.scale) {
            self.step.copy_from_slice(oracle.gradient(theta).1);
            pseudo_solve(&mut self.hessian, &mut self.step);
            let still = !flat && self.step.iter().all(|step| *step == 0.0);
            self.stuck = still.then_some(Reason::SingularCurvature);
        }
        theta
            .iter_mut()
            .zip(&self.step)
            .for_each(|(theta, step)| *theta -= rates.lr * step);
    }

    fn stuck(&self) -> Option<Reason> {
        self.stuck
    }

    fn visit_state(&self, visitor: &mut StateVisitor) {
        visitor(StateEntry::direction("s", "full step", &self.step));
    }
}
