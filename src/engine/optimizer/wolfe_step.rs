//! A step along a direction, of a length that satisfies the strong Wolfe conditions.

use super::wolfe::Search;
use crate::engine::objective::Oracle;

/// The most gradients that one step may ask for.
const BUDGET: u64 = 25;

/// What a step along a line works with, allocated once.
pub(super) struct WolfeStep {
    search: Search,
    visitor: Vec<f64>,
}

impl WolfeStep {
    /// For `dim` parameters; `c2` is the share of the first slope that must be left at most.
    pub(super) fn new(dim: usize, c2: f64) -> Self {
        let mut search = Search::new(dim);
        search.c2 = c2;
        let visitor = vec![0.0; dim];
        Self { search, visitor }
    }

    /// Moves `theta` along `direction`, which goes down from `loss` and `gradient`, trying the length `t` first. Returns the length,
    /// and leaves the gradient at the new place in `gradient`.
    pub(super) fn step(
        &mut self,
        theta: &mut [f64],
        direction: &[f64],
        (loss, gradient): (f64, &mut [f64]),
        t: f64,
        oracle: &mut Oracle,
        sign: f64,
    ) -> f64 {
        let Self { search, visitor } = self;
        (search.start.loss, search.start.slope) = (loss, dot(gradient, direction));
        search.start.gradient.copy_from_slice(gradient);
        let reach = direction.iter().fold(0.0, |most: f64, d| most.max(d.abs()));
        let found = search.run(t, reach, BUDGET, |point| {
            for ((visitor, theta), d) in visitor.iter_mut().zip(theta.iter()).zip(direction) {
                *visitor = theta + point.t * d;
            }
            let (loss, gradient) = oracle.gradient(visitor);
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

pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
