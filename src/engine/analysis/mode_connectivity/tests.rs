//! Paths between networks compared with finite differences, permuted copies of a network, and refused inputs.

use super::curve_loss::CurveLoss;
use super::weight_matching::align;
use super::{Bezier, Connect, ConnectError, LinearPath, ModeConnectivity, Path, connect, path};
use crate::engine::cancel::Cancel;
use crate::engine::files::NoFiles;
use crate::engine::network::data::AnyDataset;
use crate::engine::network::{NetworkLoss, Precision, TrainingTask};
use crate::engine::numeric::random::{Purpose, stream};
use crate::engine::objective::{GradientSettings, Objective};
use crate::engine::training::{RunSettings, RunSpec, run_to_end};
use rand::seq::SliceRandom;
use std::sync::Arc;

fn task(network: &str, data: &str) -> TrainingTask {
    let data: AnyDataset = data.parse().unwrap();
    let split = data.split(&NoFiles, 0.25, 0).unwrap();
    TrainingTask::new(&network.parse().unwrap(), split, 0, Precision::Double).unwrap()
}

fn spec(text: &str) -> RunSpec {
    text.parse().unwrap()
}

/// Returns weights that all differ, those of normalisations included.
fn scattered(loss: &NetworkLoss, seed: u64) -> Vec<f64> {
    let mut theta = loss.init_params(seed);
    for (index, number) in theta.iter_mut().enumerate() {
        *number += 0.3
            * (1.7 * crate::engine::numeric::real(index) + crate::engine::numeric::real(seed))
                .sin();
    }
    theta
}

fn trained(loss: &NetworkLoss, seed: u64) -> Vec<f64> {
    let run_settings = RunSettings {
        steps: 100,
        gradient_settings: GradientSettings::default(),
        tolerance: None,
        record_every: 1,
    };
    let (start, spec, never) = (
        loss.init_params(seed),
        spec("adam:lr=0.05"),
        Cancel::default(),
    );
    let end = run_to_end(
        loss,
        &start,
        &spec,
        &run_settings,
        f64::NEG_INFINITY,
        &never,
    );
    end.unwrap().theta
}

fn joined(task: &TrainingTask, ends: [&[f64]; 2], settings: &Connect) -> ModeConnectivity {
    let (spec, never) = (spec("adam:lr=0.02"), Cancel::default());
    let found = connect(task, ends, &spec, settings, &never, &mut |_| {});
    found.unwrap().unwrap()
}

/// Networks of every kind whose hidden units can be permuted.
const NETWORKS: [&str; 9] = [
    "mlp:hidden=7,loss=bce",
    "mlp:hidden=9/5,loss=ce,activation=relu",
    "mlp:hidden=6/6/6,bias=false,loss=bce",
    "mlp:hidden=6/6/4,norm=batch,loss=bce",
    "mlp:hidden=5/8,norm=layer,loss=bce",
    "mlp:hidden=6/6/6,residual=true,loss=bce",
    "mlp:hidden=6/6/3/3/6,residual=true,norm=batch,loss=bce",
    "mlp:hidden=2/5/5,residual=true,norm=layer,loss=bce",
    "mlp:hidden=2/2,residual=true,loss=bce",
];

/// Returns the weights with the hidden units in a random order that residual connections allow.
fn shuffled(loss: &NetworkLoss, theta: &[f64], seed: u64) -> Vec<f64> {
    let mut random = stream(seed, Purpose::Data, 0);
    super::weight_matching::shuffled(&loss.shape, theta, |order| order.shuffle(&mut random))
}

#[test]
fn a_permuted_network_computes_the_same_function() {
    for network in NETWORKS {
        let task = task(network, "moons:samples=40");
        let loss = &*task.loss;
        let theta = scattered(loss, 3);
        let permuted = shuffled(loss, &theta, 5);
        assert_eq!(
            permuted == theta,
            network.contains("hidden=2/2,"),
            "{network}"
        );
        let inputs = task.split.test.inputs();
        let outputs = |theta: &[f64]| {
            let rows = inputs.len() / task.split.test.width();
            let mut outputs = vec![0.0; rows * loss.widths()[loss.widths().len() - 1]];
            loss.outputs(theta, inputs, &mut outputs);
            outputs
        };
        for (found, expected) in outputs(&permuted).iter().zip(outputs(&theta)) {
            let close = (found - expected).abs() <= 1e-12 * (1.0 + expected.abs());
            assert!(close, "{network}: {found} is not {expected}");
        }
    }
}

