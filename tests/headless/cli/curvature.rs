//! Tests of `ravine curvature`.

use super::slice::{file, first};
use super::{Place, check, words};
use serde_json::Value;

/// Returns arguments for the network, data and weights of a PyTorch case.
fn network(more: &[&str]) -> Vec<String> {
    let args = first();
    let args = args.iter().skip(1).map(String::as_str);
    let all = ["curvature"]
        .into_iter()
        .chain(args)
        .chain(more.iter().copied());
    all.map(str::to_owned).collect()
}

fn report(place: &Place, args: &[&str]) -> Value {
    serde_json::from_str(&place.said(args)).unwrap()
}

fn network_report(place: &Place, more: &[&str]) -> Value {
    let args = network(&[more, &["--json"]].concat());
    report(place, &args.iter().map(String::as_str).collect::<Vec<_>>())
}

fn numbers(value: &Value) -> Vec<f64> {
    let list = value.as_array().unwrap().iter();
    list.map(|number| number.as_f64().unwrap()).collect()
}

#[test]
fn a_minimum_has_the_eigenvalues_of_its_hessian() {
    let place = Place::new();
    let at = ["curvature", "--landscape", "rosenbrock", "--at=1,1"];
    let json = report(&place, &[&at[..], &["--trace", "--json"]].concat());
    let near = |found: &Value, expected: f64| {
        let found = found.as_f64().unwrap();
        assert!((found - expected).abs() < 1e-9, "{found} {expected}");
    };
    near(&json["top"][0], 501.0 + (251_001.0_f64 - 400.0).sqrt());
    near(&json["trace"], 1002.0);
    near(&json["sharpness"]["sam"], 0.0);
    assert_eq!((&json["dim"], &json["exact"]), (&2.into(), &true.into()));
    assert!(json.get("density").is_none() && json.get("layers").is_none());
    let words = place.said(&at);
    assert!(
        words.starts_with("rosenbrock: Hessian of 2 parameters, all eigenvalues"),
        "{words}"
    );
    assert!(words.contains("condition number"), "{words}");
}

#[test]
fn the_spectrum_of_a_network_is_consistent() {
    let place = Place::new();
    let exact = network_report(&place, &["--trace", "--density", "--layers", "--top", "3"]);
    let ends = network_report(&place, &["--top", "3", "--tolerance", "1e-12"]);
    assert_eq!(
        (&exact["exact"], &ends["exact"]),
        (&true.into(), &false.into())
    );
    let [all, some] = [&exact, &ends].map(|json| numbers(&json["top"]));
    assert_eq!(all.len(), 3);
    for (all, some) in all.iter().zip(&some) {
        assert!((all - some).abs() < 1e-9 * all.abs(), "{all} {some}");
    }
    let density = &exact["density"];
    let [lambda, height] = ["lambda", "density"].map(|column| numbers(&density[column]));
    let whole: f64 = height
        .iter()
        .map(|height| height * (lambda[1] - lambda[0]))
        .sum();
    assert!((whole - 1.0).abs() < 1e-3, "{whole}");
    let layers = exact["layers"].as_array().unwrap().iter();
    let sum: f64 = layers.map(|layer| layer["trace"].as_f64().unwrap()).sum();
    assert!((sum - exact["trace"].as_f64().unwrap()).abs() < 1e-9);
    let fisher = network_report(&place, &["--matrix", "gauss-newton", "--trace"]);
    assert!(fisher["bottom"][0].as_f64().unwrap() > -1e-12);
    assert_eq!(fisher["sharpness"]["sam"], exact["sharpness"]["sam"]);
    for name in ["s.csv", "s.png", "s.svg"] {
        let args = network(&["-o", name]);
        place.said(&args.iter().map(String::as_str).collect::<Vec<_>>());
    }
    assert!(place.read("s.csv").starts_with("lambda,density,error\n"));
    assert!(place.read("s.svg").contains("density of eigenvalues"));
}

