//! Jets: numbers that carry exact derivatives through a formula (forward-mode automatic differentiation).
//!
//! A [`Jet1`] carries a value and its gradient, a [`Jet2`] the Hessian as well, both in two variables. Derivatives follow from the chain
//! rule, without step size or cancellation (Griewank & Walther 2008, ch. 3 and 13). The parts are of any [`Real`] type: f64 or SIMD lanes.
//! A derivative that is 0 by the structure of the formula is not stored and costs nothing.
//!
//! At a kink the derivative is that of PyTorch's autograd: 0 for |x| at 0, half of each argument's at a tie of `min` or `max`. The root of
//! a sum of squares has the gradient 0 at 0.

mod arithmetic;
mod functions;
mod partial;

pub use crate::engine::numeric::scalar::Scalar;

use crate::engine::numeric::real::Real;
use partial::{
    Partial, array_from_fn, map_partial, or_zero, outer, plus, select, times, times_nonsmooth,
};

/// A value and its derivatives in two variables: the gradient and, where H is 3, the Hessian.
#[derive(Clone, Copy, Debug)]
pub struct Jet<R, const H: usize> {
    /// The value.
    pub value: R,
    /// ∂x, ∂y.
    first_partials: [Partial<R>; 2],
    /// ∂xx, ∂xy, ∂yy; empty for a [`Jet1`].
    second_partials: [Partial<R>; H],
}

/// A value and its gradient.
pub type Jet1<R = f64> = Jet<R, 0>;

/// A value, its gradient and its Hessian.
pub type Jet2<R = f64> = Jet<R, 3>;

impl<R: Real, const H: usize> Jet<R, H> {
    /// Returns the two variables x and y at a point.
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

    /// Returns ∂x, ∂y.
    #[inline(always)]
    pub fn gradient(&self) -> [R; 2] {
        let zero = self.value.broadcast(0.0);
        [
            or_zero(self.first_partials[0], zero),
            or_zero(self.first_partials[1], zero),
        ]
    }

    /// Returns ∂xx, ∂xy, ∂yy; an empty array for a [`Jet1`].
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

    /// Returns φ(self), given φ, φ′ and φ″ at the value.
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

    /// Returns φ(self) where φ′ or φ″ may be infinite: a derivative that is 0 stays 0, and the derivatives at the tip of a cone are 0.
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
                    let entry = plus(
                        times_nonsmooth(self.second_partials[i], first),
                        times_nonsmooth(square[i], second),
                    );
                    map_partial(
                        entry,
                        #[inline(always)]
                        |entry| R::select(tip, zero, entry),
                    )
                },
            ),
        }
    }

    /// Returns `a` where the mask is true, `b` elsewhere.
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

    /// Applies a linear function to the value and each derivative.
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

#[cfg(test)]
mod tests;
