//! State sizes over a run, compared with computations by hand.

use super::*;
use crate::engine::files::NoFiles;
use crate::engine::landscape::AnyLandscape;
use crate::engine::numeric::real;
use crate::engine::objective::{GradientSettings, norm};
use crate::engine::optimizer::AnyOptimizer;
use crate::engine::training::{Trajectory, run};
use crate::engine::wrapper::AnyWrapper;

const START: [f64; 2] = [2.0, 1.0];

fn run_settings(steps: u64) -> RunSettings {
    RunSettings {
        steps,
        gradient_settings: GradientSettings::default(),
        tolerance: None,
        record_every: 1,
    }
}

/// Returns the state sizes of `spec` on a quadratic with curvatures 1 and 4, and its run.
fn made(spec: &str, steps: u64) -> (Vec<OptimizerStateSeries>, Trajectory) {
    let landscape: AnyLandscape = "quadratic:a=1,b=4".parse().unwrap();
    let problem = landscape.as_dyn().load(&NoFiles).unwrap();
    let (spec, never): (RunSpec, _) = (spec.parse().unwrap(), Cancel::default());
    let (objective, run_settings) = (&*problem.objective, run_settings(steps));
    let all = state_history(objective, &START, &spec, &run_settings, &never).unwrap();
    let path = run(objective, &START, &spec, &run_settings, &never).unwrap();
    (all, path)
}

fn series<'a>(all: &'a [OptimizerStateSeries], symbol: &str) -> &'a OptimizerStateSeries {
    all.iter().find(|own| own.symbol == symbol).unwrap()
}

/// A run's sizes of `symbol` are those that are expected from row 1 on, and row 0 is not known or zero.
fn check(spec: &str, symbol: &str, expected: impl Fn(usize, &Trajectory) -> f64) {
    let (all, path) = made(spec, 12);
    let own = series(&all, symbol);
    assert_eq!(own.rows, (0..13).collect::<Vec<_>>(), "{spec} {symbol}");
    for row in 1..13 {
        let (found, expected) = (own.sizes[row], expected(row, &path));
        let near = (found - expected).abs() <= 1e-12 * expected.abs();
        assert!(near, "{spec} {symbol} row {row}: {found}, not {expected}");
    }
}

fn theta(path: &Trajectory, row: usize) -> [f64; 2] {
    path.theta(row).unwrap().try_into().unwrap()
}

/// ∇f = (x, 4 y).
fn gradient(path: &Trajectory, row: usize) -> [f64; 2] {
    let [x, y] = theta(path, row);
    [x, 4.0 * y]
}

/// Σ over the rows before `row` of weight(how many steps ago) · number, in both parameters, as a norm.
fn faded(path: &Trajectory, row: usize, decay: f64, number: fn(f64) -> f64) -> f64 {
    let mut sum = [0.0; 2];
    for before in 0..row {
        let g = gradient(path, before);
        for axis in 0..2 {
            sum[axis] = decay * sum[axis] + number(g[axis]);
        }
    }
    norm(&sum)
}

#[test]
fn steps_are_as_long_as_the_run_goes() {
    for spec in ["sgd:lr=0.1", "adam:lr=0.1", "lbfgs"] {
        check(spec, "Δθ", |row, path| {
            let [to, from] = [row, row - 1].map(|row| theta(path, row));
            norm(&[to[0] - from[0], to[1] - from[1]])
        });
    }
    let (all, _) = made("sgd:lr=0.1", 12);
    assert_eq!(all.len(), 1, "nothing else is carried");
    assert!(all[0].sizes[0].is_nan(), "no step leads to the start");
}

#[test]
fn the_velocity_of_momentum_is_the_faded_sum_of_gradients() {
    check("sgd:lr=0.05,momentum=0.9", "v", |row, path| {
        faded(path, row, 0.9, |g| g)
    });
}

#[test]
fn adams_moments_are_faded_means_of_gradients_and_of_their_squares() {
    check("adam:lr=0.1,beta1=0.8,beta2=0.95", "m", |row, path| {
        0.2 * faded(path, row, 0.8, |g| g)
    });
    check("adam:lr=0.1,beta1=0.8,beta2=0.95", "v", |row, path| {
        0.05 * faded(path, row, 0.95, |g| g * g)
    });
}

#[test]
fn sams_ascent_point_is_rho_away_from_where_the_step_began() {
    check("sgd:lr=0.05+sam:rho=0.3", "â", |_, _| 0.3);
}

#[test]
fn the_first_simplex_of_nelder_mead_is_as_wide_as_its_learning_rate() {
    let (all, _) = made("nelder-mead:lr=0.5", 40);
    let simplex = series(&all, "P");
    assert!(simplex.sizes[0].is_nan() && simplex.kind == OptimizerStateKind::Places);
    let first = simplex.sizes[1];
    assert!((0.4..2.0).contains(&first), "{first}");
    assert!(simplex.sizes[40] < 1e-2 * first, "it closes on the minimum");
}

