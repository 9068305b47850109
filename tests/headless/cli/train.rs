//! Tests of `ravine train`.

use super::Place;
use ravine::engine::files::NoFiles;
use ravine::engine::scene::Scene;
use ravine::session::compute_all_runs;
use std::sync::Arc;

const MOONS: [&str; 7] = [
    "train",
    "--network",
    "mlp:hidden=8,loss=bce",
    "--data",
    "moons:samples=60",
    "--run",
    "adam:lr=0.05",
];

pub(super) fn with<'a>(more: &[&'a str]) -> Vec<&'a str> {
    MOONS.into_iter().chain(more.iter().copied()).collect()
}

/// Returns the cells of the table that `train` prints.
fn table(said: &str) -> Vec<Vec<&str>> {
    said.lines()
        .map(|line| {
            line.split("  ")
                .map(str::trim)
                .filter(|cell| !cell.is_empty())
                .collect()
        })
        .collect()
}

/// Returns the columns of a CSV file without quotes.
pub(super) fn columns(csv: &str) -> Vec<Vec<f64>> {
    let rows: Vec<Vec<f64>> = csv
        .lines()
        .skip(1)
        .map(|line| {
            line.split(',')
                .skip(1)
                .map_while(|cell| cell.parse().ok())
                .collect()
        })
        .collect();
    let width = rows[0].len();
    (0..width)
        .map(|column| rows.iter().map(|row| row[column]).collect())
        .collect()
}

#[test]
fn training_lowers_and_reports_the_loss() {
    let place = Place::new();
    let said = place.said(&with(&[
        "--steps",
        "200",
        "--test",
        "0.25",
        "-o",
        "w.safetensors",
    ]));
    let table = table(&said);
    assert_eq!(
        table[0],
        [
            "run",
            "steps",
            "train loss",
            "test loss",
            "train accuracy",
            "test accuracy",
            "gradient norm"
        ]
    );
    assert_eq!(table[1][..2], ["adam:lr=0.05", "200"]);
    let number = |cell: usize| table[1][cell].parse::<f64>().unwrap();
    assert!(
        number(2) < 0.1 && number(4) > 0.9 && number(5) > 0.8,
        "{said}"
    );
    // The point in the middle of a slice through the weights has their loss.
    let network = &MOONS[1..5];
    let all = place.said(&with(&["--steps", "200", "-o", "all.safetensors"]));
    place.said(
        &[
            &["slice"],
            network,
            &[
                "--weights",
                "all.safetensors",
                "--points",
                "3",
                "-o",
                "s.csv",
            ],
        ]
        .concat(),
    );
    let middle: f64 = place
        .read("s.csv")
        .lines()
        .nth(5)
        .unwrap()
        .rsplit(',')
        .next()
        .unwrap()
        .parse()
        .unwrap();
    let told: f64 = self::table(&all)[1][2].parse().unwrap();
    assert!(
        (middle - told).abs() < 1e-6 * told,
        "{middle} is not {told}"
    );
}

#[test]
fn training_continues_from_saved_weights() {
    let place = Place::new();
    let sgd = |steps, more: &[&str]| {
        let args = [
            &MOONS[..5],
            &["--run", "sgd:lr=0.1", "--steps", steps],
            more,
        ]
        .concat();
        place.said(&args)
    };
    sgd("30", &["-o", "half.safetensors"]);
    sgd(
        "30",
        &["--weights", "half.safetensors", "-o", "rest.safetensors"],
    );
    sgd("60", &["-o", "whole.safetensors"]);
    let [rest, whole] = ["rest", "whole"]
        .map(|name| std::fs::read(place.path().join(format!("{name}.safetensors"))).unwrap());
    assert!(rest == whole, "60 steps are not twice 30");
}

