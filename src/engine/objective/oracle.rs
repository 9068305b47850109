//! Oracle: the access of an optimizer to an objective.

use super::batches::Batches;
use super::{Metric, Objective, norm};
use crate::engine::cancel::Cancel;
use crate::engine::numeric::random::{self, Purpose};
use crate::engine::numeric::real;
use crate::engine::objective::state::StateVisitor;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

/// Evaluation counts of a run. L-BFGS's line search takes many gradients a step, and each counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EvalCounts {
    /// Values without gradients.
    pub values: u64,
    /// Gradients, each with its value.
    pub gradients: u64,
    /// Products of a vector with the Hessian or another curvature matrix.
    pub hessian_vectors: u64,
    /// Whole Hessians.
    pub hessians: u64,
}

impl EvalCounts {
    /// Whether all evaluations were gradients.
    pub fn only_gradients(&self) -> bool {
        self.values + self.hessian_vectors + self.hessians == 0
    }

    /// Returns the cost of all evaluations in gradients, on a network of n = `dim` parameters.
    ///
    /// A value is a third of a gradient, because a backward pass takes as long as two forward passes; a Hessian times a vector is
    /// two gradients (Pearlmutter 1994); a Hessian is n of those.
    pub fn gradient_equivalents(&self, dim: usize) -> f64 {
        let hessians = real(self.hessians) * real(dim);
        real(self.values) / 3.0
            + real(self.gradients)
            + 2.0 * (real(self.hessian_vectors) + hessians)
    }
}

/// Mini-batches, noise and clipping that every gradient of a run goes through.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct GradientSettings {
    /// Seed of mini-batches and noise.
    pub seed: u64,
    /// Standard deviation of the Gaussian noise on every component.
    pub noise: f64,
    /// Samples in a mini-batch; `None` is all of them.
    pub batch: Option<usize>,
    /// Largest norm, as `torch.nn.utils.clip_grad_norm_` has it.
    pub clip_norm: Option<f64>,
    /// Largest magnitude of a component, as `torch.nn.utils.clip_grad_value_` has it.
    pub clip_value: Option<f64>,
}

impl GradientSettings {
    /// Whether gradients of an objective with `samples` samples stay unchanged: no mini-batches, no noise, no clipping.
    pub fn is_identity(&self, samples: usize) -> bool {
        let clipped = self.clip_norm.is_some() || self.clip_value.is_some();
        self.batch.is_none_or(|size| size >= samples) && self.noise == 0.0 && !clipped
    }
}

/// A gradient transformation, applied between the objective and an optimizer.
pub trait GradientTransform: Send {
    /// Returns the loss at `theta` and writes the transformed gradient to `gradient`, n numbers, computed from those of `upstream`.
    fn gradient(&mut self, upstream: &mut Upstream, theta: &[f64], gradient: &mut [f64]) -> f64;

    /// Visits the state of the transformation.
    fn visit_state(&self, visitor: &mut StateVisitor) {
        let _ = visitor;
    }
}

/// Source of the gradients of a [`GradientTransform`]: the transforms between it and the objective, and the objective.
pub struct Upstream<'s, 'a> {
    oracle: &'s mut Oracle<'a>,
    transforms: &'s mut [Box<dyn GradientTransform>],
}

impl Upstream<'_, '_> {
    /// Returns the loss at `theta` and writes its gradient to `gradient`, n numbers.
    pub fn gradient(&mut self, theta: &[f64], gradient: &mut [f64]) -> f64 {
        if let Some((transform, transforms)) = self.transforms.split_first_mut() {
            let oracle = &mut *self.oracle;
            return transform.gradient(&mut Upstream { oracle, transforms }, theta, gradient);
        }
        let loss = self.oracle.objective_gradient(theta);
        gradient.copy_from_slice(&self.oracle.gradient);
        loss
    }

    /// Draws the next mini-batch and the next noise within the same step.
    pub fn next_batch(&mut self) {
        self.oracle.cached &= self.oracle.batches.is_none();
        self.oracle.sample_step();
    }
}

/// Counted, seeded access of an optimizer to an [`Objective`], with the step's mini-batch, noise and clipping applied. Evaluations
/// are counted here only.
pub struct Oracle<'a> {
    objective: &'a dyn Objective,
    gradient_settings: GradientSettings,
    cancel: &'a Cancel,
    counts: EvalCounts,
    batches: Option<Batches>,
    noise_stream: ChaCha8Rng,
    noise: Vec<f64>,
    /// Point of the last evaluation, with the loss and the gradient there.
    theta: Vec<f64>,
    loss: f64,
    gradient: Vec<f64>,
    /// Whether loss and gradient are those of the current step at `theta`, before noise and clipping.
    cached: bool,
    /// Gradient transformations, the nearest to the optimizer first.
    transforms: Vec<Box<dyn GradientTransform>>,
    /// Result of [`Oracle::peek`]: point, loss and gradient; and whether it has not been used yet.
    peek_result: Option<(Vec<f64>, f64, Vec<f64>)>,
    peeked: bool,
    /// Buffer of a transformed gradient.
    buffer: Option<Vec<f64>>,
    /// Norm of the gradient over all parameters, where this oracle is of a group of them.
    full_norm: Option<f64>,
}

