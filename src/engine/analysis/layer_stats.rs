//! Training statistics of a network's layers: norms of gradients, weights and updates, dead units, and the gradient noise scale.

use crate::engine::declare::settings;
use crate::engine::network::NetworkLoss;
use crate::engine::network::activation::Activation;
use crate::engine::network::forward_backward::Order;
use crate::engine::network::gemm::padded_len;
use crate::engine::network::norm::NormGroups;
use crate::engine::network::reduce::CHUNK;
use crate::engine::network::weights::FactorSink;
use crate::engine::numeric::real;
use crate::engine::objective::Objective;
use rayon::prelude::*;
use std::ops::Range;

settings! {
    /// Gradient norms at which a layer counts as exploding or vanishing.
    pub struct Thresholds("Thresholds of gradients") {
        /// Gradient norm above which the gradient explodes.
        exploding: f64 = 100.0, in 0.0.., log 1.0..=1e6;
        /// Gradient norm below which the gradient vanishes.
        vanishing: f64 = 1e-5, in 0.0.., log 1e-10..=1.0;
    }
}

/// Health of a layer by its gradient norm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GradientHealth {
    /// Between the thresholds.
    Fine,
    /// Below the threshold: the layer hardly learns.
    Vanishing,
    /// Above the threshold, or NaN: a step may diverge.
    Exploding,
}

/// Statistics of the parameters of a layer. Norms are Euclidean.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerStats {
    /// Name: `layers.0` is the first layer with its normalisation, `all` the whole network.
    pub name: String,
    /// Norm of the gradient of the loss on all data, L2 included, before clipping.
    pub grad_norm: f64,
    /// ‖θ‖.
    pub weight_norm: f64,
    /// ‖θ − θ′‖ / ‖θ′‖, where θ′ are the previous weights. `None` without previous weights, or where they are all zero.
    pub update_ratio: Option<f64>,
    /// Share of dead ReLU units, whose output and derivative are zero for every sample, so that their incoming weights have no gradient. `None`
    /// for other activations, and for the last layer.
    pub dead: Option<f64>,
}

impl LayerStats {
    /// Returns the health of the layer by its gradient norm.
    pub fn health(&self, thresholds: &Thresholds) -> GradientHealth {
        if self.grad_norm < thresholds.vanishing {
            GradientHealth::Vanishing
        } else if self.grad_norm <= thresholds.exploding {
            GradientHealth::Fine
        } else {
            GradientHealth::Exploding
        }
    }
}

/// Statistics of all layers at some weights.
#[derive(Clone, Debug, PartialEq)]
pub struct Diagnosis {
    /// Statistics of each layer, in order.
    pub layers: Vec<LayerStats>,
    /// Statistics of the whole network.
    pub whole: LayerStats,
    /// Simple noise scale tr(Σ) / ‖G‖² (McCandlish et al. 2018, section 2.2): about the largest useful mini-batch size. G is the gradient, Σ the
    /// covariance of the gradients of single samples over the data, so that tr(Σ) is divided by their number, not by one less. `None`
    /// where batch normalisation couples the samples, and where the gradient is zero.
    pub noise_scale: Option<f64>,
}

