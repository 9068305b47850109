//! AdaGrad: `torch.optim.Adagrad`.

use super::elementwise::{Elementwise, kernel};
use super::variants::Epsilon;
use super::{Algorithm, Kind, Optimizer, Profile, StateEntry, StateVisitor, decay_lines};
use crate::engine::declare::settings;
use crate::engine::schedule::StepRates;

settings! {
    /// AdaGrad: divides each coordinate's step by the root of its summed squared gradients.
    ///
    /// G ← G + g², θ ← θ − γ / (1 + (t − 1) η) · g / (√G + ε). Duchi et al. 2011, in PyTorch's form.
    pub struct Adagrad("Adagrad") {
        /// Learning rate γ.
        lr: f64 = 1e-2, in 0.0.., log 1e-4..=10.0;
        /// Learning rate decay η: divides the learning rate by 1 + (t − 1) η at step t.
        lr_decay: f64 = 0.0, in 0.0.., log 1e-5..=1.0;
        /// Weight decay λ: adds λθ to the gradient.
        weight_decay: f64 = 0.0, in 0.0.., log 1e-6..=1.0;
        /// Initial value of the sum of squares.
        initial_accumulator_value: f64 = 0.0, in 0.0.., log 1e-6..=10.0;
        /// ε: added to the denominator, outside the square root.
        eps: f64 = 1e-10, in 0.0.., log 1e-12..=1.0;
        /// Position of ε: outside the square root (PyTorch), or inside it (Keras and many textbooks).
        eps_form: Epsilon = Epsilon::Outside;
        /// Maximizes the loss instead of minimizing it.
        maximize: bool = false;
    }
}

impl Optimizer for Adagrad {
    fn lr(&self) -> f64 {
        self.lr
    }

    fn keras_spec(&self) -> Option<&'static str> {
        Some("adagrad:lr=0.001,initial_accumulator_value=0.1,eps=1e-7,eps_form=inside")
    }

    fn update_lines(&self) -> Vec<&'static str> {
        let mut lines = Vec::from_iter(decay_lines(self.maximize, self.weight_decay));
        lines.push("{G} ← {G<} + {g}²");
        lines.push(match (self.lr_decay == 0.0, self.eps_form) {
            (true, Epsilon::Outside) => "{θ} ← {θ<} − {γ=lr} {g} / (√{G} + {ε=eps})",
            (true, Epsilon::Inside) => "{θ} ← {θ<} − {γ=lr} {g} / √({G} + {ε=eps})",
            (false, Epsilon::Outside) => {
                "{θ} ← {θ<} − {γ=lr} / (1 + ({t} − 1) {η=lr_decay}) · {g} / (√{G} + {ε=eps})"
            }
            (false, Epsilon::Inside) => {
                "{θ} ← {θ<} − {γ=lr} / (1 + ({t} − 1) {η=lr_decay}) · {g} / √({G} + {ε=eps})"
            }
        });
        lines
    }

    fn profile(&self) -> Profile {
        Profile {
            kind: Kind::Adaptive,
            state: "1 number per parameter",
            cost: "1 gradient",
            strengths: "For coordinates with gradients of different size, or sparse ones: each has its own step size, \
                which decreases by itself, so it converges without a schedule.",
            weaknesses: "Squared gradients are summed forever: after a steep start all later steps are short, and it \
                creeps along the valley floor or stops on a plateau far from the minimum. It scales along the axes \
                only.",
        }
    }

    /// Returns 2 / γ.
    fn preconditioned_limit(&self, rates: StepRates) -> Option<f64> {
        let plain = self.weight_decay == 0.0 && !self.maximize;
        plain.then(|| 2.0 / rates.lr)
    }

    fn init(&self, _shape: &[usize]) -> Algorithm<'_> {
        Algorithm::Elementwise(kernel(AdagradRule {
            settings: self.clone(),
            steps: 0.0,
        }))
    }
}

/// Update rule of AdaGrad. State: the sum G of squared gradients.
struct AdagradRule {
    settings: Adagrad,
    steps: f64,
}

impl Elementwise<1> for AdagradRule {
    fn gradient_options(&self) -> (bool, f64) {
        (self.settings.maximize, self.settings.weight_decay)
    }

    fn initial_state(&self) -> [f64; 1] {
        [self.settings.initial_accumulator_value]
    }

    #[inline]
    fn step(&mut self, rates: StepRates) -> impl Fn(&mut f64, f64, &mut [f64; 1]) + Copy {
        let (inside, outside) = self.settings.eps_form.split(self.settings.eps);
        let lr = rates.lr / (1.0 + self.steps * self.settings.lr_decay);
        self.steps += 1.0;
        #[inline(always)]
        move |theta, g, [sum]| {
            *sum += g * g;
            *theta -= lr * g / ((*sum + inside).sqrt() + outside);
        }
    }

    fn visit_state(&self, [sum]: [&[f64]; 1], visitor: &mut StateVisitor) {
        visitor(StateEntry::each("G", "sum of squared gradients", sum));
    }

    /// Writes √G + ε, times the divisor of the learning rate by its decay.
    fn preconditioner(&self, [sum]: [&[f64]; 1], to: &mut [f64]) -> bool {
        let (inside, outside) = self.settings.eps_form.split(self.settings.eps);
        let lr_divisor = 1.0 + (self.steps - 1.0) * self.settings.lr_decay;
        for (to, sum) in to.iter_mut().zip(sum) {
            *to = lr_divisor * ((sum + inside).sqrt() + outside);
        }
        self.steps > 0.0
    }
}
