//! Tests of `ravine sweep`: tables, best values, pictures.

mod refusals;

use super::{Place, words};
use std::fs;

const QUADRATIC: [&str; 6] = [
    "sweep",
    "--landscape",
    "quadratic:a=1,b=10",
    "--steps",
    "200",
    "--run",
];

fn with<'a>(args: &[&'a str]) -> Vec<&'a str> {
    [&QUADRATIC[..], args].concat()
}

/// Returns the cells of each line of a table, without the number of the run, and without seed, name and spec.
fn rows(csv: &str) -> Vec<Vec<String>> {
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    reader
        .records()
        .map(|record| {
            let record = record.unwrap();
            let cells = record.iter().take(record.len() - 3).skip(1);
            cells.map(str::to_owned).collect()
        })
        .collect()
}

#[test]
fn a_value_equals_the_last_row_of_a_trace() {
    let place = Place::new();
    let args = words("--landscape himmelblau --steps 60 --noise 0.2");
    for (run, over) in [
        ("adam", "lr=1e-3..1:log:7"),
        ("sgd:lr=0.01,momentum=0.5@cosine", "momentum=0..0.9:4"),
        ("adam:lr=0.1@exponential", "exponential.gamma=0.9,0.99"),
    ] {
        let sweep = [
            &["sweep", "--run", run, "--over", over, "--goal", "1"],
            &args[..],
        ]
        .concat();
        let csv = place.said(&sweep);
        let setting = over.split('=').next().unwrap();
        assert!(
            csv.starts_with(&format!(
                "run,{setting},final_loss,best_loss,steps,outcome,diverged_at,seed,name,spec\n"
            )),
            "{csv}"
        );
        for row in rows(&csv) {
            let (optimizer, schedule) = run.split_once('@').unwrap_or((run, ""));
            let value = &row[0];
            // Appending the setting would repeat it, so the spec is formatted from its parsed form.
            let spec = match setting {
                "lr" => format!("{optimizer}:lr={value}"),
                "momentum" => format!("sgd:lr=0.01,momentum={value}@{schedule}"),
                _ => format!("{optimizer}@exponential:gamma={value}"),
            };
            let trace = place.json(&[&["trace", "--run", &spec], &args[..]].concat());
            let losses: Vec<f64> = trace["runs"][0]["rows"]
                .as_array()
                .unwrap()
                .iter()
                .map(|row| row[4].as_f64().unwrap())
                .collect();
            let number = |cell: &str| cell.parse::<f64>().unwrap().to_bits();
            assert_eq!(number(&row[1]), losses.last().unwrap().to_bits(), "{spec}");
            let lowest = losses.iter().copied().fold(f64::INFINITY, f64::min);
            assert_eq!(number(&row[2]), lowest.to_bits(), "{spec}");
            let reached = losses.iter().position(|loss| *loss <= 1.0);
            assert_eq!(
                row[3],
                reached.map_or("NaN".to_owned(), |step| step.to_string())
            );
            assert_eq!(row[4..], ["finished", "NaN"].map(str::to_owned));
        }
    }
}

#[test]
fn diverged_runs_have_a_step_and_no_numbers() {
    let place = Place::new();
    let csv = place.said(&with(&words("sgd --over lr=0.1,0.19,0.25,1e9 --goal 1e9")));
    let rows = rows(&csv);
    assert_eq!(rows.len(), 4);
    assert_eq!(rows[1][4], "finished");
    assert_eq!(rows[1][3], "0", "the goal is reached at the start");
    for row in &rows[2..] {
        assert_eq!(
            row[1..5],
            ["NaN", "NaN", "NaN", "diverged"].map(str::to_owned)
        );
    }
    assert_eq!(rows[3][0], "1000000000");
    assert_eq!(rows[3][5], "1");
}

