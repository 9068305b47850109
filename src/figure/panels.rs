//! Figures of panels: a map and charts of the runs, with one title, legend and caption.

mod cells;
mod legend;
mod style;
#[cfg(test)]
mod tests;

use super::drawing::{Area, Drawing, Item, Role, Text};
use super::frame::Frame;
use super::metric_chart::{
    LINES_OF_SEEDS, Metric, MetricChart, XAxis, landscape_charts, network_charts, state_charts,
    summarized,
};
use super::pages::{self, Page};
use super::text_width::{first_fitted, fitted};
use super::{
    Options, colour_bar, critical_points, first_visible, map, map_items, network, page,
    state_chart, style_index, words,
};
use crate::engine::analysis::critical::CriticalPoint;
use crate::engine::cancel::Cancel;
use crate::engine::results::{self, MapData, Runs, SharpnessResult};
pub use crate::engine::scene::LegendPlace;
use crate::engine::training;
use cells::{GAP, cells, grid};
pub use legend::left_out;
pub(super) use legend::more;
pub use style::PageStyle;
use style::{caption_of_seeds, nth_label, words_of_seeds};

/// A panel of a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Panel {
    /// The map with the runs.
    Map,
    /// Loss.
    Loss,
    /// Accuracy of networks.
    Accuracy,
    /// Gradient norm.
    GradNorm,
    /// Learning rate.
    Lr,
    /// Sharpness, with the stability limit.
    Sharpness,
    /// Optimizer state of the followed run, on a landscape.
    State,
    /// A page of another view, with its own title and legend.
    Page(Page),
}

impl Panel {
    /// Whether it shows lines of all runs.
    pub fn is_chart(self) -> bool {
        !matches!(self, Self::Map | Self::State | Self::Page(_))
    }

    /// Whether the figure's legend explains it.
    pub fn is_keyed(self) -> bool {
        !matches!(self, Self::State | Self::Page(_))
    }
}

/// Number of samples along each side of the map, and of rows at which a network's sharpness is measured.
const SIDE: usize = 512;
const SHARPNESS_ROWS: usize = 50;

/// Font size of panel letters.
pub(super) const LETTER_SIZE: f32 = 13.0;

/// Margins of a map for its axes and its colour bar: left and above, right and below.
const LEFT: f32 = 52.0;
const ABOVE: f32 = 20.0;
const BAR: f32 = 80.0;
const BELOW: f32 = 36.0;

/// Draws panels with one legend.
///
/// # Errors
/// Returns a sentence if a panel has nothing to show.
pub fn picture(
    runs: &Runs,
    panels: &[Panel],
    options: &Options,
    style: &PageStyle,
) -> Result<Drawing, String> {
    // A map names its runs, and has no corner to spare on a narrow page.
    let has_chart = panels.iter().any(|panel| panel.is_chart());
    let place = style.legend.unwrap_or(match options.size[0] < 440.0 {
        false => LegendPlace::Right,
        true if has_chart && panels.len() > 1 => LegendPlace::Below,
        true if has_chart => LegendPlace::Inside,
        true => LegendPlace::Off,
    });
    // A legend that would cover lines is below.
    let drawing = match with_legend(runs, panels, options, (style, place))? {
        None => with_legend(runs, panels, options, (style, LegendPlace::Below))?,
        drawing => drawing,
    };
    drawing.ok_or_else(|| "the legend has no room; expected another --legend".to_owned())
}

