//! Bands between two values of a run over several seeds.

use super::{Chart, padded_axis};
use crate::figure::axis::Axis;
use crate::figure::colour::run_colour;
use crate::figure::drawing::{Item, lerp};

/// A band between two values of a run over several seeds. The window draws it as a mesh, for its polygons are convex.
#[derive(Clone, Debug, PartialEq)]
pub struct Band {
    /// The x value of each point, in rising order.
    pub x: Vec<f64>,
    /// The low end at each point.
    pub low: Vec<f64>,
    /// The high end at each point.
    pub high: Vec<f64>,
    /// Index into the colours of runs.
    pub style_index: usize,
}

impl Chart<'_> {
    /// Draws bands between low and high values, given with their x values and the index of their run's colour. They lie below the lines, and
    /// end at the border of the plot where a value is infinite.
    pub fn bands(&self, bands: &[Band], range: [f64; 2]) -> Item {
        let (plot, y_axis) = (self.plot(), padded_axis(range, self.log));
        let x_axis = Axis::linear(self.x_range);
        let at = |x: f64, value: f64| {
            let v = match y_axis.position(value) {
                v if v.is_nan() || v == f64::NEG_INFINITY => 0.0,
                v => v.clamp(0.0, 1.0),
            };
            let u = x_axis.position(x);
            [
                lerp(plot.min[0], plot.max[0], u),
                lerp(plot.max[1], plot.min[1], v),
            ]
        };
        let outline = |band: &Band| {
            let has_low = |row: &usize| !band.low[*row].is_nan() && band.low[*row] < f64::INFINITY;
            let rows = || (0..band.x.len()).filter(has_low);
            let low = rows().map(|row| at(band.x[row], band.low[row]));
            let high = rows().rev().map(|row| at(band.x[row], band.high[row]));
            let colour = run_colour(band.style_index, self.theme).opacity(0.18);
            Item::filled(low.chain(high).collect(), colour)
        };
        Item::Clipped {
            area: plot,
            items: bands.iter().map(outline).collect(),
        }
    }
}
