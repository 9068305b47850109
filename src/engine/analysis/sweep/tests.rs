use super::*;
use crate::engine::files::NoFiles;
use crate::engine::landscape::AnyLandscape;
use crate::engine::objective::plane::Rect;
use crate::engine::scene::{Problem, Scene};
use crate::engine::training::{Outcome, Reason};

struct Bench {
    scene: Scene,
    problem: Problem,
}

fn bench(landscape: &str, steps: u64) -> Bench {
    let mut scene = Scene::new(landscape.parse().unwrap());
    scene.training.steps = steps;
    let problem = scene.load(&NoFiles).unwrap();
    Bench { scene, problem }
}

impl Bench {
    fn with<T>(&self, goal: Option<f64>, work: impl FnOnce(&SweepContext) -> T) -> T {
        let (run_settings, cancel, done) = (self.scene.run_settings(), Cancel::default(), 0.into());
        work(&SweepContext {
            objective: &*self.problem.objective,
            start: self.scene.start_theta(),
            run_settings: &run_settings,
            goal,
            cancel: &cancel,
            done: &done,
        })
    }

    fn curves(&self, specs: &[&str], over: &str, goal: Option<f64>) -> Vec<SweepCurve> {
        let lines = swept_runs(&specs_of(specs), &over.parse().unwrap()).unwrap();
        self.with(goal, |setup| {
            let amount = run_count(&lines);
            let curves = run_curves(setup, lines).unwrap();
            assert_eq!(setup.done.load(Ordering::Relaxed), amount);
            curves
        })
    }

    fn map(&self, spec: &str, overs: [&str; 2]) -> SweepMap {
        let spec: RunSpec = spec.parse().unwrap();
        let [x, y] = overs.map(|over| over.parse().unwrap());
        let grids = grids(&spec, [&x, &y]).unwrap();
        self.with(None, |setup| run_map(setup, &spec, grids).unwrap())
    }

    fn limit(&self, spec: &str) -> Option<f64> {
        let steepest = quadratic_lambda_max(&*self.problem.objective, self.problem.view)?;
        lr_limit(&spec.parse().unwrap(), steepest, &self.scene.run_settings())
    }
}

pub(super) fn specs_of(specs: &[&str]) -> Vec<RunSpec> {
    specs.iter().map(|spec| spec.parse().unwrap()).collect()
}

#[test]
fn scores_are_those_of_single_runs() {
    let mut bench = bench("himmelblau", 80);
    bench.scene.training.noise = 0.3;
    bench.scene.training.clip_norm = Some(5.0);
    let specs = [
        "adam:lr=0.1@cosine",
        "sgd:lr=0.01,momentum=0.5",
        "lbfgs",
        "newton",
    ];
    let goal = 5.0;
    for curve in bench.curves(&specs, "lr=1e-3..3:log:12", Some(goal)) {
        for (index, score) in curve.scores.iter().chain([&curve.current]).enumerate() {
            let spec = curve.spec(index);
            let run_settings = bench.scene.run_settings();
            let whole = training::run(
                &*bench.problem.objective,
                bench.scene.start_theta(),
                &spec,
                &run_settings,
                &Cancel::default(),
            )
            .unwrap();
            assert_eq!(score.outcome, whole.outcome, "{spec}");
            let Some(last) = whole.loss.last() else {
                continue;
            };
            assert_eq!(score.loss.to_bits(), last.to_bits(), "{spec}");
            let lowest = whole.loss.iter().copied().fold(f64::INFINITY, f64::min);
            assert_eq!(score.best.to_bits(), lowest.to_bits(), "{spec}");
            let reached = whole.loss.iter().position(|loss| *loss <= goal);
            assert_eq!(score.goal_step, reached.map(|step| step as u64), "{spec}");
            if score.diverged().is_some() {
                assert!(
                    SweepMetric::ALL
                        .iter()
                        .all(|measure| score.value(*measure).is_none())
                );
            }
        }
        assert_eq!(
            curve.spec(12),
            curve.line.spec,
            "the index after the last value is the unchanged run"
        );
    }
}

#[test]
fn the_robust_best_value_keeps_its_distance_from_divergence() {
    let bench = bench("quadratic:a=1,b=1", 40);
    let curves = bench.curves(&["sgd"], "lr=0.01..4:log:60", None);
    let (curve, metric) = (&curves[0], SweepMetric::Final);
    let lr = |index: usize| curve.line.grid.number(index).unwrap();
    let first_diverged = curve
        .scores
        .iter()
        .position(|score| score.diverged().is_some());
    let robust = curve.robust_best(metric).unwrap();
    assert!(
        robust + 3 < first_diverged.unwrap(),
        "three neighbours on each side have a score"
    );
    let near = curve.scores[robust - 3..=robust + 3].iter();
    let worst = near
        .map(|score| score.value(metric).unwrap())
        .fold(0.0, f64::max);
    for index in 3..first_diverged.unwrap() - 3 {
        let near = curve.scores[index - 3..=index + 3].iter();
        let other = near
            .map(|score| score.value(metric).unwrap())
            .fold(0.0, f64::max);
        assert!(worst <= other, "lr {} and {}", lr(robust), lr(index));
    }
    let all = bench.curves(&["sgd"], "lr=1000,2000,3000", None);
    assert_eq!(all[0].robust_best(metric), None);
}