#[test]
fn the_best_spec_reproduces_its_value() {
    let place = Place::new();
    let over = ["--over", "lr=0.01..0.3:linear:59"];
    let said = place.said(&with(
        &[
            &["sgd", "--run", "sgd:momentum=0.9"],
            &over[..],
            &["--best"],
        ]
        .concat(),
    ));
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines.len(), 2);
    assert!(lines[0].starts_with("sgd:lr=0.18  final "), "{said}");
    assert!(lines[1].starts_with("sgd:lr=0."), "{said}");
    for line in lines {
        let (spec, value) = line.split_once("  final ").unwrap();
        let trace = place.json(&[
            "trace",
            "--landscape",
            "quadratic:a=1,b=10",
            "--steps",
            "200",
            "--run",
            spec,
        ]);
        let rows = trace["runs"][0]["rows"].as_array().unwrap();
        assert_eq!(rows[200][4].as_f64(), value.parse().ok(), "{line}");
    }
    let best = |more: &[&str]| place.said(&with(&[&["sgd", "--best"], more].concat()));
    assert_eq!(
        best(&["--over", "lr=1,2"]),
        "sgd:lr=0.001  diverged at every value\n"
    );
    let steps = ["--over", "lr=0.01,0.1", "--measure", "steps"];
    assert_eq!(
        best(&[&steps[..], &["--goal", "-1"]].concat()),
        "sgd:lr=0.001  never reached the goal\n"
    );
    assert!(best(&[&steps[..], &["--goal", "1e-3"]].concat()).starts_with("sgd:lr=0.1  steps "));
    assert!(
        best(&[
            "--over",
            "lr=0.01,0.1",
            "--over",
            "momentum=0,0.5",
            "--measure",
            "best"
        ])
        .starts_with("sgd:lr=0.1,momentum=0.5  best ")
    );
}

#[test]
fn two_settings_make_a_map_of_one_run() {
    let place = Place::new();
    let overs = ["--over", "lr=0.1,0.2,0.4", "--over", "nesterov"];
    let csv = place.said(&with(&[&["sgd:momentum=0.5"], &overs[..]].concat()));
    let rows = rows(&csv);
    assert!(csv.starts_with("run,lr,nesterov,final_loss,"), "{csv}");
    let pairs: Vec<String> = rows.iter().map(|row| row[..2].join(" ")).collect();
    assert_eq!(
        pairs,
        [
            "0.1 false",
            "0.2 false",
            "0.4 false",
            "0.1 true",
            "0.2 true",
            "0.4 true"
        ]
    );
    place.said(&with(
        &[&["sgd:momentum=0.5"], &overs[..], &["-o", "a.json"]].concat(),
    ));
    let json: serde_json::Value = serde_json::from_str(&place.read("a.json")).unwrap();
    let run = &json["runs"][0];
    assert_eq!(run["columns"][1], "nesterov");
    assert_eq!(run["rows"][3][1], true);
    let limits = run["lr_limit"].as_array().unwrap();
    for (limit, expected) in limits.iter().zip([0.3, 0.15]) {
        assert!((limit.as_f64().unwrap() - expected).abs() < 1e-12);
    }
    // One of several runs.
    let several = with(&[&["adam", "--run", "sgd"], &overs[..]].concat());
    place.refused(
        &several,
        "the scene has 2 runs; choose one with --run SPEC or --run-number N",
    );
    assert_eq!(
        place
            .said(&[&several[..], &["--run-number", "2"]].concat())
            .lines()
            .count(),
        7
    );
}

#[test]
fn json_and_csv_have_equal_values() {
    let place = Place::new();
    let args = with(&words(
        "sgd:lr=0.1,momentum=0.5 --run adam --over lr=0.1..1:log:5 --goal 0.5",
    ));
    let csv = place.said(&args);
    for name in ["a.csv", "a.json"] {
        assert_eq!(place.said(&[&args[..], &["-o", name]].concat()), "");
    }
    assert_eq!(place.read("a.csv"), csv);
    let json: serde_json::Value = serde_json::from_str(&place.read("a.json")).unwrap();
    assert_eq!(json["over"], serde_json::json!(["lr=0.1..1:log:5"]));
    assert_eq!(
        (&json["measure"], &json["goal"]),
        (&"final".into(), &0.5.into())
    );
    assert_eq!(json["runs"][0]["best"], serde_json::json!([0.1]));
    assert!((json["runs"][0]["lr_limit"].as_f64().unwrap() - 0.3).abs() < 1e-12);
    assert!(json["runs"][1]["lr_limit"].is_null());
    let rows = rows(&csv);
    assert_eq!(rows.len(), 10);
    for (index, cells) in rows.iter().enumerate() {
        let run = &json["runs"][index / 5];
        for (cell, value) in cells.iter().zip(run["rows"][index % 5].as_array().unwrap()) {
            match value {
                serde_json::Value::Null => assert_eq!(cell, "NaN"),
                serde_json::Value::String(text) => assert_eq!(cell, text),
                value => assert_eq!(cell.parse::<f64>().ok(), value.as_f64()),
            }
        }
    }
}

