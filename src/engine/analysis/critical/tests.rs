use super::*;
use crate::engine::files::NoFiles;
use crate::engine::landscape::{AnyLandscape, LoadedLandscape};

fn problem(spec: &str) -> LoadedLandscape {
    let landscape: AnyLandscape = spec.parse().unwrap();
    landscape.as_dyn().load(&NoFiles).unwrap()
}

/// Finds critical points without known ones.
fn find_without_known(spec: &str, view: Option<Rect>) -> Vec<CriticalPoint> {
    let problem = problem(spec);
    let view = view.unwrap_or(problem.view);
    find(&*problem.objective, view, &[], &Cancel::default()).unwrap()
}

fn kinds(points: &[CriticalPoint]) -> [usize; 4] {
    Kind::ALL.map(|kind| points.iter().filter(|point| point.kind == kind).count())
}

fn assert_is(point: &CriticalPoint, kind: Kind, at: [f64; 2], value: f64) {
    let near = |a: f64, b: f64| (a - b).abs() < 1e-6 * (1.0 + b.abs());
    assert!(
        point.kind == kind
            && near(point.at[0], at[0])
            && near(point.at[1], at[1])
            && near(point.value, value),
        "{point:?} is not a {kind:?} at {at:?} of {value}"
    );
}

#[test]
fn himmelblau_has_nine_critical_points() {
    let points = find_without_known("himmelblau", None);
    assert_eq!(kinds(&points), [4, 1, 4, 0], "{points:?}");
    for (at, value) in [
        ([3.0, 2.0], 0.0),
        ([-2.805_118, 3.131_313], 0.0),
        ([-3.779_310, -3.283_186], 0.0),
        ([3.584_428, -1.848_127], 0.0),
    ] {
        let apart = |point: &&CriticalPoint| {
            (point.at[0] - at[0]).abs() + (point.at[1] - at[1]).abs() < 1e-5
        };
        let found = points.iter().find(apart).unwrap();
        assert!(found.kind == Kind::Minimum && (found.value - value).abs() < 1e-20);
    }
    assert_is(
        &points[4],
        Kind::Maximum,
        [-0.270_845, -0.923_039],
        181.616_522,
    );
    for (point, at, value) in [
        (points[5], [3.385_154, 0.073_852], 13.311_93),
        (points[6], [0.086_678, 2.884_255], 67.719_1),
        (points[7], [-3.073_026, -0.081_353], 104.015_2),
        (points[8], [-0.127_961, -1.953_715], 178.337_2),
    ] {
        assert_is(&point, Kind::Saddle, at, value);
    }
    let three_two = points
        .iter()
        .find(|point| point.at[0] > 2.9 && point.at[1] > 1.9);
    let [low, high] = three_two.unwrap().eigenvalues;
    assert!((low - 25.715_729).abs() < 1e-5 && (high - 82.284_271).abs() < 1e-5);
}

#[test]
fn simple_functions_have_their_known_critical_points() {
    for (spec, expected) in [
        ("quadratic:a=2,b=30", [1, 0, 0, 0]),
        ("booth", [1, 0, 0, 0]),
        ("rosenbrock", [1, 0, 0, 0]),
        ("saddle", [0, 0, 1, 0]),
        ("monkey-saddle", [0, 0, 0, 1]),
        ("three-hump-camel", [3, 0, 2, 0]),
        ("six-hump-camel", [6, 2, 7, 0]),
        ("styblinski-tang", [4, 1, 4, 0]),
        ("rastrigin", [121, 100, 220, 0]),
        // A lone minimum that is flatter than any parabola, and the floor of a gutter.
        ("formula:f=x^4+y^4", [0, 0, 0, 1]),
        ("formula:f=(x-1)^6+y^2", [0, 0, 0, 1]),
        ("formula:f=(x+y)^2", [0, 0, 0, 1]),
        ("formula:f=y^2", [0, 0, 0, 1]),
        // Nothing at all, or nothing but level ground.
        ("formula:f=0*x", [0; 4]),
        ("formula:f=3", [0; 4]),
        ("formula:f=x+2*y", [0; 4]),
        ("formula:f=max(0, x^2+y^2-9)", [0; 4]),
        ("formula:f=1e300*x*y*1e8", [0, 0, 1, 0]),
        // Kinks.
        ("formula:f=abs(x-0.3)+abs(y+x)", [1, 0, 0, 0]),
        ("formula:f=sqrt((x-1)^2+(y+2)^2)", [1, 0, 0, 0]),
        ("formula:f=abs(y-x/3)^0.5 + 0.1*abs(x-1.234)", [1, 0, 0, 0]),
        ("formula:f=-abs(x)-abs(y)", [0; 4]),
        ("formula:f=abs(x-y)+(x+0.3)^2", [1, 0, 0, 0]),
        // Heights of very different size.
        ("formula:f=exp(x^2+y^2)", [1, 0, 0, 0]),
        ("formula:f=1+1e-9*(x^2-y^2)", [0, 0, 1, 0]),
    ] {
        let points = find_without_known(spec, None);
        assert_eq!(kinds(&points), expected, "{spec}: {points:?}");
    }
    let bowl = find_without_known("quadratic:a=2,b=30", None);
    assert_eq!(bowl[0].eigenvalues, [2.0, 30.0]);
    assert_is(&bowl[0], Kind::Minimum, [0.0; 2], 0.0);
    assert_is(
        &find_without_known("monkey-saddle", None)[0],
        Kind::Flat,
        [0.0; 2],
        0.0,
    );
}

