//! Keeps the results up to date with a scene, off the caller's thread: newest wins, old work is cancelled, coarse
//! pictures come first, and a panic is caught and told.

mod asks;
mod experiments;
mod job;
mod mode_connectivity;
mod optimizer_state;
mod plane_seeds;
mod predictions;
mod sharpness;
mod spectrum;
mod training_pool;

pub use experiments::{
    BasinsKey, BasinsResult, CriticalResult, LrLimits, SweepAxes, SweepData, SweepKey, SweepResult,
};
pub use optimizer_state::OptimizerStateResult;
pub use plane_seeds::{NOT_RANDOM, SeedSlice, Seeds, SeedsResult, seed_slices};
pub use predictions::PredictionsResult;
pub use sharpness::{RunSharpness, SharpnessResult};
pub use spectrum::SpectrumResult;

pub use mode_connectivity::ModeConnectivityResult;
pub use training_pool::{TrainedRow, TrainedRun, TrainingSnapshot};

use crate::engine::analysis::curvature;
use crate::engine::cancel::Cancel;
use crate::engine::files::Files;
use crate::engine::geometry::contour::{self, ContourLine, Levels};
use crate::engine::geometry::surface::Surface;
use crate::engine::landscape::Spacing;
use crate::engine::network::TrainingTask;
use crate::engine::objective::plane::{Plane, Rect};
use crate::engine::objective::{Objective, sample_graph};
use crate::engine::scene::Problem;
use crate::engine::scene::{LevelSpacing, Scene, Subject};
use crate::engine::training::{self, Outcome, RunSettings, RunSpec, Trajectory};
use experiments::{BasinsJob, CriticalJob, SweepJob};
use job::{LatestJob, lock};
use mode_connectivity::ModeConnectivityJob;
use optimizer_state::OptimizerStateJob;
use plane_seeds::SeedsJob;
use predictions::PredictionsJob;
use rayon::prelude::*;
use sharpness::SharpnessJob;
use spectrum::SpectrumJob;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use training_pool::{Signal, TrainingPool};

/// A run's trajectory and the exact curvature along it.
#[derive(Clone, Debug, PartialEq)]
pub struct RunResult {
    /// The trajectory.
    pub trajectory: Trajectory,
    /// λmin and λmax of the Hessian at each of its rows.
    pub curvature: Vec<[f64; 2]>,
    /// The largest eigenvalue of the Hessian divided by the run's preconditioner, at every row but the first; empty for rules without one,
    /// and for networks.
    pub preconditioned: Vec<f64>,
    /// Rows that are enough to draw the path: all of a short run, some thousands of a long one.
    pub outline: Vec<usize>,
}

/// The runs of a scene.
#[derive(Clone)]
pub struct Runs {
    /// The scene that they belong to.
    pub scene: Scene,
    /// Its landscape at work.
    pub problem: Arc<Problem>,
    /// One result for each run of the scene, in its order.
    pub results: Vec<Arc<RunResult>>,
    /// How many steps lie between two rows.
    pub every: u64,
    /// Of a network, what its runs have beside their shadows on the plane, which are the results. The ground is that of the plane.
    pub trained: Option<TrainingSnapshot>,
}

impl Runs {
    /// The row that is shown of each run at a step.
    pub fn row(&self, step: u64) -> usize {
        usize::try_from(step / self.every.max(1)).unwrap_or(usize::MAX)
    }

    /// How many steps have been taken at a row.
    pub fn step(&self, row: usize) -> u64 {
        row as u64 * self.every
    }

    /// Whether a run has rows to come.
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

    /// Whether these are the runs of a scene, but for settings that they are about to follow.
    pub fn matches(&self, scene: &Scene) -> bool {
        self.results.len() == scene.runs.len()
            && self.trained.is_some() == scene.is_network()
            && (!scene.is_network() || self.scene.same_subject(scene))
    }
}

