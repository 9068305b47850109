//! Tests of all landscapes.

mod minima;

use super::*;
use crate::engine::analysis::curvature::eigenvalues;
use crate::engine::files::NoFiles;
use crate::engine::numeric::random::{Purpose, stream};
use crate::engine::objective::norm;
use rand::RngExt;

/// Returns every landscape with its default settings, and some with other settings.
fn all() -> Vec<AnyLandscape> {
    let others = [
        "quadratic:a=2,b=30,angle=30",
        "rosenbrock:a=2,b=50",
        "saddle:c=0.5",
        "michalewicz:m=2",
        "plateau:w=0.2",
        "formula:f=\"sin(3*x)*exp(-y^2/4) + abs(x-y)^1.5 + max(x, y/2)\"",
        "parabola:a=7",
        "cosine-1d:c=0.4",
        "absolute:delta=0.5",
        "formula-1d:f=\"sin(3*x)*exp(-x^2/4) + abs(x)^1.5\"",
    ];
    AnyLandscape::all()
        .into_iter()
        .chain(others.map(|spec| spec.parse().unwrap()))
        .collect()
}

/// Returns value, gradient and Hessian.
fn derivatives(objective: &dyn Objective, at: &[f64]) -> (f64, Vec<f64>, Vec<f64>) {
    assert_eq!(objective.dim(), at.len());
    let (mut gradient, mut hessian) = (vec![0.0; at.len()], vec![0.0; at.len() * at.len()]);
    let value = objective.gradient(at, &mut gradient);
    objective.hessian(at, &mut hessian);
    (value, gradient, hessian)
}

#[test]
fn jets_match_central_differences() {
    for any in all() {
        let landscape = any.as_dyn();
        let objective = landscape.load(&NoFiles).unwrap().objective;
        let mut random = stream(1, Purpose::Data, 0);
        for _ in 0..20 {
            let place = landscape.view().at([random.random(), random.random()]);
            let at = &place[..landscape.dim()];
            let (value, gradient, hessian) = derivatives(&*objective, at);
            assert_eq!(
                value.to_bits(),
                objective.value(at).to_bits(),
                "{any}: value at {at:?}"
            );
            for axis in 0..at.len() {
                let h = 1e-6 * landscape.view().width();
                let mut sides = [at.to_vec(), at.to_vec()];
                sides[0][axis] -= h;
                sides[1][axis] += h;
                let gap = sides[1][axis] - sides[0][axis];
                let slope = (objective.value(&sides[1]) - objective.value(&sides[0])) / gap;
                let scale = 1.0 + value.abs() + norm(&gradient) + norm(&hessian);
                assert!(
                    (slope - gradient[axis]).abs() < 1e-4 * scale,
                    "{any}: gradient at {at:?}"
                );
                let (_, low, _) = derivatives(&*objective, &sides[0]);
                let (_, high, _) = derivatives(&*objective, &sides[1]);
                for other in 0..at.len() {
                    let second = (high[other] - low[other]) / gap;
                    assert!(
                        (second - hessian[at.len() * axis + other]).abs() < 1e-4 * scale,
                        "{any}: Hessian at {at:?}"
                    );
                }
            }
        }
    }
}

/// Returns the (n + 1)² points of a grid that includes the border.
fn grid(area: Rect, n: u32) -> impl Iterator<Item = [f64; 2]> {
    let part = move |i: u32| f64::from(i) / f64::from(n);
    (0..=n).flat_map(move |i| (0..=n).map(move |j| area.clamp(area.at([part(i), part(j)]))))
}

/// Asserts that value, gradient and Hessian are finite, and returns the gradient.
fn finite(any: &AnyLandscape, objective: &dyn Objective, at: [f64; 2]) -> Vec<f64> {
    let (value, gradient, hessian) = derivatives(objective, &at[..objective.dim()]);
    let numbers = || gradient.iter().chain(&hessian).chain([&value]);
    assert!(
        numbers().all(|number| number.is_finite()),
        "{any} at {at:?}: {value}, {gradient:?}, {hessian:?}"
    );
    gradient
}

