//! The scalar trait that every formula is written over, and the jets that turn one formula into exact derivatives.
//!
//! A [`Jet1`] carries a value and its gradient, a [`Jet2`] the Hessian as well, both in two variables. They follow the
//! chain rule to the last bit of f64; there is no step size and no cancellation (Griewank & Walther 2008, ch. 3 and 13).
//! They are made of any [`Real`]: of single f64, or of vectors of them. A derivative that is 0 by the shape of the formula
//! is not stored and costs nothing.
//!
//! Where a function has a kink the derivative is the one that PyTorch's autograd takes: 0 for |x| at 0, half of
//! each argument's at a tie of `min` or `max`. A root of a sum of squares has the gradient 0 at 0.

use crate::engine::numeric::real::Real;
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
    /// Whether it stands for many numbers. Then what computes with it must be inlined into code that is compiled for the
    /// processor's vectors.
    const IS_SIMD: bool;
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
        power(self, n)
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

/// xⁿ by repeated squaring.
#[inline(always)]
fn power<R: Real>(x: R, n: i32) -> R {
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
    let product = or_zero(product, x.broadcast(1.0));
    if n < 0 {
        x.broadcast(1.0) / product
    } else {
        product
    }
}

/// A derivative; `None` is 0 whatever the point.
type Partial<R> = Option<R>;

/// A value and its derivatives in two variables: the gradient and, where H is 3, the Hessian.
#[derive(Clone, Copy, Debug)]
pub struct Jet<R, const H: usize> {
    /// The value.
    pub value: R,
    /// ∂x, ∂y.
    first_partials: [Partial<R>; 2],
    /// ∂xx, ∂xy, ∂yy, or nothing.
    second_partials: [Partial<R>; H],
}

/// A value and its gradient.
pub type Jet1<R = f64> = Jet<R, 0>;

/// A value, its gradient and its Hessian.
pub type Jet2<R = f64> = Jet<R, 3>;

impl<R: Real, const H: usize> Jet<R, H> {
    /// The two variables at a point.
    #[inline(always)]
    pub fn variables([x, y]: [R; 2]) -> [Self; 2] {
        let one = Some(x.broadcast(1.0));
        [
            Self {
                value: x,
                first_partials: [one, None],
                second_partials: [None; H],
            },
            Self {
                value: y,
                first_partials: [None, one],
                second_partials: [None; H],
            },
        ]
    }

    /// ∂x, ∂y.
    #[inline(always)]
    pub fn gradient(&self) -> [R; 2] {
        let zero = self.value.broadcast(0.0);
        [
            or_zero(self.first_partials[0], zero),
            or_zero(self.first_partials[1], zero),
        ]
    }

    /// ∂xx, ∂xy, ∂yy, or nothing.
    #[inline(always)]
    pub fn hessian(&self) -> [R; H] {
        let mut hessian = [self.value.broadcast(0.0); H];
        let mut i = 0;
        while i < H {
            hessian[i] = or_zero(self.second_partials[i], hessian[i]);
            i += 1;
        }
        hessian
    }

    /// φ(self), given φ, φ′ and φ″ at the value.
    #[inline(always)]
    fn chain(self, phi: R, first: R, second: R) -> Self {
        let square = outer(self.first_partials, self.first_partials);
        Self {
            value: phi,
            first_partials: [
                times(self.first_partials[0], first),
                times(self.first_partials[1], first),
            ],
            second_partials: array_from_fn(
                #[inline(always)]
                |i| {
                    plus(
                        times(self.second_partials[i], first),
                        times(square[i], second),
                    )
                },
            ),
        }
    }

    /// The same where φ′ or φ″ may be infinite: what does not move there stays still, and the tip of a cone is flat.
    #[inline(always)]
    fn chain_nonsmooth(self, phi: R, first: R, second: R) -> Self {
        let square = outer(self.first_partials, self.first_partials);
        let [gx, gy] = self.gradient();
        let zero = phi.broadcast(0.0);
        let infinite = phi.broadcast(f64::INFINITY).eq_mask(first.lane_abs());
        let tip = infinite & gx.eq_mask(zero) & gy.eq_mask(zero);
        Self {
            value: phi,
            first_partials: [
                times_nonsmooth(self.first_partials[0], first),
                times_nonsmooth(self.first_partials[1], first),
            ],
            second_partials: array_from_fn(
                #[inline(always)]
                |i| {
                    let bend = plus(
                        times_nonsmooth(self.second_partials[i], first),
                        times_nonsmooth(square[i], second),
                    );
                    map_partial(
                        bend,
                        #[inline(always)]
                        |bend| R::select(tip, zero, bend),
                    )
                },
            ),
        }
    }

