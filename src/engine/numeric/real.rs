//! The [`Real`] trait: one f64, or a SIMD vector of lanes that hold one f64 each.
//!
//! Code over a [`Real`] rounds every lane exactly as a single f64: there is no fused multiplication and no reduction across lanes. So the
//! result at a point has the same bits in a scalar and in any lane, on AVX2, on AVX-512 or without either.

use crate::engine::numeric::math;
use fearless_simd::prelude::*;
use fearless_simd::{Level, Simd, f64x8};
use std::ops::{Add, BitAnd, BitOr, Div, Mul, Neg, Not, Sub};

/// One f64, or a SIMD vector of them.
pub trait Real:
    Copy
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + Add<f64, Output = Self>
    + Sub<f64, Output = Self>
    + Mul<f64, Output = Self>
    + Div<f64, Output = Self>
{
    /// Number of lanes.
    const LANES: usize;
    /// Boolean of each lane.
    type Mask: Copy
        + BitAnd<Output = Self::Mask>
        + BitOr<Output = Self::Mask>
        + Not<Output = Self::Mask>;

    /// Returns a vector with `value` in all lanes.
    fn broadcast(self, value: f64) -> Self;
    /// Returns √x.
    fn lane_sqrt(self) -> Self;
    /// Returns |x|.
    fn lane_abs(self) -> Self;
    /// Returns the mask of lanes where x < other.
    fn lt_mask(self, other: Self) -> Self::Mask;
    /// Returns the mask of lanes where x ≤ other.
    fn le_mask(self, other: Self) -> Self::Mask;
    /// Returns the mask of lanes where x = other; false for NaN.
    fn eq_mask(self, other: Self) -> Self::Mask;
    /// Returns `a` where the mask is true, `b` elsewhere.
    fn select(mask: Self::Mask, a: Self, b: Self) -> Self;
    /// Returns the mask of lanes whose lowest bit is set.
    fn low_bit(self) -> Self::Mask;
    /// Flips the sign where the second lowest bit of `other` is set.
    fn sign_by_second_bit(self, other: Self) -> Self;
    /// Shifts the bits left by 52: the low bits become the exponent.
    fn low_bits_to_exponent(self) -> Self;
    /// Applies f to every lane.
    fn map(self, f: fn(f64) -> f64) -> Self;
    /// Returns `near`, or `exactly` of this number where `far` is true. SIMD lanes are only marked as out of range there, see [`Lanes`].
    fn exact_where(
        self,
        far: Self::Mask,
        near: [Self; 2],
        exactly: fn(f64) -> [f64; 2],
    ) -> [Self; 2];
    /// Returns xᵖ.
    fn lane_powf(self, p: f64) -> Self;
    /// Returns sin x and cos x.
    fn sin_cos(self) -> [Self; 2];
    /// Returns eˣ and eˣ − 1.
    fn exp_and_exp_m1(self) -> [Self; 2];
}

impl Real for f64 {
    const LANES: usize = 1;
    type Mask = bool;

    #[inline(always)]
    fn broadcast(self, value: f64) -> Self {
        value
    }
    #[inline(always)]
    fn lane_sqrt(self) -> Self {
        self.sqrt()
    }
    #[inline(always)]
    fn lane_abs(self) -> Self {
        self.abs()
    }
    #[inline(always)]
    fn lt_mask(self, other: Self) -> bool {
        self < other
    }
    #[inline(always)]
    fn le_mask(self, other: Self) -> bool {
        self <= other
    }
    #[inline(always)]
    fn eq_mask(self, other: Self) -> bool {
        self == other
    }
    #[inline(always)]
    fn select(mask: bool, a: Self, b: Self) -> Self {
        if mask { a } else { b }
    }
    #[inline(always)]
    fn low_bit(self) -> bool {
        self.to_bits() & 1 == 1
    }
    #[inline(always)]
    fn sign_by_second_bit(self, other: Self) -> Self {
        Self::from_bits(self.to_bits() ^ (other.to_bits() >> 1 << 63))
    }
    #[inline(always)]
    fn low_bits_to_exponent(self) -> Self {
        Self::from_bits(self.to_bits() << 52)
    }
    #[inline(always)]
    fn map(self, f: fn(f64) -> f64) -> Self {
        f(self)
    }
    #[inline(always)]
    fn exact_where(self, far: bool, near: [Self; 2], exactly: fn(f64) -> [f64; 2]) -> [Self; 2] {
        if far { exactly(self) } else { near }
    }
    #[inline(always)]
    fn lane_powf(self, p: f64) -> Self {
        self.powf(p)
    }
    #[inline(never)]
    fn sin_cos(self) -> [Self; 2] {
        math::sin_cos(self)
    }
    #[inline(never)]
    fn exp_and_exp_m1(self) -> [Self; 2] {
        math::exp_and_exp_m1(self)
    }
}

