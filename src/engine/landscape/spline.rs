//! A smooth surface through heights on a grid: the bicubic spline, twice continuously differentiable.
//!
//! The tensor product of cubic B-splines with not-a-knot ends: the second and the last but one point of an axis are no
//! knots (de Boor, A Practical Guide to Splines, rev. ed. 2001, ch. IV, IX, XIII and XVII). It is the surface of scipy's
//! `RectBivariateSpline(x, y, z, kx=3, ky=3, s=0)`. An axis of two or three points has a straight line or a parabola.
//! Outside the grid the height is that of the nearest point of the border, as in scipy.

use crate::engine::objective::Objective;
use crate::engine::objective::plane::Rect;
use std::array::from_fn;

/// A polynomial of degree at most 3, constant first.
type Cubic = [f64; 4];

/// The spline through heights on a grid, evenly spaced or not.
pub(super) struct Spline {
    x: Axis,
    y: Axis,
    /// Coefficients of the products of B-splines, row by row.
    coefficients: Vec<f64>,
    /// The number of coefficients in a row: at least 4; coefficients beyond the points are 0.
    stride: usize,
    area: Rect,
}

impl Spline {
    /// Returns the spline through `heights`, row by row: the height at (x\[j\], y\[i\]) has index i · x.len() + j.
    ///
    /// Each axis must have at least two points, in increasing order. `None` if its derivatives could leave the range of
    /// f64: for heights beyond 1e100 and for points too close together.
    pub(super) fn new(x: &[f64], y: &[f64], mut heights: Vec<f64>) -> Option<Self> {
        debug_assert_eq!(heights.len(), x.len() * y.len());
        let axes = [Axis::new(x), Axis::new(y)];
        let interpolation = Interpolation::new(&axes[0], x);
        for row in heights.chunks_exact_mut(x.len()) {
            interpolation.solve(row, 1);
        }
        Interpolation::new(&axes[1], y).solve(&mut heights, x.len());
        let [x, y] = axes;
        let area = Rect::new(x.ends, y.ends)?;
        let mut spans = x.spans.iter().chain(&y.spans);
        let wide = spans.all(|span| span.inverse < 1e50);
        if !(wide && heights.iter().all(|height| height.abs() < 1e100)) {
            return None;
        }
        let stride = x.points.max(4);
        let mut coefficients = heights;
        if x.points < 4 || y.points < 4 {
            let mut padded = vec![0.0; stride * y.points.max(4)];
            let rows = coefficients.chunks_exact(x.points);
            for (wide, row) in padded.chunks_exact_mut(stride).zip(rows) {
                wide[..x.points].copy_from_slice(row);
            }
            coefficients = padded;
        }
        Some(Self {
            x,
            y,
            coefficients,
            stride,
            area,
        })
    }

    /// Returns the rectangle of the grid.
    pub(super) fn area(&self) -> Rect {
        self.area
    }

    /// Returns the derivatives of orders below N in each direction, with the order in y as the outer index.
    #[inline(always)]
    fn derivatives<const N: usize>(&self, x: f64, y: f64) -> [[f64; N]; N] {
        let (left, across) = self.x.weights::<N>(x);
        let (below, along) = self.y.weights::<N>(y);
        let mut sums = [[0.0; N]; N];
        let rows: [&[f64]; 4] =
            from_fn(|j| &self.coefficients[(below + j) * self.stride + left..][..4]);
        for (j, row) in rows.into_iter().enumerate() {
            for (dx, w) in across.iter().enumerate() {
                let sum = w[0] * row[0] + w[1] * row[1] + w[2] * row[2] + w[3] * row[3];
                for dy in 0..N - dx {
                    sums[dy][dx] += along[dy][j] * sum;
                }
            }
        }
        sums
    }
}

/// Value and derivatives are exact: they are computed from the spline's polynomials.
impl Objective for Spline {
    fn dim(&self) -> usize {
        2
    }

    #[inline]
    fn value(&self, theta: &[f64]) -> f64 {
        let [[value]] = self.derivatives::<1>(theta[0], theta[1]);
        value
    }