#[test]
fn every_declared_minimum_inside_the_view_is_found() {
    for any in AnyLandscape::all() {
        let problem = any.as_dyn().load(&NoFiles).unwrap();
        if problem.objective.dim() != 2 {
            continue;
        }
        let known: Vec<[f64; 2]> = problem.minima.iter().map(|mark| mark.at).collect();
        let never = Cancel::default();
        let aided = find(&*problem.objective, problem.view, &known, &never).unwrap();
        // Two of Alpine's lie closer than two cells; of a level floor any point may stand for all; the end of Bukin's crease
        // is as narrow as rounding.
        let hard = ["alpine-1", "edge-of-stability", "bukin-6"];
        let find_without_known = if hard.contains(&any.name()) || problem.minima.is_empty() {
            None
        } else {
            find(&*problem.objective, problem.view, &[], &never)
        };
        let width = problem.view.width();
        for mark in &problem.minima {
            let [u, v] = [
                (mark.at[0] - problem.view.x()[0]) / width,
                (mark.at[1] - problem.view.y()[0]) / problem.view.height(),
            ];
            if [u, v]
                .iter()
                .any(|share| *share <= 1e-9 || *share >= 1.0 - 1e-9)
            {
                continue;
            }
            let is_it = |point: &&CriticalPoint| {
                let away = (point.at[0] - mark.at[0]).hypot(point.at[1] - mark.at[1]);
                matches!(point.kind, Kind::Minimum | Kind::Flat)
                    && away < 1e-5 * width
                    && (point.value - mark.value).abs() < 1e-8 * (1.0 + mark.value.abs())
            };
            assert!(
                aided.iter().any(|point| is_it(&point)),
                "{any}: {mark:?} is not in {aided:?}"
            );
            assert!(
                find_without_known
                    .as_ref()
                    .is_none_or(|find_without_known| find_without_known
                        .iter()
                        .any(|point| is_it(&point))),
                "{any}: {mark:?} is not in {find_without_known:?}, find_without_known"
            );
        }
        assert!(
            aided.len() <= MAX_POINTS && aided.is_sorted_by(|a, b| a.order(b).is_le()),
            "{any}"
        );
        for point in &aided {
            assert!(
                problem.view.contains(point.at) && point.value.is_finite(),
                "{any}: {point:?}"
            );
            let mut gradient = [0.0; 2];
            problem.objective.gradient(&point.at, &mut gradient);
            assert!(
                point.is_kink() || gradient.iter().all(|g| g.abs() * width < 1e-5),
                "{any}: {point:?} has gradient {gradient:?}"
            );
        }
    }
}

#[test]
fn a_curve_of_critical_points_is_one_flat_point() {
    let floor = find_without_known("edge-of-stability", None);
    // Four branches of the valley, and the ridges along both axes, which cross.
    assert_eq!(kinds(&floor), [0, 0, 0, 5], "{floor:?}");
    for point in &floor[..4] {
        assert!(
            (point.at[0].abs() - 1.0).abs() < 0.05 && point.value < 1e-20,
            "{point:?}"
        );
    }
    // A published minimum represents its branch. There λ = 0, 2 (x² + y²).
    let problem = problem("edge-of-stability");
    let known: Vec<[f64; 2]> = problem.minima.iter().map(|mark| mark.at).collect();
    let told = find(
        &*problem.objective,
        problem.view,
        &known,
        &Cancel::default(),
    )
    .unwrap();
    for (point, at) in told
        .iter()
        .zip([[-1.0, -1.0], [-1.0, 1.0], [1.0, -1.0], [1.0, 1.0]])
    {
        assert_eq!((point.at, point.eigenvalues), (at, [0.0, 4.0]));
    }
    assert_eq!((told.len(), told[4].eigenvalues), (5, [0.0; 2]));
    let view = Rect::square(2.0);
    // Minima and maxima of cos 12r lie on rings, about one lone point.
    let rings = find_without_known("drop-wave", Some(view));
    let [minima, maxima, saddles, flat] = kinds(&rings);
    assert_eq!([minima, maxima, saddles], [1, 0, 0], "{rings:?}");
    assert!((7..=20).contains(&flat), "{rings:?}");
    let rings = find_without_known("salomon", Some(view));
    assert!(kinds(&rings)[0] == 1 && rings[0].is_kink(), "{rings:?}");
    assert!(rings.len() < 24, "{rings:?}");
}

