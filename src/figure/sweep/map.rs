//! A map: a metric of one run over two settings.

use super::{GridAxis, LIMIT, LIMIT_DASH, ring, share, values_axis, x_axis_items, y_axis_items};
use crate::engine::analysis::sweep::{Score, SweepMap, SweepMetric};
use crate::engine::numeric::real;
use crate::figure::axis::{Axis, max_ticks};
use crate::figure::colour::{Theme, shade_colour};
use crate::figure::drawing::{Anchor, Area, Colour, Item, Point, Text, lerp, limited};
use crate::figure::map::star;
use crate::figure::trail::{border, line};
use std::sync::Arc;

/// Pixels per point, so that cells have sharp edges.
const PIXELS_PER_POINT: f64 = 2.0;

/// Layout of a map.
#[derive(Clone, Debug, PartialEq)]
pub struct MapPlot {
    /// The area inside the axes.
    pub area: Area,
    /// The axes of the two settings.
    pub axes: [GridAxis; 2],
    /// The axis of the metric: its positions are the shades of the colour map.
    pub shades: Axis,
    metric: SweepMetric,
    counts: [usize; 2],
}

impl MapPlot {
    /// Lays out a map in an area, with space around it for tick labels: 54 points on the left, 34 below, 18 above.
    pub fn new(map: &SweepMap, metric: SweepMetric, area: Area) -> Self {
        let values = map.scores.iter().filter_map(|score| score.value(metric));
        Self {
            area,
            axes: [0, 1].map(|axis| GridAxis::cells(&map.grids[axis])),
            shades: values_axis(values, metric, 0.0, true),
            metric,
            counts: [0, 1].map(|axis| map.grids[axis].len()),
        }
    }

    /// Returns the indices of the x and the y value whose cell is at a point of the picture; `None` outside.
    pub fn index_at(&self, at: Point) -> Option<[usize; 2]> {
        if !self.area.contains(at) {
            return None;
        }
        let (min, max) = (self.area.min, self.area.max);
        Some([
            cell_index(share(min[0], max[0], at[0]), self.counts[0]),
            cell_index(share(max[1], min[1], at[1]), self.counts[1]),
        ])
    }

    /// Returns the center of a cell.
    pub fn center(&self, [x, y]: [usize; 2]) -> Point {
        self.point([
            super::middle(x, self.counts[0]),
            super::middle(y, self.counts[1]),
        ])
    }

    fn point(&self, [u, v]: [f64; 2]) -> Point {
        [
            lerp(self.area.min[0], self.area.max[0], u),
            lerp(self.area.max[1], self.area.min[1], v),
        ]
    }

    /// Returns the position of the run's current values; `None` beyond the axes.
    pub fn current(&self, map: &SweepMap) -> Option<Point> {
        let [x, y] = [0, 1].map(|axis| self.axes[axis].current(&map.grids[axis], &map.spec));
        Some(self.point([x?, y?]))
    }

