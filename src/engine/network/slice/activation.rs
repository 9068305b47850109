//! Activations over a block of samples.

use crate::engine::network::Activation;
use crate::engine::network::float::{
    Float, SimdOf, clamp_max, exp_and_exp_m1, rational_tanh, splat,
};
use crate::engine::numeric::real::{Kernel, dispatch};
use fearless_simd::Simd;
use fearless_simd::prelude::*;
use std::marker::PhantomData;
use std::ops::Range;

/// What an activation bends.
#[derive(Clone, Copy)]
pub(super) enum PreActivation<'a, E> {
    /// These numbers.
    Plain(&'a [E]),
    /// base + a slope: the first layer along a row of the plane.
    Affine([&'a [E]; 2], E),
}

/// h ← φ(z), or h + φ(z) where a residual connection goes around the layer. All are equally long.
pub(super) fn activate<E: Float>(
    activation: Activation,
    z: PreActivation<E>,
    residual: bool,
    h: &mut [E],
) {
    match activation {
        Activation::Identity => apply::<E, Identity>(z, residual, h),
        Activation::Relu => apply::<E, Relu>(z, residual, h),
        Activation::LeakyRelu => apply::<E, LeakyRelu>(z, residual, h),
        Activation::Tanh => apply::<E, Tanh>(z, residual, h),
        Activation::Sigmoid => apply::<E, Sigmoid>(z, residual, h),
        Activation::Silu => apply::<E, Silu>(z, residual, h),
        Activation::Elu => apply::<E, Elu>(z, residual, h),
        // These need functions that have no vector form here.
        Activation::Gelu | Activation::Softplus => {
            let mut straight = vec![E::default(); h.len()];
            apply::<E, Identity>(z, false, &mut straight);
            let wide: Vec<f64> = straight.iter().map(|z| z.to_f64()).collect();
            let mut bent = vec![0.0; wide.len()];
            activation.apply(&wide, [&mut bent]);
            for (h, bent) in h.iter_mut().zip(bent) {
                *h = E::from_f64(bent) + if residual { *h } else { E::default() };
            }
        }
    }
}

/// φ of some vectors side by side.
trait ActivationFn {
    fn activate<E: Float, S: Simd, const U: usize>(simd: S, x: &mut [SimdOf<E, S>; U]);
}

struct Identity;
impl ActivationFn for Identity {
    #[inline(always)]
    fn activate<E: Float, S: Simd, const U: usize>(_simd: S, _x: &mut [SimdOf<E, S>; U]) {}
}

struct Relu;
impl ActivationFn for Relu {
    #[inline(always)]
    fn activate<E: Float, S: Simd, const U: usize>(simd: S, x: &mut [SimdOf<E, S>; U]) {
        let zero = splat::<E, S>(simd, E::default());
        for x in x {
            *x = x.simd_lt(zero).select(zero, *x);
        }
    }
}

struct LeakyRelu;
impl ActivationFn for LeakyRelu {
    #[inline(always)]
    fn activate<E: Float, S: Simd, const U: usize>(simd: S, x: &mut [SimdOf<E, S>; U]) {
        let zero = splat::<E, S>(simd, E::default());
        let slope = splat::<E, S>(simd, E::from_f64(0.01));
        for x in x {
            *x = x.simd_lt(zero).select(*x * slope, *x);
        }
    }
}

struct Tanh;
impl ActivationFn for Tanh {
    #[inline(always)]
    fn activate<E: Float, S: Simd, const U: usize>(simd: S, x: &mut [SimdOf<E, S>; U]) {
        if let Some(polynomials) = E::TANH {
            rational_tanh::<E, S, U>(simd, polynomials, x);
            return;
        }
        let (two, mut twice) = (splat::<E, S>(simd, E::from_f64(2.0)), *x);
        for x in &mut twice {
            *x = -(clamp_max::<E, S>(simd, x.abs(), E::TANH_SATURATION) * two);
        }
        let [_, m] = exp_and_exp_m1::<E, S, U>(simd, twice);
        for (x, m) in x.iter_mut().zip(m) {
            *x = (m / (m + two)).copysign(*x);
        }
    }
}

/// 1 / (1 + e⁻ˣ), from the side where nothing overflows.
#[inline(always)]
fn sigmoid<E: Float, S: Simd, const U: usize>(simd: S, x: [SimdOf<E, S>; U]) -> [SimdOf<E, S>; U] {
    let [zero, one] = [E::default(), E::from_f64(1.0)].map(|number| splat::<E, S>(simd, number));
    let mut far = x;
    for x in &mut far {
        *x = -clamp_max::<E, S>(simd, x.abs(), E::EXP_LIMIT);
    }
    let [mut e, _] = exp_and_exp_m1::<E, S, U>(simd, far);
    for (e, x) in e.iter_mut().zip(x) {
        *e = x.simd_lt(zero).select(*e, one) / (*e + one);
    }
    e
}

struct Sigmoid;
impl ActivationFn for Sigmoid {
    #[inline(always)]
    fn activate<E: Float, S: Simd, const U: usize>(simd: S, x: &mut [SimdOf<E, S>; U]) {
        *x = sigmoid::<E, S, U>(simd, *x);
    }
}

struct Silu;
impl ActivationFn for Silu {
    #[inline(always)]
    fn activate<E: Float, S: Simd, const U: usize>(simd: S, x: &mut [SimdOf<E, S>; U]) {
        let share = sigmoid::<E, S, U>(simd, *x);
        for (x, share) in x.iter_mut().zip(share) {
            *x *= share;
        }
    }
}

struct Elu;
impl ActivationFn for Elu {
    #[inline(always)]
    fn activate<E: Float, S: Simd, const U: usize>(simd: S, x: &mut [SimdOf<E, S>; U]) {
        let (zero, mut below) = (splat::<E, S>(simd, E::default()), *x);
        for x in &mut below {
            *x = -clamp_max::<E, S>(simd, x.abs(), E::EXP_LIMIT);
        }
        let [_, below] = exp_and_exp_m1::<E, S, U>(simd, below);
        for (x, below) in x.iter_mut().zip(below) {
            *x = zero.simd_lt(*x).select(*x, below);
        }
    }
}

struct ActivationKernel<'a, E, P> {
    phi: PhantomData<P>,
    z: PreActivation<'a, E>,
    residual: bool,
    h: &'a mut [E],
}

fn apply<E: Float, P: ActivationFn>(z: PreActivation<E>, residual: bool, h: &mut [E]) {
    let phi = PhantomData::<P>;
    dispatch(ActivationKernel {
        phi,
        z,
        residual,
        h,
    });
}

impl<E: Float, P: ActivationFn> Kernel for ActivationKernel<'_, E, P> {
    type Output = ();

    #[inline(always)]
    fn on_lanes<S: Simd>(mut self, simd: S) {
        let together = 4 * SimdOf::<E, S>::LEN;
        let whole = self.h.len() / together * together;
        self.apply_to_range::<S, 4>(simd, 0..whole);
        self.apply_to_range::<S, 1>(simd, whole..self.h.len());
    }
}

