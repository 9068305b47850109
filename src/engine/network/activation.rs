//! The activations: each one formula for its value and its first two derivatives.

use super::float::{Float, SimdOf, rational_tanh, splat};
use crate::engine::declare::settings;
use crate::engine::numeric::real::{Kernel, Lanes, Real, dispatch};
use fearless_simd::Simd;
use fearless_simd::prelude::*;
use std::f64::consts::{FRAC_1_SQRT_2, FRAC_2_SQRT_PI};

settings! {
    /// What bends the numbers between two layers, with PyTorch's constants: the slope of leaky-relu is 0.01 below 0, GELU is the
    /// exact one, ELU has α = 1, softplus β = 1 and threshold 20.
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
    /// Whether its second derivative is anything but 0.
    pub(super) fn has_second_derivative(self) -> bool {
        !matches!(self, Self::Identity | Self::Relu | Self::LeakyRelu)
    }

    /// φ of all numbers of `u`, and of its derivatives φ′ and φ″ as many as are asked for: N is 1, 2 or 3. All slices are
    /// equally long, a multiple of every vector's lanes.
    pub(super) fn apply<E: Float, const N: usize>(self, u: &[E], out: [&mut [E]; N]) {
        match self {
            Self::Identity | Self::Relu | Self::LeakyRelu => {
                let below = match self {
                    Self::Relu => 0.0,
                    Self::LeakyRelu => 0.01,
                    _ => 1.0,
                };
                let below = E::from_f64(below);
                dispatch(PiecewiseLinear { u, out, below });
            }
            Self::Tanh if let Some(polynomials) = E::TANH => {
                dispatch(RationalTanh {
                    u,
                    out,
                    polynomials,
                });
            }
            _ => E::map_in_f64(E::MAX_LANES, u, out, |_, u, out| self.apply_f64(u, out)),
        }
    }

    fn apply_f64<const N: usize>(self, u: &[f64], out: [&mut [f64]; N]) {
        match self {
            Self::Identity | Self::Relu | Self::LeakyRelu => self.apply(u, out),
            Self::Tanh => apply_elementwise::<Tanh, N>(u, out),
            Self::Sigmoid => apply_elementwise::<Sigmoid, N>(u, out),
            Self::Gelu => apply_elementwise::<Gelu, N>(u, out),
            Self::Silu => apply_elementwise::<Silu, N>(u, out),
            Self::Elu => apply_elementwise::<Elu, N>(u, out),
            Self::Softplus => apply_elementwise::<Softplus, N>(u, out),
        }
    }
}

/// x where it is positive, `below` x elsewhere. At the kink the derivative is PyTorch's: that of the left side.
struct PiecewiseLinear<'a, E, const N: usize> {
    u: &'a [E],
    out: [&'a mut [E]; N],
    below: E,
}

impl<E: Float, const N: usize> Kernel for PiecewiseLinear<'_, E, N> {
    type Output = ();

    #[inline(always)]
    fn on_lanes<S: Simd>(mut self, simd: S) {
        let numbers = [E::default(), E::from_f64(1.0), self.below];
        let [zero, one, below] = numbers.map(|number| splat::<E, S>(simd, number));
        let lanes = SimdOf::<E, S>::LEN;
        for first in (0..self.u.len()).step_by(lanes) {
            let places = first..first + lanes;
            let x = SimdOf::<E, S>::from_slice(simd, &self.u[places.clone()]);
            // Nothing comes of −∞, either.
            let left = if self.below == E::default() {
                zero
            } else {
                x * below
            };
            let value = x.simd_lt(zero).select(left, x);
            let slope = zero.simd_lt(x).select(one, below);
            for (out, made) in self.out.iter_mut().zip([value, slope, zero]) {
                made.store_slice(&mut out[places.clone()]);
            }
        }
    }
}

/// tanh where few digits count.
struct RationalTanh<'a, E, const N: usize> {
    u: &'a [E],
    out: [&'a mut [E]; N],
    polynomials: [[E; 5]; 2],
}

impl<E: Float, const N: usize> Kernel for RationalTanh<'_, E, N> {
    type Output = ();

    #[inline(always)]
    fn on_lanes<S: Simd>(mut self, simd: S) {
        let [one, two] = [1.0, 2.0].map(|number| splat::<E, S>(simd, E::from_f64(number)));
        let lanes = SimdOf::<E, S>::LEN;
        for first in (0..self.u.len()).step_by(lanes) {
            let places = first..first + lanes;
            let mut t = [SimdOf::<E, S>::from_slice(simd, &self.u[places.clone()])];
            rational_tanh::<E, S, 1>(simd, self.polynomials, &mut t);
            let [t] = t;
            let slope = one - t * t;
            let all = [t, slope, -(two * t * slope)];
            for (out, made) in self.out.iter_mut().zip(all) {
                made.store_slice(&mut out[places.clone()]);
            }
        }
    }
}

/// φ and its derivatives.
trait ActivationFn {
    /// φ(x), φ′(x), φ″(x).
    fn at<R: Real>(x: R) -> [R; 3];
}

struct Tanh;
impl ActivationFn for Tanh {
    #[inline(always)]
    fn at<R: Real>(x: R) -> [R; 3] {
        let t = tanh(x);
        let first = -(t * t) + 1.0;
        [t, first, t * first * -2.0]
    }
}

struct Sigmoid;
impl ActivationFn for Sigmoid {
    #[inline(always)]
    fn at<R: Real>(x: R) -> [R; 3] {
        let s = sigmoid(x);
        let first = s * (-s + 1.0);
        [s, first, first * (s * -2.0 + 1.0)]
    }
}

