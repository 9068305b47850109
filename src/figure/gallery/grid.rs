//! The grid of the gallery: cells of groups, and their places on a page.

use super::{FOOTER, GAP, HEADER, HEADING, MARGIN, TITLE};
use crate::figure::drawing::{Area, Point};

/// A cell of the grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cell {
    pub(super) row: u16,
    pub(super) column: u16,
}

/// The grid of the gallery.
pub(super) struct Grid {
    /// The cells of each group, in order.
    pub(super) cells: Vec<Vec<Cell>>,
    /// Distance from one cell to the next.
    pub(super) pitch: Point,
    /// Side of each map.
    pub(super) side: f32,
}

impl Grid {
    /// Returns the grid whose maps are largest.
    pub(super) fn choose(counts: &[usize], [width, height]: [f32; 2]) -> Self {
        let total = counts.iter().sum::<usize>().clamp(1, 1000);
        let space = [
            (width - 2.0 * MARGIN).max(1.0),
            (height - HEADER - FOOTER).max(1.0),
        ];
        let with = |columns: u16| {
            let (cells, rows) = arrange(counts, columns);
            let pitch = [
                (space[0] + GAP) / f32::from(columns),
                space[1] / f32::from(rows),
            ];
            let side = (pitch[0] - GAP)
                .min(pitch[1] - HEADING - TITLE - 2.0)
                .max(1.0);
            Self { cells, pitch, side }
        };
        let mut best = with(1);
        for columns in 2..=u16::try_from(total).unwrap_or(1000) {
            let grid = with(columns);
            if grid.side > best.side {
                best = grid;
            }
        }
        best
    }

    /// Returns the area of the map in a cell.
    pub(super) fn area(&self, cell: Cell) -> Area {
        let slack = self.pitch[0] - GAP - self.side;
        let left = MARGIN + f32::from(cell.column) * self.pitch[0] + 0.5 * slack;
        let top = HEADER + f32::from(cell.row) * self.pitch[1] + HEADING;
        Area::new([left, top], [left + self.side, top + self.side])
    }
}

/// Returns the cells of groups with `counts` members, and the number of rows: a group stays in one row if it fits, and groups share rows.
pub(super) fn arrange(counts: &[usize], columns: u16) -> (Vec<Vec<Cell>>, u16) {
    let (mut row, mut column) = (0, 0);
    let mut cells = Vec::new();
    for &count in counts {
        if column > 0 && usize::from(columns - column) < count {
            (row, column) = (row + 1, 0);
        }
        let mut group = Vec::new();
        for _ in 0..count {
            if column == columns {
                (row, column) = (row + 1, 0);
            }
            group.push(Cell { row, column });
            column += 1;
        }
        cells.push(group);
    }
    (cells, row + 1)
}