/// The landscape of a scene in a window of its plane.
#[derive(Clone)]
pub struct MapData {
    /// The grid.
    pub surface: Surface,
    /// What has to be added to its heights: not 0 where they would be rounded to one another, [`Surface::closeup`].
    pub base: f64,
    /// The contour levels and the scale of heights.
    pub levels: Levels,
    /// The contour lines.
    pub lines: Vec<ContourLine>,
    /// Of a landscape of one parameter, the pieces of its graph, as points (x, f); its grid is bare then.
    pub graph: Option<Vec<Vec<[f64; 2]>>>,
    /// Whether this is as fine as it gets.
    pub complete: bool,
    /// Of a network, the plane that it is on: that of the [`Runs`] with the same ground.
    pub problem: Option<Arc<Problem>>,
}

impl MapData {
    /// Whether it is on the plane of some runs; that of a landscape always is.
    pub fn matches(&self, runs: &Runs) -> bool {
        match (&self.problem, &runs.trained) {
            (None, None) => true,
            (Some(own), Some(_)) => Arc::ptr_eq(own, &runs.problem),
            _ => false,
        }
    }
}

/// Makes every run of a scene about a landscape, `earlier` results serving again where nothing changed. `None` if it was cancelled.
///
/// Runs are spread over the threads of the current pool and collected by index; the bits do not depend on how many.
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
        Some(Arc::new(RunResult {
            trajectory,
            curvature,
            preconditioned,
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
    })
}

