//! Columns of pixels, to which the points of long lines are thinned.

use crate::figure::drawing::Point;

/// The points of a line that fall into one column of pixels.
#[derive(Default)]
pub(super) struct Column {
    points: Vec<Point>,
}

impl Column {
    /// Whether a point falls into the column.
    pub(super) fn contains(&self, point: Point) -> bool {
        self.points
            .first()
            .is_none_or(|first| (point[0] - first[0]).abs() < 0.5)
    }

    /// Adds a point; of many points the first, the lowest, the highest and the last are kept.
    pub(super) fn add(&mut self, point: Point) {
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

    /// Moves the points to a line.
    pub(super) fn flush(&mut self, line: &mut Vec<Point>) {
        for point in self.points.drain(..) {
            if line.last() != Some(&point) {
                line.push(point);
            }
        }
    }
}
