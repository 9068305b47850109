//! Sweeps: where runs end over one setting, or over two, and which values are the best. The grid search of the textbooks.
//!
//! ```
//! use ravine::engine::cancel::Cancel;
//! use ravine::engine::files::NoFiles;
//! use ravine::engine::scene::Scene;
//! use ravine::engine::analysis::sweep::{Measure, Setup, curves, lines};
//!
//! let scene = Scene::new("quadratic:a=1,b=10".parse()?);
//! let ground = scene.ground(&NoFiles).map_err(|error| error.to_string())?;
//! let (conditions, cancel, done) = (scene.conditions(), Cancel::default(), 0.into());
//! let setup = Setup {
//!     objective: &*ground.objective,
//!     start: scene.start_theta(),
//!     conditions: &conditions,
//!     goal: None,
//!     cancel: &cancel,
//!     done: &done,
//! };
//! let swept = curves(&setup, lines(&["sgd".parse()?], &"lr=0.01..0.3:linear:30".parse()?)?).unwrap();
//! // 2 / (λ₁ + λ₂) is 0.1818; from 2 / λ₂ on, it diverges.
//! let best = swept[0].winner(Measure::Final).unwrap();
//! assert_eq!(swept[0].line.grid.text(best), "0.18");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod axis_values;
mod lr_limit;
mod range;

pub use axis_values::AxisValues;
pub use lr_limit::{lr_limit, lr_limits, quadratic_lambda_max};
pub use range::{MAX_VALUES, SweepAxis, Values};

use crate::engine::cancel::Cancel;
use crate::engine::declare::SettingError;
use crate::engine::objective::Objective;
use crate::engine::training::{self, Outcome, RunSettings, RunSpec};
use rayon::prelude::*;
use std::fmt;
use std::str::FromStr;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The most points of a map.
pub const MAX_POINTS: usize = 1_000_000;

/// What makes one run better than another; less is better.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SweepMetric {
    /// The loss after the last step.
    #[default]
    Final,
    /// The lowest loss on the way.
    Best,
    /// The steps until the loss is down at the goal.
    Steps,
}

impl SweepMetric {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Final, Self::Best, Self::Steps];

    /// Its name: "final", "best" or "steps".
    pub fn name(self) -> &'static str {
        match self {
            Self::Final => "final",
            Self::Best => "best",
            Self::Steps => "steps",
        }
    }

    /// Its name for people.
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
            .find(|measure| measure.name() == text)
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

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Score {
    /// The loss of the last row that a trajectory would keep.
    pub loss: f64,
    /// The lowest loss on the way.
    pub best: f64,
    /// The first step at which the loss was down at the goal.
    pub goal_step: Option<u64>,
    /// How it ended.
    pub outcome: Outcome,
}

impl Score {
    /// The step at which it diverged, if it did.
    pub fn diverged(&self) -> Option<u64> {
        match self.outcome {
            Outcome::Diverged(step, _) => Some(step),
            _ => None,
        }
    }

    /// What is compared. A run that diverged has none, whatever it reached before, and one that did not reach the goal has
    /// no steps to it.
    pub fn value(&self, measure: SweepMetric) -> Option<f64> {
        let value = match measure {
            SweepMetric::Final => Some(self.loss),
            SweepMetric::Best => Some(self.best),
            SweepMetric::Steps => self.goal_step.map(crate::engine::numeric::real),
        };
        value.filter(|value| self.diverged().is_none() && value.is_finite())
    }
}

/// The place of the lowest measure; the first, if several are as low.
fn best(scores: &[Score], measure: SweepMetric) -> Option<usize> {
    let mut lowest: Option<(usize, f64)> = None;
    for (index, score) in scores.iter().enumerate() {
        if let Some(value) = score.value(measure)
            && lowest.is_none_or(|(_, lowest)| value < lowest)
        {
            lowest = Some((index, value));
        }
    }
    lowest.map(|(index, _)| index)
}

