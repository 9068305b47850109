//! Surveys in the background: they have threads of their own, so that runs and terrain do not wait for them.

use super::job::LatestJob;
use super::{ProblemCache, Scene};
use crate::engine::analysis::basins::{BasinQuery, Basins, NEEDS_TWO_PARAMETERS};
use crate::engine::analysis::critical::{self, CriticalPoint};
use crate::engine::analysis::sweep::{self, SweepAxis, SweepContext, SweepCurve, SweepMap};
use crate::engine::cancel::Cancel;
use crate::engine::declare::SettingError;
use crate::engine::landscape::AnyLandscape;
use crate::engine::objective::plane::Rect;
use crate::engine::training::{RunSettings, RunSpec};
use rayon::ThreadPool;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// Grid sides of basins that come one after the other, as far as the finest that is asked for.
const GRID_SIDES: [usize; 3] = [32, 128, 512];

/// What basins depend on.
#[derive(Clone, PartialEq)]
pub struct BasinsKey {
    /// The landscape.
    pub landscape: AnyLandscape,
    /// What the runs are made under.
    pub run_settings: RunSettings,
    /// The optimizer and its schedule.
    pub spec: RunSpec,
    /// What is looked at.
    pub window: Rect,
    /// The side of the finest grid.
    pub side: usize,
}

/// Basins, and what they are of.
pub struct BasinsResult {
    /// What they are of.
    pub of: BasinsKey,
    /// The basins; coarser than asked for while finer ones are computed, or after a stop.
    pub basins: Basins,
}

/// A background slot that tells how far it is, for whatever depends on an `Of`.
pub(super) struct ProgressJob<Of, Found> {
    slot: LatestJob<(Scene, Of), Result<Found, String>>,
    /// How much of the work is done, and all of it.
    progress: Arc<[AtomicUsize; 2]>,
}

impl<Of: Clone + PartialEq, Found> ProgressJob<Of, Found> {
    /// Asks for what depends on `of`; what is asked for already goes on, and what was stopped stays so.
    pub(super) fn request(&self, scene: &Scene, of: &Of) {
        self.slot
            .request(|(_, asked)| asked == of, || (scene.clone(), of.clone()));
    }

    pub(super) fn newest(&self) -> Option<Arc<Result<Found, String>>> {
        self.slot.newest()
    }

    pub(super) fn stop(&self) {
        self.slot.stop();
    }

    /// The share of the work that is done; `None` at rest.
    pub(super) fn progress(&self) -> Option<f32> {
        self.slot.busy().then(|| fraction_done(&self.progress))
    }

    pub(super) fn wait(&self, patience: Duration) {
        self.slot.wait(patience);
    }
}

/// The background slot of basins; it counts the starts of the grid in work.
pub(super) type BasinsJob = ProgressJob<BasinsKey, BasinsResult>;

impl BasinsJob {
    pub(super) fn spawn(
        problems: Arc<ProblemCache>,
        wake: Arc<dyn Fn() + Send + Sync>,
    ) -> Result<Self, String> {
        let pool = thread_pool()?;
        let progress = Arc::new([AtomicUsize::new(0), AtomicUsize::new(0)]);
        let counted = Arc::clone(&progress);
        let slot = LatestJob::spawn(
            "basins",
            wake,
            move |(scene, of): &(Scene, BasinsKey), cancel, publish| {
                let problem = match problems.of_landscape(scene) {
                    Ok(problem) => problem,
                    Err(sentence) => return publish(Err(sentence)),
                };
                if problem.objective.dim() != 2 {
                    return publish(Err(NEEDS_TWO_PARAMETERS.to_owned()));
                }
                let question = BasinQuery {
                    objective: &*problem.objective,
                    known: &problem.minima,
                    spec: &of.spec,
                    run_settings: of.run_settings,
                    window: of.window,
                };
                let mut earlier: Option<Basins> = None;
                for side in GRID_SIDES
                    .into_iter()
                    .filter(|side| *side < of.side)
                    .chain([of.side])
                {
                    counted[0].store(0, Ordering::Relaxed);
                    counted[1].store(side * side, Ordering::Relaxed);
                    let answer = pool
                        .install(|| question.compute(side, earlier.as_ref(), &counted[0], cancel));
                    let Some(basins) = answer else { return };
                    earlier = Some(basins.clone());
                    publish(Ok(BasinsResult {
                        of: of.clone(),
                        basins,
                    }));
                }
            },
        )?;
        Ok(Self { slot, progress })
    }
}

