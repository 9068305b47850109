//! AdaGrad: `torch.optim.Adagrad`.

use super::variants::Epsilon;
use super::{
    Kind, Optimizer, Profile, StateEntry, StateVisitor, UpdateRule, decay_lines,
    gradient_with_decay,
};
use crate::engine::declare::settings;
use crate::engine::objective::Oracle;
use crate::engine::objective::params::Vector;
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

    fn elementwise(&self) -> bool {
        true
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

    /// 2 / γ.
    fn preconditioned_limit(&self, rates: StepRates) -> Option<f64> {
        let plain = self.weight_decay == 0.0 && !self.maximize;
        plain.then(|| 2.0 / rates.lr)
    }

    fn init<V: Vector>(&self, zeros: V) -> impl UpdateRule<V> {
        let mut sum = zeros;
        sum.fill(self.initial_accumulator_value);
        State {
            rule: self.clone(),
            sum,
            steps: 0.0,
        }
    }
}

struct State<V> {
    rule: Adagrad,
    sum: V,
    steps: f64,
}

impl<V: Vector> UpdateRule<V> for State<V> {
    #[inline(always)]
    fn step(&mut self, theta: &mut V, oracle: &mut Oracle<V>, rates: StepRates) {
        let Adagrad {
            lr_decay,
            weight_decay,
            eps,
            eps_form,
            maximize,
            ..
        } = self.rule;
        let (inside, outside) = match eps_form {
            Epsilon::Outside => (0.0, eps),
            Epsilon::Inside => (eps, 0.0),
        };
        let gradient = gradient_with_decay(oracle, theta, maximize, weight_decay);
        let lr = rates.lr / (1.0 + self.steps * lr_decay);
        self.steps += 1.0;
        for ((theta, g), sum) in theta
            .iter_mut()
            .zip(gradient.iter())
            .zip(self.sum.iter_mut())
        {
            *sum += g * g;
            *theta -= lr * g / ((*sum + inside).sqrt() + outside);
        }
    }

    fn visit_state(&self, visitor: &mut StateVisitor) {
        visitor(StateEntry::each("G", "sum of squared gradients", &self.sum));
    }

    /// With the decay of the learning rate.
    fn preconditioner(&self, to: &mut [f64]) -> bool {
        let Adagrad {
            lr_decay,
            eps,
            eps_form,
            ..
        } = self.rule;
        let (inside, outside) = match eps_form {
            Epsilon::Outside => (0.0, eps),
            Epsilon::Inside => (eps, 0.0),
        };
        let decayed = 1.0 + (self.steps - 1.0) * lr_decay;
        for (to, sum) in to.iter_mut().zip(self.sum.iter()) {
            *to = decayed * ((sum + inside).sqrt() + outside);
        }
        self.steps > 0.0
    }
}