impl<'a> Oracle<'a> {
    /// Creates an oracle without evaluations. `zeros` holds n zeros.
    pub fn new(
        objective: &'a dyn Objective,
        gradient_settings: GradientSettings,
        zeros: Vec<f64>,
        cancel: &'a Cancel,
    ) -> Self {
        let samples = objective.samples();
        let batches = gradient_settings
            .batch
            .filter(|&size| size < samples)
            .map(|size| Batches::new(samples, size, gradient_settings.seed));
        Self {
            objective,
            gradient_settings,
            cancel,
            counts: EvalCounts::default(),
            batches,
            noise_stream: random::stream(gradient_settings.seed, Purpose::GradientNoise, 0),
            noise: zeros.clone(),
            theta: zeros.clone(),
            loss: 0.0,
            gradient: zeros,
            cached: false,
            transforms: Vec::new(),
            peek_result: None,
            peeked: false,
            full_norm: None,
            buffer: None,
        }
    }

    /// Adds gradient transformations, the first of which is the nearest to the optimizer.
    pub fn with_transforms(mut self, transforms: Vec<Box<dyn GradientTransform>>) -> Self {
        self.transforms = transforms;
        self
    }

    /// Begins a step at `theta`: draws its mini-batch and its noise, which stay fixed for all evaluations of the step.
    /// Returns the true loss and gradient at `theta`, of all the data; they are for the record and not counted.
    pub fn begin_step(&mut self, theta: &[f64]) -> (f64, &[f64]) {
        self.loss = self.objective.gradient(theta, &mut self.gradient);
        self.theta.copy_from_slice(theta);
        (self.cached, self.peeked) = (self.batches.is_none(), false);
        self.sample_step();
        (self.loss, &self.gradient)
    }

    /// Begins a step without a record: draws its mini-batch and its noise.
    pub fn begin_unrecorded_step(&mut self) {
        (self.cached, self.peeked) = (false, false);
        self.sample_step();
    }

    /// Returns the loss and its gradient at `theta` as this step sees them: of its mini-batch, with noise, clipping and transforms.
    /// Counts every gradient of the objective that this takes. The caller may overwrite the gradient; the next call does.
    pub fn gradient(&mut self, theta: &[f64]) -> (f64, &mut [f64]) {
        let loss = self.counted_gradient(theta);
        (loss, &mut self.gradient)
    }

    /// Returns the gradient as its last user left it.
    pub fn last(&self) -> &[f64] {
        &self.gradient
    }

    /// Returns the loss and the gradient at `theta` ahead of a step. The next call of [`Oracle::gradient`] there returns them without
    /// counting them again.
    pub fn peek(&mut self, theta: &[f64]) -> (f64, &[f64]) {
        let (loss, _) = self.gradient(theta);
        let gradient = &self.gradient;
        let peek_result = self
            .peek_result
            .get_or_insert_with(|| (theta.to_vec(), loss, gradient.clone()));
        peek_result.0.copy_from_slice(theta);
        peek_result.1 = loss;
        peek_result.2.copy_from_slice(gradient);
        (self.peeked, self.cached) = (true, false);
        (loss, gradient)
    }

    /// Visits the state of the gradient transformations.
    pub fn visit_state(&self, visitor: &mut StateVisitor) {
        self.transforms
            .iter()
            .for_each(|transform| transform.visit_state(visitor));
    }

    /// Returns the norm of the gradient over all parameters, where this oracle is of a group of them.
    pub fn full_norm(&self) -> Option<f64> {
        self.full_norm
    }

    /// Sets the gradient at `theta` of a group of parameters; `full_norm` is that of the gradient over all parameters.
    pub(in crate::engine) fn set_gradient(
        &mut self,
        theta: &[f64],
        gradient: impl Iterator<Item = f64>,
        full_norm: f64,
    ) {
        self.full_norm = Some(full_norm);
        self.theta.copy_from_slice(theta);
        self.gradient
            .iter_mut()
            .zip(gradient)
            .for_each(|(g, given)| *g = given);
        self.cached = true;
    }

