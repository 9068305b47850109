//! Tests of `ravine trace`: columns, exact numbers, flags.

use super::{Place, check, words};
use serde_json::Value;
use std::fs;
use std::io::Read;
use std::process::Stdio;

/// Returns the bits of a run's rows.
fn rows(json: &Value, run: usize) -> Vec<Vec<u64>> {
    let rows = json["runs"][run]["rows"].as_array().unwrap();
    let bits = |row: &Value| -> Vec<u64> {
        let cells = row.as_array().unwrap().iter();
        cells.map(|cell| cell.as_f64().unwrap().to_bits()).collect()
    };
    rows.iter().map(bits).collect()
}

const COLUMNS: [&str; 8] = [
    "step",
    "evaluations",
    "x",
    "y",
    "loss",
    "grad_norm",
    "lr",
    "cost",
];

#[test]
fn a_landscape_of_one_parameter_has_no_y() {
    let place = Place::new();
    let args = words("trace --landscape parabola --run sgd:lr=0.2 --steps 10");
    let with = |more: &[&str]| place.said(&[&args[..], more].concat());
    let csv = with(&["--format", "csv"]);
    assert!(
        csv.starts_with("run,step,evaluations,x,loss,grad_norm,lr,cost,seed,outcome,name,spec\n1,0,0,10.0,100.0,20.0,0.2,0.0,0,finished,SGD,sgd:lr=0.2\n"),
        "{csv}"
    );
    assert_eq!(csv.lines().count(), 12);
    assert_eq!(with(&["--start=-5"]), with(&["--start=-5,0"]));
    assert!(with(&["--start=-5", "--json"]).contains("\"start\":[-5.0]"));
    let listed = place.said(&["list", "parabola"]);
    assert!(
        listed.contains("f(x) = a x²\n    Domain: x from -12 to 12; starts at 10; minimum 0 at 0."),
        "{listed}"
    );
}

#[test]
fn trace_writes_the_engines_numbers_bit_by_bit() {
    use ravine::engine::cancel::Cancel;
    use ravine::engine::files::NoFiles;
    use ravine::engine::scene::Scene;
    use ravine::engine::training;
    let place = Place::new();
    let spec = "adam:lr=0.05,beta1=0.95@warmup:steps=10>cosine:t_max=90";
    let args = [
        "trace",
        "--landscape",
        "rosenbrock",
        "--start=-1.5,2",
        "--steps",
        "100",
        "--run",
        spec,
    ];
    let json = place.json(&args);
    let traced = &json["runs"][0];
    assert_eq!(traced["columns"], serde_json::json!(COLUMNS));
    assert_eq!(traced["outcome"], "finished");
    assert!(traced["diverged_at"].is_null() && traced["converged_at"].is_null());
    assert_eq!(
        traced["spec"],
        "adam:lr=0.05,beta1=0.95@warmup>cosine:t_max=90"
    );

    let mut scene = Scene::new("rosenbrock".parse().unwrap());
    scene.landscape_scene_mut().start = [-1.5, 2.0];
    scene.training.steps = 100;
    let problem = scene.load(&NoFiles).unwrap();
    let (spec, run_settings) = (spec.parse().unwrap(), scene.run_settings());
    let made = training::run(
        &*problem.objective,
        &scene.start(),
        &spec,
        &run_settings,
        &Cancel::default(),
    )
    .unwrap();
    let rows = rows(&json, 0);
    assert_eq!((rows.len(), made.len()), (101, 101));
    for (row, cells) in rows.iter().enumerate() {
        let (theta, evaluations) = (made.theta(row).unwrap(), made.evaluations[row]);
        let rest = [
            made.loss[row],
            made.grad_norm[row],
            made.lr[row],
            made.gradient_equivalents(row).unwrap(),
        ];
        let expected = [
            f64::from(u32::try_from(row).unwrap()),
            f64::from(u32::try_from(evaluations).unwrap()),
            theta[0],
            theta[1],
            rest[0],
            rest[1],
            rest[2],
            rest[3],
        ];
        assert_eq!(*cells, expected.map(f64::to_bits), "row {row}");
    }
}

