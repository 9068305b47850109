//! Curves: a measure of several runs over one setting.

use super::{
    GridAxis, LIMIT, LIMIT_DASH, numbers_below, numbers_beside, place, ring, share, values_axis,
    write,
};
use crate::engine::analysis::sweep::{SweepCurve, SweepMetric};
use crate::engine::numeric::real;
use crate::figure::axis::Axis;
use crate::figure::chart::thin;
use crate::figure::colour::{Marker, Theme, run_colour, run_dash, run_marker};
use crate::figure::drawing::{Anchor, Area, Item, Point, Text};
use crate::figure::trail::{border, line};

/// A curve and how it looks.
#[derive(Clone, Copy)]
pub struct SweepLine<'a> {
    /// The curve.
    pub curve: &'a SweepCurve,
    /// The run's name.
    pub name: &'a str,
    /// The run's place among colours, dashes and markers.
    pub style_index: usize,
    /// Where theory expects it to diverge, if the setting is the learning rate.
    pub limit: Option<f64>,
}

/// Where the parts of a plot of curves lie.
#[derive(Clone, Debug, PartialEq)]
pub struct CurvePlot {
    /// Inside of the axes.
    pub area: Area,
    /// The part of it that holds values; above it, divergence is told, a row for each curve that has any.
    pub values: Area,
    /// The axis of the setting.
    pub across: GridAxis,
    /// The axis of the measure.
    pub up: Axis,
    measure: SweepMetric,
}

