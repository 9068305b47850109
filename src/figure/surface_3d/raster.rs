//! The triangles of a surface as an image, for pictures in files: 100,000 triangles would make large files, and show seams.

use super::mesh::Mesh;
use crate::figure::drawing::{Area, Colour, Item, Point};
use std::sync::Arc;

/// Pixels of the image per point, and samples per pixel along each side.
const PIXELS: usize = 2;
const SAMPLES: usize = 2;

/// Paints the part of a mesh that is in an area; `None` if there is none.
pub(super) fn image(mesh: &Mesh, within: Area) -> Option<Item> {
    let points = mesh.vertices.iter().map(|(point, _)| *point);
    let points = points.filter(|point| point.iter().all(|part| part.is_finite()));
    let mut bounds = points
        .map(|point| Area::new(point, point))
        .reduce(|all, one| Area {
            min: [0, 1].map(|axis| all.min[axis].min(one.min[axis])),
            max: [0, 1].map(|axis| all.max[axis].max(one.max[axis])),
        })?;
    bounds.min = [0, 1].map(|axis| bounds.min[axis].max(within.min[axis]).floor());
    bounds.max = [0, 1].map(|axis| bounds.max[axis].min(within.max[axis]).ceil());
    let size = [bounds.max[0] - bounds.min[0], bounds.max[1] - bounds.min[1]];
    if size.iter().any(|side| *side <= 0.0) {
        return None;
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "sides of a picture in points"
    )]
    let [columns, rows] = size.map(|side| side as usize * PIXELS);
    let mut samples = Samples {
        columns: columns * SAMPLES,
        rows: rows * SAMPLES,
        colours: vec![Colour::rgb(0, 0, 0).opacity(0.0); columns * rows * SAMPLES * SAMPLES],
    };
    #[expect(clippy::cast_precision_loss, reason = "a small factor")]
    let scale = (PIXELS * SAMPLES) as f32;
    for corners in mesh.indices.chunks_exact(3) {
        let corner = |k: usize| {
            let (point, colour) = mesh.vertices[corners[k] as usize];
            (
                [0, 1].map(|axis| (point[axis] - bounds.min[axis]) * scale),
                colour,
            )
        };
        samples.triangle([corner(0), corner(1), corner(2)]);
    }
    Some(Item::Image {
        area: bounds,
        columns,
        rows,
        pixels: Arc::new(samples.pixels()),
    })
}

/// Samples of an image, row by row.
struct Samples {
    columns: usize,
    rows: usize,
    colours: Vec<Colour>,
}

impl Samples {
    /// Paints a triangle whose colours are interpolated between its corners.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "coordinates of samples"
    )]
    fn triangle(&mut self, corners: [(Point, Colour); 3]) {
        let [a, b, c] = corners.map(|(point, _)| point);
        let cross = |from: Point, to: Point, at: Point| {
            (to[0] - from[0]) * (at[1] - from[1]) - (to[1] - from[1]) * (at[0] - from[0])
        };
        let area = cross(a, b, c);
        if area == 0.0 || !area.is_finite() {
            return;
        }
        let range = |axis: usize, count: usize| {
            let [low, high] =
                [f32::min, f32::max].map(|pick| pick(pick(a[axis], b[axis]), c[axis]));
            let first = (low - 0.5).ceil().max(0.0) as usize;
            let end = ((high - 0.5).floor() + 1.0).clamp(0.0, count as f32) as usize;
            first..end.max(first)
        };
        let parts = corners.map(|(_, colour)| [colour.r, colour.g, colour.b].map(f32::from));
        for row in range(1, self.rows) {
            for column in range(0, self.columns) {
                let at = [column as f32 + 0.5, row as f32 + 0.5];
                let shares = [cross(at, b, c), cross(at, c, a), cross(at, a, b)];
                let shares = shares.map(|share| share / area);
                // A sample on an edge belongs to both triangles: a gap would show.
                if shares.iter().any(|share| *share < -1e-4) {
                    continue;
                }
                let mixed = [0, 1, 2].map(|k| {
                    let part = { shares.iter().zip(&parts) }.map(|(share, part)| share * part[k]);
                    part.sum::<f32>().clamp(0.0, 255.0) as u8
                });
                self.colours[row * self.columns + column] =
                    Colour::rgb(mixed[0], mixed[1], mixed[2]);
            }
        }
    }

    /// Returns the pixels: the means of their samples.
    fn pixels(&self) -> Vec<Colour> {
        let mean = |row: usize, column: usize| {
            let (mut sum, mut count) = ([0_u32; 3], 0_u32);
            for y in 0..SAMPLES {
                let first = (row * SAMPLES + y) * self.columns + column * SAMPLES;
                for colour in &self.colours[first..first + SAMPLES] {
                    if colour.a > 0 {
                        count += 1;
                        for (sum, part) in sum.iter_mut().zip([colour.r, colour.g, colour.b]) {
                            *sum += u32::from(part);
                        }
                    }
                }
            }
            let [r, g, b] = sum.map(|sum| u8::try_from(sum / count.max(1)).unwrap_or(u8::MAX));
            #[expect(clippy::cast_precision_loss, reason = "a few samples")]
            let share = count as f32 / (SAMPLES * SAMPLES) as f32;
            Colour::rgb(r, g, b).opacity(share)
        };
        let rows = 0..self.rows / SAMPLES;
        rows.flat_map(|row| (0..self.columns / SAMPLES).map(move |column| (row, column)))
            .map(|(row, column)| mean(row, column))
            .collect()
    }
}
