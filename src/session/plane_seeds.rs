//! The random plane of a network beside those of other seeds, around the same weights, in the background.

use super::job::LatestJob;
use super::training_pool::bounding_view;
use super::{RunResult, Runs, TrainingSnapshot, is_affordable};
use crate::engine::analysis::network_plane::{AnyPlane, NetworkPlane, PlaneInputs};
use crate::engine::cancel::Cancel;
use crate::engine::declare::Value;
use crate::engine::geometry::surface::Surface;
use crate::engine::objective::plane::{Plane, Rect};
use crate::engine::scene::Scene;
use crate::engine::training::Trajectory;
use std::sync::Arc;
use std::time::Duration;

/// Grid sides of the slices that come one after the other, the finer ones where they do not take too long.
const GRID_SIDES: [usize; 4] = [13, 25, 49, 81];

/// Up to this side slices are made whatever they take.
const MIN_REQUIRED_SIDE: usize = 25;

/// Which seeds are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seeds {
    /// The first.
    pub first: u64,
    /// How many, one after the other.
    pub count: usize,
}

impl Seeds {
    /// The seed that the random plane of a scene has; `None` where it has another plane.
    pub fn of(scene: &Scene) -> Option<u64> {
        match &scene.network()?.plane {
            plane @ AnyPlane::Filter(_) => match plane.settings().get("seed") {
                Some(Value::Count(seed)) => Some(seed),
                _ => None,
            },
            _ => None,
        }
    }

    /// The plane of a scene with another seed; `None` where it is not random.
    pub fn plane(scene: &Scene, seed: u64) -> Option<AnyPlane> {
        Self::of(scene)?;
        let mut plane = scene.network()?.plane.clone();
        let set = plane.settings_mut().set("seed", Value::Count(seed));
        set.is_ok().then_some(plane)
    }

    /// All of them.
    pub fn all(self) -> impl Iterator<Item = u64> {
        (0..self.count).map(move |more| self.first.wrapping_add(more as u64))
    }
}

/// A slice along the random plane of a seed.
pub struct SeedSlice {
    /// The seed.
    pub seed: u64,
    /// The loss.
    pub surface: Surface,
    /// The shadows of all runs.
    pub projections: Arc<Vec<RunResult>>,
}

/// Slices of one window around the same weights.
pub struct SeedsResult {
    /// One for each seed, in their order.
    pub slices: Vec<SeedSlice>,
    /// Whether they are as fine as they get.
    pub complete: bool,
    of: JobKey,
}

impl SeedsResult {
    /// Whether it is of these seeds and of this network, if not yet of all that its runs have come to.
    pub fn matches(&self, runs: &Runs, seeds: Seeds) -> bool {
        let own = &self.of.trained;
        let trained = runs.trained.as_ref();
        self.of.seeds == seeds
            && Some(&self.of.plane) == Seeds::plane(&runs.scene, 0).as_ref()
            && trained.is_some_and(|trained| {
                Arc::ptr_eq(&own.task, &trained.task) && own.runs.len() == trained.runs.len()
            })
    }
}

/// What slices depend on.
#[derive(Clone)]
struct JobKey {
    seeds: Seeds,
    /// The plane, whose seed is not looked at.
    plane: AnyPlane,
    view: Option<Rect>,
    trained: TrainingSnapshot,
    results: Vec<Arc<RunResult>>,
    scene: Scene,
}