#[test]
fn runs_without_the_setting_are_left_out() {
    let curves =
        bench("booth", 5).curves(&["sgd", "adam", "newton", "adamw"], "beta1=0.5,0.9", None);
    let runs: Vec<usize> = curves.iter().map(|curve| curve.line.run).collect();
    assert_eq!(runs, [1, 3]);
}

#[test]
fn sweeps_do_not_depend_on_the_number_of_threads() {
    let bench = bench("rosenbrock", 60);
    let specs = ["sgd:lr=0.001", "adam", "lbfgs"];
    let made = |threads| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        pool.install(|| {
            (
                bench.curves(&specs, "lr=1e-4..1:log:25", Some(1.0)),
                bench.map("adam", ["lr=1e-3..1:log:9", "beta1=0..0.99:7"]),
            )
        })
    };
    let one = made(1);
    assert!(made(2) == one && made(8) == one);
}

#[test]
fn a_map_has_the_scores_of_its_runs() {
    let bench = bench("quadratic:a=1,b=10", 50);
    let map = bench.map("sgd", ["lr=0.01..0.5:log:8", "momentum=0,0.5,0.9"]);
    assert_eq!(map.scores.len(), 24);
    for y in 0..3 {
        let rows = bench.curves(
            &[&format!("sgd:momentum={}", map.grids[1].text(y))],
            "lr=0.01..0.5:log:8",
            None,
        );
        for x in 0..8 {
            assert_eq!(map.score([x, y]), rows[0].scores.get(x));
            assert_eq!(map.spec([x, y]), rows[0].spec(x));
        }
    }
    assert_eq!(map.score([8, 0]), None);
    let winner = map.best(SweepMetric::Final).unwrap();
    let lowest = map
        .score(winner)
        .unwrap()
        .value(SweepMetric::Final)
        .unwrap();
    assert!(
        map.scores
            .iter()
            .filter_map(|score| score.value(SweepMetric::Final))
            .all(|value| value >= lowest)
    );
}

#[test]
fn the_first_of_several_best_values_wins_and_diverged_runs_do_not_count() {
    let score = |loss, outcome| Score {
        loss,
        best: loss,
        goal_step: None,
        outcome,
    };
    let scores = [
        score(0.5, Outcome::Diverged(3, Reason::LossNotFinite)),
        score(2.0, Outcome::Finished),
        score(1.0, Outcome::Finished),
        score(1.0, Outcome::Converged(2)),
        score(f64::INFINITY, Outcome::Finished),
    ];
    assert_eq!(best(&scores, SweepMetric::Final), Some(2));
    assert_eq!(best(&scores[..1], SweepMetric::Final), None);
    assert_eq!(best(&scores, SweepMetric::Steps), None);
    let curves = bench("formula:f=ln(x)", 3).curves(&["sgd"], "lr=0.1,0.2", None);
    assert_eq!(curves[0].best(SweepMetric::Best), None);
}

#[test]
fn divergence_begins_at_the_predicted_learning_rate() {
    let bench = bench("quadratic:a=1,b=10", 6000);
    for (spec, expected) in [
        ("sgd", 0.2),
        ("sgd:momentum=0.9", 0.38),
        ("sgd:momentum=0.5,nesterov=true", 0.15),
        ("sgd:momentum=0.9,dampening=0.9", 3.8),
        ("sgd:weight_decay=2", 2.0 / 12.0),
    ] {
        let limit = bench.limit(spec).unwrap();
        assert!((limit / expected - 1.0).abs() < 1e-12, "{spec}: {limit}");
        let over = format!("lr={}..{}:linear:41", 0.95 * expected, 1.05 * expected);
        let curve = &bench.curves(&[spec], &over, None)[0];
        let first = curve
            .scores
            .iter()
            .position(|score| score.diverged().is_some())
            .unwrap();
        assert!(
            curve.scores[first..]
                .iter()
                .all(|score| score.diverged().is_some())
        );
        let (at, step) = (curve.line.grid.number(first).unwrap(), 0.0025 * expected);
        assert!(
            (limit..=limit + 2.5 * step).contains(&at),
            "{spec}: {at}, limit {limit}"
        );
    }
    // The limit itself is the last that is stable, to the last bit.
    assert_eq!(bench.limit("sgd"), Some(0.2));
}