#[test]
fn averages_and_covariances_are_measured_as_said() {
    check("sgd:lr=0.1+ema:decay=0.5", "a", |row, path| {
        let mut average = theta(path, 1);
        for step in 2..=row {
            let theta = theta(path, step);
            for axis in 0..2 {
                average[axis] += 0.5 * (theta[axis] - average[axis]);
            }
        }
        let theta = theta(path, row);
        norm(&[average[0] - theta[0], average[1] - theta[1]])
    });
    let (all, _) = made("cma-es:lr=0.5", 3);
    let spread = series(&all, "σ² C");
    let expected = (2.0 * 0.25_f64).sqrt();
    assert!((spread.sizes[0] - expected).abs() < 1e-15, "σ² C = I / 4");
    assert!(series(&all, "σ").sizes[0] == 0.5 && series(&all, "P").sizes[0].is_nan());
}

#[test]
fn whatever_the_rule_each_thing_has_a_size_at_each_row() {
    let around = AnyWrapper::all().into_iter().map(Some);
    let wrappers: Vec<_> = std::iter::once(None).chain(around).collect();
    let never = Cancel::default();
    for landscape in [
        "rosenbrock",
        "formula:f=ln(x)+y^2",
        "parabola",
        "regression",
    ] {
        let landscape: AnyLandscape = landscape.parse().unwrap();
        let problem = landscape.as_dyn().load(&NoFiles).unwrap();
        let objective = &*problem.objective;
        let start = &START[..objective.dim()];
        for optimizer in AnyOptimizer::all() {
            if optimizer.as_dyn().unsupported_reason(objective).is_some() {
                continue;
            }
            for wrapper in &wrappers {
                let mut spec = RunSpec::new(optimizer.clone());
                spec.wrappers.extend(wrapper.clone());
                let run_settings = run_settings(9);
                let all = state_history(objective, start, &spec, &run_settings, &never).unwrap();
                let path = run(objective, start, &spec, &run_settings, &never).unwrap();
                for own in &all {
                    let rows: Vec<usize> = (0..path.len()).collect();
                    assert_eq!(own.rows, rows, "{spec} {}", own.symbol);
                    assert_eq!(own.sizes.len(), rows.len(), "{spec} {}", own.symbol);
                    let kind = own.kind;
                    let signed = kind == OptimizerStateKind::Number;
                    let fine = |size: &f64| signed || size.is_nan() || *size >= 0.0;
                    assert!(own.sizes.iter().all(fine), "{spec} {}", own.symbol);
                }
            }
        }
    }
}

/// The last row of a run is its last step, also where the recording interval does not divide the steps.
#[test]
fn the_state_of_the_last_row_is_that_of_the_last_step() {
    let landscape: AnyLandscape = "quadratic:a=1,b=4".parse().unwrap();
    let problem = landscape.as_dyn().load(&NoFiles).unwrap();
    let (spec, never): (RunSpec, _) = ("adam:lr=0.1".parse().unwrap(), Cancel::default());
    let history = |record_every| {
        let run_settings = RunSettings {
            record_every,
            ..run_settings(10)
        };
        state_history(&*problem.objective, &START, &spec, &run_settings, &never).unwrap()
    };
    let (every_step, every_fourth) = (history(1), history(4));
    for (dense, sparse) in every_step.iter().zip(&every_fourth) {
        assert_eq!(sparse.sizes.len(), 4, "{}", dense.symbol);
        for (size, step) in sparse.sizes.iter().zip([0, 4, 8, 10]) {
            let same = size.to_bits() == dense.sizes[step].to_bits();
            assert!(same, "{} at step {step}", dense.symbol);
        }
    }
}

#[test]
fn what_is_cancelled_has_no_answer() {
    let landscape: AnyLandscape = "quadratic".parse().unwrap();
    let problem = landscape.as_dyn().load(&NoFiles).unwrap();
    let cancel = Cancel::default();
    cancel.cancel();
    let spec = "adam".parse().unwrap();
    let all = state_history(
        &*problem.objective,
        &START,
        &spec,
        &run_settings(9),
        &cancel,
    );
    assert_eq!(all, None);
}

#[test]
fn long_runs_keep_their_peaks_and_take_no_more_memory() {
    let size = |size| OptimizerStateSize {
        symbol: "v",
        name: "velocity",
        kind: OptimizerStateKind::Direction,
        size,
    };
    let mut record = OptimizerStateRecord::default();
    record.push(&[]);
    for row in 1..100_000 {
        record.push(&[size(match row {
            54_321 => 9.0,
            12_345 => -9.0,
            77_777 => f64::NAN,
            _ => 1.0,
        })]);
    }
    record.push(&[]);
    let all = record.finish();
    let [own] = &all[..] else { panic!("{all:?}") };
    assert!(own.rows.len() <= 4 * MAX_SEGMENTS && own.rows.is_sorted());
    let at = |row: usize| own.rows.binary_search(&row).map(|place| own.sizes[place]);
    assert_eq!((at(54_321), at(12_345)), (Ok(9.0), Ok(-9.0)));
    assert!(at(0).unwrap().is_nan() && at(100_000).unwrap().is_nan());
}

#[test]
fn short_runs_keep_every_row() {
    let mut thin = Decimated::default();
    (0..2 * MAX_SEGMENTS).for_each(|row| thin.push(real(row % 7)));
    let (rows, sizes) = thin.finish();
    assert_eq!(rows, (0..2 * MAX_SEGMENTS).collect::<Vec<_>>());
    assert!(
        rows.iter()
            .zip(sizes)
            .all(|(row, size)| size == real(row % 7))
    );
}
