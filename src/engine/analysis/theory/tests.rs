use super::*;
use crate::engine::cancel::Cancel;
use crate::engine::files::NoFiles;
use crate::engine::landscape::{AnyLandscape, LoadedLandscape};
use crate::engine::objective::GradientSettings;
use crate::engine::training;

fn load(landscape: &str) -> LoadedLandscape {
    let landscape: AnyLandscape = landscape.parse().unwrap();
    landscape.as_dyn().load(&NoFiles).unwrap()
}

fn settings(steps: u64, noise: f64, seed: u64) -> RunSettings {
    RunSettings {
        steps,
        gradient_settings: GradientSettings {
            seed,
            noise,
            ..GradientSettings::default()
        },
        tolerance: None,
        record_every: 1,
    }
}

fn run(problem: &LoadedLandscape, start: &[f64], spec: &str, settings: &RunSettings) -> Trajectory {
    let spec = spec.parse().unwrap();
    training::run(
        &*problem.objective,
        start,
        &spec,
        settings,
        &Cancel::default(),
    )
    .unwrap()
}

fn theory(problem: &LoadedLandscape, start: &[f64], spec: &str, s: &RunSettings) -> Option<Theory> {
    let bowl = Bowl::find(&*problem.objective, problem.view)?;
    bowl.theory(&*problem.objective, &spec.parse().unwrap(), s, start)
}

#[test]
fn bowls_have_their_minimum_and_eigenvalues() {
    let bowl = |landscape: &str| {
        let problem = load(landscape);
        Bowl::find(&*problem.objective, problem.view)
    };
    let near = |a: f64, b: f64| (a - b).abs() < 1e-9;
    let booth = bowl("booth").unwrap();
    assert!(
        near(booth.minimum[0], 1.0) && near(booth.minimum[1], 3.0),
        "{booth:?}"
    );
    assert!(near(booth.eigenvalues[0], 2.0) && near(booth.eigenvalues[1], 18.0));
    assert!(near(booth.floor, 0.0));
    let turned = bowl("quadratic:a=2,b=30,angle=25").unwrap();
    assert!(near(turned.eigenvalues[0], 2.0) && near(turned.eigenvalues[1], 30.0));
    let shifted = bowl("formula:f=(x-1)^2+3*(y+2)^2+7").unwrap();
    assert!(near(shifted.minimum[0], 1.0) && near(shifted.minimum[1], -2.0));
    assert!(near(shifted.floor, 7.0));
    let valley = bowl("formula:f=(x-y)^2").unwrap();
    assert!(near(valley.eigenvalues[0], 0.0) && near(valley.floor, 0.0));
    for other in [
        "rosenbrock",
        "saddle",
        "quadratic:a=-1,b=1",
        "absolute",
        "formula:f=x+y",
    ] {
        assert_eq!(bowl(other), None, "{other}");
    }
}

/// Goh 2017, κ = 10: the best rates of gradient descent and of momentum.
#[test]
fn rates_are_those_of_goh_and_of_runs() {
    let problem = load("quadratic:a=1,b=10");
    let start = [-4.0, 2.0];
    for (spec, expected) in [
        ("sgd:lr=0.18181818181818182", 0.818_182),
        ("sgd:lr=0.230886,momentum=0.269874", 0.519_494),
    ] {
        let theory = theory(&problem, &start, spec, &settings(60, 0.0, 0)).unwrap();
        assert!(
            (theory.rate - expected).abs() < 2e-3,
            "{spec}: {}",
            theory.rate
        );
    }
    for spec in [
        "sgd:lr=0.01",
        "sgd:lr=0.19",
        "sgd:lr=0.21",
        "sgd:lr=0.05,momentum=0.8",
        "sgd:lr=0.05,momentum=0.8,dampening=0.3",
        "sgd:lr=0.1,momentum=0.7,form=ema",
        "sgd:lr=0.05,momentum=0.7,form=polyak",
        "sgd:lr=0.05,momentum=0.8,nesterov=true",
        "sgd:lr=0.05,momentum=0.8,nesterov=true,form=ema",
        "sgd:lr=0.05,momentum=0.8,nesterov=true,form=polyak",
        "sgd:lr=0.05,momentum=0.8,nesterov=true,lookahead=true",
        "sgd:lr=0.05,momentum=0.8,nesterov=true,lookahead=true,form=polyak",
    ] {
        let settings = settings(400, 0.0, 0);
        let measured = measured_rate(&run(&problem, &start, spec, &settings), 0.0).unwrap();
        let theory = theory(&problem, &start, spec, &settings).unwrap().rate;
        assert!(
            (measured - theory).abs() < 0.01,
            "{spec}: {measured} measured, {theory} by theory"
        );
    }
    // Along an axis only its own curvature counts.
    let rate = theory(&problem, &[0.0, 2.0], "sgd:lr=0.09", &settings(9, 0.0, 0))
        .unwrap()
        .rate;
    assert!((rate - 0.1).abs() < 1e-12);
}

