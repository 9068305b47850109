//! A coarse grid over an area of a picture, which remembers what is where.

use super::drawing::{Area, Point};

/// Square cells over an area.
pub(super) struct Cells<T> {
    min: Point,
    side: f32,
    columns: usize,
    cells: Vec<T>,
}

/// Maximal number of cells along a side.
const MAX_CELLS: f32 = 2000.0;

impl<T: Copy + Default> Cells<T> {
    /// Creates the empty grid of cells of a side over an area.
    pub(super) fn new(area: Area, side: f32) -> Self {
        let count = |length: f32| index((length / side).clamp(0.0, MAX_CELLS)) + 1;
        let (columns, rows) = (count(area.width()), count(area.height()));
        Self {
            min: area.min,
            side,
            columns,
            cells: vec![T::default(); columns * rows],
        }
    }

    /// Returns the column and the row of a point; `None` outside.
    pub(super) fn place(&self, point: Point) -> Option<[usize; 2]> {
        let [x, y] = [0, 1].map(|axis| (point[axis] - self.min[axis]) / self.side);
        let inside = x >= 0.0 && y >= 0.0 && x < MAX_CELLS && y < MAX_CELLS;
        let [column, row] = [x, y].map(|share| if inside { index(share) } else { 0 });
        let exists = inside && column < self.columns && row * self.columns < self.cells.len();
        exists.then_some([column, row])
    }

    /// Returns the cell at a point.
    pub(super) fn at_mut(&mut self, point: Point) -> Option<&mut T> {
        let [column, row] = self.place(point)?;
        self.cells.get_mut(row * self.columns + column)
    }

    /// Returns the cells between two corners, those at the border included.
    pub(super) fn within(&self, area: &Area) -> impl Iterator<Item = T> {
        let [low, high] = [area.min, area.max].map(|corner| {
            [0, 1].map(|axis| index(((corner[axis] - self.min[axis]) / self.side).max(0.0)))
        });
        let rows = self.cells.chunks_exact(self.columns);
        let height = (high[1] + 1).saturating_sub(low[1]);
        let rows = rows.skip(low[1]).take(height);
        let (from, to) = (low[0].min(self.columns), (high[0] + 1).min(self.columns));
        rows.flat_map(move |row| row[from.min(to)..to].iter().copied())
    }
}

impl<T: Copy + Default> Cells<T> {
    /// Changes the cells along a line, at points that are `side` apart at most.
    pub(super) fn along(&mut self, points: &[Point], mut change: impl FnMut(&mut T)) {
        let side = self.side;
        for pair in points.windows(2) {
            for point in between(pair[0], pair[1], side) {
                if let Some(cell) = self.at_mut(point) {
                    change(cell);
                }
            }
        }
    }
}

/// Returns points on a segment from its first point on, `step` apart at most, without its last point.
pub(super) fn between(from: Point, to: Point, step: f32) -> impl Iterator<Item = Point> {
    let length = (to[0] - from[0]).hypot(to[1] - from[1]);
    let count = (length / step).ceil().clamp(1.0, 5000.0);
    (0..index(count)).map(move |k| {
        #[expect(clippy::cast_precision_loss, reason = "at most a few thousand")]
        let share = k as f32 / count;
        [0, 1].map(|axis| from[axis] + share * (to[axis] - from[axis]))
    })
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "callers clamp it to a small range; a cast saturates"
)]
fn index(value: f32) -> usize {
    value as usize
}