/// Threads for surveys.
pub(super) fn thread_pool() -> Result<ThreadPool, String> {
    rayon::ThreadPoolBuilder::new()
        .build()
        .map_err(|error| format!("no threads to compute with: {error}"))
}

/// What a sweep goes over.
#[derive(Clone, Debug, PartialEq)]
pub enum SweepAxes {
    /// One setting of all runs that have it.
    One(SweepAxis),
    /// Two settings of the run at this place.
    Two(usize, [SweepAxis; 2]),
}

/// What a sweep depends on.
#[derive(Clone, PartialEq)]
pub struct SweepKey {
    /// The landscape.
    pub landscape: AnyLandscape,
    /// Where every run starts.
    pub start: [f64; 2],
    /// What the runs are made under.
    pub run_settings: RunSettings,
    /// The runs.
    pub specs: Vec<RunSpec>,
    /// The settings.
    pub overs: SweepAxes,
    /// The loss that is to be reached.
    pub goal: Option<f64>,
}

/// A sweep, and what it is of.
pub struct SweepResult {
    /// What it is of.
    pub of: SweepKey,
    /// Where the runs end.
    pub swept: SweepData,
}

/// The largest stable learning rates of a map, [`sweep::lr_limits`].
pub type LrLimits = Option<(usize, Vec<Option<f64>>)>;

/// Where the runs of a sweep end, and where theory expects them to diverge if the landscape is a quadratic.
pub enum SweepData {
    /// Over one setting: the curves with the limits of their learning rates.
    Curves(Vec<(SweepCurve, Option<f64>)>),
    /// Over two: the map, and [`sweep::lr_limits`].
    Map(Box<(SweepMap, LrLimits)>),
}

/// The background slot of sweeps; it counts runs.
pub(super) type SweepJob = ProgressJob<SweepKey, SweepResult>;

impl SweepJob {
    pub(super) fn spawn(
        problems: Arc<ProblemCache>,
        wake: Arc<dyn Fn() + Send + Sync>,
    ) -> Result<Self, String> {
        let pool = thread_pool()?;
        let progress = Arc::new([AtomicUsize::new(0), AtomicUsize::new(1)]);
        let counted = Arc::clone(&progress);
        let work = move |(scene, of): &(Scene, SweepKey),
                         cancel: &Cancel,
                         publish: &dyn Fn(Result<SweepResult, String>)| {
            let problem = match problems.of_landscape(scene) {
                Ok(problem) => problem,
                Err(sentence) => return publish(Err(sentence)),
            };
            counted[0].store(0, Ordering::Relaxed);
            let dim = problem.objective.dim();
            let setup = SweepContext {
                objective: &*problem.objective,
                start: &of.start[..dim.min(2)],
                run_settings: &of.run_settings,
                goal: of.goal,
                cancel,
                done: &counted[0],
            };
            match pool.install(|| compute_sweep(&setup, of, problem.view, &counted[1])) {
                Ok(Some(swept)) => publish(Ok(SweepResult {
                    of: of.clone(),
                    swept,
                })),
                Ok(None) => {}
                Err(refusal) => publish(Err(refusal.to_string())),
            }
        };
        Ok(Self {
            slot: LatestJob::spawn("sweep", wake, work)?,
            progress,
        })
    }
}

