//! The optimizers of the left panel: colour, tick, settings and schedule of every run.

use super::scene::{Answer, heading};
use crate::engine::declare::Value;
use crate::engine::optimizer::{AnyOptimizer, Kind};
use crate::engine::run::RunSpec;
use crate::engine::scene::{MOST_RUNS, Run, Scene};
use crate::engine::schedule::{AnySchedule, Plan};
use crate::engine::wrapper::AnyWrapper;
use crate::figure::colour::Theme;
use crate::figure::{legend_line, look, shortened};
use crate::gui::icon::{Icon, icon_button};
use crate::gui::paint::{self, Textures};
use crate::gui::param_ui::settings_ui;
use eframe::egui;

/// What is done to the list after it was shown.
enum Change {
    Add(AnyOptimizer),
    Duplicate(usize),
    Remove(usize),
}

/// Shows the runs of a scene and changes them in place.
pub(crate) fn ui(
    ui: &mut egui::Ui,
    scene: &mut Scene,
    selected: &mut Option<usize>,
    theme: &Theme,
    textures: &mut Textures,
    answer: &mut Answer,
) {
    let mut change = None;
    ui.horizontal(|ui| {
        heading(ui, "OPTIMIZERS");
        let adding = ui.menu_button("+ Add", |ui| {
            for kind in Kind::ALL {
                ui.menu_button(kind.title(), |ui| {
                    let all = AnyOptimizer::all().into_iter();
                    for optimizer in all.filter(|any| any.as_dyn().notes().kind == kind) {
                        let (settings, notes) = (optimizer.settings(), optimizer.as_dyn().notes());
                        let help =
                            format!("{}\n\n{}\n{}", settings.help(), notes.helps, notes.fails);
                        if ui.button(settings.title()).on_hover_text(help).clicked() {
                            change = Some(Change::Add(optimizer));
                        }
                    }
                });
            }
        });
        adding
            .response
            .on_hover_text("Adds an optimizer. A copied run can be pasted with Ctrl+V.");
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
                let refused = ui
                    .indent("settings", |ui| run_ui(ui, run, &names[index]))
                    .inner;
                answer.refused = refused.or(answer.refused.take());
            }
        });
    }
    match change {
        Some(Change::Add(optimizer)) if scene.runs.len() < MOST_RUNS => {
            scene.add_run(RunSpec::new(optimizer));
            *selected = Some(scene.runs.len() - 1);
        }
        Some(Change::Duplicate(index)) if scene.runs.len() < MOST_RUNS => {
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

#[derive(Default)]
struct Head {
    toggled: bool,
    duplicated: bool,
    removed: bool,
}

/// A run's line: its look, its tick, its name, and what can be done to it.
fn head_ui(
    ui: &mut egui::Ui,
    run: &mut Run,
    name: &str,
    open: bool,
    theme: &Theme,
    textures: &mut Textures,
) -> Head {
    let mut head = Head::default();
    ui.horizontal(|ui| {
        let (rect, _) = ui.allocate_exact_size(egui::vec2(32.0, 18.0), egui::Sense::hover());
        let line = legend_line([rect.min.x + 1.0, rect.center().y], look(run.colour), theme);
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
                let keras = run.spec.optimizer.as_dyn().keras();
                if let Some(Ok(keras)) = keras.map(str::parse::<AnyOptimizer>)
                    && ui
                        .button("Keras's defaults")
                        .on_hover_text(format!("Takes {keras}, as Keras has it."))
                        .clicked()
                {
                    run.spec.optimizer = keras;
                }
            });
            menu.response.widget_info(|| {
                egui::WidgetInfo::labeled(egui::Role::Button, true, format!("menu of {name}"))
            });
        });
    });
    head
}

