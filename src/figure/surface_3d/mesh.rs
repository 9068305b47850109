//! The triangles of a surface in painter's order, coloured by height and light.

use super::camera::{Camera, Vector, dot};
use super::narrow;
use super::relief::Relief;
use crate::engine::numeric::real;
use crate::figure::colour::{Theme, mixed};
use crate::figure::colour_map::Shades;
use crate::figure::drawing::{Colour, Point};

/// Triangles of the picture, from back to front.
#[derive(Default)]
pub struct Mesh {
    /// Points with their colours, between which triangles are shaded smoothly.
    pub vertices: Vec<(Point, Colour)>,
    /// Indices of the corners of triangles, three for each.
    pub indices: Vec<u32>,
}

/// How a surface is coloured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paint {
    /// Whether heights have the colours of the map, rather than all one colour.
    pub fill: bool,
    /// Whether slopes toward the light are lighter than slopes away from it.
    pub shading: bool,
}

impl Mesh {
    /// Returns the triangles of a relief as a camera sees them, with walls below its near sides.
    pub(super) fn new(
        relief: &Relief,
        camera: &Camera,
        paint: Paint,
        shades: Shades,
        theme: &Theme,
    ) -> Self {
        let mut mesh = Self::default();
        mesh.vertices
            .reserve(relief.heights.len() + 4 * (relief.columns + relief.rows));
        let colours = Colours::new(camera, paint, shades, theme);
        let places = |count: usize| {
            let share = move |at: usize| narrow(real(at) / real(count - 1));
            (0..count).map(share)
        };
        let columns: Vec<f32> = places(relief.columns).collect();
        let mut points = relief.heights.iter().zip(&relief.normals);
        for v in places(relief.rows) {
            for (u, (height, normal)) in columns.iter().zip(&mut points) {
                let at = camera.project(relief.at([*u, v], *height));
                mesh.vertices.push((at, colours.of(*height, *normal)));
            }
        }
        mesh.cells(relief, camera);
        mesh.walls(relief, camera, &colours);
        mesh
    }

    /// Adds the cells of the grid without holes, from the farthest to the nearest.
    ///
    /// Along a line of sight, cells follow each other in columns and in rows that come nearer to the eye, so that the order by row, and
    /// then by column, needs no sorting by depth.
    fn cells(&mut self, relief: &Relief, camera: &Camera) {
        let eye = relief.unit(camera.eye());
        let cells = relief.cells();
        let columns: Vec<usize> = order(relief.columns - 1, eye[0] * cells[0]).collect();
        self.indices.reserve(6 * columns.len() * (relief.rows - 1));
        for row in order(relief.rows - 1, eye[1] * cells[1]) {
            for column in &columns {
                let first = row * relief.columns + column;
                let corners = [
                    first,
                    first + 1,
                    first + relief.columns,
                    first + relief.columns + 1,
                ];
                if corners
                    .iter()
                    .all(|corner| relief.heights[*corner].is_finite())
                {
                    let [a, b, c, d] = corners.map(index);
                    self.indices.extend([a, b, c, c, b, d]);
                }
            }
        }
    }

    /// Adds walls from the surface down to the floor on the sides that the eye sees from outside.
    fn walls(&mut self, relief: &Relief, camera: &Camera, colours: &Colours) {
        let eye = camera.eye();
        let [columns, rows] = [relief.columns, relief.rows];
        for (axis, count) in [(0, rows), (1, columns)] {
            if eye[axis].abs() <= 0.5 * relief.sides[axis] {
                continue;
            }
            let mut outward = [0.0; 3];
            outward[axis] = eye[axis].signum();
            let last = |count: usize| if eye[axis] > 0.0 { count - 1 } else { 0 };
            let mut before: Option<u32> = None;
            for at in 0..count {
                let (column, row) = if axis == 0 {
                    (last(columns), at)
                } else {
                    (at, last(rows))
                };
                let height = relief.heights[row * columns + column];
                if !height.is_finite() {
                    before = None;
                    continue;
                }
                let first = index(self.vertices.len());
                for height in [height, 0.0] {
                    let unit = [(column, columns), (row, rows)]
                        .map(|(at, count)| narrow(real(at) / real(count - 1)));
                    let point = camera.project(relief.at(unit, height));
                    self.vertices.push((point, colours.wall(height, outward)));
                }
                if let Some(before) = before {
                    let [a, b, c, d] = [before, before + 1, first, first + 1];
                    self.indices.extend([a, b, c, c, b, d]);
                }
                before = Some(first);
            }
        }
    }
}

/// Returns cells `0..count` in the order of their distance from the eye's cell, the farthest first.
fn order(count: usize, eye: f32) -> impl Iterator<Item = usize> {
    let (mut low, mut high) = (0, count);
    std::iter::from_fn(move || {
        if low == high {
            return None;
        }
        let [first, last] = [low, high - 1].map(|cell| (narrow(real(cell)) + 0.5 - eye).abs());
        Some(if first > last {
            low += 1;
            low - 1
        } else {
            high -= 1;
            high
        })
    })
}

/// Colours of points of the surface.
struct Colours<'a> {
    light: Vector,
    paint: Paint,
    shades: Shades,
    theme: &'a Theme,
}

impl<'a> Colours<'a> {
    fn new(camera: &Camera, paint: Paint, shades: Shades, theme: &'a Theme) -> Self {
        Self {
            light: camera.light(),
            paint,
            shades,
            theme,
        }
    }

    fn flat(&self, height: f32) -> Colour {
        if self.paint.fill {
            let shade = self.shades.colour(f64::from(height));
            shade.unwrap_or(self.theme.plot_background)
        } else if self.theme.dark {
            self.theme.grid
        } else {
            self.theme.plot_background
        }
    }

    /// Returns the colour at a height: that of the map on level ground, lighter or darker on slopes.
    fn of(&self, height: f32, normal: Vector) -> Colour {
        let flat = self.flat(height);
        if !self.paint.shading {
            return flat;
        }
        let slope = dot(normal, self.light) - self.light[2];
        let [strength, low, high] = if self.theme.dark {
            [1.3, 0.45, 1.9]
        } else {
            [0.75, 0.5, 1.2]
        };
        let light = (1.0 + strength * slope).clamp(low, high);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "limited to a byte"
        )]
        let lit = |channel: u8| (f32::from(channel) * light).min(255.0) as u8;
        Colour::rgb(lit(flat.r), lit(flat.g), lit(flat.b))
    }

    /// Returns the colour of a wall: paler than the surface, so that it is not taken for a slope.
    fn wall(&self, height: f32, outward: Vector) -> Colour {
        let pale = mixed(self.flat(height), self.theme.plot_background, 0.55);
        let side = f64::from(dot(outward, self.light)).clamp(0.0, 1.0);
        mixed(pale, self.theme.faint, 0.30 - 0.25 * side)
    }
}

fn index(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
