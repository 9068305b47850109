//! The table of all ticked runs at the timeline's step.

mod cells;

use crate::engine::results::Runs;
use crate::engine::scene::Scene;
use crate::figure::colour::{Theme, run_colour};
use crate::figure::network::metrics;
use crate::figure::style_index;
use crate::gui::paint;
use crate::gui::reader::with_glossary;
use crate::gui::scale::{SECONDARY, SPACE};
use crate::teaching::glossary::Term;
use cells::{Cell, cells};
use eframe::egui;
use std::cmp::Ordering;

const RUN: (&str, &str) = ("run", "Click a name to see its settings.");
const LOSS: (&str, &str) = ("loss", "True loss at this step: no noise, all the data.");
const LOSS_OF_SEEDS: (&str, &str) = (
    "loss ± sd",
    "Mean and standard deviation over the seeds of the true loss at this step: no noise, all the data. Seeds that diverged are left out, and counted in the tooltip of a cell.",
);
const GRADIENT: (&str, &str) = ("‖∇f‖", "Norm of the true gradient at this step.");
const STATE: (&str, &str) = ("state", "State of the run at this step.");

/// Column of a landscape's runs.
const EVALS: (&str, &str) = (
    "evals",
    "Evaluations so far in gradient equivalents: a value counts as a third of a gradient, a Hessian-vector product as two.",
);

/// Column of a landscape's runs that theory has a rate for.
const RATE: (&str, &str) = (
    "rate / theory",
    "Factor by which the distance to the minimum shrinks in a step: measured over the last half of the run, and predicted by theory. The tooltip of a cell has the formula.",
);

/// Columns of a network's runs; the second only where there are classes.
const TEST: (&str, &str) = ("test", "Mean loss over the test data.");
const ACCURACY: (&str, &str) = (
    "accuracy",
    "Fraction of the test data that is classified correctly.",
);

/// Order of the table: by a column and whether the largest value comes first; otherwise that of the runs.
#[derive(Clone, Copy, Default)]
pub(crate) struct Order(Option<(usize, bool)>);

/// Inputs of the table.
pub(crate) struct TableContext<'a> {
    pub scene: &'a Scene,
    pub runs: &'a Runs,
    pub row: usize,
    pub names: &'a [String],
    /// Whether the training of a network is paused.
    pub paused: bool,
    /// Whether the scene is refused, so that no run goes on.
    pub refused: bool,
    pub selected: Option<usize>,
    /// The run under the pointer, in any part of the window.
    pub hovered: Option<usize>,
    pub theme: &'a Theme,
}

/// The mouse on the table.
#[derive(Default)]
pub(crate) struct TableResponse {
    /// The run that is clicked.
    pub clicked: Option<usize>,
    /// The run whose end is clicked, to be explained.
    pub why: Option<usize>,
    /// The run under the pointer.
    pub hovered: Option<usize>,
}

/// Shows the table. A click on a heading sorts by its column.
pub(crate) fn ui(ui: &mut egui::Ui, order: &mut Order, context: &TableContext) -> TableResponse {
    let runs = context.runs;
    let tested = |index| metrics(runs, index, 0)[1].is_some_and(|test| test.accuracy.is_some());
    let classes = (0..runs.results.len()).any(tested);
    let quadratic = runs.results.iter().any(|result| result.theory.is_some());
    let columns: &[(&str, &str)] = match (runs.trained.is_some(), classes) {
        (false, _) if quadratic => &[RUN, LOSS, STATE, RATE, GRADIENT, EVALS],
        (false, _) => &[RUN, LOSS, STATE, GRADIENT, EVALS],
        (true, false) => &[RUN, LOSS, TEST, STATE, GRADIENT],
        (true, true) => &[RUN, LOSS, TEST, ACCURACY, STATE, GRADIENT],
    };
    let mut columns = columns.to_vec();
    if !runs.other_seeds.is_empty() {
        columns[1] = LOSS_OF_SEEDS;
    }
    let columns = &columns[..];
    let state = columns.iter().position(|(name, _)| *name == STATE.0);
    let state = state.unwrap_or(usize::MAX);
    let mut rows: Vec<(usize, Vec<Cell>)> = (0..runs.results.len())
        .filter(|&index| context.scene.runs.get(index).is_some_and(|run| run.shown))
        .map(|index| (index, cells(context, index, classes)))
        .collect();
    sort(&mut rows, order.0);
    let highlighted: Vec<bool> = rows
        .iter()
        .map(|(index, _)| context.hovered.or(context.selected) == Some(*index))
        .collect();
    // The table scrolls by itself, so that what is below stays in place.
    let scroll = egui::ScrollArea::horizontal().id_salt("table");
    scroll
        .show(ui, |ui| {
            grid_ui(ui, (columns, state), order, (&rows, highlighted), context)
        })
        .inner
}

