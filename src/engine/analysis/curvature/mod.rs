//! Curvature of a loss: eigenvalues, spectral density and trace of its Hessian, Gauss–Newton or Fisher matrix, and sharpness measures.
//!
//! ```
//! use ravine::engine::cancel::Cancel;
//! use ravine::engine::analysis::curvature::{Curvature, LanczosOptions, lanczos};
//! use ravine::engine::files::NoFiles;
//! use ravine::engine::landscape::{AnyLandscape};
//!
//! let rosenbrock: AnyLandscape = "rosenbrock".parse()?;
//! let problem = rosenbrock.as_dyn().load(&NoFiles)?;
//! let hessian = Curvature::hessian(&*problem.objective, &[1.0, 1.0]);
//! let found = lanczos(&hessian, &LanczosOptions::largest(1e-12), &Cancel::default())?;
//! assert!((found.top[0].value - 1001.6006).abs() < 1e-4);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod density;
mod lanczos;
mod lanczos_basis;
mod operator;
mod report;
mod sharpness;
mod trace;

pub use density::{Density, density};
pub use lanczos::{Eigen, EigenError, ExtremalEigenvalues, LanczosOptions, lanczos};
pub use operator::{Curvature, DiagonalBlock, DiagonallyScaled, LinearOperator};
pub use report::{CurvatureSettings, ExpensiveParts, Kind, LayerCurvature, Report, report};
pub use sharpness::{Sharpness, sharpness};
pub use trace::{Estimate, frobenius, trace};

use crate::engine::cancel::Cancel;
use crate::engine::objective::Objective;
use crate::engine::training::{self, RunSettings, RunSpec, Trajectory};
use std::ops::ControlFlow;

/// Returns the eigenvalues, smaller first, of the symmetric 2 × 2 matrix with entries xx, xy, yy.
pub fn eigenvalues([xx, xy, yy]: [f64; 3]) -> [f64; 2] {
    let (mean, half) = (0.5 * (xx + yy), (0.5 * (xx - yy)).hypot(xy));
    let far = if mean < 0.0 { mean - half } else { mean + half };
    // The eigenvalue nearer to 0 follows from the determinant, without cancellation.
    let near = if far == 0.0 {
        0.0
    } else {
        xx / far * yy - xy / far * xy
    };
    if far < near { [far, near] } else { [near, far] }
}

/// Returns λmin and λmax of the Hessian of an objective in one or two parameters; in one, both are f″.
pub fn extremes(objective: &dyn Objective, theta: &[f64]) -> [f64; 2] {
    if objective.dim() == 1 {
        let mut second = [0.0];
        objective.hessian(theta, &mut second);
        return [second[0]; 2];
    }
    let mut h = [0.0; 4];
    objective.hessian(theta, &mut h);
    eigenvalues([h[0], h[1], h[3]])
}

/// Returns λmin and λmax at every row of a trajectory of an objective in one or two parameters; `None` if cancelled.
pub fn extremes_along(
    objective: &dyn Objective,
    trajectory: &Trajectory,
    cancel: &Cancel,
) -> Option<Vec<[f64; 2]>> {
    trajectory
        .theta
        .chunks_exact(trajectory.dim)
        .map(|theta| (!cancel.is_cancelled()).then(|| extremes(objective, theta)))
        .collect()
}

/// Returns the preconditioned sharpness, the largest eigenvalue of P^(−1/2) H P^(−1/2), at every row of a run on an objective in one or two
/// parameters, where P is the preconditioner of the step before the row; NaN where there was no step. `None` if cancelled, empty for an
/// optimizer without preconditioner.
pub fn preconditioned_along(
    objective: &dyn Objective,
    start: &[f64],
    spec: &RunSpec,
    run_settings: &RunSettings,
    cancel: &Cancel,
) -> Option<Vec<f64>> {
    let mut found = Vec::new();
    if spec
        .preconditioned_limit(spec.rates(0, run_settings.steps))
        .is_none()
    {
        return Some(found);
    }
    training::run_with_observer(objective, start, spec, run_settings, cancel, |step| {
        let largest = step.preconditioner().map(|p| {
            let mut h = [0.0; 4];
            if let [only] = p[..] {
                objective.hessian(step.theta, &mut h[..1]);
                return h[0] / only;
            }
            objective.hessian(step.theta, &mut h);
            eigenvalues([h[0] / p[0], h[1] / (p[0] * p[1]).sqrt(), h[3] / p[1]])[1]
        });
        found.push(largest.unwrap_or(f64::NAN));
        ControlFlow::Continue(())
    });
    (!cancel.is_cancelled()).then_some(found)
}