#[test]
fn everything_is_finite_on_the_whole_domain() {
    for any in AnyLandscape::all() {
        let landscape = any.as_dyn();
        let objective = landscape.load(&NoFiles).unwrap().objective;
        let Some(domain) = landscape.domain() else {
            continue;
        };
        // An even number of cells has the middle, the axes and the diagonals among its points.
        for at in grid(domain, 40).chain(grid(landscape.view(), 40)) {
            finite(&any, &*objective, at);
        }
    }
}

#[test]
fn gradients_at_kinks_are_finite_and_match_autograd() {
    use std::f64::consts::PI;
    // The gradient's entries that are known; NaN stands for any finite number.
    let any_slope = f64::NAN;
    for (name, at, expected) in [
        ("ackley", [0.0, 0.0], [0.0, 0.0]),
        ("salomon", [0.0, 0.0], [0.0, 0.0]),
        ("drop-wave", [0.0, 0.0], [0.0, 0.0]),
        ("keane", [0.0, 0.0], [0.0, 0.0]),
        ("keane", [0.0, 2.0], [0.0, any_slope]),
        ("schwefel", [0.0, 0.0], [0.0, 0.0]),
        ("schwefel", [0.0, 9.0], [0.0, any_slope]),
        ("schwefel", [1e-12, -1e-12], [0.0, 0.0]),
        ("eggholder", [0.0, -47.0], [0.0, 0.0]),
        ("eggholder", [100.0, -97.0], [any_slope, any_slope]),
        ("eggholder", [100.0, 53.0], [any_slope, any_slope]),
        ("holder-table", [0.0, 0.0], [0.0, 0.0]),
        ("holder-table", [0.0, 2.0], [0.0, 0.0]),
        ("holder-table", [PI, 0.0], [any_slope, 0.0]),
        ("cross-in-tray", [0.0, 0.0], [0.0, 0.0]),
        ("cross-in-tray", [0.0, 2.0], [0.0, 0.0]),
        ("cross-in-tray", [PI, 2.0], [any_slope, any_slope]),
        ("alpine-1", [0.0, 0.0], [0.0, 0.0]),
        ("alpine-1", [0.0, 2.0], [0.0, any_slope]),
        ("bukin-6", [-10.0, 1.0], [0.0, 0.0]),
        ("bukin-6", [-8.0, 0.64], [0.01, any_slope]),
        ("schaffer-4", [0.0, 0.0], [0.0, 0.0]),
        ("schaffer-4", [2.0, 2.0], [any_slope, any_slope]),
    ] {
        let any: AnyLandscape = name.parse().unwrap();
        let objective = any.as_dyn().load(&NoFiles).unwrap().objective;
        let gradient = finite(&any, &*objective, at);
        for (&found, expected) in gradient.iter().zip(expected) {
            assert!(
                expected.is_nan() || (found - expected).abs() < 2e-6,
                "{name} at {at:?}: {gradient:?}"
            );
        }
    }
    // The crease of Bukin's function, wherever rounding lets a point lie in it.
    let any: AnyLandscape = "bukin-6".parse().unwrap();
    let objective = any.as_dyn().load(&NoFiles).unwrap().objective;
    for i in 0..=100 {
        let x = -15.0 + 0.1 * f64::from(i);
        finite(&any, &*objective, [x, x * x * 0.01]);
    }
}

#[test]
fn drop_wave_has_a_continuous_hessian_at_its_minimum() {
    let objective = "drop-wave".parse::<AnyLandscape>().unwrap();
    let objective = objective.as_dyn().load(&NoFiles).unwrap().objective;
    for at in [
        [0.0, 0.0],
        [1e-20, 0.0],
        [1e-15, -1e-15],
        [1e-9, 2e-9],
        [1e-6, 0.0],
    ] {
        let mut hessian = [0.0; 4];
        objective.hessian(&at, &mut hessian);
        for (found, expected) in hessian.into_iter().zip([72.5, 0.0, 0.0, 72.5]) {
            assert!((found - expected).abs() < 1e-6, "{at:?}: {hessian:?}");
        }
    }
}

