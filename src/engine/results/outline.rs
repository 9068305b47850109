//! Rows of a trajectory that are enough to draw its path.

use crate::engine::training::Trajectory;

/// Number of rows up to which an outline has all of them.
const MAX_FULL_ROWS: usize = 5000;

/// Maximal number of rows that the shape of a long path keeps.
const MAX_SHAPE_ROWS: usize = 2500;

/// Number of segments of equal duration that keep their extremes.
const SEGMENTS: usize = 400;

/// Distance from an end of the path, relative to its size, below which the tolerance shrinks no further: rounding errors of a converged run
/// have no shape.
const MIN_DISTANCE: f64 = 1e-6;

/// Returns the rows that are enough to draw a path, at most 5000: all of a short one. Of a long one
/// - the rows that keep its shape within a tolerance, relative to the distance from the nearer one of its ends, so that both of them can be
///   zoomed into;
/// - of each of [`SEGMENTS`] segments of equal duration the first row and the rows with the smallest and largest coordinates, which show the
///   extent of noise and oscillations.
pub(crate) fn decimate(trajectory: &Trajectory) -> Vec<usize> {
    let rows = trajectory.len();
    if rows <= MAX_FULL_ROWS {
        return (0..rows).collect();
    }
    let points: Vec<[f64; 2]> = (0..rows)
        .map(|row| trajectory.plot_point(row).unwrap_or([f64::NAN; 2]))
        .collect();
    let mut outline = shape(&points);
    outline.extend(extremes(&points));
    outline.sort_unstable();
    outline.dedup();
    outline
}

/// Returns the first row of segments of equal duration, and the rows with their smallest and largest coordinates.
fn extremes(points: &[[f64; 2]]) -> Vec<usize> {
    let length = points.len().div_ceil(SEGMENTS);
    let mut rows = Vec::with_capacity(5 * SEGMENTS);
    for first in (0..points.len()).step_by(length) {
        let segment = first..(first + length).min(points.len());
        rows.push(first);
        for axis in [0, 1] {
            let coordinate = |row: usize| points[row][axis];
            let by_coordinate = |a: &usize, b: &usize| coordinate(*a).total_cmp(&coordinate(*b));
            rows.extend(segment.clone().min_by(by_coordinate));
            rows.extend(segment.clone().max_by(by_coordinate));
        }
    }
    rows
}

/// Returns rows whose polyline keeps the shape of a path, with the smallest tolerance that needs no more than [`MAX_SHAPE_ROWS`] of them.
fn shape(points: &[[f64; 2]]) -> Vec<usize> {
    let scaled = scaled(points);
    let mut rows: Vec<usize> = (0..points.len()).collect();
    let mut tolerance = 0.5e-3;
    // From 1 on, the tolerance exceeds every distance and hardly any row is left.
    while tolerance < 4.0 && rows.len() > MAX_SHAPE_ROWS {
        rows = simplified(&scaled, &rows, tolerance);
        tolerance *= 2.0;
    }
    rows.truncate(MAX_SHAPE_ROWS);
    rows.push(points.len() - 1);
    rows
}

/// Returns the points with both axes divided by the median distance from the start along them, because the axes of a graph have different
/// units. The end of a diverging run and the rest of a converged one hardly change the median.
fn scaled(points: &[[f64; 2]]) -> Vec<[f64; 2]> {
    let scale = [0, 1].map(|axis| {
        let every = points.len().div_ceil(1000);
        let sample = points.iter().step_by(every);
        let distances = sample.map(|point| (point[axis] - points[0][axis]).abs());
        let mut distances: Vec<f64> = distances
            .filter(|distance| *distance > 0.0 && distance.is_finite())
            .collect();
        distances.sort_unstable_by(f64::total_cmp);
        distances.get(distances.len() / 2).copied().unwrap_or(1.0)
    });
    let divide = |point: &[f64; 2]| [point[0] / scale[0], point[1] / scale[1]];
    points.iter().map(divide).collect()
}

/// Returns the rows among `rows` that remain if every point between two of them may be off their connection by a tolerance, which grows
/// with the distance from the nearer end of the path. One pass: from each remaining row it goes on as long as the directions to all
/// points in between, within the tolerance, have one in common and the path does not turn back. Williams 1978.
fn simplified(points: &[[f64; 2]], rows: &[usize], tolerance: f64) -> Vec<usize> {
    let (Some(&first), Some(&last)) = (rows.first(), rows.last()) else {
        return Vec::new();
    };
    let ends = [points[first], points[last]];
    let mut kept = vec![first];
    let mut anchor = points[first];
    // The directions in common as two bounds of the angle, and the farthest distance so far.
    let mut cone: Option<([f64; 2], f64)> = None;
    let mut reach = 0.0;
    let mut before = first;
    for &row in &rows[1..] {
        let point = points[row];
        let [to_start, to_end] = ends.map(|end| distance(point, end));
        let allowed = tolerance * to_start.min(to_end).max(MIN_DISTANCE);
        let length = distance(anchor, point);
        let angle = (point[1] - anchor[1]).atan2(point[0] - anchor[0]);
        let is_near = length <= allowed;
        let fits = match cone {
            _ if !length.is_finite() => false,
            None => true,
            Some(([low, high], center)) => {
                let turn = wrapped(angle - center);
                (is_near || (low..=high).contains(&turn)) && length >= reach - allowed
            }
        };
        if !fits {
            kept.push(before);
            anchor = points[before];
            (cone, reach) = (None, 0.0);
        }
        let length = distance(anchor, point);
        if length > allowed {
            let angle = (point[1] - anchor[1]).atan2(point[0] - anchor[0]);
            let half = (allowed / length).asin();
            cone = Some(match cone {
                None => ([-half, half], angle),
                Some(([low, high], center)) => {
                    let turn = wrapped(angle - center);
                    ([low.max(turn - half), high.min(turn + half)], center)
                }
            });
        }
        reach = length.max(reach);
        before = row;
    }
    kept.push(last);
    kept.dedup();
    kept
}

