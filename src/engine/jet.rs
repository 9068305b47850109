//! The scalar trait that every formula is written over, and the jets that turn one formula into exact derivatives.
//!
//! A [`Jet1`] carries a value and its gradient, a [`Jet2`] the Hessian as well, both in two variables. They follow the
//! chain rule to the last bit of f64; there is no step size and no cancellation (Griewank & Walther 2008, ch. 3 and 13).
//! They are made of any [`Real`]: of single f64, or of vectors of them. A derivative that is 0 by the shape of the formula
//! is not stored and costs nothing.
//!
//! Where a function has a kink the derivative is the one that PyTorch's autograd takes: 0 for |x| at 0, half of
//! each argument's at a tie of `min` or `max`. A root of a sum of squares has the gradient 0 at 0.

use super::real::Real;
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

impl<R: Real> Scalar for R {
    #[inline(always)]
    fn constant(&self, value: f64) -> Self {
        self.like(value)
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
        self.exponential()
    }
    #[inline(always)]
    fn exp_m1(self) -> Self {
        self.exponential_m1()
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
        self.root()
    }
    #[inline(always)]
    fn abs(self) -> Self {
        self.magnitude()
    }
    #[inline(always)]
    fn powi(self, n: i32) -> Self {
        power(self, n)
    }
    #[inline(always)]
    fn powf(self, p: f64) -> Self {
        self.raised(p)
    }
    #[inline(always)]
    fn min(self, other: Self) -> Self {
        Self::select(self.less(other) | !self.equal(self), self, other)
    }
    #[inline(always)]
    fn max(self, other: Self) -> Self {
        Self::select(other.less(self) | !self.equal(self), self, other)
    }
}

/// xⁿ by repeated squaring.
#[inline(always)]
fn power<R: Real>(x: R, n: i32) -> R {
    let (mut square, mut rest) = (x, n.unsigned_abs());
    let mut product = None;
    while rest > 0 {
        if rest & 1 == 1 {
            product = Some(product.map_or(square, |product: R| product * square));
        }
        rest >>= 1;
        if rest > 0 {
            square = square * square;
        }
    }
    let product = product.unwrap_or(x.like(1.0));
    if n < 0 {
        x.like(1.0) / product
    } else {
        product
    }
}

/// A derivative; `None` is 0 whatever the point.
type Slope<R> = Option<R>;

/// A value and its derivatives in two variables: the gradient and, where H is 3, the Hessian.
#[derive(Clone, Copy, Debug)]
pub struct Jet<R, const H: usize> {
    /// The value.
    pub value: R,
    /// ∂x, ∂y.
    slopes: [Slope<R>; 2],
    /// ∂xx, ∂xy, ∂yy, or nothing.
    bends: [Slope<R>; H],
}

/// A value and its gradient.
pub type Jet1<R = f64> = Jet<R, 0>;

/// A value, its gradient and its Hessian.
pub type Jet2<R = f64> = Jet<R, 3>;

impl<R: Real, const H: usize> Jet<R, H> {
    /// The two variables at a point.
    #[inline(always)]
    pub fn variables([x, y]: [R; 2]) -> [Self; 2] {
        let variable = |value: R, slopes| Self {
            value,
            slopes,
            bends: [None; H],
        };
        let one = Some(x.like(1.0));
        [variable(x, [one, None]), variable(y, [None, one])]
    }

    /// ∂x, ∂y.
    #[inline(always)]
    pub fn gradient(&self) -> [R; 2] {
        self.slopes
            .map(|slope| slope.unwrap_or(self.value.like(0.0)))
    }

    /// ∂xx, ∂xy, ∂yy, or nothing.
    #[inline(always)]
    pub fn hessian(&self) -> [R; H] {
        self.bends.map(|bend| bend.unwrap_or(self.value.like(0.0)))
    }

    /// φ(self), given φ, φ′ and φ″ at the value.
    #[inline(always)]
    fn chain(self, phi: R, first: R, second: R) -> Self {
        let square = outer(self.slopes, self.slopes);
        Self {
            value: phi,
            slopes: self.slopes.map(|slope| times(slope, first)),
            bends: from_fn(|i| plus(times(self.bends[i], first), times(square[i], second))),
        }
    }

    /// The same where φ′ or φ″ may be infinite: what does not move there stays still, and the tip of a cone is flat.
    #[inline(always)]
    fn chain_with_tip(self, phi: R, first: R, second: R) -> Self {
        let zero = phi.like(0.0);
        let still = |factor: R, part: R| R::select(part.equal(zero), zero, part * factor);
        let square = outer(self.slopes, self.slopes);
        let [gx, gy] = self.gradient();
        let tip =
            phi.like(f64::INFINITY).equal(first.magnitude()) & gx.equal(zero) & gy.equal(zero);
        Self {
            value: phi,
            slopes: self
                .slopes
                .map(|slope| slope.map(|slope| still(first, slope))),
            bends: from_fn(|i| {
                let bent = plus(
                    self.bends[i].map(|bend| still(first, bend)),
                    square[i].map(|square| still(second, square)),
                );
                bent.map(|bent| R::select(tip, zero, bent))
            }),
        }
    }

