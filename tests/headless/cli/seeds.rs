//! `--seeds`: runs repeated with several seeds, in tables, files and charts.

use super::{Place, check, words};
use std::fs;

/// A scene in which seeds matter, on which `sgd:lr=1` diverges with each of them.
const NOISY: [&str; 8] = [
    "--run",
    "adam:lr=0.1",
    "--run",
    "sgd:lr=1",
    "--noise",
    "5",
    "--steps",
    "20",
];

fn with<'a>(command: &'a str, flags: &[&'a str]) -> Vec<&'a str> {
    [&[command], &NOISY[..], flags].concat()
}

/// Returns the lines of a CSV text whose cell in column `column` is `value`.
fn lines<'a>(csv: &'a str, column: &str, value: &str) -> Vec<&'a str> {
    let header = csv.lines().next().unwrap();
    let at = header.split(',').position(|name| name == column).unwrap();
    let of = |line: &&str| line.split(',').nth(at) == Some(value);
    csv.lines().skip(1).filter(of).collect()
}

#[test]
fn each_seed_gives_the_run_that_it_gives_alone() {
    let place = Place::new();
    let all = place.said(&with("trace", &["--format", "csv", "--seeds", "3..5"]));
    for seed in ["3", "4", "5"] {
        let alone = place.said(&with("trace", &["--format", "csv", "--seed", seed]));
        let alone: Vec<&str> = alone.lines().skip(1).collect();
        assert_eq!(lines(&all, "seed", seed), alone, "seed {seed}");
    }
    assert_eq!(lines(&all, "run", "1").len(), 3 * 21);
    let json = place.json(&with("trace", &["--seeds", "0,7"]));
    let runs = json["runs"].as_array().unwrap();
    let seeds: Vec<_> = runs.iter().map(|run| run["seed"].as_u64()).collect();
    assert_eq!(seeds, [Some(0), Some(7), Some(0), Some(7)]);
}

#[test]
fn tables_count_the_seeds_that_diverged_and_average_the_others() {
    let place = Place::new();
    let table = place.said(&with("trace", &["--seeds", "4", "--table", "csv"]));
    let rows: Vec<Vec<&str>> = table
        .lines()
        .map(|line| line.split(',').collect())
        .collect();
    let column = |name: &str| rows[0].iter().position(|own| *own == name).unwrap();
    let alone = place.said(&with("trace", &["--seeds", "4", "--format", "csv"]));
    let last = |line: &&str| line.split(',').nth(1) == Some("20");
    let ends = lines(&alone, "name", "Adam");
    let losses = ends.iter().filter(|line| last(line));
    let losses: Vec<f64> = losses
        .map(|line| line.split(',').nth(5).unwrap().parse().unwrap())
        .collect();
    let mean = losses.iter().sum::<f64>() / 4.0;
    let found: f64 = rows[1][column("final_loss_mean")].parse().unwrap();
    assert!((found - mean).abs() < 1e-3 * mean, "{found} {mean}");
    assert_eq!(
        [rows[1][column("diverged")], rows[2][column("diverged")]],
        ["0", "4"]
    );
    assert_eq!(
        rows[2][column("final_loss_mean")],
        "NaN",
        "nothing is averaged"
    );
    let (code, said, warned) = place.run(&with("trace", &["--seeds", "4", "--table", "markdown"]));
    assert_eq!(code, Some(0));
    assert!(
        said.contains(" ± ") && said.contains("| 4 of 4 |"),
        "{said}"
    );
    assert!(
        warned.contains("sgd:lr=1: 4 of 4 seeds diverged"),
        "{warned}"
    );
}

#[test]
fn sweeps_run_over_seeds_and_steps() {
    let place = Place::new();
    let run = ["sweep", "--run", "sgd", "--noise", "2"];
    let over = |flags: &[&str]| place.said(&[&run[..], flags].concat());
    let seeds = over(&["--over", "seed=0..3", "--steps", "50"]);
    assert!(
        seeds.starts_with("run,seed,final_loss,best_loss,steps,outcome,diverged_at,name,spec\n")
    );
    let each = over(&words("--over lr=0.001,0.002 --seeds 0..3 --steps 50"));
    for seed in ["0", "1", "2", "3"] {
        let loss = |csv: &str| {
            let line = lines(csv, "seed", seed)[0];
            line.split(',').nth(2).unwrap().to_owned()
        };
        assert_eq!(loss(&seeds), loss(&each), "seed {seed}");
    }
    let steps = over(&["--over", "steps=10..50:linear:5"]);
    assert!(steps.starts_with("run,steps,final_loss,best_loss,steps_to_goal,"));
    let longest = over(&["--over", "lr=0.001,0.002", "--steps", "50"]);
    let loss = |csv: &str, line: usize| {
        csv.lines()
            .nth(line)
            .unwrap()
            .split(',')
            .nth(2)
            .map(str::to_owned)
    };
    assert_eq!(loss(&steps, 5), loss(&longest, 1));
    let best = over(&["--over", "steps=10..50:linear:5", "--best"]);
    assert!(best.starts_with("sgd:lr=0.001 steps=50  final "), "{best}");
    let twice = [&run[..], &["--over", "seed=0..3", "--seeds", "3"]].concat();
    place.refused(&twice, "--seeds and --over seed=0..3 both choose seeds");
}

