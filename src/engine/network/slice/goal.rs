//! The losses of a block of samples.

use crate::engine::network::Loss;
use crate::engine::network::loss::Goal;
use crate::engine::network::number::{Number, Of, exponentials, limited, splat};
use crate::engine::numeric::real;
use crate::engine::numeric::real::{Kernel, dispatch};
use fearless_simd::Simd;
use fearless_simd::prelude::*;

/// What the outputs of all samples should be, ready for blocks.
pub(super) struct Goals<E> {
    loss: Loss,
    outputs: usize,
    /// So many samples are side by side.
    pub(in crate::engine) block: usize,
    /// Block after block the numbers, a row for each output; of classes nothing.
    numbers: Vec<E>,
    classes: Vec<usize>,
}

/// The sum of a block's losses, in parts: each loss is a straight part and the logarithm of a factor ≥ 1.
pub(super) struct Parts<'a, E> {
    pub(super) straight: &'a mut [E],
    pub(super) factors: &'a mut [E],
}

impl<E: Number> Goals<E> {
    /// Of so many samples, `outputs` numbers each, `block` of them side by side.
    pub(super) fn new<'a>(
        loss: Loss,
        outputs: usize,
        samples: usize,
        block: usize,
        goal: impl Fn(usize) -> Goal<'a>,
    ) -> Self {
        let (mut numbers, mut classes) = (Vec::new(), Vec::new());
        if loss == Loss::Mse {
            numbers.resize(samples.next_multiple_of(block) * outputs, E::default());
        }
        for sample in 0..samples {
            match goal(sample) {
                Goal::Class(class) => classes.push(class),
                Goal::Numbers(goals) => {
                    let (number, at) = (sample / block, sample % block);
                    for (o, goal) in goals.iter().enumerate() {
                        numbers[(number * outputs + o) * block + at] = E::of(*goal);
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
        let parts = Parts {
            straight: &mut *straight,
            factors: &mut *factors,
        };
        losses(self.loss, block, z, numbers, parts);
        // Four sums and products side by side, none of which has to wait for another.
        let (mut sums, mut products) = ([0.0; 4], [1.0; 4]);
        let classes = self.classes.get(number * block..).unwrap_or(&[]);
        for i in 0..count {
            let straight = straight[i].wide();
            let less = classes.get(i).and_then(|class| less(self.loss, *class));
            sums[i % 4] += match (self.loss, less) {
                (Loss::Mse, _) => straight / real(outputs),
                (_, Some(output)) => straight - z[output * block + i].wide(),
                _ => straight,
            };
            products[i % 4] *= factors[i].wide();
        }
        // One logarithm for all factors: none is above the number of outputs, so that there is room for a block of them.
        let product: f64 = products.iter().product();
        sums.iter().sum::<f64>() + libm::log(product)
    }
}

/// The output that is taken from the straight part of a loss: the loss of class 1 at z is that of class 0 at −z.
pub(super) fn less(loss: Loss, class: usize) -> Option<usize> {
    match loss {
        Loss::Bce => (class == 1).then_some(0),
        Loss::Ce => Some(class),
        Loss::Mse => None,
    }
}

/// The parts of the losses at outputs of which `z` holds a row each, `block` of them side by side; `numbers` are what they should be, for mse.
pub(super) fn losses<E: Number>(loss: Loss, block: usize, z: &[E], numbers: &[E], parts: Parts<E>) {
    dispatch(Losses {
        loss,
        block,
        z,
        numbers,
        parts,
    });
}

struct Losses<'a, E> {
    loss: Loss,
    pub(in crate::engine) block: usize,
    z: &'a [E],
    numbers: &'a [E],
    parts: Parts<'a, E>,
}

impl<E: Number> Kernel for Losses<'_, E> {
    type Output = ();

    #[inline(always)]
    fn on_lanes<S: Simd>(self, simd: S) {
        let lanes = Of::<E, S>::LEN;
        let one = splat::<E, S>(simd, E::of(1.0));
        let straight = self.parts.straight.chunks_exact_mut(lanes);
        let factors = self.parts.factors.chunks_exact_mut(lanes);
        for (v, (straight, factors)) in straight.zip(factors).enumerate() {
            let columns = v * lanes..(v + 1) * lanes;
            let rows = |numbers: &'_ [E], row: usize| {
                let row = &numbers[row * self.block..(row + 1) * self.block];
                Of::<E, S>::from_slice(simd, &row[columns.clone()])
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
                    let far = limited::<E, S>(simd, z.abs(), E::FAR);
                    let [[e], _] = exponentials::<E, S, 1>(simd, [-far]);
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
                        let below = limited::<E, S>(simd, most - rows(self.z, o), E::FAR);
                        let [[e], _] = exponentials::<E, S, 1>(simd, [-below]);
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