    #[inline]
    fn gradient(&self, theta: &[f64], gradient: &mut [f64]) -> f64 {
        let [[value, x], [y, _]] = self.derivatives::<2>(theta[0], theta[1]);
        gradient.copy_from_slice(&[x, y]);
        value
    }

    fn batch_gradient(&self, theta: &[f64], _batch: &[usize], gradient: &mut [f64]) -> f64 {
        self.gradient(theta, gradient)
    }

    fn hessian(&self, theta: &[f64], hessian: &mut [f64]) {
        let [[_, _, xx], [_, xy, _], [yy, _, _]] = self.derivatives::<3>(theta[0], theta[1]);
        hessian.copy_from_slice(&[xx, xy, xy, yy]);
    }

    fn hessian_vector(&self, theta: &[f64], vector: &[f64], product: &mut [f64]) {
        let mut hessian = [0.0; 4];
        self.hessian(theta, &mut hessian);
        for (row, out) in hessian.chunks_exact(2).zip(product) {
            *out = row[0] * vector[0] + row[1] * vector[1];
        }
    }
}

/// The B-splines of one axis, cut into polynomials.
struct Axis {
    points: usize,
    ends: [f64; 2],
    /// Intervals per unit, if the points are evenly spaced.
    rates: Option<f64>,
    /// The beginning of each span.
    knots: Vec<f64>,
    spans: Vec<KnotSpan>,
}

/// An interval between two knots with the polynomials of the B-splines that are nonzero in it.
struct KnotSpan {
    /// 1 / its width.
    inverse: f64,
    /// The coefficients of each B-spline, by power of the fraction of the width.
    powers: [[f64; 4]; 4],
}

impl Axis {
    fn new(points: &[f64]) -> Self {
        let count = points.len();
        let degree = (count - 1).min(3);
        let ends = [points[0], points[count - 1]];
        let inner = if count > 4 {
            &points[2..count - 2]
        } else {
            &[]
        };
        let knots: Vec<f64> = [&[ends[0]; 4][..=degree], inner, &[ends[1]; 4][..=degree]].concat();
        let spans = (degree..=degree + inner.len())
            .map(|at| KnotSpan::new(&knots, at, degree))
            .collect();
        let rates = crate::engine::numeric::real(count - 1) / (ends[1] - ends[0]);
        // The polynomials of two spans agree so closely at their knot that either serves for a point near it.
        let even = points.iter().enumerate().all(|(i, point)| {
            ((point - ends[0]) * rates - crate::engine::numeric::real(i)).abs() < 1e-6
        });
        Self {
            points: count,
            ends,
            rates: even.then_some(rates),
            knots: knots[degree..=degree + inner.len()].to_vec(),
            spans,
        }
    }

    /// Returns the index of a point's span.
    #[inline(always)]
    fn span(&self, x: f64) -> usize {
        match self.rates {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "not negative, and at most the number of points; NaN becomes 0"
            )]
            Some(rates) => {
                let interval = ((x - self.ends[0]) * rates) as usize;
                interval.saturating_sub(1).min(self.spans.len() - 1)
            }
            None => self.knots[1..].partition_point(|&knot| knot <= x),
        }
    }

    /// Returns the index of the first of the four B-splines that are nonzero at the nearest point of the axis, and their derivatives of orders
    /// below N. Beyond the ends the derivatives are 0.
    #[inline(always)]
    fn weights<const N: usize>(&self, x: f64) -> (usize, [[f64; 4]; N]) {
        let inside = x.clamp(self.ends[0], self.ends[1]);
        let index = self.span(inside);
        let span = &self.spans[index];
        let u = (inside - self.knots[index]) * span.inverse;
        let slope = if inside == x { span.inverse } else { 0.0 };
        let [p0, p1, p2, p3] = &span.powers;
        let weights = from_fn(|order| {
            from_fn(|i| match order {
                0 => ((p3[i] * u + p2[i]) * u + p1[i]) * u + p0[i],
                1 => ((3.0 * p3[i] * u + 2.0 * p2[i]) * u + p1[i]) * slope,
                _ => (6.0 * p3[i] * u + 2.0 * p2[i]) * slope * slope,
            })
        });
        (index, weights)
    }
}

