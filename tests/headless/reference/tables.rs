//! Tests of tables in the forms that people write them, compared with pandas and scipy.

#![expect(clippy::cast_precision_loss, reason = "small counts")]

use ravine::engine::landscape::{AnyLandscape, LoadedLandscape};
use ravine::engine::network::Loss;
use ravine::engine::network::data::{AnyDataset, Data, Targets};
use ravine::import::Disk;
use serde::Deserialize;
use std::path::Path;

#[derive(Deserialize)]
struct Reference {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    /// A landscape with settings, or the loss whose targets the table has.
    reader: String,
    text: String,
    /// Slope and intercept.
    line: Option<[f64; 2]>,
    matrix: Option<Vec<Vec<f64>>>,
    classes: Option<Vec<f64>>,
    /// Beginning of the error message after the name of the file.
    refused: Option<String>,
}

fn problem(reader: &str, disk: &Disk) -> Result<LoadedLandscape, String> {
    let (name, settings) = reader.split_once([':', ',']).unwrap_or((reader, ""));
    let spec = format!("{name}:data=table.csv,{settings}");
    let landscape: AnyLandscape = spec.trim_end_matches(',').parse().unwrap();
    let problem = landscape.as_dyn().load(disk);
    problem.map_err(|error| error.to_string())
}

fn data(loss: Loss, disk: &Disk) -> Result<Data, String> {
    let csv: AnyDataset = "csv:path=table.csv".parse().unwrap();
    let split = csv.split_for(loss, disk, 0.0, 0);
    split
        .map(|split| split.train)
        .map_err(|error| error.to_string())
}

/// Reads the table and compares it with the case; the error describes the difference.
fn check(case: &Case, folder: &Path) -> Result<(), String> {
    std::fs::write(folder.join("table.csv"), &case.text).unwrap();
    let disk = Disk::next_to(Some(&folder.join("scene.toml")));
    let loss = [Loss::Mse, Loss::Bce, Loss::Ce].into_iter();
    let loss = { loss }.find(|loss| loss.name() == case.reader);
    if let Some(expected) = &case.refused {
        let found = match loss {
            Some(loss) => data(loss, &disk).map(|data| format!("{data:?}")),
            None => problem(&case.reader, &disk).map(|problem| problem.source),
        };
        return match found {
            Err(sentence) if sentence.starts_with(&format!("table.csv: {expected}")) => Ok(()),
            found => Err(format!("{found:?}, not the sentence")),
        };
    }
    let near =
        |found: f64, expected: f64| (found - expected).abs() <= 1e-9 * expected.abs().max(1.0);
    let found = if let Some(loss) = loss {
        let data = data(loss, &disk)?;
        let classes = match data.targets() {
            Targets::Classes { classes, .. } => classes.iter().map(|class| *class as f64).collect(),
            Targets::Numbers { numbers, .. } => numbers.clone(),
        };
        return (Some(&classes) == case.classes.as_ref())
            .then_some(())
            .ok_or(format!("{classes:?}"));
    } else {
        problem(&case.reader, &disk)?
    };
    if let Some(line) = case.line {
        let at = found.minima[0].at;
        let is_near = at
            .iter()
            .zip(line)
            .all(|(found, expected)| near(*found, expected));
        return is_near
            .then_some(())
            .ok_or(format!("{at:?}, {}", found.source));
    }
    let matrix = case.matrix.as_ref().unwrap();
    let size = [matrix[0].len() as f64 - 1.0, matrix.len() as f64 - 1.0];
    let heights = matrix.iter().enumerate().flat_map(|(i, row)| {
        let places = row.iter().enumerate();
        places.map(move |(j, height)| ([j as f64, i as f64], *height))
    });
    let ends = [found.view.x()[1], found.view.y()[1]];
    let mut values = heights.map(|(at, height)| near(found.objective.value(&at), height));
    let all = ends == size && values.all(|near| near);
    all.then_some(())
        .ok_or(format!("{ends:?}, {}", found.source))
}

#[test]
fn tables_are_read_as_pandas_reads_them_or_refused() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference/tables.json");
    let text = std::fs::read_to_string(path).unwrap();
    let Reference { cases } = serde_json::from_str(&text).unwrap();
    assert!(cases.len() >= 45);
    let folder = tempfile::tempdir().unwrap();
    let wrong = cases.iter().filter_map(|case| {
        let wrong = check(case, folder.path()).err()?;
        Some(format!("{} ({}): {wrong}", case.name, case.reader))
    });
    let wrong: Vec<String> = wrong.collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
