//! Small networks as objectives: dense layers, exact derivatives, data.
//!
//! A spec like `mlp:hidden=16/16,activation=tanh,loss=bce` names a network ([`AnyNetwork`]), one like `moons:noise=0.2` the data
//! ([`data::AnyDataset`]). Both together are a [`NetworkLoss`], an [`Objective`](crate::engine::objective::Objective) over θ ∈ ℝⁿ: its
//! [`Layout`] says where each tensor stands in θ.
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
//! let theta = loss.initial(0);
//! assert!((loss.value(&theta) - 0.7).abs() < 0.2);
//! assert_eq!(loss.layout().tensors()[0].name, "layers.0.weight");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub(in crate::engine) mod activation;
mod aligned;
mod blocks;
pub mod data;
mod exact_trace;
mod float;
pub(in crate::engine) mod forward_backward;
pub(in crate::engine) mod gemm;
mod gemm_narrow;
mod hvp;
mod init;
mod layout;
pub(in crate::engine) mod loss;
mod metrics;
mod mlp;
pub(in crate::engine) mod norm;
pub(in crate::engine) mod objective;
mod padding;
mod plane_restriction;
pub(in crate::engine) mod reduce;
mod rescale;
mod slice;
mod tangent;
mod targets;
mod training_task;
pub(in crate::engine) mod weights;
mod workspace;

use crate::engine::declare::{Settings, family};
use forward_backward::Shape;

pub use activation::Activation;
pub use init::{Init, Initializer};
pub use layout::Layout;
pub use loss::{Loss, Prediction};
pub use metrics::Metrics;
pub use norm::{BatchNormStats, Norm};
pub use objective::{NetworkLoss, Precision};
pub use plane_restriction::PlaneRestriction;
pub use rescale::RescaleError;
pub use training_task::TrainingTask;

/// The most parameters that a network may have.
pub const MAX_PARAMETERS: usize = 10_000_000;

/// The most classes that numbers may stand for.
pub const MAX_CLASSES: usize = 1_000;

family! {
    /// Any network.
    pub enum AnyNetwork: Network = "network" {
        mlp::Mlp,
    }
}

/// A network's settings.
pub trait Network: Settings {
    /// What it is made of between its inputs and its outputs.
    fn architecture(&self) -> Architecture;

    /// The loss of one sample.
    fn loss(&self) -> Loss;

    /// λ: λ/2 ‖θ‖² is added to the loss.
    fn l2(&self) -> f64;

    /// How θ begins.
    fn initializer(&self) -> Initializer;
}

/// Dense layers one after the other, without the widths that the data give.
#[derive(Clone, Debug, PartialEq)]
pub struct Architecture {
    /// The widths of the hidden layers.
    pub hidden: Vec<u64>,
    /// What follows each hidden layer.
    pub activation: Activation,
    /// What stands between a hidden layer and its activation.
    pub norm: Norm,
    /// Whether a connection goes around each hidden layer that is as wide as its input.
    pub residual: bool,
    /// Whether layers have biases.
    pub bias: bool,
}

impl Architecture {
    /// With so many inputs and outputs.
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

/// Why a network cannot be had, or not on these data.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum NetworkError {
    /// There is nothing to learn from.
    #[error("the data have no samples or no inputs; expected at least one of each")]
    NoData,
    /// Too many parameters.
    #[error(
        "hidden: a network through the widths {widths:?} has more than {MAX_PARAMETERS} parameters; expected fewer"
    )]
    TooLarge {
        /// The widths from inputs to outputs.
        widths: Vec<usize>,
    },
    /// Text where numbers are needed.
    #[error("loss: mse is for numbers, but labels are text like `{name}`; expected bce or ce")]
    NotNumbers {
        /// One of the labels.
        name: String,
    },
    /// Numbers that are no classes.
    #[error("loss: {loss} is for classes, but a label is {number}; expected whole numbers from 0 to {}, or mse", most - 1)]
    NotAClass {
        /// The loss.
        loss: &'static str,
        /// The label.
        number: f64,
        /// How many classes there can be.
        most: usize,
    },
    /// Too many classes for one logit.
    #[error(
        "loss: bce is for the classes 0 and 1, but the labels have {count} classes; expected ce"
    )]
    NotTwoClasses {
        /// How many classes there are.
        count: usize,
    },
    /// Several targets for each sample.
    #[error(
        "loss: {loss} is for one class for each sample, but there are {width} targets; expected mse"
    )]
    ManyTargets {
        /// The loss.
        loss: &'static str,
        /// How many targets there are.
        width: usize,
    },
    /// Moments for other normalisations.
    #[error(
        "the moments are for {given:?} features (means, variances); expected as many as batch normalisations have, {expected:?}"
    )]
    WrongBatchNormStats {
        /// How many means and variances each has.
        given: Vec<[usize; 2]>,
        /// How many features each batch normalisation has.
        expected: Vec<usize>,
    },
    /// One sample, whose variance is 0.
    #[error(
        "norm: batch normalisation needs at least two samples, but there is one to train on; expected more data, or norm=layer or none"
    )]
    OneSample,
    /// A batch of one sample, whose variance is 0.
    #[error(
        "batch: {batch} of {samples} samples at a time leave a batch of one sample, which batch normalisation cannot normalise (PyTorch refuses it too); expected a size that leaves none, like {expected}, or norm=layer or none"
    )]
    BatchOfOne {
        /// How many samples a batch has.
        batch: usize,
        /// How many samples there are.
        samples: usize,
        /// A size near it that leaves no single sample.
        expected: usize,
    },
    /// Data that are not like those that a network is for.
    #[error("the data have {} inputs and {} outputs; expected {} and {}, as the network has", widths[0], widths[1], own[0], own[1])]
    OtherData {
        /// Inputs and outputs of the data.
        widths: [usize; 2],
        /// Inputs and outputs of the network.
        own: [usize; 2],
    },
}

#[cfg(test)]
mod tests;
