//! Bands of charts: between two values of a run over several seeds.

use super::coordinate;
use crate::figure::chart::Band;
use crate::figure::colour::{Theme, run_colour};
use crate::gui::paint;
use eframe::egui;
use egui_plot::PlotTransform;

/// Opacity of a band.
const OPACITY: f32 = 0.2;

/// A band in the coordinates of the axes.
pub(super) struct PlotBand {
    /// x, low end and high end of each point.
    points: Vec<[f64; 3]>,
    style_index: usize,
}

impl PlotBand {
    /// Creates the band of a chart whose y axis is logarithmic or not.
    pub(super) fn new(band: &Band, log: bool) -> Self {
        let ends = band.low.iter().zip(&band.high);
        let points = band.x.iter().zip(ends);
        let point = |(x, (low, high)): (&f64, (&f64, &f64))| {
            let low_end = match coordinate(*low, log) {
                // Below a logarithmic axis.
                end if end.is_nan() && !low.is_nan() => f64::NEG_INFINITY,
                end => end,
            };
            [*x, low_end, coordinate(*high, log)]
        };
        Self {
            points: points.map(point).collect(),
            style_index: band.style_index,
        }
    }

    /// Returns the band on the screen. It ends where its low end is not finite above, and reaches the border where its high end is not.
    pub(super) fn mesh(&self, transform: &PlotTransform, theme: &Theme) -> egui::Mesh {
        let frame = transform.frame();
        let colour = paint::colour(run_colour(self.style_index, theme).opacity(OPACITY));
        let mut mesh = egui::Mesh::default();
        let mut is_joined = false;
        for [x, low, high] in &self.points {
            if low.is_nan() || *low == f64::INFINITY || !x.is_finite() {
                is_joined = false;
                continue;
            }
            let x = transform.position_from_point_x(*x);
            let y = |value: f64| {
                let y = match value {
                    value if value.is_finite() => transform.position_from_point_y(value),
                    f64::NEG_INFINITY => frame.max.y,
                    _ => frame.min.y,
                };
                y.clamp(frame.min.y, frame.max.y)
            };
            #[expect(clippy::cast_possible_truncation, reason = "a few thousand points")]
            let next = mesh.vertices.len() as u32;
            mesh.colored_vertex(egui::pos2(x, y(*low)), colour);
            mesh.colored_vertex(egui::pos2(x, y(*high)), colour);
            if is_joined {
                mesh.add_triangle(next - 2, next - 1, next);
                mesh.add_triangle(next - 1, next, next + 1);
            }
            is_joined = true;
        }
        mesh
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_band_ends_at_the_border_and_where_seeds_diverge() {
        let band = Band {
            x: vec![0.0, 1.0, 2.0, 3.0],
            low: vec![1.0, 0.0, 10.0, f64::INFINITY],
            high: vec![100.0, 10.0, f64::INFINITY, f64::INFINITY],
            style_index: 0,
        };
        let frame = egui::Rect::from_min_max(egui::pos2(0.0, 0.0), egui::pos2(30.0, 20.0));
        let bounds = egui_plot::PlotBounds::from_min_max([0.0, 0.0], [3.0, 2.0]);
        let transform = PlotTransform::new(frame, bounds, false);
        let mesh = PlotBand::new(&band, true).mesh(&transform, &Theme::LIGHT);
        let places: Vec<[f32; 2]> = mesh.vertices.iter().map(|own| own.pos.into()).collect();
        let expected = [
            [0.0, 20.0],
            [0.0, 0.0],
            [10.0, 20.0],
            [10.0, 10.0],
            [20.0, 10.0],
            [20.0, 0.0],
        ];
        assert_eq!(places, expected);
        assert_eq!(mesh.indices.len(), 12);
    }
}
