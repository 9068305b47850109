//! Labels on the map that keep out of each other's way.

use super::colour::Theme;
use super::drawing::{Anchor, Area, Item, Point, Text};
use super::frame::Frame;
use crate::engine::numeric::real;

const LETTERS: f32 = 10.5;
const LINE_HEIGHT: f32 = 13.0;

/// Labels inside a frame.
pub(super) struct Labels<'a> {
    frame: &'a Frame,
    theme: &'a Theme,
    taken: Vec<Area>,
    items: Vec<Item>,
}

impl<'a> Labels<'a> {
    /// No labels yet; `taken` is in their way.
    pub(super) fn new(taken: Vec<Area>, frame: &'a Frame, theme: &'a Theme) -> Self {
        Self {
            frame,
            theme,
            taken,
            items: Vec::new(),
        }
    }

    /// The labels.
    pub(super) fn into_items(self) -> Vec<Item> {
        self.items
    }

    /// Puts lines below, above or beside a point, wherever they cover least.
    pub(super) fn add(&mut self, lines: &[String], [x, y]: Point) {
        let half = half_size(lines);
        let (up, side) = (half[1] + 9.0, half[0] + 10.0);
        let places = [
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
        let best = places
            .into_iter()
            .min_by(|a, b| self.cost(*a, half).total_cmp(&self.cost(*b, half)));
        if let Some(place) = best {
            self.put(lines, place, half);
        }
    }

    /// Puts a text near a point, in a direction or else as near to it as there is room; nowhere if there is none.
    pub(super) fn add_toward(&mut self, text: &str, [x, y]: Point, [dx, dy]: [f32; 2]) {
        const TURNS: [f32; 8] = [0.0, 0.125, -0.125, 0.25, -0.25, 0.375, -0.375, 0.5];
        let lines = [text.to_owned()];
        let half = half_size(&lines);
        let towards = |turn: f32, gap: f32| {
            let (sin, cos) = (turn * std::f32::consts::TAU).sin_cos();
            let [ux, uy] = [dx * cos - dy * sin, dx * sin + dy * cos];
            let reach = gap + (ux * half[0]).abs() + (uy * half[1]).abs();
            [x + ux * reach, y + uy * reach]
        };
        let places = [5.0, 18.0].map(|gap| TURNS.map(|turn| towards(turn, gap)));
        let free = places
            .into_iter()
            .flatten()
            .find(|place| self.cost(*place, half) <= 0.0);
        if let Some(place) = free {
            self.put(&lines, place, half);
        }
    }

    /// How much is covered by a label about a place, and four times how much of it lies outside.
    fn cost(&self, place: Point, half: [f32; 2]) -> f32 {
        let area = about(place, half);
        let covered: f32 = self.taken.iter().map(|other| overlap(&area, other)).sum();
        let outside = area.width() * area.height() - overlap(&area, &self.frame.area);
        // What is left over of a difference of equals is nothing.
        covered + if outside > 0.01 { 4.0 * outside } else { 0.0 }
    }

    fn put(&mut self, lines: &[String], [x, middle]: Point, half: [f32; 2]) {
        self.taken.push(about([x, middle], half));
        let mut y = middle - half[1] + LINE_HEIGHT / 2.0;
        for line in lines {
            self.items.push(Item::Text(Text {
                text: line.clone(),
                at: [x, y],
                anchor: Anchor::Middle,
                size: LETTERS,
                colour: self.theme.ink,
                halo: Some(self.theme.halo),
                upright: false,
            }));
            y += LINE_HEIGHT;
        }
    }
}

/// Half of the width and of the height of lines.
fn half_size(lines: &[String]) -> [f32; 2] {
    let letters = lines.iter().map(|line| line.chars().count()).max();
    #[expect(
        clippy::cast_possible_truncation,
        reason = "pictures are drawn with f32"
    )]
    let [letters, rows] = [letters.unwrap_or(0), lines.len()].map(|count| real(count) as f32);
    [letters * LETTERS * 0.26 + 2.0, rows * LINE_HEIGHT / 2.0]
}

/// The area so far around a point.
pub(super) fn around(at: Point, reach: f32) -> Area {
    about(at, [reach, reach])
}

fn about([x, y]: Point, half: [f32; 2]) -> Area {
    Area::new([x - half[0], y - half[1]], [x + half[0], y + half[1]])
}

/// What two areas share.
fn overlap(a: &Area, b: &Area) -> f32 {
    let along =
        |axis: usize| (a.max[axis].min(b.max[axis]) - a.min[axis].max(b.min[axis])).max(0.0);
    along(0) * along(1)
}