impl<E: Float, P: ActivationFn> ActivationKernel<'_, E, P> {
    /// U vectors at a time.
    #[inline(always)]
    fn apply_to_range<S: Simd, const U: usize>(&mut self, simd: S, which: Range<usize>) {
        let lanes = SimdOf::<E, S>::LEN;
        for first in which.step_by(U * lanes) {
            let range = first..first + U * lanes;
            let mut x = [splat::<E, S>(simd, E::default()); U];
            match self.z {
                PreActivation::Plain(z) => {
                    for (x, z) in x.iter_mut().zip(z[range.clone()].chunks_exact(lanes)) {
                        *x = SimdOf::<E, S>::from_slice(simd, z);
                    }
                }
                PreActivation::Affine([base, slope], a) => {
                    let a = splat::<E, S>(simd, a);
                    let base = base[range.clone()].chunks_exact(lanes);
                    let slope = slope[range.clone()].chunks_exact(lanes);
                    for (x, (base, slope)) in x.iter_mut().zip(base.zip(slope)) {
                        let base = SimdOf::<E, S>::from_slice(simd, base);
                        *x = a.mul_add(SimdOf::<E, S>::from_slice(simd, slope), base);
                    }
                }
            }
            P::activate::<E, S, U>(simd, &mut x);
            let h = self.h[range].chunks_exact_mut(lanes);
            for (mut x, h) in x.into_iter().zip(h) {
                if self.residual {
                    x += SimdOf::<E, S>::from_slice(simd, h);
                }
                x.store_slice(h);
            }
        }
    }
}
