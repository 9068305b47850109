//! Tests of `ravine basins`.

use super::Place;

const HIMMELBLAU: [&str; 7] = [
    "basins",
    "--landscape",
    "himmelblau",
    "--run",
    "sgd:lr=0.01",
    "--side",
    "24",
];

fn with<'a>(more: &[&'a str]) -> Vec<&'a str> {
    HIMMELBLAU.into_iter().chain(more.iter().copied()).collect()
}

#[test]
fn the_table_has_the_end_of_the_run_from_each_start() {
    let place = Place::new();
    place.said(&with(&["-o", "basins.csv"]));
    let text = place.read("basins.csv");
    let mut lines = text.lines();
    assert_eq!(
        lines.next(),
        Some("x,y,fate,minimum_x,minimum_y,minimum,steps")
    );
    let rows: Vec<Vec<&str>> = lines.map(|line| line.split(',').collect()).collect();
    assert_eq!(rows.len(), 24 * 24);
    assert_eq!(rows[0][..2], ["-5", "-5"]);
    assert_eq!(rows[24 * 24 - 1][..2], ["5", "5"]);
    let arrived = rows.iter().filter(|row| row[2] == "arrives").count();
    assert!(arrived > 500, "{arrived}");
    // A single run from this start ends at the same minimum after equally many steps.
    let row = &rows[24 * 12 + 3];
    let (start, steps) = (format!("--start={},{}", row[0], row[1]), row[6]);
    let alone = place.json(&[
        "trace",
        "--landscape",
        "himmelblau",
        "--run",
        "sgd:lr=0.01",
        "--tolerance",
        "0.001",
        &start,
    ]);
    let run = &alone["runs"][0];
    assert_eq!(run["converged_at"].to_string(), steps);
    let last = run["rows"].as_array().unwrap().last().unwrap();
    let [x, minimum] = [last[2].as_f64().unwrap(), row[3].parse::<f64>().unwrap()];
    assert!((x - minimum).abs() < 1e-3, "{x} is not {minimum}");
}

#[test]
fn pictures_and_arrays_are_written() {
    let place = Place::new();
    for (name, magic) in [
        ("basins.png", &b"\x89PNG"[..]),
        ("basins.svg", b"<svg"),
        ("basins.npz", b"PK"),
    ] {
        place.said(&with(&["--size", "400x300", "-o", name]));
        let bytes = std::fs::read(place.path().join(name)).unwrap();
        assert!(bytes.starts_with(magic), "{name}");
    }
    assert!(
        place
            .read("basins.svg")
            .contains("Basins of sgd:lr=0.01 on Himmelblau")
    );
}

#[test]
fn invalid_basins_arguments_are_refused() {
    let place = Place::new();
    for (more, expected) in [
        (
            &["-o", "a.txt"][..],
            "a.txt: unknown extension `.txt`; expected .csv, .json, .npz, .png, .svg or .pdf",
        ),
        (
            &["--run", "adam", "-o", "a.png"],
            "the scene has 2 runs; choose one with --run SPEC or --run-number N",
        ),
        (
            &["--run-number", "2", "-o", "a.png"],
            "--run-number cannot be `2`; expected a whole number from 1 to 1",
        ),
    ] {
        place.refused(&with(more), expected);
    }
    place.refused(
        &["basins", "--run", "sgd", "--side", "5000", "-o", "a.png"],
        "--side cannot be `5000`; expected a whole number from 2 to 1024",
    );
}

#[test]
fn the_shares_of_the_starts_are_printed() {
    let place = Place::new();
    let json = place.json(&with(&["-o", "basins.csv"]));
    let minima = json["minima"].as_array().unwrap();
    assert_eq!(minima.len(), 4);
    let csv = place.read("basins.csv");
    let ends_at = |x: &serde_json::Value| {
        let x = x.as_f64().unwrap();
        let rows = csv.lines().skip(1);
        rows.filter(|line| line.split(',').nth(3).unwrap().parse() == Ok(x))
            .count()
    };
    let mut sum = json["undecided"].as_f64().unwrap() + json["diverged"].as_f64().unwrap();
    for minimum in minima {
        let share = minimum["share"].as_f64().unwrap();
        let rows = f64::from(u32::try_from(ends_at(&minimum["x"])).unwrap());
        assert!((share - rows / 576.0).abs() < 1e-12, "{minimum}");
        sum += share;
    }
    assert!((sum - 1.0).abs() < 1e-12, "{sum}");
    let text = place.said(&with(&["-o", "basins.csv"]));
    assert!(
        text.contains("minimum at (3, 2)") && text.lines().count() >= 5,
        "{text}"
    );
    place.refused(
        &with(&["--json", "-o", "-"]),
        "--json and an output `-` both use standard output",
    );
}
