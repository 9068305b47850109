//! Critical points of a landscape in the background.

use super::job::{Job, Jobs, Request, thread_pool};
use super::problems::ProblemCache;
use crate::engine::analysis::critical::{self, CriticalPoint};
use crate::engine::landscape::AnyLandscape;
use crate::engine::objective::plane::Rect;
use crate::engine::scene::Scene;
use std::sync::Arc;

/// Request for the critical points of a scene's landscape in a window.
pub struct CriticalRequest {
    /// The scene.
    pub scene: Scene,
    /// The window that is searched.
    pub window: Rect,
}

impl Request for CriticalRequest {
    fn matches(&self, other: &Self) -> bool {
        self.scene.landscape() == other.scene.landscape() && self.window == other.window
    }
}

/// Critical points of a landscape in a window.
pub struct CriticalResult {
    /// The landscape.
    pub landscape: AnyLandscape,
    /// The points.
    pub points: Vec<CriticalPoint>,
}

pub(super) fn spawn(
    jobs: &Arc<Jobs>,
    problems: &Arc<ProblemCache>,
) -> Result<Job<CriticalRequest, CriticalResult>, String> {
    let (pool, problems) = (thread_pool()?, Arc::clone(problems));
    Job::spawn(
        "critical points",
        jobs,
        move |request: &Arc<CriticalRequest>, worker| {
            let problem = problems.load_landscape(&request.scene)?;
            let marks = problem.minima.iter().chain(&problem.saddles);
            let known: Vec<[f64; 2]> = marks.map(|mark| mark.at).collect();
            let (objective, window) = (&*problem.objective, request.window);
            if let Some(points) =
                pool.install(|| critical::find(objective, window, &known, worker.cancel))
            {
                worker.publish(CriticalResult {
                    landscape: request.scene.landscape().clone(),
                    points,
                });
            }
            Ok(())
        },
    )
}
