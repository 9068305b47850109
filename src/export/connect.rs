//! Export of mode connectivity, the paths between two networks, as CSV, JSON and NPZ.

use super::columns::{Cells, Columns};
use super::npz::Npz;
use crate::engine::analysis::mode_connectivity::{
    ModeConnectivity, PathExtremum, PathPoint, PathProfile,
};
use serde_json::{Value, json};
use std::io::{self, Write};

/// Prefixes of the columns of training and test data, in the order of the metrics' parts.
const PARTS: [&str; 2] = ["", "test_"];

/// Returns the paths, each with its name.
pub fn paths(connection: &ModeConnectivity) -> Vec<(&'static str, &PathProfile)> {
    let unaligned = connection.aligned.as_ref();
    let unaligned = unaligned.map(|(_, profile)| ("unaligned", profile));
    let both = [
        ("straight", &connection.straight),
        ("curve", &connection.curve),
    ];
    both.into_iter().chain(unaligned).collect()
}

/// Returns the columns: t; for each path the losses and accuracies in training and in the test that exist; the curve's coordinates on the plane.
fn columns(connection: &ModeConnectivity) -> Columns {
    let rows = &connection.straight.rows;
    let mut columns: Vec<(String, Vec<f64>)> =
        vec![("t".to_owned(), rows.iter().map(|row| row.t).collect())];
    for (name, profile) in paths(connection) {
        for (part, prefix) in PARTS.into_iter().enumerate() {
            let mut add = |metric: &str, value: &dyn Fn(&PathPoint) -> Option<f64>| {
                let values: Option<Vec<f64>> = profile.rows.iter().map(value).collect();
                columns.extend(values.map(|values| (format!("{name}_{prefix}{metric}"), values)));
            };
            add("loss", &|row| row.loss(part));
            add("accuracy", &|row| row.accuracy(part));
        }
    }
    for (axis, name) in ["curve_a", "curve_b"].into_iter().enumerate() {
        let points = rows.iter().map(|row| connection.curve_on_plane(row.t));
        let values: Option<Vec<f64>> = points.map(|at| Some(at?[axis])).collect();
        columns.extend(values.map(|values| (name.to_owned(), values)));
    }
    columns
        .into_iter()
        .fold(Columns::default(), |table, (name, values)| {
            table.with(name, Cells::Real(values))
        })
}

/// Writes the columns, a line for each t. Numbers read back to the same bits.
///
/// # Errors
/// Returns any I/O error from `out`.
pub fn csv(connection: &ModeConnectivity, out: &mut dyn Write) -> io::Result<()> {
    columns(connection).csv(out)
}

/// Writes the columns as arrays, the weights of both ends and of the middle point as `from`, `to` and `theta`, and the plane, if there is
/// one, as `origin`, `u` and `v` of n numbers each.
///
/// # Errors
/// Returns any I/O error from `out`.
pub fn npz(connection: &ModeConnectivity, out: &mut dyn Write) -> io::Result<()> {
    let mut npz = Npz::default();
    columns(connection).add_to(&mut npz)?;
    let [from, to] = &connection.ends;
    let mut vectors = vec![
        ("from", &from[..]),
        ("to", to),
        ("theta", &connection.theta),
    ];
    let plane = connection.plane.as_ref();
    vectors.extend(
        plane
            .into_iter()
            .flat_map(|plane| ["origin", "u", "v"].into_iter().zip(plane.parts())),
    );
    for (name, vector) in vectors {
        npz.add(name, &[vector.len() as u64], vector.iter().copied())?;
    }
    npz.write(out)
}

/// Returns a summary: for each path its worst loss, its barrier and its lowest accuracy in training and in the test, and where; how
/// the second network was aligned; how the curve's training ended. Missing numbers are null.
pub fn summary(connection: &ModeConnectivity) -> Value {
    let peak =
        |peak: Option<PathExtremum>| peak.map(|peak| json!({ "value": peak.height, "t": peak.t }));
    let measures = |row: Option<&PathPoint>, part: usize| {
        row.map(|row| json!({ "loss": row.loss(part), "accuracy": row.accuracy(part) }))
    };
    let profile = |profile: &PathProfile| {
        let part = |part: usize| {
            json!({
                "worst_loss": peak(profile.max_loss(part)),
                "barrier": peak(profile.barrier(part)),
                "least_accuracy": peak(profile.min_accuracy(part)),
            })
        };
        let [first, last] = [profile.rows.first(), profile.rows.last()];
        let tested = profile.max_loss(1).is_some();
        let all = |of: &dyn Fn(usize) -> Value| {
            let test = if tested { of(1) } else { Value::Null };
            json!({ "train": of(0), "test": test })
        };
        (
            all(&part),
            [
                all(&|part| json!(measures(first, part))),
                all(&|part| json!(measures(last, part))),
            ],
        )
    };
    let (straight, [from, to]) = profile(&connection.straight);
    let aligned = connection.aligned.as_ref().map(|(alignment, before)| {
        json!({
            "moved": alignment.permutation.moved(),
            "distances": alignment.distances,
            "orders": alignment.permutation.orders(),
            "before": profile(before).0,
        })
    });
    json!({
        "from": from,
        "to": to,
        "straight": straight,
        "curve": profile(&connection.curve).0,
        "outcome": connection.outcome.name(),
        "aligned": aligned,
    })
}

/// Writes `summary`, an object like that of [`summary`], extended by the columns' names and a row for each t.
///
/// # Errors
/// Returns any I/O error from `out`.
pub fn json(connection: &ModeConnectivity, summary: &Value, out: &mut dyn Write) -> io::Result<()> {
    let table = columns(connection);
    super::json::write(&PathsFile { summary, table }, out)
}

/// Paths in a JSON file.
#[derive(serde::Serialize)]
struct PathsFile<'a> {
    #[serde(flatten)]
    summary: &'a Value,
    #[serde(flatten)]
    table: Columns,
}