#[test]
fn csv_and_json_have_equal_values() {
    let place = Place::new();
    let args = words("trace --steps 20 --noise 0.3 --curvature --run sgd:lr=1e-4 --run adam");
    let json = place.json(&args);
    let csv = place.said(&[&args[..], &["--format", "csv"]].concat());
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let curvature: &[&str] = &["lambda_min", "lambda_max"];
    let labels: &[&str] = &["seed", "outcome", "name", "spec"];
    let header = [&["run"], &COLUMNS[..7], curvature, &COLUMNS[7..], labels].concat();
    let numbers = header.len() - labels.len() - 1;
    assert_eq!(reader.headers().unwrap().iter().collect::<Vec<_>>(), header);
    let records: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let expected = [0, 1].map(|run| {
        (
            json["runs"][run]["spec"].as_str().unwrap(),
            rows(&json, run),
        )
    });
    assert_eq!(records.len(), 42);
    for (index, record) in records.iter().enumerate() {
        let (spec, rows) = &expected[index / 21];
        let cells = record
            .iter()
            .skip(1)
            .take(numbers)
            .map(|cell| cell.parse::<f64>().unwrap().to_bits());
        assert_eq!(
            (
                record.iter().next_back().unwrap(),
                cells.collect::<Vec<_>>()
            ),
            (*spec, rows[index % 21].clone())
        );
    }
    let one = place.said(&["trace", "--steps", "1", "--run", "sgd", "--format", "csv"]);
    assert!(
        one.starts_with("run,step,evaluations,x,y,loss,grad_norm,lr,cost,seed,outcome,name,spec\n1,0,0,-1.5,2.0,"),
        "{one}"
    );
}

#[test]
fn a_file_and_stdout_have_equal_content() {
    let place = Place::new();
    let args = ["trace", "--steps", "5", "--run", "sgd:lr=1e-3,momentum=0.9"];
    for (name, format) in [("a.json", "json"), ("a.csv", "csv"), ("b.CSV", "csv")] {
        let said = place.said(&[&args[..], &["--format", format]].concat());
        assert_eq!(place.said(&[&args[..], &["-o", name]].concat()), "");
        assert_eq!(place.read(name), said);
    }
    place.said(&[&args[..], &["-o", "a.json", "--seed", "1"]].concat());
    assert!(
        place.read("a.json").contains("\"seed\":1"),
        "an earlier file is replaced"
    );
    assert_eq!(place.names(), ["a.csv", "a.json", "b.CSV"]);
}

