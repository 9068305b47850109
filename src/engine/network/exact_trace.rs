//! Exact traces of the Hessian and of the Gauss–Newton matrix of a network.
//!
//! A layer z = W h + b is linear in its weights, so that the second derivative by a weight is that by its z times h². The trace of each
//! sample's Hessian by the z of each layer is computed by backpropagation: section 3 of Botev, Ritter & Barber 2017, with the mean over the
//! samples taken last. The Hessian by z is stored as a sum of s a aᵀ over a few columns a, plus a diagonal.

use super::forward_backward::{Activations, Shape, multiply_by};
use super::gemm::{Accumulate, MatrixMut, MatrixRef, gemm, padded_len};
use super::loss::{Loss, Target};
use super::model::NetworkLoss;
use super::norm::Norm;
use super::reduce::{CurvatureMatrix, Evaluator};
use super::tangent::BackwardCache;
use super::weights::Weights;
use crate::engine::numeric::real;
use rayon::prelude::*;
use std::ops::Range;

/// Largest cost of an exact trace, in matrix-vector products; a stochastic estimate is cheaper beyond it.
const MAX_PRODUCTS: usize = 100;

/// Returns the trace of each tensor's diagonal block of the Hessian, or of the Gauss–Newton matrix, in the order of the tensors. `None`
/// for the Fisher matrix, for networks with normalisation, where samples or units are coupled, and where it would take too long.
pub(super) fn exact_traces(
    net: &NetworkLoss,
    matrix: CurvatureMatrix,
    theta: &[f64],
) -> Option<Vec<f64>> {
    let shape = &net.shape;
    let known = shape.norm == Norm::None && matrix != CurvatureMatrix::EmpiricalFisher;
    if !known || operations(shape, net.loss, matrix) > MAX_PRODUCTS * 6 * shape.layout.dim() {
        return None;
    }
    let weights = net.weights(theta);
    let sweep = BackwardSweep {
        net,
        matrix,
        theta,
        squared_weights: if shape.hidden() > 1 {
            squared_weights(shape, theta, 1)
        } else {
            Vec::new()
        },
        weights: &weights,
    };
    let places: Vec<Range<usize>> = net.blocks(0..net.samples).collect();
    let parts: Vec<Vec<[f64; 2]>> = places
        .into_par_iter()
        .map(|places| sweep.block(places))
        .collect();
    let mut traces = Vec::new();
    for l in 0..shape.layout.layers() {
        let [weights, biases] = [shape.layout.weight(l), shape.layout.bias(l)];
        for (part, range) in [weights, biases].into_iter().enumerate() {
            if part == 0 || !range.is_empty() {
                let sum: f64 = parts.iter().map(|sums| sums[l][part]).sum();
                traces.push(sum / real(net.samples) + net.l2 * real(range.len()));
            }
        }
    }
    Some(traces)
}

/// Returns about the number of multiplications for each sample.
fn operations(shape: &Shape, loss: Loss, matrix: CurvatureMatrix) -> usize {
    let mut columns = match loss {
        Loss::Ce => shape.outputs() + 1,
        Loss::Mse | Loss::Bce => shape.outputs(),
    };
    let mut sum = 0_usize;
    for l in (1..=shape.hidden()).rev() {
        let pair = shape.widths[l] * shape.widths[l + 1];
        sum = sum.saturating_add(pair.saturating_mul(columns + 1));
        if matrix == CurvatureMatrix::Hessian && l > 1 && shape.activation.has_second_derivative() {
            columns += shape.widths[l];
        }
    }
    sum
}

/// W ∘ W of layer `l`, for the way back, out × in in padded rows.
fn squared_weights(shape: &Shape, theta: &[f64], l: usize) -> Vec<f64> {
    let [width, stride] = [shape.widths[l], shape.stride(l)];
    let rows = theta[shape.layout.weight(l)].chunks_exact(width);
    let mut squares = vec![0.0; shape.widths[l + 1] * stride];
    for (row, to) in rows.zip(squares.chunks_exact_mut(stride)) {
        to.iter_mut().zip(row).for_each(|(to, w)| *to = w * w);
    }
    squares
}

struct BackwardSweep<'a> {
    net: &'a NetworkLoss,
    matrix: CurvatureMatrix,
    theta: &'a [f64],
    weights: &'a Weights,
    /// Squared weights of layer 1, if that is a hidden layer; else empty.
    squared_weights: Vec<f64>,
}

/// Term s a aᵀ for each sample: s, and a as a padded row.
struct FactorColumn {
    share: Vec<f64>,
    rows: Vec<f64>,
}

