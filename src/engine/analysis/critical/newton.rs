//! Newton's method on ∇f = 0, and whether what it comes to is a critical point.

use super::field::{SampledField, circle};
use super::{CELL, CriticalPoint, Kind};
use crate::engine::analysis::curvature::eigenvalues;
use crate::engine::objective::norm;

/// The most steps from one start. Where the Hessian vanishes, steps only shorten the way by a constant share.
const MAX_STEPS: usize = 80;

/// After so many steps the step must have become shorter by the factor [`PROGRESS`]. At a minimum of any moderate order it
/// does; on long ways it does not, and a point at their end is nearer to another start.
const PATIENCE: usize = 10;
const PROGRESS: f64 = 0.2;

/// The longest step.
const MAX_STEP_LENGTH: f64 = 3.0 * CELL;

/// How far a search may lead. A point farther away is nearer to another start.
const MAX_DISTANCE: f64 = 8.0 * CELL;

/// An eigenvalue that is a smaller share of the other one is 0 but for rounding, and not divided by.
const MIN_EIGENVALUE_RATIO: f64 = 1e-11;

/// A point whose eigenvalues differ by more than this may be one of a curve of critical points.
pub(super) const VALLEY_EIGENVALUE_RATIO: f64 = 1e-6;

/// The critical point that Newton's method leads to, if it leads to one in the view.
pub(super) fn solve(field: &SampledField, start: [f64; 2]) -> Option<CriticalPoint> {
    // First across valleys only: on a curve of critical points steps along the curve mean nothing, and without them its
    // points lie as densely as the starts, and are seen to hang together.
    let (floor, stalled) = newton_iterate(field, start, 0.1)?;
    classify(field, floor, stalled).or_else(|| {
        let (at, stalled) = newton_iterate(field, floor, 0.0)?;
        classify(field, at, stalled)
    })
}

