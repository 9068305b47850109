//! What optimizers carry from step to step, for those who look into them.

/// Something that a rule carries, as it is after its last step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Internal<'a> {
    /// Its symbol in [`Optimizer::rule`](super::Optimizer::rule): "m".
    pub symbol: &'static str,
    /// Its name for people: "mean of gradients".
    pub name: &'static str,
    /// Its numbers.
    pub numbers: Numbers<'a>,
}

/// What the numbers of an [`Internal`] are, and so how it is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Numbers<'a> {
    /// A direction in parameter space: a velocity, the last step.
    Direction(&'a [f64]),
    /// A number for each parameter that is no direction: a second moment, a step size.
    Each(&'a [f64]),
    /// A place in parameter space: slow weights, an ascent point, an average.
    Place(&'a [f64]),
    /// Many places, one after the other: a population, a simplex.
    Places(&'a [f64]),
    /// A single number: a trust ratio, d.
    Number(f64),
}

/// Looks at what a rule carries.
pub type Probe<'a> = dyn FnMut(Internal<'_>) + 'a;

impl<'a> Internal<'a> {
    /// A direction.
    pub fn direction(symbol: &'static str, name: &'static str, numbers: &'a [f64]) -> Self {
        let numbers = Numbers::Direction(numbers);
        Self {
            symbol,
            name,
            numbers,
        }
    }

    /// A number for each parameter.
    pub fn each(symbol: &'static str, name: &'static str, numbers: &'a [f64]) -> Self {
        let numbers = Numbers::Each(numbers);
        Self {
            symbol,
            name,
            numbers,
        }
    }

    /// A place.
    pub fn place(symbol: &'static str, name: &'static str, numbers: &'a [f64]) -> Self {
        let numbers = Numbers::Place(numbers);
        Self {
            symbol,
            name,
            numbers,
        }
    }

    /// Many places, one after the other.
    pub fn places(symbol: &'static str, name: &'static str, numbers: &'a [f64]) -> Self {
        let numbers = Numbers::Places(numbers);
        Self {
            symbol,
            name,
            numbers,
        }
    }

    /// A single number.
    pub fn number(symbol: &'static str, name: &'static str, number: f64) -> Self {
        let numbers = Numbers::Number(number);
        Self {
            symbol,
            name,
            numbers,
        }
    }
}
