//! How sharp the loss is along the runs that `ravine train` trains.

use crate::engine::cancel::Cancel;
use crate::engine::curvature::largest;
use crate::engine::network::NetworkLoss;
use crate::engine::run::{Conditions, RunSpec, watch};
use crate::export::sharpness::{self, Row};
use std::io::{self, Write};
use std::ops::ControlFlow;

/// How far an eigenvalue may be off, beside the largest magnitude.
const TOLERANCE: f64 = 1e-8;

/// How many steps there are between two measurements; without an answer, a hundredth of all.
pub(super) fn every(text: Option<&str>, steps: u64) -> Result<u64, String> {
    let Some(text) = text else {
        return Ok((steps / 100).max(1));
    };
    let every = text
        .parse()
        .ok()
        .filter(|every| (1..=steps.max(1)).contains(every));
    every.ok_or_else(|| {
        format!("--sharpness-every cannot be `{text}`; expected a whole number from 1 to {steps}, the steps of the run")
    })
}

/// Takes every run once more and writes how sharp the loss is on its way.
pub(super) fn write(
    loss: &NetworkLoss,
    start: &[f64],
    specs: &[RunSpec],
    conditions: &Conditions,
    out: &mut dyn Write,
) -> io::Result<()> {
    writeln!(out, "{}", sharpness::COLUMNS)?;
    let never = Cancel::default();
    for spec in specs {
        let mut written = Ok(());
        let name = spec.to_string();
        watch(loss, start, spec, conditions, &never, |moment| {
            let found = largest(loss, moment.theta, moment.preconditioner, TOLERANCE, &never);
            let [lambda_max, preconditioned] = found.unwrap_or([f64::NAN; 2]);
            let pace = spec.pace(moment.step, conditions.steps);
            let row = Row {
                step: moment.step,
                loss: moment.loss,
                lambda_max,
                limit: spec.stability_limit(pace),
                preconditioned,
                preconditioned_limit: spec.preconditioned_limit(pace),
            };
            written = sharpness::row(&name, &row, out);
            if written.is_err() || moment.step + conditions.every > conditions.steps {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        });
        written?;
    }
    Ok(())
}
