//! Sweeps (grid search): final losses of runs over the values of one or two settings, and the best values.
//!
//! ```
//! use ravine::engine::analysis::sweep::{SweepContext, SweepMetric, run_curves, swept_runs};
//! use ravine::engine::cancel::Cancel;
//! use ravine::engine::files::NoFiles;
//! use ravine::engine::landscape::AnyLandscape;
//! use ravine::engine::objective::GradientSettings;
//! use ravine::engine::training::RunSettings;
//!
//! let landscape: AnyLandscape = "quadratic:a=1,b=10".parse()?;
//! let problem = landscape.as_dyn().load(&NoFiles)?;
//! let run_settings = RunSettings {
//!     steps: 100,
//!     gradient_settings: GradientSettings::default(),
//!     tolerance: None,
//!     record_every: 1,
//! };
//! let context = SweepContext {
//!     objective: &*problem.objective,
//!     start: &[-4.0, 2.0],
//!     run_settings: &run_settings,
//!     goal: None,
//!     cancel: &Cancel::default(),
//!     done: &0.into(),
//! };
//! let runs = swept_runs(&["sgd".parse()?], &"lr=0.01..0.3:linear:30".parse()?)?;
//! let curves = run_curves(&context, runs).expect("not cancelled");
//! // The best learning rate, 2 / (λ₁ + λ₂), is 0.1818; from 2 / λ₂ = 0.2 on, runs diverge.
//! let best = curves[0].best(SweepMetric::Final).expect("a finite loss");
//! assert_eq!(curves[0].line.grid.text(best), "0.18");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod axis_values;
mod lr_limit;
mod range;
mod score;

pub use axis_values::{AxisValues, SharedSettings};
pub use lr_limit::{lr_limit, lr_limits, quadratic_lambda_max};
pub use range::{MAX_VALUES, SweepAxis, Values};
pub use score::{Score, SweepMetric};

use crate::engine::cancel::Cancel;
use crate::engine::declare::SettingError;
use crate::engine::objective::Objective;
use crate::engine::training::{self, RunSettings, RunSpec};
use rayon::prelude::*;
use score::best;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Largest number of points of a map.
pub const MAX_POINTS: usize = 1_000_000;

/// A run, and the values of its setting to sweep over.
#[derive(Clone, Debug, PartialEq)]
pub struct SweptRun {
    /// Index among the runs of the sweep.
    pub run: usize,
    /// Unchanged run.
    pub spec: RunSpec,
    /// Values of the setting.
    pub grid: AxisValues,
}

/// Returns the runs that have the setting, with its values; the others are left out.
///
/// # Errors
/// Returns an error if no run has the setting, or if a value is not legal for one that has it.
pub fn swept_runs(specs: &[RunSpec], over: &SweepAxis) -> Result<Vec<SweptRun>, SettingError> {
    let mut runs = Vec::new();
    let mut missing: Option<SettingError> = None;
    for (run, spec) in specs.iter().enumerate() {
        match AxisValues::new(over, spec) {
            Ok(grid) => runs.push(SweptRun {
                run,
                spec: spec.clone(),
                grid,
            }),
            Err(error @ (SettingError::Key { .. } | SettingError::Name { .. })) => {
                missing = Some(match missing {
                    Some(earlier) => merge_errors(earlier, error),
                    None => error,
                });
            }
            Err(error) => return Err(error),
        }
    }
    if !runs.is_empty() {
        return Ok(runs);
    }
    Err(missing.unwrap_or_else(|| {
        SettingError::Grammar("there is no run to sweep; expected at least one".to_owned())
    }))
}

