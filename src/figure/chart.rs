//! Charts: a quantity of every run over its steps, or over the gradients it asked for.

use super::axis::Axis;
use super::colour::{Marker, Theme, run_colour, run_dash};
use super::drawing::{Anchor, Area, Item, Point, Stroke, Text};
use super::trail::line;

/// One run's line in a chart.
pub struct Series<'a> {
    /// Where each row lies along the chart.
    pub x: Across<'a>,
    /// The quantity at each row; what is not finite, or not positive on a log axis, is left out.
    pub values: &'a [f64],
    /// The run's place among colours and dashes.
    pub look: usize,
    /// A thin dotted line: a limit rather than a measurement.
    pub limit: bool,
}

/// Where rows lie along a chart.
#[derive(Clone, Copy)]
pub enum Across<'a> {
    /// Row k lies at step k.
    Steps,
    /// Row k lies at the gradients asked for so far.
    Evaluations(&'a [u64]),
}

impl Across<'_> {
    #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
    fn at(&self, row: usize) -> f64 {
        match self {
            Self::Steps => row as f64,
            Self::Evaluations(counts) => counts.get(row).map_or(f64::NAN, |&count| count as f64),
        }
    }
}

/// A chart's frame.
pub struct Chart<'a> {
    /// Where it lies, axis numbers included.
    pub area: Area,
    /// What it shows.
    pub title: &'a str,
    /// Where x ends.
    pub last: f64,
    /// Whether the axis is logarithmic; it is linear all the same if nothing is positive.
    pub log: bool,
    /// The timeline's row, up to which lines are strong.
    pub cursor: usize,
    /// Light or dark.
    pub theme: &'a Theme,
}

/// How many decades below its highest value a log axis reaches at most.
const DECADES: i32 = 24;

