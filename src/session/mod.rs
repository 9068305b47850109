//! Background computation for the window: one [`Job`] for each kind of result, and the training threads of networks. The newest request
//! wins, work on older ones is cancelled, coarse results come first, and a panic becomes an error.

mod all_predictions;
mod basins;
mod connect;
mod critical;
mod job;
mod map_data;
mod optimizer_state;
mod plane_seeds;
mod predictions;
mod problems;
mod runs;
mod seed_runs;
mod sharpness;
mod spectrum;
mod sweep;
mod training_pool;

pub use all_predictions::{AllPredictionsRequest, AllPredictionsResult, PredictionsAtRow};
pub use basins::{BasinsRequest, BasinsResult};
pub use connect::{ConnectRequest, ConnectResult};
pub use critical::{CriticalRequest, CriticalResult};
pub use job::{Job, Request};
pub use map_data::MapRequest;
pub use optimizer_state::{OptimizerStateRequest, OptimizerStateResult};
pub use plane_seeds::{SeedsRequest, SeedsResult};
pub use predictions::{PredictionsRequest, PredictionsResult};
pub use runs::{RunsRequest, compute_all_runs};
pub use seed_runs::{SeedRunsRequest, SeedRunsResult, compute_seed_runs};
pub use sharpness::SharpnessRequest;
pub use spectrum::{SpectrumRequest, SpectrumResult};
pub use sweep::{LrLimits, SweepAxes, SweepData, SweepRequest, SweepResult};

use crate::engine::files::Files;
use crate::engine::objective::plane::Rect;
use crate::engine::results::{MapData, Runs, SharpnessResult};
use crate::engine::scene::{Problem, Scene, SceneError};
use job::{Jobs, thread_pool};
use problems::ProblemCache;
use std::sync::Arc;
use std::time::Duration;
use training_pool::Signal;

/// The background jobs of one window. A job is one file: a request type, a result type and a compute function.
pub struct Session {
    /// Runs of a scene.
    pub runs: Job<RunsRequest, Runs>,
    /// Runs of a scene with its other seeds.
    pub seed_runs: Job<SeedRunsRequest, SeedRunsResult>,
    /// Map of a scene.
    pub map_data: Job<MapRequest, MapData>,
    /// Basins of attraction of one run.
    pub basins: Job<BasinsRequest, BasinsResult>,
    /// Sweep over settings of runs.
    pub sweep: Job<SweepRequest, SweepResult>,
    /// Critical points of a landscape.
    pub critical: Job<CriticalRequest, CriticalResult>,
    /// Predictions of a network at a row of a run.
    pub predictions: Job<PredictionsRequest, PredictionsResult>,
    /// Predictions of several runs of a network at a row.
    pub all_predictions: Job<AllPredictionsRequest, AllPredictionsResult>,
    /// Optimizer state along a run on a landscape.
    pub optimizer_state: Job<OptimizerStateRequest, OptimizerStateResult>,
    /// Sharpness along the runs of a network.
    pub sharpness: Job<SharpnessRequest, SharpnessResult>,
    /// Curvature at rows of a network's runs.
    pub spectrum: Job<SpectrumRequest, SpectrumResult>,
    /// Paths between the ends of two runs of a network.
    pub connect: Job<ConnectRequest, ConnectResult>,
    /// Slices of a network along random planes of several seeds.
    pub seeds: Job<SeedsRequest, SeedsResult>,
    problems: Arc<ProblemCache>,
    signal: Arc<Signal>,
    jobs: Arc<Jobs>,
}

impl Session {
    /// Starts the threads of all jobs. They call `wake` after each new result.
    ///
    /// # Errors
    /// Returns one sentence where the system gives no threads.
    pub fn new(
        files: Arc<dyn Files>,
        wake: impl Fn() + Send + Sync + 'static,
    ) -> Result<Self, String> {
        let pool = Arc::new(thread_pool()?);
        let problems = Arc::new(ProblemCache::new(files));
        let signal = Arc::<Signal>::default();
        let jobs = Jobs::new(wake);
        Ok(Self {
            runs: runs::spawn(&jobs, &problems, &pool, &signal)?,
            seed_runs: seed_runs::spawn(&jobs, &problems, &pool)?,
            map_data: map_data::spawn(&jobs, &problems, &pool)?,
            basins: basins::spawn(&jobs, &problems)?,
            sweep: sweep::spawn(&jobs, &problems)?,
            critical: critical::spawn(&jobs, &problems)?,
            predictions: predictions::spawn(&jobs)?,
            all_predictions: all_predictions::spawn(&jobs)?,
            optimizer_state: optimizer_state::spawn(&jobs)?,
            sharpness: sharpness::spawn(&jobs)?,
            spectrum: spectrum::spawn(&jobs)?,
            connect: connect::spawn(&jobs)?,
            seeds: plane_seeds::spawn(&jobs)?,
            problems,
            signal,
            jobs,
        })
    }

    /// Starts a job of a layer above, in which `compute` returns the result of a request.
    ///
    /// # Errors
    /// Returns one sentence where the system gives no thread.
    pub fn spawn_job<R: Request, T: Send + Sync + 'static>(
        &self,
        name: &str,
        compute: impl Fn(&R) -> Result<T, String> + Send + 'static,
    ) -> Result<Job<R, T>, String> {
        Job::spawn(name, &self.jobs, move |request: &Arc<R>, worker| {
            worker.publish(compute(request)?);
            Ok(())
        })
    }

    /// Requests the runs of a scene, and its map in a window of the plane. A network's map is requested once there is a plane.
    pub fn update(&self, scene: &Scene, window: Rect) {
        self.runs.request(RunsRequest(scene.clone()));
        let plane = self.plane(scene);
        if !scene.is_network() || plane.is_some() {
            let scene = scene.clone();
            self.map_data.request(MapRequest {
                scene,
                window,
                plane,
            });
        }
    }

    /// Returns the newest plane of a network, once there is one.
    fn plane(&self, scene: &Scene) -> Option<Arc<Problem>> {
        let runs = self.runs.newest()?;
        let runs = (*runs).as_ref().ok()?;
        let own = runs.trained.is_some() && runs.scene.same_subject(scene);
        own.then(|| Arc::clone(&runs.problem))
    }

    /// Returns the error of a scene of which a job gave the text.
    pub fn refusal(&self, text: &str) -> Option<SceneError> {
        self.problems.refusal(text)
    }

    /// Pauses the training of networks, or lets it go on.
    pub fn pause(&self, paused: bool) {
        self.signal.pause(paused);
    }

    /// Whether the training of networks is paused.
    pub fn is_paused(&self) -> bool {
        self.signal.is_paused()
    }

    /// Waits until each job in turn is at rest, at most for `timeout` each.
    pub fn wait(&self, timeout: Duration) {
        self.jobs.wait(timeout);
    }
}

#[cfg(test)]
mod tests;
