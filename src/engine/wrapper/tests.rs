//! Tests of all wrappers.

use super::{AnyWrapper, Blocks};
use crate::engine::cancel::Cancel;
use crate::engine::files::NoFiles;
use crate::engine::network::data::AnyDataset;
use crate::engine::network::{AnyNetwork, NetworkLoss};
use crate::engine::numeric::jet::Scalar;
use crate::engine::objective::{Formula, GradientSettings, Objective, Role, Tensor};
use crate::engine::optimizer::AnyOptimizer;
use crate::engine::optimizer::tests::path;
use crate::engine::training::{Outcome, RunSettings, RunSpec, Trajectory, run};

fn rosenbrock(spec: &str) -> Trajectory {
    path("rosenbrock", &[-1.5, 2.0], spec, 100)
}

fn near(path: &Trajectory, expected: [f64; 2]) {
    let end = path.theta(usize::MAX).unwrap();
    for (found, expected) in end.iter().zip(expected) {
        assert!((found - expected).abs() < 1e-7, "{end:?}");
    }
}

#[test]
fn sam_matches_its_reference_and_costs_two_gradients() {
    let sam = rosenbrock("sgd:lr=0.001+sam:rho=0.05");
    near(&sam, [-1.062_510_64, 1.041_525_4]);
    assert_eq!(sam.evaluations[100], 200);
}

#[test]
fn neutral_wrappers_do_not_change_the_path() {
    let bare = rosenbrock("adam:lr=0.05");
    for wrapper in [
        "sam:rho=0",
        "lookahead:k=1,alpha=1",
        "clip-norm:max_norm=1e9",
        "clip-value:clip_value=1e9",
        "ema",
        "weight-decay:weight_decay=0",
        "noise:std=0",
        "accumulate:k=1",
        "forget-zero-grad:every=1",
    ] {
        let wrapped = rosenbrock(&format!("adam:lr=0.05+{wrapper}"));
        assert_eq!(wrapped.theta, bare.theta, "{wrapper}");
    }
    let one_group = rosenbrock("adam:lr=0.7[x:lr=0.05][y:lr=0.05]");
    assert_eq!(one_group.theta, bare.theta);
}

#[test]
fn parameter_groups_use_their_own_settings() {
    let both = rosenbrock("sgd:lr=0.001[y:lr=0,momentum=0.5]@cosine:t_max=100");
    assert!(both.theta.chunks(2).all(|at| at[1] == 2.0));
    let scaled = path("quadratic:a=1,b=1", &[2.0, 2.0], "sgd:lr=0.1[y:lr=0.2]", 1);
    assert_eq!(scaled.theta(1).unwrap(), [2.0 - 0.2, 2.0 - 0.4]);
}

#[test]
fn clip_norm_scales_gradients_to_the_maximum_norm() {
    let [x, y]: [f64; 2] = [
        -400.0 * -1.5 * (2.0 - 2.25) - 2.0 * 2.5,
        200.0 * (2.0 - 2.25),
    ];
    let factor = 1.0 / (x.hypot(y) + 1e-6);
    let clipped = path(
        "rosenbrock",
        &[-1.5, 2.0],
        "sgd:lr=1+clip-norm:max_norm=1",
        1,
    );
    near(&clipped, [-1.5 - factor * x, 2.0 - factor * y]);
}

#[test]
fn clip_norm_before_sam_clips_the_gradient_of_sam() {
    // In this order SAM's gradient is clipped; with the wrappers swapped, SAM would see clipped gradients.
    let of = |spec: &str| path("quadratic:a=1,b=1", &[3.0, 4.0], spec, 1);
    let clipped_sam = of("sgd:lr=1+clip-norm:max_norm=1+sam:rho=1");
    assert!((clipped_sam.theta(1).unwrap()[0] - (3.0 - 0.6)).abs() < 1e-6);
    assert_eq!(clipped_sam.evaluations[1], 2);
}

#[test]
fn polyak_step_halves_the_distance_on_a_quadratic() {
    // On ½ x² the step size f/‖g‖² is ½, so each step halves the distance to the minimum.
    let path = path(
        "quadratic:a=1,b=1",
        &[4.0, 0.0],
        "sgd:lr=0.3+polyak-step",
        3,
    );
    assert_eq!(path.theta(3).unwrap(), [0.5, 0.0]);
    assert_eq!(path.evaluations[3], 3, "looking costs nothing");
}

