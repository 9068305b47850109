//! Scores of runs, and the metrics by which they are compared.

use crate::engine::declare::SettingError;
use crate::engine::numeric::real;
use crate::engine::training::Outcome;
use std::fmt;
use std::str::FromStr;

/// Metric by which runs are compared; lower is better.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SweepMetric {
    /// Loss after the last step.
    #[default]
    Final,
    /// Lowest loss of all steps.
    Best,
    /// Number of steps until the loss reaches the goal.
    Steps,
}

impl SweepMetric {
    /// All metrics.
    pub const ALL: [Self; 3] = [Self::Final, Self::Best, Self::Steps];

    /// Returns the name: "final", "best" or "steps".
    pub fn name(self) -> &'static str {
        match self {
            Self::Final => "final",
            Self::Best => "best",
            Self::Steps => "steps",
        }
    }

    /// Returns the title for display.
    pub fn title(self) -> &'static str {
        match self {
            Self::Final => "Final loss",
            Self::Best => "Best loss",
            Self::Steps => "Steps to the goal",
        }
    }
}

impl FromStr for SweepMetric {
    type Err = SettingError;
    fn from_str(text: &str) -> Result<Self, SettingError> {
        Self::ALL
            .into_iter()
            .find(|metric| metric.name() == text)
            .ok_or_else(|| SettingError::Name {
                family: "measure",
                given: text.to_owned(),
                valid: Self::ALL.map(Self::name).to_vec(),
            })
    }
}

impl fmt::Display for SweepMetric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Result of a run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Score {
    /// Loss of the last row that a trajectory would record.
    pub loss: f64,
    /// Lowest loss of all steps.
    pub best: f64,
    /// First step at which the loss was at or below the goal.
    pub goal_step: Option<u64>,
    /// Outcome.
    pub outcome: Outcome,
}

impl Score {
    /// Score of a run that a cancelled sweep did not compute.
    pub const NOT_COMPUTED: Self = Self {
        loss: f64::NAN,
        best: f64::NAN,
        goal_step: None,
        outcome: Outcome::Finished,
    };

    /// Whether the run was computed: a run that finished has a loss.
    pub fn is_computed(&self) -> bool {
        self.outcome != Outcome::Finished || !self.loss.is_nan()
    }

    /// Returns the step at which the run diverged, if it did.
    pub fn diverged(&self) -> Option<u64> {
        match self.outcome {
            Outcome::Diverged(step, _) => Some(step),
            _ => None,
        }
    }

    /// Returns the value of a metric; `None` for a run that diverged, and for the steps to a goal that was not reached.
    pub fn value(&self, metric: SweepMetric) -> Option<f64> {
        let value = match metric {
            SweepMetric::Final => Some(self.loss),
            SweepMetric::Best => Some(self.best),
            SweepMetric::Steps => self.goal_step.map(real),
        };
        value.filter(|value| self.diverged().is_none() && value.is_finite())
    }
}

/// Returns the index of the lowest value, the first of several.
pub(super) fn best(scores: &[Score], metric: SweepMetric) -> Option<usize> {
    let mut lowest: Option<(usize, f64)> = None;
    for (index, score) in scores.iter().enumerate() {
        if let Some(value) = score.value(metric)
            && lowest.is_none_or(|(_, lowest)| value < lowest)
        {
            lowest = Some((index, value));
        }
    }
    lowest.map(|(index, _)| index)
}
