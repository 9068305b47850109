//! MARS: `pytorch_optimizer.MARS` with `optimize_1d`, for a vector.

use super::decay::{Decay, shrink};
use super::{
    Algorithm, BetaPower, Kind, Optimizer, Profile, StateEntry, StateVisitor, UpdateRule,
    decay_lines, gradient_with_decay, zeros,
};
use crate::engine::declare::settings;
use crate::engine::numeric::real;
use crate::engine::objective::{Oracle, norm};
use crate::engine::schedule::StepRates;

settings! {
    /// Base optimizer of MARS. The library's third option, shampoo, equals adamw for vectors.
    pub enum MarsType { AdamW = "adamw", Lion = "lion" }
}

settings! {
    /// MARS: AdamW or Lion on gradients corrected by their change since the last step, which reduces their variance.
    ///
    /// c ← g + η β₁ / (1 − β₁) (g − g₋), clipped to norm 1; m ← β₁ m + (1 − β₁) c, v ← β₂ v + (1 − β₂) c², θ ← θ − γ m̂ /
    /// (√v̂ + ε), or θ ← θ − γ sign(m). Algorithms 1 to 3 of Yuan et al. 2024 in their approximate form, with the library's
    /// 10⁻¹⁵ inside the root. Without `decoupled_weight_decay`, λθ is added to the gradient, as if λ/2 ‖θ‖² were added to the
    /// loss. The library adds it after the update, so that it enters only the next step, within the last gradient and with
    /// the wrong sign.
    pub struct Mars("MARS") {
        /// Learning rate γ: approximate step length per coordinate.
        lr: f64 = 3e-3, in 0.0.., log 1e-5..=1.0;
        /// β₁: decay rate of the running mean of corrected gradients.
        beta1: f64 = 0.95, in 0.0..1.0, linear 0.0..=0.999;
        /// β₂: decay rate of the running mean of squared gradients.
        beta2: f64 = 0.99, in 0.0..1.0, linear 0.5..=0.9999;
        /// Gamma, η in the rule: strength of the gradient correction.
        gamma: f64 = 0.025, in 0.0.., linear 0.0..=1.0;
        /// Base optimizer that receives the corrected gradients.
        mars_type: MarsType = MarsType::AdamW;
        /// ε: added to the denominator, outside the square root.
        eps: f64 = 1e-8, in 0.0.., log 1e-12..=1.0;
        /// Weight decay λ.
        weight_decay: f64 = 0.0, in 0.0.., log 1e-6..=1.0;
        /// Decoupled weight decay: multiplies θ by 1 − γλ in each step; otherwise λθ is added to the gradient.
        decoupled_weight_decay: bool = true;
        /// Fixed weight decay: multiplies θ by 1 − λ in each step, independent of γ.
        fixed_decay: bool = false;
        /// AMSGrad: divides by the largest running mean of squares so far.
        ams_bound: bool = false;
        /// Cautious updates: moves only the coordinates in which m and the gradient agree in sign, and those further.
        cautious: bool = false;
        /// Maximizes the loss instead of minimizing it.
        maximize: bool = false;
    }
}

impl Optimizer for Mars {
    fn lr(&self) -> f64 {
        self.lr
    }

    fn update_lines(&self) -> Vec<&'static str> {
        let decay = self.decay();
        let mut lines = Vec::from_iter(decay_lines(self.maximize, decay.coupled));
        lines.extend([
            "{c} ← {g} + {η=gamma} {β₁=beta1} / (1 − {β₁=beta1}) ({g} − {g₋<})",
            "{c} ← {c<} / max(1, ‖{c<}‖)",
            "{m} ← {β₁=beta1} {m<} + (1 − {β₁=beta1}) {c}",
        ]);
        lines.push(if self.cautious {
            "u ← {m} n / (n₊ + 1) in the n₊ of n coordinates where {m} {g} > 0, elsewhere 0"
        } else {
            "u ← {m}"
        });
        if self.mars_type == MarsType::AdamW {
            lines.push("{v} ← {β₂=beta2} {v<} + (1 − {β₂=beta2}) {c}²");
            lines.push(if self.ams_bound {
                "D ← (√({v_max} + 10⁻¹⁵) + {ε=eps}) / √(1 − {β₂=beta2}^{t}), {v_max} the largest {v} so far"
            } else {
                "D ← (√({v} + 10⁻¹⁵) + {ε=eps}) / √(1 − {β₂=beta2}^{t})"
            });
            lines.push("û ← u / (1 − {β₁=beta1}^{t}) / D");
        } else {
            lines.push("û ← sign(u)");
        }
        lines.push(match (decay.decoupled != 0.0, self.fixed_decay) {
            (false, _) => "{θ} ← {θ<} − {γ=lr} û",
            (true, false) => "{θ} ← (1 − {γ=lr} {λ=weight_decay}) {θ<} − {γ=lr} û",
            (true, true) => "{θ} ← (1 − {λ=weight_decay}) {θ<} − {γ=lr} û",
        });
        lines
    }

    fn profile(&self) -> Profile {
        Profile {
            kind: Kind::Adaptive,
            state: "3 numbers per parameter, or 4 with ams_bound",
            cost: "1 gradient",
            strengths: "With mini-batches: the change of the gradient since the last step removes a part of the \
                noise. Without noise it acts as a look-ahead and damps oscillations.",
            weaknesses: "Corrected gradients are clipped to norm 1, so on steep landscapes only their direction \
                counts, and sudden slopes go unnoticed. It scales along the axes only.",
        }
    }

    fn init(&self, shape: &[usize]) -> Algorithm<'_> {
        let zeros = zeros(shape);
        Algorithm::Joint(Box::new(State {
            m: zeros.clone(),
            v: zeros.clone(),
            v_max: zeros.clone(),
            last: zeros.clone(),
            corrected: zeros,
            beta1_power: BetaPower::new(self.beta1),
            beta2_power: BetaPower::new(self.beta2),
            rule: self.clone(),
        }))
    }

    fn display_name(&self) -> &'static str {
        match self.mars_type {
            MarsType::AdamW => "MARS",
            MarsType::Lion => "MARS-Lion",
        }
    }
}