/// Returns the largest eigenvalue of the Hessian at θ, and that of the preconditioned Hessian P^(−1/2) H P^(−1/2), which is NaN without a
/// preconditioner; each to an estimated error of `tolerance` relative to the largest magnitude.
pub fn largest(
    objective: &dyn Objective,
    theta: &[f64],
    preconditioner: Option<&[f64]>,
    tolerance: f64,
    cancel: &Cancel,
) -> Result<[f64; 2], EigenError> {
    let hessian = Curvature::hessian(objective, theta);
    let largest = |matrix: &dyn LinearOperator| {
        let found = lanczos(matrix, &LanczosOptions::largest(tolerance), cancel)?;
        Ok(found.top.first().map_or(f64::NAN, |eigen| eigen.value))
    };
    let sharpness = largest(&hessian)?;
    let Some(divisors) = preconditioner else {
        return Ok([sharpness, f64::NAN]);
    };
    let by: Vec<f64> = divisors.iter().map(|p| p.sqrt().recip()).collect();
    let scaled = DiagonallyScaled {
        whole: &hessian,
        by: &by,
    };
    Ok([sharpness, largest(&scaled)?])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// On a quadratic with equal curvature along both axes, RMSprop's preconditioned sharpness settles at the stability limit: its preconditioner
    /// falls with the gradients, until steps no longer shrink them.
    #[test]
    fn rmsprop_settles_at_its_stability_limit() {
        let landscape: crate::engine::landscape::AnyLandscape =
            "quadratic:a=1,b=1".parse().unwrap();
        let problem = landscape
            .as_dyn()
            .load(&crate::engine::files::NoFiles)
            .unwrap();
        let spec: RunSpec = "rmsprop:lr=0.01,alpha=0.9,eps=0".parse().unwrap();
        let run_settings = RunSettings {
            steps: 2000,
            gradient_settings: crate::engine::objective::GradientSettings::default(),
            tolerance: None,
            record_every: 1,
        };
        let never = Cancel::default();
        let found = preconditioned_along(
            &*problem.objective,
            &[1.0, 1.0],
            &spec,
            &run_settings,
            &never,
        )
        .unwrap();
        assert_eq!(found.len(), 2001);
        assert!(found[0].is_nan());
        let limit = spec.preconditioned_limit(spec.rates(0, 2000)).unwrap();
        let late = &found[1500..];
        let mean = late.iter().sum::<f64>() / 501.0;
        assert!((mean / limit - 1.0).abs() < 0.1, "{mean} {limit}");
        let sgd: RunSpec = "sgd".parse().unwrap();
        let none = preconditioned_along(
            &*problem.objective,
            &[1.0, 1.0],
            &sgd,
            &run_settings,
            &never,
        );
        assert_eq!(none, Some(Vec::new()));
    }

    #[test]
    fn eigenvalues_of_2x2_matrices_do_not_cancel() {
        assert_eq!(eigenvalues([2.0, 0.0, 5.0]), [2.0, 5.0]);
        assert_eq!(eigenvalues([-5.0, 0.0, -2.0]), [-5.0, -2.0]);
        assert_eq!(eigenvalues([0.0, 3.0, 0.0]), [-3.0, 3.0]);
        assert_eq!(eigenvalues([0.0; 3]), [0.0; 2]);
        let [small, large] = eigenvalues([1e16, 0.0, 1.0]);
        assert_eq!((small, large), (1.0, 1e16));
        // Rosenbrock's minimum.
        let [low, high] = eigenvalues([802.0, -400.0, 200.0]);
        assert!((low - 0.399_360_77).abs() < 1e-8 && (high - 1001.6006).abs() < 1e-4);
    }
}
