//! The cells of the panels of a figure.

use super::Panel;
use super::drawer::MAP_MARGINS;
use crate::engine::objective::plane::Rect;
use crate::figure::drawing::{Area, Point};

/// Space between panels.
pub(super) const GAP: f32 = 10.0;

/// The shape that suits the first panel of a figure: its sides without margins, and the margins of both sides.
#[derive(Clone, Copy)]
pub(super) struct Shape {
    /// Width ÷ height of the picture without its margins.
    pub ratio: f32,
    pub margins: Point,
}

impl Shape {
    /// Returns the shape of a surface with its labels.
    pub(super) const SURFACE: Self = Self {
        ratio: 1.15,
        margins: [110.0, 80.0],
    };

    /// Returns the shape of a map of a view; `None` if the map is stretched to its cell.
    pub(super) fn of_map(dim: usize, view: Rect) -> Option<Self> {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "pictures are drawn with f32"
        )]
        let ratio = (view.width() / view.height()) as f32;
        let is_even = dim > 1 && (1.0 / 3.0..=3.0).contains(&ratio);
        is_even.then_some(Self {
            ratio,
            margins: MAP_MARGINS,
        })
    }

    /// Returns the width that suits a height.
    pub(super) fn width(self, height: f32) -> f32 {
        self.ratio * (height - self.margins[1]).max(0.0) + self.margins[0]
    }

    /// Returns the height that suits a width.
    pub(super) fn height(self, width: f32) -> f32 {
        (width - self.margins[0]).max(0.0) / self.ratio + self.margins[1]
    }

    /// Returns the width of the picture in a cell, where it is shown whole.
    fn room(self, [width, height]: Point) -> f32 {
        width.min(self.width(height)) - self.margins[0]
    }

    /// Returns the part of a map's area in which the map shows at most a third more than its view, along one side.
    pub(super) fn limited(self, area: Area) -> Area {
        const MOST: f32 = 1.33;
        let sides = [
            area.width().min(MOST * self.ratio * area.height()),
            area.height().min(MOST * area.width() / self.ratio),
        ];
        Area::new(area.min, [0, 1].map(|axis| area.min[axis] + sides[axis]))
    }
}

/// The areas of a wide panel and of the charts that follow it.
pub(super) struct Split {
    pub first: Area,
    pub others: Area,
    /// Whether the charts are on the right of the first panel, below each other, rather than below it.
    pub beside: bool,
}

/// Divides an area between a map or a page and the charts that follow it, so that the first one is as large as possible; `None` where the
/// panels are in a grid.
pub(super) fn split_first(area: Area, panels: &[Panel], shape: Option<Shape>) -> Option<Split> {
    /// Least share and width of charts beside a panel, and greatest share of a panel above charts.
    const CHARTS: f32 = 0.34;
    const LEAST_CHARTS: f32 = 130.0;
    const ABOVE_CHARTS: f32 = 0.62;
    let is_wide = matches!(panels.first(), Some(Panel::Map | Panel::Page(_)));
    if !is_wide || panels.len() == 1 {
        return None;
    }
    let (width, height) = (area.width(), area.height());
    let (beside, [x, y]) = match shape {
        None => (width > 1.1 * height, [0.56 * width, 0.6 * height]),
        Some(shape) => {
            let most = width - GAP - (CHARTS * width).max(LEAST_CHARTS);
            let x = shape
                .width(height)
                .clamp(0.4 * width, most.max(0.4 * width));
            let y = shape
                .height(width)
                .clamp(0.35 * height, ABOVE_CHARTS * height);
            (shape.room([x, height]) > shape.room([width, y]), [x, y])
        }
    };
    let (mut first, mut others) = (area, area);
    if beside {
        first.max[0] = area.min[0] + x;
        others.min[0] = first.max[0] + GAP;
    } else {
        first.max[1] = area.min[1] + y;
        others.min[1] = first.max[1] + GAP;
    }
    Some(Split {
        first,
        others,
        beside,
    })
}

/// Returns the cells of panels: of a map or a page and the charts beside or below it, or of a grid in an area.
pub(super) fn cells(area: Area, count: usize, split: Option<&Split>) -> Vec<Area> {
    let Some(split) = split else {
        return grid(area, count);
    };
    let rest = count - 1;
    let others = if split.beside {
        self::split(split.others, rest, 1)
    } else {
        grid(split.others, rest)
    };
    [split.first].into_iter().chain(others).collect()
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
