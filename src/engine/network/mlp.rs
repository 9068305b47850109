//! Dense layers one after the other.

use super::activation::Activation;
use super::init::{Init, Initializer};
use super::loss::Loss;
use super::norm::Norm;
use super::{Architecture, Network};
use crate::engine::declare::settings;

settings! {
    /// Multi-layer perceptron: dense layers with an activation after each but the last.
    ///
    /// θ holds weight (out × in, row by row) and bias of each layer, then weight and bias of each normalisation.
    pub struct Mlp("Multi-layer perceptron") {
        /// The widths of the hidden layers; empty means that there are none.
        hidden: Vec<u64> = vec![16, 16], in 1.0..=4096.0;
        /// What bends the numbers after each hidden layer.
        activation: Activation = Activation::Tanh;
        /// mse: mean squared error; bce: binary cross-entropy of one logit; ce: cross-entropy of a logit for each class.
        loss: Loss = Loss::Bce;
        /// Between each hidden layer and its activation. batch takes the moments of the samples that the loss is asked for.
        norm: Norm = Norm::None;
        /// Adds its input to the output of each hidden layer that is as wide as its input.
        residual: bool = false;
        /// Whether layers have biases.
        bias: bool = true;
        /// How weights begin: torch-default is nn.Linear's own, the others are those of torch.nn.init.
        init: Init = Init::TorchDefault;
        /// The factor of xavier, kaiming, lecun and orthogonal weights; auto is √2 for kaiming, else 1.
        init_gain: Option<f64> = None, in 0.0.., linear 0.0..=3.0;
        /// The standard deviation of normal weights.
        init_std: f64 = 0.02, in 0.0.., log 1e-3..=1.0;
        /// The value of constant weights.
        init_value: f64 = 0.1, linear -1.0..=1.0;
        /// λ: adds λ/2 ‖θ‖² to the loss, over all parameters.
        l2: f64 = 0.0, in 0.0.., log 1e-6..=1.0;
    }
}

impl Network for Mlp {
    fn architecture(&self) -> Architecture {
        Architecture {
            hidden: self.hidden.clone(),
            activation: self.activation,
            norm: self.norm,
            residual: self.residual,
            bias: self.bias,
        }
    }

    fn loss(&self) -> Loss {
        self.loss
    }

    fn l2(&self) -> f64 {
        self.l2
    }

    fn initializer(&self) -> Initializer {
        Initializer {
            init: self.init,
            gain: self.init_gain,
            std: self.init_std,
            value: self.init_value,
        }
    }
}
