//! Weight initialisers: those of torch.nn.init, and LeCun's.

use super::layout::Layout;
use crate::engine::declare::settings;
use crate::engine::numeric::random::{Purpose, stream};
use crate::engine::numeric::real;
use crate::engine::objective::Role;
use rand::{Rng, RngExt};
use rand_distr::{Distribution, StandardNormal};
use std::f64::consts::SQRT_2;

settings! {
    /// Weight initialiser. Biases start at 0, except with torch-default; normalisations with γ = 1 and β = 0.
    ///
    /// With gain g: torch-default is uniform within 1/√fan_in, biases too; xavier has variance 2g²/(fan_in + fan_out) (Glorot & Bengio
    /// 2010), kaiming g²/fan_in with g = √2 (He et al. 2015), lecun g²/fan_in with g = 1; orthogonal rows or columns have length g (Saxe,
    /// McClelland & Ganguli 2014).
    pub enum Init {
        TorchDefault = "torch-default",
        Zeros = "zeros",
        Constant = "constant",
        Normal = "normal",
        XavierUniform = "xavier-uniform",
        XavierNormal = "xavier-normal",
        KaimingUniform = "kaiming-uniform",
        KaimingNormal = "kaiming-normal",
        LecunUniform = "lecun-uniform",
        LecunNormal = "lecun-normal",
        Orthogonal = "orthogonal",
    }
}

/// Weight initialiser with its settings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Initializer {
    /// The distribution.
    pub init: Init,
    /// The gain; `None` is the default of the distribution.
    pub gain: Option<f64>,
    /// The standard deviation of [`Init::Normal`].
    pub std: f64,
    /// The value of [`Init::Constant`].
    pub value: f64,
}

impl Initializer {
    /// Returns initial parameters θ. Each tensor has its own random stream: the weights of a layer do not depend on other layers' widths.
    pub(super) fn init_params(self, layout: &Layout, seed: u64) -> Vec<f64> {
        let mut theta = vec![0.0; layout.dim()];
        let mut bias_bound = 0.0;
        for (index, tensor) in (0..).zip(layout.tensors()) {
            let mut random = stream(seed, Purpose::Weights, index);
            let numbers = &mut theta[tensor.range.clone()];
            match tensor.role {
                Role::Weight => bias_bound = self.weights(&tensor.shape, numbers, &mut random),
                Role::Norm => {
                    numbers.fill(1.0);
                    bias_bound = 0.0;
                }
                Role::Bias => uniform(numbers, bias_bound, &mut random),
            }
        }
        theta
    }

    /// Fills the weights of a layer, out × in; returns the bound of the uniform distribution of its biases.
    fn weights(self, shape: &[usize], weights: &mut [f64], random: &mut impl Rng) -> f64 {
        let [out, fan_in] = [shape[0], shape[1]].map(real);
        let (both, each) = (fan_in + out, fan_in);
        let gain = |own: f64| self.gain.unwrap_or(own);
        match self.init {
            Init::TorchDefault => uniform(weights, 1.0 / each.sqrt(), random),
            Init::Zeros => {}
            Init::Constant => weights.fill(self.value),
            Init::Normal => normal(weights, self.std, random),
            Init::XavierUniform => uniform(weights, gain(1.0) * (6.0 / both).sqrt(), random),
            Init::XavierNormal => normal(weights, gain(1.0) * (2.0 / both).sqrt(), random),
            Init::KaimingUniform => uniform(weights, gain(SQRT_2) * (3.0 / each).sqrt(), random),
            Init::KaimingNormal => normal(weights, gain(SQRT_2) / each.sqrt(), random),
            Init::LecunUniform => uniform(weights, gain(1.0) * (3.0 / each).sqrt(), random),
            Init::LecunNormal => normal(weights, gain(1.0) / each.sqrt(), random),
            Init::Orthogonal => {
                orthogonal(weights, shape[1], random);
                let gain = gain(1.0);
                weights.iter_mut().for_each(|weight| *weight *= gain);
            }
        }
        match self.init {
            Init::TorchDefault => 1.0 / each.sqrt(),
            _ => 0.0,
        }
    }
}

/// Fills with uniform numbers within ±`bound`.
fn uniform(numbers: &mut [f64], bound: f64, random: &mut impl Rng) {
    for number in numbers {
        *number = bound * (2.0 * random.random::<f64>() - 1.0);
    }
}

/// Fills with normal numbers of mean 0.
fn normal(numbers: &mut [f64], std: f64, random: &mut impl Rng) {
    for number in numbers {
        let normal: f64 = StandardNormal.sample(random);
        *number = std * normal;
    }
}

