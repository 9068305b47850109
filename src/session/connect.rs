//! Mode connectivity between the ends of two runs of a network, in the background.

use super::job::{Job, Jobs, Request, Worker};
use crate::engine::analysis::mode_connectivity::{Connect, ModeConnectivity, connect};
use crate::engine::geometry::surface::Surface;
use crate::engine::network::TrainingTask;
use crate::engine::objective::plane::Rect;
use crate::engine::results::{TrainedRun, TrainingSnapshot};
use crate::engine::training::RunSpec;
use std::sync::Arc;

/// Points along a side of the plane's map.
const GRID_SIDE: usize = 81;

/// Request for the paths between the last weights of two runs.
#[derive(Clone)]
pub struct ConnectRequest {
    task: Arc<TrainingTask>,
    /// The runs, each with its last row.
    runs: [(Arc<TrainedRun>, usize); 2],
    /// The optimizer of the curve.
    spec: RunSpec,
    settings: Connect,
    /// The window of the map of the plane through both ends and the curve's middle.
    window: Option<Rect>,
}

impl ConnectRequest {
    /// Returns the request for the paths between the last rows of two runs; `None` where one has no rows.
    pub fn new(
        trained: &TrainingSnapshot,
        ends: [usize; 2],
        spec: RunSpec,
        settings: &Connect,
        window: Option<Rect>,
    ) -> Option<Self> {
        let end = |end: usize| {
            let run = trained.runs.get(end)?;
            Some((Arc::clone(run), run.rows.len().checked_sub(1)?))
        };
        let [from, to] = ends.map(end);
        Some(Self {
            task: Arc::clone(&trained.task),
            runs: [from?, to?],
            spec,
            settings: settings.clone(),
            window,
        })
    }

    /// Whether the paths are equal to those of another request.
    fn same_paths(&self, other: &Self) -> bool {
        let mut pairs = self.runs.iter().zip(&other.runs);
        pairs.all(|(own, other)| own.0.is_same_run(&other.0) && own.1 == other.1)
            && (&self.spec, &self.settings) == (&other.spec, &other.settings)
    }
}

impl Request for ConnectRequest {
    fn matches(&self, other: &Self) -> bool {
        self.same_paths(other) && self.window == other.window
    }
}

/// Paths between two networks, as far as they are computed.
#[derive(Clone)]
pub struct ConnectResult {
    /// Steps that the curve has been trained for.
    pub steps: u64,
    /// The paths.
    pub connection: Option<Arc<ModeConnectivity>>,
    /// The losses on the requested window of the plane.
    pub surface: Option<Surface>,
    request: Arc<ConnectRequest>,
}

impl ConnectResult {
    /// Whether the paths lead between the last rows of two runs.
    pub fn matches(&self, trained: &TrainingSnapshot, ends: [usize; 2]) -> bool {
        let mut own = self.request.runs.iter().zip(ends);
        own.all(|((own, row), end)| {
            let run = trained.runs.get(end);
            run.is_some_and(|run| run.is_same_run(own) && *row + 1 == run.rows.len())
        })
    }

    /// Returns the optimizer of the curve.
    pub fn spec(&self) -> &RunSpec {
        &self.request.spec
    }
}

pub(super) fn spawn(jobs: &Arc<Jobs>) -> Result<Job<ConnectRequest, ConnectResult>, String> {
    let mut earlier: Option<(Arc<ConnectRequest>, Arc<ModeConnectivity>)> = None;
    Job::spawn(
        "connect",
        jobs,
        move |request: &Arc<ConnectRequest>, worker| {
            let known = earlier
                .as_ref()
                .filter(|(known, _)| known.same_paths(request));
            let connection = match known {
                Some((_, connection)) => Arc::clone(connection),
                None => match compute_paths(request, worker)? {
                    Some(connection) => Arc::new(connection),
                    None => return Ok(()),
                },
            };
            earlier = Some((Arc::clone(request), Arc::clone(&connection)));
            publish(
                request,
                worker,
                request.settings.steps,
                Some(&connection),
                None,
            );
            if let (Some(plane), Some(window)) = (&connection.plane, request.window) {
                let (loss, side) = (&*request.task.loss, GRID_SIDE);
                let surface = Surface::sample(loss, plane, window, side, side, worker.cancel);
                if surface.is_some() {
                    publish(
                        request,
                        worker,
                        request.settings.steps,
                        Some(&connection),
                        surface,
                    );
                }
            }
            Ok(())
        },
    )
}

fn publish(
    request: &Arc<ConnectRequest>,
    worker: &Worker<ConnectResult>,
    steps: u64,
    connection: Option<&Arc<ModeConnectivity>>,
    surface: Option<Surface>,
) {
    worker.publish(ConnectResult {
        steps,
        connection: connection.cloned(),
        surface,
        request: Arc::clone(request),
    });
}

/// Computes the paths, and publishes the progress in hundredths of the steps. `None` if it was cancelled.
fn compute_paths(
    request: &Arc<ConnectRequest>,
    worker: &Worker<ConnectResult>,
) -> Result<Option<ModeConnectivity>, String> {
    let [Some(a), Some(b)] = request.runs.each_ref().map(|(run, row)| run.theta(*row)) else {
        return Ok(None);
    };
    let (interval, mut next) = ((request.settings.steps / 100).max(1), 0);
    let mut on_step = |steps: u64| {
        if steps >= next {
            publish(request, worker, steps, None, None);
            next = steps + interval;
        }
    };
    let (task, spec, settings) = (&request.task, &request.spec, &request.settings);
    let found = connect(task, [a, b], spec, settings, worker.cancel, &mut on_step);
    found.map_err(|error| error.to_string())
}