#[test]
fn the_family_has_all_names_group_by_group() {
    let expected = "quadratic booth matyas zakharov trid rosenbrock leon beale dixon-price goldstein-price \
        himmelblau three-hump-camel six-hump-camel branin mccormick styblinski-tang ackley rastrigin griewank \
        levy levy-13 schwefel eggholder holder-table cross-in-tray drop-wave easom schaffer-2 schaffer-4 bukin-6 \
        shubert michalewicz de-jong-5 langermann bohachevsky-1 bohachevsky-2 egg-crate bird keane alpine-1 salomon \
        deckkers-aarts adjiman gramacy-lee two-wells saddle monkey-saddle edge-of-stability plateau \
        parabola cosine-1d absolute heavy-ball-trap formula formula-1d drawn grid image regression";
    let expected: Vec<_> = expected.split_whitespace().collect();
    assert_eq!(expected.len(), 49 + 4 + 6);
    for name in &expected {
        assert!(AnyLandscape::NAMES.contains(name), "{name}");
    }
    let place = |any: &AnyLandscape| {
        let group = any.as_dyn().group();
        Group::ALL.iter().position(|known| *known == group)
    };
    assert!(AnyLandscape::all().iter().map(place).is_sorted());
}

#[test]
fn starts_and_marks_lie_in_the_domain_and_starts_in_the_view() {
    for any in all() {
        let landscape = any.as_dyn();
        assert!(landscape.view().contains(landscape.start()), "{any}");
        let problem = landscape.load(&NoFiles).unwrap();
        assert_eq!(problem.objective.dim(), landscape.dim(), "{any}");
        assert_eq!(landscape.parameters().len(), landscape.dim(), "{any}");
        assert!(
            problem.view.contains(problem.plot_point(landscape.start())),
            "{any}"
        );
        assert!(
            landscape
                .domain()
                .is_none_or(|domain| domain.contains(landscape.start())),
            "{any}"
        );
    }
    for any in AnyLandscape::all() {
        let landscape = any.as_dyn();
        let marks = landscape.minima().into_iter().chain(landscape.saddles());
        let inside = |mark: Mark| landscape.domain().is_none_or(|d| d.contains(mark.at));
        assert!(marks.into_iter().all(inside), "{any}");
    }
}

#[test]
fn known_values_and_eigenvalues_are_met() {
    let at = |spec: &str, at: [f64; 2]| {
        let objective = spec
            .parse::<AnyLandscape>()
            .unwrap()
            .as_dyn()
            .load(&NoFiles)
            .unwrap()
            .objective;
        let (mut gradient, mut h) = ([0.0; 2], [0.0; 4]);
        let value = objective.gradient(&at, &mut gradient);
        objective.hessian(&at, &mut h);
        (value, gradient, eigenvalues([h[0], h[1], h[3]]))
    };
    let (value, gradient, _) = at("rosenbrock", [-1.2, 1.0]);
    assert!(
        (value - 24.2).abs() < 1e-12
            && (gradient[0] + 215.6).abs() < 1e-10
            && (gradient[1] + 88.0).abs() < 1e-10
    );
    for (spec, point, low, high) in [
        ("rosenbrock", [1.0, 1.0], 0.399_360_77, 1001.6006),
        ("beale", [3.0, 0.5], 0.301_46, 48.979_79),
        ("booth", [1.0, 3.0], 2.0, 18.0),
        ("himmelblau", [3.0, 2.0], 25.715_729, 82.284_271),
        ("rastrigin", [0.0, 0.0], 396.784_18, 396.784_18),
        ("matyas", [0.0, 0.0], 0.04, 1.0),
        ("goldstein-price", [0.0, -1.0], 402.831, 965.169),
        ("branin", [std::f64::consts::PI, 2.275], 1.732_26, 11.086_21),
    ] {
        let (_, _, [min, max]) = at(spec, point);
        assert!(
            (min - low).abs() < 2e-5 * low && (max - high).abs() < 2e-5 * high,
            "{spec}: {min}, {max}"
        );
    }
}
