//! The numbers that slices and products are computed in, and their exponential.

use super::padding::copy_converted;
use crate::engine::numeric::math;
use crate::engine::numeric::real::{AutoVectorized, dispatch};
use fearless_simd::Simd;
use fearless_simd::prelude::*;

/// f64, or f32 where speed counts for more than digits.
pub(in crate::engine) trait Float:
    SimdFloatElement + Send + Sync + 'static
{
    /// The lanes of the widest vector.
    const MAX_LANES: usize;
    /// Adding it rounds a number to a whole one, which then stands in the low bits.
    const ROUND: Self;
    /// The exponent of 1 as it stands in the bits, and the number of bits below it.
    const EXPONENT_BIAS: Self;
    const MANTISSA_BITS: u32;
    /// log₂ e, and ln 2 in two parts.
    const LOG2_E: Self;
    const LN_2: [Self; 2];
    /// 1/n! from n = 2 on, as many as count for |r| ≤ ½ ln 2.
    const EXP_COEFFICIENTS: &'static [Self];
    /// The largest x whose e⁻ˣ is no subnormal number, and the largest whose tanh is not yet 1.
    const EXP_LIMIT: Self;
    const TANH_SATURATION: Self;
    /// Polynomials P and Q in x², lowest terms first, of which x P / Q is tanh x up to [`Self::TANH_SATURATION`], where few digits count.
    const TANH: Option<[[Self; 5]; 2]>;

    /// The nearest to an f64.
    fn from_f64(number: f64) -> Self;
    /// The same as an f64.
    fn to_f64(self) -> f64;
    /// Does work on numbers as f64, on some whole rows at a time: it is told where these begin, given them, and writes to lists that are
    /// as long.
    fn map_in_f64<const N: usize>(
        row: usize,
        from: &[Self],
        to: [&mut [Self]; N],
        work: impl FnMut(usize, &[f64], [&mut [f64]; N]),
    );
}

const fn over_factorials<const N: usize>() -> [f64; N] {
    let (mut terms, mut term, mut n) = ([0.0; N], 0.5, 2.0);
    let mut i = 0;
    while i < N {
        terms[i] = term;
        n += 1.0;
        term /= n;
        i += 1;
    }
    terms
}

impl Float for f64 {
    const MAX_LANES: usize = 8;
    const ROUND: f64 = 6_755_399_441_055_744.0; // 1.5 · 2⁵²
    const EXPONENT_BIAS: f64 = 1023.0;
    const MANTISSA_BITS: u32 = 52;
    const LOG2_E: f64 = std::f64::consts::LOG2_E;
    const LN_2: [f64; 2] = math::LN_2;
    const EXP_COEFFICIENTS: &'static [f64] = &over_factorials::<10>();
    const EXP_LIMIT: f64 = 699.0;
    const TANH_SATURATION: f64 = 20.0;
    const TANH: Option<[[f64; 5]; 2]> = None;

    #[inline(always)]
    fn from_f64(number: f64) -> f64 {
        number
    }
    #[inline(always)]
    fn to_f64(self) -> f64 {
        self
    }
    fn map_in_f64<const N: usize>(
        _row: usize,
        from: &[f64],
        to: [&mut [f64]; N],
        mut work: impl FnMut(usize, &[f64], [&mut [f64]; N]),
    ) {
        work(0, from, to);
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "rounding is what f32 is for"
)]
const fn rounded<const N: usize>(numbers: [f64; N]) -> [f32; N] {
    let (mut all, mut i) = ([0.0; N], 0);
    while i < N {
        all[i] = numbers[i] as f32;
        i += 1;
    }
    all
}

impl Float for f32 {
    const MAX_LANES: usize = 16;
    const ROUND: f32 = 12_582_912.0; // 1.5 · 2²³
    const EXPONENT_BIAS: f32 = 127.0;
    const MANTISSA_BITS: u32 = 23;
    const LOG2_E: f32 = std::f32::consts::LOG2_E;
    const LN_2: [f32; 2] = [0.693_359_4, -2.121_944_4e-4];
    const EXP_COEFFICIENTS: &'static [f32] = &rounded(over_factorials::<6>());
    const EXP_LIMIT: f32 = 87.0;
    const TANH_SATURATION: f32 = 9.0;
    // Least squares of the relative error, weighted until it is as large everywhere: 2.1e-8.
    const TANH: Option<[[f32; 5]; 2]> = Some([
        [
            1.0,
            0.133_810_34,
            3.495_597_6e-3,
            2.060_922_5e-5,
            1.335_483_5e-8,
        ],
        [1.0, 0.467_143_5, 2.587_702e-2, 3.285_649_6e-4, 7.776_634e-7],
    ]);

