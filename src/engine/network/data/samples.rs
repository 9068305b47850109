//! Samples of a data set, and their split into training and test data.

use super::DataError;
use crate::engine::files::{Labels, Table};
use crate::engine::network::{Loss, MAX_CLASSES};
use crate::engine::numeric::random::{Purpose, stream};
use crate::engine::numeric::real;
use rand::seq::SliceRandom;

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
    pub(super) fn from_table(table: Table) -> Self {
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
    pub(super) fn for_loss(mut self, loss: Loss) -> Result<Self, DataError> {
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
    pub(super) fn from_points(points: Vec<([f64; 2], u32)>) -> Self {
        let numbers = points.iter().map(|(_, class)| f64::from(*class)).collect();
        let inputs = points.into_iter().flat_map(|(at, _)| at).collect();
        Self::new(2, inputs, Targets::Numbers { width: 1, numbers })
    }

    /// Creates data from points (x, y) of a curve: input x, target y.
    pub(super) fn from_curve(points: Vec<[f64; 2]>) -> Self {
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