impl Mars {
    fn decay(&self) -> Decay {
        Decay::new(
            self.weight_decay,
            self.decoupled_weight_decay,
            self.fixed_decay,
        )
    }
}

struct State {
    rule: Mars,
    m: Vec<f64>,
    v: Vec<f64>,
    v_max: Vec<f64>,
    /// Gradient of the previous step; 0 before the first.
    last: Vec<f64>,
    corrected: Vec<f64>,
    beta1_power: BetaPower,
    beta2_power: BetaPower,
}

impl UpdateRule for State {
    fn step(&mut self, theta: &mut [f64], oracle: &mut Oracle, rates: StepRates) {
        let Mars {
            beta2,
            gamma,
            mars_type,
            eps,
            ams_bound,
            cautious,
            maximize,
            ..
        } = self.rule;
        let beta1 = rates.momentum.unwrap_or(self.rule.beta1);
        let decay = self.rule.decay();
        let gradient = gradient_with_decay(oracle, theta, maximize, decay.coupled);

        let strength = gamma * beta1 / (1.0 - beta1);
        let changes = gradient.iter().zip(self.last.iter());
        for (c, (g, last)) in self.corrected.iter_mut().zip(changes) {
            *c = g + strength * (g - last);
        }
        self.last.copy_from_slice(gradient);
        let shortening = norm(&self.corrected).max(1.0);
        let mut agreeing = 0;
        let each = self.corrected.iter_mut().zip(gradient.iter());
        for (m, (c, g)) in self.m.iter_mut().zip(each) {
            *c /= shortening;
            *m += (*c - *m) * (1.0 - beta1);
            agreeing += u64::from(*m * g > 0.0);
        }
        let boost = real(gradient.len()) / (real(agreeing) + 1.0);

        let root_correction = (1.0 - self.beta2_power.next(beta2)).sqrt();
        let first_correction = 1.0 - self.beta1_power.next(beta1);
        let keep = decay.shrink_factor(rates.lr);
        let means = self
            .m
            .iter()
            .zip(self.v.iter_mut().zip(self.v_max.iter_mut()));
        let gradients = gradient.iter().zip(self.corrected.iter());
        for ((theta, (g, c)), (m, (v, v_max))) in theta.iter_mut().zip(gradients).zip(means) {
            let update = match (cautious, m * g > 0.0) {
                (false, _) => *m,
                (true, true) => m * boost,
                (true, false) => m * 0.0,
            };
            let direction = match mars_type {
                MarsType::AdamW => {
                    *v = *v * beta2 + (1.0 - beta2) * c * c;
                    let second = if ams_bound {
                        *v_max = v_max.max(*v);
                        *v_max
                    } else {
                        *v
                    };
                    update / (((second + 1e-15).sqrt() + eps) / root_correction * first_correction)
                }
                MarsType::Lion if update == 0.0 => 0.0,
                MarsType::Lion => update.signum(),
            };
            *theta = *theta * keep - rates.lr * direction;
        }
    }

    fn decay(&self, theta: &mut [f64], rates: StepRates) {
        shrink(theta, self.rule.decay().shrink_factor(rates.lr));
    }

    fn visit_state(&self, visitor: &mut StateVisitor) {
        visitor(StateEntry::direction(
            "c",
            "corrected gradient",
            &self.corrected,
        ));
        visitor(StateEntry::direction(
            "m",
            "mean of corrected gradients",
            &self.m,
        ));
        if self.rule.mars_type == MarsType::AdamW {
            visitor(StateEntry::each("v", "mean of their squares", &self.v));
            if self.rule.ams_bound {
                visitor(StateEntry::each(
                    "v_max",
                    "largest mean of squares",
                    &self.v_max,
                ));
            }
        }
        visitor(StateEntry::each("g₋", "last gradient", &self.last));
    }
}

#[cfg(test)]
mod tests {
    use crate::engine::optimizer::tests::path;

    /// Adding λθ to the gradient of a quadratic gives the gradient of the quadratic with λ added to both curvatures.
    #[test]
    fn coupled_decay_is_that_of_a_loss_with_half_lambda_theta_squared() {
        for settings in [
            "",
            ",mars_type=lion",
            ",cautious=true",
            ",ams_bound=true,gamma=0.2",
        ] {
            let decays =
                format!("mars:lr=0.03,weight_decay=0.5,decoupled_weight_decay=false{settings}");
            let start = [2.0, -1.5];
            let decayed = path("quadratic:a=1,b=4", &start, &decays, 60);
            let added = path(
                "quadratic:a=1.5,b=4.5",
                &start,
                &format!("mars:lr=0.03{settings}"),
                60,
            );
            for (found, expected) in decayed.theta.iter().zip(&added.theta) {
                assert!(
                    (found - expected).abs() < 1e-12,
                    "{settings}: {found} {expected}"
                );
            }
        }
    }
}
