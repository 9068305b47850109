//! Newton's method on ∇f = 0, and the classification of its final points.

use super::field::{SampledField, circle};
use super::{CELL, CriticalPoint, Kind};
use crate::engine::analysis::curvature::eigenvalues;
use crate::engine::objective::norm;

/// Largest number of steps from one start. Where the Hessian vanishes, convergence is only linear.
const MAX_STEPS: usize = 80;

/// Number of steps within which the step length must shrink by the factor [`PROGRESS`]. Near a minimum of moderate order it does; on long
/// paths it does not, and their end is nearer to another start.
const PATIENCE: usize = 10;
const PROGRESS: f64 = 0.2;

/// Largest length of a step.
const MAX_STEP_LENGTH: f64 = 3.0 * CELL;

/// Largest distance from the start. Points farther away are nearer to another start.
const MAX_DISTANCE: f64 = 8.0 * CELL;

/// Ratio to the other eigenvalue below which an eigenvalue counts as 0 and is not divided by.
const MIN_EIGENVALUE_RATIO: f64 = 1e-11;

/// Ratio of the eigenvalues below which a point may lie on a curve of critical points.
pub(super) const VALLEY_EIGENVALUE_RATIO: f64 = 1e-6;

/// Returns the critical point in the view that Newton's method converges to from a start, if any.
pub(super) fn solve(field: &SampledField, start: [f64; 2]) -> Option<CriticalPoint> {
    // First across valleys only: on a curve of critical points steps along the curve are meaningless, and without them the points are as
    // dense as the starts, so that they form one cluster.
    let (floor, stalled) = newton_iterate(field, start, 0.1)?;
    classify(field, floor, stalled).or_else(|| {
        let (at, stalled) = newton_iterate(field, floor, 0.0)?;
        classify(field, at, stalled)
    })
}

/// Runs Newton's method without steps in directions whose curvature is below `cut` times the other one. Returns the final point, and whether
/// no further step decreases; `None` beyond [`MAX_DISTANCE`].
fn newton_iterate(field: &SampledField, start: [f64; 2], cut: f64) -> Option<([f64; 2], bool)> {
    let (mut at, mut slope) = (start, field.slope(start));
    let mut earlier = f64::INFINITY;
    for taken in 0..MAX_STEPS {
        let curvature = Hessian2::new(field.scaled_hessian(field.hessian(at)))?;
        let step = curvature.step(slope, cut);
        let length = norm(&step);
        if taken % PATIENCE == 0 {
            if length > PROGRESS * earlier {
                return Some((at, false));
            }
            earlier = length;
        }
        // Measured by the next step with this Hessian, not by the gradient, which is large near the floor of a curved valley: natural
        // monotonicity, P. Deuflhard, Newton Methods for Nonlinear Problems, 2004, section 3.3.
        let share = (MAX_STEP_LENGTH / length).min(1.0);
        let next = (0..8).find_map(|halvings| {
            let share = share * 0.5_f64.powi(halvings);
            let next = field.moved(at, step.map(|s| s * share));
            let slope = field.slope(next);
            (norm(&curvature.step(slope, cut)) < length).then_some((next, slope))
        });
        let Some(next) = next else {
            return Some((at, true));
        };
        (at, slope) = next;
        if field.distance(at, start) > MAX_DISTANCE {
            return None;
        }
    }
    Some((at, false))
}

/// Symmetric 2 × 2 matrix with its eigenvalues, smaller first, and the eigenvector of the larger one.
struct Hessian2 {
    matrix: [f64; 3],
    eigenvalues: [f64; 2],
    direction: [f64; 2],
}

impl Hessian2 {
    /// Decomposes a matrix xx, xy, yy; `None` if it is not finite.
    fn new(matrix: [f64; 3]) -> Option<Self> {
        let [xx, xy, yy] = matrix;
        let eigenvalues = eigenvalues(matrix);
        let finite = |numbers: &[f64]| numbers.iter().all(|number| number.is_finite());
        (finite(&matrix) && finite(&eigenvalues)).then(|| {
            let (sin, cos) = (0.5 * (2.0 * xy).atan2(xx - yy)).sin_cos();
            Self {
                matrix,
                eigenvalues,
                direction: [cos, sin],
            }
        })
    }

    /// Returns the components of a vector along the eigenvectors, in the order of the eigenvalues.
    fn components(&self, [x, y]: [f64; 2]) -> [f64; 2] {
        let [cos, sin] = self.direction;
        [cos * y - sin * x, cos * x + sin * y]
    }

    /// Returns the vector with the given components along the eigenvectors.
    fn vector(&self, [low, high]: [f64; 2]) -> [f64; 2] {
        let [cos, sin] = self.direction;
        [cos * high - sin * low, sin * high + cos * low]
    }

    /// Returns the larger |eigenvalue|.
    fn largest(&self) -> f64 {
        self.eigenvalues[0].abs().max(self.eigenvalues[1].abs())
    }

    /// Returns Newton's step for the gradient `slope`, without directions whose curvature is below `cut` times the other one.
    fn step(&self, slope: [f64; 2], cut: f64) -> [f64; 2] {
        let (damping, cut) = (MIN_EIGENVALUE_RATIO * self.largest(), cut * self.largest());
        let components = self.components(slope);
        let along = |i: usize| match self.eigenvalues[i] {
            lambda if lambda == 0.0 || lambda.abs() < cut => 0.0,
            lambda => -components[i] / (lambda + damping / lambda * damping),
        };
        self.vector([along(0), along(1)])
    }

