//! The ways through a network at one θ, held for many products.

use super::directional::Directional;
use super::forward_backward::Activations;
use super::gemm::padded_len;
use super::hvp::{BlockActivations, HvpAccumulator};
use super::model::NetworkLoss;
use super::objective::add_scaled;
use super::reduce::{CurvatureMatrix, Evaluator, pairwise_reduce};
use super::tangent::BackwardCache;
use super::weights::{GradientSums, Weights};
use super::workspace::{CachedBlock, HvpFloat, Pooled};
use crate::engine::numeric::awake::join;
use crate::engine::numeric::real;
use crate::engine::numeric::vector_ops::dot;
use crate::engine::objective::{Objective, Products};
use rayon::prelude::*;
use std::ops::Range;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

/// So many numbers are held at most.
const MAX_CACHED_VALUES: usize = 1 << 25;

/// A rough product takes one of so many blocks, where there are at least as many.
const SUBSAMPLE: usize = 8;

/// Products with a matrix at θ; `None` where too much would have to be held.
pub(in crate::engine) fn products<'a>(
    net: &'a NetworkLoss,
    matrix: CurvatureMatrix,
    theta: &'a [f64],
) -> Option<Box<dyn Products + 'a>> {
    // h, φ′, φ″ and d of each unit.
    let widths = net.shape.widths[1..].iter();
    let units: usize = widths.map(|width| padded_len(*width)).sum();
    if net.samples.checked_mul(4 * units)? > MAX_CACHED_VALUES {
        return None;
    }
    Some(Box::new(LazyProducts {
        net,
        matrix,
        theta,
        begun: AtomicBool::new(false),
        cached: OnceLock::new(),
    }))
}

/// A matrix at θ. The ways are made when the first product asks for them.
struct LazyProducts<'a> {
    net: &'a NetworkLoss,
    matrix: CurvatureMatrix,
    theta: &'a [f64],
    begun: AtomicBool,
    cached: OnceLock<CachedProducts<'a, f64>>,
}

impl Products for LazyProducts<'_> {
    fn multiply(&self, vector: &[f64], product: &mut [f64]) {
        if !self.begun.swap(true, Ordering::Relaxed) {
            let held = CachedProducts::new(self.net, self.matrix, self.theta);
            self.cached.get_or_init(|| held);
        }
        if let Some(held) = self.cached.get() {
            held.multiply(vector, product);
            return;
        }
        // Who asks while they are being made does not wait: it may be the very thread that makes them, on a job in between.
        match self.matrix {
            CurvatureMatrix::Hessian => self.net.hessian_vector(self.theta, vector, product),
            CurvatureMatrix::GaussNewton => {
                self.net.gauss_newton_vector(self.theta, vector, product)
            }
            CurvatureMatrix::EmpiricalFisher => {
                { self.net }.empirical_fisher_vector(self.theta, vector, product);
            }
        }
    }

    fn quadratic_form(&self, vector: &[f64]) -> Option<f64> {
        Some(Directional::new(self.net, self.matrix, self.theta, vector)?.curvature())
    }

    fn single_precision(&self) -> Option<Box<dyn Products + '_>> {
        let held = CachedProducts::<f32>::new(self.net, self.matrix, self.theta);
        Some(Box::new(held))
    }
}

/// Products with a matrix at θ, and what they have in common: of each block of samples the way there and back.
struct CachedProducts<'a, E: HvpFloat> {
    net: &'a NetworkLoss,
    matrix: CurvatureMatrix,
    theta: &'a [f64],
    weights: Pooled<'a, Weights<E>>,
    blocks: Vec<CachedBlock<E>>,
}

impl<'a, E: HvpFloat> CachedProducts<'a, E> {
    /// Goes there and back with all samples.
    fn new(net: &'a NetworkLoss, matrix: CurvatureMatrix, theta: &'a [f64]) -> Self {
        let (shape, samples) = (&net.shape, net.block_size_in::<E>());
        let weights = net.weights(theta);
        let mut blocks = E::workspaces(net).take_cached();
        blocks.resize_with(net.samples.div_ceil(samples), || {
            let block = Activations::without_scratch(shape, samples);
            (block, BackwardCache::new(shape, samples))
        });
        let way = Evaluator::new(net, &*weights);
        let each = |(places, (block, derivatives)): (Range<usize>, &mut CachedBlock<E>)| {
            let mut scratch = net.scratch();
            block.swap_scratch(&mut scratch);
            let inputs = E::input_rows(net, &places);
            way.forward_backward(places, block, inputs, matrix, derivatives);
            block.swap_scratch(&mut scratch);
        };
        let places: Vec<Range<usize>> = net.blocks_in::<E>(0..net.samples).collect();
        let both = places.into_par_iter().zip(&mut blocks);
        both.with_min_len(4).for_each(each);
        Self {
            net,
            matrix,
            theta,
            weights,
            blocks,
        }
    }