impl CurvePlot {
    /// Lays out curves in an area, which leaves room around it for numbers: 54 points on the left, 34 below, 18 above.
    pub fn new(shown: &[SweepLine], measure: SweepMetric, area: Area) -> Self {
        let values = shown.iter().flat_map(|shown| {
            let scores = shown.curve.scores.iter();
            scores.filter_map(|score| score.value(measure))
        });
        let rows = shown.iter().filter(|shown| diverges(shown.curve)).count();
        #[expect(
            clippy::cast_possible_truncation,
            reason = "pictures are drawn with f32"
        )]
        let strip = match rows {
            0 => 0.0,
            rows => (9.0 * real(rows) as f32 + 5.0).min(0.3 * area.height()),
        };
        Self {
            area,
            values: Area::new([area.min[0], area.min[1] + strip], area.max),
            across: GridAxis::of(shown.iter().map(|shown| &shown.curve.line.grid)),
            up: values_axis(values, measure, 0.04, false),
            measure,
        }
    }

    /// Where value `index` of a curve lies; `None` if it has no measure.
    pub fn place(&self, curve: &SweepCurve, index: usize) -> Option<Point> {
        let value = curve.scores.get(index)?.value(self.measure)?;
        Some([self.x(curve, index)?, self.y(value)])
    }

    /// Where the value lies that the run has now; `None` beyond the axis, and if it has no measure.
    pub fn current(&self, curve: &SweepCurve) -> Option<Point> {
        let at = self.across.current(&curve.line.grid, &curve.line.spec)?;
        let value = curve.current.value(self.measure)?;
        Some([place(self.area.min[0], self.area.max[0], at), self.y(value)])
    }

    /// Whether the axis of the setting has a number.
    pub(super) fn has(&self, number: f64) -> bool {
        match &self.across {
            GridAxis::Numbers(axis) => (0.0..=1.0).contains(&axis.position(number)),
            GridAxis::Names(_) => false,
        }
    }

    fn x(&self, curve: &SweepCurve, index: usize) -> Option<f32> {
        let at = self.across.position(&curve.line.grid, index)?;
        Some(place(self.area.min[0], self.area.max[0], at))
    }

    fn y(&self, value: f64) -> f32 {
        let at = self.up.position(value);
        // What is zero lies at the bottom of a log axis, what is far above the usual at the top of a linear one.
        place(self.values.max[1], self.values.min[1], at.clamp(0.0, 1.0))
    }

    /// The rows of the strip above the values: the place of each curve that diverges somewhere.
    fn rows(&self, shown: &[SweepLine]) -> Vec<Option<f32>> {
        let count = shown.iter().filter(|shown| diverges(shown.curve)).count();
        let mut row = 0;
        let strip = [self.area.min[1], self.values.min[1]];
        shown
            .iter()
            .map(|shown| {
                diverges(shown.curve).then(|| {
                    let at = super::middle(row, count.max(1));
                    row += 1;
                    place(strip[0], strip[1], at)
                })
            })
            .collect()
    }

    /// The curve and its value that are nearest to a place in the picture: of each curve the nearest value along x, of these
    /// the nearest along y. `None` outside.
    pub fn pick(&self, shown: &[SweepLine], at: Point) -> Option<[usize; 2]> {
        if !self.area.contains(at) {
            return None;
        }
        let rows = self.rows(shown);
        let mut nearest: Option<([usize; 2], f32)> = None;
        for (which, (shown, row)) in shown.iter().zip(&rows).enumerate() {
            let curve = shown.curve;
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
                self.place(curve, index),
                curve.scores[index].diverged(),
                row,
            ) {
                (Some([_, y]), ..) => y,
                (None, Some(_), Some(row)) => *row,
                _ => continue,
            };
            let away = (y - at[1]).abs();
            if nearest.is_none_or(|(_, least)| away < least) {
                nearest = Some(([which, index], away));
            }
        }
        nearest.map(|(at, _)| at)
    }

    /// The number that the axis of the setting has at a place in the picture; `None` where it has names.
    pub fn number_at(&self, at: Point) -> Option<f64> {
        match &self.across {
            GridAxis::Numbers(axis) => {
                Some(axis.value(share(self.area.min[0], self.area.max[0], at[0])))
            }
            GridAxis::Names(_) => None,
        }
    }

    /// Draws curves with their axes: a run's marker stands on its best value, a ring on the value that it has now, a cross
    /// where the next value diverges.
    pub fn draw(&self, shown: &[SweepLine], theme: &Theme) -> Vec<Item> {
        let area = self.area;
        let setting = shown
            .first()
            .map_or("", |shown| shown.curve.line.grid.setting());
        let mut items = numbers_below(&self.across, setting, area, true, theme);
        let up = GridAxis::Numbers(self.up);
        let beside = numbers_beside(&up, self.measure.title(), self.values, true, theme);
        // The measure's name stands above the strip.
        items.extend(beside.into_iter().map(|item| match item {
            Item::Text(text) if text.anchor == Anchor::Start => Item::Text(Text {
                at: [text.at[0], area.min[1] - 11.0],
                ..text
            }),
            item => item,
        }));
        let rows = self.rows(shown);
        if self.values.min[1] > area.min[1] {
            let y = self.values.min[1];
            let points = vec![[area.min[0], y], [area.max[0], y]];
            items.push(line(points, 0.8, theme.ink.opacity(0.6), &[]));
            let at = [area.min[0] - 7.0, 0.5 * (area.min[1] + self.values.min[1])];
            items.push(write("diverges", at, Anchor::End, 11.0, theme.ink));
        }
        items.push(Item::Clipped {
            area,
            items: self.limits(shown, theme),
        });
        let mut lines = Vec::new();
        let mut marks = Vec::new();
        for (shown, row) in shown.iter().zip(rows) {
            lines.extend(self.lines(shown, theme));
            if let Some(row) = row {
                marks.extend(self.bands(shown, row, theme));
            }
        }
        items.push(Item::Clipped {
            area: self.values,
            items: lines,
        });
        for shown in shown {
            marks.extend(self.marks(shown, theme));
        }
        items.push(border(area, 1.0, theme.ink));
        items.extend(marks);
        items
    }

    /// The lines of a curve, broken where it has no value.
    fn lines(&self, shown: &SweepLine, theme: &Theme) -> Vec<Item> {
        let (colour, dash) = (
            run_colour(shown.style_index, theme),
            run_dash(shown.style_index),
        );
        let mut pieces: Vec<Vec<Point>> = vec![Vec::new()];
        for index in 0..shown.curve.scores.len() {
            match (self.place(shown.curve, index), pieces.last_mut()) {
                (Some(point), Some(piece)) => piece.push(point),
                (None, Some(piece)) if !piece.is_empty() => pieces.push(Vec::new()),
                _ => {}
            }
        }
        let mut items = Vec::new();
        if let GridAxis::Names(_) = self.across {
            let dots = pieces.iter().flatten();
            items.extend(dots.flat_map(|at| Marker::Circle.items(*at, 2.6, colour, colour)));
        }
        for piece in pieces {
            let heights: Vec<f64> = piece.iter().map(|point| f64::from(point[1])).collect();
            let points: Vec<Point> = thin(&heights, 800)
                .into_iter()
                .map(|row| piece[row])
                .collect();
            match points.as_slice() {
                [] => {}
                // A value between two that have none.
                [only] => items.extend(Marker::Circle.items(*only, 2.0, colour, colour)),
                _ => items.push(line(points, 1.8, colour, dash)),
            }
        }
        items
    }

    /// Where a curve diverges, in its row of the strip, and crosses where it comes to that.
    fn bands(&self, shown: &SweepLine, row: f32, theme: &Theme) -> Vec<Item> {
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

    /// The cross on the last value before others that diverge; above the winner's marker, if that is the one.
    fn cross(&self, shown: &SweepLine, index: usize, theme: &Theme) -> Vec<Item> {
        let Some([x, y]) = self.place(shown.curve, index) else {
            return Vec::new();
        };
        let above = if shown.curve.best(self.measure) == Some(index) {
            12.0
        } else {
            0.0
        };
        let colour = run_colour(shown.style_index, theme);
        Marker::Cross.items([x, y - above], 4.5, colour, theme.halo)
    }

    /// The winner's marker, and the ring on the value that the run has now.
    fn marks(&self, shown: &SweepLine, theme: &Theme) -> Vec<Item> {
        let (curve, colour) = (shown.curve, run_colour(shown.style_index, theme));
        let mut items = Vec::new();
        if let Some(at) = self.current(curve) {
            items.extend(ring(at, colour, theme.halo));
        }
        let best = curve
            .best(self.measure)
            .and_then(|index| self.place(curve, index));
        if let Some(at) = best {
            items.extend(run_marker(shown.style_index).items(at, 5.5, colour, theme.halo));
        }
        items
    }

    /// The predicted limits, each with its name where there is room.
    fn limits(&self, shown: &[SweepLine], theme: &Theme) -> Vec<Item> {
        let (area, GridAxis::Numbers(axis)) = (self.area, &self.across) else {
            return Vec::new();
        };
        let mut items = Vec::new();
        let mut taken: Vec<f32> = Vec::new();
        for shown in shown {
            let Some(limit) = shown.limit.filter(|limit| self.has(*limit)) else {
                continue;
            };
            let at = axis.position(limit);
            let (x, colour) = (
                place(area.min[0], area.max[0], at),
                run_colour(shown.style_index, theme),
            );
            let points = vec![[x, area.min[1]], [x, area.max[1]]];
            items.push(line(points, 1.2, colour, LIMIT_DASH));
            if taken.iter().all(|other| (x - other).abs() > 14.0) {
                taken.push(x);
                items.push(Item::Text(Text {
                    text: LIMIT.to_owned(),
                    at: [x - 8.0, self.values.min[1] + 8.0],
                    anchor: Anchor::End,
                    size: 11.0,
                    colour,
                    halo: Some(theme.halo),
                    upright: true,
                }));
            }
        }
        items
    }
}

fn diverges(curve: &SweepCurve) -> bool {
    curve.scores.iter().any(|score| score.diverged().is_some())
}
