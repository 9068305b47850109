//! What charts show: a quantity of every ticked run, thinned to what can be drawn.

use super::axis::number;
use super::chart::{Chart, Series, Style, thin};
use super::colour::Theme;
use super::drawing::{Area, Item};
use super::layers::LayerSeries;
use super::state_chart::{StateChart, is_known};
use super::style_index;
use crate::engine::numeric::real;
use crate::engine::scene::Run;
use crate::engine::schedule::StepRates;
use crate::engine::training::OptimizerStateSeries;
use crate::engine::training::RunSpec;
use crate::engine::results::{RunResult, RunSharpness, Runs, SharpnessResult, TrainedRun};

/// Stretches that a long run is thinned to, more than a chart has pixels.
const MAX_POINTS: usize = 1500;

/// The titles of charts of sharpness.
const SHARPNESS: &str = "sharpness λmax; dotted: stability limit";
const PRECONDITIONED: &str = "λmax preconditioned; dotted: its limit";

/// A quantity of some runs.
pub struct MetricChart {
    /// What it is.
    pub title: String,
    /// Whether it is drawn over a logarithmic axis.
    log: bool,
    lines: Vec<MetricSeries>,
}

/// A quantity of one run.
struct MetricSeries {
    rows: Vec<usize>,
    steps: Vec<f64>,
    costs: Vec<f64>,
    values: Vec<f64>,
    style_index: usize,
    style: Style,
}

/// What charts lie over.
#[derive(Clone, Copy)]
pub struct XAxis<'a> {
    /// The runs.
    pub runs: &'a Runs,
    /// What the runs asked for, in gradients, instead of steps.
    pub by_cost: bool,
    /// The timeline's row.
    pub row: usize,
}

