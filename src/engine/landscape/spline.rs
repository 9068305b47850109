//! A smooth surface through heights on a grid: the bicubic spline, twice continuously differentiable.
//!
//! The tensor product of cubic B-splines with not-a-knot ends: the second and the last but one point of an axis are no
//! knots (de Boor, A Practical Guide to Splines, rev. ed. 2001, ch. IV, IX, XIII and XVII). It is the surface of scipy's
//! `RectBivariateSpline(x, y, z, kx=3, ky=3, s=0)`. An axis of two or three points has a straight line or a parabola.
//! Outside the grid the surface goes on level, at the height of the nearest point of the border, as it does in scipy.

use crate::engine::objective::Objective;
use crate::engine::objective::plane::Rect;
use std::array::from_fn;

/// A polynomial of degree at most 3, constant first.
type Cubic = [f64; 4];

/// The spline through heights on a grid that need not be evenly spaced.
pub(super) struct Spline {
    x: Axis,
    y: Axis,
    /// Coefficients of the products of B-splines, row by row.
    coefficients: Vec<f64>,
    /// How many of them are in a row: at least 4, those beyond the points being 0.
    stride: usize,
    area: Rect,
}

impl Spline {
    /// The spline through `heights`, row by row: that at (x\[j\], y\[i\]) is number i · x.len() + j.
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

    /// The rectangle of the grid.
    pub(super) fn area(&self) -> Rect {
        self.area
    }

    /// The derivatives of orders below N in each direction, those in y outermost.
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

/// The spline is exact, and so are its derivatives: they are those of its polynomials.
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
    /// Intervals of points to a unit, where these are evenly spaced.
    rates: Option<f64>,
    /// Where each span begins.
    knots: Vec<f64>,
    spans: Vec<KnotSpan>,
}

/// An interval between two knots, and the polynomials there of the B-splines that are not 0 there.
struct KnotSpan {
    /// 1 / its width.
    inverse: f64,
    /// Power by power of the share of its width, the coefficients of each B-spline.
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
        // The polynomials of two spans meet so closely that either will do for a point that is nearly at their knot.
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

    /// The span of a point on the axis.
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

    /// The first of the four B-splines that are not 0 at the nearest point of the axis, and their derivatives of orders
    /// below N. Beyond the ends nothing changes any more.
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
    /// The span from knot `at` to the next, by the recurrence of Cox and de Boor, eq. (14) of ch. IX, on polynomials.
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

/// polynomial · (constant + slope u), of degree 3 at most.
fn times(polynomial: &Cubic, constant: f64, slope: f64) -> Cubic {
    from_fn(|power| {
        let carried = power.checked_sub(1).map_or(0.0, |lower| polynomial[lower]);
        polynomial[power] * constant + carried * slope
    })
}

/// The equations that make a spline meet the points of its axis, eliminated.
///
/// They are a band two wide on either side, and totally positive, so that elimination needs no pivots (ch. XIII).
struct Interpolation {
    /// By row: what is taken of the two rows before, the pivot's inverse, and the two entries after it.
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

