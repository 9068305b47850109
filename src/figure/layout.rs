//! Where the parts of a picture lie.

use super::colour::Theme;
use super::drawing::{Area, Item, Point};
use crate::engine::results::Runs;

/// The places of a picture's parts.
pub(super) struct Layout {
    pub map: Area,
    pub legend: Point,
    pub caption: Point,
    /// What a network says of its data, where there is room for it: at least here.
    pub predictions: Option<Area>,
}

/// The places for a size.
pub(super) fn layout([width, height]: [f32; 2]) -> Layout {
    let legend = (width * 0.18).clamp(120.0, 160.0);
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

/// The places for what a scene is about: the graph of a landscape of one parameter has the room of the colour bar too, and a network's map
/// leaves some to what the network says of its data.
pub(super) fn layout_of(runs: &Runs, size: [f32; 2]) -> Layout {
    const MIN_SIZE: [f32; 2] = [640.0, 480.0];
    let mut layout = layout(size);
    if runs.problem.objective.dim() == 1 {
        layout.map.max[0] = layout.legend[0] - 18.0;
    }
    if runs.trained.is_some() && size[0] >= MIN_SIZE[0] && size[1] >= MIN_SIZE[1] {
        // Its axes have long names.
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

/// A page in the colour of the background.
pub(super) fn page([width, height]: [f32; 2], theme: &Theme) -> Vec<Item> {
    vec![Item::Path {
        points: vec![[0.0, 0.0], [width, 0.0], [width, height], [0.0, height]],
        closed: true,
        stroke: None,
        fill: Some(theme.background),
    }]
}