    /// What some blocks make of a direction, one after the other.
    fn accumulate_blocks(
        &self,
        direction: &Weights<E>,
        blocks: impl Iterator<Item = Range<usize>>,
    ) -> Pooled<'a, HvpAccumulator<E>> {
        let net = self.net;
        let mut along = net.hvp_accumulator();
        along.sums.clear();
        for places in blocks {
            let (block, derivatives) = &self.blocks[places.start / net.block_size_in::<E>()];
            let ways = BlockActivations {
                weights: &self.weights,
                inputs: E::input_rows(net, &places),
                block,
                derivatives,
            };
            let goal = |sample| net.target(sample);
            along.add(net, self.matrix, direction, places, ways, goal);
        }
        along
    }

    /// One of so many blocks, from a first one on.
    fn strided_blocks(
        &self,
        count: usize,
        first: usize,
    ) -> impl Iterator<Item = Range<usize>> + use<E> {
        let blocks = self.net.blocks_in::<E>(0..self.net.samples);
        blocks.skip(first).step_by(count)
    }

    /// Makes a mean of sums over so many samples.
    fn mean(&self, sums: &GradientSums<E>, count: usize, vector: &[f64], product: &mut [f64]) {
        product.fill(0.0);
        sums.add_to(&self.net.shape.layout, 1.0 / real(count), product);
        if self.matrix != CurvatureMatrix::EmpiricalFisher {
            add_scaled(product, self.net.l2, vector);
        }
    }
}

impl<E: HvpFloat> Drop for CachedProducts<'_, E> {
    fn drop(&mut self) {
        E::workspaces(self.net).put_cached(std::mem::take(&mut self.blocks));
    }
}

impl<'a, E: HvpFloat> Products for CachedProducts<'a, E> {
    fn multiply(&self, vector: &[f64], product: &mut [f64]) {
        let net = self.net;
        let direction = net.weights(vector);
        let part = |places| self.accumulate_blocks(&direction, net.blocks_in::<E>(places));
        let join = |first: &mut Pooled<'a, HvpAccumulator<E>>,
                    second: Pooled<HvpAccumulator<E>>| {
            first.sums.add(&second.sums);
        };
        let along = pairwise_reduce(0..net.samples, net.chunk_sizes::<E>(), &part, &join);
        self.mean(&along.sums, net.samples, vector, product);
    }

    fn subsampled(&self) -> Option<Box<dyn Products + '_>> {
        (self.blocks.len() > SUBSAMPLE)
            .then(|| Box::new(SubsampledProducts(self)) as Box<dyn Products>)
    }

    fn single_precision_error(&self, vector: &[f64]) -> Option<f64> {
        if self.blocks.len() <= SUBSAMPLE {
            return None;
        }
        let line = Directional::new(self.net, self.matrix, self.theta, vector)?;
        let direction = self.net.weights(vector);
        let off = |first: usize| {
            let (mut product, mut off) = (vec![0.0; vector.len()], 0.0);
            for places in self.strided_blocks(2 * SUBSAMPLE, first) {
                let (count, block) = (places.len(), std::iter::once(places.clone()));
                let along = self.accumulate_blocks(&direction, block);
                self.mean(&along.sums, count, vector, &mut product);
                let (found, exact) = (dot(&product, vector), line.curvature_of_samples(places));
                // To add such blocks up rounds once more.
                let unit = 0.5 * E::EPSILON * exact.abs();
                off += real(count) * ((found - exact).abs() + unit);
            }
            off
        };
        let (first, second) = join(|| off(0), || off(SUBSAMPLE));
        let count: usize = self
            .strided_blocks(SUBSAMPLE, 0)
            .map(|places| places.len())
            .sum();
        Some((first + second) / real(count))
    }
}

/// The same over one of some blocks.
struct SubsampledProducts<'a, 'b, E: HvpFloat>(&'a CachedProducts<'b, E>);

impl<E: HvpFloat> Products for SubsampledProducts<'_, '_, E> {
    fn multiply(&self, vector: &[f64], product: &mut [f64]) {
        let held = self.0;
        let direction = held.net.weights(vector);
        let some = |first: usize| {
            held.accumulate_blocks(&direction, held.strided_blocks(2 * SUBSAMPLE, first))
        };
        let (mut along, other) = join(|| some(0), || some(SUBSAMPLE));
        along.sums.add(&other.sums);
        let count = held
            .strided_blocks(SUBSAMPLE, 0)
            .map(|places| places.len())
            .sum();
        held.mean(&along.sums, count, vector, product);
    }
}