impl KnotSpan {
    /// Returns the span from knot `at` to the next, by the recurrence of Cox and de Boor, eq. (14) of ch. IX, on polynomials.
    fn new(knots: &[f64], at: usize, degree: usize) -> Self {
        let (left, width) = (knots[at], knots[at + 1] - knots[at]);
        let mut splines: [Cubic; 4] = from_fn(|i| [f64::from(i == 0), 0.0, 0.0, 0.0]);
        for d in 1..=degree {
            let mut next = [[0.0; 4]; 4];
            for (j, spline) in splines.iter().enumerate().take(d) {
                let [from, to] = [knots[at + 1 + j - d], knots[at + 1 + j]];
                let (low, high) = ((left - from) / (to - from), (to - left) / (to - from));
                let slope = width / (to - from);
                let [falling, rising] = [times(spline, high, -slope), times(spline, low, slope)];
                for power in 0..4 {
                    next[j][power] += falling[power];
                    next[j + 1][power] += rising[power];
                }
            }
            splines = next;
        }
        Self {
            inverse: 1.0 / width,
            powers: from_fn(|power| from_fn(|i| splines[i][power])),
        }
    }
}

/// Returns polynomial · (constant + slope u), of degree 3 at most.
fn times(polynomial: &Cubic, constant: f64, slope: f64) -> Cubic {
    from_fn(|power| {
        let carried = power.checked_sub(1).map_or(0.0, |lower| polynomial[lower]);
        polynomial[power] * constant + carried * slope
    })
}

/// The LU factors of the interpolation equations of an axis.
///
/// The matrix has two bands on either side and is totally positive, so that elimination needs no pivoting (ch. XIII).
struct Interpolation {
    /// By row: the factors of the two rows before, the pivot's inverse, and the two entries after it.
    rows: Vec<[f64; 5]>,
}

impl Interpolation {
    fn new(axis: &Axis, points: &[f64]) -> Self {
        let count = points.len();
        let mut rows = vec![[0.0; 5]; count];
        for (i, (row, point)) in rows.iter_mut().zip(points).enumerate() {
            let (first, [weights]) = axis.weights::<1>(*point);
            for (column, weight) in (first..).zip(weights) {
                // At an end the B-splines outside the band are 0.
                if column < count && (column + 2).wrapping_sub(i) < 5 {
                    row[column + 2 - i] = weight;
                }
            }
        }
        for i in 0..count {
            let pivot = rows[i];
            for down in 1..=2.min(count - 1 - i) {
                let row = &mut rows[i + down];
                let factor = row[2 - down] / pivot[2];
                row[2 - down] = factor;
                for right in 1..=2 {
                    row[2 - down + right] -= factor * pivot[2 + right];
                }
            }
            rows[i][2] = 1.0 / pivot[2];
        }
        Self { rows }
    }

    /// Solves for the coefficients in place of the heights, for `width` columns at once.
    fn solve(&self, heights: &mut [f64], width: usize) {
        let count = self.rows.len();
        for (i, row) in self.rows.iter().enumerate() {
            for back in 1..=2.min(i) {
                let (before, from) = heights.split_at_mut(i * width);
                let other = &before[(i - back) * width..][..width];
                subtract(&mut from[..width], row[2 - back], other);
            }
        }
        for (i, row) in self.rows.iter().enumerate().rev() {
            let (upto, after) = heights.split_at_mut((i + 1) * width);
            let own = &mut upto[i * width..];
            for ahead in 1..=2.min(count - 1 - i) {
                subtract(own, row[2 + ahead], &after[(ahead - 1) * width..][..width]);
            }
            own.iter_mut().for_each(|height| *height *= row[2]);
        }
    }
}

/// Subtracts factor · other from heights.
fn subtract(heights: &mut [f64], factor: f64, other: &[f64]) {
    for (height, other) in heights.iter_mut().zip(other) {
        *height -= factor * other;
    }
}

#[cfg(test)]
mod tests;