impl XAxis<'_> {
    /// The row of a run at a share of the axis, at most its last one.
    pub fn row_at(&self, share: f64, run: usize) -> usize {
        let place = share * self.last();
        let trajectory = self.runs.results.get(run).map(|result| &result.trajectory);
        let last = trajectory.map_or(0, |own| own.len().saturating_sub(1));
        let along = |row: usize| match trajectory.filter(|_| self.by_cost) {
            Some(own) => own.gradient_equivalents(row).unwrap_or(0.0),
            None => real(self.runs.step(row)),
        };
        // The axis never falls.
        let (mut low, mut high) = (0, last);
        while low < high {
            let middle = usize::midpoint(low, high);
            if 0.5 * (along(middle) + along(middle + 1)) > place {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        low
    }

    /// Where x ends: the steps of the scene in whole rows, or the most gradients that a ticked run asked for.
    pub fn last(&self) -> f64 {
        if self.by_cost {
            let asked = visible_runs(self.runs);
            let asked = asked
                .filter_map(|(_, _, result)| result.trajectory.gradient_equivalents(usize::MAX));
            return asked.fold(1.0, f64::max);
        }
        let (steps, every) = (self.runs.scene.training.steps, self.runs.every.max(1));
        real(steps.div_ceil(every).saturating_mul(every))
    }
}

impl MetricChart {
    /// A quantity on a logarithmic axis, without lines.
    fn new(title: &str) -> Self {
        Self {
            title: title.to_owned(),
            log: true,
            lines: Vec::new(),
        }
    }

    fn linear(self) -> Self {
        Self { log: false, ..self }
    }

    /// With a line for each ticked run.
    fn with(mut self, runs: &Runs, style: Style, values: impl Fn(usize) -> Vec<f64>) -> Self {
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

    /// The same where the runs are a network's.
    fn with_trained(
        self,
        runs: &Runs,
        style: Style,
        values: impl Fn(&TrainedRun) -> Vec<f64>,
    ) -> Self {
        let trained = |index: usize| runs.trained.as_ref()?.runs.get(index);
        self.with(runs, style, |index| {
            trained(index).map_or_else(Vec::new, |run| values(run))
        })
    }

    fn has_values(&self) -> bool {
        self.lines.iter().any(|line| !line.values.is_empty())
    }

    /// The chart in an area.
    pub fn draw(&self, area: Area, across: &XAxis, theme: &Theme) -> Vec<Item> {
        let XAxis { by_cost, row, .. } = *across;
        let series = self.lines.iter().map(|line| Series {
            x: if by_cost { &line.costs } else { &line.steps },
            values: &line.values,
            strong: match line.style {
                Style::Threshold => line.values.len(),
                _ => line.rows.partition_point(|&drawn| drawn <= row),
            },
            style_index: line.style_index,
            limit: line.style == Style::Limit,
        });
        let series: Vec<Series> = series.collect();
        let styles: Vec<Style> = self.lines.iter().map(|line| line.style).collect();
        self.chart(area, across, theme).draw_as(&series, &styles)
    }

    /// The frame of the chart.
    pub fn chart<'a>(&'a self, area: Area, across: &XAxis, theme: &'a Theme) -> Chart<'a> {
        Chart {
            area,
            title: &self.title,
            across: if across.by_cost {
                "gradients asked for"
            } else {
                "step"
            },
            reach: [0.0, across.last().max(1.0)],
            log: self.log,
            theme,
        }
    }
}

impl MetricSeries {
    fn new(runs: &Runs, result: &RunResult, values: &[f64], look: (usize, Style)) -> Self {
        let rows = thin(values, MAX_POINTS);
        let values = rows.iter().map(|&row| values[row]).collect();
        Self::at(runs, result, (rows, values), look)
    }

    /// Of values at some rows.
    fn at(
        runs: &Runs,
        result: &RunResult,
        (rows, values): (Vec<usize>, Vec<f64>),
        (look, style): (usize, Style),
    ) -> Self {
        let cost = |&row: &usize| result.trajectory.gradient_equivalents(row);
        Self {
            steps: rows.iter().map(|&row| real(runs.step(row))).collect(),
            costs: rows.iter().filter_map(cost).collect(),
            values,
            rows,
            style_index: look,
            style,
        }
    }
}

/// The ticked runs with their places.
fn visible_runs(runs: &Runs) -> impl Iterator<Item = (usize, &Run, &RunResult)> {
    let all = runs.scene.runs.iter().zip(&runs.results).enumerate();
    all.filter(|(_, (run, _))| run.shown)
        .map(|(index, (run, result))| (index, run, &**result))
}

/// What the charts show of runs on a landscape: loss, gradient norm, sharpness, learning rate.
pub fn landscape_charts(runs: &Runs) -> Vec<MetricChart> {
    let of = |index: usize| &runs.results[index];
    // Losses that reach below zero are shown above the landscape's minimum, where it is known.
    let minima = runs.problem.minima.iter().map(|mark| mark.value);
    let floor = minima.reduce(f64::min).unwrap_or(0.0);
    let sign = if floor < 0.0 { "+" } else { "−" };
    let above = if floor == 0.0 {
        String::new()
    } else {
        format!(" {sign} {}", number(floor.abs(), 4))
    };
    let loss = MetricChart::new(&format!("loss{above}")).with(runs, Style::Own, |index| {
        let losses = of(index).trajectory.loss.iter();
        losses.map(|loss| loss - floor).collect()
    });
    let mut values = loss.lines.iter().flat_map(|line| &line.values);
    let log = !values.any(|loss| *loss < 0.0);

    let steps = runs.scene.training.steps;
    let limit = |index: usize| {
        let spec = &runs.scene.runs[index].spec;
        let limit = |step| spec.stability_limit(spec.rates(step, steps));
        let rows = 0..of(index).trajectory.len() as u64;
        rows.map(|step| limit(step).unwrap_or(f64::NAN)).collect()
    };
    let lambda_max = |index: usize| {
        let curvature = of(index).curvature.iter();
        curvature.map(|[_, high]| *high).collect()
    };
    let adaptive = |index: usize| !of(index).preconditioned.is_empty();
    let preconditioned_limit = |index: usize| {
        let spec = &runs.scene.runs[index].spec;
        let limit = |step| spec.preconditioned_limit(spec.rates(step, steps));
        let rows = 0..of(index).preconditioned.len() as u64;
        rows.map(|step| limit(step).unwrap_or(f64::NAN)).collect()
    };
    let preconditioned = |index: usize| of(index).preconditioned.clone();
    let mut all = vec![
        MetricChart { log, ..loss },
        grad_norm(runs),
        MetricChart::new(SHARPNESS)
            .with(runs, Style::Limit, limit)
            .with(runs, Style::Own, lambda_max),
    ];
    if visible_runs(runs).any(|(index, ..)| adaptive(index)) {
        all.push(
            MetricChart::new(PRECONDITIONED)
                .with(runs, Style::Limit, preconditioned_limit)
                .with(runs, Style::Own, preconditioned),
        );
    }
    all.push(lr(runs));
    all
}

/// What the charts show of the runs of a network: loss and accuracy in training and in the test, gradient norm, learning rate.
pub fn network_charts(runs: &Runs, sharpness: Option<&SharpnessResult>) -> Vec<MetricChart> {
    let tested = |run: &TrainedRun| {
        let losses = run
            .rows
            .iter()
            .map(|row| row.metrics[1].map(|test| test.loss));
        losses.collect::<Option<Vec<f64>>>().unwrap_or_default()
    };
    let accuracy = |part: usize| {
        move |run: &TrainedRun| {
            let shares = run.rows.iter().map(|row| row.metrics[part]?.accuracy);
            let percent = shares.map(|share| share.map(|share| 100.0 * share));
            percent.collect::<Option<Vec<f64>>>().unwrap_or_default()
        }
    };
    let true_loss = |index: usize| runs.results[index].trajectory.loss.clone();
    let mut all = vec![
        MetricChart::new("loss; dashed: test")
            .with(runs, Style::Whole, true_loss)
            .with_trained(runs, Style::Dashed, tested),
        MetricChart::new("accuracy in %; dashed: test")
            .linear()
            .with_trained(runs, Style::Whole, accuracy(0))
            .with_trained(runs, Style::Dashed, accuracy(1)),
        grad_norm(runs),
    ];
    all.extend(
        sharpness
            .into_iter()
            .flat_map(|found| sharpness_charts(runs, found)),
    );
    all.push(lr(runs));
    all.into_iter().filter(MetricChart::has_values).collect()
}

/// How sharp the loss is along the runs of a network, where it is known, and each run's limit of stability: of the Hessian, and of the
/// preconditioned one for rules that have one.
fn sharpness_charts(runs: &Runs, found: &SharpnessResult) -> [MetricChart; 2] {
    type Getter = fn(&RunSharpness) -> &[f64];
    type Limit = fn(&RunSpec, StepRates) -> Option<f64>;
    let steps = runs.scene.training.steps;
    let chart = |title: &str, of: Getter, limit: Limit| {
        let mut chart = MetricChart::new(title);
        for (index, run, result) in visible_runs(runs) {
            let trained = runs
                .trained
                .as_ref()
                .and_then(|trained| trained.runs.get(index));
            let Some(sharp) = trained.and_then(|trained| found.of(trained)) else {
                continue;
            };
            let (known, values): (Vec<usize>, Vec<f64>) = { sharp.rows.iter().zip(of(sharp)) }
                .filter(|(_, value)| value.is_finite())
                .map(|(row, value)| (*row, *value))
                .unzip();
            if known.is_empty() {
                continue;
            }
            let limits: Vec<f64> = { 0..result.trajectory.len() }
                .map(|row| {
                    let step = runs.step(row);
                    let spec = run.spec_at(step);
                    limit(spec, spec.rates(step, steps)).unwrap_or(f64::NAN)
                })
                .collect();
            let look = style_index(run.colour);
            chart.lines.push(MetricSeries::new(
                runs,
                result,
                &limits,
                (look, Style::Limit),
            ));
            chart.lines.push(MetricSeries::at(
                runs,
                result,
                (known, values),
                (look, Style::Own),
            ));
        }
        chart
    };
    [
        chart(
            SHARPNESS,
            |sharp| &sharp.lambda_max,
            RunSpec::stability_limit,
        ),
        chart(
            PRECONDITIONED,
            |sharp| &sharp.preconditioned,
            RunSpec::preconditioned_limit,
        ),
    ]
}

/// How far the plane is from the runs of a network: true loss beside that on the plane, and the distance between both.
pub fn projection_error_charts(runs: &Runs) -> Vec<MetricChart> {
    let true_loss = |index: usize| runs.results[index].trajectory.loss.clone();
    let on_plane = |run: &TrainedRun| run.projections.iter().map(|shadow| shadow.loss).collect();
    let residual = |run: &TrainedRun| {
        run.projections
            .iter()
            .map(|shadow| shadow.residual)
            .collect()
    };
    let share = |run: &TrainedRun| {
        let both = run.projections.iter().zip(&run.distances);
        // Near the start all is large beside the way, which says nothing.
        both.map(|(shadow, distance)| (100.0 * shadow.residual / distance).clamp(0.0, 100.0))
            .collect()
    };
    vec![
        MetricChart::new("true loss; dashed: loss on the plane")
            .with(runs, Style::Whole, true_loss)
            .with_trained(runs, Style::Dashed, on_plane),
        MetricChart::new("distance off the plane")
            .linear()
            .with_trained(runs, Style::Whole, residual),
        MetricChart::new("the same in % of the distance from the start, up to 100")
            .linear()
            .with_trained(runs, Style::Whole, share),
    ]
}

/// What the layers say of the run at a place among all: gradient norms, between those below which gradients vanish and above which they
/// explode; lengths of steps beside those of the weights; dead units; and of all layers together the gradient noise scale. Colours and dashes
/// are those of layers here.
pub fn layer_charts(
    runs: &Runs,
    run: usize,
    layers: &[LayerSeries],
    thresholds: [f64; 2],
) -> Vec<MetricChart> {
    let Some(result) = runs.results.get(run) else {
        return Vec::new();
    };
    let line =
        |values: &[f64], look: usize| MetricSeries::new(runs, result, values, (look, Style::Own));
    let of = |title: &str, values: fn(&LayerSeries) -> &[f64]| {
        let lines = layers.iter().map(values).enumerate();
        let known = lines.filter(|(_, values)| values.iter().any(|value| value.is_finite()));
        MetricChart {
            lines: known.map(|(look, values)| line(values, look)).collect(),
            ..MetricChart::new(title)
        }
    };
    let mut grad_norms = of("gradient norm of each layer", |layer| &layer.grad_norms);
    let end = [0, result.trajectory.len().saturating_sub(1)];
    for threshold in thresholds {
        let costs = end
            .iter()
            .filter_map(|row| result.trajectory.gradient_equivalents(*row));
        grad_norms.lines.push(MetricSeries {
            rows: end.to_vec(),
            steps: end.iter().map(|row| real(runs.step(*row))).collect(),
            costs: costs.collect(),
            values: vec![threshold; 2],
            style_index: 0,
            style: Style::Threshold,
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
    let all = [
        grad_norms,
        of("step length / weight norm", |layer| &layer.update_ratios),
        of("dead units in %", |layer| &layer.dead).linear(),
        noise,
    ];
    all.into_iter().filter(MetricChart::has_values).collect()
}

/// What the rule of the run at a place among all carries, what is alike in one chart. Colours and dashes are those of places in `series`.
pub fn state_charts(runs: &Runs, run: usize, series: &[OptimizerStateSeries]) -> Vec<MetricChart> {
    let Some(result) = runs.results.get(run) else {
        return Vec::new();
    };
    let line = |(look, own): (usize, &OptimizerStateSeries)| {
        let rows = own.rows.iter().copied();
        let cost = |row| result.trajectory.gradient_equivalents(row);
        MetricSeries {
            steps: rows.clone().map(|row| real(runs.step(row))).collect(),
            costs: rows.filter_map(cost).collect(),
            rows: own.rows.clone(),
            values: own.sizes.clone(),
            style_index: look,
            style: Style::Own,
        }
    };
    let all = StateChart::ALL.map(|group| {
        let own = series.iter().enumerate();
        let own = own.filter(|(_, own)| StateChart::of(own) == group && is_known(own));
        let lines: Vec<MetricSeries> = own.map(line).collect();
        let values = lines.iter().flat_map(|line| &line.values);
        let known = values.filter(|value| value.is_finite());
        let [low, high] = known.fold([f64::INFINITY, 0.0], |[low, high], value| {
            [value.min(low), value.max(high)]
        });
        let log = match group {
            StateChart::Lengths | StateChart::Norms | StateChart::Distances => true,
            // They may be shares and ratios, or shrink with the run.
            StateChart::Numbers => low > 0.0 && high > 100.0 * low,
            StateChart::Signed => false,
        };
        let title = group.title().to_owned();
        MetricChart { title, log, lines }
    });
    all.into_iter().filter(MetricChart::has_values).collect()
}

fn grad_norm(runs: &Runs) -> MetricChart {
    let values = |index: usize| runs.results[index].trajectory.grad_norm.clone();
    MetricChart::new("gradient norm ‖∇f‖").with(runs, Style::Own, values)
}

fn lr(runs: &Runs) -> MetricChart {
    let values = |index: usize| runs.results[index].trajectory.lr.clone();
    MetricChart::new("learning rate").with(runs, Style::Own, values)
}
