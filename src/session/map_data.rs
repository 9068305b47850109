//! Map of a scene in the background, on grids that get finer.

use super::job::{Job, Jobs, Request};
use super::problems::ProblemCache;
use crate::engine::objective::plane::Rect;
use crate::engine::results::{MapData, compute_map_data, grid_sides};
use crate::engine::scene::{Problem, Scene};
use rayon::ThreadPool;
use std::sync::Arc;

/// Request for the map of a scene.
pub struct MapRequest {
    /// The scene.
    pub scene: Scene,
    /// The window of the plane.
    pub window: Rect,
    /// The network's loss on its plane; `None` for a landscape.
    pub plane: Option<Arc<Problem>>,
}

impl Request for MapRequest {
    fn matches(&self, other: &Self) -> bool {
        let levels = |scene: &Scene| (scene.map.spacing, scene.map.levels, scene.map.cmap);
        let same_plane = match (&self.plane, &other.plane) {
            (Some(own), Some(other)) => Arc::ptr_eq(own, other),
            (own, other) => own.is_none() && other.is_none(),
        };
        self.window == other.window
            && same_plane
            && self.scene.same_subject(&other.scene)
            && levels(&self.scene) == levels(&other.scene)
    }
}

pub(super) fn spawn(
    jobs: &Arc<Jobs>,
    problems: &Arc<ProblemCache>,
    pool: &Arc<ThreadPool>,
) -> Result<Job<MapRequest, MapData>, String> {
    let (problems, pool) = (Arc::clone(problems), Arc::clone(pool));
    Job::spawn("map", jobs, move |request: &Arc<MapRequest>, worker| {
        let (scene, window) = (&request.scene, request.window);
        // Settings that the map does not depend on are checked with the runs.
        let plane = request.plane.clone();
        let problem = plane.map_or_else(|| problems.load_unchecked(scene), Ok)?;
        let sides = grid_sides(&problem);
        for side in &sides {
            let compute = || compute_map_data(scene, &problem, window, *side, worker.cancel);
            let Some(map_data) = pool.install(compute) else {
                break;
            };
            worker.publish(MapData {
                complete: sides.last() == Some(side),
                problem: request.plane.clone(),
                ..map_data
            });
        }
        Ok(())
    })
}
