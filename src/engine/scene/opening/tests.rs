use super::*;
use crate::engine::cancel::Cancel;
use crate::engine::files::NoFiles;
use crate::engine::results::compute_runs;
use crate::engine::scene::NetworkScene;
use crate::engine::training::{self, Outcome, Trajectory};
use rayon::prelude::*;
use std::sync::Arc;

/// The share of the view by which a run moves at least, unless it lowers the loss.
const MIN_MOVE: f64 = 0.01;

/// The share of the distance to the lowest loss of all runs by which a run that hardly moves lowers the loss.
const MIN_DROP: f64 = 0.1;

#[test]
fn the_opening_runs_of_every_landscape_show_something() {
    let mut failures = Vec::new();
    for landscape in AnyLandscape::all() {
        let name = landscape.name();
        let scene = Scene::opening_of(landscape);
        assert!(scene.runs.len() >= 5 && scene.has_opening_runs(), "{name}");
        let Ok(problem) = scene.load(&NoFiles) else {
            continue; // It needs a file.
        };
        let runs = compute_runs(&scene, &Arc::new(problem), None, &Cancel::default()).unwrap();
        let view = runs.problem.view;
        let paths = || runs.results.iter().map(|result| &result.trajectory);
        let last = |path: &Trajectory| path.loss[path.len() - 1];
        let lowest = paths().map(last).fold(f64::INFINITY, f64::min);
        let mut farthest = 0.0_f64;
        for (run, path) in scene.runs.iter().zip(paths()) {
            let start = path.plot_point(0).unwrap();
            let distance = |row: usize| {
                let [x, y] = path.plot_point(row).unwrap();
                ((x - start[0]) / view.width()).hypot((y - start[1]) / view.height())
            };
            let moved = (0..path.len()).map(distance).fold(0.0, f64::max);
            let drop = (path.loss[0] - last(path)) / (path.loss[0] - lowest);
            farthest = farthest.max(moved);
            let is_diverged = matches!(path.outcome, Outcome::Diverged(..));
            if is_diverged || moved.max(MIN_MOVE / MIN_DROP * drop) < MIN_MOVE {
                let (spec, outcome) = (&run.spec, path.outcome);
                failures.push(format!("{name}, {spec}: {outcome:?}, {moved}, {drop}"));
            }
        }
        let first = paths().next().unwrap().loss[0];
        let clear = lowest < first - 0.02 * first.abs().min(1.0);
        if !clear || farthest < MIN_MOVE {
            failures.push(format!("{name}: from {first} to {lowest}, {farthest} far"));
        }
        let contains = |point: [f64; 2]| {
            let [x, y] = runs.problem.plot_point(point);
            let (wx, wy) = (runs.first_view().x(), runs.first_view().y());
            (wx[0]..=wx[1]).contains(&x) && (wy[0]..=wy[1]).contains(&y)
        };
        let marks = runs.problem.minima.iter().map(|mark| mark.at);
        if !marks.chain([scene.start()]).all(contains) {
            failures.push(format!("{name}: start or minima outside of the view"));
        }
    }
    assert!(failures.is_empty(), "{failures:#?}");
}

#[test]
fn the_opening_runs_of_every_data_set_learn() {
    let mut failures = Vec::new();
    for data in AnyDataset::all() {
        let name = data.name();
        let mut scene = Scene::opening_network();
        scene.choose_data(data);
        assert!(scene.runs.len() >= 4 && scene.has_opening_runs(), "{name}");
        // Digits take too long without optimization, and csv needs a file.
        if ["digits", "csv"].contains(&name) {
            continue;
        }
        let network = scene.network().unwrap();
        let task = network.load_task(&NoFiles, scene.training.seed).unwrap();
        let mut run_settings = scene.run_settings();
        run_settings.steps = 60;
        let results: Vec<(Outcome, f64)> = { scene.runs.par_iter() }
            .map(|run| {
                let never = Cancel::default();
                let start = &task.start;
                let path = training::run(&*task.loss, start, &run.spec, &run_settings, &never);
                let path = path.unwrap();
                (path.outcome, path.loss[path.len() - 1] / path.loss[0])
            })
            .collect();
        for (run, (outcome, share)) in scene.runs.iter().zip(&results) {
            if matches!(outcome, Outcome::Diverged(..)) || *share >= 0.98 {
                failures.push(format!("{name}, {}: {share}, {outcome:?}", run.spec));
            }
        }
        let shares = results.iter().map(|(_, share)| *share);
        let best = shares.fold(f64::INFINITY, f64::min);
        if best >= 0.8 {
            failures.push(format!("{name}: {best}"));
        }
    }
    assert!(failures.is_empty(), "{failures:#?}");
}

#[test]
fn choosing_a_subject_replaces_untouched_runs_only() {
    let mut scene = Scene::opening();
    assert!(
        scene.has_opening_runs(),
        "the opening scene is that of its landscape"
    );
    scene.choose_landscape("formula".parse().unwrap());
    assert_eq!(scene, {
        let mut expected = Scene::opening_of("formula".parse().unwrap());
        expected.training = scene.training.clone();
        expected
    });
    scene.runs[0].spec = "sgd:lr=0.123".parse().unwrap();
    let runs = scene.runs.clone();
    scene.choose_landscape("ackley".parse().unwrap());
    assert_eq!(scene.runs, runs);
    scene.set_opening_runs();
    scene.choose_network(NetworkScene::default());
    assert!(scene.has_opening_runs() && scene.runs.len() == 4);
    scene.choose_landscape("ackley".parse().unwrap());
    assert!(scene.has_opening_runs() && scene.runs.len() == 6);
    assert!(Scene::opening_network().has_opening_runs());
}

#[test]
fn an_optimizer_keeps_its_colour_when_the_opening_runs_change() {
    let mut scene = Scene::opening_network();
    for data in AnyDataset::all() {
        let colours = |scene: &Scene| -> Vec<(String, u64)> {
            let runs = scene.runs.iter();
            runs.map(|run| (run.spec.display_name(), run.colour))
                .collect()
        };
        let before = colours(&scene);
        scene.choose_data(data);
        let after = colours(&scene);
        for (name, colour) in &after {
            let own = |runs: &[(String, u64)]| -> Vec<u64> {
                let same = runs.iter().filter(|(other, _)| other == name);
                same.map(|(_, colour)| *colour).collect()
            };
            let (former, now) = (own(&before), own(&after));
            let kept = former.len().min(now.len());
            assert!(former[..kept].iter().all(|colour| now.contains(colour)));
            let twice = after.iter().filter(|(_, other)| other == colour).count();
            assert_eq!(twice, 1, "{name}");
        }
    }
}
