//! Training of every run of `ravine train` with every seed, until all have ended or Ctrl+C.

use crate::cli::interrupt;
use crate::cli::progress_counter::with_progress;
use crate::engine::cancel::Cancel;
use crate::engine::network::NetworkLoss;
use crate::engine::network::data::Split;
use crate::engine::training::{self, Outcome, RunSettings, RunSpec, Trajectory};
use rayon::prelude::*;
use std::sync::atomic::{AtomicU64, Ordering};

/// Final state of a run.
pub(super) struct RunEnd {
    pub(super) theta: Vec<f64>,
    pub(super) outcome: Outcome,
    pub(super) trajectory: Option<Trajectory>,
}

/// Everything that is trained with one seed.
pub(super) struct Seeded {
    pub(super) seed: u64,
    pub(super) loss: NetworkLoss,
    pub(super) split: Split,
    pub(super) start: Vec<f64>,
    pub(super) run_settings: RunSettings,
    pub(super) ends: Vec<RunEnd>,
}

/// Trains every run with every seed, on all threads, with a progress bar on a terminal. Ctrl+C ends all of them where they are.
pub(super) fn train_all(all: &mut [Seeded], specs: &[RunSpec], record: bool) {
    let cancel = interrupt::stoppable();
    let tasks: Vec<(&Seeded, &RunSpec)> = { all.iter() }
        .flat_map(|seeded| specs.iter().map(move |spec| (seeded, spec)))
        .collect();
    let steps = tasks
        .iter()
        .map(|(seeded, _)| seeded.run_settings.steps)
        .sum::<u64>();
    let total = usize::try_from(steps).unwrap_or(usize::MAX);
    let ends: Vec<RunEnd> = with_progress("train", "steps", total, |done| {
        let end = |(seeded, spec): &(&Seeded, &RunSpec)| {
            let counted = AtomicU64::new(0);
            let on_row = |step: u64| {
                let before = counted.swap(step, Ordering::Relaxed);
                let more = usize::try_from(step.saturating_sub(before)).unwrap_or(0);
                done.fetch_add(more, Ordering::Relaxed);
            };
            end(seeded, spec, record, &cancel, &on_row)
        };
        tasks.par_iter().map(end).collect()
    });
    let mut ends = ends.into_iter();
    for seeded in all {
        seeded.ends = ends.by_ref().take(specs.len()).collect();
    }
}

/// Computes a run until its end or until it is cancelled; with `record`, records its trajectory.
fn end(
    seeded: &Seeded,
    spec: &RunSpec,
    record: bool,
    cancel: &Cancel,
    on_row: &dyn Fn(u64),
) -> RunEnd {
    let (loss, start, run_settings) = (&seeded.loss, &seeded.start, &seeded.run_settings);
    if record {
        let trajectory = training::run_so_far(loss, start, spec, run_settings, cancel, on_row);
        return RunEnd {
            theta: trajectory.theta(usize::MAX).unwrap_or(start).to_vec(),
            outcome: trajectory.outcome,
            trajectory: Some(trajectory),
        };
    }
    // Full-batch losses at 1/100 of the steps are enough to detect divergence, unless the schedule needs them.
    let sparse = run_settings.gradient_settings.batch.is_some() && !spec.schedule.needs_loss();
    let run_settings = RunSettings {
        record_every: if sparse {
            (run_settings.steps / 100).max(1)
        } else {
            1
        },
        ..*run_settings
    };
    let state = training::run_to_end_so_far(loss, start, spec, &run_settings, cancel, on_row);
    RunEnd {
        theta: state.theta,
        outcome: state.outcome,
        trajectory: None,
    }
}
