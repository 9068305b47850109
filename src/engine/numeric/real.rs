//! What values and derivatives are made of: one f64, or a vector of lanes that hold one f64 each.
//!
//! Everything that is computed over a [`Real`] rounds every lane exactly as it rounds a single f64: there is no fused
//! multiplication and no reduction across lanes. So a point has the same bits whether it is computed alone or beside
//! others, on AVX2, on AVX-512 or without either.

use crate::engine::numeric::math;
use fearless_simd::prelude::*;
use fearless_simd::{Level, Simd, f64x8};
use std::ops::{Add, BitAnd, BitOr, Div, Mul, Neg, Not, Sub};

/// One f64, or several side by side.
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
    /// How many f64 there are.
    const LANES: usize;
    /// A truth for each lane.
    type Mask: Copy
        + BitAnd<Output = Self::Mask>
        + BitOr<Output = Self::Mask>
        + Not<Output = Self::Mask>;

    /// The same value in all lanes.
    fn broadcast(self, value: f64) -> Self;
    /// Square root.
    fn lane_sqrt(self) -> Self;
    /// |x|.
    fn lane_abs(self) -> Self;
    /// Where x < other.
    fn lt_mask(self, other: Self) -> Self::Mask;
    /// Where x ≤ other.
    fn le_mask(self, other: Self) -> Self::Mask;
    /// Where x = other; nowhere for NaN.
    fn eq_mask(self, other: Self) -> Self::Mask;
    /// `a` where the mask is true, `b` elsewhere.
    fn select(mask: Self::Mask, a: Self, b: Self) -> Self;
    /// Where the lowest bit of the representation is set.
    fn low_bit(self) -> Self::Mask;
    /// Turns the sign where the second lowest bit of `other`'s representation is set.
    fn sign_by_second_bit(self, other: Self) -> Self;
    /// The representation moved left by 52 bits: the low bits become the exponent.
    fn low_bits_to_exponent(self) -> Self;
    /// f of every lane.
    fn map(self, f: fn(f64) -> f64) -> Self;
    /// `near`, but where `far` is true what `exactly` says of this number. Lanes only remember where that is, see [`Lanes`].
    fn exact_where(
        self,
        far: Self::Mask,
        near: [Self; 2],
        exactly: fn(f64) -> [f64; 2],
    ) -> [Self; 2];
    /// xᵖ of every lane.
    fn lane_powf(self, p: f64) -> Self;
    /// sin and cos.
    fn sin_cos(self) -> [Self; 2];
    /// eˣ and eˣ − 1.
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

/// As many f64 as a vector register of the processor holds.
///
/// Vectors compute sin, cos and eˣ of usual arguments only. A lane where one was far off holds no number, and says so; whoever
/// began with the vector computes it again, as a single f64. So nothing branches between load and store, and the compiler sees
/// through all of a formula.
#[derive(Clone, Copy)]
pub struct Lanes<S: Simd, V: SimdFloat<S> = <S as Simd>::f64s> {
    number: V,
    out_of_range: V::Mask,
}

/// Eight f64 side by side in as many registers as they need, so that a processor which waits for one has work with the others.
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

/// f of every number. Apart, so that it is not compiled into every formula.
#[inline(never)]
fn map_in_place(numbers: &mut [f64], f: fn(f64) -> f64) {
    numbers.iter_mut().for_each(|number| *number = f(*number));
}

/// xᵖ of every number.
#[inline(never)]
fn powf_in_place(numbers: &mut [f64], p: f64) {
    numbers
        .iter_mut()
        .for_each(|number| *number = number.powf(p));
}

impl<S: Simd, V: SimdFloat<S, Element = f64>> Lanes<S, V> {
    /// Numbers that are near.
    #[inline(always)]
    fn new(number: V) -> Self {
        let far = V::Mask::splat(number.token(), false);
        Self {
            number,
            out_of_range: far,
        }
    }

    /// Another number, as near or far as this.
    #[inline(always)]
    fn with(self, number: V) -> Self {
        Self { number, ..self }
    }

    /// The smaller of each two; where one is NaN, any of them.
    #[inline(always)]
    pub fn lane_min(self, other: Self) -> Self {
        self.with(self.number.min(other.number))
    }

    /// With a square added, rounded once where the processor can. What becomes a result must not be made of it.
    #[inline(always)]
    pub fn plus_square(self, x: Self) -> Self {
        self.with(x.number.mul_add(x.number, self.number))
    }

    /// Where there are no numbers.
    #[inline(always)]
    pub fn out_of_range(self) -> V::Mask {
        self.out_of_range
    }

    /// The least of the numbers.
    #[inline(always)]
    pub fn horizontal_min(self) -> f64 {
        let mut least = f64::INFINITY;
        for number in self.number.as_slice() {
            least = least.min(*number);
        }
        least
    }

    /// The same number in all lanes.
    #[inline(always)]
    pub fn splat(simd: S, value: f64) -> Self {
        Self::new(V::simd_from(simd, value))
    }

    /// The numbers from `first` on.
    #[inline(always)]
    pub fn load(simd: S, from: &[f64], first: usize) -> Self {
        let from = &from[first..first + V::LEN];
        Self::new(V::from_slice(simd, from))
    }

    /// Puts the numbers to `first` and after. Returns where there are none.
    #[inline(always)]
    pub fn store(self, to: &mut [f64], first: usize) -> V::Mask {
        self.number.store_slice(&mut to[first..first + V::LEN]);
        self.out_of_range
    }
}

/// Work that is compiled for each kind of vector unit.
pub trait Kernel {
    /// What it answers.
    type Output;

    /// Does the work with vectors of the processor that `simd` stands for. To be `#[inline(always)]`.
    fn on_lanes<S: Simd>(self, simd: S) -> Self::Output;
}

/// A loop that the compiler makes vectors of.
pub(in crate::engine) struct AutoVectorized<F>(pub(in crate::engine) F);

impl<T, F: FnOnce() -> T> Kernel for AutoVectorized<F> {
    type Output = T;

    #[inline(always)]
    fn on_lanes<S: Simd>(self, _: S) -> T {
        (self.0)()
    }
}

/// Does work with the widest vectors that this processor has.
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
