//! The element types f64 and f32, and their vectorised elementary functions.

use crate::engine::numeric::math;
use fearless_simd::Simd;
use fearless_simd::prelude::*;

/// Element type of matrices: f64, or f32 where speed counts for more than digits.
pub(crate) trait Float: SimdFloatElement + Send + Sync + 'static {
    /// The lanes of the widest SIMD vector.
    const MAX_LANES: usize;
    /// Adding this constant rounds to an integer, which then stands in the low bits.
    const ROUND: Self;
    /// The exponent bias.
    const EXPONENT_BIAS: Self;
    /// The number of explicit mantissa bits.
    const MANTISSA_BITS: u32;
    /// log₂ e.
    const LOG2_E: Self;
    /// ln 2 as a sum of two numbers, the first with trailing zero bits.
    const LN_2: [Self; 2];
    /// 1/n! from n = 2 on, all terms that count for |r| ≤ ½ ln 2.
    const EXP_COEFFICIENTS: &'static [Self];
    /// The largest argument x of [`exp_neg`]; e⁻ˣ is still a normal number.
    const EXP_LIMIT: Self;
    /// The coefficients of polynomials P and Q in x², lowest first, with tanh x = x P / Q for |x| ≤ [`TANH_SATURATION`]; `None` where
    /// that is not accurate enough.
    const TANH: Option<[[Self; 5]; 2]>;

    /// Rounds an f64 to the nearest number.
    fn from_f64(number: f64) -> Self;
    /// Converts to f64, exactly.
    fn to_f64(self) -> f64;
}

/// From this argument on the rational approximation of tanh is constant; tanh 9 is 1 in f32.
const TANH_SATURATION: f64 = 9.0;

/// Returns 1/n! for n from 2 on.
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
    const EXP_COEFFICIENTS: &'static [f64] = &over_factorials::<12>();
    const EXP_LIMIT: f64 = 699.0;
    const TANH: Option<[[f64; 5]; 2]> = None;

    #[inline(always)]
    fn from_f64(number: f64) -> f64 {
        number
    }
    #[inline(always)]
    fn to_f64(self) -> f64 {
        self
    }
}

/// Rounds numbers to f32.
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
    // Weighted least-squares fit; the maximal relative error is 2.1e-8.
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
}

/// The SIMD vector of elements E on the processor S.
pub(super) type SimdOf<E, S> = <E as SimdFloatElement>::Native<S>;

/// Returns a vector with `number` in all lanes.
#[inline(always)]
pub(super) fn splat<E: Float, S: Simd>(simd: S, number: E) -> SimdOf<E, S> {
    SimdOf::<E, S>::simd_from(simd, number)
}

/// Returns min(x, max); NaN stays NaN.
#[inline(always)]
pub(super) fn clamp_max<E: Float, S: Simd>(simd: S, x: SimdOf<E, S>, max: E) -> SimdOf<E, S> {
    let max = splat::<E, S>(simd, max);
    max.simd_lt(x).select(max, x)
}

/// Returns f of each lane, computed in f64.
#[inline(always)]
pub(super) fn map_lanes<E: Float, S: Simd>(mut x: SimdOf<E, S>, f: fn(f64) -> f64) -> SimdOf<E, S> {
    map_in_place(x.as_mut_slice(), f);
    x
}

/// Not inlined, so that f is not compiled into every kernel.
#[inline(never)]
fn map_in_place<E: Float>(numbers: &mut [E], f: fn(f64) -> f64) {
    for number in numbers {
        *number = E::from_f64(f(number.to_f64()));
    }
}

/// Returns e⁻ˣ for x ≥ 0, accurate to a few units in the last place; beyond [`Float::EXP_LIMIT`] it stays at its value there.
#[inline(always)]
pub(super) fn exp_neg<E: Float, S: Simd>(simd: S, x: SimdOf<E, S>) -> SimdOf<E, S> {
    exp_neg_and_m1::<E, S>(simd, x)[0]
}

/// Returns e⁻ˣ and e⁻ˣ − 1 for x ≥ 0, see [`exp_neg`].
///
/// −x = k ln 2 + r by the reduction of Cody and Waite, then the Taylor series of eʳ. All multiplications and additions are fused, so
/// that every processor gives equal bits.
#[inline(always)]
pub(super) fn exp_neg_and_m1<E: Float, S: Simd>(simd: S, x: SimdOf<E, S>) -> [SimdOf<E, S>; 2] {
    let constant = |number: E| splat::<E, S>(simd, number);
    let x = -clamp_max::<E, S>(simd, x, E::EXP_LIMIT);
    let round = constant(E::ROUND);
    let minus_k = round - x.mul_add_precise(constant(E::LOG2_E), round);
    let r = minus_k.mul_add_precise(constant(E::LN_2[0]), x);
    let r = minus_k.mul_add_precise(constant(E::LN_2[1]), r);
    let (last, terms) = (E::EXP_COEFFICIENTS.len() - 1, E::EXP_COEFFICIENTS);
    let mut series = constant(terms[last]);
    for term in terms[..last].iter().rev() {
        series = series.mul_add_precise(r, constant(*term));
    }
    series = (r * r).mul_add_precise(series, r);
    let shifted = round + constant(E::EXPONENT_BIAS) - minus_k;
    let power = SimdOf::<E, S>::from_bits(shifted.to_bits() << E::MANTISSA_BITS);
    let one = constant(E::from_f64(1.0));
    [
        series.mul_add_precise(power, power),
        series.mul_add_precise(power, power - one),
    ]
}

/// Returns tanh x as a quotient of two polynomials, see [`Float::TANH`].
#[inline(always)]
pub(super) fn rational_tanh<E: Float, S: Simd>(
    simd: S,
    [p, q]: [[E; 5]; 2],
    x: SimdOf<E, S>,
) -> SimdOf<E, S> {
    let constant = |number: E| splat::<E, S>(simd, number);
    let size = clamp_max::<E, S>(simd, x.abs(), E::from_f64(TANH_SATURATION));
    let square = size * size;
    let (mut numerator, mut denominator) = (constant(p[4]), constant(q[4]));
    for term in (0..4).rev() {
        numerator = numerator.mul_add_precise(square, constant(p[term]));
        denominator = denominator.mul_add_precise(square, constant(q[term]));
    }
    (size * numerator / denominator).copysign(x)
}