    /// `a` where the mask is true, `b` elsewhere.
    #[inline(always)]
    fn blend(mask: R::Mask, a: Self, b: Self) -> Self {
        let zero = a.value.like(0.0);
        let slope = |a: Slope<R>, b: Slope<R>| match (a, b) {
            (None, None) => None,
            (a, b) => Some(R::select(mask, a.unwrap_or(zero), b.unwrap_or(zero))),
        };
        Self {
            value: R::select(mask, a.value, b.value),
            slopes: from_fn(|i| slope(a.slopes[i], b.slopes[i])),
            bends: from_fn(|i| slope(a.bends[i], b.bends[i])),
        }
    }

    /// A linear function of each part.
    #[inline(always)]
    fn linear(self, f: impl Fn(R) -> R) -> Self {
        Self {
            value: f(self.value),
            slopes: self.slopes.map(|slope| slope.map(&f)),
            bends: self.bends.map(|bend| bend.map(&f)),
        }
    }
}

#[inline(always)]
fn plus<R: Real>(a: Slope<R>, b: Slope<R>) -> Slope<R> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a + b),
        (a, b) => a.or(b),
    }
}

#[inline(always)]
fn minus<R: Real>(a: Slope<R>, b: Slope<R>) -> Slope<R> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a - b),
        (a, b) => a.or(b.map(|b| -b)),
    }
}

#[inline(always)]
fn times<R: Real>(a: Slope<R>, factor: R) -> Slope<R> {
    a.map(|a| a * factor)
}

#[inline(always)]
fn product<R: Real>(a: Slope<R>, b: Slope<R>) -> Slope<R> {
    Some(a? * b?)
}

/// The symmetric part of a bᵀ, in the order of a Hessian's entries.
#[inline(always)]
fn outer<R: Real>(a: [Slope<R>; 2], b: [Slope<R>; 2]) -> [Slope<R>; 3] {
    let cross = plus(product(a[0], b[1]), product(a[1], b[0]));
    [
        product(a[0], b[0]),
        cross.map(|cross| cross * 0.5),
        product(a[1], b[1]),
    ]
}

impl<R: Real, const H: usize> Add for Jet<R, H> {
    type Output = Self;
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self {
            value: self.value + other.value,
            slopes: from_fn(|i| plus(self.slopes[i], other.slopes[i])),
            bends: from_fn(|i| plus(self.bends[i], other.bends[i])),
        }
    }
}

impl<R: Real, const H: usize> Sub for Jet<R, H> {
    type Output = Self;
    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        Self {
            value: self.value - other.value,
            slopes: from_fn(|i| minus(self.slopes[i], other.slopes[i])),
            bends: from_fn(|i| minus(self.bends[i], other.bends[i])),
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
        self.linear(|part| part * other)
    }
}

impl<R: Real, const H: usize> Div<f64> for Jet<R, H> {
    type Output = Self;
    #[inline(always)]
    fn div(self, other: f64) -> Self {
        self.linear(|part| part / other)
    }
}

impl<R: Real, const H: usize> Neg for Jet<R, H> {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        self.linear(|part| -part)
    }
}

#[allow(clippy::suspicious_arithmetic_impl, reason = "the product rule")]
impl<R: Real, const H: usize> Mul for Jet<R, H> {
    type Output = Self;
    #[inline(always)]
    fn mul(self, v: Self) -> Self {
        let cross = outer(self.slopes, v.slopes);
        let part = |a: Slope<R>, b: Slope<R>| plus(times(a, v.value), times(b, self.value));
        Self {
            value: self.value * v.value,
            slopes: from_fn(|i| part(self.slopes[i], v.slopes[i])),
            bends: from_fn(|i| {
                let twice = cross[i].map(|cross| cross + cross);
                plus(part(self.bends[i], v.bends[i]), twice)
            }),
        }
    }
}

/// The quotient's derivatives follow from u = q v.
#[allow(clippy::suspicious_arithmetic_impl, reason = "the quotient rule")]
impl<R: Real, const H: usize> Div for Jet<R, H> {
    type Output = Self;
    #[inline(always)]
    fn div(self, v: Self) -> Self {
        let value = self.value / v.value;
        let over = |slope: Slope<R>| slope.map(|slope| slope / v.value);
        let slopes = from_fn(|i| over(minus(self.slopes[i], times(v.slopes[i], value))));
        let cross = outer(slopes, v.slopes);
        let bends = from_fn(|i| {
            let twice = cross[i].map(|cross| cross + cross);
            let rest = minus(self.bends[i], twice);
            over(minus(rest, times(v.bends[i], value)))
        });
        Self {
            value,
            slopes,
            bends,
        }
    }
}