/// Makes every run of a scene to its end, or says why they cannot be shown; `earlier` results serve again where nothing changed.
pub fn compute_all_runs(
    scene: &Scene,
    problem: &Arc<Problem>,
    earlier: Option<&Runs>,
) -> Result<Runs, String> {
    let never = Cancel::default();
    if !scene.is_network() {
        let made = compute_runs(scene, problem, earlier, &never);
        return made.ok_or_else(|| "the work was stopped".to_owned());
    }
    if let Some(runs) = earlier.filter(|runs| same_runs(&runs.scene, scene)) {
        let scene = scene.clone();
        return Ok(Runs {
            scene,
            ..runs.clone()
        });
    }
    let newest = Mutex::new(Err("the network has no runs to show".to_owned()));
    let publish = |made| *lock(&newest) = made;
    TrainingPool::new(Arc::default()).train_scene(scene, problem, &never, &publish);
    newest.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// Of each stretch of a long path the first row and those that lie farthest out.
fn decimate(trajectory: &Trajectory) -> Vec<usize> {
    const MAX_SEGMENTS: usize = 1000;
    let rows = trajectory.len();
    if rows <= 5 * MAX_SEGMENTS {
        return (0..rows).collect();
    }
    let coordinate =
        |row: usize, axis: usize| trajectory.plot_point(row).map_or(0.0, |at| at[axis]);
    let mut outline = vec![rows - 1];
    let length = rows.div_ceil(MAX_SEGMENTS);
    for first in (0..rows).step_by(length) {
        let stretch = first..(first + length).min(rows);
        outline.push(first);
        for axis in 0..2 {
            let by_place =
                |a: &usize, b: &usize| coordinate(*a, axis).total_cmp(&coordinate(*b, axis));
            outline.extend(stretch.clone().min_by(by_place));
            outline.extend(stretch.clone().max_by(by_place));
        }
    }
    outline.sort_unstable();
    outline.dedup();
    outline
}

fn same_conditions(earlier: &Scene, scene: &Scene, run_settings: &RunSettings) -> bool {
    earlier.start() == scene.start() && earlier.run_settings() == *run_settings
}

/// Samples the landscape of a scene on `side`² points of a window and draws its contour lines, or of one parameter its
/// graph. `None` if it was cancelled.
pub fn compute_map_data(
    scene: &Scene,
    problem: &Problem,
    window: Rect,
    side: usize,
    cancel: &Cancel,
) -> Option<MapData> {
    if problem.objective.dim() == 1 {
        return graph_map_data(problem, window, cancel);
    }
    let surface = Surface::sample(
        &*problem.objective,
        &Plane::identity(),
        window,
        side,
        side,
        cancel,
    )?;
    let (surface, base) = surface
        .deep_zoom(&*problem.objective)
        .unwrap_or((surface, 0.0));
    let log = match scene.map.spacing {
        LevelSpacing::Auto => scene.spacing() == Spacing::Log,
        LevelSpacing::Log => true,
        LevelSpacing::Linear => false,
    };
    // Close up, the lowest height in view is that of a minimum, or the view is a slope.
    let lowest = problem
        .minima
        .iter()
        .map(|mark| mark.value)
        .reduce(f64::min);
    let floor = lowest.filter(|_| base == 0.0);
    let about = usize::try_from(scene.map.levels).unwrap_or(20);
    let map_data = MapData::of(surface, log, floor, about, cancel)?;
    Some(MapData { base, ..map_data })
}

impl MapData {
    /// The terrain of a surface with about so many levels, logarithmic or not; see [`Levels::choose`]. `None` if it was cancelled.
    pub fn of(
        surface: Surface,
        log: bool,
        floor: Option<f64>,
        about: usize,
        cancel: &Cancel,
    ) -> Option<Self> {
        let levels = Levels::choose(&surface, log, floor, about);
        let lines = contour::lines(&surface, levels.values(), cancel)?;
        Some(Self {
            surface,
            base: 0.0,
            levels,
            lines,
            graph: None,
            complete: true,
            problem: None,
        })
    }
}

/// The terrain of a landscape of one parameter, which is quickly done as fine as it gets.
fn graph_map_data(problem: &Problem, window: Rect, cancel: &Cancel) -> Option<MapData> {
    let bare = Surface {
        view: window,
        columns: 2,
        rows: 2,
        values: vec![f64::NAN; 4],
    };
    Some(MapData {
        base: 0.0,
        levels: Levels::choose(&bare, false, None, 1),
        surface: bare,
        lines: Vec::new(),
        graph: Some(sample_graph(&*problem.objective, window, cancel)?),
        complete: true,
        problem: None,
    })
}

/// Grid sides of the pictures that come one after the other.
const GRID_SIDES: [usize; 3] = [48, 160, 400];

/// The same of a network, whose grid gets as fine as some seconds allow.
fn grid_sides(problem: &Problem) -> Vec<usize> {
    let Some(task) = &problem.task else {
        return GRID_SIDES.to_vec();
    };
    let all = [17, 33, 65, 101, 161, 257];
    let affordable = all.into_iter();
    let affordable = affordable.filter(|side| *side < 64 || is_affordable(task, side * side));
    affordable.collect()
}

/// Whether the loss of a network at so many points takes no more than some seconds.
fn is_affordable(task: &TrainingTask, points: usize) -> bool {
    let widths = task.loss.widths();
    let products: usize = widths.windows(2).map(|pair| pair[0] * pair[1]).sum();
    // An activation takes as long as some thirty products.
    let bends: usize = widths[1..].iter().sum();
    let point = task.loss.samples().saturating_mul(products + 30 * bends);
    point.saturating_mul(points) <= 100_000_000_000
}

/// The side of the finest grid that is made of a network's plane; `None` of a landscape, of which there is no finest.
pub fn max_grid_side(problem: &Problem) -> Option<usize> {
    problem
        .task
        .as_ref()
        .and_then(|_| grid_sides(problem).pop())
}

/// What a terrain is asked for: a scene, a window of its plane, and of a network the plane.
type MapRequest = (Scene, Rect, Option<Arc<Problem>>);

/// Keeps runs and terrain up to date with the newest scene.
pub struct Session {
    runs: LatestJob<Scene, Result<Runs, String>>,
    map_data: LatestJob<MapRequest, Result<MapData, String>>,
    gate: Arc<Signal>,
    basins: BasinsJob,
    sweep: SweepJob,
    critical: CriticalJob,
    fit: PredictionsJob,
    sharpness: SharpnessJob,
    spectrum: SpectrumJob,
    ways: ModeConnectivityJob,
    carried: OptimizerStateJob,
    seeds: SeedsJob,
}

impl Session {
    /// A lab with its own threads, which call `wake` whenever there is something new to see.
    ///
    /// # Errors
    /// One sentence, where the system gives no threads.
    pub fn new(
        files: Arc<dyn Files>,
        wake: impl Fn() + Send + Sync + 'static,
    ) -> Result<Self, String> {
        let pool = rayon::ThreadPoolBuilder::new()
            .build()
            .map_err(|error| format!("no threads to compute with: {error}"))?;
        let pool = Arc::new(pool);
        let wake: Arc<dyn Fn() + Send + Sync> = Arc::new(wake);
        let problems = Arc::new(ProblemCache {
            files,
            newest: Mutex::new(None),
        });

        let (pool_of_runs, grounds_of_runs) = (Arc::clone(&pool), Arc::clone(&problems));
        let mut earlier: Option<Runs> = None;
        let gate = Arc::<Signal>::default();
        let mut training = TrainingPool::new(Arc::clone(&gate));
        let runs = LatestJob::spawn(
            "runs",
            Arc::clone(&wake),
            move |scene: &Scene, cancel, publish| {
                if scene.is_network() {
                    return match grounds_of_runs.get(scene) {
                        Ok(problem) => training.train_scene(scene, &problem, cancel, publish),
                        Err(sentence) => publish(Err(sentence)),
                    };
                }
                training.stop_all();
                let made = grounds_of_runs.get(scene).map(|problem| {
                    let runs = pool_of_runs
                        .install(|| compute_runs(scene, &problem, earlier.as_ref(), cancel));
                    earlier.clone_from(&runs);
                    runs
                });
                if let Some(made) = made.transpose() {
                    publish(made);
                }
            },
        )?;
        let basins = BasinsJob::spawn(Arc::clone(&problems), Arc::clone(&wake))?;
        let sweep = SweepJob::spawn(Arc::clone(&problems), Arc::clone(&wake))?;
        let critical = CriticalJob::spawn(Arc::clone(&problems), Arc::clone(&wake))?;
        let fit = PredictionsJob::spawn(Arc::clone(&wake))?;
        let sharpness = SharpnessJob::spawn(Arc::clone(&wake))?;
        let spectrum = SpectrumJob::spawn(Arc::clone(&wake))?;
        let ways = ModeConnectivityJob::spawn(Arc::clone(&wake))?;
        let carried = OptimizerStateJob::spawn(Arc::clone(&wake))?;
        let seeds = SeedsJob::spawn(Arc::clone(&wake))?;
        let map_data = LatestJob::spawn(
            "terrain",
            wake,
            move |(scene, window, plane): &MapRequest, cancel, publish| {
                let problem = match plane.clone().map_or_else(|| problems.get(scene), Ok) {
                    Ok(problem) => problem,
                    Err(sentence) => return publish(Err(sentence)),
                };
                let sides = grid_sides(&problem);
                for side in &sides {
                    match pool.install(|| compute_map_data(scene, &problem, *window, *side, cancel))
                    {
                        Some(map_data) => publish(Ok(MapData {
                            complete: sides.last() == Some(side),
                            problem: plane.clone(),
                            ..map_data
                        })),
                        None => return,
                    }
                }
            },
        )?;
        Ok(Self {
            runs,
            map_data,
            gate,
            basins,
            sweep,
            critical,
            fit,
            sharpness,
            spectrum,
            ways,
            carried,
            seeds,
        })
    }

    /// Asks for everything that a scene shows in a window of its plane; what is asked for already goes on.
    pub fn update(&self, scene: &Scene, window: Rect) {
        self.runs
            .request(|asked| same_runs(asked, scene), || scene.clone());
        let plane = self.plane(scene);
        if !scene.is_network() || plane.is_some() {
            self.map_data.request(
                |asked| same_map_request(asked, scene, window, plane.as_ref()),
                || (scene.clone(), window, plane.clone()),
            );
        }
    }

    /// The newest plane of a network, once there is one.
    fn plane(&self, scene: &Scene) -> Option<Arc<Problem>> {
        let runs = self.runs.newest()?;
        let runs = (*runs).as_ref().ok()?;
        let own = runs.trained.is_some() && runs.scene.same_subject(scene);
        own.then(|| Arc::clone(&runs.problem))
    }

    /// Holds the runs of networks where they are, or lets them go on.
    pub fn pause(&self, paused: bool) {
        self.gate.pause(paused);
    }

    /// Whether the runs of networks are held.
    pub fn is_paused(&self) -> bool {
        self.gate.is_paused()
    }

    /// The newest runs, or the sentence that says why there are none; `None` before the first.
    pub fn runs(&self) -> Option<Arc<Result<Runs, String>>> {
        self.runs.newest()
    }

    /// The newest terrain, or the sentence that says why there is none; `None` before the first.
    pub fn map_data(&self) -> Option<Arc<Result<MapData, String>>> {
        self.map_data.newest()
    }

    /// What is still being computed: the runs, the terrain.
    pub fn busy(&self) -> [bool; 2] {
        [self.runs.busy(), self.map_data.busy()]
    }

    /// Gives runs that take no longer than this the time to be ready; the frame that a slider moved in shows them.
    pub fn wait_for_runs(&self, patience: Duration) {
        self.runs.wait(patience);
    }

    /// The same for the terrain.
    pub fn wait_for_map_data(&self, patience: Duration) {
        self.map_data.wait(patience);
    }
}

fn same_runs(a: &Scene, b: &Scene) -> bool {
    a.subject == b.subject && a.training == b.training && a.runs == b.runs
}

fn same_map_request(
    (scene, window, plane): &MapRequest,
    other: &Scene,
    other_window: Rect,
    other_plane: Option<&Arc<Problem>>,
) -> bool {
    let levels = |scene: &Scene| (scene.map.spacing, scene.map.levels);
    let same_plane = match (plane, other_plane) {
        (Some(own), Some(other)) => Arc::ptr_eq(own, other),
        (own, other) => own.is_none() && other.is_none(),
    };
    *window == other_window
        && same_plane
        && scene.same_subject(other)
        && levels(scene) == levels(other)
}

/// The landscape or the network at work that was asked for last, so that files are read once.
struct ProblemCache {
    files: Arc<dyn Files>,
    newest: Mutex<Option<(Scene, Arc<Problem>)>>,
}

impl ProblemCache {
    fn get(&self, scene: &Scene) -> Result<Arc<Problem>, String> {
        let mut newest = lock(&self.newest);
        let problem = match &*newest {
            Some((of, problem)) if of.same_subject(scene) => Arc::clone(problem),
            _ => Arc::new(
                scene
                    .load_problem_unchecked(&*self.files)
                    .map_err(|error| error.to_string())?,
            ),
        };
        scene.check(&problem).map_err(|error| error.to_string())?;
        *newest = Some((scene.clone(), Arc::clone(&problem)));
        Ok(problem)
    }

    /// The same for what is of two parameters at most: surveys are not made of networks.
    fn of_landscape(&self, scene: &Scene) -> Result<Arc<Problem>, String> {
        match &scene.subject {
            Subject::Landscape(_) => self.get(scene),
            Subject::Network(_) => {
                Err("this is for landscapes; expected a scene without a network".to_owned())
            }
        }
    }
}

#[cfg(test)]
mod tests;
