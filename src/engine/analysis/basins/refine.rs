//! Minima at the final points of runs, refined by Newton's method, and the identity of minima.

use super::valley_floor::{self, ValleyFloor};
use super::{BasinQuery, Minimum};
use crate::engine::analysis::curvature::eigenvalues;
use crate::engine::landscape::Mark;

/// Largest distance at which a start counts as at a minimum, as a share of the window's size.
const MATCH_RADIUS: f64 = 0.01;

/// Largest distance that Newton's method may move from a run's final point, as a share of the window's size.
const MAX_REFINE_DISTANCE: f64 = 0.05;

/// Largest number of Newton steps from a run's final point.
const MAX_STEPS: usize = 60;

/// Length below which a step counts as zero, as a share of the window's size.
const MIN_STEP: f64 = 1e-9;

/// Largest number of halvings of a step: from [`MAX_REFINE_DISTANCE`] to [`MIN_STEP`].
const MAX_HALVINGS: i32 = 26;

impl BasinQuery<'_> {
    /// Returns the shorter side of the window.
    pub(super) fn size(&self) -> f64 {
        self.window.width().min(self.window.height())
    }

    /// Returns the minimum that a run's final point belongs to. `minima` that are known already save the search.
    pub(super) fn classify(&self, at: [f64; 2], minima: Option<&[Minimum]>) -> Endpoint {
        if let Some(index) = minima.and_then(|minima| self.nearest_minimum(minima, at)) {
            return Endpoint::Near(index);
        }
        match self.refine_minimum(at) {
            Some(minimum) => Endpoint::At(minimum),
            None => Endpoint::Nowhere,
        }
    }

    /// Returns the index of the nearest minimum, if it is within [`MATCH_RADIUS`].
    pub(super) fn nearest_minimum(&self, minima: &[Minimum], at: [f64; 2]) -> Option<usize> {
        let distance = |minimum: &Minimum| distance(minimum.mark.at, at);
        let all = minima.iter().map(distance).enumerate();
        let (index, distance) = all.min_by(|a, b| a.1.total_cmp(&b.1))?;
        (distance <= MATCH_RADIUS * self.size()).then_some(index)
    }

    /// Returns the index of the identity that a minimum shares: the point, or the valley floor.
    pub(super) fn index(&self, identities: &[MinimumIdentity], minimum: &Minimum) -> Option<usize> {
        let Mark { at, value } = minimum.mark;
        let near = |other: &MinimumIdentity| distance(other.at, at) <= 1e-4 * self.size();
        let curvature = self.valley(at).filter(|_| minimum.valley);
        let on_floor = |other: &MinimumIdentity| {
            let (Some(floor), Some((_, high))) = (&other.floor, curvature) else {
                return false;
            };
            // Beyond the surroundings of the window floors are not traced.
            let level =
                (other.value - value).abs() <= valley_floor::level_tolerance(self, value, high);
            level && (floor.contains(at) || !self.is_around(at))
        };
        identities
            .iter()
            .position(|other| near(other) || on_floor(other))
    }

    /// Returns the identity of a minimum.
    pub(super) fn identity(&self, minimum: &Minimum) -> MinimumIdentity {
        MinimumIdentity {
            at: minimum.mark.at,
            value: minimum.mark.value,
            floor: ValleyFloor::trace(self, &minimum.mark),
        }
    }

    /// Returns the minimum near a run's final point, by at most [`MAX_STEPS`] Newton steps with the Hessian's eigenvalues made positive
    /// (Nocedal & Wright 2006, section 3.4), each halved at most [`MAX_HALVINGS`] times until the value decreases. `None` where there is no
    /// curvature, as on an inclined or level plane.
    fn refine_minimum(&self, from: [f64; 2]) -> Option<Minimum> {
        let size = self.size();
        let (mut at, mut gradient) = (from, [0.0; 2]);
        let mut value = self.objective.gradient(&at, &mut gradient);
        for _ in 0..MAX_STEPS {
            let mut h = [0.0; 4];
            self.objective.hessian(&at, &mut h);
            let [low, high] = eigenvalues([h[0], h[1], h[3]]);
            let scale = high.abs().max(low.abs());
            let finite = [value, low, high].iter().all(|number| number.is_finite());
            if !finite || scale == 0.0 || distance(at, from) > MAX_REFINE_DISTANCE * size {
                return None;
            }
            let step = saddle_free_step([h[0], h[1], h[3]], [low, high], gradient);
            let length = step[0].hypot(step[1]);
            if !length.is_finite() {
                return None;
            }
            let minimum = |mark: Mark| {
                let valley = is_flat([low, high]);
                (low > 0.0 || valley && high > 0.0).then_some(Minimum { mark, valley })
            };
            let slope = gradient[0].hypot(gradient[1]);
            if length <= MIN_STEP * size || slope <= 1e-12 * scale * size {
                return minimum(Mark { at, value });
            }
            let longest = (MAX_REFINE_DISTANCE * size / length).min(1.0);
            let factors = (0..MAX_HALVINGS).map(|halvings| longest * 0.5_f64.powi(halvings));
            let mut factors = factors.take_while(|factor| factor * length > MIN_STEP * size);
            let lower = factors.find_map(|factor| {
                let next = [at[0] + factor * step[0], at[1] + factor * step[1]];
                let mut slope = [0.0; 2];
                let lower = self.objective.gradient(&next, &mut slope);
                (lower < value).then_some((next, lower, slope))
            });
            match lower {
                Some(next) => (at, value, gradient) = next,
                // The value is the lowest up to rounding, or this is a kink.
                None if slope <= 1e-5 * scale * size => return minimum(Mark { at, value }),
                None => return None,
            }
        }
        None
    }
}

/// Identity of a minimum: its point and value, and the valley floor that it lies on, if any.
pub(super) struct MinimumIdentity {
    at: [f64; 2],
    value: f64,
    floor: Option<ValleyFloor>,
}

/// Minimum that a run which did not diverge ends at.
pub(super) enum Endpoint {
    /// Known minimum of this index.
    Near(usize),
    /// Minimum found by Newton's method.
    At(Minimum),
    /// No minimum that Newton's method finds.
    Nowhere,
}

/// Whether the smaller eigenvalue is zero up to rounding, as on a valley floor.
pub(super) fn is_flat([low, high]: [f64; 2]) -> bool {
    low.abs() <= 1e-6 * high.abs()
}

/// Returns the Euclidean distance of two points.
pub(super) fn distance(a: [f64; 2], b: [f64; 2]) -> f64 {
    (a[0] - b[0]).hypot(a[1] - b[1])
}

/// Returns the step −|H|⁻¹ g, where |H| has the absolute eigenvalues, and the larger one along a flat direction.
fn saddle_free_step([xx, xy, yy]: [f64; 3], [low, high]: [f64; 2], [gx, gy]: [f64; 2]) -> [f64; 2] {
    let scale = low.abs().max(high.abs()).max(f64::MIN_POSITIVE);
    let angle = 0.5 * (2.0 * xy).atan2(xx - yy);
    let (sin, cos) = angle.sin_cos();
    // The eigenvectors of the larger and of the smaller eigenvalue.
    [([cos, sin], high), ([-sin, cos], low)].iter().fold(
        [0.0; 2],
        |[x, y], ([u, v], eigenvalue)| {
            let magnitude = if eigenvalue.abs() <= 1e-9 * scale {
                scale
            } else {
                eigenvalue.abs()
            };
            let along = -(gx * u + gy * v) / magnitude;
            [x + along * u, y + along * v]
        },
    )
}
