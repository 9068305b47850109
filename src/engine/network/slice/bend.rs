//! Activations over a block of samples.

use super::number::{Number, Of, exponentials, limited, splat};
use crate::engine::network::Activation;
use crate::engine::real::{Kernel, dispatch};
use fearless_simd::Simd;
use fearless_simd::prelude::*;
use std::marker::PhantomData;

/// z ← φ(z).
pub(super) fn bend<E: Number>(activation: Activation, z: &mut [E]) {
    along(activation, None, z);
}

/// z ← φ(base + a slope): the first layer along a row of the plane. All are equally long.
pub(super) fn bend_affine<E: Number>(
    activation: Activation,
    [base, slope]: [&[E]; 2],
    a: E,
    z: &mut [E],
) {
    along(activation, Some((base, slope, a)), z);
}

/// Numbers that are affine in a coordinate of the plane.
type Affine<'a, E> = Option<(&'a [E], &'a [E], E)>;

fn along<E: Number>(activation: Activation, affine: Affine<E>, z: &mut [E]) {
    match activation {
        Activation::Identity => go::<E, Identity>(affine, z),
        Activation::Relu => go::<E, Relu>(affine, z),
        Activation::LeakyRelu => go::<E, LeakyRelu>(affine, z),
        Activation::Tanh => go::<E, Tanh>(affine, z),
        Activation::Sigmoid => go::<E, Sigmoid>(affine, z),
        Activation::Silu => go::<E, Silu>(affine, z),
        Activation::Elu => go::<E, Elu>(affine, z),
        // These need functions that have no vector form here.
        Activation::Gelu | Activation::Softplus => {
            go::<E, Identity>(affine, z);
            let wide: Vec<f64> = z.iter().map(|z| z.wide()).collect();
            let mut bent = vec![0.0; wide.len()];
            activation.apply(&wide, [&mut bent]);
            z.iter_mut().zip(bent).for_each(|(z, bent)| *z = E::of(bent));
        }
    }
}

trait Phi {
    fn at<E: Number, S: Simd>(simd: S, x: Of<E, S>) -> Of<E, S>;
}

struct Identity;
impl Phi for Identity {
    #[inline(always)]
    fn at<E: Number, S: Simd>(_simd: S, x: Of<E, S>) -> Of<E, S> {
        x
    }
}

struct Relu;
impl Phi for Relu {
    #[inline(always)]
    fn at<E: Number, S: Simd>(simd: S, x: Of<E, S>) -> Of<E, S> {
        let zero = splat::<E, S>(simd, E::default());
        x.simd_lt(zero).select(zero, x)
    }
}

struct LeakyRelu;
impl Phi for LeakyRelu {
    #[inline(always)]
    fn at<E: Number, S: Simd>(simd: S, x: Of<E, S>) -> Of<E, S> {
        let zero = splat::<E, S>(simd, E::default());
        x.simd_lt(zero).select(x * splat::<E, S>(simd, E::HALF_SLOPE), x)
    }
}

struct Tanh;
impl Phi for Tanh {
    #[inline(always)]
    fn at<E: Number, S: Simd>(simd: S, x: Of<E, S>) -> Of<E, S> {
        let twice = limited::<E, S>(simd, x.abs(), E::FLAT) * splat::<E, S>(simd, E::of(-2.0));
        let [_, m] = exponentials::<E, S>(simd, twice);
        (m / (m + splat::<E, S>(simd, E::of(2.0)))).copysign(x)
    }
}

/// 1 / (1 + e⁻ˣ), from the side where nothing overflows.
#[inline(always)]
fn sigmoid<E: Number, S: Simd>(simd: S, x: Of<E, S>) -> Of<E, S> {
    let one = splat::<E, S>(simd, E::of(1.0));
    let [e, _] = exponentials::<E, S>(simd, -limited::<E, S>(simd, x.abs(), E::FAR));
    let above = x.simd_lt(splat::<E, S>(simd, E::default())).select(e, one);
    above / (e + one)
}

struct Sigmoid;
impl Phi for Sigmoid {
    #[inline(always)]
    fn at<E: Number, S: Simd>(simd: S, x: Of<E, S>) -> Of<E, S> {
        sigmoid::<E, S>(simd, x)
    }
}

struct Silu;
impl Phi for Silu {
    #[inline(always)]
    fn at<E: Number, S: Simd>(simd: S, x: Of<E, S>) -> Of<E, S> {
        x * sigmoid::<E, S>(simd, x)
    }
}

struct Elu;
impl Phi for Elu {
    #[inline(always)]
    fn at<E: Number, S: Simd>(simd: S, x: Of<E, S>) -> Of<E, S> {
        let [_, below] = exponentials::<E, S>(simd, -limited::<E, S>(simd, x.abs(), E::FAR));
        splat::<E, S>(simd, E::default()).simd_lt(x).select(x, below)
    }
}

struct Along<'a, E, P> {
    phi: PhantomData<P>,
    affine: Affine<'a, E>,
    z: &'a mut [E],
}

fn go<E: Number, P: Phi>(affine: Affine<E>, z: &mut [E]) {
    let phi = PhantomData::<P>;
    dispatch(Along { phi, affine, z });
}

impl<E: Number, P: Phi> Kernel for Along<'_, E, P> {
    type Output = ();

    #[inline(always)]
    fn on_lanes<S: Simd>(self, simd: S) {
        let lanes = Of::<E, S>::LEN;
        let z = self.z.chunks_exact_mut(lanes);
        match self.affine {
            None => {
                for z in z {
                    let x = Of::<E, S>::from_slice(simd, z);
                    P::at::<E, S>(simd, x).store_slice(z);
                }
            }
            Some((base, slope, a)) => {
                let a = splat::<E, S>(simd, a);
                let parts = base.chunks_exact(lanes).zip(slope.chunks_exact(lanes));
                for (z, (base, slope)) in z.zip(parts) {
                    let base = Of::<E, S>::from_slice(simd, base);
                    let x = a.mul_add(Of::<E, S>::from_slice(simd, slope), base);
                    P::at::<E, S>(simd, x).store_slice(z);
                }
            }
        }
    }
}
