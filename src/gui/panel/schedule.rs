//! Curve of the learning rate of a run's schedules, above their sliders.

use super::scene::PanelContext;
use crate::engine::numeric::real;
use crate::engine::results::RunResult;
use crate::engine::schedule::{ScheduleChain, ScheduleState, StepRates};
use crate::engine::training::RunSpec;
use crate::figure::axis::number;
use crate::figure::chart::{Chart, Series, decimate};
use crate::gui::command::Command;
use crate::gui::paint::{self, Textures};
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
        let size = egui::vec2(ui.available_width().max(0.0), HEIGHT);
        let (rect, _) = ui.allocate_exact_size(size, egui::Sense::hover());
        let last = real(steps).max(1.0);
        let chart = Chart {
            area: paint::area(rect),
            title,
            x_label: "step",
            x_range: [0.0, last],
            log: false,
            theme: context.theme,
        };
        let at = real(context.step);
        let series = Series {
            x: &self.steps,
            values: &self.values,
            opaque_len: self.steps.partition_point(|step| *step <= at),
            style_index,
            limit: false,
        };
        paint::paint(&ui.painter_at(rect), chart.draw(&[series]), textures);
        let plot = paint::rect(chart.plot());
        let response = ui.interact(
            plot,
            ui.scope_id().with(&name),
            egui::Sense::click_and_drag(),
        );
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Canvas, true, &name));
        let fraction =
            |x: f32| f64::from(((x - plot.min.x) / plot.width().max(1.0)).clamp(0.0, 1.0));
        if let Some(pointer) = response.hover_pos() {
            let under = fraction(pointer.x) * last;
            let after = self.steps.partition_point(|step| *step < under);
            let near = [after.saturating_sub(1), after].into_iter();
            let near = near.filter_map(|row| Some((*self.steps.get(row)?, *self.values.get(row)?)));
            let distance = |(step, _): &(f64, f64)| (step - under).abs();
            let nearest = near.min_by(|a, b| distance(a).total_cmp(&distance(b)));
            if let Some((step, value)) = nearest {
                let text = format!("step {step:.0}: {title} {}", number(value, 6));
                response.clone().on_hover_text_at_pointer(text);
            }
        }
        let pressed = response.interact_pointer_pos();
        pressed.map(|pointer| Command::Seek(fraction(pointer.x)))
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
