//! Runs of networks: streamed, paused, lengthened, and their projections.

use super::*;
use crate::engine::files::NoFiles;
use crate::engine::objective::Objective;
use crate::engine::objective::plane::Rect;
use crate::engine::scene::{NetworkScene, SpecChange};
use crate::engine::training::{self, Outcome};
use crate::session::{Session, SharpnessRequest, compute_all_runs};
use std::time::Duration;

const TIMEOUT: Duration = Duration::from_mins(1);

fn scene(runs: &[&str]) -> Scene {
    let mut scene = Scene::opening();
    scene.runs.clear();
    scene.choose_network(NetworkScene {
        model: "mlp:hidden=4,loss=bce".parse().unwrap(),
        data: "moons:samples=24".parse().unwrap(),
        ..NetworkScene::default()
    });
    for run in runs {
        scene.add_run(run.parse().unwrap());
    }
    scene.training.steps = 60;
    scene
}

fn trained_runs(scene: &Scene) -> Runs {
    let problem = Arc::new(scene.load(&NoFiles).unwrap());
    compute_all_runs(scene, &problem, None).unwrap()
}

fn newest(session: &Session, scene: &Scene) -> Runs {
    session.update(scene, Rect::square(1.0));
    session.runs.wait(TIMEOUT);
    let runs = session.runs.newest().unwrap();
    (*runs).clone().unwrap()
}

fn losses(runs: &Runs) -> Vec<Vec<f64>> {
    let results = runs.results.iter();
    results
        .map(|result| result.trajectory.loss.clone())
        .collect()
}

#[test]
fn unticked_runs_neither_train_nor_shape_the_plane() {
    let both = ["sgd:lr=0.5,momentum=0.9", "adam:lr=0.1"];
    let session = Session::new(Arc::new(NoFiles), || {}).unwrap();
    let mut scene = scene(&both);
    scene.runs[1].shown = false;
    let runs = newest(&session, &scene);
    let lengths = |runs: &Runs| {
        runs.results
            .iter()
            .map(|run| run.trajectory.len())
            .collect::<Vec<_>>()
    };
    assert_eq!(lengths(&runs), [13, 1]);
    let alone = trained_runs(&self::scene(&both[..1]));
    assert_eq!(
        runs.results[0], alone.results[0],
        "the plane is that of the ticked run"
    );
    assert_eq!(runs.problem.landscape.view, alone.problem.landscape.view);
    let id = runs.trained.as_ref().unwrap().runs[0].clone();
    scene.runs[1].shown = true;
    let ticked = newest(&session, &scene);
    assert_eq!(lengths(&ticked), [13, 13]);
    assert!(
        ticked.trained.as_ref().unwrap().runs[0].is_same_run(&id),
        "the other run goes on"
    );
    assert_eq!(losses(&ticked), losses(&trained_runs(&scene)));
    scene.runs[1].shown = false;
    scene.training.steps = 80;
    assert_eq!(lengths(&newest(&session, &scene)), [17, 13]);
}

#[test]
fn runs_of_a_network_equal_those_of_its_loss_and_their_projections_are_on_the_plane() {
    let scene = scene(&["sgd:lr=0.5,momentum=0.9", "adam:lr=0.1@cosine"]);
    let runs = trained_runs(&scene);
    let trained = runs.trained.as_ref().unwrap();
    let task = &trained.task;
    assert!(
        trained.complete
            && runs.every == 5
            && trained.network_plane.explained_variance_ratio.is_some()
    );
    for ((own, result), shown) in scene.runs.iter().zip(&runs.results).zip(&trained.runs) {
        let (run_settings, never) = (scene.run_settings(), Cancel::default());
        let objective = &*task.loss;
        let alone = training::run(objective, &task.start, &own.spec, &run_settings, &never);
        let alone = alone.unwrap();
        assert_eq!(result.trajectory.loss, alone.loss);
        assert_eq!(result.trajectory.len(), 13);
        for row in 0..13 {
            let theta = shown.theta(row).unwrap();
            assert_eq!(Some(theta), alone.theta(row));
            let (at, residual) = trained.network_plane.plane.project(theta);
            assert_eq!(result.trajectory.plot_point(row), Some(at));
            assert_eq!(shown.projections[row].residual, residual);
            let height = runs.problem.objective.value(&at);
            assert!((shown.projections[row].loss - height).abs() <= 1e-12 * height);
        }
    }
    for shown in &trained.runs {
        let said = |row: usize| &shown.rows[row].diagnosis;
        assert_eq!(
            (said(0).layers.len(), said(0).whole.update_ratio),
            (2, None)
        );
        let whole = &said(3).whole;
        assert!((whole.grad_norm - shown.rows[3].grad_norm).abs() < 1e-12);
        assert!(
            whole
                .update_ratio
                .is_some_and(|ratio| ratio > 0.0 && ratio < 0.5)
        );
    }
    // The plane has its origin where the first run ends.
    assert_eq!(runs.results[0].trajectory.plot_point(12), Some([0.0, 0.0]));
}