#[test]
fn runs_without_the_setting_are_reported_and_left_out() {
    let place = Place::new();
    let (code, stdout, stderr) =
        place.run(&with(&["sgd", "--run", "adam", "--over", "beta1=0,0.9"]));
    assert_eq!(code, Some(0));
    assert_eq!(
        stderr,
        "ravine: `sgd:lr=0.001` has no setting `beta1`; the run is skipped\n"
    );
    assert_eq!(stdout.lines().count(), 3, "{stdout}");
}

#[test]
fn pictures_show_limits_best_values_and_divergence() {
    let place = Place::new();
    let curves = with(&words(
        "sgd --run sgd:momentum=0.9 --run adam --over lr=1e-3..1:log:40",
    ));
    place.said(&[&curves[..], &["-o", "a.svg", "--size", "800x600"]].concat());
    let svg = place.read("a.svg");
    assert!(svg.contains(" width=\"800\" height=\"600\" viewBox="));
    for text in [
        "Final loss over lr   Quadratic",
        "lr limit (theory)",
        "diverges",
        "current value",
        "Momentum",
        "[[runs]]",
    ] {
        assert!(svg.contains(text), "{text} is missing");
    }
    let map = with(&words(
        "sgd --over lr=1e-2..1:log:20 --over momentum=0..0.99:20",
    ));
    place.said(
        &[
            &map[..],
            &["-o", "b.svg", "--measure", "steps", "--goal", "1e-6"],
        ]
        .concat(),
    );
    let svg = place.read("b.svg");
    for text in [
        "Steps to a loss of 1e-6 over lr and momentum",
        "lr limit (theory)",
        "diverges",
        "never reaches the goal",
    ] {
        assert!(svg.contains(text), "{text} is missing");
    }
    for args in [&curves, &map] {
        place.said(
            &[
                &args[..],
                &["-o", "a.png", "--size", "320x200", "--theme", "dark"],
            ]
            .concat(),
        );
        let png = fs::read(place.path().join("a.png")).unwrap();
        assert_eq!(&png[..8], b"\x89PNG\r\n\x1a\n");
        assert_eq!(png[16..24], [0, 0, 1, 64, 0, 0, 0, 200]);
    }
    let both = place.said(&[&curves[..], &["-o", "c.csv", "--best"]].concat());
    assert_eq!(both.lines().count(), 3);
    assert_eq!(place.names(), ["a.png", "a.svg", "b.svg", "c.csv"]);
}

#[test]
fn each_row_has_its_own_spec() {
    let place = Place::new();
    let args = with(&words("sgd:momentum=0.5 --over lr=0.1,0.2 --over nesterov"));
    let csv = place.said(&args);
    let specs: Vec<&str> = csv
        .lines()
        .skip(1)
        .filter_map(|line| line.rsplit(',').next())
        .collect();
    assert_eq!(
        specs,
        words(
            "sgd:lr=0.1;momentum=0.5 sgd:lr=0.2;momentum=0.5 sgd:lr=0.1;momentum=0.5;nesterov=true sgd:lr=0.2;momentum=0.5;nesterov=true"
        )
    );
    let json = place.json(&[&args[..], &["--json"]].concat());
    assert_eq!(
        json,
        place.json(&[&args[..], &["--format", "json"]].concat())
    );
    let run = &json["runs"][0];
    let columns = run["columns"].as_array().unwrap();
    let spec = columns.iter().position(|column| column == "spec").unwrap();
    for (row, expected) in run["rows"].as_array().unwrap().iter().zip(specs) {
        assert_eq!(row[spec], expected.replace(';', ","));
    }
    let seeds = [
        &args[..],
        &["--noise", "1", "--seeds", "2", "--table", "markdown"],
    ]
    .concat();
    let table = place.said(&seeds);
    assert!(
        table.contains("| sgd:lr=0.2,momentum=0.5,nesterov=true |"),
        "{table}"
    );
}

#[test]
fn steps_have_a_column_where_there_is_a_goal() {
    let place = Place::new();
    let args = with(&["sgd", "--over", "lr=0.1,0.15", "--table", "markdown"]);
    let header = |said: String| said.lines().next().unwrap_or_default().to_owned();
    let plain = header(place.said(&args));
    assert_eq!(
        plain,
        "| name | lr | final loss | best loss | outcome | spec |"
    );
    let goal = header(place.said(&[&args[..], &["--goal", "1"]].concat()));
    assert!(
        goal.contains("| best loss | steps to goal | outcome |"),
        "{goal}"
    );
}