    /// Replaces heights by coefficients, for `width` columns of heights at once.
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

/// heights − factor · other.
fn subtract(heights: &mut [f64], factor: f64, other: &[f64]) {
    for (height, other) in heights.iter_mut().zip(other) {
        *height -= factor * other;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::numeric::random::{Purpose, stream};
    use crate::engine::numeric::real;
    use rand::RngExt;

    fn spline(x: &[f64], y: &[f64], f: impl Fn(f64, f64) -> f64) -> Spline {
        let heights = y.iter().flat_map(|y| x.iter().map(|x| f(*x, *y)));
        Spline::new(x, y, heights.collect()).unwrap()
    }

    fn even(count: usize) -> Vec<f64> {
        (0..count).map(|i| -1.0 + 0.3 * real(i)).collect()
    }

    fn uneven(count: usize) -> Vec<f64> {
        (0..count).map(|i| 0.1 * real(i * i) + 0.3).collect()
    }

    /// Value, gradient and Hessian in one list.
    fn all(spline: &Spline, at: [f64; 2]) -> [f64; 7] {
        let (mut gradient, mut hessian) = ([0.0; 2], [0.0; 4]);
        let value = spline.gradient(&at, &mut gradient);
        spline.hessian(&at, &mut hessian);
        let [gx, gy] = gradient;
        let [xx, xy, yx, yy] = hessian;
        [value, gx, gy, xx, xy, yx, yy]
    }

    #[track_caller]
    fn check(what: &str, found: &[f64], expected: &[f64], tolerance: f64) {
        let close = |(f, e): (&f64, &f64)| (f - e).abs() <= tolerance * (1.0 + e.abs());
        assert!(
            found.iter().zip(expected).all(close),
            "{what}: {found:?}, expected {expected:?}"
        );
    }

    /// An axis of n points reproduces polynomials of degree min(3, n − 1).
    #[test]
    fn polynomials_are_reproduced() {
        for make in [even, uneven] {
            for (columns, rows) in [(9, 7), (4, 5), (3, 2), (2, 2), (2, 6), (5, 3)] {
                let [p, q] = [columns, rows].map(|count| [1, 2, 3][(count - 2).min(2)]);
                let f = |x: f64, y: f64| (x.powi(p) - 2.0 * x + 0.5) * (1.0 - y + 0.7 * y.powi(q));
                let d = |x: f64, n: i32| f64::from(n) * x.powi(n - 1);
                let dd = |x: f64, n: i32| f64::from(n * (n - 1)) * x.powi(n - 2);
                let (x, y) = (make(columns), make(rows));
                let spline = spline(&x, &y, f);
                let area = spline.area();
                for i in 0..=10 {
                    let at = area.at([f64::from(i) * 0.1, f64::from(i * 7 % 11) * 0.1]);
                    let [x, y] = at;
                    let (fx, fy) = (x.powi(p) - 2.0 * x + 0.5, 1.0 - y + 0.7 * y.powi(q));
                    let (dx, dy) = (d(x, p) - 2.0, 0.7 * d(y, q) - 1.0);
                    let [xx, xy, yy] = [dd(x, p) * fy, dx * dy, 0.7 * fx * dd(y, q)];
                    let expected = [fx * fy, dx * fy, fx * dy, xx, xy, xy, yy];
                    let what = format!("{columns} × {rows} at {at:?}");
                    check(&what, &all(&spline, at), &expected, 1e-10);
                }
            }
        }
    }

    #[test]
    fn heights_are_met_and_cells_join_with_two_derivatives() {
        let mut random = stream(1, Purpose::Data, 0);
        for make in [even, uneven] {
            let (x, y) = (make(8), make(6));
            let heights: Vec<f64> = (0..48).map(|_| random.random()).collect();
            let spline = Spline::new(&x, &y, heights.clone()).unwrap();
            for (i, height) in heights.iter().enumerate() {
                let at = [x[i % 8], y[i / 8]];
                check("height", &[spline.value(&at)], &[*height], 1e-13);
                let middle = [0.5 * (x[3] + x[4]), 0.5 * (y[2] + y[3])];
                for corner in [at, [at[0], middle[1]], [middle[0], at[1]]] {
                    let area = spline.area();
                    let sides = [-1e-9, 1e-9].map(|h| area.clamp([corner[0] + h, corner[1] + h]));
                    let [low, high] = sides.map(|side| all(&spline, side));
                    check(&format!("across {corner:?}"), &low, &high, 1e-5);
                }
            }
        }
    }

    #[test]
    fn the_surface_goes_on_level_outside() {
        let spline = spline(&even(6), &uneven(5), |x, y| x * x * y + y);
        let [x, y] = [spline.x.ends, spline.y.ends];
        for far in [1e-9, 1.0, 1e300, f64::INFINITY] {
            let [value, gx, gy, xx, xy, _, yy] = all(&spline, [x[1] + far, 1.0]);
            let border = all(&spline, [x[1], 1.0]);
            check(
                "right",
                &[value, gy, yy],
                &[border[0], border[2], border[6]],
                0.0,
            );
            assert_eq!([gx, xx, xy], [0.0; 3]);
            let corner = all(&spline, [x[0] - far, y[0] - far]);
            let height = spline.value(&[x[0], y[0]]);
            assert_eq!(corner, [height, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
        }
        assert!(spline.value(&[f64::NAN, 1.0]).is_nan());
        assert!(all(&spline, [x[1], y[1]])[1] > 1.0, "the border is inside");
    }

    #[test]
    fn what_is_not_finite_is_refused() {
        let two = [0.0, 1.0];
        assert!(Spline::new(&two, &two, vec![0.0, 1.0, 1e99, 1.0]).is_some());
        assert!(Spline::new(&two, &two, vec![0.0, 1.0, f64::MAX, 1.0]).is_none());
        assert!(Spline::new(&two, &two, vec![0.0, 1.0, f64::NAN, 1.0]).is_none());
        assert!(Spline::new(&[-1e308, 1e308], &two, vec![0.0, 1.0, 2.0, 1.0]).is_none());
        let close = [0.0, 1e-300, 2e-300, 3e-300, 1.0];
        let heights = (0..10).map(f64::from).collect();
        assert!(Spline::new(&close, &two, heights).is_none());
    }
}
