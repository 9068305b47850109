//! Geometry of labels: crossing lines, overlapping rectangles, distances.

use crate::figure::drawing::{Area, Point};

/// Whether two line segments cross.
pub(super) fn cross([a, b]: [Point; 2], [c, d]: [Point; 2]) -> bool {
    let side = |[px, py]: Point, [qx, qy]: Point, [rx, ry]: Point| {
        (qx - px) * (ry - py) - (qy - py) * (rx - px) > 0.0
    };
    side(a, b, c) != side(a, b, d) && side(c, d, a) != side(c, d, b)
}

/// Returns the rectangle of half a width and a height around a point.
pub(super) fn area_around([x, y]: Point, half: [f32; 2]) -> Area {
    Area::new([x - half[0], y - half[1]], [x + half[0], y + half[1]])
}

/// Whether two rectangles overlap.
pub(super) fn intersect(a: &Area, b: &Area) -> bool {
    (0..2).all(|axis| a.min[axis] < b.max[axis] && b.min[axis] < a.max[axis])
}

/// Returns the distance of two points.
pub(super) fn distance(a: Point, b: Point) -> f32 {
    (a[0] - b[0]).hypot(a[1] - b[1])
}
