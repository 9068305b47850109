use super::*;
use crate::engine::landscape::{AnyLandscape, NoFiles};
use crate::engine::network::data::AnyDataset;
use crate::engine::network::{AnyNetwork, NetworkLoss};

const ALL: Extras = Extras {
    trace: true,
    density: true,
    layers: true,
};

fn told(objective: &dyn Objective, theta: &[f64], inquiry: &Inquiry, extras: Extras) -> Report {
    report(
        objective,
        theta,
        inquiry,
        extras,
        &Cancel::default(),
        &mut |_| (),
    )
    .unwrap()
}

#[test]
fn a_saddle_says_what_it_is() {
    let landscape: AnyLandscape = "formula:f=x^2-3*y^2".parse().unwrap();
    let ground = landscape.as_dyn().ground(&NoFiles).unwrap();
    let found = told(&*ground.objective, &[1.0, 0.0], &Inquiry::default(), ALL);
    let values = |list: &[Eigen]| list.iter().map(|eigen| eigen.value).collect::<Vec<f64>>();
    assert_eq!(values(&found.top), [2.0, -6.0]);
    assert_eq!(values(&found.bottom), [-6.0, 2.0]);
    assert_eq!((found.loss, found.grad_norm), (1.0, 2.0));
    assert_eq!(found.condition, Some(3.0));
    assert_eq!(found.trace, Some(Estimate::exact(-4.0)));
    assert!((found.frobenius.unwrap().value - 40.0_f64.sqrt()).abs() < 1e-14);
    assert!(found.layers.is_empty());
    assert_eq!(found.density.unwrap().range(), Some([-6.0, 2.0]));
}

#[test]
fn both_ways_and_the_layers_agree() {
    let network: AnyNetwork = "mlp:hidden=8/8,activation=tanh,loss=bce".parse().unwrap();
    let data: AnyDataset = "moons:samples=60".parse().unwrap();
    let data = data.as_dyn().data(&NoFiles).unwrap();
    let loss = NetworkLoss::new(&network, &data).unwrap();
    let theta = loss.initial(3);
    for matrix in [Kind::Hessian, Kind::GaussNewton, Kind::EmpiricalFisher] {
        let inquiry = Inquiry {
            matrix,
            tolerance: 1e-12,
            ..Inquiry::default()
        };
        let exact = told(&loss, &theta, &inquiry, ALL);
        let ends = told(&loss, &theta, &inquiry, Extras::default());
        assert!(exact.exact && !ends.exact);
        let scale = exact.top[0].value;
        let pairs = exact
            .top
            .iter()
            .chain(&exact.bottom)
            .zip(ends.top.iter().chain(&ends.bottom));
        for (a, b) in pairs {
            assert!(
                (a.value - b.value).abs() < 1e-11 * scale,
                "{} {}",
                a.value,
                b.value
            );
        }
        let sum: f64 = exact.layers.iter().map(|layer| layer.trace.value).sum();
        assert!((sum - exact.trace.unwrap().value).abs() < 1e-11 * scale);
        let dims: Vec<usize> = exact.layers.iter().map(|layer| layer.dim).collect();
        assert_eq!(dims, [24, 72, 9]);
        assert!(
            exact
                .layers
                .iter()
                .all(|layer| layer.extremes[1] <= scale * (1.0 + 1e-9))
        );
        let moment = exact.density.as_ref().unwrap().moment(1).value * 105.0;
        assert!((moment - sum).abs() < 1e-10 * scale);
        assert_eq!(exact.sharpness.unwrap().sam, ends.sharpness.unwrap().sam);
    }
}
