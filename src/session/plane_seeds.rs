//! Slices of a network along the random planes of several seeds, in the background.

use super::job::{Job, Jobs, Request};
use crate::engine::results::{Runs, SeedSlice, Seeds, SeedsQuery};
use std::sync::Arc;

/// Request for slices along the random planes of some seeds.
pub struct SeedsRequest(SeedsQuery);

impl SeedsRequest {
    /// Returns the request for slices around the weights of some runs; `None` where their plane is not random.
    pub fn new(runs: &Runs, seeds: Seeds) -> Option<Self> {
        SeedsQuery::new(runs, seeds).map(Self)
    }
}

impl Request for SeedsRequest {
    fn matches(&self, other: &Self) -> bool {
        self.0.matches(&other.0)
    }
}

/// Slices of one window around the same weights.
pub struct SeedsResult {
    /// One slice for each seed, in their order.
    pub slices: Vec<SeedSlice>,
    /// Whether no finer grid follows.
    pub complete: bool,
    request: Arc<SeedsRequest>,
}

impl SeedsResult {
    /// Whether the slices are for these seeds and the network of `runs`, at an earlier or later row of their training.
    pub fn matches(&self, runs: &Runs, seeds: Seeds) -> bool {
        self.request.0.matches_network(runs, seeds)
    }
}

pub(super) fn spawn(jobs: &Arc<Jobs>) -> Result<Job<SeedsRequest, SeedsResult>, String> {
    Job::spawn(
        "plane seeds",
        jobs,
        |request: &Arc<SeedsRequest>, worker| {
            request.0.compute(worker.cancel, |slices, complete| {
                worker.publish(SeedsResult {
                    slices,
                    complete,
                    request: Arc::clone(request),
                });
            })
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::cancel::Cancel;
    use crate::engine::files::NoFiles;
    use crate::engine::geometry::surface::Surface;
    use crate::engine::results::{NOT_RANDOM, seed_slices};
    use crate::engine::scene::{NetworkScene, Scene};
    use crate::session::{Session, compute_all_runs};
    use std::time::Duration;

    const TIMEOUT: Duration = Duration::from_mins(1);
    const TWO: Seeds = Seeds { first: 4, count: 2 };

    fn runs_on(plane: &str) -> Runs {
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
        let runs = runs_on("filter:seed=5");
        let trained = runs.trained.as_ref().unwrap();
        let slices = seed_slices(&runs, TWO).unwrap();
        let seeds: Vec<u64> = slices.iter().map(|slice| slice.seed).collect();
        assert_eq!(seeds, [4, 5]);
        let [a, b] = &slices[..] else { panic!() };
        assert!(a.surface.view == b.surface.view && a.surface.values != b.surface.values);
        // The scene's own plane has seed 5.
        let (window, side) = (b.surface.view, b.surface.rows);
        let (loss, plane) = (&*trained.task.loss, &trained.network_plane.plane);
        let own = Surface::sample(loss, plane, window, side, side, &Cancel::default());
        assert_eq!(Some(&b.surface), own.as_ref());
        let [projected] = &b.projections[..] else {
            panic!()
        };
        assert_eq!(projected.trajectory.theta, runs.results[0].trajectory.theta);
        for at in projected.trajectory.theta.chunks_exact(2) {
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
        let (four, five) = (runs_on("filter:seed=4"), runs_on("filter:seed=5"));
        let session = Session::new(Arc::new(NoFiles), || {}).unwrap();
        session
            .seeds
            .request(SeedsRequest::new(&four, TWO).unwrap());
        session.seeds.wait(TIMEOUT);
        let found = session.seeds.newest().unwrap();
        let found = (*found).as_ref().unwrap();
        assert!(found.complete && found.matches(&four, TWO));
        // The same runs, with another seed of the scene's plane.
        let mut other = four.clone();
        other.scene = five.scene.clone();
        assert!(found.matches(&other, TWO) && !found.matches(&five, TWO));
        session
            .seeds
            .request(SeedsRequest::new(&other, TWO).unwrap());
        assert!(!session.seeds.busy(), "nothing is computed again");
        assert!(!found.matches(&four, Seeds { first: 5, ..TWO }));
        assert_eq!(Seeds::of(&five.scene), Some(5));
        let error = seed_slices(&runs_on("pca"), TWO).err();
        assert_eq!(error.as_deref(), Some(NOT_RANDOM));
    }
}
