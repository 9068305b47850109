//! Runs of a scene with its other seeds in the background.

use super::job::{Job, Jobs, Request, Worker};
use super::problems::ProblemCache;
use super::runs::{compute_all_runs, compute_runs_until, same_runs};
use crate::engine::results::Runs;
use crate::engine::scene::{Problem, Scene};
use rayon::ThreadPool;
use rayon::prelude::*;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// Request for the runs of a scene with its other seeds.
pub struct SeedRunsRequest {
    /// The runs with the first seed.
    first: Runs,
}

impl SeedRunsRequest {
    /// Returns the request for a scene, given its runs with the first seed; `None` where it has one seed, or the runs have rows to come or
    /// belong to another scene.
    pub fn new(scene: &Scene, first: &Runs) -> Option<Self> {
        let complete = first.trained.as_ref().is_none_or(|own| own.complete);
        let wanted = scene.seed_count() > 1 && complete && same_runs(scene, &first.scene);
        wanted.then(|| Self {
            first: first.clone(),
        })
    }
}

impl Request for SeedRunsRequest {
    fn matches(&self, other: &Self) -> bool {
        same_runs(&self.first.scene, &other.first.scene)
    }
}

/// Runs of a scene with other seeds, as far as they are computed.
pub struct SeedRunsResult {
    request: Arc<SeedRunsRequest>,
    /// The runs with each seed but the first.
    pub others: Arc<[Runs]>,
}

impl SeedRunsResult {
    fn new(request: &Arc<SeedRunsRequest>, others: &[Runs]) -> Self {
        Self {
            request: Arc::clone(request),
            others: others.into(),
        }
    }

    /// Returns the runs with the first seed, which have those with the others.
    pub fn all(&self) -> Runs {
        Runs {
            other_seeds: Arc::clone(&self.others),
            ..self.request.first.clone()
        }
    }

    /// Whether the runs are those of a scene.
    pub fn matches(&self, scene: &Scene) -> bool {
        same_runs(&self.request.first.scene, scene)
    }
}

/// Returns a scene with one other seed.
fn with_seed(scene: &Scene, seed: u64) -> Scene {
    let mut own = scene.clone();
    (own.training.seed, own.training.seeds) = (seed, None);
    own
}

/// Computes the runs of a scene with each seed, those with the first seed in front. `load` loads the problem of a network with another seed,
/// whose first weights and split of the data it changes; `on_seed` is called with the number of seeds done.
///
/// # Errors
/// Returns one sentence where a network cannot be loaded, trained or shown, or there is no seed.
pub fn compute_seed_runs(
    (scene, problem): (&Scene, &Arc<Problem>),
    seeds: &[u64],
    load: &dyn Fn(&Scene) -> Result<Problem, String>,
    on_seed: &mut dyn FnMut(usize),
) -> Result<Runs, String> {
    let mut all = Vec::new();
    for seed in seeds {
        let own = with_seed(scene, *seed);
        let problem = if scene.is_network() {
            Arc::new(load(&own)?)
        } else {
            Arc::clone(problem)
        };
        all.push(compute_all_runs(&own, &problem, None)?);
        on_seed(all.len());
    }
    let first = (!all.is_empty()).then(|| all.remove(0));
    let first = first.ok_or("there is no seed; expected one")?;
    Ok(Runs {
        scene: Scene {
            training: scene.training.clone(),
            ..first.scene
        },
        other_seeds: all.into(),
        ..first
    })
}