#[test]
fn several_runs_are_shown_on_one_plane() {
    let place = Place::new();
    let said = place.said(&with(&[
        "--run",
        "sgd:lr=0.1+lookahead:k=5",
        "--epochs",
        "4",
        "--batch",
        "25",
        "-o",
        "w-{}.safetensors",
        "--trajectories",
        "t.csv",
        "--plane",
        "pca",
    ]));
    assert_eq!(
        place.names(),
        ["t.csv", "w-1.safetensors", "w-2.safetensors"]
    );
    assert_eq!(table(&said)[1][1], "12", "four epochs of three batches");
    assert!(said.contains("% of the variance of the steps."), "{said}");
    let csv = place.read("t.csv");
    assert!(csv.starts_with(
        "run,step,evaluations,loss,grad_norm,lr,cost,a,b,projected_loss,residual,seed,outcome,name,spec\n1,0,0,0."
    ));
    let columns = columns(&csv);
    assert_eq!(columns[0].len(), 2 * 13);
    let (a, b, residual) = (&columns[6], &columns[7], &columns[9]);
    assert_eq!(
        (a[12], b[12], residual[12]),
        (0.0, 0.0, 0.0),
        "the first run ends in the origin"
    );
    assert_eq!(columns[2][12], columns[8][12]);
    assert!(residual[5] > 0.0 && columns[2][5] != columns[8][5]);
    place.said(&with(&[
        "--steps",
        "5",
        "-o",
        "w.safetensors",
        "--trajectories",
        "t.npz",
        "--plane",
        "gradient:second=step",
    ]));
    let bytes = std::fs::read(place.path().join("t.npz")).unwrap();
    let text = String::from_utf8_lossy(&bytes);
    for array in [
        "origin",
        "u",
        "v",
        "run_1_theta",
        "run_1_loss",
        "run_1_evaluations",
        "run_1_plane",
    ] {
        assert!(text.contains(&format!("{array}.npy")), "{array}");
    }
}

#[test]
fn every_records_each_nth_step_and_the_last() {
    let place = Place::new();
    let args = with(&[
        "--steps",
        "12",
        "--batch",
        "20",
        "-o",
        "w.safetensors",
        "--trajectories",
        "t.csv",
    ]);
    let run = |every: &str| {
        place.said(&[&args, &["--every", every][..]].concat());
        (
            columns(&place.read("t.csv")),
            std::fs::read(place.path().join("w.safetensors")).unwrap(),
        )
    };
    let ((all, weights), (some, same)) = (run("1"), run("5"));
    assert_eq!(some[0], [0.0, 5.0, 10.0, 12.0]);
    assert_eq!(some[2], [0, 5, 10, 12].map(|step: usize| all[2][step]));
    assert!(weights == same, "other weights where fewer rows are kept");
}

#[test]
fn divergence_is_reported() {
    let place = Place::new();
    let (code, said, told) = place.run(&[
        "train",
        "--network",
        "mlp:hidden=4,activation=identity,loss=mse",
        "--data",
        "line",
        "--run",
        "sgd:lr=100",
        "--steps",
        "50",
        "-o",
        "w.safetensors",
    ]);
    assert_eq!(code, Some(0), "{told}");
    assert_eq!(told.lines().count(), 1, "{told}");
    assert!(
        told.starts_with("ravine: sgd:lr=100: diverged at step "),
        "{told}"
    );
    assert!(said.contains("(diverged)"), "{said}");
    assert!(
        table(&said)[1].contains(&"–"),
        "there is no accuracy: {said}"
    );
    assert_eq!(place.names(), ["w.safetensors"]);
}

#[test]
fn a_linear_model_recovers_a_line() {
    let place = Place::new();
    place.said(&[
        "train",
        "--network",
        "mlp:hidden=,loss=mse",
        "--data",
        "line:noise=0",
        "--run",
        "newton",
        "--steps",
        "20",
        "-o",
        "w.safetensors",
    ]);
    let bytes = std::fs::read(place.path().join("w.safetensors")).unwrap();
    let numbers: Vec<f64> = bytes[bytes.len() - 16..]
        .as_chunks()
        .0
        .iter()
        .map(|bytes| f64::from_le_bytes(*bytes))
        .collect();
    let [bias, weight] = numbers[..] else {
        panic!("two parameters")
    };
    assert!(
        (weight - 2.0).abs() < 1e-12 && (bias - 1.0).abs() < 1e-12,
        "{weight} x + {bias}"
    );
}

