//! Bounds of gradient descent on convex functions that are no quadratics.
//!
//! Where no eigenvalue of the Hessian is above L on the set of lower losses than the start's, a step with γ < 2/L stays in that set and lowers
//! the loss by at least γ (1 − γL/2) ‖∇f‖², the descent lemma. With strong convexity, ‖∇f‖² ≥ 2μ (f − f*), so that the loss above the minimum
//! shrinks by the factor 1 − γμ (2 − γL) at least, which is 1 − μ/L at γ = 1/L; for γ ≤ 1/L it is also at most ‖θ₀ − θ*‖² / (2γt). Karimi,
//! Nutini and Schmidt 2016, under the Polyak-Łojasiewicz condition; Garrigos and Gower 2023, Handbook of Convergence Theorems. Close to the
//! minimum the rate is that of the quadratic with its Hessian: Polyak, Introduction to Optimization, 1987.

use super::{Curve, Theory, TheoryLine, batch_size, constant_rates};
use crate::engine::analysis::curvature::extremes;
use crate::engine::objective::Objective;
use crate::engine::training::{RunSettings, RunSpec};

/// A convex function, whose curvature is bounded at all points that are not higher than the start of the runs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ConvexFunction {
    /// Bounds μ and L of the Hessian's eigenvalues.
    pub bounds: [f64; 2],
    /// The minimum θ*.
    pub minimum: [f64; 2],
    /// The loss there.
    pub floor: f64,
}

impl ConvexFunction {
    /// Returns the theory of a run of gradient descent from `start`: `None` for any other rule, for wrappers, schedules, noise, mini-batches
    /// and clipping, and where γ ≥ 2/L.
    pub fn theory(
        &self,
        objective: &dyn Objective,
        spec: &RunSpec,
        run_settings: &RunSettings,
        start: &[f64],
    ) -> Option<Theory> {
        let is_noisy = run_settings.gradient_settings.noise > 0.0
            || batch_size(objective, run_settings).is_some();
        let rates = constant_rates(spec, run_settings)?;
        let has_momentum = spec.linear_step(rates, 1.0)?.has_momentum();
        let (lr, [mu, l]) = (rates.lr, self.bounds);
        let theta = &self.minimum[..objective.dim()];
        let offsets = start.iter().zip(theta).map(|(t, m)| (t - m).powi(2));
        let distance: f64 = offsets.sum();
        if is_noisy || has_momentum || lr <= 0.0 || lr * l >= 2.0 || distance == 0.0 {
            return None;
        }
        let [low, high] = extremes(objective, theta);
        let rate_of = |curvature: f64| (1.0 - lr * curvature).abs();
        let slowest = if rate_of(high) > rate_of(low) {
            high
        } else {
            low
        };
        let rate = rate_of(slowest);
        let line = |name, curve| TheoryLine {
            name,
            floor: self.floor,
            curve,
        };
        let mut lines = Vec::new();
        if mu > 0.0 {
            let factor = 1.0 - lr * mu * (2.0 - lr * l);
            let gap = objective.value(start) - self.floor;
            lines.push(line(
                "strong convexity bound",
                Curve::Geometric(gap, factor),
            ));
        }
        if lr * l <= 1.0 {
            lines.push(line("1/t bound", Curve::Inverse(distance / (2.0 * lr))));
        }
        Some(Theory {
            rate,
            is_noisy,
            rate_text: format!(
                "{rate:.4} = |1 − γλ| with γ = lr = {lr} and λ = {slowest:.4} of the Hessian at the minimum, close to it"
            ),
            floor: self.floor,
            lines,
        })
    }
}
