use super::refine::distance;
use super::*;
use crate::engine::files::NoFiles;
use crate::engine::landscape::{AnyLandscape, LoadedLandscape};
use crate::engine::objective::GradientSettings;

fn problem(landscape: &str) -> LoadedLandscape {
    landscape
        .parse::<AnyLandscape>()
        .unwrap()
        .as_dyn()
        .load(&NoFiles)
        .unwrap()
}

fn basins(
    problem: &LoadedLandscape,
    run: &str,
    steps: u64,
    side: usize,
    gradient_settings: GradientSettings,
) -> Basins {
    let spec = run.parse().unwrap();
    let query = BasinQuery {
        objective: &*problem.objective,
        known: &problem.minima,
        spec: &spec,
        run_settings: RunSettings {
            steps,
            gradient_settings,
            tolerance: None,
            record_every: 1,
        },
        window: problem.view,
    };
    let never = Cancel::default();
    let coarse = query
        .compute(side / 2, None, &AtomicUsize::new(0), &never)
        .unwrap();
    query
        .compute(side, Some(&coarse), &AtomicUsize::new(0), &never)
        .unwrap()
}

fn shares(basins: &Basins) -> Vec<f64> {
    (0..basins.minima.len())
        .map(|index| basins.share(BasinLabel::Converges(u16::try_from(index).unwrap())))
        .collect()
}

#[test]
fn himmelblaus_four_minima_share_the_plane() {
    let basins = basins(
        &problem("himmelblau"),
        "sgd:lr=0.005",
        500,
        40,
        GradientSettings::default(),
    );
    assert_eq!(basins.minima.len(), 4, "{:?}", basins.minima);
    assert!(
        shares(&basins).iter().all(|share| *share > 0.15),
        "{:?}",
        shares(&basins)
    );
    assert!(shares(&basins).iter().sum::<f64>() > 0.99);
    let at = basins.nearest([3.1, 2.1]).unwrap();
    assert_eq!(at.label, BasinLabel::Converges(0));
    assert!(
        at.steps < basins.nearest([0.1, -0.8]).unwrap().steps,
        "nearer starts take fewer steps"
    );
}

#[test]
fn each_start_has_the_label_of_its_single_run() {
    let problem = problem("styblinski-tang");
    for run in ["sgd:lr=0.04,momentum=0.5", "adam:lr=0.3", "lbfgs"] {
        let basins = basins(&problem, run, 60, 12, GradientSettings::default());
        for (index, cell) in basins.cells.iter().enumerate() {
            let start = basins.start(index % 12, index / 12);
            let run_settings = RunSettings {
                steps: 60,
                gradient_settings: GradientSettings::default(),
                tolerance: Some(TOLERANCE),
                record_every: 1,
            };
            let spec = run.parse().unwrap();
            let alone = training::run(
                &*problem.objective,
                &start,
                &spec,
                &run_settings,
                &Cancel::default(),
            )
            .unwrap();
            match (alone.outcome, cell.label) {
                (Outcome::Diverged(step, _), label) => {
                    assert_eq!(
                        (label, u64::from(cell.steps)),
                        (BasinLabel::Diverges, step),
                        "{run} from {start:?}"
                    );
                }
                (outcome, BasinLabel::Converges(minimum)) => {
                    let end = alone.theta(usize::MAX).unwrap();
                    let minimum = basins.minima[usize::from(minimum)].mark.at;
                    assert!(
                        distance(minimum, [end[0], end[1]]) < 0.6,
                        "{run} from {start:?}"
                    );
                    let steps = if let Outcome::Converged(step) = outcome {
                        step
                    } else {
                        60
                    };
                    assert_eq!(u64::from(cell.steps), steps, "{run} from {start:?}");
                }
                (_, label) => assert_eq!(label, BasinLabel::Undecided),
            }
        }
    }
}