#[test]
fn rescaling_makes_the_same_function_sharper() {
    let place = Place::new();
    let args = words(
        "train --network mlp:hidden=8,activation=relu,loss=bce --data moons:samples=40 --run sgd:lr=0.5 --steps 50 -o w.safetensors",
    );
    place.said(&args);
    let args = words(
        "curvature --network mlp:hidden=8,activation=relu,loss=bce --data moons:samples=40 --weights w.safetensors --rescale 0.05 --json",
    );
    let json = report(&place, &args);
    let rescaled = &json["rescaled"];
    assert_eq!(
        (&rescaled["alpha"], &rescaled["layer"]),
        (&0.05.into(), &0.into())
    );
    let pair = |name: &str| [&json, rescaled].map(|of| of["sharpness"][name].as_f64().unwrap());
    let [flat, sharp] = pair("lambda_max");
    assert!(sharp > 50.0 * flat, "{flat} {sharp}");
    for name in ["adaptive", "adaptive_lambda_max"] {
        let [one, other] = pair(name);
        assert!(
            (one - other).abs() < 1e-8 * one.abs(),
            "{name}: {one} {other}"
        );
    }
    let words = place.said(&args[..args.len() - 1]);
    assert!(words.contains("layer 0 × 0.05, 1 ÷ 0.05"), "{words}");
}

#[test]
fn invalid_curvature_arguments_are_refused() {
    check(
        &[],
        &["curvature"],
        "refused: no network or landscape is given; expected --network, --data and --weights, or --landscape and --at",
    );
    check(
        &[],
        &["curvature", "--landscape", "rosenbrock"],
        "refused: the point on the landscape is missing; expected --at, like --at=1,1",
    );
    check(
        &[],
        &["curvature", "--landscape", "rosenbrock", "--at=1"],
        "refused: --at cannot be `1`; expected two numbers, like --at=-1.5,2",
    );
    check(
        &[],
        &words("curvature --landscape rosenbrock --at=1,1 --rescale 2"),
        "refused: --rescale needs a network; expected --network",
    );
    check(
        &[],
        &words("curvature --landscape rosenbrock --at=1,1 --layer 2"),
        "refused: --layer needs --rescale; add --rescale α",
    );
    check(
        &[],
        &["curvature", "--landscape", "rosenbrock", "--at=1e300,1"],
        "refused: the loss is inf at these parameters",
    );
    check(
        &[],
        &words("curvature --landscape beale --at=1,1 --matrix gauss-newton"),
        "refused: --matrix gauss-newton needs the loss of a model on data; expected hessian",
    );
    let place = Place::new();
    let (code, _, stderr) = place.run(&words("curvature --landscape beale --at=1,1 --top 0"));
    assert_eq!(code, Some(2));
    assert!(stderr.starts_with("ravine: --top"), "{stderr}");
    let weights = file("relu.safetensors");
    let args = [
        "curvature",
        "--network",
        "mlp:hidden=7,loss=bce",
        "--data",
        "moons",
        "--weights",
        &weights,
    ];
    let (code, _, stderr) = place.run(&args);
    assert!(
        code == Some(2) && stderr.contains("layers.0.weight"),
        "{stderr}"
    );
    let (code, ..) = place.run(&["curvature", "--network", "mlp", "--weights", &weights]);
    assert_eq!(code, Some(2), "--data is missing");
}

/// Returns the rows of a CSV file as numbers.
fn rows(csv: &str) -> Vec<Vec<f64>> {
    let line = |line: &str| {
        let cells = line
            // Without the number of the run, and without seed, outcome, name and spec.
            .split(',')
            .skip(1)
            .take(6);
        cells.map(|cell| cell.parse().unwrap()).collect()
    };
    csv.lines().skip(1).map(line).collect()
}

