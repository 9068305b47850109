//! Targets of the samples of a data set, checked against the loss function.

use super::NetworkError;
use super::data::{Data, Targets};
use super::loss::{Loss, Target};
use crate::engine::numeric::real;

/// Targets of all samples.
pub(super) enum LossTargets {
    /// Numbers, a row for each sample.
    Numbers(Vec<f64>),
    /// The index of each sample's class.
    Classes(Vec<usize>),
}

impl LossTargets {
    /// Returns the number of outputs and the targets for a loss function; refuses data that do not fit it.
    pub(super) fn new(loss: Loss, data: &Data) -> Result<(usize, Self), NetworkError> {
        if data.samples() == 0 || data.width() == 0 {
            return Err(NetworkError::NoData);
        }
        match (loss, data.targets()) {
            (Loss::Mse, Targets::Numbers { width, numbers }) => {
                Ok((*width, Self::Numbers(numbers.clone())))
            }
            (Loss::Mse, Targets::Classes { names, .. }) => Err(NetworkError::NotNumbers {
                name: names.first().cloned().unwrap_or_default(),
                expected: if names.len() > 2 { "ce" } else { "bce or ce" },
            }),
            (_, Targets::Classes { classes, names }) => {
                class_targets(loss, classes.clone(), names.len())
            }
            (_, Targets::Numbers { width: 1, numbers }) => {
                let classes = numbers.iter().map(|number| class(loss, *number));
                class_targets(loss, classes.collect::<Result<_, _>>()?, 0)
            }
            (_, Targets::Numbers { width, .. }) => Err(NetworkError::ManyTargets {
                loss: loss.name(),
                width: *width,
            }),
        }
    }

    /// Returns the target of a sample of `outputs` outputs.
    pub(super) fn get(&self, sample: usize, outputs: usize) -> Target<'_> {
        match self {
            Self::Numbers(numbers) => {
                Target::Numbers(&numbers[sample * outputs..(sample + 1) * outputs])
            }
            Self::Classes(classes) => Target::Class(classes[sample]),
        }
    }
}

/// Returns the class that a label stands for.
fn class(loss: Loss, number: f64) -> Result<usize, NetworkError> {
    let max = super::MAX_CLASSES;
    let whole = (0..max).find(|class| real(*class) == number);
    whole.ok_or(NetworkError::NotAClass {
        loss: loss.name(),
        number,
        max,
    })
}

/// Returns the number of outputs and the targets for classes, of which `named` have names.
fn class_targets(
    loss: Loss,
    classes: Vec<usize>,
    named: usize,
) -> Result<(usize, LossTargets), NetworkError> {
    let count = classes
        .iter()
        .fold(named, |count, class| count.max(class + 1));
    match loss {
        Loss::Bce if count > 2 => Err(NetworkError::NotTwoClasses { count }),
        Loss::Bce => Ok((1, LossTargets::Classes(classes))),
        _ => Ok((count, LossTargets::Classes(classes))),
    }
}
