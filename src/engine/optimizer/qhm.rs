//! Gradient descent with quasi-hyperbolic momentum: QHM.

use super::decay::{Decay, shrink};
use super::{
    Kind, Optimizer, Profile, StateEntry, StateVisitor, UpdateRule, decay_lines,
    gradient_with_decay,
};
use crate::engine::declare::settings;
use crate::engine::objective::Oracle;
use crate::engine::objective::params::Vector;
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

    fn elementwise(&self) -> bool {
        true
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

    fn init<V: Vector>(&self, zeros: V) -> impl UpdateRule<V> {
        State {
            rule: self.clone(),
            mean: zeros,
        }
    }

    /// (2 + 2β) / (γ (1 + β − 2νβ)), where the step's matrix gets the eigenvalue −1. Weight decay adds its λ to every
    /// eigenvalue.
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

struct State<V> {
    rule: Qhm,
    mean: V,
}

impl<V: Vector> UpdateRule<V> for State<V> {
    #[inline(always)]
    fn step(&mut self, theta: &mut V, oracle: &mut Oracle<V>, rates: StepRates) {
        let Qhm { nu, maximize, .. } = self.rule;
        let beta = rates.momentum.unwrap_or(self.rule.momentum);
        let decay = self.rule.decay();
        let keep = decay.keep(rates.lr);
        let gradient = gradient_with_decay(oracle, theta, maximize, decay.coupled);
        for ((theta, g), mean) in theta
            .iter_mut()
            .zip(gradient.iter())
            .zip(self.mean.iter_mut())
        {
            *mean += (g - *mean) * (1.0 - beta);
            *theta = *theta * keep - rates.lr * nu * *mean - rates.lr * (1.0 - nu) * g;
        }
    }

    fn decay(&self, theta: &mut [f64], rates: StepRates) {
        shrink(theta, self.rule.decay().keep(rates.lr));
    }

    fn visit_state(&self, visitor: &mut StateVisitor) {
        visitor(StateEntry::direction("b", "mean of gradients", &self.mean));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::cancel::Cancel;
    use crate::engine::files::NoFiles;
    use crate::engine::landscape::AnyLandscape;
    use crate::engine::objective::GradientSettings;
    use crate::engine::training::{RunSettings, run};

    #[test]
    fn runs_grow_just_beyond_the_stability_limit() {
        let parabola: AnyLandscape = "quadratic:a=1,b=1".parse().unwrap();
        let problem = parabola.as_dyn().load(&NoFiles).unwrap();
        for (momentum, nu) in [(0.0, 1.0), (0.9, 1.0), (0.9, 0.7), (0.9, 0.0)] {
            let qhm = Qhm {
                momentum,
                nu,
                ..Qhm::default()
            };
            let limit = qhm
                .stability_limit(StepRates {
                    lr: 1.0,
                    momentum: None,
                })
                .unwrap();
            for (share, grows) in [(0.99, false), (1.01, true)] {
                let lr = limit * share;
                let spec = format!("qhm:lr={lr},momentum={momentum},nu={nu}")
                    .parse()
                    .unwrap();
                let run_settings = RunSettings {
                    steps: 2000,
                    gradient_settings: GradientSettings::default(),
                    tolerance: None,
                    record_every: 1,
                };
                let end = run(
                    &*problem.objective,
                    &[1.0, 1.0],
                    &spec,
                    &run_settings,
                    &Cancel::default(),
                );
                let last = end.unwrap().loss.last().copied().unwrap();
                assert_eq!(last > 1.0, grows, "β {momentum}, ν {nu}: {last} at {share}");
            }
        }
    }
}
