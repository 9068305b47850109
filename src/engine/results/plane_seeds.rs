//! Slices of a network along the random planes of several seeds, around the same weights.

use super::{RunResult, Runs, TrainingSnapshot, decimate, is_affordable};
use crate::engine::analysis::network_plane::{AnyPlane, NetworkPlane, PlaneInputs};
use crate::engine::cancel::Cancel;
use crate::engine::declare::Value;
use crate::engine::geometry::surface::Surface;
use crate::engine::objective::plane::{Plane, Rect};
use crate::engine::scene::Scene;
use crate::engine::training::Trajectory;
use std::sync::Arc;

/// Grid sides of the slices that are computed one after the other; sides above [`MIN_REQUIRED_SIDE`] only where they are affordable.
const GRID_SIDES: [usize; 4] = [13, 25, 49, 81];

/// Up to this side slices are computed however long they take.
const MIN_REQUIRED_SIDE: usize = 25;

/// Error where a scene has no slices along seeds.
pub const NOT_RANDOM: &str =
    "seeds are those of random directions; expected a network on the plane `filter`";

/// Consecutive seeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seeds {
    /// The first.
    pub first: u64,
    /// The number of seeds.
    pub count: usize,
}

impl Seeds {
    /// Returns the seed of a scene's random plane; `None` where it has another plane.
    pub fn of(scene: &Scene) -> Option<u64> {
        match &scene.network()?.plane {
            plane @ AnyPlane::Filter(_) => match plane.settings().get("seed") {
                Some(Value::Count(seed)) => Some(seed),
                _ => None,
            },
            _ => None,
        }
    }

    /// Returns the plane of a scene with another seed; `None` where it is not random.
    pub fn plane(scene: &Scene, seed: u64) -> Option<AnyPlane> {
        Self::of(scene)?;
        let mut plane = scene.network()?.plane.clone();
        let set = plane.settings_mut().set("seed", Value::Count(seed));
        set.is_ok().then_some(plane)
    }

    /// Returns all seeds, from the first on.
    pub fn all(self) -> impl Iterator<Item = u64> {
        (0..self.count).map(move |more| self.first.wrapping_add(more as u64))
    }
}

/// Slice along the random plane of one seed.
pub struct SeedSlice {
    /// The seed.
    pub seed: u64,
    /// The loss on the plane.
    pub surface: Surface,
    /// Projections of all runs onto the plane.
    pub projections: Arc<Vec<RunResult>>,
}

/// Everything that the slices of some runs along some seeds depend on.
pub(crate) struct SeedsQuery {
    seeds: Seeds,
    /// The plane with seed 0.
    plane: AnyPlane,
    view: Option<Rect>,
    trained: TrainingSnapshot,
    results: Vec<Arc<RunResult>>,
    scene: Scene,
}

impl SeedsQuery {
    /// Returns the query for some runs; `None` where their plane is not random.
    pub(crate) fn new(runs: &Runs, seeds: Seeds) -> Option<Self> {
        let trained = runs.trained.clone()?;
        Some(Self {
            seeds,
            plane: Seeds::plane(&runs.scene, 0)?,
            view: runs.scene.view,
            trained,
            results: runs.results.clone(),
            scene: runs.scene.clone(),
        })
    }

    /// Whether the slices are equal to those of another query. The seed of the scene's own plane does not count: the origin and the runs
    /// do not depend on it.
    pub(crate) fn matches(&self, other: &Self) -> bool {
        let (own, others) = (&self.trained, &other.trained);
        let mut pairs = own.runs.iter().zip(&others.runs);
        let origin = |trained: &TrainingSnapshot| trained.network_plane.plane.parts()[0].to_vec();
        self.seeds == other.seeds
            && self.plane == other.plane
            && self.view == other.view
            && own.runs.len() == others.runs.len()
            && (Arc::ptr_eq(&own.network_plane, &others.network_plane)
                || pairs.all(|(a, b)| a.is_same_run(b) && a.rows.len() == b.rows.len())
                    && origin(own) == origin(others))
    }

    /// Whether the query is for these seeds and the network of `runs`, at an earlier or later row of their training.
    pub(crate) fn matches_network(&self, runs: &Runs, seeds: Seeds) -> bool {
        let own = &self.trained;
        let trained = runs.trained.as_ref();
        self.seeds == seeds
            && Some(&self.plane) == Seeds::plane(&runs.scene, 0).as_ref()
            && trained.is_some_and(|trained| {
                Arc::ptr_eq(&own.task, &trained.task) && own.runs.len() == trained.runs.len()
            })
    }

