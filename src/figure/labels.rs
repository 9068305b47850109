//! Placement of labels in a plot: no label covers another one, a mark, or the border.
//!
//! Whatever draws into a plot adds its labels, and blocks the areas of its marks. [`Labels::place`] then places all of them, the most
//! important ones first; a label without a free position is left out, and the name of a run joins another one in a chip like "6 runs".

mod candidates;
mod chips;
mod geometry;
#[cfg(test)]
mod tests;

use super::cells::{Cells, between};
use super::colour::{Theme, run_colour, run_marker};
use super::drawing::{Anchor, Area, Colour, Item, Point, Text};
use super::text_width;
use super::trail::line;
use candidates::candidates;
use geometry::{area_around, cross, distance, intersect};

/// Height of a line of text, in font sizes.
const LINE: f32 = 1.22;

/// Distance that labels keep from each other, and from the border.
const GAP: f32 = 2.5;

/// Side of the cells that remember paths, in points.
const CELL: f32 = 4.0;

/// Distance from a mark beyond which its label has a leader line.
const LEADER: f32 = 16.0;

/// Distances between two numbers of contour lines: at least, and preferably.
const CONTOUR_DISTANCES: [f32; 2] = [30.0, 70.0];

/// Importance of labels; the first ones are placed first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Importance {
    /// Names of runs.
    Run,
    /// Values of minima and saddles.
    Point,
    /// Symbols of the optimizer state.
    State,
    /// Notes on the whole plot.
    Note,
    /// Numbers on contour lines.
    Contour,
}

/// The positions that a label may take.
#[derive(Clone, Debug, PartialEq)]
pub enum Positions {
    /// Around a mark.
    Around,
    /// To the right of a mark, to its left, and above and below these.
    Beside,
    /// In a direction from a mark, or as near to it as is free.
    Toward([f32; 2]),
    /// Centered on one of these points, which are on the contour line with this number.
    On(Vec<Point>, u16),
    /// Centered on one of these points, each with what it costs.
    Any(Vec<(Point, f32)>),
    /// In one of the plot's corners.
    Corner,
}

/// A label that has no position yet.
#[derive(Clone, Debug)]
pub struct Label {
    /// Importance.
    pub importance: Importance,
    /// The lines of the text.
    pub lines: Vec<String>,
    /// Font size.
    pub size: f32,
    /// The point that is labelled.
    pub at: Point,
    /// Radius of the mark at this point.
    pub reach: f32,
    /// The positions that it may take.
    pub positions: Positions,
    /// Style indices of the runs that the label names; their markers precede the text.
    pub runs: Vec<usize>,
    /// Whether the text has a background with a border.
    pub boxed: bool,
}

impl Label {
    /// Creates a label of one line with positions around a mark.
    pub fn new(importance: Importance, text: impl Into<String>, at: Point, reach: f32) -> Self {
        Self {
            importance,
            lines: vec![text.into()],
            size: 10.5,
            at,
            reach,
            positions: Positions::Around,
            runs: Vec::new(),
            boxed: false,
        }
    }

    /// Returns the width of the markers before the text.
    fn swatch_width(&self) -> f32 {
        #[expect(clippy::cast_precision_loss, reason = "at most six")]
        let count = self.runs.len().min(chips::MAX_SWATCHES) as f32;
        if count > 0.0 { 11.0 * count + 3.0 } else { 0.0 }
    }

    /// Returns half of the width and height.
    fn half_size(&self) -> [f32; 2] {
        let widths = self.lines.iter();
        let widths = widths.map(|line| text_width::width(line, self.size));
        #[expect(clippy::cast_precision_loss, reason = "a few lines")]
        let height = self.lines.len() as f32 * LINE * self.size;
        let padding = if self.boxed { 4.0 } else { 1.0 };
        [
            0.5 * (widths.fold(0.0, f32::max) + self.swatch_width()) + padding,
            0.5 * height + if self.boxed { 2.0 } else { 0.0 },
        ]
    }
}

/// Labels of a plot, and what they must not cover.
pub struct Labels<'a> {
    area: Area,
    theme: &'a Theme,
    taken: Vec<Area>,
    /// Cells with the path of a run.
    paths: Cells<bool>,
    /// Cells with a contour line: its number plus 1, or `u16::MAX` for several.
    contours: Cells<u16>,
    labels: Vec<Label>,
    max_contours: usize,
    contour_centers: Vec<Point>,
    /// Leader lines of the labels that are placed.
    leaders: Vec<[Point; 2]>,
    /// Whether a name of a run that has no place next to it is left out, because a legend has it.
    has_legend: bool,
    /// Whether names of runs without a place join in chips.
    has_chips: bool,
}