#[test]
fn losses_stay_below_the_bounds() {
    for (landscape, start) in [
        ("quadratic:a=1,b=10,angle=30", [-4.0, 2.0]),
        ("quadratic:a=0.01,b=1", [-4.0, 2.0]),
        ("booth", [-7.0, 5.0]),
        ("formula:f=(x-y)^2", [3.0, -1.0]),
        ("formula:f=(x-1)^2+3*(y+2)^2+7", [3.0, -1.0]),
    ] {
        let problem = load(landscape);
        let steepest = Bowl::find(&*problem.objective, problem.view)
            .unwrap()
            .lambda_max();
        for share in [0.1, 0.5, 1.0, 1.5, 1.9] {
            let spec = format!("sgd:lr={}", share / steepest);
            let settings = settings(200, 0.0, 0);
            let path = run(&problem, &start, &spec, &settings);
            let theory = theory(&problem, &start, &spec, &settings).unwrap();
            let names: Vec<&str> = theory.lines.iter().map(|line| line.name).collect();
            assert_eq!(names.contains(&"1/t bound"), share <= 1.0, "{names:?}");
            for line in &theory.lines {
                for (step, loss) in path.loss.iter().enumerate() {
                    let bound = line.value(step as u64);
                    assert!(
                        *loss <= bound * (1.0 + 1e-9) + 1e-12,
                        "{landscape} {spec}: {loss} above {} {bound} at {step}",
                        line.name
                    );
                }
            }
        }
    }
}

#[test]
fn noisy_runs_settle_at_the_noise_floor() {
    let problem = load("quadratic:a=1,b=10");
    for spec in [
        "sgd:lr=0.05",
        "sgd:lr=0.15",
        "sgd:lr=0.02,momentum=0.9",
        "sgd:lr=0.02,momentum=0.9,nesterov=true",
        "sgd:lr=0.1,momentum=0.9,form=ema",
    ] {
        let mut sum = 0.0;
        let mut count = 0.0;
        for seed in 0..4 {
            let path = run(&problem, &[1.0, 1.0], spec, &settings(20_000, 0.5, seed));
            for loss in &path.loss[2_000..] {
                sum += loss;
                count += 1.0;
            }
        }
        let theory = theory(&problem, &[1.0, 1.0], spec, &settings(20_000, 0.5, 0)).unwrap();
        let [floor] = &theory.lines[..] else {
            panic!("{:?}", theory.lines)
        };
        let (mean, floor) = (sum / count, floor.value(0));
        assert!(
            (mean / floor - 1.0).abs() < 0.06,
            "{spec}: {mean}, by theory {floor}"
        );
    }
}

