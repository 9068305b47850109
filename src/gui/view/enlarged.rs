//! A chart shown large over the middle of the window, and its picture.

use super::Figure;
use super::charts::{ChartResponse, ChartView, chart};
use crate::engine::results::Runs;
use crate::export::picture::Show;
use crate::figure::colour::Theme;
use crate::figure::drawing::{Area, Drawing, Item};
use crate::figure::metric_chart::{Metric, MetricChart, XAxis};
use crate::figure::{caption, legend_line, shortened};
use crate::gui::command::Command;
use crate::gui::paint::{self, Textures};
use crate::gui::plot::PlotChart;
use eframe::egui;

/// The chart that is shown large over the middle of the window.
pub(crate) struct Enlarged {
    /// Its title.
    pub title: Option<String>,
    /// Its metric, if it has one.
    pub metric: Option<Metric>,
    /// The middle of the window in the last frame.
    pub middle: egui::Rect,
}

impl Default for Enlarged {
    fn default() -> Self {
        let middle = egui::Rect::ZERO;
        Self {
            title: None,
            metric: None,
            middle,
        }
    }
}

impl Enlarged {
    /// Shows the enlarged one of some charts. Escape, its title or its button close it.
    pub(super) fn ui(
        &mut self,
        ui: &egui::Ui,
        charts: &[PlotChart],
        view: ChartView,
        textures: &mut Textures,
        hover: &mut dyn FnMut(&PlotChart, ChartResponse),
    ) -> Option<Command> {
        let title = self.title.as_ref()?;
        let Some(plot) = charts.iter().find(|plot| plot.title == *title) else {
            self.title = None;
            return None;
        };
        self.metric = plot.metric;
        let middle = self.middle;
        let area = egui::Area::new(ui.scope_id().with("enlarged chart"))
            .order(egui::Order::Middle)
            .fixed_pos(middle.min)
            .constrain(false);
        let content = |ui: &mut egui::Ui| {
            let fill = paint::colour(view.theme.background);
            ui.set_clip_rect(middle);
            ui.painter().rect_filled(middle, 0.0, fill);
            let inside = egui::UiBuilder::new().max_rect(paint::inset(middle, [8.0; 2], [8.0; 2]));
            let show = |ui: &mut egui::Ui| {
                let back = ui.button("Back to the view").clicked();
                let answer = chart(ui, ui.available_size(), plot, &view, textures);
                let (command, back) = (answer.command.clone(), back || answer.title.clicked());
                hover(plot, answer);
                (command, back)
            };
            ui.scope_builder(inside, show).inner
        };
        let (command, back) = area.show(ui.ctx(), content).inner;
        let escape = |input: &mut egui::InputState| {
            input.consume_key(egui::Modifiers::NONE, egui::Key::Escape)
        };
        if back || ui.input_mut(escape) {
            self.title = None;
        }
        command
    }

    /// Returns the title in a form for file names.
    pub(crate) fn file_name(&self) -> Option<String> {
        let title = self.title.as_ref()?.to_lowercase();
        let words = title.split(|letter: char| !letter.is_ascii_alphabetic());
        let words: Vec<&str> = words.filter(|word| word.len() > 2).take(2).collect();
        Some(words.join("-"))
    }

    /// Returns the picture of the enlarged one of some charts, with a legend of their lines; `None` if no chart is enlarged.
    pub(super) fn figure(
        &self,
        (charts, lines): (Vec<MetricChart>, Vec<(usize, String)>),
        (runs, row): (Runs, usize),
        by_cost: bool,
        theme: &'static Theme,
    ) -> Option<Figure> {
        let title = self.title.as_ref()?;
        let metric = charts.into_iter().find(|chart| chart.title == *title)?;
        let scene = runs.scene.clone();
        let kind = (&scene, Show::Chart);
        let what = metric.title.clone();
        Some(Figure::new(kind, &what, theme, move |size, legend| {
            let x_axis = XAxis {
                runs: &runs,
                by_cost,
                row,
            };
            let lines = lines.iter().filter(|_| legend).cloned();
            let lines: Vec<(usize, String)> = lines.collect();
            Ok(picture(&metric, &lines, &x_axis, size, theme))
        }))
    }
}

/// Draws a page with a chart and the names of its lines, if there are some.
fn picture(
    metric: &MetricChart,
    lines: &[(usize, String)],
    x_axis: &XAxis,
    size: [f32; 2],
    theme: &Theme,
) -> Drawing {
    let [width, height] = size;
    let legend = if lines.is_empty() { 12.0 } else { 190.0 };
    let page = Area::new([0.0; 2], size);
    let mut items = vec![Item::filled(page.corners(), theme.background)];
    let runs = x_axis.runs;
    let scene = &runs.scene;
    items.push(Item::title(scene.title(), [18.0, 20.0], theme.ink));
    let words = caption(scene, runs.step(x_axis.row).min(scene.training.steps));
    items.push(Item::caption(words, [18.0, height - 14.0], theme.ink));
    let area = Area::new([12.0, 36.0], [width - legend, height - 30.0]);
    items.extend(metric.draw(area, x_axis, theme));
    let mut at = [width - legend + 8.0, 64.0];
    for (style, name) in lines {
        items.extend(legend_line(at, *style, theme));
        let place = [at[0] + 38.0, at[1]];
        items.push(Item::label(shortened(name, 22), place, 12.0, theme.ink));
        at[1] += 20.0;
    }
    Drawing::new(size, items)
}
