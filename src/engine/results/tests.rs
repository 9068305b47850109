//! Runs and maps of landscapes: equal bits, reused runs, decimated paths, graphs.

use super::*;
use crate::engine::files::NoFiles;

#[test]
fn same_bits_on_any_number_of_threads() {
    let mut scene = Scene::opening();
    scene.training.noise = 0.1;
    let problem = Arc::new(scene.load(&NoFiles).unwrap());
    let results = |threads| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        pool.install(|| compute_runs(&scene, &problem, None, &Cancel::default()))
            .unwrap()
            .results
    };
    let one = results(1);
    // Unknown eigenvalues are NaN.
    let bits = |result: &Arc<RunResult>| {
        let known = result.preconditioned.iter().map(|value| value.to_bits());
        (
            result.trajectory.clone(),
            result.curvature.clone(),
            known.collect::<Vec<_>>(),
        )
    };
    for threads in [2, 8] {
        assert!(
            results(threads).iter().map(bits).eq(one.iter().map(bits)),
            "{threads}"
        );
    }
    assert!(one.iter().all(|result| result.trajectory.len() == 501));
}

#[test]
fn the_outline_of_a_long_path_is_short_and_contains_its_extremes() {
    let theta: Vec<f64> = (0..40_000_u32)
        .map(|i| if i == 24_690 { 9.0 } else { f64::from(i % 7) })
        .collect();
    let rows = theta.len() / 2;
    let column = vec![0.0; rows];
    let (evaluations, outcome) = (vec![0; rows], training::Outcome::Finished);
    let (loss, grad_norm, lr) = (column.clone(), column.clone(), column);
    let path = Trajectory {
        dim: 2,
        theta,
        loss,
        grad_norm,
        lr,
        evaluations,
        costs: None,
        average: None,
        outcome,
    };
    let outline = decimate(&path);
    assert!(outline.len() <= 5001 && outline.is_sorted());
    assert!(
        [0, 12_345, rows - 1]
            .iter()
            .all(|row| outline.contains(row))
    );
}

#[test]
fn a_landscape_of_one_parameter_has_a_graph_and_its_runs_lie_on_it() {
    let mut scene = Scene::new("heavy-ball-trap".parse().unwrap());
    scene.add_run("sgd:lr=0.01".parse().unwrap());
    scene.training.steps = 6000;
    let problem = Arc::new(scene.load(&NoFiles).unwrap());
    let runs = compute_runs(&scene, &problem, None, &Cancel::default()).unwrap();
    let RunResult {
        trajectory,
        curvature,
        preconditioned,
        theory: _,
        outline,
    } = &*runs.results[0];
    assert_eq!((trajectory.dim, trajectory.theta(0)), (1, Some(&[3.3][..])));
    assert_eq!((curvature.len(), outline[0]), (6001, 0));
    assert!(preconditioned.is_empty() && curvature.iter().all(|[low, high]| low == high));
    for row in [0, 1, 77, 6000] {
        let x = trajectory.theta(row).unwrap()[0];
        assert_eq!(
            trajectory.plot_point(row),
            Some(problem.plot_point([x, 0.0]))
        );
    }
    let map_data = compute_map_data(&scene, &problem, problem.view, 48, &Cancel::default());
    let graph = map_data.unwrap().graph.unwrap();
    assert_eq!(graph.len(), 1);
    assert!(graph[0].iter().all(|at| problem.plot_point(*at) == *at));
}

#[test]
fn unchanged_runs_are_reused() {
    let mut scene = Scene::opening();
    let problem = Arc::new(scene.load(&NoFiles).unwrap());
    let first = compute_runs(&scene, &problem, None, &Cancel::default()).unwrap();
    scene.runs[0].spec = "sgd:lr=0.0005".parse().unwrap();
    let second = compute_runs(&scene, &problem, Some(&first), &Cancel::default()).unwrap();
    let same: Vec<bool> = first
        .results
        .iter()
        .zip(&second.results)
        .map(|(a, b)| Arc::ptr_eq(a, b))
        .collect();
    assert_eq!(same, [false, true, true, true, true, true]);
}