fn compute_sweep(
    setup: &SweepContext,
    of: &SweepKey,
    view: Rect,
    all: &AtomicUsize,
) -> Result<Option<SweepData>, SettingError> {
    let steepest = sweep::quadratic_lambda_max(setup.objective, view);
    match &of.overs {
        SweepAxes::One(over) => {
            let lines = sweep::swept_runs(&of.specs, over)?;
            all.store(sweep::run_count(&lines), Ordering::Relaxed);
            let limit = |curve: &SweepCurve| {
                let line = &curve.line;
                let lambda_max = steepest.filter(|_| line.grid.is_lr())?;
                sweep::lr_limit(&line.spec, lambda_max, setup.run_settings)
            };
            let curves = sweep::run_curves(setup, lines);
            Ok(curves.map(|curves| {
                let with_limit = |curve: SweepCurve| {
                    let limit = limit(&curve);
                    (curve, limit)
                };
                SweepData::Curves(curves.into_iter().map(with_limit).collect())
            }))
        }
        SweepAxes::Two(run, [x, y]) => {
            let Some(spec) = of.specs.get(*run) else {
                return Ok(None);
            };
            let grids = sweep::grids(spec, [x, y])?;
            all.store(grids[0].len() * grids[1].len() + 1, Ordering::Relaxed);
            Ok(sweep::run_map(setup, spec, grids).map(|map| {
                let limits = steepest
                    .and_then(|steepest| sweep::lr_limits(&map, steepest, setup.run_settings));
                SweepData::Map(Box::new((map, limits)))
            }))
        }
    }
}

/// The share of the work that is done.
fn fraction_done(progress: &[AtomicUsize; 2]) -> f32 {
    let [done, all] = [0, 1].map(|index| progress[index].load(Ordering::Relaxed));
    #[expect(clippy::cast_precision_loss, reason = "a share for people")]
    let share = done as f32 / all.max(1) as f32;
    share.min(1.0)
}

/// The critical points of a landscape in a window of its plane.
pub struct CriticalResult {
    /// The landscape.
    pub landscape: AnyLandscape,
    /// The points.
    pub points: Vec<CriticalPoint>,
}

/// The background slot of critical points.
pub(super) struct CriticalJob(LatestJob<(Scene, Rect), Result<CriticalResult, String>>);

impl CriticalJob {
    pub(super) fn spawn(
        problems: Arc<ProblemCache>,
        wake: Arc<dyn Fn() + Send + Sync>,
    ) -> Result<Self, String> {
        let pool = thread_pool()?;
        let work = move |(scene, window): &(Scene, Rect),
                         cancel: &Cancel,
                         publish: &dyn Fn(Result<CriticalResult, String>)| {
            let problem = match problems.of_landscape(scene) {
                Ok(problem) => problem,
                Err(sentence) => return publish(Err(sentence)),
            };
            let known: Vec<[f64; 2]> = problem
                .minima
                .iter()
                .chain(&problem.saddles)
                .map(|mark| mark.at)
                .collect();
            let found =
                pool.install(|| critical::find(&*problem.objective, *window, &known, cancel));
            if let Some(points) = found {
                let landscape = scene.landscape().clone();
                publish(Ok(CriticalResult { landscape, points }));
            }
        };
        LatestJob::spawn("critical points", wake, work).map(Self)
    }

    /// Asks for the points in a window; what is asked for already goes on.
    pub(super) fn request(&self, scene: &Scene, window: Rect) {
        let same = |(asked, there): &(Scene, Rect)| {
            asked.landscape() == scene.landscape() && *there == window
        };
        self.0.request(same, || (scene.clone(), window));
    }

    pub(super) fn newest(&self) -> Option<Arc<Result<CriticalResult, String>>> {
        self.0.newest()
    }

    pub(super) fn wait(&self, patience: Duration) {
        self.0.wait(patience);
    }
}
