//! The printed summary of `ravine connect`.

use super::name;
use crate::cli::table;
use crate::engine::analysis::mode_connectivity::{ModeConnectivity, PathExtremum};
use crate::engine::training::Outcome;
use crate::export::connect::paths;
use crate::figure::axis::number;
use std::io::{self, Write};
use std::path::Path;

/// Column headers.
const HEADER: [&str; 8] = [
    "path",
    "data",
    "worst loss",
    "at t",
    "barrier",
    "at t",
    "least accuracy",
    "at t",
];

/// Writes the losses of both ends, the result of the alignment, and a table of the paths.
pub(super) fn report(
    found: &ModeConnectivity,
    files: [&Path; 2],
    out: &mut dyn Write,
) -> io::Result<()> {
    let rows = &found.straight.rows;
    for (row, file) in [rows.first(), rows.last()].into_iter().zip(files) {
        let Some(row) = row else { continue };
        let parts = ["training", "test"].into_iter().enumerate();
        let parts = parts.filter_map(|(part, data)| {
            let loss = number(row.loss(part)?, 6);
            let accuracy = row.accuracy(part);
            let accuracy = accuracy.map(|share| format!(", accuracy {}", number(share, 6)));
            Some(format!(
                "{data} loss {loss}{}",
                accuracy.unwrap_or_default()
            ))
        });
        let parts: Vec<String> = parts.collect();
        writeln!(out, "{}: {}", name(file), parts.join("; "))?;
    }
    if let Some((alignment, _)) = &found.aligned {
        let units: usize = alignment.permutation.orders().iter().map(Vec::len).sum();
        let [before, after] = alignment.distances.map(|distance| number(distance, 4));
        let moved = alignment.permutation.moved();
        writeln!(
            out,
            "aligned: {moved} of {units} hidden units permuted, distance between the weights {before} before and {after} after"
        )?;
    }
    let mut lines = vec![HEADER.map(str::to_owned)];
    for (path, profile) in paths(found) {
        for (part, data) in ["training", "test"].into_iter().enumerate() {
            let Some(worst) = profile.max_loss(part) else {
                continue;
            };
            let least = profile.min_accuracy(part);
            let [worst, barrier, least] = [Some(worst), profile.barrier(part), least].map(cells);
            let [[worst, worst_t], [barrier, barrier_t], [least, least_t]] =
                [worst, barrier, least];
            lines.push([
                path.to_owned(),
                data.to_owned(),
                worst,
                worst_t,
                barrier,
                barrier_t,
                least,
                least_t,
            ]);
        }
    }
    table(&lines, out)?;
    if let Outcome::Diverged(step, _) = found.outcome {
        writeln!(
            out,
            "The training of the curve diverged at step {step}; this is the last finite curve."
        )?;
    }
    Ok(())
}

/// Returns the cells of an extremum: its value and its t.
fn cells(peak: Option<PathExtremum>) -> [String; 2] {
    let cells = peak.map(|peak| [number(peak.height, 6), number(peak.t, 4)]);
    cells.unwrap_or_else(|| ["–", "–"].map(str::to_owned))
}
