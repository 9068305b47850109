use super::*;
use crate::engine::files::NoFiles;
use crate::engine::landscape::AnyLandscape;
use crate::engine::network::data::AnyDataset;
use crate::engine::network::{AnyNetwork, NetworkLoss};

const ALL: ExpensiveParts = ExpensiveParts {
    trace: true,
    density: true,
    layers: true,
};

fn compute(
    objective: &dyn Objective,
    theta: &[f64],
    settings: &CurvatureSettings,
    parts: ExpensiveParts,
) -> Report {
    report(
        objective,
        theta,
        settings,
        parts,
        &Cancel::default(),
        &mut |_| (),
    )
    .unwrap()
}

#[test]
fn the_report_of_a_quadratic_saddle_is_exact() {
    let landscape: AnyLandscape = "formula:f=x^2-3*y^2".parse().unwrap();
    let problem = landscape.as_dyn().load(&NoFiles).unwrap();
    let found = compute(
        &*problem.objective,
        &[1.0, 0.0],
        &CurvatureSettings::default(),
        ALL,
    );
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
fn dense_and_lanczos_eigenvalues_and_layers_agree() {
    let network: AnyNetwork = "mlp:hidden=8/8,activation=tanh,loss=bce".parse().unwrap();
    let data: AnyDataset = "moons:samples=60".parse().unwrap();
    let data = data.as_dyn().data(&NoFiles).unwrap();
    let loss = NetworkLoss::new(&network, &data).unwrap();
    let theta = loss.init_params(3);
    for matrix in [Kind::Hessian, Kind::GaussNewton, Kind::EmpiricalFisher] {
        let settings = CurvatureSettings {
            matrix,
            tolerance: 1e-12,
            ..CurvatureSettings::default()
        };
        let exact = compute(&loss, &theta, &settings, ALL);
        let ends = compute(&loss, &theta, &settings, ExpensiveParts::default());
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

fn at(f: &str, theta: &[f64]) -> Result<Report, EigenError> {
    let landscape: AnyLandscape = format!("formula:f={f}").parse().unwrap();
    let objective = landscape.as_dyn().load(&NoFiles).unwrap().objective;
    let theta = &theta[..objective.dim().min(2)];
    report(
        &*objective,
        theta,
        &CurvatureSettings::default(),
        ALL,
        &Cancel::default(),
        &mut |_| (),
    )
}

#[test]
fn losses_and_derivatives_that_are_not_finite_are_errors() {
    for (f, at_point) in [
        ("ln(x)+y^2", [-1.0, 0.0]),
        ("ln(x)+y^2", [0.0, 0.0]),
        ("1/x+y", [0.0, 1.0]),
        ("sqrt(x)+y^2", [0.0, 1.0]),
        ("exp(x)+y", [1000.0, 0.0]),
        ("0/x+y^2", [0.0, 0.0]),
    ] {
        let error = at(f, &at_point).unwrap_err().to_string();
        assert!(
            error.contains("finite") && error.contains("expected"),
            "{f}: {error}"
        );
    }
}

#[test]
fn a_singular_matrix_has_an_infinite_condition_number() {
    for (f, largest) in [
        ("0*x+0*y", 0.0),
        ("3*x-y", 0.0),
        ("x^2+0*y", 2.0),
        ("(x+y)^2", 4.0),
        ("(x-3*y)^4", 0.0),
    ] {
        let found = at(f, &[0.0, 0.0]).unwrap();
        assert_eq!(found.condition, Some(f64::INFINITY), "{f}");
        assert!((found.top[0].value - largest).abs() < 1e-14, "{f}");
    }
    // Numbers whose squares overflow or vanish.
    for scale in ["1e200", "1e-200"] {
        let found = at(&format!("{scale}*(x^2+2*y^2)"), &[0.0, 0.0]).unwrap();
        assert!((found.condition.unwrap() - 2.0).abs() < 1e-12, "{scale}");
        let scale: f64 = scale.parse().unwrap();
        let frobenius = found.frobenius.unwrap().value / scale;
        assert!((frobenius - 20.0_f64.sqrt()).abs() < 1e-12, "{scale}");
    }
}

#[test]
fn the_density_of_a_zero_matrix_is_a_peak_of_mass_one_at_zero() {
    for f in ["0*x+0*y", "3*x-y", "1e-300*(x^2+y^2)"] {
        let density = at(f, &[1.0, 2.0]).unwrap().density.unwrap();
        let curve = density.curve(1001);
        assert!(
            curve.iter().flatten().all(|number| number.is_finite()),
            "{f}"
        );
        let step = curve[1][0] - curve[0][0];
        let mass: f64 = curve.iter().map(|[_, density, _]| density * step).sum();
        assert!((mass - 1.0).abs() < 1e-5, "{f}: {mass}");
        let peak = curve.iter().max_by(|a, b| a[1].total_cmp(&b[1])).unwrap();
        assert!(peak[0].abs() < 1e-12, "{f}: {peak:?}");
    }
    // From random vectors, as for more parameters than are diagonalized.
    let n = 100;
    let zero = super::super::operator::Dense {
        n,
        numbers: vec![0.0; n * n],
    };
    let found = density(&zero, 3, 10, 0, &Cancel::default()).unwrap();
    assert!(
        found
            .curve(100)
            .iter()
            .flatten()
            .all(|number| number.is_finite())
    );
    let mut report = at("x^2+y^2", &[0.0, 0.0]).unwrap();
    report.dim = n;
    report
        .set_extremes(&zero, &CurvatureSettings::default(), &Cancel::default())
        .unwrap();
    assert_eq!(
        (report.condition, report.top[0].value),
        (Some(f64::INFINITY), 0.0)
    );
}

#[test]
fn keskars_sharpness_is_nan_for_losses_below_minus_one() {
    let of = |f: &str| at(f, &[0.0, 1.0]).unwrap().sharpness.unwrap().keskar;
    assert!(of("x^2+y^2-2").is_nan() && of("x^2+y^2-8").is_nan());
    assert!(of("x^2+y^2-1.5") > 0.0);
}
