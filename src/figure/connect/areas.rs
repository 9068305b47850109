//! Positions of the parts of a picture of paths between two networks.

use super::{PATH_HEIGHT, paths};
use crate::engine::analysis::mode_connectivity::ModeConnectivity;
use crate::figure::drawing::{Area, Point};

/// Positions of the parts.
pub(super) struct PlotAreas {
    /// Charts of the losses and, for classification, of the accuracies.
    pub charts: Vec<Area>,
    pub map: Area,
    pub bar: Area,
    /// Position of the first path's legend entry.
    pub legend: Point,
    /// Position of the last line of text below all parts.
    pub caption: Point,
}

/// Returns the layout: charts on the left or above; the map on the right or below them, with the paths' legend below it.
pub(super) fn plot_areas(
    connection: &ModeConnectivity,
    [width, height]: [f32; 2],
    legend: bool,
) -> PlotAreas {
    let paths = if legend { paths(connection).len() } else { 0 };
    #[expect(clippy::cast_precision_loss, reason = "at most three paths")]
    let legend_height = PATH_HEIGHT * paths as f32;
    let bottom = (height - 64.0).max(200.0);
    // On a page that is narrow and high, the charts are above the map.
    let is_stacked = width < 440.0 && height > 1.6 * width;
    let (middle, charts_end) = if is_stacked {
        (width - 12.0, 38.0 + 0.45 * (bottom - legend_height - 38.0))
    } else {
        ((0.46 * width).max(150.0), bottom)
    };
    let column = |[from, to]: [f32; 2]| {
        let y = |share: f32| 38.0 + share * (charts_end - 38.0);
        Area::new([12.0, y(from)], [middle, y(to)])
    };
    let has_accuracy = connection.straight.min_accuracy(0).is_some();
    let shares = if has_accuracy {
        vec![[0.0, 0.56], [0.58, 1.0]]
    } else {
        vec![[0.0, 1.0]]
    };
    let (left, top) = if is_stacked {
        (56.0, charts_end + 24.0)
    } else {
        (middle + 52.0, 58.0)
    };
    let right = (width - 70.0).max(left + 68.0);
    let low = (bottom - legend_height - 46.0).max(top + 62.0);
    let map = Area::new([left, top], [right, low]);
    let legend = match connection.plane {
        Some(_) => low + 50.0,
        None => top,
    };
    PlotAreas {
        charts: shares.into_iter().map(column).collect(),
        map,
        bar: Area::new([right + 14.0, map.min[1]], [right + 26.0, low]),
        legend: [left - 8.0, legend],
        caption: [18.0, height - 14.0],
    }
}
