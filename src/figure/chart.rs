//! Charts: a metric of every run over its steps, or over its cost in gradients.

mod bands;
mod column;
mod end_names;

use super::axis::{Axis, max_ticks};
use super::colour::{Marker, Theme, run_colour, run_dash, run_marker};
use super::drawing::{Anchor, Area, Colour, Item, Point, Text, lerp};
use super::text_width::{first_fitted, width};
use super::trail::{border, line};
pub use bands::Band;
use column::Column;
pub use end_names::EndNames;

/// A line of a chart.
pub struct Series<'a> {
    /// The x value of each point, in rising order.
    pub x: &'a [f64],
    /// The y values; those that are not finite, or not positive on a log axis, interrupt the line.
    pub values: &'a [f64],
    /// Number of leading values drawn opaque: those up to the timeline's step. The others are faint.
    pub opaque_len: usize,
    /// Index into the colours, dashes and markers of runs.
    pub style_index: usize,
    /// Whether the line is a limit, drawn thin and dotted, rather than a measurement.
    pub limit: bool,
}

/// The style of a line in a chart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// A measurement, in the run's own dashes.
    Own,
    /// The first of two measurements of one run: a solid line with the run's marker.
    Whole,
    /// The second of two measurements of one run: a dashed line with the run's marker.
    Dashed,
    /// A limit of the run: a thin dotted line.
    Limit,
    /// A limit for all runs: a thin dashed line in the text's colour.
    Threshold,
    /// The mean of a run over several seeds: a thin dotted line, beside the median.
    Mean,
}

impl Style {
    /// Whether the line is a limit or a mean, which is drawn thin and without a name, rather than a measurement.
    pub fn is_limit(self) -> bool {
        matches!(self, Self::Limit | Self::Threshold | Self::Mean)
    }

    /// Returns the dash pattern of a line; empty for a solid one.
    pub fn dash(self, style_index: usize) -> &'static [f32] {
        match self {
            Self::Own => run_dash(style_index),
            Self::Whole => &[],
            Self::Dashed => &[5.0, 3.0],
            Self::Limit => &[1.5, 3.0],
            Self::Mean => &[1.0, 2.0],
            Self::Threshold => &[9.0, 4.0],
        }
    }
}

/// Returns the rows of a long series that are enough to draw it: of each of `columns` equal ranges the first, lowest, highest and last row.
pub fn decimate(values: &[f64], columns: usize) -> Vec<usize> {
    if values.len() <= 4 * columns {
        return (0..values.len()).collect();
    }
    let mut rows = Vec::with_capacity(4 * columns);
    let range_len = values.len().div_ceil(columns.max(1));
    for first in (0..values.len()).step_by(range_len) {
        let last = (first + range_len).min(values.len()) - 1;
        let by_value = |a: &usize, b: &usize| values[*a].total_cmp(&values[*b]);
        let low = (first..=last).min_by(by_value).unwrap_or(first);
        let high = (first..=last).max_by(by_value).unwrap_or(last);
        rows.extend([first, low.min(high), low.max(high), last]);
    }
    rows.dedup();
    rows
}

/// A chart without its lines.
pub struct Chart<'a> {
    /// The area of the chart, including title and axis labels.
    pub area: Area,
    /// The title: the quantity on the y axis.
    pub title: &'a str,
    /// Label of the x axis.
    pub x_label: &'a str,
    /// Range of the x axis.
    pub x_range: [f64; 2],
    /// Whether the y axis is logarithmic; it is linear anyway if no value is positive.
    pub log: bool,
    /// Light or dark.
    pub theme: &'a Theme,
}

/// Maximal number of decades that a log axis reaches below its highest value.
const DECADES: i32 = 24;

