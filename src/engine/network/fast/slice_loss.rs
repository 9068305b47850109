//! Losses of a block of samples, one sample per SIMD lane: each is a linear part plus the logarithm of a factor ≥ 1, so that a whole
//! block takes one logarithm. Taking one per sample would cost about half of the time of a slice.

use crate::engine::network::float::{Float, SimdOf, exp_neg, splat};
use crate::engine::network::loss::Target;
use crate::engine::network::{Loss, NetworkLoss};
use crate::engine::numeric::real;
use crate::engine::numeric::real::{Kernel, dispatch};
use fearless_simd::Simd;
use fearless_simd::prelude::*;

/// The targets of all samples, in blocks.
pub(super) struct PackedTargets<E> {
    loss: Loss,
    outputs: usize,
    /// The number of samples of a block.
    block: usize,
    /// For mse the target numbers, block by block, a row for each output; else empty.
    numbers: Vec<E>,
    /// For bce and ce the class of each sample; else empty.
    classes: Vec<usize>,
}

impl<E: Float> PackedTargets<E> {
    /// Packs the targets of a network in blocks of `block` samples.
    pub(super) fn new(net: &NetworkLoss, block: usize) -> Self {
        let (loss, outputs) = (net.loss, net.shape.outputs());
        let (mut numbers, mut classes) = (Vec::new(), Vec::new());
        if loss == Loss::Mse {
            numbers.resize(net.samples.next_multiple_of(block) * outputs, E::default());
        }
        for sample in 0..net.samples {
            match net.target(sample) {
                Target::Class(class) => classes.push(class),
                Target::Numbers(targets) => {
                    let (number, column) = (sample / block, sample % block);
                    for (o, target) in targets.iter().enumerate() {
                        numbers[(number * outputs + o) * block + column] = E::from_f64(*target);
                    }
                }
            }
        }
        Self {
            loss,
            outputs,
            block,
            numbers,
            classes,
        }
    }

    /// Returns the sum of the losses of the first `count` samples of block `number`. `z` holds a row for each output; `scratch` has
    /// room for two rows.
    pub(super) fn sum(&self, number: usize, count: usize, z: &[E], scratch: &mut [E]) -> f64 {
        let Self { outputs, block, .. } = *self;
        let z = &z[..outputs * block];
        let (linear, factors) = scratch.split_at_mut(block);
        let numbers = match self.loss {
            Loss::Mse => &self.numbers[number * outputs * block..(number + 1) * outputs * block],
            Loss::Bce | Loss::Ce => &[],
        };
        dispatch(LossKernel {
            loss: self.loss,
            block,
            z,
            numbers,
            linear: &mut *linear,
            factors: &mut *factors,
        });
        // Four independent sums and products hide the latency of each.
        let (mut sums, mut products) = ([0.0; 4], [1.0; 4]);
        let classes = self.classes.get(number * block..).unwrap_or(&[]);
        for i in 0..count {
            let linear = linear[i].to_f64();
            sums[i % 4] += match (self.loss, classes.get(i)) {
                (Loss::Mse, _) => linear / real(outputs),
                // The loss of class 1 at z is that of class 0 at −z: ln(1 + e⁻ᶻ) = ln(1 + eᶻ) − z.
                (Loss::Bce, Some(1)) => linear - z[i].to_f64(),
                (Loss::Ce, Some(class)) => linear - z[class * block + i].to_f64(),
                _ => linear,
            };
            products[i % 4] *= factors[i].to_f64();
        }
        // No factor exceeds the number of outputs, so that the product of a block does not overflow.
        let product: f64 = products.iter().product();
        sums.iter().sum::<f64>() + libm::log(product)
    }
}

/// Computes the linear part and the factor of each sample's loss.
struct LossKernel<'a, E> {
    loss: Loss,
    block: usize,
    z: &'a [E],
    numbers: &'a [E],
    linear: &'a mut [E],
    factors: &'a mut [E],
}

impl<E: Float> Kernel for LossKernel<'_, E> {
    type Output = ();

    #[inline(always)]
    fn on_lanes<S: Simd>(self, simd: S) {
        let lanes = SimdOf::<E, S>::LEN;
        let one = splat::<E, S>(simd, E::from_f64(1.0));
        let linear = self.linear.chunks_exact_mut(lanes);
        let factors = self.factors.chunks_exact_mut(lanes);
        for (v, (linear, factors)) in linear.zip(factors).enumerate() {
            let columns = v * lanes..(v + 1) * lanes;
            let rows = |numbers: &'_ [E], row: usize| {
                let row = &numbers[row * self.block..(row + 1) * self.block];
                SimdOf::<E, S>::from_slice(simd, &row[columns.clone()])
            };
            let outputs = self.z.len() / self.block;
            let [mut sum, mut factor] = [splat::<E, S>(simd, E::default()), one];
            match self.loss {
                Loss::Mse => {
                    for o in 0..outputs {
                        let residual = rows(self.z, o) - rows(self.numbers, o);
                        sum = residual.mul_add(residual, sum);
                    }
                }
                // ln(1 + eᶻ) = max(z, 0) + ln(1 + e^(−|z|)).
                Loss::Bce => {
                    let z = rows(self.z, 0);
                    factor = exp_neg::<E, S>(simd, z.abs()) + one;
                    sum = z.simd_lt(sum).select(sum, z);
                }
                Loss::Ce => {
                    let mut max = rows(self.z, 0);
                    for o in 1..outputs {
                        let z = rows(self.z, o);
                        // NaN stays NaN.
                        max = z.simd_le(max).select(max, z);
                    }
                    factor = splat::<E, S>(simd, E::default());
                    for o in 0..outputs {
                        factor += exp_neg::<E, S>(simd, max - rows(self.z, o));
                    }
                    sum = max;
                }
            }
            sum.store_slice(linear);
            factor.store_slice(factors);
        }
    }
}
