//! Export of the runs of a network as CSV and NPZ: the metrics of each recorded step, and its projection onto a plane.

use super::columns::{Cells, Columns};
use super::labels::{LABELS, Labels};
use super::npz::Npz;
use crate::engine::analysis::network_plane::Projection;
use crate::engine::declare::spec::real;
use crate::engine::objective::plane::Plane;
use crate::engine::training::Trajectory;
use std::io::{self, Write};

/// A run with its spec and, if there is a plane, the projections of its steps.
pub struct RunRecord<'a> {
    /// The run's number, from 1, which the records of all its seeds share.
    pub number: usize,
    /// Seed of the training, outcome, name and spec.
    pub labels: Labels,
    /// The recorded steps.
    pub trajectory: &'a Trajectory,
    /// Number of steps between two rows; there may be fewer before the last row.
    pub every: u64,
    /// The last step of a run that finishes.
    pub last: u64,
    /// The projection of each recorded step onto the plane.
    pub projections: Option<Vec<Projection>>,
}

impl RunRecord<'_> {
    /// Returns the step of each row. A run that finishes has its last step as well.
    pub fn steps(&self) -> impl Iterator<Item = u64> {
        let rows = self.trajectory.len() as u64;
        (0..rows).map(|row| (row * self.every).min(self.last))
    }
}

/// Writes a line for each recorded step of each run: run (from 1), step, evaluations, loss, grad_norm, lr, cost; with a plane also a, b,
/// projected_loss, residual; then seed, outcome, name, spec. Numbers read back to the same bits.
///
/// # Errors
/// Returns any I/O error from `out`.
pub fn csv(runs: &[RunRecord], out: &mut dyn Write) -> io::Result<()> {
    let plane = if runs.iter().any(|run| run.projections.is_some()) {
        ",a,b,projected_loss,residual"
    } else {
        ""
    };
    let last = LABELS.join(",");
    writeln!(
        out,
        "run,step,evaluations,loss,grad_norm,lr,cost{plane},{last}"
    )?;
    for run in runs {
        let (number, labels, trajectory) = (run.number, run.labels.csv(), run.trajectory);
        for (row, step) in run.steps().enumerate() {
            let [loss, grad_norm, lr] = [&trajectory.loss, &trajectory.grad_norm, &trajectory.lr]
                .map(|column| real(column[row]));
            let (evaluations, cost) = (
                trajectory.evaluations[row],
                trajectory.gradient_equivalents(row).unwrap_or(0.0),
            );
            write!(
                out,
                "{number},{step},{evaluations},{loss},{grad_norm},{lr},{}",
                real(cost)
            )?;
            if let Some(projection) = run.projections.as_ref().and_then(|all| all.get(row)) {
                let [a, b] = projection.at;
                for number in [a, b, projection.loss, projection.residual] {
                    write!(out, ",{}", real(number))?;
                }
            }
            writeln!(out, ",{labels}")?;
        }
    }
    Ok(())
}

