//! What else the lab can be asked for beside runs and terrain: what is asked for comes in the background, and the newest wins.

use super::{
    BasinsKey, BasinsResult, CriticalResult, ModeConnectivityResult, OptimizerStateResult,
    PredictionsResult, Runs, Seeds, SeedsResult, Session, SharpnessResult, SpectrumResult,
    SweepKey, SweepResult, TrainingSnapshot,
};
use crate::engine::analysis::curvature::CurvatureSettings;
use crate::engine::analysis::mode_connectivity::Connect;
use crate::engine::objective::plane::Rect;
use crate::engine::scene::Scene;
use crate::engine::training::RunSpec;
use std::sync::Arc;
use std::time::Duration;

impl Session {
    /// Asks for the basins of attraction of a run of a scene; what is asked for already goes on.
    pub fn ask_basins(&self, scene: &Scene, of: &BasinsKey) {
        self.basins.request(scene, of);
    }

    /// Stops the work on basins; the coarse ones stay.
    pub fn stop_basins(&self) {
        self.basins.stop();
    }

    /// The newest basins, or the sentence that says why there are none; `None` before the first.
    pub fn basins(&self) -> Option<Arc<Result<BasinsResult, String>>> {
        self.basins.newest()
    }

    /// The share of the basins in work that is done; `None` at rest.
    pub fn basins_progress(&self) -> Option<f32> {
        self.basins.progress()
    }

    /// Asks for a sweep of a scene; what is asked for already goes on.
    pub fn ask_sweep(&self, scene: &Scene, of: &SweepKey) {
        self.sweep.request(scene, of);
    }

    /// Stops the work on a sweep.
    pub fn stop_sweep(&self) {
        self.sweep.stop();
    }

    /// The newest sweep, or the sentence that says why there is none; `None` before the first.
    pub fn sweep(&self) -> Option<Arc<Result<SweepResult, String>>> {
        self.sweep.newest()
    }

    /// The share of the sweep in work that is done; `None` at rest.
    pub fn sweep_progress(&self) -> Option<f32> {
        self.sweep.progress()
    }

    /// Asks for the critical points in a window of the plane; what is asked for already goes on.
    pub fn ask_critical(&self, scene: &Scene, window: Rect) {
        self.critical.request(scene, window);
    }

    /// The newest critical points, or the sentence that says why there are none; `None` before the first.
    pub fn critical(&self) -> Option<Arc<Result<CriticalResult, String>>> {
        self.critical.newest()
    }

    /// Asks what a network says of its data at a row of a run; what is asked for already goes on.
    pub fn ask_fit(&self, trained: &TrainingSnapshot, run: usize, row: usize) {
        self.fit.request(trained, run, row);
    }

    /// What a network says of its data, or the sentence that says why that is not known; `None` before the first.
    pub fn fit(&self) -> Option<Arc<Result<PredictionsResult, String>>> {
        self.fit.newest()
    }

    /// Asks how sharp the loss is along the runs of a network, at every so many of their rows; 0 asks for nothing.
    pub fn ask_sharpness(&self, trained: &TrainingSnapshot, every: u64) {
        self.sharpness.request(trained, every);
    }

    /// How sharp the loss is along the runs that were asked for, or for earlier ones, as far as it is known.
    pub fn sharpness(&self) -> Option<Arc<Result<SharpnessResult, String>>> {
        self.sharpness.newest()
    }

    /// Asks for the curvature where these runs of a network are at a row, or at the last one that there is.
    pub fn ask_spectrum(
        &self,
        trained: &TrainingSnapshot,
        runs: &[usize],
        row: usize,
        inquiry: &CurvatureSettings,
    ) {
        self.spectrum.request(trained, runs, row, inquiry);
    }

    /// The curvature that was asked for, or an earlier one, as far as it is known.
    pub fn spectrum(&self) -> Option<Arc<Result<SpectrumResult, String>>> {
        self.spectrum.newest()
    }

    /// Asks for ways between the ends of two runs, of which `spec` trains the curve, and for the losses on a window of the plane that holds
    /// them.
    pub fn ask_ways(
        &self,
        trained: &TrainingSnapshot,
        ends: [usize; 2],
        spec: &RunSpec,
        settings: &Connect,
        window: Option<Rect>,
    ) {
        self.ways.request(trained, ends, spec, settings, window);
    }

    /// The ways that were asked for, or earlier ones, as far as they are known.
    pub fn ways(&self) -> Option<Arc<Result<ModeConnectivityResult, String>>> {
        self.ways.newest()
    }

    /// Waits until the ways that were asked for are known, but no longer than this.
    pub fn wait_for_ways(&self, patience: Duration) {
        self.ways.wait(patience);
    }

    /// Waits until the curvature that was asked for is known, but no longer than this.
    pub fn wait_for_spectrum(&self, patience: Duration) {
        self.spectrum.wait(patience);
    }

    /// Waits until sharpness is known as far as it was asked for, but no longer than this.
    pub fn wait_for_sharpness(&self, patience: Duration) {
        self.sharpness.wait(patience);
    }

    /// Gives that this long to be ready.
    pub fn wait_for_fit(&self, patience: Duration) {
        self.fit.wait(patience);
    }

    /// Asks what the rule of a run on a landscape carries; what is asked for already goes on.
    pub fn ask_carried(&self, runs: &Runs, run: usize) {
        self.carried.request(runs, run);
    }

    /// What the rule of a run carries, or the sentence that says why that is not known; `None` before the first.
    pub fn carried(&self) -> Option<Arc<Result<OptimizerStateResult, String>>> {
        self.carried.newest()
    }

    /// Gives that this long to be ready.
    pub fn wait_for_carried(&self, patience: Duration) {
        self.carried.wait(patience);
    }

    /// Asks for slices of a network along the random planes of some seeds; what is asked for already goes on.
    pub fn ask_seeds(&self, runs: &Runs, seeds: Seeds) {
        self.seeds.request(runs, seeds);
    }

    /// The newest slices along seeds, or the sentence that says why there are none; `None` before the first.
    pub fn seeds(&self) -> Option<Arc<Result<SeedsResult, String>>> {
        self.seeds.newest()
    }

    /// Whether slices along seeds are in work.
    pub fn seeds_busy(&self) -> bool {
        self.seeds.busy()
    }

    /// Gives them this long to be ready.
    pub fn wait_for_seeds(&self, patience: Duration) {
        self.seeds.wait(patience);
    }

    /// Gives critical points this long to be ready.
    pub fn wait_for_critical(&self, patience: Duration) {
        self.critical.wait(patience);
    }

    /// Gives a sweep this long to be ready.
    pub fn wait_for_sweep(&self, patience: Duration) {
        self.sweep.wait(patience);
    }

    /// Gives basins this long to be ready.
    pub fn wait_for_basins(&self, patience: Duration) {
        self.basins.wait(patience);
    }
}
