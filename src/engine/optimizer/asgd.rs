//! Averaged stochastic gradient descent: `torch.optim.ASGD`.

use super::decay::shrink;
use super::{
    Kind, Optimizer, Profile, StateEntry, StateVisitor, UpdateRule, decay_lines,
    gradient_with_decay,
};
use crate::engine::declare::settings;
use crate::engine::objective::Oracle;
use crate::engine::objective::params::Vector;
use crate::engine::schedule::StepRates;

settings! {
    /// ASGD: gradient descent with a decreasing learning rate, which also averages its later iterates.
    ///
    /// θ ← (1 − Λ η) θ − η g, a ← a + μ (θ − a), then η ← γ / (1 + Λ γ t)^α and μ ← 1 / max(1, t − t₀). Polyak & Juditsky
    /// 1992 in the form of Bottou's SGD programs. The trajectory is that of θ; up to step t₀ the average is θ itself.
    pub struct Asgd("ASGD") {
        /// Learning rate γ of the first step.
        lr: f64 = 1e-2, in 0.0.., log 1e-5..=1.0;
        /// Λ: decay term, which shrinks θ and controls the decrease of the learning rate.
        lambd: f64 = 1e-4, in 0.0.., log 1e-6..=1.0;
        /// α: exponent of the decrease of the learning rate.
        alpha: f64 = 0.75, in 0.0.., linear 0.0..=1.0;
        /// t₀: step after which averaging begins.
        t0: f64 = 1e6, in 0.0.., log 1.0..=1e6;
        /// Weight decay λ: adds λθ to the gradient.
        weight_decay: f64 = 0.0, in 0.0.., log 1e-6..=1.0;
        /// Maximizes the loss instead of minimizing it.
        maximize: bool = false;
    }
}

impl Optimizer for Asgd {
    fn lr(&self) -> f64 {
        self.lr
    }

    fn elementwise(&self) -> bool {
        true
    }

    fn keeps_average(&self) -> bool {
        true
    }

    fn update_lines(&self) -> Vec<&'static str> {
        let mut lines = Vec::from_iter(decay_lines(self.maximize, self.weight_decay));
        lines.extend([
            "{θ} ← (1 − {Λ=lambd} {η<}) {θ<} − {η<} {g}",
            "{a} ← {a<} + {μ<} ({θ} − {a<})",
            "{η} ← {γ=lr} / (1 + {Λ=lambd} {γ=lr} {t})^{α=alpha}",
            "{μ} ← 1 / max(1, {t} − {t₀=t0})",
        ]);
        lines
    }

    fn profile(&self) -> Profile {
        Profile {
            kind: Kind::Momentum,
            state: "1 number per parameter",
            cost: "1 gradient",
            strengths: "With noisy gradients: the iterates keep jumping about the minimum, but their average, drawn \
                as a trail of its own, converges.",
            weaknesses: "By default averaging begins after a million steps, so short runs are plain gradient descent \
                with all its oscillations. If averaging begins early, the average contains the approach and lags \
                behind.",
        }
    }

    fn init<V: Vector>(&self, zeros: V) -> impl UpdateRule<V> {
        State {
            rule: self.clone(),
            average: zeros,
            eta: self.lr,
            mu: 1.0,
            kept: 1.0,
            steps: 0.0,
        }
    }
}

struct State<V> {
    rule: Asgd,
    average: V,
    eta: f64,
    mu: f64,
    /// Factor by which the decay by Λ shrank θ in the last step.
    kept: f64,
    steps: f64,
}

impl<V: Vector> UpdateRule<V> for State<V> {
    #[inline(always)]
    fn step(&mut self, theta: &mut V, oracle: &mut Oracle<V>, rates: StepRates) {
        let Asgd {
            lambd,
            alpha,
            t0,
            weight_decay,
            maximize,
            ..
        } = self.rule;
        let gradient = gradient_with_decay(oracle, theta, maximize, weight_decay);
        if self.steps == 0.0 {
            self.eta = rates.lr;
        }
        self.kept = 1.0 - lambd * self.eta;
        let (eta, mu, keep) = (self.eta, self.mu, self.kept);
        let each = theta
            .iter_mut()
            .zip(gradient.iter())
            .zip(self.average.iter_mut());
        for ((theta, g), average) in each {
            *theta = *theta * keep - eta * g;
            *average = if mu == 1.0 {
                *theta
            } else {
                *average + (*theta - *average) * mu
            };
        }
        self.steps += 1.0;
        self.eta = rates.lr / (1.0 + lambd * rates.lr * self.steps).powf(alpha);
        self.mu = 1.0 / (self.steps - t0).max(1.0);
    }

    fn decay(&self, theta: &mut [f64], rates: StepRates) {
        let _ = rates;
        shrink(theta, self.kept);
    }

    fn visit_state(&self, visitor: &mut StateVisitor) {
        visitor(StateEntry::place("a", "average of iterates", &self.average));
        visitor(StateEntry::number(
            "η",
            "learning rate of the next step",
            self.eta,
        ));
        visitor(StateEntry::number(
            "μ",
            "weight of the next iterate",
            self.mu,
        ));
    }

    fn average(&self) -> Option<&[f64]> {
        (self.steps > 0.0).then_some(&self.average)
    }
}
