//! The losses of a sample: value, gradient and Hessian by the outputs z.

use super::float::{SimdOf, exp_neg, splat};
use super::gemm::padded_len;
use crate::engine::declare::settings;
use crate::engine::numeric::real;
use crate::engine::numeric::real::{Kernel, dispatch};
use fearless_simd::Simd;
use fearless_simd::prelude::*;

settings! {
    /// Loss function, averaged over the samples.
    ///
    /// mse is the mean squared error, averaged over the outputs too (PyTorch's MSELoss); bce is the binary cross-entropy of one logit,
    /// ce the cross-entropy of one logit per class (BCEWithLogitsLoss, CrossEntropyLoss).
    pub enum Loss { Mse = "mse", Bce = "bce", Ce = "ce" }
}

/// Target of a sample.
#[derive(Clone, Copy)]
pub(crate) enum Target<'a> {
    /// A number for each output.
    Numbers(&'a [f64]),
    /// The index of a class.
    Class(usize),
}

impl Loss {
    /// Writes the exponentials that [`Self::value_and_grad`] and [`Self::grad`] need to `d`, for all samples at once: e^(z − max z) for ce,
    /// e^(−|z|) for bce. Both slices hold a row of `outputs` numbers per sample, padded to `stride`.
    pub(crate) fn prepare_softmax(self, [outputs, stride]: [usize; 2], z: &[f64], d: &mut [f64]) {
        if self != Self::Mse {
            dispatch(SoftmaxTerms {
                loss: self,
                outputs,
                stride,
                z,
                d,
            });
        }
    }

    /// Returns the loss and writes its gradient by z to `d`, which must hold the result of [`Self::prepare_softmax`].
    pub(crate) fn value_and_grad(self, z: &[f64], target: Target, d: &mut [f64]) -> f64 {
        let rest = self.grad(z, target, d);
        match (self, target) {
            (Self::Bce, Target::Class(class)) => {
                let wrong = if class == 1 { -z[0] } else { z[0] };
                let linear = if wrong < 0.0 { 0.0 } else { wrong };
                linear + libm::log1p(rest)
            }
            (Self::Ce, Target::Class(class)) => libm::log(rest) + (max(z) - z[class]),
            _ => rest,
        }
    }

    /// Writes the gradient by z to `d`, which must hold the result of [`Self::prepare_softmax`]. Returns the loss for mse, e^(−|z|) for
    /// bce, and the sum of the exponentials for ce.
    pub(super) fn grad(self, z: &[f64], target: Target, d: &mut [f64]) -> f64 {
        match (self, target) {
            (Self::Mse, Target::Numbers(target)) => {
                let count = real(z.len());
                let mut sum = 0.0;
                for ((z, y), d) in z.iter().zip(target).zip(d) {
                    sum += (z - y) * (z - y);
                    *d = 2.0 * (z - y) / count;
                }
                sum / count
            }
            (Self::Bce, Target::Class(class)) => {
                // The loss of class 1 at z is that of class 0 at −z: ln(1 + eᶻ).
                let sign = if class == 1 { -1.0 } else { 1.0 };
                let e = d[0];
                let probability = if sign * z[0] < 0.0 { e } else { 1.0 } / (1.0 + e);
                d[0] = sign * probability;
                e
            }
            (Self::Ce, Target::Class(class)) => {
                let sum: f64 = d.iter().sum();
                d.iter_mut().for_each(|d| *d /= sum);
                d[class] -= 1.0;
                sum
            }
            // Data that do not fit the loss are refused before.
            _ => f64::NAN,
        }
    }

    /// Writes the Hessian by z times `v` to `product`, given the gradient `d`.
    pub(super) fn hessian_vector(self, d: &[f64], target: Target, v: &[f64], product: &mut [f64]) {
        match (self, target) {
            (Self::Bce, _) => {
                // |d| is the probability of the other class.
                let sign = if d[0] < 0.0 { -1.0 } else { 1.0 };
                let probability = sign * d[0];
                product[0] = probability * (1.0 - probability) * v[0];
            }
            (Self::Ce, Target::Class(class)) => {
                // (diag(p) − p pᵀ) v; d is p, less 1 for the target's class.
                product.copy_from_slice(d);
                product[class] += 1.0;
                let mean: f64 = product.iter().zip(v).map(|(p, v)| *p * v).sum();
                for (p, v) in product.iter_mut().zip(v) {
                    *p *= *v - mean;
                }
            }
            _ => {
                let factor = 2.0 / real(v.len());
                for (product, v) in product.iter_mut().zip(v) {
                    *product = factor * v;
                }
            }
        }
    }

    /// Whether the outputs predict the target's class, see [`Self::class`]; false for targets that are numbers.
    pub(super) fn is_class(self, z: &[f64], target: Target) -> bool {
        let Target::Class(class) = target else {
            return false;
        };
        self.class(z) == Some(class)
    }

    /// Returns the predicted class: for bce 1 where the logit is positive, for ce the first of the greatest logits; `None` for mse, or
    /// where an output is NaN.
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