#[test]
fn theory_is_silent_where_there_is_none() {
    let problem = load("quadratic");
    let plain = settings(100, 0.0, 0);
    for spec in [
        "adam",
        "sgd:lr=0.1,weight_decay=0.1",
        "sgd:lr=0.1,maximize=true",
        "sgd:lr=0.1@cosine",
        "sgd:lr=0.1+lookahead",
        "sgd:lr=0.1[y:lr=0.01]",
    ] {
        assert_eq!(theory(&problem, &[1.0, 1.0], spec, &plain), None, "{spec}");
    }
    let mut clipped = plain;
    clipped.gradient_settings.clip_norm = Some(1.0);
    assert_eq!(theory(&problem, &[1.0, 1.0], "sgd", &clipped), None);
    assert_eq!(
        theory(&problem, &[0.0, 0.0], "sgd", &plain),
        None,
        "it is there already"
    );
}

#[test]
fn measured_rates_end_where_losses_are_rounded() {
    let problem = load("formula:f=(x-1)^2+3*(y+2)^2+7");
    let path = run(
        &problem,
        &[3.0, -1.0],
        "sgd:lr=0.1",
        &settings(2_000, 0.0, 0),
    );
    let rate = measured_rate(&path, 7.0).unwrap();
    assert!((rate - 0.8).abs() < 0.02, "{rate}");
    let short = run(&problem, &[3.0, -1.0], "sgd:lr=0.1", &settings(3, 0.0, 0));
    assert_eq!(measured_rate(&short, 7.0), None);
}

fn convex(landscape: &str, start: [f64; 2]) -> (LoadedLandscape, ConvexFunction) {
    let parsed: AnyLandscape = landscape.parse().unwrap();
    let problem = load(landscape);
    let bounds = parsed.as_dyn().curvature_bounds(start).unwrap();
    let minimum = problem.minima[0];
    let convex = ConvexFunction {
        bounds,
        minimum: minimum.at,
        floor: minimum.value,
    };
    (problem, convex)
}

#[test]
fn curvature_of_convex_landscapes_is_within_its_bounds() {
    for (landscape, start) in [
        ("zakharov", [8.5, -3.5]),
        ("zakharov", [-1.0, 2.0]),
        ("heavy-ball-trap", [3.3, 0.0]),
    ] {
        let (problem, ConvexFunction { bounds, .. }) = convex(landscape, start);
        let objective = &*problem.objective;
        let dim = objective.dim();
        let height = objective.value(&start[..dim]);
        let mut largest = 0.0_f64;
        for i in -400..=400 {
            for j in -400..=400 {
                let at = [0.025 * f64::from(i), 0.025 * f64::from(j)];
                if objective.value(&at[..dim]) > height {
                    continue;
                }
                let [low, high] = super::super::curvature::extremes(objective, &at[..dim]);
                assert!(low >= bounds[0] - 1e-9, "{landscape}: {low} at {at:?}");
                assert!(high <= bounds[1] + 1e-9, "{landscape}: {high} at {at:?}");
                largest = largest.max(high);
            }
        }
        assert!(largest > 0.95 * bounds[1], "{landscape}: L is too large");
    }
}

#[test]
fn convex_losses_stay_below_the_bounds_and_have_the_rate() {
    for (landscape, start) in [
        ("zakharov", [8.5, -3.5]),
        ("zakharov", [-1.0, 2.0]),
        ("heavy-ball-trap", [3.3, 0.0]),
    ] {
        let (problem, convex) = convex(landscape, start);
        let start = &start[..problem.objective.dim()];
        for share in [0.1, 0.5, 1.0, 1.5, 1.9, 2.1] {
            let spec = format!("sgd:lr={}", share / convex.bounds[1]);
            let settings = settings(400, 0.0, 0);
            let theory = convex.theory(
                &*problem.objective,
                &spec.parse().unwrap(),
                &settings,
                start,
            );
            let Some(theory) = theory else {
                assert!(share > 2.0, "{landscape} {spec}");
                continue;
            };
            assert!(share < 2.0, "{landscape} {spec}");
            let names: Vec<&str> = theory.lines.iter().map(|line| line.name).collect();
            assert_eq!(names.contains(&"1/t bound"), share <= 1.0, "{names:?}");
            assert!(names.contains(&"strong convexity bound"), "{names:?}");
            let path = run(&problem, start, &spec, &settings);
            for line in &theory.lines {
                for (step, loss) in path.loss.iter().enumerate() {
                    let bound = line.value(step as u64);
                    assert!(
                        *loss <= bound * (1.0 + 1e-9) + 1e-12,
                        "{landscape} {spec}: {loss} above {} {bound} at {step}",
                        line.name
                    );
                }
            }
            if let Some(measured) = measured_rate(&path, theory.floor) {
                assert!(
                    (measured - theory.rate).abs() < 0.01,
                    "{landscape} {spec}: {measured} measured, {} by theory",
                    theory.rate
                );
            }
        }
    }
}

