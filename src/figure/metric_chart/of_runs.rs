//! Charts of the metrics of runs: of a landscape, a network, its layers, its projection error, and the optimizer state of one run.

use super::{Metric, MetricChart, MetricSeries, has_diverged, visible_runs, with_ranges};
use crate::engine::numeric::real;
use crate::engine::results::{Runs, SharpnessResult, TrainedRun};
use crate::engine::training::OptimizerStateSeries;
use crate::figure::axis::number;
use crate::figure::chart::Style;
use crate::figure::colour::shade_index;
use crate::figure::layers::LayerSeries;
use crate::figure::state_chart::{StateChart, has_finite_size};
use crate::figure::style_index;

/// Title of the chart of sharpness.
const SHARPNESS: &str = "sharpness ÷ stability limit; above 1: unstable";

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
    let loss = with_theory(loss, runs, floor);

    let steps = runs.scene.training.steps;
    let ratio = |index: usize| {
        let spec = &runs.scene.runs[index].spec;
        let curvature = result(index).curvature.iter().map(|[_, high]| *high);
        let preconditioned = result(index).preconditioned.iter().copied();
        let rates = |row: usize| spec.rates(row as u64, steps);
        let own = curvature.enumerate();
        let own: Vec<f64> = own
            .filter_map(|(row, high)| Some(high / spec.stability_limit(rates(row))?))
            .collect();
        if !own.is_empty() {
            return own;
        }
        let ratio = |(row, high): (usize, f64)| Some(high / spec.preconditioned_limit(rates(row))?);
        preconditioned
            .enumerate()
            .map(|entry| ratio(entry).unwrap_or(f64::NAN))
            .collect()
    };
    let sharpness =
        MetricChart::new(SHARPNESS)
            .of(Metric::Sharpness)
            .with_runs(runs, Style::Own, ratio);
    let mut charts = vec![
        MetricChart { log, ..loss }.of(Metric::Loss),
        grad_norm(runs),
    ];
    charts.extend(sharpness.with_limit_at_1(runs));
    charts.push(lr(runs));
    charts.into_iter().map(MetricChart::with_range).collect()
}

/// Adds the rates and bounds of theory to the chart of losses above `floor`.
fn with_theory(mut loss: MetricChart, runs: &Runs, floor: f64) -> MetricChart {
    /// Number of points of a line.
    const POINTS: usize = 200;
    for (_, run, result) in visible_runs(runs) {
        let last = result.trajectory.len().saturating_sub(1);
        let lines = result.theory.iter().flat_map(|theory| &theory.lines);
        for line in lines {
            let mut rows: Vec<usize> = (0..=POINTS).map(|k| k * last / POINTS).collect();
            rows.dedup();
            let value = |row: &usize| line.value(runs.step(*row)) - floor;
            let values = rows.iter().map(value).collect();
            let style = (style_index(run.colour), Style::Limit);
            loss.lines.push(MetricSeries {
                name: Some(line.name),
                ..MetricSeries::at_rows(runs, result, (rows, values), style)
            });
        }
    }
    loss
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
            .of(Metric::Loss)
            .with_runs(runs, Style::Whole, true_loss)
            .with_trained(runs, Style::Dashed, test_loss),
        MetricChart::new("accuracy in %; dashed: test")
            .of(Metric::Accuracy)
            .linear()
            .with_trained(runs, Style::Whole, accuracy(0))
            .with_trained(runs, Style::Dashed, accuracy(1)),
        grad_norm(runs),
    ];
    charts.extend(sharpness.and_then(|found| sharpness_chart(runs, found)));
    charts.push(lr(runs));
    with_ranges(charts)
}

