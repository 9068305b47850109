//! Ways between two networks as CSV, JSON and NPZ.

use super::npz::Npz;
use crate::engine::analysis::mode_connectivity::{
    ModeConnectivity, PathExtremum, PathPoint, PathProfile,
};
use crate::engine::declare::spec::real;
use serde_json::{Value, json};
use std::io::{self, Write};

/// A named column: a number for each t, or none where there is none.
type Column = (String, Vec<f64>);

/// The training and the test data, in the order of a measure's parts.
const PARTS: [&str; 2] = ["", "test_"];

/// The ways that there are, each with its name.
pub fn paths(connection: &ModeConnectivity) -> Vec<(&'static str, &PathProfile)> {
    let before = connection.aligned.as_ref();
    let before = before.map(|(_, profile)| ("unaligned", profile));
    let both = [
        ("straight", &connection.straight),
        ("curve", &connection.curve),
    ];
    both.into_iter().chain(before).collect()
}

/// t; of each way loss and accuracy in training and in the test, as far as there are such; where the plane has the curve.
fn columns(connection: &ModeConnectivity) -> Vec<Column> {
    let rows = &connection.straight.rows;
    let mut columns = vec![("t".to_owned(), rows.iter().map(|row| row.t).collect())];
    for (name, profile) in paths(connection) {
        for (part, of) in PARTS.into_iter().enumerate() {
            let mut add = |what: &str, value: &dyn Fn(&PathPoint) -> Option<f64>| {
                let values: Option<Vec<f64>> = profile.rows.iter().map(value).collect();
                columns.extend(values.map(|values| (format!("{name}_{of}{what}"), values)));
            };
            add("loss", &|row| row.loss(part));
            add("accuracy", &|row| row.accuracy(part));
        }
    }
    for (axis, name) in ["curve_a", "curve_b"].into_iter().enumerate() {
        let places = rows.iter().map(|row| connection.curve_on_plane(row.t));
        let places: Option<Vec<f64>> = places.map(|at| Some(at?[axis])).collect();
        columns.extend(places.map(|places| (name.to_owned(), places)));
    }
    columns
}

/// A line for each t, under the names of the columns. Numbers read back to the same bits.
///
/// # Errors
/// Those of `out`.
pub fn csv(connection: &ModeConnectivity, out: &mut dyn Write) -> io::Result<()> {
    let columns = columns(connection);
    let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
    writeln!(out, "{}", names.join(","))?;
    for row in 0..connection.straight.rows.len() {
        let cells: Vec<String> = columns
            .iter()
            .map(|(_, values)| real(values[row]))
            .collect();
        writeln!(out, "{}", cells.join(","))?;
    }
    Ok(())
}

/// The columns as arrays, the weights of both ends and of the middle point as `from`, `to` and `theta`, and of the plane, where there is one,
/// `origin`, `u` and `v`, n numbers each.
///
/// # Errors
/// Those of `out`.
pub fn npz(connection: &ModeConnectivity, out: &mut dyn Write) -> io::Result<()> {
    let mut npz = Npz::default();
    for (name, values) in columns(connection) {
        npz.add(&name, &[values.len() as u64], values)?;
    }
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

/// What is to be said of the ways: for each its worst loss, its barrier and its least accuracy in training and in the test, and where; how
/// the second network was aligned; how the curve's training ended. What is no number is null.
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

/// What is `told`, an object like the [`summary`], and in it the names of the columns and a row for each t.
///
/// # Errors
/// Those of `out`.
pub fn json(connection: &ModeConnectivity, told: &Value, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(b"{")?;
    for (key, value) in told.as_object().into_iter().flatten() {
        writeln!(out, "{}:{value},", json!(key))?;
    }
    let columns = columns(connection);
    let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
    write!(out, "\"columns\":{},\"rows\":[", json!(names))?;
    for row in 0..connection.straight.rows.len() {
        let comma = if row > 0 { "," } else { "" };
        let cells: Vec<f64> = columns.iter().map(|(_, values)| values[row]).collect();
        write!(out, "{comma}\n{}", json!(cells))?;
    }
    out.write_all(b"\n]}\n")
}
