//! Planes of small networks, and of planted cases.

use super::*;
use crate::engine::files::NoFiles;
use crate::engine::network::{NetworkLoss, data::AnyDataset};
use crate::engine::numeric::random::Purpose;
use crate::engine::numeric::vector_ops::{dot, gaussian};
use crate::engine::objective::norm;
use crate::engine::training::Outcome;

fn network(spec: &str) -> NetworkLoss {
    let data: AnyDataset = "moons:samples=30".parse().unwrap();
    let data = data.as_dyn().data(&NoFiles).unwrap();
    NetworkLoss::new(&spec.parse().unwrap(), &data).unwrap()
}

fn build_plane(plane: &str, given: &PlaneInputs) -> Result<NetworkPlane, PlaneError> {
    plane.parse::<AnyPlane>().unwrap().as_dyn().build(given)
}

/// Returns a trajectory with these rows.
fn trajectory(dim: usize, theta: Vec<f64>) -> Trajectory {
    let column = vec![0.0; theta.len() / dim];
    Trajectory {
        dim,
        theta,
        loss: column.clone(),
        grad_norm: column.clone(),
        lr: column.clone(),
        evaluations: vec![0; column.len()],
        costs: None,
        average: None,
        outcome: Outcome::Finished,
    }
}

#[track_caller]
fn near(found: f64, expected: f64, tolerance: f64) {
    let error = (found - expected).abs();
    assert!(error <= tolerance, "{found} is not {expected}");
}

#[test]
fn filters_have_the_norm_of_the_weights() {
    let loss = network("mlp:hidden=5,norm=layer,loss=bce");
    let theta = gaussian(loss.dim(), 1, Purpose::Data, 0);
    let never = Cancel::default();
    let given = PlaneInputs::new(&loss, &theta, &never);
    let [ignored, moved] = ["filter:seed=2", "filter:seed=2,ignore=none"]
        .map(|plane| build_plane(plane, &given).unwrap().plane);
    for tensor in loss.layout().tensors() {
        let rows = tensor.range.len() / tensor.shape[0];
        for first in tensor.range.clone().step_by(rows) {
            let filter = first..first + rows;
            let expected = norm(&theta[filter.clone()]);
            for direction in &moved.parts()[1..] {
                near(norm(&direction[filter.clone()]), expected, 1e-14);
            }
            let kept = if tensor.shape.len() > 1 {
                expected
            } else {
                0.0
            };
            for direction in &ignored.parts()[1..] {
                near(norm(&direction[filter.clone()]), kept, 1e-14);
            }
        }
    }
    let other = build_plane("filter:seed=3", &given).unwrap().plane;
    assert_ne!(other.parts()[1], ignored.parts()[1]);
    assert_ne!(ignored.parts()[1], ignored.parts()[2]);
}

#[test]
fn a_filter_normalised_slice_is_invariant_to_rescaled_relu_layers() {
    let loss = network("mlp:hidden=6/6,activation=relu,loss=bce,bias=false");
    let biased = network("mlp:hidden=6/6,activation=relu,loss=bce");
    let never = Cancel::default();
    for (loss, plane) in [
        (&loss, "filter:seed=4"),
        (&biased, "filter:seed=4,ignore=none"),
    ] {
        let theta = loss.init_params(3);
        let mut scaled = theta.clone();
        // The first layer is scaled by 10, the second one by 1/10.
        for at in loss.layout().layer(0) {
            scaled[at] *= 10.0;
        }
        let second = loss
            .layout()
            .tensors()
            .iter()
            .find(|t| t.name == "layers.1.weight");
        for at in second.unwrap().range.clone() {
            scaled[at] /= 10.0;
        }
        near(loss.value(&scaled), loss.value(&theta), 1e-14);
        let [plain, rescaled] = [&theta, &scaled].map(|theta| {
            build_plane(plane, &PlaneInputs::new(loss, theta, &never))
                .unwrap()
                .plane
        });
        let mut point = theta.clone();
        for at in [[0.5, 0.0], [-1.0, 0.7], [0.3, -0.9]] {
            plain.point(at, &mut point);
            let expected = loss.value(&point);
            rescaled.point(at, &mut point);
            near(loss.value(&point), expected, 1e-12);
        }
    }
}