    #[inline(always)]
    #[expect(
        clippy::cast_possible_truncation,
        reason = "rounding is what f32 is for"
    )]
    fn from_f64(number: f64) -> f32 {
        number as f32
    }
    #[inline(always)]
    fn to_f64(self) -> f64 {
        f64::from(self)
    }
    fn map_in_f64<const N: usize>(
        row: usize,
        from: &[f32],
        mut to: [&mut [f32]; N],
        mut work: impl FnMut(usize, &[f64], [&mut [f64]; N]),
    ) {
        // So many numbers stay in the innermost cache.
        let most = row * (512 / row.max(1)).max(1);
        let mut wide = vec![0.0; most];
        let mut made = [(); N].map(|()| vec![0.0; most]);
        for (part, from) in from.chunks(most).enumerate() {
            let (first, len) = (part * most, from.len());
            dispatch(AutoVectorized(
                #[inline(always)]
                || {
                    let pairs = wide.iter_mut().zip(from);
                    pairs.for_each(|(wide, number)| *wide = f64::from(*number));
                },
            ));
            work(
                first,
                &wide[..len],
                made.each_mut().map(|made| &mut made[..len]),
            );
            for (to, made) in to.iter_mut().zip(&made) {
                copy_converted((&mut to[first..first + len], made));
            }
        }
    }
}

/// A vector of numbers.
pub(in crate::engine) type SimdOf<E, S> = <E as SimdFloatElement>::Native<S>;

/// The same number in all lanes.
#[inline(always)]
pub(in crate::engine) fn splat<E: Float, S: Simd>(simd: S, number: E) -> SimdOf<E, S> {
    SimdOf::<E, S>::simd_from(simd, number)
}

/// x, but not above `most`; NaN stays.
#[inline(always)]
pub(in crate::engine) fn clamp_max<E: Float, S: Simd>(
    simd: S,
    x: SimdOf<E, S>,
    most: E,
) -> SimdOf<E, S> {
    let most = splat::<E, S>(simd, most);
    most.simd_lt(x).select(most, x)
}

/// eˣ and eˣ − 1 for −[`Float::EXP_LIMIT`] ≤ x ≤ 0, to some units in the last place: x = k ln 2 + r as Cody and Waite do, and Taylor's
/// series of r. Several vectors side by side keep the processor busy, for each step waits for the one before.
#[inline(always)]
pub(in crate::engine) fn exp_and_exp_m1<E: Float, S: Simd, const U: usize>(
    simd: S,
    x: [SimdOf<E, S>; U],
) -> [[SimdOf<E, S>; U]; 2] {
    let number = |number: E| splat::<E, S>(simd, number);
    let (mut minus_k, mut r, mut series) = (x, x, x);
    for (minus_k, x) in minus_k.iter_mut().zip(x) {
        *minus_k = number(E::ROUND) - x.mul_add(number(E::LOG2_E), number(E::ROUND));
    }
    for (r, minus_k) in r.iter_mut().zip(minus_k) {
        *r = minus_k.mul_add(number(E::LN_2[0]), *r);
    }
    for (r, minus_k) in r.iter_mut().zip(minus_k) {
        *r = minus_k.mul_add(number(E::LN_2[1]), *r);
    }
    series.fill(number(E::EXP_COEFFICIENTS[E::EXP_COEFFICIENTS.len() - 1]));
    for term in E::EXP_COEFFICIENTS.iter().rev().skip(1) {
        for (series, r) in series.iter_mut().zip(r) {
            *series = series.mul_add(r, number(*term));
        }
    }
    for (series, r) in series.iter_mut().zip(r) {
        *series = (r * r).mul_add(*series, r);
    }
    let mut found = [x, x];
    let one = number(E::from_f64(1.0));
    for u in 0..U {
        let shifted = number(E::ROUND) + number(E::EXPONENT_BIAS) - minus_k[u];
        let power = SimdOf::<E, S>::from_bits(shifted.to_bits() << E::MANTISSA_BITS);
        found[0][u] = series[u].mul_add(power, power);
        found[1][u] = series[u].mul_add(power, power - one);
    }
    found
}

/// tanh by two polynomials, see [`Float::TANH`].
#[inline(always)]
pub(in crate::engine) fn rational_tanh<E: Float, S: Simd, const U: usize>(
    simd: S,
    [p, q]: [[E; 5]; 2],
    x: &mut [SimdOf<E, S>; U],
) {
    let zero = splat::<E, S>(simd, E::default());
    let (mut near, mut squares) = ([zero; U], [zero; U]);
    for ((near, square), x) in near.iter_mut().zip(&mut squares).zip(x.iter()) {
        *near = clamp_max::<E, S>(simd, x.abs(), E::TANH_SATURATION);
        *square = *near * *near;
    }
    let mut above = [splat::<E, S>(simd, p[4]); U];
    let mut below = [splat::<E, S>(simd, q[4]); U];
    for term in (0..4).rev() {
        let [p, q] = [splat::<E, S>(simd, p[term]), splat::<E, S>(simd, q[term])];
        for ((above, below), square) in above.iter_mut().zip(&mut below).zip(&squares) {
            *above = above.mul_add(*square, p);
            *below = below.mul_add(*square, q);
        }
    }
    let parts = near.iter().zip(above.iter().zip(&below));
    for (x, (near, (above, below))) in x.iter_mut().zip(parts) {
        *x = (*near * *above / *below).copysign(*x);
    }
}
