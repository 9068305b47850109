//! Loss and accuracy along a path, and its barrier.

use super::path::Path;
use crate::engine::cancel::Cancel;
use crate::engine::network::{Metrics, TrainingTask};
use crate::engine::numeric::real;
use rayon::prelude::*;

/// Loss and accuracy of the networks along a path, at equidistant t from 0 to 1.
#[derive(Clone, Debug, PartialEq)]
pub struct PathProfile {
    /// Points from t = 0 to t = 1, at least two.
    pub rows: Vec<PathPoint>,
}

/// Loss and accuracy at one point of a path.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PathPoint {
    /// Position on the path.
    pub t: f64,
    /// Loss and accuracy on training and test data.
    pub measures: [Option<Metrics>; 2],
}

/// Extremum along a path.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PathExtremum {
    /// Position on the path.
    pub t: f64,
    /// Value; infinite where a loss is NaN.
    pub height: f64,
}

impl PathPoint {
    /// Returns the loss on training (0) or test data (1).
    pub fn loss(&self, part: usize) -> Option<f64> {
        Some(self.measures.get(part)?.as_ref()?.loss)
    }

    /// Returns the accuracy on training (0) or test data (1).
    pub fn accuracy(&self, part: usize) -> Option<f64> {
        self.measures.get(part)?.as_ref()?.accuracy
    }
}

impl PathProfile {
    /// Evaluates the networks at `points` points of a path through `dim` parameters. `None` if cancelled.
    pub(super) fn compute(
        task: &TrainingTask,
        path: &dyn Path,
        dim: usize,
        points: u64,
        cancel: &Cancel,
    ) -> Option<Self> {
        let last = points.max(2) - 1;
        let rows = (0..=last).into_par_iter().map_init(
            || vec![0.0; dim],
            |theta, point| {
                if cancel.is_cancelled() {
                    return None;
                }
                let t = real(point) / real(last);
                path.at(t, theta);
                let measures = task.measure(theta);
                Some(PathPoint { t, measures })
            },
        );
        let rows = rows.collect::<Option<_>>()?;
        Some(Self { rows })
    }

    /// Returns the largest loss on training (0) or test data (1); `None` without such data.
    pub fn max_loss(&self, part: usize) -> Option<PathExtremum> {
        self.max_by(|row| row.loss(part))
    }

    /// Returns the error barrier: the largest excess of the loss over the line between the losses of both ends (Entezari et al. 2022), where
    /// Frankle et al. 2020, "Linear Mode Connectivity and the Lottery Ticket Hypothesis", take their mean. It is not negative.
    pub fn barrier(&self, part: usize) -> Option<PathExtremum> {
        let [first, last] = [self.rows.first(), self.rows.last()].map(|row| row?.loss(part));
        let (first, last) = (first?, last?);
        self.max_by(|row| Some(row.loss(part)? - ((1.0 - row.t) * first + row.t * last)))
    }

    /// Returns the smallest accuracy on training (0) or test data (1); `None` where there are no classes.
    pub fn min_accuracy(&self, part: usize) -> Option<PathExtremum> {
        let least = self.max_by(|row| Some(-row.accuracy(part)?))?;
        Some(PathExtremum {
            height: -least.height,
            ..least
        })
    }

    /// Returns the first of the highest points.
    fn max_by(&self, height: impl Fn(&PathPoint) -> Option<f64>) -> Option<PathExtremum> {
        let peaks = self.rows.iter().map(|row| {
            let height = height(row)?;
            let height = if height.is_nan() {
                f64::INFINITY
            } else {
                height
            };
            Some(PathExtremum { t: row.t, height })
        });
        peaks.reduce(|best, next| {
            let (best, next) = (best?, next?);
            Some(if next.height > best.height {
                next
            } else {
                best
            })
        })?
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(losses: &[f64]) -> PathProfile {
        let last = real(losses.len() - 1);
        let along = |(index, loss): (usize, &f64)| PathPoint {
            t: real(index) / last,
            measures: [
                Some(Metrics {
                    loss: *loss,
                    accuracy: Some(0.5),
                }),
                None,
            ],
        };
        PathProfile {
            rows: losses.iter().enumerate().map(along).collect(),
        }
    }

    #[test]
    fn the_barrier_is_measured_from_the_line_between_the_ends() {
        let found = profile(&[1.0, 3.0, 3.5, 3.0, 5.0]);
        assert_eq!(
            found.barrier(0),
            Some(PathExtremum {
                t: 0.25,
                height: 1.0
            })
        );
        assert_eq!(
            found.max_loss(0),
            Some(PathExtremum {
                t: 1.0,
                height: 5.0
            })
        );
        assert_eq!(
            found.min_accuracy(0),
            Some(PathExtremum {
                t: 0.0,
                height: 0.5
            })
        );
        assert_eq!(found.barrier(1), None);
        let valley = profile(&[1.0, 0.5, 1.0]);
        assert_eq!(
            valley.barrier(0),
            Some(PathExtremum {
                t: 0.0,
                height: 0.0
            })
        );
    }

    #[test]
    fn nan_and_infinite_losses_are_infinite_barriers() {
        for wrong in [f64::NAN, f64::INFINITY] {
            let found = profile(&[1.0, wrong, 1.0]);
            let peak = Some(PathExtremum {
                t: 0.5,
                height: f64::INFINITY,
            });
            assert_eq!((found.max_loss(0), found.barrier(0)), (peak, peak));
        }
    }
}
