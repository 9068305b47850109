//! Small neural networks as objectives: dense layers, exact derivatives, data sets.
//!
//! A spec like `mlp:hidden=16/16,activation=tanh,loss=bce` names a network ([`AnyNetwork`]), one like `moons:noise=0.2` a data set
//! ([`data::AnyDataset`]). Together they make a [`NetworkLoss`], an [`Objective`](crate::engine::objective::Objective) over θ ∈ ℝⁿ; its
//! [`Layout`] gives the range of each tensor in θ.
//!
//! ```
//! use ravine::engine::files::NoFiles;
//! use ravine::engine::network::{AnyNetwork, NetworkLoss, data::AnyDataset};
//! use ravine::engine::objective::Objective;
//!
//! let network: AnyNetwork = "mlp:hidden=16/16,activation=tanh,loss=bce".parse()?;
//! let data: AnyDataset = "moons:samples=100,noise=0.1".parse()?;
//! let loss = NetworkLoss::new(&network, &data.as_dyn().data(&NoFiles)?)?;
//! assert_eq!(loss.dim(), 2 * 16 + 16 + 16 * 16 + 16 + 16 + 1);
//! let theta = loss.init_params(0);
//! assert!((loss.value(&theta) - 0.7).abs() < 0.2);
//! assert_eq!(loss.layout().tensors()[0].name, "layers.0.weight");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub(crate) mod activation;
mod blocks;
pub mod data;
mod exact_trace;
mod fast;
mod float;
pub(crate) mod forward_backward;
pub(crate) mod gemm;
mod hvp;
mod init;
mod layout;
pub(crate) mod loss;
mod metrics;
mod mlp;
mod model;
pub(crate) mod norm;
mod objective;
mod padding;
mod plane_restriction;
pub(crate) mod reduce;
mod rescale;
mod summary;
mod tangent;
mod targets;
mod training_task;
pub(crate) mod weights;
mod workspace;

use crate::engine::declare::{Settings, family};
use forward_backward::Shape;

pub use activation::Activation;
pub use init::{Init, Initializer};
pub use layout::Layout;
pub use loss::{Loss, Prediction};
pub use metrics::Metrics;
pub use model::{NetworkLoss, Precision};
pub use norm::{BatchNormStats, Norm};
pub use plane_restriction::PlaneRestriction;
pub use rescale::RescaleError;
pub use summary::LayerSummary;
pub use training_task::TrainingTask;

/// Maximum number of parameters of a network.
pub const MAX_PARAMETERS: usize = 10_000_000;

/// Maximum number of classes of numeric labels.
pub const MAX_CLASSES: usize = 1_000;

family! {
    /// Any network.
    pub enum AnyNetwork: Network = "network" {
        mlp::Mlp,
    }
}

/// A network's settings.
pub trait Network: Settings {
    /// Returns the architecture.
    fn architecture(&self) -> Architecture;

    /// Returns the loss function.
    fn loss(&self) -> Loss;

    /// Returns λ of the L2 penalty λ/2 ‖θ‖².
    fn l2(&self) -> f64;

    /// Returns the weight initialiser.
    fn initializer(&self) -> Initializer;
}

/// Architecture of a network, without the widths of inputs and outputs, which the data determine.
#[derive(Clone, Debug, PartialEq)]
pub struct Architecture {
    /// The widths of the hidden layers.
    pub hidden: Vec<u64>,
    /// The activation function after each hidden layer.
    pub activation: Activation,
    /// The normalisation between each hidden layer and its activation.
    pub norm: Norm,
    /// Whether hidden layers have residual connections where input and output have one width.
    pub residual: bool,
    /// Whether layers have biases.
    pub bias: bool,
}

impl Architecture {
    /// Returns the structure with the given numbers of inputs and outputs; refuses more than [`MAX_PARAMETERS`].
    fn shape(&self, inputs: usize, outputs: usize) -> Result<Shape, NetworkError> {
        let hidden = self
            .hidden
            .iter()
            .map(|width| usize::try_from(*width).unwrap_or(usize::MAX));
        let widths: Vec<usize> = [inputs]
            .into_iter()
            .chain(hidden)
            .chain([outputs])
            .collect();
        let parameters = widths.windows(2).try_fold(0_usize, |sum, pair| {
            pair[0]
                .checked_add(3)?
                .checked_mul(pair[1])?
                .checked_add(sum)
        });
        if parameters.is_none_or(|count| count > MAX_PARAMETERS) {
            return Err(NetworkError::TooLarge { widths });
        }
        Ok(Shape {
            layout: Layout::new(&widths, self.bias, self.norm != Norm::None),
            widths,
            activation: self.activation,
            norm: self.norm,
            residual: self.residual,
        })
    }
}

/// Error of creating a network on data.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum NetworkError {
    /// The data are empty.
    #[error("the data have no samples or no inputs; expected at least one of each")]
    NoData,
    /// Too many parameters.
    #[error(
        "hidden: a network with the widths {widths:?} has more than {MAX_PARAMETERS} parameters; expected fewer"
    )]
    TooLarge {
        /// The widths from inputs to outputs.
        widths: Vec<usize>,
    },
    /// Labels are text, but the loss needs numbers.
    #[error("loss: mse is for numbers, but labels are text like `{name}`; expected {expected}")]
    NotNumbers {
        /// One of the labels.
        name: String,
        /// The losses that fit the number of classes.
        expected: &'static str,
    },
    /// A label is not a class index.
    #[error("loss: {loss} is for classes, but a label is {number}; expected whole numbers from 0 to {}, or mse", max - 1)]
    NotAClass {
        /// The loss.
        loss: &'static str,
        /// The label.
        number: f64,
        /// The maximum number of classes.
        max: usize,
    },
    /// Too many classes for one logit.
    #[error(
        "loss: bce is for the classes 0 and 1, but the labels have {count} classes; expected ce"
    )]
    NotTwoClasses {
        /// The number of classes.
        count: usize,
    },
    /// Several targets for each sample.
    #[error(
        "loss: {loss} is for one class for each sample, but there are {width} targets; expected mse"
    )]
    ManyTargets {
        /// The loss.
        loss: &'static str,
        /// The number of targets.
        width: usize,
    },
    /// Batch normalisation statistics of other widths.
    #[error(
        "batch normalisation: the statistics have {given:?} features (means, variances); expected {expected:?}"
    )]
    WrongBatchNormStats {
        /// The numbers of means and variances of each.
        given: Vec<[usize; 2]>,
        /// The number of features of each batch normalisation.
        expected: Vec<usize>,
    },
    /// Batch normalisation with a single sample, whose variance is 0.
    #[error(
        "norm: batch normalisation needs at least two samples, but there is one to train on; expected more data, or norm=layer or none"
    )]
    OneSample,
    /// Batch normalisation with a batch of one sample, whose variance is 0.
    #[error(
        "batch: {batch} of {samples} samples at a time leave a batch of one sample, which batch normalisation cannot normalise (PyTorch refuses it too); expected a size that leaves none, like {expected}, or norm=layer or none"
    )]
    BatchOfOne {
        /// The batch size.
        batch: usize,
        /// The number of samples.
        samples: usize,
        /// The nearest batch size that leaves no single sample.
        expected: usize,
    },
    /// Data of other widths than the network's.
    #[error("the data have {} inputs and {} outputs; expected {} and {}, as the network has", widths[0], widths[1], expected[0], expected[1])]
    OtherData {
        /// The numbers of inputs and outputs of the data.
        widths: [usize; 2],
        /// The numbers of inputs and outputs of the network.
        expected: [usize; 2],
    },
}

#[cfg(test)]
mod tests;
