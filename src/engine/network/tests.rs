//! Tests of network losses: values, derivatives, bits, refused data.

use super::data::{AnyDataset, Data, Targets};
use super::{AnyNetwork, NetworkLoss};
use crate::engine::cancel::Cancel;
use crate::engine::files::NoFiles;
use crate::engine::numeric::jet::Scalar;
use crate::engine::objective::{Formula, GradientSettings, Objective};
use crate::engine::training::{RunSettings, RunSpec, run};

fn data(spec: &str) -> Data {
    let dataset: AnyDataset = spec.parse().unwrap();
    dataset.as_dyn().data(&NoFiles).unwrap()
}

fn loss(network: &str, dataset: &str) -> NetworkLoss {
    let network: AnyNetwork = network.parse().unwrap();
    NetworkLoss::new(&network, &data(dataset)).unwrap()
}

#[track_caller]
fn check(found: &[f64], expected: &[f64], tolerance: f64) {
    let close = |(a, b): (&f64, &f64)| (a - b).abs() <= tolerance * (1.0 + b.abs());
    assert!(
        found.len() == expected.len() && found.iter().zip(expected).all(close),
        "{found:?}, expected {expected:?}"
    );
}

/// Returns θ at the end of a run.
fn final_params(
    loss: &NetworkLoss,
    spec: &str,
    steps: u64,
    gradient_settings: GradientSettings,
) -> Vec<f64> {
    let spec: RunSpec = spec.parse().unwrap();
    let run_settings = RunSettings {
        steps,
        gradient_settings,
        tolerance: None,
        record_every: 1,
    };
    let start = loss.init_params(0);
    let path = run(loss, &start, &spec, &run_settings, &Cancel::default()).unwrap();
    path.theta(usize::MAX).unwrap().to_vec()
}

/// Mean of (b tanh(a x) − y)², a network of two parameters as a formula.
struct Tiny(Data);

impl Formula for Tiny {
    fn eval<S: Scalar>(&self, a: S, b: S) -> S {
        let Targets::Numbers { numbers, .. } = self.0.targets() else {
            return a;
        };
        let terms = self.0.inputs().iter().zip(numbers);
        let sum = terms.fold(a.constant(0.0), |sum, (x, y)| {
            sum + (b * (a * *x).tanh() - *y).square()
        });
        sum / crate::engine::numeric::real(numbers.len())
    }
}

#[test]
fn a_network_of_two_parameters_matches_its_formula() {
    let network = loss("mlp:hidden=1,loss=mse,bias=false", "sine:samples=30");
    let tiny = Tiny(data("sine:samples=30"));
    for theta in [[0.3, 1.2], [-2.0, 0.5], [1.0, -3.0]] {
        let [mut found, mut expected] = [[0.0; 2]; 2];
        let value = network.gradient(&theta, &mut found);
        check(&[value], &[tiny.gradient(&theta, &mut expected)], 1e-14);
        check(&found, &expected, 1e-14);
        let [mut found, mut expected] = [[0.0; 4]; 2];
        network.hessian(&theta, &mut found);
        tiny.hessian(&theta, &mut expected);
        check(&found, &expected, 1e-14);
    }
}

#[test]
fn training_recovers_a_line() {
    let network = loss("mlp:hidden=,loss=mse", "line:noise=0");
    let batch = Some(10);
    let gradient_settings = GradientSettings {
        batch,
        ..GradientSettings::default()
    };
    check(
        &final_params(&network, "sgd:lr=0.1", 500, gradient_settings),
        &[2.0, 1.0],
        1e-9,
    );
    check(
        &final_params(&network, "newton", 1, GradientSettings::default()),
        &[2.0, 1.0],
        1e-13,
    );
}

#[test]
fn training_classifies_moons_and_a_test_set() {
    let split = { "moons:samples=80".parse::<AnyDataset>().unwrap() }.split(&NoFiles, 0.2, 1);
    let split = split.unwrap();
    for norm in ["none", "batch", "layer"] {
        let network = format!("mlp:hidden=8/8,norm={norm}").parse().unwrap();
        let train = NetworkLoss::new(&network, &split.train).unwrap();
        let test = train.with_data(&split.test).unwrap();
        let theta = final_params(&train, "adam:lr=0.05", 80, GradientSettings::default());
        let [seen, unseen] = [train.measure(&theta), train.measure_on(&theta, &test)];
        assert!((seen.loss - train.value(&theta)).abs() < 1e-12);
        for measure in [seen, unseen] {
            assert!(
                measure.accuracy.unwrap() >= 0.9,
                "{norm}: {seen:?} {unseen:?}"
            );
        }
    }
}