/// Returns the chart of the sharpness along the runs of a network, divided by each run's stability limit: λmax of the Hessian, or of the
/// preconditioned Hessian for optimizers whose limit is for that. `None` without such a run.
fn sharpness_chart(runs: &Runs, sharpness: &SharpnessResult) -> Option<MetricChart> {
    let steps = runs.scene.training.steps;
    let mut chart = MetricChart::new(SHARPNESS).of(Metric::Sharpness);
    for (index, run, result) in visible_runs(runs) {
        let trained = runs.trained.as_ref();
        let trained = trained.and_then(|trained| trained.runs.get(index));
        let Some(found) = trained.and_then(|trained| sharpness.of(trained)) else {
            continue;
        };
        let ratio = |(row, [own, preconditioned]): (usize, [f64; 2])| {
            let step = runs.step(row);
            let spec = run.spec_at(step);
            let rates = spec.rates(step, steps);
            let ratio = match spec.stability_limit(rates) {
                Some(limit) => own / limit,
                None => preconditioned / spec.preconditioned_limit(rates)?,
            };
            ratio.is_finite().then_some((row, ratio))
        };
        let values = |at: usize| {
            let value = |values: &[f64]| values.get(at).copied().unwrap_or(f64::NAN);
            [value(&found.lambda_max), value(&found.preconditioned)]
        };
        let measured = found.rows.iter().enumerate();
        let measured = measured.map(|(at, row)| (*row, values(at)));
        let data: (Vec<usize>, Vec<f64>) = measured.filter_map(ratio).unzip();
        if !data.0.is_empty() {
            let style = (style_index(run.colour), Style::Own);
            chart
                .lines
                .push(MetricSeries::at_rows(runs, result, data, style));
        }
    }
    chart.of_runs = true;
    chart.with_limit_at_1(runs)
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
/// divided by weight norms; dead units; and the gradient noise scale of the whole network. The
/// curve of layer k has shade k of the run's colour.
pub fn layer_charts(
    runs: &Runs,
    run: usize,
    layers: &[LayerSeries],
    thresholds: [f64; 2],
) -> Vec<MetricChart> {
    let Some(result) = runs.results.get(run) else {
        return Vec::new();
    };
    let own = style_index(runs.scene.runs[run].colour);
    let line = |values: &[f64], layer: usize| {
        MetricSeries::new(runs, result, values, (shade_index(own, layer), Style::Own))
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
    let lines = thresholds.map(|threshold| MetricSeries::threshold(runs, result, threshold));
    grad_norms.lines.extend(lines);
    let trained = runs.trained.as_ref().and_then(|all| all.runs.get(run));
    let scales = trained.map_or_else(Vec::new, |run| {
        let scales = run.rows.iter().map(|row| row.diagnosis.noise_scale);
        scales.map(|scale| scale.unwrap_or(f64::NAN)).collect()
    });
    let mut noise = MetricChart::new("gradient noise scale, in samples");
    if scales.iter().any(|scale: &f64| scale.is_finite()) {
        // It belongs to the whole network, so that no layer's name stands at its end.
        let style = (own, Style::Dashed);
        noise
            .lines
            .push(MetricSeries::new(runs, result, &scales, style));
    }
    let charts = [
        grad_norms,
        layer_chart("step length / weight norm", |layer| &layer.update_ratios),
        layer_chart("dead units in %", |layer| &layer.dead).linear(),
        noise,
    ];
    with_ranges(charts)
}

/// Returns charts of the optimizer state of run `run`, one for each `StateChart` that has values. The
/// curve of entry k has shade k of the run's colour.
pub fn state_charts(runs: &Runs, run: usize, series: &[OptimizerStateSeries]) -> Vec<MetricChart> {
    let Some(result) = runs.results.get(run) else {
        return Vec::new();
    };
    let own = style_index(runs.scene.runs[run].colour);
    let line = |(index, entry): (usize, &OptimizerStateSeries)| {
        let rows = entry.rows.iter().copied();
        let cost = |row| result.trajectory.gradient_equivalents(row);
        MetricSeries {
            steps: rows.clone().map(|row| real(runs.step(row))).collect(),
            costs: rows.filter_map(cost).collect(),
            rows: entry.rows.clone(),
            values: entry.sizes.clone(),
            name: None,
            style_index: shade_index(own, index),
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
    MetricChart::new("gradient norm ‖∇f‖")
        .of(Metric::GradNorm)
        .with_runs(runs, Style::Own, values)
}

fn lr(runs: &Runs) -> MetricChart {
    let values = |index: usize| runs.results[index].trajectory.lr.clone();
    let chart =
        MetricChart::new("learning rate")
            .of(Metric::Lr)
            .with_runs(runs, Style::Own, values);
    // Schedules have their shape on a linear axis; learning rates of different sizes need a logarithmic one.
    let highest = |line: &MetricSeries| line.values.iter().copied().fold(0.0, f64::max);
    let peaks = || chart.lines.iter().map(highest).filter(|peak| *peak > 0.0);
    let [low, high] = peaks().fold([f64::INFINITY, 0.0], |[low, high], peak| {
        [peak.min(low), peak.max(high)]
    });
    let log = high > 10.0 * low;
    MetricChart { log, ..chart }
}