#[test]
fn divergence_and_convergence_are_reported_with_their_step() {
    let place = Place::new();
    let run = |run: &str| {
        let args = [
            "trace",
            "--landscape",
            "quadratic:a=1,b=1",
            "--steps",
            "9",
            "--tolerance",
            "1e-3",
            "--run",
            run,
            "--json",
        ];
        let (code, stdout, stderr) = place.run(&args);
        assert_eq!(code, Some(0), "{stderr}");
        let json: Value = serde_json::from_str(&stdout).unwrap();
        (json["runs"][0].clone(), stderr)
    };
    let (diverged, told) = run("sgd:lr=1e7");
    assert_eq!(
        told,
        "ravine: sgd:lr=10000000: diverged at step 1: the size of the loss is above 10¹², and above 10¹² times the first loss\n"
    );
    assert!(told.contains(diverged["reason"].as_str().unwrap()));
    assert_eq!(diverged["outcome"], "diverged");
    assert_eq!(diverged["diverged_at"], 1);
    let rows = diverged["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 2);
    assert!(rows[1][4].as_f64().unwrap() > 1e12);
    let (converged, told) = run("sgd:lr=1");
    assert!(told.is_empty() && converged["reason"].is_null(), "{told}");
    assert_eq!(converged["outcome"], "converged");
    assert_eq!(converged["converged_at"], 1);
    assert!(converged["diverged_at"].is_null());
}

#[test]
fn flags_override_a_scene_file() {
    let place = Place::new();
    let scene = "version = 1\nlandscape = \"booth\"\nstart = [1, 2]\n[training]\nsteps = 7\nseed = 3\n\
                 [[runs]]\nspec = \"sgd\"\n[[runs]]\nspec = \"adam\"\nshown = false\n";
    place.file("s.toml", scene);
    let json = place.json(&["trace", "s.toml"]);
    assert_eq!(
        (&json["landscape"], &json["start"]),
        (&"booth".into(), &serde_json::json!([1.0, 2.0]))
    );
    assert_eq!(
        json["training"],
        serde_json::json!({"steps": 7, "seed": 3, "noise": 0.0})
    );
    assert_eq!(
        json["runs"].as_array().unwrap().len(),
        1,
        "runs that are not ticked are left out"
    );
    assert_eq!(rows(&json, 0).len(), 8);
    let flags = words("--start -1,-2 --steps 1e1 --clip-norm 1 --run newton --run bfgs");
    let json = place.json(&[&["trace", "s.toml"], &flags[..]].concat());
    assert_eq!(json["start"], serde_json::json!([-1.0, -2.0]));
    assert_eq!(json["training"]["steps"], 10);
    assert_eq!(json["training"]["clip_norm"], 1.0);
    assert_eq!(json["runs"].as_array().unwrap().len(), 2);
    let json = place.json(&["trace", "s.toml", "--landscape", "beale"]);
    assert_eq!(
        json["start"],
        serde_json::json!([1.0, 1.5]),
        "another landscape has its own start"
    );
    let opening = place.json(&["trace", "--steps", "1"]);
    assert_eq!(opening["runs"].as_array().unwrap().len(), 6);
}

#[test]
fn formulas_may_be_quoted() {
    for (spec, loss) in [
        ("formula:f=x^2+2*y^2", "\n1,0,0,1.0,2.0,9.0,"),
        ("formula:f='max(x,y)', radius=3", "\n1,0,0,1.0,2.0,2.0,"),
        ("formula:f=\"min(x, y) + 0*x\"", "\n1,0,0,1.0,2.0,1.0,"),
    ] {
        check(
            &[],
            &[
                "trace",
                "--landscape",
                spec,
                "--start",
                "1,2",
                "--steps",
                "1",
                "--run",
                "sgd",
            ],
            loss,
        );
    }
}

#[test]
fn mini_batches_of_a_file_depend_on_the_seed() {
    let place = Place::new();
    let line = |i: i32| format!("{i};{};n{i}\n", 3 * i + i % 5);
    let points = (0..40).map(line).collect::<Vec<_>>().concat();
    fs::create_dir(place.path().join("data")).unwrap();
    place.file("data/points.csv", format!("weight;height;who\n{points}"));
    let trace = |landscape: &str, more: &[&str]| {
        let args = [
            "trace",
            "--landscape",
            landscape,
            "--steps",
            "30",
            "--run",
            "sgd:lr=1e-4",
        ];
        rows(&place.json(&[&args[..], more].concat()), 0)
    };
    let data = "regression:data=data/points.csv";
    let (all, one) = (trace(data, &[]), trace(data, &["--batch", "1"]));
    assert_eq!(all, trace(data, &["--batch", "all"]));
    assert_eq!(one, trace(data, &["--batch", "1", "--seed", "0"]));
    assert_ne!(one, all);
    assert_ne!(one, trace(data, &["--batch", "1", "--seed", "1"]));
    assert_eq!(all, trace(&format!("{data},x=weight,y=height"), &[]));
    assert_ne!(all, trace(&format!("{data},x=height,y=weight"), &[]));
    place.refused(
        &["trace", "--landscape", data, "--batch", "41"],
        "`batch` cannot be 41 on `regression`; expected 1 to 40, the number of samples, or `all`",
    );
    // The path is relative to the scene file, not to the current folder.
    place.file(
        "data/s.toml",
        "version = 1\nlandscape = \"regression:data=points.csv\"\n",
    );
    check(
        &[],
        &["--version"],
        concat!("ravine ", env!("CARGO_PKG_VERSION"), "\n"),
    );
    assert_eq!(
        place.said(&["check", "data/s.toml"]),
        "data/s.toml: sound (regression, 0 runs, 500 steps)\n"
    );
}

#[test]
fn closing_the_pipe_early_is_no_error() {
    let place = Place::new();
    let mut command = place.command(&["trace", "--steps", "50000", "--run", "sgd:lr=1e-5"]);
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = [0];
    child.stdout.take().unwrap().read_exact(&mut first).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(
        (output.status.code(), output.stderr.as_slice()),
        (Some(0), &b""[..])
    );
}

#[test]
fn the_columns_read_from_a_table_are_reported_once_and_in_json() {
    let place = Place::new();
    place.file(
        "points.csv",
        "weight,who,height\n1,ann,2\n2,bob,4\n4,cid,9\n",
    );
    let spec = "regression:data=points.csv";
    let args = [
        "trace",
        "--landscape",
        spec,
        "--steps",
        "1",
        "--run",
        "sgd:lr=1e-3",
        "--json",
    ];
    let source = "columns x = weight, y = height; 3 rows; ',' separated; text left out: who";
    let (code, stdout, stderr) = place.run(&args);
    assert_eq!(code, Some(0));
    assert_eq!(stderr, format!("ravine: regression: {source}\n"));
    let json: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(json["source"], source);
    let args = ["curvature", "--landscape", spec, "--at=1,1", "--json"];
    assert_eq!(place.json(&args)["source"], source);
}