impl Chart<'_> {
    /// Returns the part of the area that contains the lines.
    pub fn plot(&self) -> Area {
        Area::new(
            [self.area.min[0] + 46.0, self.area.min[1] + 20.0],
            [self.area.max[0] - 8.0, self.area.max[1] - 18.0],
        )
    }

    /// Draws the axes and the lines, each in the dashes of its run or dotted as a limit, with a marker at the end of its opaque part.
    pub fn draw(&self, series: &[Series]) -> Vec<Item> {
        let style = |series: &Series| {
            if series.limit {
                Style::Limit
            } else {
                Style::Own
            }
        };
        let styles: Vec<Style> = series.iter().map(style).collect();
        self.draw_with_styles(series, &styles)
    }

    /// Draws the axes and the lines, with a style for each line. The y axis contains every measurement.
    pub fn draw_with_styles(&self, series: &[Series], styles: &[Style]) -> Vec<Item> {
        let positive = |series: &Series| {
            series
                .values
                .iter()
                .any(|value| *value > 0.0 && value.is_finite())
        };
        let log = self.log && series.iter().any(positive);
        let values = |limits: bool| {
            let lines = series.iter().zip(styles);
            let lines = lines.filter(move |(_, style)| style.is_limit() == limits);
            lines.flat_map(|(series, _)| series.values.iter().copied())
        };
        let range = y_range(values(false), values(true), log);
        Chart { log, ..*self }.draw_in_range(series, styles, range)
    }

    /// Draws the axes and the lines, with a style for each line, over a range of the y axis. An arrow marks where a line finally leaves it.
    pub fn draw_in_range(&self, series: &[Series], styles: &[Style], range: [f64; 2]) -> Vec<Item> {
        let (plot, theme) = (self.plot(), self.theme);
        let y_axis = padded_axis(range, self.log);
        let x_axis = Axis::linear(self.x_range);
        let mut items = self.axis_items(&x_axis, &y_axis);
        let mut inside = Vec::new();
        for (series, style) in series.iter().zip(styles.iter().copied()) {
            let colour = match style {
                Style::Threshold => theme.ink,
                _ => run_colour(series.style_index, theme),
            };
            let dash = style.dash(series.style_index);
            let width = match style {
                Style::Mean => 0.8,
                style if style.is_limit() => 1.1,
                _ => 1.6,
            };
            let lines =
                |rows: std::ops::Range<usize>| Self::lines(series, rows, plot, &x_axis, &y_axis);
            let split = series.opaque_len.min(series.values.len());
            for points in lines(split.saturating_sub(1)..series.values.len()) {
                inside.push(line(points, width, colour.opacity(0.3), dash));
            }
            for points in lines(0..split) {
                inside.push(line(points, width, colour, dash));
            }
            if !style.is_limit()
                && let Some(row) = split.checked_sub(1)
                && let Some(at) = Self::point(series, row, plot, &x_axis, &y_axis)
            {
                let (marker, size) = match style {
                    Style::Own => (Marker::Circle, 3.2),
                    _ => (run_marker(series.style_index), 3.8),
                };
                inside.extend(marker.items(at, size, colour, theme.halo));
            }
            let exit = Self::exit(series, plot, &x_axis, &y_axis).filter(|_| !style.is_limit());
            if let Some((row, at, direction)) = exit {
                let faint = if row < split { 1.0 } else { 0.3 };
                inside.push(arrow(at, direction, colour.opacity(faint)));
            }
        }
        items.push(Item::Clipped {
            area: plot,
            items: inside,
        });
        items.push(border(plot, 0.8, theme.ink.opacity(0.6)));
        items
    }

    /// Draws the title with the ticks' offset, grid lines and tick labels.
    fn axis_items(&self, x_axis: &Axis, y_axis: &Axis) -> Vec<Item> {
        let (area, plot, theme) = (self.area, self.plot(), self.theme);
        let top = area.min[1] + 10.0;
        let ticks = y_axis.ticks(max_ticks(plot.height(), 15.0));
        // Where there is no room for a remark after the quantity or its symbol, the quantity is left.
        let brief = self.title.split(';').next().unwrap_or(self.title);
        let briefest = brief.split(" ‖").next().unwrap_or(brief);
        let titles = [self.title, brief, briefest].map(|title| format!("{title} {}", ticks.offset));
        let at = [area.min[0] + 6.0, top];
        let room = plot.max[0] - at[0] - width(self.x_label, 10.5) - 10.0;
        let title = first_fitted(titles.iter().map(|title| title.trim()), 12.0, room);
        let mut items = vec![self.text(title, at, Anchor::Start, 12.0)];
        for tick in &ticks.ticks {
            let y = lerp(plot.max[1], plot.min[1], y_axis.position(tick.value));
            items.push(line(
                vec![[plot.min[0], y], [plot.max[0], y]],
                0.6,
                theme.grid,
                &[],
            ));
            items.push(self.text(
                tick.label.clone(),
                [plot.min[0] - 5.0, y],
                Anchor::End,
                10.5,
            ));
        }
        let ticks = x_axis.ticks(max_ticks(plot.width(), 60.0));
        let x_label = format!("{} {}", self.x_label, ticks.offset);
        items.push(self.text(
            x_label.trim().to_owned(),
            [plot.max[0], top],
            Anchor::End,
            10.5,
        ));
        for tick in &ticks.ticks {
            let x = lerp(plot.min[0], plot.max[0], x_axis.position(tick.value));
            items.push(line(
                vec![[x, plot.min[1]], [x, plot.max[1]]],
                0.6,
                theme.grid,
                &[],
            ));
            items.push(self.text(
                tick.label.clone(),
                [x, plot.max[1] + 10.0],
                Anchor::Middle,
                10.5,
            ));
        }
        items
    }

    /// Returns the first of the rows that end a line beyond the range of the y axis, the point where the line leaves the plot, and −1 if
    /// that is its top, 1 if its bottom.
    fn exit(
        series: &Series,
        plot: Area,
        x_axis: &Axis,
        y_axis: &Axis,
    ) -> Option<(usize, Point, f32)> {
        let position = |row: usize| y_axis.position(series.values[row]);
        let len = series.values.len().min(series.x.len());
        let last = (0..len).rfind(|row| !series.values[*row].is_nan())?;
        let inside = (0..=last).rfind(|row| (0.0..=1.0).contains(&position(*row)));
        let row = inside.map_or(0, |row| row + 1);
        let beyond = position(last);
        // Negative values are nowhere on a logarithmic axis, rather than beyond its end.
        if row > last || beyond.is_nan() || y_axis.is_log() && series.values[last] < 0.0 {
            return None;
        }
        let end = if beyond > 1.0 { 1.0 } else { 0.0 };
        let x = |row: usize| x_axis.position(series.x[row]);
        let u = match inside {
            Some(inside) if position(row).is_finite() => {
                let share = (end - position(inside)) / (position(row) - position(inside));
                x(inside) + share.clamp(0.0, 1.0) * (x(row) - x(inside))
            }
            Some(inside) => x(inside),
            None => x(row),
        };
        let at = [
            lerp(plot.min[0], plot.max[0], u),
            lerp(plot.max[1], plot.min[1], end),
        ];
        Some((row, at, if end > 0.0 { -1.0 } else { 1.0 }))
    }

    /// Returns the position of a row's point; `None` if its value cannot be drawn.
    fn point(
        series: &Series,
        row: usize,
        plot: Area,
        x_axis: &Axis,
        y_axis: &Axis,
    ) -> Option<Point> {
        let value = *series.values.get(row)?;
        let (u, v) = (x_axis.position(*series.x.get(row)?), y_axis.position(value));
        // Far outside of the plot, 32-bit coordinates would lose the place where the line leaves it.
        let is_zero = y_axis.is_log() && value == 0.0;
        let v = if v.is_finite() || is_zero {
            v.clamp(-1e4, 1e4)
        } else {
            v
        };
        (u.is_finite() && v.is_finite()).then(|| {
            [
                lerp(plot.min[0], plot.max[0], u),
                lerp(plot.max[1], plot.min[1], v),
            ]
        })
    }

    /// Returns the unbroken lines through rows; each column of pixels keeps only its first, highest, lowest and last point.
    fn lines(
        series: &Series,
        rows: std::ops::Range<usize>,
        plot: Area,
        x_axis: &Axis,
        y_axis: &Axis,
    ) -> Vec<Vec<Point>> {
        let mut lines: Vec<Vec<Point>> = vec![Vec::new()];
        let mut column = Column::default();
        for row in rows {
            let (Some(line), point) = (
                lines.last_mut(),
                Self::point(series, row, plot, x_axis, y_axis),
            ) else {
                continue;
            };
            match point {
                Some(point) if column.contains(point) => column.add(point),
                Some(point) => {
                    column.flush(line);
                    column.add(point);
                }
                None => {
                    column.flush(line);
                    lines.push(Vec::new());
                }
            }
        }
        if let Some(line) = lines.last_mut() {
            column.flush(line);
        }
        lines.retain(|line| line.len() > 1);
        lines
    }

    fn text(&self, text: String, at: Point, anchor: Anchor, size: f32) -> Item {
        Item::Text(Text::new(text, at, anchor, size, self.theme.ink))
    }
}