    /// `a` where the mask is true, `b` elsewhere.
    #[inline(always)]
    fn select(mask: R::Mask, a: Self, b: Self) -> Self {
        Self {
            value: R::select(mask, a.value, b.value),
            first_partials: array_from_fn(
                #[inline(always)]
                |i| select(mask, a.first_partials[i], b.first_partials[i]),
            ),
            second_partials: array_from_fn(
                #[inline(always)]
                |i| select(mask, a.second_partials[i], b.second_partials[i]),
            ),
        }
    }

    /// A linear function of each part.
    #[inline(always)]
    fn linear(self, f: impl Fn(R) -> R) -> Self {
        Self {
            value: f(self.value),
            first_partials: array_from_fn(
                #[inline(always)]
                |i| map_partial(self.first_partials[i], &f),
            ),
            second_partials: array_from_fn(
                #[inline(always)]
                |i| map_partial(self.second_partials[i], &f),
            ),
        }
    }
}

/// An array, entry by entry; the standard library's `from_fn` is not inlined early enough for vector lanes.
#[inline(always)]
fn array_from_fn<R: Real, const N: usize>(
    mut entry: impl FnMut(usize) -> Partial<R>,
) -> [Partial<R>; N] {
    let mut entries = [None; N];
    let mut i = 0;
    while i < N {
        entries[i] = entry(i);
        i += 1;
    }
    entries
}

#[inline(always)]
fn plus<R: Real>(a: Partial<R>, b: Partial<R>) -> Partial<R> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a + b),
        (Some(a), None) => Some(a),
        (None, b) => b,
    }
}

#[inline(always)]
fn minus<R: Real>(a: Partial<R>, b: Partial<R>) -> Partial<R> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a - b),
        (Some(a), None) => Some(a),
        (None, Some(b)) => Some(-b),
        (None, None) => None,
    }
}

#[inline(always)]
fn or_zero<R: Real>(a: Partial<R>, zero: R) -> R {
    match a {
        Some(a) => a,
        None => zero,
    }
}

#[expect(
    clippy::manual_map,
    reason = "`map` is not inlined early enough for vector lanes"
)]
#[inline(always)]
fn map_partial<R: Real>(a: Partial<R>, f: impl Fn(R) -> R) -> Partial<R> {
    match a {
        Some(a) => Some(f(a)),
        None => None,
    }
}

/// The part times a factor, which may be infinite: what does not move stays still.
#[inline(always)]
fn times_nonsmooth<R: Real>(a: Partial<R>, factor: R) -> Partial<R> {
    map_partial(
        a,
        #[inline(always)]
        |a| {
            let zero = a.broadcast(0.0);
            R::select(a.eq_mask(zero), zero, a * factor)
        },
    )
}

#[inline(always)]
fn select<R: Real>(mask: R::Mask, a: Partial<R>, b: Partial<R>) -> Partial<R> {
    match (a, b) {
        (None, None) => None,
        (Some(a), b) => Some(R::select(mask, a, or_zero(b, a.broadcast(0.0)))),
        (None, Some(b)) => Some(R::select(mask, b.broadcast(0.0), b)),
    }
}

#[inline(always)]
fn double<R: Real>(a: Partial<R>) -> Partial<R> {
    plus(a, a)
}

#[inline(always)]
fn times<R: Real>(a: Partial<R>, factor: R) -> Partial<R> {
    map_partial(
        a,
        #[inline(always)]
        |a| a * factor,
    )
}

#[inline(always)]
fn product<R: Real>(a: Partial<R>, b: Partial<R>) -> Partial<R> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a * b),
        _ => None,
    }
}

#[inline(always)]
fn divided<R: Real>(a: Partial<R>, divisor: R) -> Partial<R> {
    map_partial(
        a,
        #[inline(always)]
        |a| a / divisor,
    )
}

/// a v + b u.
#[inline(always)]
fn mixed<R: Real>(a: Partial<R>, v: R, b: Partial<R>, u: R) -> Partial<R> {
    plus(times(a, v), times(b, u))
}

