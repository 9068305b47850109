//! What optimizers carry from step to step, for those who look into them.

/// Something that a rule carries, as it is after its last step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StateEntry<'a> {
    /// Its symbol in [`Optimizer::rule`](crate::engine::optimizer::Optimizer::rule): "m".
    pub symbol: &'static str,
    /// Its name for people: "mean of gradients".
    pub name: &'static str,
    /// Its numbers.
    pub numbers: StateValue<'a>,
}

/// What the numbers of an [`StateEntry`] are, and so how it is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum StateValue<'a> {
    /// A direction that θ moves against: a velocity, a mean of gradients.
    Direction(&'a [f64]),
    /// A direction that θ moves along: a search direction, the step itself.
    Step(&'a [f64]),
    /// A number for each parameter that does not move it by itself: a second moment, a step size, an earlier gradient.
    Each(&'a [f64]),
    /// A place that is kept from step to step: slow weights, an average.
    Place(&'a [f64]),
    /// Places that are kept from step to step, one after the other: a simplex.
    Places(&'a [f64]),
    /// Places that the step looked at, one after the other: an ascent point, a population.
    Trials(&'a [f64]),
    /// A single number: a trust ratio, d.
    Number(f64),
    /// How far from θ a step may go.
    Radius(f64),
    /// The covariance of the places to be looked at around θ, row by row.
    Spread(&'a [f64]),
}

/// Looks at what a rule carries.
pub type StateVisitor<'a> = dyn FnMut(StateEntry<'_>) + 'a;

impl<'a> StateEntry<'a> {
    fn new(symbol: &'static str, name: &'static str, numbers: StateValue<'a>) -> Self {
        Self {
            symbol,
            name,
            numbers,
        }
    }

    /// A direction that θ moves against.
    pub fn direction(symbol: &'static str, name: &'static str, numbers: &'a [f64]) -> Self {
        Self::new(symbol, name, StateValue::Direction(numbers))
    }

    /// A direction that θ moves along.
    pub fn step(symbol: &'static str, name: &'static str, numbers: &'a [f64]) -> Self {
        Self::new(symbol, name, StateValue::Step(numbers))
    }

    /// A number for each parameter.
    pub fn each(symbol: &'static str, name: &'static str, numbers: &'a [f64]) -> Self {
        Self::new(symbol, name, StateValue::Each(numbers))
    }

    /// A place that is kept.
    pub fn place(symbol: &'static str, name: &'static str, numbers: &'a [f64]) -> Self {
        Self::new(symbol, name, StateValue::Place(numbers))
    }

    /// Places that are kept, one after the other.
    pub fn places(symbol: &'static str, name: &'static str, numbers: &'a [f64]) -> Self {
        Self::new(symbol, name, StateValue::Places(numbers))
    }

    /// Places that the step looked at, one after the other.
    pub fn trials(symbol: &'static str, name: &'static str, numbers: &'a [f64]) -> Self {
        Self::new(symbol, name, StateValue::Trials(numbers))
    }

    /// A single number.
    pub fn number(symbol: &'static str, name: &'static str, number: f64) -> Self {
        Self::new(symbol, name, StateValue::Number(number))
    }

    /// How far a step may go.
    pub fn radius(symbol: &'static str, name: &'static str, radius: f64) -> Self {
        Self::new(symbol, name, StateValue::Radius(radius))
    }

    /// The covariance of the places to be looked at.
    pub fn spread(symbol: &'static str, name: &'static str, covariance: &'a [f64]) -> Self {
        Self::new(symbol, name, StateValue::Spread(covariance))
    }
}
