//! Curves of a sweep as a chart that zooms, with the marks of the exported figure over it.

use super::ViewContext;
use crate::engine::analysis::sweep::{Score, SweepMetric};
use crate::figure::axis::Axis;
use crate::figure::chart::Style;
use crate::figure::colour::run_colour;
use crate::figure::drawing::Area;
use crate::figure::legend_line;
use crate::figure::sweep::{CurvePlot, SweepLine, metric_text, robust_text, value_text};
use crate::figure::text_width::fitted;
use crate::gui::paint::{self, Textures};
use crate::gui::plot::{PlotChart, PlotOptions};
use crate::gui::scale::SECONDARY;
use eframe::egui;

/// State of the chart between frames.
#[derive(Default)]
pub(super) struct SweepChart {
    /// Whether the next frame shows the whole range again.
    fit: bool,
}

/// The mouse on the chart: the indices of the curve and of its value under the pointer, and whether they are clicked.
pub(super) struct Picked {
    pub(super) at: Option<[usize; 2]>,
    pub(super) clicked: bool,
}

/// Height of the view below which there is no legend, in points.
const LOW_CHART: f32 = 160.0;

/// Width of the line before a text of the legend, in points.
const LEGEND_LINE: f32 = 38.0;

/// Returns the score of a run in words.
pub(super) fn score_text(score: &Score, metric: SweepMetric) -> String {
    match (score.value(metric), score.diverged()) {
        (Some(value), _) => metric_text(value, metric),
        (None, Some(step)) => format!("diverged at step {step}"),
        (None, None) => "goal not reached".to_owned(),
    }
}

impl SweepChart {
    /// Shows curves over numbers in all of the space that is left; does nothing and returns `None` for curves over names.
    pub(super) fn ui(
        &mut self,
        ui: &mut egui::Ui,
        lines: &[SweepLine],
        metric: SweepMetric,
        (context, textures): (&ViewContext, &mut Textures),
    ) -> Option<Picked> {
        let first = lines.first()?;
        let theme = context.theme;
        let setting = first.curve.line.grid.setting();
        let space = ui.available_rect_before_wrap();
        let whole = CurvePlot::new(lines, metric, paint::area(space));
        let x_axis = *whole.number_axis()?;
        // Without the legend a low window has a chart that can be read; the tooltip names the runs.
        if space.height() >= LOW_CHART {
            legend_ui(ui, lines, metric, (context, textures));
        }
        let space = paint::inset(ui.available_rect_before_wrap(), [8.0, 2.0], [8.0, 2.0]);
        let whole = CurvePlot::new(lines, metric, paint::area(space));
        let mut chart = chart(&whole, x_axis, lines, metric);
        chart.fit = std::mem::take(&mut self.fit);
        let name_of = |style: usize| {
            let line = lines.iter().find(|line| line.style_index == style);
            line.map(|line| line.name)
        };
        let show = |ui: &mut egui::Ui| {
            let options = PlotOptions {
                size: space.size(),
                group: ui.scope_id().with("sweep chart"),
                row: None,
                now: None,
                names: Some(&name_of),
                title_button: false,
                theme,
            };
            // Another setting or measure begins unzoomed.
            ui.push_id((setting, metric.title()), |ui| {
                chart.show(ui, &options, textures)
            })
            .inner
        };
        let answer = ui
            .scope_builder(egui::UiBuilder::new().max_rect(space), show)
            .inner;
        let frame = *answer.transform.frame();
        let plot = zoomed(
            &whole,
            lines,
            metric,
            (&chart, paint::area(frame)),
            &answer.transform,
        );
        let items = plot.marks_of_all(lines, theme);
        let clip = frame.expand(1.0).intersect(ui.clip_rect());
        paint::paint(&ui.painter().with_clip_rect(clip), items, textures);
        if chart.is_zoomed(&answer.transform) {
            self.fit_ui(ui, frame);
        }
        let pointer = answer.response.hover_pos();
        let at = pointer.and_then(|pointer| plot.pick(lines, [pointer.x, pointer.y]));
        let shifted = ui.input(|input| input.modifiers.shift || input.modifiers.command);
        let clicked = answer.response.clicked() && !shifted;
        if let (Some(x), Some(picked)) = (answer.hovered, at) {
            let tooltip = |ui: &mut egui::Ui| values_ui(ui, lines, metric, (x, picked), context);
            answer.response.on_hover_ui_at_pointer(tooltip);
        }
        Some(Picked { at, clicked })
    }

    /// Shows the button that ends a zoom.
    fn fit_ui(&mut self, ui: &mut egui::Ui, frame: egui::Rect) {
        let size = egui::vec2(36.0, 20.0);
        let place = egui::Rect::from_min_size(
            egui::pos2(frame.max.x - size.x - 4.0, frame.max.y - size.y - 4.0),
            size,
        );
        let button = ui.put(place, egui::Button::new("Fit"));
        self.fit |= button
            .on_hover_text("Shows the whole sweep again.")
            .clicked();
    }
}