/// Returns a range that contains every measurement. Limits far away from the measurements would flatten them: they widen a logarithmic
/// range by two decades at most, a linear one not at all.
pub fn y_range(
    measurements: impl Iterator<Item = f64>,
    limits: impl Iterator<Item = f64>,
    log: bool,
) -> [f64; 2] {
    fn ends(values: impl Iterator<Item = f64>, log: bool) -> [f64; 2] {
        let drawable = values.filter(|value| value.is_finite() && (!log || *value > 0.0));
        drawable.fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], value| {
            [low.min(value), high.max(value)]
        })
    }
    let [low, high] = match (ends(measurements, log), ends(limits, log)) {
        ([low, high], _) if low > high => [if log { 0.1 } else { 0.0 }, 1.0],
        ([low, high], limits) if log => [
            low.min(limits[0].max(low / 100.0)),
            high.max(limits[1].min(high * 100.0)),
        ],
        (range, _) => range,
    };
    if log {
        let low = low.max(high * 10_f64.powi(-DECADES));
        [low.max(f64::MIN_POSITIVE), high]
    } else {
        [low, high]
    }
}

/// Returns the axis of a range with a margin; it is finite and not empty. Around a range whose ends differ by rounding errors at most, it
/// reaches half the value down and up.
pub fn padded_axis([low, high]: [f64; 2], log: bool) -> Axis {
    /// Relative difference of values that rounding errors explain.
    const ROUNDING: f64 = 1e-12;
    if log {
        return Axis::log([low * 0.7, (high * 1.4).min(f64::MAX)]);
    }
    if high - low <= ROUNDING * low.abs().max(high.abs()) {
        return Axis::linear([high; 2]);
    }
    let margin = 0.05 * (high - low).max(f64::MIN_POSITIVE);
    Axis::linear([low - margin, high + margin])
}

/// Draws a small arrow whose tip is at `tip`, upward for a direction of −1, downward for 1.
fn arrow(tip: Point, direction: f32, colour: Colour) -> Item {
    let y = tip[1] - 8.0 * direction;
    Item::filled(vec![tip, [tip[0] - 4.0, y], [tip[0] + 4.0, y]], colour)
}

#[cfg(test)]
mod tests;
