//! Tests that results do not depend on the number of threads, and are consistent at any learning rate.

use ravine::engine::cancel::Cancel;
use ravine::engine::files::NoFiles;
use ravine::engine::landscape::AnyLandscape;
use ravine::engine::optimizer::AnyOptimizer;
use ravine::engine::results::{RunResult, compute_runs};
use ravine::engine::scene::Scene;
use ravine::engine::training::{DivergenceLimit, Outcome, Trajectory};
use ravine::engine::wrapper::AnyWrapper;
use std::sync::Arc;

fn scene(landscape: &str, runs: impl IntoIterator<Item = String>) -> Scene {
    let mut scene = Scene::new(landscape.parse().unwrap());
    for run in runs {
        scene.add_run(run.parse().unwrap());
    }
    // Some optimizers are only for models of data, or for networks.
    let problem = scene.landscape().as_dyn().load(&NoFiles).unwrap();
    let refused =
        |optimizer: &AnyOptimizer| optimizer.as_dyn().unsupported_reason(&*problem.objective);
    scene
        .runs
        .retain(|run| refused(&run.spec.optimizer).is_none());
    scene
}

fn results(scene: &Scene, threads: usize) -> Vec<Arc<RunResult>> {
    let problem = Arc::new(scene.load(&NoFiles).unwrap());
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .unwrap();
    let runs = pool.install(|| compute_runs(scene, &problem, None, &Cancel::default()));
    runs.unwrap().results
}

/// Returns the bits of all numbers of some results.
fn bits(results: &[Arc<RunResult>]) -> Vec<u64> {
    let columns = |result: &RunResult| {
        let Trajectory {
            theta,
            loss,
            grad_norm,
            lr,
            evaluations,
            ..
        } = &result.trajectory;
        let reals = [theta, loss, grad_norm, lr].into_iter().flatten();
        let curvature = result.curvature.iter().flatten();
        let reals = reals.chain(curvature).map(|real| real.to_bits());
        reals.chain(evaluations.iter().copied()).collect::<Vec<_>>()
    };
    results.iter().flat_map(|result| columns(result)).collect()
}

#[test]
fn results_do_not_depend_on_the_number_of_threads() {
    for landscape in ["regression", "rosenbrock"] {
        let mut scene = scene(
            landscape,
            AnyOptimizer::NAMES.iter().map(|name| (*name).to_owned()),
        );
        scene.training.steps = 300;
        scene.training.seed = 7;
        scene.training.noise = 0.1;
        scene.training.clip_norm = Some(10.0);
        scene.training.batch = (landscape == "regression").then_some(8);
        let one = bits(&results(&scene, 1));
        for threads in [2, 8] {
            assert!(
                bits(&results(&scene, threads)) == one,
                "{landscape}, {threads} threads"
            );
        }
        scene.training.seed = 8;
        assert!(
            bits(&results(&scene, 1)) != one,
            "{landscape}: the seed matters"
        );
    }
}

/// Runs every landscape, optimizer and wrapper with learning rates from 1e-12 to 1e12 for 1000 steps: nothing panics, and the outcome is
/// consistent with the rows.
#[test]
fn no_learning_rate_makes_a_run_panic() {
    let runs = |e: i32| {
        let bare = AnyOptimizer::NAMES
            .iter()
            .map(move |name| format!("{name}:lr=1e{e}"));
        let wrapped = AnyWrapper::NAMES.iter();
        bare.chain(wrapped.map(move |name| format!("adam:lr=1e{e}+{name}")))
    };
    for (index, landscape) in AnyLandscape::NAMES.iter().enumerate() {
        for e in (-12..=12).step_by(3) {
            let mut scene = scene(landscape, runs(e));
            scene.training.steps = 1000;
            // With noise some of them end elsewhere.
            scene.training.noise = if index % 3 == 0 { 1.0 } else { 0.0 };
            for (run, result) in scene.runs.iter().zip(results(&scene, 2)) {
                assert_consistent(&format!("{} on {landscape}", run.spec), &result, 1000);
            }
        }
    }
}

fn assert_consistent(
    what: &str,
    RunResult {
        trajectory,
        curvature,
        ..
    }: &RunResult,
    steps: u64,
) {
    let Trajectory {
        theta,
        loss,
        grad_norm,
        lr,
        evaluations,
        ..
    } = trajectory;
    let rows = trajectory.len();
    let lengths = [
        theta.len() / trajectory.dim,
        grad_norm.len(),
        lr.len(),
        evaluations.len(),
        curvature.len(),
    ];
    assert_eq!(lengths, [rows; 5], "{what}");
    let columns = [theta, loss, grad_norm, lr];
    assert!(
        columns.into_iter().flatten().all(|value| value.is_finite()),
        "{what}"
    );
    assert!(evaluations.is_sorted(), "{what}");
    let limit = trajectory.theta(0);
    let limit = limit.map(|start| DivergenceLimit::new(loss[0], start));
    let inside = |row: usize| {
        limit
            .unwrap()
            .holds(loss[row], trajectory.theta(row).unwrap(), 0.0)
    };
    assert!((0..rows.saturating_sub(1)).all(inside), "{what}");
    let last = rows as u64;
    match trajectory.outcome {
        Outcome::Finished => assert!(last == steps + 1 && inside(rows - 1), "{what}: {rows} rows"),
        // The last row is beyond the divergence limit, or not finite and left out.
        Outcome::Diverged(step, _) if last == step + 1 => assert!(!inside(rows - 1), "{what}"),
        Outcome::Diverged(step, _) => assert_eq!(last, step, "{what}"),
        Outcome::Stopped(step, _) => assert_eq!(last, step + 1, "{what}"),
        Outcome::Converged(step) => panic!("{what} converged at {step} without a tolerance"),
    }
}
