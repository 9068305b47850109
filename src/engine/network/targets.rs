//! What the outputs of a network should be for each sample of some data.

use super::NetworkError;
use super::data::{Data, Targets};
use super::loss::{Loss, Target};
use crate::engine::numeric::real;

/// What the outputs for each sample should be.
pub(in crate::engine) enum LossTargets {
    /// These numbers, a row for each.
    Numbers(Vec<f64>),
    /// This class.
    Classes(Vec<usize>),
}

impl LossTargets {
    /// What the outputs should be, and how many there are.
    pub(in crate::engine) fn new(loss: Loss, data: &Data) -> Result<(usize, Self), NetworkError> {
        if data.samples() == 0 || data.width() == 0 {
            return Err(NetworkError::NoData);
        }
        match (loss, data.targets()) {
            (Loss::Mse, Targets::Numbers { width, numbers }) => {
                Ok((*width, Self::Numbers(numbers.clone())))
            }
            (Loss::Mse, Targets::Classes { names, .. }) => Err(NetworkError::NotNumbers {
                name: names.first().cloned().unwrap_or_default(),
            }),
            (_, Targets::Classes { classes, names }) => fitting(loss, classes.clone(), names.len()),
            (_, Targets::Numbers { width: 1, numbers }) => {
                let classes = numbers.iter().map(|number| class(loss, *number));
                fitting(loss, classes.collect::<Result<_, _>>()?, 0)
            }
            (_, Targets::Numbers { width, .. }) => Err(NetworkError::ManyTargets {
                loss: loss.name(),
                width: *width,
            }),
        }
    }

    /// Those of a sample, of which there are so many.
    pub(in crate::engine) fn of(&self, sample: usize, outputs: usize) -> Target<'_> {
        match self {
            Self::Numbers(numbers) => {
                Target::Numbers(&numbers[sample * outputs..(sample + 1) * outputs])
            }
            Self::Classes(classes) => Target::Class(classes[sample]),
        }
    }
}

/// The number of a class.
fn class(loss: Loss, number: f64) -> Result<usize, NetworkError> {
    let most = super::MAX_CLASSES;
    let whole = (0..most).find(|class| real(*class) == number);
    whole.ok_or(NetworkError::NotAClass {
        loss: loss.name(),
        number,
        most,
    })
}

fn fitting(
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