#[test]
fn forget_zero_grad_sums_gradients() {
    let path = path(
        "quadratic:a=1,b=1",
        &[1.0, 0.0],
        "sgd:lr=0.1+forget-zero-grad",
        2,
    );
    assert!((path.theta(2).unwrap()[0] - (0.9 - 0.1 * (1.0 + 0.9))).abs() < 1e-15);
}

#[test]
fn ema_average_is_recorded_apart_from_theta() {
    let run = path(
        "quadratic:a=1,b=1",
        &[1.0, 1.0],
        "sgd:lr=0.5+ema:decay=0.5",
        3,
    );
    let average = run.average.unwrap();
    let x: Vec<f64> = average.chunks(2).map(|at| at[0]).collect();
    assert_eq!(x, [1.0, 0.5, 0.375, 0.25]);
    assert!(rosenbrock("sgd:lr=0.001").average.is_none());
}

#[test]
fn keeps_average_tells_if_a_run_has_an_average() {
    let bowl = |spec: &RunSpec| path("quadratic:a=1,b=1", &[1.0, 1.0], &spec.to_string(), 2);
    for optimizer in AnyOptimizer::all() {
        for wrapper in [None]
            .into_iter()
            .chain(AnyWrapper::all().into_iter().map(Some))
        {
            let mut spec = RunSpec::new(optimizer.clone());
            spec.wrappers.extend(wrapper);
            assert_eq!(
                bowl(&spec).average.is_some(),
                spec.keeps_average(),
                "{spec}"
            );
        }
    }
    let grouped: RunSpec = "asgd[y:lr=0.1]".parse().unwrap();
    assert_eq!(bowl(&grouped).average.is_some(), grouped.keeps_average());
}

#[test]
fn cautious_steps_do_not_go_uphill() {
    // Momentum would move x past the minimum; the mask removes those components.
    let run = path(
        "quadratic:a=1,b=1",
        &[1.0, 0.0],
        "sgd:lr=0.5,momentum=0.9+cautious",
        40,
    );
    let x: Vec<f64> = run.theta.chunks(2).map(|at| at[0]).collect();
    assert!(
        x.windows(2)
            .all(|pair| pair[1] * pair[1] <= pair[0] * pair[0] + 1e-12),
        "{x:?}"
    );
}

/// Formula with two samples of opposite slopes.
struct Pair;
impl Formula for Pair {
    fn eval<S: Scalar>(&self, x: S, _y: S) -> S {
        x
    }
    fn samples(&self) -> usize {
        2
    }
    fn eval_batch<S: Scalar>(&self, batch: &[usize], x: S, _y: S) -> S {
        if batch == [0] { x * 3.0 } else { -x }
    }
}

#[test]
fn accumulated_mini_batches_equal_one_batch() {
    let run_settings = RunSettings {
        steps: 3,
        gradient_settings: GradientSettings {
            batch: Some(1),
            ..GradientSettings::default()
        },
        tolerance: None,
        record_every: 1,
    };
    let spec: RunSpec = "sgd:lr=1+accumulate:k=2".parse().unwrap();
    let never = Cancel::default();
    let path = run(&Pair, &[0.0, 0.0], &spec, &run_settings, &never).unwrap();
    assert_eq!(
        path.theta(3).unwrap()[0],
        -3.0,
        "the mean of 3 and −1 each step"
    );
    assert_eq!(path.outcome, Outcome::Finished);
}