#[test]
fn a_permuted_copy_is_aligned_and_has_no_barrier() {
    for network in NETWORKS {
        let task = task(network, "moons:samples=24");
        let a = scattered(&task.loss, 1);
        for seed in 0..4 {
            let b = shuffled(&task.loss, &a, seed);
            let settings = Connect {
                align: true,
                points: 9,
                steps: 1,
                seed,
                ..Connect::default()
            };
            let found = joined(&task, [&a, &b], &settings);
            let (alignment, _) = found.aligned.unwrap();
            assert_eq!(found.ends[1], a, "{network}, seed {seed}");
            assert_eq!(alignment.distances[1], 0.0);
            assert_eq!(alignment.distances[0] == 0.0, a == b);
            for part in [0, 1] {
                let barrier = |profile: &super::PathProfile| profile.barrier(part).unwrap().height;
                assert!(barrier(&found.straight) <= 1e-12, "{network}, seed {seed}");
            }
            assert_eq!(found.plane, None, "both ends are one");
        }
    }
}

#[test]
fn alignment_brings_weights_closer_and_is_deterministic() {
    let never = Cancel::default();
    for network in NETWORKS {
        let task = task(network, "moons:samples=24");
        let loss = &*task.loss;
        let [a, b] = [1, 2].map(|seed| loss.init_params(seed));
        let aligned = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
            let align = || align(loss, [&a, &b], 7, &never).unwrap();
            pool.build().unwrap().install(align)
        };
        let (alignment, moved) = aligned(1);
        assert_eq!(aligned(3), (alignment.clone(), moved));
        let [before, after] = alignment.distances;
        assert!(after <= before, "{network}: {after} from {before}");
        let tied = network.contains("hidden=2/2,");
        assert_eq!(alignment.permutation.moved() == 0, tied, "{network}");
    }
}

#[test]
fn derivatives_of_the_curve_loss_match_finite_differences() {
    for network in [
        "mlp:hidden=3,loss=bce,l2=0.1",
        "mlp:hidden=3/3,norm=batch,residual=true,loss=bce",
    ] {
        let task = task(network, "moons:samples=20");
        let loss = &*task.loss;
        let [a, b, theta] = [1, 2, 3].map(|seed| scattered(loss, seed));
        let curve = CurveLoss::new(loss, [&a, &b], 4);
        let n = loss.dim();
        let batch = [0, 3, 5, 6];
        let [mut gradient, mut of_batch, mut product] = [(); 3].map(|()| vec![0.0; n]);
        assert!((curve.gradient(&theta, &mut gradient) - curve.value(&theta)).abs() < 1e-14);
        curve.batch_gradient(&theta, &batch, &mut of_batch);
        let vector: Vec<f64> = theta.iter().map(|x| (5.0 * x).cos()).collect();
        curve.hessian_vector(&theta, &vector, &mut product);
        let h = 1e-5;
        let near = |step: f64| -> Vec<f64> {
            let pairs = theta.iter().zip(&vector);
            pairs.map(|(x, v)| x + step * v).collect()
        };
        let ask = |step: f64, batch: Option<&[usize]>| {
            let mut gradient = vec![0.0; n];
            let value = match batch {
                None => curve.gradient(&near(step), &mut gradient),
                Some(batch) => curve.batch_gradient(&near(step), batch, &mut gradient),
            };
            (value, gradient)
        };
        for (batch, gradient) in [(None, &gradient), (Some(&batch[..]), &of_batch)] {
            let slope = (ask(h, batch).0 - ask(-h, batch).0) / (2.0 * h);
            let along: f64 = gradient.iter().zip(&vector).map(|(g, v)| g * v).sum();
            assert!(
                (slope - along).abs() < 1e-8,
                "{network}: {slope} is not {along}"
            );
        }
        let [low, high] = [-h, h].map(|step| ask(step, None).1);
        for ((low, high), product) in low.iter().zip(&high).zip(&product) {
            let bend = (high - low) / (2.0 * h);
            assert!(
                (bend - product).abs() < 1e-7,
                "{network}: {bend} is not {product}"
            );
        }
    }
}

#[test]
fn the_curve_starts_as_the_linear_path_and_keeps_the_ends() {
    let [a, b] = [[1.0, -2.0, 1e3], [0.3, 7.0, -1e-3]];
    let ends = [&a[..], &b];
    let (theta, straight) = (path::midpoint(ends), LinearPath { ends });
    let curve = Bezier {
        ends,
        theta: &theta,
    };
    let [mut on_curve, mut on_line] = [[0.0; 3]; 2];
    for step in 0..=8_u8 {
        curve.at(f64::from(step) / 8.0, &mut on_curve);
        straight.at(f64::from(step) / 8.0, &mut on_line);
        for (curve, line) in on_curve.iter().zip(on_line) {
            assert!((curve - line).abs() <= 1e-12);
        }
        match step {
            0 => assert_eq!((on_curve, on_line), (a, a)),
            8 => assert_eq!((on_curve, on_line), (b, b)),
            _ => {}
        }
    }
}

