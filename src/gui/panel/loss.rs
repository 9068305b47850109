//! Loss of a run at the timeline's step.

use super::over_seeds::OverSeeds;
use super::scene::PanelContext;
use crate::engine::results::{RunResult, Runs};
use crate::engine::training::Outcome;
use crate::figure::axis::number;

/// Loss of a run at the timeline's step, as its card shows it.
pub(super) struct Loss {
    /// The number, or "diverged".
    pub text: String,
    /// Tooltip.
    pub help: String,
    /// Whether the run has diverged by then, with all of its seeds.
    pub diverged: bool,
}

impl Loss {
    /// Returns the loss of a run: the mean over its seeds where it has several.
    pub(super) fn of(record: &RunResult, index: usize, context: &PanelContext) -> Option<Self> {
        let (runs, trajectory) = (context.runs?, &record.trajectory);
        let row = runs.row(context.step);
        let loss = |runs: &Runs, row: usize| {
            let own = runs.results.get(index)?;
            own.trajectory.loss.get(row).copied()
        };
        let over = OverSeeds::of((runs, index), row, &loss);
        let last = trajectory.len().saturating_sub(1);
        let (loss, help) = if let Some(over) = over {
            let mut help = "Mean loss over the seeds at the timeline's step.".to_owned();
            if over.diverged > 0 {
                help = format!("{help} {}", over.diverged_text());
            }
            (over.stats.map(|stats| stats.mean), help)
        } else {
            let diverged = row >= last && matches!(trajectory.outcome, Outcome::Diverged(..));
            let loss = trajectory.loss.get(row.min(last)).copied();
            let help = "Loss at the timeline's step.".to_owned();
            (loss.filter(|_| !diverged), help)
        };
        Some(Self {
            text: loss.map_or_else(|| "diverged".to_owned(), |loss| number(loss, 3)),
            help,
            diverged: loss.is_none(),
        })
    }
}
