//! Curvature at rows of a network's runs, in the background.

use super::job::{Job, Jobs, Request, Worker};
use crate::engine::analysis::curvature::{CurvatureSettings, ExpensiveParts, Report, report};
use crate::engine::network::TrainingTask;
use crate::engine::results::{TrainedRun, TrainingSnapshot};
use std::sync::Arc;

/// Request for the curvature at one row of each of some runs.
#[derive(Clone)]
pub struct SpectrumRequest {
    task: Arc<TrainingTask>,
    runs: Vec<(Arc<TrainedRun>, usize)>,
    settings: CurvatureSettings,
}

impl SpectrumRequest {
    /// Returns the request for a row of each run in `runs`, or for its last row if there are fewer.
    pub fn new(
        trained: &TrainingSnapshot,
        runs: &[usize],
        row: usize,
        settings: &CurvatureSettings,
    ) -> Self {
        let own = |run: &usize| {
            let run = trained.runs.get(*run)?;
            Some((Arc::clone(run), row.min(run.rows.len().checked_sub(1)?)))
        };
        Self {
            task: Arc::clone(&trained.task),
            runs: runs.iter().filter_map(own).collect(),
            settings: settings.clone(),
        }
    }

    fn pairs<'a>(
        &'a self,
        other: &'a Self,
    ) -> impl Iterator<Item = [&'a (Arc<TrainedRun>, usize); 2]> {
        self.runs
            .iter()
            .zip(&other.runs)
            .map(|(own, other)| [own, other])
    }
}

impl Request for SpectrumRequest {
    fn matches(&self, other: &Self) -> bool {
        self.outlives(other) && self.pairs(other).all(|[own, other]| own.1 == other.1)
    }

    /// Rows of the same runs are finished: a timeline that plays would never show any otherwise.
    fn outlives(&self, newer: &Self) -> bool {
        self.settings == newer.settings
            && self.runs.len() == newer.runs.len()
            && self
                .pairs(newer)
                .all(|[own, other]| own.0.is_same_run(&other.0))
    }
}

/// Curvature at rows of some runs, as far as it is computed.
pub struct SpectrumResult {
    /// A report for each requested run; `None` is still to come.
    pub reports: Vec<Option<Report>>,
    /// The reason why a report is missing, where it cannot be computed.
    pub refused: Option<String>,
    /// Whether nothing is still to come.
    pub complete: bool,
    request: Arc<SpectrumRequest>,
}

impl SpectrumResult {
    /// Returns the row of each report.
    pub fn rows(&self) -> impl Iterator<Item = usize> {
        self.request.runs.iter().map(|(_, row)| *row)
    }

    /// Whether the reports are those of some runs, at any rows.
    pub fn matches<'a>(&self, runs: impl ExactSizeIterator<Item = &'a TrainedRun>) -> bool {
        let own = &self.request.runs;
        own.len() == runs.len()
            && own
                .iter()
                .zip(runs)
                .all(|((own, _), run)| own.is_same_run(run))
    }
}

pub(super) fn spawn(jobs: &Arc<Jobs>) -> Result<Job<SpectrumRequest, SpectrumResult>, String> {
    Job::spawn(
        "spectrum",
        jobs,
        |request: &Arc<SpectrumRequest>, worker| {
            compute(request, worker);
            Ok(())
        },
    )
}

fn compute(request: &Arc<SpectrumRequest>, worker: &Worker<SpectrumResult>) {
    let all = ExpensiveParts {
        trace: true,
        density: true,
        layers: true,
    };
    let mut reports: Vec<Option<Report>> = vec![None; request.runs.len()];
    let publish = |reports: &[Option<Report>], refused: Option<String>, complete: bool| {
        worker.publish(SpectrumResult {
            reports: reports.to_vec(),
            refused,
            complete,
            request: Arc::clone(request),
        });
    };
    let mut refused = None;
    for (index, (run, row)) in request.runs.iter().enumerate() {
        let Some(theta) = run.theta(*row) else {
            continue;
        };
        let (loss, settings, cancel) = (&*request.task.loss, &request.settings, worker.cancel);
        let mut publish_part = |report: &Report| {
            reports[index] = Some(report.clone());
            publish(&reports, None, false);
        };
        match report(loss, theta, settings, all, cancel, &mut publish_part) {
            Ok(report) => reports[index] = Some(report),
            Err(_) if cancel.is_cancelled() => return,
            Err(error) => refused = Some(error.to_string()),
        }
    }
    publish(&reports, refused, true);
}