#[test]
fn principal_components_and_residuals_of_a_constructed_run_are_exact() {
    // Along the first axis the variance is 9 · 2 / 4, along the second 2 / 4, along the third 0.02 / 4; all about the mean.
    let loss = network("mlp:hidden=1,bias=false");
    let rows = [
        [3.0, 0.0, 0.0],
        [-3.0, 0.0, 0.0],
        [0.0, 1.0, 0.1],
        [0.0, -1.0, -0.1],
    ];
    let flat: Vec<f64> = rows.iter().flatten().map(|x| x + 5.0).collect();
    let made = [
        trajectory(3, flat[..6].to_vec()),
        trajectory(3, flat[6..].to_vec()),
    ];
    let theta = [8.0, 5.0, 5.0];
    let never = Cancel::default();
    let given = PlaneInputs {
        trajectories: &made,
        ..PlaneInputs::new(&loss, &theta, &never)
    };
    let found = build_plane("pca:origin=mean", &given).unwrap();
    let [first, second] = found.explained_variance_ratio.unwrap();
    near(first, 18.0 / 20.02, 1e-14);
    near(second, 2.02 / 20.02, 1e-14);
    let shadows = project_all(&found.plane, &loss, &made[1], &never).unwrap();
    near(shadows[0].residual, 0.0, 1e-14);
    near(shadows[0].at[0], 0.0, 1e-14);
    near(shadows[0].at[1], 1.01_f64.sqrt(), 1e-14);
    near(shadows[0].loss, loss.value(&flat[6..9]), 1e-14);
    // A place off the plane: the normal of the plane is (0, −0.1, 1) / √1.01.
    let off = trajectory(3, vec![6.0, 5.0, 7.0]);
    let shadow = super::project_all(&found.plane, &loss, &off, &never).unwrap()[0];
    near(shadow.residual, 2.0 / 1.01_f64.sqrt(), 1e-14);
    let mut nearest = [0.0; 3];
    found.plane.point(shadow.at, &mut nearest);
    near(
        norm(&crate::engine::numeric::vector_ops::difference(
            &off.theta, &nearest,
        )),
        shadow.residual,
        1e-14,
    );
    near(shadow.loss, loss.value(&nearest), 0.0);
    assert_ne!(shadow.loss, loss.value(&off.theta));
    let about = build_plane("pca", &given).unwrap().plane;
    assert_eq!(about.parts()[0], theta);
    assert_eq!(about.parts()[1..], found.plane.parts()[1..]);
}

#[test]
fn planes_contain_the_given_weights() {
    let loss = network("mlp:hidden=3");
    let never = Cancel::default();
    let [theta, one, two] = [0, 1, 2].map(|seed| loss.init_params(seed));
    let others = [one.clone(), two.clone()];
    let given = PlaneInputs {
        others: &others,
        ..PlaneInputs::new(&loss, &theta, &never)
    };
    let mut point = theta.clone();
    let mut is_at = |plane: &Plane, at: [f64; 2], expected: &[f64]| {
        plane.point(at, &mut point);
        near(
            norm(&crate::engine::numeric::vector_ops::difference(
                &point, expected,
            )),
            0.0,
            1e-14,
        );
    };
    let slanted = build_plane("points", &given).unwrap().plane;
    is_at(&slanted, [0.0, 0.0], &theta);
    is_at(&slanted, [1.0, 0.0], &one);
    is_at(&slanted, [0.0, 1.0], &two);
    let upright = build_plane("points:upright=true", &given).unwrap().plane;
    let (at, residual) = upright.project(&two);
    near(residual, 0.0, 1e-14);
    is_at(&upright, at, &two);
    let [_, u, v] = upright.parts();
    near(dot(u, v), 0.0, 1e-14);
    near(norm(u), norm(v), 1e-14);
    let given = PlaneInputs {
        others: &others[..1],
        ..given
    };
    let line = build_plane("line", &given).unwrap().plane;
    is_at(&line, [1.0, 0.0], &one);
    near(dot(line.parts()[1], line.parts()[2]), 0.0, 1e-14);
    let weights = build_plane(
        "weights:a=layers.0.weight[2][1],b=layers.1.bias[0],absolute=true",
        &given,
    );
    let (at, residual) = weights.unwrap().plane.project(&theta);
    near(residual, 0.0, 0.0);
    assert_eq!(at, [theta[5], theta[theta.len() - 1]]);
}