#[test]
fn a_curve_leads_around_the_barrier_of_moons() {
    let task = task("mlp:hidden=16/16,loss=bce", "moons:samples=60,noise=0.1");
    let [a, b] = [1, 2].map(|seed| trained(&task.loss, seed));
    let settings = Connect {
        points: 21,
        steps: 60,
        nodes: 5,
        ..Connect::default()
    };
    let found = joined(&task, [&a, &b], &settings);
    let worst = |profile: &super::PathProfile| profile.max_loss(0).unwrap().height;
    let (straight, curve) = (worst(&found.straight), worst(&found.curve));
    assert!(curve < 0.5 * straight, "{curve} beside {straight}");
    for end in [0, 20] {
        assert_eq!(found.curve.rows[end], found.straight.rows[end]);
    }
    // All of the curve is on the plane.
    let plane = found.plane.as_ref().unwrap();
    let [mut on_curve, mut on_plane] = [(); 2].map(|()| vec![0.0; a.len()]);
    for step in 0..=10_u8 {
        let t = f64::from(step) / 10.0;
        found.bezier().at(t, &mut on_curve);
        plane.point(found.curve_on_plane(t).unwrap(), &mut on_plane);
        for (curve, plane) in on_curve.iter().zip(&on_plane) {
            assert!((curve - plane).abs() < 1e-12, "{curve} is not {plane}");
        }
    }
}

#[test]
fn connect_is_deterministic_and_reports_progress() {
    let task = task("mlp:hidden=4", "moons:samples=30");
    let [a, b] = [1, 2].map(|seed| task.loss.init_params(seed));
    let settings = Connect {
        points: 5,
        steps: 210,
        nodes: 2,
        batch: Some(7),
        align: true,
        ..Connect::default()
    };
    let find = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
        let find = || joined(&task, [&a, &b], &settings);
        pool.build().unwrap().install(find)
    };
    let found = find(1);
    assert_eq!(find(3), found);
    let (mut steps, never) = (Vec::new(), Cancel::default());
    let spec = spec("adam:lr=0.02");
    let told = connect(&task, [&a, &b], &spec, &settings, &never, &mut |step| {
        steps.push(step);
    });
    assert_eq!(told, Ok(Some(found)));
    assert_eq!((steps[1], steps[steps.len() - 1]), (10, 210));
}

#[test]
fn cancelled_connect_is_none_and_wrong_inputs_are_refused() {
    let task = task("mlp:hidden=4,norm=batch", "moons:samples=30");
    let [a, b] = [1, 2].map(|seed| task.loss.init_params(seed));
    let cancel = Cancel::default();
    let ask = |ends: [&[f64]; 2], stop_at: u64| {
        let settings = Connect::default();
        connect(
            &task,
            ends,
            &spec("adam"),
            &settings,
            &cancel,
            &mut |step| {
                if step == stop_at {
                    cancel.cancel();
                }
            },
        )
    };
    assert_eq!(ask([&a, &b], 3), Ok(None));
    let refused = |ends| ask(ends, 0).unwrap_err().to_string();
    assert_eq!(
        refused([&a, &b[1..]]),
        "the weights of one end have 24 numbers; expected 25, the parameters of the network"
    );
    let mut wrong = a.clone();
    wrong[2] = f64::NAN;
    assert_eq!(
        refused([&wrong, &b]),
        "the weights of one end are not finite; expected finite numbers"
    );
    let split = task.split.clone();
    let network = "mlp:hidden=4,norm=batch".parse().unwrap();
    let loss = NetworkLoss::new(&network, &split.train).unwrap();
    let given = task.loss.batch_norm_stats(&a);
    let frozen = TrainingTask {
        loss: Arc::new(loss.eval_mode(given).unwrap()),
        test: None,
        split,
        start: Vec::new(),
    };
    let (settings, never) = (Connect::default(), Cancel::default());
    let refused = connect(
        &frozen,
        [&a, &b],
        &spec("adam"),
        &settings,
        &never,
        &mut |_| {},
    );
    assert_eq!(refused, Err(ConnectError::EvalMode));
}

#[test]
fn huge_weights_do_not_panic() {
    let task = task("mlp:hidden=4/4,residual=true,loss=mse", "moons:samples=20");
    let huge: Vec<f64> = task.loss.init_params(1).iter().map(|x| 1e300 * x).collect();
    let settings = Connect {
        points: 5,
        steps: 3,
        align: true,
        ..Connect::default()
    };
    let b = task.loss.init_params(2);
    let found = joined(&task, [&huge, &b], &settings);
    assert_eq!(found.straight.max_loss(0).unwrap().height, f64::INFINITY);
    assert!(found.theta.iter().all(|number| number.is_finite()));
}
