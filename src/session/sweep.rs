//! Sweeps over settings of runs in the background.

use super::job::{Job, Jobs, Progress, Request, thread_pool};
use super::problems::ProblemCache;
use crate::engine::analysis::sweep::{self, SweepAxis, SweepContext, SweepCurve, SweepMap};
use crate::engine::declare::SettingError;
use crate::engine::objective::plane::Rect;
use crate::engine::scene::Scene;
use crate::engine::training::RunSpec;
use std::sync::Arc;

/// Settings that a sweep varies.
#[derive(Clone, Debug, PartialEq)]
pub enum SweepAxes {
    /// One setting of all runs that have it.
    One(SweepAxis),
    /// Two settings of the run with this index among the swept ones.
    Two(usize, [SweepAxis; 2]),
}

/// Request for a sweep.
#[derive(Clone)]
pub struct SweepRequest {
    /// The landscape, the start and the settings of all runs.
    pub scene: Scene,
    /// The swept runs.
    pub specs: Vec<RunSpec>,
    /// The settings that vary.
    pub axes: SweepAxes,
    /// The loss that is to be reached, where steps to it are counted.
    pub goal: Option<f64>,
}

impl Request for SweepRequest {
    fn matches(&self, other: &Self) -> bool {
        self.scene.landscape() == other.scene.landscape()
            && self.scene.start() == other.scene.start()
            && self.scene.run_settings() == other.scene.run_settings()
            && (&self.specs, &self.axes, self.goal) == (&other.specs, &other.axes, other.goal)
    }
}

/// Result of a sweep.
pub struct SweepResult {
    /// The request.
    pub request: Arc<SweepRequest>,
    /// Scores of the runs.
    pub swept: SweepData,
}

/// Largest stable learning rates of a map, [`sweep::lr_limits`].
pub type LrLimits = Option<(usize, Vec<Option<f64>>)>;

/// Scores of swept runs, and the learning rates above which they diverge in theory if the landscape is a quadratic.
pub enum SweepData {
    /// One setting: the curves, each with the limit of its learning rate.
    Curves(Vec<(SweepCurve, Option<f64>)>),
    /// Two settings: the map, and [`sweep::lr_limits`].
    Map(Box<(SweepMap, LrLimits)>),
}

pub(super) fn spawn(
    jobs: &Arc<Jobs>,
    problems: &Arc<ProblemCache>,
) -> Result<Job<SweepRequest, SweepResult>, String> {
    let (pool, problems) = (thread_pool()?, Arc::clone(problems));
    Job::spawn("sweep", jobs, move |request: &Arc<SweepRequest>, worker| {
        let problem = problems.load_landscape(&request.scene)?;
        worker.progress.restart(1);
        let context = SweepContext {
            objective: &*problem.objective,
            start: &request.scene.start()[..problem.objective.dim().min(2)],
            run_settings: &request.scene.run_settings(),
            goal: request.goal,
            cancel: worker.cancel,
            done: &worker.progress.done,
        };
        let (view, progress) = (problem.view, worker.progress);
        let swept = pool.install(|| compute(&context, request, view, progress));
        if let Some(swept) = swept.map_err(|error| error.to_string())? {
            worker.publish(SweepResult {
                request: Arc::clone(request),
                swept,
            });
        }
        Ok(())
    })
}

fn compute(
    context: &SweepContext,
    request: &SweepRequest,
    view: Rect,
    progress: &Progress,
) -> Result<Option<SweepData>, SettingError> {
    let lambda_max = sweep::quadratic_lambda_max(context.objective, view);
    match &request.axes {
        SweepAxes::One(axis) => {
            let lines = sweep::swept_runs(&request.specs, axis)?;
            progress.restart(sweep::run_count(&lines));
            let limit = |curve: &SweepCurve| {
                let line = &curve.line;
                let lambda_max = lambda_max.filter(|_| line.grid.is_lr())?;
                sweep::lr_limit(&line.spec, lambda_max, context.run_settings)
            };
            let curves = sweep::run_curves(context, lines);
            Ok(curves.map(|curves| {
                let with_limit = |curve: SweepCurve| {
                    let limit = limit(&curve);
                    (curve, limit)
                };
                SweepData::Curves(curves.into_iter().map(with_limit).collect())
            }))
        }
        SweepAxes::Two(run, [x, y]) => {
            let Some(spec) = request.specs.get(*run) else {
                return Ok(None);
            };
            let grids = sweep::grids(spec, [x, y])?;
            progress.restart(grids[0].len() * grids[1].len() + 1);
            Ok(sweep::run_map(context, spec, grids).map(|map| {
                let limits = lambda_max.and_then(|lambda_max| {
                    sweep::lr_limits(&map, lambda_max, context.run_settings)
                });
                SweepData::Map(Box::new((map, limits)))
            }))
        }
    }
}
