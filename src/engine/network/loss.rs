//! The losses of one sample: value, derivative by the outputs z, and Hessian by them.

use super::activation::exp_neg;
use super::float::Float;
use crate::engine::declare::settings;
use crate::engine::numeric::real;
use crate::engine::numeric::real::{Kernel, Lanes, Real, dispatch};
use fearless_simd::Simd;

settings! {
    /// What is minimised, the mean over the samples.
    ///
    /// mse is the squared error, a mean over the outputs as well (PyTorch's MSELoss); bce is the binary cross-entropy of one output,
    /// ce the cross-entropy of one output for each class, both from logits (BCEWithLogitsLoss, CrossEntropyLoss).
    pub enum Loss { Mse = "mse", Bce = "bce", Ce = "ce" }
}

/// What the outputs for a sample should be.
#[derive(Clone, Copy)]
pub(in crate::engine) enum Target<'a> {
    /// These numbers.
    Numbers(&'a [f64]),
    /// This class.
    Class(usize),
}

impl Loss {
    /// What is the same for all samples is done side by side: for ce, e to the power of how far each output is below the greatest of its
    /// sample goes to `slopes`. Both hold rows of so many outputs, padded to a stride.
    pub(in crate::engine) fn prepare_softmax(
        self,
        [outputs, stride]: [usize; 2],
        z: &[f64],
        slopes: &mut [f64],
    ) {
        if self == Self::Ce {
            dispatch(SoftmaxTerms {
                outputs,
                stride,
                z,
                slopes,
            });
        }
    }

    /// The loss; its derivative by z goes to `slope`, which holds what [`Self::prepare_softmax`] has left there.
    pub(in crate::engine) fn value_and_grad(
        self,
        z: &[f64],
        goal: Target,
        slope: &mut [f64],
    ) -> f64 {
        let rest = self.grad(z, goal, slope);
        match (self, goal) {
            (Self::Bce, Target::Class(class)) => {
                let along = if class == 1 { -z[0] } else { z[0] };
                let straight = if along < 0.0 { 0.0 } else { along };
                straight + libm::log1p(rest)
            }
            (Self::Ce, Target::Class(class)) => libm::log(rest) + (greatest(z) - z[class]),
            _ => rest,
        }
    }

    /// The same derivative. Returns what the loss is made of: for bce e to the power of minus the distance from 0, for ce the sum of what has been
    /// prepared, else the loss itself.
    pub(in crate::engine) fn grad(self, z: &[f64], goal: Target, slope: &mut [f64]) -> f64 {
        match (self, goal) {
            (Self::Mse, Target::Numbers(goal)) => {
                let count = real(z.len());
                let mut sum = 0.0;
                for ((z, y), slope) in z.iter().zip(goal).zip(slope) {
                    sum += (z - y) * (z - y);
                    *slope = 2.0 * (z - y) / count;
                }
                sum / count
            }
            (Self::Bce, Target::Class(class)) => {
                // The loss of class 1 at z is that of class 0 at −z: ln(1 + eᶻ).
                let sign = if class == 1 { -1.0 } else { 1.0 };
                let along = sign * z[0];
                let e = exp_neg(along.abs());
                let share = if along < 0.0 { e } else { 1.0 } / (1.0 + e);
                slope[0] = sign * share;
                e
            }
            (Self::Ce, Target::Class(class)) => {
                let sum: f64 = slope.iter().sum();
                slope.iter_mut().for_each(|share| *share /= sum);
                slope[class] -= 1.0;
                sum
            }
            // Data that do not fit the loss are refused before.
            _ => f64::NAN,
        }
    }

    /// The Hessian by z times `v`, given the derivative; `product` may not hold anything yet.
    pub(in crate::engine) fn hessian_vector<E: Float>(
        self,
        slope: &[E],
        goal: Target,
        v: &[E],
        product: &mut [E],
    ) {
        let one = E::from_f64(1.0);
        match (self, goal) {
            (Self::Bce, _) => {
                // |slope| is the share of the other class.
                let sign = if slope[0] < E::default() { -one } else { one };
                let share = sign * slope[0];
                product[0] = share * (one - share) * v[0];
            }
            (Self::Ce, Target::Class(class)) => {
                // (diag(p) − p pᵀ) v, where the derivative is p but for the 1 of the class.
                product.copy_from_slice(slope);
                product[class] += one;
                let along: E = product.iter().zip(v).map(|(p, v)| *p * v).sum();
                for (p, v) in product.iter_mut().zip(v) {
                    *p *= *v - along;
                }
            }
            _ => {
                let factor = E::from_f64(2.0 / real(v.len()));
                for (product, v) in product.iter_mut().zip(v) {
                    *product = factor * v;
                }
            }
        }
    }

    /// Whether the outputs are nearest to this class: bce takes 1 where the logit is positive, ce the greatest logit, the first of
    /// several. Nothing is near a number.
    pub(in crate::engine) fn is_class(self, z: &[f64], goal: Target) -> bool {
        let Target::Class(class) = goal else {
            return false;
        };
        self.class(z) == Some(class)
    }

    /// The class that the outputs are for; `None` where there are no classes, or the outputs are no numbers.
    pub fn class(self, z: &[f64]) -> Option<usize> {
        match self {
            Self::Mse => None,
            Self::Bce => z
                .first()
                .filter(|z| !z.is_nan())
                .map(|z| usize::from(*z > 0.0)),
            Self::Ce => {
                let mut best = 0;
                for (class, z_class) in z.iter().enumerate() {
                    if *z_class > z[best] {
                        best = class;
                    }
                }
                (!z.iter().any(|z| z.is_nan())).then_some(best)
            }
        }
    }