/// Writes the columns of [`csv`] as JSON, with `facts` about all runs.
///
/// # Errors
/// Returns any I/O error from `out`.
pub fn json(runs: &[RunRecord], facts: Columns, out: &mut dyn Write) -> io::Result<()> {
    let rows = || {
        runs.iter()
            .flat_map(|run| (0..run.trajectory.len()).map(move |row| (run.number as u64, run, row)))
    };
    let real = |of: &dyn Fn(&RunRecord, usize) -> f64| {
        Cells::Real(rows().map(|(_, run, row)| of(run, row)).collect())
    };
    let steps = runs.iter().flat_map(RunRecord::steps).collect();
    let evaluations = rows().map(|(_, run, row)| run.trajectory.evaluations[row]);
    let mut table = facts
        .with(
            "run",
            Cells::Count(rows().map(|(number, ..)| number).collect()),
        )
        .with("step", Cells::Count(steps))
        .with("evaluations", Cells::Count(evaluations.collect()))
        .with("loss", real(&|run, row| run.trajectory.loss[row]))
        .with("grad_norm", real(&|run, row| run.trajectory.grad_norm[row]))
        .with("lr", real(&|run, row| run.trajectory.lr[row]))
        .with(
            "cost",
            real(&|run, row| run.trajectory.gradient_equivalents(row).unwrap_or(0.0)),
        );
    if runs.iter().any(|run| run.projections.is_some()) {
        let projected = |of: &dyn Fn(&Projection) -> f64| {
            real(&|run, row| {
                let projections = run.projections.as_ref();
                projections
                    .and_then(|all| all.get(row))
                    .map_or(f64::NAN, of)
            })
        };
        table = table
            .with("a", projected(&|point| point.at[0]))
            .with("b", projected(&|point| point.at[1]))
            .with("projected_loss", projected(&|point| point.loss))
            .with("residual", projected(&|point| point.residual));
    }
    Labels::add_to(table, rows().map(|(_, run, _)| &run.labels)).json(out)
}

/// Writes, for run k counted from 1, the arrays run_k_step, run_k_theta (steps × n), run_k_loss, run_k_grad_norm, run_k_lr and
/// run_k_evaluations, or with several seeds run_k_seed_s_step and so on; with a plane also run_k_plane (steps × 4: a, b, projected loss, residual) and the plane's origin, u and v, n numbers each. Then run, seed, outcome, name and spec have an entry for each run.
///
/// # Errors
/// Returns any I/O error from `out`.
pub fn npz(runs: &[RunRecord], plane: Option<&Plane>, out: &mut dyn Write) -> io::Result<()> {
    let mut npz = Npz::default();
    if let Some(plane) = plane {
        for (name, vector) in ["origin", "u", "v"].into_iter().zip(plane.parts()) {
            npz.add(name, &[vector.len() as u64], vector.iter().copied())?;
        }
    }
    let has_seeds = runs
        .iter()
        .any(|run| run.labels.seed != runs[0].labels.seed);
    for run in runs {
        let name = if has_seeds {
            format!("run_{}_seed_{}_", run.number, run.labels.seed)
        } else {
            format!("run_{}_", run.number)
        };
        let trajectory = run.trajectory;
        let rows = trajectory.len() as u64;
        let shape = [rows, trajectory.dim as u64];
        npz.add(&format!("{name}step"), &shape[..1], run.steps())?;
        npz.add(
            &format!("{name}theta"),
            &shape,
            trajectory.theta.iter().copied(),
        )?;
        let columns = [
            ("loss", &trajectory.loss),
            ("grad_norm", &trajectory.grad_norm),
            ("lr", &trajectory.lr),
        ];
        for (column, numbers) in columns {
            npz.add(&format!("{name}{column}"), &[rows], numbers.iter().copied())?;
        }
        let evaluations = trajectory.evaluations.iter().copied();
        npz.add(&format!("{name}evaluations"), &[rows], evaluations)?;
        if let Some(projections) = &run.projections {
            let numbers = projections.iter();
            let numbers = numbers.flat_map(|p| [p.at[0], p.at[1], p.loss, p.residual]);
            npz.add(&format!("{name}plane"), &[rows, 4], numbers)?;
        }
    }
    let shape = [runs.len() as u64];
    let text = |of: fn(&Labels) -> &str| -> Vec<String> {
        runs.iter().map(|run| of(&run.labels).to_owned()).collect()
    };
    npz.add("run", &shape, runs.iter().map(|run| run.number as u64))?;
    npz.add("seed", &shape, runs.iter().map(|run| run.labels.seed))?;
    npz.add_texts("outcome", &text(|run| run.outcome.name()))?;
    npz.add_texts("name", &text(|run| &run.name))?;
    npz.add_texts("spec", &text(|run| &run.spec))?;
    npz.write(out)
}