/// SIMD vector of f64, by default as many as a register of the processor holds.
///
/// sin, cos and eˣ are computed for arguments in their usual range only. A lane with another argument is marked in `out_of_range`, and
/// the caller computes its point again as a scalar f64. So there is no branch between load and store, and the compiler can optimize a
/// formula as a whole.
#[derive(Clone, Copy)]
pub struct Lanes<S: Simd, V: SimdFloat<S> = <S as Simd>::f64s> {
    number: V,
    out_of_range: V::Mask,
}

/// Eight f64 in as many registers as they need: while one register waits for a result, the processor works on the others.
pub type Lanes8<S> = Lanes<S, f64x8<S>>;

macro_rules! operators {
    ($($trait:ident $method:ident $operator:tt)*) => {$(
        impl<S: Simd, V: SimdFloat<S, Element = f64>> $trait for Lanes<S, V> {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                Self { number: self.number $operator other.number, out_of_range: self.out_of_range | other.out_of_range }
            }
        }
        impl<S: Simd, V: SimdFloat<S, Element = f64>> $trait<f64> for Lanes<S, V> {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: f64) -> Self {
                self.with(self.number $operator other)
            }
        }
    )*};
}
operators! { Add add + Sub sub - Mul mul * Div div / }

impl<S: Simd, V: SimdFloat<S, Element = f64>> Neg for Lanes<S, V> {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        self.with(-self.number)
    }
}

impl<S: Simd, V: SimdFloat<S, Element = f64>> Real for Lanes<S, V> {
    const LANES: usize = V::LEN;
    type Mask = V::Mask;

    #[inline(always)]
    fn broadcast(self, value: f64) -> Self {
        Self::new(V::simd_from(self.number.token(), value))
    }
    #[inline(always)]
    fn lane_sqrt(self) -> Self {
        self.with(self.number.sqrt())
    }
    #[inline(always)]
    fn lane_abs(self) -> Self {
        self.with(self.number.abs())
    }
    #[inline(always)]
    fn lt_mask(self, other: Self) -> Self::Mask {
        self.number.simd_lt(other.number)
    }
    #[inline(always)]
    fn le_mask(self, other: Self) -> Self::Mask {
        self.number.simd_le(other.number)
    }
    #[inline(always)]
    fn eq_mask(self, other: Self) -> Self::Mask {
        self.number.simd_eq(other.number)
    }
    #[inline(always)]
    fn select(mask: Self::Mask, a: Self, b: Self) -> Self {
        Self {
            number: mask.select(a.number, b.number),
            out_of_range: a.out_of_range | b.out_of_range,
        }
    }
    #[inline(always)]
    fn low_bit(self) -> Self::Mask {
        V::from_bits(self.number.to_bits() << 63).is_sign_negative()
    }
    #[inline(always)]
    fn sign_by_second_bit(self, other: Self) -> Self {
        let sign = other.number.to_bits() >> 1 << 63;
        self.with(V::from_bits(self.number.to_bits() ^ sign))
    }
    #[inline(always)]
    fn low_bits_to_exponent(self) -> Self {
        self.with(V::from_bits(self.number.to_bits() << 52))
    }
    #[inline(always)]
    fn map(mut self, f: fn(f64) -> f64) -> Self {
        map_in_place(self.number.as_mut_slice(), f);
        self
    }
    #[inline(always)]
    fn exact_where(
        self,
        far: Self::Mask,
        [a, b]: [Self; 2],
        _exactly: fn(f64) -> [f64; 2],
    ) -> [Self; 2] {
        let far = self.out_of_range | far;
        [
            Self {
                out_of_range: far,
                ..a
            },
            Self {
                out_of_range: far,
                ..b
            },
        ]
    }
    #[inline(always)]
    fn lane_powf(mut self, p: f64) -> Self {
        powf_in_place(self.number.as_mut_slice(), p);
        self
    }
    #[inline(always)]
    fn sin_cos(self) -> [Self; 2] {
        math::sin_cos(self)
    }
    #[inline(always)]
    fn exp_and_exp_m1(self) -> [Self; 2] {
        math::exp_and_exp_m1(self)
    }
}

