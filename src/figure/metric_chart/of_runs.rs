//! Charts of the metrics of runs: of a landscape, a network, its layers, its projection error, and the optimizer state of one run.

use super::{Metric, MetricChart, MetricSeries, has_diverged, visible_runs, with_ranges};
use crate::engine::numeric::real;
use crate::engine::results::{RunSharpness, Runs, SharpnessResult, TrainedRun};
use crate::engine::schedule::StepRates;
use crate::engine::training::{OptimizerStateSeries, RunSpec};
use crate::figure::axis::number;
use crate::figure::chart::Style;
use crate::figure::layers::LayerSeries;
use crate::figure::state_chart::{StateChart, has_finite_size};
use crate::figure::style_index;

/// Titles of the charts of sharpness.
const SHARPNESS: &str = "sharpness λmax; dotted: stability limit";
const PRECONDITIONED: &str = "λmax preconditioned; dotted: its limit";

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
        MetricChart { log, ..loss }.of(Metric::Loss),
        grad_norm(runs),
        MetricChart::new(SHARPNESS)
            .of(Metric::Sharpness)
            .with_runs(runs, Style::Limit, lr_limit)
            .with_runs(runs, Style::Own, lambda_max),
    ];
    if visible_runs(runs).any(|(index, ..)| is_preconditioned(index)) {
        charts.push(
            MetricChart::new(PRECONDITIONED)
                .of(Metric::Sharpness)
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
        let mut chart = MetricChart::new(title).of(Metric::Sharpness);
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
    MetricChart::new("gradient norm ‖∇f‖")
        .of(Metric::GradNorm)
        .with_runs(runs, Style::Own, values)
}

fn lr(runs: &Runs) -> MetricChart {
    let values = |index: usize| runs.results[index].trajectory.lr.clone();
    MetricChart::new("learning rate")
        .of(Metric::Lr)
        .with_runs(runs, Style::Own, values)
}
