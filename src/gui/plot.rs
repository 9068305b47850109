//! Charts on `egui_plot`: curves in the colours and dashes of runs, over linear and logarithmic axes that zoom.
//!
//! `egui_plot` draws axes and grid, and zooms: Ctrl and the wheel, a box dragged with Shift or with the secondary button, a double
//! click to fit. Its axes are linear; on a logarithmic one the coordinates are logarithms to base 10.

mod axis;
mod band;
mod curve;
mod painting;

use crate::engine::analysis::theory::line_formula;
use crate::figure::axis::{Axis, number};
use crate::figure::chart::{Style, decimate, padded_axis};
use crate::figure::colour::{Theme, run_colour};
use crate::figure::metric_chart::{Metric, MetricChart, XAxis};
use crate::gui::paint::{self, Textures};
use axis::{Labels, axis_hints, grid_spacer};
use band::PlotBand;
use curve::{Curve, Point64};
use eframe::egui;
use egui_plot::{Plot, PlotTransform};
use std::borrow::Cow;

/// Number of ranges that a long curve is thinned to, more than a chart of the window has columns of pixels.
const MAX_RANGES: usize = 700;

/// Space to the right of a chart for the names of runs.
const NAMES_WIDTH: f32 = 80.0;

/// A chart: curves and the ranges of their axes.
pub(crate) struct PlotChart {
    /// The title: the quantity on the y axis.
    pub title: String,
    /// The number of seeds in words; empty for one.
    pub seeds: String,
    /// The name for screen readers and tests.
    pub name: String,
    /// The quantity on the x axis.
    pub x_label: Cow<'static, str>,
    /// The metric of a chart of runs.
    pub metric: Option<Metric>,
    /// Whether a double click shows the whole range; `false` where a click edits the scene.
    pub fits_on_double_click: bool,
    /// Whether the whole range is shown again in this frame.
    pub fit: bool,
    /// Whether the x axis and the y axis are logarithmic.
    pub log: [bool; 2],
    /// The ranges that are shown before zooming, in coordinates.
    range: [[f64; 2]; 2],
    curves: Vec<Curve>,
    /// Bands over several seeds, below the curves.
    bands: Vec<PlotBand>,
}

/// How a chart is shown.
pub(crate) struct PlotOptions<'a> {
    /// Width and height, including title and tick labels.
    pub size: egui::Vec2,
    /// Charts of one group share the hover line and the range of the x axis.
    pub group: egui::Id,
    /// Row of the timeline: later points are faint. `None` shows all points.
    pub row: Option<usize>,
    /// The x of the timeline's step, marked by a line.
    pub now: Option<f64>,
    /// Returns the name of the curve with a style index, shown at its end; `None` leaves no space for names.
    pub names: Option<&'a dyn Fn(usize) -> Option<&'a str>>,
    /// Whether the title is a button.
    pub title_button: bool,
    /// Light or dark.
    pub theme: &'a Theme,
}

/// The mouse on a chart.
pub(crate) struct PlotAnswer {
    /// Response of the area inside the axes.
    pub response: egui::Response,
    /// Response of the title.
    pub title: egui::Response,
    /// The x that is pressed with the primary button.
    pub pressed: Option<f64>,
    /// The x under the pointer.
    pub hovered: Option<f64>,
    /// The transform from coordinates to the screen.
    pub transform: PlotTransform,
}

/// Returns the coordinate of a value, NaN where a logarithmic axis has none.
fn coordinate(value: f64, log: bool) -> f64 {
    match log {
        true if value > 0.0 => value.log10(),
        true => f64::NAN,
        false => value,
    }
}

fn value(coordinate: f64, log: bool) -> f64 {
    if log {
        10_f64.powf(coordinate)
    } else {
        coordinate
    }
}

/// Returns the ends of an axis in coordinates.
fn ends(axis: &Axis, log: bool) -> [f64; 2] {
    [0.0, 1.0].map(|end| coordinate(axis.value(end), log))
}

impl PlotChart {
    /// Creates a chart without curves. The range of x is exact, that of y gets a margin.
    pub(crate) fn new(
        title: String,
        x_label: impl Into<Cow<'static, str>>,
        log: [bool; 2],
        [x_range, y_range]: [[f64; 2]; 2],
    ) -> Self {
        let x_axis = if log[0] {
            Axis::log(x_range)
        } else {
            Axis::linear(x_range)
        };
        Self {
            name: format!("Chart of {title}"),
            title,
            seeds: String::new(),
            x_label: x_label.into(),
            metric: None,
            fits_on_double_click: true,
            fit: false,
            log,
            range: [
                ends(&x_axis, log[0]),
                ends(&padded_axis(y_range, log[1]), log[1]),
            ],
            curves: Vec::new(),
            bands: Vec::new(),
        }
    }

