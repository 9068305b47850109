//! Tests of runs from files, saved scenes, tables of results, and formats that every command writes.

use super::{Place, check, words};
use serde_json::Value;
use std::fs;

const RUNS: &str = "# rates to compare\nslow = sgd:lr=1e-4\n\nfast, #1 = adam:lr=0.5,betas=(0.8, 0.99) # a comment\n";

/// Trains a small network for 20 steps and writes its weights to w.safetensors.
const TRAIN: &str = "train --network mlp:hidden=4,loss=ce --data moons --steps 20 -o w.safetensors --run sgd:lr=0.1,momentum=0.9";

#[test]
fn runs_come_from_a_file_and_have_names() {
    let place = Place::new();
    place.file("runs.txt", RUNS.replace(", #1", " one"));
    let args = [
        "trace",
        "--steps",
        "3",
        "--runs",
        "runs.txt",
        "--run",
        "third = newton",
        "--run",
        "sgd",
    ];
    let json = place.json(&args);
    let of = |key: &str| -> Vec<String> {
        let runs = json["runs"].as_array().unwrap().iter();
        runs.map(|run| run[key].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(of("name"), ["slow", "fast one", "third", "SGD"]);
    assert_eq!(of("spec")[1], "adam:lr=0.5,beta1=0.8,beta2=0.99");
    for (text, expected) in [
        (
            "a = adam\nb = adma\n",
            "runs.txt: line 2: unknown optimizer `adma`; did you mean `adam`?",
        ),
        (
            "# nothing\n",
            "runs.txt: has no runs; expected one `name = spec` a line",
        ),
    ] {
        check(
            &[("runs.txt", text)],
            &["trace", "--runs", "runs.txt"],
            &format!("refused: {expected}"),
        );
    }
    place.refused(
        &["trace", "--runs", "none.txt"],
        "none.txt: there is no such file; expected a file of runs",
    );
}

#[test]
fn a_saved_scene_gives_the_same_numbers() {
    let place = Place::new();
    let flags = [
        "--landscape",
        "booth",
        "--run",
        "quick = adam:lr=0.1",
        "--steps",
        "7",
        "--seed",
        "3",
    ];
    let first = place.said(&[&["trace"], &flags[..], &["--save-scene", "s.toml"]].concat());
    assert_eq!(place.said(&["trace", "s.toml"]), first);
    assert!(place.read("s.toml").contains("name = \"quick\""));
    place.said(&["trace", "s.toml", "--steps", "8", "--save-scene", "s.toml"]);
    assert!(place.read("s.toml").contains("steps = 8"));
    place.refused(
        &["trace", "--save-scene", "s.json"],
        "unknown extension `.json`; expected .toml",
    );
    place.refused(
        &["trace", "--run", "adma", "--save-scene", "t.toml"],
        "unknown optimizer",
    );
}

#[test]
fn no_cell_of_a_csv_needs_quotes() {
    let place = Place::new();
    let run = "a, \"b\" #1 = adam:lr=0.5,beta1=0.8";
    let csv = place.said(&[
        "trace", "--steps", "2", "--run", run, "--run", "sgd", "--format", "csv",
    ]);
    let lines: Vec<&str> = csv.lines().collect();
    let commas = |line: &str| line.matches(',').count();
    assert!(
        lines.iter().all(|line| commas(line) == commas(lines[0])),
        "{csv}"
    );
    assert!(!csv.contains(['"', '#']), "{csv}");
    let spec = lines[1].rsplit(',').next().unwrap();
    assert_eq!(spec, "adam:lr=0.5;beta1=0.8");
    let again = place.json(&["trace", "--steps", "2", "--run", spec]);
    assert_eq!(again["runs"][0]["spec"], "adam:lr=0.5,beta1=0.8");
}

#[test]
fn results_are_tables_to_paste() {
    let place = Place::new();
    let args = "trace --landscape booth --steps 50 --run sgd:lr=0.05,nesterov=true,momentum=0.5 --run newton --table";
    let table = |format: &str| place.said(&words(&format!("{args} {format}")));
    let markdown = table("markdown");
    let lines: Vec<&str> = markdown.lines().collect();
    assert_eq!(
        lines[0],
        "| name | final loss | best loss | steps | evaluations | outcome | spec |"
    );
    assert_eq!(lines.len(), 4, "{markdown}");
    assert!(table("latex").starts_with("\\begin{tabular}{lrrrrll}\n\\toprule\nname & final loss"));
    assert!(
        table("csv")
            .starts_with("run,name,final_loss,best_loss,steps,evaluations,seed,outcome,spec\n")
    );
    let sweep = place.said(&words(
        "sweep --run sgd --over lr=1e-4,1e-3 --table markdown",
    ));
    assert!(
        sweep.starts_with("| name | lr | final loss | best loss | outcome | spec |\n"),
        "{sweep}"
    );
    assert_eq!(sweep.lines().count(), 4);
    let train = place.said(&words(&format!("{TRAIN} --table latex")));
    assert!(
        train.contains("train loss & test loss & train accuracy"),
        "{train}"
    );
}

#[test]
fn training_and_slices_have_summaries_for_programs() {
    let place = Place::new();
    let json = place.json(&words(&format!(
        "{TRAIN} --json --trajectories t.json --seed 5"
    )));
    let run = &json["runs"][0];
    assert_eq!(
        (&run["run"], &run["seed"], &run["outcome"]),
        (&1.into(), &5.into(), &"finished".into())
    );
    let steps: Value = serde_json::from_str(&place.read("t.json")).unwrap();
    let rows = steps["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 21);
    assert_eq!(
        rows[20].as_array().unwrap().len(),
        steps["columns"].as_array().unwrap().len()
    );
    let [last, given] = [&rows[20][3], &run["train_loss"]].map(|loss| loss.as_f64().unwrap());
    assert!((last - given).abs() < 1e-12);
    let slice = "slice --network mlp:hidden=4,loss=ce --data moons --weights w.safetensors --points 3 -o s.json";
    let said = place.said(&words(slice));
    assert!(said.starts_with("At (0, 0): loss "), "{said}");
    let found: Value = serde_json::from_str(&place.read("s.json")).unwrap();
    assert_eq!(found["columns"], serde_json::json!(["a", "b", "loss"]));
    let (middle, given) = (&found["rows"][4][2], &run["train_loss"]);
    assert!((middle.as_f64().unwrap() - given.as_f64().unwrap()).abs() < 1e-12);
    assert_eq!(found["accuracy_at_origin"], run["train_accuracy"]);
}

#[test]
fn every_table_is_an_npz_file_too() {
    let place = Place::new();
    for line in [
        "trace --steps 3 --run adam --run sgd -o",
        "sweep --run adam --over lr=0.1,0.2 --over amsgrad -o",
        "critical --landscape himmelblau -o",
        "curvature --landscape booth --at=1,2 -o",
    ] {
        place.said(&words(&format!("{line} a.npz")));
        let bytes = fs::read(place.path().join("a.npz")).unwrap();
        let archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
        assert!(archive.len() >= 3, "{line}");
    }
    let basins = "basins --landscape himmelblau --run sgd:lr=0.01 --side 4 --steps 50 -o b.json";
    place.said(&words(basins));
    let basins: Value = serde_json::from_str(&place.read("b.json")).unwrap();
    assert_eq!(basins["rows"].as_array().unwrap().len(), 16);
}

#[test]
fn shells_have_completions_and_a_man_page() {
    let place = Place::new();
    for shell in ["bash", "zsh", "fish", "powershell"] {
        let script = place.said(&["completions", shell]);
        assert!(script.contains("save-scene"), "{shell}");
    }
    assert!(place.said(&["man"]).contains(".TH ravine 1"));
    assert!(place.said(&["man", "sweep"]).contains("\\-\\-over"));
    place.refused(
        &["man", "swep"],
        "COMMAND cannot be `swep`; expected one of trace, ",
    );
}
