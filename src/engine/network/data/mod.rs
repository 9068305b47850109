//! What networks learn from: built-in data sets, and the user's own.

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
    /// All of its samples.
    fn data(&self, files: &dyn Files) -> Result<Data, DataError>;

    /// Whether its inputs are to be standardised.
    fn standardise(&self) -> bool {
        false
    }
}

/// Why there are no data.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DataError {
    /// The file cannot be read.
    #[error("{0}")]
    File(String),
    /// The path is empty.
    #[error("path: empty; expected a CSV file")]
    NoPath,
    /// A label that is no class.
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
        /// How many labels differ.
        count: usize,
        /// The loss.
        loss: &'static str,
    },
}

/// Samples: inputs, and what the outputs should be.
#[derive(Clone, Debug, PartialEq)]
pub struct Data {
    width: usize,
    inputs: Vec<f64>,
    targets: Targets,
    source: String,
    places: Option<Places>,
}

/// Where labels stand in a file.
#[derive(Clone, Debug, PartialEq)]
struct Places {
    file: String,
    column: String,
    lines: Vec<u32>,
}

/// What the outputs for each sample should be.
#[derive(Clone, Debug, PartialEq)]
pub enum Targets {
    /// These numbers. For the losses of classification a single one is the number of a class.
    Numbers {
        /// How many there are for each sample.
        width: usize,
        /// A row for each sample.
        numbers: Vec<f64>,
    },
    /// A class with a name.
    Classes {
        /// The number of each sample's class.
        classes: Vec<usize>,
        /// The names of all classes.
        names: Vec<String>,
    },
}

impl Data {
    /// Rows of `width` inputs, and as many targets as there are rows; what is left over on either side is left out.
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
            places: None,
        }
    }

    /// Numbers with one label each: a number, or the name of a class.
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
        let places = Places {
            file: table.file,
            column: table.label,
            lines: table.lines,
        };
        Self {
            source: table.source,
            places: (!places.lines.is_empty()).then_some(places),
            ..Self::new(table.width, table.numbers, targets)
        }
    }

    /// Returns the data with labels for a loss: for a loss of classification, whole numbers that do not count from 0 become classes in increasing
    /// order.
    fn for_loss(mut self, loss: Loss) -> Result<Self, DataError> {
        let Some(places) = self.places.take().filter(|_| loss != Loss::Mse) else {
            return Ok(self);
        };
        if let Targets::Numbers { width: 1, numbers } = &self.targets {
            let part =
                { numbers.iter().zip(&places.lines) }.find(|(number, _)| number.fract() != 0.0);
            let (file, column) = (&places.file, &places.column);
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

    /// Points in the plane with their class.
    fn from_points(points: Vec<([f64; 2], u32)>) -> Self {
        let numbers = points.iter().map(|(_, class)| f64::from(*class)).collect();
        let inputs = points.into_iter().flat_map(|(at, _)| at).collect();
        Self::new(2, inputs, Targets::Numbers { width: 1, numbers })
    }

    /// Points of a curve.
    fn from_curve(points: Vec<[f64; 2]>) -> Self {
        let numbers = points.iter().map(|[_, y]| *y).collect();
        let inputs = points.into_iter().map(|[x, _]| x).collect();
        Self::new(1, inputs, Targets::Numbers { width: 1, numbers })
    }

    /// Returns a summary of what was taken of a file; empty for built-in data.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// How many samples there are.
    pub fn samples(&self) -> usize {
        self.inputs.len().checked_div(self.width).unwrap_or(0)
    }

    /// How many inputs a sample has.
    pub fn width(&self) -> usize {
        self.width
    }

    /// The inputs, a row for each sample.
    pub fn inputs(&self) -> &[f64] {
        &self.inputs
    }

    /// How many classes there are, where the targets are classes: named, or whole numbers from 0 of which none is left out.
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

    /// What the outputs should be.
    pub fn targets(&self) -> &Targets {
        &self.targets
    }

    /// A part for training and one for testing, of `share` of the samples, rounded up; at least one is for training. Both keep the
    /// order of the samples.
    pub fn split(&self, share: f64, seed: u64) -> Split {
        let samples = self.samples();
        let mut order: Vec<usize> = (0..samples).collect();
        order.shuffle(&mut stream(seed, Purpose::Split, 0));
        let most = samples.saturating_sub(1);
        let tested = (0..most)
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
            places: None,
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

/// Data for training and data for testing.
#[derive(Clone, Debug, PartialEq)]
pub struct Split {
    /// What the loss is a mean over.
    pub train: Data,
    /// What is kept from training; it may be empty.
    pub test: Data,
}

impl Split {
    /// Standardises the inputs of both parts by the mean and the standard deviation of each input in the training part; an input that
    /// does not vary there is only centred: one whose variance is no more than what rounding makes of equal numbers of its size, as
    /// scikit-learn's StandardScaler decides it.
    pub fn standardise(&mut self) {
        let (width, samples) = (self.train.width, real(self.train.samples()));
        for input in 0..width {
            let column = || self.train.inputs.iter().skip(input).step_by(width);
            let Some(first) = column().next().copied() else {
                return;
            };
            // By how far numbers are from the first one, no digit of a large offset is lost, and what is equal has its mean exactly.
            let mean = first + column().map(|x| (x - first) / samples).sum::<f64>();
            let widest = column().fold(0.0, |widest: f64, x| widest.max((x - mean).abs()));
            let squares = column().map(|x| ((x - mean) / widest).powi(2));
            let deviation = widest * (squares.sum::<f64>() / samples).sqrt();
            // The root of n ε σ² + (n ε μ)², which is to be more than σ.
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
    /// Its data for training and for testing, [standardised](Split::standardise) where its settings ask for it.
    pub fn split(&self, files: &dyn Files, test: f64, seed: u64) -> Result<Split, DataError> {
        Ok(self.parts(&self.as_dyn().data(files)?, test, seed))
    }

    /// Returns its data for training and for testing like [`split`](Self::split), with the labels of a file as classes where the loss
    /// is for classes.
    ///
    /// # Errors
    /// One sentence with the place of a label that is no class.
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

/// Normal noise for built-in data.
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

/// Number `i` of `count` numbers from 0 to 1, both included.
fn along(i: u64, count: u64) -> f64 {
    if count > 1 {
        real(i) / real(count - 1)
    } else {
        0.0
    }
}

/// A table that the program brings along: a header, numbers and a label in each line.
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
