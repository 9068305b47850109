//! Tests of declared minima and saddles.

use super::*;

#[test]
fn declared_minima_and_saddles_have_the_right_value_gradient_and_hessian() {
    for any in all() {
        let landscape = any.as_dyn();
        let objective = landscape.load(&NoFiles).unwrap().objective;
        let tests = landscape.minima().into_iter().map(|mark| (mark, true));
        for (mark, minimum) in
            tests.chain(landscape.saddles().into_iter().map(|mark| (mark, false)))
        {
            let dim = landscape.dim();
            let (value, gradient, hessian) = derivatives(&*objective, &mark.at[..dim]);
            assert!(
                (value - mark.value).abs() < 1e-8 * (1.0 + mark.value.abs()),
                "{any}: {mark:?} has {value}"
            );
            let inside = |at| landscape.domain().is_none_or(|domain| domain.contains(at));
            // A kink or the border of the domain may be a minimum as well: f rises to both sides of it.
            let h = 1e-7 * landscape.view().width();
            let rises = |axis: usize| {
                [-h, h].into_iter().all(|step| {
                    let mut at = mark.at;
                    at[axis] += step;
                    let rise = objective.value(&at[..dim]) - value;
                    !inside(at) || rise > 0.5 * h * gradient[axis].abs()
                })
            };
            let flat = |axis: usize| gradient[axis].abs() < 1e-6 * (1.0 + norm(&hessian));
            assert!(
                (0..dim).all(|axis| flat(axis) || minimum && inside(mark.at) && rises(axis)),
                "{any}: {mark:?} has gradient {gradient:?}"
            );
            let [low, high] = match *hessian {
                [second] => [second; 2],
                _ => eigenvalues([hessian[0], hessian[1], hessian[3]]),
            };
            let sound = if minimum {
                low * high >= -1e-9 && high >= 0.0
            } else {
                low * high <= 0.0
            };
            assert!(
                sound || !(0..dim).all(flat),
                "{any}: {mark:?} has Hessian {hessian:?}"
            );
        }
    }
}

#[test]
fn declared_minima_are_the_lowest_points_of_the_domain() {
    for any in all() {
        let landscape = any.as_dyn();
        let objective = landscape.load(&NoFiles).unwrap().objective;
        let domain = landscape.domain().unwrap_or(landscape.view());
        let dim = landscape.dim();
        let Some(lowest) = landscape
            .minima()
            .into_iter()
            .map(|mark| mark.value)
            .reduce(f64::min)
        else {
            continue;
        };
        let slack = 1e-12 * (1.0 + lowest.abs());
        for mark in landscape.minima() {
            assert!(
                mark.value <= lowest + slack,
                "{any}: {mark:?} is not global"
            );
            for step in 0..64 {
                let (sin, cos) = (f64::from(step % 16) * 0.4).sin_cos();
                let radius = domain.width() * 1e-2_f64.powi(1 + step / 16);
                let at = [mark.at[0] + radius * cos, mark.at[1] + radius * sin];
                assert!(
                    !domain.contains(at) || objective.value(&at[..dim]) >= lowest - slack,
                    "{any} at {at:?}"
                );
            }
        }
        for at in grid(domain, 100) {
            assert!(
                objective.value(&at[..dim]) >= lowest - slack,
                "{any} at {at:?}"
            );
        }
    }
}

/// Deep zooms need f exact near a minimum of value 0: at twice the distance f is four times as large, or twice
/// at the tip of a cone. Cancellation would show as a staircase.
#[test]
fn values_near_a_minimum_of_value_zero_do_not_cancel() {
    for (name, factor) in [
        ("quadratic", 4.0),
        ("booth", 4.0),
        ("matyas", 4.0),
        ("zakharov", 4.0),
        ("rosenbrock", 4.0),
        ("leon", 4.0),
        ("beale", 4.0),
        ("himmelblau", 4.0),
        ("three-hump-camel", 4.0),
        ("ackley", 2.0),
        ("rastrigin", 4.0),
        ("griewank", 4.0),
        ("levy", 4.0),
        ("levy-13", 4.0),
        ("schaffer-2", 4.0),
        ("bohachevsky-1", 4.0),
        ("bohachevsky-2", 4.0),
        ("egg-crate", 4.0),
        ("alpine-1", 2.0),
        ("salomon", 2.0),
        ("plateau", 4.0),
        ("parabola", 4.0),
        ("absolute", 2.0),
        ("heavy-ball-trap", 4.0),
    ] {
        let any: AnyLandscape = name.parse().unwrap();
        let landscape = any.as_dyn();
        let objective = landscape.load(&NoFiles).unwrap().objective;
        let [x, y] = landscape.minima()[0].at;
        for step in 0..8 {
            // The exact sums of the coordinates, so that only the function rounds.
            let (sin, cos) = (0.3 + f64::from(step)).sin_cos();
            let near = [x + 2e-9 * cos - x, y + 2e-9 * sin - y];
            let value = |scale: f64| {
                objective.value(&[x + scale * near[0], y + scale * near[1]][..landscape.dim()])
            };
            let found = value(2.0) / value(1.0);
            assert!((found / factor - 1.0).abs() < 1e-5, "{name}: {found}");
        }
    }
}

#[test]
fn minima_have_their_published_values() {
    for (name, count, value) in [
        ("trid", 1, -2.0),
        ("dixon-price", 2, 0.0),
        ("goldstein-price", 1, 3.0),
        ("himmelblau", 4, 0.0),
        ("six-hump-camel", 2, -1.031_628_453),
        ("branin", 3, 0.397_887_358),
        ("mccormick", 1, -1.913_222_955),
        ("styblinski-tang", 1, -78.332_331_41),
        ("schwefel", 1, 0.0),
        ("eggholder", 1, -959.640_662_7),
        ("holder-table", 4, -19.208_502_57),
        ("cross-in-tray", 4, -2.062_611_871),
        ("drop-wave", 1, -1.0),
        ("easom", 1, -1.0),
        ("schaffer-4", 4, 0.292_578_632),
        ("bukin-6", 1, 0.0),
        ("shubert", 4, -186.730_908_8),
        ("michalewicz", 1, -1.801_303_410),
        ("de-jong-5", 1, 0.998_003_838),
        ("langermann", 1, -4.155_809),
        ("bird", 2, -106.764_536_7),
        ("keane", 2, -0.673_667_521),
        ("alpine-1", 64, 0.0),
        ("deckkers-aarts", 2, -24_776.518_34),
        ("adjiman", 1, -2.021_806_783),
        ("gramacy-lee", 1, -0.428_881_942),
        ("two-wells", 1, -2.063_090_252),
        ("saddle", 0, 0.0),
        ("monkey-saddle", 0, 0.0),
        ("parabola", 1, 0.0),
        ("cosine-1d", 1, -6.978_140_831),
        ("absolute", 1, 0.0),
        ("heavy-ball-trap", 1, 0.0),
    ] {
        let minima = name.parse::<AnyLandscape>().unwrap().as_dyn().minima();
        assert_eq!(minima.len(), count, "{name}");
        for mark in minima {
            let gap = (mark.value - value).abs();
            assert!(
                gap <= 5e-9 * value.abs().max(1.0) || name == "langermann" && gap < 5e-7,
                "{name}: {mark:?}"
            );
        }
    }
}