#[test]
fn a_plane_goes_around_a_named_run_and_step() {
    for plane in ["filter", "pca", "line"] {
        let mut scene = scene(&["sgd:lr=0.5", "adam:lr=0.1"]);
        let network = scene.network_mut().unwrap();
        network.plane = plane.parse().unwrap();
        network.settings.around = Some(2);
        network.settings.around_step = Some(30);
        let runs = trained_runs(&scene);
        let at = runs.results[1].trajectory.plot_point(6);
        assert_eq!(at, Some([0.0, 0.0]), "{plane}");
        let first = runs.results[0].trajectory.plot_point(6);
        assert_ne!(first, Some([0.0, 0.0]), "{plane}");
        if plane == "line" {
            // The line leads to the end of the other run.
            let end = runs.results[0].trajectory.plot_point(12).unwrap();
            assert!(
                (end[0] - 1.0).abs() < 1e-9 && end[1].abs() < 1e-9,
                "{end:?}"
            );
        }
    }
    // A run that is not there is the first one.
    let mut missing = scene(&["sgd:lr=0.5"]);
    missing.network_mut().unwrap().settings.around = Some(7);
    let runs = trained_runs(&missing);
    assert_eq!(runs.results[0].trajectory.plot_point(12), Some([0.0, 0.0]));
}

#[test]
fn a_session_streams_equal_runs_and_continues_them_where_it_can() {
    let mut scene = scene(&["sgd:lr=0.5", "adam:lr=0.1"]);
    let session = Session::new(Arc::new(NoFiles), || {}).unwrap();
    let first = newest(&session, &scene);
    assert_eq!(losses(&first), losses(&trained_runs(&scene)));
    session.map_data.wait(TIMEOUT);
    scene.training.steps = 100;
    let longer = newest(&session, &scene);
    assert_eq!(losses(&longer), losses(&trained_runs(&scene)));
    assert_eq!(longer.results[0].trajectory.len(), 21);
    scene.training.steps = 30;
    let shorter = newest(&session, &scene);
    assert_eq!(losses(&shorter), losses(&trained_runs(&scene)));
    assert_eq!(
        shorter.results[0].trajectory.plot_point(6),
        Some([0.0, 0.0])
    );
    // Another plane shows the same runs.
    scene.network_mut().unwrap().plane = "filter".parse().unwrap();
    let other = newest(&session, &scene);
    assert_eq!(losses(&other), losses(&shorter));
    assert_ne!(other.problem.view, shorter.problem.view);
    session.update(&Scene::opening(), Rect::square(2.0));
    session.runs.wait(TIMEOUT);
    assert!(
        session
            .runs
            .newest()
            .is_some_and(|runs| (*runs).as_ref().is_ok_and(|runs| runs.trained.is_none()))
    );
}

#[test]
fn sharpness_is_measured_at_the_requested_rows() {
    let scene = scene(&["sgd:lr=0.5", "adam:lr=0.1"]);
    let session = Session::new(Arc::new(NoFiles), || {}).unwrap();
    let runs = newest(&session, &scene);
    let trained = runs.trained.as_ref().unwrap();
    let request = SharpnessRequest::new(trained, 4);
    session.sharpness.request(request.unwrap());
    session.sharpness.wait(TIMEOUT);
    let found = session.sharpness.newest().unwrap();
    let found = (*found).as_ref().ok().unwrap();
    for (index, run) in trained.runs.iter().enumerate() {
        let sharp = found.of(run).unwrap();
        assert_eq!(sharp.rows, [0, 4, 8, 12]);
        let adaptive = sharp.preconditioned[1..]
            .iter()
            .all(|value| value.is_finite());
        assert_eq!(
            (adaptive, sharp.preconditioned[0].is_nan()),
            (index == 1, true)
        );
        let (loss, theta) = (&*trained.task.loss, run.theta(8).unwrap());
        let hessian = crate::engine::analysis::curvature::Curvature::hessian(loss, theta);
        let ask = crate::engine::analysis::curvature::LanczosOptions::largest(1e-12);
        let exact = crate::engine::analysis::curvature::lanczos(&hessian, &ask, &Cancel::default())
            .unwrap();
        let value = exact.top[0].value;
        assert!((sharp.lambda_max[2] - value).abs() <= 1e-5 * value);
    }
}

