//! The table of all ticked runs at the timeline's step.

use super::over_seeds::OverSeeds;
use crate::engine::analysis::theory::measured_rate;
use crate::engine::results::{RunResult, Runs};
use crate::engine::scene::Scene;
use crate::engine::training::{Outcome, Reason};
use crate::export::seed_table::mean_text;
use crate::figure::axis::number;
use crate::figure::colour::{Theme, run_colour};
use crate::figure::network::{metrics, percent};
use crate::figure::{shortened, style_index};
use crate::gui::paint;
use crate::gui::reader::with_glossary;
use crate::gui::scale::{SECONDARY, SPACE};
use crate::teaching::glossary::Term;
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

const CONVERGED: &str = "The gradient norm is below the tolerance.";
const CONVERGED_SADDLE: &str = "The gradient norm is below the tolerance, but the smallest eigenvalue of the Hessian is negative: a saddle, no minimum.";
const CONVERGED_MAXIMUM: &str = "The gradient norm is below the tolerance, but all eigenvalues of the Hessian are negative: a maximum.";

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

/// A cell: its text, its tooltip, and the value that rows are sorted by.
struct Cell {
    text: String,
    help: String,
    value: f64,
}

impl Cell {
    fn number(value: Option<f64>, digits: usize) -> Self {
        let text = value.map_or("–".to_owned(), |value| number(value, digits));
        let value = value.unwrap_or(f64::NAN);
        let help = if value.is_finite() {
            format!("{value:e}")
        } else {
            String::new()
        };
        Self { text, help, value }
    }
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

/// Returns the cells of a run.
fn cells(context: &TableContext, index: usize, classes: bool) -> Vec<Cell> {
    let (runs, name) = (context.runs, &context.names[index]);
    let network = runs.trained.is_some();
    let trajectory = &runs.results[index].trajectory;
    let at = context.row.min(trajectory.len().saturating_sub(1));
    let loss = Cell::number(trajectory.loss.get(at).copied(), 4);
    let over_seeds = |one: Cell, unit: &str, value: &dyn Fn(&Runs, usize) -> Option<f64>| {
        over_seeds((runs, index), context.row, unit, value).unwrap_or(one)
    };
    let mut cells = vec![
        Cell {
            text: shortened(name, 12),
            help: format!("{name}: {}", context.scene.runs[index].spec),
            value: f64::NAN,
        },
        over_seeds(loss, "", &|runs, at| {
            runs.results[index].trajectory.loss.get(at).copied()
        }),
    ];
    if network {
        let test = |runs: &Runs, at: usize| metrics(runs, index, at)[1];
        let loss = Cell::number(test(runs, at).map(|test| test.loss), 4);
        cells.push(over_seeds(loss, "", &|runs, at| Some(test(runs, at)?.loss)));
        if classes {
            let accuracy = test(runs, at).and_then(|test| test.accuracy);
            let accuracy = Cell {
                text: accuracy.map_or("–".to_owned(), percent),
                help: String::new(),
                value: accuracy.unwrap_or(f64::NAN),
            };
            cells.push(over_seeds(accuracy, " %", &|runs, at| {
                Some(100.0 * test(runs, at)?.accuracy?)
            }));
        }
    }
    let (text, help) = state(context, index);
    #[expect(clippy::cast_precision_loss, reason = "rows are far below 2^53")]
    let value = trajectory.len() as f64;
    cells.push(Cell { text, help, value });
    if !network && runs.results.iter().any(|result| result.theory.is_some()) {
        let rate = rate(&runs.results[index]);
        cells.push(rate.unwrap_or_else(|| Cell::number(None, 4)));
    }
    cells.push(Cell::number(trajectory.grad_norm.get(at).copied(), 3));
    if !network {
        cells.push(Cell::number(trajectory.gradient_equivalents(at), 4));
    }
    cells
}

/// Returns the mean of a value of a run over all seeds at a row, with its standard deviation; `None` for one seed.
fn over_seeds(
    of: (&Runs, usize),
    row: usize,
    unit: &str,
    value: &dyn Fn(&Runs, usize) -> Option<f64>,
) -> Option<Cell> {
    let over = OverSeeds::of(of, row, value)?;
    let of = over.diverged_text();
    let Some(stats) = &over.stats else {
        return Some(Cell {
            text: "–".to_owned(),
            help: of,
            value: f64::NAN,
        });
    };
    let [low, high] = stats.quartiles.map(|quartile| number(quartile, 4));
    let mut help = format!(
        "Mean ± standard deviation over {} seeds. Median {}, quartiles {low} and {high}.",
        stats.count,
        number(stats.median, 4)
    );
    if over.diverged > 0 {
        help = format!("{help} {of}");
    }
    Some(Cell {
        text: format!("{}{unit}", mean_text(stats.mean, stats.sd)),
        help,
        value: stats.mean,
    })
}

/// Returns the measured rate of a run and that of its theory; `None` without a theory.
fn rate(result: &RunResult) -> Option<Cell> {
    let theory = result.theory.as_ref()?;
    // Noise ends the fall of the loss at its floor.
    let measured = measured_rate(&result.trajectory, theory.floor).filter(|_| !theory.is_noisy);
    let text = measured.map_or("–".to_owned(), |rate| number(rate, 4));
    Some(Cell {
        text: format!("{text} / {}", number(theory.rate, 4)),
        help: format!("Measured {text}. By theory {}.", theory.rate_text),
        value: measured.unwrap_or(f64::NAN),
    })
}

/// Returns the state of a run at a row, and its tooltip.
fn state(context: &TableContext, index: usize) -> (String, String) {
    let (runs, result) = (context.runs, &context.runs.results[index]);
    let trajectory = &result.trajectory;
    let last = trajectory.len().saturating_sub(1);
    let ended = context.row >= last;
    match trajectory.outcome {
        _ if ended && runs.is_training(index) => (
            match (context.refused, context.paused) {
                (true, _) => "refused",
                (false, true) => "paused",
                (false, false) => "training",
            }
            .to_owned(),
            format!("Trained up to step {}.", runs.step(last)),
        ),
        Outcome::Diverged(step, reason) if ended => (
            format!("diverged at {step}"),
            diverged_why(context.scene, runs, index, reason),
        ),
        Outcome::Stopped(step, reason) if ended => (
            format!("stopped at {step}"),
            format!("It cannot go on: {}.", reason.clause()),
        ),
        Outcome::Converged(step) if ended => {
            let (place, why) = match result.curvature.last() {
                Some([_, high]) if *high < 0.0 => ("maximum", CONVERGED_MAXIMUM),
                Some([low, _]) if *low < 0.0 => ("saddle", CONVERGED_SADDLE),
                _ => ("converged", CONVERGED),
            };
            (format!("{place} at {step}"), why.to_owned())
        }
        Outcome::Finished if ended => ("done".to_owned(), "All steps were taken.".to_owned()),
        _ => (
            "running".to_owned(),
            "The timeline has not reached its end.".to_owned(),
        ),
    }
}

/// Returns the reason why a run diverged, with the stability limit where theory gives one.
fn diverged_why(scene: &Scene, runs: &Runs, index: usize, reason: Reason) -> String {
    let (run, result) = (&scene.runs[index], &runs.results[index]);
    let limit = run
        .spec
        .stability_limit(run.spec.rates(0, scene.training.steps));
    let sharpness = result.curvature.first().map(|[_, high]| *high);
    match (limit, sharpness) {
        (Some(limit), Some(sharpness)) if sharpness > limit => format!(
            "It ended because {}. At the start λmax is {}, above the limit {} of this learning rate.",
            reason.clause(),
            number(sharpness, 4),
            number(limit, 4),
        ),
        _ => format!("It ended because {}.", reason.clause()),
    }
}
