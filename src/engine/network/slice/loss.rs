//! The losses of a block of samples.

use crate::engine::network::Loss;
use crate::engine::network::float::{Float, SimdOf, clamp_max, exp_and_exp_m1, splat};
use crate::engine::network::loss::Target;
use crate::engine::numeric::real;
use crate::engine::numeric::real::{Kernel, dispatch};
use fearless_simd::Simd;
use fearless_simd::prelude::*;

/// What the outputs of all samples should be, ready for blocks.
pub(super) struct PackedTargets<E> {
    loss: Loss,
    outputs: usize,
    /// So many samples are side by side.
    pub(in crate::engine) block: usize,
    /// Block after block the numbers, a row for each output; of classes nothing.
    numbers: Vec<E>,
    classes: Vec<usize>,
}

/// The sum of a block's losses, in parts: each loss is a straight part and the logarithm of a factor ≥ 1.
pub(super) struct LossParts<'a, E> {
    pub(super) straight: &'a mut [E],
    pub(super) factors: &'a mut [E],
}

impl<E: Float> PackedTargets<E> {
    /// Of so many samples, `outputs` numbers each, `block` of them side by side.
    pub(super) fn new<'a>(
        loss: Loss,
        outputs: usize,
        samples: usize,
        block: usize,
        goal: impl Fn(usize) -> Target<'a>,
    ) -> Self {
        let (mut numbers, mut classes) = (Vec::new(), Vec::new());
        if loss == Loss::Mse {
            numbers.resize(samples.next_multiple_of(block) * outputs, E::default());
        }
        for sample in 0..samples {
            match goal(sample) {
                Target::Class(class) => classes.push(class),
                Target::Numbers(goals) => {
                    let (number, at) = (sample / block, sample % block);
                    for (o, goal) in goals.iter().enumerate() {
                        numbers[(number * outputs + o) * block + at] = E::from_f64(*goal);
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

    /// The sum of the losses of the first `count` samples of block `number`; `z` holds a row for each output, and `room` two more.
    pub(super) fn sum(&self, number: usize, count: usize, z: &[E], room: &mut [E]) -> f64 {
        let Self { outputs, block, .. } = *self;
        let z = &z[..outputs * block];
        let (straight, factors) = room.split_at_mut(block);
        let numbers = match self.loss {
            Loss::Mse => &self.numbers[number * outputs * block..(number + 1) * outputs * block],
            Loss::Bce | Loss::Ce => &[],
        };
        let parts = LossParts {
            straight: &mut *straight,
            factors: &mut *factors,
        };
        loss_parts(self.loss, block, z, numbers, parts);
        // Four sums and products side by side, none of which has to wait for another.
        let (mut sums, mut products) = ([0.0; 4], [1.0; 4]);
        let classes = self.classes.get(number * block..).unwrap_or(&[]);
        for i in 0..count {
            let straight = straight[i].to_f64();
            let less = classes
                .get(i)
                .and_then(|class| subtracted_output(self.loss, *class));
            sums[i % 4] += match (self.loss, less) {
                (Loss::Mse, _) => straight / real(outputs),
                (_, Some(output)) => straight - z[output * block + i].to_f64(),
                _ => straight,
            };
            products[i % 4] *= factors[i].to_f64();
        }
        // One logarithm for all factors: none is above the number of outputs, so that there is room for a block of them.
        let product: f64 = products.iter().product();
        sums.iter().sum::<f64>() + libm::log(product)
    }
}

/// The output that is taken from the straight part of a loss: the loss of class 1 at z is that of class 0 at −z.
pub(super) fn subtracted_output(loss: Loss, class: usize) -> Option<usize> {
    match loss {
        Loss::Bce => (class == 1).then_some(0),
        Loss::Ce => Some(class),
        Loss::Mse => None,
    }
}

/// The parts of the losses at outputs of which `z` holds a row each, `block` of them side by side; `numbers` are what they should be, for mse.
pub(super) fn loss_parts<E: Float>(
    loss: Loss,
    block: usize,
    z: &[E],
    numbers: &[E],
    parts: LossParts<E>,
) {
    dispatch(LossKernel {
        loss,
        block,
        z,
        numbers,
        parts,
    });
}

struct LossKernel<'a, E> {
    loss: Loss,
    pub(in crate::engine) block: usize,
    z: &'a [E],
    numbers: &'a [E],
    parts: LossParts<'a, E>,
}

impl<E: Float> Kernel for LossKernel<'_, E> {
    type Output = ();

    #[inline(always)]
    fn on_lanes<S: Simd>(self, simd: S) {
        let lanes = SimdOf::<E, S>::LEN;
        let one = splat::<E, S>(simd, E::from_f64(1.0));
        let straight = self.parts.straight.chunks_exact_mut(lanes);
        let factors = self.parts.factors.chunks_exact_mut(lanes);
        for (v, (straight, factors)) in straight.zip(factors).enumerate() {
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
                        let far = rows(self.z, o) - rows(self.numbers, o);
                        sum = far.mul_add(far, sum);
                    }
                }
                // ln(1 + eᶻ).
                Loss::Bce => {
                    let z = rows(self.z, 0);
                    let far = clamp_max::<E, S>(simd, z.abs(), E::EXP_LIMIT);
                    let [[e], _] = exp_and_exp_m1::<E, S, 1>(simd, [-far]);
                    factor = e + one;
                    sum = z.simd_lt(sum).select(sum, z);
                }
                Loss::Ce => {
                    let mut most = rows(self.z, 0);
                    for o in 1..outputs {
                        let z = rows(self.z, o);
                        // A NaN stays.
                        most = z.simd_le(most).select(most, z);
                    }
                    factor = splat::<E, S>(simd, E::default());
                    for o in 0..outputs {
                        let below = clamp_max::<E, S>(simd, most - rows(self.z, o), E::EXP_LIMIT);
                        let [[e], _] = exp_and_exp_m1::<E, S, 1>(simd, [-below]);
                        factor += e;
                    }
                    sum = most;
                }
            }
            sum.store_slice(straight);
            factor.store_slice(factors);
        }
    }
}
