//! Rules that move each parameter by its own gradient alone, written once for a single number and for a vector of lanes.
//!
//! The gradient is compiled into the loop over their steps, so that a step costs little more than its arithmetic. One run is a
//! [`Walker`], many side by side are a [`Herd`].

mod calm;
mod herd;
mod walker;

pub use herd::{Herd, march, march_apart};
pub use walker::{ROWS, Rows, Walker, walk};

use crate::engine::numeric::real::Real;
use crate::engine::optimizer::{HeavyBall, TwoMeans};

/// A rule at work that moves each parameter by its own gradient alone.
pub trait Stride: Clone + Send {
    /// How many numbers it carries from step to step for each parameter: 1 or 2.
    const CARRIED: usize;

    /// What a step does to all parameters alike.
    type Factors: Copy;

    /// The factors of the next step.
    fn factors(&mut self, lr: f64) -> Self::Factors;

    /// Where a step takes a parameter, given its gradient. What is carried is 0 before the first step.
    fn step<R: Real>(factors: Self::Factors, theta: R, g: R, carried: &mut [R; 2]) -> R;
}

/// The rules that landscapes have loops for.
#[derive(Clone)]
pub enum AnyStride {
    /// SGD with momentum.
    HeavyBall(HeavyBall),
    /// Adam and AdamW.
    TwoMeans(TwoMeans),
}
