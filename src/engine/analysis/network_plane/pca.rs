//! Plane along the principal components of runs.

use super::eigen::top_two;
use super::{NetworkPlane, PlaneError, PlaneInputs, PlaneMethod};
use crate::engine::analysis::curvature::LinearOperator;
use crate::engine::declare::settings;
use crate::engine::numeric::real;
use crate::engine::numeric::vector_ops::{add, dot};
use crate::engine::training::Trajectory;

settings! {
    /// Origin of the plane: the weights, or the mean of all steps.
    pub enum Origin { Weights = "weights", Mean = "mean" }
}

settings! {
    /// The first two principal components of all steps of all runs together, each of length 1: section 7 of Li et al. 2018. Variances are
    /// about the mean of the steps.
    pub struct Pca("Principal components of the runs") {
        /// Origin of the plane: weights are those at which the landscape is drawn; mean is the mean of all steps, about which the variances are.
        origin: Origin = Origin::Weights;
    }
}

impl PlaneMethod for Pca {
    fn axes(&self, _: &[&str]) -> [String; 2] {
        ["PC 1", "PC 2"].map(str::to_owned)
    }

    fn build(&self, given: &PlaneInputs) -> Result<NetworkPlane, PlaneError> {
        let dim = given.theta.len();
        let steps = Steps {
            dim,
            runs: given.trajectories,
        };
        let count = steps.rows().count();
        if count < 2 {
            return Err(PlaneError::NoTrajectory("pca"));
        }
        if steps.is_constant() {
            return Err(PlaneError::Collinear("pca"));
        }
        let share = 1.0 / real(count);
        let mean = steps.mean(share);
        let covariance = Covariance {
            steps,
            share,
            mean: &mean,
        };
        let total = covariance.total();
        let [first, second] = top_two(&covariance, given.cancel)?;
        let explained = [first.value / total, second.value.max(0.0) / total];
        let origin = match self.origin {
            Origin::Weights => given.theta,
            Origin::Mean => &mean,
        };
        let plane = NetworkPlane::new(origin, first.vector, second.vector)?;
        Ok(NetworkPlane {
            explained_variance_ratio: Some(explained),
            ..plane
        })
    }
}

/// All steps of runs with `dim` parameters.
struct Steps<'a> {
    dim: usize,
    runs: &'a [Trajectory],
}

impl Steps<'_> {
    fn rows(&self) -> impl Iterator<Item = &[f64]> {
        let own = self.runs.iter().filter(|run| run.dim == self.dim);
        own.flat_map(|run| run.theta.chunks_exact(self.dim.max(1)))
    }

    /// Whether all steps are equal up to rounding.
    fn is_constant(&self) -> bool {
        let largest = |row: &[f64]| row.iter().fold(0.0, |most: f64, x| most.max(x.abs()));
        let Some(first) = self.rows().next() else {
            return true;
        };
        let away = |row: &[f64]| {
            let apart = row.iter().zip(first).map(|(a, b)| (a - b).abs());
            apart.fold(0.0, f64::max)
        };
        let size = self.rows().map(largest).fold(0.0, f64::max);
        self.rows().map(away).fold(0.0, f64::max) <= 16.0 * f64::EPSILON * size
    }

    /// Returns the mean of the steps, computed from their differences to the first one, so that close steps lose no digits.
    fn mean(&self, share: f64) -> Vec<f64> {
        let Some(first) = self.rows().next() else {
            return Vec::new();
        };
        let mut away = vec![0.0; self.dim];
        for row in self.rows() {
            add(&mut away, share, row);
            add(&mut away, -share, first);
        }
        add(&mut away, 1.0, first);
        away
    }
}

/// Covariance matrix of the steps.
struct Covariance<'a> {
    steps: Steps<'a>,
    share: f64,
    mean: &'a [f64],
}

impl Covariance<'_> {
    /// Calls `each` with every step minus the mean.
    fn centred(&self, mut each: impl FnMut(&[f64])) {
        let mut centred = vec![0.0; self.mean.len()];
        for row in self.steps.rows() {
            centred.copy_from_slice(row);
            add(&mut centred, -1.0, self.mean);
            each(&centred);
        }
    }

    /// Returns the total variance.
    fn total(&self) -> f64 {
        let mut total = 0.0;
        self.centred(|step| total += self.share * dot(step, step));
        total
    }
}

impl LinearOperator for Covariance<'_> {
    fn dim(&self) -> usize {
        self.mean.len()
    }

    fn multiply(&self, vector: &[f64], product: &mut [f64]) {
        product.fill(0.0);
        self.centred(|step| add(product, self.share * dot(step, vector), step));
    }
}