impl Chart<'_> {
    /// The part of the area that holds the lines.
    pub fn plot(&self) -> Area {
        Area::new([self.area.min[0] + 46.0, self.area.min[1] + 20.0], [self.area.max[0] - 8.0, self.area.max[1] - 18.0])
    }

    /// Draws the lines, the cursor and the axes.
    pub fn draw(&self, series: &[Series]) -> Vec<Item> {
        let (plot, theme) = (self.plot(), self.theme);
        let mut items = vec![self.text(self.title.to_owned(), [self.area.min[0] + 6.0, self.area.min[1] + 10.0], Anchor::Start, 12.0)];
        let log = self.log && series.iter().any(|series| series.values.iter().any(|value| *value > 0.0 && value.is_finite()));
        let vertical = self.vertical(series, log);
        let horizontal = Axis::linear([0.0, self.last.max(1.0)]);

        let ticks = vertical.ticks(4.max(count(plot.height() / 28.0)));
        for tick in &ticks.ticks {
            let y = place(plot.max[1], plot.min[1], vertical.position(tick.value));
            items.push(line(vec![[plot.min[0], y], [plot.max[0], y]], 0.6, theme.grid, &[]));
            items.push(self.text(tick.label.clone(), [plot.min[0] - 5.0, y], Anchor::End, 10.5));
        }
        for tick in &horizontal.ticks(count(plot.width() / 60.0)).ticks {
            let x = place(plot.min[0], plot.max[0], horizontal.position(tick.value));
            items.push(line(vec![[x, plot.min[1]], [x, plot.max[1]]], 0.6, theme.grid, &[]));
            items.push(self.text(tick.label.clone(), [x, plot.max[1] + 10.0], Anchor::Middle, 10.5));
        }
        let mut inside = Vec::new();
        for series in series {
            let colour = run_colour(series.look, theme);
            let dash: &'static [f32] = if series.limit { &[1.5, 3.0] } else { run_dash(series.look) };
            let width = if series.limit { 1.1 } else { 1.6 };
            let points = |rows: std::ops::Range<usize>| Self::lines(series, rows, plot, &horizontal, &vertical);
            let split = (self.cursor + 1).min(series.values.len());
            for points in points(split.saturating_sub(1)..series.values.len()) {
                inside.push(line(points, width, colour.opacity(0.3), dash));
            }
            for points in points(0..split) {
                inside.push(line(points, width, colour, dash));
            }
            if !series.limit && let Some(row) = split.checked_sub(1) {
                let at = Self::place(series, row, plot, &horizontal, &vertical);
                inside.extend(at.map(|at| Marker::Circle.items(at, 3.2, colour, theme.halo)).into_iter().flatten());
            }
        }
        items.push(Item::Clipped { area: plot, items: inside });
        let border = vec![plot.min, [plot.max[0], plot.min[1]], plot.max, [plot.min[0], plot.max[1]]];
        let stroke = Some(Stroke { width: 0.8, colour: theme.ink.opacity(0.6), dash: &[] });
        items.push(Item::Path { points: border, closed: true, stroke, fill: None });
        items
    }

    /// The vertical axis that holds every value.
    fn vertical(&self, series: &[Series], log: bool) -> Axis {
        let shown = |value: &&f64| value.is_finite() && (!log || **value > 0.0);
        let range = |limits: bool| {
            let values = series.iter().filter(|series| series.limit == limits).flat_map(|series| series.values);
            values.filter(shown).fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], &value| [low.min(value), high.max(value)])
        };
        // Limits widen the axis a little, not without end.
        let [low, high] = match (range(false), range(true)) {
            ([low, high], _) if low > high => [if log { 0.1 } else { 0.0 }, 1.0],
            ([low, high], limits) if log => [low.min(limits[0].max(low / 10.0)), high.max(limits[1].min(high * 10.0))],
            (range, _) => range,
        };
        if log {
            let low = low.max(high * 10_f64.powi(-DECADES)).max(f64::MIN_POSITIVE);
            Axis::log([low * 0.7, (high * 1.4).min(f64::MAX)])
        } else {
            let margin = 0.05 * (high - low).max(1e-12 * high.abs()).max(f64::MIN_POSITIVE);
            Axis::linear([low - margin, high + margin])
        }
    }

    /// Where a row lies; `None` if it has no place.
    fn place(series: &Series, row: usize, plot: Area, horizontal: &Axis, vertical: &Axis) -> Option<Point> {
        let value = *series.values.get(row)?;
        let (u, v) = (horizontal.position(series.x.at(row)), vertical.position(value));
        (u.is_finite() && v.is_finite()).then(|| [place(plot.min[0], plot.max[0], u), place(plot.max[1], plot.min[1], v)])
    }

    /// Unbroken lines through rows, each column of pixels keeping only its first, highest, lowest and last point.
    fn lines(series: &Series, rows: std::ops::Range<usize>, plot: Area, horizontal: &Axis, vertical: &Axis) -> Vec<Vec<Point>> {
        let mut lines: Vec<Vec<Point>> = vec![Vec::new()];
        let mut column = Column::default();
        for row in rows {
            let (Some(line), place) = (lines.last_mut(), Self::place(series, row, plot, horizontal, vertical)) else {
                continue;
            };
            match place {
                Some(point) if column.holds(point) => column.add(point),
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
        Item::Text(Text { text, at, anchor, size, colour: self.theme.ink, halo: None, upright: false })
    }
}

/// The points of a line that fall on one column of pixels.
#[derive(Default)]
struct Column {
    points: Vec<Point>,
}

impl Column {
    fn holds(&self, point: Point) -> bool {
        self.points.first().is_none_or(|first| (point[0] - first[0]).abs() < 0.5)
    }

    fn add(&mut self, point: Point) {
        match self.points.as_mut_slice() {
            // First, lowest, highest, last.
            [_, low, high, last] => {
                if point[1] < low[1] {
                    *low = point;
                }
                if point[1] > high[1] {
                    *high = point;
                }
                *last = point;
            }
            _ => self.points = vec![point; 4],
        }
    }

    fn flush(&mut self, line: &mut Vec<Point>) {
        for point in self.points.drain(..) {
            if line.last() != Some(&point) {
                line.push(point);
            }
        }
    }
}

fn place(from: f32, to: f32, share: f64) -> f32 {
    #[expect(clippy::cast_possible_truncation, reason = "pictures are drawn with f32")]
    let share = share.clamp(-10.0, 10.0) as f32;
    from + share * (to - from)
}

fn count(about: f32) -> usize {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
    let count = about.clamp(2.0, 12.0) as usize;
    count
}
