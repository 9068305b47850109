//! A map: a measure of one run over two settings.

use super::{
    GridAxis, LIMIT, LIMIT_DASH, numbers_below, numbers_beside, place, ring, share, values_axis,
};
use crate::engine::analysis::sweep::{Score, SweepMap, SweepMetric};
use crate::engine::numeric::real;
use crate::figure::axis::{Axis, max_ticks};
use crate::figure::colour::{Theme, shade_colour};
use crate::figure::drawing::{Anchor, Area, Colour, Item, Point, Text, limited};
use crate::figure::map::star;
use crate::figure::trail::{border, line};
use std::sync::Arc;

/// Pixels a point, so that cells have sharp edges.
const FINE: f64 = 2.0;

/// Where the parts of a map lie.
#[derive(Clone, Debug, PartialEq)]
pub struct MapPlot {
    /// Inside of the axes.
    pub area: Area,
    /// The axes of the two settings.
    pub along: [GridAxis; 2],
    /// The axis of the measure: colours from its first to its second end.
    pub shades: Axis,
    measure: SweepMetric,
    counts: [usize; 2],
}

impl MapPlot {
    /// Lays out a map in an area, which leaves room around it for numbers: 54 points on the left, 34 below, 18 above.
    pub fn new(map: &SweepMap, measure: SweepMetric, area: Area) -> Self {
        let values = map.scores.iter().filter_map(|score| score.value(measure));
        Self {
            area,
            along: [0, 1].map(|axis| GridAxis::cells(&map.grids[axis])),
            shades: values_axis(values, measure, 0.0, true),
            measure,
            counts: [0, 1].map(|axis| map.grids[axis].len()),
        }
    }

    /// The places of the x and the y value whose cell lies at a place in the picture; `None` outside.
    pub fn index_at(&self, at: Point) -> Option<[usize; 2]> {
        if !self.area.contains(at) {
            return None;
        }
        let (min, max) = (self.area.min, self.area.max);
        Some([
            cell(share(min[0], max[0], at[0]), self.counts[0]),
            cell(share(max[1], min[1], at[1]), self.counts[1]),
        ])
    }

    /// The middle of a cell.
    pub fn place(&self, [x, y]: [usize; 2]) -> Point {
        self.at([
            super::middle(x, self.counts[0]),
            super::middle(y, self.counts[1]),
        ])
    }

    fn at(&self, [u, v]: [f64; 2]) -> Point {
        [
            place(self.area.min[0], self.area.max[0], u),
            place(self.area.max[1], self.area.min[1], v),
        ]
    }

    /// Where the values lie that the run has now; `None` beyond the axes.
    pub fn current(&self, map: &SweepMap) -> Option<Point> {
        let [x, y] = [0, 1].map(|axis| self.along[axis].current(&map.grids[axis], &map.spec));
        Some(self.at([x?, y?]))
    }