/// x Φ(x), where Φ is the normal distribution's.
struct Gelu;
impl ActivationFn for Gelu {
    #[inline(always)]
    fn at<R: Real>(x: R) -> [R; 3] {
        let below = x.map(|x| 0.5 * libm::erfc(-x * FRAC_1_SQRT_2));
        let density = exp_neg(x * x * 0.5) * (0.5 * FRAC_2_SQRT_PI * FRAC_1_SQRT_2);
        [x * below, below + x * density, density * (-(x * x) + 2.0)]
    }
}

struct Silu;
impl ActivationFn for Silu {
    #[inline(always)]
    fn at<R: Real>(x: R) -> [R; 3] {
        let s = sigmoid(x);
        let first = s * (-s + 1.0);
        [x * s, s + x * first, first * (x * (s * -2.0 + 1.0) + 2.0)]
    }
}

struct Elu;
impl ActivationFn for Elu {
    #[inline(always)]
    fn at<R: Real>(x: R) -> [R; 3] {
        let positive = x.broadcast(0.0).lt_mask(x);
        let [e, e_m1] = (-clamp_max(x.lane_abs(), 699.0)).exp_and_exp_m1();
        [
            R::select(positive, x, e_m1),
            R::select(positive, x.broadcast(1.0), e),
            R::select(positive, x.broadcast(0.0), e),
        ]
    }
}

/// ln(1 + eˣ).
struct Softplus;
impl ActivationFn for Softplus {
    #[inline(always)]
    fn at<R: Real>(x: R) -> [R; 3] {
        let (zero, one) = (x.broadcast(0.0), x.broadcast(1.0));
        let straight = x.broadcast(20.0).lt_mask(x);
        let s = sigmoid(x);
        let value = R::select(x.lt_mask(zero), zero, x) + exp_neg(x.lane_abs()).map(libm::log1p);
        [
            R::select(straight, x, value),
            R::select(straight, one, s),
            R::select(straight, zero, s * (-s + 1.0)),
        ]
    }
}

/// x, but not above `most`; NaN stays.
#[inline(always)]
fn clamp_max<R: Real>(x: R, most: f64) -> R {
    R::select(x.broadcast(most).lt_mask(x), x.broadcast(most), x)
}

/// e⁻ˣ for x ≥ 0, as good as 0 beyond 699, where a vector's exponential ends.
#[inline(always)]
pub(super) fn exp_neg<R: Real>(x: R) -> R {
    (-clamp_max(x, 699.0)).exp_and_exp_m1()[0]
}

/// 1 / (1 + e⁻ˣ), from the side where nothing overflows.
#[inline(always)]
fn sigmoid<R: Real>(x: R) -> R {
    let e = exp_neg(x.lane_abs());
    R::select(x.lt_mask(x.broadcast(0.0)), e, x.broadcast(1.0)) / (e + 1.0)
}

/// tanh |x| = (1 − e^(−2|x|)) / (1 + e^(−2|x|)), which is 1 in double precision beyond 20.
#[inline(always)]
fn tanh<R: Real>(x: R) -> R {
    let [_, m] = (clamp_max(x.lane_abs(), 20.0) * -2.0).exp_and_exp_m1();
    let t = m / (m + 2.0);
    R::select(x.lt_mask(x.broadcast(0.0)), t, -t)
}

fn apply_elementwise<P: ActivationFn, const N: usize>(u: &[f64], out: [&mut [f64]; N]) {
    dispatch(ActivationKernel {
        phi: std::marker::PhantomData::<P>,
        u,
        out,
    });
}

struct ActivationKernel<'a, P, const N: usize> {
    phi: std::marker::PhantomData<P>,
    u: &'a [f64],
    out: [&'a mut [f64]; N],
}

impl<P: ActivationFn, const N: usize> Kernel for ActivationKernel<'_, P, N> {
    type Output = ();

    #[inline(always)]
    fn on_lanes<S: Simd>(mut self, simd: S) {
        for first in (0..self.u.len()).step_by(Lanes::<S>::LANES) {
            let values = P::at(Lanes::<S>::load(simd, self.u, first));
            for (out, value) in self.out.iter_mut().zip(values) {
                // No argument that is a number is far.
                value.store(out, first);
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

    /// φ, φ′ and φ″ at eight points.
    fn at(activation: Activation, u: [f64; 8]) -> [[f64; 8]; 3] {
        let mut out = [[0.0; 8]; 3];
        activation.apply(&u, out.each_mut().map(|out| &mut out[..]));
        out
    }

    #[test]
    fn tanh_is_good_to_three_units_in_the_last_place() {
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
    fn f32_says_the_same_to_six_digits() {
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
                    let most = 1e-6 * expected.abs().max(1.0);
                    assert!(off <= most, "{activation:?}, {order} at {u}: {off:e}");
                }
            }
        }
    }

    #[test]
    fn derivatives_are_those_of_the_values() {
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
    fn far_away_activations_are_flat_or_straight_and_nan_stays() {
        let far = [
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
            let [value, slope, _] = at(activation, far);
            for i in 1..5 {
                assert!(
                    !value[i].is_nan() && slope[i].is_finite(),
                    "{activation:?} at {}",
                    far[i]
                );
            }
            assert!(value[6].is_nan(), "{activation:?} of NaN");
        }
        assert_eq!(at(Activation::Relu, far)[0][5], 0.0);
        assert_eq!(
            at(Activation::Tanh, far)[0][..6],
            [1.0, 1.0, 1.0, -1.0, -1.0, -1.0]
        );
        assert_eq!(at(Activation::Sigmoid, far)[0][..3], [1.0; 3]);
        assert_eq!(at(Activation::Softplus, far)[0][2], 800.0);
    }
}