/// On −x − y every component of a step agrees with the gradient, so nothing is masked, although decay pulls the other way.
#[test]
fn cautious_does_not_mask_decoupled_weight_decay() {
    let slope = |spec: &str| path("formula:f=-x-y", &[50.0, 30.0], spec, 12);
    let mut checked = 0;
    for name in AnyOptimizer::NAMES {
        let decays = [
            "weight_decay=0.9,decoupled_weight_decay=true",
            "weight_decay=0.9,decoupled_weight_decay=false",
            "weight_decay=0.05,decoupled_weight_decay=true,fixed_decay=true",
            "weight_decay=0.9",
            "lambd=0.9",
        ];
        for decay in decays {
            // A larger ε keeps SOAP from magnifying rounding errors along its second eigenvector.
            let eps = if *name == "soap" { ",eps=1e-3" } else { "" };
            let spec = format!("{name}:lr=0.01,{decay}{eps}");
            // These optimizers apply decay in the gradient or in an average; the others decouple it.
            let mixed = name.starts_with("schedulefree") || *name == "lars";
            if mixed || spec.parse::<RunSpec>().is_err() {
                continue;
            }
            let coupled = decay.contains("=false") && *name != "adan";
            let coupled = coupled
                || decay == "weight_decay=0.9" && !["adamw", "adafactor", "soap"].contains(name);
            if coupled || *name == "muon" {
                continue;
            }
            let (bare, cautious) = (slope(&spec), slope(&format!("{spec}+cautious")));
            for (found, expected) in cautious.theta.iter().zip(&bare.theta) {
                assert!(
                    (found - expected).abs() < 1e-10 * 50.0,
                    "{spec}: {found} {expected}"
                );
            }
            let whole = slope(&format!("{name}:lr=0.01"));
            assert!(bare.theta(12) != whole.theta(12), "{spec} decays");
            checked += 1;
        }
    }
    assert!(checked > 35, "{checked}");
    for spec in [
        "adamw:lr=0.01,weight_decay=0.9[y:lr=0.02]",
        "sgd:lr=0.01,momentum=0.9+weight-decay:weight_decay=0.9,decoupled_weight_decay=true",
        "adamw:lr=0.01,weight_decay=0.9+ema",
        "adamw:lr=0.01,weight_decay=0.9+lookahead:k=3",
    ] {
        let (bare, cautious) = (slope(spec), slope(&format!("{spec}+cautious")));
        for (found, expected) in cautious.theta.iter().zip(&bare.theta) {
            assert!(
                (found - expected).abs() < 1e-10 * 50.0,
                "{spec}: {found} {expected}"
            );
        }
    }
}

fn tensors() -> Vec<Tensor> {
    let tensor = |shape: &[usize], range, role| Tensor {
        name: String::new(),
        shape: shape.to_vec(),
        range,
        role,
    };
    vec![
        tensor(&[2, 3], 0..6, Role::Weight),
        tensor(&[2], 6..8, Role::Bias),
    ]
}

#[test]
fn cautious_and_centralize_work_per_tensor() {
    let blocks = Blocks::new(8, &tensors());
    assert_eq!(blocks.neurons().collect::<Vec<_>>(), [0..3, 3..6]);
    assert!(Blocks::new(2, &[]).neurons().eq(std::iter::once(0..2)));
    // A first step of SGD agrees with its gradient everywhere, so each tensor of n entries is scaled by n / (n + 1).
    let network: AnyNetwork = "mlp:hidden=3,loss=bce".parse().unwrap();
    let data: AnyDataset = "moons:samples=20".parse().unwrap();
    let loss = NetworkLoss::new(&network, &data.as_dyn().data(&NoFiles).unwrap()).unwrap();
    let start = loss.init_params(0);
    let step = |spec: &str| {
        let run_settings = RunSettings {
            steps: 1,
            gradient_settings: GradientSettings::default(),
            tolerance: None,
            record_every: 1,
        };
        let (spec, never) = (spec.parse().unwrap(), Cancel::default());
        let run = run(&loss, &start, &spec, &run_settings, &never).unwrap();
        let end = run.theta(1).unwrap().iter().zip(&start);
        end.map(|(end, start)| end - start).collect::<Vec<f64>>()
    };
    let [plain, masked, centred] = ["", "+cautious:scale=count", "+centralize"]
        .map(|wrapper| step(&format!("sgd:lr=0.1{wrapper}")));
    for tensor in loss.tensors() {
        let n = crate::engine::numeric::real(tensor.range.len());
        for at in tensor.range.clone() {
            assert!(
                (masked[at] - plain[at] * n / (n + 1.0)).abs() < 1e-15,
                "{at}"
            );
        }
        if let [_, columns] = tensor.shape[..] {
            for row in centred[tensor.range.clone()].chunks(columns) {
                assert!(row.iter().sum::<f64>().abs() < 1e-15, "{row:?}");
            }
        } else {
            assert_eq!(centred[tensor.range.clone()], plain[tensor.range.clone()]);
        }
    }
}
