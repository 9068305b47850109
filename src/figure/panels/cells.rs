//! The cells of the panels of a figure.

use super::Panel;
use super::drawer::{BAR, LEFT};
use crate::figure::drawing::Area;

/// Space between panels.
pub(super) const GAP: f32 = 10.0;

/// Width of a chart's margins.
const CHART_MARGINS: f32 = 54.0;

/// Returns the cells of panels: a map or a page beside or above the charts that follow it, others in a grid.
pub(super) fn cells(area: Area, panels: &[Panel]) -> Vec<Area> {
    let rest = panels.len().saturating_sub(1);
    let is_wide = matches!(panels.first(), Some(Panel::Map | Panel::Page(_)));
    if !is_wide || rest == 0 {
        return grid(area, panels.len());
    }
    let (mut first, mut others) = (area, area);
    if area.width() > 1.1 * area.height() {
        let middle = match panels.first() {
            // Map and charts are equally wide without their axes and the colour bar.
            Some(Panel::Map) => 0.5 * (area.width() + LEFT + BAR - CHART_MARGINS),
            _ => 0.56 * area.width(),
        };
        let middle = area.min[0] + middle;
        first.max[0] = middle;
        others.min[0] = middle + GAP;
        let mut all = vec![first];
        all.extend(split(others, rest, 1));
        return all;
    }
    let middle = area.min[1] + 0.6 * area.height();
    first.max[1] = middle;
    others.min[1] = middle + GAP;
    let mut all = vec![first];
    all.extend(grid(others, rest));
    all
}

/// Returns cells that are about 3:2, in as many rows as needed.
pub(super) fn grid(area: Area, count: usize) -> Vec<Area> {
    let shape = |rows: usize| {
        let cell = split(area, rows, count.div_ceil(rows))[0];
        let ratio = cell.width().max(1.0) / cell.height().max(1.0);
        (ratio / 1.5).ln().abs()
    };
    let rows = (1..=count.max(1)).min_by(|a, b| shape(*a).total_cmp(&shape(*b)));
    let rows = rows.unwrap_or(1);
    let mut cells = split(area, rows, count.div_ceil(rows).max(1));
    cells.truncate(count);
    cells
}

/// Splits an area into rows and columns with gaps.
fn split(area: Area, rows: usize, columns: usize) -> Vec<Area> {
    let side = |length: f32, count: usize| {
        #[expect(clippy::cast_precision_loss, reason = "a few panels")]
        let count = count as f32;
        ((length + GAP) / count).max(GAP)
    };
    let pitch = [side(area.width(), columns), side(area.height(), rows)];
    let cell = |index: usize| {
        #[expect(clippy::cast_precision_loss, reason = "a few panels")]
        let at = [(index % columns) as f32, (index / columns) as f32];
        let min = [0, 1].map(|axis| area.min[axis] + at[axis] * pitch[axis]);
        Area::new(min, [0, 1].map(|axis| min[axis] + pitch[axis] - GAP))
    };
    (0..rows * columns).map(cell).collect()
}
