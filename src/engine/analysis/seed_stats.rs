//! Statistics of one number over several seeds: mean, standard deviation, median and quartiles.

use super::sweep::{Score, SweepCurve, SweepMap};
use crate::engine::numeric::real;
use crate::engine::training::Outcome;

/// Mean, standard deviation, median and quartiles of some values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SeedStats {
    /// Number of values.
    pub count: usize,
    /// Mean.
    pub mean: f64,
    /// Standard deviation of the sample, with n − 1; 0 for a single value.
    pub sd: f64,
    /// Median.
    pub median: f64,
    /// First and third quartile.
    pub quartiles: [f64; 2],
}

impl SeedStats {
    /// Returns the statistics of values, without those that are NaN; `None` if there is none. Infinite values stand for runs that diverged:
    /// they count in the median and in the quartiles, make the mean infinite, and leave no standard deviation: NaN.
    pub fn of(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut values: Vec<f64> = values.into_iter().filter(|value| !value.is_nan()).collect();
        if values.is_empty() {
            return None;
        }
        values.sort_by(f64::total_cmp);
        let (first, last) = (values[0], values[values.len() - 1]);
        let count = real(values.len());
        // The sum of equal values is rounded, and would leave a deviation.
        let mean = if first == last && first.is_finite() {
            first
        } else {
            values.iter().sum::<f64>() / count
        };
        let squares = values.iter().map(|value| (value - mean).powi(2));
        let variance = squares.sum::<f64>() / (count - 1.0).max(1.0);
        Some(Self {
            count: values.len(),
            mean,
            sd: variance.sqrt(),
            median: quantile(&values, 0.5),
            quartiles: [0.25, 0.75].map(|share| quantile(&values, share)),
        })
    }
}

/// Returns a quantile of sorted values by linear interpolation, the default of `numpy.quantile`.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let last = sorted.len() - 1;
    let at = share * real(last);
    let below = (0..last).rfind(|index| real(*index) <= at).unwrap_or(0);
    let (low, high) = (sorted[below], sorted[(below + 1).min(last)]);
    let part = at - real(below);
    // Between two infinite values, or at a value, there is nothing to interpolate.
    if part == 0.0 || low == high {
        low
    } else {
        low + part * (high - low)
    }
}

/// Returns the medians of the scores of one run over several seeds. A run that diverged counts as infinitely high, and the median run has
/// diverged if at least half of them have; `None` without scores.
pub fn median_score(scores: &[Score]) -> Option<Score> {
    let first = scores.first()?;
    let diverged: Vec<&Score> = { scores.iter() }
        .filter(|score| score.diverged().is_some())
        .collect();
    let median = |of: &dyn Fn(&Score) -> f64| {
        let value = |score: &Score| match score.outcome {
            Outcome::Diverged(..) => f64::INFINITY,
            _ => of(score),
        };
        SeedStats::of(scores.iter().map(value)).map_or(f64::INFINITY, |stats| stats.median)
    };
    let steps = median(&|score| score.goal_step.map_or(f64::INFINITY, real));
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a number of steps"
    )]
    let goal_step = steps.is_finite().then_some(steps.round() as u64);
    let loss = median(&|score| score.loss);
    let outcome = match diverged.first() {
        Some(score) if !loss.is_finite() => score.outcome,
        _ => {
            let mut others = scores.iter().filter(|score| score.diverged().is_none());
            others.next().unwrap_or(first).outcome
        }
    };
    Some(Score {
        loss,
        best: median(&|score| score.best),
        goal_step,
        outcome,
    })
}

/// Returns a curve of the medians of curves of one run over several seeds; `None` without curves.
pub fn median_curve(curves: &[&SweepCurve]) -> Option<SweepCurve> {
    let (scores, current) = medians(curves.iter().map(|curve| (&*curve.scores, curve.current)))?;
    Some(SweepCurve {
        line: curves.first()?.line.clone(),
        scores,
        current,
    })
}

/// Returns a map of the medians of maps of one run over several seeds; `None` without maps.
pub fn median_map(maps: &[&SweepMap]) -> Option<SweepMap> {
    let (scores, current) = medians(maps.iter().map(|map| (&*map.scores, map.current)))?;
    let first = maps.first()?;
    Some(SweepMap {
        spec: first.spec.clone(),
        grids: first.grids.clone(),
        scores,
        current,
    })
}

/// Returns the median of each score over the seeds, and that of the score at the current setting; `None` without seeds.
fn medians<'a>(seeds: impl Iterator<Item = (&'a [Score], Score)>) -> Option<(Vec<Score>, Score)> {
    let (scores, current): (Vec<&[Score]>, Vec<Score>) = seeds.unzip();
    let at = |index: usize| {
        let scores = scores
            .iter()
            .filter_map(|scores| scores.get(index).copied());
        median_score(&scores.collect::<Vec<_>>())
    };
    let all = (0..scores.first()?.len()).map(at).collect::<Option<_>>()?;
    Some((all, median_score(&current)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::training::Reason;

    /// The numbers of `numpy.quantile` and `numpy.std(ddof=1)`.
    #[test]
    fn statistics_are_those_of_numpy() {
        let stats = SeedStats::of([4.0, 1.0, 3.0, 2.0]).unwrap();
        assert_eq!((stats.mean, stats.median), (2.5, 2.5));
        assert_eq!(stats.quartiles, [1.75, 3.25]);
        assert!((stats.sd - 1.290_994_448_735_805_6).abs() < 1e-15);
        let one = SeedStats::of([7.0]).unwrap();
        assert_eq!((one.median, one.sd, one.quartiles), (7.0, 0.0, [7.0; 2]));
        assert_eq!(SeedStats::of([f64::NAN]), None);
        let equal = SeedStats::of([0.1; 3]).unwrap();
        assert_eq!((equal.mean, equal.sd), (0.1, 0.0));
        let diverged = SeedStats::of([1.0, f64::INFINITY]).unwrap();
        assert!(diverged.mean == f64::INFINITY && diverged.sd.is_nan());
    }

    #[test]
    fn a_diverged_run_is_above_all_others_and_never_averaged() {
        let score = |loss: f64, outcome| Score {
            loss,
            best: loss,
            goal_step: None,
            outcome,
        };
        let diverged = score(f64::NAN, Outcome::Diverged(7, Reason::LossNotFinite));
        let finished = |loss| score(loss, Outcome::Finished);
        let mut scores = vec![finished(1.0), diverged, finished(3.0)];
        let median = median_score(&scores).unwrap();
        assert_eq!((median.loss, median.diverged()), (3.0, None));
        scores.push(diverged);
        scores.push(diverged);
        let median = median_score(&scores).unwrap();
        assert_eq!((median.loss, median.diverged()), (f64::INFINITY, Some(7)));
    }
}
