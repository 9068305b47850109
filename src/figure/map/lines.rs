//! The points of contour lines in a picture.

use crate::engine::geometry::contour::ContourLine;
use crate::figure::drawing::Point;
use crate::figure::frame::Frame;

/// Largest distance between a contour line and the points left out of it: invisible, and lines of small maps have a fraction of their points.
const TOLERANCE: f32 = 0.15;

/// Returns all points of a contour line in a picture.
pub(super) fn all_points(contour: &ContourLine, frame: &Frame) -> Vec<Point> {
    let points = contour.points.iter();
    points
        .map(|&point| frame.picture_from_world(point))
        .collect()
}

/// Returns the points of a contour line in a picture without those that lie on the straight continuation of the two before them
/// (Reumann and Witkam 1974).
pub(super) fn points(contour: &ContourLine, frame: &Frame) -> Vec<Point> {
    let points = all_points(contour, frame);
    let [first, second, rest @ ..] = &points[..] else {
        return points;
    };
    let towards = |[x, y]: Point, [to_x, to_y]: Point| [to_x - x, to_y - y];
    let (mut kept, mut before) = (vec![*first], *second);
    let mut direction = towards(*first, *second);
    for point in rest {
        let [x, y] = towards(kept[kept.len() - 1], *point);
        let aside = (direction[0] * y - direction[1] * x).abs();
        let length = direction[0].hypot(direction[1]);
        let [on_x, on_y] = towards(before, *point);
        let is_onward = direction[0] * on_x + direction[1] * on_y > 0.0;
        if aside > TOLERANCE * length || !is_onward {
            kept.push(before);
            direction = towards(before, *point);
        }
        before = *point;
    }
    kept.push(before);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::cancel::Cancel;
    use crate::engine::files::NoFiles;
    use crate::engine::results::compute_runs;
    use crate::engine::scene::Scene;
    use crate::figure::drawing::Area;
    use std::sync::Arc;

    fn distance([x, y]: Point, [from, to]: [Point; 2]) -> f32 {
        let along = [to[0] - from[0], to[1] - from[1]];
        let square = along[0] * along[0] + along[1] * along[1];
        let share = (x - from[0]) * along[0] + (y - from[1]) * along[1];
        let share = (share / square.max(f32::MIN_POSITIVE)).clamp(0.0, 1.0);
        (x - from[0] - share * along[0]).hypot(y - from[1] - share * along[1])
    }

    #[test]
    fn lines_stay_where_they_are_with_fewer_points() {
        for (landscape, side) in [
            ("himmelblau", 150.0),
            ("rosenbrock", 150.0),
            ("booth", 900.0),
        ] {
            let scene = Scene::new(landscape.parse().unwrap());
            let problem = Arc::new(scene.load(&NoFiles).unwrap());
            let runs = compute_runs(&scene, &problem, None, &Cancel::default()).unwrap();
            let frame = Frame::of(2, problem.view, Area::new([0.0; 2], [side; 2]));
            let map_data = runs.map_data(frame.window, 257).unwrap();
            let (mut before, mut after) = (0, 0);
            for contour in &map_data.lines {
                let (all, kept) = (all_points(contour, &frame), points(contour, &frame));
                assert_eq!((all.first(), all.last()), (kept.first(), kept.last()));
                (before, after) = (before + all.len(), after + kept.len());
                let mut pieces = kept.windows(2).peekable();
                for point in all {
                    while let Some(piece) = pieces.peek()
                        && distance(point, [piece[0], piece[1]]) > 2.0 * TOLERANCE
                    {
                        pieces.next();
                    }
                    assert!(
                        kept.len() < 2 || pieces.peek().is_some(),
                        "{landscape}: {point:?}"
                    );
                }
            }
            assert!(3 * after < 2 * before, "{landscape}: {after} of {before}");
        }
    }
}
