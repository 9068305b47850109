//! The loss of a network on data, as an objective.

use super::aligned::AlignedVec;
use super::data::Data;
use super::exact_trace;
use super::forward_backward::{Order, Shape};
use super::gemm::padded_len;
use super::init::Initializer;
use super::layout::Layout;
use super::loss::{Loss, Target};
use super::norm::{BatchNormStats, Norm};
use super::padding::pad;
use super::reduce::{CurvatureMatrix, Evaluator, Quantity, SampleReduction};
use super::slice::Slice;
use super::targets::LossTargets;
use super::workspace::Workspaces;
use super::{AnyNetwork, NetworkError};
use crate::engine::objective::plane::Plane;
use crate::engine::objective::{Metric, Objective, Tensor, values_on_rows};
use rayon::prelude::*;
use std::ops::Range;

/// The mean loss of a network over the samples of some data, and λ/2 ‖θ‖².
///
/// Everything is exact: gradients by backpropagation, products with the Hessian by the R-operator. Samples are taken in blocks of
/// fixed size and summed in a fixed order, so that bits do not depend on the number of threads. With batch normalisation all samples are
/// one block, because each depends on all: the loss is that of training on all of them at once, unless the moments are
/// [given](Self::eval_mode).
pub struct NetworkLoss {
    pub(in crate::engine) shape: Shape,
    pub(in crate::engine) loss: Loss,
    pub(in crate::engine) l2: f64,
    fill: Initializer,
    pub(in crate::engine) samples: usize,
    /// Padded rows.
    pub(in crate::engine) inputs: AlignedVec,
    goals: LossTargets,
    pub(in crate::engine) batch_norm_stats: Option<Vec<BatchNormStats>>,
    /// Where it computes: one for each thread that asks at a time.
    pub(in crate::engine) workspaces: Workspaces,
    precision: Precision,
}

/// The numbers that a surface is computed in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Precision {
    /// f64: losses agree with [`Objective::value`] to 1e-12.
    #[default]
    Double,
    /// f32: about twice as fast, to 1e-5.
    Single,
}

impl NetworkLoss {
    /// A network on data. Data that do not fit the network's loss are refused, as are networks of more than
    /// [`MAX_PARAMETERS`](super::MAX_PARAMETERS).
    pub fn new(network: &AnyNetwork, data: &Data) -> Result<Self, NetworkError> {
        let network = network.as_dyn();
        let loss = network.loss();
        let (outputs, goals) = LossTargets::new(loss, data)?;
        let shape = network.architecture().shape(data.width(), outputs)?;
        let (l2, fill) = (network.l2(), network.initializer());
        Ok(Self::of(shape, loss, l2, fill, data, goals))
    }

    /// The same network on other data, a test set for one, of which there may be fewer classes. Data of another kind are refused.
    pub fn with_data(&self, data: &Data) -> Result<Self, NetworkError> {
        let (outputs, goals) = LossTargets::new(self.loss, data)?;
        let widths = [data.width(), outputs];
        let own = [self.shape.widths[0], self.shape.outputs()];
        let fewer = self.loss == Loss::Ce && outputs < own[1];
        if widths[0] != own[0] || widths[1] != own[1] && !fewer {
            return Err(NetworkError::OtherData { widths, own });
        }
        let (shape, moments) = (self.shape.clone(), self.batch_norm_stats.clone());
        let same = Self::of(shape, self.loss, self.l2, self.fill, data, goals);
        let precision = self.precision;
        Ok(Self {
            batch_norm_stats: moments,
            precision,
            ..same
        })
    }

    fn of(
        shape: Shape,
        loss: Loss,
        l2: f64,
        fill: Initializer,
        data: &Data,
        goals: LossTargets,
    ) -> Self {
        let mut inputs = AlignedVec::zeros(data.samples() * padded_len(data.width()));
        pad(data.inputs(), data.width(), &mut inputs);
        Self {
            shape,
            loss,
            l2,
            fill,
            samples: data.samples(),
            inputs,
            goals,
            batch_norm_stats: None,
            precision: Precision::Double,
            workspaces: Workspaces::default(),
        }
    }

