//! Step along a direction, of a length that satisfies the strong Wolfe conditions.

use super::wolfe::Search;
use crate::engine::objective::Oracle;

/// Maximum number of gradients in one line search, beyond the first trial.
const MAX_EVALUATIONS: u64 = 25;

/// Line search with its buffers, allocated once.
pub(super) struct WolfeStep {
    search: Search,
    trial: Vec<f64>,
}

impl WolfeStep {
    /// Returns the line search for `dim` parameters; `c2` is the maximum |slope| at the end, as a fraction of the first one.
    pub(super) fn new(dim: usize, c2: f64) -> Self {
        let mut search = Search::new(dim);
        search.c2 = c2;
        let trial = vec![0.0; dim];
        Self { search, trial }
    }

    /// Moves `theta` along the descent direction `direction`, trying the length `t` first. `loss` and `gradient` are taken at
    /// `theta`. Returns the length, and writes the gradient at the new point to `gradient`.
    pub(super) fn step(
        &mut self,
        theta: &mut [f64],
        direction: &[f64],
        (loss, gradient): (f64, &mut [f64]),
        t: f64,
        oracle: &mut Oracle,
        sign: f64,
    ) -> f64 {
        let Self { search, trial } = self;
        (search.start.loss, search.start.slope) = (loss, dot(gradient, direction));
        search.start.gradient.copy_from_slice(gradient);
        let reach = direction.iter().fold(0.0, |most: f64, d| most.max(d.abs()));
        let found = search.run(t, reach, MAX_EVALUATIONS, |point| {
            for ((trial, theta), d) in trial.iter_mut().zip(theta.iter()).zip(direction) {
                *trial = theta + point.t * d;
            }
            let (loss, gradient) = oracle.gradient(trial);
            point.loss = sign * loss;
            for (g, found) in point.gradient.iter_mut().zip(gradient.iter()) {
                *g = sign * found;
            }
            point.slope = dot(&point.gradient, direction);
        });
        gradient.copy_from_slice(&found.gradient);
        for (theta, d) in theta.iter_mut().zip(direction) {
            *theta += found.t * d;
        }
        found.t
    }
}

/// Returns the dot product of `a` and `b`.
pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
