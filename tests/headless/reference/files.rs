//! Tests of arrays and pictures written by NumPy and Pillow, compared with their own readers: each line of `cases.json` is a case.

use ravine::engine::files::{Files, Header};
use ravine::import::{Disk, open_runs};
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// A file with its expected content, or the reason why it is refused.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Case {
    versions: Option<String>,
    file: String,
    /// Rows of a matrix.
    matrix: Option<Vec<Vec<f64>>>,
    /// Rows of the steps of a run.
    runs: Option<Vec<Vec<f64>>>,
    /// Width and height of a picture.
    size: Option<[usize; 2]>,
    /// Luma in the middle of each block of 16 × 16 pixels.
    luma: Option<Vec<Vec<f32>>>,
    /// A file with the same pixels.
    same: Option<String>,
    refused: Option<String>,
}

fn path(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference/files");
    folder.join(name)
}

/// Compares the content of a file, as text or numbers, with the case.
fn check(case: &Case) -> Result<(), String> {
    let disk = Disk::next_to(Some(&path("cases.json")));
    let name = case.file.as_str();
    let is_picture = name.ends_with("jpg") || name.ends_with("png");
    if let Some(rows) = &case.matrix {
        let found = disk.matrix(name, Header::Auto)?;
        assert_eq!(
            [found.y.len(), found.x.len()],
            [rows.len(), rows[0].len()],
            "{name}"
        );
        assert_eq!(found.heights, rows.concat(), "{name}");
    } else if let Some(rows) = &case.runs {
        let runs = open_runs(&path(name), rows[0].len())?;
        assert_eq!(runs[0].theta, rows.concat(), "{name}");
        assert_eq!(runs[0].loss, [3.0, 2.0, 1.0], "{name}");
        assert_eq!(runs[0].evaluations, [0, 1, 2], "{name}");
    } else if is_picture {
        let found = disk.picture(name)?;
        assert_eq!(Some(found.size), case.size, "{name}");
        for (i, row) in case.luma.iter().flatten().enumerate() {
            for (j, luma) in row.iter().enumerate() {
                let at = (8 + 16 * i) * found.size[0] + 8 + 16 * j;
                let shade = found.luma[at];
                assert!(
                    (shade - luma).abs() < 0.02,
                    "{name} [{i}, {j}]: {shade}, not {luma}"
                );
            }
        }
        if let Some(same) = &case.same {
            assert_eq!(found, disk.picture(same)?, "{name}");
        }
    } else {
        disk.matrix(name, Header::Auto)?;
    }
    Ok(())
}

#[test]
fn files_are_read_as_numpy_and_pillow_read_them() {
    let text = std::fs::read_to_string(path("cases.json")).unwrap();
    let cases: Vec<Case> = serde_json::from_str(&text).unwrap();
    assert!(cases[0].versions.is_some());
    for case in &cases[1..] {
        match (check(case), &case.refused) {
            (Ok(()), None) => {}
            (Err(sentence), Some(expected)) => {
                assert!(
                    sentence.contains(expected.as_str()),
                    "{sentence}, not {expected}"
                );
                assert_eq!(sentence.lines().count(), 1, "{sentence}");
            }
            (found, _) => panic!("{}: {found:?}", case.file),
        }
    }
}
