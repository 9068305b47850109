//! Figures of panels: a map and charts of the runs, with one title, legend and caption.

mod cells;
mod drawer;
mod legend;
mod style;
#[cfg(test)]
mod tests;

use super::drawing::{Area, Drawing, Item};
use super::pages::Page;
use super::text_width::{first_fitted, fitted};
use super::{NARROW, Options, page};
use crate::engine::results::Runs;
pub use crate::engine::scene::LegendPlace;
use crate::figure::colour::Theme;
use cells::{GAP, Shape, Split, cells, split_first};
use drawer::Drawer;
pub use legend::left_out;
pub(super) use legend::{column, rows_of_runs};
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

/// Font size of panel letters.
pub(super) const LETTER_SIZE: f32 = 13.0;

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
    let usual = match options.size[0] < NARROW {
        false => LegendPlace::Right,
        true if has_chart && panels.len() > 1 => LegendPlace::Below,
        true if has_chart => LegendPlace::Inside,
        true => LegendPlace::Off,
    };
    let place = style.legend.unwrap_or(usual);
    // A legend that would cover lines is below, and so is one that names the runs for which the map has no room.
    let drawing = with_legend(runs, panels, options, (style, place))?;
    let names_all = |drawing: &Drawing| style.legend.is_some() || names_all(runs, &drawing.items);
    let drawing = match drawing.filter(|drawing| place != LegendPlace::Off || names_all(drawing)) {
        None => with_legend(runs, panels, options, (style, LegendPlace::Below))?,
        drawing => drawing,
    };
    drawing.ok_or_else(|| "the legend has no room; expected another --legend".to_owned())
}

/// Whether texts among items name every visible run.
fn names_all(runs: &Runs, items: &[Item]) -> bool {
    fn has(items: &[Item], name: &str) -> bool {
        items.iter().any(|item| match item {
            Item::Text(text) => text.text.starts_with(name),
            Item::Clipped { items, .. } => has(items, name),
            _ => false,
        })
    }
    let names = runs.scene.run_names();
    let mut named = runs.scene.runs.iter().zip(&names);
    named.all(|(run, name)| !run.shown || has(items, name))
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
        items.push(Item::title(title, [area.min[0] + 6.0, 17.0], theme.ink));
        area.min[1] = 34.0;
    }
    if style.caption {
        let at = [area.min[0] + 6.0, height - 14.0];
        let caption = fitted(&caption_of_seeds(runs, step), 11.0, area.width());
        items.push(Item::caption(caption, at, theme.ink));
        area.max[1] = height - 26.0;
    } else if !runs.other_seeds.is_empty() && has_chart {
        let at = [area.min[0] + 6.0, height - 10.0];
        let words = fitted(&words_of_seeds(runs), 9.5, area.width());
        items.push(Item::label(words, at, 9.5, theme.ink));
        area.max[1] = height - 18.0;
    }
    let entries = entries(runs, panels, row);
    let is_keyed = panels.iter().any(|panel| panel.is_keyed()) && !entries.is_empty();
    let shape = shape(runs, panels, style);
    let mut column = None;
    let mut split = split_first(area, panels, shape);
    if place == LegendPlace::Right && is_keyed {
        let below =
            { split.as_mut() }.and_then(|split| below_charts(&entries, split, panels, theme));
        match below {
            Some(BelowCharts::Column(space)) => column = Some(space),
            Some(BelowCharts::Rows(rows)) => items.extend(rows),
            None => {
                let width = legend::column_width(&entries, area.width());
                let min = [area.max[0] - width, area.min[1] + 12.0];
                column = Some(Area::new(min, area.max));
                area.max[0] -= width + GAP;
                split = split_first(area, panels, shape);
            }
        }
    }
    if place == LegendPlace::Below && is_keyed {
        let (legend, height) = legend::draw_rows(&entries, area, theme);
        items.extend(legend);
        area.max[1] -= height;
        split = split_first(area, panels, shape);
    }
    let mut drawn = Drawer {
        runs,
        options,
        style,
        row,
        named: place == LegendPlace::Off || !is_keyed,
        has_legend: matches!(place, LegendPlace::Right | LegendPlace::Below),
        inside: (place == LegendPlace::Inside && is_keyed).then_some(&entries[..]),
        has_room: true,
        is_crowded: panels.len() > 1,
        has_chart,
        shape,
        critical: Vec::new(),
        map: None,
    };
    let cells = cells(area, panels.len(), split.as_ref());
    for (index, (panel, cell)) in panels.iter().zip(cells).enumerate() {
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

/// Returns the shape that suits the first panel; `None` if it fills any cell.
fn shape(runs: &Runs, panels: &[Panel], style: &PageStyle) -> Option<Shape> {
    let dim = runs.problem.objective.dim();
    match panels.first()? {
        Panel::Map if style.free_aspect => None,
        Panel::Map => Shape::of_map(dim, runs.scene.view.unwrap_or_else(|| runs.first_view())),
        Panel::Page(Page::Surface) => Some(Shape::SURFACE),
        _ => None,
    }
}

/// A legend below the charts beside a map or a surface.
enum BelowCharts {
    /// A space for a column with all details and the marks of the map.
    Column(Area),
    /// Compact rows.
    Rows(Vec<Item>),
}

/// Takes the space of a legend from the charts beside a map or a surface, which have no need of the whole height; `None` where it has no
/// room.
fn below_charts(
    entries: &[legend::Entry],
    split: &mut Split,
    panels: &[Panel],
    theme: &Theme,
) -> Option<BelowCharts> {
    /// Space above the legend, and height of the marks of a map below it.
    const ABOVE: f32 = 16.0;
    const MARKS: f32 = 62.0;
    /// Least height of a chart with a legend with all details, and with compact rows.
    const LEAST: [f32; 2] = [120.0, 84.0];
    let others = &mut split.others;
    let has_marks = panels.first() == Some(&Panel::Map);
    let marks = if has_marks { MARKS } else { 0.0 };
    let height = ABOVE + legend::column_height(entries, others.width()) + marks;
    #[expect(clippy::cast_precision_loss, reason = "a few panels")]
    let charts = LEAST.map(|least| (least + GAP) * (panels.len() - 1) as f32);
    if !split.beside {
        return None;
    }
    if charts[0] + height <= others.height() {
        others.max[1] -= height;
        return Some(BelowCharts::Column(Area::new(
            [others.min[0], others.max[1] + ABOVE],
            [others.max[0], others.max[1] + height],
        )));
    }
    let (rows, height) = legend::draw_rows(entries, *others, theme);
    if left_out(&rows) > 0 || charts[1] + height > others.height() {
        return None;
    }
    others.max[1] -= height + 4.0;
    Some(BelowCharts::Rows(rows))
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
