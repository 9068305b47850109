//! The plane that holds most of what runs do.

use super::eigen::top_two;
use super::vector::{add, dot};
use super::{Cut, Given, PlaneError, Span};
use crate::engine::declare::settings;
use crate::engine::real;

settings! {
    /// Where the plane has its origin: in the weights that are looked at, or in the mean of all steps.
    pub enum Origin { Weights = "weights", Mean = "mean" }
}

settings! {
    /// The first two principal components of all steps of all runs together, each of length 1: section 7 of Li et al. 2018. Variances are
    /// about the mean of the steps.
    pub struct Pca("Principal components of the runs") {
        /// weights are those that are looked at; mean is the mean of all steps, from which the components are.
        origin: Origin = Origin::Weights;
    }
}

impl Span for Pca {
    fn cut(&self, given: &Given) -> Result<Cut, PlaneError> {
        let dim = given.theta.len();
        let rows = || {
            let trajectories = given.trajectories.iter();
            let own = trajectories.filter(|trajectory| trajectory.dim == dim);
            own.flat_map(|trajectory| trajectory.theta.chunks_exact(dim.max(1)))
        };
        let count = rows().count();
        if count < 2 {
            return Err(PlaneError::NoTrajectory("pca"));
        }
        let share = 1.0 / real(count);
        let mut mean = vec![0.0; dim];
        rows().for_each(|row| add(&mut mean, share, row));
        let mut centred = vec![0.0; dim];
        let mut total = 0.0;
        let centre = |row: &[f64], centred: &mut [f64]| {
            centred.copy_from_slice(row);
            add(centred, -1.0, &mean);
        };
        for row in rows() {
            centre(row, &mut centred);
            total += share * dot(&centred, &centred);
        }
        if total == 0.0 {
            return Err(PlaneError::OnALine("pca"));
        }
        // The covariance matrix times a vector.
        let product = |vector: &[f64], to: &mut [f64]| {
            to.fill(0.0);
            for row in rows() {
                centre(row, &mut centred);
                add(to, share * dot(&centred, vector), &centred);
            }
        };
        let [first, second] = top_two(dim, product, given.cancel)?;
        let explained = [first.value / total, second.value.max(0.0) / total];
        let origin = match self.origin {
            Origin::Weights => given.theta,
            Origin::Mean => &mean,
        };
        let cut = Cut::new(origin, first.vector, second.vector)?;
        Ok(Cut {
            explained: Some(explained),
            ..cut
        })
    }
}