#[test]
fn invalid_training_arguments_are_refused() {
    let place = Place::new();
    let out = ["-o", "w.safetensors"];
    for (more, expected) in [
        (
            &[][..],
            "the length of the training is given by --steps or --epochs; expected exactly one of them",
        ),
        (
            &["--steps", "5", "--epochs", "5"],
            "the length of the training is given by --steps or --epochs; expected exactly one",
        ),
        (
            &["--steps", "0"],
            "--steps cannot be `0`; expected a whole number that makes 1 to 100000000 steps",
        ),
        (&["--epochs", "-1"], "--epochs cannot be `-1`"),
        (
            &["--steps", "5", "--batch", "61"],
            "--batch cannot be `61`; expected a whole number from 1 to 60, the training samples, or all",
        ),
        (
            &["--steps", "5", "--every", "2"],
            "--every needs --trajectories or --layers, which is missing; add --trajectories FILE or --layers FILE",
        ),
        (
            &["--steps", "5", "--every", "0", "--trajectories", "t.csv"],
            "--every cannot be `0`; expected a whole number from 1",
        ),
        (
            &["--steps", "5", "--seed", "x"],
            "--seed cannot be `x`; expected a whole number from 0",
        ),
        (
            &["--steps", "5", "--test", "1"],
            "--test cannot be `1`; expected a number from 0 to less than 1",
        ),
        (&["--steps", "5", "--test", "nan"], "--test cannot be `nan`"),
        (
            &["--steps", "5", "--run", "adma"],
            "unknown optimizer `adma`; did you mean `adam`?",
        ),
        (
            &["--steps", "5", "--run", "sgd:lr=-1"],
            "--run sgd:lr=-1: `lr` cannot be `-1`",
        ),
        (
            &["--steps", "5", "--run", "sgd"],
            "w.safetensors: one file for 2 runs; expected {} in the name",
        ),
        (
            &["--steps", "5", "--plane", "pca"],
            "--plane needs --trajectories, which is missing; add --trajectories FILE",
        ),
        (
            &["--steps", "5", "--trajectories", "t.txt"],
            "t.txt: unknown extension `.txt`; expected .csv, .json or .npz",
        ),
        (
            &["--steps", "5", "--trajectories", "t.csv", "--plane", "pc"],
            "unknown plane `pc`; did you mean `pca`?",
        ),
        (
            &["--steps", "99999999", "--trajectories", "t.csv"],
            "--trajectories or --layers would record 99999999 rows of 1 runs with 33 parameters, 3300000000 numbers; expected at most 400000000",
        ),
        (
            &["--steps", "5", "--weights", "none.safetensors"],
            "none.safetensors: there is no such file",
        ),
    ] {
        let name = if expected.starts_with("unknown opt") || expected.starts_with("--run") {
            "w-{}.safetensors"
        } else {
            out[1]
        };
        place.refused(&with(&[more, &["-o", name]].concat()), expected);
    }
    place.refused(
        &with(&["--steps", "5", "-o", "w.pt"]),
        "w.pt: unknown extension `.pt`; expected .safetensors",
    );
    for (run, expected) in [
        (
            "adam[layers.7:lr=1]",
            "the network has no parameters called `layers.7`; expected a layer like layers.0 or one of layers.0.weight",
        ),
        (
            "newton[layers.0:damping=1]",
            "moves all parameters together and has no groups",
        ),
    ] {
        let args = [&MOONS[..5], &["--run", run, "--steps", "5"], &out].concat();
        place.refused(&args, expected);
    }
}

/// PyTorch's BatchNorm1d: "Expected more than 1 value per channel when training".
#[test]
fn every_command_refuses_batch_normalization_of_one_sample() {
    let place = Place::new();
    let rows = |count: i32| {
        let rows = (0..count).map(|k| format!("{k},{}\n", k * k));
        std::iter::once("x,y\n".to_owned())
            .chain(rows)
            .collect::<String>()
    };
    place.file("one.csv", rows(1)).file("nine.csv", rows(9));
    let network = ["--network", "mlp:hidden=4,norm=batch,loss=mse"];
    let train = |data: &[&'static str]| {
        let run = ["--run", "sgd", "--steps", "200", "-o", "w.safetensors"];
        [&["train"], &network[..], data, &run[..]].concat()
    };
    for (data, expected) in [
        (
            &["--data", "nine.csv", "--batch", "1"][..],
            "like 3, or norm=layer",
        ),
        (&["--data", "nine.csv", "--batch", "2"], "like 3,"),
        (&["--data", "nine.csv", "--batch", "4"], "like 3,"),
        (
            &["--data", "nine.csv", "--batch", "8"],
            "leave a batch of one sample",
        ),
        (&["--data", "one.csv"], "at least two samples"),
        (
            &["--data", "nine.csv", "--test", "0.8"],
            "at least two samples",
        ),
    ] {
        place.refused(&train(data), expected);
    }
    for data in [
        &["--data", "nine.csv"][..],
        &["--data", "nine.csv", "--batch", "3"],
    ] {
        assert_eq!(place.run(&train(data)).0, Some(0), "{data:?}");
    }
    let weights = ["--data", "one.csv", "--weights", "w.safetensors"];
    for command in [&["curvature"][..], &["slice", "-o", "s.csv"]] {
        let args = [command, &network, &weights].concat();
        place.refused(&args, "at least two samples");
        // With the running statistics of the file a single sample is possible, as in PyTorch's evaluation mode.
        let args = [&args[..], &["--norm-statistics", "file"]].concat();
        assert_eq!(place.run(&args).0, Some(0), "{args:?}");
    }
    let ends = [
        "--from",
        "w.safetensors",
        "--to",
        "w.safetensors",
        "--batch",
        "2",
    ];
    let connect = [&["connect"], &network[..], &["--data", "nine.csv"], &ends].concat();
    place.refused(&connect, "like 3,");
}

