//! Data sets: built-in ones, and CSV files.

mod blobs;
mod circles;
mod csv;
mod digits;
mod iris;
mod line;
mod moons;
mod samples;
mod sine;
mod spirals;
mod xor;

pub use csv::Csv;
pub use moons::Moons;
pub use samples::{Data, Split, Targets};

use super::{Loss, MAX_CLASSES};
use crate::engine::declare::{Settings, family};
use crate::engine::files::{Files, Labels, Table};
use crate::engine::numeric::random::{Purpose, stream};
use crate::engine::numeric::real;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

family! {
    /// Any data set.
    pub enum AnyDataset: Dataset = "data set" {
        line::Line,
        sine::Sine,
        xor::Xor,
        blobs::Blobs,
        moons::Moons,
        circles::Circles,
        spirals::Spirals,
        iris::Iris,
        digits::Digits,
        csv::Csv,
    }
}

/// A data set's settings.
pub trait Dataset: Settings {
    /// Returns all samples.
    fn data(&self, files: &dyn Files) -> Result<Data, DataError>;

    /// Returns the specs of the runs that the data set opens with.
    fn opening_runs(&self) -> Vec<String> {
        opening_runs(["0.5", "0.1", "0.01", "0.03"])
    }

    /// Whether inputs are standardised.
    fn standardise(&self) -> bool {
        false
    }
}

/// Returns the specs of gradient descent without and with momentum, RMSprop and Adam with learning rates.
fn opening_runs([sgd, momentum, rmsprop, adam]: [&str; 4]) -> Vec<String> {
    vec![
        format!("sgd:lr={sgd}"),
        format!("sgd:lr={momentum},momentum=0.9"),
        format!("rmsprop:lr={rmsprop}"),
        format!("adam:lr={adam}"),
    ]
}

/// Error of loading a data set.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DataError {
    /// The file cannot be read; the message of the reader.
    #[error("{0}")]
    File(String),
    /// The path is empty.
    #[error("path: empty; expected a CSV file")]
    NoPath,
    /// A label is not a class.
    #[error(
        "{place}: `{label}` is not a class; expected whole numbers or names for loss={loss}, or loss=mse"
    )]
    NotAClass {
        /// File, line and column.
        place: String,
        /// The label.
        label: String,
        /// The loss.
        loss: &'static str,
    },
    /// Too many classes.
    #[error(
        "{place} has {count} different labels; expected at most {MAX_CLASSES} classes for loss={loss}, or loss=mse"
    )]
    ManyClasses {
        /// File and column.
        place: String,
        /// The number of distinct labels.
        count: usize,
        /// The loss.
        loss: &'static str,
    },
}

impl AnyDataset {
    /// Loads and splits the data; [standardises](Split::standardise) if set so. `test` is the share of test data.
    pub fn split(&self, files: &dyn Files, test: f64, seed: u64) -> Result<Split, DataError> {
        Ok(self.parts(&self.as_dyn().data(files)?, test, seed))
    }

    /// Loads and splits the data like [`split`](Self::split); numeric labels of a file become classes for bce and ce.
    ///
    /// # Errors
    /// Returns an error with the position of a label that is not a class.
    pub fn split_for(
        &self,
        loss: Loss,
        files: &dyn Files,
        test: f64,
        seed: u64,
    ) -> Result<Split, DataError> {
        let data = self.as_dyn().data(files)?.for_loss(loss)?;
        Ok(self.parts(&data, test, seed))
    }

    fn parts(&self, data: &Data, test: f64, seed: u64) -> Split {
        let mut split = data.split(test, seed);
        if self.as_dyn().standardise() {
            split.standardise();
        }
        split
    }
}

/// Gaussian noise of built-in data.
struct Noise {
    random: ChaCha8Rng,
    std: f64,
}

impl Noise {
    fn new(seed: u64, std: f64) -> Self {
        let random = stream(seed, Purpose::Data, 0);
        Self { random, std }
    }

    fn sample(&mut self) -> f64 {
        let normal: f64 = StandardNormal.sample(&mut self.random);
        self.std * normal
    }

    fn jitter(&mut self, [x, y]: [f64; 2]) -> [f64; 2] {
        [x + self.sample(), y + self.sample()]
    }
}

/// Returns number `i` of `count` evenly spaced numbers from 0 to 1 inclusive.
fn linspace(i: u64, count: u64) -> f64 {
    if count > 1 {
        real(i) / real(count - 1)
    } else {
        0.0
    }
}

/// Parses a built-in CSV table: a header, then numbers and a label per line.
fn bundled(text: &str) -> Data {
    let (mut numbers, mut labels) = (Vec::new(), Vec::new());
    for line in text.lines().skip(1) {
        if let Some((inputs, label)) = line.rsplit_once(',') {
            labels.push(label.to_owned());
            let inputs = inputs.split(',').filter_map(|number| number.parse().ok());
            numbers.extend::<Vec<f64>>(inputs.collect());
        }
    }
    let width = numbers.len().checked_div(labels.len()).unwrap_or(0);
    let targets: Result<Vec<f64>, _> = labels.iter().map(|label| label.parse()).collect();
    let labels = targets.map_or(Labels::Names(labels), Labels::Numbers);
    Data::from_table(Table {
        width,
        numbers,
        labels,
        lines: Vec::new(),
        label: String::new(),
        file: String::new(),
        source: String::new(),
    })
}

#[cfg(test)]
mod tests;
