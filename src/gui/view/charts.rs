//! The charts: loss, gradient norm, sharpness and learning rate of every ticked run.

use crate::engine::lab::Runs;
use crate::engine::scene::Scene;
use crate::figure::axis::number;
use crate::figure::chart::{Across, Chart, Series};
use crate::figure::colour::Theme;
use crate::figure::look;
use crate::gui::command::Command;
use crate::gui::paint::{self, Textures};
use eframe::egui;

/// What the charts remember between frames.
#[derive(Default)]
pub struct Charts {
    /// Whether they run over gradient evaluations instead of steps.
    pub by_evaluations: bool,
}

/// A quantity at every row of each run, by the run's place in the scene.
struct Quantity {
    title: String,
    log: bool,
    values: Vec<(usize, Vec<f64>)>,
    limits: Vec<(usize, Vec<f64>)>,
}

impl Charts {
    /// Shows four charts below each other. A click or drag on one moves the timeline.
    pub fn ui(
        &self,
        ui: &mut egui::Ui,
        space: egui::Rect,
        (scene, runs, row): (&Scene, &Runs, usize),
        theme: &Theme,
        textures: &mut Textures,
    ) -> Vec<Command> {
        let mut commands = Vec::new();
        let quantities = quantities(scene, runs);
        #[expect(clippy::cast_precision_loss, reason = "four charts")]
        let height = space.height() / quantities.len() as f32;
        let mut top = space.min;
        for quantity in quantities {
            let rect = egui::Rect::from_min_size(top, egui::vec2(space.width(), height));
            top.y += height;
            let chart = Chart {
                area: paint::area(rect),
                title: &quantity.title,
                last: self.last(scene, runs),
                log: quantity.log,
                cursor: row,
                theme,
            };
            let lines = |lines: &'_ [(usize, Vec<f64>)], limit| {
                let across = |index: usize| match self.by_evaluations {
                    true => Across::Evaluations(&runs.results[index].trajectory.evaluations),
                    false => Across::Steps,
                };
                let series = |(index, values): &(usize, Vec<f64>)| {
                    let (x, look) = (across(*index), look(scene.runs[*index].colour));
                    (x, values.clone(), look, limit)
                };
                lines.iter().map(series).collect::<Vec<_>>()
            };
            let mut owned = lines(&quantity.limits, true);
            owned.extend(lines(&quantity.values, false));
            let series: Vec<Series> =
                owned.iter().map(|(x, values, look, limit)| Series { x: *x, values, look: *look, limit: *limit }).collect();
            let plot = paint::rect(chart.plot());
            paint::paint(&ui.painter_at(rect), chart.draw(&series), textures);

            let response = ui.interact(plot, ui.scope_id().with(&quantity.title), egui::Sense::click_and_drag());
            let name = format!("Chart of {}", quantity.title);
            response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Canvas, true, &name));
            if let (false, Some(pointer)) = (self.by_evaluations, response.interact_pointer_pos()) {
                commands.push(Command::Seek(f64::from((pointer.x - plot.min.x) / plot.width().max(1.0))));
            }
        }
        commands
    }

    /// Where x ends: the steps of the scene, or the most gradients that a run asked for.
    #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
    fn last(&self, scene: &Scene, runs: &Runs) -> f64 {
        if !self.by_evaluations {
            return scene.training.steps as f64;
        }
        let most = |(_, result): (_, &std::sync::Arc<crate::engine::lab::RunResult>)| result.trajectory.evaluations.last().copied();
        let ticked = scene.runs.iter().zip(&runs.results).filter(|(run, _)| run.shown);
        ticked.filter_map(most).max().unwrap_or(1) as f64
    }
}

/// The four quantities, of the ticked runs.
fn quantities(scene: &Scene, runs: &Runs) -> [Quantity; 4] {
    let ticked = || scene.runs.iter().zip(&runs.results).enumerate().filter(|(_, (run, _))| run.shown);
    // Losses that reach below zero are shown above the landscape's minimum, where it is known.
    let floor = runs.ground.minima.iter().map(|mark| mark.value).reduce(f64::min).unwrap_or(0.0);
    let loss = ticked().map(|(index, (_, result))| (index, result.trajectory.loss.iter().map(|loss| loss - floor).collect()));
    let loss: Vec<(usize, Vec<f64>)> = loss.collect();
    let sign = if floor < 0.0 { "+" } else { "−" };
    let above = if floor == 0.0 { String::new() } else { format!(" {sign} {}", number(floor.abs(), 4)) };
    let below_zero = loss.iter().any(|(_, values)| values.iter().any(|loss| *loss < 0.0));
    let steps = scene.training.steps;
    let limits = ticked().map(|(index, (run, result))| {
        let rule = run.spec.optimizer.as_dyn();
        let limit = |step| rule.stability_limit(run.spec.pace(step, steps)).unwrap_or(f64::NAN);
        (index, (0..result.trajectory.len() as u64).map(limit).collect())
    });
    [
        Quantity { title: format!("loss{above}"), log: !below_zero, values: loss, limits: Vec::new() },
        Quantity {
            title: "gradient norm ‖∇f‖".to_owned(),
            log: true,
            values: ticked().map(|(index, (_, result))| (index, result.trajectory.grad_norm.clone())).collect(),
            limits: Vec::new(),
        },
        Quantity {
            title: "sharpness λmax; dotted: stability limit".to_owned(),
            log: true,
            values: ticked().map(|(index, (_, result))| (index, result.curvature.iter().map(|[_, high]| *high).collect())).collect(),
            limits: limits.collect(),
        },
        Quantity {
            title: "learning rate".to_owned(),
            log: true,
            values: ticked().map(|(index, (_, result))| (index, result.trajectory.lr.clone())).collect(),
            limits: Vec::new(),
        },
    ]
}
