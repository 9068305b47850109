//! What the layers of the networks that `ravine train` trains say on the way.

use crate::cli::scene_args::setting_error;
use crate::engine::analysis::layer_stats::Diagnosis;
use crate::engine::analysis::layer_stats::GradientHealth;
use crate::engine::analysis::layer_stats::LayerStats;
use crate::engine::analysis::layer_stats::Thresholds;
use crate::engine::declare::Settings;
use crate::engine::network::NetworkLoss;
use crate::export::layers;
use crate::export::training::RunRecord;
use crate::figure::axis::number;
use rayon::prelude::*;
use std::io::{self, Write};

/// So many rows are looked at before they are written.
const CHUNK_ROWS: usize = 256;

/// The thresholds that --exploding and --vanishing set.
pub(super) fn thresholds(
    exploding: Option<&str>,
    vanishing: Option<&str>,
) -> Result<Thresholds, String> {
    let mut thresholds = Thresholds::default();
    for (name, text) in [("exploding", exploding), ("vanishing", vanishing)] {
        let Some(text) = text else { continue };
        let refused = |refusal| setting_error(&format!("--{name}"), text, &refusal);
        let index = thresholds.index(name).map_err(refused)?;
        let value = thresholds.params()[index].parse(text).map_err(refused)?;
        thresholds.set(name, value).map_err(refused)?;
    }
    let Thresholds {
        exploding,
        vanishing,
    } = thresholds;
    if vanishing > exploding {
        return Err(format!(
            "--vanishing {vanishing} is above --exploding {exploding}; expected it to be below"
        ));
    }
    Ok(thresholds)
}

/// How often the gradient of a layer was not fine.
pub(super) struct GradientIssue {
    run: String,
    /// The place of the layer.
    layer: usize,
    health: GradientHealth,
    rows: usize,
    /// Of all rows.
    of: usize,
    first: u64,
    /// The norm that is farthest from fine.
    worst: f64,
}

/// Writes what all layers say at each row of the runs; tells which of them are not well.
pub(super) fn write(
    loss: &NetworkLoss,
    runs: &[RunRecord],
    thresholds: &Thresholds,
    out: &mut dyn Write,
) -> io::Result<Vec<GradientIssue>> {
    writeln!(out, "{}", layers::COLUMNS)?;
    let mut ailments = Vec::new();
    for run in runs {
        let steps: Vec<u64> = run.steps().collect();
        let mut own = Vec::new();
        for first in (0..steps.len()).step_by(CHUNK_ROWS) {
            let rows = first..steps.len().min(first + CHUNK_ROWS);
            let found = rows.clone().into_par_iter();
            let found = found.map(|row| diagnose(loss, run, &steps, row));
            let found: Vec<Option<Diagnosis>> = found.collect();
            for (row, found) in rows.zip(found.iter().flatten()) {
                layers::rows(&run.spec, steps[row], found, out)?;
                let seen = RowContext {
                    run: &run.spec,
                    step: steps[row],
                    rows: steps.len(),
                };
                for (layer, vitals) in found.layers.iter().enumerate() {
                    seen.note(layer, vitals, thresholds, &mut own);
                }
            }
        }
        own.sort_by_key(|ailment: &GradientIssue| ailment.layer);
        ailments.append(&mut own);
    }
    Ok(ailments)
}

/// A row of a run.
struct RowContext<'a> {
    run: &'a str,
    step: u64,
    /// How many rows the run has.
    rows: usize,
}

impl RowContext<'_> {
    /// Notes a layer that is not well here.
    fn note(
        &self,
        layer: usize,
        vitals: &LayerStats,
        thresholds: &Thresholds,
        ailments: &mut Vec<GradientIssue>,
    ) {
        let (health, norm) = (vitals.health(thresholds), vitals.grad_norm);
        if health == GradientHealth::Fine {
            return;
        }
        let same = |known: &&mut GradientIssue| known.layer == layer && known.health == health;
        if let Some(known) = ailments.iter_mut().find(same) {
            known.rows += 1;
            known.worst = match health {
                GradientHealth::Vanishing => known.worst.min(norm),
                _ => known.worst.max(norm),
            };
            return;
        }
        ailments.push(GradientIssue {
            run: self.run.to_owned(),
            layer,
            health,
            rows: 1,
            of: self.rows,
            first: self.step,
            worst: norm,
        });
    }
}

/// A row of a run, beside the row before if that is of the step before.
fn diagnose(loss: &NetworkLoss, run: &RunRecord, steps: &[u64], row: usize) -> Option<Diagnosis> {
    let before = row
        .checked_sub(1)
        .filter(|before| steps[*before] + 1 == steps[row]);
    let before = before.and_then(|before| run.trajectory.theta(before));
    Some(loss.diagnose(run.trajectory.theta(row)?, before))
}

/// A sentence for each layer that is not well.
pub(super) fn report(
    ailments: &[GradientIssue],
    thresholds: &Thresholds,
    out: &mut dyn Write,
) -> io::Result<()> {
    for ailment in ailments {
        let GradientIssue {
            run,
            layer,
            rows,
            of,
            first,
            worst,
            ..
        } = ailment;
        let (what, side, threshold, extreme) = match ailment.health {
            GradientHealth::Vanishing => ("vanishes", "below", thresholds.vanishing, "lowest"),
            _ => ("explodes", "above", thresholds.exploding, "highest"),
        };
        let [threshold, worst] = [threshold, *worst].map(|norm| number(norm, 4));
        writeln!(
            out,
            "{run}: the gradient of layers.{layer} {what}: its norm is {side} {threshold} in {rows} of {of} rows, first at step {first}, {extreme} {worst}."
        )?;
    }
    Ok(())
}
