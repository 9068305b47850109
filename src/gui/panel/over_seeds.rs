//! Statistics of a run's value over its seeds, at one step.

use crate::engine::analysis::seed_stats::SeedStats;
use crate::engine::results::Runs;
use crate::engine::training::Outcome;

/// Statistics of a value over the seeds of a run.
pub(super) struct OverSeeds {
    /// Statistics of the seeds that have not diverged; `None` without a finite value.
    pub stats: Option<SeedStats>,
    /// Number of seeds that have diverged.
    pub diverged: usize,
    /// Number of all seeds.
    pub count: usize,
}

impl OverSeeds {
    /// Returns the statistics of a value of a run at a row; `None` for one seed. A seed that ended before keeps its last value, and one that
    /// diverged is only counted.
    pub(super) fn of(
        (runs, index): (&Runs, usize),
        row: usize,
        value: &dyn Fn(&Runs, usize) -> Option<f64>,
    ) -> Option<Self> {
        let count = runs.other_seeds.len() + 1;
        if count == 1 {
            return None;
        }
        let last = |runs: &Runs| {
            let own = runs.results.get(index);
            own.map(|own| own.trajectory.len().saturating_sub(1))
        };
        let has_diverged = |runs: &&Runs| {
            let ended = last(runs).is_some_and(|last| row > last);
            let outcome = runs.results.get(index).map(|own| own.trajectory.outcome);
            ended && matches!(outcome, Some(Outcome::Diverged(..)))
        };
        let values = runs.all_seeds().filter(|runs| !has_diverged(runs));
        let values = values.filter_map(|runs| value(runs, row.min(last(runs)?)));
        Some(Self {
            stats: SeedStats::of(values.filter(|value| value.is_finite())),
            diverged: runs.all_seeds().filter(has_diverged).count(),
            count,
        })
    }

    /// Returns a sentence with the number of seeds that have diverged.
    pub(super) fn diverged_text(&self) -> String {
        format!("{} of {} seeds have diverged.", self.diverged, self.count)
    }
}
