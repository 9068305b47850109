//! Results of a [`Scene`] as plain data, shared as `Arc`, and the pure functions that compute them. Views and exporters read them.

mod first_view;
mod map_cache;
mod map_data;
mod outline;
mod plane_seeds;
mod sharpness;
mod trained;

pub use map_cache::MapCache;
pub use map_data::{MapData, compute_map_data, max_grid_side};
pub(crate) use map_data::{grid_sides, is_affordable};
pub(crate) use outline::decimate;
pub use plane_seeds::{NOT_RANDOM, SeedSlice, Seeds, seed_slices};
pub(crate) use plane_seeds::{SeedsQuery, bounding_view};
pub(crate) use sharpness::measure_row;
pub use sharpness::{RunSharpness, SharpnessResult};
pub(crate) use trained::RunId;
pub use trained::{TrainedRow, TrainedRun, TrainingSnapshot};

use super::analysis::curvature;
use super::analysis::theory::{Bowl, ConvexFunction, Theory};
use super::cancel::Cancel;
use super::scene::{Problem, Run, Scene};
use super::training::{self, Outcome, RunSettings, RunSpec, Trajectory};
use rayon::prelude::*;
use std::sync::Arc;

/// Trajectory of a run, and the exact curvature along it.
#[derive(Clone, Debug, PartialEq)]
pub struct RunResult {
    /// The trajectory.
    pub trajectory: Trajectory,
    /// λmin and λmax of the Hessian at each of its rows.
    pub curvature: Vec<[f64; 2]>,
    /// The largest eigenvalue of the Hessian divided by the run's preconditioner, at every row but the first; empty for rules without one,
    /// and for networks.
    pub preconditioned: Vec<f64>,
    /// Rate and bounds of the run by theory, where there is one.
    pub theory: Option<Theory>,
    /// Rows that are enough to draw the path: all of a short run, some thousands of a long one.
    pub outline: Vec<usize>,
}

/// Results of all runs of a scene.
#[derive(Clone)]
pub struct Runs {
    /// The scene that was run.
    pub scene: Scene,
    /// The loaded landscape; of a network, its loss on the plane.
    pub problem: Arc<Problem>,
    /// One result for each run of the scene, in its order.
    pub results: Vec<Arc<RunResult>>,
    /// Steps between two recorded rows.
    pub every: u64,
    /// Training record of a network's runs, whose `results` are their projections onto the plane; `None` for a landscape.
    pub trained: Option<TrainingSnapshot>,
    /// The maps that pictures of these runs share.
    pub maps: MapCache,
    /// The runs of the scene with other seeds, which charts summarize together with these.
    pub other_seeds: Arc<[Runs]>,
}

impl Runs {
    /// Returns the row that is shown at a step.
    pub fn row(&self, step: u64) -> usize {
        usize::try_from(step / self.every.max(1)).unwrap_or(usize::MAX)
    }

    /// Returns these runs and those with other seeds.
    pub fn all_seeds(&self) -> impl Iterator<Item = &Self> {
        std::iter::once(self).chain(self.other_seeds.iter())
    }

    /// Returns the step at which a row was recorded.
    pub fn step(&self, row: usize) -> u64 {
        row as u64 * self.every
    }

    /// Whether run `index` has rows to come.
    pub fn is_training(&self, index: usize) -> bool {
        let last = self.scene.training.steps.div_ceil(self.every.max(1));
        let going = |result: &Arc<RunResult>| {
            let trajectory = &result.trajectory;
            trajectory.outcome == Outcome::Finished && (trajectory.len() as u64) <= last
        };
        self.trained
            .as_ref()
            .is_some_and(|trained| !trained.complete)
            && self.results.get(index).is_some_and(going)
    }

    /// Whether the results belong to a scene, except for settings that changed since and are being recomputed.
    pub fn matches(&self, scene: &Scene) -> bool {
        self.results.len() == scene.runs.len()
            && self.trained.is_some() == scene.is_network()
            && (!scene.is_network() || self.scene.same_subject(scene))
    }
}

/// Computes every run of a scene with a landscape, and reuses those of `earlier` whose settings are equal. `None` if it was cancelled.
///
/// Runs are spread over the threads of the current pool and collected by index; the bits do not depend on the number of threads.
pub fn compute_runs(
    scene: &Scene,
    problem: &Arc<Problem>,
    earlier: Option<&Runs>,
    cancel: &Cancel,
) -> Option<Runs> {
    let run_settings = scene.run_settings();
    let known: Vec<(&RunSpec, &Arc<RunResult>)> = earlier
        .filter(|runs| {
            Arc::ptr_eq(&runs.problem, problem)
                && same_conditions(&runs.scene, scene, &run_settings)
        })
        .map(|runs| {
            runs.scene
                .runs
                .iter()
                .map(|run| &run.spec)
                .zip(&runs.results)
                .collect()
        })
        .unwrap_or_default();
    let is_linear = |run: &Run| run.spec.linear_step(run.spec.rates(0, 1), 1.0).is_some();
    let bowl = scene.runs.iter().any(is_linear);
    let bowl = bowl.then(|| Bowl::find(&*problem.objective, problem.view));
    let bowl = bowl.flatten();
    let convex = convex_function(scene, problem).filter(|_| bowl.is_none());
    let make = |spec: &RunSpec| {
        if let Some((_, result)) = known.iter().find(|(earlier, _)| *earlier == spec) {
            return Some(Arc::clone(result));
        }
        let objective = &*problem.objective;
        let start = scene.start_theta();
        let trajectory = training::run(objective, start, spec, &run_settings, cancel)?;
        let curvature = curvature::extremes_along(objective, &trajectory, cancel)?;
        let preconditioned =
            curvature::preconditioned_along(objective, start, spec, &run_settings, cancel)?;
        let outline = decimate(&trajectory);
        let theory = match (bowl, convex) {
            (Some(bowl), _) => bowl.theory(objective, spec, &run_settings, start),
            (None, Some(convex)) => convex.theory(objective, spec, &run_settings, start),
            (None, None) => None,
        };
        Some(Arc::new(RunResult {
            trajectory,
            curvature,
            preconditioned,
            theory,
            outline,
        }))
    };
    let results = scene
        .runs
        .par_iter()
        .map(|run| make(&run.spec))
        .collect::<Option<_>>()?;
    Some(Runs {
        scene: scene.clone(),
        problem: Arc::clone(problem),
        results,
        every: 1,
        trained: None,
        maps: MapCache::default(),
        other_seeds: Arc::default(),
    })
}

/// Returns the convex function that a scene's landscape is, with bounds of its curvature; `None` where they are not known.
fn convex_function(scene: &Scene, problem: &Problem) -> Option<ConvexFunction> {
    let landscape = scene.landscape().as_dyn();
    let bounds = landscape.curvature_bounds(scene.start());
    let bounds = bounds.filter(|_| !scene.is_network())?;
    let minimum = problem.minima.first()?;
    Some(ConvexFunction {
        bounds,
        minimum: minimum.at,
        floor: minimum.value,
    })
}

fn same_conditions(earlier: &Scene, scene: &Scene, run_settings: &RunSettings) -> bool {
    earlier.start() == scene.start() && earlier.run_settings() == *run_settings
}

#[cfg(test)]
mod tests;
