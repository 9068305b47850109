//! The panels of a figure, drawn one after the other.

use super::cells::{Shape, grid};
use super::style::PageStyle;
use super::{LETTER_SIZE, Panel, legend};
use crate::engine::analysis::critical::CriticalPoint;
use crate::engine::cancel::Cancel;
use crate::engine::results::{self, MapData, Runs, SharpnessResult};
use crate::engine::training;
use crate::figure::drawing::{Area, Item, Point, Role, Text};
use crate::figure::frame::Frame;
use crate::figure::metric_chart::{
    LINES_OF_SEEDS, Metric, MetricChart, XAxis, landscape_charts, network_charts, state_charts,
    summarized,
};
use crate::figure::text_width::first_fitted;
use crate::figure::{
    Options, SIDE, colour_bar, critical_points, first_visible, map, map_items, network,
    pages::{self, Page},
    state_chart, style_index, words,
};

/// Number of rows at which a network's sharpness is measured.
const SHARPNESS_ROWS: usize = 50;

/// Margins of a map for its axes and its colour bar: left and above, right and below.
const LEFT: f32 = 52.0;
const ABOVE: f32 = 20.0;
const BAR: f32 = 80.0;
const BELOW: f32 = 36.0;
pub(super) const MAP_MARGINS: Point = [LEFT + BAR, ABOVE + BELOW];

/// Returns an error if an area has no room for the axes of a chart and a little more.
fn check_room(area: Area) -> Result<(), String> {
    /// Least width and height of a chart with its title and numbers.
    const LEAST: [f32; 2] = [70.0, 54.0];
    if area.width() >= LEAST[0] && area.height() >= LEAST[1] {
        return Ok(());
    }
    Err("the page has no room for so many charts; expected fewer kinds in --show, or a larger --width or --height".to_owned())
}

/// Draws panel after panel.
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent properties of a page"
)]
pub(super) struct Drawer<'a> {
    pub runs: &'a Runs,
    pub options: &'a Options,
    pub style: &'a PageStyle,
    pub row: usize,
    /// Whether charts name their lines, because there is no legend.
    pub named: bool,
    /// Whether a legend beside or below the panels names the runs.
    pub has_legend: bool,
    /// Entries of a legend that the next chart is to have inside, or a map if there is no chart.
    pub inside: Option<&'a [legend::Entry]>,
    /// Whether several panels share the page.
    pub is_crowded: bool,
    /// Whether the legend inside has room.
    pub has_room: bool,
    pub has_chart: bool,
    /// The shape that suits the first panel.
    pub shape: Option<Shape>,
    /// Critical points of the map.
    pub critical: Vec<CriticalPoint>,
    /// Frame of the map that was drawn.
    pub map: Option<Frame>,
}

