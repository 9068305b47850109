//! Partial derivatives that may be 0 by the structure of a formula, and arithmetic on them.

use crate::engine::numeric::real::Real;

/// Partial derivative; `None` is 0 at every point.
pub(super) type Partial<R> = Option<R>;

/// Builds an array entry by entry; the standard library's `from_fn` is not inlined early enough for SIMD lanes.
#[inline(always)]
pub(super) fn array_from_fn<R: Real, const N: usize>(
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
pub(super) fn plus<R: Real>(a: Partial<R>, b: Partial<R>) -> Partial<R> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a + b),
        (Some(a), None) => Some(a),
        (None, b) => b,
    }
}

#[inline(always)]
pub(super) fn minus<R: Real>(a: Partial<R>, b: Partial<R>) -> Partial<R> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a - b),
        (Some(a), None) => Some(a),
        (None, Some(b)) => Some(-b),
        (None, None) => None,
    }
}

#[inline(always)]
pub(super) fn or_zero<R: Real>(a: Partial<R>, zero: R) -> R {
    match a {
        Some(a) => a,
        None => zero,
    }
}

#[expect(
    clippy::manual_map,
    reason = "`map` is not inlined early enough for SIMD lanes"
)]
#[inline(always)]
pub(super) fn map_partial<R: Real>(a: Partial<R>, f: impl Fn(R) -> R) -> Partial<R> {
    match a {
        Some(a) => Some(f(a)),
        None => None,
    }
}

/// Multiplies by a factor that may be infinite; 0 times infinity is 0.
#[inline(always)]
pub(super) fn times_nonsmooth<R: Real>(a: Partial<R>, factor: R) -> Partial<R> {
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
pub(super) fn select<R: Real>(mask: R::Mask, a: Partial<R>, b: Partial<R>) -> Partial<R> {
    match (a, b) {
        (None, None) => None,
        (Some(a), b) => Some(R::select(mask, a, or_zero(b, a.broadcast(0.0)))),
        (None, Some(b)) => Some(R::select(mask, b.broadcast(0.0), b)),
    }
}

#[inline(always)]
pub(super) fn double<R: Real>(a: Partial<R>) -> Partial<R> {
    plus(a, a)
}

#[inline(always)]
pub(super) fn times<R: Real>(a: Partial<R>, factor: R) -> Partial<R> {
    map_partial(
        a,
        #[inline(always)]
        |a| a * factor,
    )
}

#[inline(always)]
pub(super) fn product<R: Real>(a: Partial<R>, b: Partial<R>) -> Partial<R> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a * b),
        _ => None,
    }
}

#[inline(always)]
pub(super) fn divided<R: Real>(a: Partial<R>, divisor: R) -> Partial<R> {
    map_partial(
        a,
        #[inline(always)]
        |a| a / divisor,
    )
}

/// Returns a v + b u.
#[inline(always)]
pub(super) fn mixed<R: Real>(a: Partial<R>, v: R, b: Partial<R>, u: R) -> Partial<R> {
    plus(times(a, v), times(b, u))
}

/// Returns the symmetric part of a bᵀ, in the order ∂xx, ∂xy, ∂yy.
#[inline(always)]
pub(super) fn outer<R: Real>(a: [Partial<R>; 2], b: [Partial<R>; 2]) -> [Partial<R>; 3] {
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
