//! The table: how every run stands at the timeline's step.

use crate::engine::lab::Runs;
use crate::engine::run::Outcome;
use crate::engine::scene::Scene;
use crate::figure::axis::number;
use crate::figure::colour::{Theme, run_colour};
use crate::figure::{look, shortened};
use crate::gui::paint;
use eframe::egui;

/// Shows the table; a click on a name selects the run.
pub(crate) fn ui(
    ui: &mut egui::Ui,
    (scene, runs, row): (&Scene, &Runs, usize),
    names: &[String],
    selected: &mut Option<usize>,
    theme: &Theme,
) {
    egui::Grid::new("table")
        .num_columns(5)
        .striped(true)
        .spacing([10.0, 3.0])
        .show(ui, |ui| {
            for (heading, help) in [
                ("run", "Click a name to see its settings."),
                ("loss", "True loss at this step: no noise, all the data."),
                ("‖∇f‖", "Norm of the true gradient at this step."),
                (
                    "evals",
                    "What it asked for so far, in gradients: a value counts as a third, a Hessian times a vector as two.",
                ),
                ("state", "Where the run stands."),
            ] {
                ui.label(egui::RichText::new(heading).size(11.0).strong())
                    .on_hover_text(help);
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
                let ended = row >= at && row + 1 >= trajectory.len();
                let colour = paint::colour(run_colour(look(run.colour), theme));
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
                ui.label(cell(trajectory.grad_norm.get(at)));
                ui.label(cell(trajectory.cost(at).as_ref()));
                let (state, why) = match trajectory.outcome {
                    Outcome::Diverged(step) if ended => {
                        (format!("diverged {step}"), diverged_why(scene, runs, index))
                    }
                    Outcome::Converged(step) if ended => (
                        format!("converged {step}"),
                        "The gradient norm is below the tolerance.".to_owned(),
                    ),
                    Outcome::Finished if ended => {
                        ("finished".to_owned(), "All steps were taken.".to_owned())
                    }
                    _ => (
                        "running".to_owned(),
                        "The timeline has not reached its end.".to_owned(),
                    ),
                };
                ui.label(state).on_hover_text(why);
                ui.end_row();
            }
        });
}

/// Why a run diverged, as far as theory tells.
fn diverged_why(scene: &Scene, runs: &Runs, index: usize) -> String {
    let (run, result) = (&scene.runs[index], &runs.results[index]);
    let limit = run
        .spec
        .stability_limit(run.spec.pace(0, scene.training.steps));
    let sharpness = result.curvature.first().map(|[_, high]| *high);
    match (limit, sharpness) {
        (Some(limit), Some(sharpness)) if sharpness > limit => format!(
            "Its loss or parameters grew beyond 1e12. At the start λmax is {}, above the limit {} of this learning rate.",
            number(sharpness, 4),
            number(limit, 4),
        ),
        _ => "Its loss or parameters grew beyond 1e12, or were not finite.".to_owned(),
    }
}
