//! Tests that compare losses on planes with losses point by point.

use crate::engine::files::NoFiles;
use crate::engine::network::data::{AnyDataset, Data};
use crate::engine::network::{AnyNetwork, NetworkLoss, Precision};
use crate::engine::objective::plane::Plane;
use crate::engine::objective::{Objective, values_on_rows};

/// Compares the losses on planes with those of their points one by one.
fn check(network: &str, data: &str) {
    let spec: AnyNetwork = network.parse().unwrap();
    let data: AnyDataset = data.parse().unwrap();
    let data = data.as_dyn().data(&NoFiles).unwrap();
    let slow = NetworkLoss::new(&spec, &data).unwrap();
    let [origin, u, v] = [1, 2, 3].map(|seed| slow.init_params(seed));
    let zeros = vec![0.0; slow.dim()];
    let few = vec![-2.0, -0.5, 0.0, 0.7, 1.5];
    let many: Vec<f64> = (-38..=62).map(|k| 0.04 * f64::from(k)).collect();
    for (parts, a) in [
        ([&origin, &u, &v], &few),
        ([&origin, &u, &v], &many),
        // The kinks of ReLUs lie on grid points, or nowhere.
        ([&zeros, &u, &v], &many),
        ([&origin, &zeros, &v], &many),
    ] {
        let plane = Plane::new(parts[0].clone(), parts[1].clone(), parts[2].clone());
        check_plane(&slow, &plane.unwrap(), a, network, &data, &spec);
    }
}

fn check_plane(
    slow: &NetworkLoss,
    plane: &Plane,
    a: &[f64],
    name: &str,
    data: &Data,
    network: &AnyNetwork,
) {
    let (b, mut scratch) = ([-1.0, 0.0, 0.4], vec![0.0; slow.dim()]);
    let mut expected = vec![0.0; 3 * a.len()];
    values_on_rows(slow, plane, a, &b, &mut expected, &mut scratch);
    for (precision, tolerance) in [(Precision::Double, 1e-12), (Precision::Single, 2e-5)] {
        let fast = NetworkLoss::new(network, data).unwrap();
        let fast = fast.with_surfaces_in(precision);
        let mut found = vec![f64::NAN; expected.len()];
        Objective::rows(&fast, plane, a, &b, &mut found, &mut scratch);
        let mut off = 0.0_f64;
        for (found, expected) in found.iter().zip(&expected) {
            off = off.max((found - expected).abs() / expected.abs().max(1e-3));
            assert!(
                off <= tolerance,
                "{name}: {found}, expected {expected}, {precision:?}"
            );
        }
        // A single point.
        let mut alone = [f64::NAN];
        Objective::rows(&fast, plane, &a[3..4], &b[2..], &mut alone, &mut scratch);
        let off = (alone[0] - found[2 * a.len() + 3]).abs() / alone[0].abs().max(1e-3);
        assert!(off <= tolerance, "{name}: {off}");
        if a.len() == 5 {
            assert_eq!(off.to_bits(), 0, "{name}");
        }
    }
}

#[test]
fn losses_on_a_plane_are_those_of_its_points() {
    for activation in [
        "identity",
        "relu",
        "leaky-relu",
        "tanh",
        "sigmoid",
        "gelu",
        "silu",
        "elu",
        "softplus",
    ] {
        check(
            &format!("mlp:hidden=9/9/4,activation={activation},loss=bce,residual=true,l2=0.1"),
            "moons:samples=75",
        );
    }
    for hidden in ["", "1", "2", "7", "13/5", "64/64", "2/2/2"] {
        check(
            &format!("mlp:hidden={hidden},activation=relu,loss=ce"),
            "iris",
        );
        check(&format!("mlp:hidden={hidden},loss=ce"), "iris");
        check(
            &format!("mlp:hidden={hidden},loss=mse,residual=true,bias=false"),
            "sine:samples=31",
        );
    }
    // One hidden layer of ReLUs with the other losses.
    check(
        "mlp:hidden=6,activation=relu,loss=bce,l2=0.1",
        "moons:samples=75",
    );
    check("mlp:hidden=9,activation=relu,loss=mse", "sine:samples=31");
    // Numbers of outputs around the size of a tile of the matrix product.
    for classes in 4..=13 {
        let data = format!("blobs:classes={classes},samples=70");
        check("mlp:hidden=6,activation=relu,loss=ce", &data);
    }
    check("mlp:hidden=5,norm=layer,loss=ce", "iris");
    check("mlp:hidden=5,norm=batch,loss=ce", "iris");
}

#[test]
fn nan_weights_give_nan_losses() {
    for (hidden, precision) in [
        ("3/3", Precision::Double),
        ("3,activation=relu", Precision::Double),
        ("3,activation=relu", Precision::Single),
        ("3/3,activation=relu", Precision::Single),
    ] {
        let network: AnyNetwork = format!("mlp:hidden={hidden},loss=ce").parse().unwrap();
        let data: AnyDataset = "iris".parse().unwrap();
        let data = data.as_dyn().data(&NoFiles).unwrap();
        let loss = NetworkLoss::new(&network, &data).unwrap();
        let loss = loss.with_surfaces_in(precision);
        let mut origin = loss.init_params(0);
        origin[0] = f64::NAN;
        let (u, mut scratch) = (loss.init_params(1), vec![0.0; loss.dim()]);
        let plane = Plane::new(origin, u.clone(), u).unwrap();
        let mut found = [0.0_f64; 1];
        Objective::rows(&loss, &plane, &[0.0], &[0.0], &mut found, &mut scratch);
        assert!(found[0].is_nan(), "{hidden}");
    }
}