/// Returns the chart of the curves; its y axis has space for the strip of divergence above the values.
fn chart(plot: &CurvePlot, x_axis: Axis, lines: &[SweepLine], metric: SweepMetric) -> PlotChart {
    let log = [x_axis.is_log(), plot.y_axis.is_log()];
    let x_range = [0.0, 1.0].map(|end| x_axis.value(end));
    let above = 1.0 / (1.0 - plot.strip_share()).max(0.5);
    let y_range = [plot.y_axis.value(0.0), plot.y_axis.value(above)];
    let first = lines.first().map(|line| line.curve.line.grid.setting());
    let setting = first.unwrap_or_default().to_owned();
    let title = metric.title().to_owned();
    let mut chart = PlotChart::new(title, setting, log, [x_range, y_range]);
    "Sweep: click takes the settings over".clone_into(&mut chart.name);
    chart.fits_on_double_click = false;
    for line in lines {
        let grid = &line.curve.line.grid;
        let number = |index: usize| grid.number(index).unwrap_or(f64::NAN);
        let x: Vec<f64> = (0..grid.len()).map(number).collect();
        let scores = line.curve.scores.iter();
        let value = |score: &Score| {
            score
                .value(metric)
                .map_or(f64::NAN, |v| plot.shown_value(v))
        };
        let values: Vec<f64> = scores.map(value).collect();
        chart = chart.with_curve((None, &x, &values), (Style::Own, line.style_index));
    }
    chart
}

/// Returns the plot over the ranges that the chart shows in an area.
fn zoomed(
    whole: &CurvePlot,
    lines: &[SweepLine],
    metric: SweepMetric,
    (chart, area): (&PlotChart, Area),
    transform: &egui_plot::PlotTransform,
) -> CurvePlot {
    let plot = CurvePlot::new(lines, metric, area);
    let bounds = transform.bounds();
    let [low, high] = [bounds.min(), bounds.max()];
    let axis = |log: bool, ends: [f64; 2]| {
        if log {
            Axis::log(ends.map(|end| 10_f64.powf(end)))
        } else {
            Axis::linear(ends)
        }
    };
    // The top of the values is below the strip.
    let top = high[1] - (high[1] - low[1]) * plot.strip_share();
    let x_axis = axis(chart.log[0], [low[0], high[0]]);
    let y_axis = axis(whole.y_axis.is_log(), [low[1], top]);
    plot.zoomed(x_axis, y_axis)
}

/// Shows each run with its best value, and the value whose neighbours do best too.
fn legend_ui(
    ui: &mut egui::Ui,
    lines: &[SweepLine],
    metric: SweepMetric,
    (context, textures): (&ViewContext, &mut Textures),
) {
    let max_height = 0.25 * ui.available_height();
    let scroll = egui::ScrollArea::vertical()
        .id_salt("legend")
        .max_height(max_height);
    scroll.show(ui, |ui| {
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = 16.0;
            for line in lines {
                let curve = line.curve;
                let best = curve.best(metric).map(|index| {
                    let at = value_text(&curve.line.grid, index);
                    format!("best {at}: {}", score_text(&curve.scores[index], metric))
                });
                let best = best.unwrap_or_else(|| "no value".to_owned());
                let robust = robust_text(curve, metric);
                let robust = robust.map_or_else(String::new, |text| format!(", {text}"));
                let text = format!("{}  {best}{robust}", line.name);
                let space = ui.max_rect().width() - LEGEND_LINE - 16.0;
                let text = fitted(&text, SECONDARY, space);
                let font = egui::FontId::proportional(SECONDARY);
                let colour = ui.visuals().text_color();
                let galley = ui.painter().layout_no_wrap(text, font, colour);
                // The line and its text are one piece, which no end of a row separates.
                let size = egui::vec2(LEGEND_LINE + galley.size().x, galley.size().y.max(18.0));
                let (rect, label) = ui.allocate_exact_size(size, egui::Sense::hover());
                let spoken = galley.text().to_owned();
                label.widget_info(|| {
                    egui::WidgetInfo::labeled(egui::Role::Label, true, &spoken)
                });
                let at = [rect.min.x, rect.center().y];
                let items = legend_line(at, line.style_index, context.theme);
                paint::paint(ui.painter(), items, textures);
                let top = rect.center().y - 0.5 * galley.size().y;
                let at = egui::pos2(rect.min.x + LEGEND_LINE, top);
                ui.painter().galley(at, galley, colour);
                label.on_hover_text(
                    "The marker is at the best value, the ring at the current one. Robust is the value whose neighbours, within a twentieth of the sweep, do best too. The dashed line is the learning rate above which theory expects divergence.",
                );
            }
        });
    });
}

/// Shows the values of all curves at the pointer, the picked one strong.
fn values_ui(
    ui: &mut egui::Ui,
    lines: &[SweepLine],
    metric: SweepMetric,
    (x, [picked, value]): (f64, [usize; 2]),
    context: &ViewContext,
) {
    let grid = &lines[picked].curve.line.grid;
    ui.strong(format!("{} = {}", grid.setting(), value_text(grid, value)));
    egui::Grid::new("sweep values").show(ui, |ui| {
        for (index, line) in lines.iter().enumerate() {
            let grid = &line.curve.line.grid;
            let distance = |at: &usize| grid.number(*at).map_or(f64::INFINITY, |v| (v - x).abs());
            let nearest = (0..grid.len()).min_by(|a, b| distance(a).total_cmp(&distance(b)));
            let score = nearest.and_then(|at| line.curve.scores.get(at));
            let colour = paint::colour(run_colour(line.style_index, context.theme));
            ui.colored_label(colour, line.name);
            let text = score.map_or_else(String::new, |score| score_text(score, metric));
            if index == picked {
                ui.strong(text);
            } else {
                ui.label(text);
            }
            ui.end_row();
        }
    });
    ui.weak(format!("A click takes it over for {}.", lines[picked].name));
}