/// A run's settings and schedule.
fn run_ui(ui: &mut egui::Ui, run: &mut Run, name: &str) -> Option<String> {
    ui.horizontal(|ui| {
        let label = ui.label("name");
        let field = egui::TextEdit::singleline(&mut run.name)
            .hint_text(name)
            .desired_width(f32::INFINITY);
        ui.add(field)
            .labelled_by(label.id)
            .on_hover_text("What the run is called; empty takes the optimizer's name.");
    });
    let mut refused = settings_ui(ui, run.spec.optimizer.settings_mut(), |_| true);
    refused = wrappers_ui(ui, &mut run.spec.wrappers).or(refused);
    let mut schedules = run.spec.plan.schedules().to_vec();
    let mut removed = None;
    for (index, schedule) in schedules.iter_mut().enumerate() {
        ui.push_id(("schedule", index), |ui| {
            ui.horizontal(|ui| {
                schedule_choice_ui(ui, schedule, index);
                if index > 0
                    && ui
                        .button("Remove")
                        .on_hover_text("Takes this schedule out of the sequence.")
                        .clicked()
                {
                    removed = Some(index);
                }
            });
            refused = settings_ui(ui, schedule.settings_mut(), |_| true).or(refused.take());
        });
    }
    if let Some(index) = removed {
        schedules.remove(index);
    }
    if ui
        .button("+ then")
        .on_hover_text("Lets another schedule follow. The one before needs a length.")
        .clicked()
    {
        schedules.extend(AnySchedule::all().into_iter().next());
        let before = schedules.len() - 2;
        give_length(&mut schedules[before]);
    }
    match Plan::new(schedules) {
        Ok(plan) => run.spec.plan = plan,
        Err(refusal) => refused = Some(refusal.to_string()),
    }
    refused
}

/// What goes around a run's optimizer.
fn wrappers_ui(ui: &mut egui::Ui, wrappers: &mut Vec<AnyWrapper>) -> Option<String> {
    let (mut refused, mut removed) = (None, None);
    for (index, wrapper) in wrappers.iter_mut().enumerate() {
        ui.push_id(("wrapper", index), |ui| {
            ui.horizontal(|ui| {
                let settings = wrapper.settings();
                ui.label(format!("+ {}", settings.title()))
                    .on_hover_text(settings.help());
                if ui
                    .button("Remove")
                    .on_hover_text("Takes this away from around the optimizer.")
                    .clicked()
                {
                    removed = Some(index);
                }
            });
            refused = settings_ui(ui, wrapper.settings_mut(), |_| true).or(refused.take());
        });
    }
    if let Some(index) = removed {
        wrappers.remove(index);
    }
    let adding = ui.menu_button("+ around", |ui| {
        for wrapper in AnyWrapper::all() {
            let settings = wrapper.settings();
            if ui
                .button(settings.title())
                .on_hover_text(settings.help())
                .clicked()
            {
                wrappers.push(wrapper);
            }
        }
    });
    adding.response.on_hover_text(
        "Puts something around the optimizer that changes the gradients it sees or the steps it makes.",
    );
    refused
}

fn schedule_choice_ui(ui: &mut egui::Ui, schedule: &mut AnySchedule, index: usize) {
    let label = ui.label(if index == 0 { "schedule" } else { "then" });
    let combo = egui::ComboBox::from_id_salt("choice").selected_text(schedule.settings().title());
    let response = combo.show_ui(ui, |ui| {
        for other in AnySchedule::all() {
            let settings = other.settings();
            let same = other.name() == schedule.name();
            if ui
                .selectable_label(same, settings.title())
                .on_hover_text(settings.help())
                .clicked()
                && !same
            {
                *schedule = other.clone();
            }
        }
    });
    response
        .response
        .labelled_by(label.id)
        .on_hover_text(schedule.settings().help());
}

/// Gives a schedule that goes on for ever a length, so that another can follow it.
fn give_length(schedule: &mut AnySchedule) {
    if schedule.as_dyn().length().is_none() {
        let setting = schedule.as_dyn().length_setting();
        // 100 is legal for every length.
        let _ = schedule.settings_mut().set(setting, Value::Count(100));
    }
}
