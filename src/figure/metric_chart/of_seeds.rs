//! Charts over several seeds: for each run the median, the mean, and a band between the quartiles.

use super::{Metric, MetricChart, MetricSeries, landscape_charts, network_charts};
use crate::engine::analysis::seed_stats::SeedStats;
use crate::engine::results::Runs;
use crate::figure::chart::{Band, Style};

/// The end of a title: what the lines over several seeds are.
pub const LINES_OF_SEEDS: &str = ": median, quartiles, mean (dotted)";

/// Returns the charts of a scene's runs over several seeds, given the charts of each seed: for each line its median, with a band between
/// the quartiles and a dotted mean for those that are a run's own.
///
/// A seed that diverged counts as infinitely high from then on, so that the mean ends there; one that converged keeps its last value.
/// Runs of up to 6000 rows are summarized at every row, longer ones at those that their chart has.
pub fn summarized(mut each: Vec<Vec<MetricChart>>) -> Vec<MetricChart> {
    let [first, .., _] = &each[..] else {
        return each.pop().unwrap_or_default();
    };
    let of_metric = |chart: &MetricChart| {
        let same = |other: &&MetricChart| other.metric == chart.metric;
        let own = each.iter().filter_map(|charts| charts.iter().find(same));
        summary(&own.collect::<Vec<_>>())
    };
    first.iter().map(of_metric).collect()
}

/// Returns the charts of a landscape's or a network's runs over all of their seeds; of a network without sharpness.
pub fn charts_over_seeds(runs: &Runs) -> Vec<MetricChart> {
    let charts = |runs: &Runs| match runs.trained {
        Some(_) => network_charts(runs, None),
        None => landscape_charts(runs),
    };
    summarized(runs.all_seeds().map(charts).collect())
}

impl MetricChart {
    /// Returns the title without what is said of seeds, and the number of seeds in words, which is empty for one.
    pub fn title_and_seeds(&self) -> (&str, &str) {
        let of_seeds = self.title.strip_suffix(LINES_OF_SEEDS);
        let parts = of_seeds.and_then(|title| title.rsplit_once(", "));
        parts.unwrap_or((&self.title, ""))
    }
}

fn summary(charts: &[&MetricChart]) -> MetricChart {
    let first = charts[0];
    let title = format!("{}, {} seeds{LINES_OF_SEEDS}", first.title, charts.len());
    let (mut lines, mut bands) = (Vec::new(), Vec::new());
    for line in &first.lines {
        if line.style.is_limit() {
            lines.push(copy(line, line.values.clone(), line.style));
            continue;
        }
        let same = |other: &&MetricSeries| {
            (other.style_index, other.style, other.name)
                == (line.style_index, line.style, line.name)
        };
        let own: Vec<&MetricSeries> = { charts.iter() }
            .filter_map(|chart| chart.lines.iter().find(same))
            .collect();
        // The seed with the most rows has the others' steps.
        let Some(longest) = own.iter().max_by_key(|line| line.rows.last()) else {
            continue;
        };
        let at =
            |row: usize| SeedStats::of(own.iter().map(|line| value_at(line, row, first.metric)));
        let stats: Vec<Option<SeedStats>> = longest.rows.iter().map(|row| at(*row)).collect();
        let values = |of: fn(&SeedStats) -> f64| -> Vec<f64> {
            let of = |stats: &Option<SeedStats>| stats.as_ref().map_or(f64::NAN, of);
            stats.iter().map(of).collect()
        };
        if line.style != Style::Dashed {
            bands.push(Band {
                x: longest.steps.clone(),
                low: values(|stats| stats.quartiles[0]),
                high: values(|stats| stats.quartiles[1]),
                style_index: line.style_index,
            });
            lines.push(copy(longest, values(|stats| stats.mean), Style::Mean));
        }
        lines.push(copy(longest, values(|stats| stats.median), line.style));
    }
    let chart = MetricChart {
        title,
        log: charts.iter().all(|chart| chart.log),
        lines,
        bands,
        of_runs: first.of_runs,
        metric: first.metric,
        y_range: first.y_range,
    };
    chart.with_range()
}

/// Returns a line with other values at the rows of a line.
fn copy(of: &MetricSeries, values: Vec<f64>, style: Style) -> MetricSeries {
    MetricSeries {
        rows: of.rows.clone(),
        steps: of.steps.clone(),
        costs: of.costs.clone(),
        values,
        name: of.name,
        style_index: of.style_index,
        style,
        diverged: of.diverged,
        leaves_range: false,
    }
}

/// Returns the value of a line at a row, or at the last one before it. Beyond the end of a run that diverged it is infinite, or nothing
/// for metrics that do not grow with the divergence.
fn value_at(line: &MetricSeries, row: usize, metric: Option<Metric>) -> f64 {
    let Some(at) = { line.rows.partition_point(|own| *own <= row) }.checked_sub(1) else {
        return f64::NAN;
    };
    let is_over = line.rows.last().is_some_and(|last| row > *last);
    let grows = matches!(
        metric,
        Some(Metric::Loss | Metric::GradNorm | Metric::Sharpness)
    );
    match (line.diverged && is_over, grows) {
        (true, true) => f64::INFINITY,
        (true, false) => f64::NAN,
        _ => line.values[at],
    }
}