    /// Adds a curve through values at rows.
    pub(crate) fn with_curve(
        mut self,
        (rows, x, values): (Option<&[usize]>, &[f64], &[f64]),
        (style, style_index): (Style, usize),
    ) -> Self {
        let len = x.len().min(values.len());
        let kept = decimate(&values[..len], MAX_RANGES);
        let point = |&at: &usize| {
            [
                coordinate(x[at], self.log[0]),
                coordinate(values[at], self.log[1]),
            ]
        };
        let row = |&at: &usize| rows.map_or(at, |rows| rows[at]);
        self.curves.push(Curve {
            rows: kept.iter().map(row).collect(),
            points: kept.iter().map(point).collect(),
            name: None,
            style,
            style_index,
        });
        self
    }

    /// Creates the chart of a metric over steps or cost.
    pub(crate) fn of_metric(metric: &MetricChart, x_axis: &XAxis) -> Self {
        let x_label = if x_axis.by_cost {
            "cost in gradients"
        } else {
            "step"
        };
        let ranges = [[0.0, x_axis.last().max(1.0)], metric.y_range];
        let (title, seeds) = metric.title_and_seeds();
        let mut chart = Self::new(title.to_owned(), x_label, [false, metric.log], ranges);
        (chart.metric, chart.seeds) = (metric.metric, seeds.to_owned());
        let band = |band| PlotBand::new(band, metric.log);
        chart.bands = metric
            .bands
            .iter()
            .filter(|_| !x_axis.by_cost)
            .map(band)
            .collect();
        for line in &metric.lines {
            let x = if x_axis.by_cost {
                &line.costs
            } else {
                &line.steps
            };
            let data = (Some(&line.rows[..]), &x[..], &line.values[..]);
            chart = chart.with_curve(data, (line.style, line.style_index));
            if let Some(curve) = chart.curves.last_mut() {
                curve.name = line.name;
            }
        }
        chart
    }

    /// Whether other ranges than the whole ones are shown.
    pub(crate) fn is_zoomed(&self, transform: &PlotTransform) -> bool {
        let bounds = transform.bounds();
        let (min, max) = (bounds.min(), bounds.max());
        let differs = |axis: usize| {
            let [low, high] = self.range[axis];
            let slack = 1e-6 * (high - low).abs();
            (min[axis] - low).abs() > slack || (max[axis] - high).abs() > slack
        };
        differs(0) || differs(1)
    }

    /// Returns the title with the kind of the y axis.
    pub(crate) fn full_title(&self) -> String {
        self.title_of(&self.title)
    }

    /// Returns the full title without its remark, which stands after a semicolon.
    fn brief_title(&self) -> String {
        let name = self.title.split_once("; ").map(|(name, _)| name);
        self.title_of(name.unwrap_or(&self.title))
    }

    /// Returns a title with the kind of the y axis and the number of seeds.
    fn title_of(&self, title: &str) -> String {
        let log = if self.log[1] { " (log)" } else { "" };
        let seeds = if self.seeds.is_empty() {
            String::new()
        } else {
            format!(", {}", self.seeds)
        };
        format!("{title}{log}{seeds}")
    }

    /// Shows the chart with its title. Charts of a group in the same ui need different titles.
    pub(crate) fn show(
        &self,
        ui: &mut egui::Ui,
        options: &PlotOptions,
        textures: &mut Textures,
    ) -> PlotAnswer {
        let size = options.size.max(egui::Vec2::ZERO);
        ui.push_id(&self.title, |ui| {
            let (space, _) = ui.allocate_exact_size(size, egui::Sense::hover());
            let mut ui = ui.new_child(egui::UiBuilder::new().max_rect(space));
            self.show_in(&mut ui, space, options, textures)
        })
        .inner
    }

