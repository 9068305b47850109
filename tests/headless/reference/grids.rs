//! Tests of splines through grids and pictures, compared with scipy.

use super::check;
use ravine::engine::landscape::{AnyLandscape, LoadedLandscape};
use ravine::import::Disk;
use serde::Deserialize;
use std::path::{Path, PathBuf};

#[derive(Deserialize)]
struct Reference {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    landscape: String,
    tolerance: f64,
    points: Vec<[f64; 2]>,
    value: Vec<f64>,
    gradient: Option<Vec<[f64; 2]>>,
    /// xx, xy, yy.
    hessian: Option<Vec<[f64; 3]>>,
    outside: Vec<[f64; 2]>,
    outside_value: Vec<f64>,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference")
}

/// Loads the landscape of a file in `grids`.
fn problem(landscape: &str) -> Result<LoadedLandscape, String> {
    let disk = Disk::next_to(Some(&folder().join("grids/scene.toml")));
    let landscape: AnyLandscape = landscape.parse().unwrap();
    let problem = landscape.as_dyn().load(&disk);
    problem.map_err(|error| error.to_string())
}

#[test]
fn splines_through_files_match_scipy() {
    let text = std::fs::read_to_string(folder().join("grid_spline.json")).unwrap();
    let Reference { cases } = serde_json::from_str(&text).unwrap();
    assert_eq!(cases.len(), 10);
    for case in cases {
        let problem = problem(&case.landscape).unwrap();
        let objective = problem.objective;
        let of = |part: &str, at| format!("{part} of {} at {at:?}", case.landscape);
        let near = |what: &str, found: &[f64], expected: &[f64]| {
            let scale = expected
                .iter()
                .fold(1.0, |scale: f64, e| scale.max(e.abs()));
            check(what, found, expected, scale, case.tolerance);
        };
        for (k, at) in case.points.iter().enumerate() {
            let (mut gradient, mut hessian) = ([0.0; 2], [0.0; 4]);
            let value = objective.gradient(at, &mut gradient);
            objective.hessian(at, &mut hessian);
            near(&of("value", at), &[value], &[case.value[k]]);
            // At the corners of a picture rounding may put a point outside, where the landscape is constant.
            if k >= 4 || case.landscape.starts_with("grid") {
                if let Some(expected) = &case.gradient {
                    near(&of("gradient", at), &gradient, &expected[k]);
                }
                if let Some([xx, xy, yy]) = case.hessian.as_ref().map(|hessian| hessian[k]) {
                    near(&of("Hessian", at), &hessian, &[xx, xy, xy, yy]);
                }
            }
        }
        for (at, expected) in case.outside.iter().zip(&case.outside_value) {
            near(&of("value", at), &[objective.value(at)], &[*expected]);
        }
        let [low, .., high] = &case.points[..4] else {
            panic!("four corners");
        };
        let ends = [problem.view.x(), problem.view.y()];
        near("low end", &ends.map(|ends| ends[0]), low);
        near("high end", &ends.map(|ends| ends[1]), high);
    }
}

#[test]
fn files_of_unknown_formats_are_refused() {
    for (landscape, expected) in [
        (
            "grid:data=rgba.png",
            "rgba.png: is not text in lines; expected a CSV, NPY or NPZ file with a matrix",
        ),
        (
            "image:file=plain.csv",
            "plain.csv: is not a picture that can be read; expected a PNG or JPEG picture",
        ),
        (
            "image:file=nowhere.png",
            "nowhere.png: there is no such file; expected a PNG or JPEG picture",
        ),
        (
            "grid:data=../grids",
            "../grids: is a folder; expected a CSV, NPY or NPZ file with a matrix",
        ),
    ] {
        assert_eq!(problem(landscape).map(drop), Err(expected.to_owned()));
    }
}