impl JobKey {
    fn new(runs: &Runs, seeds: Seeds) -> Option<Self> {
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

    /// Another seed of the scene's own plane changes nothing: its origin and the runs stay what they are.
    fn matches(&self, other: &Self) -> bool {
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

    /// The planes.
    fn build_planes(&self, cancel: &Cancel) -> Result<Vec<(u64, NetworkPlane)>, String> {
        let task = &self.trained.task;
        let [origin, ..] = self.trained.network_plane.plane.parts();
        let given = PlaneInputs::new(&*task.loss, origin, cancel);
        let cut = |seed: u64| {
            let plane = Seeds::plane(&self.scene, seed);
            let plane = plane.ok_or(NOT_RANDOM)?;
            let cut = plane.as_dyn().build(&given);
            Ok((seed, cut.map_err(|error| error.to_string())?))
        };
        self.seeds.all().map(cut).collect()
    }

    /// The shadows of all runs on a plane.
    fn project_runs(&self, plane: &Plane) -> Vec<RunResult> {
        let shadow = |(index, result): (usize, &Arc<RunResult>)| {
            let run = self.trained.runs.get(index);
            let rows = 0..run.map_or(0, |run| run.rows.len());
            let theta = rows.filter_map(|row| run?.theta(row));
            let trajectory = Trajectory {
                theta: theta.flat_map(|theta| plane.project(&theta).0).collect(),
                ..result.trajectory.clone()
            };
            RunResult {
                outline: super::decimate(&trajectory),
                curvature: Vec::new(),
                preconditioned: Vec::new(),
                trajectory,
            }
        };
        self.results.iter().enumerate().map(shadow).collect()
    }

    /// A window that shows all shadows on all planes, unless one is asked for.
    fn window(&self, shadows: &[Arc<Vec<RunResult>>]) -> Rect {
        let places = shadows.iter().flat_map(|shadows| shadows.iter());
        let places = places.flat_map(|shadow| shadow.trajectory.theta.chunks_exact(2));
        let places = places.map(|at| [at[0], at[1]]);
        let unit = [[-1.0, -1.0], [1.0, 1.0]];
        self.view
            .unwrap_or_else(|| bounding_view(unit.into_iter().chain(places)))
    }

    /// Makes the slices coarse, then finer.
    fn compute(&self, cancel: &Cancel, mut tell: impl FnMut(SeedsResult)) -> Result<(), String> {
        let cuts = match self.build_planes(cancel) {
            Err(_) if cancel.is_cancelled() => return Ok(()),
            cuts => cuts?,
        };
        let shadows: Vec<_> = cuts
            .iter()
            .map(|(_, cut)| Arc::new(self.project_runs(&cut.plane)))
            .collect();
        let window = self.window(&shadows);
        let task = &self.trained.task;
        let points = |side: usize| side * side * self.seeds.count;
        let sides = GRID_SIDES.into_iter();
        let sides =
            sides.filter(|side| *side <= MIN_REQUIRED_SIDE || is_affordable(task, points(*side)));
        let sides: Vec<usize> = sides.collect();
        for side in &sides {
            let mut slices = Vec::new();
            for ((seed, cut), shadows) in cuts.iter().zip(&shadows) {
                let (loss, plane) = (&*task.loss, &cut.plane);
                let surface = Surface::sample(loss, plane, window, *side, *side, cancel);
                let Some(surface) = surface else {
                    return Ok(());
                };
                slices.push(SeedSlice {
                    seed: *seed,
                    surface,
                    projections: Arc::clone(shadows),
                });
            }
            tell(SeedsResult {
                slices,
                complete: sides.last() == Some(side),
                of: self.clone(),
            });
        }
        Ok(())
    }
}

/// The slices of some runs along some seeds, as fine as they get.
///
/// # Errors
/// One sentence, where the scene is not a network's on a random plane.
pub fn seed_slices(runs: &Runs, seeds: Seeds) -> Result<Vec<SeedSlice>, String> {
    let of = JobKey::new(runs, seeds).ok_or(NOT_RANDOM)?;
    let mut finest = Vec::new();
    of.compute(&Cancel::default(), |found| finest = found.slices)?;
    Ok(finest)
}

/// Why there are no slices along seeds.
pub const NOT_RANDOM: &str =
    "seeds are those of random directions; expected a network on the plane `filter`";

/// The background slot.
pub(super) struct SeedsJob(LatestJob<JobKey, Result<SeedsResult, String>>);

impl SeedsJob {
    pub(super) fn spawn(wake: Arc<dyn Fn() + Send + Sync>) -> Result<Self, String> {
        let work = |of: &JobKey, cancel: &Cancel, publish: &dyn Fn(Result<SeedsResult, String>)| {
            if let Err(sentence) = of.compute(cancel, |found| publish(Ok(found))) {
                publish(Err(sentence));
            }
        };
        LatestJob::spawn("seeds", wake, work).map(Self)
    }

    /// Asks for slices of some runs, unless their plane is not random.
    pub(super) fn request(&self, runs: &Runs, seeds: Seeds) {
        if let Some(of) = JobKey::new(runs, seeds) {
            self.0.request(|asked| asked.matches(&of), || of.clone());
        }
    }

    pub(super) fn newest(&self) -> Option<Arc<Result<SeedsResult, String>>> {
        self.0.newest()
    }

    pub(super) fn busy(&self) -> bool {
        self.0.busy()
    }

    pub(super) fn wait(&self, patience: Duration) {
        self.0.wait(patience);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::files::NoFiles;
    use crate::engine::scene::NetworkScene;
    use crate::session::{Session, compute_all_runs};

    const PATIENCE: Duration = Duration::from_mins(1);
    const TWO: Seeds = Seeds { first: 4, count: 2 };

    fn made(plane: &str) -> Runs {
        let mut scene = Scene::opening();
        scene.runs.clear();
        scene.choose_network(NetworkScene {
            model: "mlp:hidden=2,loss=bce".parse().unwrap(),
            data: "moons:samples=12".parse().unwrap(),
            plane: plane.parse().unwrap(),
            ..NetworkScene::default()
        });
        scene.add_run("adam:lr=0.1".parse().unwrap());
        scene.training.steps = 20;
        let problem = Arc::new(scene.load(&NoFiles).unwrap());
        compute_all_runs(&scene, &problem, None).unwrap()
    }

    #[test]
    fn each_slice_is_the_plane_of_its_seed_around_the_same_weights() {
        let runs = made("filter:seed=5");
        let trained = runs.trained.as_ref().unwrap();
        let slices = seed_slices(&runs, TWO).unwrap();
        let seeds: Vec<u64> = slices.iter().map(|slice| slice.seed).collect();
        assert_eq!(seeds, [4, 5]);
        let [a, b] = &slices[..] else { panic!() };
        assert!(a.surface.view == b.surface.view && a.surface.values != b.surface.values);
        // The plane of the scene itself is that of seed 5.
        let (window, side) = (b.surface.view, b.surface.rows);
        let (loss, plane) = (&*trained.task.loss, &trained.network_plane.plane);
        let own = Surface::sample(loss, plane, window, side, side, &Cancel::default());
        assert_eq!(Some(&b.surface), own.as_ref());
        let [shadow] = &b.projections[..] else {
            panic!()
        };
        assert_eq!(shadow.trajectory.theta, runs.results[0].trajectory.theta);
        for at in shadow.trajectory.theta.chunks_exact(2) {
            assert!(window.contains([at[0], at[1]]), "{at:?}");
        }
        let last = runs.results[0].trajectory.len() - 1;
        for slice in &slices {
            assert_eq!(
                slice.projections[0].trajectory.theta(last).unwrap(),
                [0.0, 0.0]
            );
        }
    }

    #[test]
    fn another_seed_of_the_plane_changes_nothing_and_other_planes_have_no_seeds() {
        let (four, five) = (made("filter:seed=4"), made("filter:seed=5"));
        let lab = Session::new(Arc::new(NoFiles), || {}).unwrap();
        lab.ask_seeds(&four, TWO);
        lab.wait_for_seeds(PATIENCE);
        let found = lab.seeds().unwrap();
        let found = (*found).as_ref().unwrap();
        assert!(found.complete && found.matches(&four, TWO));
        // The same run, asked for with another seed of the plane.
        let mut other = four.clone();
        other.scene = five.scene.clone();
        assert!(found.matches(&other, TWO) && !found.matches(&five, TWO));
        lab.ask_seeds(&other, TWO);
        assert!(!lab.seeds_busy(), "nothing is to be made anew");
        assert!(!found.matches(&four, Seeds { first: 5, ..TWO }));
        assert_eq!(Seeds::of(&five.scene), Some(5));
        let error = seed_slices(&made("pca"), TWO).err();
        assert_eq!(error.as_deref(), Some(NOT_RANDOM));
    }
}