impl BackwardSweep<'_> {
    /// Returns the sums over some samples of the traces by weights and by biases, for each layer.
    fn block(&self, places: Range<usize>) -> Vec<[f64; 2]> {
        let (net, shape) = (self.net, &self.net.shape);
        let count = places.len();
        let (mut block, mut derivatives) = (
            Activations::new(shape, count),
            BackwardCache::new(shape, count),
        );
        let inputs = net.input_rows(places.clone());
        let (evaluator, weights) = (Evaluator::new(net, self.weights), self.weights);
        let own = places.clone();
        evaluator.forward_backward(own, &mut block, inputs, self.matrix, &mut derivatives);
        let last = shape.hidden();
        let is_nonlinear =
            self.matrix == CurvatureMatrix::Hessian && shape.activation.has_second_derivative();
        // Terms of the Hessian by the outputs of the layer, and the diagonal of the layer above.
        let mut columns = self.outputs(&block, places);
        let mut diagonal_above = Vec::new();
        let mut sums = vec![[0.0; 2]; last + 1];
        for l in (0..=last).rev() {
            let [stride, width] = [shape.stride(l + 1), shape.widths[l + 1]];
            let hidden = block.hidden.get(l);
            let mut traces = vec![0.0; count];
            let mut below = Vec::new();
            for FactorColumn { share, mut rows } in columns {
                let mut before = match l {
                    0 => Vec::new(),
                    _ if shape.skips(l) => rows.clone(),
                    _ => vec![0.0; count * shape.stride(l)],
                };
                if let Some(hidden) = hidden {
                    multiply_by(&mut rows, &hidden.dphi);
                }
                let own = rows.chunks_exact(stride).zip(&share);
                for (trace, (row, share)) in traces.iter_mut().zip(own) {
                    *trace += share * square(&row[..width]);
                }
                if l > 0 {
                    weights.layers[l].backward_with(
                        Accumulate::Existing,
                        &rows,
                        None,
                        &mut before,
                        None,
                    );
                    let rows = before;
                    below.push(FactorColumn { share, rows });
                }
            }
            if let Some(hidden) = hidden.filter(|_| is_nonlinear) {
                let diagonal = hidden.d2phi.chunks_exact(stride);
                for (trace, row) in traces.iter_mut().zip(diagonal) {
                    *trace += row[..width].iter().sum::<f64>();
                }
                if !diagonal_above.is_empty() {
                    let rows = diagonal_above
                        .chunks_exact(stride)
                        .zip(hidden.dphi.chunks_exact(stride));
                    for (trace, (diagonal_above, slope)) in traces.iter_mut().zip(rows) {
                        let pairs = diagonal_above[..width].iter().zip(slope);
                        *trace += pairs.map(|(a, slope)| a * slope * slope).sum::<f64>();
                    }
                }
                match l {
                    0 => {}
                    // Only its contribution to the traces of the first layer is needed.
                    1 => diagonal_above = self.diagonal_above(&hidden.d2phi),
                    _ => self.split(l, &hidden.d2phi, &mut below),
                }
            }
            let into = l.checked_sub(1).map_or(inputs, |l| &block.hidden[l].h);
            for (trace, row) in traces.iter().zip(into.chunks_exact(shape.stride(l))) {
                sums[l][0] += trace * square(&row[..shape.widths[l]]);
                sums[l][1] += trace;
            }
            columns = below;
        }
        sums
    }

    /// Returns the diagonal of Wᵀ diag(q) W for each row q, where W are the weights of layer 1.
    fn diagonal_above(&self, q: &[f64]) -> Vec<f64> {
        let shape = &self.net.shape;
        let stride = shape.stride(2);
        let mut diagonal_above = vec![0.0; q.len() / stride * shape.stride(1)];
        let to = MatrixMut {
            numbers: &mut diagonal_above,
            width: shape.widths[1],
        };
        let left = MatrixRef {
            numbers: q,
            stride,
            depth: shape.widths[2],
        };
        let squares = &self.squared_weights[..];
        gemm(to, Accumulate::Existing, (left, squares), None, None);
        diagonal_above
    }

    /// Adds the terms of Wᵀ diag(q) W for each row q: one for each row of W.
    fn split(&self, l: usize, q: &[f64], columns: &mut Vec<FactorColumn>) {
        let shape = &self.net.shape;
        let [stride, width] = [shape.stride(l + 1), shape.widths[l]];
        let weights = self.theta[shape.layout.weight(l)].chunks_exact(width);
        columns.extend(weights.enumerate().map(|(i, weights)| {
            let share: Vec<f64> = q.iter().skip(i).step_by(stride).copied().collect();
            let mut row = weights.to_vec();
            row.resize(shape.stride(l), 0.0);
            let rows = row.repeat(share.len());
            FactorColumn { share, rows }
        }));
    }

    /// Returns the Hessian of the loss by the outputs.
    fn outputs(&self, block: &Activations, places: Range<usize>) -> Vec<FactorColumn> {
        let (net, shape) = (self.net, &self.net.shape);
        let [out, stride] = [shape.outputs(), padded_len(shape.outputs())];
        let count = places.len();
        let column = || FactorColumn {
            share: vec![1.0; count],
            rows: vec![0.0; count * stride],
        };
        let extra = usize::from(net.loss == Loss::Ce);
        let mut columns: Vec<FactorColumn> = (0..out + extra).map(|_| column()).collect();
        for (row, sample) in places.enumerate() {
            let d = &block.d[row * stride..row * stride + out];
            for (k, column) in columns.iter_mut().take(out).enumerate() {
                column.rows[row * stride + k] = 1.0;
                column.share[row] = match (net.loss, net.target(sample)) {
                    (Loss::Mse, _) => 2.0 / real(out),
                    (Loss::Bce, _) => d[0].abs() * (1.0 - d[0].abs()),
                    (Loss::Ce, Target::Class(class)) => d[k] + f64::from(u8::from(k == class)),
                    (Loss::Ce, Target::Numbers(_)) => f64::NAN,
                };
            }
            // diag(p) − p pᵀ.
            if extra == 1 {
                let probabilities: Vec<f64> = columns[..out].iter().map(|c| c.share[row]).collect();
                let last = &mut columns[out];
                last.share[row] = -1.0;
                last.rows[row * stride..row * stride + out].copy_from_slice(&probabilities);
            }
        }
        columns
    }
}

