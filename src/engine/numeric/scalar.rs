//! The scalar trait that every formula is written over: f64, SIMD lanes and jets implement it.

use crate::engine::numeric::real::Real;
use std::ops::{Add, Div, Mul, Neg, Sub};

/// Number type that a formula can be evaluated with.
pub trait Scalar:
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
    /// Whether it holds several numbers. Functions over it must then be inlined into code that is compiled for the processor's vector unit.
    const IS_SIMD: bool;
    /// Returns a constant of this type, whose derivatives are 0.
    fn constant(&self, value: f64) -> Self;
    /// sin.
    fn sin(self) -> Self;
    /// cos.
    fn cos(self) -> Self;
    /// tan.
    fn tan(self) -> Self;
    /// sinh.
    fn sinh(self) -> Self;
    /// cosh.
    fn cosh(self) -> Self;
    /// tanh.
    fn tanh(self) -> Self;
    /// eˣ.
    fn exp(self) -> Self;
    /// eˣ − 1, exact near 0 too.
    fn exp_m1(self) -> Self;
    /// Natural logarithm.
    fn ln(self) -> Self;
    /// Logarithm to base 10.
    fn log10(self) -> Self;
    /// Square root.
    fn sqrt(self) -> Self;
    /// |x|, derivative 0 at 0.
    fn abs(self) -> Self;
    /// xⁿ for a whole number n.
    fn powi(self, n: i32) -> Self;
    /// xᵖ for a fixed real p.
    fn powf(self, p: f64) -> Self;
    /// The smaller of two; at a tie each has half of the derivative.
    fn min(self, other: Self) -> Self;
    /// The larger of two; at a tie each has half of the derivative.
    fn max(self, other: Self) -> Self;

    /// x².
    #[inline(always)]
    fn square(self) -> Self {
        self * self
    }

    /// xʸ where both vary: e^(y ln x), so that x must be positive.
    #[inline(always)]
    fn pow(self, exponent: Self) -> Self {
        (exponent * self.ln()).exp()
    }
}

impl<R: Real> Scalar for R {
    const IS_SIMD: bool = R::LANES > 1;
    #[inline(always)]
    fn constant(&self, value: f64) -> Self {
        self.broadcast(value)
    }
    #[inline(always)]
    fn sin(self) -> Self {
        self.sin_cos()[0]
    }
    #[inline(always)]
    fn cos(self) -> Self {
        self.sin_cos()[1]
    }
    #[inline(always)]
    fn tan(self) -> Self {
        self.map(f64::tan)
    }
    #[inline(always)]
    fn sinh(self) -> Self {
        self.map(f64::sinh)
    }
    #[inline(always)]
    fn cosh(self) -> Self {
        self.map(f64::cosh)
    }
    #[inline(always)]
    fn tanh(self) -> Self {
        self.map(f64::tanh)
    }
    #[inline(always)]
    fn exp(self) -> Self {
        self.exp_and_exp_m1()[0]
    }
    #[inline(always)]
    fn exp_m1(self) -> Self {
        self.exp_and_exp_m1()[1]
    }
    #[inline(always)]
    fn ln(self) -> Self {
        self.map(f64::ln)
    }
    #[inline(always)]
    fn log10(self) -> Self {
        self.map(f64::log10)
    }
    #[inline(always)]
    fn sqrt(self) -> Self {
        self.lane_sqrt()
    }
    #[inline(always)]
    fn abs(self) -> Self {
        self.lane_abs()
    }
    #[inline(always)]
    fn powi(self, n: i32) -> Self {
        integer_power(self, n)
    }
    #[inline(always)]
    fn powf(self, p: f64) -> Self {
        self.lane_powf(p)
    }
    #[inline(always)]
    fn min(self, other: Self) -> Self {
        Self::select(self.lt_mask(other) | !self.eq_mask(self), self, other)
    }
    #[inline(always)]
    fn max(self, other: Self) -> Self {
        Self::select(other.lt_mask(self) | !self.eq_mask(self), self, other)
    }
}

/// Returns xⁿ by repeated squaring.
#[inline(always)]
fn integer_power<R: Real>(x: R, n: i32) -> R {
    let (mut square, mut rest) = (x, n.unsigned_abs());
    let mut product = None;
    while rest > 0 {
        if rest & 1 == 1 {
            product = match product {
                Some(product) => Some(product * square),
                None => Some(square),
            };
        }
        rest >>= 1;
        if rest > 0 {
            square = square * square;
        }
    }
    let product = match product {
        Some(product) => product,
        None => x.broadcast(1.0),
    };
    if n < 0 {
        x.broadcast(1.0) / product
    } else {
        product
    }
}
