//! Tests of `ravine slice`.

mod refusals;

use super::{Place, words};
use serde::Deserialize;
use std::path::Path;

#[derive(Deserialize)]
struct Case {
    name: String,
    network: String,
    data: String,
    /// With running statistics of batch normalizations.
    frozen: Option<Vec<f64>>,
    raw: Vec<f64>,
    filter: Vec<f64>,
}

/// Returns the planes computed with PyTorch.
fn cases() -> Vec<Case> {
    #[derive(Deserialize)]
    struct Reference {
        planes: Vec<Case>,
    }
    let text = std::fs::read_to_string(folder().join("../torch_slices.json")).unwrap();
    serde_json::from_str::<Reference>(&text).unwrap().planes
}

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference/slices")
}

/// Returns the path of a reference file.
pub(super) fn file(name: &str) -> String {
    folder().join(name).display().to_string()
}

/// Returns the arguments for network, data and weights of the first case.
pub(super) fn first() -> Vec<String> {
    let case = &cases()[0];
    let (data, weights) = (file(&case.data), file("tanh.safetensors"));
    let flags = ["--network", &case.network, "--data", &data, "--weights"];
    let flags = ["slice"].into_iter().chain(flags);
    flags.map(str::to_owned).chain([weights]).collect()
}

/// Returns these arguments, extended by `more`.
pub(super) fn with<'a>(args: &'a [String], more: &[&'a str]) -> Vec<&'a str> {
    let args = args.iter().map(String::as_str);
    args.chain(more.iter().copied()).collect()
}

/// Returns the last column of a CSV file.
pub(super) fn losses(csv: &str) -> Vec<f64> {
    let last = |line: &str| line.rsplit(',').next().unwrap().parse().unwrap();
    csv.lines().skip(1).map(last).collect()
}

/// Returns the numbers and the shape of an array of s.npz.
pub(super) fn array(place: &Place, name: &str) -> (Vec<f64>, Vec<u64>) {
    let file = std::fs::File::open(place.path().join("s.npz")).unwrap();
    let mut zip = zip::ZipArchive::new(file).unwrap();
    let entry = zip.by_name(&format!("{name}.npy")).unwrap();
    let array = npyz::NpyFile::new(entry).unwrap();
    let shape = array.shape().to_vec();
    (array.into_vec().unwrap(), shape)
}

#[test]
fn slices_match_pytorch() {
    let place = Place::new();
    let cases = cases();
    assert!(cases.len() >= 5);
    for case in cases {
        let [weights, u, v] =
            ["", "-u", "-v"].map(|end| file(&format!("{}{end}.safetensors", case.name)));
        let data = file(&case.data);
        let all = [
            "slice",
            "--network",
            &case.network,
            "--data",
            &data,
            "--weights",
            &weights,
            "--direction",
            &u,
            "--direction",
            &v,
            "--range=-1..1,-0.5..1.5",
            "--points",
            "9x7",
            "-o",
            "s.csv",
        ];
        let frozen = case.frozen.iter();
        let frozen = frozen.map(|frozen| (&["--norm-statistics", "file"][..], frozen));
        let plain = [
            (&[][..], &case.raw),
            (&["--normalize", "filter"], &case.filter),
        ];
        for (more, expected) in plain.into_iter().chain(frozen) {
            place.said(&[&all[..], more].concat());
            let csv = place.read("s.csv");
            assert!(csv.starts_with("a,b,loss\n-1.0,-0.5,"), "{csv}");
            let found = losses(&csv);
            assert_eq!(found.len(), expected.len());
            for (found, expected) in found.iter().zip(expected) {
                assert!(
                    (found - expected).abs() <= 1e-11 * expected.abs().max(1.0),
                    "{}: {found} is not {expected}",
                    case.name
                );
            }
        }
    }
}

#[test]
fn arrays_pictures_and_lines_are_written() {
    let place = Place::new();
    let args = first();
    for (name, magic) in [
        ("s.npz", &b"PK"[..]),
        ("s.png", b"\x89PNG"),
        ("s.svg", b"<svg"),
    ] {
        place.said(&with(
            &args,
            &["--points", "11", "--size", "400x300", "-o", name],
        ));
        let bytes = std::fs::read(place.path().join(name)).unwrap();
        assert!(bytes.starts_with(magic), "{name}");
    }
    assert!(
        place
            .read("s.svg")
            .contains("weights tanh.safetensors · plane filter:seed=1")
    );
    place.said(&with(&args, &["--points", "4x3", "-o", "s.npz"]));
    place.said(&with(&args, &["--points", "4x3", "-o", "s.csv"]));
    let (loss, shape) = array(&place, "loss");
    assert_eq!((loss, shape), (losses(&place.read("s.csv")), vec![3, 4]));
    assert_eq!(array(&place, "b"), (vec![-1.0, 0.0, 1.0], vec![3]));
    assert_eq!(array(&place, "a").1, [4]);
    let u = file("tanh-u.safetensors");
    let line = with(
        &args,
        &["--direction", &u, "--points", "9", "-o", "line.csv"],
    );
    place.said(&line);
    let plane = with(
        &args,
        &[
            "--direction",
            &u,
            "--direction",
            &u,
            "--points",
            "9x2",
            "--range=-1..1,0..1",
            "-o",
            "plane.csv",
        ],
    );
    place.said(&plane);
    let [line, plane] = ["line.csv", "plane.csv"].map(|name| place.read(name));
    assert!(line.starts_with("a,loss\n-1.0,"), "{line}");
    for (line, plane) in losses(&line).iter().zip(losses(&plane)) {
        assert!((line - plane).abs() < 1e-12, "{line} is not {plane}");
    }
}

#[test]
fn single_precision_is_close_to_double() {
    let (place, base) = (Place::new(), first());
    let [double, single] = ["f64", "f32"].map(|precision| {
        place.said(&with(
            &base,
            &["--points", "9", "--precision", precision, "-o", "s.csv"],
        ));
        losses(&place.read("s.csv"))
    });
    assert_ne!(double, single);
    for (double, single) in double.iter().zip(single) {
        assert!(
            (double - single).abs() <= 1e-5 * double.abs(),
            "{double} {single}"
        );
    }
    place.refused(
        &with(&base, &["--precision", "f16", "-o", "s.csv"]),
        "--precision cannot be `f16`; expected f64 or f32",
    );
}

#[test]
fn every_plane_is_centered_on_the_weights() {
    let place = Place::new();
    let args = first();
    let other = file("tanh-u.safetensors");
    let third = file("tanh-v.safetensors");
    let mut middles = Vec::new();
    for more in [
        &["--plane", "filter:seed=3,ignore=none"][..],
        &["--plane", "hessian"],
        &["--plane", "gradient"],
        &[
            "--plane",
            "weights:a=layers.1.weight[4][5],b=layers.2.bias[0]",
        ],
        &["--plane", "line", "--other", &other],
        &[
            "--plane",
            "points:upright=true",
            "--other",
            &other,
            "--other",
            &third,
        ],
    ] {
        place.said(&[&with(&args, more)[..], &["--points", "3", "-o", "s.csv"]].concat());
        let found = losses(&place.read("s.csv"));
        assert_ne!(found[0], found[4], "{more:?}");
        middles.push(found[4]);
    }
    let same = |middle: &f64| (middle - middles[0]).abs() < 1e-12;
    assert!(middles.iter().all(same), "{middles:?}");
}

#[test]
fn data_flags_select_the_requested_samples() {
    let place = Place::new();
    place.file("d.csv", "no,x,label\n0,10,1\n1,20,0\n1,60,1\n");
    place.said(&words(
        "train --network mlp:hidden=2 --data d.csv --run sgd --steps 1 -o w.safetensors",
    ));
    let middle = |more: &[&str]| {
        let args = words(
            "slice --network mlp:hidden=2 --data d.csv --weights w.safetensors --points 3 -o s.csv",
        );
        place.said(&[&args, more].concat());
        losses(&place.read("s.csv"))[4]
    };
    let plain = middle(&[]);
    assert_eq!(plain, middle(&["--label", "label"]));
    assert_ne!(plain, middle(&["--label", "no"]));
    assert_ne!(plain, middle(&["--standardize"]));
}