    /// The same in evaluation mode: batch normalisations take these moments, one for each, instead of those of the samples. Moments
    /// that are not as many as they have features are refused.
    pub fn eval_mode(self, moments: Vec<BatchNormStats>) -> Result<Self, NetworkError> {
        let norms = match self.shape.norm {
            Norm::Batch => self.shape.layout.norms(),
            Norm::None | Norm::Layer => 0,
        };
        let expected = &self.shape.widths[1..=norms];
        let both = |moments: &BatchNormStats| [moments.mean.len(), moments.variance.len()];
        let given: Vec<_> = moments.iter().map(both).collect();
        if !given
            .iter()
            .copied()
            .eq(expected.iter().map(|width| [*width; 2]))
        {
            let expected = expected.to_vec();
            return Err(NetworkError::WrongBatchNormStats { given, expected });
        }
        Ok(Self {
            batch_norm_stats: (norms > 0).then_some(moments),
            ..self
        })
    }

    /// The same with surfaces in numbers of this precision. All else is f64.
    pub fn with_surfaces_in(self, precision: Precision) -> Self {
        Self { precision, ..self }
    }

    /// Where each tensor stands in θ.
    pub fn layout(&self) -> &Layout {
        &self.shape.layout
    }

    /// The widths of inputs, hidden layers and outputs.
    pub fn widths(&self) -> &[usize] {
        &self.shape.widths
    }

    /// The loss of one sample.
    pub fn loss(&self) -> Loss {
        self.loss
    }

    /// λ: λ/2 ‖θ‖² is added to the mean over the samples.
    pub fn l2(&self) -> f64 {
        self.l2
    }

    /// Whether each sample's loss depends on all samples, whose moments batch normalisations take.
    pub fn is_coupled(&self) -> bool {
        self.shape.norm == Norm::Batch && self.batch_norm_stats.is_none()
    }

    /// Refuses mini-batches of `batch` samples, or of all, where batch normalisation would meet a single sample: in every batch, or in the
    /// last one of an epoch. Its variance is 0, so that what it says does not depend on its inputs.
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

    /// θ at the beginning, by the network's initialiser.
    pub fn init_params(&self, seed: u64) -> Vec<f64> {
        self.fill.init_params(&self.shape.layout, seed)
    }

    /// The moments that batch normalisations have at `theta` over all of the data; empty where there are none.
    pub fn batch_norm_stats(&self, theta: &[f64]) -> Vec<BatchNormStats> {
        if self.shape.norm != Norm::Batch {
            return Vec::new();
        }
        self.batch_norm_stats.clone().unwrap_or_else(|| {
            let mut room = self.workspace();
            let (block, weights) = (&mut room.block, self.weights(theta));
            block.forward(&self.shape, &weights, &self.inputs, Order::Value, None);
            block.batch_norm_stats()
        })
    }

    /// The Gauss-Newton matrix at `theta` times `vector`, n numbers: the mean of Jᵀ H J, where J is the Jacobian of a sample's
    /// outputs and H the Hessian of its loss by them, and λ. For bce and ce it is the Fisher information (Martens 2020); for mse that of
    /// a normal distribution, but for a factor.
    pub fn gauss_newton_vector(&self, theta: &[f64], vector: &[f64], product: &mut [f64]) {
        self.multiply(CurvatureMatrix::GaussNewton, theta, vector, product);
        add_scaled(product, self.l2, vector);
    }

    /// The empirical Fisher matrix at `theta` times `vector`, n numbers: the mean of g gᵀ, where g is the gradient of a sample's
    /// loss, without λ. With batch normalisation g is Jᵀ d, where d is the derivative of the sample's loss by its own outputs.
    pub fn empirical_fisher_vector(&self, theta: &[f64], vector: &[f64], product: &mut [f64]) {
        self.multiply(CurvatureMatrix::EmpiricalFisher, theta, vector, product);
    }

    fn multiply(
        &self,
        matrix: CurvatureMatrix,
        theta: &[f64],
        vector: &[f64],
        product: &mut [f64],
    ) {
        let direction = self.weights(vector);
        let want = Quantity::Product(matrix, &direction);
        self.sum(theta, None, want, Some(product));
    }

