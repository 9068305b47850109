//! Sum, difference, product and quotient of jets.

use super::Jet;
use super::partial::{array_from_fn, divided, double, minus, mixed, outer, plus, times};
use crate::engine::numeric::real::Real;
use std::ops::{Add, Div, Mul, Neg, Sub};

impl<R: Real, const H: usize> Add for Jet<R, H> {
    type Output = Self;
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self {
            value: self.value + other.value,
            first_partials: array_from_fn(
                #[inline(always)]
                |i| plus(self.first_partials[i], other.first_partials[i]),
            ),
            second_partials: array_from_fn(
                #[inline(always)]
                |i| plus(self.second_partials[i], other.second_partials[i]),
            ),
        }
    }
}

impl<R: Real, const H: usize> Sub for Jet<R, H> {
    type Output = Self;
    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        Self {
            value: self.value - other.value,
            first_partials: array_from_fn(
                #[inline(always)]
                |i| minus(self.first_partials[i], other.first_partials[i]),
            ),
            second_partials: array_from_fn(
                #[inline(always)]
                |i| minus(self.second_partials[i], other.second_partials[i]),
            ),
        }
    }
}

impl<R: Real, const H: usize> Add<f64> for Jet<R, H> {
    type Output = Self;
    #[inline(always)]
    fn add(self, other: f64) -> Self {
        Self {
            value: self.value + other,
            ..self
        }
    }
}

impl<R: Real, const H: usize> Sub<f64> for Jet<R, H> {
    type Output = Self;
    #[inline(always)]
    fn sub(self, other: f64) -> Self {
        Self {
            value: self.value - other,
            ..self
        }
    }
}

impl<R: Real, const H: usize> Mul<f64> for Jet<R, H> {
    type Output = Self;
    #[inline(always)]
    fn mul(self, other: f64) -> Self {
        self.linear(
            #[inline(always)]
            |part| part * other,
        )
    }
}

impl<R: Real, const H: usize> Div<f64> for Jet<R, H> {
    type Output = Self;
    #[inline(always)]
    fn div(self, other: f64) -> Self {
        self.linear(
            #[inline(always)]
            |part| part / other,
        )
    }
}

impl<R: Real, const H: usize> Neg for Jet<R, H> {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        self.linear(
            #[inline(always)]
            |part| -part,
        )
    }
}

#[allow(clippy::suspicious_arithmetic_impl, reason = "the product rule")]
impl<R: Real, const H: usize> Mul for Jet<R, H> {
    type Output = Self;
    #[inline(always)]
    fn mul(self, v: Self) -> Self {
        let cross = outer(self.first_partials, v.first_partials);
        Self {
            value: self.value * v.value,
            first_partials: array_from_fn(
                #[inline(always)]
                |i| {
                    mixed(
                        self.first_partials[i],
                        v.value,
                        v.first_partials[i],
                        self.value,
                    )
                },
            ),
            second_partials: array_from_fn(
                #[inline(always)]
                |i| {
                    let twice = double(cross[i]);
                    plus(
                        mixed(
                            self.second_partials[i],
                            v.value,
                            v.second_partials[i],
                            self.value,
                        ),
                        twice,
                    )
                },
            ),
        }
    }
}

/// Derivatives of the quotient q follow from u = q v.
#[allow(clippy::suspicious_arithmetic_impl, reason = "the quotient rule")]
impl<R: Real, const H: usize> Div for Jet<R, H> {
    type Output = Self;
    #[inline(always)]
    fn div(self, v: Self) -> Self {
        let value = self.value / v.value;
        let first_partials = array_from_fn(
            #[inline(always)]
            |i| {
                divided(
                    minus(self.first_partials[i], times(v.first_partials[i], value)),
                    v.value,
                )
            },
        );
        let cross = outer(first_partials, v.first_partials);
        let second_partials = array_from_fn(
            #[inline(always)]
            |i| {
                let twice = double(cross[i]);
                let rest = minus(self.second_partials[i], twice);
                divided(minus(rest, times(v.second_partials[i], value)), v.value)
            },
        );
        Self {
            value,
            first_partials,
            second_partials,
        }
    }
}
