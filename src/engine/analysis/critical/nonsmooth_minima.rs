//! Minima at kinks, as the tip of a cone or the intersection of two creases, where f has no gradient.

use super::field::{SampledField, circle, direction};
use super::{CELL, CriticalPoint, Kind, newton};

/// Number of samples on a circle.
const SAMPLES: u16 = 16;

/// Limits of a search.
#[derive(Clone, Copy)]
struct Budget {
    /// Radius of the first circle.
    first: f64,
    /// Radius of the last circle.
    last: f64,
    /// Largest number of circles.
    circles: u32,
    /// Golden sections on each circle.
    sections: u32,
}

/// Returns the minimum found from a sample: one at a kink, or a smooth one that Newton's method has missed.
pub(super) fn refine_sampled_minimum(
    field: &SampledField,
    start: [f64; 2],
) -> Option<CriticalPoint> {
    // Between steep walls a sample may be lower than its neighbours although the floor is inclined. A short search tells the floor of a
    // smooth valley from a crease.
    let short_search = Budget {
        first: CELL / 2.0,
        last: CELL / 512.0,
        circles: 24,
        sections: 24,
    };
    let at = compass_search(field, start, short_search)?;
    find_smooth_minimum(field, at).or_else(|| {
        is_tip(field, at, CELL / 16.0)
            .then(|| refine_minimum(field, at, CELL))
            .flatten()
    })
}

/// Returns the minimum found from a point, starting with steps of length `first`.
pub(super) fn refine_minimum(
    field: &SampledField,
    start: [f64; 2],
    first: f64,
) -> Option<CriticalPoint> {
    let search = Budget {
        first,
        last: (4.0 * field.min_step).max(1e-13),
        circles: 400,
        sections: 70,
    };
    let at = compass_search(field, start, search)?;
    let point = find_smooth_minimum(field, at);
    if point.is_some() {
        return point;
    }
    let value = field.value(at);
    let near = (256.0 * field.min_step).max(4e-6);
    let is_minimum = value.is_finite() && is_tip(field, at, near) && !field.is_level(at);
    is_minimum.then_some(CriticalPoint {
        at,
        value,
        kind: Kind::Minimum,
        eigenvalues: [f64::INFINITY; 2],
    })
}

/// Returns the smooth minimum within a cell of a point.
fn find_smooth_minimum(field: &SampledField, at: [f64; 2]) -> Option<CriticalPoint> {
    newton::solve(field, at).filter(|point| {
        field.distance(point.at, at) <= CELL && matches!(point.kind, Kind::Minimum | Kind::Flat)
    })
}

/// Moves to a lower point on a circle as long as there is one, and shrinks the circle where there is none. `None` if the search leaves the
/// view.
fn compass_search(field: &SampledField, start: [f64; 2], budget: Budget) -> Option<[f64; 2]> {
    let (mut at, mut value, mut radius) = (start, field.value(start), budget.first);
    for _ in 0..budget.circles {
        match lower_point_on_circle(field, at, value, radius, budget.sections) {
            Some(next) => (at, value) = next,
            None => radius *= 0.25,
        }
        if !field.view.contains(at) {
            return None;
        }
        if radius < budget.last {
            break;
        }
    }
    Some(at)
}

/// Returns a point of a circle whose value is below `value`. Golden sections resolve the bottom of a crease, which is as sharp as a cusp.
fn lower_point_on_circle(
    field: &SampledField,
    at: [f64; 2],
    value: f64,
    radius: f64,
    sections: u32,
) -> Option<([f64; 2], f64)> {
    let place = |turn: f64| field.moved(at, direction(turn).map(|d| d * radius));
    let height = |turn: f64| field.value(place(turn));
    let turn = |i: u16| f64::from(i) / f64::from(SAMPLES);
    let heights: Vec<f64> = (0..SAMPLES).map(|i| height(turn(i))).collect();
    let around = |i: u16| heights[usize::from(i % SAMPLES)];
    let mut minima: Vec<u16> = (0..SAMPLES)
        .filter(|&i| around(i) <= around(i + 1) && around(i) <= around(i + SAMPLES - 1))
        .collect();
    minima.sort_by(|a, b| around(*a).total_cmp(&around(*b)));
    for minimum in minima {
        let best = golden_section(height, turn(minimum), turn(1), sections);
        for turn in [best, turn(minimum)] {
            let found = height(turn);
            if found < value {
                return Some((place(turn), found));
            }
        }
    }
    None
}

/// Returns the argument of a minimum in an interval, by golden sections.
fn golden_section(height: impl Fn(f64) -> f64, middle: f64, reach: f64, sections: u32) -> f64 {
    const GOLDEN: f64 = 0.618_033_988_749_894_9;
    let [mut low, mut high] = [middle - reach, middle + reach];
    let [mut a, mut b] = [high - GOLDEN * (high - low), low + GOLDEN * (high - low)];
    let [mut height_a, mut height_b] = [height(a), height(b)];
    for _ in 0..sections {
        if height_a <= height_b {
            (high, b, height_b) = (b, a, height_a);
            a = high - GOLDEN * (high - low);
            height_a = height(a);
        } else {
            (low, a, height_a) = (a, b, height_b);
            b = low + GOLDEN * (high - low);
            height_b = height(b);
        }
    }
    if height_a <= height_b { a } else { b }
}

/// Whether f increases in all directions, in some of them with a jump of the slope. Slopes are used because values round.
fn is_tip(field: &SampledField, at: [f64; 2], distance: f64) -> bool {
    let outward = |direction: [f64; 2], distance: f64| {
        let slope = field.slope(field.moved(at, direction.map(|d| d * distance)));
        slope[0] * direction[0] + slope[1] * direction[1]
    };
    let slopes = circle(SAMPLES).map(|d| [outward(d, distance / 4.0), outward(d, distance)]);
    let (mut rises, mut jumps) = (true, false);
    for [near, far] in slopes {
        rises &= near > 0.0;
        // In a smooth valley the ratio would be a quarter.
        jumps |= near > 0.4 * far && near > 1e-4 * field.median_slope;
    }
    rises && jumps
}
