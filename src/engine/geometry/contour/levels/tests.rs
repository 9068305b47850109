//! Properties of levels and shades that hold for every surface.

use super::*;
use crate::engine::objective::plane::Rect;

fn surface(view: Rect, f: impl Fn(f64, f64) -> f64) -> Surface {
    let mut surface = Surface {
        view,
        columns: 65,
        rows: 65,
        values: Vec::new(),
    };
    for row in 0..65 {
        for column in 0..65 {
            let [x, y] = surface.point(real(column), real(row));
            surface.values.push(f(x, y));
        }
    }
    surface
}

fn rosenbrock(x: f64, y: f64) -> f64 {
    (1.0 - x).powi(2) + 100.0 * (y - x * x).powi(2)
}

/// Checks the properties that hold for the levels of every surface.
fn check(surface: &Surface, levels: &Levels) {
    assert!(
        levels.values.windows(2).all(|pair| pair[0] < pair[1]),
        "{levels:?}"
    );
    assert!(levels.values.iter().all(|value| value.is_finite()));
    assert_eq!(
        [levels.shade(f64::NEG_INFINITY), levels.shade(f64::INFINITY)],
        [0.0, 1.0],
        "{levels:?}"
    );
    assert!(levels.shade(f64::NAN).is_nan());
    let mut sorted = surface.values.clone();
    sorted.sort_by(f64::total_cmp);
    let shades: Vec<f64> = sorted
        .iter()
        .filter(|v| !v.is_nan())
        .map(|&v| levels.shade(v))
        .collect();
    assert!(shades.windows(2).all(|pair| pair[0] <= pair[1]));
    let labels: Vec<String> = levels
        .values
        .iter()
        .map(|&value| levels.label(value))
        .collect();
    assert!(
        labels.windows(2).all(|pair| pair[0] != pair[1]),
        "{labels:?}"
    );
}

#[test]
fn every_surface_and_zoom_has_about_the_requested_number_of_levels() {
    type Function = fn(f64, f64) -> f64;
    let functions: [(Function, f64); 4] = [
        (|x, y| x * x + y * y, 0.0),
        (rosenbrock, 0.0),
        (
            |x, y| (x * x + y - 11.0).powi(2) + (x + y * y - 7.0).powi(2) - 78.332,
            -78.332,
        ),
        (|x, y| x.hypot(y).sin() * (0.2 * y).exp(), -10.0),
    ];
    for (f, floor) in functions {
        for radius in [4.0, 0.3, 1e-3] {
            for (log, about) in [(false, 20), (true, 20), (true, 8)] {
                let surface = surface(Rect::square(radius).shifted([0.7, 0.2]).unwrap(), f);
                let levels = Levels::choose(&surface, log, Some(floor), about);
                check(&surface, &levels);
                assert_eq!(levels.is_log(), log);
                let count = levels.values.len();
                assert!(
                    (about / 2..=about * 2).contains(&count),
                    "{count} at {radius}: {:?}",
                    levels.values
                );
            }
        }
    }
}

#[test]
fn logarithmic_levels_are_round_and_ignore_a_single_lowest_point() {
    let surface = surface(Rect::new([-2.0, 2.0], [-1.0, 3.0]).unwrap(), rosenbrock);
    assert_eq!(surface.range().unwrap()[0], 0.0);
    let levels = Levels::choose(&surface, true, Some(0.0), 12);
    assert!((0.01..1.0).contains(&levels.values[0]), "{levels:?}");
    assert!(
        levels.values.contains(&1.0)
            && levels.values.contains(&100.0)
            && levels.values.contains(&1000.0)
    );
    assert_eq!([levels.shade(0.0), levels.shade(-1.0)], [0.0, 0.0]);
    assert_eq!(
        [0.1, 2.0, 1000.0].map(|value| levels.label(value)),
        ["0.1", "2", "1000"]
    );
}

#[test]
fn a_floor_above_the_surface_is_ignored() {
    let bowl = surface(Rect::square(1.0), |x, y| x * x + y * y - 5.0);
    let levels = Levels::choose(&bowl, true, Some(0.0), 20);
    assert!(levels.values[0] < -4.9);
    check(&bowl, &levels);
}

#[test]
fn constant_surfaces_have_no_levels() {
    for value in [0.0, 7.0, f64::NAN, f64::INFINITY, 1e308] {
        for log in [false, true] {
            let levels = Levels::choose(
                &surface(Rect::square(1.0), |_, _| value),
                log,
                Some(0.0),
                20,
            );
            let shade = levels.shade(value);
            assert!(levels.values().is_empty(), "{value}");
            assert!(
                shade == 0.5 || value.is_nan() && shade.is_nan(),
                "{value}: {shade}"
            );
        }
    }
}

#[test]
fn surfaces_with_poles_and_plateaus_have_usable_levels() {
    let functions: [fn(f64, f64) -> f64; 5] = [
        |x, y| 1.0 / x.hypot(y),
        |x, y| -1.0 / (x * x + y * y),
        |x, y| if x.hypot(y) < 0.99 { 0.0 } else { x },
        |x, y| (700.0 * x * y).exp(),
        |x, _| x * 1.7e308,
    ];
    for f in functions {
        for log in [false, true] {
            let surface = surface(Rect::square(1.0), f);
            let levels = Levels::choose(&surface, log, None, 20);
            check(&surface, &levels);
            assert!((5..60).contains(&levels.values.len()), "{levels:?}");
        }
    }
}

#[test]
fn levels_of_a_single_spike_are_valid() {
    for (problem, spike) in [
        (0.0, 1.0),
        (0.0, 1e300),
        (-3.0, 1e-9),
        (0.0, f64::MIN_POSITIVE),
        (1.0, 0.0),
    ] {
        for log in [false, true] {
            for floor in [None, Some(-1e300), Some(0.0)] {
                let mut surface = surface(Rect::square(1.0), |_, _| problem);
                surface.values[2000] = spike;
                check(&surface, &Levels::choose(&surface, log, floor, 20));
            }
        }
    }
}

#[test]
fn labels_have_as_many_digits_as_needed() {
    let check = |value, resolution, expect: &str| assert_eq!(digits(value, resolution), expect);
    check(0.05, 0.01, "0.05");
    check(-68.332_33, 10.0, "−68");
    check(-78.331_33, 1e-3, "−78.331");
    check(2.5e-7, 1e-8, "2.5e-7");
    check(3e9, 1e9, "3e9");
    check(1.000_000_002, 1e-9, "1.000000002");
    check(f64::INFINITY, 1.0, "∞");
}
