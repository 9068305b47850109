//! The layers of a network while it trains: how large the gradient of each is, how far it moves, how much of it is dead.

use super::axis::number;
use super::colour::Theme;
use super::drawing::{Area, Item};
use super::legend_line;
use crate::engine::analysis::layer_stats::LayerStats;
use crate::engine::results::TrainedRun;

/// What is told of one layer at each row; what is not known there is NaN.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerSeries {
    /// What it is called, like `layers.0`.
    pub name: String,
    /// The norm of its gradient.
    pub grad_norms: Vec<f64>,
    /// How long its last step was beside its weights.
    pub update_ratios: Vec<f64>,
    /// The share of its units that are dead, in %.
    pub dead: Vec<f64>,
}

/// The layers of a run, from the first to the last; none where nothing is known of them.
pub fn layers(run: &TrainedRun) -> Vec<LayerSeries> {
    let rows = run.rows.iter().map(|row| &row.diagnosis.layers);
    let first = rows.clone().next().map_or(&[][..], Vec::as_slice);
    let series = first.iter().enumerate().map(|(place, layer)| {
        let column = |number: fn(&LayerStats) -> f64| {
            let own = rows.clone().map(|layers| layers.get(place));
            own.map(|own| own.map_or(f64::NAN, number)).collect()
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

/// Height of a line of a legend.
const LINE_HEIGHT: f32 = 16.0;

/// The names of layers with their lines, and the thresholds in words; answers with the area that is left below.
pub fn legend(
    layers: &[LayerSeries],
    [vanishing, exploding]: [f64; 2],
    area: Area,
    theme: &Theme,
) -> (Vec<Item>, Area) {
    let names = layers.iter().map(|layer| layer.name.clone()).enumerate();
    let (mut items, y) = entries(names, area, theme);
    let [low, high] = [vanishing, exploding].map(|threshold| number(threshold, 3));
    let words = format!("Gradients vanish below {low} and explode above {high}.");
    items.push(Item::label(words, [area.min[0] + 8.0, y], 11.0, theme.ink));
    let below = Area::new([area.min[0], y + LINE_HEIGHT], area.max);
    (items, below)
}

/// Lines with their names, as many beside each other as there is room for; answers with the height at which the next row would go.
pub(super) fn entries(
    lines: impl Iterator<Item = (usize, String)>,
    area: Area,
    theme: &Theme,
) -> (Vec<Item>, f32) {
    const NAME: f32 = 38.0;
    let mut items = Vec::new();
    let [left, mut y] = [area.min[0] + 8.0, area.min[1] + 10.0];
    let mut x = left;
    for (look, name) in lines {
        #[expect(clippy::cast_precision_loss, reason = "names are short")]
        let width = (NAME + 5.8 * name.chars().count() as f32).max(104.0);
        if x > left && x + width > area.max[0] {
            (x, y) = (left, y + LINE_HEIGHT);
        }
        items.extend(legend_line([x, y], look, theme));
        items.push(Item::label(name, [x + NAME, y], 11.0, theme.ink));
        x += width + 12.0;
    }
    (items, y + LINE_HEIGHT)
}