/// The symmetric part of a bᵀ, in the order of a Hessian's entries.
#[inline(always)]
fn outer<R: Real>(a: [Partial<R>; 2], b: [Partial<R>; 2]) -> [Partial<R>; 3] {
    let cross = plus(product(a[0], b[1]), product(a[1], b[0]));
    [
        product(a[0], b[0]),
        map_partial(
            cross,
            #[inline(always)]
            |cross| cross * 0.5,
        ),
        product(a[1], b[1]),
    ]
}

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

/// The quotient's derivatives follow from u = q v.
#[allow(clippy::suspicious_arithmetic_impl, reason = "the quotient rule")]
impl<R: Real, const H: usize> Div for Jet<R, H> {
    type Output = Self;
    #[inline(always)]
    fn div(self, v: Self) -> Self {
        let value = self.value / v.value;
        let slopes = array_from_fn(
            #[inline(always)]
            |i| {
                divided(
                    minus(self.first_partials[i], times(v.first_partials[i], value)),
                    v.value,
                )
            },
        );
        let cross = outer(slopes, v.first_partials);
        let bends = array_from_fn(
            #[inline(always)]
            |i| {
                let twice = double(cross[i]);
                let rest = minus(self.second_partials[i], twice);
                divided(minus(rest, times(v.second_partials[i], value)), v.value)
            },
        );
        Self {
            value,
            first_partials: slopes,
            second_partials: bends,
        }
    }
}

impl<R: Real, const H: usize> Scalar for Jet<R, H> {
    const IS_SIMD: bool = R::LANES > 1;
    #[inline(always)]
    fn constant(&self, value: f64) -> Self {
        Self {
            value: self.value.broadcast(value),
            first_partials: [None; 2],
            second_partials: [None; H],
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
        let [exp, _] = self.value.exp_and_exp_m1();
        self.chain(exp, exp, exp)
    }
    #[inline(always)]
    fn exp_m1(self) -> Self {
        let [exp, exp_m1] = self.value.exp_and_exp_m1();
        self.chain(exp_m1, exp, exp)
    }
    #[inline(always)]
    fn ln(self) -> Self {
        let first = self.value.broadcast(1.0) / self.value;
        self.chain_nonsmooth(self.value.ln(), first, -(first * first))
    }
    #[inline(always)]
    fn log10(self) -> Self {
        let first = self.value.broadcast(1.0) / (self.value * std::f64::consts::LN_10);
        self.chain_nonsmooth(self.value.log10(), first, -(first / self.value))
    }
    #[inline(always)]
    fn sqrt(self) -> Self {
        let root = self.value.lane_sqrt();
        let first = root.broadcast(0.5) / root;
        self.chain_nonsmooth(root, first, first * -0.5 / self.value)
    }
    #[inline(always)]
    fn abs(self) -> Self {
        let (x, zero) = (self.value, self.value.broadcast(0.0));
        let negative = R::select(x.lt_mask(zero), x.broadcast(-1.0), x * 0.0);
        let sign = R::select(zero.lt_mask(x), x.broadcast(1.0), negative);
        Self {
            value: x.lane_abs(),
            ..self.linear(
                #[inline(always)]
                |part| part * sign,
            )
        }
    }
    #[inline(always)]
    fn square(self) -> Self {
        self.powi(2)
    }
    #[inline(always)]
    fn powi(self, n: i32) -> Self {
        let (x, p) = (self.value, f64::from(n));
        match n {
            0 => self.constant(1.0),
            1 => self,
            2 => self.chain(x * x, x * 2.0, x.broadcast(2.0)),
            3 => self.chain(x * x * x, x * x * 3.0, x * 6.0),
            _ => {
                let beneath = x.powi(n - 2);
                let first = beneath * x;
                self.chain_nonsmooth(x.powi(n), first * p, beneath * (p * (p - 1.0)))
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
            x.broadcast(2.0)
        } else {
            x.powf(p - 2.0) * (p * (p - 1.0))
        };
        self.chain_nonsmooth(x.powf(p), x.powf(p - 1.0) * p, second)
    }
    #[inline(always)]
    fn min(self, other: Self) -> Self {
        let (a, b) = (self.value, other.value);
        let unequal = Self::select(a.lt_mask(b), self, other);
        let sum = self + other;
        let tied = Self::select(a.eq_mask(b), sum * 0.5, sum); // The sum where either is NaN.
        Self::select(a.lt_mask(b) | b.lt_mask(a), unequal, tied)
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
