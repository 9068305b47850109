//! The activation functions: value and first two derivatives, each defined once for f64 and f32.

use super::float::{Float, SimdOf, exp_neg, exp_neg_and_m1, map_lanes, rational_tanh, splat};
use crate::engine::declare::settings;
use crate::engine::numeric::real::{Kernel, dispatch};
use fearless_simd::Simd;
use fearless_simd::prelude::*;
use std::f64::consts::{FRAC_1_SQRT_2, FRAC_2_SQRT_PI};
use std::marker::PhantomData;

settings! {
    /// Activation function after each hidden layer, with PyTorch's constants: leaky-relu has slope 0.01 below 0, GELU is the exact one,
    /// ELU has α = 1, softplus β = 1 and threshold 20.
    pub enum Activation {
        Identity = "identity",
        Relu = "relu",
        LeakyRelu = "leaky-relu",
        Tanh = "tanh",
        Sigmoid = "sigmoid",
        Gelu = "gelu",
        Silu = "silu",
        Elu = "elu",
        Softplus = "softplus",
    }
}

impl Activation {
    /// Whether the second derivative is nonzero anywhere.
    pub(super) fn has_second_derivative(self) -> bool {
        !matches!(self, Self::Identity | Self::Relu | Self::LeakyRelu)
    }

    /// Writes φ(u) and its first N − 1 derivatives to `out`; N is 1, 2 or 3. All slices have the same length, a multiple of
    /// [`Float::MAX_LANES`].
    pub(super) fn apply<E: Float, const N: usize>(self, u: &[E], out: [&mut [E]; N]) {
        match self {
            Self::Identity => apply::<PiecewiseLinear<100>, E, N>(u, out),
            Self::Relu => apply::<PiecewiseLinear<0>, E, N>(u, out),
            Self::LeakyRelu => apply::<PiecewiseLinear<1>, E, N>(u, out),
            Self::Tanh => apply::<Tanh, E, N>(u, out),
            Self::Sigmoid => apply::<Sigmoid, E, N>(u, out),
            Self::Gelu => apply::<Gelu, E, N>(u, out),
            Self::Silu => apply::<Silu, E, N>(u, out),
            Self::Elu => apply::<Elu, E, N>(u, out),
            Self::Softplus => apply::<Softplus, E, N>(u, out),
        }
    }
}

/// An activation function φ on SIMD vectors.
trait ActivationFn {
    /// Returns φ(x), φ′(x) and φ″(x).
    fn eval<E: Float, S: Simd>(simd: S, x: SimdOf<E, S>) -> [SimdOf<E, S>; 3];
}

/// Returns a vector with an f64 constant in all lanes.
#[inline(always)]
fn constant<E: Float, S: Simd>(simd: S, number: f64) -> SimdOf<E, S> {
    splat::<E, S>(simd, E::from_f64(number))
}

/// x for x ≥ 0, `PERCENT` hundredths of x below. The derivative at 0 is PyTorch's: the left one.
struct PiecewiseLinear<const PERCENT: u8>;
impl<const PERCENT: u8> ActivationFn for PiecewiseLinear<PERCENT> {
    #[inline(always)]
    fn eval<E: Float, S: Simd>(simd: S, x: SimdOf<E, S>) -> [SimdOf<E, S>; 3] {
        let slope = f64::from(PERCENT) / 100.0;
        let [zero, one, slope] = [0.0, 1.0, slope].map(|number| constant::<E, S>(simd, number));
        // −∞ · 0 would be NaN.
        let below = if PERCENT == 0 { zero } else { x * slope };
        let value = x.simd_lt(zero).select(below, x);
        [value, zero.simd_lt(x).select(one, slope), zero]
    }
}

struct Tanh;
impl ActivationFn for Tanh {
    #[inline(always)]
    fn eval<E: Float, S: Simd>(simd: S, x: SimdOf<E, S>) -> [SimdOf<E, S>; 3] {
        let [one, two] = [1.0, 2.0].map(|number| constant::<E, S>(simd, number));
        let t = if let Some(polynomials) = E::TANH {
            rational_tanh::<E, S>(simd, polynomials, x)
        } else {
            // tanh |x| = (1 − e^(−2|x|)) / (1 + e^(−2|x|)); in f64 it is 1 beyond 20, long before the exponential underflows.
            let [_, m] = exp_neg_and_m1::<E, S>(simd, x.abs() * two);
            (m / (m + two)).copysign(x)
        };
        let first = one - t * t;
        [t, first, -(two * t * first)]
    }
}

