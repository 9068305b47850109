//! Basins of attraction in the background, on grids that get finer.

use super::job::{Job, Jobs, Request, thread_pool};
use super::problems::ProblemCache;
use crate::engine::analysis::basins::{BasinQuery, Basins, NEEDS_TWO_PARAMETERS};
use crate::engine::objective::plane::Rect;
use crate::engine::scene::Scene;
use crate::engine::training::RunSpec;
use std::sync::Arc;

/// Grid sides that are computed one after the other, up to the requested side.
const GRID_SIDES: [usize; 3] = [32, 128, 512];

/// Request for the basins of one run of a scene.
#[derive(Clone)]
pub struct BasinsRequest {
    /// The landscape and the settings of its runs.
    pub scene: Scene,
    /// The optimizer and its schedule.
    pub spec: RunSpec,
    /// The window whose points are the starts.
    pub window: Rect,
    /// Side of the finest grid.
    pub side: usize,
}

impl Request for BasinsRequest {
    fn matches(&self, other: &Self) -> bool {
        self.scene.landscape() == other.scene.landscape()
            && self.scene.run_settings() == other.scene.run_settings()
            && (&self.spec, self.window, self.side) == (&other.spec, other.window, other.side)
    }
}

/// Basins of one run.
pub struct BasinsResult {
    /// The request.
    pub request: Arc<BasinsRequest>,
    /// The basins; on a coarser grid than requested while finer ones are computed, or after a stop.
    pub basins: Basins,
}

pub(super) fn spawn(
    jobs: &Arc<Jobs>,
    problems: &Arc<ProblemCache>,
) -> Result<Job<BasinsRequest, BasinsResult>, String> {
    let (pool, problems) = (thread_pool()?, Arc::clone(problems));
    Job::spawn(
        "basins",
        jobs,
        move |request: &Arc<BasinsRequest>, worker| {
            let problem = problems.load_landscape(&request.scene)?;
            if problem.objective.dim() != 2 {
                return Err(NEEDS_TWO_PARAMETERS.to_owned());
            }
            let query = BasinQuery {
                objective: &*problem.objective,
                known: &problem.minima,
                spec: &request.spec,
                run_settings: request.scene.run_settings(),
                window: request.window,
            };
            let coarse = GRID_SIDES.into_iter().filter(|side| *side < request.side);
            let mut earlier: Option<Basins> = None;
            for side in coarse.chain([request.side]) {
                worker.progress.restart(side * side);
                let done = &worker.progress.done;
                let compute = || query.compute(side, earlier.as_ref(), done, worker.cancel);
                let Some(basins) = pool.install(compute) else {
                    return Ok(());
                };
                earlier = Some(basins.clone());
                worker.publish(BasinsResult {
                    request: Arc::clone(request),
                    basins,
                });
            }
            Ok(())
        },
    )
}
