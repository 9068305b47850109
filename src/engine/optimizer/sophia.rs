//! Sophia-H: `pytorch_optimizer.SophiaH`.

use super::decay::{Decay, shrink};
use super::hutchinson::{HessianDistribution, Hutchinson};
use super::{
    Algorithm, Kind, Optimizer, Profile, StateEntry, StateVisitor, UpdateRule, decay_lines,
    gradient_with_decay, zeros,
};
use crate::engine::declare::settings;
use crate::engine::objective::Oracle;
use crate::engine::schedule::StepRates;

settings! {
    /// Sophia-H: divides the running mean of gradients by an estimate of the Hessian's diagonal, and clips every entry of the
    /// step.
    ///
    /// θ ← θ − γ clip(m / max(h, ε), p), where h is a running mean of Hutchinson's estimates, one every k steps. Algorithm 3
    /// of Liu et al. 2024. The paper and the library use normal vectors; random signs, the default here, have lower variance.
    pub struct Sophia("Sophia") {
        /// Learning rate γ; γp is the maximum step of a coordinate.
        lr: f64 = 6e-2, in 0.0.., log 1e-4..=10.0;
        /// β₁: decay rate of the running mean of gradients.
        beta1: f64 = 0.96, in 0.0..1.0, linear 0.0..=0.999;
        /// β₂: decay rate of the running mean of the estimates.
        beta2: f64 = 0.99, in 0.0..1.0, linear 0.5..=0.9999;
        /// ε: minimum curvature in the division; below it, the step is clipped.
        eps: f64 = 1e-12, in 0.0.., log 1e-15..=1.0;
        /// Weight decay λ.
        weight_decay: f64 = 0.0, in 0.0.., log 1e-6..=1.0;
        /// Decoupled weight decay: multiplies θ by 1 − γλ in each step; otherwise λθ is added to the gradient.
        decoupled_weight_decay: bool = true;
        /// Fixed weight decay: multiplies θ by 1 − λ in each step, independent of γ.
        fixed_decay: bool = false;
        /// p: maximum magnitude of an entry of the step, before γ.
        p: f64 = 1e-2, in 0.0.., log 1e-4..=10.0;
        /// Number of steps k between estimates of the diagonal.
        update_period: u64 = 10, in 1.0..=1e6, log 1.0..=100.0;
        /// Number of random vectors per estimate, each with one Hessian-vector product.
        num_samples: u64 = 1, in 1.0..=1000.0, log 1.0..=100.0;
        /// Distribution of the entries of these vectors: random signs, exact for a diagonal Hessian, or normal.
        hessian_distribution: HessianDistribution = HessianDistribution::Rademacher;
        /// Seed of the random vectors.
        seed: u64 = 0, in 0.0..=9e15;
        /// Maximizes the loss instead of minimizing it.
        maximize: bool = false;
    }
}

impl Optimizer for Sophia {
    fn lr(&self) -> f64 {
        self.lr
    }

    fn update_lines(&self) -> Vec<&'static str> {
        let decay = self.decay();
        let mut lines = Vec::from_iter(decay_lines(self.maximize, decay.coupled));
        lines.extend([
            "{m} ← {β₁=beta1} {m<} + (1 − {β₁=beta1}) {g}",
            "{h} ← {β₂=beta2} {h<} + (1 − {β₂=beta2}) {e}, {e} = z H z every {k=update_period} steps",
        ]);
        lines.push(match (decay.decoupled != 0.0, self.fixed_decay) {
            (false, _) => "{θ} ← {θ<} − {γ=lr} clip({m} / max({h}, {ε=eps}), {p=p})",
            (true, false) => {
                "{θ} ← (1 − {γ=lr} {λ=weight_decay}) {θ<} − {γ=lr} clip({m} / max({h}, {ε=eps}), {p=p})"
            }
            (true, true) => {
                "{θ} ← (1 − {λ=weight_decay}) {θ<} − {γ=lr} clip({m} / max({h}, {ε=eps}), {p=p})"
            }
        });
        lines
    }

    fn profile(&self) -> Profile {
        Profile {
            kind: Kind::Curvature,
            state: "2 numbers per parameter",
            cost: "1 gradient, and 1 Hessian·vector every 10 steps",
            strengths: "When curvatures differ between the axes: flat directions get steps as long as steep ones, and \
                no step is longer than γp in a coordinate, so it is never thrown off.",
            weaknesses: "Where the curvature is small, negative or not known yet, every step is γp along the \
                diagonals: with the defaults it creeps by 0.0006. It uses the diagonal of the Hessian only, not \
                valleys at an angle.",
        }
    }

    fn init(&self, shape: &[usize]) -> Algorithm<'_> {
        let zeros = zeros(shape);
        Algorithm::Joint(Box::new(State {
            m: zeros.clone(),
            h: zeros.clone(),
            diagonal: Hutchinson::new(
                self.hessian_distribution,
                self.num_samples,
                self.seed,
                zeros,
            ),
            steps: 0,
            rule: self.clone(),
        }))
    }
}

impl Sophia {
    fn decay(&self) -> Decay {
        Decay::new(
            self.weight_decay,
            self.decoupled_weight_decay,
            self.fixed_decay,
        )
    }
}

struct State {
    rule: Sophia,
    m: Vec<f64>,
    h: Vec<f64>,
    diagonal: Hutchinson,
    steps: u64,
}

impl UpdateRule for State {
    fn step(&mut self, theta: &mut [f64], oracle: &mut Oracle, rates: StepRates) {
        let Sophia {
            beta2,
            eps,
            p,
            update_period,
            maximize,
            ..
        } = self.rule;
        let beta1 = rates.momentum.unwrap_or(self.rule.beta1);
        let decay = self.rule.decay();
        if self.steps.is_multiple_of(update_period) {
            self.diagonal.draw(theta, oracle);
            for (h, estimate) in self.h.iter_mut().zip(self.diagonal.estimate.iter()) {
                *h += (estimate - *h) * (1.0 - beta2);
            }
        }
        self.steps += 1;
        let gradient = gradient_with_decay(oracle, theta, maximize, decay.coupled);
        let keep = decay.shrink_factor(rates.lr);
        let means = self.m.iter_mut().zip(self.h.iter());
        for ((theta, g), (m, h)) in theta.iter_mut().zip(gradient.iter()).zip(means) {
            *m += (g - *m) * (1.0 - beta1);
            *theta = *theta * keep - rates.lr * (*m / h.max(eps)).clamp(-p, p);
        }
    }

    fn decay(&self, theta: &mut [f64], rates: StepRates) {
        shrink(theta, self.rule.decay().shrink_factor(rates.lr));
    }

    fn visit_state(&self, visitor: &mut StateVisitor) {
        visitor(StateEntry::direction("m", "mean of gradients", &self.m));
        visitor(StateEntry::each(
            "h",
            "mean of the Hessian's diagonal",
            &self.h,
        ));
        let estimate = &self.diagonal.estimate;
        visitor(StateEntry::each(
            "e",
            "last estimate of the diagonal",
            estimate,
        ));
    }
}
