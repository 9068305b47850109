//! Facts of a run: named quantities of its trajectory and of the curvature along it, computed when they are asked for.

mod curvature;

use crate::engine::analysis::theory::measured_rate;
use crate::engine::numeric::real;
use crate::engine::results::{Runs, TrainedRun};
use crate::engine::scene::Run;
use crate::engine::training::{Outcome, RunSpec, Trajectory};

/// A run of a scene with its results.
#[derive(Clone, Copy)]
pub struct Facts<'a> {
    /// The results of all runs.
    pub runs: &'a Runs,
    /// Index of the run.
    pub index: usize,
    trajectory: &'a Trajectory,
}

impl<'a> Facts<'a> {
    /// Returns the facts of run `index`; `None` if there is no such run, or if it has no row.
    pub fn new(runs: &'a Runs, index: usize) -> Option<Self> {
        let trajectory = &runs.results.get(index)?.trajectory;
        (index < runs.scene.runs.len() && !trajectory.is_empty()).then_some(Self {
            runs,
            index,
            trajectory,
        })
    }

    /// Returns the trajectory; of a network's run, its projection onto the plane with the true losses.
    pub fn trajectory(&self) -> &'a Trajectory {
        self.trajectory
    }

    /// Returns the run.
    pub fn run(&self) -> &'a Run {
        &self.runs.scene.runs[self.index]
    }

    /// Returns the record of a network's run; `None` for a landscape.
    pub fn trained(&self) -> Option<&'a TrainedRun> {
        let trained = self.runs.trained.as_ref()?;
        trained.runs.get(self.index).map(|run| &**run)
    }

    /// Returns the spec that applies at a row.
    pub fn spec(&self, row: usize) -> &'a RunSpec {
        self.run().spec_at(self.runs.step(row))
    }

    /// Returns the last row.
    pub fn last(&self) -> usize {
        self.trajectory.len() - 1
    }

    /// Returns the step at which the run ended.
    pub fn end_step(&self) -> u64 {
        match self.trajectory.outcome {
            Outcome::Converged(step) | Outcome::Diverged(step, _) | Outcome::Stopped(step, _) => {
                step
            }
            Outcome::Finished => self.runs.step(self.last()),
        }
    }

    /// Returns the row of a step; without a step, and for steps after a converged run's end, the last row.
    ///
    /// # Errors
    /// Returns a sentence if the run has no such row.
    pub fn row(&self, step: Option<u64>) -> Result<usize, String> {
        let Some(step) = step else {
            return Ok(self.last());
        };
        let every = self.runs.every.max(1);
        if !step.is_multiple_of(every) {
            return Err(format!(
                "step {step} is not recorded; expected a multiple of {every}, the network's `every`"
            ));
        }
        let row = self.runs.row(step);
        match self.trajectory.outcome {
            _ if row <= self.last() => Ok(row),
            Outcome::Converged(_) => Ok(self.last()),
            _ => Err(format!(
                "the run has no step {step}; it ended at step {}",
                self.end_step()
            )),
        }
    }

    /// Returns the parameters at a row: those of the landscape, or all weights of a network.
    pub fn theta(&self, row: usize) -> &'a [f64] {
        let found = match self.trained() {
            Some(trained) => trained.theta(row),
            None => self.trajectory.theta(row),
        };
        found.unwrap_or_default()
    }

    /// Returns the lowest loss of the run.
    pub fn best_loss(&self) -> f64 {
        let losses = self.trajectory.loss.iter().copied();
        losses.fold(f64::INFINITY, f64::min)
    }

    /// Returns the mean loss of the last quarter of the rows: the level at which noise holds a run.
    pub fn mean_loss(&self) -> f64 {
        late_mean(&self.trajectory.loss)
    }

    /// Returns the distance between the parameters at a row and a point of the map.
    pub fn distance(&self, row: usize, to: [f64; 2]) -> f64 {
        let theta = self.trajectory.theta(row).unwrap_or_default();
        distance(theta, &to[..theta.len().min(2)])
    }

    /// Returns the distance between the parameters of two rows.
    pub fn distance_between(&self, row: usize, other: usize) -> f64 {
        distance(self.theta(row), self.theta(other))
    }

    /// Returns the known minimum that is nearest to the parameters at a row, and its loss.
    pub fn nearest_minimum(&self, row: usize) -> Option<([f64; 2], f64)> {
        let minima = self.runs.problem.minima.iter();
        let far = |at: [f64; 2]| self.distance(row, at);
        let nearest = minima.min_by(|a, b| far(a.at).total_cmp(&far(b.at)))?;
        Some((nearest.at, nearest.value))
    }

    /// Returns the lowest known loss of the landscape; `None` for networks, and where no minimum is known.
    pub fn minimum(&self) -> Option<f64> {
        let minima = self.runs.problem.minima.iter().map(|mark| mark.value);
        minima.reduce(f64::min).filter(|_| self.trained().is_none())
    }

    /// Returns the first row with a loss of at most `loss`.
    pub fn first_row_below(&self, loss: f64) -> Option<usize> {
        let losses = &self.trajectory.loss;
        losses.iter().position(|found| *found <= loss)
    }

    /// Returns the factor by which loss − minimum shrinks in a step of the last half of a run on a landscape: the square of
    /// [`measured_rate`]. `None` where no minimum is known, and for short runs.
    pub fn rate(&self) -> Option<f64> {
        let rate = measured_rate(self.trajectory, self.minimum()?)?;
        Some(rate * rate)
    }
}

/// Returns the mean of the last quarter of losses.
pub(super) fn late_mean(losses: &[f64]) -> f64 {
    mean(&losses[losses.len() - losses.len().div_ceil(4)..])
}

/// Returns the mean of numbers.
pub(super) fn mean(numbers: &[f64]) -> f64 {
    numbers.iter().sum::<f64>() / real(numbers.len())
}

/// Returns the Euclidean distance of two points.
fn distance(a: &[f64], b: &[f64]) -> f64 {
    let squares = a.iter().zip(b).map(|(a, b)| (a - b).powi(2));
    squares.sum::<f64>().sqrt()
}
