//! Errors of scenes and scene files.

use super::{MAX_NUMBERS, MAX_RUNS, MAX_STEPS, VERSION};
use crate::engine::analysis::network_plane::PlaneError;
use crate::engine::declare::SettingError;
use crate::engine::landscape::LandscapeError;
use crate::engine::network::NetworkError;
use crate::engine::network::data::DataError;

/// An error of a scene or a scene file. Its text is one sentence.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SceneError {
    /// The file is not a valid scene.
    #[error("line {line}, column {column}: {message}")]
    Malformed {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// The error and what was expected.
        message: String,
    },
    /// The file has no version.
    #[error("there is no `version`; expected a scene file that begins with `version = {VERSION}`")]
    NoVersion,
    /// The file was written by a newer version of the program.
    #[error("version {0} was made by a newer Ravine; this one reads versions 1 to {VERSION}")]
    NewVersion(i64),
    /// The landscape cannot be loaded.
    #[error(transparent)]
    Landscape(#[from] LandscapeError),
    /// The network does not fit its data.
    #[error(transparent)]
    Network(#[from] NetworkError),
    /// The data of the network cannot be loaded.
    #[error(transparent)]
    Data(#[from] DataError),
    /// The initial weights cannot be loaded; the message of the reader.
    #[error("weights: {0}")]
    Weights(String),
    /// The network has no plane through these runs.
    #[error(transparent)]
    Plane(#[from] PlaneError),
    /// A plane through the ends of more runs than there are.
    #[error(
        "plane `{plane}` goes through the ends of {needed} runs, but {found} of the ticked ones have an end that is no divergence; tick {}",
        ["a run", "a second run", "a third run"][(*found).min(2)]
    )]
    PlaneRuns {
        /// The plane's name.
        plane: &'static str,
        /// The number of runs that the plane needs.
        needed: usize,
        /// The number of ticked runs that do not diverge.
        found: usize,
    },
    /// An illegal run.
    #[error("{error}")]
    Run {
        /// The run's index.
        run: usize,
        /// The error.
        error: Box<SceneError>,
    },
    /// A spec change at an invalid step.
    #[error("a spec change of a run cannot be at step {at_step}; expected {expected}")]
    SpecChange {
        /// The step.
        at_step: u64,
        /// The allowed steps in words.
        expected: String,
    },
    /// The recorded rows of a network take too much memory.
    #[error(
        "{runs} runs keep {rows} rows of {parameters} parameters each, which is too much; expected at most {MAX_NUMBERS} numbers, or a larger `every`"
    )]
    TooManyRows {
        /// The number of runs.
        runs: usize,
        /// The recorded rows of each run.
        rows: u64,
        /// The parameters of each row.
        parameters: usize,
    },
    /// A setting has an illegal value.
    #[error(transparent)]
    Refused(#[from] SettingError),
    /// The start is not finite or outside the domain.
    #[error("the start {start} is not in the domain of `{landscape}`; expected {expected}")]
    Start {
        /// The start as text.
        start: String,
        /// The landscape's name.
        landscape: &'static str,
        /// The domain as text.
        expected: String,
    },
    /// Mini-batches without data, or larger than the data.
    #[error("`batch` cannot be {batch} on `{landscape}`; expected {expected}")]
    Batch {
        /// The batch size.
        batch: u64,
        /// The landscape's name.
        landscape: &'static str,
        /// The number of samples.
        samples: usize,
        /// The allowed batch sizes in words.
        expected: String,
    },
    /// An optimizer that does not support the objective.
    #[error("`{optimizer}` cannot run on `{landscape}`; expected {expected}")]
    Optimizer {
        /// The optimizer's name.
        optimizer: &'static str,
        /// The landscape's name.
        landscape: &'static str,
        /// The objectives that the optimizer supports.
        expected: &'static str,
    },
    /// A parameter group that the objective does not have.
    #[error("`{landscape}` has no parameters called `{name}`; expected {expected} in brackets")]
    Group {
        /// The name in brackets.
        name: String,
        /// The landscape's name.
        landscape: &'static str,
        /// The objective's groups.
        expected: String,
    },
    /// Too many runs.
    #[error("there are {0} runs; expected at most {MAX_RUNS}")]
    TooManyRuns(usize),
    /// The steps of all runs take too much memory.
    #[error(
        "{runs} runs of {steps} steps are too many; expected at most {MAX_STEPS} steps together"
    )]
    TooManySteps {
        /// The number of runs.
        runs: usize,
        /// The steps of each run.
        steps: u64,
    },
}