#[cfg(test)]
mod tests {
    use crate::engine::analysis::curvature::{Curvature, LanczosOptions, LinearOperator, lanczos};
    use crate::engine::cancel::Cancel;
    use crate::engine::files::NoFiles;
    use crate::engine::network::{AnyNetwork, NetworkLoss, data::AnyDataset};
    use crate::engine::numeric::random::Purpose;
    use crate::engine::numeric::vector_ops::{dot, gaussian};
    use crate::engine::objective::{Metric, Objective, norm};

    #[test]
    fn the_largest_eigenvalue_is_found_from_a_hint_too() {
        let network: AnyNetwork = "mlp:hidden=8/8,loss=bce".parse().unwrap();
        let data: AnyDataset = "moons:samples=700".parse().unwrap();
        let data = data.as_dyn().data(&NoFiles).unwrap();
        let loss = NetworkLoss::new(&network, &data).unwrap();
        for seed in 0..3 {
            let theta = loss.init_params(seed);
            let hessian = Curvature::hessian(&loss, &theta);
            assert!(hessian.single_precision().unwrap().subsampled().is_some());
            let ask = LanczosOptions::largest(1e-9);
            let hinted = lanczos(&hessian, &ask, &Cancel::default()).unwrap();
            let both = LanczosOptions { bottom: 1, ..ask };
            let plain = lanczos(&hessian, &both, &Cancel::default()).unwrap();
            let [found, expected] = [hinted, plain].map(|all| all.top[0].value);
            assert!(
                (found - expected).abs() <= 2e-9 * expected,
                "{found}, not {expected}"
            );
        }
    }

    #[test]
    fn what_rounding_does_is_measured() {
        for (network, data) in [
            ("hidden=8/8,loss=bce", "moons:samples=1000"),
            (
                "hidden=32,activation=relu,loss=bce,l2=0.01",
                "circles:samples=900",
            ),
            (
                "hidden=32/32,activation=gelu,loss=ce,residual=true",
                "digits",
            ),
            ("hidden=,loss=mse", "line:samples=800"),
        ] {
            let network: AnyNetwork = format!("mlp:{network}").parse().unwrap();
            let data: AnyDataset = data.parse().unwrap();
            let data = data.as_dyn().data(&NoFiles).unwrap();
            let loss = NetworkLoss::new(&network, &data).unwrap();
            for seed in 0..3 {
                let theta = loss.init_params(seed);
                let hessian = Curvature::hessian(&loss, &theta);
                for tolerance in [1e-4, 1e-6] {
                    let ask = LanczosOptions::largest(tolerance);
                    let found = lanczos(&hessian, &ask, &Cancel::default()).unwrap();
                    let both = LanczosOptions {
                        bottom: 1,
                        ..LanczosOptions::largest(1e-10)
                    };
                    let plain = lanczos(&hessian, &both, &Cancel::default()).unwrap();
                    let (found, exact) = (&found.top[0], plain.top[0].value);
                    assert!(found.error <= tolerance * exact);
                    let off = (found.value - exact).abs();
                    assert!(off <= found.error + 1e-10 * exact, "{network}: {off:e}");
                }
                let vector = gaussian(loss.dim(), 1, Purpose::Data, seed);
                let rounded = hessian.single_precision().unwrap();
                let mut product = vec![0.0; loss.dim()];
                rounded.multiply(&vector, &mut product);
                let off = (dot(&product, &vector) - hessian.quadratic_form(&vector)).abs();
                let rounding = rounded.single_precision_error(&vector).unwrap();
                assert!(off <= 3.0 * rounding, "{network}: {off:e}, {rounding:e}");
            }
        }
    }

