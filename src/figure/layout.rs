//! Positions of the parts of a picture: map, legend, caption, predictions.

use super::colour::Theme;
use super::drawing::{Area, Item, Point};
use crate::engine::results::Runs;

/// Positions of the parts of a picture.
pub(super) struct Layout {
    pub map: Area,
    pub legend: Point,
    pub caption: Point,
    /// Area of at least this size for a network's predictions, where the picture has room for them.
    pub predictions: Option<Area>,
}

/// Height of a line of small text, in legends and captions.
pub(super) const LINE_HEIGHT: f32 = 16.0;

/// Width of a page, in points, below which it is narrow: legends have no space at the right.
pub(super) const NARROW: f32 = 440.0;

/// Returns the layout for a picture's size.
pub(super) fn layout([width, height]: [f32; 2]) -> Layout {
    let legend = if width < NARROW {
        -20.0
    } else {
        (width * 0.18).clamp(120.0, 160.0)
    };
    let map = Area::new(
        [56.0, 44.0],
        [
            (width - legend - 90.0).max(120.0),
            (height - 62.0).max(90.0),
        ],
    );
    Layout {
        map,
        legend: [map.max[0] + 94.0, map.min[1] + 8.0],
        caption: [map.min[0], height - 14.0],
        predictions: None,
    }
}

/// Returns the layout for a scene: the graph of a landscape of one parameter takes the colour bar's space too, and a network's map
/// leaves some to the predictions.
pub(super) fn layout_of(runs: &Runs, size: [f32; 2]) -> Layout {
    const MIN_SIZE: [f32; 2] = [640.0, 480.0];
    let mut layout = layout(size);
    if runs.problem.objective.dim() == 1 {
        layout.map.max[0] = layout.legend[0] - 18.0;
    }
    if runs.trained.is_some() && size[0] >= MIN_SIZE[0] && size[1] >= MIN_SIZE[1] {
        // The axes have long names.
        layout.map.min[1] += 8.0;
        let right = size[0] - 10.0;
        let width = (0.3 * size[0]).min(0.62 * (size[1] - 80.0));
        let moved = right - width - layout.legend[0];
        layout.legend[0] += moved;
        layout.map.max[0] += moved;
        let bottom = layout.map.max[1] + 36.0;
        let left = right - width;
        layout.predictions = Some(Area::new([left, bottom - width - 80.0], [right, bottom]));
    }
    layout
}

/// Returns the items of a page without content: its background.
pub(super) fn page(size: [f32; 2], theme: &Theme) -> Vec<Item> {
    vec![background(size, theme)]
}

/// Returns the background of a page of a size.
pub fn background(size: [f32; 2], theme: &Theme) -> Item {
    Item::filled(Area::new([0.0; 2], size).corners(), theme.background)
}