impl<'a> Labels<'a> {
    /// Creates an empty set of labels for a plot.
    pub fn new(area: Area, theme: &'a Theme) -> Self {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "clamped to a small number"
        )]
        let max_contours = (area.width() * area.height() / 14_000.0).clamp(2.0, 10.0) as usize;
        Self {
            area,
            theme,
            taken: Vec::new(),
            paths: Cells::new(area, CELL),
            contours: Cells::new(area, CELL),
            labels: Vec::new(),
            max_contours,
            contour_centers: Vec::new(),
            leaders: Vec::new(),
            has_legend: false,
            has_chips: true,
        }
    }

    /// Leaves out names of runs that have no place, rather than joining them in chips.
    #[must_use]
    pub fn without_chips(self) -> Self {
        Self {
            has_chips: false,
            ..self
        }
    }

    /// Leaves out names of runs that have no place next to them, because a legend names them.
    #[must_use]
    pub fn with_legend(self) -> Self {
        Self {
            has_legend: true,
            has_chips: false,
            ..self
        }
    }

    /// Keeps labels off an area.
    pub fn block(&mut self, area: Area) {
        self.taken.push(area);
    }

    /// Keeps labels off a mark of a radius around a point.
    pub fn block_mark(&mut self, at: Point, radius: f32) {
        self.block(area_around(at, [radius; 2]));
    }

    /// Makes labels avoid a path where they can.
    pub fn avoid(&mut self, path: &[Point]) {
        self.paths.along(path, |cell| *cell = true);
    }

    /// Remembers a contour line, so that numbers of other ones avoid it.
    pub(super) fn add_contour(&mut self, path: &[Point], level: u16) {
        let own = level.saturating_add(1);
        self.contours.along(path, |cell| {
            *cell = if *cell == 0 || *cell == own {
                own
            } else {
                u16::MAX
            };
        });
    }

    /// Adds a label.
    pub fn add(&mut self, label: Label) {
        self.labels.push(label);
    }

    /// Places all labels and draws them.
    pub fn place(mut self) -> Vec<Item> {
        let mut labels = std::mem::take(&mut self.labels);
        labels.sort_by_key(|label| label.importance);
        let count = labels.partition_point(|label| label.importance == Importance::Run);
        let others = labels.split_off(count);
        let runs = if self.has_chips {
            chips::gathered(labels)
        } else {
            labels
        };
        let mut placed = self.place_runs(runs);
        for label in others {
            let is_contour = label.importance == Importance::Contour;
            if is_contour && self.contour_centers.len() >= self.max_contours {
                continue;
            }
            if let Some(center) = self.free_center(&label) {
                self.take(&label, center);
                if is_contour {
                    self.contour_centers.push(center);
                }
                placed.push((label, center));
            }
        }
        let mut items = Vec::new();
        items.extend(
            placed
                .iter()
                .filter_map(|(label, at)| self.leader(label, *at)),
        );
        items.extend(placed.iter().flat_map(|(label, at)| self.items(label, *at)));
        items
    }

    /// Places the names of runs. A name without a free position joins the one of the nearest run.
    fn place_runs(&mut self, mut labels: Vec<Label>) -> Vec<(Label, Point)> {
        let blocked = [self.taken.len(), self.leaders.len()];
        loop {
            let mut placed = Vec::new();
            let mut homeless = None;
            for (index, label) in labels.iter().enumerate() {
                match self.free_center(label) {
                    Some(center) => {
                        self.take(label, center);
                        placed.push((label.clone(), center));
                    }
                    None => homeless = homeless.or(Some(index)),
                }
            }
            let Some(index) = homeless.filter(|_| self.has_chips && labels.len() > 1) else {
                return placed;
            };
            self.taken.truncate(blocked[0]);
            self.leaders.truncate(blocked[1]);
            chips::join_nearest(&mut labels, index);
        }
    }

    /// Keeps other labels off a label and its leader line.
    fn take(&mut self, label: &Label, center: Point) {
        let half = label.half_size();
        self.taken.push(area_around(center, half));
        self.leaders.extend(leader_ends(label, center, half));
    }

    /// Returns the best free center of a label; `None` if there is none.
    fn free_center(&self, label: &Label) -> Option<Point> {
        let half = label.half_size();
        let centers = candidates(label, half, &self.area).into_iter();
        let free = centers
            .filter_map(|(center, cost)| Some((center, cost + self.cost(label, center, half)?)));
        free.min_by(|a, b| a.1.total_cmp(&b.1))
            .map(|(center, _)| center)
    }

    /// Returns how much a label hides at a center; `None` if it would cover something that it must not.
    fn cost(&self, label: &Label, center: Point, half: [f32; 2]) -> Option<f32> {
        let area = area_around(center, half);
        let wide = area_around(center, half.map(|side| side + GAP));
        let is_inside = (0..2).all(|axis| {
            wide.min[axis] >= self.area.min[axis] && wide.max[axis] <= self.area.max[axis]
        });
        if !is_inside || self.taken.iter().any(|taken| intersect(taken, &wide)) {
            return None;
        }
        let mut cost = 0.0;
        let on_paths = self.paths.within(&area).filter(|cell| *cell);
        for _ in on_paths {
            cost += 0.7;
        }
        if let Positions::On(_, level) = label.positions {
            if cost > 2.0 {
                return None;
            }
            let others = self.contours.within(&area);
            for _ in others.filter(|cell| *cell != 0 && *cell != level + 1) {
                cost += 0.8;
            }
            let distances = self
                .contour_centers
                .iter()
                .map(|other| distance(*other, center));
            let nearest = distances.fold(f32::INFINITY, f32::min);
            if nearest < CONTOUR_DISTANCES[0] {
                return None;
            }
            cost += 0.1 * (CONTOUR_DISTANCES[1] - nearest).max(0.0);
        }
        // A label on a leader line, or two lines that cross, can be read either way.
        let is_on = |[from, to]: &[Point; 2]| between(*from, *to, 5.0).any(|at| area.contains(at));
        if self.leaders.iter().any(is_on) {
            cost += 12.0;
        }
        if let Some([from, to]) = leader_ends(label, center, half) {
            if self.has_legend && label.importance == Importance::Run {
                return None;
            }
            let crosses = |point: Point| self.taken.iter().any(|taken| taken.contains(point));
            if between(from, to, 5.0).any(crosses) {
                cost += 12.0;
            }
            if self.leaders.iter().any(|other| cross([from, to], *other)) {
                cost += 30.0;
            }
        }
        Some(cost)
    }

    /// Draws the line from a mark to its label, if that is far away.
    fn leader(&self, label: &Label, center: Point) -> Option<Item> {
        let ends = leader_ends(label, center, label.half_size())?;
        Some(line(ends.to_vec(), 0.8, self.theme.ink.opacity(0.65), &[]))
    }

    fn items(&self, label: &Label, center: Point) -> Vec<Item> {
        let theme = self.theme;
        let half = label.half_size();
        let mut items = Vec::new();
        let area = area_around(center, half);
        if label.boxed {
            items.push(Item::filled(area.corners(), theme.background.opacity(0.88)));
            let rim = match *label.runs {
                [only] => run_colour(only, theme),
                _ => theme.ink.opacity(0.5),
            };
            items.push(Item::outline(area.corners(), 1.0, rim));
        }
        let swatches = label.swatch_width();
        let padding = if label.boxed { 4.0 } else { 1.0 };
        // The marker of a name to the left of its run is next to the run.
        let is_left = center[0] + half[0] <= label.at[0] && label.runs.len() == 1;
        let left = area.min[0] + padding;
        let mut x = if is_left {
            area.max[0] - padding - 5.0
        } else {
            left + 6.0
        };
        for run in label.runs.iter().take(chips::MAX_SWATCHES) {
            let colour = run_colour(*run, theme);
            items.extend(run_marker(*run).items([x, center[1]], 3.8, colour, theme.halo));
            x += 11.0;
        }
        let start_aligned = swatches > 0.0 || label.boxed;
        let (x, anchor) = if start_aligned {
            (left + if is_left { 0.0 } else { swatches }, Anchor::Start)
        } else {
            (center[0], Anchor::Middle)
        };
        #[expect(clippy::cast_precision_loss, reason = "a few lines")]
        let first = center[1] - 0.5 * LINE * label.size * (label.lines.len() as f32 - 1.0);
        let mut y = first;
        for line in &label.lines {
            let text = Text::new(line, [x, y], anchor, label.size, theme.ink);
            let halo: Option<Colour> = (!label.boxed).then_some(theme.halo);
            items.push(Item::Text(Text { halo, ..text }));
            y += LINE * label.size;
        }
        items
    }
}

/// Returns the ends of the line from a mark to its label: on the mark's rim and on the label's border. `None` for a label near its mark.
fn leader_ends(label: &Label, center: Point, half: [f32; 2]) -> Option<[Point; 2]> {
    if matches!(
        label.positions,
        Positions::On(..) | Positions::Any(_) | Positions::Corner
    ) {
        return None;
    }
    let to = [0, 1].map(|axis| {
        let low = label.at[axis].max(center[axis] - half[axis]);
        low.min(center[axis] + half[axis])
    });
    let length = distance(label.at, to);
    let share = label.reach / length.max(f32::MIN_POSITIVE);
    let from = [0, 1].map(|axis| label.at[axis] + share * (to[axis] - label.at[axis]));
    (length > label.reach + LEADER).then_some([from, to])
}