    #[test]
    fn what_f32_cannot_say_is_found_with_all_digits() {
        let data: AnyDataset = "moons:samples=700".parse().unwrap();
        let data = data.as_dyn().data(&NoFiles).unwrap();
        let network: AnyNetwork = "mlp:hidden=8/8,loss=bce".parse().unwrap();
        let loss = NetworkLoss::new(&network, &data).unwrap();
        let theta = loss.init_params(0);
        let hessian = Curvature::hessian(&loss, &theta);
        for vectors in [false, true] {
            let ask = LanczosOptions {
                vectors,
                ..LanczosOptions::largest(1e-13)
            };
            let found = lanczos(&hessian, &ask, &Cancel::default()).unwrap();
            let both = LanczosOptions { bottom: 1, ..ask };
            let plain = lanczos(&hessian, &both, &Cancel::default()).unwrap();
            let [found, expected] = [found, plain].map(|all| all.top[0].clone());
            let off = (found.value - expected.value).abs();
            assert!(off <= 3e-13 * expected.value, "{off:e}");
            for (found, expected) in found.vector.iter().zip(&expected.vector) {
                assert!((found - expected).abs() <= 1e-11, "{found}, not {expected}");
            }
        }
        // Of these inputs f32 has no squares.
        let network: AnyNetwork = "mlp:hidden=8/8,activation=identity,loss=mse"
            .parse()
            .unwrap();
        let data: AnyDataset = "sine:samples=700".parse().unwrap();
        let data = data.as_dyn().data(&NoFiles).unwrap();
        let loss = NetworkLoss::new(&network, &data).unwrap();
        let theta: Vec<f64> = loss
            .init_params(0)
            .iter()
            .map(|theta| 1e15 * theta)
            .collect();
        let hessian = Curvature::hessian(&loss, &theta);
        let ask = LanczosOptions::largest(1e-6);
        let found = lanczos(&hessian, &ask, &Cancel::default()).unwrap();
        let both = LanczosOptions { bottom: 1, ..ask };
        let plain = lanczos(&hessian, &both, &Cancel::default()).unwrap();
        let [found, expected] = [found, plain].map(|all| all.top[0].value);
        assert!(found > 1e50 && (found - expected).abs() <= 2e-6 * expected);
    }

    #[test]
    fn products_that_are_held_are_those_that_are_not() {
        for network in [
            "hidden=,loss=ce",
            "hidden=9/9/4,activation=gelu,loss=ce,residual=true,l2=0.1",
            "hidden=64,activation=relu,loss=ce,bias=false",
            "hidden=5/5,activation=silu,loss=ce,norm=layer,residual=true",
            "hidden=5/6,activation=tanh,loss=ce,norm=batch",
        ] {
            let network: AnyNetwork = format!("mlp:{network}").parse().unwrap();
            let data: AnyDataset = "iris".parse().unwrap();
            let data = data.as_dyn().data(&NoFiles).unwrap();
            let loss = NetworkLoss::new(&network, &data).unwrap();
            let frozen = NetworkLoss::new(&network, &data).unwrap();
            let moments = loss.batch_norm_stats(&loss.init_params(5));
            for loss in [loss, frozen.eval_mode(moments).unwrap()] {
                let theta = loss.init_params(3);
                for metric in [
                    None,
                    Some(Metric::GaussNewton),
                    Some(Metric::EmpiricalFisher),
                ] {
                    let held = loss.products(metric, &theta).unwrap();
                    let matrix = Curvature::new(&loss, &theta, metric);
                    let both = LanczosOptions {
                        bottom: 1,
                        ..LanczosOptions::largest(1e-6)
                    };
                    let found = lanczos(&matrix, &both, &Cancel::default()).unwrap();
                    let largest = found.top[0].value.abs().max(found.bottom[0].value.abs());
                    for index in 0..3 {
                        let vector = gaussian(loss.dim(), 7, Purpose::Data, index);
                        let [mut found, mut expected] =
                            [vec![0.5; loss.dim()], vec![f64::NAN; loss.dim()]];
                        held.multiply(&vector, &mut found);
                        match metric {
                            None => loss.hessian_vector(&theta, &vector, &mut expected),
                            Some(metric) => {
                                assert!(loss.metric_vector(metric, &theta, &vector, &mut expected));
                            }
                        }
                        assert_eq!(found, expected, "{network}, {metric:?}");
                        if let Some(found) = held.quadratic_form(&vector) {
                            let expected = dot(&vector, &expected);
                            let scale = expected.abs().max(1e-3 * dot(&vector, &vector));
                            assert!((found - expected).abs() <= 1e-12 * scale, "{network}");
                        }
                        let mut rounded = vec![f64::NAN; loss.dim()];
                        held.single_precision()
                            .unwrap()
                            .multiply(&vector, &mut rounded);
                        let off: Vec<f64> = { rounded.iter().zip(&expected) }
                            .map(|(found, expected)| found - expected)
                            .collect();
                        let off = norm(&off) / norm(&vector);
                        assert!(off <= 1e-5 * largest, "{network}, {metric:?}: {off:e}");
                    }
                }
            }
        }
    }
}
