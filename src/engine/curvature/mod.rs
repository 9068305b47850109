//! How a loss bends: eigenvalues of its Hessian and of what takes its place, their density, and measures of sharpness.
//!
//! ```
//! use ravine::engine::cancel::Cancel;
//! use ravine::engine::curvature::{Ask, Curvature, lanczos};
//! use ravine::engine::landscape::{AnyLandscape, NoFiles};
//!
//! let rosenbrock: AnyLandscape = "rosenbrock".parse()?;
//! let ground = rosenbrock.as_dyn().ground(&NoFiles)?;
//! let hessian = Curvature::hessian(&*ground.objective, &[1.0, 1.0]);
//! let found = lanczos(&hessian, &Ask::largest(1e-12), &Cancel::default())?;
//! assert!((found.top[0].value - 1001.6006).abs() < 1e-4);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod density;
mod lanczos;
mod matrix;
mod report;
mod sharpness;
mod trace;
mod tridiagonal;

pub use density::{Density, density};
pub use lanczos::{Ask, Eigen, EigenError, Extremes, lanczos};
pub use matrix::{Curvature, Part, Scaled, Symmetric};
pub use report::{Extras, Inquiry, Kind, LayerCurvature, Report, report};
pub use sharpness::{Sharpness, sharpness};
pub use trace::{Estimate, frobenius, trace};

use super::cancel::Cancel;
use super::objective::Objective;
use super::run::Trajectory;

/// Eigenvalues, smaller first, of the symmetric matrix with entries xx, xy, yy.
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

/// λmin and λmax of the Hessian of an objective in one or two parameters; in one, both are f″.
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

/// λmin and λmax at every row of a trajectory of an objective in one or two parameters. `None` if it was cancelled.
pub fn along(
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eigenvalues_do_not_cancel() {
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
