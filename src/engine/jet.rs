//! The scalar trait that every formula is written over, and the jets that turn one formula into exact derivatives.
//!
//! A [`Jet1`] carries a value and its gradient, a [`Jet2`] the Hessian as well, both in two variables. They follow the
//! chain rule to the last bit of f64; there is no step size and no cancellation (Griewank & Walther 2008, ch. 3 and 13).
//!
//! Where a function has a kink the derivative is the one that PyTorch's autograd takes: 0 for |x| at 0, half of
//! each argument's at a tie of `min` or `max`. A root of a sum of squares has the gradient 0 at 0.

use std::array::from_fn;
use std::ops::{Add, Div, Mul, Neg, Sub};

/// A number that a formula can be evaluated with.
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
    /// A number of the same kind that depends on no variable.
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
    fn square(self) -> Self {
        self * self
    }

    /// xʸ where both vary: e^(y ln x), so that x must be positive.
    fn pow(self, exponent: Self) -> Self {
        (exponent * self.ln()).exp()
    }
}

impl Scalar for f64 {
    fn constant(&self, value: f64) -> Self {
        value
    }
    fn sin(self) -> Self {
        f64::sin(self)
    }
    fn cos(self) -> Self {
        f64::cos(self)
    }
    fn tan(self) -> Self {
        f64::tan(self)
    }
    fn sinh(self) -> Self {
        f64::sinh(self)
    }
    fn cosh(self) -> Self {
        f64::cosh(self)
    }
    fn tanh(self) -> Self {
        f64::tanh(self)
    }
    fn exp(self) -> Self {
        f64::exp(self)
    }
    fn exp_m1(self) -> Self {
        f64::exp_m1(self)
    }
    fn ln(self) -> Self {
        f64::ln(self)
    }
    fn log10(self) -> Self {
        f64::log10(self)
    }
    fn sqrt(self) -> Self {
        f64::sqrt(self)
    }
    fn abs(self) -> Self {
        f64::abs(self)
    }
    fn powi(self, n: i32) -> Self {
        f64::powi(self, n)
    }
    fn powf(self, p: f64) -> Self {
        f64::powf(self, p)
    }
    fn min(self, other: Self) -> Self {
        if self.is_nan() || self < other {
            self
        } else {
            other
        }
    }
    fn max(self, other: Self) -> Self {
        if self.is_nan() || self > other {
            self
        } else {
            other
        }
    }
}

/// A value and its derivatives in two variables: the gradient and, where H is 3, the Hessian.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Jet<const H: usize> {
    /// The value.
    pub value: f64,
    /// ∂x, ∂y.
    pub gradient: [f64; 2],
    /// ∂xx, ∂xy, ∂yy, or nothing.
    pub hessian: [f64; H],
}

/// A value and its gradient.
pub type Jet1 = Jet<0>;

/// A value, its gradient and its Hessian.
pub type Jet2 = Jet<3>;

impl<const H: usize> Jet<H> {
    /// The two variables at a point.
    #[inline]
    pub fn variables([x, y]: [f64; 2]) -> [Self; 2] {
        let variable = |value, gradient| Self {
            value,
            gradient,
            hessian: [0.0; H],
        };
        [variable(x, [1.0, 0.0]), variable(y, [0.0, 1.0])]
    }

    /// φ(self), given φ, φ′ and φ″ at the value.
    #[inline]
    fn chain(self, phi: f64, first: f64, second: f64) -> Self {
        if H > 0 && first.is_infinite() && self.gradient == [0.0; 2] {
            return self.constant(phi); // The tip of a cone: flat by convention.
        }
        let square = outer(self.gradient, self.gradient);
        Self {
            value: phi,
            gradient: self.gradient.map(|d| scaled(first, d)),
            hessian: from_fn(|i| scaled(first, self.hessian[i]) + scaled(second, square[i])),
        }
    }
}

/// The symmetric part of a bᵀ, in the order of a Hessian's entries.
#[inline]
fn outer(a: [f64; 2], b: [f64; 2]) -> [f64; 3] {
    [a[0] * b[0], 0.5 * (a[0] * b[1] + a[1] * b[0]), a[1] * b[1]]
}

/// factor · part, where a part that does not move stays still even if the factor is infinite.
#[inline]
fn scaled(factor: f64, part: f64) -> f64 {
    if part == 0.0 { 0.0 } else { factor * part }
}

impl<const H: usize> Add for Jet<H> {
    type Output = Self;
    #[inline]
    fn add(self, other: Self) -> Self {
        Self {
            value: self.value + other.value,
            gradient: from_fn(|i| self.gradient[i] + other.gradient[i]),
            hessian: from_fn(|i| self.hessian[i] + other.hessian[i]),
        }
    }
}

