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

/// Space around the box for ticks and names, in points: left and above, right and below.
const MARGINS: [Point; 2] = [[54.0, 26.0], [52.0, 48.0]];

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
    /// Creates the camera of a style: at zoom 1, the box with a base of `sides` and its labels fill an area from every direction.
    pub(super) fn new(style: &SurfaceStyle, sides: [f32; 2], area: Area) -> Self {
        let (sin_a, cos_a) = narrow(style.azim.to_radians()).sin_cos();
        let (sin_e, cos_e) = narrow(style.elev.to_radians()).sin_cos();
        let mut camera = Self {
            right: [-sin_a, cos_a, 0.0],
            up: [-cos_a * sin_e, -sin_a * sin_e, cos_e],
            toward: [cos_a * cos_e, sin_a * cos_e, sin_e],
            scale: 1.0,
            center: [0.0; 2],
        };
        let corners = (0..8_u8).map(|k| {
            let [x, y, z] = [k & 1, k >> 1 & 1, k >> 2].map(|end| f32::from(end) - 0.5);
            camera.project([x * sides[0], y * sides[1], z * HEIGHT])
        });
        let corners: Vec<Point> = corners.collect();
        // Of an area that is too small for labels, the box takes the most.
        let space = [0, 1].map(|axis| {
            let length = area.max[axis] - area.min[axis];
            let labels = MARGINS[0][axis] + MARGINS[1][axis];
            let share = (0.4 * length / labels).min(1.0);
            let [low, high] = [0, 1].map(|side| share * MARGINS[side][axis]);
            [area.min[axis] + low, area.max[axis] - high]
        });
        let bounds = [0, 1].map(|axis| {
            let ends = corners.iter().map(|corner| corner[axis]);
            let ends = ends.map(|end| [end, end]);
            ends.fold([0.0_f32; 2], |all, one| {
                [all[0].min(one[0]), all[1].max(one[1])]
            })
        });
        let fits = |axis: usize| {
            let [low, high] = bounds[axis];
            (space[axis][1] - space[axis][0]).max(1.0) / (high - low).max(0.01)
        };
        camera.scale = fits(0).min(fits(1)) * narrow(style.zoom);
        camera.center = [0, 1].map(|axis| {
            let [middle, offset] =
                [space[axis], bounds[axis]].map(|[low, high]| 0.5 * (low + high));
            middle - camera.scale * offset
        });
        camera
    }

    /// Creates the camera of a style for a film in which it turns: the box has one size, with which it fits into an area from every azimuth.
    pub(super) fn turning(style: &SurfaceStyle, sides: [f32; 2], area: Area) -> Self {
        let seen_from = |azim: f64, zoom: f64| {
            let turned = SurfaceStyle {
                azim,
                zoom,
                ..style.clone()
            };
            Self::new(&turned, sides, area)
        };
        let scales = (0..36_u8).map(|k| seen_from(10.0 * f64::from(k), style.zoom).scale);
        let now = seen_from(style.azim, style.zoom).scale;
        let share = scales.fold(now, f32::min) / now;
        seen_from(style.azim, style.zoom * f64::from(share))
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
