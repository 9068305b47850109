//! Averaged stochastic gradient descent: `torch.optim.ASGD`.

use super::elementwise::{Elementwise, kernel};
use super::{Algorithm, Kind, Optimizer, Profile, StateEntry, StateVisitor, decay_lines};
use crate::engine::declare::settings;
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

    fn init(&self, _shape: &[usize]) -> Algorithm<'_> {
        Algorithm::Elementwise(kernel(AsgdRule {
            settings: self.clone(),
            eta: self.lr,
            mu: 1.0,
            last_shrink: 1.0,
            steps: 0.0,
        }))
    }
}

/// Update rule of ASGD. State: the average a of the iterates.
struct AsgdRule {
    settings: Asgd,
    /// Learning rate η of the next step.
    eta: f64,
    /// Weight μ of the next iterate in the average.
    mu: f64,
    /// Factor of θ by the decay Λ in the last step.
    last_shrink: f64,
    steps: f64,
}

impl Elementwise<1> for AsgdRule {
    fn gradient_options(&self) -> (bool, f64) {
        (self.settings.maximize, self.settings.weight_decay)
    }

    #[inline]
    fn step(&mut self, rates: StepRates) -> impl Fn(&mut f64, f64, &mut [f64; 1]) + Copy {
        let Asgd {
            lambd, alpha, t0, ..
        } = self.settings;
        if self.steps == 0.0 {
            self.eta = rates.lr;
        }
        self.last_shrink = 1.0 - lambd * self.eta;
        let (eta, mu, keep) = (self.eta, self.mu, self.last_shrink);
        self.steps += 1.0;
        self.eta = rates.lr / (1.0 + lambd * rates.lr * self.steps).powf(alpha);
        self.mu = 1.0 / (self.steps - t0).max(1.0);
        #[inline(always)]
        move |theta, g, [average]| {
            *theta = *theta * keep - eta * g;
            *average = if mu == 1.0 {
                *theta
            } else {
                *average + (*theta - *average) * mu
            };
        }
    }

    fn shrink_factor(&self, _: StepRates) -> f64 {
        self.last_shrink
    }

    fn visit_state(&self, [average]: [&[f64]; 1], visitor: &mut StateVisitor) {
        let (eta, mu) = (self.eta, self.mu);
        visitor(StateEntry::place("a", "average of iterates", average));
        visitor(StateEntry::number(
            "η",
            "learning rate of the next step",
            &eta,
        ));
        visitor(StateEntry::number("μ", "weight of the next iterate", &mu));
    }

    fn average<'s>(&self, [average]: [&'s [f64]; 1]) -> Option<&'s [f64]> {
        (self.steps > 0.0).then_some(average)
    }
}