    /// The picture of the cells: columns, rows and pixels, first row on top.
    pub fn image(&self, map: &SweepMap, theme: &Theme) -> (usize, usize, Arc<Vec<Colour>>) {
        let [width, height] = [self.area.width(), self.area.height()];
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "clamped to the size of a picture"
        )]
        let side = |length: f32| (f64::from(length) * FINE).clamp(1.0, 4000.0) as usize;
        let [columns, rows] = [width, height].map(side);
        let colours: Vec<Cell> = map
            .scores
            .iter()
            .map(|score| self.cell(score, theme))
            .collect();
        let mut pixels = Vec::with_capacity(columns * rows);
        let along: Vec<usize> = (0..columns)
            .map(|column| cell(super::middle(column, columns), self.counts[0]))
            .collect();
        for row in 0..rows {
            let y = cell(1.0 - super::middle(row, rows), self.counts[1]);
            pixels.extend(along.iter().enumerate().map(|(column, x)| {
                match colours.get(y * self.counts[0] + x) {
                    Some(Cell::Shade(colour)) => *colour,
                    Some(Cell::Diverged) if hatched(column, row) => theme.faint,
                    _ => theme.problem,
                }
            }));
        }
        (columns, rows, Arc::new(pixels))
    }

    fn cell(&self, score: &Score, theme: &Theme) -> Cell {
        match score.value(self.measure) {
            Some(value) => {
                let shade = self.shades.position(value).clamp(0.0, 1.0);
                Cell::Shade(shade_colour(shade, theme))
            }
            None if score.diverged().is_some() => Cell::Diverged,
            None => Cell::Nothing,
        }
    }

    /// Draws a map with its axes: `image` is that of [`MapPlot::image`], `limits` are those of
    /// [`lr_limits`](crate::engine::analysis::sweep::lr_limits), a star stands on the best cell, a ring on the values that the
    /// run has now.
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
            inside.extend(self.limit(*axis, limits, theme));
        }
        if let Some(at) = self.current(map) {
            inside.extend(ring(at, theme.ink, theme.halo));
        }
        if let Some(best) = map.best(self.measure) {
            inside.extend(star(self.place(best), 9.0, theme));
        }
        let mut items = vec![Item::Clipped {
            area,
            items: inside,
        }];
        let [across, up] = &self.along;
        items.extend(numbers_below(
            across,
            map.grids[0].setting(),
            area,
            false,
            theme,
        ));
        items.extend(numbers_beside(
            up,
            map.grids[1].setting(),
            area,
            false,
            theme,
        ));
        items.push(border(area, 1.0, theme.ink));
        items
    }

    /// Whether an axis has places for the limits of [`lr_limits`](crate::engine::analysis::sweep::lr_limits).
    pub(super) fn shows(&self, limits: &(usize, Vec<Option<f64>>)) -> bool {
        let numbers = matches!(self.along.get(limits.0), Some(GridAxis::Numbers(_)));
        numbers && limits.1.iter().any(Option::is_some)
    }

    /// The learning rates at which theory expects divergence, for each value of the other setting.
    fn limit(&self, axis: usize, limits: &[Option<f64>], theme: &Theme) -> Vec<Item> {
        let Some(GridAxis::Numbers(lr)) = self.along.get(axis) else {
            return Vec::new();
        };
        let mut pieces: Vec<Vec<Point>> = vec![Vec::new()];
        for (index, limit) in limits.iter().enumerate() {
            let at = limit.map(|limit| lr.position(limit));
            match (at.filter(|at| (-0.2..=1.2).contains(at)), pieces.last_mut()) {
                (Some(along), Some(piece)) => {
                    let other = super::middle(index, limits.len());
                    let place = if axis == 0 {
                        [along, other]
                    } else {
                        [other, along]
                    };
                    piece.push(self.at(place));
                }
                (None, Some(piece)) if !piece.is_empty() => pieces.push(Vec::new()),
                _ => {}
            }
        }
        let inside = |point: &&Point| self.area.contains(**point);
        let named = pieces
            .iter()
            .max_by_key(|piece| piece.iter().filter(inside).count());
        let name = named.and_then(|piece| {
            let seen: Vec<&Point> = piece.iter().filter(inside).collect();
            seen.get(seen.len() / 2).copied().copied()
        });
        let mut items = Vec::new();
        for piece in pieces.iter().filter(|piece| piece.len() > 1) {
            items.push(line(piece.clone(), 3.4, theme.halo, &[]));
            items.push(line(piece.clone(), 1.4, theme.ink, LIMIT_DASH));
        }
        items.extend(name.map(|[x, y]| {
            let left = x > f32::midpoint(self.area.min[0], self.area.max[0]);
            Item::Text(Text {
                text: LIMIT.to_owned(),
                at: [if left { x - 8.0 } else { x + 8.0 }, y - 9.0],
                anchor: if left { Anchor::End } else { Anchor::Start },
                size: 11.0,
                colour: theme.ink,
                halo: Some(theme.halo),
                upright: false,
            })
        }));
        items
    }

    /// The scale of colours in an area of its own, which leaves 50 points on its right for numbers.
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
            let y = place(area.max[1], area.min[1], self.shades.position(tick.value));
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
        let name = format!("{} {}", self.measure.title(), ticks.offset);
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

/// What a cell shows.
enum Cell {
    Shade(Colour),
    Diverged,
    Nothing,
}

/// Whether a pixel of a hatched cell is dark: stripes that rise to the right.
fn hatched(column: usize, row: usize) -> bool {
    (column + row) % 12 < 4
}

/// A hatched piece for the legend.
pub(super) fn hatch(area: Area, theme: &Theme) -> Vec<Item> {
    let (columns, rows) = (48, 24);
    let pixel = |index: usize| {
        if hatched(index % columns, index / columns) {
            theme.faint
        } else {
            theme.problem
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

/// The cell at a share of the way along `count` of them.
fn cell(share: f64, count: usize) -> usize {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to the cells"
    )]
    let cell = limited(share * real(count), 0.0, real(count.saturating_sub(1))) as usize;
    cell
}
