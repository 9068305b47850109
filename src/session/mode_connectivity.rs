//! Ways between the ends of two runs of a network, in the background.

use super::job::{LatestJob, lock};
use super::{TrainedRun, TrainingSnapshot};
use crate::engine::analysis::mode_connectivity::{Connect, ModeConnectivity, connect};
use crate::engine::cancel::Cancel;
use crate::engine::geometry::surface::Surface;
use crate::engine::network::TrainingTask;
use crate::engine::objective::plane::Rect;
use crate::engine::training::RunSpec;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Points along a side of the map of the plane that holds both ways.
const GRID_SIDE: usize = 81;

/// The ways between two networks, as far as they are known.
#[derive(Clone)]
pub struct ModeConnectivityResult {
    /// How many steps the curve has been trained for.
    pub steps: u64,
    /// The ways.
    pub connection: Option<Arc<ModeConnectivity>>,
    /// The losses on the window of the plane that was asked for.
    pub surface: Option<Surface>,
    of: JobKey,
}

/// What it depends on.
#[derive(Clone)]
struct JobKey {
    task: Arc<TrainingTask>,
    runs: [(Arc<TrainedRun>, usize); 2],
    spec: RunSpec,
    settings: Connect,
    window: Option<Rect>,
}

impl JobKey {
    /// Whether the ways are those of another.
    fn same_paths(&self, other: &Self) -> bool {
        let same = |[own, other]: [&(Arc<TrainedRun>, usize); 2]| {
            own.0.is_same_run(&other.0) && own.1 == other.1
        };
        (0..2).all(|end| same([&self.runs[end], &other.runs[end]]))
            && (&self.spec, &self.settings) == (&other.spec, &other.settings)
    }
}

impl ModeConnectivityResult {
    /// Whether these are ways between the last rows of two runs.
    pub fn matches(&self, trained: &TrainingSnapshot, ends: [usize; 2]) -> bool {
        let own = self.of.runs.iter().zip(ends);
        own.into_iter().all(|((own, row), end)| {
            let run = trained.runs.get(end);
            run.is_some_and(|run| run.is_same_run(own) && *row + 1 == run.rows.len())
        })
    }
}

/// The background slot.
pub(super) struct ModeConnectivityJob(LatestJob<JobKey, Result<ModeConnectivityResult, String>>);

impl ModeConnectivityJob {
    pub(super) fn spawn(wake: Arc<dyn Fn() + Send + Sync>) -> Result<Self, String> {
        let earlier: Mutex<Option<(JobKey, Arc<ModeConnectivity>)>> = Mutex::default();
        let work =
            move |of: &JobKey,
                  cancel: &Cancel,
                  publish: &dyn Fn(Result<ModeConnectivityResult, String>)| {
                let told = |steps, connection: Option<&Arc<ModeConnectivity>>, surface| {
                    publish(Ok(ModeConnectivityResult {
                        steps,
                        connection: connection.cloned(),
                        surface,
                        of: of.clone(),
                    }));
                };
                let known = lock(&earlier).clone();
                let known = known.filter(|(earlier, _)| earlier.same_paths(of));
                let connection = match known {
                    Some((_, connection)) => connection,
                    None => match compute_paths(of, cancel, &mut |steps| told(steps, None, None)) {
                        Some(Ok(connection)) => Arc::new(connection),
                        Some(Err(sentence)) => return publish(Err(sentence)),
                        None => return,
                    },
                };
                *lock(&earlier) = Some((of.clone(), Arc::clone(&connection)));
                told(of.settings.steps, Some(&connection), None);
                if let (Some(plane), Some(window)) = (&connection.plane, of.window)
                    && let Some(surface) =
                        Surface::sample(&*of.task.loss, plane, window, GRID_SIDE, GRID_SIDE, cancel)
                {
                    told(of.settings.steps, Some(&connection), Some(surface));
                }
            };
        LatestJob::spawn("ways", wake, work).map(Self)
    }

    /// Asks for ways between the last rows of two runs, and for the losses on a window of the plane that holds them.
    pub(super) fn request(
        &self,
        trained: &TrainingSnapshot,
        ends: [usize; 2],
        spec: &RunSpec,
        settings: &Connect,
        window: Option<Rect>,
    ) {
        let end = |end: usize| {
            let run = trained.runs.get(end)?;
            Some((Arc::clone(run), run.rows.len().checked_sub(1)?))
        };
        let [Some(from), Some(to)] = ends.map(end) else {
            return;
        };
        let of = JobKey {
            task: Arc::clone(&trained.task),
            runs: [from, to],
            spec: spec.clone(),
            settings: settings.clone(),
            window,
        };
        let same = |asked: &JobKey| asked.same_paths(&of) && asked.window == of.window;
        self.0.request(same, || of.clone());
    }

    pub(super) fn newest(&self) -> Option<Arc<Result<ModeConnectivityResult, String>>> {
        self.0.newest()
    }

    pub(super) fn wait(&self, patience: Duration) {
        self.0.wait(patience);
    }
}

/// The ways; `None` if they were cancelled.
fn compute_paths(
    of: &JobKey,
    cancel: &Cancel,
    told: &mut dyn FnMut(u64),
) -> Option<Result<ModeConnectivity, String>> {
    let [Some(a), Some(b)] = of.runs.each_ref().map(|(run, row)| run.theta(*row)) else {
        return None;
    };
    // Every hundredth part is told.
    let part = (of.settings.steps / 100).max(1);
    let mut each = |steps: u64| {
        if steps.is_multiple_of(part) {
            told(steps);
        }
    };
    let made = connect(
        &of.task,
        [&a, &b],
        &of.spec,
        &of.settings,
        cancel,
        &mut each,
    );
    made.map_err(|error| error.to_string()).transpose()
}