#[test]
fn any_zoom_finds_the_points_in_its_view() {
    let top = find_without_known("himmelblau", None)[4].at;
    for (spec, at, kind) in [
        ("himmelblau", top, Kind::Maximum),
        ("himmelblau", [3.0, 2.0], Kind::Minimum),
        ("rosenbrock", [1.0, 1.0], Kind::Minimum),
        ("saddle", [0.0, 0.0], Kind::Saddle),
        ("monkey-saddle", [0.0, 0.0], Kind::Flat),
        ("rastrigin", [0.0, 0.0], Kind::Minimum),
        ("ackley", [0.0, 0.0], Kind::Minimum),
        (
            "schwefel",
            [420.968_746_359_982, 420.968_746_359_982],
            Kind::Minimum,
        ),
    ] {
        for width in [0.1, 1e-3, 1e-6, 1e-9] {
            let side = |center: f64| [center - 0.4 * width, center + 0.6 * width];
            let points = find_without_known(spec, Rect::new(side(at[0]), side(at[1])));
            assert_eq!(
                points.iter().map(|point| point.kind).collect::<Vec<_>>(),
                [kind],
                "{spec}, {width}: {points:?}"
            );
            let beside = Rect::new(side(at[0] + 0.9 * width), side(at[1] + 0.9 * width));
            let points = find_without_known(spec, beside);
            let gradual = width < 0.1 && spec != "monkey-saddle";
            assert!(!gradual || points.is_empty(), "{spec}, {width}: {points:?}");
        }
    }
}

#[test]
fn points_do_not_depend_on_the_number_of_threads() {
    for spec in ["rastrigin", "eggholder", "salomon"] {
        let found = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
            pool.unwrap().install(|| find_without_known(spec, None))
        };
        let one = found(1);
        assert!(found(8) == one, "{spec}");
    }
}

#[test]
fn functions_without_finite_values_have_no_points() {
    for spec in [
        "formula:f=ln(x-9)",
        "formula:f=sqrt(x-4.9)*1e308*1e10",
        "formula:f=exp(exp(exp(x^2+9)))",
        "formula:f=floor(x)+floor(y)",
        "formula:f=1/(x*0)",
    ] {
        let Ok(landscape) = spec.parse::<AnyLandscape>() else {
            continue;
        };
        let Ok(problem) = landscape.as_dyn().load(&NoFiles) else {
            continue;
        };
        for view in [problem.view, Rect::square(1e150), Rect::square(1e-150)] {
            let points = find(&*problem.objective, view, &[[0.0; 2]], &Cancel::default());
            assert_eq!(points, Some(Vec::new()), "{spec}");
        }
    }
}

#[test]
fn cancelled_search_is_none() {
    let cancel = Cancel::default();
    cancel.cancel();
    let problem = problem("rastrigin");
    assert_eq!(find(&*problem.objective, problem.view, &[], &cancel), None);
}

#[test]
fn points_are_found_at_any_scale_of_f() {
    for scale in ["1e-305", "1e-290", "1e-160", "1", "1e160", "1e300"] {
        let points = find_without_known(&format!("formula:f={scale}*(x^2+3*y^2-1)"), None);
        assert_eq!(kinds(&points), [1, 0, 0, 0], "{scale}: {points:?}");
        let [x, y] = points[0].at;
        assert!(x.abs() < 1e-6 && y.abs() < 1e-6, "{scale}: {points:?}");
        let points = find_without_known(&format!("formula:f={scale}*x*y"), None);
        assert_eq!(kinds(&points), [0, 0, 1, 0], "{scale}: {points:?}");
        let points = find_without_known(&format!("formula:f={scale}*x^2"), None);
        assert_eq!(kinds(&points), [0, 0, 0, 1], "{scale}: {points:?}");
    }
}

#[test]
fn functions_without_critical_points_have_none() {
    for f in [
        "x", "y", "0*x", "3", "x^3-y", "1/x", "ln(x)", "1e6*x", "exp(x)-y",
    ] {
        let points = find_without_known(&format!("formula:f={f}"), None);
        assert!(points.is_empty(), "{f}: {points:?}");
    }
}