/// 1 / (1 + e⁻ˣ), by the exponential that does not overflow.
#[inline(always)]
fn sigmoid<E: Float, S: Simd>(simd: S, x: SimdOf<E, S>) -> SimdOf<E, S> {
    let [zero, one] = [0.0, 1.0].map(|number| constant::<E, S>(simd, number));
    let e = exp_neg::<E, S>(simd, x.abs());
    x.simd_lt(zero).select(e, one) / (e + one)
}

struct Sigmoid;
impl ActivationFn for Sigmoid {
    #[inline(always)]
    fn eval<E: Float, S: Simd>(simd: S, x: SimdOf<E, S>) -> [SimdOf<E, S>; 3] {
        let [one, two] = [1.0, 2.0].map(|number| constant::<E, S>(simd, number));
        let s = sigmoid::<E, S>(simd, x);
        let first = s * (one - s);
        [s, first, first * (one - two * s)]
    }
}

/// x Φ(x), Φ the standard normal distribution function.
struct Gelu;
impl ActivationFn for Gelu {
    #[inline(always)]
    fn eval<E: Float, S: Simd>(simd: S, x: SimdOf<E, S>) -> [SimdOf<E, S>; 3] {
        const DENSITY_AT_0: f64 = 0.5 * FRAC_2_SQRT_PI * FRAC_1_SQRT_2;
        let [half, two, density] =
            [0.5, 2.0, DENSITY_AT_0].map(|number| constant::<E, S>(simd, number));
        let distribution = map_lanes::<E, S>(x, |x| 0.5 * libm::erfc(-x * FRAC_1_SQRT_2));
        let density = exp_neg::<E, S>(simd, x * x * half) * density;
        [
            x * distribution,
            distribution + x * density,
            density * (two - x * x),
        ]
    }
}

struct Silu;
impl ActivationFn for Silu {
    #[inline(always)]
    fn eval<E: Float, S: Simd>(simd: S, x: SimdOf<E, S>) -> [SimdOf<E, S>; 3] {
        let [one, two] = [1.0, 2.0].map(|number| constant::<E, S>(simd, number));
        let s = sigmoid::<E, S>(simd, x);
        let first = s * (one - s);
        let second = first * (x * (one - two * s) + two);
        [x * s, s + x * first, second]
    }
}

struct Elu;
impl ActivationFn for Elu {
    #[inline(always)]
    fn eval<E: Float, S: Simd>(simd: S, x: SimdOf<E, S>) -> [SimdOf<E, S>; 3] {
        let [zero, one] = [0.0, 1.0].map(|number| constant::<E, S>(simd, number));
        let positive = zero.simd_lt(x);
        let [e, e_m1] = exp_neg_and_m1::<E, S>(simd, x.abs());
        [
            positive.select(x, e_m1),
            positive.select(one, e),
            positive.select(zero, e),
        ]
    }
}

/// ln(1 + eˣ).
struct Softplus;
impl ActivationFn for Softplus {
    #[inline(always)]
    fn eval<E: Float, S: Simd>(simd: S, x: SimdOf<E, S>) -> [SimdOf<E, S>; 3] {
        let [zero, one, threshold] = [0.0, 1.0, 20.0].map(|number| constant::<E, S>(simd, number));
        let linear = threshold.simd_lt(x);
        let s = sigmoid::<E, S>(simd, x);
        let log = map_lanes::<E, S>(exp_neg::<E, S>(simd, x.abs()), libm::log1p);
        let value = x.simd_lt(zero).select(zero, x) + log;
        [
            linear.select(x, value),
            linear.select(one, s),
            linear.select(zero, s * (one - s)),
        ]
    }
}

fn apply<P: ActivationFn, E: Float, const N: usize>(u: &[E], out: [&mut [E]; N]) {
    dispatch(ActivationKernel {
        phi: PhantomData::<P>,
        u,
        out,
    });
}

struct ActivationKernel<'a, P, E, const N: usize> {
    phi: PhantomData<P>,
    u: &'a [E],
    out: [&'a mut [E]; N],
}