impl NetworkLoss {
    /// Computes the layer statistics at `theta`, with update ratios if the previous weights are given. It costs about two gradients. The bits
    /// do not depend on the number of threads.
    pub fn diagnose(&self, theta: &[f64], previous: Option<&[f64]>) -> Diagnosis {
        let layout = &self.shape.layout;
        let mut gradient = vec![0.0; layout.dim()];
        self.gradient(theta, &mut gradient);
        let per_sample = self.per_sample_stats(theta);
        let previous = previous.filter(|previous| previous.len() == theta.len());
        let moved = previous.map(|previous| {
            let moved = theta.iter().zip(previous).map(|(new, old)| new - old);
            (moved.collect::<Vec<f64>>(), previous)
        });
        let stats = |name: String, ranges: &[Range<usize>], dead: Option<f64>| {
            let norm = |vector: &[f64]| norm(vector, ranges);
            let ratio = moved.as_ref().map(|(moved, old)| norm(moved) / norm(old));
            LayerStats {
                name,
                grad_norm: norm(&gradient),
                weight_norm: norm(theta),
                update_ratio: ratio.filter(|ratio| ratio.is_finite()),
                dead,
            }
        };
        let layer = |l: usize| {
            let dead = per_sample
                .dead
                .get(l)
                .map(|[dead, units]| real(*dead) / real(*units));
            let norms = (l < layout.norms()).then(|| layout.norm(l));
            let norms = norms.into_iter().flatten();
            let ranges: Vec<_> = [layout.layer(l)].into_iter().chain(norms).collect();
            stats(format!("layers.{l}"), &ranges, dead)
        };
        let [dead, units] = [0, 1].map(|i| {
            per_sample
                .dead
                .iter()
                .map(|counts| counts[i])
                .sum::<usize>()
        });
        let dead = (units > 0).then(|| real(dead) / real(units));
        let noise_scale = per_sample.squared_gradients.map(|squares| {
            let data = gradient.iter().zip(theta).map(|(g, t)| g - self.l2 * t);
            let mean: f64 = data.map(|g| g * g).sum();
            let square: f64 = gradient.iter().map(|g| g * g).sum();
            let trace = squares / real(self.samples) - mean;
            // Negative values are rounding; NaN stays NaN.
            let trace = if trace < 0.0 { 0.0 } else { trace };
            trace / square
        });
        let all = 0..layout.dim();
        Diagnosis {
            layers: (0..layout.layers()).map(layer).collect(),
            whole: stats("all".to_owned(), std::slice::from_ref(&all), dead),
            noise_scale: noise_scale.filter(|scale| scale.is_finite()),
        }
    }

    /// Computes the statistics that need the gradients of single samples.
    fn per_sample_stats(&self, theta: &[f64]) -> PerSampleStats {
        let hidden = &self.shape.widths[1..self.shape.widths.len() - 1];
        let coupled = self.is_coupled();
        let part = CHUNK.max(self.block_size());
        let parts = (0..self.samples.div_ceil(part)).into_par_iter();
        let parts = parts.map(|number| {
            let places = number * part..self.samples.min((number + 1) * part);
            self.chunk_stats(theta, places, hidden, coupled)
        });
        // Parts are summed in the order of the samples, so that the bits do not depend on the number of threads.
        let parts: Vec<(f64, Vec<Vec<bool>>)> = parts.collect();
        let count = |l: usize, width: usize| {
            let dead = |unit: &usize| !parts.iter().any(|(_, alive)| alive[l][*unit]);
            [(0..width).filter(dead).count(), width]
        };
        let dead = hidden.iter().enumerate();
        let dead = dead.map(|(l, width)| count(l, *width));
        PerSampleStats {
            dead: match self.shape.activation {
                Activation::Relu => dead.collect(),
                _ => Vec::new(),
            },
            squared_gradients: (!coupled).then(|| parts.iter().map(|(squares, _)| squares).sum()),
        }
    }

    /// Returns the sum of the squared gradient norms of some samples, and for each unit whether it is active for one of them.
    fn chunk_stats(
        &self,
        theta: &[f64],
        places: Range<usize>,
        hidden: &[usize],
        coupled: bool,
    ) -> (f64, Vec<Vec<bool>>) {
        let shape = &self.shape;
        let [out, stride] = [shape.outputs(), padded_len(shape.outputs())];
        let mut squares = SquaredGradients {
            widths: &shape.widths,
            bias: real(usize::from(!shape.layout.bias(0).is_empty())),
            sum: 0.0,
        };
        let mut alive: Vec<Vec<bool>> = hidden.iter().map(|width| vec![false; *width]).collect();
        let mut room = self.workspace();
        let (block, weights) = (&mut room.block, self.weights(theta));
        for samples in self.blocks(places) {
            let inputs = self.input_rows(samples.clone());
            block.forward(
                shape,
                &weights,
                inputs,
                Order::Gradient,
                self.batch_norm_stats.as_deref(),
            );
            block.mark_alive(shape, samples.len(), &mut alive);
            if coupled {
                continue;
            }
            let rows = samples.len() * stride;
            self.loss
                .prepare_softmax([out, stride], &block.z[..rows], &mut block.d);
            for (row, sample) in samples.enumerate() {
                let at = row * stride..row * stride + out;
                let z = &block.z[at.clone()];
                self.loss
                    .value_and_grad(z, self.target(sample), &mut block.d[at]);
            }
            block.backward(shape, &weights, inputs, Order::Gradient, &mut squares);
        }
        (squares.sum, alive)
    }
}

