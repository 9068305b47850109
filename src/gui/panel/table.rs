//! The table of all ticked runs at the timeline's step.

use crate::engine::results::Runs;
use crate::engine::scene::Scene;
use crate::engine::training::{Outcome, Reason};
use crate::figure::axis::number;
use crate::figure::colour::{Theme, run_colour};
use crate::figure::network::{metrics, percent};
use crate::figure::{shortened, style_index};
use crate::gui::paint;
use eframe::egui;

const RUN: (&str, &str) = ("run", "Click a name to see its settings.");
const LOSS: (&str, &str) = ("loss", "True loss at this step: no noise, all the data.");
const GRADIENT: (&str, &str) = ("‖∇f‖", "Norm of the true gradient at this step.");
const STATE: (&str, &str) = ("state", "State of the run at this step.");

/// Column of a landscape's runs.
const EVALS: (&str, &str) = (
    "evals",
    "Evaluations so far in gradient equivalents: a value counts as a third of a gradient, a Hessian-vector product as two.",
);

/// Columns of a network's runs; the second only where there are classes.
const TEST: (&str, &str) = ("test", "Mean loss over the test data.");
const ACCURACY: (&str, &str) = (
    "accuracy",
    "Fraction of the test data that is classified correctly.",
);

/// Shows the table; a click on a name selects the run.
pub(crate) fn ui(
    ui: &mut egui::Ui,
    (scene, runs, row): (&Scene, &Runs, usize),
    names: &[String],
    selected: &mut Option<usize>,
    theme: &Theme,
) {
    let network = runs.trained.is_some();
    let tested = |index| metrics(runs, index, 0)[1].is_some_and(|test| test.accuracy.is_some());
    let classes = (0..runs.results.len()).any(tested);
    let columns: &[(&str, &str)] = match (network, classes) {
        (false, _) => &[RUN, LOSS, GRADIENT, EVALS, STATE],
        (true, false) => &[RUN, LOSS, TEST, GRADIENT, STATE],
        (true, true) => &[RUN, LOSS, TEST, ACCURACY, GRADIENT, STATE],
    };
    egui::Grid::new(("table", columns.len()))
        .num_columns(columns.len())
        .striped(true)
        .spacing([10.0, 3.0])
        .show(ui, |ui| {
            for (heading, help) in columns {
                ui.label(egui::RichText::new(*heading).size(11.0).strong())
                    .on_hover_text(*help);
            }
            ui.end_row();
            for (index, ((run, result), name)) in
                scene.runs.iter().zip(&runs.results).zip(names).enumerate()
            {
                if !run.shown {
                    continue;
                }
                let trajectory = &result.trajectory;
                let at = row.min(trajectory.len().saturating_sub(1));
                let colour = paint::colour(run_colour(style_index(run.colour), theme));
                let text = egui::RichText::new(shortened(name, 20)).color(colour);
                let label = ui.add(egui::Label::new(text).sense(egui::Sense::click()));
                if label
                    .on_hover_text(format!("{name}: {}", run.spec))
                    .clicked()
                {
                    *selected = if *selected == Some(index) {
                        None
                    } else {
                        Some(index)
                    };
                }
                let cell =
                    |value: Option<&f64>| value.map_or("–".to_owned(), |value| number(*value, 4));
                ui.label(cell(trajectory.loss.get(at)));
                if network {
                    let [_, test] = metrics(runs, index, at);
                    ui.label(cell(test.map(|test| test.loss).as_ref()));
                    if classes {
                        let accuracy = test.and_then(|test| test.accuracy);
                        ui.label(accuracy.map_or("–".to_owned(), percent));
                    }
                }
                ui.label(cell(trajectory.grad_norm.get(at)));
                if !network {
                    ui.label(cell(trajectory.gradient_equivalents(at).as_ref()));
                }
                let (state, why) = state(scene, runs, index, row);
                ui.label(state).on_hover_text(why);
                ui.end_row();
            }
        });
}

/// Returns the state of a run at a row, and its tooltip.
fn state(scene: &Scene, runs: &Runs, index: usize, row: usize) -> (String, String) {
    let trajectory = &runs.results[index].trajectory;
    let ended = row + 1 >= trajectory.len();
    match trajectory.outcome {
        _ if ended && runs.is_training(index) => (
            "training".to_owned(),
            format!(
                "Trained up to step {}.",
                runs.step(trajectory.len().saturating_sub(1))
            ),
        ),
        Outcome::Diverged(step, reason) if ended => (
            format!("diverged {step}"),
            diverged_why(scene, runs, index, reason),
        ),
        Outcome::Stopped(step, reason) if ended => (
            format!("stopped {step}"),
            format!("It cannot go on: {}.", reason.clause()),
        ),
        Outcome::Converged(step) if ended => (
            format!("converged {step}"),
            "The gradient norm is below the tolerance.".to_owned(),
        ),
        Outcome::Finished if ended => ("finished".to_owned(), "All steps were taken.".to_owned()),
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