impl<P: ActivationFn, E: Float, const N: usize> Kernel for ActivationKernel<'_, P, E, N> {
    type Output = ();

    #[inline(always)]
    fn on_lanes<S: Simd>(mut self, simd: S) {
        let lanes = SimdOf::<E, S>::LEN;
        for first in (0..self.u.len()).step_by(lanes) {
            let range = first..first + lanes;
            let u = SimdOf::<E, S>::from_slice(simd, &self.u[range.clone()]);
            let values = P::eval::<E, S>(simd, u);
            for (out, value) in self.out.iter_mut().zip(values) {
                value.store_slice(&mut out[range.clone()]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::declare::{Field, Kind};
    use crate::engine::numeric::random::{Purpose, stream};
    use rand::RngExt;

    fn all() -> impl Iterator<Item = Activation> {
        let Kind::Choice(names) = Activation::KIND else {
            unreachable!("an activation is a choice");
        };
        names
            .iter()
            .filter_map(|name| Activation::from_value(crate::engine::declare::Value::Choice(name)))
    }

    /// Returns φ, φ′ and φ″ at eight points.
    fn at(activation: Activation, u: [f64; 8]) -> [[f64; 8]; 3] {
        let mut out = [[0.0; 8]; 3];
        activation.apply(&u, out.each_mut().map(|out| &mut out[..]));
        out
    }

    #[test]
    fn tanh_is_within_three_units_in_the_last_place() {
        let mut random = stream(2, Purpose::Data, 0);
        let mut worst: f64 = 0.0;
        for scale in [1e-8, 0.01, 0.5, 1.0, 3.0, 25.0] {
            for _ in 0..5_000 {
                let u = [(); 8].map(|()| scale * (2.0 * random.random::<f64>() - 1.0));
                for (u, t) in u.into_iter().zip(at(Activation::Tanh, u)[0]) {
                    let exact = u.tanh();
                    let unit = exact.abs().next_up() - exact.abs();
                    worst = worst.max((t - exact).abs() / unit);
                }
            }
        }
        assert!(worst <= 3.0, "{worst}");
    }

    #[test]
    fn f32_agrees_with_f64_to_six_digits() {
        let u: Vec<f32> = (0..2_000_u16)
            .map(|i| 8.0 * (0.37 * f32::from(i)).sin())
            .collect();
        let wide: Vec<f64> = u.iter().map(|u| f64::from(*u)).collect();
        for activation in all() {
            let mut found = [(); 3].map(|()| vec![f32::NAN; u.len()]);
            activation.apply(&u, found.each_mut().map(|found| &mut found[..]));
            let mut expected = [(); 3].map(|()| vec![f64::NAN; u.len()]);
            activation.apply(&wide, expected.each_mut().map(|own| &mut own[..]));
            for (order, (found, expected)) in found.iter().zip(&expected).enumerate() {
                for ((found, expected), u) in found.iter().zip(expected).zip(&u) {
                    let off = (f64::from(*found) - expected).abs();
                    let tolerance = 1e-6 * expected.abs().max(1.0);
                    assert!(off <= tolerance, "{activation:?}, {order} at {u}: {off:e}");
                }
            }
        }
    }

    #[test]
    fn derivatives_match_finite_differences() {
        let u = [-30.0, -3.1, -0.7, -0.01, 0.02, 0.6, 2.9, 19.0];
        let step = 1e-5;
        for activation in all() {
            let [below, here, above] =
                [-step, 0.0, step].map(|by| at(activation, u.map(|u| u + by)));
            for i in 0..8 {
                for order in 0..2 {
                    let slope = (above[order][i] - below[order][i]) / (2.0 * step);
                    let found = here[order + 1][i];
                    let kink = activation.name().ends_with("relu") && order == 1;
                    assert!(
                        kink || (slope - found).abs() < 1e-8,
                        "{activation:?}, derivative {} at {}: {found}, not {slope}",
                        order + 1,
                        u[i]
                    );
                }
            }
        }
    }

    #[test]
    fn extreme_arguments_give_finite_derivatives_and_nan_stays_nan() {
        let extreme = [
            f64::INFINITY,
            1e300,
            800.0,
            -800.0,
            -1e300,
            f64::NEG_INFINITY,
            f64::NAN,
            0.0,
        ];
        for activation in all() {
            let [value, slope, _] = at(activation, extreme);
            for i in 1..5 {
                assert!(
                    !value[i].is_nan() && slope[i].is_finite(),
                    "{activation:?} at {}",
                    extreme[i]
                );
            }
            assert!(value[6].is_nan(), "{activation:?} of NaN");
        }
        assert_eq!(at(Activation::Relu, extreme)[0][5], 0.0);
        assert_eq!(
            at(Activation::Tanh, extreme)[0][..6],
            [1.0, 1.0, 1.0, -1.0, -1.0, -1.0]
        );
        assert_eq!(at(Activation::Sigmoid, extreme)[0][..3], [1.0; 3]);
        assert_eq!(at(Activation::Softplus, extreme)[0][2], 800.0);
    }
}
