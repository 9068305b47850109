//! Deterministic sin, cos, eˣ and eˣ − 1 over any [`Real`], by additions, multiplications and bit shifts only, so that their bits are the same
//! on every processor and in every lane. The error is at most 2 units in the last place.
//!
//! Arguments are reduced as by Cody and Waite (Software Manual for the Elementary Functions, 1980); the reduced argument goes into Taylor
//! series that end where further terms are below rounding.

use crate::engine::numeric::real::Real;
use std::f64::consts::{FRAC_2_PI, LOG2_E};

/// Rounding constant: adding it rounds a number to an integer, which is then in the low bits.
const ROUND: f64 = 6_755_399_441_055_744.0; // 1.5 · 2⁵²

/// π/2 in three parts; products of the first two with an integer below 2²⁰ are exact.
const HALF_PI: [f64; 3] = [
    f64::from_bits(0x3FF9_21FB_5440_0000),
    f64::from_bits(0x3DD0_B461_1A60_0000),
    f64::from_bits(0x3BA3_198A_2E03_7073),
];

/// ln 2 in two parts; the product of the first with an integer below 2¹¹ is exact.
pub(in crate::engine) const LN_2: [f64; 2] = [
    f64::from_bits(0x3FE6_2E42_FEE0_0000),
    f64::from_bits(0x3DEA_39EF_3579_3C76),
];

/// Largest |x| for which sin and cos are computed here; beyond it they are the standard library's, as is eˣ beyond ±700.
const MAX_TRIG_ARGUMENT: f64 = 800_000.0;

/// Returns 1/n!.
const fn over_factorial(n: u32) -> f64 {
    let (mut product, mut factor) = (1.0, 1.0);
    let mut k = 1;
    while k < n {
        k += 1;
        factor += 1.0;
        product *= factor;
    }
    1.0 / product
}

/// Returns the coefficients ±1/n! of eight terms, n = `first`, `first + by`, …; the first has the given sign, and each next one is
/// multiplied by `alternate`.
const fn series(first: u32, by: u32, mut sign: f64, alternate: f64) -> [f64; 8] {
    let (mut terms, mut i, mut n) = ([0.0; 8], 0, first);
    while i < 8 {
        terms[i] = sign * over_factorial(n);
        sign *= alternate;
        n += by;
        i += 1;
    }
    terms
}

/// Returns c₀ + c₁ x + … + c₇ x⁷ by Estrin's scheme, given x² and x⁴.
#[inline(always)]
fn polynomial<R: Real>(c: [f64; 8], x: R, x2: R, x4: R) -> R {
    ((x * c[1] + c[0]) + (x * c[3] + c[2]) * x2) + ((x * c[5] + c[4]) + (x * c[7] + c[6]) * x2) * x4
}

/// Returns sin x and cos x.
#[inline(always)]
pub(in crate::engine) fn sin_cos<R: Real>(x: R) -> [R; 2] {
    const SIN: [f64; 8] = series(3, 2, -1.0, -1.0);
    const COS: [f64; 8] = series(4, 2, 1.0, -1.0);
    // x = k π/2 + r, |r| ≤ π/4.
    let rounded = x * FRAC_2_PI + ROUND;
    let k = rounded - ROUND;
    let r = x - k * HALF_PI[0] - k * HALF_PI[1] - k * HALF_PI[2];
    let r2 = r * r;
    let [r4, r8] = [r2 * r2, (r2 * r2) * (r2 * r2)];
    let sin = r + r * r2 * polynomial(SIN, r2, r4, r8);
    let half = r2 * 0.5;
    let near_one = -half + 1.0;
    let cos = near_one + (((-near_one + 1.0) - half) + r4 * polynomial(COS, r2, r4, r8));
    let odd = rounded.low_bit();
    let [s, c] = [
        R::select(odd, cos, sin).sign_by_second_bit(rounded),
        R::select(odd, sin, cos).sign_by_second_bit(rounded + 1.0),
    ];
    let far = x.broadcast(MAX_TRIG_ARGUMENT).lt_mask(x.lane_abs());
    x.exact_where(far, [s, c], |x| [x.sin(), x.cos()])
}

