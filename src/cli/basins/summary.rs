//! The printed summary of `ravine basins`: the share of the starts that each minimum attracts.

use crate::engine::analysis::basins::{BasinLabel, Basins, Minimum};
use crate::engine::analysis::seed_stats::SeedStats;
use crate::engine::numeric::real;
use crate::export::columns::Columns;
use crate::figure::axis::number;
use serde_json::json;
use std::io::{self, Write};

/// The starts that end alike.
struct Basin<'a> {
    label: BasinLabel,
    /// The minimum, unless the starts diverge or stay undecided.
    minimum: Option<&'a Minimum>,
    /// Share of the starts that were computed.
    share: f64,
    /// Median number of steps until the run converged or diverged, if a start ends so.
    median_steps: Option<f64>,
}

/// Returns the basins of all minima in the order of the table, then the undecided starts and those that diverged.
fn basins(answer: &Basins) -> Vec<Basin<'_>> {
    let minima = (0..).zip(&answer.minima);
    let minima = minima.map(|(index, minimum)| (BasinLabel::Converges(index), Some(minimum)));
    let others = [BasinLabel::Undecided, BasinLabel::Diverges].map(|label| (label, None));
    let ends: Vec<(BasinLabel, Option<&Minimum>)> = minima.chain(others).collect();
    let mut steps = vec![Vec::new(); ends.len()];
    let mut computed = 0;
    for (index, cell) in answer.cells.iter().enumerate() {
        if answer.missing.get(index) == Some(&true) {
            continue;
        }
        computed += 1;
        let place = match cell.label {
            BasinLabel::Converges(minimum) => usize::from(minimum),
            BasinLabel::Undecided => ends.len() - 2,
            BasinLabel::Diverges => ends.len() - 1,
        };
        steps[place].push(f64::from(cell.steps));
    }
    let basins = ends.into_iter().zip(steps);
    let basins = basins.map(|((label, minimum), steps)| Basin {
        label,
        minimum,
        share: real(steps.len()) / real(computed.max(1)),
        median_steps: SeedStats::of(steps).map(|stats| stats.median),
    });
    basins.collect()
}

/// Writes a table with a line for each minimum that has a basin, and for undecided and diverged starts where there are any.
pub(super) fn text(answer: &Basins, out: &mut dyn Write) -> io::Result<()> {
    let header = ["ends at", "loss", "starts", "median steps"];
    let mut lines = vec![header.map(str::to_owned)];
    for basin in basins(answer).iter().filter(|basin| basin.share > 0.0) {
        let place = |minimum: &Minimum| {
            let [x, y] = minimum.mark.at.map(|at| number(at, 6));
            let kind = if minimum.valley {
                "valley at"
            } else {
                "minimum at"
            };
            format!("{kind} ({x}, {y})")
        };
        let end = match (basin.minimum, basin.label) {
            (Some(minimum), _) => place(minimum),
            (None, BasinLabel::Diverges) => "diverges".to_owned(),
            (None, _) => "undecided".to_owned(),
        };
        let dash = || "–".to_owned();
        lines.push([
            end,
            { basin.minimum }.map_or_else(dash, |minimum| number(minimum.mark.value, 6)),
            format!("{} %", number(100.0 * basin.share, 4)),
            { basin.median_steps }.map_or_else(dash, |steps| number(steps, 6)),
        ]);
    }
    crate::cli::table(&lines, out)
}

/// Writes the summary as JSON, with `facts`.
pub(super) fn json(answer: &Basins, facts: Columns, out: &mut dyn Write) -> io::Result<()> {
    let all = basins(answer);
    let share = |label: BasinLabel| { all.iter() }.find(|basin| basin.label == label);
    let share = |label| share(label).map_or(0.0, |basin| basin.share);
    let minima = all.iter().filter_map(|basin| {
        let Minimum { mark, valley } = basin.minimum?;
        Some(json!({
            "x": mark.at[0],
            "y": mark.at[1],
            "loss": mark.value,
            "valley": valley,
            "share": basin.share,
            "median_steps": basin.median_steps,
        }))
    });
    facts
        .with_fact("minima", minima.collect::<Vec<_>>())
        .with_fact("undecided", share(BasinLabel::Undecided))
        .with_fact("diverged", share(BasinLabel::Diverges))
        .json(out)
}
