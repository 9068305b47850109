//! Curves: a metric of several runs over one setting.

use super::{
    GridAxis, LIMIT, LIMIT_DASH, ring, share, values_axis, write, x_axis_items, y_axis_items,
};
use crate::engine::analysis::sweep::{SweepCurve, SweepMetric};
use crate::engine::numeric::real;
use crate::figure::axis::Axis;
use crate::figure::chart::decimate;
use crate::figure::colour::{Marker, Theme, run_colour, run_dash, run_marker};
use crate::figure::drawing::{Anchor, Area, Item, Point, Text, lerp, limited};
use crate::figure::trail::{border, line};

/// A curve with its name and style.
#[derive(Clone, Copy)]
pub struct SweepLine<'a> {
    /// The curve.
    pub curve: &'a SweepCurve,
    /// The run's name.
    pub name: &'a str,
    /// Index into the colours, dashes and markers of runs.
    pub style_index: usize,
    /// The learning rate above which theory expects divergence, if the setting is the learning rate.
    pub limit: Option<f64>,
    /// The quartiles over several seeds at each value, whose median is the curve; empty for a single seed.
    pub band: &'a [[f64; 2]],
}

/// Layout of a plot of curves.
#[derive(Clone, Debug, PartialEq)]
pub struct CurvePlot {
    /// The area inside the axes.
    pub area: Area,
    /// The part of the area for values; the strip above it shows divergence, with a row for each curve that diverges somewhere.
    pub values: Area,
    /// The axis of the setting.
    pub x_axis: GridAxis,
    /// The axis of the metric.
    pub y_axis: Axis,
    /// Values outside are drawn at its ends.
    range: [f64; 2],
    metric: SweepMetric,
}

