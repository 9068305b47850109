//! Wrappers of optimizers: a wrapper transforms the gradients that an optimizer sees, or changes its steps.
//!
//! In a spec wrappers follow their optimizer, the innermost first: `sgd:lr=0.01+sam:rho=0.05+lookahead:k=5` is SGD with the
//! gradients of SAM, wrapped by Lookahead.

mod accumulate;
mod asam;
mod cautious;
mod centralize;
mod clip_norm;
mod clip_value;
mod ema;
mod forget_zero_grad;
mod lookahead;
mod noise;
mod polyak_step;
mod sam;
mod weight_decay;

use crate::engine::declare::{Settings, family};
use crate::engine::objective::{GradientTransform, Tensor, Upstream};
use crate::engine::optimizer::AnyRule;
use std::ops::Range;

family! {
    /// Any wrapper.
    pub enum AnyWrapper: Wrapper = "wrapper" {
        sam::Sam,
        asam::Asam,
        lookahead::Lookahead,
        cautious::Cautious,
        clip_norm::ClipNorm,
        clip_value::ClipValue,
        ema::Ema,
        centralize::Centralize,
        polyak_step::PolyakStep,
        weight_decay::WeightDecay,
        noise::Noise,
        accumulate::Accumulate,
        forget_zero_grad::ForgetZeroGrad,
    }
}

/// Tensors of the parameters of a run, with their shapes; the parameters of a test function are one vector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blocks {
    dim: usize,
    tensors: Vec<(Range<usize>, Vec<usize>)>,
}

impl Blocks {
    /// Returns the blocks of `dim` parameters: `tensors` in order, or one vector if there are none.
    pub fn new(dim: usize, tensors: &[Tensor]) -> Self {
        let own = tensors.iter();
        let mut tensors: Vec<_> = own
            .map(|tensor| (tensor.range.clone(), tensor.shape.clone()))
            .collect();
        if tensors.is_empty() {
            tensors.push((0..dim, vec![dim]));
        }
        Self { dim, tensors }
    }

    /// Returns the range of parameters of each tensor.
    fn ranges(&self) -> impl Iterator<Item = Range<usize>> {
        self.tensors.iter().map(|(range, _)| range.clone())
    }

    /// Returns the range of the incoming weights of each neuron: a row of a matrix, or all parameters of a test function.
    fn neurons(&self) -> impl Iterator<Item = Range<usize>> {
        let rows = self.tensors.iter().map(|(range, shape)| match shape[..] {
            [_, columns] => (range.clone(), columns),
            [all] if all == self.dim => (range.clone(), all),
            _ => (0..0, 1),
        });
        rows.flat_map(|(range, width)| {
            let starts = range.step_by(width.max(1));
            starts.map(move |start| start..start + width)
        })
    }
}

/// Settings of a wrapper, which either transforms gradients or wraps an update rule.
pub trait Wrapper: Settings {
    /// Returns the transformation of the gradients that the optimizer sees, if the wrapper transforms gradients.
    fn gradient_transform(&self, blocks: &Blocks) -> Option<Box<dyn GradientTransform>> {
        let _ = blocks;
        None
    }

    /// Returns `rule` wrapped, or `rule` itself if the wrapper does not change steps.
    fn wrap_rule<'a>(&'a self, rule: AnyRule<'a>, blocks: &Blocks) -> AnyRule<'a> {
        let _ = blocks;
        rule
    }

    /// Returns the lines that the wrapper adds to the formulas of a step, in the form of
    /// [`Optimizer::update_lines`](crate::engine::optimizer::Optimizer::update_lines).
    fn update_lines(&self) -> Vec<&'static str>;

    /// Whether the wrapper keeps an average of the iterates.
    fn keeps_average(&self) -> bool {
        false
    }

    /// Returns the text that the wrapper adds to the run's name in legends.
    fn display_name(&self) -> &'static str {
        self.title()
    }
}

/// Returns a gradient transformation that applies `change(gradient, theta)` to each gradient and evaluates no others.
fn transform_fn(
    change: impl FnMut(&mut [f64], &[f64]) + Send + 'static,
) -> Box<dyn GradientTransform> {
    Box::new(TransformFn(change))
}

struct TransformFn<F>(F);

impl<F: FnMut(&mut [f64], &[f64]) + Send> GradientTransform for TransformFn<F> {
    fn gradient(&mut self, upstream: &mut Upstream, theta: &[f64], gradient: &mut [f64]) -> f64 {
        let loss = upstream.gradient(theta, gradient);
        (self.0)(gradient, theta);
        loss
    }
}

#[cfg(test)]
mod tests;
