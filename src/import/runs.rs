//! Reads runs of a network from NPZ files.

use super::npy;
use crate::engine::training::{Outcome, Trajectory};
use std::io::{Read, Seek};
use zip::ZipArchive;

pub(super) const EXPECTED: &str = "an NPZ file that `ravine train --trajectories` wrote";

/// The maximum number of f64 values of a run: 3.2 GB.
const MAX_NUMBERS: u64 = 400_000_000;

/// Reads the runs of a network of `dim` parameters. The error is a sentence without the file's name.
pub(super) fn read(source: impl Read + Seek, dim: usize) -> Result<Vec<Trajectory>, String> {
    let mut file = ZipArchive::new(source)
        .map_err(|error| format!("is not a whole NPZ file ({error}); expected {EXPECTED}"))?;
    let mut runs = Vec::new();
    loop {
        let name = format!("run_{}_", runs.len() + 1);
        if file.index_for_name(&format!("{name}theta.npy")).is_none() {
            break;
        }
        runs.push(run(&mut file, &name, dim)?);
    }
    if runs.is_empty() {
        return Err(format!("holds no array `run_1_theta`; expected {EXPECTED}"));
    }
    Ok(runs)
}

/// Reads the run whose arrays begin with `name`. The file does not contain the run's outcome.
fn run(
    file: &mut ZipArchive<impl Read + Seek>,
    name: &str,
    dim: usize,
) -> Result<Trajectory, String> {
    let (theta, rows) = array(file, &format!("{name}theta"), &[dim as u64])?;
    if theta.iter().any(|number: &f64| !number.is_finite()) {
        return Err(format!(
            "`{name}theta` holds a number that is not finite; expected finite numbers"
        ));
    }
    let mut column = |part: &str| -> Result<Vec<f64>, String> {
        let name = format!("{name}{part}");
        let (numbers, own) = array(file, &name, &[])?;
        matching(numbers, own, rows, &name)
    };
    let (loss, grad_norm, lr) = (column("loss")?, column("grad_norm")?, column("lr")?);
    let evaluations = format!("{name}evaluations");
    let (counts, own) = array(file, &evaluations, &[])?;
    let counts = counts.into_iter().map(whole).collect::<Option<Vec<u64>>>();
    let counts = counts.ok_or_else(|| {
        format!("`{evaluations}` holds a number that is no count; expected whole numbers from 0")
    })?;
    Ok(Trajectory {
        dim,
        theta,
        loss,
        grad_norm,
        lr,
        evaluations: matching(counts, own, rows, &evaluations)?,
        costs: None,
        average: None,
        outcome: Outcome::Finished,
    })
}

fn matching<T>(numbers: Vec<T>, own: u64, rows: u64, name: &str) -> Result<Vec<T>, String> {
    if own == rows {
        return Ok(numbers);
    }
    Err(format!(
        "`{name}` has {own} rows; expected {rows}, as many as its run has steps"
    ))
}

/// Converts a number to a count; `None` if it is not one.
fn whole(number: f64) -> Option<u64> {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the range is tested first"
    )]
    (number.fract() == 0.0 && (0.0..1e18).contains(&number)).then_some(number as u64)
}

/// Returns the numbers of an array whose rows have the shape `row`, and its number of rows.
fn array(
    file: &mut ZipArchive<impl Read + Seek>,
    name: &str,
    row: &[u64],
) -> Result<(Vec<f64>, u64), String> {
    let entry = file
        .by_name(&format!("{name}.npy"))
        .map_err(|error| format!("`{name}` cannot be read ({error}); expected {EXPECTED}"))?;
    let placed = |wrong: String| format!("`{name}` {wrong}");
    let array = npy::open(entry, EXPECTED).map_err(placed)?;
    let rows = match array.shape() {
        [rows, rest @ ..] if rest == row => *rows,
        shape => {
            let sides: Vec<String> = shape.iter().map(u64::to_string).collect();
            let own: Vec<String> = row.iter().map(|side| format!(" × {side}")).collect();
            return Err(format!(
                "`{name}` is {}; expected steps{}, as the network has parameters",
                sides.join(" × "),
                own.concat()
            ));
        }
    };
    let each: u64 = row.iter().product();
    if rows.saturating_mul(each) > MAX_NUMBERS {
        return Err(format!(
            "`{name}` has {rows} rows; expected at most {MAX_NUMBERS} numbers"
        ));
    }
    Ok((array.numbers(EXPECTED).map_err(placed)?, rows))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::labels::Labels;
    use crate::export::training::{RunRecord, npz};
    use std::io::Cursor;

    fn trajectory() -> Trajectory {
        Trajectory {
            dim: 2,
            theta: vec![0.5, -1.0, 0.25, 3.0, 1e-300, 7.0],
            loss: vec![3.0, 2.0, 1.0],
            grad_norm: vec![0.5, 0.25, 0.125],
            lr: vec![0.1, 0.1, 0.05],
            evaluations: vec![0, 1, 2],
            costs: None,
            average: None,
            outcome: Outcome::Finished,
        }
    }

    fn written(runs: &[Trajectory]) -> Vec<u8> {
        let trained = |(index, trajectory)| RunRecord {
            number: index + 1,
            labels: Labels {
                seed: 0,
                outcome: Outcome::Finished,
                name: "SGD".to_owned(),
                spec: "sgd".to_owned(),
            },
            trajectory,
            every: 1,
            last: 2,
            projections: None,
        };
        let trained: Vec<RunRecord> = runs.iter().enumerate().map(trained).collect();
        let mut bytes = Vec::new();
        npz(&trained, None, &mut bytes).unwrap();
        bytes
    }

    #[test]
    fn written_runs_read_back() {
        let runs = [trajectory(), trajectory()];
        let bytes = written(&runs);
        assert_eq!(read(Cursor::new(&bytes), 2).unwrap(), runs);
        for length in 0..bytes.len() {
            read(Cursor::new(&bytes[..length]), 2).unwrap_err();
        }
    }

    #[test]
    fn other_files_are_refused_in_one_sentence() {
        let mut endless = trajectory();
        endless.theta[3] = f64::NAN;
        for (bytes, dim, expected) in [
            (b"PK".to_vec(), 2, "is not a whole NPZ file ("),
            (
                written(&[]),
                2,
                "holds no array `run_1_theta`; expected an NPZ file",
            ),
            (
                written(&[trajectory()]),
                3,
                "`run_1_theta` is 3 × 2; expected steps × 3, as the network has parameters",
            ),
            (
                written(&[endless]),
                2,
                "`run_1_theta` holds a number that is not finite; expected finite numbers",
            ),
        ] {
            let sentence = read(Cursor::new(bytes), dim).unwrap_err();
            assert!(sentence.starts_with(expected), "{sentence}");
            assert_eq!(sentence.lines().count(), 1, "{sentence}");
        }
    }
}