    fn counted_gradient(&mut self, theta: &[f64]) -> f64 {
        let peeked = std::mem::take(&mut self.peeked);
        if let Some((place, loss, gradient)) = self.peek_result.as_ref().filter(|_| peeked)
            && **place == *theta
        {
            self.gradient.copy_from_slice(gradient);
            return *loss;
        }
        if self.transforms.is_empty() {
            return self.objective_gradient(theta);
        }
        let mut transforms = std::mem::take(&mut self.transforms);
        let mut gradient = self.buffer.take().unwrap_or_else(|| self.gradient.clone());
        let mut sight = Upstream {
            oracle: self,
            transforms: &mut transforms,
        };
        let loss = sight.gradient(theta, &mut gradient);
        self.transforms = transforms;
        self.buffer = Some(std::mem::replace(&mut self.gradient, gradient));
        loss
    }

    /// Returns the loss at `theta`; the gradient, before transformations, goes to `self.gradient`.
    fn objective_gradient(&mut self, theta: &[f64]) -> f64 {
        self.counts.gradients += 1;
        if !(self.cached && *self.theta == *theta) {
            self.theta.copy_from_slice(theta);
            self.evaluate();
        }
        self.cached = false;
        self.transform();
        self.loss
    }

    fn sample_step(&mut self) {
        if let Some(batches) = &mut self.batches {
            batches.advance();
        }
        if self.gradient_settings.noise > 0.0 {
            for noise in &mut self.noise {
                let normal: f64 = StandardNormal.sample(&mut self.noise_stream);
                *noise = self.gradient_settings.noise * normal;
            }
        }
    }

    /// Evaluates at `self.theta`. After cancellation the results are NaN, so that a step with many evaluations ends soon.
    fn evaluate(&mut self) {
        if self.cancel.is_cancelled() {
            self.theta.fill(f64::NAN);
        }
        let (objective, gradient) = (self.objective, &mut self.gradient);
        self.loss = match &self.batches {
            Some(batches) => objective.batch_gradient(&self.theta, batches.current(), gradient),
            None => objective.gradient(&self.theta, gradient),
        };
    }

    fn transform(&mut self) {
        let gradient = &mut self.gradient;
        if self.gradient_settings.noise > 0.0 {
            gradient
                .iter_mut()
                .zip(self.noise.iter())
                .for_each(|(g, noise)| *g += noise);
        }
        if let Some(max) = self.gradient_settings.clip_norm {
            clip_norm(gradient, max);
        }
        if let Some(max) = self.gradient_settings.clip_value {
            clip_value(gradient, max);
        }
    }

    /// Returns the loss at `theta` on the step's mini-batch. Counts one value.
    pub fn value(&mut self, theta: &[f64]) -> f64 {
        self.counts.values += 1;
        match &self.batches {
            Some(batches) => {
                let buffer = self.buffer.get_or_insert_with(|| self.gradient.clone());
                let batch = batches.current();
                self.objective.batch_gradient(theta, batch, buffer)
            }
            None => self.objective.value(theta),
        }
    }

    /// Computes the product of the Hessian at `theta` with `vector`, of all the data and without noise. Counts one product.
    pub fn hessian_vector(&mut self, theta: &[f64], vector: &[f64], product: &mut [f64]) {
        self.counts.hessian_vectors += 1;
        self.objective.hessian_vector(theta, vector, product);
    }

    /// Computes the product of a curvature matrix at `theta` with `vector`, of all the data; false if the objective has no such matrix:
    /// [`Objective::metric_vector`]. Counts one product.
    pub fn metric_vector(
        &mut self,
        metric: Metric,
        theta: &[f64],
        vector: &[f64],
        product: &mut [f64],
    ) -> bool {
        self.counts.hessian_vectors += 1;
        self.objective.metric_vector(metric, theta, vector, product)
    }

    /// Computes the Hessian at `theta`, n × n numbers row by row, of all the data and without noise. Counts one Hessian.
    pub fn hessian(&mut self, theta: &[f64], hessian: &mut [f64]) {
        self.counts.hessians += 1;
        self.objective.hessian(theta, hessian);
    }

    /// Returns the evaluations so far.
    pub fn counts(&self) -> EvalCounts {
        self.counts
    }
}

/// Clips the norm of a gradient as `torch.nn.utils.clip_grad_norm_` does, its 1e-6 included.
pub(in crate::engine) fn clip_norm(gradient: &mut [f64], max: f64) {
    let factor = max / (norm(gradient) + 1e-6);
    if factor < 1.0 {
        gradient.iter_mut().for_each(|g| *g *= factor);
    }
}

/// Clips the components of a gradient as `torch.nn.utils.clip_grad_value_` does.
pub(in crate::engine) fn clip_value(gradient: &mut [f64], max: f64) {
    gradient.iter_mut().for_each(|g| *g = g.clamp(-max, max));
}

#[cfg(test)]
mod tests;