/// A run and the values that a setting of it takes.
#[derive(Clone, Debug, PartialEq)]
pub struct SweptRun {
    /// Its place among the runs that were asked for.
    pub run: usize,
    /// The run as it is.
    pub spec: RunSpec,
    /// The values.
    pub grid: AxisValues,
}

/// The lines of the runs that have the setting; the others are left out.
///
/// # Errors
/// No run has the setting, or a value is not legal for one that has.
pub fn swept_runs(specs: &[RunSpec], over: &SweepAxis) -> Result<Vec<SweptRun>, SettingError> {
    let mut lines = Vec::new();
    let mut missing: Option<SettingError> = None;
    for (run, spec) in specs.iter().enumerate() {
        match AxisValues::new(over, spec) {
            Ok(grid) => lines.push(SweptRun {
                run,
                spec: spec.clone(),
                grid,
            }),
            Err(refusal @ (SettingError::Key { .. } | SettingError::Name { .. })) => {
                missing = Some(match missing {
                    Some(earlier) => joined(earlier, refusal),
                    None => refusal,
                });
            }
            Err(refusal) => return Err(refusal),
        }
    }
    if !lines.is_empty() {
        return Ok(lines);
    }
    Err(missing.unwrap_or_else(|| {
        SettingError::Grammar("there is no run to sweep; expected at least one".to_owned())
    }))
}

/// One refusal for two runs that lack the same setting.
fn joined(earlier: SettingError, refusal: SettingError) -> SettingError {
    match (earlier, refusal) {
        (
            SettingError::Key {
                owner,
                given,
                mut valid,
            },
            SettingError::Key {
                owner: other,
                valid: more,
                ..
            },
        ) => {
            for name in more {
                if !valid.contains(&name) {
                    valid.push(name);
                }
            }
            let known = owner.split(", ").any(|owner| owner == other);
            SettingError::Key {
                owner: if known {
                    owner
                } else {
                    format!("{owner}, {other}")
                },
                given,
                valid,
            }
        }
        (earlier, _) => earlier,
    }
}

/// What all runs of a sweep share.
#[derive(Clone, Copy)]
pub struct SweepContext<'a> {
    /// The loss.
    pub objective: &'a dyn Objective,
    /// Where every run starts.
    pub start: &'a [f64],
    /// What every run is made under.
    pub run_settings: &'a RunSettings,
    /// The loss that [`SweepMetric::Steps`] waits for.
    pub goal: Option<f64>,
    /// Ends the work.
    pub cancel: &'a Cancel,
    /// Counts the runs that are done, for whoever watches; there are [`run_count`] of them.
    pub done: &'a AtomicUsize,
}

impl SweepContext<'_> {
    fn score(&self, spec: &RunSpec) -> Option<Score> {
        let goal = self.goal.unwrap_or(f64::NEG_INFINITY);
        let end = training::run_to_end(
            self.objective,
            self.start,
            spec,
            self.run_settings,
            goal,
            self.cancel,
        )?;
        self.done.fetch_add(1, Ordering::Relaxed);
        Some(Score {
            loss: end.loss,
            best: end.best,
            goal_step: end.goal_step,
            outcome: end.outcome,
        })
    }
}

/// How many runs the curves of some lines are made from: one for each value, and the run as it is.
pub fn run_count(lines: &[SweptRun]) -> usize {
    lines.iter().map(|line| line.grid.len() + 1).sum()
}

/// Where the runs of a line end.
#[derive(Clone, Debug, PartialEq)]
pub struct SweepCurve {
    /// The line.
    pub line: SweptRun,
    /// One score for each value of its grid.
    pub scores: Vec<Score>,
    /// The score of the run as it is.
    pub current: Score,
}

impl SweepCurve {
    /// The place of the value with the lowest measure, the first if there are several; `None` if there is no measure at all.
    pub fn best(&self, measure: SweepMetric) -> Option<usize> {
        best(&self.scores, measure)
    }

    /// The run with value `index`.
    pub fn spec(&self, index: usize) -> RunSpec {
        self.line.grid.apply(&self.line.spec, index)
    }
}

