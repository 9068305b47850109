//! λmax along the runs of `ravine train`.

use crate::cli::interrupt;
use crate::cli::outputs::Outputs;
use crate::cli::progress_counter::with_progress;
use crate::cli::scene_args::whole;
use crate::engine::analysis::curvature::largest;
use crate::engine::network::NetworkLoss;
use crate::engine::training::{RunSettings, RunSpec, run_with_observer};
use crate::export::columns::Columns;
use crate::export::labels::Labels;
use crate::export::{picture as pictures, sharpness as table};
use crate::figure::colour::Theme;
use crate::figure::sharpness::{SharpnessSeries, picture};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Tolerance of λmax, relative to the largest magnitude.
const TOLERANCE: f64 = 1e-8;

/// Width and height of a picture in pixels.
const PIXELS: [u32; 2] = [1280, 960];

/// Parses `--sharpness-every`; by default 1/100 of the steps.
pub(super) fn measure_every(text: Option<&str>, steps: u64) -> Result<u64, String> {
    let Some(text) = text else {
        return Ok((steps / 100).max(1));
    };
    let every = whole(text).filter(|every| (1..=steps.max(1)).contains(every));
    every.ok_or_else(|| {
        format!("--sharpness-every cannot be `{text}`; expected a whole number from 1 to {steps}, the steps of the run")
    })
}

/// Repeats every run and measures λmax along it, with a progress bar on a terminal. Ctrl+C ends it with the measurements so far.
pub(super) fn measure(
    loss: &NetworkLoss,
    start: &[f64],
    specs: &[RunSpec],
    run_settings: &RunSettings,
) -> Vec<SharpnessSeries> {
    let cancel = interrupt::stoppable();
    let of = |spec: &RunSpec, done: &AtomicUsize| {
        let mut run = SharpnessSeries {
            name: spec.to_string(),
            ..SharpnessSeries::default()
        };
        run_with_observer(loss, start, spec, run_settings, &cancel, |step| {
            let found = largest(
                loss,
                step.theta,
                step.preconditioner().as_deref(),
                TOLERANCE,
                &cancel,
            );
            if cancel.is_cancelled() {
                return ControlFlow::Break(());
            }
            done.fetch_add(1, Ordering::Relaxed);
            let [lambda_max, preconditioned] = found.unwrap_or([f64::NAN; 2]);
            let rates = spec.rates(step.step, run_settings.steps);
            let limits = [
                spec.stability_limit(rates),
                spec.preconditioned_limit(rates),
            ];
            let [limit, own_limit] = limits.map(|limit| limit.unwrap_or(f64::NAN));
            run.steps.push(step.step);
            run.loss.push(step.loss);
            run.lambda_max[0].push(lambda_max);
            run.lambda_max[1].push(limit);
            run.preconditioned[0].push(preconditioned);
            run.preconditioned[1].push(own_limit);
            if step.step + run_settings.record_every > run_settings.steps {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        });
        run
    };
    let each = run_settings.steps.div_ceil(run_settings.record_every) + 1;
    let total = usize::try_from(each).unwrap_or(usize::MAX);
    let total = total.saturating_mul(specs.len());
    with_progress("sharpness", "measurements", total, |done| {
        specs.iter().map(|spec| of(spec, done)).collect()
    })
}

/// Writes the measurements to a file as a table, or as a picture with this title.
pub(super) fn write(
    runs: &[SharpnessSeries],
    labels: &[Labels],
    outputs: &mut Outputs,
    (path, kind): (&Path, &str),
    title: &str,
    facts: Columns,
) -> Result<(), String> {
    if !pictures::EXTENSIONS.contains(&kind) {
        let table = table::columns(runs, labels, facts);
        return outputs.write(path, |out| table.write(kind, out));
    }
    let caption = "λmax is the largest eigenvalue of the Hessian of all training data.";
    let sheet = picture(
        runs,
        title,
        caption,
        pictures::points(PIXELS),
        &Theme::LIGHT,
    );
    let bytes = pictures::bytes(&sheet, kind, PIXELS, title)?;
    outputs.write(path, |out| out.write_all(&bytes))
}