impl<const H: usize> Add<f64> for Jet<H> {
    type Output = Self;
    #[inline]
    fn add(self, other: f64) -> Self {
        Self {
            value: self.value + other,
            ..self
        }
    }
}

impl<const H: usize> Sub for Jet<H> {
    type Output = Self;
    #[inline]
    fn sub(self, other: Self) -> Self {
        Self {
            value: self.value - other.value,
            gradient: from_fn(|i| self.gradient[i] - other.gradient[i]),
            hessian: from_fn(|i| self.hessian[i] - other.hessian[i]),
        }
    }
}

impl<const H: usize> Sub<f64> for Jet<H> {
    type Output = Self;
    #[inline]
    fn sub(self, other: f64) -> Self {
        Self {
            value: self.value - other,
            ..self
        }
    }
}

impl<const H: usize> Mul<f64> for Jet<H> {
    type Output = Self;
    #[inline]
    fn mul(self, other: f64) -> Self {
        Self {
            value: self.value * other,
            gradient: self.gradient.map(|d| d * other),
            hessian: self.hessian.map(|d| d * other),
        }
    }
}

impl<const H: usize> Div<f64> for Jet<H> {
    type Output = Self;
    #[inline]
    fn div(self, other: f64) -> Self {
        Self {
            value: self.value / other,
            gradient: self.gradient.map(|d| d / other),
            hessian: self.hessian.map(|d| d / other),
        }
    }
}

impl<const H: usize> Neg for Jet<H> {
    type Output = Self;
    #[inline]
    fn neg(self) -> Self {
        self * -1.0
    }
}

#[allow(clippy::suspicious_arithmetic_impl, reason = "the product rule")]
impl<const H: usize> Mul for Jet<H> {
    type Output = Self;
    #[inline]
    fn mul(self, v: Self) -> Self {
        let cross = outer(self.gradient, v.gradient);
        Self {
            value: self.value * v.value,
            gradient: from_fn(|i| self.gradient[i] * v.value + self.value * v.gradient[i]),
            hessian: from_fn(|i| {
                self.hessian[i] * v.value + 2.0 * cross[i] + self.value * v.hessian[i]
            }),
        }
    }
}

/// The quotient's derivatives follow from u = q v.
#[allow(clippy::suspicious_arithmetic_impl, reason = "the quotient rule")]
impl<const H: usize> Div for Jet<H> {
    type Output = Self;
    #[inline]
    fn div(self, v: Self) -> Self {
        let value = self.value / v.value;
        let gradient = from_fn(|i| (self.gradient[i] - value * v.gradient[i]) / v.value);
        let cross = outer(gradient, v.gradient);
        let hessian =
            from_fn(|i| (self.hessian[i] - 2.0 * cross[i] - value * v.hessian[i]) / v.value);
        Self {
            value,
            gradient,
            hessian,
        }
    }
}

