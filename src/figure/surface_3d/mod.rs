//! The 3-D surface of a landscape or of a network's plane, with contour lines and the trails of the runs on it.

mod axes;
mod camera;
mod lines;
mod marks;
mod mesh;
mod picture;
mod raster;
mod relief;

pub use camera::Camera;
pub use mesh::{Mesh, Paint};
pub use picture::picture;
pub use relief::Relief;

use super::colour::Theme;
use super::colour_map::Shades;
use super::drawing::{Area, Point};
use crate::engine::results::MapData;
use crate::engine::scene::{Scene, SurfaceStyle};

/// A surface in an area of a picture.
#[derive(Clone, Copy)]
pub struct Surface3d<'a> {
    /// Heights, levels and contour lines.
    pub map_data: &'a MapData,
    /// The grid of heights of `map_data` in the box.
    pub relief: &'a Relief,
    /// The view of the box.
    pub camera: Camera,
    /// The area of the picture.
    pub area: Area,
}

impl<'a> Surface3d<'a> {
    /// Creates a surface that a style's camera sees in an area.
    pub fn new(
        map_data: &'a MapData,
        relief: &'a Relief,
        style: &SurfaceStyle,
        area: Area,
    ) -> Self {
        Self {
            map_data,
            relief,
            camera: Camera::new(style, relief.sides, area),
            area,
        }
    }

    /// Gives the box one size with which it fits into the area from every azimuth, for a view that is turned and for films.
    pub fn turning(self, style: &SurfaceStyle) -> Self {
        let camera = Camera::turning(style, self.relief.sides, self.area);
        Self { camera, ..self }
    }

    /// Returns the triangles of the surface.
    pub fn mesh(&self, paint: Paint, theme: &Theme) -> Mesh {
        let shades = Shades::of(self.map_data, theme);
        Mesh::new(self.relief, &self.camera, paint, shades, theme)
    }

    /// Returns the point of the picture that shows a point of the plane on the surface, and whether the surface hides it; `None` outside
    /// of the box and where the landscape is undefined.
    pub fn place(&self, [x, y]: [f64; 2]) -> Option<(Point, bool)> {
        let view = self.relief.view;
        let unit = [
            (x - view.x()[0]) / view.width(),
            (y - view.y()[0]) / view.height(),
        ];
        self.place_unit(unit.map(narrow))
    }

    /// Returns the point of the picture that shows a point of the surface at shares of the base, and whether the surface hides it.
    fn place_unit(&self, unit: [f32; 2]) -> Option<(Point, bool)> {
        let point = self.relief.on(unit)?;
        let hidden = self.relief.is_hidden(point, self.camera.eye());
        Some((self.camera.project(point), hidden))
    }

    /// Returns the point of the plane below the surface that a point of the picture shows.
    pub fn pick(&self, at: Point) -> Option<[f64; 2]> {
        let unit = self.relief.pick(self.camera.eye(), self.camera.ray(at))?;
        Some(self.relief.view.at(unit.map(f64::from)))
    }
}

/// Returns the style of the surface's colours.
pub fn paint(scene: &Scene) -> Paint {
    Paint {
        fill: scene.map.fill,
        shading: scene.surface.shading,
    }
}

/// Converts to the precision of pictures.
fn narrow(value: f64) -> f32 {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "pictures are drawn with f32"
    )]
    let narrow = value as f32;
    narrow
}

#[cfg(test)]
mod tests;