    /// Returns the predicted class with its probability and margin; `None` for mse, or where an output is no finite number.
    pub fn predict(self, z: &[f64]) -> Option<Prediction> {
        let class = self.class(z)?;
        let mut d = vec![0.0; padded_len(z.len())];
        let mut row = d.clone();
        row[..z.len()].copy_from_slice(z);
        self.prepare_softmax([z.len(), row.len()], &row, &mut d);
        let (probability, next) = if self == Self::Bce {
            (1.0 / (1.0 + d[0]), d[0] / (1.0 + d[0]))
        } else {
            let terms = &d[..z.len()];
            let probability = 1.0 / terms.iter().sum::<f64>();
            let others = terms
                .iter()
                .enumerate()
                .filter(|(other, _)| *other != class);
            let next = others.map(|(_, term)| *term).fold(0.0, f64::max);
            (probability, probability * next)
        };
        probability.is_finite().then_some(Prediction {
            class,
            probability,
            margin: probability - next,
        })
    }
}

/// Predicted class of a sample.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prediction {
    /// The index of the class.
    pub class: usize,
    /// Its probability.
    pub probability: f64,
    /// Its probability less the greatest probability of another class.
    pub margin: f64,
}

/// Returns the greatest number.
fn max(z: &[f64]) -> f64 {
    z.iter().copied().fold(f64::NEG_INFINITY, f64::max)
}

/// Exponentials of [`Loss::prepare_softmax`].
struct SoftmaxTerms<'a> {
    loss: Loss,
    outputs: usize,
    stride: usize,
    z: &'a [f64],
    d: &'a mut [f64],
}

impl Kernel for SoftmaxTerms<'_> {
    type Output = ();

    #[inline(always)]
    fn on_lanes<S: Simd>(self, simd: S) {
        let lanes = SimdOf::<f64, S>::LEN;
        let rows = self.z.chunks_exact(self.stride);
        for (z, d) in rows.zip(self.d.chunks_exact_mut(self.stride)) {
            let max = splat::<f64, S>(simd, max(&z[..self.outputs]));
            for first in (0..self.outputs).step_by(lanes) {
                let range = first..first + lanes;
                let z = SimdOf::<f64, S>::from_slice(simd, &z[range.clone()]);
                let x = if self.loss == Loss::Bce {
                    z.abs()
                } else {
                    max - z
                };
                exp_neg::<f64, S>(simd, x).store_slice(&mut d[range]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the loss of a single sample and writes its gradient.
    fn at(loss: Loss, z: &[f64], class: usize, d: &mut [f64]) -> f64 {
        let [mut row, mut slopes] = [
            vec![f64::NAN; padded_len(z.len())],
            vec![0.0; padded_len(z.len())],
        ];
        row[..z.len()].copy_from_slice(z);
        loss.prepare_softmax([z.len(), row.len()], &row, &mut slopes);
        d.copy_from_slice(&slopes[..z.len()]);
        loss.value_and_grad(z, Target::Class(class), d)
    }

    #[test]
    fn losses_of_extreme_logits_are_linear() {
        let mut d = [0.0; 2];
        for (class, z, loss, derivative) in [
            (1, 800.0, 0.0, 0.0),
            (1, -800.0, 800.0, -1.0),
            (0, 800.0, 800.0, 1.0),
            (0, -800.0, 0.0, 0.0),
        ] {
            let found = at(Loss::Bce, &[z], class, &mut d[..1]);
            assert!((found - loss).abs() < 1e-300, "{class} {z}: {found}");
            assert!((d[0] - derivative).abs() < 1e-300, "{class} {z}: {d:?}");
            // Two classes, the logit of the first 0.
            let found = at(Loss::Ce, &[0.0, z], class, &mut d);
            assert!((found - loss).abs() < 1e-300, "{class} {z}: {found}");
            assert!((d[1] - derivative).abs() < 1e-300, "{class} {z}: {d:?}");
        }
    }

    #[test]
    fn softmax_of_many_classes_has_the_bits_of_each_alone() {
        for classes in 1..20 {
            let z: Vec<f64> = (0..classes).map(|i| (7.0 * real(i)).sin() * 30.0).collect();
            let max = max(&z);
            let exp_neg = |x: f64| {
                let mut d = [0.0; 8];
                Loss::Bce.prepare_softmax([1, 8], &[x, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0], &mut d);
                d[0]
            };
            let sum: f64 = z.iter().map(|z| exp_neg(max - z)).sum();
            let mut d = vec![0.0; classes];
            at(Loss::Ce, &z, 0, &mut d);
            d[0] += 1.0;
            for (probability, z) in d[1..].iter().zip(&z[1..]) {
                assert_eq!(*probability, exp_neg(max - z) / sum, "{classes}");
            }
        }
    }

    #[test]
    fn nan_outputs_have_nan_losses_and_no_class() {
        let mut d = [0.0; 2];
        for z in [[f64::NAN, 1.0], [1.0, f64::NAN], [f64::INFINITY; 2]] {
            assert!(at(Loss::Ce, &z, 0, &mut d).is_nan());
        }
        assert!(at(Loss::Bce, &[f64::NAN], 0, &mut d[..1]).is_nan());
        assert_eq!(Loss::Ce.class(&[f64::NAN, 1.0]), None);
        assert_eq!(Loss::Bce.class(&[f64::NAN]), None);
    }

    #[test]
    fn the_class_is_that_of_the_greatest_logit() {
        assert_eq!(Loss::Ce.class(&[1.0, 3.0, 3.0]), Some(1));
        assert_eq!(Loss::Bce.class(&[0.0]), Some(0));
        assert_eq!(Loss::Bce.class(&[0.1]), Some(1));
        assert_eq!(Loss::Mse.class(&[0.1]), None);
    }
}
