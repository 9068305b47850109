//! Optimizer state as its readers see it: named entries, and the visitor of them.

/// Entry of an optimizer state, after the last step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StateEntry<'a> {
    /// Symbol in the update lines: "m".
    pub symbol: &'static str,
    /// Name in legends: "mean of gradients".
    pub name: &'static str,
    /// Numbers of the entry.
    pub numbers: StateValue<'a>,
}

/// Numbers of a [`StateEntry`] by kind, which decides how they are drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum StateValue<'a> {
    /// A direction that θ moves against: a velocity, a mean of gradients.
    Direction(&'a [f64]),
    /// A direction that θ moves along: a search direction, the step itself.
    Step(&'a [f64]),
    /// A number for each parameter that does not move it by itself: a second moment, a step size, an earlier gradient.
    Each(&'a [f64]),
    /// A point that is kept from step to step: slow weights, an average.
    Place(&'a [f64]),
    /// Points that are kept from step to step, one after the other: a simplex.
    Places(&'a [f64]),
    /// Trial points of the step, one after the other: an ascent point, a population.
    Trials(&'a [f64]),
    /// A single number: a trust ratio, d.
    Number(f64),
    /// Largest length of a step.
    Radius(f64),
    /// Covariance of the trial points around θ, row by row.
    Spread(&'a [f64]),
}

/// Visitor of the entries of an optimizer state.
pub type StateVisitor<'a> = dyn FnMut(StateEntry<'_>) + 'a;

impl<'a> StateEntry<'a> {
    fn new(symbol: &'static str, name: &'static str, numbers: StateValue<'a>) -> Self {
        Self {
            symbol,
            name,
            numbers,
        }
    }

    /// Creates an entry for a direction that θ moves against.
    pub fn direction(symbol: &'static str, name: &'static str, numbers: &'a [f64]) -> Self {
        Self::new(symbol, name, StateValue::Direction(numbers))
    }

    /// Creates an entry for a direction that θ moves along.
    pub fn step(symbol: &'static str, name: &'static str, numbers: &'a [f64]) -> Self {
        Self::new(symbol, name, StateValue::Step(numbers))
    }

    /// Creates an entry for a number per parameter.
    pub fn each(symbol: &'static str, name: &'static str, numbers: &'a [f64]) -> Self {
        Self::new(symbol, name, StateValue::Each(numbers))
    }

    /// Creates an entry for a point that is kept.
    pub fn place(symbol: &'static str, name: &'static str, numbers: &'a [f64]) -> Self {
        Self::new(symbol, name, StateValue::Place(numbers))
    }

    /// Creates an entry for points that are kept, one after the other.
    pub fn places(symbol: &'static str, name: &'static str, numbers: &'a [f64]) -> Self {
        Self::new(symbol, name, StateValue::Places(numbers))
    }

    /// Creates an entry for trial points, one after the other.
    pub fn trials(symbol: &'static str, name: &'static str, numbers: &'a [f64]) -> Self {
        Self::new(symbol, name, StateValue::Trials(numbers))
    }

    /// Creates an entry for a single number.
    pub fn number(symbol: &'static str, name: &'static str, number: f64) -> Self {
        Self::new(symbol, name, StateValue::Number(number))
    }

    /// Creates an entry for the largest length of a step.
    pub fn radius(symbol: &'static str, name: &'static str, radius: f64) -> Self {
        Self::new(symbol, name, StateValue::Radius(radius))
    }

    /// Creates an entry for the covariance of trial points.
    pub fn spread(symbol: &'static str, name: &'static str, covariance: &'a [f64]) -> Self {
        Self::new(symbol, name, StateValue::Spread(covariance))
    }
}
