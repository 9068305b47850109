//! Mapping between a window of the plane and an area of a picture.

use super::drawing::{Area, Point};
use crate::engine::objective::plane::Rect;

/// A window of the plane drawn over an area of a picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frame {
    /// The area of the picture.
    pub area: Area,
    /// The window of the plane; its low y is at the bottom of the area.
    pub window: Rect,
}

impl Frame {
    /// Shows a view in an area with equal scales on both axes, so that gradients are at right angles to contours;
    /// a view whose sides differ by more than a factor of 3 is stretched instead.
    pub fn fit(view: Rect, area: Area) -> Self {
        let shape = view.width() / view.height();
        let aspect = f64::from(area.width().max(1.0)) / f64::from(area.height().max(1.0));
        let even = (1.0 / 3.0..=3.0).contains(&shape);
        Self {
            area,
            window: if even { view.with_aspect(aspect) } else { view },
        }
    }

    /// Shows a view of a landscape of `dim` parameters: with one, whose axes have no common unit, stretched to the area.
    pub fn of(dim: usize, view: Rect, area: Area) -> Self {
        if dim == 1 {
            Self { area, window: view }
        } else {
            Self::fit(view, area)
        }
    }

    /// Shows a view of a landscape of `dim` parameters exactly: in the upper left part of an area, with equal scales on both axes.
    /// A view whose sides differ by more than a factor of 3, and the graph of a landscape of one parameter, fill the area.
    pub fn letterboxed(dim: usize, view: Rect, area: Area) -> Self {
        let shape = view.width() / view.height();
        if dim == 1 || !(1.0 / 3.0..=3.0).contains(&shape) {
            return Self { area, window: view };
        }
        let [width, height] = [area.width(), area.height()].map(f64::from);
        #[expect(
            clippy::cast_possible_truncation,
            reason = "pictures are drawn with f32"
        )]
        let sides = [width.min(height * shape), height.min(width / shape)].map(|side| side as f32);
        let corner = [area.min[0] + sides[0], area.min[1] + sides[1]];
        Self {
            area: Area::new(area.min, corner),
            window: view,
        }
    }

    /// Returns the area of the colour bar on the right of the map.
    pub(super) fn bar(&self) -> Area {
        let Area { min, max } = self.area;
        Area::new([max[0] + 16.0, min[1]], [max[0] + 30.0, max[1]])
    }

    /// Converts a point of the plane to a point of the picture, at most 50 areas outside.
    pub fn picture_from_world(&self, point: [f64; 2]) -> Point {
        self.picture_from_unit(self.unit_from_world(point))
    }

    /// Converts shares of the window to a point of the picture, at most 50 areas outside.
    pub(super) fn picture_from_unit(&self, [u, v]: [f64; 2]) -> Point {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "pictures are drawn with f32"
        )]
        [
            self.area.min[0] + u.clamp(-50.0, 50.0) as f32 * self.area.width(),
            self.area.max[1] - v.clamp(-50.0, 50.0) as f32 * self.area.height(),
        ]
    }

    /// Converts a point of the plane to shares of the window: (0, 0) is its lower left corner, (1, 1) its upper right one.
    pub(super) fn unit_from_world(&self, [x, y]: [f64; 2]) -> [f64; 2] {
        [
            (x - self.window.x()[0]) / self.window.width(),
            (y - self.window.y()[0]) / self.window.height(),
        ]
    }

    /// Converts a point of the picture to a point of the plane.
    pub fn world_from_picture(&self, [x, y]: Point) -> [f64; 2] {
        self.window.at([
            f64::from((x - self.area.min[0]) / self.area.width().max(1.0)),
            f64::from((self.area.max[1] - y) / self.area.height().max(1.0)),
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn picture_and_world_coordinates_are_inverse() {
        let frame = Frame::fit(Rect::square(2.0), Area::new([100.0, 50.0], [500.0, 250.0]));
        assert_eq!(frame.window.x(), [-4.0, 4.0], "equal scales");
        assert_eq!(frame.picture_from_world([-4.0, -2.0]), [100.0, 250.0]);
        assert_eq!(frame.world_from_picture([300.0, 50.0]), [0.0, 2.0]);
        let far = frame.picture_from_world([1e300, f64::NEG_INFINITY]);
        assert!(far[0].is_finite() && far[1].is_finite());
    }

    #[test]
    fn the_graph_of_one_parameter_fills_its_area() {
        let (view, area) = (Rect::square(2.0), Area::new([0.0, 0.0], [300.0, 100.0]));
        assert_eq!(Frame::of(1, view, area), Frame { area, window: view });
        assert_eq!(Frame::of(2, view, area), Frame::fit(view, area));
    }

    #[test]
    fn a_letterboxed_view_is_shown_exactly_and_with_equal_scales() {
        let view = Rect::new([-1.0, 2.0], [0.25, 1.75]).unwrap();
        for size in [[400.0, 100.0], [100.0, 400.0], [200.0, 100.0]] {
            let area = Area::new([10.0, 20.0], [10.0 + size[0], 20.0 + size[1]]);
            let frame = Frame::letterboxed(2, view, area);
            assert_eq!(frame.window, view);
            assert!(area.contains(frame.area.min) && area.contains(frame.area.max));
            let scales = [
                f64::from(frame.area.width()) / view.width(),
                f64::from(frame.area.height()) / view.height(),
            ];
            assert!((scales[0] - scales[1]).abs() < 1e-4 * scales[0]);
            let graph = Frame::letterboxed(1, view, area);
            assert_eq!(graph, Frame { area, window: view });
        }
    }

    #[test]
    fn a_very_long_view_is_stretched() {
        let view = Rect::new([0.0, 100.0], [0.0, 1.0]).unwrap();
        let frame = Frame::fit(view, Area::new([0.0, 0.0], [100.0, 100.0]));
        assert_eq!(frame.window, view);
        let area = Area::new([0.0, 0.0], [100.0, 100.0]);
        assert_eq!(Frame::letterboxed(2, view, area), frame);
    }
}