    fn build_planes(&self, cancel: &Cancel) -> Result<Vec<(u64, NetworkPlane)>, String> {
        let task = &self.trained.task;
        let [origin, ..] = self.trained.network_plane.plane.parts();
        let inputs = PlaneInputs::new(&*task.loss, origin, cancel);
        let build = |seed: u64| {
            let plane = Seeds::plane(&self.scene, seed);
            let plane = plane.ok_or(NOT_RANDOM)?;
            let built = plane.as_dyn().build(&inputs);
            Ok((seed, built.map_err(|error| error.to_string())?))
        };
        self.seeds.all().map(build).collect()
    }

    /// Returns the projections of all runs onto a plane.
    fn project_runs(&self, plane: &Plane) -> Vec<RunResult> {
        let project = |(index, result): (usize, &Arc<RunResult>)| {
            let rows = { self.trained.runs.get(index) }.map_or(&[][..], |run| &run.rows);
            let theta = rows.iter().flat_map(|row| plane.project(&row.theta).0);
            let trajectory = Trajectory {
                theta: theta.collect(),
                ..result.trajectory.clone()
            };
            RunResult {
                outline: decimate(&trajectory),
                curvature: Vec::new(),
                preconditioned: Vec::new(),

                theory: None,
                trajectory,
            }
        };
        self.results.iter().enumerate().map(project).collect()
    }

    /// Returns the scene's view, or a window that shows all projections on all planes.
    fn window(&self, projections: &[Arc<Vec<RunResult>>]) -> Rect {
        let points = projections.iter().flat_map(|runs| runs.iter());
        let points = points.flat_map(|run| run.trajectory.theta.chunks_exact(2));
        let points = points.map(|at| [at[0], at[1]]);
        let unit = [[-1.0, -1.0], [1.0, 1.0]];
        self.view
            .unwrap_or_else(|| bounding_view(unit.into_iter().chain(points)))
    }

    /// Computes the slices on coarse grids, then on finer ones. `publish` takes each set, and whether it is the finest.
    ///
    /// # Errors
    /// Returns the reason why there is no plane. Cancelled work returns `Ok`.
    pub(crate) fn compute(
        &self,
        cancel: &Cancel,
        mut publish: impl FnMut(Vec<SeedSlice>, bool),
    ) -> Result<(), String> {
        let planes = match self.build_planes(cancel) {
            Err(_) if cancel.is_cancelled() => return Ok(()),
            planes => planes?,
        };
        let projections: Vec<_> = planes
            .iter()
            .map(|(_, built)| Arc::new(self.project_runs(&built.plane)))
            .collect();
        let window = self.window(&projections);
        let task = &self.trained.task;
        let points = |side: usize| side * side * self.seeds.count;
        let sides = GRID_SIDES.into_iter();
        let sides =
            sides.filter(|side| *side <= MIN_REQUIRED_SIDE || is_affordable(task, points(*side)));
        let sides: Vec<usize> = sides.collect();
        for side in &sides {
            let mut slices = Vec::new();
            for ((seed, built), projections) in planes.iter().zip(&projections) {
                let (loss, plane) = (&*task.loss, &built.plane);
                let surface = Surface::sample(loss, plane, window, *side, *side, cancel);
                let Some(surface) = surface else {
                    return Ok(());
                };
                slices.push(SeedSlice {
                    seed: *seed,
                    surface,
                    projections: Arc::clone(projections),
                });
            }
            publish(slices, sides.last() == Some(side));
        }
        Ok(())
    }
}

/// Computes the slices of some runs along some seeds on the finest grid.
///
/// # Errors
/// Returns one sentence where the scene is not a network on a random plane.
pub fn seed_slices(runs: &Runs, seeds: Seeds) -> Result<Vec<SeedSlice>, String> {
    let query = SeedsQuery::new(runs, seeds).ok_or(NOT_RANDOM)?;
    let mut finest = Vec::new();
    query.compute(&Cancel::default(), |slices, _| finest = slices)?;
    Ok(finest)
}

/// Returns a window that contains all finite points, with a margin and sides that differ by a factor of 3 at most.
pub(crate) fn bounding_view(points: impl Iterator<Item = [f64; 2]>) -> Rect {
    let (mut low, mut high) = ([f64::INFINITY; 2], [f64::NEG_INFINITY; 2]);
    for at in points {
        if at.iter().all(|at| at.is_finite()) {
            for axis in 0..2 {
                low[axis] = low[axis].min(at[axis]);
                high[axis] = high[axis].max(at[axis]);
            }
        }
    }
    let size = (high[0] - low[0]).max(high[1] - low[1]);
    // As wide as high within a factor of three, and a margin around.
    let [x, y] = [0, 1].map(|axis| {
        let (center, own) = (0.5 * (low[axis] + high[axis]), high[axis] - low[axis]);
        let half = 0.65 * own.max(size / 3.0);
        [center - half, center + half]
    });
    Rect::new(x, y).unwrap_or(Rect::square(1.0))
}
