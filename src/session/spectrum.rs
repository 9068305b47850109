//! The curvature at rows of a network's runs, in the background.

use super::job::LatestJob;
use super::{TrainedRun, TrainingSnapshot};
use crate::engine::analysis::curvature::{CurvatureSettings, ExpensiveParts, Report, report};
use crate::engine::cancel::Cancel;
use crate::engine::network::TrainingTask;
use std::sync::Arc;
use std::time::Duration;

/// The curvature at rows of some runs, as far as it is known.
pub struct SpectrumResult {
    /// A report for each run that was asked for; `None` is still to come.
    pub reports: Vec<Option<Report>>,
    /// Why there is none, where one is not to be had.
    pub refused: Option<String>,
    /// Whether nothing is to come.
    pub complete: bool,
    of: JobKey,
}

/// What it depends on.
#[derive(Clone)]
struct JobKey {
    task: Arc<TrainingTask>,
    runs: Vec<(Arc<TrainedRun>, usize)>,
    inquiry: CurvatureSettings,
}

impl JobKey {
    fn same_runs(&self, other: &Self) -> bool {
        let mut pairs = self.runs.iter().zip(&other.runs);
        self.inquiry == other.inquiry
            && self.runs.len() == other.runs.len()
            && pairs.all(|((own, _), (other, _))| own.is_same_run(other))
    }

    fn matches(&self, other: &Self) -> bool {
        let mut pairs = self.runs.iter().zip(&other.runs);
        self.same_runs(other) && pairs.all(|((_, own), (_, other))| own == other)
    }
}

impl SpectrumResult {
    /// The rows that the reports are of.
    pub fn rows(&self) -> impl Iterator<Item = usize> {
        self.of.runs.iter().map(|(_, row)| *row)
    }

    /// Whether it is of these runs, at whatever rows.
    pub fn matches<'a>(&self, runs: impl ExactSizeIterator<Item = &'a TrainedRun>) -> bool {
        self.of.runs.len() == runs.len()
            && self
                .of
                .runs
                .iter()
                .zip(runs)
                .all(|((own, _), run)| own.is_same_run(run))
    }
}

/// The background slot.
pub(super) struct SpectrumJob(LatestJob<JobKey, Result<SpectrumResult, String>>);

impl SpectrumJob {
    pub(super) fn spawn(wake: Arc<dyn Fn() + Send + Sync>) -> Result<Self, String> {
        LatestJob::spawn("spectrum", wake, compute_spectra).map(Self)
    }

    /// Asks for a row of each of these runs, or for the last one that there is. While other rows of the same runs are in work, those are
    /// finished first: a timeline that moves on all the time sees rows as they come.
    pub(super) fn request(
        &self,
        trained: &TrainingSnapshot,
        runs: &[usize],
        row: usize,
        inquiry: &CurvatureSettings,
    ) {
        let own = |run: &usize| {
            let run = trained.runs.get(*run)?;
            Some((Arc::clone(run), row.min(run.rows.len().checked_sub(1)?)))
        };
        let of = JobKey {
            task: Arc::clone(&trained.task),
            runs: runs.iter().filter_map(own).collect(),
            inquiry: inquiry.clone(),
        };
        let busy = self.0.busy();
        let goes_on = |asked: &JobKey| asked.matches(&of) || busy && asked.same_runs(&of);
        self.0.request(goes_on, || of.clone());
    }

    pub(super) fn newest(&self) -> Option<Arc<Result<SpectrumResult, String>>> {
        self.0.newest()
    }

    pub(super) fn wait(&self, patience: Duration) {
        self.0.wait(patience);
    }
}

fn compute_spectra(of: &JobKey, cancel: &Cancel, publish: &dyn Fn(Result<SpectrumResult, String>)) {
    let all = ExpensiveParts {
        trace: true,
        density: true,
        layers: true,
    };
    let mut reports: Vec<Option<Report>> = vec![None; of.runs.len()];
    let told = |reports: &[Option<Report>], refused: Option<String>, complete: bool| {
        publish(Ok(SpectrumResult {
            reports: reports.to_vec(),
            refused,
            complete,
            of: of.clone(),
        }));
    };
    let mut refused = None;
    for (index, (run, row)) in of.runs.iter().enumerate() {
        let Some(theta) = run.theta(*row) else {
            continue;
        };
        let mut some = |report: &Report| {
            reports[index] = Some(report.clone());
            told(&reports, None, false);
        };
        let made = report(&*of.task.loss, &theta, &of.inquiry, all, cancel, &mut some);
        match made {
            Ok(report) => reports[index] = Some(report),
            Err(_) if cancel.is_cancelled() => return,
            Err(error) => refused = Some(error.to_string()),
        }
    }
    told(&reports, refused, true);
}