#[test]
fn convex_functions_have_no_bounds_where_their_conditions_do_not_hold() {
    let start = [-1.0, 2.0];
    let (problem, convex) = convex("zakharov", start);
    let plain = settings(100, 0.0, 0);
    let theory = |spec: &str, settings: &RunSettings| {
        let spec = spec.parse().unwrap();
        convex.theory(&*problem.objective, &spec, settings, &start)
    };
    assert!(theory("sgd:lr=0.001", &plain).is_some());
    for spec in [
        "adam",
        "sgd:lr=0.001,momentum=0.9",
        "sgd:lr=0.001,weight_decay=0.1",
        "sgd:lr=0.001@cosine",
        "sgd:lr=0.001+lookahead",
    ] {
        assert_eq!(theory(spec, &plain), None, "{spec}");
    }
    assert_eq!(theory("sgd:lr=0.001", &settings(100, 1.0, 0)), None);
    let mut clipped = plain;
    clipped.gradient_settings.clip_value = Some(1.0);
    assert_eq!(theory("sgd:lr=0.001", &clipped), None);
}

#[test]
fn mini_batches_hold_regression_at_their_noise_floor() {
    let problem = load("regression");
    let start = problem.minima[0].at;
    for (spec, batch) in [
        ("sgd:lr=0.02", 4),
        ("sgd:lr=0.004", 4),
        ("sgd:lr=0.02", 16),
        ("sgd:lr=0.004", 1),
        ("sgd:lr=0.004,momentum=0.8", 8),
        ("sgd:lr=0.004,momentum=0.8,nesterov=true,lookahead=true", 7),
        ("sgd:lr=0.02,momentum=0.8,form=ema", 8),
    ] {
        let batched = |seed: u64| {
            let mut settings = settings(30_000, 0.0, seed);
            settings.gradient_settings.batch = Some(batch);
            settings
        };
        let theory = theory(&problem, &start, spec, &batched(0)).unwrap();
        let [line] = &theory.lines[..] else {
            panic!("{spec}: {:?}", theory.lines)
        };
        assert!(theory.is_noisy && line.name == "noise floor");
        let floor = problem.minima[0].value;
        let (mut sum, mut count) = (0.0, 0.0);
        for seed in 0..3 {
            let path = run(&problem, &start, spec, &batched(seed));
            for loss in &path.loss[3000..] {
                sum += loss - floor;
                count += 1.0;
            }
        }
        let (mean, level) = (sum / count, line.value(0) - floor);
        assert!(
            (mean / level - 1.0).abs() < 0.1,
            "{spec}, batch {batch}: {mean}, by theory {level}"
        );
    }
    // All samples in a batch are no noise, and too large steps no level.
    let mut all = settings(100, 0.0, 0);
    all.gradient_settings.batch = Some(50);
    let found = theory(&problem, &[0.0, 0.0], "sgd:lr=0.02", &all).unwrap();
    assert!(!found.is_noisy);
    let mut one = settings(100, 0.0, 0);
    one.gradient_settings.batch = Some(1);
    let found = theory(&problem, &[0.0, 0.0], "sgd:lr=0.028", &one).unwrap();
    assert!(found.lines.is_empty(), "{:?}", found.lines);
}
