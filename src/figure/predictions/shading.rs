//! Colours and borders of decision regions, which are kept while their area changes.

use crate::engine::analysis::predictions::{DecisionRegions, Predictions};
use crate::engine::cancel::Cancel;
use crate::engine::geometry::contour::{self, ContourLine};
use crate::engine::geometry::surface::Surface;
use crate::engine::network::Prediction;
use crate::engine::numeric::real;
use crate::figure::colour::{Theme, class_colour, mixed};
use crate::figure::drawing::Colour;
use std::sync::Arc;

/// The parts of decision regions that do not depend on the drawing's area.
pub struct Shading {
    /// The colours of the cells, first row on top.
    pub(super) pixels: Arc<Vec<Colour>>,
    /// The decision boundaries.
    pub(super) borders: Vec<ContourLine>,
}

/// Computes the colours and borders of decision regions; empty for other predictions.
pub fn shading(predictions: &Predictions, theme: &Theme) -> Shading {
    let Predictions::Regions(regions) = predictions else {
        return Shading {
            pixels: Arc::default(),
            borders: Vec::new(),
        };
    };
    // A probability no better than chance is pale. The range is smaller on a dark background, where bright colours would dominate.
    let chance = 1.0 / real(regions.names.len().max(2));
    let [palest, range] = if theme.dark {
        [0.14, 0.36]
    } else {
        [0.16, 0.46]
    };
    let colour = |cell: &Option<Prediction>| {
        cell.map_or(
            theme.plot_background,
            |Prediction {
                 class, probability, ..
             }| {
                let confidence = (probability - chance) / (1.0 - chance);
                mixed(
                    theme.background,
                    class_colour(class),
                    palest + range * confidence,
                )
            },
        )
    };
    let rows = regions.cells.chunks_exact(regions.side).rev();
    Shading {
        pixels: Arc::new(rows.flatten().map(colour).collect()),
        borders: borders(regions),
    }
}

/// Returns the lines along which the most probable class changes: zero lines of each class's margin, which is negative where another
/// class has it, and smooth across the border.
fn borders(regions: &DecisionRegions) -> Vec<ContourLine> {
    let mut lines = Vec::new();
    for class in 0..regions.names.len() {
        let margin = |cell: &Option<Prediction>| {
            cell.map_or(f64::NAN, |prediction| {
                if prediction.class == class {
                    prediction.margin
                } else {
                    -prediction.margin
                }
            })
        };
        let surface = Surface {
            view: regions.window,
            columns: regions.side,
            rows: regions.side,
            values: regions.cells.iter().map(margin).collect(),
        };
        // Slightly above zero: where two other classes tie, this one's margin touches zero from below.
        let drawn = contour::lines(&surface, &[1e-9], &Cancel::default());
        lines.extend(drawn.unwrap_or_default());
        if regions.names.len() == 2 {
            break;
        }
    }
    lines
}