impl<const H: usize> Scalar for Jet<H> {
    #[inline]
    fn constant(&self, value: f64) -> Self {
        Self {
            value,
            gradient: [0.0; 2],
            hessian: [0.0; H],
        }
    }
    #[inline]
    fn sin(self) -> Self {
        let (sin, cos) = self.value.sin_cos();
        self.chain(sin, cos, -sin)
    }
    #[inline]
    fn cos(self) -> Self {
        let (sin, cos) = self.value.sin_cos();
        self.chain(cos, -sin, -cos)
    }
    #[inline]
    fn tan(self) -> Self {
        let tan = self.value.tan();
        let first = 1.0 + tan * tan;
        self.chain(tan, first, 2.0 * tan * first)
    }
    #[inline]
    fn sinh(self) -> Self {
        let (sinh, cosh) = (self.value.sinh(), self.value.cosh());
        self.chain(sinh, cosh, sinh)
    }
    #[inline]
    fn cosh(self) -> Self {
        let (sinh, cosh) = (self.value.sinh(), self.value.cosh());
        self.chain(cosh, sinh, cosh)
    }
    #[inline]
    fn tanh(self) -> Self {
        let tanh = self.value.tanh();
        let first = 1.0 - tanh * tanh;
        self.chain(tanh, first, -2.0 * tanh * first)
    }
    #[inline]
    fn exp(self) -> Self {
        let exp = self.value.exp();
        self.chain(exp, exp, exp)
    }
    #[inline]
    fn exp_m1(self) -> Self {
        let exp_m1 = self.value.exp_m1();
        self.chain(exp_m1, exp_m1 + 1.0, exp_m1 + 1.0)
    }
    #[inline]
    fn ln(self) -> Self {
        let first = self.value.recip();
        self.chain(self.value.ln(), first, -first * first)
    }
    #[inline]
    fn log10(self) -> Self {
        let first = (self.value * std::f64::consts::LN_10).recip();
        self.chain(self.value.log10(), first, -first / self.value)
    }
    #[inline]
    fn sqrt(self) -> Self {
        let root = self.value.sqrt();
        let first = 0.5 / root;
        self.chain(root, first, -0.5 * first / self.value)
    }
    #[inline]
    fn abs(self) -> Self {
        let sign = if self.value == 0.0 {
            0.0
        } else {
            self.value.signum()
        };
        self.chain(self.value.abs(), sign, 0.0)
    }
    #[inline]
    fn powi(self, n: i32) -> Self {
        let (x, p) = (self.value, f64::from(n));
        let [first, second] = match n {
            0 => [0.0, 0.0],
            1 => [1.0, 0.0],
            _ => [p * x.powi(n - 1), p * (p - 1.0) * x.powi(n - 2)],
        };
        self.chain(x.powi(n), first, second)
    }
    #[inline]
    fn powf(self, p: f64) -> Self {
        let x = self.value;
        if p == 0.0 || p == 1.0 {
            return if p == 0.0 { self.constant(1.0) } else { self };
        }
        let second = if p == 2.0 {
            2.0
        } else {
            p * (p - 1.0) * x.powf(p - 2.0)
        };
        self.chain(x.powf(p), p * x.powf(p - 1.0), second)
    }
    #[inline]
    fn min(self, other: Self) -> Self {
        match self.value.partial_cmp(&other.value) {
            Some(std::cmp::Ordering::Equal) => (self + other) * 0.5,
            Some(std::cmp::Ordering::Greater) => other,
            Some(std::cmp::Ordering::Less) => self,
            None => self + other,
        }
    }
    #[inline]
    fn max(self, other: Self) -> Self {
        -(-self).min(-other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Compares a jet's derivatives with central differences of its own lower orders.
    fn check(
        name: &str,
        at: [f64; 2],
        f: impl Fn(Jet2, Jet2) -> Jet2,
        g: impl Fn(Jet1, Jet1) -> Jet1,
    ) {
        let jet = |p: [f64; 2]| {
            let [x, y] = Jet2::variables(p);
            f(x, y)
        };
        let h = 1e-5;
        let shifted = |axis: usize, by: f64| {
            let mut p = at;
            p[axis] += by;
            jet(p)
        };
        let exact = jet(at);
        for axis in 0..2 {
            let (up, down) = (shifted(axis, h), shifted(axis, -h));
            let slope = (up.value - down.value) / (2.0 * h);
            assert!(
                (exact.gradient[axis] - slope).abs() < 1e-7 * (1.0 + slope.abs()),
                "{name}: gradient {axis}"
            );
            for other in 0..2 {
                let bend = (up.gradient[other] - down.gradient[other]) / (2.0 * h);
                let entry = exact.hessian[axis + other];
                assert!(
                    (entry - bend).abs() < 1e-7 * (1.0 + bend.abs()),
                    "{name}: Hessian {axis}{other}"
                );
            }
        }
        let [x, y] = Jet1::variables(at);
        let first = g(x, y);
        assert_eq!(
            (first.value, first.gradient),
            (exact.value, exact.gradient),
            "{name}: the two jets differ"
        );
    }

    macro_rules! checks {
        ($($name:literal: |$x:ident, $y:ident| $body:expr;)*) => {
            $(check($name, [0.7, 1.3], |$x: Jet2, $y: Jet2| $body, |$x: Jet1, $y: Jet1| $body);)*
        };
    }

    #[test]
    fn derivatives_match_central_differences() {
        checks! {
            "arithmetic": |x, y| (x * y - x / y + 3.0) * (-x + 2.0) / (y + x * 0.5);
            "trigonometry": |x, y| (x * y).sin() + (x - y).cos() * (x * 0.3).tan();
            "exponentials": |x, y| (x * y).exp() + (x - y).sinh() * (x + y).cosh() + (x + y).ln() * (y * 2.0).log10() + (x * y).tanh();
            "powers": |x, y| (x * y).sqrt() + x.powi(3) * y.powi(-2) + y.powf(1.7) + x.pow(y);
            "kinks": |x, y| (x - y).abs() + x.min(y) * 2.0 + (x * x).max(y * 0.1);
        }
    }

    #[test]
    fn kinks_are_finite_and_like_autograd() {
        let [x, y] = Jet2::variables([0.0, 0.0]);
        let norm = (x * x + y * y).sqrt();
        assert_eq!(
            (norm.value, norm.gradient, norm.hessian),
            (0.0, [0.0; 2], [0.0; 3])
        );
        assert_eq!(x.abs().gradient, [0.0; 2]);
        assert_eq!(x.max(y).gradient, [0.5, 0.5]);
        assert_eq!(x.powf(2.0).hessian, [2.0, 0.0, 0.0]);
        assert_eq!(x.powi(1).gradient, [1.0, 0.0]);
    }
}
