//! Curves of charts: their lines on the screen, markers, and values under the pointer.

use super::PlotOptions;
use crate::figure::chart::Style;
use crate::figure::colour::{Marker, run_colour, run_marker};
use crate::figure::drawing::{Item, Point};
use crate::figure::trail::line;
use egui_plot::PlotTransform;

/// Largest number of points of one stretch of a curve that simplification replaces by a segment, in points of the screen.
const MAX_SEGMENT: f32 = 12.0;

/// A curve in the coordinates of the axes.
pub(super) struct Curve {
    /// Rows of the points, ascending.
    pub rows: Vec<usize>,
    /// Points in the order of x; NaN interrupts the curve.
    pub points: Vec<[f64; 2]>,
    /// Name of a curve that is not a run's measurement.
    pub name: Option<&'static str>,
    pub style: Style,
    pub style_index: usize,
}

/// A point in coordinates.
pub(super) type Point64 = [f64; 2];

impl Curve {
    /// Returns the point nearest to an x, `None` beyond the ends of the curve.
    pub(super) fn nearest(&self, x: f64) -> Option<Point64> {
        let after = self.points.partition_point(|point| point[0] < x);
        let near = [after.checked_sub(1), Some(after)].into_iter().flatten();
        let near = near.filter_map(|at| self.points.get(at).copied());
        let nearest = near.min_by(|a, b| (a[0] - x).abs().total_cmp(&(b[0] - x).abs()))?;
        let first_gap = self
            .points
            .get(1)
            .map_or(1.0, |next| next[0] - self.points[0][0]);
        ((nearest[0] - x).abs() <= first_gap.max(1e-9) || after < self.points.len())
            .then_some(nearest)
    }

    fn position(transform: &PlotTransform, [x, y]: Point64) -> Option<Point> {
        if !(x.is_finite() && y.is_finite()) {
            return None;
        }
        let frame = transform.frame();
        // Far outside of the plot, 32-bit coordinates would lose the place where the curve leaves it.
        let far = 1e4;
        let y = transform.position_from_point_y(y);
        let y = y.clamp(frame.min.y - far, frame.max.y + far);
        Some([transform.position_from_point_x(x), y])
    }

    /// Returns the place of a point on the screen.
    pub(super) fn place(&self, at: usize, transform: &PlotTransform) -> Option<Point> {
        let point = self.points.get(at)?;
        Self::position(transform, *point)
    }

    /// Returns the place of the last value on the screen.
    pub(super) fn last_point(&self, transform: &PlotTransform) -> Option<Point> {
        let last = self.points.iter().rfind(|point| point[1].is_finite());
        last.and_then(|point| Self::position(transform, *point))
    }

    /// Returns the place at the top of the plot where the curve leaves it for good.
    pub(super) fn exit(&self, transform: &PlotTransform) -> Option<Point> {
        let top = transform.frame().min.y;
        let positions = || {
            let points = self.points.iter();
            points.filter_map(|point| Self::position(transform, *point))
        };
        let above = |point: &Point| point[1] < top - 2.0;
        let leaves = positions().next_back().as_ref().is_some_and(above);
        let [x, _] = positions().find(above).filter(|_| leaves)?;
        Some([x, top])
    }

    /// Draws the curve: opaque up to the timeline's row with a marker there, faint after it, an arrow where it leaves at the top.
    pub(super) fn items(
        &self,
        transform: &PlotTransform,
        options: &PlotOptions,
        items: &mut Vec<Item>,
    ) {
        let theme = options.theme;
        let colour = match self.style {
            Style::Threshold => theme.ink,
            _ => run_colour(self.style_index, theme),
        };
        let width = if self.style.is_limit() { 1.1 } else { 1.6 };
        let dash = self.style.dash(self.style_index);
        let row = options.row.filter(|_| self.style != Style::Threshold);
        let split = row.map_or(self.points.len(), |row| {
            self.rows.partition_point(|&own| own <= row)
        });
        for (part, opacity) in [
            (&self.points[split.saturating_sub(1)..], 0.3),
            (&self.points[..split], 1.0),
        ] {
            if opacity < 1.0 && split >= self.points.len() {
                continue;
            }
            for piece in pieces(part, transform) {
                let colour = colour.opacity(opacity);
                items.push(line(piece, width, colour, dash));
            }
        }
        if self.style.is_limit() {
            return;
        }
        if let Some([x, y]) = self.exit(transform) {
            let tip = y + 1.0;
            let arrow = vec![[x, tip], [x - 4.0, tip + 8.0], [x + 4.0, tip + 8.0]];
            items.push(Item::filled(arrow, colour));
        }
        // A single value has no line, and would not be seen.
        let marked = row.and_then(|_| split.checked_sub(1));
        let marked = marked.or((self.points.len() == 1).then_some(0));
        if let Some(at) = marked.and_then(|at| Self::position(transform, self.points[at])) {
            let (marker, size) = match self.style {
                Style::Own => (Marker::Circle, 3.2),
                _ => (run_marker(self.style_index), 3.8),
            };
            items.extend(marker.items(at, size, colour, theme.halo));
        }
    }
}

/// Returns the unbroken lines through points on the screen: of each column of pixels the first, highest, lowest and last point, without
/// points on nearly straight stretches.
pub(super) fn pieces(points: &[Point64], transform: &PlotTransform) -> Vec<Vec<Point>> {
    let mut pieces: Vec<Vec<Point>> = vec![Vec::new()];
    // First, lowest, highest, last.
    let mut column: Option<[Point; 4]> = None;
    let flush = |column: &mut Option<[Point; 4]>, piece: &mut Vec<Point>| {
        if let Some([first, low, high, last]) = column.take() {
            let middle = if low[0] <= high[0] {
                [low, high]
            } else {
                [high, low]
            };
            for point in [first, middle[0], middle[1], last] {
                push_simplified(piece, point);
            }
        }
    };
    for point in points {
        let position = Curve::position(transform, *point);
        let Some(piece) = pieces.last_mut() else {
            break;
        };
        match (position, &mut column) {
            (Some(at), Some([first, low, high, last])) if (at[0] - first[0]).abs() < 1.0 => {
                if at[1] < low[1] {
                    *low = at;
                }
                if at[1] > high[1] {
                    *high = at;
                }
                *last = at;
            }
            (Some(at), _) => {
                flush(&mut column, piece);
                column = Some([at; 4]);
            }
            (None, _) => {
                flush(&mut column, piece);
                pieces.push(Vec::new());
            }
        }
    }
    if let Some(piece) = pieces.last_mut() {
        flush(&mut column, piece);
    }
    pieces.retain(|piece| piece.len() > 1);
    pieces
}

/// Adds a point to a line; the last point goes if it is on the segment between its neighbours and that segment is short.
fn push_simplified(piece: &mut Vec<Point>, point: Point) {
    if piece.last() == Some(&point) {
        return;
    }
    if let [.., before, last] = piece.as_slice() {
        let [dx, dy] = [point[0] - before[0], point[1] - before[1]];
        let length = dx.hypot(dy);
        let cross = dx * (last[1] - before[1]) - dy * (last[0] - before[0]);
        let forward = dx * (point[0] - last[0]) + dy * (point[1] - last[1]) >= 0.0;
        if forward && length < MAX_SEGMENT && cross.abs() < 0.1 * length {
            piece.pop();
        }
    }
    piece.push(point);
}
