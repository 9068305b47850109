//! QHM: gradient descent with quasi-hyperbolic momentum.

use super::decay::Decay;
use super::elementwise::{Elementwise, kernel};
use super::{Algorithm, Kind, Optimizer, Profile, StateEntry, StateVisitor, decay_lines};
use crate::engine::declare::settings;
use crate::engine::schedule::StepRates;

settings! {
    /// QHM: a weighted mean of a gradient step and a momentum step.
    ///
    /// b ← β b + (1 − β) g, θ ← θ − γ ((1 − ν) g + ν b). Ma & Yarats 2019, who advise β = 0.999 and ν = 0.7;
    /// ν = β is Nesterov's momentum.
    pub struct Qhm("QHM") {
        /// Learning rate γ.
        lr: f64 = 1e-3, in 0.0.., log 1e-5..=1.0;
        /// Momentum β: decay rate of the running mean of gradients.
        momentum: f64 = 0.0, in 0.0..1.0, linear 0.0..=0.999;
        /// ν: weight of the momentum step; the rest is a gradient step.
        nu: f64 = 1.0, in 0.0..=1.0, linear 0.0..=1.0;
        /// Weight decay λ.
        weight_decay: f64 = 0.0, in 0.0.., log 1e-6..=1.0;
        /// Decoupled weight decay: multiplies θ by 1 − γλ in each step; otherwise λθ is added to the gradient.
        decoupled_weight_decay: bool = false;
        /// Fixed weight decay: multiplies θ by 1 − λ in each step, independent of γ.
        fixed_decay: bool = false;
        /// Maximizes the loss instead of minimizing it.
        maximize: bool = false;
    }
}

impl Optimizer for Qhm {
    fn lr(&self) -> f64 {
        self.lr
    }

    fn update_lines(&self) -> Vec<&'static str> {
        let decay = self.decay();
        let mut lines = Vec::from_iter(decay_lines(self.maximize, decay.coupled));
        lines.extend([
            "{b} ← {β=momentum} {b<} + (1 − {β=momentum}) {g}",
            "Δ ← (1 − {ν=nu}) {g} + {ν=nu} {b}",
        ]);
        lines.push(decay.update_line());
        lines
    }

    fn profile(&self) -> Profile {
        Profile {
            kind: Kind::Momentum,
            state: "1 number per parameter",
            cost: "1 gradient",
            strengths: "Where momentum oscillates too widely: the plain gradient damps it, so a longer memory is \
                affordable.",
            weaknesses: "With its defaults it is plain gradient descent. Its velocity is a mean of gradients, not a \
                sum: at SGD's learning rate it is as slow along a valley floor as SGD. The largest stable learning \
                rate depends on ν.",
        }
    }

    fn init(&self, _shape: &[usize]) -> Algorithm<'_> {
        Algorithm::Elementwise(kernel(QhmRule(self.clone())))
    }

    /// Returns (2 + 2β) / (γ (1 + β − 2νβ)), at which −1 is an eigenvalue of the step's matrix. Weight decay adds its λ to every
    /// eigenvalue of the Hessian.
    fn stability_limit(&self, rates: StepRates) -> Option<f64> {
        let beta = rates.momentum.unwrap_or(self.momentum);
        let decay = self.decay();
        let divisor = rates.lr * (1.0 + beta - 2.0 * self.nu * beta);
        Some((2.0 + 2.0 * beta) / divisor - decay.coupled)
            .filter(|limit| !self.maximize && decay.decoupled == 0.0 && limit.is_finite())
    }
}

impl Qhm {
    fn decay(&self) -> Decay {
        Decay::new(
            self.weight_decay,
            self.decoupled_weight_decay,
            self.fixed_decay,
        )
    }
}

/// Update rule of QHM. State: the mean of gradients b.
struct QhmRule(Qhm);

impl Elementwise<1> for QhmRule {
    fn gradient_options(&self) -> (bool, f64) {
        (self.0.maximize, self.0.decay().coupled)
    }

    #[inline]
    fn step(&mut self, rates: StepRates) -> impl Fn(&mut f64, f64, &mut [f64; 1]) + Copy {
        let nu = self.0.nu;
        let beta = rates.momentum.unwrap_or(self.0.momentum);
        let keep = self.shrink_factor(rates);
        #[inline(always)]
        move |theta, g, [b]| {
            *b += (g - *b) * (1.0 - beta);
            *theta = *theta * keep - rates.lr * nu * *b - rates.lr * (1.0 - nu) * g;
        }
    }

    fn shrink_factor(&self, rates: StepRates) -> f64 {
        self.0.decay().shrink_factor(rates.lr)
    }

    fn visit_state(&self, [b]: [&[f64]; 1], visitor: &mut StateVisitor) {
        visitor(StateEntry::direction("b", "mean of gradients", b));
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::path;
    use super::*;

    #[test]
    fn runs_grow_just_beyond_the_stability_limit() {
        for (momentum, nu) in [(0.0, 1.0), (0.9, 1.0), (0.9, 0.7), (0.9, 0.0)] {
            let qhm = Qhm {
                momentum,
                nu,
                ..Qhm::default()
            };
            let rates = StepRates {
                lr: 1.0,
                momentum: None,
            };
            let limit = qhm.stability_limit(rates).unwrap();
            for (factor, grows) in [(0.99, false), (1.01, true)] {
                let lr = limit * factor;
                let spec = format!("qhm:lr={lr},momentum={momentum},nu={nu}");
                let run = path("quadratic:a=1,b=1", &[1.0, 1.0], &spec, 2000);
                let last = run.loss.last().copied().unwrap();
                assert_eq!(
                    last > 1.0,
                    grows,
                    "β {momentum}, ν {nu}: {last} at {factor}"
                );
            }
        }
    }
}
