//! The curvature at rows of a network's runs, in the background.

use super::latest::Latest;
use super::{Trained, TrainedRun};
use crate::engine::analysis::curvature::{CurvatureSettings, ExpensiveParts, Report, report};
use crate::engine::cancel::Cancel;
use crate::engine::network::TrainingTask;
use std::sync::Arc;
use std::time::Duration;

/// The curvature at rows of some runs, as far as it is known.
pub struct SpectrumFound {
    /// A report for each run that was asked for; `None` is still to come.
    pub reports: Vec<Option<Report>>,
    /// Why there is none, where one is not to be had.
    pub refused: Option<String>,
    /// Whether nothing is to come.
    pub complete: bool,
    of: Of,
}

/// What it depends on.
#[derive(Clone)]
struct Of {
    trainee: Arc<TrainingTask>,
    runs: Vec<(Arc<TrainedRun>, usize)>,
    inquiry: CurvatureSettings,
}

impl Of {
    fn has_runs_of(&self, other: &Self) -> bool {
        let mut pairs = self.runs.iter().zip(&other.runs);
        self.inquiry == other.inquiry
            && self.runs.len() == other.runs.len()
            && pairs.all(|((own, _), (other, _))| own.is_same_run(other))
    }

    fn is_same(&self, other: &Self) -> bool {
        let mut pairs = self.runs.iter().zip(&other.runs);
        self.has_runs_of(other) && pairs.all(|((_, own), (_, other))| own == other)
    }
}

impl SpectrumFound {
    /// The rows that the reports are of.
    pub fn rows(&self) -> impl Iterator<Item = usize> {
        self.of.runs.iter().map(|(_, row)| *row)
    }

    /// Whether it is of these runs, at whatever rows.
    pub fn is_of<'a>(&self, runs: impl ExactSizeIterator<Item = &'a TrainedRun>) -> bool {
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
pub(super) struct SpectrumSlot(Latest<Of, Result<SpectrumFound, String>>);

impl SpectrumSlot {
    pub(super) fn spawn(wake: Arc<dyn Fn() + Send + Sync>) -> Result<Self, String> {
        Latest::spawn("spectrum", wake, work).map(Self)
    }

    /// Asks for a row of each of these runs, or for the last one that there is. While other rows of the same runs are in work, those are
    /// finished first: a timeline that moves on all the time sees rows as they come.
    pub(super) fn ask(
        &self,
        trained: &Trained,
        runs: &[usize],
        row: usize,
        inquiry: &CurvatureSettings,
    ) {
        let own = |run: &usize| {
            let run = trained.runs.get(*run)?;
            Some((Arc::clone(run), row.min(run.rows.len().checked_sub(1)?)))
        };
        let of = Of {
            trainee: Arc::clone(&trained.trainee),
            runs: runs.iter().filter_map(own).collect(),
            inquiry: inquiry.clone(),
        };
        let busy = self.0.busy();
        let goes_on = |asked: &Of| asked.is_same(&of) || busy && asked.has_runs_of(&of);
        self.0.ask(goes_on, || of.clone());
    }

    pub(super) fn newest(&self) -> Option<Arc<Result<SpectrumFound, String>>> {
        self.0.newest()
    }

    pub(super) fn wait(&self, patience: Duration) {
        self.0.wait(patience);
    }
}

fn work(of: &Of, cancel: &Cancel, publish: &dyn Fn(Result<SpectrumFound, String>)) {
    let all = ExpensiveParts {
        trace: true,
        density: true,
        layers: true,
    };
    let mut reports: Vec<Option<Report>> = vec![None; of.runs.len()];
    let told = |reports: &[Option<Report>], refused: Option<String>, complete: bool| {
        publish(Ok(SpectrumFound {
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
        let made = report(
            &*of.trainee.loss,
            &theta,
            &of.inquiry,
            all,
            cancel,
            &mut some,
        );
        match made {
            Ok(report) => reports[index] = Some(report),
            Err(_) if cancel.is_cancelled() => return,
            Err(error) => refused = Some(error.to_string()),
        }
    }
    told(&reports, refused, true);
}
