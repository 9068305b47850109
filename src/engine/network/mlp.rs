//! Multi-layer perceptron.

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
        /// Widths of the hidden layers; empty for none.
        hidden: Vec<u64> = vec![16, 16], in 1.0..=4096.0;
        /// Activation function after each hidden layer.
        activation: Activation = Activation::Tanh;
        /// Loss function: mse is the mean squared error, bce the binary cross-entropy of one logit, ce the cross-entropy of one logit per
        /// class.
        loss: Loss = Loss::Bce;
        /// Normalisation between each hidden layer and its activation. batch uses the statistics of the batch that the loss is computed on.
        norm: Norm = Norm::None;
        /// Residual connections: adds the input of each hidden layer to its output where both have one width.
        residual: bool = false;
        /// Whether layers have biases.
        bias: bool = true;
        /// Weight initialiser: torch-default is that of nn.Linear, the others are those of torch.nn.init.
        init: Init = Init::TorchDefault;
        /// Gain of xavier, kaiming, lecun and orthogonal weights; auto is √2 for kaiming, else 1.
        init_gain: Option<f64> = None, in 0.0.., linear 0.0..=3.0;
        /// Standard deviation of normal weights.
        init_std: f64 = 0.02, in 0.0.., log 1e-3..=1.0;
        /// Value of constant weights.
        init_value: f64 = 0.1, linear -1.0..=1.0;
        /// L2 penalty λ: adds λ/2 ‖θ‖² to the loss, over all parameters.
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
