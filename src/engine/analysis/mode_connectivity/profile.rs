//! How good the networks along a path are.

use super::path::Path;
use crate::engine::cancel::Cancel;
use crate::engine::network::{Metrics, TrainingTask};
use crate::engine::numeric::real;
use rayon::prelude::*;

/// How good the networks along a path are, at even steps of t from 0 to 1.
#[derive(Clone, Debug, PartialEq)]
pub struct PathProfile {
    /// From t = 0 to t = 1, two at least.
    pub rows: Vec<PathPoint>,
}

/// A network on a path.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PathPoint {
    /// Where on the path.
    pub t: f64,
    /// How good it is on the training and on the test data.
    pub measures: [Option<Metrics>; 2],
}

/// A highest place of a path.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PathExtremum {
    /// Where it is.
    pub t: f64,
    /// How high; infinite where a loss is no number.
    pub height: f64,
}

impl PathPoint {
    /// The loss of training (0) or of the test (1).
    pub fn loss(&self, part: usize) -> Option<f64> {
        Some(self.measures.get(part)?.as_ref()?.loss)
    }

    /// The accuracy in training (0) or in the test (1).
    pub fn accuracy(&self, part: usize) -> Option<f64> {
        self.measures.get(part)?.as_ref()?.accuracy
    }
}

impl PathProfile {
    /// Measures the networks at so many points of a path through `dim` parameters. `None` if it was cancelled.
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

    /// The largest loss in training (0) or in the test (1); `None` where there are no such data.
    pub fn max_loss(&self, part: usize) -> Option<PathExtremum> {
        self.max_by(|row| row.loss(part))
    }

    /// By how much the loss rises above what lies on the straight line between the losses of both ends, at most: the error barrier of
    /// Frankle et al. 2020, "Linear Mode Connectivity and the Lottery Ticket Hypothesis", with the line of Entezari et al. 2022 in place of
    /// the mean. It is not negative.
    pub fn barrier(&self, part: usize) -> Option<PathExtremum> {
        let [first, last] = [self.rows.first(), self.rows.last()].map(|row| row?.loss(part));
        let (first, last) = (first?, last?);
        self.max_by(|row| Some(row.loss(part)? - ((1.0 - row.t) * first + row.t * last)))
    }

    /// The least accuracy in training (0) or in the test (1), and where it is; `None` where there are no classes.
    pub fn min_accuracy(&self, part: usize) -> Option<PathExtremum> {
        let least = self.max_by(|row| Some(-row.accuracy(part)?))?;
        Some(PathExtremum {
            height: -least.height,
            ..least
        })
    }

    /// The first of the highest places.
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
    fn the_barrier_stands_on_the_line_between_the_ends() {
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
    fn what_is_no_number_is_as_bad_as_can_be() {
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
