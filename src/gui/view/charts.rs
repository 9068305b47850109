//! The charts: loss, gradient norm, sharpness and learning rate of every ticked run.

use crate::engine::lab::{RunResult, Runs};
use crate::engine::real;
use crate::engine::scene::{Run, Scene};
use crate::figure::axis::number;
use crate::figure::chart::{Chart, Series, thin};
use crate::figure::colour::Theme;
use crate::figure::look;
use crate::gui::command::Command;
use crate::gui::paint::{self, Textures};
use eframe::egui;
use std::sync::Arc;

/// Stretches that a long run is thinned to, more than a chart has pixels.
const COLUMNS: usize = 1500;

/// What the charts remember between frames.
#[derive(Default)]
pub(crate) struct Charts {
    /// Whether they run over what the runs asked for, in gradients, instead of steps.
    pub by_cost: bool,
    /// The lines as they were made last.
    made: Option<Made>,
}

/// Lines, and what they were made of.
struct Made {
    runs: Vec<Run>,
    results: Vec<Arc<RunResult>>,
    quantities: [Quantity; 4],
}

/// A quantity of every ticked run.
struct Quantity {
    title: String,
    log: bool,
    lines: Vec<Line>,
}

/// A quantity of one run, thinned to what can be drawn.
struct Line {
    rows: Vec<usize>,
    steps: Vec<f64>,
    costs: Vec<f64>,
    values: Vec<f64>,
    look: usize,
    limit: bool,
}

impl Charts {
    /// Shows four charts below each other. A click or drag on one moves the timeline.
    pub(crate) fn ui(
        &mut self,
        ui: &mut egui::Ui,
        space: egui::Rect,
        (scene, runs, row): (&Scene, &Runs, usize),
        theme: &Theme,
        textures: &mut Textures,
    ) -> Vec<Command> {
        let mut commands = Vec::new();
        let (by_cost, last) = (self.by_cost, self.last(scene, runs));
        let quantities = self.quantities(scene, runs);
        #[expect(clippy::cast_precision_loss, reason = "four charts")]
        let height = space.height() / quantities.len() as f32;
        let mut top = space.min;
        for Quantity { title, log, lines } in quantities {
            let rect = egui::Rect::from_min_size(top, egui::vec2(space.width(), height));
            top.y += height;
            let chart = Chart {
                area: paint::area(rect),
                title,
                across: if by_cost {
                    "gradients asked for"
                } else {
                    "step"
                },
                last,
                log: *log,
                theme,
            };
            let series: Vec<Series> = lines
                .iter()
                .map(|line| Series {
                    x: if by_cost { &line.costs } else { &line.steps },
                    values: &line.values,
                    strong: line.rows.partition_point(|&drawn| drawn <= row),
                    look: line.look,
                    limit: line.limit,
                })
                .collect();
            paint::paint(&ui.painter_at(rect), chart.draw(&series), textures);

            let plot = paint::rect(chart.plot());
            let response = ui.interact(
                plot,
                ui.scope_id().with(title),
                egui::Sense::click_and_drag(),
            );
            let name = format!("Chart of {title}");
            response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Canvas, true, &name));
            if let (false, Some(pointer)) = (by_cost, response.interact_pointer_pos()) {
                commands.push(Command::Seek(f64::from(
                    (pointer.x - plot.min.x) / plot.width().max(1.0),
                )));
            }
        }
        commands
    }

    /// Where x ends: the steps of the scene, or the most gradients that a run asked for.
    fn last(&self, scene: &Scene, runs: &Runs) -> f64 {
        let ticked = scene
            .runs
            .iter()
            .zip(&runs.results)
            .filter(|(run, _)| run.shown);
        let asked = ticked.filter_map(|(_, result)| result.trajectory.cost(usize::MAX));
        if self.by_cost {
            asked.fold(1.0, f64::max)
        } else {
            real(scene.training.steps)
        }
    }

    /// The four quantities, made anew only where runs have changed.
    fn quantities(&mut self, scene: &Scene, runs: &Runs) -> &[Quantity; 4] {
        let same = |made: &Made| {
            let mut results = made.results.iter().zip(&runs.results);
            made.runs == scene.runs
                && made.results.len() == runs.results.len()
                && results.all(|(a, b)| Arc::ptr_eq(a, b))
        };
        self.made = self.made.take().filter(same);
        let make = || Made {
            runs: scene.runs.clone(),
            results: runs.results.clone(),
            quantities: quantities(scene, runs),
        };
        &self.made.get_or_insert_with(make).quantities
    }
}

/// The four quantities, of the ticked runs.
fn quantities(scene: &Scene, runs: &Runs) -> [Quantity; 4] {
    let lines = |limit: bool, values: &dyn Fn(&Run, &RunResult) -> Vec<f64>| -> Vec<Line> {
        let ticked = scene
            .runs
            .iter()
            .zip(&runs.results)
            .filter(|(run, _)| run.shown);
        ticked
            .map(|(run, result)| line(run, result, &values(run, result), limit))
            .collect()
    };
    // Losses that reach below zero are shown above the landscape's minimum, where it is known.
    let floor = runs
        .ground
        .minima
        .iter()
        .map(|mark| mark.value)
        .reduce(f64::min)
        .unwrap_or(0.0);
    let sign = if floor < 0.0 { "+" } else { "−" };
    let above = if floor == 0.0 {
        String::new()
    } else {
        format!(" {sign} {}", number(floor.abs(), 4))
    };
    let loss = lines(false, &|_, result| {
        result
            .trajectory
            .loss
            .iter()
            .map(|loss| loss - floor)
            .collect()
    });
    let below_zero = loss
        .iter()
        .any(|line| line.values.iter().any(|loss| *loss < 0.0));

    let steps = scene.training.steps;
    let mut sharpness = lines(true, &|run, result| {
        let spec = &run.spec;
        let limit = |step| {
            spec.stability_limit(run.spec.pace(step, steps))
                .unwrap_or(f64::NAN)
        };
        (0..result.trajectory.len() as u64).map(limit).collect()
    });
    sharpness.extend(lines(false, &|_, result| {
        result.curvature.iter().map(|[_, high]| *high).collect()
    }));
    let quantity = |title: &str, lines| Quantity {
        title: title.to_owned(),
        log: true,
        lines,
    };
    [
        Quantity {
            title: format!("loss{above}"),
            log: !below_zero,
            lines: loss,
        },
        quantity(
            "gradient norm ‖∇f‖",
            lines(false, &|_, result| result.trajectory.grad_norm.clone()),
        ),
        quantity("sharpness λmax; dotted: stability limit", sharpness),
        quantity(
            "learning rate",
            lines(false, &|_, result| result.trajectory.lr.clone()),
        ),
    ]
}

fn line(run: &Run, result: &RunResult, values: &[f64], limit: bool) -> Line {
    let rows = thin(values, COLUMNS);
    Line {
        steps: rows.iter().map(|&row| real(row as u64)).collect(),
        costs: rows
            .iter()
            .filter_map(|&row| result.trajectory.cost(row))
            .collect(),
        values: rows.iter().map(|&row| values[row]).collect(),
        rows,
        look: look(run.colour),
        limit,
    }
}