#[test]
fn diverging_and_undecided_starts_have_their_own_labels() {
    let runs_away = basins(
        &problem("saddle"),
        "sgd:lr=0.1",
        500,
        16,
        GradientSettings::default(),
    );
    assert!(
        runs_away.share(BasinLabel::Diverges) > 0.9,
        "{:?}",
        runs_away.share(BasinLabel::Diverges)
    );
    assert!(runs_away.minima.is_empty());
    let too_short = basins(
        &problem("booth"),
        "sgd:lr=1e-4",
        3,
        16,
        GradientSettings::default(),
    );
    assert!(
        too_short.share(BasinLabel::Converges(0)) > 0.0
            || too_short.share(BasinLabel::Undecided) > 0.9
    );
    let plain = basins(
        &problem("formula:f=0*x"),
        "sgd:lr=0.1",
        5,
        8,
        GradientSettings::default(),
    );
    assert_eq!(plain.share(BasinLabel::Undecided), 1.0);
}

#[test]
fn the_search_ends_where_there_is_no_minimum() {
    for f in [
        "x", "y", "10*y", "-1e6*x", "1e300*x", "1e-300*y", "x^3-y", "-x^4", "1/x", "ln(x)",
    ] {
        for run in ["sgd:lr=0.1", "newton", "nelder-mead"] {
            let problem = problem(&format!("formula:f={f}"));
            let basins = basins(&problem, run, 10, 6, GradientSettings::default());
            assert!(basins.minima.is_empty(), "{f} {run}: {:?}", basins.minima);
        }
    }
}

#[test]
fn a_valley_floor_counts_as_one_minimum() {
    let basins = basins(
        &problem("edge-of-stability"),
        "sgd:lr=0.01",
        500,
        24,
        GradientSettings::default(),
    );
    assert!(basins.minima.len() <= 5, "{:?}", basins.minima);
}

#[test]
fn separate_valley_floors_of_one_height_are_several_minima() {
    let found = |formula: &str| {
        let problem = problem(&format!("formula:f={formula}"));
        basins(
            &problem,
            "adam:lr=0.1",
            300,
            12,
            GradientSettings::default(),
        )
    };
    for (formula, expected) in [
        ("(x^2-4)^2", 2),
        ("(x*y-3)^2", 2),
        ("(x^2+y^2-4)^2", 1),
        ("(y-sin(x))^2", 1),
        // Two of them outside of the window.
        ("sin(x)^2", 5),
    ] {
        let minima = found(formula).minima;
        assert_eq!(minima.len(), expected, "{formula}: {minima:?}");
    }
    for formula in ["1e-3*(x^2-4)^2", "1e3*(x^2-4)^2"] {
        let basins = found(formula);
        for (index, cell) in basins.cells.iter().enumerate() {
            let [x, y] = basins.start(index % 12, index / 12);
            if let BasinLabel::Converges(minimum) = cell.label {
                let at = basins.minima[usize::from(minimum)].mark.at;
                assert!(at[0] * x > 0.0, "{formula}: ({x}, {y}) came to {at:?}");
            }
        }
    }
}

#[test]
fn basins_with_and_without_noise_do_not_depend_on_threads() {
    let problem = problem("himmelblau");
    let noise = GradientSettings {
        noise: 0.5,
        ..GradientSettings::default()
    };
    let on = |threads: usize, gradient_settings| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        pool.install(|| basins(&problem, "sgd:lr=0.01", 100, 20, gradient_settings))
    };
    for gradient_settings in [GradientSettings::default(), noise] {
        assert_eq!(on(1, gradient_settings), on(4, gradient_settings));
    }
}

#[test]
fn cancelled_basins_are_none() {
    let (cancel, problem) = (Cancel::default(), problem("booth"));
    cancel.cancel();
    let spec = "sgd".parse().unwrap();
    let query = BasinQuery {
        objective: &*problem.objective,
        known: &[],
        spec: &spec,
        run_settings: RunSettings {
            steps: 10,
            gradient_settings: GradientSettings::default(),
            tolerance: None,
            record_every: 1,
        },
        window: problem.view,
    };
    assert_eq!(query.compute(8, None, &AtomicUsize::new(0), &cancel), None);
}
