//! Charts of the runs over several seeds, summarized in the background.

use super::app::{App, Newest};
use crate::figure::metric_chart::{MetricChart, charts_over_seeds};
use crate::session::{Job, Request, SeedRunsRequest, SeedRunsResult, Session};
use std::sync::Arc;

/// Runs with other seeds, as far as they are computed.
type FoundSeeds = Arc<Result<SeedRunsResult, String>>;

/// Request for the charts over seeds.
pub(super) struct SeedChartsRequest(FoundSeeds);

impl Request for SeedChartsRequest {
    fn matches(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// Charts over seeds.
pub(crate) struct SeedCharts {
    of: FoundSeeds,
    /// The charts; of a network without sharpness.
    pub charts: Vec<MetricChart>,
}

/// The job that summarizes charts over seeds.
pub(super) type SeedChartsJob = Job<SeedChartsRequest, SeedCharts>;

/// Starts the job.
///
/// # Errors
/// Returns one sentence where the system gives no thread.
pub(super) fn spawn(session: &Session) -> Result<SeedChartsJob, String> {
    session.spawn_job("seed charts", |request: &SeedChartsRequest| {
        let found = (*request.0).as_ref().map_err(Clone::clone)?;
        Ok(SeedCharts {
            of: Arc::clone(&request.0),
            charts: charts_over_seeds(&found.all()),
        })
    })
}

impl App {
    /// Requests the runs of the scene with its other seeds, and their charts.
    pub(super) fn request_seeds(&self) {
        let first = self.runs();
        let request = first.and_then(|first| SeedRunsRequest::new(&self.scene, first));
        let job = &self.session.seed_runs;
        match request.filter(|_| self.refusal.is_none()) {
            Some(request) => {
                job.request(request);
                if !self.scene.is_network() {
                    job.wait(self.frame_budget);
                }
            }
            None if job.busy() => job.cancel(),
            None => {}
        }
        if let Some(found) = self.seed_runs() {
            self.seed_charts.request(SeedChartsRequest(found));
            self.seed_charts.wait(self.frame_budget);
        }
    }

    /// Returns the runs of the scene with its other seeds, as far as they are computed; `None` where it has one seed.
    pub(super) fn seed_runs(&self) -> Option<FoundSeeds> {
        let newest = self.session.seed_runs.newest();
        let newest = newest.filter(|_| self.scene.seed_count() > 1);
        newest.filter(|found| {
            let found = (**found).as_ref();
            found.is_ok_and(|found| found.matches(&self.scene))
        })
    }

    /// Returns the charts of the scene's runs over all seeds that are computed; `None` where it has one seed.
    pub(super) fn newest_seed_charts(&self) -> Newest<SeedCharts> {
        let found = self.seed_runs()?;
        let newest = self.seed_charts.newest();
        newest.filter(|charts| {
            let charts = (**charts).as_ref();
            charts.is_ok_and(|charts| Arc::ptr_eq(&charts.of, &found))
        })
    }
}