    /// Returns the image of the cells: columns, rows and pixels, first row on top.
    pub fn image(&self, map: &SweepMap, theme: &Theme) -> (usize, usize, Arc<Vec<Colour>>) {
        let [width, height] = [self.area.width(), self.area.height()];
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "clamped to the size of a picture"
        )]
        let side = |length: f32| (f64::from(length) * PIXELS_PER_POINT).clamp(1.0, 4000.0) as usize;
        let [columns, rows] = [width, height].map(side);
        let cells: Vec<Cell> = map
            .scores
            .iter()
            .map(|score| self.cell(score, theme))
            .collect();
        let mut pixels = Vec::with_capacity(columns * rows);
        let x_indices: Vec<usize> = (0..columns)
            .map(|column| cell_index(super::middle(column, columns), self.counts[0]))
            .collect();
        for row in 0..rows {
            let y = cell_index(1.0 - super::middle(row, rows), self.counts[1]);
            pixels.extend(x_indices.iter().enumerate().map(|(column, x)| {
                match cells.get(y * self.counts[0] + x) {
                    Some(Cell::Shade(colour)) => *colour,
                    Some(Cell::Diverged) if hatched(column, row) => theme.faint,
                    _ => theme.plot_background,
                }
            }));
        }
        (columns, rows, Arc::new(pixels))
    }

    fn cell(&self, score: &Score, theme: &Theme) -> Cell {
        match score.value(self.metric) {
            Some(value) => {
                let shade = self.shades.position(value).clamp(0.0, 1.0);
                Cell::Shade(shade_colour(shade, theme))
            }
            None if score.diverged().is_some() => Cell::Diverged,
            None => Cell::Empty,
        }
    }

    /// Draws a map with its axes: `image` comes from [`MapPlot::image`], `limits` from
    /// [`lr_limits`](crate::engine::analysis::sweep::lr_limits). A star marks the best cell, a ring the run's current values.
    pub fn draw(
        &self,
        map: &SweepMap,
        image: &(usize, usize, Arc<Vec<Colour>>),
        limits: Option<&(usize, Vec<Option<f64>>)>,
        theme: &Theme,
    ) -> Vec<Item> {
        let area = self.area;
        let (columns, rows, pixels) = (image.0, image.1, Arc::clone(&image.2));
        let mut inside = vec![Item::Image {
            area,
            columns,
            rows,
            pixels,
        }];
        if let Some((axis, limits)) = limits {
            inside.extend(self.limit_line(*axis, limits, theme));
        }
        if let Some(at) = self.current(map) {
            inside.extend(ring(at, theme.ink, theme.halo));
        }
        if let Some(best) = map.best(self.metric) {
            inside.extend(star(self.center(best), 9.0, theme));
        }
        let mut items = vec![Item::Clipped {
            area,
            items: inside,
        }];
        let [x_axis, y_axis] = &self.axes;
        items.extend(x_axis_items(
            x_axis,
            map.grids[0].setting(),
            area,
            false,
            theme,
        ));
        items.extend(y_axis_items(
            y_axis,
            map.grids[1].setting(),
            area,
            false,
            theme,
        ));
        items.push(border(area, 1.0, theme.ink));
        items
    }

    /// Whether the limits of [`lr_limits`](crate::engine::analysis::sweep::lr_limits) can be drawn: an axis of numbers, and any known limit.
    pub(super) fn shows_limits(&self, limits: &(usize, Vec<Option<f64>>)) -> bool {
        let numbers = matches!(self.axes.get(limits.0), Some(GridAxis::Numbers(_)));
        numbers && limits.1.iter().any(Option::is_some)
    }

    /// Draws the learning rates above which theory expects divergence, for each value of the other setting.
    fn limit_line(&self, axis: usize, limits: &[Option<f64>], theme: &Theme) -> Vec<Item> {
        let Some(GridAxis::Numbers(lr_axis)) = self.axes.get(axis) else {
            return Vec::new();
        };
        let mut pieces: Vec<Vec<Point>> = vec![Vec::new()];
        for (index, limit) in limits.iter().enumerate() {
            let at = limit.map(|limit| lr_axis.position(limit));
            match (at.filter(|at| (-0.2..=1.2).contains(at)), pieces.last_mut()) {
                (Some(lr), Some(piece)) => {
                    let other = super::middle(index, limits.len());
                    let point = if axis == 0 { [lr, other] } else { [other, lr] };
                    piece.push(self.point(point));
                }
                (None, Some(piece)) if !piece.is_empty() => pieces.push(Vec::new()),
                _ => {}
            }
        }
        let inside = |point: &&Point| self.area.contains(**point);
        // The name is at the middle of the piece that is longest inside the area.
        let longest = pieces
            .iter()
            .max_by_key(|piece| piece.iter().filter(inside).count());
        let name_at = longest.and_then(|piece| {
            let visible: Vec<&Point> = piece.iter().filter(inside).collect();
            visible.get(visible.len() / 2).copied().copied()
        });
        let mut items = Vec::new();
        for piece in pieces.iter().filter(|piece| piece.len() > 1) {
            items.push(line(piece.clone(), 3.4, theme.halo, &[]));
            items.push(line(piece.clone(), 1.4, theme.ink, LIMIT_DASH));
        }
        items.extend(name_at.map(|[x, y]| {
            let (x, anchor) = if x > f32::midpoint(self.area.min[0], self.area.max[0]) {
                (x - 8.0, Anchor::End)
            } else {
                (x + 8.0, Anchor::Start)
            };
            let text = Text::new(LIMIT, [x, y - 9.0], anchor, 11.0, theme.ink);
            Item::Text(text.with_halo(theme.halo))
        }));
        items
    }

    /// Draws the colour bar in an area of its own, which leaves 50 points on its right for tick labels.
    pub fn colour_bar(&self, area: Area, theme: &Theme) -> Vec<Item> {
        const STEPS: usize = 128;
        let shade = |row: usize| shade_colour(1.0 - super::middle(row, STEPS), theme);
        let mut items = vec![Item::Image {
            area,
            columns: 1,
            rows: STEPS,
            pixels: Arc::new((0..STEPS).map(shade).collect()),
        }];
        let ticks = self.shades.ticks(max_ticks(area.height(), 24.0));
        for tick in &ticks.ticks {
            let y = lerp(area.max[1], area.min[1], self.shades.position(tick.value));
            let points = vec![[area.max[0], y], [area.max[0] + 4.0, y]];
            items.push(line(points, 1.0, theme.ink, &[]));
            let at = [area.max[0] + 7.0, y];
            items.push(super::write(
                tick.label.clone(),
                at,
                Anchor::Start,
                11.0,
                theme.ink,
            ));
        }
        let at = [area.min[0], area.min[1] - 11.0];
        let name = format!("{} {}", self.metric.title(), ticks.offset);
        items.push(super::write(
            name.trim(),
            at,
            Anchor::Start,
            11.0,
            theme.ink,
        ));
        items.push(border(area, 1.0, theme.ink));
        items
    }
}

/// The appearance of a cell: shaded by its metric, diverged, or without a metric.
enum Cell {
    Shade(Colour),
    Diverged,
    Empty,
}

/// Whether a pixel of a hatched cell is dark: diagonal stripes that rise to the right.
fn hatched(column: usize, row: usize) -> bool {
    (column + row) % 12 < 4
}

/// Draws a hatched rectangle for the legend.
pub(super) fn hatch(area: Area, theme: &Theme) -> Vec<Item> {
    let (columns, rows) = (48, 24);
    let pixel = |index: usize| {
        if hatched(index % columns, index / columns) {
            theme.faint
        } else {
            theme.plot_background
        }
    };
    let pixels = Arc::new((0..columns * rows).map(pixel).collect());
    vec![
        Item::Image {
            area,
            columns,
            rows,
            pixels,
        },
        border(area, 0.8, theme.ink),
    ]
}

/// Returns the index of the cell at a position from 0 to 1 along `count` cells.
fn cell_index(share: f64, count: usize) -> usize {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to the cells"
    )]
    let index = limited(share * real(count), 0.0, real(count.saturating_sub(1))) as usize;
    index
}
