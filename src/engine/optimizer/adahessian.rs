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
    /// AdaHessian: Adam with an estimate of the Hessian's diagonal in place of the gradient's square.
    ///
    /// v ← β₂ v + (1 − β₂) e², θ ← θ − γ m̂ / (v̂^(k/2) + ε), where e = z ∘ H z is Hutchinson's estimate for random signs z.
    /// Algorithm 1 of Yao et al. 2021, without its averages over neighbouring entries, which are for convolutions.
    pub struct AdaHessian("AdaHessian") {
        /// Learning rate γ: about the share of Newton's step that is taken.
        lr: f64 = 0.1, in 0.0.., log 1e-4..=1.0;
        /// β₁: decay of the mean of the gradient.
        beta1: f64 = 0.9, in 0.0..1.0, linear 0.0..=0.999;
        /// β₂: decay of the mean of the squared diagonal.
        beta2: f64 = 0.999, in 0.0..1.0, linear 0.5..=0.9999;
        /// ε, added outside the power.
        eps: f64 = 1e-16, in 0.0.., log 1e-16..=1.0;
        /// Weight decay λ.
        weight_decay: f64 = 0.0, in 0.0.., log 1e-6..=1.0;
        /// Takes the share γλ of θ away each step; otherwise adds λθ to the gradient.
        decoupled_weight_decay: bool = true;
        /// Takes the share λ away instead, whatever γ is.
        fixed_decay: bool = false;
        /// Hessian power k: 1 divides by the diagonal, towards 0 by nothing.
        hessian_power: f64 = 1.0, in (std::ops::Bound::Excluded(0.0), std::ops::Bound::Included(1.0)), linear 0.01..=1.0;
        /// Steps from one estimate of the diagonal to the next.
        update_period: u64 = 1, in 1.0..=1e6, log 1.0..=100.0;
        /// Random vectors, each with its product with the Hessian, in one estimate.
        num_samples: u64 = 1, in 1.0..=1000.0, log 1.0..=100.0;
        /// What the entries of these vectors are: signs, with which the estimate of a diagonal Hessian is exact, or normal.
        hessian_distribution: HessianDistribution = HessianDistribution::Rademacher;
        /// Seed of the vectors.
        seed: u64 = 0, in 0.0..=9e15;
        /// Climbs instead of descending.
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
            strengths: "Where curvatures differ between the axes: each coordinate goes about the same share of Newton's \
                step, so a narrow bowl looks round to it, and the size of the curvature counts, not its sign.",
            weaknesses: "A large curvature at the start is remembered for about 1000 steps, and it creeps as long. In \
                valleys at an angle to the axes the estimate scatters, and it knows the diagonal only.",
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