/// Runs every line at every value. `None` if it was cancelled.
///
/// Runs are spread over the threads of the current pool and collected by index; the bits do not depend on how many.
pub fn run_curves(setup: &SweepContext, lines: Vec<SweptRun>) -> Option<Vec<SweepCurve>> {
    let jobs: Vec<(&SweptRun, usize)> = lines
        .iter()
        .flat_map(|line| (0..=line.grid.len()).map(move |index| (line, index)))
        .collect();
    // Beyond the grid lies the run as it is.
    let scores = jobs
        .par_iter()
        .map(|(line, index)| setup.score(&line.grid.apply(&line.spec, *index)))
        .collect::<Option<Vec<Score>>>()?;
    let mut scores = scores.into_iter();
    let mut curves = Vec::with_capacity(lines.len());
    for line in lines {
        let own: Vec<Score> = scores.by_ref().take(line.grid.len()).collect();
        let current = scores.next()?;
        curves.push(SweepCurve {
            line,
            scores: own,
            current,
        });
    }
    Some(curves)
}

/// Where a run ends over two of its settings.
#[derive(Clone, Debug, PartialEq)]
pub struct SweepMap {
    /// The run as it is.
    pub spec: RunSpec,
    /// The values along x and along y.
    pub grids: [AxisValues; 2],
    /// One score for each pair of values, row by row of x, y rising.
    pub scores: Vec<Score>,
    /// The score of the run as it is.
    pub current: Score,
}

impl SweepMap {
    /// The score at the places of an x and a y value.
    pub fn score(&self, [x, y]: [usize; 2]) -> Option<&Score> {
        let columns = self.grids[0].len();
        self.scores
            .get(y.checked_mul(columns)?.checked_add(x)?)
            .filter(|_| x < columns)
    }

    /// The places of the values with the lowest measure, the first in a row of x if there are several.
    pub fn best(&self, measure: SweepMetric) -> Option<[usize; 2]> {
        let columns = self.grids[0].len();
        best(&self.scores, measure).map(|index| [index % columns, index / columns])
    }

    /// The run with a pair of values.
    pub fn spec(&self, at: [usize; 2]) -> RunSpec {
        both(&self.grids, &self.spec, at)
    }
}

fn both(grids: &[AxisValues; 2], spec: &RunSpec, [x, y]: [usize; 2]) -> RunSpec {
    grids[1].apply(&grids[0].apply(spec, x), y)
}

/// The values of two settings of a run.
///
/// # Errors
/// The run lacks a setting, a value is not legal, both settings are the same, or there are more than [`MAX_POINTS`] pairs.
pub fn grids(spec: &RunSpec, overs: [&SweepAxis; 2]) -> Result<[AxisValues; 2], SettingError> {
    let [x, y] = [
        AxisValues::new(overs[0], spec)?,
        AxisValues::new(overs[1], spec)?,
    ];
    if x.is_same_setting(&y) {
        return Err(SettingError::Grammar(format!(
            "`{}` is swept over twice; expected two settings",
            x.setting()
        )));
    }
    if x.len() * y.len() > MAX_POINTS {
        return Err(SettingError::Grammar(format!(
            "{} times {} values are too many; expected at most {MAX_POINTS} pairs",
            x.len(),
            y.len()
        )));
    }
    Ok([x, y])
}

/// Runs `spec` at every pair of values. `None` if it was cancelled. Spread over threads as [`run_curves`] are.
pub fn run_map(setup: &SweepContext, spec: &RunSpec, grids: [AxisValues; 2]) -> Option<SweepMap> {
    let columns = grids[0].len();
    let scores = (0..columns * grids[1].len())
        .into_par_iter()
        .map(|index| setup.score(&both(&grids, spec, [index % columns, index / columns])))
        .collect::<Option<Vec<Score>>>()?;
    let current = setup.score(spec)?;
    Some(SweepMap {
        spec: spec.clone(),
        grids,
        scores,
        current,
    })
}

#[cfg(test)]
mod tests;
