//! Charts of metrics of every visible run, thinned to what can be drawn.

mod of_runs;
mod of_seeds;

pub use of_runs::{
    landscape_charts, layer_charts, network_charts, projection_error_charts, state_charts,
};
pub use of_seeds::{LINES_OF_SEEDS, charts_over_seeds, summarized};

use super::chart::{Band, Chart, Series, Style, decimate, y_range};
use super::colour::Theme;
use super::drawing::{Area, Item};
use super::style_index;
use crate::engine::numeric::real;
use crate::engine::results::{RunResult, Runs, TrainedRun};
use crate::engine::scene::Run;
use crate::engine::training::Outcome;

/// Number of ranges that a long run is decimated to, more than a chart has pixels.
const MAX_RANGES: usize = 1500;

/// A chart of one metric of some runs.
#[derive(Clone)]
pub struct MetricChart {
    /// The title: the metric.
    pub title: String,
    /// Whether the y axis is logarithmic.
    pub log: bool,
    /// The lines, at most two for each run.
    pub lines: Vec<MetricSeries>,
    /// Range of the y axis without margin: lines that [`leaves_range`](MetricSeries::leaves_range) do not widen it.
    pub y_range: [f64; 2],
    /// Whether the lines belong to runs, rather than to layers or state of one run.
    pub of_runs: bool,
    /// The metric, of charts that are drawn on their own.
    pub metric: Option<Metric>,
    /// Bands over several seeds, behind the lines.
    pub bands: Vec<Band>,
}

/// A metric of runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Metric {
    /// Loss, of training and test samples for a network.
    Loss,
    /// Accuracy of a network.
    Accuracy,
    /// Norm of the gradient.
    GradNorm,
    /// λmax of the Hessian, or of the preconditioned Hessian, divided by the stability limit.
    Sharpness,
    /// Learning rate.
    Lr,
}

/// One metric of one run.
#[derive(Clone)]
pub struct MetricSeries {
    /// Rows of the trajectory, ascending.
    pub rows: Vec<usize>,
    /// Step of each row.
    pub steps: Vec<f64>,
    /// Cost up to each row, in gradients.
    pub costs: Vec<f64>,
    /// Value at each row; it may be NaN or infinite.
    pub values: Vec<f64>,
    /// Name of a line that is not the run's measurement: of a bound or a rate by theory.
    pub name: Option<&'static str>,
    /// Index into the colours, dashes and markers of runs.
    pub style_index: usize,
    /// Style of the line.
    pub style: Style,
    /// Whether the run diverged.
    pub diverged: bool,
    /// Whether the values grow so far with the divergence of the run that they do not shape the y axis.
    pub leaves_range: bool,
}

/// The x axis of charts: steps or cost.
#[derive(Clone, Copy)]
pub struct XAxis<'a> {
    /// The runs.
    pub runs: &'a Runs,
    /// Whether x is the cost of each run in gradients, instead of the step.
    pub by_cost: bool,
    /// The timeline's row.
    pub row: usize,
}