#[test]
fn batch_gradients_average_to_the_full_gradient() {
    for dataset in [
        "blobs:samples=300",
        "blobs:samples=64",
        "blobs:samples=1,classes=1",
    ] {
        let network = loss(
            "mlp:hidden=9/9,loss=ce,residual=true,norm=layer,l2=0.1",
            dataset,
        );
        let theta = network.init_params(3);
        let n = network.dim();
        let (mut whole, mut sum) = (vec![0.0; n], vec![0.0; n]);
        let value = network.gradient(&theta, &mut whole);
        let (mut mean, mut one) = (0.0, vec![0.0; n]);
        let samples = network.samples();
        for sample in 0..samples {
            let share = 1.0 / crate::engine::numeric::real(samples);
            mean += share * network.batch_gradient(&theta, &[sample], &mut one);
            sum.iter_mut()
                .zip(&one)
                .for_each(|(sum, g)| *sum += share * g);
        }
        check(&[mean], &[value], 1e-13);
        check(&sum, &whole, 1e-13);
    }
}

#[test]
fn the_empirical_fisher_matrix_is_the_mean_of_gradient_outer_products() {
    let network = loss("mlp:hidden=5,loss=ce", "blobs:samples=70");
    let theta = network.init_params(1);
    let vector: Vec<f64> = theta.iter().map(|t| (7.0 * t).sin()).collect();
    let n = network.dim();
    let [mut found, mut expected, mut one] = [vec![0.0; n], vec![0.0; n], vec![0.0; n]];
    for sample in 0..70 {
        network.batch_gradient(&theta, &[sample], &mut one);
        let overlap: f64 = one.iter().zip(&vector).map(|(g, v)| g * v).sum();
        expected
            .iter_mut()
            .zip(&one)
            .for_each(|(e, g)| *e += g * overlap / 70.0);
    }
    network.empirical_fisher_vector(&theta, &vector, &mut found);
    check(&found, &expected, 1e-13);
}

#[test]
fn the_columns_of_the_hessian_are_hessian_vector_products() {
    let network = loss(
        "mlp:hidden=4/4,activation=gelu,norm=batch,residual=true",
        "xor:samples=90",
    );
    let theta = network.init_params(1);
    let n = network.dim();
    let mut hessian = vec![0.0; n * n];
    network.hessian(&theta, &mut hessian);
    let mut column = vec![0.0; n];
    for k in 0..n {
        let unit: Vec<f64> = (0..n).map(|i| f64::from(u8::from(i == k))).collect();
        network.hessian_vector(&theta, &unit, &mut column);
        check(&column, &hessian[k * n..(k + 1) * n], 1e-13);
    }
}

#[test]
fn bits_do_not_depend_on_the_number_of_threads() {
    let network = loss("mlp:hidden=8", "moons:samples=1100");
    let theta = network.init_params(0);
    let ask = || {
        let n = network.dim();
        let [mut gradient, mut product] = [vec![0.0; n], vec![0.0; n]];
        let value = network.gradient(&theta, &mut gradient);
        assert_eq!(value, network.value(&theta));
        network.hessian_vector(&theta, &gradient, &mut product);
        [vec![value], gradient, product]
    };
    let [one, three] = [1, 3].map(|threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
        pool.build().unwrap().install(ask)
    });
    assert_eq!(one, three);
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(ask)).collect();
        for thread in threads {
            assert_eq!(thread.join().unwrap(), one);
        }
    });
}

#[test]
fn nan_parameters_and_empty_batches_do_not_panic() {
    for settings in [
        "loss=bce",
        "loss=ce,norm=batch",
        "loss=mse,norm=layer,activation=gelu",
    ] {
        let network = loss(
            &format!("mlp:hidden=3/3,residual=true,{settings}"),
            "moons:samples=9",
        );
        let n = network.dim();
        let mut out = vec![0.0; n];
        for extreme in [f64::NAN, f64::INFINITY, -1e300, 0.0] {
            let theta = vec![extreme; n];
            let value = network.gradient(&theta, &mut out);
            assert!(
                extreme == 0.0 || !value.is_finite() || value > 1e9 || settings.contains("norm")
            );
            network.hessian_vector(&theta, &theta, &mut out);
            network.measure(&theta);
            network.batch_gradient(&theta, &[], &mut out);
        }
    }
}

#[test]
fn parameter_groups_of_a_network_are_its_layers() {
    let network = loss("mlp:hidden=3", "moons");
    assert_eq!(network.group("layer0"), Some(0..9));
    assert_eq!(network.group("layers.1.bias"), Some(12..13));
    assert_eq!(network.group("x"), None);
    let eval_mode = final_params(
        &network,
        "sgd:lr=0.1[layers.0:lr=0]",
        3,
        GradientSettings::default(),
    );
    assert_eq!(eval_mode[..9], network.init_params(0)[..9]);
    assert_ne!(eval_mode[9..], network.init_params(0)[9..]);
}

