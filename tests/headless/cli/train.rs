//! Tests of `ravine train`.

mod refusals;

use super::{Place, words};
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
    let said = place.said(&with(&words("--steps 200 --test 0.25 -o w.safetensors")));
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
            &words("--weights all.safetensors --points 3 -o s.csv"),
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
    place.said(&with(&words(
        "--steps 5 -o w.safetensors --trajectories t.npz --plane gradient:second=step",
    )));
    let bytes = std::fs::read(place.path().join("t.npz")).unwrap();
    let text = String::from_utf8_lossy(&bytes);
    for array in words("origin u v run_1_theta run_1_loss run_1_evaluations run_1_plane") {
        assert!(text.contains(&format!("{array}.npy")), "{array}");
    }
}

#[test]
fn every_records_each_nth_step_and_the_last() {
    let place = Place::new();
    let args = with(&words(
        "--steps 12 --batch 20 -o w.safetensors --trajectories t.csv",
    ));
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
    let (code, said, told) = place.run(&words("train --network mlp:hidden=4,activation=identity,loss=mse --data line --run sgd:lr=100 --steps 50 -o w.safetensors"));
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
    place.said(&words("train --network mlp:hidden=,loss=mse --data line:noise=0 --run newton --steps 20 -o w.safetensors"));
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
    let more = words("--range=-2..2 --points 3 -o p.csv --save-scene p.toml");
    place.said(&[&slice[..], &more].concat());
    place.said(&["render", "p.toml", "-o", "p.png"]);
    let scene = Scene::from_toml(&place.read("p.toml")).unwrap();
    let network = scene.network().unwrap();
    assert_eq!(network.settings.weights.as_deref(), Some("w-1.safetensors"));
    assert_eq!(network.plane.to_string(), "filter");
    let refused = [&slice[..], &more, &["--trajectories", "t.npz"]].concat();
    place.refused(&refused, "t.npz");
}