impl XAxis<'_> {
    /// Returns the row of a run at a share of the axis, at most its last row.
    pub fn row_at(&self, share: f64, run: usize) -> usize {
        let target = share * self.last();
        let trajectory = self.runs.results.get(run).map(|result| &result.trajectory);
        let last = trajectory.map_or(0, |trajectory| trajectory.len().saturating_sub(1));
        let x = |row: usize| match trajectory.filter(|_| self.by_cost) {
            Some(trajectory) => trajectory.gradient_equivalents(row).unwrap_or(0.0),
            None => real(self.runs.step(row)),
        };
        // Binary search: x never falls with the row.
        let (mut low, mut high) = (0, last);
        while low < high {
            let middle = usize::midpoint(low, high);
            if 0.5 * (x(middle) + x(middle + 1)) > target {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        low
    }

    /// Returns the right end of the axis: the scene's steps in whole rows, or the highest cost of a visible run.
    pub fn last(&self) -> f64 {
        if self.by_cost {
            let costs = visible_runs(self.runs)
                .filter_map(|(_, _, result)| result.trajectory.gradient_equivalents(usize::MAX));
            return costs.fold(1.0, f64::max);
        }
        let (steps, every) = (self.runs.scene.training.steps, self.runs.every.max(1));
        real(steps.div_ceil(every).saturating_mul(every))
    }
}

impl MetricChart {
    /// Creates a chart with a logarithmic y axis and without lines.
    fn new(title: &str) -> Self {
        Self {
            title: title.to_owned(),
            log: true,
            lines: Vec::new(),
            y_range: [0.0, 1.0],
            of_runs: false,
            metric: None,
            bands: Vec::new(),
        }
    }

    /// Returns the chart as one of a metric.
    fn of(self, metric: Metric) -> Self {
        Self {
            metric: Some(metric),
            ..self
        }
    }

    /// Computes the range of the y axis. The axis becomes linear if no value is positive.
    fn with_range(mut self) -> Self {
        let is_positive = |value: &f64| *value > 0.0 && value.is_finite();
        self.log &= self
            .lines
            .iter()
            .any(|line| line.values.iter().any(is_positive));
        for line in &mut self.lines {
            let bound = growth_bound(&line.values, self.log);
            let grows = |value: &f64| value.abs() > bound;
            line.leaves_range = line.diverged && line.values.iter().any(grows);
        }
        // Without a run that stays in range, the rows before the last decades of growth count.
        let measured = || self.lines.iter().filter(|line| !line.style.is_limit());
        let all_leave = measured().all(|line| line.leaves_range);
        let measurements = measured().filter(|line| all_leave || !line.leaves_range);
        let measurements = measurements.flat_map(|line| {
            let bound = if line.leaves_range {
                growth_bound(&line.values, self.log)
            } else {
                f64::INFINITY
            };
            let values = line.values.iter().copied();
            values.filter(move |value| value.abs() <= bound)
        });
        // Bounds and rates of theory do not shape the axis.
        let limits =
            { self.lines.iter() }.filter(|line| line.style.is_limit() && line.name.is_none());
        let limits = limits.flat_map(|line| line.values.iter().copied());
        self.y_range = y_range(measurements, limits, self.log);
        self
    }

    /// Adds a line at 1, as long as the longest run; `None` for a chart without values.
    fn with_limit_at_1(mut self, runs: &Runs) -> Option<Self> {
        let mut values = self.lines.iter().flat_map(|line| &line.values);
        values.find(|value| value.is_finite())?;
        let results = visible_runs(runs).map(|(.., result)| result);
        let longest = results.max_by_key(|result| result.trajectory.len())?;
        self.lines.push(MetricSeries::threshold(runs, longest, 1.0));
        Some(self)
    }

    fn linear(self) -> Self {
        Self { log: false, ..self }
    }

    /// Adds a line for each visible run, given the values of run `index`.
    fn with_runs(mut self, runs: &Runs, style: Style, values: impl Fn(usize) -> Vec<f64>) -> Self {
        let lines = visible_runs(runs).map(|(index, run, result)| {
            MetricSeries::new(
                runs,
                result,
                &values(index),
                (style_index(run.colour), style),
            )
        });
        self.lines.extend(lines);
        self.of_runs = true;
        self
    }

    /// Adds a line for each visible run of a network, given the values of the trained run.
    fn with_trained(
        self,
        runs: &Runs,
        style: Style,
        values: impl Fn(&TrainedRun) -> Vec<f64>,
    ) -> Self {
        let trained = |index: usize| runs.trained.as_ref()?.runs.get(index);
        self.with_runs(runs, style, |index| {
            trained(index).map_or_else(Vec::new, |run| values(run))
        })
    }

    fn has_values(&self) -> bool {
        self.lines.iter().any(|line| !line.values.is_empty())
    }

    /// Draws the chart in an area.
    pub fn draw(&self, area: Area, x_axis: &XAxis, theme: &Theme) -> Vec<Item> {
        let (series, styles) = self.series(x_axis);
        // One name for each style: a run may have several lines.
        let scene = &x_axis.runs.scene;
        let names = scene.run_names();
        let name = |index: usize| {
            let line = self.lines.get(index)?;
            if let Some(name) = line.name {
                return Some(name.to_owned());
            }
            let of = |run: &Run| style_index(run.colour) == line.style_index;
            let is_main = !line.style.is_limit() && line.style != Style::Dashed;
            let run = scene.runs.iter().position(of)?;
            names.get(run).cloned().filter(|_| self.of_runs && is_main)
        };
        self.chart(area, x_axis, theme)
            .draw_named(&series, &styles, self.y_range, &name)
    }

    /// Draws the lines without names of runs in a chart, which has its own title and labels; bounds have their names.
    pub fn draw_unnamed(&self, chart: &Chart, x_axis: &XAxis) -> Vec<Item> {
        let (series, styles) = self.series(x_axis);
        let name = |index: usize| self.lines.get(index)?.name.map(str::to_owned);
        let bands = (!self.bands.is_empty()).then(|| chart.bands(&self.bands, self.y_range));
        let lines = chart.draw_named(&series, &styles, self.y_range, &name);
        bands.into_iter().chain(lines).collect()
    }

    /// Returns the lines with their styles.
    fn series(&self, x_axis: &XAxis) -> (Vec<Series<'_>>, Vec<Style>) {
        let XAxis { by_cost, row, .. } = *x_axis;
        let series = self.lines.iter().map(|line| Series {
            x: if by_cost { &line.costs } else { &line.steps },
            values: &line.values,
            opaque_len: match line.style {
                Style::Threshold => line.values.len(),
                _ => line.rows.partition_point(|&line_row| line_row <= row),
            },
            style_index: line.style_index,
            limit: line.style == Style::Limit,
        });
        let styles = self.lines.iter().map(|line| line.style);
        (series.collect(), styles.collect())
    }

    /// Returns the chart without its lines.
    pub fn chart<'a>(&'a self, area: Area, x_axis: &XAxis, theme: &'a Theme) -> Chart<'a> {
        Chart {
            area,
            title: &self.title,
            x_label: if x_axis.by_cost {
                "cost in gradients"
            } else {
                "step"
            },
            x_range: [0.0, x_axis.last().max(1.0)],
            log: self.log,
            theme,
        }
    }
}

impl MetricSeries {
    fn new(runs: &Runs, result: &RunResult, values: &[f64], appearance: (usize, Style)) -> Self {
        let rows = decimate(values, MAX_RANGES);
        let values = rows.iter().map(|&row| values[row]).collect();
        Self::at_rows(runs, result, (rows, values), appearance)
    }

    /// Creates a level line over the steps of a run.
    fn threshold(runs: &Runs, result: &RunResult, value: f64) -> Self {
        let ends = vec![0, result.trajectory.len().saturating_sub(1)];
        Self {
            diverged: false,
            ..Self::at_rows(runs, result, (ends, vec![value; 2]), (0, Style::Threshold))
        }
    }

    /// Creates a series from values at some rows.
    fn at_rows(
        runs: &Runs,
        result: &RunResult,
        (rows, values): (Vec<usize>, Vec<f64>),
        (style_index, style): (usize, Style),
    ) -> Self {
        let cost = |&row: &usize| result.trajectory.gradient_equivalents(row);
        Self {
            steps: rows.iter().map(|&row| real(runs.step(row))).collect(),
            costs: rows.iter().filter_map(cost).collect(),
            values,
            rows,
            name: None,
            style_index,
            style,
            diverged: has_diverged(result),
            leaves_range: false,
        }
    }
}

/// Returns the size up to which values of a run that diverged shape the y axis: a multiple of its first value that is not 0.
fn growth_bound(values: &[f64], log: bool) -> f64 {
    let growth = if log { 1e3 } else { 10.0 };
    let first = values.iter().find(|value| value.abs() > 0.0);
    first.map_or(f64::INFINITY, |first| growth * first.abs())
}

fn has_diverged(result: &RunResult) -> bool {
    matches!(result.trajectory.outcome, Outcome::Diverged(..))
}

/// Returns the charts that have values, with the ranges of their y axes.
fn with_ranges(charts: impl IntoIterator<Item = MetricChart>) -> Vec<MetricChart> {
    let charts = charts.into_iter().filter(MetricChart::has_values);
    charts.map(MetricChart::with_range).collect()
}

/// Returns the visible runs with their indices.
fn visible_runs(runs: &Runs) -> impl Iterator<Item = (usize, &Run, &RunResult)> {
    let all = runs.scene.runs.iter().zip(&runs.results).enumerate();
    all.filter(|(_, (run, _))| run.shown)
        .map(|(index, (run, result))| (index, run, &**result))
}

#[cfg(test)]
mod tests;