/// α* = 2 / (λ₁ + λ₂) of gradient descent; α* and β* of heavy ball, Polyak 1964.
#[test]
fn the_best_learning_rates_are_the_published_optima() {
    // After T steps the loss is ½ (16 (1 − α)²ᵀ + 40 (1 − 10 α)²ᵀ), lowest where its two slopes cancel; α* for many steps.
    let lowest = |steps: i32| {
        let ratio = (16.0_f64 / 400.0).powf(1.0 / f64::from(2 * steps - 1));
        (1.0 + ratio) / (10.0 + ratio)
    };
    assert!((lowest(1_000_000) - 2.0 / 11.0).abs() < 1e-6);
    let descent = bench("quadratic:a=1,b=10", 100);
    let curve = &descent.curves(&["sgd"], "lr=0.15..0.2:linear:501", None)[0];
    let best = curve
        .line
        .grid
        .number(curve.best(SweepMetric::Final).unwrap())
        .unwrap();
    assert!(
        (best - lowest(100)).abs() <= 1e-4,
        "{best}, not {}",
        lowest(100)
    );
    let fastest = curve.best(SweepMetric::Steps);
    assert_eq!(fastest, None, "there is no goal");

    let ball = bench("quadratic:a=1,b=10", 60);
    let map = ball.map(
        "sgd",
        ["lr=0.2..0.26:linear:61", "momentum=0.2..0.34:linear:71"],
    );
    let at = map.best(SweepMetric::Final).unwrap();
    let [alpha, beta] = [0, 1].map(|axis| map.grids[axis].number(at[axis]).unwrap());
    assert!(
        (alpha - 0.230_886).abs() < 0.01 && (beta - 0.269_874).abs() < 0.03,
        "{alpha} {beta}"
    );
}

#[test]
fn the_goal_is_reached_fastest_at_the_best_learning_rate() {
    let bench = bench("quadratic:a=1,b=10", 500);
    let curve = &bench.curves(&["sgd"], "lr=0.01..0.3:linear:291", Some(1e-6))[0];
    let at = curve.best(SweepMetric::Steps).unwrap();
    let best = curve.line.grid.number(at).unwrap();
    assert!((best - 2.0 / 11.0).abs() < 0.005, "{best}");
    let score = &curve.scores[at];
    assert_eq!(
        score.value(SweepMetric::Steps),
        score.goal_step.map(crate::engine::numeric::real)
    );
}

#[test]
fn only_quadratic_bowls_have_a_learning_rate_limit() {
    let lambda = |landscape: &str| {
        let problem = landscape
            .parse::<AnyLandscape>()
            .unwrap()
            .as_dyn()
            .load(&NoFiles)
            .unwrap();
        quadratic_lambda_max(&*problem.objective, problem.view)
    };
    for (landscape, expected) in [
        ("quadratic:a=1,b=10", 10.0),
        ("quadratic:a=1,b=10,angle=30", 10.0),
        ("booth", 18.0),
        ("formula:f=x^2+3*y^2", 6.0),
        ("quadratic:a=0,b=3", 3.0),
        ("formula-1d:f=3*x^2-x", 6.0),
        ("parabola", 2.0),
    ] {
        let found = lambda(landscape).unwrap();
        assert!(
            (found / expected - 1.0).abs() < 1e-9,
            "{landscape}: {found}"
        );
    }
    assert!(lambda("regression").is_some() && lambda("matyas").is_some());
    for landscape in [
        "formula-1d:f=cos(x)",
        "rosenbrock",
        "himmelblau",
        "rastrigin",
        "saddle",
        "quadratic:a=-1",
        "formula:f=x+y",
        "formula:f=sqrt(x)",
    ] {
        assert_eq!(lambda(landscape), None, "{landscape}");
    }
    let bench = bench("quadratic", 10);
    for spec in ["adam", "sgd@cosine", "sgd:maximize=true"] {
        assert_eq!(bench.limit(spec), None, "{spec}");
    }
    assert!(bench.limit("sgd@constant").is_some());
    assert_eq!(
        quadratic_lambda_max(&*bench.problem.objective, Rect::square(1.0)),
        Some(10.0)
    );
}

#[test]
fn a_sweep_can_be_cancelled() {
    let bench = bench("booth", 1_000_000);
    let lines = swept_runs(&specs_of(&["adam"]), &"lr".parse().unwrap()).unwrap();
    let done = bench.with(None, |setup| {
        setup.cancel.cancel();
        run_curves(setup, lines).is_none()
    });
    assert!(done);
}