    pub(in crate::engine) fn target(&self, sample: usize) -> Target<'_> {
        self.goals.of(sample, self.shape.outputs())
    }

    /// The mean loss over all samples or those of a batch; the mean of what is wanted goes to `mean`.
    fn sum(
        &self,
        theta: &[f64],
        batch: Option<&[usize]>,
        want: Quantity,
        mean: Option<&mut [f64]>,
    ) -> f64 {
        let (net, weights) = (self, &*self.weights(theta));
        let way = Evaluator {
            net,
            weights,
            batch,
        };
        SampleReduction { way, want }.mean(mean)
    }

    /// The loss, and its gradient if it is wanted.
    fn loss_and_gradient(
        &self,
        theta: &[f64],
        batch: Option<&[usize]>,
        gradient: Option<&mut [f64]>,
    ) -> f64 {
        let loss = if let Some(gradient) = gradient {
            let loss = self.sum(theta, batch, Quantity::Gradient, Some(gradient));
            add_scaled(gradient, self.l2, theta);
            loss
        } else {
            self.sum(theta, batch, Quantity::Value, None)
        };
        let squares = || theta.iter().map(|theta| theta * theta).sum::<f64>();
        if self.l2 == 0.0 {
            loss
        } else {
            loss + 0.5 * self.l2 * squares()
        }
    }
}

impl Objective for NetworkLoss {
    fn dim(&self) -> usize {
        self.shape.layout.dim()
    }

    fn samples(&self) -> usize {
        self.samples
    }

    fn value(&self, theta: &[f64]) -> f64 {
        self.loss_and_gradient(theta, None, None)
    }

    fn gradient(&self, theta: &[f64], gradient: &mut [f64]) -> f64 {
        self.loss_and_gradient(theta, None, Some(gradient))
    }

    fn batch_gradient(&self, theta: &[f64], batch: &[usize], gradient: &mut [f64]) -> f64 {
        self.loss_and_gradient(theta, Some(batch), Some(gradient))
    }

    fn hessian(&self, theta: &[f64], hessian: &mut [f64]) {
        let n = self.dim();
        let rows = hessian.par_chunks_exact_mut(n).enumerate();
        rows.for_each_init(
            || vec![0.0; n],
            |unit, (k, row)| {
                unit[k] = 1.0;
                self.hessian_vector(theta, unit, row);
                unit[k] = 0.0;
            },
        );
        for i in 0..n {
            for j in 0..i {
                let mean = 0.5 * (hessian[i * n + j] + hessian[j * n + i]);
                hessian[i * n + j] = mean;
                hessian[j * n + i] = mean;
            }
        }
    }

    fn hessian_vector(&self, theta: &[f64], vector: &[f64], product: &mut [f64]) {
        self.multiply(CurvatureMatrix::Hessian, theta, vector, product);
        add_scaled(product, self.l2, vector);
    }

    fn metric_vector(
        &self,
        metric: Metric,
        theta: &[f64],
        vector: &[f64],
        product: &mut [f64],
    ) -> bool {
        match metric {
            Metric::GaussNewton => self.gauss_newton_vector(theta, vector, product),
            Metric::EmpiricalFisher => self.empirical_fisher_vector(theta, vector, product),
        }
        true
    }

    fn block_traces(&self, metric: Option<Metric>, theta: &[f64]) -> Option<Vec<f64>> {
        exact_trace::exact_traces(self, CurvatureMatrix::of(metric), theta)
    }

    /// A point's bits do not depend on which others are asked for with it.
    fn rows(&self, plane: &Plane, a: &[f64], b: &[f64], losses: &mut [f64], theta: &mut [f64]) {
        let slice = Slice {
            shape: &self.shape,
            loss: self.loss,
            l2: self.l2,
            inputs: &self.inputs,
            samples: self.samples,
            target: |sample| self.target(sample),
        };
        match self.precision {
            _ if self.shape.norm != Norm::None => values_on_rows(self, plane, a, b, losses, theta),
            Precision::Double => slice.rows::<f64>(plane, a, b, losses),
            Precision::Single => slice.rows::<f32>(plane, a, b, losses),
        }
    }

    fn tensors(&self) -> &[Tensor] {
        self.shape.layout.tensors()
    }

    fn group(&self, name: &str) -> Option<Range<usize>> {
        self.shape.layout.group(name)
    }
}

pub(in crate::engine) fn add_scaled(to: &mut [f64], factor: f64, from: &[f64]) {
    if factor != 0.0 {
        to.iter_mut()
            .zip(from)
            .for_each(|(to, from)| *to += factor * from);
    }
}
