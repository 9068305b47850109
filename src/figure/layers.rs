//! Statistics of a network's layers during training: gradient norms, step lengths, dead units.

use super::axis::number;
use super::colour::{Theme, shade_index};
use super::drawing::{Area, Item};
use super::layout::LINE_HEIGHT;
use super::legend_line;
use super::text_width::width;
use crate::engine::analysis::layer_stats::LayerStats;
use crate::engine::results::TrainedRun;

/// Statistics of one layer at each row; NaN where a number is not known.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerSeries {
    /// Name of the layer, like `layers.0`.
    pub name: String,
    /// Norm of the layer's gradient.
    pub grad_norms: Vec<f64>,
    /// Length of the layer's last step divided by the norm of its weights.
    pub update_ratios: Vec<f64>,
    /// Share of the layer's units that are dead, in %.
    pub dead: Vec<f64>,
}

/// Returns the layers of a run, from the first to the last; empty if no row has statistics.
pub fn layers(run: &TrainedRun) -> Vec<LayerSeries> {
    let rows = run.rows.iter().map(|row| &row.diagnosis.layers);
    let first = rows.clone().next().map_or(&[][..], Vec::as_slice);
    let series = first.iter().enumerate().map(|(index, layer)| {
        let column = |number: fn(&LayerStats) -> f64| {
            let values = rows.clone().map(|layers| layers.get(index));
            values.map(|layer| layer.map_or(f64::NAN, number)).collect()
        };
        LayerSeries {
            name: layer.name.clone(),
            grad_norms: column(|layer| layer.grad_norm),
            update_ratios: column(|layer| layer.update_ratio.unwrap_or(f64::NAN)),
            dead: column(|layer| layer.dead.map_or(f64::NAN, |share| 100.0 * share)),
        }
    });
    series.collect()
}

/// Draws the names of layers with their lines, shades of the run with style index `run`, and the thresholds as a sentence; returns the items and the area left below.
pub fn legend(
    (layers, run): (&[LayerSeries], usize),
    [vanishing, exploding]: [f64; 2],
    area: Area,
    theme: &Theme,
) -> (Vec<Item>, Area) {
    let names = layers.iter().map(|layer| layer.name.clone()).enumerate();
    let names = names.map(|(layer, name)| (shade_index(run, layer), name));
    let (mut items, y) = legend_entries(names, area, theme);
    let [low, high] = [vanishing, exploding].map(|threshold| number(threshold, 3));
    let words = format!("Gradients vanish below {low} and explode above {high}.");
    items.push(Item::label(words, [area.min[0] + 8.0, y], 11.0, theme.ink));
    let below = Area::new([area.min[0], y + LINE_HEIGHT], area.max);
    (items, below)
}

/// Draws the lines and names of runs; returns the items and the area left below.
pub fn run_legend(
    runs: impl Iterator<Item = (usize, String)>,
    area: Area,
    theme: &Theme,
) -> (Vec<Item>, Area) {
    let (items, y) = legend_entries(runs, area, theme);
    (items, Area::new([area.min[0], y], area.max))
}

/// Draws lines with their names, as many in each row as fit; returns the items and the y of the next row.
pub(super) fn legend_entries(
    lines: impl Iterator<Item = (usize, String)>,
    area: Area,
    theme: &Theme,
) -> (Vec<Item>, f32) {
    const NAME_OFFSET: f32 = 38.0;
    let mut items = Vec::new();
    let [left, mut y] = [area.min[0] + 8.0, area.min[1] + 10.0];
    let mut x = left;
    for (style_index, name) in lines {
        let width = (NAME_OFFSET + width(&name, 11.0)).max(104.0);
        if x > left && x + width > area.max[0] {
            (x, y) = (left, y + LINE_HEIGHT);
        }
        items.extend(legend_line([x, y], style_index, theme));
        items.push(Item::label(name, [x + NAME_OFFSET, y], 11.0, theme.ink));
        x += width + 12.0;
    }
    (items, y + LINE_HEIGHT)
}
