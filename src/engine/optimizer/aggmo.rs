//! Aggregated momentum: AggMo.

use super::decay::{Decay, shrink};
use super::{
    Kind, Optimizer, Profile, StateEntry, StateVisitor, UpdateRule, decay_lines,
    gradient_with_decay,
};
use crate::engine::declare::settings;
use crate::engine::numeric::real;
use crate::engine::objective::Oracle;
use crate::engine::objective::params::Vector;
use crate::engine::schedule::StepRates;

settings! {
    /// AggMo: averages several velocities with different momentum coefficients (aggregated momentum).
    ///
    /// bᵢ ← βᵢ bᵢ + g for each βᵢ, θ ← θ − γ mean of the bᵢ. Lucas et al. 2019.
    pub struct AggMo("AggMo") {
        /// Learning rate γ.
        lr: f64 = 1e-3, in 0.0.., log 1e-5..=1.0;
        /// Momentum coefficients β₁, β₂, …: fraction of each velocity kept per step.
        betas: Vec<f64> = vec![0.0, 0.9, 0.99], in 0.0..1.0;
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

/// The symbols of the velocities, their names and their lines. Should there be more, they move θ, but are not shown.
const VELOCITIES: [[&str; 3]; 9] = [
    ["b₁", "first velocity", "{b₁} ← β₁ {b₁<} + {g}"],
    ["b₂", "second velocity", "{b₂} ← β₂ {b₂<} + {g}"],
    ["b₃", "third velocity", "{b₃} ← β₃ {b₃<} + {g}"],
    ["b₄", "fourth velocity", "{b₄} ← β₄ {b₄<} + {g}"],
    ["b₅", "fifth velocity", "{b₅} ← β₅ {b₅<} + {g}"],
    ["b₆", "sixth velocity", "{b₆} ← β₆ {b₆<} + {g}"],
    ["b₇", "seventh velocity", "{b₇} ← β₇ {b₇<} + {g}"],
    ["b₈", "eighth velocity", "{b₈} ← β₈ {b₈<} + {g}"],
    ["b₉", "ninth velocity", "{b₉} ← β₉ {b₉<} + {g}"],
];

impl Optimizer for AggMo {
    fn lr(&self) -> f64 {
        self.lr
    }

    fn elementwise(&self) -> bool {
        true
    }

    fn update_lines(&self) -> Vec<&'static str> {
        let decay = self.decay();
        let mut lines = Vec::from_iter(decay_lines(self.maximize, decay.coupled));
        let velocities = VELOCITIES.iter().zip(&self.betas);
        lines.extend(velocities.map(|([_, _, line], _)| *line));
        lines.push("Δ ← mean of the velocities");
        lines.push(decay.update_line());
        lines
    }

    fn profile(&self) -> Profile {
        Profile {
            kind: Kind::Momentum,
            state: "1 number per parameter and velocity, with 3 velocities by default",
            cost: "1 gradient",
            strengths: "In long valleys: the slow velocity speeds up along the floor, while the fast ones damp the \
                oscillations across it, which momentum of 0.99 alone would keep up for hundreds of steps.",
            weaknesses: "The slow velocity still overshoots the minimum, and it returns in a few wide swings. One \
                learning rate serves all directions, so the steepest one limits it.",
        }
    }

    fn init<V: Vector>(&self, zeros: V) -> impl UpdateRule<V> {
        State {
            velocities: vec![zeros; self.betas.len()],
            rule: self.clone(),
        }
    }
}

impl AggMo {
    fn decay(&self) -> Decay {
        Decay::new(
            self.weight_decay,
            self.decoupled_weight_decay,
            self.fixed_decay,
        )
    }
}

struct State<V> {
    rule: AggMo,
    velocities: Vec<V>,
}

impl<V: Vector> UpdateRule<V> for State<V> {
    #[inline(always)]
    fn step(&mut self, theta: &mut V, oracle: &mut Oracle<V>, rates: StepRates) {
        let AggMo {
            betas, maximize, ..
        } = &self.rule;
        let decay = self.rule.decay();
        let keep = decay.keep(rates.lr);
        let gradient = gradient_with_decay(oracle, theta, *maximize, decay.coupled);
        if keep != 1.0 {
            theta.iter_mut().for_each(|theta| *theta *= keep);
        }
        let step_size = rates.lr / real(betas.len());
        for (beta, velocity) in betas.iter().zip(&mut self.velocities) {
            for ((theta, g), v) in theta
                .iter_mut()
                .zip(gradient.iter())
                .zip(velocity.iter_mut())
            {
                *v = *v * beta + g;
                *theta -= step_size * *v;
            }
        }
    }

    fn decay(&self, theta: &mut [f64], rates: StepRates) {
        shrink(theta, self.rule.decay().keep(rates.lr));
    }

    fn visit_state(&self, visitor: &mut StateVisitor) {
        for ([symbol, name, _], velocity) in VELOCITIES.iter().zip(&self.velocities) {
            visitor(StateEntry::direction(symbol, name, velocity));
        }
    }
}
