//! How large a formula can be: numbers of which nothing is known but a bound.

use crate::engine::numeric::jet::Jet1;
use crate::engine::numeric::real::Real;
use crate::engine::objective::Formula;
use crate::engine::training::MAX_GROWTH;
use std::ops::{Add, Div, Mul, Neg, Sub};

/// A number whose magnitude is at most this. It is made for sums and products; of what else a formula may do it knows nothing, and says
/// that it may be anything.
#[derive(Clone, Copy)]
struct Majorant(f64);

const ANYTHING: Majorant = Majorant(f64::INFINITY);

/// R, such that wherever |x|, |y| ≤ R no loss is beyond [`MAX_GROWTH`], the least limit of a run, and every gradient is finite; 0 where that is not known of any.
///
/// A polynomial in R with the magnitudes of all coefficients bounds the formula and its derivatives.
pub(super) fn tame_radius<F: Formula>(formula: &F) -> f64 {
    let radii = std::iter::successors(Some(2_f64.powi(20)), |radius| Some(radius / 2.0));
    let tame = |radius: &f64| {
        let [x, y] = Jet1::variables([Majorant(*radius); 2]);
        let jet = formula.eval(x, y);
        let [gx, gy] = jet.gradient();
        // Far from where rounding counts, of the bound or of the formula.
        jet.value.0 <= MAX_GROWTH / 2.0 && gx.0 <= 1e100 && gy.0 <= 1e100
    };
    radii.take(30).find(tame).unwrap_or(0.0)
}

impl Add for Majorant {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for Majorant {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        self.add(-other)
    }
}

impl Mul for Majorant {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        Self(self.0 * other.0)
    }
}

impl Div for Majorant {
    type Output = Self;
    fn div(self, _other: Self) -> Self {
        ANYTHING
    }
}

impl Neg for Majorant {
    type Output = Self;
    fn neg(self) -> Self {
        self
    }
}

impl Add<f64> for Majorant {
    type Output = Self;
    fn add(self, other: f64) -> Self {
        Self(self.0 + other.abs())
    }
}

impl Sub<f64> for Majorant {
    type Output = Self;
    fn sub(self, other: f64) -> Self {
        self.add(-other)
    }
}

impl Mul<f64> for Majorant {
    type Output = Self;
    fn mul(self, other: f64) -> Self {
        Self(self.0 * other.abs())
    }
}

impl Div<f64> for Majorant {
    type Output = Self;
    fn div(self, other: f64) -> Self {
        Self(self.0 / other.abs())
    }
}

impl Real for Majorant {
    const LANES: usize = 1;
    type Mask = bool;

    fn broadcast(self, value: f64) -> Self {
        Self(value.abs())
    }
    fn lane_sqrt(self) -> Self {
        ANYTHING
    }
    fn lane_abs(self) -> Self {
        self
    }
    fn lt_mask(self, _other: Self) -> bool {
        false
    }
    fn le_mask(self, _other: Self) -> bool {
        false
    }
    fn eq_mask(self, _other: Self) -> bool {
        false
    }
    fn select(_mask: bool, a: Self, b: Self) -> Self {
        Self(if a.0 < b.0 { b.0 } else { a.0 })
    }
    fn low_bit(self) -> bool {
        false
    }
    fn sign_by_second_bit(self, _other: Self) -> Self {
        self
    }
    fn low_bits_to_exponent(self) -> Self {
        ANYTHING
    }
    fn map(self, _f: fn(f64) -> f64) -> Self {
        ANYTHING
    }
    fn exact_where(self, _far: bool, _near: [Self; 2], _exactly: fn(f64) -> [f64; 2]) -> [Self; 2] {
        [ANYTHING; 2]
    }
    fn lane_powf(self, _p: f64) -> Self {
        ANYTHING
    }
    fn sin_cos(self) -> [Self; 2] {
        [Self(1.0); 2]
    }
    fn exp_and_exp_m1(self) -> [Self; 2] {
        [ANYTHING; 2]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::numeric::jet::Scalar;

    struct Wave;
    impl Formula for Wave {
        fn eval<S: Scalar>(&self, x: S, y: S) -> S {
            (x.square() * 3.0 - y) * (x * y - 2.0).sin()
        }
    }

    struct Root;
    impl Formula for Root {
        fn eval<S: Scalar>(&self, x: S, y: S) -> S {
            (x.square() + y.square()).sqrt()
        }
    }

    #[test]
    fn nothing_in_the_square_is_beyond_the_bound_and_twice_as_far_something_may_be() {
        let radius = tame_radius(&Wave);
        assert!(radius >= 2_f64.powi(18), "{radius}");
        for i in 0..=20 {
            let at = |k: u32| radius * (0.1 * f64::from(k) - 1.0);
            let mut gradient = [0.0; 2];
            for j in 0..=20 {
                let loss = crate::engine::objective::Objective::gradient(
                    &Wave,
                    &[at(i), at(j)],
                    &mut gradient,
                );
                assert!(loss.abs() <= MAX_GROWTH && gradient[0].is_finite());
            }
        }
        assert!(3.0 * (2.0 * radius).powi(2) > MAX_GROWTH / 2.0);
        assert_eq!(tame_radius(&Root), 0.0);
    }
}
