//! The selected run in the left panel: settings of its optimizer, parameter groups, wrappers and schedules.

use crate::engine::declare::Value;
use crate::engine::scene::Run;
use crate::engine::schedule::{AnySchedule, ScheduleChain};
use crate::engine::training::{Group, RunSpec};
use crate::engine::wrapper::AnyWrapper;
use crate::export::help_page::Family;
use crate::gui::field::{FieldStyle, text_field};
use crate::gui::param_ui::{owned_settings_ui, settings_ui};
use crate::gui::reader::help_button;
use eframe::egui;

/// Shows the settings of a run that `wanted` accepts, its parameter groups and its wrappers, and edits them in place. Returns the reason why a value was refused.
/// `parameters` are the possible groups: the name of each in specs, and its name in the scene.
pub(crate) fn ui(
    ui: &mut egui::Ui,
    run: &mut Run,
    name: &str,
    parameters: &[[String; 2]],
    wanted: impl Fn(&str) -> bool,
) -> Option<String> {
    ui.horizontal(|ui| {
        help_button(ui, Family::Optimizers, run.spec.optimizer.name());
        let label = ui.label("name");
        let style = FieldStyle {
            hint: name,
            width: f32::INFINITY,
        };
        let typed = text_field(ui, "name", &run.name, &style, |text| {
            Ok::<_, String>(text.to_owned())
        });
        if let Some(name) = typed.taken {
            run.name = name;
        }
        typed
            .response
            .labelled_by(label.id)
            .on_hover_text("Name of the run; empty for the optimizer's name.");
    });
    let own = run
        .spec
        .change(|optimizer| settings_ui(ui, optimizer.settings_mut(), wanted));
    let own = groups_ui(ui, &mut run.spec, parameters).or(own);
    wrappers_ui(ui, &mut run.spec.wrappers).or(own)
}

/// Shows the schedules of a run in their sequence, and edits them in place. Returns the reason why a value was refused. `curve` shows the
/// learning rate over the steps.
pub(crate) fn schedules_ui(
    ui: &mut egui::Ui,
    spec: &mut RunSpec,
    curve: impl FnOnce(&mut egui::Ui, &RunSpec),
) -> Option<String> {
    let mut refused = None;
    let mut schedules = spec.schedule.schedules().to_vec();
    let (mut removed, mut curve) = (None, Some(curve));
    for (index, schedule) in schedules.iter_mut().enumerate() {
        ui.push_id(("schedule", index), |ui| {
            ui.horizontal(|ui| {
                schedule_choice_ui(ui, schedule, index);
                if index > 0
                    && ui
                        .button("Remove")
                        .on_hover_text("Remove this schedule.")
                        .clicked()
                {
                    removed = Some(index);
                }
            });
            if let Some(curve) = curve.take() {
                curve(ui, spec);
            }
            refused = settings_ui(ui, schedule.settings_mut(), |_| true).or(refused.take());
        });
    }
    if let Some(index) = removed {
        schedules.remove(index);
    }
    if ui
        .button("+ then")
        .on_hover_text("Add a schedule that follows the last one, which needs a length.")
        .clicked()
    {
        schedules.extend(AnySchedule::all().into_iter().next());
        let before = schedules.len() - 2;
        give_length(&mut schedules[before]);
    }
    match ScheduleChain::new(schedules) {
        Ok(chain) => spec.schedule = chain,
        Err(refusal) => refused = Some(refusal.to_string()),
    }
    refused
}

/// Shows the parameter groups with the settings in which they differ, and buttons that add and remove groups.
fn groups_ui(ui: &mut egui::Ui, spec: &mut RunSpec, parameters: &[[String; 2]]) -> Option<String> {
    let (mut refused, mut removed) = (None, None);
    let RunSpec {
        optimizer, groups, ..
    } = spec;
    for (
        index,
        Group {
            name,
            optimizer: own,
        },
    ) in groups.iter_mut().enumerate()
    {
        ui.push_id(("group", index), |ui| {
            let unfolded = ui.scope_id().with("all");
            let mut all = ui.data(|data| data.get_temp(unfolded).unwrap_or(false));
            ui.horizontal(|ui| {
                ui.label(format!("own settings for {name}"));
                ui.toggle_value(&mut all, "all").on_hover_text(
                    "Show all settings, also those that are equal for all parameters.",
                );
                if ui
                    .button("Remove")
                    .on_hover_text(format!("Remove the override for {name}."))
                    .clicked()
                {
                    removed = Some(index);
                }
            });
            ui.data_mut(|data| data.insert_temp(unfolded, all));
            let common = optimizer.settings();
            let mut differs: Vec<&str> = vec!["lr"];
            let params = common.params().iter().map(|param| param.name);
            differs.extend(params.filter(|name| own.settings().get(name) != common.get(name)));
            let wanted = |setting: &str| all || differs.contains(&setting);
            refused = owned_settings_ui(ui, name, own.settings_mut(), wanted).or(refused.take());
        });
    }
    if let Some(index) = removed {
        groups.remove(index);
    }
    let elementwise = optimizer.is_elementwise();
    let free = |name: &str| groups.iter().all(|group| group.name != name);
    let free: Vec<&[String; 2]> = { parameters.iter() }
        .filter(|[name, _]| free(name))
        .collect();
    if !elementwise || parameters.len() < 2 || free.is_empty() {
        return refused;
    }
    ui.horizontal_wrapped(|ui| {
        for [name, title] in free {
            let is = if title == name {
                String::new()
            } else {
                format!(", which is {title} here,")
            };
            let help = format!(
                "Give {name}{is} settings of its own, like PyTorch's parameter groups; it starts with a tenth of the learning rate."
            );
            let button = ui.button(format!("+ own settings for {name}"));
            if button.on_hover_text(help).clicked() {
                let mut own = optimizer.clone();
                let lr = own.as_dyn().lr() * 0.1;
                let refusal = own.settings_mut().set("lr", Value::Real(lr)).err();
                refused = refusal.map(|refusal| refusal.to_string()).or(refused.take());
                groups.push(Group {
                    name: name.clone(),
                    optimizer: own,
                });
            }
        }
    });
    refused
}

/// Shows the wrappers of a run's optimizer, and edits them in place.
fn wrappers_ui(ui: &mut egui::Ui, wrappers: &mut Vec<AnyWrapper>) -> Option<String> {
    let (mut refused, mut removed) = (None, None);
    for (index, wrapper) in wrappers.iter_mut().enumerate() {
        ui.push_id(("wrapper", index), |ui| {
            ui.horizontal(|ui| {
                let settings = wrapper.settings();
                ui.label(format!("+ {}", settings.title()))
                    .on_hover_text(settings.help());
                help_button(ui, Family::Wrappers, wrapper.name());
                if ui
                    .button("Remove")
                    .on_hover_text("Remove this wrapper.")
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
    let adding = ui.menu_button("+ Wrapper", |ui| {
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
        "Add a wrapper, which changes the gradients that the optimizer sees or the steps that it makes.",
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
    help_button(ui, Family::Schedules, schedule.name());
}

/// Gives a schedule without end a length, so that another can follow it.
fn give_length(schedule: &mut AnySchedule) {
    if schedule.as_dyn().length().is_none() {
        let setting = schedule.as_dyn().length_setting();
        // 100 is legal for every length.
        let _ = schedule.settings_mut().set(setting, Value::Count(100));
    }
}
