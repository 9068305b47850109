//! Names at the ends of a chart's lines.

use super::{Chart, Series, Style, padded_axis};
use crate::figure::axis::Axis;
use crate::figure::colour::Theme;
use crate::figure::drawing::{Area, Item, Point};
use crate::figure::labels::{Importance, Label, Labels, Positions};
use crate::figure::text_width::fitted;

/// Space to the right of a chart for the names of lines.
const NAMES_WIDTH: f32 = 80.0;

/// Font size of the names of lines.
const NAME_SIZE: f32 = 10.5;

/// Names at the ends of a chart's lines, in a column to its right, and beside the arrows of lines that leave it.
pub struct EndNames<'a> {
    plot: Area,
    column: Labels<'a>,
    inside: Labels<'a>,
    /// Space in the column.
    width: f32,
}

impl<'a> EndNames<'a> {
    /// Creates an empty set for a plot with a column that reaches to `right`.
    pub fn new(plot: Area, right: f32, theme: &'a Theme) -> Self {
        let column = Area::new([plot.max[0], plot.min[1] - 8.0], [right, plot.max[1] + 8.0]);
        Self {
            plot,
            column: Labels::new(column, theme).without_chips(),
            inside: Labels::new(plot, theme).without_chips(),
            width: column.width() - 21.0,
        }
    }

    /// Adds the name of a line that ends at a point: next to it in the column.
    pub fn add_end(&mut self, name: &str, [x, y]: Point, style_index: usize) {
        let name = fitted(name, NAME_SIZE, self.width);
        if !name.is_empty() {
            // The names of lines that end earlier are beside the others.
            let at = [x.max(self.plot.max[0]), y];
            self.column.add(Self::label(name, at, style_index, 0.0));
        }
    }

    /// Adds the name of a line that leaves the plot at a point of its top or bottom.
    pub fn add_exit(&mut self, name: &str, [x, y]: Point, style_index: usize) {
        let arrow = if y < self.plot.min[1] + 5.0 {
            '↑'
        } else {
            '↓'
        };
        let name = format!("{name} {arrow}");
        let name = fitted(&name, NAME_SIZE, 0.5 * self.plot.width());
        let at = [
            x,
            y.clamp(
                self.plot.min[1] + 5.0,
                self.plot.max[1].max(self.plot.min[1] + 5.0) - 5.0,
            ),
        ];
        self.inside.block_mark(at, 4.0);
        if !name.is_empty() {
            self.inside.add(Self::label(name, at, style_index, 3.0));
        }
    }

    /// Keeps names in the plot off a line, where they can be.
    pub fn avoid(&mut self, line: &[Point]) {
        self.inside.avoid(line);
    }

    /// Adds the name of a bound or a limit above or below its line, where it covers no other one.
    pub fn add_along(&mut self, name: &str, line: &[Point]) {
        /// Number of places along the line, and distances from it with what they cost.
        const PLACES: usize = 24;
        const DISTANCES: [f32; 5] = [1.0, 5.0, 10.0, 18.0, 28.0];
        let name = fitted(name, NAME_SIZE, 0.5 * self.plot.width());
        let half = 0.7 * NAME_SIZE;
        let last = line.len().saturating_sub(1);
        let mut places = Vec::new();
        for [x, y] in (1..PLACES).filter_map(|place| line.get(place * last / PLACES)) {
            for distance in DISTANCES {
                for side in [-1.0, 1.0] {
                    let at = [*x, y + side * (half + distance)];
                    places.push((at, 0.03 * distance));
                }
            }
        }
        if !name.is_empty() {
            self.inside.add(Label {
                size: NAME_SIZE,
                positions: Positions::Any(places),
                ..Label::new(Importance::Note, name, self.plot.min, 0.0)
            });
        }
    }

    fn label(name: String, at: Point, style_index: usize, reach: f32) -> Label {
        Label {
            size: NAME_SIZE,
            positions: Positions::Beside,
            runs: vec![style_index],
            ..Label::new(Importance::Run, name, at, reach)
        }
    }

    /// Places the names and draws them.
    pub fn place(self) -> Vec<Item> {
        let mut items = self.column.place();
        items.extend(self.inside.place());
        items
    }
}

impl Chart<'_> {
    /// Draws like [`draw_in_range`](Self::draw_in_range), with the names of the lines at their ends, or beside the arrows of those that
    /// leave the plot. `name` returns the name of the line with an index; lines without one stay unnamed.
    pub fn draw_named(
        &self,
        series: &[Series],
        styles: &[Style],
        range: [f64; 2],
        name: &dyn Fn(usize) -> Option<String>,
    ) -> Vec<Item> {
        let has_names = |index: usize| !styles[index].is_limit() && name(index).is_some();
        let needs_space = (0..series.len()).any(has_names);
        let space = if needs_space && self.area.width() > 3.4 * NAMES_WIDTH {
            NAMES_WIDTH
        } else {
            0.0
        };
        let [right, bottom] = self.area.max;
        let chart = Chart {
            area: Area::new(self.area.min, [right - space, bottom]),
            ..*self
        };
        let mut items = chart.draw_in_range(series, styles, range);
        let plot = chart.plot();
        let (y_axis, x_axis) = (padded_axis(range, self.log), Axis::linear(self.x_range));
        let mut names = EndNames::new(plot, right, self.theme);
        for (index, (series, style)) in series.iter().zip(styles).enumerate() {
            for line in Self::lines(series, 0..series.values.len(), plot, &x_axis, &y_axis) {
                names.avoid(&line);
            }
            let Some(name) = name(index) else {
                continue;
            };
            if style.is_limit() {
                let at = |row: usize| Self::point(series, row, plot, &x_axis, &y_axis);
                let rows = 0..series.values.len();
                let inside = rows.filter_map(at).filter(|at| plot.contains(*at));
                names.add_along(&name, &inside.collect::<Vec<_>>());
                continue;
            }
            if let Some((_, at, _)) = Self::exit(series, plot, &x_axis, &y_axis) {
                names.add_exit(&name, at, series.style_index);
                continue;
            }
            let last = series.opaque_len.min(series.values.len()).checked_sub(1);
            let end = last.and_then(|row| Self::point(series, row, plot, &x_axis, &y_axis));
            if let Some(at) = end.filter(|at| space > 0.0 && plot.contains(*at)) {
                names.add_end(&name, at, series.style_index);
            }
        }
        items.extend(names.place());
        items
    }
}
