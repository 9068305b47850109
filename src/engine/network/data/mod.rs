//! Data sets: built-in ones, and CSV files.

mod blobs;
mod circles;
mod csv;
mod digits;
mod iris;
mod line;
mod moons;
mod sine;
mod spirals;
mod xor;

pub use csv::Csv;
pub use moons::Moons;

use super::{Loss, MAX_CLASSES};
use crate::engine::declare::{Settings, family};
use crate::engine::files::{Files, Labels, Table};
use crate::engine::numeric::random::{Purpose, stream};
use crate::engine::numeric::real;
use rand::seq::SliceRandom;
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

    /// Whether inputs are standardised.
    fn standardise(&self) -> bool {
        false
    }
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
        "{place}: `{label}` is no class; expected whole numbers or names for loss={loss}, or loss=mse"
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

/// Samples: inputs and targets.
#[derive(Clone, Debug, PartialEq)]
pub struct Data {
    width: usize,
    inputs: Vec<f64>,
    targets: Targets,
    source: String,
    positions: Option<LabelPositions>,
}

/// Positions of labels in a file, for error messages.
#[derive(Clone, Debug, PartialEq)]
struct LabelPositions {
    file: String,
    column: String,
    lines: Vec<u32>,
}

/// Targets of all samples.
#[derive(Clone, Debug, PartialEq)]
pub enum Targets {
    /// Numbers. For bce and ce a single number per sample is a class index.
    Numbers {
        /// The number of targets per sample.
        width: usize,
        /// The targets, a row per sample.
        numbers: Vec<f64>,
    },
    /// Named classes.
    Classes {
        /// The class index of each sample.
        classes: Vec<usize>,
        /// The names of all classes.
        names: Vec<String>,
    },
}

impl Data {
    /// Creates data from rows of `width` inputs and their targets. Surplus inputs or targets are dropped.
    pub fn new(width: usize, mut inputs: Vec<f64>, mut targets: Targets) -> Self {
        let rows = inputs.len().checked_div(width).unwrap_or(0);
        let samples = rows.min(targets.len());
        inputs.truncate(samples * width);
        targets.truncate(samples);
        Self {
            width,
            inputs,
            targets,
            source: String::new(),
            positions: None,
        }
    }

    /// Creates data from a table with one label per row: a number, or the name of a class.
    fn from_table(table: Table) -> Self {
        let targets = match table.labels {
            Labels::Numbers(numbers) => Targets::Numbers { width: 1, numbers },
            Labels::Names(labels) => {
                let mut names = labels.clone();
                names.sort_unstable();
                names.dedup();
                let class = |label: &String| names.binary_search(label).unwrap_or(0);
                Targets::Classes {
                    classes: labels.iter().map(class).collect(),
                    names,
                }
            }
        };
        let positions = LabelPositions {
            file: table.file,
            column: table.label,
            lines: table.lines,
        };
        Self {
            source: table.source,
            positions: (!positions.lines.is_empty()).then_some(positions),
            ..Self::new(table.width, table.numbers, targets)
        }
    }

    /// Returns the data with labels for a loss: for bce and ce, integer labels that are not 0, 1, 2, … become classes in increasing order.
    fn for_loss(mut self, loss: Loss) -> Result<Self, DataError> {
        let Some(positions) = self.positions.take().filter(|_| loss != Loss::Mse) else {
            return Ok(self);
        };
        if let Targets::Numbers { width: 1, numbers } = &self.targets {
            let part =
                { numbers.iter().zip(&positions.lines) }.find(|(number, _)| number.fract() != 0.0);
            let (file, column) = (&positions.file, &positions.column);
            if let Some((number, line)) = part {
                return Err(DataError::NotAClass {
                    place: format!("{file}: line {line}, {column}"),
                    label: number.to_string(),
                    loss: loss.name(),
                });
            }
            let mut known: Vec<f64> = numbers.iter().map(|number| number + 0.0).collect();
            known.sort_by(f64::total_cmp);
            known.dedup();
            if known.len() > MAX_CLASSES {
                return Err(DataError::ManyClasses {
                    place: format!("{file}: {column}"),
                    count: known.len(),
                    loss: loss.name(),
                });
            }
            let counted =
                { known.iter().enumerate() }.all(|(class, number)| *number == real(class));
            if !counted && known != [1.0] {
                let class = |number: &f64| {
                    { known.binary_search_by(|known| known.total_cmp(&(number + 0.0))) }
                        .unwrap_or(0)
                };
                self.targets = Targets::Classes {
                    classes: numbers.iter().map(class).collect(),
                    names: known.iter().map(f64::to_string).collect(),
                };
                self.source += "; classes numbered anew from 0";
            }
        }
        if let Targets::Classes { names, .. } = &self.targets {
            let named = if names.len() > 10 {
                String::new()
            } else {
                format!(": {}", names.join(", "))
            };
            self.source = format!("{}; {} classes{named}", self.source, names.len());
        }
        Ok(self)
    }

    /// Creates data from points in the plane and their classes.
    fn from_points(points: Vec<([f64; 2], u32)>) -> Self {
        let numbers = points.iter().map(|(_, class)| f64::from(*class)).collect();
        let inputs = points.into_iter().flat_map(|(at, _)| at).collect();
        Self::new(2, inputs, Targets::Numbers { width: 1, numbers })
    }