/// Cohen et al. 2021: full-batch gradient descent increases the sharpness of a small tanh network to 2/lr and stays there.
#[test]
fn gradient_descent_trains_at_the_edge_of_stability() {
    let place = Place::new();
    place.said(&words("train --network mlp:hidden=16/16,activation=tanh,loss=mse --data sine:samples=40,noise=0 --run sgd:lr=0.1 --steps 2000 -o w.safetensors --sharpness s.csv"));
    let csv = place.read("s.csv");
    assert!(csv.starts_with("run,step,loss,lambda_max,limit,preconditioned_lambda_max,preconditioned_limit,seed,outcome,name,spec\n1,0,"), "{csv}");
    let rows = rows(&csv);
    assert_eq!((rows.len(), rows[0][3]), (101, 20.0));
    assert!(rows[0][2] < 10.0, "it begins below");
    let late = &rows[60..];
    let mean = late.iter().map(|row| row[2]).sum::<f64>() / 41.0;
    assert!((mean / 20.0 - 1.0).abs() < 0.05, "{mean}");
    assert!(
        late.last().unwrap()[1] < 0.5 * rows[0][1],
        "the loss falls all the same"
    );
    assert!(rows[50][4].is_nan() && rows[50][5].is_nan());
}

/// The claim of `ravine curvature --help` on SAM: where it has converged, all sharpness measures are smaller.
#[test]
fn sam_ends_flatter_than_gradient_descent_by_every_measure() {
    let place = Place::new();
    let network =
        words("--network mlp:hidden=16/16,activation=tanh,loss=bce --data moons:noise=0.2");
    let runs = [
        "--run",
        "sgd:lr=0.5",
        "--run",
        "sgd:lr=0.5+sam:rho=0.2",
        "--steps",
        "2000",
        "-o",
        "w-{}.safetensors",
    ];
    place.said(&[&["train"], &network[..], &runs[..]].concat());
    let [sgd, sam] = ["w-1.safetensors", "w-2.safetensors"].map(|weights| {
        report(
            &place,
            &[
                &["curvature"],
                &network[..],
                &["--weights", weights, "--trace", "--json"],
            ]
            .concat(),
        )
    });
    for name in words("lambda_max sam keskar average adaptive adaptive_lambda_max") {
        let [sharp, flat] = [&sgd, &sam].map(|json| json["sharpness"][name].as_f64().unwrap());
        assert!(flat < 0.7 * sharp, "{name}: {flat} {sharp}");
    }
    let [sharp, flat] = [&sgd, &sam].map(|json| json["trace"].as_f64().unwrap());
    assert!(flat < 0.5 * sharp, "trace: {flat} {sharp}");
}

#[test]
fn curvature_needs_a_finite_loss_and_reports_infinite_derivatives() {
    // formula | point | a part of the output, or of the refusal
    for line in "
        ln(x)+y^2 | -1,0 | refused: the loss is NaN at these parameters
        ln(x)+y^2 | 0,0 | refused: the loss is -inf
        1/x | 0,1 | refused: expected parameters where the loss
        sqrt(x)+y^2 | 0,1 | refused: the curvature is not finite
        exp(x)+y^2 | 1000,1 | refused: the loss is inf
        0*x | 1,1 | condition number     infinite
        y | 1,1 | condition number     infinite
        x^2+0*y | 1,1 | condition number     infinite
        (x+y)^2 | 1,-1 | condition number     infinite
        x^2+4*y^2 | 1,1 | condition number     4
        x^2-3 | 0,0 | keskar               unknown"
        .trim()
        .lines()
    {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let (formula, at) = (
            format!("formula:f={}", cells[0]),
            format!("--at={}", cells[1]),
        );
        check(&[], &["curvature", "--landscape", &formula, &at], cells[2]);
    }
    let place = Place::new();
    let args = words("curvature --landscape formula:f=0*x --at=1,1 --json -o d.csv");
    let told = place.json(&args);
    assert_eq!(told["condition"], "infinite");
    let rows = place.read("d.csv");
    let rows = rows.lines().skip(1).map(|row| {
        let cells = row.split(',').map(|cell| cell.parse::<f64>().unwrap());
        let cells: Vec<f64> = cells.collect();
        assert!(cells.iter().all(|number| number.is_finite()), "{row}");
        [cells[0], cells[1]]
    });
    let rows: Vec<[f64; 2]> = rows.collect();
    let step = rows[1][0] - rows[0][0];
    let mass: f64 = rows.iter().map(|[_, density]| density * step).sum();
    assert!((mass - 1.0).abs() < 1e-4, "{mass}");
    place.said(&words(
        "curvature --landscape formula:f=0*x --at=1,1 -o d.svg",
    ));
}