pub(super) fn spawn(
    jobs: &Arc<Jobs>,
    problems: &Arc<ProblemCache>,
    pool: &Arc<ThreadPool>,
) -> Result<Job<SeedRunsRequest, SeedRunsResult>, String> {
    let (problems, pool) = (Arc::clone(problems), Arc::clone(pool));
    let mut earlier: Vec<Runs> = Vec::new();
    let compute = move |request: &Arc<SeedRunsRequest>, worker: &Worker<SeedRunsResult>| {
        let scene = &request.first.scene;
        let others: Vec<Scene> = { scene.seeds().skip(1) }
            .map(|seed| with_seed(scene, seed))
            .collect();
        worker.progress.restart(others.len());
        let of_seed = |own: &Scene, problem: &Arc<Problem>| {
            let seed = own.training.seed;
            let known = earlier.iter().find(|runs| runs.scene.training.seed == seed);
            let found = compute_runs_until(own, problem, known, worker.cancel);
            worker.progress.done.fetch_add(1, Ordering::Relaxed);
            found
        };
        if !scene.is_network() {
            let problem = &request.first.problem;
            let all: Result<Vec<Option<Runs>>, String> = pool.install(|| {
                let all = others.par_iter().map(|own| of_seed(own, problem));
                all.collect()
            });
            let all: Option<Vec<Runs>> = all?.into_iter().collect();
            if let Some(all) = all {
                worker.publish(SeedRunsResult::new(request, &all));
                earlier = all;
            }
            return Ok(());
        }
        let mut done = Vec::new();
        for own in &others {
            let problem = problems.load_other(own)?;
            let Some(runs) = of_seed(own, &problem)? else {
                break;
            };
            done.push(runs);
            worker.publish(SeedRunsResult::new(request, &done));
        }
        earlier = done;
        Ok(())
    };
    Job::spawn("seeds", jobs, compute)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::files::NoFiles;
    use crate::engine::scene::NetworkScene;
    use crate::session::Session;
    use std::time::Duration;

    const TIMEOUT: Duration = Duration::from_mins(1);

    /// Computes a scene's other seeds in the background, and compares them with runs of scenes with these seeds.
    fn check(mut scene: Scene) {
        scene.training.seeds = Some(3);
        let session = Session::new(Arc::new(NoFiles), || {}).unwrap();
        let problem = Arc::new(scene.load(&NoFiles).unwrap());
        let first = compute_all_runs(&scene, &problem, None).unwrap();
        let request = || SeedRunsRequest::new(&scene, &first);
        session.seed_runs.request(request().unwrap());
        session.seed_runs.wait(TIMEOUT);
        session.seed_runs.request(request().unwrap());
        assert!(!session.seed_runs.busy(), "nothing is computed again");
        let found = session.seed_runs.newest().unwrap();
        let found = (*found).as_ref().unwrap();
        assert!(found.matches(&scene) && found.others.len() == 2);
        assert_eq!(found.all().all_seeds().count(), 3);
        let load = |scene: &Scene| scene.load(&NoFiles).map_err(|error| error.to_string());
        let seeds: Vec<u64> = scene.seeds().collect();
        let all = compute_seed_runs((&scene, &problem), &seeds, &load, &mut |_| {}).unwrap();
        assert_eq!(all.scene, scene);
        for (own, other) in found.others.iter().zip(all.other_seeds.iter()) {
            assert_eq!(own.scene.training.seed, other.scene.training.seed);
            let losses = [own, other].map(|runs| &runs.results[0].trajectory.loss);
            assert_eq!(losses[0], losses[1]);
            assert!(*losses[0] != first.results[0].trajectory.loss);
        }
        let mut other = scene.clone();
        other.training.seeds = Some(4);
        assert!(!found.matches(&other));
        other.training.seeds = None;
        assert!(SeedRunsRequest::new(&other, &first).is_none());
    }

    #[test]
    fn other_seeds_of_noisy_runs_are_those_of_their_own_scenes() {
        let mut scene = Scene::new("booth".parse().unwrap());
        scene.add_run("sgd:lr=0.01".parse().unwrap());
        scene.training.steps = 20;
        scene.training.seeds = Some(3);
        assert_eq!(scene.seed_count(), 1, "nothing is random");
        scene.training.noise = 1.0;
        scene.training.seed = 5;
        assert_eq!(scene.seeds(), 5..8);
        check(scene);
    }

    #[test]
    fn other_seeds_of_networks_begin_with_other_weights() {
        let mut scene = Scene::opening();
        scene.runs.clear();
        scene.choose_network(NetworkScene {
            model: "mlp:hidden=2,loss=bce".parse().unwrap(),
            data: "moons:samples=12".parse().unwrap(),
            ..NetworkScene::default()
        });
        scene.add_run("adam:lr=0.1".parse().unwrap());
        scene.training.steps = 20;
        check(scene);
    }
}