/// Shows headings and rows; `state` is the index of the column of states.
fn grid_ui(
    ui: &mut egui::Ui,
    (columns, state): (&[(&str, &str)], usize),
    order: &mut Order,
    (rows, highlighted): (&[(usize, Vec<Cell>)], Vec<bool>),
    context: &TableContext,
) -> TableResponse {
    let mut response = TableResponse::default();
    egui::Grid::new(("table", columns.len()))
        .num_columns(columns.len())
        .with_row_color(move |row, style| {
            let run = row.checked_sub(1)?;
            match (highlighted.get(run)?, run % 2) {
                (true, _) => Some(style.visuals.selection.bg_fill.gamma_multiply(0.5)),
                (false, 1) => Some(style.visuals.faint_bg_color),
                (false, _) => None,
            }
        })
        .spacing([SPACE[1] - 1.0, 3.0])
        .show(ui, |ui| {
            headings_ui(ui, columns, order);
            for (index, cells) in rows {
                let top = ui.cursor().min.y;
                let colour = style_index(context.scene.runs[*index].colour);
                let colour = paint::colour(run_colour(colour, context.theme));
                for (column, Cell { text, help, .. }) in cells.iter().enumerate() {
                    // The state of a run that has ended leads to its explanation.
                    let explains = column == state && text != "running" && text != "training";
                    let mut text = egui::RichText::new(text).size(SECONDARY);
                    if column == 0 {
                        text = text.color(colour);
                    } else if explains {
                        text = text.underline();
                    }
                    let label = egui::Label::new(text).sense(egui::Sense::click());
                    let label = ui.add(label.extend());
                    let label = match (help.as_str(), explains) {
                        ("", _) => label,
                        (help, true) => label.on_hover_text(format!("{help} Click to see why.")),
                        (help, false) => label.on_hover_text(help),
                    };
                    if label.clicked() && explains {
                        response.why = Some(*index);
                    } else if label.clicked() {
                        response.clicked = Some(*index);
                    }
                }
                ui.end_row();
                let mut line = ui.clip_rect();
                (line.min.y, line.max.y) = (top, ui.cursor().min.y);
                if ui.rect_contains_pointer(line) {
                    response.hovered = Some(*index);
                }
            }
        });
    response
}

fn headings_ui(ui: &mut egui::Ui, columns: &[(&str, &str)], order: &mut Order) {
    for (column, (heading, help)) in columns.iter().enumerate() {
        let arrow = match order.0 {
            Some((sorted, descending)) if sorted == column => {
                if descending {
                    " ▼"
                } else {
                    " ▲"
                }
            }
            _ => "",
        };
        let text = egui::RichText::new(format!("{heading}{arrow}"));
        let button = egui::Button::new(text.size(SECONDARY).strong()).frame(false);
        let help = format!("{help} Click to sort by it.");
        let button = with_glossary(ui.add(button).on_hover_text(help), Term::find(heading));
        let name = format!("Sort by {heading}");
        button.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, &name));
        if button.clicked() {
            // Smallest first, largest first, and the order of the runs again.
            order.0 = match order.0 {
                Some((sorted, false)) if sorted == column => Some((column, true)),
                Some((sorted, true)) if sorted == column => None,
                _ => Some((column, false)),
            };
        }
    }
    ui.end_row();
}

/// Sorts rows by a column; cells without a number come last.
fn sort(rows: &mut [(usize, Vec<Cell>)], order: Option<(usize, bool)>) {
    let Some((column, descending)) = order else {
        return;
    };
    rows.sort_by(|(_, a), (_, b)| {
        let (Some(a), Some(b)) = (a.get(column), b.get(column)) else {
            return Ordering::Equal;
        };
        if column == 0 {
            let by_name = a.text.to_lowercase().cmp(&b.text.to_lowercase());
            return if descending {
                by_name.reverse()
            } else {
                by_name
            };
        }
        match (a.value.is_nan(), b.value.is_nan()) {
            (false, false) if descending => b.value.total_cmp(&a.value),
            (false, false) => a.value.total_cmp(&b.value),
            (a, b) => a.cmp(&b),
        }
    });
}