/// Fills a matrix with orthonormal rows (or columns, if it has more rows than columns), uniformly distributed: the factor Q of a random
/// normal matrix whose R has a positive diagonal. Gram–Schmidt runs twice for full accuracy.
fn orthogonal(numbers: &mut [f64], columns: usize, random: &mut impl Rng) {
    let rows = numbers.len() / columns;
    let (count, length) = (rows.min(columns), rows.max(columns));
    let mut vectors = vec![0.0; count * length];
    normal(&mut vectors, 1.0, random);
    for k in 0..count {
        let (before, from) = vectors.split_at_mut(k * length);
        let own = &mut from[..length];
        for other in before
            .chunks_exact(length)
            .chain(before.chunks_exact(length))
        {
            let overlap: f64 = own.iter().zip(other).map(|(a, b)| a * b).sum();
            own.iter_mut()
                .zip(other)
                .for_each(|(a, b)| *a -= overlap * b);
        }
        let size = own.iter().map(|a| a * a).sum::<f64>().sqrt();
        own.iter_mut().for_each(|a| *a /= size);
    }
    for (at, number) in numbers.iter_mut().enumerate() {
        let (row, column) = (at / columns, at % columns);
        *number = if rows <= columns {
            vectors[row * length + column]
        } else {
            vectors[column * length + row]
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OUT: usize = 300;
    const IN: usize = 200;

    fn theta(init: Init, gain: Option<f64>, widths: &[usize]) -> Vec<f64> {
        let (std, value) = (0.3, 0.7);
        let initializer = Initializer {
            init,
            gain,
            std,
            value,
        };
        initializer.init_params(&Layout::new(widths, true, true), 1)
    }

    /// Returns mean, variance and greatest magnitude of the weights.
    fn weights(init: Init, gain: Option<f64>) -> [f64; 3] {
        let theta = theta(init, gain, &[IN, OUT]);
        let (weights, biases) = theta.split_at(IN * OUT);
        if init != Init::TorchDefault {
            assert!(biases.iter().all(|bias| *bias == 0.0));
        }
        let mean_of = |f: &dyn Fn(f64) -> f64| {
            weights.iter().map(|w| f(*w)).sum::<f64>() / real(weights.len())
        };
        let mean = mean_of(&|w| w);
        let max = weights.iter().fold(0.0, |max: f64, w| max.max(w.abs()));
        [mean, mean_of(&|w| (w - mean).powi(2)), max]
    }

    #[test]
    fn weights_have_the_variances_and_bounds_of_their_papers() {
        let (fan_in, both) = (real(IN), real(IN + OUT));
        for (init, gain, variance, uniform) in [
            (Init::TorchDefault, None, 1.0 / (3.0 * fan_in), true),
            (Init::Normal, None, 0.09, false),
            (Init::XavierUniform, None, 2.0 / both, true),
            (Init::XavierNormal, Some(2.0), 8.0 / both, false),
            (Init::KaimingUniform, None, 2.0 / fan_in, true),
            (Init::KaimingNormal, Some(1.0), 1.0 / fan_in, false),
            (Init::LecunUniform, None, 1.0 / fan_in, true),
            (Init::LecunNormal, None, 1.0 / fan_in, false),
        ] {
            let [mean, found, max] = weights(init, gain);
            assert!(mean.abs() < 0.02 * variance.sqrt(), "{init:?}: mean {mean}");
            assert!((found / variance - 1.0).abs() < 0.03, "{init:?}: {found}");
            let bound = (3.0 * variance).sqrt();
            let sharp = (0.999 * bound..=bound).contains(&max);
            assert_eq!(sharp, uniform, "{init:?}: {max}");
        }
        assert_eq!(weights(Init::Zeros, None), [0.0; 3]);
        let [mean, variance, _] = weights(Init::Constant, None);
        assert!((mean - 0.7).abs() < 1e-12 && variance < 1e-20);
    }

    #[test]
    fn torch_default_biases_are_within_their_bound_and_norms_start_as_identity() {
        let theta = theta(Init::TorchDefault, None, &[IN, OUT, 1]);
        let layout = Layout::new(&[IN, OUT, 1], true, true);
        let max = { theta[layout.bias(0)].iter() }.fold(0.0, |max: f64, b| max.max(b.abs()));
        let bound = 1.0 / real(IN).sqrt();
        assert!((0.97 * bound..=bound).contains(&max), "{max}");
        let [gamma, beta] = layout.norm(0);
        assert!(theta[gamma].iter().all(|g| *g == 1.0) && theta[beta].iter().all(|b| *b == 0.0));
    }

    #[test]
    fn orthogonal_rows_or_columns_are_orthogonal() {
        for [columns, rows] in [[7, 4], [4, 7], [5, 5], [1, 3], [3, 1]] {
            let theta = theta(Init::Orthogonal, Some(2.0), &[columns, rows]);
            let wide = rows <= columns;
            let at = |i: usize, j: usize| {
                theta[if wide {
                    i * columns + j
                } else {
                    j * columns + i
                }]
            };
            let (count, length) = (rows.min(columns), rows.max(columns));
            for i in 0..count {
                for k in 0..count {
                    let dot: f64 = (0..length).map(|j| at(i, j) * at(k, j)).sum();
                    let expected = if i == k { 4.0 } else { 0.0 };
                    assert!((dot - expected).abs() < 1e-13, "{rows} × {columns}: {dot}");
                }
            }
        }
    }
}
