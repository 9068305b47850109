//! Per-layer statistics along the runs of `ravine train`.

use crate::cli::interrupt;
use crate::cli::progress_counter::with_progress;
use crate::cli::scene_args::setting_error;
use crate::engine::analysis::layer_stats::Diagnosis;
use crate::engine::analysis::layer_stats::GradientHealth;
use crate::engine::analysis::layer_stats::LayerStats;
use crate::engine::analysis::layer_stats::Thresholds;
use crate::engine::cancel::Cancel;
use crate::engine::declare::Settings;
use crate::engine::network::NetworkLoss;
use crate::export::layers::LayerRow;
use crate::export::training::RunRecord;
use crate::figure::axis::number;
use rayon::prelude::*;
use std::io::{self, Write};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Rows that are computed in parallel.
const CHUNK_ROWS: usize = 256;

/// Parses the thresholds of `--exploding` and `--vanishing`.
pub(super) fn thresholds(
    exploding: Option<&str>,
    vanishing: Option<&str>,
) -> Result<Thresholds, String> {
    let mut thresholds = Thresholds::default();
    for (name, text) in [("exploding", exploding), ("vanishing", vanishing)] {
        let Some(text) = text else { continue };
        let to_sentence = |error| setting_error(&format!("--{name}"), text, &error);
        let index = thresholds.index(name).map_err(to_sentence)?;
        let value = thresholds.params()[index]
            .parse(text)
            .map_err(to_sentence)?;
        thresholds.set(name, value).map_err(to_sentence)?;
    }
    let Thresholds {
        exploding,
        vanishing,
    } = thresholds;
    if vanishing > exploding {
        return Err(format!(
            "--vanishing {vanishing} is above --exploding {exploding}; expected it below"
        ));
    }
    Ok(thresholds)
}

/// Vanishing or exploding gradients of one layer in one run.
pub(super) struct GradientIssue {
    run: String,
    /// Index of the layer.
    layer: usize,
    health: GradientHealth,
    /// Number of rows with the issue.
    rows: usize,
    /// Number of rows of the run.
    of: usize,
    /// First step with the issue.
    first: u64,
    /// Most extreme gradient norm.
    worst: f64,
}

/// Computes the statistics of all layers at each recorded row of the runs, with a progress bar on a terminal; returns them with the
/// layers whose gradients vanish or explode. Ctrl+C ends it with the rows so far, also after a training that Ctrl+C has stopped.
pub(super) fn compute(
    loss: &NetworkLoss,
    runs: &[RunRecord],
    thresholds: &Thresholds,
) -> (Vec<LayerRow>, Vec<GradientIssue>) {
    let total = runs.iter().map(|run| run.trajectory.len()).sum();
    interrupt::stoppable_after(|cancel| {
        with_progress("layers", "rows", total, |done| {
            compute_rows(loss, runs, thresholds, (cancel, done))
        })
    })
}

fn compute_rows(
    loss: &NetworkLoss,
    runs: &[RunRecord],
    thresholds: &Thresholds,
    (cancel, done): (&Cancel, &AtomicUsize),
) -> (Vec<LayerRow>, Vec<GradientIssue>) {
    let (mut all, mut issues) = (Vec::new(), Vec::new());
    for (index, run) in runs.iter().enumerate() {
        let steps: Vec<u64> = run.steps().collect();
        let mut own = Vec::new();
        for first in (0..steps.len()).step_by(CHUNK_ROWS) {
            let rows = first..steps.len().min(first + CHUNK_ROWS);
            let found = rows.clone().into_par_iter();
            let found = found.map(|row| {
                let found = (!cancel.is_cancelled()).then(|| diagnose(loss, run, &steps, row));
                done.fetch_add(1, Ordering::Relaxed);
                found?
            });
            let found: Vec<Option<Diagnosis>> = found.collect();
            for (row, found) in rows.zip(found.iter().map_while(Option::as_ref)) {
                all.extend(LayerRow::all(index + 1, steps[row], found));
                let context = RowContext {
                    run: &run.labels.spec,
                    step: steps[row],
                    rows: steps.len(),
                };
                for (layer, stats) in found.layers.iter().enumerate() {
                    context.note(layer, stats, thresholds, &mut own);
                }
            }
        }
        own.sort_by_key(|issue: &GradientIssue| issue.layer);
        issues.append(&mut own);
    }
    (all, issues)
}

/// A recorded row of a run.
struct RowContext<'a> {
    run: &'a str,
    step: u64,
    /// Number of rows of the run.
    rows: usize,
}

impl RowContext<'_> {
    /// Adds a layer whose gradient vanishes or explodes in this row.
    fn note(
        &self,
        layer: usize,
        stats: &LayerStats,
        thresholds: &Thresholds,
        issues: &mut Vec<GradientIssue>,
    ) {
        let (health, norm) = (stats.health(thresholds), stats.grad_norm);
        if health == GradientHealth::Fine {
            return;
        }
        let same = |known: &&mut GradientIssue| known.layer == layer && known.health == health;
        if let Some(known) = issues.iter_mut().find(same) {
            known.rows += 1;
            known.worst = match health {
                GradientHealth::Vanishing => known.worst.min(norm),
                _ => known.worst.max(norm),
            };
            return;
        }
        issues.push(GradientIssue {
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

/// Computes the layer statistics of a row, with update ratios if the previous step is recorded.
fn diagnose(loss: &NetworkLoss, run: &RunRecord, steps: &[u64], row: usize) -> Option<Diagnosis> {
    let before = row
        .checked_sub(1)
        .filter(|before| steps[*before] + 1 == steps[row]);
    let before = before.and_then(|before| run.trajectory.theta(before));
    Some(loss.diagnose(run.trajectory.theta(row)?, before))
}

/// Writes one sentence per layer with vanishing or exploding gradients.
pub(super) fn report(
    issues: &[GradientIssue],
    thresholds: &Thresholds,
    out: &mut dyn Write,
) -> io::Result<()> {
    for issue in issues {
        let GradientIssue {
            run,
            layer,
            rows,
            of,
            first,
            worst,
            ..
        } = issue;
        let (what, side, threshold, extreme) = match issue.health {
            GradientHealth::Vanishing => ("vanishes", "below", thresholds.vanishing, "lowest"),
            _ => ("explodes", "above", thresholds.exploding, "highest"),
        };
        let [threshold, worst] = [threshold, *worst].map(|norm| number(norm, 4));
        writeln!(
            out,
            "{run}: the gradient of layers.{layer} {what}: norm {side} {threshold} in {rows} of {of} rows, first at step {first}, {extreme} {worst}."
        )?;
    }
    Ok(())
}
