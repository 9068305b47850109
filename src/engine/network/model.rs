//! A network on a data set: its structure, data and scratch buffers.

use super::data::Data;
use super::forward_backward::{Order, Shape};
use super::gemm::padded_len;
use super::init::Initializer;
use super::layout::Layout;
use super::loss::{Loss, Target};
use super::norm::{BatchNormStats, Norm};
use super::padding::pad;
use super::targets::LossTargets;
use super::workspace::Workspaces;
use super::{AnyNetwork, NetworkError};

/// Loss of a network on a data set: the mean over the samples plus λ/2 ‖θ‖².
///
/// Everything is exact: gradients by backpropagation, Hessian-vector products by the R-operator. Samples are taken in blocks of fixed
/// size and summed in a fixed order, so that bits do not depend on the number of threads. With batch normalisation all samples are one
/// block, because each depends on all: the loss is that of full-batch training, unless the statistics are [given](Self::eval_mode).
pub struct NetworkLoss {
    pub(crate) shape: Shape,
    pub(crate) loss: Loss,
    pub(crate) l2: f64,
    initializer: Initializer,
    pub(crate) samples: usize,
    /// Padded rows.
    pub(super) inputs: Vec<f64>,
    targets: LossTargets,
    pub(crate) batch_norm_stats: Option<Vec<BatchNormStats>>,
    /// Scratch buffers.
    pub(super) workspaces: Workspaces,
    pub(super) precision: Precision,
}

/// Floating-point type in which surfaces are computed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Precision {
    /// f64: losses agree with [`Objective::value`](crate::engine::objective::Objective::value) to 1e-12.
    #[default]
    Double,
    /// f32: about twice as fast, to 1e-5.
    Single,
}

impl NetworkLoss {
    /// Creates the loss of a network on data. Refuses data that do not fit the loss function, and networks of more than
    /// [`MAX_PARAMETERS`](super::MAX_PARAMETERS).
    pub fn new(network: &AnyNetwork, data: &Data) -> Result<Self, NetworkError> {
        let network = network.as_dyn();
        let loss = network.loss();
        let (outputs, targets) = LossTargets::new(loss, data)?;
        let shape = network.architecture().shape(data.width(), outputs)?;
        let (l2, initializer) = (network.l2(), network.initializer());
        Ok(Self::from_parts(
            shape,
            loss,
            l2,
            initializer,
            data,
            targets,
        ))
    }

    /// Returns the loss of this network on other data, for example a test set, which may lack classes. Refuses data of other widths.
    pub fn with_data(&self, data: &Data) -> Result<Self, NetworkError> {
        let (outputs, targets) = LossTargets::new(self.loss, data)?;
        let widths = [data.width(), outputs];
        let expected = [self.shape.widths[0], self.shape.outputs()];
        let fewer = self.loss == Loss::Ce && outputs < expected[1];
        if widths[0] != expected[0] || widths[1] != expected[1] && !fewer {
            return Err(NetworkError::OtherData { widths, expected });
        }
        let shape = self.shape.clone();
        let other = Self::from_parts(shape, self.loss, self.l2, self.initializer, data, targets);
        Ok(Self {
            batch_norm_stats: self.batch_norm_stats.clone(),
            precision: self.precision,
            ..other
        })
    }

    fn from_parts(
        shape: Shape,
        loss: Loss,
        l2: f64,
        initializer: Initializer,
        data: &Data,
        targets: LossTargets,
    ) -> Self {
        let mut inputs = vec![0.0; data.samples() * padded_len(data.width())];
        pad(data.inputs(), data.width(), &mut inputs);
        Self {
            shape,
            loss,
            l2,
            initializer,
            samples: data.samples(),
            inputs,
            targets,
            batch_norm_stats: None,
            precision: Precision::Double,
            workspaces: Workspaces::default(),
        }
    }

    /// Returns this loss in evaluation mode: batch normalisations use these statistics, one for each, instead of those of the samples.
    /// Refuses statistics of other widths.
    pub fn eval_mode(self, stats: Vec<BatchNormStats>) -> Result<Self, NetworkError> {
        let norms = match self.shape.norm {
            Norm::Batch => self.shape.layout.norms(),
            Norm::None | Norm::Layer => 0,
        };
        let expected = &self.shape.widths[1..=norms];
        let both = |stats: &BatchNormStats| [stats.mean.len(), stats.variance.len()];
        let given: Vec<_> = stats.iter().map(both).collect();
        if !given
            .iter()
            .copied()
            .eq(expected.iter().map(|width| [*width; 2]))
        {
            let expected = expected.to_vec();
            return Err(NetworkError::WrongBatchNormStats { given, expected });
        }
        Ok(Self {
            batch_norm_stats: (norms > 0).then_some(stats),
            ..self
        })
    }

    /// Returns this loss with surfaces computed in `precision`. All else is f64.
    pub fn with_surfaces_in(self, precision: Precision) -> Self {
        Self { precision, ..self }
    }

    /// Returns the layout of θ.
    pub fn layout(&self) -> &Layout {
        &self.shape.layout
    }

    /// Returns the widths of inputs, hidden layers and outputs.
    pub fn widths(&self) -> &[usize] {
        &self.shape.widths
    }

    /// Returns the loss function.
    pub fn loss(&self) -> Loss {
        self.loss
    }

    /// Returns λ of the L2 penalty λ/2 ‖θ‖².
    pub fn l2(&self) -> f64 {
        self.l2
    }

    /// Whether each sample's loss depends on all samples, through the statistics of batch normalisations.
    pub fn is_coupled(&self) -> bool {
        self.shape.norm == Norm::Batch && self.batch_norm_stats.is_none()
    }

    /// Refuses batch sizes with which batch normalisation would meet a batch of one sample, in every batch or in the last one of an
    /// epoch; `None` is the full batch. The variance of one sample is 0, so that outputs would not depend on inputs.
    pub fn check_batch(&self, batch: Option<usize>) -> Result<(), NetworkError> {
        let samples = self.samples;
        let single = |size: usize| size == 1 || samples % size == 1;
        if !self.is_coupled() {
            return Ok(());
        }
        if samples < 2 {
            return Err(NetworkError::OneSample);
        }
        let batch = batch.map_or(samples, |batch| batch.clamp(1, samples));
        if !single(batch) {
            return Ok(());
        }
        let sizes = (2..=samples).filter(|size| !single(*size));
        let expected = sizes.min_by_key(|size| size.abs_diff(batch));
        Err(NetworkError::BatchOfOne {
            batch,
            samples,
            expected: expected.unwrap_or(samples),
        })
    }

    /// Returns initial parameters θ.
    pub fn init_params(&self, seed: u64) -> Vec<f64> {
        self.initializer.init_params(&self.shape.layout, seed)
    }

    /// Returns the statistics of the batch normalisations at `theta` over all data; empty for networks without batch normalisation.
    pub fn batch_norm_stats(&self, theta: &[f64]) -> Vec<BatchNormStats> {
        if self.shape.norm != Norm::Batch {
            return Vec::new();
        }
        self.batch_norm_stats.clone().unwrap_or_else(|| {
            let mut workspace = self.workspace();
            let (block, weights) = (&mut workspace.block, self.weights(theta));
            block.forward(&self.shape, &weights, &self.inputs, Order::Value, None);
            block.batch_norm_stats()
        })
    }

    /// Returns the target of a sample.
    pub(crate) fn target(&self, sample: usize) -> Target<'_> {
        self.targets.get(sample, self.shape.outputs())
    }
}