/// Statistics over single samples.
struct PerSampleStats {
    /// Numbers of dead units and of all units in each hidden layer; empty for other activations than ReLU.
    dead: Vec<[usize; 2]>,
    /// Sum of the squared norms of the samples' gradients, without λ; `None` where samples are coupled.
    squared_gradients: Option<f64>,
}

/// Sum of the squared gradient norms of single samples. The gradient of a layer is the outer product of d and h, whose squared norm is
/// ‖d‖² ‖h‖²: Goodfellow 2015, "Efficient Per-Example Gradient Computations".
struct SquaredGradients<'a> {
    widths: &'a [usize],
    /// 1 with biases, which are weights of a constant input 1; else 0.
    bias: f64,
    sum: f64,
}

impl FactorSink for SquaredGradients<'_> {
    const NEEDS_FIRST_LAYER: bool = true;

    fn layer(&mut self, l: usize, d: &[f64], h: &[f64]) {
        let [depth, width] = [self.widths[l], self.widths[l + 1]];
        let rows = d
            .chunks_exact(padded_len(width))
            .zip(h.chunks_exact(padded_len(depth)));
        for (d, h) in rows {
            let square = |row: &[f64]| row.iter().map(|x| x * x).sum::<f64>();
            self.sum += square(&d[..width]) * (square(&h[..depth]) + self.bias);
        }
    }

    fn norm(&mut self, _: usize, extent: NormGroups, u: &[f64], z: &[f64]) {
        extent.each(u.len(), |at, _, _| {
            self.sum += u[at] * u[at] * (z[at] * z[at] + 1.0);
        });
    }
}

/// Returns the Euclidean norm of some ranges of a vector.
fn norm(vector: &[f64], ranges: &[Range<usize>]) -> f64 {
    let parts = ranges.iter().flat_map(|range| &vector[range.clone()]);
    parts.map(|x| x * x).sum::<f64>().sqrt()
}

#[cfg(test)]
mod tests {
    use super::GradientHealth::{Exploding, Fine, Vanishing};
    use super::*;
    use crate::engine::files::NoFiles;
    use crate::engine::network::AnyNetwork;
    use crate::engine::network::data::AnyDataset;

    fn loss(network: &str, data: &str) -> NetworkLoss {
        let network: AnyNetwork = network.parse().unwrap();
        let data: AnyDataset = data.parse().unwrap();
        NetworkLoss::new(&network, &data.as_dyn().data(&NoFiles).unwrap()).unwrap()
    }

    #[test]
    fn dead_units_are_found() {
        for (residual, samples) in [(false, 40), (true, 700)] {
            let network = format!("mlp:hidden=8/8,activation=relu,residual={residual}");
            let loss = loss(&network, &format!("moons:samples={samples}"));
            let mut theta = loss.init_params(0);
            let biases = loss.group("layers.1.bias").unwrap();
            theta[biases.clone()].fill(3.0);
            for unit in [0, 3, 7] {
                theta[biases.start + unit] = -1e3;
            }
            let found = loss.diagnose(&theta, None);
            assert_eq!(found.layers[1].dead, Some(3.0 / 8.0));
            assert_eq!(found.layers[2].dead, None, "outputs are no units");
            theta.fill(f64::NAN);
            let found = loss.diagnose(&theta, None);
            assert_eq!((found.layers[1].dead, found.noise_scale), (Some(0.0), None));
            assert_eq!(found.whole.health(&Thresholds::default()), Exploding);
        }
    }

    #[test]
    fn gradient_norms_are_classified_by_thresholds() {
        let at = |grad_norm| {
            let name = String::new();
            let stats = LayerStats {
                name,
                grad_norm,
                weight_norm: 1.0,
                update_ratio: None,
                dead: None,
            };
            stats.health(&Thresholds::default())
        };
        let found = [0.0, 9e-6, 1e-5, 1.0, 100.0, 101.0, f64::INFINITY].map(at);
        assert_eq!(
            found,
            [Vanishing, Vanishing, Fine, Fine, Fine, Exploding, Exploding]
        );
    }

    #[test]
    fn statistics_do_not_depend_on_the_number_of_threads() {
        let loss = loss(
            "mlp:hidden=9/7,activation=relu,norm=layer,loss=ce,l2=0.1",
            "blobs:samples=1500",
        );
        let (theta, before) = (loss.init_params(0), loss.init_params(1));
        let [one, three] = [1, 3].map(|threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
            let pool = pool.build().unwrap();
            pool.install(|| loss.diagnose(&theta, Some(&before)))
        });
        assert_eq!(one, three);
    }
}