    /// The class that the outputs are for, and how sure that is; `None` where there are no classes, or the outputs are no numbers.
    pub fn predict(self, z: &[f64]) -> Option<Prediction> {
        let class = self.class(z)?;
        let (share, next) = if self == Self::Bce {
            let other = exp_neg(z[0].abs());
            (1.0 / (1.0 + other), other / (1.0 + other))
        } else {
            let weight = |other: &f64| exp_neg(z[class] - other);
            let share = 1.0 / z.iter().map(weight).sum::<f64>();
            let others = z.iter().enumerate().filter(|(other, _)| *other != class);
            let next = others.map(|(_, other)| weight(other)).fold(0.0, f64::max);
            (share, share * next)
        };
        share.is_finite().then_some(Prediction {
            class,
            probability: share,
            margin: share - next,
        })
    }
}

/// What a network's outputs for a sample say.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prediction {
    /// The class.
    pub class: usize,
    /// Its probability.
    pub probability: f64,
    /// By how much that is more than the probability of any other class.
    pub margin: f64,
}

fn greatest(z: &[f64]) -> f64 {
    z.iter().copied().fold(f64::NEG_INFINITY, f64::max)
}

/// The exponentials of [`Loss::prepare_softmax`].
struct SoftmaxTerms<'a> {
    outputs: usize,
    stride: usize,
    z: &'a [f64],
    slopes: &'a mut [f64],
}

impl Kernel for SoftmaxTerms<'_> {
    type Output = ();

    #[inline(always)]
    fn on_lanes<S: Simd>(self, simd: S) {
        let rows = self.z.chunks_exact(self.stride);
        for (z, slopes) in rows.zip(self.slopes.chunks_exact_mut(self.stride)) {
            let most = greatest(&z[..self.outputs]);
            for first in (0..self.outputs).step_by(Lanes::<S>::LANES) {
                let z = Lanes::<S>::load(simd, z, first);
                // No argument that is a number is far.
                exp_neg(z.broadcast(most) - z).store(slopes, first);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::network::gemm::padded_len;

    /// The loss of one sample alone.
    fn at(loss: Loss, z: &[f64], class: usize, slope: &mut [f64]) -> f64 {
        let [mut row, mut slopes] = [
            vec![f64::NAN; padded_len(z.len())],
            vec![0.0; padded_len(z.len())],
        ];
        row[..z.len()].copy_from_slice(z);
        loss.prepare_softmax([z.len(), row.len()], &row, &mut slopes);
        slope.copy_from_slice(&slopes[..z.len()]);
        loss.value_and_grad(z, Target::Class(class), slope)
    }

    #[test]
    fn far_logits_have_straight_losses() {
        let mut slope = [0.0; 2];
        for (class, z, loss, derivative) in [
            (1, 800.0, 0.0, 0.0),
            (1, -800.0, 800.0, -1.0),
            (0, 800.0, 800.0, 1.0),
            (0, -800.0, 0.0, 0.0),
        ] {
            let found = at(Loss::Bce, &[z], class, &mut slope[..1]);
            assert!((found - loss).abs() < 1e-300, "{class} {z}: {found}");
            assert!(
                (slope[0] - derivative).abs() < 1e-300,
                "{class} {z}: {slope:?}"
            );
            // The same logits as those of two classes.
            let found = at(Loss::Ce, &[0.0, z], class, &mut slope);
            assert!((found - loss).abs() < 1e-300, "{class} {z}: {found}");
            assert!(
                (slope[1] - derivative).abs() < 1e-300,
                "{class} {z}: {slope:?}"
            );
        }
    }

    #[test]
    fn shares_of_many_classes_have_the_bits_of_each_alone() {
        for classes in 1..20 {
            let z: Vec<f64> = (0..classes).map(|i| (7.0 * real(i)).sin() * 30.0).collect();
            let most = greatest(&z);
            let sum: f64 = z.iter().map(|z| exp_neg(most - z)).sum();
            let mut slope = vec![0.0; classes];
            at(Loss::Ce, &z, 0, &mut slope);
            slope[0] += 1.0;
            for (share, z) in slope[1..].iter().zip(&z[1..]) {
                assert_eq!(*share, exp_neg(most - z) / sum, "{classes}");
            }
        }
    }

    #[test]
    fn what_is_no_number_has_no_loss_and_no_class() {
        let mut slope = [0.0; 2];
        for z in [[f64::NAN, 1.0], [1.0, f64::NAN], [f64::INFINITY; 2]] {
            assert!(at(Loss::Ce, &z, 0, &mut slope).is_nan());
        }
        assert!(at(Loss::Bce, &[f64::NAN], 0, &mut slope[..1]).is_nan());
        assert_eq!(Loss::Ce.class(&[f64::NAN, 1.0]), None);
        assert_eq!(Loss::Bce.class(&[f64::NAN]), None);
    }

    #[test]
    fn classes_are_those_of_the_greatest_logit() {
        assert_eq!(Loss::Ce.class(&[1.0, 3.0, 3.0]), Some(1));
        assert_eq!(Loss::Bce.class(&[0.0]), Some(0));
        assert_eq!(Loss::Bce.class(&[0.1]), Some(1));
        assert_eq!(Loss::Mse.class(&[0.1]), None);
    }
}
