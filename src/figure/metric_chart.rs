//! Charts of metrics of every visible run, thinned to what can be drawn.

use super::axis::number;
use super::chart::{Chart, Series, Style, decimate, y_range};
use super::colour::Theme;
use super::drawing::{Area, Item};
use super::layers::LayerSeries;
use super::state_chart::{StateChart, has_finite_size};
use super::style_index;
use crate::engine::numeric::real;
use crate::engine::results::{RunResult, RunSharpness, Runs, SharpnessResult, TrainedRun};
use crate::engine::scene::Run;
use crate::engine::schedule::StepRates;
use crate::engine::training::{OptimizerStateSeries, Outcome, RunSpec};

/// Number of ranges that a long run is decimated to, more than a chart has pixels.
const MAX_RANGES: usize = 1500;

/// Titles of the charts of sharpness.
const SHARPNESS: &str = "sharpness λmax; dotted: stability limit";
const PRECONDITIONED: &str = "λmax preconditioned; dotted: its limit";

/// A chart of one metric of some runs.
pub struct MetricChart {
    /// The title: the metric.
    pub title: String,
    /// Whether the y axis is logarithmic.
    pub log: bool,
    /// The lines, at most two for each run.
    pub lines: Vec<MetricSeries>,
    /// Range of the y axis without margin: lines that [`leaves_range`](MetricSeries::leaves_range) do not widen it.
    pub y_range: [f64; 2],
}