#[test]
fn the_gradient_plane_contains_gradient_and_last_step() {
    let loss = network("mlp:hidden=3");
    let never = Cancel::default();
    let theta = loss.init_params(0);
    let mut gradient = theta.clone();
    loss.gradient(&theta, &mut gradient);
    let next = loss.init_params(1);
    let made = [trajectory(theta.len(), [&theta[..], &next].concat())];
    let given = PlaneInputs {
        trajectories: &made,
        ..PlaneInputs::new(&loss, &theta, &never)
    };
    for plane in ["gradient", "gradient:second=step"] {
        let plane = build_plane(plane, &given).unwrap().plane;
        let [_, u, v] = plane.parts();
        near(dot(u, &gradient), norm(&gradient), 1e-14);
        near(dot(v, &gradient), 0.0, 1e-14);
        near(norm(v), 1.0, 1e-14);
    }
    // The step from the weights lies in the plane.
    let plane = build_plane("gradient:second=step", &given).unwrap().plane;
    near(plane.project(&next).1, 0.0, 1e-14);
}

#[test]
fn weights_that_span_no_plane_are_refused() {
    let loss = network("mlp:hidden=3,init=zeros,bias=false,loss=mse");
    let theta = loss.init_params(0);
    let never = Cancel::default();
    let resting = [trajectory(theta.len(), [&theta[..], &theta].concat())];
    let same = [theta.clone()];
    let given = PlaneInputs {
        others: &same,
        trajectories: &resting,
        ..PlaneInputs::new(&loss, &theta, &never)
    };
    for (plane, expected) in [
        ("gradient", PlaneError::NoGradient),
        ("pca", PlaneError::Collinear("pca")),
        ("line", PlaneError::Collinear("line")),
    ] {
        assert_eq!(build_plane(plane, &given), Err(expected), "{plane}");
    }
    let infinite = vec![1e300; theta.len()];
    for plane in ["hessian", "gradient"] {
        let found = build_plane(plane, &PlaneInputs::new(&loss, &infinite, &never));
        assert_eq!(found, Err(PlaneError::NotFinite), "{plane}");
    }
    let stopped = Cancel::default();
    stopped.cancel();
    let found = build_plane("hessian", &PlaneInputs::new(&loss, &theta, &stopped));
    assert_eq!(found, Err(PlaneError::Cancelled));
}

#[test]
fn a_run_that_moves_by_rounding_alone_has_no_principal_components() {
    let loss = network("mlp:hidden=3,loss=bce");
    let theta = gaussian(loss.dim(), 4, Purpose::Data, 0);
    let never = Cancel::default();
    let of = |unit: f64| {
        let row = |k: u32| {
            let step = gaussian(theta.len(), u64::from(k), Purpose::Data, 1);
            let moved = theta.iter().zip(step);
            moved
                .map(move |(x, step)| x + unit * f64::from(k) * step)
                .collect::<Vec<f64>>()
        };
        let runs = [trajectory(theta.len(), (0..7).flat_map(row).collect())];
        let given = PlaneInputs {
            trajectories: &runs,
            ..PlaneInputs::new(&loss, &theta, &never)
        };
        build_plane("pca", &given).map(|found| found.explained_variance_ratio)
    };
    // Seven equal rows have a mean that differs from them by a rounding.
    assert_eq!(
        [0.0, 1e-17, 1e-16].map(of),
        [(); 3].map(|()| Err(PlaneError::Collinear("pca")))
    );
    for unit in [1e-12, 1e-3, 1e3] {
        let [first, second] = of(unit).unwrap().unwrap();
        assert!(
            first + second > 0.5 && first + second < 1.0 + 1e-9,
            "{first} {second}"
        );
    }
}

#[test]
fn every_plane_names_its_directions() {
    let axes = |plane: &str| plane.parse::<AnyPlane>().unwrap().as_dyn().axes(&[]);
    let weights = "weights:a=layers.0.weight[0][3],b=layers.1.bias[0]";
    let expected = [
        "change of layer 1 weight [0,3]",
        "change of layer 2 bias [0]",
    ];
    assert_eq!(axes(weights), expected);
    let absolute = format!("{weights},absolute=true");
    assert_eq!(
        axes(&absolute),
        ["layer 1 weight [0,3]", "layer 2 bias [0]"]
    );
    assert_eq!(axes("gradient")[0], "along ∇L");
    assert!(axes("line")[0].starts_with("line to the other weights"));
    let named = |plane: &str| {
        let plane = plane.parse::<AnyPlane>().unwrap();
        plane.as_dyn().axes(&["Adam", "Lion"])
    };
    assert_eq!(named("line")[0], "line to Adam, at 1");
    assert_eq!(named("points"), ["toward Adam, at 1", "toward Lion, at 1"]);
    assert!(axes("points:upright=true")[1].ends_with("orthogonal"));
    for plane in AnyPlane::all() {
        let [a, b] = plane.as_dyn().axes(&[]);
        assert!(a.len() > 3 && b.len() > 3 && a != b, "{}", plane.name());
    }
}