/// Newton's method without steps in directions whose curvature is less than a share `cut` of the other one's: where it
/// ends, and whether because no step shortens the gradient. `None` if it leads too far.
fn newton_iterate(field: &SampledField, start: [f64; 2], cut: f64) -> Option<([f64; 2], bool)> {
    let (mut at, mut slope) = (start, field.slope(start));
    let mut earlier = f64::INFINITY;
    for taken in 0..MAX_STEPS {
        let bend = Hessian2::new(field.scaled_hessian(field.hessian(at)))?;
        let step = bend.step(slope, cut);
        let length = norm(&step);
        if taken % PATIENCE == 0 {
            if length > PROGRESS * earlier {
                return Some((at, false));
            }
            earlier = length;
        }
        // By the step that would follow with the same Hessian: beside a curved valley the gradient is long although its
        // floor is near. P. Deuflhard, Newton Methods for Nonlinear Problems, 2004, section 3.3: natural monotonicity.
        let share = (MAX_STEP_LENGTH / length).min(1.0);
        let next = (0..8).find_map(|halvings| {
            let share = share * 0.5_f64.powi(halvings);
            let next = field.moved(at, step.map(|s| s * share));
            let slope = field.slope(next);
            (norm(&bend.step(slope, cut)) < length).then_some((next, slope))
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

/// The eigenvalues of a symmetric matrix, smaller first, and the direction of the larger.
struct Hessian2 {
    matrix: [f64; 3],
    eigenvalues: [f64; 2],
    direction: [f64; 2],
}

impl Hessian2 {
    /// `None` if it is not finite.
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

    /// The components of a vector along the directions of the eigenvalues, in their order; turned back by itself.
    fn components(&self, [x, y]: [f64; 2]) -> [f64; 2] {
        let [cos, sin] = self.direction;
        [cos * y - sin * x, cos * x + sin * y]
    }

    /// The vector with such components.
    fn vector(&self, [low, high]: [f64; 2]) -> [f64; 2] {
        let [cos, sin] = self.direction;
        [cos * high - sin * low, sin * high + cos * low]
    }

    /// The larger magnitude.
    fn largest(&self) -> f64 {
        self.eigenvalues[0].abs().max(self.eigenvalues[1].abs())
    }

    /// Newton's step where the gradient is `slope`, without the directions whose curvature is less than a share `cut` of the
    /// other one's.
    fn step(&self, slope: [f64; 2], cut: f64) -> [f64; 2] {
        let (damping, cut) = (MIN_EIGENVALUE_RATIO * self.largest(), cut * self.largest());
        let components = self.components(slope);
        let along = |i: usize| match self.eigenvalues[i] {
            lambda if lambda == 0.0 || lambda.abs() < cut => 0.0,
            lambda => -components[i] / (lambda + damping / lambda * damping),
        };
        self.vector([along(0), along(1)])
    }

    /// The matrix times a vector.
    fn times(&self, [x, y]: [f64; 2]) -> [f64; 2] {
        let [xx, xy, yy] = self.matrix;
        [xx * x + xy * y, xy * x + yy * y]
    }
}

/// The critical point at a place, if one is there. Where a search has `stalled` the gradient may be nothing but rounding.
fn classify(field: &SampledField, at: [f64; 2], stalled: bool) -> Option<CriticalPoint> {
    let accuracy = (64.0 * field.min_step).max(1e-9);
    let inside = field.view.clamp(at);
    if field.distance(at, inside) > accuracy {
        return None;
    }
    let at = inside;
    let (slope, hessian) = (field.slope(at), field.hessian(at));
    let bend = Hessian2::new(field.scaled_hessian(hessian))?;
    let components = bend.components(slope);
    let rounding = f64::EPSILON * bend.largest();
    let close = |i: usize| {
        let curvature = bend.eigenvalues[i].abs();
        let noise = if curvature <= MIN_EIGENVALUE_RATIO * bend.largest() {
            64.0 * rounding
        } else {
            4.0 * rounding
        };
        components[i].abs() <= noise.max(accuracy * curvature)
    };
    let is_rounding = stalled && norm(&slope) <= 64.0 * f64::EPSILON * field.median_slope;
    let zero = close(0) && close(1) || is_rounding;
    let value = field.value(at);
    if !zero || !value.is_finite() || !is_smooth(field, at, slope, &bend) || field.is_level(at) {
        return None;
    }
    let mut eigenvalues = eigenvalues(hessian);
    let [low, high] = bend.eigenvalues;
    let zeros = count_zeros(field, at, eigenvalues, &bend);
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

/// How many eigenvalues are 0 but for rounding: next to the other one, both in the plane and in shares of the view, or next
/// to the slope that there is a cell away.
fn count_zeros(
    field: &SampledField,
    at: [f64; 2],
    eigenvalues: [f64; 2],
    bend: &Hessian2,
) -> usize {
    const ZERO_TOLERANCE: f64 = 1e-10;
    let slope = |direction: [f64; 2], length: f64| {
        field.slope(field.moved(at, direction.map(|d| d * length)))
    };
    let around = circle(8).map(|direction| norm(&slope(direction, CELL)));
    if bend.largest() * CELL <= ZERO_TOLERANCE * around.fold(0.0, f64::max) {
        return 2;
    }
    let [cos, sin] = bend.direction;
    let along = |i: usize| {
        let direction = [[-sin, cos], [cos, sin]][i];
        let part = |length: f64| bend.components(slope(direction, length))[i].abs();
        bend.eigenvalues[i].abs() * CELL < ZERO_TOLERANCE * part(CELL).max(part(-CELL))
    };
    let beside = flatness(eigenvalues).max(flatness(bend.eigenvalues)) <= MIN_EIGENVALUE_RATIO;
    usize::from(beside || along(0) || along(1))
}

/// Sets so many eigenvalues to 0: none, that of the smaller magnitude, or both.
pub(super) fn zero_smallest(eigenvalues: &mut [f64; 2], zeros: usize) {
    let [low, high] = eigenvalues.map(f64::abs);
    match zeros {
        0 => {}
        1 => eigenvalues[usize::from(high < low)] = 0.0,
        _ => *eigenvalues = [0.0; 2],
    }
}

/// The smaller magnitude of two eigenvalues as a share of the larger; 0 if both are 0.
pub(super) fn flatness([a, b]: [f64; 2]) -> f64 {
    let (a, b) = (a.abs(), b.abs());
    if a.max(b) == 0.0 {
        0.0
    } else {
        a.min(b) / a.max(b)
    }
}

/// Whether the gradient around a place is what the Hessian there says. At a kink it jumps.
fn is_smooth(field: &SampledField, at: [f64; 2], slope: [f64; 2], bend: &Hessian2) -> bool {
    let mut surprise = f64::INFINITY;
    for distance in [1e-4, 1e-6] {
        let distance = (64.0 * field.min_step).max(distance);
        surprise = 0.0;
        for direction in circle(8) {
            let step = direction.map(|d| d * distance);
            let (found, expected) = (field.slope(field.moved(at, step)), bend.times(step));
            let gap = norm(&[0, 1].map(|i| found[i] - slope[i] - expected[i]));
            if gap.is_nan() {
                return false;
            }
            surprise = gap.max(surprise);
        }
        if surprise <= 0.2 * bend.largest() * distance {
            return true;
        }
    }
    surprise <= 1e-4 * field.median_slope + 100.0 * norm(&slope)
}
