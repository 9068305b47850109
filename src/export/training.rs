//! Runs of a network as CSV and NPZ: every step's loss, and where a plane shows it.

use super::npz::Npz;
use super::trajectories::quoted;
use crate::engine::analysis::network_plane::Projection;
use crate::engine::declare::spec::real;
use crate::engine::objective::plane::Plane;
use crate::engine::training::Trajectory;
use std::io::{self, Write};

/// A run with its spec and, where there is a plane, the shadows of its steps.
pub struct RunRecord<'a> {
    /// Its spec.
    pub spec: String,
    /// The steps that are kept of it.
    pub trajectory: &'a Trajectory,
    /// How many steps lie between two rows; there may be fewer before the last one.
    pub every: u64,
    /// The last step of a run that finishes.
    pub last: u64,
    /// What a plane shows of each of them.
    pub projections: Option<Vec<Projection>>,
}

impl RunRecord<'_> {
    /// The step of each row. A run that finishes has its last step as well.
    pub fn steps(&self) -> impl Iterator<Item = u64> {
        let rows = self.trajectory.len() as u64;
        (0..rows).map(|row| (row * self.every).min(self.last))
    }
}

/// A line for each step that is kept of each run: run (its spec), step, evaluations, loss, grad_norm, lr, cost; with a plane also a, b,
/// projected_loss, residual. Numbers read back to the same bits.
///
/// # Errors
/// Those of `out`.
pub fn csv(runs: &[RunRecord], out: &mut dyn Write) -> io::Result<()> {
    let plane = if runs.iter().any(|run| run.projections.is_some()) {
        ",a,b,projected_loss,residual"
    } else {
        ""
    };
    writeln!(out, "run,step,evaluations,loss,grad_norm,lr,cost{plane}")?;
    for run in runs {
        let (spec, made) = (quoted(&run.spec), run.trajectory);
        for (row, step) in run.steps().enumerate() {
            let [loss, grad_norm, lr] =
                [&made.loss, &made.grad_norm, &made.lr].map(|column| real(column[row]));
            let (evaluations, cost) = (
                made.evaluations[row],
                made.gradient_equivalents(row).unwrap_or(0.0),
            );
            write!(
                out,
                "{spec},{step},{evaluations},{loss},{grad_norm},{lr},{}",
                real(cost)
            )?;
            if let Some(shadow) = run
                .projections
                .as_ref()
                .and_then(|shadows| shadows.get(row))
            {
                for number in [shadow.at[0], shadow.at[1], shadow.loss, shadow.residual] {
                    write!(out, ",{}", real(number))?;
                }
            }
            writeln!(out)?;
        }
    }
    Ok(())
}

/// For run k, counted from 1, the arrays run_k_step, run_k_theta (steps × n), run_k_loss, run_k_grad_norm, run_k_lr and run_k_evaluations, and with a
/// plane run_k_plane (steps × 4: a, b, loss of the projection, residual); of the plane its origin, u and v, n numbers each.
///
/// # Errors
/// Those of `out`.
pub fn npz(runs: &[RunRecord], plane: Option<&Plane>, out: &mut dyn Write) -> io::Result<()> {
    let mut npz = Npz::default();
    if let Some(plane) = plane {
        for (name, vector) in ["origin", "u", "v"].into_iter().zip(plane.parts()) {
            npz.add(name, &[vector.len() as u64], vector.iter().copied())?;
        }
    }
    for (index, run) in runs.iter().enumerate() {
        let (name, made) = (format!("run_{}_", index + 1), run.trajectory);
        let rows = made.len() as u64;
        let shape = [rows, made.dim as u64];
        npz.add(&format!("{name}step"), &shape[..1], run.steps())?;
        npz.add(&format!("{name}theta"), &shape, made.theta.iter().copied())?;
        let columns = [
            ("loss", &made.loss),
            ("grad_norm", &made.grad_norm),
            ("lr", &made.lr),
        ];
        for (column, numbers) in columns {
            npz.add(&format!("{name}{column}"), &[rows], numbers.iter().copied())?;
        }
        let evaluations = made.evaluations.iter().copied();
        npz.add(&format!("{name}evaluations"), &[rows], evaluations)?;
        if let Some(shadows) = &run.projections {
            let numbers = shadows.iter();
            let numbers = numbers.flat_map(|s| [s.at[0], s.at[1], s.loss, s.residual]);
            npz.add(&format!("{name}plane"), &[rows, 4], numbers)?;
        }
    }
    npz.write(out)
}