    /// Creates data from points (x, y) of a curve: input x, target y.
    fn from_curve(points: Vec<[f64; 2]>) -> Self {
        let numbers = points.iter().map(|[_, y]| *y).collect();
        let inputs = points.into_iter().map(|[x, _]| x).collect();
        Self::new(1, inputs, Targets::Numbers { width: 1, numbers })
    }

    /// Returns a summary of the columns and classes of a file; empty for built-in data.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Returns the number of samples.
    pub fn samples(&self) -> usize {
        self.inputs.len().checked_div(self.width).unwrap_or(0)
    }

    /// Returns the number of inputs of a sample.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Returns the inputs, a row per sample.
    pub fn inputs(&self) -> &[f64] {
        &self.inputs
    }

    /// Returns the number of classes; `None` for targets that are neither named classes nor the numbers 0, 1, …, k − 1 with k > 1.
    pub fn classes(&self) -> Option<usize> {
        match &self.targets {
            Targets::Classes { names, .. } => Some(names.len()),
            Targets::Numbers { width: 1, numbers } => {
                let mut known = numbers.clone();
                known.sort_by(f64::total_cmp);
                known.dedup();
                let whole = known
                    .iter()
                    .enumerate()
                    .all(|(class, number)| *number == real(class));
                (whole && known.len() > 1).then_some(known.len())
            }
            Targets::Numbers { .. } => None,
        }
    }

    /// Returns the targets.
    pub fn targets(&self) -> &Targets {
        &self.targets
    }

    /// Splits randomly into training and test data. The test data are `share` of the samples, rounded up, but at least one sample is for
    /// training. Both keep the order of the samples.
    pub fn split(&self, share: f64, seed: u64) -> Split {
        let samples = self.samples();
        let mut order: Vec<usize> = (0..samples).collect();
        order.shuffle(&mut stream(seed, Purpose::Split, 0));
        let max = samples.saturating_sub(1);
        let tested = (0..max)
            .take_while(|count| real(*count) < share * real(samples))
            .count();
        let (test, train) = order.split_at_mut(tested);
        test.sort_unstable();
        train.sort_unstable();
        Split {
            train: self.select(train),
            test: self.select(test),
        }
    }

    /// Returns the listed samples.
    fn select(&self, samples: &[usize]) -> Self {
        let pick = |width: usize, rows: &[f64]| {
            let rows = samples
                .iter()
                .map(|sample| &rows[sample * width..(sample + 1) * width]);
            rows.flatten().copied().collect()
        };
        let targets = match &self.targets {
            Targets::Numbers { width, numbers } => Targets::Numbers {
                width: *width,
                numbers: pick(*width, numbers),
            },
            Targets::Classes { classes, names } => Targets::Classes {
                classes: samples.iter().map(|sample| classes[*sample]).collect(),
                names: names.clone(),
            },
        };
        Self {
            width: self.width,
            inputs: pick(self.width, &self.inputs),
            targets,
            source: self.source.clone(),
            positions: None,
        }
    }
}

impl Targets {
    fn len(&self) -> usize {
        match self {
            Self::Numbers { width, numbers } => numbers.len().checked_div(*width).unwrap_or(0),
            Self::Classes { classes, .. } => classes.len(),
        }
    }

    fn truncate(&mut self, samples: usize) {
        match self {
            Self::Numbers { width, numbers } => numbers.truncate(samples * *width),
            Self::Classes { classes, .. } => classes.truncate(samples),
        }
    }
}

/// Training and test data.
#[derive(Clone, Debug, PartialEq)]
pub struct Split {
    /// The training data.
    pub train: Data,
    /// The test data; may be empty.
    pub test: Data,
}

impl Split {
    /// Standardises the inputs of both parts by mean and standard deviation in the training part. Inputs that are constant there, up to
    /// rounding errors as in scikit-learn's StandardScaler, are only centred.
    pub fn standardise(&mut self) {
        let (width, samples) = (self.train.width, real(self.train.samples()));
        for input in 0..width {
            let column = || self.train.inputs.iter().skip(input).step_by(width);
            let Some(first) = column().next().copied() else {
                return;
            };
            // Differences from the first number: a large offset cancels exactly, and constant columns have an exact mean.
            let mean = first + column().map(|x| (x - first) / samples).sum::<f64>();
            let widest = column().fold(0.0, |widest: f64, x| widest.max((x - mean).abs()));
            let squares = column().map(|x| ((x - mean) / widest).powi(2));
            let deviation = widest * (squares.sum::<f64>() / samples).sqrt();
            // √(n ε σ² + (n ε μ)²): a column with σ below this is constant.
            let ulps = samples * f64::EPSILON;
            let rounding = (ulps.sqrt() * deviation).hypot(ulps * mean);
            let scale = if deviation > rounding { deviation } else { 1.0 };
            for part in [&mut self.train, &mut self.test] {
                for x in part.inputs.iter_mut().skip(input).step_by(width) {
                    *x = (*x - mean) / scale;
                }
            }
        }
    }
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
