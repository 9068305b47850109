//! Clipping of polylines to bounds.

use crate::figure::drawing::{Area, Point, limited};

/// Returns the parts of a polyline that are finite and within `bounds`, each with whether it is closed. A closed line that needs no cut
/// stays whole and closed; one that is cut becomes open parts.
///
/// A filled shape that reaches beyond `bounds` loses its fill by this.
pub fn clip_polyline(points: &[Point], closed: bool, bounds: &Area) -> Vec<(Vec<Point>, bool)> {
    if points.iter().all(|&point| bounds.contains(point)) {
        return if points.len() > 1 {
            vec![(points.to_vec(), closed)]
        } else {
            Vec::new()
        };
    }
    let closing = if closed { points.first() } else { None };
    let ends = points.iter().chain(closing);
    let mut pieces: Vec<(Vec<Point>, bool)> = Vec::new();
    for (from, to) in ends.clone().zip(ends.skip(1)) {
        let Some([from, to]) = clip_segment(*from, *to, bounds) else {
            continue;
        };
        match pieces.last_mut() {
            Some((piece, _)) if piece.last() == Some(&from) => piece.push(to),
            _ => pieces.push((vec![from, to], false)),
        }
    }
    // The start of a cut closed line is in the middle of a part: join the last part with the first one, unless the cut is there.
    if closed && pieces.len() > 1 && pieces[pieces.len() - 1].0.last() == pieces[0].0.first() {
        let (first, _) = pieces.remove(0);
        if let Some((last, _)) = pieces.last_mut() {
            last.extend_from_slice(&first[1..]);
        }
    }
    pieces
}

/// Returns the part of a segment inside `bounds`. Liang and Barsky, A new concept and method for line clipping, 1984.
fn clip_segment(from: Point, to: Point, bounds: &Area) -> Option<[Point; 2]> {
    if ![from, to].iter().flatten().all(|c| c.is_finite()) {
        return None;
    }
    // In f64 the difference of two f32 cannot overflow.
    let (start, step) = (
        [0, 1].map(|i| f64::from(from[i])),
        [0, 1].map(|i| f64::from(to[i]) - f64::from(from[i])),
    );
    let (mut enter, mut leave) = ((0.0, from), (1.0, to));
    for i in [0, 1] {
        for (side, outside) in [
            (bounds.min[i], f32::lt as fn(&f32, &f32) -> bool),
            (bounds.max[i], f32::gt),
        ] {
            let [enters, leaves] = [outside(&from[i], &side), outside(&to[i], &side)];
            if enters && leaves {
                return None;
            }
            let t = (f64::from(side) - start[i]) / step[i];
            #[expect(clippy::cast_possible_truncation, reason = "clamped to the bounds")]
            let at = || {
                let coordinate = |j: usize| {
                    let value = (start[j] + t * step[j]) as f32;
                    limited(value, bounds.min[j], bounds.max[j])
                };
                let mut at = [coordinate(0), coordinate(1)];
                // Set exactly, since t is inaccurate for points very far away.
                at[i] = side;
                at
            };
            if enters && t >= enter.0 {
                enter = (t, at());
            } else if leaves && t <= leave.0 {
                leave = (t, at());
            }
        }
    }
    (enter.0 <= leave.0).then_some([enter.1, leave.1])
}