/// Merges the errors of two runs that lack a setting.
fn merge_errors(earlier: SettingError, error: SettingError) -> SettingError {
    match (earlier, error) {
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

/// Inputs that all runs of a sweep share.
#[derive(Clone, Copy)]
pub struct SweepContext<'a> {
    /// Objective.
    pub objective: &'a dyn Objective,
    /// Start of every run.
    pub start: &'a [f64],
    /// Settings of every run.
    pub run_settings: &'a RunSettings,
    /// Goal loss of [`SweepMetric::Steps`].
    pub goal: Option<f64>,
    /// Cancels the sweep.
    pub cancel: &'a Cancel,
    /// Number of finished runs, for a progress display; [`run_count`] is the total.
    pub done: &'a AtomicUsize,
}

impl SweepContext<'_> {
    fn score(&self, spec: &RunSpec, run_settings: &RunSettings) -> Option<Score> {
        let goal = self.goal.unwrap_or(f64::NEG_INFINITY);
        let end = training::run_to_end(
            self.objective,
            self.start,
            spec,
            run_settings,
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

/// Returns the number of runs of [`run_curves`]: one for each value, and each unchanged run.
pub fn run_count(runs: &[SweptRun]) -> usize {
    runs.iter().map(|line| line.grid.len() + 1).sum()
}

/// Scores of a run over the values of a setting.
#[derive(Clone, Debug, PartialEq)]
pub struct SweepCurve {
    /// Run and values.
    pub line: SweptRun,
    /// Score for each value.
    pub scores: Vec<Score>,
    /// Score of the unchanged run.
    pub current: Score,
}

impl SweepCurve {
    /// Returns the index of the best value, the first of several; `None` if no run has a value of the metric.
    pub fn best(&self, metric: SweepMetric) -> Option<usize> {
        best(&self.scores, metric)
    }

    /// Returns the index of the value whose neighbours do best too: the one whose highest score among the values within a twentieth of the sweep
    /// on either side is lowest. `None` if every value has a neighbour without a score.
    pub fn robust_best(&self, metric: SweepMetric) -> Option<usize> {
        let scores = &self.scores;
        let reach = (scores.len() / 20).max(1);
        let worst = |index: usize| {
            let last = scores.len().checked_sub(1)?;
            let near = &scores[index.saturating_sub(reach)..=(index + reach).min(last)];
            let mut values = near.iter().map(|score| score.value(metric));
            values.try_fold(f64::NEG_INFINITY, |worst, value| Some(value?.max(worst)))
        };
        let all = (0..scores.len()).filter_map(|index| Some((index, worst(index)?)));
        let lower =
            |best: (usize, f64), next: (usize, f64)| if next.1 < best.1 { next } else { best };
        all.reduce(lower).map(|(index, _)| index)
    }

    /// Returns the run with value `index`.
    pub fn spec(&self, index: usize) -> RunSpec {
        self.line.grid.apply(&self.line.spec, index)
    }
}

/// Runs every run at every value. `None` if cancelled.
///
/// Runs are distributed over the threads of the current pool and collected by index; the bits do not depend on their number.
pub fn run_curves(context: &SweepContext, runs: Vec<SweptRun>) -> Option<Vec<SweepCurve>> {
    let curves = curves_so_far(context, runs);
    (!context.cancel.is_cancelled()).then_some(curves)
}

/// Runs every run at every value, like [`run_curves`]; those that a cancelled sweep does not reach are [`Score::NOT_COMPUTED`].
pub fn curves_so_far(context: &SweepContext, runs: Vec<SweptRun>) -> Vec<SweepCurve> {
    let tasks: Vec<(&SweptRun, usize)> = runs
        .iter()
        .flat_map(|line| (0..=line.grid.len()).map(move |index| (line, index)))
        .collect();
    // The index after the last value stands for the unchanged run.
    let scores = tasks
        .par_iter()
        .map(|(line, index)| {
            let settings = line.grid.apply_settings(context.run_settings, *index);
            context.score(&line.grid.apply(&line.spec, *index), &settings)
        })
        .collect::<Vec<Option<Score>>>();
    let scores = scores.into_iter();
    let mut scores = scores.map(|score| score.unwrap_or(Score::NOT_COMPUTED));
    let mut curves = Vec::with_capacity(runs.len());
    for line in runs {
        let own: Vec<Score> = scores.by_ref().take(line.grid.len()).collect();
        let current = scores.next().unwrap_or(Score::NOT_COMPUTED);
        curves.push(SweepCurve {
            line,
            scores: own,
            current,
        });
    }
    curves
}

/// Scores of a run over the values of two settings.
#[derive(Clone, Debug, PartialEq)]
pub struct SweepMap {
    /// Unchanged run.
    pub spec: RunSpec,
    /// Values along x and along y.
    pub grids: [AxisValues; 2],
    /// Score for each pair of values, row by row in ascending order of y.
    pub scores: Vec<Score>,
    /// Score of the unchanged run.
    pub current: Score,
}

impl SweepMap {
    /// Returns the score at the indices of an x and a y value.
    pub fn score(&self, [x, y]: [usize; 2]) -> Option<&Score> {
        let columns = self.grids[0].len();
        self.scores
            .get(y.checked_mul(columns)?.checked_add(x)?)
            .filter(|_| x < columns)
    }

    /// Returns the indices of the best pair of values, the first of several.
    pub fn best(&self, metric: SweepMetric) -> Option<[usize; 2]> {
        let columns = self.grids[0].len();
        best(&self.scores, metric).map(|index| [index % columns, index / columns])
    }

    /// Returns the run with a pair of values.
    pub fn spec(&self, at: [usize; 2]) -> RunSpec {
        with_pair(&self.grids, &self.spec, at)
    }
}

fn with_pair(grids: &[AxisValues; 2], spec: &RunSpec, [x, y]: [usize; 2]) -> RunSpec {
    grids[1].apply(&grids[0].apply(spec, x), y)
}

/// Returns the values of two settings of a run.
///
/// # Errors
/// Returns an error if the run lacks a setting, a value is not legal, both settings are one, or there are more than [`MAX_POINTS`] pairs.
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

/// Runs `spec` at every pair of values, on all threads as in [`run_curves`]. `None` if cancelled.
pub fn run_map(context: &SweepContext, spec: &RunSpec, grids: [AxisValues; 2]) -> Option<SweepMap> {
    let map = map_so_far(context, spec, grids);
    (!context.cancel.is_cancelled()).then_some(map)
}

/// Runs `spec` at every pair of values, like [`run_map`]; those that a cancelled sweep does not reach are [`Score::NOT_COMPUTED`].
pub fn map_so_far(context: &SweepContext, spec: &RunSpec, grids: [AxisValues; 2]) -> SweepMap {
    let columns = grids[0].len();
    let score = |index: usize| {
        let [x, y] = [index % columns, index / columns];
        let settings = grids[0].apply_settings(context.run_settings, x);
        let settings = grids[1].apply_settings(&settings, y);
        let score = context.score(&with_pair(&grids, spec, [x, y]), &settings);
        score.unwrap_or(Score::NOT_COMPUTED)
    };
    let scores = (0..columns * grids[1].len()).into_par_iter().map(score);
    let scores = scores.collect();
    let current = context.score(spec, context.run_settings);
    SweepMap {
        spec: spec.clone(),
        grids,
        scores,
        current: current.unwrap_or(Score::NOT_COMPUTED),
    }
}

#[cfg(test)]
mod tests;