impl<R: Real, const H: usize> Scalar for Jet<R, H> {
    #[inline(always)]
    fn constant(&self, value: f64) -> Self {
        Self {
            value: self.value.like(value),
            slopes: [None; 2],
            bends: [None; H],
        }
    }
    #[inline(always)]
    fn sin(self) -> Self {
        let [sin, cos] = self.value.sin_cos();
        self.chain(sin, cos, -sin)
    }
    #[inline(always)]
    fn cos(self) -> Self {
        let [sin, cos] = self.value.sin_cos();
        self.chain(cos, -sin, -cos)
    }
    #[inline(always)]
    fn tan(self) -> Self {
        let tan = self.value.tan();
        let first = tan * tan + 1.0;
        self.chain(tan, first, tan * first * 2.0)
    }
    #[inline(always)]
    fn sinh(self) -> Self {
        let (sinh, cosh) = (self.value.sinh(), self.value.cosh());
        self.chain(sinh, cosh, sinh)
    }
    #[inline(always)]
    fn cosh(self) -> Self {
        let (sinh, cosh) = (self.value.sinh(), self.value.cosh());
        self.chain(cosh, sinh, cosh)
    }
    #[inline(always)]
    fn tanh(self) -> Self {
        let tanh = self.value.tanh();
        let first = -(tanh * tanh) + 1.0;
        self.chain(tanh, first, tanh * first * -2.0)
    }
    #[inline(always)]
    fn exp(self) -> Self {
        let exp = self.value.exponential();
        self.chain(exp, exp, exp)
    }
    #[inline(always)]
    fn exp_m1(self) -> Self {
        let exp_m1 = self.value.exponential_m1();
        self.chain(exp_m1, exp_m1 + 1.0, exp_m1 + 1.0)
    }
    #[inline(always)]
    fn ln(self) -> Self {
        let first = self.value.like(1.0) / self.value;
        self.chain_with_tip(self.value.ln(), first, -(first * first))
    }
    #[inline(always)]
    fn log10(self) -> Self {
        let first = self.value.like(1.0) / (self.value * std::f64::consts::LN_10);
        self.chain_with_tip(self.value.log10(), first, -(first / self.value))
    }
    #[inline(always)]
    fn sqrt(self) -> Self {
        let root = self.value.root();
        let first = root.like(0.5) / root;
        self.chain_with_tip(root, first, first * -0.5 / self.value)
    }
    #[inline(always)]
    fn abs(self) -> Self {
        let (x, zero) = (self.value, self.value.like(0.0));
        let negative = R::select(x.less(zero), x.like(-1.0), x * 0.0);
        let sign = R::select(zero.less(x), x.like(1.0), negative);
        Self {
            value: x.magnitude(),
            ..self.linear(|part| part * sign)
        }
    }
    #[inline(always)]
    fn powi(self, n: i32) -> Self {
        let (x, p) = (self.value, f64::from(n));
        match n {
            0 => self.constant(1.0),
            1 => self,
            2 => self.chain(x * x, x * 2.0, x.like(2.0)),
            3 => self.chain(x * x * x, x * x * 3.0, x * 6.0),
            _ => {
                let beneath = x.powi(n - 2);
                let first = beneath * x;
                self.chain_with_tip(x.powi(n), first * p, beneath * (p * (p - 1.0)))
            }
        }
    }
    #[inline(always)]
    fn powf(self, p: f64) -> Self {
        let x = self.value;
        if p == 0.0 || p == 1.0 {
            return if p == 0.0 { self.constant(1.0) } else { self };
        }
        let second = if p == 2.0 {
            x.like(2.0)
        } else {
            x.powf(p - 2.0) * (p * (p - 1.0))
        };
        self.chain_with_tip(x.powf(p), x.powf(p - 1.0) * p, second)
    }
    #[inline(always)]
    fn min(self, other: Self) -> Self {
        let (a, b) = (self.value, other.value);
        let unequal = Self::blend(a.less(b), self, other);
        let sum = self + other;
        let tied = Self::blend(a.equal(b), sum * 0.5, sum); // The sum where either is NaN.
        Self::blend(a.less(b) | b.less(a), unequal, tied)
    }
    #[inline(always)]
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
                (exact.gradient()[axis] - slope).abs() < 1e-7 * (1.0 + slope.abs()),
                "{name}: gradient {axis}"
            );
            for other in 0..2 {
                let bend = (up.gradient()[other] - down.gradient()[other]) / (2.0 * h);
                let entry = exact.hessian()[axis + other];
                assert!(
                    (entry - bend).abs() < 1e-7 * (1.0 + bend.abs()),
                    "{name}: Hessian {axis}{other}"
                );
            }
        }
        let [x, y] = Jet1::variables(at);
        let first = g(x, y);
        assert_eq!(
            (first.value, first.gradient()),
            (exact.value, exact.gradient()),
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
            (norm.value, norm.gradient(), norm.hessian()),
            (0.0, [0.0; 2], [0.0; 3])
        );
        assert_eq!(x.abs().gradient(), [0.0; 2]);
        assert_eq!(x.max(y).gradient(), [0.5, 0.5]);
        assert_eq!(x.powf(2.0).hessian(), [2.0, 0.0, 0.0]);
        assert_eq!(x.powi(1).gradient(), [1.0, 0.0]);
    }
}
