//! Curve of the learning rate of a run's schedules, above their sliders.

use super::scene::PanelContext;
use crate::engine::numeric::real;
use crate::engine::results::RunResult;
use crate::engine::schedule::{ScheduleChain, ScheduleState, StepRates};
use crate::engine::training::RunSpec;
use crate::figure::axis::number;
use crate::figure::chart::{Style, decimate, y_range};
use crate::gui::command::Command;
use crate::gui::paint::Textures;
use crate::gui::plot::{PlotChart, PlotOptions};
use eframe::egui;
use std::sync::Arc;

/// Segments that a long curve is thinned to, about one for each pixel.
const COLUMNS: usize = 250;

/// Height of a curve with its title and numbers, in points.
const HEIGHT: f32 = 88.0;

/// Everything that a curve depends on.
struct CurveKey {
    chain: ScheduleChain,
    lr: f64,
    steps: u64,
    /// The run, where its losses change the rate, and the steps between its rows.
    record: Option<Arc<RunResult>>,
    every: u64,
}

impl CurveKey {
    fn matches(&self, other: &Self) -> bool {
        let pointer = |key: &Self| key.record.as_ref().map(Arc::as_ptr);
        let plain = |key: &Self| (key.lr.to_bits(), key.steps, pointer(key));
        plain(self) == plain(other) && self.chain == other.chain
    }
}

/// Learning rate over the steps of a run, and momentum where it is cycled; kept until they change.
#[derive(Default)]
pub(crate) struct LrCurve {
    key: Option<CurveKey>,
    lr: CurveSeries,
    momentum: CurveSeries,
}

/// A value at steps.
#[derive(Default)]
struct CurveSeries {
    steps: Vec<f64>,
    values: Vec<f64>,
}

impl CurveSeries {
    /// Returns the series of values that are `every` steps apart.
    fn of(values: &[f64], every: f64) -> Self {
        let rows = decimate(values, COLUMNS);
        Self {
            steps: rows.iter().map(|&row| every * real(row)).collect(),
            values: rows.iter().map(|&row| values[row]).collect(),
        }
    }
}

impl LrCurve {
    /// Shows the curve of a run, unless its learning rate is constant. A click on it moves the timeline there.
    pub(crate) fn ui(
        &mut self,
        ui: &mut egui::Ui,
        (spec, record, steps): (&RunSpec, Option<&Arc<RunResult>>, u64),
        (style_index, name): (usize, &str),
        context: &PanelContext,
        textures: &mut Textures,
    ) -> Option<Command> {
        let chain = &spec.schedule;
        if chain.is_constant() {
            return None;
        }
        let key = CurveKey {
            chain: chain.clone(),
            lr: spec.optimizer.as_dyn().lr(),
            steps,
            record: record.filter(|_| chain.needs_loss()).cloned(),
            every: context.runs.map_or(1, |runs| runs.every),
        };
        if self.key.as_ref().is_none_or(|known| !known.matches(&key)) {
            (self.lr, self.momentum) = curve_series(&key);
            self.key = Some(key);
        }
        let settings = spec.optimizer.settings();
        let has_momentum = ["momentum", "beta1"]
            .iter()
            .any(|name| settings.get(name).is_some());
        let cycled = has_momentum && self.momentum.values.iter().any(|value| value.is_finite());
        let mut command = None;
        for (title, line) in [("lr", &self.lr), ("momentum", &self.momentum)] {
            if title == "lr" || cycled {
                let title = (title, format!("{title} of {name} over its steps"));
                command = line
                    .ui(ui, title, (style_index, steps), context, textures)
                    .or(command);
            }
        }
        command
    }
}

impl CurveSeries {
    fn ui(
        &self,
        ui: &mut egui::Ui,
        (title, name): (&str, String),
        (style_index, steps): (usize, u64),
        context: &PanelContext,
        textures: &mut Textures,
    ) -> Option<Command> {
        let last = real(steps).max(1.0);
        let values = self.values.iter().copied();
        let ranges = [[0.0, last], y_range(values, std::iter::empty(), false)];
        let data = (None, &self.steps[..], &self.values[..]);
        let mut chart = PlotChart::new(title.to_owned(), "step", [false; 2], ranges)
            .with_curve(data, (Style::Own, style_index));
        chart.name = name;
        let at = real(context.step);
        let options = PlotOptions {
            size: egui::vec2(ui.available_width().max(0.0), HEIGHT),
            group: ui.scope_id().with("schedule"),
            row: Some(
                self.steps
                    .partition_point(|step| *step <= at)
                    .saturating_sub(1),
            ),
            now: Some(at),
            names: None,
            title_button: false,
            theme: context.theme,
        };
        let answer = chart.show(ui, &options, textures);
        if let Some(under) = answer.hovered {
            let distance = |row: &usize| (self.steps[*row] - under).abs();
            let rows = 0..self.steps.len().min(self.values.len());
            if let Some(row) = rows.min_by(|a, b| distance(a).total_cmp(&distance(b))) {
                let (step, value) = (self.steps[row], number(self.values[row], 6));
                let text = format!("step {step:.0}: {title} {value}");
                answer.response.on_hover_text_at_pointer(text);
            }
        }
        answer
            .pressed
            .map(|step| Command::Seek((step / last).clamp(0.0, 1.0)))
    }
}

/// Returns the learning rate and the momentum of every step; where losses change the rate, the recorded learning rates of the run.
fn curve_series(key: &CurveKey) -> (CurveSeries, CurveSeries) {
    let CurveKey {
        chain,
        lr,
        steps,
        record,
        every,
    } = key;
    if chain.needs_loss() {
        let recorded = record.as_ref().map(|record| &record.trajectory.lr[..]);
        return (
            CurveSeries::of(recorded.unwrap_or_default(), real(*every)),
            CurveSeries::default(),
        );
    }
    let mut schedule_state = ScheduleState::new(chain, *lr, *steps);
    let rates: Vec<StepRates> = (0..=*steps)
        .map(|step| schedule_state.rates(step, f64::NAN))
        .collect();
    let of = |value: &dyn Fn(&StepRates) -> f64| {
        let values: Vec<f64> = rates.iter().map(value).collect();
        CurveSeries::of(&values, 1.0)
    };
    (
        of(&|rates| rates.lr),
        of(&|rates| rates.momentum.unwrap_or(f64::NAN)),
    )
}
