//! Planes through a network's parameter space, on which its loss landscape is drawn, and projections of runs onto them.
//!
//! ```
//! use ravine::engine::cancel::Cancel;
//! use ravine::engine::files::NoFiles;
//! use ravine::engine::network::{AnyNetwork, NetworkLoss, data::AnyDataset};
//! use ravine::engine::analysis::network_plane::{AnyPlane, PlaneInputs};
//!
//! let network: AnyNetwork = "mlp:hidden=8,activation=relu".parse()?;
//! let data: AnyDataset = "moons:samples=20".parse()?;
//! let loss = NetworkLoss::new(&network, &data.as_dyn().data(&NoFiles)?)?;
//! let theta = loss.init_params(0);
//! let plane: AnyPlane = "filter:seed=1".parse()?;
//! let found = plane.as_dyn().build(&PlaneInputs::new(&loss, &theta, &Cancel::default()))?;
//! assert_eq!(found.plane.parts()[0], theta);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod eigen;
mod filter;
mod gradient;
mod hessian;
mod line;
mod pca;
mod points;
mod projection;
mod weights;

use crate::engine::cancel::Cancel;
use crate::engine::declare::{Settings, family};
use crate::engine::objective::Objective;
use crate::engine::objective::plane::Plane;
use crate::engine::training::Trajectory;

pub use filter::{Ignore, normalise};
pub use pca::Pca;
pub use points::Points;
pub use projection::{Projection, project_all};

family! {
    /// Any method that chooses a plane through parameter space.
    pub enum AnyPlane: PlaneMethod = "plane" {
        filter::Filter,
        hessian::Hessian,
        gradient::Gradient,
        weights::Weights,
        line::Line,
        points::Points,
        pca::Pca,
    }
}

/// Method that chooses a plane through parameter space.
pub trait PlaneMethod: Settings {
    /// Returns the names of the plane's two directions, as axes of its map. `others` are the names of the further weights, where they have
    /// any.
    fn axes(&self, others: &[&str]) -> [String; 2];

    /// Builds the plane from its inputs.
    fn build(&self, given: &PlaneInputs) -> Result<NetworkPlane, PlaneError>;
}

/// Inputs of plane methods.
pub struct PlaneInputs<'a> {
    /// Loss over θ ∈ ℝⁿ.
    pub objective: &'a dyn Objective,
    /// Weights at which the landscape is drawn, n finite numbers.
    pub theta: &'a [f64],
    /// Further weights, n finite numbers each.
    pub others: &'a [Vec<f64>],
    /// Runs in the same n parameters.
    pub trajectories: &'a [Trajectory],
    /// Cancels the computation.
    pub cancel: &'a Cancel,
}

impl<'a> PlaneInputs<'a> {
    /// Returns inputs of a loss and weights, without further weights and runs.
    pub fn new(objective: &'a dyn Objective, theta: &'a [f64], cancel: &'a Cancel) -> Self {
        Self {
            objective,
            theta,
            others: &[],
            trajectories: &[],
            cancel,
        }
    }
}

/// Plane through parameter space, with explained variances or eigenvalues of its directions.
#[derive(Clone, Debug, PartialEq)]
pub struct NetworkPlane {
    /// The plane.
    pub plane: Plane,
    /// Explained variance ratio of the two directions, of a plane along principal components.
    pub explained_variance_ratio: Option<[f64; 2]>,
    /// Eigenvalues of the two directions, of a plane along eigenvectors of the Hessian.
    pub eigenvalues: Option<[f64; 2]>,
}

impl NetworkPlane {
    /// Returns a plane without explained variances and eigenvalues.
    fn new(origin: &[f64], u: Vec<f64>, v: Vec<f64>) -> Result<Self, PlaneError> {
        let (u, v) = (check_finite(u)?, check_finite(v)?);
        let plane = Plane::new(origin.to_vec(), u, v).ok_or(PlaneError::NotFinite)?;
        Ok(Self {
            plane,
            explained_variance_ratio: None,
            eigenvalues: None,
        })
    }
}

/// Returns the vector if it is finite.
fn check_finite(vector: Vec<f64>) -> Result<Vec<f64>, PlaneError> {
    if vector.iter().all(|number| number.is_finite()) {
        Ok(vector)
    } else {
        Err(PlaneError::NotFinite)
    }
}

/// Reasons for which a plane cannot be built.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlaneError {
    /// The computation was cancelled.
    #[error("cancelled")]
    Cancelled,
    /// Derivatives overflow.
    #[error("the plane's directions are not finite at these weights; expected finite derivatives")]
    NotFinite,
    /// The gradient is zero.
    #[error(
        "plane `gradient`: the gradient is zero at these weights; expected weights that are not at a minimum"
    )]
    NoGradient,
    /// Lanczos' method has not converged.
    #[error(
        "plane `hessian`: the top two eigenvectors did not converge in {0} products with the Hessian; expected eigenvalues further apart"
    )]
    NotFound(usize),
    /// Wrong number of further weights.
    #[error(
        "plane `{plane}` goes through other weights; expected {expected} of them, but {found} are given"
    )]
    Others {
        /// The plane's name.
        plane: &'static str,
        /// Number that the plane needs.
        expected: usize,
        /// Number given.
        found: usize,
    },
    /// The weights do not span a plane.
    #[error(
        "plane `{0}`: the weights lie on one line or at one point; expected weights that span a plane"
    )]
    Collinear(&'static str),
    /// There are no runs.
    #[error(
        "plane `{0}` needs the steps of runs, but there are none; expected runs of at least one step, like those of `ravine train --trajectories`"
    )]
    NoTrajectory(&'static str),
    /// No such parameter.
    #[error("plane `weights`: `{name}` {wrong}")]
    Weight {
        /// Text that was given.
        name: String,
        /// Problem with the text, and the expected form.
        wrong: String,
    },
}

#[cfg(test)]
mod tests;
