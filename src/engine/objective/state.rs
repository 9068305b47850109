//! Optimizer state as its readers see it: named entries, and the visitor of them.

/// Entry of an optimizer state, after the last step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StateEntry<'a> {
    /// Symbol in the update lines: "m".
    pub symbol: &'static str,
    /// Name in legends: "mean of gradients".
    pub name: &'static str,
    /// Kind of the numbers.
    pub kind: OptimizerStateKind,
    /// Numbers of the entry.
    pub numbers: &'a [f64],
}

/// Kind of the numbers of a [`StateEntry`], which decides how they are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OptimizerStateKind {
    /// A direction that θ moves against: a velocity, a mean of gradients.
    Direction,
    /// A direction that θ moves along: a search direction, the step itself.
    Step,
    /// A number for each parameter that does not move it by itself: a second moment, a step size, an earlier gradient.
    Each,
    /// A point that is kept from step to step: slow weights, an average.
    Place,
    /// Points that are kept from step to step, one after the other: a simplex.
    Places,
    /// Trial points of the step, one after the other: an ascent point, a population.
    Trials,
    /// A single number: a trust ratio, d.
    Number,
    /// Largest length of a step, a single number.
    Radius,
    /// Covariance of the trial points around θ, row by row.
    Spread,
}

/// Visitor of the entries of an optimizer state.
pub type StateVisitor<'a> = dyn FnMut(StateEntry<'_>) + 'a;

impl<'a> StateEntry<'a> {
    fn new(
        symbol: &'static str,
        name: &'static str,
        kind: OptimizerStateKind,
        numbers: &'a [f64],
    ) -> Self {
        Self {
            symbol,
            name,
            kind,
            numbers,
        }
    }

    /// Creates an entry for a direction that θ moves against.
    pub fn direction(symbol: &'static str, name: &'static str, numbers: &'a [f64]) -> Self {
        Self::new(symbol, name, OptimizerStateKind::Direction, numbers)
    }

    /// Creates an entry for a direction that θ moves along.
    pub fn step(symbol: &'static str, name: &'static str, numbers: &'a [f64]) -> Self {
        Self::new(symbol, name, OptimizerStateKind::Step, numbers)
    }

    /// Creates an entry for a number per parameter.
    pub fn each(symbol: &'static str, name: &'static str, numbers: &'a [f64]) -> Self {
        Self::new(symbol, name, OptimizerStateKind::Each, numbers)
    }

    /// Creates an entry for a point that is kept.
    pub fn place(symbol: &'static str, name: &'static str, numbers: &'a [f64]) -> Self {
        Self::new(symbol, name, OptimizerStateKind::Place, numbers)
    }

    /// Creates an entry for points that are kept, one after the other.
    pub fn places(symbol: &'static str, name: &'static str, numbers: &'a [f64]) -> Self {
        Self::new(symbol, name, OptimizerStateKind::Places, numbers)
    }

    /// Creates an entry for trial points, one after the other.
    pub fn trials(symbol: &'static str, name: &'static str, numbers: &'a [f64]) -> Self {
        Self::new(symbol, name, OptimizerStateKind::Trials, numbers)
    }

    /// Creates an entry for a single number.
    pub fn number(symbol: &'static str, name: &'static str, number: &'a f64) -> Self {
        Self::new(
            symbol,
            name,
            OptimizerStateKind::Number,
            std::slice::from_ref(number),
        )
    }

    /// Creates an entry for the largest length of a step.
    pub fn radius(symbol: &'static str, name: &'static str, radius: &'a f64) -> Self {
        Self::new(
            symbol,
            name,
            OptimizerStateKind::Radius,
            std::slice::from_ref(radius),
        )
    }

    /// Creates an entry for the covariance of trial points.
    pub fn spread(symbol: &'static str, name: &'static str, covariance: &'a [f64]) -> Self {
        Self::new(symbol, name, OptimizerStateKind::Spread, covariance)
    }
}