impl CurvePlot {
    /// Lays out curves in an area, with space around it for tick labels: 54 points on the left, 34 below, 18 above.
    pub fn new(lines: &[SweepLine], metric: SweepMetric, area: Area) -> Self {
        let values = lines.iter().flat_map(|line| {
            let scores = line.curve.scores.iter();
            let scores = scores.filter_map(|score| score.value(metric));
            let band = line.band.iter().flatten().copied();
            scores.chain(band.filter(|value| value.is_finite()))
        });
        let rows = lines.iter().filter(|line| diverges(line.curve)).count();
        #[expect(
            clippy::cast_possible_truncation,
            reason = "pictures are drawn with f32"
        )]
        let strip_height = match rows {
            0 => 0.0,
            rows => (9.0 * real(rows) as f32 + 5.0).min(0.3 * area.height()),
        };
        let y_axis = values_axis(values, metric, 0.04, false);
        Self {
            area,
            values: Area::new([area.min[0], area.min[1] + strip_height], area.max),
            x_axis: GridAxis::spanning(lines.iter().map(|line| &line.curve.line.grid)),
            y_axis,
            range: [0.0, 1.0].map(|end| y_axis.value(end)),
            metric,
        }
    }

    /// Returns the axis of the setting if it has numbers.
    pub fn number_axis(&self) -> Option<&Axis> {
        match &self.x_axis {
            GridAxis::Numbers(axis) => Some(axis),
            GridAxis::Names(_) => None,
        }
    }

    /// Returns the share of the area's height that the strip of divergence takes.
    pub fn strip_share(&self) -> f64 {
        f64::from((self.values.min[1] - self.area.min[1]) / self.area.height().max(1.0))
    }

    /// Returns a value, or the end of the axis where it is drawn if it lies outside.
    pub fn shown_value(&self, value: f64) -> f64 {
        limited(value, self.range[0], self.range[1])
    }

    /// Returns the plot over other ranges of the setting and of the values, those below the strip.
    #[must_use]
    pub fn zoomed(&self, x_axis: Axis, y_axis: Axis) -> Self {
        Self {
            x_axis: GridAxis::Numbers(x_axis),
            y_axis,
            ..self.clone()
        }
    }

    /// Draws what belongs to the curves besides their lines: limits, divergence, best and current values.
    pub fn marks_of_all(&self, lines: &[SweepLine], theme: &Theme) -> Vec<Item> {
        let mut items = self.limits(lines, theme);
        if self.values.min[1] > self.area.min[1] {
            let strip = Area::new(self.area.min, [self.area.max[0], self.values.min[1]]);
            items.push(Item::filled(strip.corners(), theme.background));
            items.push(border(strip, 0.8, theme.ink.opacity(0.6)));
            let at = [strip.min[0] + 6.0, 0.5 * (strip.min[1] + strip.max[1])];
            items.push(write("diverges", at, Anchor::Start, 11.0, theme.ink));
        }
        for (line, row) in lines.iter().zip(self.strip_rows(lines)) {
            if let Some(row) = row {
                items.extend(self.divergence_bands(line, row, theme));
            }
        }
        for line in lines {
            items.extend(self.marks(line, theme));
        }
        items
    }

    /// Returns the position of value `index` of a curve; `None` if it has no metric.
    pub fn point(&self, curve: &SweepCurve, index: usize) -> Option<Point> {
        let value = curve.scores.get(index)?.value(self.metric)?;
        Some([self.x(curve, index)?, self.y(value)])
    }

    /// Returns the position of the run's current value; `None` beyond the axis, and if it has no metric.
    pub fn current(&self, curve: &SweepCurve) -> Option<Point> {
        let at = self.x_axis.current(&curve.line.grid, &curve.line.spec)?;
        let value = curve.current.value(self.metric)?;
        Some([lerp(self.area.min[0], self.area.max[0], at), self.y(value)])
    }

    /// Whether a number is on the axis of the setting.
    pub(super) fn contains(&self, number: f64) -> bool {
        match &self.x_axis {
            GridAxis::Numbers(axis) => (0.0..=1.0).contains(&axis.position(number)),
            GridAxis::Names(_) => false,
        }
    }

    fn x(&self, curve: &SweepCurve, index: usize) -> Option<f32> {
        let at = self.x_axis.position(&curve.line.grid, index)?;
        Some(lerp(self.area.min[0], self.area.max[0], at))
    }

    fn y(&self, value: f64) -> f32 {
        // Zero is drawn at the bottom of a log axis, an outlier at the top of a linear one.
        let at = self.y_axis.position(self.shown_value(value));
        lerp(self.values.max[1], self.values.min[1], at)
    }

    /// Returns the y of each curve's row in the strip above the values; `None` for curves that diverge nowhere.
    fn strip_rows(&self, lines: &[SweepLine]) -> Vec<Option<f32>> {
        let count = lines.iter().filter(|line| diverges(line.curve)).count();
        let mut row = 0;
        let strip = [self.area.min[1], self.values.min[1]];
        lines
            .iter()
            .map(|line| {
                diverges(line.curve).then(|| {
                    let at = super::middle(row, count.max(1));
                    row += 1;
                    lerp(strip[0], strip[1], at)
                })
            })
            .collect()
    }

    /// Returns the indices of the curve and of its value that are nearest to a point of the picture: of each curve the value nearest along x,
    /// of these the one nearest along y. `None` outside the area.
    pub fn pick(&self, lines: &[SweepLine], at: Point) -> Option<[usize; 2]> {
        if !self.area.contains(at) {
            return None;
        }
        let rows = self.strip_rows(lines);
        let mut nearest: Option<([usize; 2], f32)> = None;
        for (which, (line, row)) in lines.iter().zip(&rows).enumerate() {
            let curve = line.curve;
            let distance = |index: usize| {
                self.x(curve, index)
                    .map_or(f32::INFINITY, |x| (x - at[0]).abs())
            };
            let Some(index) =
                (0..curve.scores.len()).min_by(|a, b| distance(*a).total_cmp(&distance(*b)))
            else {
                continue;
            };
            let y = match (
                self.point(curve, index),
                curve.scores[index].diverged(),
                row,
            ) {
                (Some([_, y]), ..) => y,
                (None, Some(_), Some(row)) => *row,
                _ => continue,
            };
            let distance = (y - at[1]).abs();
            if nearest.is_none_or(|(_, min)| distance < min) {
                nearest = Some(([which, index], distance));
            }
        }
        nearest.map(|(indices, _)| indices)
    }

    /// Returns the setting's number at a point of the picture; `None` on an axis of names.
    pub fn number_at(&self, at: Point) -> Option<f64> {
        match &self.x_axis {
            GridAxis::Numbers(axis) => {
                Some(axis.value(share(self.area.min[0], self.area.max[0], at[0])))
            }
            GridAxis::Names(_) => None,
        }
    }

    /// Draws curves with their axes: a run's marker is at its best value, a ring at its current value, a cross
    /// where the next value diverges.
    pub fn draw(&self, lines: &[SweepLine], theme: &Theme) -> Vec<Item> {
        let area = self.area;
        let setting = lines
            .first()
            .map_or("", |line| line.curve.line.grid.setting());
        let mut items = x_axis_items(&self.x_axis, setting, area, true, theme);
        let y_axis = GridAxis::Numbers(self.y_axis);
        let y_items = y_axis_items(&y_axis, self.metric.title(), self.values, true, theme);
        // The metric's name is above the strip.
        items.extend(y_items.into_iter().map(|item| match item {
            Item::Text(text) if text.anchor == Anchor::Start => Item::Text(Text {
                at: [text.at[0], area.min[1] - 11.0],
                ..text
            }),
            item => item,
        }));
        let rows = self.strip_rows(lines);
        if self.values.min[1] > area.min[1] {
            let y = self.values.min[1];
            let points = vec![[area.min[0], y], [area.max[0], y]];
            items.push(line(points, 0.8, theme.ink.opacity(0.6), &[]));
            let at = [area.min[0] - 7.0, 0.5 * (area.min[1] + self.values.min[1])];
            items.push(write("diverges", at, Anchor::End, 11.0, theme.ink));
        }
        items.push(Item::Clipped {
            area,
            items: self.limits(lines, theme),
        });
        let mut curves = Vec::new();
        let mut marks = Vec::new();
        for (line, row) in lines.iter().zip(rows) {
            curves.extend(self.curve_items(line, theme));
            if let Some(row) = row {
                marks.extend(self.divergence_bands(line, row, theme));
            }
        }
        items.push(Item::Clipped {
            area: self.values,
            items: curves,
        });
        for line in lines {
            marks.extend(self.marks(line, theme));
        }
        items.push(border(area, 1.0, theme.ink));
        items.extend(marks);
        items
    }

    /// Draws a curve, interrupted where it has no value.
    fn curve_items(&self, shown: &SweepLine, theme: &Theme) -> Vec<Item> {
        let (colour, dash) = (
            run_colour(shown.style_index, theme),
            run_dash(shown.style_index),
        );
        let mut pieces: Vec<Vec<Point>> = vec![Vec::new()];
        for index in 0..shown.curve.scores.len() {
            match (self.point(shown.curve, index), pieces.last_mut()) {
                (Some(point), Some(piece)) => piece.push(point),
                (None, Some(piece)) if !piece.is_empty() => pieces.push(Vec::new()),
                _ => {}
            }
        }
        let mut items = self.band_items(shown, theme);
        if let GridAxis::Names(_) = self.x_axis {
            let dots = pieces.iter().flatten();
            items.extend(dots.flat_map(|at| Marker::Circle.items(*at, 2.6, colour, colour)));
        }
        for piece in pieces {
            let ys: Vec<f64> = piece.iter().map(|point| f64::from(point[1])).collect();
            let points: Vec<Point> = decimate(&ys, 800)
                .into_iter()
                .map(|row| piece[row])
                .collect();
            match points.as_slice() {
                [] => {}
                // A value between two values without a metric.
                [only] => items.extend(Marker::Circle.items(*only, 2.0, colour, colour)),
                _ => items.push(line(points, 1.8, colour, dash)),
            }
        }
        items
    }

    /// Draws the band between the quartiles over seeds; a quartile that diverged is beyond the top.
    fn band_items(&self, shown: &SweepLine, theme: &Theme) -> Vec<Item> {
        let point = |index: usize, end: usize| {
            let value = shown.band[index][end];
            let y = if value.is_finite() {
                self.y(value)
            } else {
                self.values.min[1]
            };
            Some([self.x(shown.curve, index)?, y])
        };
        let has_low = |index: &usize| shown.band[*index][0].is_finite();
        let indices = || (0..shown.band.len()).filter(has_low);
        let low: Option<Vec<Point>> = indices().map(|index| point(index, 0)).collect();
        let high: Option<Vec<Point>> = indices().rev().map(|index| point(index, 1)).collect();
        let outline = low.zip(high).map(|(low, high)| [low, high].concat());
        let outline = outline.filter(|outline| outline.len() > 3);
        let colour = run_colour(shown.style_index, theme).opacity(0.18);
        outline.map_or_else(Vec::new, |outline| vec![Item::filled(outline, colour)])
    }

    /// Draws the ranges where a curve diverges in its row of the strip, and crosses at their ends on the curve.
    fn divergence_bands(&self, shown: &SweepLine, row: f32, theme: &Theme) -> Vec<Item> {
        let (curve, colour) = (shown.curve, run_colour(shown.style_index, theme));
        let last = curve.scores.len() - 1;
        let diverged = |index: usize| curve.scores[index].diverged().is_some();
        let x = |index: usize| self.x(curve, index).unwrap_or(self.area.min[0]);
        let mut items = Vec::new();
        let mut first = None;
        for index in 0..=last {
            if diverged(index) && first.is_none() {
                first = Some(index);
            }
            let ends = first.filter(|_| diverged(index) && (index == last || !diverged(index + 1)));
            if let Some(from) = ends {
                first = None;
                let left = match from.checked_sub(1) {
                    Some(before) => f32::midpoint(x(before), x(from)),
                    None => x(from) - 3.0,
                };
                let right = match index {
                    index if index == last => x(index) + 3.0,
                    index => f32::midpoint(x(index), x(index + 1)),
                };
                let points = vec![[left, row], [right, row]];
                items.push(line(points, 2.6, colour, run_dash(shown.style_index)));
                let middle = [f32::midpoint(left, right), row];
                items.extend(run_marker(shown.style_index).items(middle, 3.2, colour, theme.halo));
                let before = from.checked_sub(1);
                let after = Some(index + 1).filter(|_| index < last);
                for neighbour in [before, after].into_iter().flatten() {
                    items.extend(self.cross(shown, neighbour, theme));
                }
            }
        }
        items
    }

    /// Draws the cross on the last value before values that diverge; above the marker of the best value, if it is the same.
    fn cross(&self, shown: &SweepLine, index: usize, theme: &Theme) -> Vec<Item> {
        let Some([x, y]) = self.point(shown.curve, index) else {
            return Vec::new();
        };
        let shift = if shown.curve.best(self.metric) == Some(index) {
            12.0
        } else {
            0.0
        };
        let colour = run_colour(shown.style_index, theme);
        Marker::Cross.items([x, y - shift], 4.5, colour, theme.halo)
    }

    /// Draws the run's marker at its best value, and the ring at its current value.
    fn marks(&self, shown: &SweepLine, theme: &Theme) -> Vec<Item> {
        let (curve, colour) = (shown.curve, run_colour(shown.style_index, theme));
        let mut items = Vec::new();
        if let Some(at) = self.current(curve) {
            items.extend(ring(at, colour, theme.halo));
        }
        let best = curve
            .best(self.metric)
            .and_then(|index| self.point(curve, index));
        if let Some(at) = best {
            items.extend(run_marker(shown.style_index).items(at, 5.5, colour, theme.halo));
            items.extend(self.arrow(curve, at, theme));
        }
        items
    }

    /// Draws an arrow above the marker of a best value that is below the axis.
    fn arrow(&self, curve: &SweepCurve, [x, y]: Point, theme: &Theme) -> Option<Item> {
        let best = curve.scores[curve.best(self.metric)?].value(self.metric)?;
        let text = Text::new("↓", [x, y - 14.0], Anchor::Middle, 12.0, theme.ink);
        (best < self.range[0]).then(|| Item::Text(text.with_halo(theme.halo)))
    }

    /// Draws the theoretical limits, each with its name where it fits.
    fn limits(&self, lines: &[SweepLine], theme: &Theme) -> Vec<Item> {
        let (area, GridAxis::Numbers(axis)) = (self.area, &self.x_axis) else {
            return Vec::new();
        };
        let mut items = Vec::new();
        let mut taken: Vec<f32> = Vec::new();
        for shown in lines {
            let Some(limit) = shown.limit.filter(|limit| self.contains(*limit)) else {
                continue;
            };
            let at = axis.position(limit);
            let (x, colour) = (
                lerp(area.min[0], area.max[0], at),
                run_colour(shown.style_index, theme),
            );
            let points = vec![[x, area.min[1]], [x, area.max[1]]];
            items.push(line(points, 1.2, colour, LIMIT_DASH));
            if taken.iter().all(|other| (x - other).abs() > 14.0) {
                taken.push(x);
                let at = [x - 8.0, self.values.min[1] + 8.0];
                let text = Text::new(LIMIT, at, Anchor::End, 11.0, colour);
                items.push(Item::Text(Text {
                    upright: true,
                    ..text.with_halo(theme.halo)
                }));
            }
        }
        items
    }
}

fn diverges(curve: &SweepCurve) -> bool {
    curve.scores.iter().any(|score| score.diverged().is_some())
}
