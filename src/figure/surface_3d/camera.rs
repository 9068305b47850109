//! The camera of a surface: from the box around the surface to the picture, and back.

use super::narrow;
use crate::engine::scene::SurfaceStyle;
use crate::figure::drawing::{Area, Point};

/// A point or a direction in the box, whose center is the origin: along x, along y, up.
pub(super) type Vector = [f32; 3];

/// Height of the box; the longer side of its base is 1.
pub(super) const HEIGHT: f32 = 0.5;

/// Distance of the eye from the center of the box: far enough that parallel lines stay nearly parallel.
const DISTANCE: f32 = 5.0;

/// Space around the box for ticks and names, in points.
const MARGIN: [f32; 2] = [52.0, 38.0];

/// A view of the box from a direction, in slight perspective.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Camera {
    right: Vector,
    up: Vector,
    toward: Vector,
    scale: f32,
    center: Point,
}

impl Camera {
    /// Creates the camera of a style, which fits a box with a base of `sides` into an area at zoom 1. The scale does not depend on the
    /// azimuth, so that a turning box keeps its size.
    pub(super) fn new(style: &SurfaceStyle, sides: [f32; 2], area: Area) -> Self {
        let (sin_a, cos_a) = narrow(style.azim.to_radians()).sin_cos();
        let (sin_e, cos_e) = narrow(style.elev.to_radians()).sin_cos();
        let radius = 0.5 * sides[0].hypot(sides[1]);
        // Near edges are larger than those in the middle; the widest ones are not the nearest ones.
        let nearness = DISTANCE / (DISTANCE - 0.6 * radius);
        let half = [
            1.03 * radius,
            nearness * (radius * sin_e + 0.5 * HEIGHT * cos_e),
        ];
        let fits = |axis: usize, length: f32| {
            (0.5 * length - MARGIN[axis]).max(0.36 * length).max(1.0) / half[axis]
        };
        let fit = fits(0, area.width()).min(fits(1, area.height()));
        Self {
            right: [-sin_a, cos_a, 0.0],
            up: [-cos_a * sin_e, -sin_a * sin_e, cos_e],
            toward: [cos_a * cos_e, sin_a * cos_e, sin_e],
            scale: fit * narrow(style.zoom),
            center: [0, 1].map(|axis| 0.5 * (area.min[axis] + area.max[axis])),
        }
    }

    /// Returns the point of the picture that shows a point of the box.
    pub(super) fn project(&self, point: Vector) -> Point {
        let scale = self.scale * DISTANCE / (DISTANCE - dot(point, self.toward));
        [
            self.center[0] + scale * dot(point, self.right),
            self.center[1] - scale * dot(point, self.up),
        ]
    }

    /// Returns the position of the eye.
    pub(super) fn eye(&self) -> Vector {
        self.toward.map(|part| part * DISTANCE)
    }

    /// Returns the direction of the eye on the plane, along x and y; from straight above, where the lower border of the picture is.
    pub(super) fn bearing(&self) -> [f32; 2] {
        [self.right[1], -self.right[0]]
    }

    /// Returns the direction from the eye to what a point of the picture shows.
    pub(super) fn ray(&self, at: Point) -> Vector {
        let x = (at[0] - self.center[0]) / self.scale;
        let y = (self.center[1] - at[1]) / self.scale;
        [0, 1, 2]
            .map(|axis| self.right[axis] * x + self.up[axis] * y - self.toward[axis] * DISTANCE)
    }

    /// Returns the direction to a light that is above the left shoulder of the viewer.
    pub(super) fn light(&self) -> Vector {
        let [left, up, toward] = [0.55, 0.55, 0.63];
        [0, 1, 2]
            .map(|axis| up * self.up[axis] + toward * self.toward[axis] - left * self.right[axis])
    }
}

/// Returns the scalar product.
pub(super) fn dot(a: Vector, b: Vector) -> f32 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}