/// Draws panels with the legend at a place; `None` if it is to be inside, where lines leave no room.
fn with_legend(
    runs: &Runs,
    panels: &[Panel],
    options: &Options,
    (style, place): (&PageStyle, LegendPlace),
) -> Result<Option<Drawing>, String> {
    let (theme, scene, [width, height]) = (options.theme, &runs.scene, options.size);
    let last = scene.training.steps;
    let step = options.step.unwrap_or(last).min(last);
    let row = runs.row(step);
    let mut items = page(options.size, theme);
    let mut area = Area::new([8.0, 6.0], [width - 8.0, height - 6.0]);
    let has_chart = panels.iter().any(|panel| panel.is_chart());
    let with_formula = format!("{}   {}", scene.title(), scene.formula());
    let usual = [&with_formula[..], &scene.title()];
    let title = { style.title.as_deref() }.map_or_else(
        || first_fitted(usual, 15.0, area.width()),
        |title| fitted(title, 15.0, area.width()),
    );
    if !title.is_empty() {
        items.push(Item::label(
            title,
            [area.min[0] + 6.0, 17.0],
            15.0,
            theme.ink,
        ));
        area.min[1] = 34.0;
    }
    if style.caption {
        let at = [area.min[0] + 6.0, height - 14.0];
        let caption = fitted(&caption_of_seeds(runs, step), 11.0, area.width());
        items.push(Item::label(caption, at, 11.0, theme.ink));
        area.max[1] = height - 26.0;
    } else if !runs.other_seeds.is_empty() && has_chart {
        let at = [area.min[0] + 6.0, height - 10.0];
        let words = fitted(&words_of_seeds(runs), 9.5, area.width());
        items.push(Item::label(words, at, 9.5, theme.ink));
        area.max[1] = height - 18.0;
    }
    let entries = entries(runs, panels, row);
    let is_keyed = panels.iter().any(|panel| panel.is_keyed()) && !entries.is_empty();
    let mut column = None;
    if place == LegendPlace::Right && is_keyed {
        let width = legend::column_width(&entries, area.width());
        column = Some(Area::new(
            [area.max[0] - width, area.min[1] + 12.0],
            area.max,
        ));
        area.max[0] -= width + GAP;
    }
    if place == LegendPlace::Below && is_keyed {
        let (legend, height) = legend::draw_rows(&entries, area, theme);
        items.extend(legend);
        area.max[1] -= height;
    }
    let mut drawn = Drawer {
        runs,
        options,
        style,
        row,
        named: place == LegendPlace::Off || !is_keyed,
        inside: (place == LegendPlace::Inside && is_keyed).then_some(&entries[..]),
        has_room: true,
        is_crowded: panels.len() > 1,
        has_chart,
        critical: Vec::new(),
        map: None,
    };
    for (index, (panel, cell)) in panels.iter().zip(cells(area, panels)).enumerate() {
        let letter = style.label.as_deref().map(|first| nth_label(first, index));
        items.extend(drawn.panel(*panel, cell, letter.as_deref())?);
        if !drawn.has_room {
            return Ok(None);
        }
    }
    if let Some(column) = column {
        let (legend, end) = legend::draw_column(&entries, column, theme);
        items.extend(legend);
        if let Some(frame) = drawn.map {
            let space = Area::new([column.min[0], end + 4.0], column.max);
            let at_row = (&frame, row);
            items.extend(super::legend::marks(
                runs,
                &drawn.critical,
                at_row,
                space,
                theme,
            ));
        }
    }
    Ok(Some(Drawing::new(options.size, items)))
}

/// Returns the entries of the legend of panels.
fn entries(runs: &Runs, panels: &[Panel], row: usize) -> Vec<legend::Entry> {
    // Charts of training and test have solid and dashed lines, others and the map those of the runs.
    let has_both = |panel: &Panel| matches!(panel, Panel::Loss | Panel::Accuracy);
    let is_network = runs.trained.is_some();
    let has_test = is_network && panels.iter().any(has_both);
    let mut keyed = panels.iter().filter(|panel| panel.is_keyed());
    legend::entries(runs, row, has_test, has_test && keyed.all(has_both))
}

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
struct Drawer<'a> {
    runs: &'a Runs,
    options: &'a Options,
    style: &'a PageStyle,
    row: usize,
    /// Whether charts name their lines, because there is no legend.
    named: bool,
    /// Entries of a legend that the next chart is to have inside, or a map if there is no chart.
    inside: Option<&'a [legend::Entry]>,
    /// Whether several panels share the page.
    is_crowded: bool,
    /// Whether the legend inside has room.
    has_room: bool,
    has_chart: bool,
    /// Critical points of the map.
    critical: Vec<CriticalPoint>,
    /// Frame of the map that was drawn.
    map: Option<Frame>,
}

impl Drawer<'_> {
    fn panel(
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
        let area = Area::new(
            [cell.min[0] + LEFT, cell.min[1] + ABOVE],
            [
                (cell.max[0] - right).max(cell.min[0] + LEFT + 40.0),
                (cell.max[1] - BELOW).max(cell.min[1] + ABOVE + 40.0),
            ],
        );
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
        let draw = |legend| {
            let shown = (&names[..], &self.critical[..], legend);
            map_items(runs, map_data, shown, frame, row, options)
        };
        let items = draw(None);
        let Some(entries) = self.inside.filter(|_| !self.has_chart) else {
            return items;
        };
        let Some(space) = legend::free_place(entries, &items, frame.area) else {
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
            match legend::free_place(entries, &items, chart.plot()) {
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