    /// Multiplies a vector by the matrix.
    fn times(&self, [x, y]: [f64; 2]) -> [f64; 2] {
        let [xx, xy, yy] = self.matrix;
        [xx * x + xy * y, xy * x + yy * y]
    }
}

/// Returns the critical point at a final point of Newton's method, if it is one. Where the search `stalled`, the gradient may be rounding only.
fn classify(field: &SampledField, at: [f64; 2], stalled: bool) -> Option<CriticalPoint> {
    let accuracy = (64.0 * field.min_step).max(1e-9);
    let inside = field.view.clamp(at);
    if field.distance(at, inside) > accuracy {
        return None;
    }
    let at = inside;
    let (slope, hessian) = (field.slope(at), field.hessian(at));
    let curvature = Hessian2::new(field.scaled_hessian(hessian))?;
    let components = curvature.components(slope);
    let rounding = f64::EPSILON * curvature.largest();
    let close = |i: usize| {
        let lambda = curvature.eigenvalues[i].abs();
        let noise = if lambda <= MIN_EIGENVALUE_RATIO * curvature.largest() {
            64.0 * rounding
        } else {
            4.0 * rounding
        };
        components[i].abs() <= noise.max(accuracy * lambda)
    };
    let is_rounding = stalled && norm(&slope) <= 64.0 * f64::EPSILON * field.median_slope;
    let zero = close(0) && close(1) || is_rounding;
    let value = field.value(at);
    if !zero || !value.is_finite() || !is_smooth(field, at, slope, &curvature) || field.is_level(at)
    {
        return None;
    }
    let mut eigenvalues = eigenvalues(hessian);
    let [low, high] = curvature.eigenvalues;
    let zeros = count_zeros(field, at, eigenvalues, &curvature);
    zero_smallest(&mut eigenvalues, zeros);
    let kind = if zeros > 0 {
        Kind::Flat
    } else if low > 0.0 {
        Kind::Minimum
    } else if high < 0.0 {
        Kind::Maximum
    } else {
        Kind::Saddle
    };
    Some(CriticalPoint {
        at,
        value,
        kind,
        eigenvalues,
    })
}

/// Counts the eigenvalues that are 0 up to rounding: relative to the other one, both in the plane and in shares of the view, or relative to
/// the gradient one cell away.
fn count_zeros(
    field: &SampledField,
    at: [f64; 2],
    eigenvalues: [f64; 2],
    curvature: &Hessian2,
) -> usize {
    const ZERO_TOLERANCE: f64 = 1e-10;
    let slope = |direction: [f64; 2], length: f64| {
        field.slope(field.moved(at, direction.map(|d| d * length)))
    };
    let around = circle(8).map(|direction| norm(&slope(direction, CELL)));
    if curvature.largest() * CELL <= ZERO_TOLERANCE * around.fold(0.0, f64::max) {
        return 2;
    }
    let [cos, sin] = curvature.direction;
    let along = |i: usize| {
        let direction = [[-sin, cos], [cos, sin]][i];
        let part = |length: f64| curvature.components(slope(direction, length))[i].abs();
        curvature.eigenvalues[i].abs() * CELL < ZERO_TOLERANCE * part(CELL).max(part(-CELL))
    };
    let ratio_is_zero =
        flatness(eigenvalues).max(flatness(curvature.eigenvalues)) <= MIN_EIGENVALUE_RATIO;
    usize::from(ratio_is_zero || along(0) || along(1))
}

/// Sets `zeros` eigenvalues to 0, that of the smaller magnitude first.
pub(super) fn zero_smallest(eigenvalues: &mut [f64; 2], zeros: usize) {
    let [low, high] = eigenvalues.map(f64::abs);
    match zeros {
        0 => {}
        1 => eigenvalues[usize::from(high < low)] = 0.0,
        _ => *eigenvalues = [0.0; 2],
    }
}

/// Returns the ratio of the smaller |eigenvalue| to the larger; 0 if both are 0.
pub(super) fn flatness([a, b]: [f64; 2]) -> f64 {
    let (a, b) = (a.abs(), b.abs());
    if a.max(b) == 0.0 {
        0.0
    } else {
        a.min(b) / a.max(b)
    }
}

/// Whether the gradient around a point changes as the Hessian predicts. At a kink it jumps.
fn is_smooth(field: &SampledField, at: [f64; 2], slope: [f64; 2], curvature: &Hessian2) -> bool {
    let mut deviation = f64::INFINITY;
    for distance in [1e-4, 1e-6] {
        let distance = (64.0 * field.min_step).max(distance);
        deviation = 0.0;
        for direction in circle(8) {
            let step = direction.map(|d| d * distance);
            let (found, expected) = (field.slope(field.moved(at, step)), curvature.times(step));
            let gap = norm(&[0, 1].map(|i| found[i] - slope[i] - expected[i]));
            if gap.is_nan() {
                return false;
            }
            deviation = gap.max(deviation);
        }
        if deviation <= 0.2 * curvature.largest() * distance {
            return true;
        }
    }
    deviation <= 1e-4 * field.median_slope + 100.0 * norm(&slope)
}
