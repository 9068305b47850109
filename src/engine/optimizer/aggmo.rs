//! AggMo: aggregated momentum.

use super::decay::{has_decay, shrink};
use super::elementwise::ElementwiseKernel;
use super::{Algorithm, Kind, Optimizer, Profile, StateEntry, StateVisitor, decay_lines};
use crate::engine::declare::settings;
use crate::engine::numeric::real;
use crate::engine::objective::outcome::Reason;
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

/// Symbol, name and update line of each displayed velocity. Further velocities move θ too, but are not displayed.
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

    fn init(&self, _shape: &[usize]) -> Algorithm<'_> {
        Algorithm::Elementwise(Box::new(AggMoKernel(self.clone())))
    }
}

has_decay!(AggMo);

/// Elementwise kernel of AggMo. State: a velocity for each β. Their number is a setting, so it cannot be the `N` of
/// [`super::elementwise::Elementwise`].
struct AggMoKernel(AggMo);

impl ElementwiseKernel for AggMoKernel {
    fn initial_columns(&self, n: usize) -> Vec<Vec<f64>> {
        vec![vec![0.0; n]; self.0.betas.len()]
    }

    fn gradient_options(&self) -> (bool, f64) {
        (self.0.maximize, self.0.decay().coupled)
    }

    fn step(
        &mut self,
        rates: StepRates,
        theta: &mut [f64],
        gradient: &[f64],
        velocities: &mut [Vec<f64>],
    ) {
        shrink(theta, self.shrink_factor(rates));
        let step_size = rates.lr / real(self.0.betas.len());
        for (beta, velocity) in self.0.betas.iter().zip(velocities) {
            for ((theta, g), v) in theta.iter_mut().zip(gradient).zip(velocity) {
                *v = *v * beta + g;
                *theta -= step_size * *v;
            }
        }
    }

    fn shrink_factor(&self, rates: StepRates) -> f64 {
        self.0.decay().shrink_factor(rates.lr)
    }

    fn visit_state(&self, velocities: &[Vec<f64>], visitor: &mut StateVisitor) {
        for ([symbol, name, _], velocity) in VELOCITIES.iter().zip(velocities) {
            visitor(StateEntry::direction(symbol, name, velocity));
        }
    }

    fn preconditioner(&self, _: &[Vec<f64>], _: &mut [f64]) -> bool {
        false
    }

    fn average<'s>(&self, _: &'s [Vec<f64>]) -> Option<&'s [f64]> {
        None
    }

    fn failure(&self, _: &[Vec<f64>]) -> Option<Reason> {
        None
    }
}
