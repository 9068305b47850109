//! Valley floors, traced to distinguish two of one height.

use super::BasinQuery;
use super::refine::{distance, is_flat};
use crate::engine::analysis::curvature::eigenvalues;
use crate::engine::landscape::Mark;

/// Length of a step along a floor, as a share of the window's size.
const STEP: f64 = 0.01;

/// Largest number of steps from a point of a floor in each of its two directions.
const MAX_STEPS: usize = 1000;

/// Largest number of corrections of a step, across the valley back to its floor.
const MAX_CORRECTIONS: usize = 8;

/// Valley floor as points about [`STEP`] apart, and their bounding box.
pub(super) struct ValleyFloor {
    points: Vec<[f64; 2]>,
    low: [f64; 2],
    high: [f64; 2],
    /// Largest distance from one of the points at which another lies on the floor.
    reach: f64,
}

impl ValleyFloor {
    /// Traces the floor through a minimum in both directions, at most 1000 steps of a hundredth of the window's size, as far as it is level
    /// and at most one window beyond the window. `None` where the minimum lies in no valley.
    pub(super) fn trace(query: &BasinQuery, minimum: &Mark) -> Option<Self> {
        let step = STEP * query.size();
        let (axis, high) = query.valley(minimum.at)?;
        let tolerance = level_tolerance(query, minimum.value, high);
        let mut points = vec![minimum.at];
        for sign in [1.0, -1.0] {
            let (mut at, mut direction) = (minimum.at, axis.map(|a| sign * a));
            for taken in 0..MAX_STEPS {
                let guess = [0, 1].map(|i| at[i] + step * direction[i]);
                let Some((next, along)) = query.onto_floor(guess) else {
                    break;
                };
                let moved = distance(at, next);
                let value = query.objective.value(&next);
                if !(0.5 * step..=1.5 * step).contains(&moved)
                    || (value - minimum.value).abs() > tolerance
                    || !query.is_around(next)
                {
                    break;
                }
                let forward = [0, 1].map(|i| next[i] - at[i]);
                let sign = if forward[0] * along[0] + forward[1] * along[1] < 0.0 {
                    -1.0
                } else {
                    1.0
                };
                (at, direction) = (next, along.map(|a| sign * a));
                points.push(at);
                if taken > 2 && distance(at, minimum.at) < 0.75 * step {
                    break; // The floor is a ring.
                }
            }
        }
        let bound = |pick: fn(f64, f64) -> f64| {
            points
                .iter()
                .fold(minimum.at, |[x, y], at| [pick(x, at[0]), pick(y, at[1])])
        };
        Some(Self {
            low: bound(f64::min),
            high: bound(f64::max),
            points,
            reach: step,
        })
    }

    /// Whether a point lies on the floor.
    pub(super) fn contains(&self, at: [f64; 2]) -> bool {
        let near =
            |i: usize| (self.low[i] - self.reach..=self.high[i] + self.reach).contains(&at[i]);
        near(0)
            && near(1)
            && self
                .points
                .iter()
                .any(|point| distance(*point, at) <= self.reach)
    }
}

/// Returns the rounding of heights on one floor, where the curvature across it is `high`.
pub(super) fn level_tolerance(query: &BasinQuery, value: f64, high: f64) -> f64 {
    1e-9 * high * query.size() * query.size() + 1e-10 * value.abs()
}

impl BasinQuery<'_> {
    /// Returns the direction along a valley and the curvature across it, if a point is on a valley floor.
    pub(super) fn valley(&self, at: [f64; 2]) -> Option<([f64; 2], f64)> {
        let [along, _, curvatures] = self.axes(at)?;
        is_flat(curvatures).then_some((along, curvatures[1]))
    }

    /// Returns the directions along and across a valley, and the curvatures along and across; `None` where no curvature is positive.
    fn axes(&self, at: [f64; 2]) -> Option<[[f64; 2]; 3]> {
        let mut h = [0.0; 4];
        self.objective.hessian(&at, &mut h);
        let curvatures = eigenvalues([h[0], h[1], h[3]]);
        let (sin, cos) = (0.5 * (2.0 * h[1]).atan2(h[0] - h[3])).sin_cos();
        let rises = curvatures[1].is_finite() && curvatures[1] > 0.0;
        rises.then_some([[-sin, cos], [cos, sin], curvatures])
    }

    /// Returns the point of a floor near `at`, by Newton steps across the valley, and the direction along the floor there.
    fn onto_floor(&self, mut at: [f64; 2]) -> Option<([f64; 2], [f64; 2])> {
        for _ in 0..MAX_CORRECTIONS {
            let [along, across, [_, high]] = self.axes(at)?;
            let mut gradient = [0.0; 2];
            self.objective.gradient(&at, &mut gradient);
            let step = -(gradient[0] * across[0] + gradient[1] * across[1]) / high;
            at = [0, 1].map(|i| at[i] + step * across[i]);
            if step.abs() <= 1e-6 * self.size() {
                return Some((at, along));
            }
        }
        None
    }

    /// Whether a point is in the window, or at most one width and height outside of it.
    pub(super) fn is_around(&self, at: [f64; 2]) -> bool {
        let share = |at: f64, [low, high]: [f64; 2]| (at - low) / (high - low);
        let shares = [share(at[0], self.window.x()), share(at[1], self.window.y())];
        shares.iter().all(|share| (-1.0..=2.0).contains(share))
    }
}
