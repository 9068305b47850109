//! Why a scene cannot be shown.

use super::{MAX_NUMBERS, MAX_RUNS, MAX_STEPS, VERSION};
use crate::engine::declare::SettingError;
use crate::engine::landscape::LandscapeError;

/// Why a scene cannot be shown. Its text is one sentence.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SceneError {
    /// The file is not a scene.
    #[error("line {line}, column {column}: {message}")]
    Malformed {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What is wrong and what was expected.
        message: String,
    },
    /// The file has no version.
    #[error("there is no `version`; expected a scene file that begins with `version = 1`")]
    NoVersion,
    /// The file was made by a later program.
    #[error("version {0} was made by a newer Ravine; this one reads versions 1 to {VERSION}")]
    NewVersion(i64),
    /// The landscape cannot be drawn.
    #[error(transparent)]
    Landscape(#[from] LandscapeError),
    /// The network cannot be had, or its data.
    #[error("{0}")]
    Network(String),
    /// A run goes on from a step where it cannot.
    #[error("a leg of a run cannot begin at step {from}; expected {expected}")]
    SpecChange {
        /// The step.
        from: u64,
        /// What was expected.
        expected: String,
    },
    /// Too many rows of a network for the memory of a computer.
    #[error(
        "{runs} runs keep {rows} rows of {parameters} parameters each, which is too much; expected at most {MAX_NUMBERS} numbers, or a larger `every`"
    )]
    TooManyRows {
        /// How many runs.
        runs: usize,
        /// The rows of each.
        rows: u64,
        /// The numbers of each.
        parameters: usize,
    },
    /// A setting is refused.
    #[error(transparent)]
    Refused(#[from] SettingError),
    /// The start is not finite or outside the domain.
    #[error("the start {start} is not in the domain of `{landscape}`; expected {expected}")]
    Start {
        /// The start, in words.
        start: String,
        /// The landscape's name.
        landscape: &'static str,
        /// The domain, in words.
        expected: String,
    },
    /// Mini-batches of a function that has no data, or larger ones than it has.
    #[error("`batch` cannot be {batch} on `{landscape}`; expected {expected}")]
    Batch {
        /// The batch size.
        batch: u64,
        /// The landscape's name.
        landscape: &'static str,
        /// What was expected.
        expected: String,
    },
    /// An optimizer that is for other objectives.
    #[error("`{optimizer}` cannot run on `{landscape}`; expected {expected}")]
    Optimizer {
        /// The optimizer's name.
        optimizer: &'static str,
        /// The landscape's name.
        landscape: &'static str,
        /// What it is for.
        expected: &'static str,
    },
    /// A group of parameters that the objective does not have.
    #[error("`{landscape}` has no parameters called `{name}`; expected {expected} in brackets")]
    Group {
        /// The name in brackets.
        name: String,
        /// The landscape's name.
        landscape: &'static str,
        /// The groups that there are.
        expected: String,
    },
    /// Too many runs.
    #[error("there are {0} runs; expected at most {MAX_RUNS}")]
    TooManyRuns(usize),
    /// Too many steps for the memory of a computer.
    #[error(
        "{runs} runs of {steps} steps are too many; expected at most {MAX_STEPS} steps together"
    )]
    TooManySteps {
        /// How many runs.
        runs: usize,
        /// The steps of each.
        steps: u64,
    },
}