/// Returns k and eʳ − 1, where x = k ln 2 + r, |r| ≤ ½ ln 2.
#[inline(always)]
fn reduced_exp<R: Real>(x: R) -> [R; 2] {
    const LOW: [f64; 8] = series(2, 1, 1.0, 1.0);
    const HIGH: [f64; 8] = series(10, 1, 1.0, 1.0);
    let k = (x * LOG2_E + ROUND) - ROUND;
    let r = x - k * LN_2[0] - k * LN_2[1];
    let r2 = r * r;
    let r4 = r2 * r2;
    let tail = (r * HIGH[1] + HIGH[0]) + (r * HIGH[3] + HIGH[2]) * r2;
    [k, r + r2 * (polynomial(LOW, r, r2, r4) + tail * (r4 * r4))]
}

/// Returns 2ᵏ for an integer k from −1022 to 1023.
#[inline(always)]
fn power_of_two<R: Real>(k: R) -> R {
    (k + (ROUND + 1023.0)).low_bits_to_exponent()
}

/// Returns eˣ and eˣ − 1.
#[inline(always)]
pub(in crate::engine) fn exp_and_exp_m1<R: Real>(x: R) -> [R; 2] {
    let [k, e] = reduced_exp(x);
    let power = power_of_two(k);
    let near = [(e + 1.0) * power, e * power + (power - 1.0)];
    // Also where x is NaN.
    let extreme = !x.lane_abs().lt_mask(x.broadcast(700.0));
    x.exact_where(extreme, near, |x| [x.exp(), x.exp_m1()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::numeric::random::{Purpose, stream};
    use rand::RngExt;

    /// Returns the distance of two numbers in units in the last place of the larger.
    fn ulps(a: f64, b: f64) -> f64 {
        if a == b || a.is_nan() && b.is_nan() {
            return 0.0;
        }
        let size = a.abs().max(b.abs());
        (a - b).abs() / (size.next_up() - size)
    }

    #[test]
    fn values_match_the_standard_library_to_2_ulps() {
        let mut random = stream(1, Purpose::Data, 0);
        let mut worst = [0.0_f64; 4];
        for scale in [1e-9, 0.1, 1.0, 10.0, 700.0, 1e5, 1e9] {
            for _ in 0..20_000 {
                let x = scale * (2.0 * random.random::<f64>() - 1.0);
                let [sin, cos] = sin_cos(x);
                let pairs = [
                    (sin, x.sin()),
                    (cos, x.cos()),
                    (exp_and_exp_m1(x)[0], x.exp()),
                    (exp_and_exp_m1(x)[1], x.exp_m1()),
                ];
                for (worst, (ours, theirs)) in worst.iter_mut().zip(pairs) {
                    *worst = worst.max(ulps(ours, theirs));
                }
            }
        }
        assert!(worst.iter().all(|worst| *worst <= 2.0), "{worst:?}");
    }

    #[test]
    fn nan_infinities_and_subnormals_are_exact() {
        let [exp, exp_m1] = [0, 1].map(|i| move |x: f64| exp_and_exp_m1(x)[i]);
        assert_eq!(sin_cos(0.0), [0.0, 1.0]);
        for x in [f64::NAN, f64::INFINITY, -f64::INFINITY] {
            assert!(sin_cos(x).iter().all(|part| part.is_nan()));
        }
        assert_eq!(
            [
                exp(0.0),
                exp(f64::INFINITY),
                exp(-f64::INFINITY),
                exp(1e300)
            ],
            [1.0, f64::INFINITY, 0.0, f64::INFINITY]
        );
        assert_eq!(
            [exp_m1(0.0), exp_m1(f64::INFINITY), exp_m1(-f64::INFINITY)],
            [0.0, f64::INFINITY, -1.0]
        );
        assert!(exp(f64::NAN).is_nan() && exp_m1(f64::NAN).is_nan());
        assert!(exp(-740.0) > 0.0, "subnormal");
        assert!(ulps(exp(709.7), 709.7_f64.exp()) <= 2.0);
    }
}
