//! AdaGrad: `torch.optim.Adagrad`.

use super::{Optimizer, Rule, regularised_gradient};
use crate::engine::declare::settings;
use crate::engine::objective::Oracle;
use crate::engine::schedule::Pace;

settings! {
    /// AdaGrad: each coordinate's step shrinks with the root of its summed squared gradients.
    ///
    /// G ← G + g², θ ← θ − γ / (1 + (t − 1) η) · g / (√G + ε). Duchi et al. 2011, in PyTorch's form.
    pub struct Adagrad("Adagrad") {
        /// Learning rate γ.
        lr: f64 = 1e-2, in 0.0.., log 1e-4..=10.0;
        /// η: the learning rate is divided by 1 + (t − 1) η at step t.
        lr_decay: f64 = 0.0, in 0.0.., log 1e-5..=1.0;
        /// Weight decay λ: adds λθ to the gradient.
        weight_decay: f64 = 0.0, in 0.0.., log 1e-6..=1.0;
        /// What the sum of squares begins at.
        initial_accumulator_value: f64 = 0.0, in 0.0.., log 1e-6..=10.0;
        /// ε, added outside the root.
        eps: f64 = 1e-10, in 0.0.., log 1e-12..=1.0;
        /// Climbs instead of descending.
        maximize: bool = false;
    }
}

impl Optimizer for Adagrad {
    fn lr(&self) -> f64 {
        self.lr
    }

    fn start(&self, dim: usize) -> Box<dyn Rule> {
        let sum = vec![self.initial_accumulator_value; dim];
        Box::new(State {
            rule: self.clone(),
            gradient: vec![0.0; dim],
            sum,
            steps: 0.0,
        })
    }
}

struct State {
    rule: Adagrad,
    gradient: Vec<f64>,
    sum: Vec<f64>,
    steps: f64,
}

impl Rule for State {
    fn step(&mut self, theta: &mut [f64], oracle: &mut Oracle, pace: Pace) {
        let Adagrad {
            lr_decay,
            weight_decay,
            eps,
            maximize,
            ..
        } = self.rule;
        regularised_gradient(oracle, theta, &mut self.gradient, maximize, weight_decay);
        let lr = pace.lr / (1.0 + self.steps * lr_decay);
        self.steps += 1.0;
        for ((theta, g), sum) in theta.iter_mut().zip(&self.gradient).zip(&mut self.sum) {
            *sum += g * g;
            *theta -= lr * g / (sum.sqrt() + eps);
        }
    }
}
