//! Export of the runs of a network as CSV and NPZ: the metrics of each recorded step, and its projection onto a plane.

use super::npz::Npz;
use super::trajectories::quoted;
use crate::engine::analysis::network_plane::Projection;
use crate::engine::declare::spec::real;
use crate::engine::objective::plane::Plane;
use crate::engine::training::Trajectory;
use std::io::{self, Write};

/// A run with its spec and, if there is a plane, the projections of its steps.
pub struct RunRecord<'a> {
    /// The run's spec.
    pub spec: String,
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

/// Writes a line for each recorded step of each run: run (its spec), step, evaluations, loss, grad_norm, lr, cost; with a plane also a, b,
/// projected_loss, residual. Numbers read back to the same bits.
///
/// # Errors
/// Returns any I/O error from `out`.
pub fn csv(runs: &[RunRecord], out: &mut dyn Write) -> io::Result<()> {
    let plane = if runs.iter().any(|run| run.projections.is_some()) {
        ",a,b,projected_loss,residual"
    } else {
        ""
    };
    writeln!(out, "run,step,evaluations,loss,grad_norm,lr,cost{plane}")?;
    for run in runs {
        let (spec, trajectory) = (quoted(&run.spec), run.trajectory);
        for (row, step) in run.steps().enumerate() {
            let [loss, grad_norm, lr] = [&trajectory.loss, &trajectory.grad_norm, &trajectory.lr]
                .map(|column| real(column[row]));
            let (evaluations, cost) = (
                trajectory.evaluations[row],
                trajectory.gradient_equivalents(row).unwrap_or(0.0),
            );
            write!(
                out,
                "{spec},{step},{evaluations},{loss},{grad_norm},{lr},{}",
                real(cost)
            )?;
            if let Some(projection) = run.projections.as_ref().and_then(|all| all.get(row)) {
                let [a, b] = projection.at;
                for number in [a, b, projection.loss, projection.residual] {
                    write!(out, ",{}", real(number))?;
                }
            }
            writeln!(out)?;
        }
    }
    Ok(())
}

/// Writes, for run k counted from 1, the arrays run_k_step, run_k_theta (steps × n), run_k_loss, run_k_grad_norm, run_k_lr and
/// run_k_evaluations; with a plane also run_k_plane (steps × 4: a, b, projected loss, residual) and the plane's origin, u and v, n numbers each.
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
    for (index, run) in runs.iter().enumerate() {
        let (name, trajectory) = (format!("run_{}_", index + 1), run.trajectory);
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
    npz.write(out)
}