fn square(row: &[f64]) -> f64 {
    row.iter().map(|x| x * x).sum()
}

#[cfg(test)]
mod tests {
    use crate::engine::files::NoFiles;
    use crate::engine::network::{AnyNetwork, NetworkLoss, data::AnyDataset};
    use crate::engine::objective::{Metric, Objective};

    fn loss(network: &str, data: &str) -> NetworkLoss {
        let network: AnyNetwork = format!("mlp:{network}").parse().unwrap();
        let data: AnyDataset = data.parse().unwrap();
        NetworkLoss::new(&network, &data.as_dyn().data(&NoFiles).unwrap()).unwrap()
    }

    #[test]
    fn traces_are_the_sums_of_diagonals() {
        for (network, data) in [
            ("hidden=,loss=ce", "iris"),
            ("hidden=6,activation=relu,loss=ce", "iris"),
            ("hidden=36/32,activation=tanh,loss=bce", "moons:samples=20"),
            ("hidden=6,activation=tanh,loss=ce,l2=0.3", "iris"),
            (
                "hidden=5/4,activation=softplus,loss=bce",
                "moons:samples=75",
            ),
            ("hidden=5/4/3,activation=gelu,loss=ce,bias=false", "iris"),
            (
                "hidden=4/4/4/4,activation=silu,loss=ce,residual=true",
                "iris",
            ),
            (
                "hidden=2/2/3/3,activation=tanh,loss=bce,residual=true",
                "moons:samples=40",
            ),
            (
                "hidden=4/4/4,activation=leaky-relu,loss=mse,residual=true",
                "sine:samples=33",
            ),
        ] {
            let loss = loss(network, data);
            let (n, theta) = (loss.dim(), loss.init_params(1));
            for metric in [None, Some(Metric::GaussNewton)] {
                let diagonal = |k: usize| {
                    let [mut unit, mut image] = [vec![0.0; n], vec![0.0; n]];
                    unit[k] = 1.0;
                    match metric {
                        None => loss.hessian_vector(&theta, &unit, &mut image),
                        Some(metric) => {
                            assert!(loss.metric_vector(metric, &theta, &unit, &mut image));
                        }
                    }
                    image[k]
                };
                let found = loss.block_traces(metric, &theta).unwrap();
                assert_eq!(found.len(), loss.tensors().len());
                for (trace, tensor) in found.into_iter().zip(loss.tensors()) {
                    let exact: f64 = tensor.range.clone().map(diagonal).sum();
                    assert!(
                        (trace - exact).abs() <= 1e-12 * exact.abs().max(1.0),
                        "{network} {metric:?} {}: {trace}, not {exact}",
                        tensor.name
                    );
                }
            }
        }
    }

    #[test]
    fn coupled_large_and_fisher_traces_are_not_computed() {
        for network in [
            "hidden=4,norm=batch,loss=ce",
            "hidden=4,norm=layer,loss=ce",
            "hidden=400/400/400/400,activation=tanh,loss=ce",
        ] {
            let loss = loss(network, "iris");
            assert_eq!(
                loss.block_traces(None, &loss.init_params(0)),
                None,
                "{network}"
            );
        }
        let plain = loss("hidden=4,loss=ce", "iris");
        assert_eq!(
            plain.block_traces(Some(Metric::EmpiricalFisher), &plain.init_params(0)),
            None
        );
    }
}