impl Drawer<'_> {
    /// Draws a panel in a cell, with its letter.
    pub(super) fn panel(
        &mut self,
        panel: Panel,
        mut cell: Area,
        letter: Option<&str>,
    ) -> Result<Vec<Item>, String> {
        let theme = self.options.theme;
        let mut items = Vec::new();
        if let Some(letter) = letter {
            let at = [cell.min[0] + 2.0, cell.min[1] + 8.0];
            items.push(Item::label(letter.to_owned(), at, LETTER_SIZE, theme.ink));
            cell.min[1] += 16.0;
        }
        let metric = match panel {
            Panel::Map => {
                items.extend(self.map_panel(cell));
                return Ok(items);
            }
            Panel::State => {
                items.extend(self.state_panel(cell)?);
                return Ok(items);
            }
            Panel::Page(page) => {
                let size = [cell.width(), cell.height()];
                let draw = |size: [f32; 2]| {
                    let options = Options {
                        size,
                        // Of a surface, the runs are in the figure's legend.
                        legend: page != Page::Surface || !self.has_chart,
                        ..*self.options
                    };
                    pages::picture(self.runs, page, &options)
                };
                let is_left_out = |text: &Text| self.is_left_out(text);
                let own = words::without(size, theme, &draw, &is_left_out)?;
                let moved = own.into_iter().map(|item| item.moved(cell.min));
                items.push(Item::Clipped {
                    area: cell,
                    items: moved.collect(),
                });
                return Ok(items);
            }
            Panel::Loss => (Metric::Loss, "loss"),
            Panel::Accuracy => (Metric::Accuracy, "accuracy"),
            Panel::GradNorm => (Metric::GradNorm, "gradient norm"),
            Panel::Lr => (Metric::Lr, "learning rate"),
            Panel::Sharpness => (Metric::Sharpness, "sharpness"),
        };
        let charts = charts(self.runs, metric.0);
        if charts.is_empty() {
            return Err(format!(
                "the {} of these runs is not known; expected another --show",
                metric.1
            ));
        }
        for (chart, area) in charts.iter().zip(grid(cell, charts.len())) {
            if self.is_crowded {
                check_room(area)?;
            }
            items.extend(self.chart(chart, area));
        }
        Ok(items)
    }

    /// Whether a page among the panels leaves a text out: a title or settings that the figure has, or a caption that it is not to have.
    fn is_left_out(&self, text: &Text) -> bool {
        let scene = &self.runs.scene;
        match text.role {
            Role::Title => text.text.starts_with(&scene.title()),
            Role::Caption => !self.style.caption || text.text.starts_with(&scene.subject_spec()),
            _ => false,
        }
    }

    fn map_panel(&mut self, cell: Area) -> Vec<Item> {
        let (runs, theme) = (self.runs, self.options.theme);
        let dim = runs.problem.objective.dim();
        let right = if dim == 1 { 10.0 } else { BAR };
        let mut area = Area::new(
            [cell.min[0] + LEFT, cell.min[1] + ABOVE],
            [
                (cell.max[0] - right).max(cell.min[0] + LEFT + 40.0),
                (cell.max[1] - BELOW).max(cell.min[1] + ABOVE + 40.0),
            ],
        );
        if let Some(shape) = self.shape.filter(|_| self.is_crowded) {
            area = shape.limited(area);
        }
        let frame = match runs.scene.view {
            _ if self.style.free_aspect => Frame {
                area,
                window: runs.scene.view.unwrap_or_else(|| runs.first_view()),
            },
            Some(view) => Frame::letterboxed(dim, view, area),
            None => Frame::of(dim, runs.first_view(), area),
        };
        let side = results::max_grid_side(&runs.problem).unwrap_or(SIDE);
        let map_data = runs.map_data(frame.window, side);
        // Only cancelling gives `None`, and nothing cancels this.
        let Some(map_data) = map_data else {
            return Vec::new();
        };
        self.map = Some(frame);
        self.critical = critical_points(runs, &frame);
        let mut items = self.map_inside(&map_data, &frame);
        let names = network::axes(runs);
        let own = [&self.style.x_label, &self.style.y_label];
        let names = [0, 1].map(|axis| own[axis].as_deref().unwrap_or(&names[axis]));
        items.extend(map::axes(&frame, names, theme));
        if runs.scene.map.fill {
            items.extend(colour_bar::draw(&map_data, frame.bar(), theme));
        }
        items
    }

    /// Draws what is inside the map's border, with the legend where it covers no trail.
    fn map_inside(&mut self, map_data: &MapData, frame: &Frame) -> Vec<Item> {
        let (runs, row, options) = (self.runs, self.row, self.options);
        let names = runs.scene.run_names();
        let has_legend = self.has_legend;
        let draw = |legend: Option<Area>| {
            let has_legend = has_legend || legend.is_some();
            let shown = (&names[..], &self.critical[..], (legend, has_legend));
            map_items(runs, map_data, shown, frame, row, options)
        };
        let items = draw(None);
        let Some(entries) = self.inside.filter(|_| !self.has_chart) else {
            return items;
        };
        let Some(space) = legend::free_place(entries, (&items, false), frame.area) else {
            self.has_room = false;
            return items;
        };
        let mut items = draw(Some(space));
        items.extend(legend::draw_box(entries, space, options.theme));
        items
    }

    fn chart(&mut self, metric: &MetricChart, area: Area) -> Vec<Item> {
        let theme = self.options.theme;
        let x_axis = XAxis {
            runs: self.runs,
            by_cost: false,
            row: self.row,
        };
        let has_own_labels = self.style.x_label.is_some() || self.style.y_label.is_some();
        if self.named && !has_own_labels && metric.bands.is_empty() {
            return metric.draw(area, &x_axis, theme);
        }
        let mut chart = metric.chart(area, &x_axis, theme);
        // A narrow chart over seeds leaves out what its lines are.
        let short = metric.title.strip_suffix(LINES_OF_SEEDS);
        let short = short.unwrap_or(&metric.title);
        let room = chart.plot().width() - 40.0;
        let title = if metric.bands.is_empty() {
            metric.title.clone()
        } else {
            first_fitted([&metric.title[..], short], 12.0, room)
        };
        chart.title = &title;
        if let Some(label) = &self.style.x_label {
            chart.x_label = label;
        }
        if let Some(label) = &self.style.y_label {
            chart.title = label;
        }
        let mut items = metric.draw_unnamed(&chart, &x_axis);
        if let Some(entries) = self.inside.take() {
            match legend::free_place(entries, (&items, true), chart.plot()) {
                Some(space) => items.extend(legend::draw_box(entries, space, theme)),
                None => self.has_room = false,
            }
        }
        items
    }

    fn state_panel(&mut self, cell: Area) -> Result<Vec<Item>, String> {
        let (runs, scene, theme) = (self.runs, &self.runs.scene, self.options.theme);
        let never = Cancel::default();
        let state_of = |index: usize| {
            let spec = &scene.runs[index].spec;
            let (objective, start) = (&*runs.problem.objective, scene.start_theta());
            let settings = scene.run_settings();
            training::state_history(objective, start, spec, &settings, &never).unwrap_or_default()
        };
        // Every optimizer has steps; the first run with more is of interest.
        let has_state = |index: &usize| scene.runs[*index].shown && state_of(*index).len() > 1;
        let index = { self.options.followed }
            .or_else(|| (0..scene.runs.len()).find(has_state))
            .or(first_visible(scene));
        let index = index.ok_or("no run is shown; expected a run for its optimizer state")?;
        let series = state_of(index);
        let names = scene.run_names();
        let charts = state_charts(runs, index, &series);
        if charts.is_empty() {
            return Err(format!("{} has no optimizer state to show", names[index]));
        }
        let heading = Item::label(
            names[index].clone(),
            [cell.min[0] + 8.0, cell.min[1] + 10.0],
            12.0,
            theme.ink,
        );
        let below = Area::new([cell.min[0], cell.min[1] + 16.0], cell.max);
        let run = (names[index].as_str(), style_index(scene.runs[index].colour));
        let (mut items, below) = state_chart::legend(&series, run, below, theme);
        items.push(heading);
        let x_axis = XAxis {
            runs,
            by_cost: false,
            row: self.row,
        };
        for (metric, area) in charts.iter().zip(grid(below, charts.len())) {
            if self.is_crowded {
                check_room(area)?;
            }
            items.extend(metric.draw(area, &x_axis, theme));
        }
        Ok(items)
    }
}

/// Returns the charts of a metric, over all seeds.
fn charts(runs: &Runs, metric: Metric) -> Vec<MetricChart> {
    summarized(
        runs.all_seeds()
            .map(|runs| charts_of_seed(runs, metric))
            .collect(),
    )
}

fn charts_of_seed(runs: &Runs, metric: Metric) -> Vec<MetricChart> {
    let mut charts = match &runs.trained {
        Some(trained) => {
            let never = Cancel::default();
            let sharpness = (metric == Metric::Sharpness)
                .then(|| SharpnessResult::measure(trained, SHARPNESS_ROWS, &never));
            network_charts(runs, sharpness.as_ref())
        }
        None => landscape_charts(runs),
    };
    charts.retain(|chart| chart.metric == Some(metric));
    charts
}
