//! AdaHessian: `pytorch_optimizer.AdaHessian`.

use super::decay::{Decay, shrink};
use super::hutchinson::{HessianDistribution, Hutchinson};
use super::{
    Algorithm, BetaPower, Kind, Optimizer, Profile, StateEntry, StateVisitor, UpdateRule,
    decay_lines, gradient_with_decay, zeros,
};
use crate::engine::declare::settings;
use crate::engine::objective::Oracle;
use crate::engine::schedule::StepRates;

settings! {
    /// AdaHessian: Adam with an estimate of the Hessian's diagonal instead of the squared gradient.
    ///
    /// v ← β₂ v + (1 − β₂) e², θ ← θ − γ m̂ / (v̂^(k/2) + ε), where e = z ∘ H z is Hutchinson's estimate for random signs z.
    /// Algorithm 1 of Yao et al. 2021, without its spatial averages, which are for convolutions.
    pub struct AdaHessian("AdaHessian") {
        /// Learning rate γ: approximate fraction of the Newton step.
        lr: f64 = 0.1, in 0.0.., log 1e-4..=1.0;
        /// β₁: decay rate of the running mean of gradients.
        beta1: f64 = 0.9, in 0.0..1.0, linear 0.0..=0.999;
        /// β₂: decay rate of the running mean of the squared diagonal.
        beta2: f64 = 0.999, in 0.0..1.0, linear 0.5..=0.9999;
        /// ε: added to the denominator, outside the power.
        eps: f64 = 1e-16, in 0.0.., log 1e-16..=1.0;
        /// Weight decay λ.
        weight_decay: f64 = 0.0, in 0.0.., log 1e-6..=1.0;
        /// Decoupled weight decay: multiplies θ by 1 − γλ in each step; otherwise λθ is added to the gradient.
        decoupled_weight_decay: bool = true;
        /// Fixed weight decay: multiplies θ by 1 − λ in each step, independent of γ.
        fixed_decay: bool = false;
        /// Hessian power k: 1 divides by the diagonal; towards 0 the division vanishes.
        hessian_power: f64 = 1.0, in (std::ops::Bound::Excluded(0.0), std::ops::Bound::Included(1.0)), linear 0.01..=1.0;
        /// Number of steps between estimates of the diagonal.
        update_period: u64 = 1, in 1.0..=1e6, log 1.0..=100.0;
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

impl Optimizer for AdaHessian {
    fn lr(&self) -> f64 {
        self.lr
    }

    fn update_lines(&self) -> Vec<&'static str> {
        let decay = self.decay();
        let mut lines = Vec::from_iter(decay_lines(self.maximize, decay.coupled));
        lines.push("{m} ← {β₁=beta1} {m<} + (1 − {β₁=beta1}) {g}");
        lines.push(if self.update_period == 1 {
            "{v} ← {β₂=beta2} {v<} + (1 − {β₂=beta2}) {e}², {e} = z H z"
        } else {
            "{v} ← {β₂=beta2} {v<} + (1 − {β₂=beta2}) {e}², {e} = z H z every {n=update_period} steps"
        });
        lines.extend([
            "m̂ ← {m} / (1 − {β₁=beta1}^{t})",
            "v̂ ← {v} / (1 − {β₂=beta2}^{t})",
        ]);
        lines.push(if self.hessian_power == 1.0 {
            "D ← √v̂ + {ε=eps}"
        } else {
            "D ← v̂^({k=hessian_power} / 2) + {ε=eps}"
        });
        lines.push(match (decay.decoupled != 0.0, self.fixed_decay) {
            (false, _) => "{θ} ← {θ<} − {γ=lr} m̂ / D",
            (true, false) => "{θ} ← (1 − {γ=lr} {λ=weight_decay}) {θ<} − {γ=lr} m̂ / D",
            (true, true) => "{θ} ← (1 − {λ=weight_decay}) {θ<} − {γ=lr} m̂ / D",
        });
        lines
    }

    fn profile(&self) -> Profile {
        Profile {
            kind: Kind::Curvature,
            state: "2 numbers per parameter",
            cost: "1 gradient and 1 Hessian·vector",
            strengths: "When curvatures differ between the axes: each coordinate takes about the same fraction of a \
                Newton step, so a narrow bowl behaves like a round one; only the magnitude of the curvature counts, \
                not its sign.",
            weaknesses: "A large curvature at the start is remembered for about 1000 steps, in which progress is \
                slow. In valleys at an angle to the axes the estimate has high variance, and only the diagonal is \
                used.",
        }
    }

    fn init(&self, shape: &[usize]) -> Algorithm<'_> {
        let zeros = zeros(shape);
        Algorithm::Joint(Box::new(State {
            m: zeros.clone(),
            v: zeros.clone(),
            diagonal: Hutchinson::new(
                self.hessian_distribution,
                self.num_samples,
                self.seed,
                zeros,
            ),
            steps: 0,
            beta1_power: BetaPower::new(self.beta1),
            beta2_power: BetaPower::new(self.beta2),
            rule: self.clone(),
        }))
    }
}

impl AdaHessian {
    fn decay(&self) -> Decay {
        Decay::new(
            self.weight_decay,
            self.decoupled_weight_decay,
            self.fixed_decay,
        )
    }
}

struct State {
    rule: AdaHessian,
    m: Vec<f64>,
    v: Vec<f64>,
    diagonal: Hutchinson,
    steps: u64,
    beta1_power: BetaPower,
    beta2_power: BetaPower,
}

impl UpdateRule for State {
    fn step(&mut self, theta: &mut [f64], oracle: &mut Oracle, rates: StepRates) {
        let AdaHessian {
            beta2,
            eps,
            hessian_power,
            update_period,
            maximize,
            ..
        } = self.rule;
        let beta1 = rates.momentum.unwrap_or(self.rule.beta1);
        let decay = self.rule.decay();
        if self.steps.is_multiple_of(update_period) {
            self.diagonal.draw(theta, oracle);
            for (v, estimate) in self.v.iter_mut().zip(self.diagonal.estimate.iter()) {
                *v = *v * beta2 + (1.0 - beta2) * estimate * estimate;
            }
        }
        self.steps += 1;
        let gradient = gradient_with_decay(oracle, theta, maximize, decay.coupled);
        let step_size = rates.lr / (1.0 - self.beta1_power.next(beta1));
        let correction = 1.0 - self.beta2_power.next(beta2);
        let keep = decay.shrink_factor(rates.lr);
        let means = self.m.iter_mut().zip(self.v.iter());
        for ((theta, g), (m, v)) in theta.iter_mut().zip(gradient.iter()).zip(means) {
            *m += (g - *m) * (1.0 - beta1);
            let curvature = (v / correction).sqrt();
            let curvature = if hessian_power == 1.0 {
                curvature
            } else {
                curvature.powf(hessian_power)
            };
            *theta = *theta * keep - step_size * *m / (curvature + eps);
        }
    }

    fn decay(&self, theta: &mut [f64], rates: StepRates) {
        shrink(theta, self.rule.decay().shrink_factor(rates.lr));
    }

    fn visit_state(&self, visitor: &mut StateVisitor) {
        visitor(StateEntry::direction("m", "mean of gradients", &self.m));
        visitor(StateEntry::each(
            "v",
            "mean of the squared diagonal",
            &self.v,
        ));
        let estimate = &self.diagonal.estimate;
        visitor(StateEntry::each(
            "e",
            "last estimate of the diagonal",
            estimate,
        ));
    }
}
