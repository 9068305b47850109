//! Planes through parameter space: where a network's landscape is looked at, and what such a picture leaves out.
//!
//! ```
//! use ravine::engine::cancel::Cancel;
//! use ravine::engine::files::NoFiles;
//! use ravine::engine::network::{AnyNetwork, NetworkLoss, data::AnyDataset};
//! use ravine::engine::analysis::network_plane::{AnyPlane, Given};
//!
//! let network: AnyNetwork = "mlp:hidden=8,activation=relu".parse()?;
//! let data: AnyDataset = "moons:samples=20".parse()?;
//! let loss = NetworkLoss::new(&network, &data.as_dyn().data(&NoFiles)?)?;
//! let theta = loss.initial(0);
//! let plane: AnyPlane = "filter:seed=1".parse()?;
//! let cut = plane.as_dyn().cut(&Given::new(&loss, &theta, &Cancel::default()))?;
//! assert_eq!(cut.plane.parts()[0], theta);
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
    /// Any way to lay a plane through parameter space.
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

/// A way to lay a plane through parameter space.
pub trait PlaneMethod: Settings {
    /// The plane through what is given.
    fn build(&self, given: &PlaneInputs) -> Result<NetworkPlane, PlaneError>;
}

/// What a plane can be laid through.
pub struct PlaneInputs<'a> {
    /// The loss over θ ∈ ℝⁿ.
    pub objective: &'a dyn Objective,
    /// The weights that are looked at, n finite numbers.
    pub theta: &'a [f64],
    /// Further weights, n finite numbers each.
    pub others: &'a [Vec<f64>],
    /// Runs in the same n parameters.
    pub trajectories: &'a [Trajectory],
    /// Stops the work.
    pub cancel: &'a Cancel,
}

impl<'a> PlaneInputs<'a> {
    /// A loss and weights, and nothing else.
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

/// A plane, and what is known of its directions.
#[derive(Clone, Debug, PartialEq)]
pub struct NetworkPlane {
    /// The plane.
    pub plane: Plane,
    /// Along principal components: which shares of the variance the two directions explain.
    pub explained_variance_ratio: Option<[f64; 2]>,
    /// Along eigenvectors of the Hessian: the two eigenvalues.
    pub eigenvalues: Option<[f64; 2]>,
}

impl NetworkPlane {
    /// A plane of whose directions nothing is known.
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

/// A vector that is finite.
fn check_finite(vector: Vec<f64>) -> Result<Vec<f64>, PlaneError> {
    if vector.iter().all(|number| number.is_finite()) {
        Ok(vector)
    } else {
        Err(PlaneError::NotFinite)
    }
}

/// Why there is no such plane.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlaneError {
    /// The computation was cancelled.
    #[error("cancelled")]
    Cancelled,
    /// Derivatives overflow.
    #[error("the plane's directions are not finite at these weights; expected finite derivatives")]
    NotFinite,
    /// The gradient has no direction.
    #[error(
        "plane `gradient`: the gradient is zero at these weights; expected weights that are not at a minimum"
    )]
    NoGradient,
    /// Lanczos' method has not converged.
    #[error(
        "plane `hessian`: the top two eigenvectors did not converge in {0} products with the Hessian; expected eigenvalues further apart"
    )]
    NotFound(usize),
    /// Another number of weights is needed.
    #[error(
        "plane `{plane}` goes through other weights; expected {expected} of them, but {found} are given"
    )]
    Others {
        /// The plane's name.
        plane: &'static str,
        /// How many it needs.
        expected: usize,
        /// How many there are.
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
        /// What was given.
        name: String,
        /// What is wrong with it, and what was expected.
        wrong: String,
    },
}

#[cfg(test)]
mod tests;
