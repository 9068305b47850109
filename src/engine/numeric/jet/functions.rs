//! Elementary functions of jets.

use super::Jet;
use crate::engine::numeric::real::Real;
use crate::engine::numeric::scalar::Scalar;

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
