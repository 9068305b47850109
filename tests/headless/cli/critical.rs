//! Tests of `ravine critical`, and of `--view` in all commands that take scenes.

use super::{Place, check, words};
use serde_json::{Value, json};
use std::fs;

const HEADER: &str = "kind,x,y,value,lambda_min,lambda_max,grad_norm";

#[test]
fn critical_points_of_himmelblau_are_sorted_by_kind_and_value() {
    let place = Place::new();
    let json = place.json(&["critical", "--landscape", "himmelblau"]);
    assert_eq!(json["landscape"], "himmelblau");
    assert_eq!(json["view"], json!([[-5.0, 5.0], [-5.0, 5.0]]));
    assert_eq!(
        json["columns"],
        json!(HEADER.split(',').collect::<Vec<_>>())
    );
    let rows = json["rows"].as_array().unwrap();
    let kinds: Vec<&str> = rows.iter().map(|row| row[0].as_str().unwrap()).collect();
    let expected = [vec!["minimum"; 4], vec!["maximum"], vec!["saddle"; 4]].concat();
    assert_eq!(kinds, expected);
    let cell = |row: usize, column: usize| rows[row][column].as_f64().unwrap();
    for (column, expected) in [
        (1, -0.270_845),
        (2, -0.923_039),
        (3, 181.616_522),
        (4, -45.605_229),
        (5, -16.066_020),
    ] {
        assert!((cell(4, column) - expected).abs() < 1e-5, "{:?}", rows[4]);
    }
    assert!((0..9).all(|row| cell(row, 6) < 1e-10));
}

#[test]
fn csv_and_json_have_equal_values() {
    let place = Place::new();
    let args = words("critical --landscape ackley --view=-0.3..0.8,-0.3..0.8");
    let json = place.json(&args);
    let csv = place.said(&[&args[..], &["--format", "csv"]].concat());
    let mut lines = csv.lines();
    assert_eq!(lines.next(), Some(HEADER));
    let rows = json["rows"].as_array().unwrap();
    assert!(rows.len() > 1);
    for row in rows {
        let bits = |number: f64| number.to_bits();
        let numbers = row.as_array().unwrap().iter().skip(1);
        let numbers = numbers.map(|cell| bits(cell.as_f64().unwrap_or(f64::NAN)));
        let (kind, cells) = lines.next().unwrap().split_once(',').unwrap();
        assert_eq!(kind, row[0]);
        let cells = cells.split(',').map(|cell| bits(cell.parse().unwrap()));
        assert_eq!(cells.collect::<Vec<_>>(), numbers.collect::<Vec<_>>());
    }
    assert_eq!(lines.next(), None);
    // A kink has no eigenvalues.
    assert_eq!(rows[0][0], "minimum");
    assert_eq!((&rows[0][4], &rows[0][5]), (&Value::Null, &Value::Null));
    for (name, said) in [
        ("a.csv", &csv),
        ("a.json", &place.said(&[&args[..], &["--json"]].concat())),
    ] {
        assert_eq!(place.said(&[&args[..], &["-o", name]].concat()), "");
        assert_eq!(place.read(name), *said);
    }
    let none = place.json(&["critical", "--landscape", "formula:f=x+2*y"]);
    assert_eq!(none["rows"], json!([]));
}

#[test]
fn the_view_comes_from_the_flag_or_the_scene_file() {
    let scene = "version = 1\nlandscape = \"himmelblau\"\nview = [[2, 4], [1, 3]]\n";
    let place = Place::new();
    place.file("s.toml", scene);
    let rows = |args: &[&str]| {
        let json = place.json(&[&["critical", "s.toml"], args].concat());
        (json["view"].clone(), json["rows"].as_array().unwrap().len())
    };
    assert_eq!(rows(&[]), (json!([[2.0, 4.0], [1.0, 3.0]]), 1));
    assert_eq!(
        rows(&["--view", "-5..5,-5..5e0"]),
        (json!([[-5.0, 5.0], [-5.0, 5.0]]), 9)
    );
    assert_eq!(
        rows(&["--view=2.9 .. 3.1, 1.9 .. 2.1"]),
        (json!([[2.9, 3.1], [1.9, 2.1]]), 1)
    );
    let args = ["render", "s.toml", "--size", "320x200", "-o"];
    place.said(&[&args[..], &["a.png"]].concat());
    place.said(&[&args[..], &["b.png", "--view=-5..5,-5..5"]].concat());
    let bytes = |name: &str| fs::read(place.path().join(name)).unwrap();
    assert_ne!(bytes("a.png"), bytes("b.png"));
}

#[test]
fn invalid_views_are_refused() {
    let expected = "expected two ranges, low end first, like --view=-2..2,-1..3";
    for view in
        words("1 1..2 1..2,3 2..1,0..1 0..0,0..1 nan..1,0..1 a..b,c..d 0..inf,0..1 0..1,0..1,0..1")
    {
        for command in [&["critical"][..], &["trace"], &["render", "-o", "a.png"]] {
            let args = [command, &["--view", view]].concat();
            check(
                &[],
                &args,
                &format!("refused: --view cannot be `{view}`; {expected}"),
            );
        }
    }
}

#[test]
fn bad_critical_arguments_are_refused() {
    for (args, expected) in [
        (
            &["--landscape", "himelblau"][..],
            "unknown landscape `himelblau`; did you mean `himmelblau`?",
        ),
        (
            &["-o", "a.txt"],
            "a.txt: unknown extension `.txt`; expected .csv, .json or .npz",
        ),
        (
            &["-o", "a.json", "--format", "csv"],
            "a.json: unknown extension `.json`; expected .csv",
        ),
        (
            &["-o", "none/a.csv"],
            "none/a.csv: there is no folder `none`; expected one that exists",
        ),
        (
            &["--landscape", "parabola"],
            "`parabola` has one parameter; expected a landscape of two",
        ),
    ] {
        let args = [&["critical"], args].concat();
        check(&[], &args, &format!("refused: {expected}"));
    }
    check(&[], &["critical", "--help"], "Example");
}