/// Applies f to every number. Not inlined, so that it is compiled once and not into every formula.
#[inline(never)]
fn map_in_place(numbers: &mut [f64], f: fn(f64) -> f64) {
    numbers.iter_mut().for_each(|number| *number = f(*number));
}

/// Raises every number to the power p.
#[inline(never)]
fn powf_in_place(numbers: &mut [f64], p: f64) {
    numbers
        .iter_mut()
        .for_each(|number| *number = number.powf(p));
}

impl<S: Simd, V: SimdFloat<S, Element = f64>> Lanes<S, V> {
    /// Wraps numbers, none of which is out of range.
    #[inline(always)]
    fn new(number: V) -> Self {
        let far = V::Mask::splat(number.token(), false);
        Self {
            number,
            out_of_range: far,
        }
    }

    /// Replaces the numbers, and keeps the out-of-range mask.
    #[inline(always)]
    fn with(self, number: V) -> Self {
        Self { number, ..self }
    }

    /// Returns the smaller of each two; where one is NaN, either of them.
    #[inline(always)]
    pub fn lane_min(self, other: Self) -> Self {
        self.with(self.number.min(other.number))
    }

    /// Adds x², rounded once where the processor has fused multiplication. Results must not depend on it, because the bits vary.
    #[inline(always)]
    pub fn plus_square(self, x: Self) -> Self {
        self.with(x.number.mul_add(x.number, self.number))
    }

    /// Returns the mask of lanes that hold no result.
    #[inline(always)]
    pub fn out_of_range(self) -> V::Mask {
        self.out_of_range
    }

    /// Returns the smallest number.
    #[inline(always)]
    pub fn horizontal_min(self) -> f64 {
        let mut least = f64::INFINITY;
        for number in self.number.as_slice() {
            least = least.min(*number);
        }
        least
    }

    /// Returns a vector with `value` in all lanes.
    #[inline(always)]
    pub fn splat(simd: S, value: f64) -> Self {
        Self::new(V::simd_from(simd, value))
    }

    /// Loads the numbers at `first` and after.
    #[inline(always)]
    pub fn load(simd: S, from: &[f64], first: usize) -> Self {
        let from = &from[first..first + V::LEN];
        Self::new(V::from_slice(simd, from))
    }

    /// Stores the numbers at `first` and after. Returns the mask of lanes that hold no result.
    #[inline(always)]
    pub fn store(self, to: &mut [f64], first: usize) -> V::Mask {
        self.number.store_slice(&mut to[first..first + V::LEN]);
        self.out_of_range
    }
}

/// Code that is compiled for each kind of vector unit.
pub trait Kernel {
    /// Result type.
    type Output;

    /// Runs with vectors of the instruction set that `simd` stands for. Implementations must be `#[inline(always)]`.
    fn on_lanes<S: Simd>(self, simd: S) -> Self::Output;
}

/// Kernel of a plain loop, which the compiler vectorizes. The closure must be `#[inline(always)]`; as a `FnOnce` it would be called
/// through a function that is compiled for the narrowest vectors.
pub(in crate::engine) struct AutoVectorized<F>(pub(in crate::engine) F);

impl<T, F: FnMut() -> T> Kernel for AutoVectorized<F> {
    type Output = T;

    #[inline(always)]
    fn on_lanes<S: Simd>(mut self, _: S) -> T {
        (self.0)()
    }
}

/// Runs a kernel with the widest vectors of this processor.
#[inline]
pub fn dispatch<K: Kernel>(kernel: K) -> K::Output {
    let level = Level::new();
    #[cfg(target_arch = "x86_64")]
    {
        if let Some(avx512) = level.as_avx512() {
            return avx512.vectorize(
                #[inline(always)]
                || kernel.on_lanes(avx512),
            );
        }
        if let Some(avx2) = level.as_avx2() {
            return avx2.vectorize(
                #[inline(always)]
                || kernel.on_lanes(avx2),
            );
        }
        match level.as_sse2() {
            Some(sse2) => kernel.on_lanes(sse2),
            None => unreachable!("every x86-64 processor has SSE2"),
        }
    }
    #[cfg(not(target_arch = "x86_64"))]
    fearless_simd::dispatch!(level, simd => kernel.on_lanes(simd))
}