#[test]
fn networks_are_trained_with_each_seed_as_with_that_seed_alone() {
    let place = Place::new();
    let train = |flags: &[&str]| {
        let common = words(
            "train --network mlp:hidden=3,loss=bce --data moons:samples=20 --run sgd:lr=0.1 --steps 8 --batch 5 --test 0.25",
        );
        [&common[..], flags]
            .concat()
            .iter()
            .map(|text| (*text).to_owned())
            .collect::<Vec<_>>()
    };
    let said = |flags: &[&str]| {
        let args = train(flags);
        place.said(&args.iter().map(String::as_str).collect::<Vec<_>>())
    };
    let summary = said(&[
        "--seeds",
        "2..3",
        "-o",
        "w-{seed}.safetensors",
        "--trajectories",
        "all.csv",
    ]);
    assert!(
        summary.contains("0 of 2") && summary.contains(" ± "),
        "{summary}"
    );
    for seed in ["2", "3"] {
        said(&[
            "--seed",
            seed,
            "-o",
            "one.safetensors",
            "--trajectories",
            "one.csv",
        ]);
        let read = |name: &str| fs::read(place.path().join(name)).unwrap();
        assert!(read(&format!("w-{seed}.safetensors")) == read("one.safetensors"));
        let (all, one) = (place.read("all.csv"), place.read("one.csv"));
        assert_eq!(
            lines(&all, "seed", seed),
            one.lines().skip(1).collect::<Vec<_>>()
        );
    }
    let args = train(&["--seeds", "3", "-o", "w.safetensors"]);
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    place.refused(&args, "one file for 3 seeds; expected {seed} in the name");
}

#[test]
fn charts_summarize_seeds() {
    let place = Place::new();
    place.said(&with(
        "render",
        &["--seeds", "0..3", "--show", "map+loss", "-o", "a.svg"],
    ));
    let svg = place.read("a.svg");
    for words in [
        "loss, 4 seeds",
        "4 of 4 diverged",
        "4 seeds, 0 to 3: median, quartiles, mean (dotted); map: seed 0",
    ] {
        assert!(svg.contains(words), "{words}");
    }
    place.refused(
        &with("render", &["--seeds", "0..3", "-o", "b.svg"]),
        "--seeds summarizes charts, and --show map has none",
    );
    place.refused(
        &with("trace", &["--seeds", "3..1"]),
        "--seeds cannot be `3..1`; expected 1 to 1000 seeds",
    );
    let deterministic = [
        "trace", "--run", "adam", "--steps", "3", "--seeds", "2", "--format", "csv",
    ];
    let (code, _, said) = place.run(&deterministic);
    assert_eq!(code, Some(0));
    assert!(said.contains("all seeds give the same runs"), "{said}");
}

#[test]
fn quiet_commands_write_results_only() {
    check(
        &[],
        &with("trace", &["--quiet", "--table", "csv"]),
        "diverged",
    );
    let place = Place::new();
    for args in [
        with("trace", &["-q", "--table", "csv", "--seeds", "2"]),
        [&["-q"], &with("trace", &["--table", "csv"])[..]].concat(),
        with("render", &["--quiet", "-o", "a.png", "--size", "80x60"]),
    ] {
        let (code, _, said) = place.run(&args);
        assert_eq!((code, said.as_str()), (Some(0), ""), "{args:?}");
    }
}

#[test]
fn a_scene_keeps_its_seeds() {
    let place = Place::new();
    let figure = ["--show", "loss", "-o", "a.svg", "--save-scene", "s.toml"];
    place.said(&[with("render", &["--seeds", "2..5"]), figure.to_vec()].concat());
    let scene = place.read("s.toml");
    assert!(
        scene.contains("seed = 2\n") && scene.contains("seeds = 4\n"),
        "{scene}"
    );
    place.said(&["render", "s.toml", "-o", "b.svg"]);
    assert_eq!(place.read("a.svg"), place.read("b.svg"));
    let table = place.said(&["trace", "s.toml", "--table", "csv"]);
    assert_eq!(
        table,
        place.said(&with("trace", &["--seeds", "2..5", "--table", "csv"]))
    );
    let one = place.said(&["trace", "s.toml", "--seeds", "2..2", "--table", "csv"]);
    assert!(
        one.lines().nth(1).is_some_and(|row| row.contains(",1,")),
        "{one}"
    );
    // Without randomness there is nothing to repeat.
    place.said(&["render", "s.toml", "--noise", "0", "-o", "c.svg"]);
    assert!(!place.read("c.svg").contains("4 seeds"));
}
