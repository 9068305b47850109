//! Tests of `ravine connect`.

use super::Place;
use super::slice::array;

const NETWORK: [&str; 4] = [
    "--network",
    "mlp:hidden=6/5,loss=bce",
    "--data",
    "moons:samples=40",
];

/// Creates a folder with two trained networks.
fn place() -> Place {
    let place = Place::new();
    for seed in ["1", "2"] {
        let file = format!("w{seed}.safetensors");
        let run = ["--run", "adam:lr=0.05", "--steps", "120", "--seed", seed];
        place.said(&[&["train"], &NETWORK[..], &run, &["-o", &file]].concat());
    }
    place
}

/// Returns the arguments of a call with little work, extended by `more`.
fn with<'a>(more: &[&'a str]) -> Vec<&'a str> {
    let ends = ["--from", "w1.safetensors", "--to", "w2.safetensors"];
    let little = ["--steps", "40", "--nodes", "4", "--points", "9"];
    [&["connect"], &NETWORK[..], &ends, &little, more].concat()
}

/// Returns the columns of a CSV file with their names.
fn columns(csv: &str) -> Vec<(&str, Vec<f64>)> {
    let mut lines = csv.lines().map(|line| line.split(','));
    let names = lines.next().unwrap();
    let rows: Vec<Vec<f64>> = lines
        .map(|cells| cells.map(|cell| cell.parse().unwrap()).collect())
        .collect();
    let column = |(index, name)| (name, rows.iter().map(|row| row[index]).collect());
    names.enumerate().map(column).collect()
}

#[test]
fn both_paths_are_printed_and_written() {
    let place = place();
    let said = place.said(&with(&["--align", "--test", "0.25", "-o", "path.csv"]));
    for text in [
        "w1.safetensors: training loss 0.",
        "aligned: ",
        " of 11 hidden units permuted",
        "straight   training  ",
        "curve      test ",
        "unaligned  test ",
    ] {
        assert!(said.contains(text), "{text}: {said}");
    }
    let csv = place.read("path.csv");
    let columns = columns(&csv);
    let names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
    assert_eq!(
        names.join(","),
        "t,straight_loss,straight_accuracy,straight_test_loss,straight_test_accuracy,\
         curve_loss,curve_accuracy,curve_test_loss,curve_test_accuracy,\
         unaligned_loss,unaligned_accuracy,unaligned_test_loss,unaligned_test_accuracy,\
         curve_a,curve_b"
    );
    let column = |name: &str| &columns.iter().find(|(own, _)| *own == name).unwrap().1;
    assert_eq!(column("t")[..3], [0.0, 0.125, 0.25]);
    let mean = |name: &str| column(name).iter().sum::<f64>();
    assert!(mean("curve_loss") < mean("straight_loss"), "{csv}");
    for end in [0, 8] {
        let [straight, curve, before] =
            ["straight_loss", "curve_loss", "unaligned_loss"].map(|name| column(name)[end]);
        assert_eq!(straight, curve);
        assert!(
            (straight - before).abs() < 1e-12,
            "the function is the same"
        );
    }
    let places = ["curve_a", "curve_b"].map(|name| [column(name)[0], column(name)[8]]);
    assert_eq!(places, [[0.0, 1.0], [0.0, 0.0]]);
}

#[test]
fn written_weights_have_the_reported_losses() {
    let place = place();
    let flags = ["--align", "--curve-weights", "theta.safetensors"];
    let more = ["--aligned-weights", "b.safetensors", "-o", "s.npz"];
    place.said(&with(&[&flags[..], &more].concat()));
    let [theta, from, to, u] = ["theta", "from", "to", "u"].map(|name| array(&place, name).0);
    for ((from, to), u) in from.iter().zip(&to).zip(u) {
        assert!((to - from - u).abs() < 1e-15);
    }
    let losses = array(&place, "straight_loss").0;
    for (file, expected) in [("theta.safetensors", &theta), ("b.safetensors", &to)] {
        let ends = ["--from", "w1.safetensors", "--to", file];
        let little = ["--steps", "1", "--points", "2", "-o", "s.npz"];
        place.said(&[&["connect"], &NETWORK[..], &ends, &little].concat());
        assert_eq!(array(&place, "to").0, *expected);
    }
    assert_eq!(array(&place, "straight_loss").0, [losses[0], losses[8]]);
}

