//! Tests of the engine against PyTorch, published numbers and theory, and with extreme settings.
//!
//! The reference data are in `tests/reference`, with the scripts that generated them.

mod curvature;
mod files;
mod grids;
mod networks;
mod published;
mod slices;
mod soundness;
mod starts;
mod tables;
mod theory;
mod torch;

use ravine::engine::cancel::Cancel;
use ravine::engine::files::NoFiles;
use ravine::engine::landscape::{AnyLandscape, LoadedLandscape};
use ravine::engine::objective::GradientSettings;
use ravine::engine::training::{RunSettings, RunSpec, Trajectory, run};

/// Asserts that `found` is within `tolerance` of `expected`, relative to `scale`.
#[track_caller]
fn check(what: &str, found: &[f64], expected: &[f64], scale: f64, tolerance: f64) {
    assert_eq!(found.len(), expected.len(), "{what}");
    let close = |(found, expected): (&f64, &f64)| (found - expected).abs() <= tolerance * scale;
    assert!(
        found.iter().zip(expected).all(close),
        "{what}: {found:?}, expected {expected:?} to {tolerance} of {scale}"
    );
}

fn problem(landscape: &str) -> LoadedLandscape {
    let landscape: AnyLandscape = landscape.parse().unwrap();
    landscape.as_dyn().load(&NoFiles).unwrap()
}

/// Computes a run without noise, mini-batches or clipping.
fn path<const N: usize>(landscape: &str, spec: &str, start: [f64; N], steps: u64) -> Trajectory {
    path_with_settings(landscape, spec, start, steps, GradientSettings::default())
}

fn path_with_settings<const N: usize>(
    landscape: &str,
    spec: &str,
    start: [f64; N],
    steps: u64,
    gradient_settings: GradientSettings,
) -> Trajectory {
    let spec: RunSpec = spec.parse().unwrap();
    let run_settings = RunSettings {
        steps,
        gradient_settings,
        tolerance: None,
        record_every: 1,
    };
    let objective = problem(landscape).objective;
    run(
        &*objective,
        &start,
        &spec,
        &run_settings,
        &Cancel::default(),
    )
    .unwrap()
}

/// Returns θ after the last step.
fn end<const N: usize>(trajectory: &Trajectory) -> [f64; N] {
    let theta = trajectory.theta(usize::MAX).unwrap();
    theta.try_into().unwrap()
}