/// One metric of one run.
pub struct MetricSeries {
    /// Rows of the trajectory, ascending.
    pub rows: Vec<usize>,
    /// Step of each row.
    pub steps: Vec<f64>,
    /// Cost up to each row, in gradients.
    pub costs: Vec<f64>,
    /// Value at each row; it may be NaN or infinite.
    pub values: Vec<f64>,
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
        let limits = self.lines.iter().filter(|line| line.style.is_limit());
        let limits = limits.flat_map(|line| line.values.iter().copied());
        self.y_range = y_range(measurements, limits, self.log);
        self
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
        let series: Vec<Series> = series.collect();
        let styles: Vec<Style> = self.lines.iter().map(|line| line.style).collect();
        self.chart(area, x_axis, theme)
            .draw_in_range(&series, &styles, self.y_range)
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

/// Returns the charts of runs on a landscape: loss, gradient norm, sharpness, learning rate.
pub fn landscape_charts(runs: &Runs) -> Vec<MetricChart> {
    let result = |index: usize| &runs.results[index];
    // Losses below zero are drawn relative to the landscape's minimum, where it is known.
    let minima = runs.problem.minima.iter().map(|mark| mark.value);
    let floor = minima.reduce(f64::min).unwrap_or(0.0);
    let sign = if floor < 0.0 { "+" } else { "−" };
    let offset = if floor == 0.0 {
        String::new()
    } else {
        format!(" {sign} {}", number(floor.abs(), 4))
    };
    let loss = MetricChart::new(&format!("loss{offset}")).with_runs(runs, Style::Own, |index| {
        let losses = result(index).trajectory.loss.iter();
        losses.map(|loss| loss - floor).collect()
    });
    let mut values = loss.lines.iter().flat_map(|line| &line.values);
    let log = !values.any(|loss| *loss < 0.0);

    let steps = runs.scene.training.steps;
    let lr_limit = |index: usize| {
        let spec = &runs.scene.runs[index].spec;
        let limit = |step| spec.stability_limit(spec.rates(step, steps));
        let rows = 0..result(index).trajectory.len() as u64;
        rows.map(|step| limit(step).unwrap_or(f64::NAN)).collect()
    };
    let lambda_max = |index: usize| {
        let curvature = result(index).curvature.iter();
        curvature.map(|[_, high]| *high).collect()
    };
    let is_preconditioned = |index: usize| !result(index).preconditioned.is_empty();
    let preconditioned_limit = |index: usize| {
        let spec = &runs.scene.runs[index].spec;
        let limit = |step| spec.preconditioned_limit(spec.rates(step, steps));
        let rows = 0..result(index).preconditioned.len() as u64;
        rows.map(|step| limit(step).unwrap_or(f64::NAN)).collect()
    };
    let preconditioned = |index: usize| result(index).preconditioned.clone();
    let mut charts = vec![
        MetricChart { log, ..loss },
        grad_norm(runs),
        MetricChart::new(SHARPNESS)
            .with_runs(runs, Style::Limit, lr_limit)
            .with_runs(runs, Style::Own, lambda_max),
    ];
    if visible_runs(runs).any(|(index, ..)| is_preconditioned(index)) {
        charts.push(
            MetricChart::new(PRECONDITIONED)
                .with_runs(runs, Style::Limit, preconditioned_limit)
                .with_runs(runs, Style::Own, preconditioned),
        );
    }
    charts.push(lr(runs));
    charts.into_iter().map(MetricChart::with_range).collect()
}

/// Returns the charts of the runs of a network: training and test loss and accuracy, gradient norm, sharpness, learning rate.
pub fn network_charts(runs: &Runs, sharpness: Option<&SharpnessResult>) -> Vec<MetricChart> {
    let test_loss = |run: &TrainedRun| {
        let losses = run
            .rows
            .iter()
            .map(|row| row.metrics[1].map(|test| test.loss));
        losses.collect::<Option<Vec<f64>>>().unwrap_or_default()
    };
    let accuracy = |part: usize| {
        move |run: &TrainedRun| {
            let accuracies = run.rows.iter().map(|row| row.metrics[part]?.accuracy);
            let percent = accuracies.map(|accuracy| accuracy.map(|accuracy| 100.0 * accuracy));
            percent.collect::<Option<Vec<f64>>>().unwrap_or_default()
        }
    };
    let true_loss = |index: usize| runs.results[index].trajectory.loss.clone();
    let mut charts = vec![
        MetricChart::new("loss; dashed: test")
            .with_runs(runs, Style::Whole, true_loss)
            .with_trained(runs, Style::Dashed, test_loss),
        MetricChart::new("accuracy in %; dashed: test")
            .linear()
            .with_trained(runs, Style::Whole, accuracy(0))
            .with_trained(runs, Style::Dashed, accuracy(1)),
        grad_norm(runs),
    ];
    charts.extend(
        sharpness
            .into_iter()
            .flat_map(|sharpness| sharpness_charts(runs, sharpness)),
    );
    charts.push(lr(runs));
    with_ranges(charts)
}

/// Returns charts of the sharpness along the runs of a network, with each run's stability limit: λmax of the Hessian, and of the
/// preconditioned Hessian for optimizers that have a preconditioner.
fn sharpness_charts(runs: &Runs, sharpness: &SharpnessResult) -> [MetricChart; 2] {
    type Getter = fn(&RunSharpness) -> &[f64];
    type Limit = fn(&RunSpec, StepRates) -> Option<f64>;
    let steps = runs.scene.training.steps;
    let chart = |title: &str, values: Getter, limit: Limit| {
        let mut chart = MetricChart::new(title);
        for (index, run, result) in visible_runs(runs) {
            let trained = runs
                .trained
                .as_ref()
                .and_then(|trained| trained.runs.get(index));
            let Some(run_sharpness) = trained.and_then(|trained| sharpness.of(trained)) else {
                continue;
            };
            let measured = run_sharpness.rows.iter().zip(values(run_sharpness));
            let (rows, values): (Vec<usize>, Vec<f64>) = measured
                .filter(|(_, value)| value.is_finite())
                .map(|(row, value)| (*row, *value))
                .unzip();
            if rows.is_empty() {
                continue;
            }
            let limits: Vec<f64> = { 0..result.trajectory.len() }
                .map(|row| {
                    let step = runs.step(row);
                    let spec = run.spec_at(step);
                    limit(spec, spec.rates(step, steps)).unwrap_or(f64::NAN)
                })
                .collect();
            let style_index = style_index(run.colour);
            chart.lines.push(MetricSeries::new(
                runs,
                result,
                &limits,
                (style_index, Style::Limit),
            ));
            chart.lines.push(MetricSeries::at_rows(
                runs,
                result,
                (rows, values),
                (style_index, Style::Own),
            ));
        }
        chart
    };
    [
        chart(
            SHARPNESS,
            |sharpness| &sharpness.lambda_max,
            RunSpec::stability_limit,
        ),
        chart(
            PRECONDITIONED,
            |sharpness| &sharpness.preconditioned,
            RunSpec::preconditioned_limit,
        ),
    ]
}

/// Returns charts of how well the plane shows the runs of a network: true and projected loss, and the distance between a run and its projection.
pub fn projection_error_charts(runs: &Runs) -> Vec<MetricChart> {
    let true_loss = |index: usize| runs.results[index].trajectory.loss.clone();
    let projected_loss =
        |run: &TrainedRun| run.projections.iter().map(|point| point.loss).collect();
    let residual = |run: &TrainedRun| run.projections.iter().map(|point| point.residual).collect();
    let share = |run: &TrainedRun| {
        let both = run.projections.iter().zip(&run.distances);
        // Near the start the residual can exceed the tiny distance by far, which means nothing.
        both.map(|(point, distance)| (100.0 * point.residual / distance).clamp(0.0, 100.0))
            .collect()
    };
    let charts = [
        MetricChart::new("true loss; dashed: projected loss")
            .with_runs(runs, Style::Whole, true_loss)
            .with_trained(runs, Style::Dashed, projected_loss),
        MetricChart::new("projection error")
            .linear()
            .with_trained(runs, Style::Whole, residual),
        MetricChart::new("projection error in % of the distance from the start, up to 100")
            .linear()
            .with_trained(runs, Style::Whole, share),
    ];
    charts.into_iter().map(MetricChart::with_range).collect()
}

/// Returns charts of the layers of run `run`: gradient norms, with the thresholds of vanishing and exploding gradients; step lengths
/// divided by weight norms; dead units; and the gradient noise scale of the whole network. Colours and dashes are indices into `layers`.
pub fn layer_charts(
    runs: &Runs,
    run: usize,
    layers: &[LayerSeries],
    thresholds: [f64; 2],
) -> Vec<MetricChart> {
    let Some(result) = runs.results.get(run) else {
        return Vec::new();
    };
    let line = |values: &[f64], style_index: usize| {
        MetricSeries::new(runs, result, values, (style_index, Style::Own))
    };
    let layer_chart = |title: &str, values: fn(&LayerSeries) -> &[f64]| {
        let lines = layers.iter().map(values).enumerate();
        let with_values = lines.filter(|(_, values)| values.iter().any(|value| value.is_finite()));
        MetricChart {
            lines: with_values
                .map(|(index, values)| line(values, index))
                .collect(),
            ..MetricChart::new(title)
        }
    };
    let mut grad_norms = layer_chart("gradient norm of each layer", |layer| &layer.grad_norms);
    let ends = [0, result.trajectory.len().saturating_sub(1)];
    for threshold in thresholds {
        let costs = ends
            .iter()
            .filter_map(|row| result.trajectory.gradient_equivalents(*row));
        grad_norms.lines.push(MetricSeries {
            rows: ends.to_vec(),
            steps: ends.iter().map(|row| real(runs.step(*row))).collect(),
            costs: costs.collect(),
            values: vec![threshold; 2],
            style_index: 0,
            style: Style::Threshold,
            diverged: false,
            leaves_range: false,
        });
    }
    let trained = runs.trained.as_ref().and_then(|all| all.runs.get(run));
    let scales = trained.map_or_else(Vec::new, |run| {
        let scales = run.rows.iter().map(|row| row.diagnosis.noise_scale);
        scales.map(|scale| scale.unwrap_or(f64::NAN)).collect()
    });
    let mut noise = MetricChart::new("gradient noise scale, in samples");
    if scales.iter().any(|scale: &f64| scale.is_finite()) {
        noise
            .lines
            .push(line(&scales, style_index(runs.scene.runs[run].colour)));
    }
    let charts = [
        grad_norms,
        layer_chart("step length / weight norm", |layer| &layer.update_ratios),
        layer_chart("dead units in %", |layer| &layer.dead).linear(),
        noise,
    ];
    with_ranges(charts)
}

/// Returns charts of the optimizer state of run `run`, one for each `StateChart` that has values. Colours and dashes are indices into `series`.
pub fn state_charts(runs: &Runs, run: usize, series: &[OptimizerStateSeries]) -> Vec<MetricChart> {
    let Some(result) = runs.results.get(run) else {
        return Vec::new();
    };
    let line = |(index, entry): (usize, &OptimizerStateSeries)| {
        let rows = entry.rows.iter().copied();
        let cost = |row| result.trajectory.gradient_equivalents(row);
        MetricSeries {
            steps: rows.clone().map(|row| real(runs.step(row))).collect(),
            costs: rows.filter_map(cost).collect(),
            rows: entry.rows.clone(),
            values: entry.sizes.clone(),
            style_index: index,
            style: Style::Own,
            diverged: has_diverged(result),
            leaves_range: false,
        }
    };
    let charts = StateChart::ALL.map(|group| {
        let entries = series.iter().enumerate();
        let entries = entries
            .filter(|(_, entry)| StateChart::for_series(entry) == group && has_finite_size(entry));
        let lines: Vec<MetricSeries> = entries.map(line).collect();
        let values = lines.iter().flat_map(|line| &line.values);
        let finite = values.filter(|value| value.is_finite());
        let [low, high] = finite.fold([f64::INFINITY, 0.0], |[low, high], value| {
            [value.min(low), value.max(high)]
        });
        let log = match group {
            StateChart::Lengths | StateChart::Norms | StateChart::Distances => true,
            // Scalars may be shares and ratios, or shrink with the run.
            StateChart::Scalars => low > 0.0 && high > 100.0 * low,
            StateChart::SignedScalars => false,
        };
        let title = group.title();
        MetricChart {
            log,
            lines,
            ..MetricChart::new(title)
        }
    });
    with_ranges(charts)
}

fn grad_norm(runs: &Runs) -> MetricChart {
    let values = |index: usize| runs.results[index].trajectory.grad_norm.clone();
    MetricChart::new("gradient norm ‖∇f‖").with_runs(runs, Style::Own, values)
}

fn lr(runs: &Runs) -> MetricChart {
    let values = |index: usize| runs.results[index].trajectory.lr.clone();
    MetricChart::new("learning rate").with_runs(runs, Style::Own, values)
}

#[cfg(test)]
mod tests;
