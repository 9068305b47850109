//! The curve of a run's schedules beside their sliders.

use super::scene::PanelContext;
use crate::engine::numeric::real;
use crate::engine::results::RunResult;
use crate::engine::schedule::{ScheduleChain, ScheduleState, StepRates};
use crate::engine::training::RunSpec;
use crate::figure::axis::number;
use crate::figure::chart::{Chart, Series, thin};
use crate::gui::command::Command;
use crate::gui::paint::{self, Textures};
use eframe::egui;
use std::sync::Arc;

/// Stretches that a long curve is thinned to, about as many as it has pixels.
const COLUMNS: usize = 250;

/// Height of a curve with its title and its numbers.
const HEIGHT: f32 = 88.0;

/// What a curve is of.
struct CurveKey {
    plan: ScheduleChain,
    lr: f64,
    steps: u64,
    /// The run, where its losses decide, and how many steps its rows are apart.
    record: Option<Arc<RunResult>>,
    every: u64,
}

impl CurveKey {
    fn matches(&self, other: &Self) -> bool {
        let pointer = |of: &Self| of.record.as_ref().map(Arc::as_ptr);
        let plain = |of: &Self| (of.lr.to_bits(), of.steps, pointer(of));
        plain(self) == plain(other) && self.plan == other.plan
    }
}

/// The learning rate over the steps of a run, and momentum where it is cycled, as they were worked out last.
#[derive(Default)]
pub(crate) struct LrCurve {
    of: Option<CurveKey>,
    lr: CurveSeries,
    momentum: CurveSeries,
}

/// A number over steps.
#[derive(Default)]
struct CurveSeries {
    steps: Vec<f64>,
    values: Vec<f64>,
}

impl CurveSeries {
    /// That of numbers that are so many steps apart.
    fn of(values: &[f64], every: f64) -> Self {
        let rows = thin(values, COLUMNS);
        Self {
            steps: rows.iter().map(|&row| every * real(row)).collect(),
            values: rows.iter().map(|&row| values[row]).collect(),
        }
    }
}

impl LrCurve {
    /// Shows the curve of a run of so many steps that has such a look and such a name, unless its pace is always the same. A click on it moves
    /// the timeline there.
    pub(crate) fn ui(
        &mut self,
        ui: &mut egui::Ui,
        (spec, record, steps): (&RunSpec, Option<&Arc<RunResult>>, u64),
        (look, name): (usize, &str),
        around: &PanelContext,
        textures: &mut Textures,
    ) -> Option<Command> {
        let plan = &spec.schedule;
        if plan.is_constant() {
            return None;
        }
        let of = CurveKey {
            plan: plan.clone(),
            lr: spec.optimizer.as_dyn().lr(),
            steps,
            record: record.filter(|_| plan.needs_loss()).cloned(),
            every: around.runs.map_or(1, |runs| runs.every),
        };
        if self.of.as_ref().is_none_or(|known| !known.matches(&of)) {
            (self.lr, self.momentum) = curve_series(&of);
            self.of = Some(of);
        }
        let settings = spec.optimizer.settings();
        let has_momentum = ["momentum", "beta1"]
            .iter()
            .any(|name| settings.get(name).is_some());
        let cycled = has_momentum && self.momentum.values.iter().any(|value| value.is_finite());
        let mut asked = None;
        for (title, line) in [("lr", &self.lr), ("momentum", &self.momentum)] {
            if title == "lr" || cycled {
                let title = (title, format!("{title} of {name} over its steps"));
                asked = line
                    .ui(ui, title, (look, steps), around, textures)
                    .or(asked);
            }
        }
        asked
    }
}

impl CurveSeries {
    fn ui(
        &self,
        ui: &mut egui::Ui,
        (title, name): (&str, String),
        (look, steps): (usize, u64),
        around: &PanelContext,
        textures: &mut Textures,
    ) -> Option<Command> {
        let size = egui::vec2(ui.available_width().max(0.0), HEIGHT);
        let (rect, _) = ui.allocate_exact_size(size, egui::Sense::hover());
        let last = real(steps).max(1.0);
        let chart = Chart {
            area: paint::area(rect),
            title,
            across: "step",
            reach: [0.0, last],
            log: false,
            theme: around.theme,
        };
        let at = real(around.step);
        let series = Series {
            x: &self.steps,
            values: &self.values,
            strong: self.steps.partition_point(|step| *step <= at),
            style_index: look,
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
        let share = |x: f32| f64::from(((x - plot.min.x) / plot.width().max(1.0)).clamp(0.0, 1.0));
        if let Some(pointer) = response.hover_pos() {
            let under = share(pointer.x) * last;
            let after = self.steps.partition_point(|step| *step < under);
            let near = [after.saturating_sub(1), after].into_iter();
            let near = near.filter_map(|row| Some((*self.steps.get(row)?, *self.values.get(row)?)));
            let distance = |(step, _): &(f64, f64)| (step - under).abs();
            let nearest = near.min_by(|a, b| distance(a).total_cmp(&distance(b)));
            if let Some((step, value)) = nearest {
                let words = format!("step {step:.0}: {title} {}", number(value, 6));
                response.clone().on_hover_text_at_pointer(words);
            }
        }
        let pressed = response.interact_pointer_pos();
        pressed.map(|pointer| Command::Seek(share(pointer.x)))
    }
}

/// Learning rate and momentum of every step; where losses decide, the learning rates that the run had.
fn curve_series(of: &CurveKey) -> (CurveSeries, CurveSeries) {
    let CurveKey {
        plan,
        lr,
        steps,
        record,
        every,
    } = of;
    if plan.needs_loss() {
        let recorded = record.as_ref().map(|record| &record.trajectory.lr[..]);
        return (
            CurveSeries::of(recorded.unwrap_or_default(), real(*every)),
            CurveSeries::default(),
        );
    }
    let mut schedule_state = ScheduleState::new(plan, *lr, *steps);
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
