//! Labels on the map that do not cover each other.

use super::colour::Theme;
use super::drawing::{Anchor, Area, Item, Point, Text};
use super::frame::Frame;
use crate::engine::numeric::real;

/// Font size and line height of labels.
const SIZE: f32 = 10.5;
const LINE_HEIGHT: f32 = 13.0;

/// Labels placed inside a frame.
pub(super) struct Labels<'a> {
    frame: &'a Frame,
    theme: &'a Theme,
    taken: Vec<Area>,
    items: Vec<Item>,
}

impl<'a> Labels<'a> {
    /// Creates an empty set of labels that avoid the areas `taken`.
    pub(super) fn new(taken: Vec<Area>, frame: &'a Frame, theme: &'a Theme) -> Self {
        Self {
            frame,
            theme,
            taken,
            items: Vec::new(),
        }
    }

    /// Returns the placed labels as items.
    pub(super) fn into_items(self) -> Vec<Item> {
        self.items
    }

    /// Places lines of text below, above or beside a point, where they cover least.
    pub(super) fn add(&mut self, lines: &[String], [x, y]: Point) {
        let half = half_size(lines);
        let (up, side) = (half[1] + 9.0, half[0] + 10.0);
        let candidates = [
            [x, y + up],
            [x, y + up + 15.0],
            [x, y - up],
            [x + side, y],
            [x - side, y],
            [x + side, y + up],
            [x - side, y + up],
            [x + side, y - up],
            [x - side, y - up],
        ];
        let best = candidates
            .into_iter()
            .min_by(|a, b| self.cost(*a, half).total_cmp(&self.cost(*b, half)));
        if let Some(center) = best {
            self.put(lines, center, half);
        }
    }

    /// Places a text near a point, in a direction or as near to it as is free; candidates nothing if no position is free.
    pub(super) fn add_toward(&mut self, text: &str, [x, y]: Point, [dx, dy]: [f32; 2]) {
        const TURNS: [f32; 8] = [0.0, 0.125, -0.125, 0.25, -0.25, 0.375, -0.375, 0.5];
        let lines = [text.to_owned()];
        let half = half_size(&lines);
        let position = |turn: f32, gap: f32| {
            let (sin, cos) = (turn * std::f32::consts::TAU).sin_cos();
            let [ux, uy] = [dx * cos - dy * sin, dx * sin + dy * cos];
            let reach = gap + (ux * half[0]).abs() + (uy * half[1]).abs();
            [x + ux * reach, y + uy * reach]
        };
        let candidates = [5.0, 18.0].map(|gap| TURNS.map(|turn| position(turn, gap)));
        let free = candidates
            .into_iter()
            .flatten()
            .find(|center| self.cost(*center, half) <= 0.0);
        if let Some(center) = free {
            self.put(&lines, center, half);
        }
    }

    /// Returns the area that a label at a point would cover, plus four times its area outside the frame.
    fn cost(&self, center: Point, half: [f32; 2]) -> f32 {
        let area = area_around(center, half);
        let covered: f32 = self.taken.iter().map(|other| overlap(&area, other)).sum();
        let outside = area.width() * area.height() - overlap(&area, &self.frame.area);
        // Differences of equal areas leave rounding errors.
        covered + if outside > 0.01 { 4.0 * outside } else { 0.0 }
    }

    fn put(&mut self, lines: &[String], [x, middle]: Point, half: [f32; 2]) {
        self.taken.push(area_around([x, middle], half));
        let mut y = middle - half[1] + LINE_HEIGHT / 2.0;
        for line in lines {
            let text = Text::new(line, [x, y], Anchor::Middle, SIZE, self.theme.ink);
            self.items.push(Item::Text(text.with_halo(self.theme.halo)));
            y += LINE_HEIGHT;
        }
    }
}

/// Returns half of the width and height of lines of text.
fn half_size(lines: &[String]) -> [f32; 2] {
    let chars = lines.iter().map(|line| line.chars().count()).max();
    #[expect(
        clippy::cast_possible_truncation,
        reason = "pictures are drawn with f32"
    )]
    let [chars, rows] = [chars.unwrap_or(0), lines.len()].map(|count| real(count) as f32);
    [chars * SIZE * 0.26 + 2.0, rows * LINE_HEIGHT / 2.0]
}

/// Returns the square of half side `half` around a point.
pub(super) fn square_around(center: Point, half: f32) -> Area {
    area_around(center, [half, half])
}

fn area_around([x, y]: Point, half: [f32; 2]) -> Area {
    Area::new([x - half[0], y - half[1]], [x + half[0], y + half[1]])
}

/// Returns the size of the intersection of two areas.
fn overlap(a: &Area, b: &Area) -> f32 {
    let shared =
        |axis: usize| (a.max[axis].min(b.max[axis]) - a.min[axis].max(b.min[axis])).max(0.0);
    shared(0) * shared(1)
}
