//! The rule of the selected run: its lines in symbols, and with the numbers of the timeline's step.

use crate::engine::cancel::Cancel;
use crate::engine::lab::Runs;
use crate::engine::landscape::AnyLandscape;
use crate::engine::run::{CarriedKind, Conditions, Look, RunSpec, look, symbols};
use crate::engine::scene::Scene;
use crate::figure::axis::number;
use eframe::egui;

/// Up to this step a run is quick enough to be made again within a frame.
const FARTHEST: u64 = 20_000;

/// What a look at a step depends on.
#[derive(PartialEq)]
struct Of {
    landscape: AnyLandscape,
    start: [f64; 2],
    conditions: Conditions,
    spec: RunSpec,
    step: u64,
}

/// The step that was looked at last.
#[derive(Default)]
pub(crate) struct Memory {
    looked: Option<(Of, Option<Look>)>,
    /// Whether the rule is unfolded.
    pub(crate) open: bool,
}

impl Memory {
    fn look(&mut self, scene: &Scene, runs: &Runs, index: usize, step: u64) -> Option<&Look> {
        let of = Of {
            landscape: scene.landscape.clone(),
            start: scene.start,
            conditions: scene.conditions(),
            spec: scene.runs[index].spec.clone(),
            step,
        };
        if self.looked.as_ref().is_none_or(|(known, _)| *known != of) {
            let (objective, start) = (&*runs.ground.objective, scene.start_theta());
            let (spec, never) = (&of.spec, Cancel::default());
            let found = look(objective, start, spec, &of.conditions, step, &never);
            self.looked = Some((of, found));
        }
        self.looked.as_ref()?.1.as_ref()
    }
}

/// Shows the rule of run `index`, and the numbers of the step that leads to row `row`.
pub(crate) fn ui(
    ui: &mut egui::Ui,
    memory: &mut Memory,
    (scene, runs, row): (&Scene, &Runs, usize),
    (index, name): (usize, &str),
) {
    let header = egui::CollapsingHeader::new(format!("Rule of {name}")).id_salt("rule");
    let shown = header.show(ui, |ui| {
        let spec = &scene.runs[index].spec;
        for line in spec.rule() {
            ui.label(symbols(line));
        }
        ui.add_space(4.0);
        let step = u64::try_from(row).unwrap_or(u64::MAX);
        if step == 0 {
            ui.weak("Step on to see it with numbers.");
            return;
        }
        if step > FARTHEST {
            ui.weak(format!("Numbers are shown up to step {FARTHEST}."));
            return;
        }
        let Some(look) = memory.look(scene, runs, index, step) else {
            ui.weak("The run does not get to this step.");
            return;
        };
        let axes = ["x", "y"];
        for (index, axis) in axes.iter().enumerate().take(look.theta[0].len()) {
            ui.strong(format!("step {step} in {axis}"));
            for line in spec.rule_at(look, index) {
                ui.label(line);
            }
        }
        if !look.carried[1].is_empty() {
            ui.add_space(4.0);
            ui.strong("carried");
        }
        for carried in &look.carried[1] {
            let numbers: Vec<String> = match carried.kind {
                CarriedKind::Places => vec![format!("{} points", carried.numbers.len() / 2)],
                _ => carried
                    .numbers
                    .iter()
                    .map(|value| number(*value, 4))
                    .collect(),
            };
            let text = format!("{} = {}", carried.symbol, numbers.join(", "));
            ui.label(text).on_hover_text(carried.name);
        }
    });
    memory.open = shown.fully_open();
}