#[test]
fn paused_runs_wait_and_continue() {
    let scene = scene(&["sgd:lr=0.5"]);
    let session = Session::new(Arc::new(NoFiles), || {}).unwrap();
    session.pause(true);
    session.update(&scene, Rect::square(1.0));
    session.runs.wait(Duration::from_millis(300));
    assert!(session.runs.busy() && session.is_paused());
    session.pause(false);
    assert_eq!(
        losses(&newest(&session, &scene)),
        losses(&trained_runs(&scene))
    );
}

#[test]
fn a_change_of_settings_keeps_the_weights() {
    let mut scene = scene(&["sgd:lr=0.5", "adam:lr=0.1"]);
    let whole = trained_runs(&scene);
    scene.runs[0].spec_changes.push(SpecChange {
        at_step: 20,
        spec: "sgd:lr=0.01".parse().unwrap(),
    });
    let split = trained_runs(&scene);
    let [before, after] = [&whole, &split].map(|runs| &runs.results[0].trajectory);
    assert_eq!(before.loss[..5], after.loss[..5]);
    assert_eq!(
        (after.len(), after.lr[3], after.lr[4], after.lr[12]),
        (13, 0.5, 0.01, 0.01)
    );
    assert_ne!(before.loss[5..], after.loss[5..]);
    assert_eq!(after.evaluations, before.evaluations);
    let theta = |row| split.trained.as_ref().unwrap().runs[0].theta(row).unwrap();
    let mut gradient = vec![0.0; theta(4).len()];
    let loss = &split.trained.as_ref().unwrap().task.loss;
    let mut place = theta(4).to_vec();
    for _ in 0..5 {
        loss.gradient(&place, &mut gradient);
        place
            .iter_mut()
            .zip(&gradient)
            .for_each(|(x, g)| *x -= 0.01 * g);
    }
    assert!(
        place
            .iter()
            .zip(theta(5))
            .all(|(own, found)| (own - found).abs() < 1e-14)
    );
    assert_eq!(Scene::from_toml(&scene.to_toml()), Ok(scene.clone()));
    scene.runs[0].spec_changes[0].at_step = 21;
    let refused = scene.load(&NoFiles).err().unwrap().to_string();
    assert!(
        refused
            .starts_with("a spec change of a run cannot be at step 21; expected a multiple of 5")
    );
}

#[test]
fn scenes_that_cannot_be_trained_are_refused() {
    let mut diverging = scene(&["sgd:lr=1e30"]);
    let runs = trained_runs(&diverging);
    let end = &runs.results[0].trajectory;
    assert!(matches!(end.outcome, Outcome::Diverged(step, _) if step > 0 && step <= 60));
    // A diverged run does not change the plane.
    let both = scene(&["sgd:lr=1e30", "adam:lr=0.1"]);
    let [alone, both] = [trained_runs(&scene(&["adam:lr=0.1"])), trained_runs(&both)];
    assert_eq!(both.problem.view, alone.problem.view);
    assert_eq!(
        both.results[1].trajectory.theta,
        alone.results[0].trajectory.theta
    );
    diverging.runs.clear();
    let problem = Arc::new(diverging.load(&NoFiles).unwrap());
    let refused = compute_all_runs(&diverging, &problem, None).err().unwrap();
    assert!(
        refused.starts_with("plane `pca` needs the steps of runs"),
        "{refused}"
    );
    let mut scene = scene(&["sgd"]);
    for (model, data, expected) in [
        (
            "mlp:loss=mse",
            "csv:path=none.csv",
            "none.csv: files cannot be read here",
        ),
        (
            "mlp:loss=bce",
            "iris",
            "loss: bce is for the classes 0 and 1",
        ),
    ] {
        let bench = scene.network_mut().unwrap();
        (bench.model, bench.data) = (model.parse().unwrap(), data.parse().unwrap());
        let refused = scene.load(&NoFiles).err().unwrap().to_string();
        assert!(refused.starts_with(expected), "{refused}");
    }
    let bench = scene.network_mut().unwrap();
    (bench.model, bench.data) = ("mlp".parse().unwrap(), "moons".parse().unwrap());
    bench.settings.every = 1;
    scene.training.steps = 1_000_000;
    let refused = scene.load(&NoFiles).err().unwrap().to_string();
    assert!(refused.contains("a larger `every`"), "{refused}");
    scene.runs[0].spec = "sgd[layer7:lr=1]".parse().unwrap();
    let refused = scene.load(&NoFiles).err().unwrap().to_string();
    assert!(
        refused.ends_with(
            "expected a layer or a tensor, like layers.0 or layers.0.weight in brackets"
        ),
        "{refused}"
    );
}