    fn show_in(
        &self,
        ui: &mut egui::Ui,
        space: egui::Rect,
        options: &PlotOptions,
        textures: &mut Textures,
    ) -> PlotAnswer {
        let theme = options.theme;
        let font = 0.85 * egui::TextStyle::Body.resolve(ui.style()).size;
        let top = 1.6 * font;
        let names_width = match options.names {
            Some(_) if space.width() > 3.4 * NAMES_WIDTH => NAMES_WIDTH,
            _ => 8.0,
        };
        let below = egui::Rect::from_min_max(
            egui::pos2(space.min.x, space.min.y + top + 0.4 * font),
            egui::pos2(space.max.x - names_width, space.max.y),
        );
        let below = paint::inset(below, [0.0; 2], [0.0; 2]);
        // A box is dragged with Shift, because a plain drag moves the timeline.
        let boxing = ui.input(|input| input.modifiers.shift || input.modifiers.command);
        let labels = [Labels::default(), Labels::default()];
        let [x_range, y_range] = self.range;
        let mut plot = Plot::new("plot")
            .width(below.width())
            .height(below.height())
            // The range of every frame, until it is zoomed: runs of a network grow.
            .include_x(x_range[0])
            .include_x(x_range[1])
            .include_y(y_range[0])
            .include_y(y_range[1])
            .set_margin_fraction(egui::Vec2::ZERO)
            .allow_drag(false)
            .allow_scroll(false)
            .allow_axis_zoom_drag(false)
            .allow_double_click_reset(self.fits_on_double_click)
            .boxed_zoom_pointer_button(if boxing {
                egui::PointerButton::Primary
            } else {
                egui::PointerButton::Secondary
            })
            .show_x(false)
            .show_y(false)
            .grid_spacing(8.0..=16.0)
            .grid_color(paint::colour(theme.grid))
            .x_grid_spacer(grid_spacer(self.log[0], 64.0, &labels[0]))
            .y_grid_spacer(grid_spacer(self.log[1], 1.5 * font, &labels[1]))
            .custom_x_axes(vec![axis_hints(0, &labels[0], font, theme)])
            .custom_y_axes(vec![axis_hints(1, &labels[1], font, theme)]);
        plot = plot.link_axis(options.group.with(&self.x_label), [true, false]);
        if self.fit {
            plot = plot.reset();
        }
        let shown = ui
            .scope_builder(egui::UiBuilder::new().max_rect(below), |ui| {
                plot.show(ui, |_| ())
            })
            .inner;
        let (response, transform) = (shown.response, shown.transform);
        let name = &self.name;
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Canvas, true, name));
        let title_row = egui::Rect::from_min_size(space.min, egui::vec2(space.width(), top));
        let title = self.title_ui(ui, title_row, &labels, (font, options));

        let x_at = |at: egui::Pos2| value(transform.value_from_position(at).x, self.log[0]);
        let hovered = response.hover_pos().map(x_at);
        let pressing = !boxing && ui.input(|input| input.pointer.primary_down());
        let pressed = response
            .interact_pointer_pos()
            .filter(|_| pressing)
            .map(x_at);
        let hover_line = hover_line(ui, options.group, hovered);
        if ui.is_rect_visible(*transform.frame()) {
            self.paint(ui, &transform, options, hover_line, textures);
        }
        PlotAnswer {
            response,
            title,
            pressed,
            hovered,
            transform,
        }
    }

    /// Shows the values of the measured curves at an x, in the order of the curves from top to bottom.
    pub(crate) fn values_ui(
        &self,
        ui: &mut egui::Ui,
        x: f64,
        name_of: impl Fn(usize) -> String,
        theme: &Theme,
    ) {
        let x = coordinate(x, self.log[0]);
        let near = |curve: &Curve| curve.nearest(x).filter(|[_, y]| y.is_finite());
        let has_value = |curve: &&Curve| !curve.style.is_limit() || curve.name.is_some();
        let measured = self.curves.iter().filter(has_value);
        let mut shown: Vec<(&Curve, Point64)> = measured
            .filter_map(|curve| Some((curve, near(curve)?)))
            .collect();
        shown.sort_by(|(_, a), (_, b)| b[1].total_cmp(&a[1]));
        let Some((_, [x, _])) = shown.first() else {
            ui.label("no value here");
            return;
        };
        ui.strong(format!(
            "{} {}",
            self.x_label,
            number(value(*x, self.log[0]), 7)
        ));
        if !self.seeds.is_empty() {
            ui.weak(format!("medians of {}", self.seeds));
        }
        egui::Grid::new("values").show(ui, |ui| {
            for (curve, [_, y]) in &shown {
                let colour = paint::colour(run_colour(curve.style_index, theme));
                let name = curve.name.map(str::to_owned);
                ui.colored_label(colour, name.unwrap_or_else(|| name_of(curve.style_index)));
                ui.label(number(value(*y, self.log[1]), 4));
                if curve.style == Style::Dashed {
                    ui.weak("dashed");
                }
                if let Some(formula) = curve.name.and_then(line_formula) {
                    ui.weak(formula);
                }
                ui.end_row();
            }
        });
    }
}

/// Returns the x of the pointer on any chart of a group, and takes that of this chart.
fn hover_line(ui: &egui::Ui, group: egui::Id, hovered: Option<f64>) -> Option<f64> {
    let pass = ui.ctx().cumulative_pass_nr();
    let known: Option<(u64, f64)> = ui.data(|data| data.get_temp(group));
    let known = known.filter(|(seen, _)| seen + 1 >= pass).map(|(_, x)| x);
    if let Some(x) = hovered {
        ui.data_mut(|data| data.insert_temp(group, (pass, x)));
        // Charts above this one have been painted with the earlier x.
        if known != hovered {
            ui.ctx().request_repaint();
        }
    }
    hovered.or(known)
}

#[cfg(test)]
mod tests;