#[test]
fn a_permuted_copy_is_aligned_with_its_original() {
    let place = place();
    place.said(&with(&["--align", "--aligned-weights", "b.safetensors"]));
    let ends = ["--from", "b.safetensors", "--to", "w2.safetensors"];
    let little = ["--align", "--steps", "1", "--points", "5"];
    let again = [&["connect"], &NETWORK[..], &ends, &little].concat();
    let told = place.json(&[&again[..], &["--json"]].concat());
    assert_eq!(told["aligned"]["distances"][1], 0.0);
    assert_eq!(told["straight"]["train"]["barrier"]["value"], 0.0);
    assert_ne!(told["aligned"]["moved"], 0);
    place.said(&[&again[..], &["-o", "p.svg"]].concat());
    assert!(
        place
            .read("p.svg")
            .contains("there is no plane through them")
    );
}

#[test]
fn all_output_formats_have_equal_numbers() {
    let place = place();
    let told = place.json(&with(&["--batch", "8", "--json", "-o", "path.json"]));
    let written: serde_json::Value = serde_json::from_str(&place.read("path.json")).unwrap();
    for (key, value) in told.as_object().unwrap() {
        assert_eq!(&written[key], value, "{key}");
    }
    assert_eq!(told["test"], serde_json::Value::Null);
    assert_eq!(told["settings"]["batch"], 8);
    place.said(&with(&["--batch", "8", "-o", "path.csv"]));
    let csv = place.read("path.csv");
    for (index, (name, values)) in columns(&csv).into_iter().enumerate() {
        assert_eq!(written["columns"][index], name);
        for (row, value) in values.into_iter().enumerate() {
            assert_eq!(written["rows"][row][index], value);
        }
    }
    let worst = columns(&csv)[1].1.iter().fold(0.0, |a: f64, b| a.max(*b));
    assert_eq!(told["straight"]["train"]["worst_loss"]["value"], worst);
}

#[test]
fn pictures_show_the_paths_and_the_plane() {
    let place = place();
    for (name, more) in [("p.svg", &["--align"][..]), ("p.png", &["--theme", "dark"])] {
        let flags = ["--map", "9", "--size", "800x600", "-o", name];
        place.said(&with(&[&flags[..], more].concat()));
    }
    let svg = place.read("p.svg");
    for text in [
        "Mode connectivity",
        ">straight line before alignment<",
        ">worst loss 0.",
        "accuracy in %",
        ">θ<",
        "A w1.safetensors · B w2.safetensors · curve adam:lr=0.01 · points 9 · steps 40 · nodes 4 · align · seed 0",
    ] {
        assert!(svg.contains(text), "{text}");
    }
    let png = std::fs::read(place.path().join("p.png")).unwrap();
    assert!(png.starts_with(b"\x89PNG"));
}

#[test]
fn invalid_pairs_of_networks_are_refused() {
    let place = place();
    let other = ["train", "--network", "mlp:hidden=6/4,loss=bce", "--data"];
    let run = ["moons:samples=40", "--run", "sgd", "--steps", "1"];
    place.said(&[&other[..], &run, &["-o", "other.safetensors"]].concat());
    for (flags, expected) in [
        (
            &["--to", "other.safetensors"][..],
            "other.safetensors: does not fit the network: `layers.1.weight` is 4 × 6, not 5 × 6",
        ),
        (
            &["--to", "none.safetensors"],
            "none.safetensors: there is no such file",
        ),
        (
            &["-o", "path.txt"],
            "path.txt: unknown extension `.txt`; expected .csv",
        ),
        (
            &["--curve-weights", "t.npz"],
            "t.npz: unknown extension `.npz`; expected .safetensors",
        ),
        (
            &["--aligned-weights", "b.safetensors"],
            "--aligned-weights needs --align; add --align",
        ),
        (
            &["--points", "1"],
            "`points` cannot be `1`; expected a whole number in [2, 10001]",
        ),
        (&["--steps", "0"], "`steps` cannot be `0`"),
        (&["--nodes", "x"], "`nodes` cannot be `x`"),
        (&["--seed", "-1"], "`seed` cannot be `-1`"),
        (
            &["--map", "1"],
            "--map cannot be `1`; expected a whole number from 2 to 1024",
        ),
        (&["--test", "1"], "--test cannot be `1`"),
        (&["--optimizer", "adma"], "did you mean `adam`?"),
        (
            &["--optimizer", "adam:lr=x"],
            "--optimizer adam:lr=x: `lr` cannot be `x`",
        ),
        (
            &["--optimizer", "sgd[layers.7:lr=1]"],
            "the network has no parameters called `layers.7`",
        ),
        (&["--size", "1x1"], "--size cannot be `1x1`"),
    ] {
        let ends = ["--from", "w1.safetensors"];
        let to = ["--to", "w2.safetensors"];
        let to = if flags[0] == "--to" { &[][..] } else { &to };
        place.refused(
            &[&["connect"], &NETWORK[..], &ends, to, flags].concat(),
            expected,
        );
    }
}