#[test]
fn a_run_no_better_than_a_constant_gives_a_warning() {
    let place = Place::new();
    let train =
        |network: &'static str, data: &'static str, run: &'static str, more: &[&'static str]| {
            let args = [
                "train",
                "--network",
                network,
                "--data",
                data,
                "--run",
                run,
                "-o",
                "w.safetensors",
            ];
            place.run(&[&args[..], more].concat())
        };
    // The digits of the help are not standardised, and all units of the hidden layer die.
    let digits = "mlp:hidden=16,activation=relu,loss=ce";
    let (code, _, stderr) = train(
        digits,
        "digits",
        "sgd:lr=0.1,momentum=0.9",
        &["--steps", "60", "--batch", "32"],
    );
    assert_eq!(code, Some(0));
    assert!(
        stderr.contains("`sgd:lr=0.1,momentum=0.9`: the loss ends at ")
            && stderr.contains(", the loss of the best constant prediction; ")
            && stderr.contains("--standardize"),
        "{stderr}"
    );
    let more = ["--steps", "60", "--batch", "32", "--standardize"];
    let (code, _, stderr) = train(digits, "digits", "sgd:lr=0.1,momentum=0.9", &more);
    assert!(
        code == Some(0) && !stderr.contains("best constant prediction"),
        "{stderr}"
    );
    let (network, data) = ("mlp:hidden=4,loss=mse", "sine");
    let (code, _, stderr) = train(network, data, "sgd:lr=0", &["--steps", "12"]);
    assert!(
        code == Some(0) && stderr.contains("best constant prediction"),
        "{stderr}"
    );
    let (_, _, stderr) = train(network, data, "adam:lr=0.03", &["--steps", "200"]);
    assert!(!stderr.contains("best constant prediction"), "{stderr}");
}

#[test]
fn a_saved_scene_trains_as_the_flags_say() {
    let place = Place::new();
    let more = [
        "--run",
        "slow = sgd:lr=0.1",
        "--steps",
        "30",
        "--batch",
        "10",
        "--seed",
        "3",
        "--test",
        "0.2",
    ];
    let files = [
        "-o",
        "w-{}.safetensors",
        "--trajectories",
        "t.json",
        "--save-scene",
        "s.toml",
    ];
    place.said(&with(&[&more[..], &files].concat()));
    let scene = Scene::from_toml(&place.read("s.toml")).unwrap();
    let problem = scene.load(&NoFiles).unwrap();
    let runs = compute_all_runs(&scene, &Arc::new(problem), None).unwrap();
    let json: serde_json::Value = serde_json::from_str(&place.read("t.json")).unwrap();
    let columns = json["columns"].as_array().unwrap();
    let loss = columns.iter().position(|column| column == "loss").unwrap();
    let rows = json["rows"].as_array().unwrap();
    for (index, run) in runs.results.iter().enumerate() {
        let mut own = rows.iter().filter(|row| row[0] == index + 1);
        let last = own.next_back().unwrap()[loss].as_f64();
        assert_eq!(run.trajectory.loss.last().copied(), last);
    }
    assert_eq!(scene.run_names()[1], "slow");
    let slice = [
        "slice",
        "--network",
        MOONS[2],
        "--data",
        MOONS[4],
        "--weights",
        "w-1.safetensors",
    ];
    let more = [
        "--range=-2..2",
        "--points",
        "3",
        "-o",
        "p.csv",
        "--save-scene",
        "p.toml",
    ];
    place.said(&[&slice[..], &more].concat());
    place.said(&["render", "p.toml", "-o", "p.png"]);
    let scene = Scene::from_toml(&place.read("p.toml")).unwrap();
    let network = scene.network().unwrap();
    assert_eq!(network.settings.weights.as_deref(), Some("w-1.safetensors"));
    assert_eq!(network.plane.to_string(), "filter");
    let refused = [&slice[..], &more, &["--trajectories", "t.npz"]].concat();
    place.refused(&refused, "t.npz");
}