fn distance(a: [f64; 2], b: [f64; 2]) -> f64 {
    (a[0] - b[0]).hypot(a[1] - b[1])
}

/// Returns an angle between −π and π.
fn wrapped(angle: f64) -> f64 {
    use std::f64::consts::{PI, TAU};
    if angle > PI {
        angle - TAU
    } else if angle < -PI {
        angle + TAU
    } else {
        angle
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::numeric::real;

    /// Returns the largest distance of the points `rows` of a path from the polyline of its outline.
    fn error(points: &[[f64; 2]], outline: &[usize], rows: std::ops::Range<usize>) -> f64 {
        let mut worst = 0.0_f64;
        for pair in outline.windows(2) {
            let [a, b] = [points[pair[0]], points[pair[1]]];
            for row in (pair[0]..pair[1]).filter(|row| rows.contains(row)) {
                let [dx, dy] = [b[0] - a[0], b[1] - a[1]];
                let [px, py] = [points[row][0] - a[0], points[row][1] - a[1]];
                let square = (dx * dx + dy * dy).max(f64::MIN_POSITIVE);
                let share = ((px * dx + py * dy) / square).clamp(0.0, 1.0);
                worst = worst.max(distance([px, py], [share * dx, share * dy]));
            }
        }
        worst
    }

    fn outline_of(points: &[[f64; 2]]) -> Vec<usize> {
        let mut outline = shape(points);
        outline.extend(extremes(points));
        outline.sort_unstable();
        outline.dedup();
        outline
    }

    #[test]
    fn a_fast_curved_beginning_of_a_long_path_keeps_its_curve() {
        // 300 steps around three quarters of a circle, then 199 700 along a line with ever smaller steps.
        let point = |row: u32| {
            let turn = f64::from(row.min(300)) / 300.0 * 4.7;
            let on = f64::from(row.saturating_sub(300));
            [turn.cos() + 2.0 * (1.0 - (-on / 2e4).exp()), turn.sin()]
        };
        let points: Vec<[f64; 2]> = (0..200_000).map(point).collect();
        let outline = outline_of(&points);
        assert!(outline.len() <= 5000, "{}", outline.len());
        assert!(error(&points, &outline, 0..points.len()) < 5e-3);
        // The former outline, by duration only, cut the circle.
        assert!(error(&points, &extremes(&points), 0..points.len()) > 0.1);
    }

    #[test]
    fn a_path_that_rests_after_a_short_run_keeps_its_curve() {
        // 600 steps along a parabola, then rounding errors around its end.
        let point = |row: u32| {
            let x = -1.5 + 2.5 * f64::from(row.min(600)) / 600.0;
            let noise = f64::from(row.saturating_sub(600) * 5 % 13) * 1e-16;
            [x + noise, x * x - noise]
        };
        let points: Vec<[f64; 2]> = (0..1_000_000).map(point).collect();
        let outline = outline_of(&points);
        assert!(outline.len() <= 5000, "{}", outline.len());
        assert!(error(&points, &outline, 0..points.len()) < 5e-3);
    }

    #[test]
    fn a_path_that_diverges_at_its_end_keeps_its_beginning() {
        let point = |row: u32| {
            let turn = f64::from(row) / 1e3;
            let growth = if row > 99_900 {
                1.5_f64.powf(f64::from(row - 99_900))
            } else {
                1.0
            };
            [
                growth * turn.cos() / (1.0 + turn),
                growth * turn.sin() / (1.0 + turn),
            ]
        };
        let points: Vec<[f64; 2]> = (0..100_000).map(point).collect();
        let outline = outline_of(&points);
        assert!(outline.len() <= 5000, "{}", outline.len());
        assert!(error(&points, &outline, 0..20_000) < 0.02);
    }

    #[test]
    fn noise_fills_its_area_with_few_rows() {
        let point = |row: usize| {
            let angle = real(row) * 2.399_963;
            let radius = (real(row * 7919 % 100_003) / 100_003.0).sqrt();
            [radius * angle.cos(), radius * angle.sin()]
        };
        let points: Vec<[f64; 2]> = (0..1_000_000).map(point).collect();
        let outline = outline_of(&points);
        assert!((1000..=5000).contains(&outline.len()), "{}", outline.len());
        let widest = outline
            .iter()
            .map(|row| points[*row][0])
            .fold(0.0, f64::max);
        assert!(widest > 0.999);
    }
}