#[test]
fn data_that_do_not_fit_are_refused_in_one_sentence() {
    for (network, dataset, expected) in [
        (
            "mlp:loss=bce",
            "blobs:classes=3",
            "loss: bce is for the classes 0 and 1, but the labels have 3 classes; expected ce",
        ),
        (
            "mlp:loss=mse",
            "iris",
            "loss: mse is for numbers, but labels are text like `setosa`; expected ce",
        ),
        (
            "mlp:loss=ce",
            "line:samples=3,noise=0",
            "loss: ce is for classes, but a label is -1; expected whole numbers from 0 to 999, or mse",
        ),
        (
            "mlp:hidden=4096/4096",
            "moons",
            "hidden: a network with the widths [2, 4096, 4096, 1] has more than 10000000 parameters; expected fewer",
        ),
    ] {
        let network: AnyNetwork = network.parse().unwrap();
        let refused = NetworkLoss::new(&network, &data(dataset)).err().unwrap();
        assert_eq!(refused.to_string(), expected);
    }
    let many = Data::new(
        1,
        vec![0.5],
        Targets::Numbers {
            width: 2,
            numbers: vec![1.0, 0.0],
        },
    );
    let network = "mlp".parse().unwrap();
    let refused = NetworkLoss::new(&network, &many).err().unwrap();
    assert_eq!(
        refused.to_string(),
        "loss: bce is for one class for each sample, but there are 2 targets; expected mse"
    );
    let refused = loss("mlp", "moons").with_data(&data("iris")).err().unwrap();
    assert_eq!(
        refused.to_string(),
        "loss: bce is for the classes 0 and 1, but the labels have 3 classes; expected ce"
    );
    let refused = loss("mlp:loss=ce", "moons")
        .with_data(&data("iris"))
        .err()
        .unwrap();
    assert_eq!(
        refused.to_string(),
        "the data have 4 inputs and 3 outputs; expected 2 and 2, as the network has"
    );
    let stats = vec![super::BatchNormStats::default()];
    let refused = loss("mlp:norm=batch", "moons").eval_mode(stats);
    assert_eq!(
        refused.err().unwrap().to_string(),
        "batch normalisation: the statistics have [[0, 0]] features (means, variances); expected [16, 16]"
    );
}

#[test]
fn batch_normalisation_refuses_batches_of_one() {
    let refused = |network: &str, samples: u64, batch: Option<usize>| {
        let loss = loss(network, &format!("line:samples={samples}"));
        loss.check_batch(batch).map_err(|error| error.to_string())
    };
    let batch = "mlp:hidden=4,norm=batch,loss=mse";
    for (samples, size) in [
        (10, None),
        (10, Some(2)),
        (10, Some(10)),
        (10, Some(4)),
        (2, None),
        (9, Some(3)),
    ] {
        assert_eq!(
            refused(batch, samples, size),
            Ok(()),
            "{size:?} of {samples}"
        );
    }
    for (samples, size, like) in [
        (10, Some(1), "2"),
        (10, Some(3), "2"),
        (10, Some(9), "8"),
        (9, Some(4), "3"),
        (9, Some(2), "3"),
        (2, Some(1), "2"),
    ] {
        let said = refused(batch, samples, size).unwrap_err();
        assert!(said.contains(&format!("like {like},")), "{said}");
        for norm in ["layer", "none"] {
            let network = format!("mlp:hidden=4,norm={norm},loss=mse");
            assert_eq!(refused(&network, samples, size), Ok(()));
        }
    }
    assert!(
        refused(batch, 1, None)
            .unwrap_err()
            .contains("at least two samples")
    );
    assert!(refused(batch, 1, Some(1)).is_err());
    let eval_mode = loss(batch, "line:samples=1");
    let stats = loss(batch, "line:samples=5");
    let stats = stats.batch_norm_stats(&stats.init_params(0));
    assert_eq!(
        eval_mode.eval_mode(stats).unwrap().check_batch(None),
        Ok(())
    );
}

#[test]
fn the_constant_loss_is_the_variance_or_the_entropy() {
    let of = |loss: &str, targets: &[f64]| {
        let numbers = targets.to_vec();
        let data = Data::new(1, targets.to_vec(), Targets::Numbers { width: 1, numbers });
        let network: AnyNetwork = format!("mlp:hidden=,loss={loss}").parse().unwrap();
        NetworkLoss::new(&network, &data).unwrap().constant_loss()
    };
    check(&[of("mse", &[1.0, 2.0, 6.0])], &[14.0 / 3.0], 1e-14);
    check(&[of("bce", &[0.0, 1.0, 1.0, 0.0])], &[2.0_f64.ln()], 1e-14);
    check(&[of("ce", &[0.0, 1.0, 2.0])], &[3.0_f64.ln()], 1e-14);
    assert_eq!(of("bce", &[1.0, 1.0]), 0.0);
}
