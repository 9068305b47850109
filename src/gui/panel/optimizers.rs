//! The list of optimizers in the left panel: colour, tick and menu of every run.

use super::run;
use super::scene::{PanelContext, PanelResponse, heading_text};
use super::schedule::LrCurve;
use crate::engine::optimizer::{AnyOptimizer, Kind};
use crate::engine::scene::{MAX_RUNS, Run, Scene};
use crate::engine::training::RunSpec;
use crate::figure::colour::Theme;
use crate::figure::{legend_line, shortened, style_index};
use crate::gui::icon::{Icon, icon_button};
use crate::gui::paint::{self, Textures};
use eframe::egui;

/// Change of the list, made after it was shown.
enum Change {
    Add(AnyOptimizer),
    Duplicate(usize),
    Remove(usize),
}

/// Shows the runs of a scene and edits them in place; with `from`, edits act from that step on.
pub(crate) fn ui(
    ui: &mut egui::Ui,
    scene: &mut Scene,
    selected: &mut Option<usize>,
    (context, from): (&PanelContext, Option<u64>),
    curve: &mut LrCurve,
    textures: &mut Textures,
    answer: &mut PanelResponse,
) {
    let theme = context.theme;
    let (groups, steps) = (scene.groups(), scene.training.steps);
    let mut change = None;
    ui.horizontal(|ui| {
        ui.label(heading_text("OPTIMIZERS"));
        let adding = ui.menu_button("+ Add", |ui| {
            for kind in Kind::ALL {
                ui.menu_button(kind.title(), |ui| {
                    let all = AnyOptimizer::all().into_iter();
                    for optimizer in all.filter(|any| any.as_dyn().profile().kind == kind) {
                        let (settings, notes) =
                            (optimizer.settings(), optimizer.as_dyn().profile());
                        let help = format!(
                            "{}\n\n{}\n{}",
                            settings.help(),
                            notes.strengths,
                            notes.weaknesses
                        );
                        let refused = context.unsupported_reason(&optimizer);
                        let button = egui::Button::new(settings.title());
                        let added = ui.add_enabled(refused.is_none(), button);
                        let added = added.on_hover_text(help);
                        let why =
                            refused.map_or_else(String::new, |kind| format!("It is for {kind}."));
                        if added.on_disabled_hover_text(why).clicked() {
                            change = Some(Change::Add(optimizer));
                        }
                    }
                });
            }
        });
        adding
            .response
            .on_hover_text("Add an optimizer. A copied run can be pasted with Ctrl+V.");
    });
    if scene.runs.is_empty() {
        ui.label("No optimizer yet. Add one to see it run.");
    }
    let names = scene.run_names();
    for (index, run) in scene.runs.iter_mut().enumerate() {
        ui.push_id(index, |ui| {
            let open = *selected == Some(index);
            let head = head_ui(ui, run, &names[index], open, theme, textures);
            if head.toggled {
                *selected = if open { None } else { Some(index) };
            }
            if head.duplicated {
                change = Some(Change::Duplicate(index));
            } else if head.removed {
                change = Some(Change::Remove(index));
            }
            if open {
                ui.indent("settings", |ui| {
                    spec_changes_ui(ui, run, from);
                    let before = run.spec_at(from.unwrap_or(0)).clone();
                    let whole = std::mem::replace(&mut run.spec, before.clone());
                    let mut refused = run::ui(ui, run, &names[index], &groups);
                    let (colour, name) = (style_index(run.colour), names[index].as_str());
                    let mut asked = None;
                    let show = |ui: &mut egui::Ui, spec: &RunSpec| {
                        let record = context.record(index);
                        let of = (spec, record, steps);
                        asked = curve.ui(ui, of, (colour, name), context, textures);
                    };
                    refused = run::schedules_ui(ui, &mut run.spec, show).or(refused);
                    let now = std::mem::replace(&mut run.spec, whole);
                    if now != before {
                        match from {
                            Some(step) => run.change_spec_at(step, now),
                            None => run.spec = now,
                        }
                    }
                    answer.refused = refused.or(answer.refused.take());
                    answer.commands.extend(asked);
                });
            }
        });
    }
    match change {
        Some(Change::Add(optimizer)) if scene.runs.len() < MAX_RUNS => {
            scene.add_run(RunSpec::new(optimizer));
            *selected = Some(scene.runs.len() - 1);
        }
        Some(Change::Duplicate(index)) if scene.runs.len() < MAX_RUNS => {
            scene.add_run(scene.runs[index].spec.clone());
            *selected = Some(scene.runs.len() - 1);
        }
        Some(Change::Remove(index)) => {
            scene.runs.remove(index);
            *selected = None;
        }
        _ => {}
    }
}

/// Shows the changes of a run's settings at later steps, and the step from which edits act.
fn spec_changes_ui(ui: &mut egui::Ui, run: &mut Run, from: Option<u64>) {
    let mut removed = None;
    for (index, change) in run.spec_changes.iter().enumerate() {
        ui.horizontal(|ui| {
            let text = format!("from step {}: {}", change.at_step, change.spec);
            if ui
                .button("Remove")
                .on_hover_text(format!(
                    "Remove the change of settings at step {}.",
                    change.at_step
                ))
                .clicked()
            {
                removed = Some(index);
            }
            ui.add(egui::Label::new(&text).truncate())
                .on_hover_text(text);
        });
    }
    if let Some(index) = removed {
        run.spec_changes.remove(index);
    }
    if let Some(step) = from.filter(|step| *step > 0) {
        ui.label(format!("Changes act from step {step} on."));
    }
}

#[derive(Default)]
struct HeadResponse {
    toggled: bool,
    duplicated: bool,
    removed: bool,
}

/// Shows the head of a run: its line, its tick with its name, and its menu.
fn head_ui(
    ui: &mut egui::Ui,
    run: &mut Run,
    name: &str,
    open: bool,
    theme: &Theme,
    textures: &mut Textures,
) -> HeadResponse {
    let mut head = HeadResponse::default();
    ui.horizontal(|ui| {
        let (rect, _) = ui.allocate_exact_size(egui::vec2(32.0, 18.0), egui::Sense::hover());
        let line = legend_line(
            [rect.min.x + 1.0, rect.center().y],
            style_index(run.colour),
            theme,
        );
        paint::paint(ui.painter(), line, textures);
        ui.checkbox(&mut run.shown, shortened(name, 22))
            .on_hover_text(run.spec.to_string());
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            let icon = if open { Icon::Open } else { Icon::Closed };
            let fold = icon_button(ui, icon, &format!("settings of {name}"), "");
            head.toggled = fold.clicked();
            let menu = ui.menu_button("⋯", |ui| {
                if ui.button("Duplicate").clicked() {
                    head.duplicated = true;
                }
                if ui.button("Remove").clicked() {
                    head.removed = true;
                }
                if ui.button("Copy as text").clicked() {
                    ui.ctx().copy_text(run.spec.to_string());
                }
                let keras = run.spec.optimizer.as_dyn().keras_spec();
                if let Some(Ok(keras)) = keras.map(str::parse::<AnyOptimizer>)
                    && ui
                        .button("Keras defaults")
                        .on_hover_text(format!("Use Keras defaults: {keras}"))
                        .clicked()
                {
                    run.spec.change(|optimizer| *optimizer = keras);
                }
            });
            menu.response.widget_info(|| {
                egui::WidgetInfo::labeled(egui::Role::Button, true, format!("menu of {name}"))
            });
        });
    });
    head
}
