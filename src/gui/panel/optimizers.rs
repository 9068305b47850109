//! The list of optimizers in the left panel: colour, tick and menu of every run.

use super::add_optimizer::AddOptimizer;
use super::loss::Loss;
use super::run;
use super::scene::{PanelContext, PanelResponse, heading_text};
use super::schedule::LrCurve;
use crate::engine::analysis::sweep::lr_limit;
use crate::engine::optimizer::AnyOptimizer;
use crate::engine::results::RunResult;
use crate::engine::scene::{MAX_RUNS, Run, Scene, ScenePart};
use crate::engine::training::{Outcome, RunSpec};
use crate::export::help_page::Family;
use crate::figure::colour::Theme;
use crate::figure::{legend_line, style_index};
use crate::gui::command::Command;
use crate::gui::icon::{Icon, icon_button, icon_entry};
use crate::gui::paint::{self, Textures};
use crate::gui::param_ui::{SettingStyle, styled_settings_ui};
use crate::gui::reader::{self, Place, Topic};
use crate::gui::scale::{SECONDARY, SPACE};
use eframe::egui;

/// Largest number of runs whose main settings are all shown.
const MAX_OPEN_CARDS: usize = 6;

/// Change of the list, made after it was shown.
pub(super) enum Change {
    Add(AnyOptimizer),
    Duplicate(usize),
    Remove(usize),
}

/// Whether a setting is a main one, which a card always shows.
fn is_main(setting: &str) -> bool {
    matches!(setting, "lr" | "momentum" | "beta1" | "beta2")
}

/// Shows the heading of the list with its button; returns the optimizer that is added.
pub(super) fn heading_ui(
    ui: &mut egui::Ui,
    context: &PanelContext,
    adding: &mut AddOptimizer,
) -> Option<Change> {
    let row = ui.horizontal(|ui| {
        ui.label(heading_text("OPTIMIZERS"));
        adding.ui(ui, context)
    });
    row.inner.map(Change::Add)
}

/// Shows a card for each run of a scene and edits them in place; with `from`, edits act from that step on. Makes `change` of the list, or
/// one that a card asks for.
pub(super) fn ui(
    ui: &mut egui::Ui,
    scene: &mut Scene,
    selected: &mut Option<usize>,
    (context, from, mut change): (&PanelContext, Option<u64>, Option<Change>),
    curve: &mut LrCurve,
    textures: &mut Textures,
    answer: &mut PanelResponse,
) {
    let (groups, steps) = (scene.groups(), scene.training.steps);
    if scene.runs.is_empty() {
        ui.label("No optimizer yet. Add one to see it run.");
    }
    let names = scene.run_names();
    let is_network = scene.is_network();
    let settings = scene.run_settings();
    let collapse = scene.runs.len() > MAX_OPEN_CARDS;
    let added_id = egui::Id::unique("added run");
    let added: Option<usize> = ui.data_mut(|data| data.remove_temp(added_id));
    for (index, run) in scene.runs.iter_mut().enumerate() {
        let open = *selected == Some(index);
        let (name, record) = (names[index].as_str(), context.record_of(index, run));
        let fill = if context.hovered == Some(index) {
            ui.visuals().selection.bg_fill.gamma_multiply(0.4)
        } else {
            ui.visuals().faint_bg_color
        };
        let card = egui::Frame::NONE
            .fill(fill)
            .inner_margin(egui::vec2(SPACE[0], 2.0));
        let shown = card.show(ui, |ui| {
            ui.push_id(index, |ui| {
                // A network's unticked runs halt, at a step that is not the timeline's.
                let current = record.filter(|_| run.shown || !is_network);
                let of = (
                    name,
                    current.and_then(|record| Loss::of(record, index, context)),
                );
                let head = head_ui(ui, run, of, open, context.theme, textures);
                if head.toggled {
                    *selected = if open { None } else { Some(index) };
                }
                if head.duplicated {
                    change = Some(Change::Duplicate(index));
                } else if head.removed {
                    change = Some(Change::Remove(index));
                }
                context.refusal.ui(ui, ScenePart::Run(index), None);
                let copy = Command::CopyRun(index);
                answer.commands.extend(head.copied.then_some(copy));
                let ended = current.and_then(|record| outcome_text(record, context, open));
                if collapse && !open {
                    let why = outcome_ui(ui, ended.as_deref(), (name, index));
                    answer.commands.extend(why);
                    return;
                }
                if open {
                    spec_changes_ui(ui, run, from);
                }
                let before = run.spec_at(from.unwrap_or(0)).clone();
                let whole = std::mem::replace(&mut run.spec, before.clone());
                let limit = record.and_then(|record| record.curvature.first());
                let limit = limit.and_then(|[_, high]| lr_limit(&before, *high, &settings));
                // The settings of an open card have plain names, for they are in one list with the others.
                let style = SettingStyle {
                    of: (!open).then_some(name),
                    name_width: MAIN_NAME_WIDTH,
                    lr_limit: limit,
                    ..SettingStyle::default()
                };
                let mut refused = run.spec.change(|optimizer| {
                    styled_settings_ui(ui, &style, optimizer.settings_mut(), is_main)
                });
                // Below the sliders, which stay in their place while one of them is dragged.
                let why = outcome_ui(ui, ended.as_deref(), (name, index));
                answer.commands.extend(why);
                if open {
                    let rest = |setting: &str| !is_main(setting);
                    refused = run::ui(ui, run, name, &groups, rest).or(refused);
                    let mut asked = None;
                    let show = |ui: &mut egui::Ui, spec: &RunSpec| {
                        let (of, style) = ((spec, record, steps), style_index(run.colour));
                        asked = curve.ui(ui, of, (style, name), context, textures);
                    };
                    refused = run::schedules_ui(ui, &mut run.spec, show).or(refused);
                    answer.commands.extend(asked);
                }
                let now = std::mem::replace(&mut run.spec, whole);
                if now != before {
                    match from {
                        Some(step) => run.change_spec_at(step, now),
                        None => run.spec = now,
                    }
                }
                answer.refused = refused.or(answer.refused.take());
            });
        });
        if shown.response.contains_pointer() {
            answer.hovered = Some(index);
        }
        if added == Some(index) {
            shown.response.scroll_to_me(None);
        }
    }
    let added = change.and_then(|change| make_change(scene, selected, change));
    if let Some(index) = added {
        *selected = Some(index);
        ui.data_mut(|data| data.insert_temp(added_id, index));
    }
}

/// Makes a change of the list; returns the index of an added run.
fn make_change(scene: &mut Scene, selected: &mut Option<usize>, change: Change) -> Option<usize> {
    match change {
        Change::Add(optimizer) if scene.runs.len() < MAX_RUNS => {
            scene.add_run(RunSpec::new(optimizer));
            Some(scene.runs.len() - 1)
        }
        Change::Duplicate(index) if scene.runs.len() < MAX_RUNS => {
            scene.add_run(scene.runs[index].spec.clone());
            // The copy appears below its source.
            scene.runs[index + 1..].rotate_right(1);
            Some(index + 1)
        }
        Change::Remove(index) => {
            scene.runs.remove(index);
            *selected = None;
            None
        }
        Change::Add(_) | Change::Duplicate(_) => None,
    }
}

/// Returns how a run ended, if the timeline has reached its end: of an open card always, of others where it diverged or stopped.
fn outcome_text(record: &RunResult, context: &PanelContext, open: bool) -> Option<String> {
    let trajectory = &record.trajectory;
    let runs = context.runs?;
    let last = trajectory.len().saturating_sub(1);
    let failed = matches!(
        trajectory.outcome,
        Outcome::Diverged(..) | Outcome::Stopped(..)
    );
    let text = match trajectory.outcome {
        Outcome::Finished => format!("finished, {} steps", runs.step(last)),
        Outcome::Converged(step) | Outcome::Diverged(step, _) | Outcome::Stopped(step, _) => {
            format!("{} at step {step}", trajectory.outcome.name())
        }
    };
    (runs.row(context.step) >= last && (open || failed)).then_some(text)
}

/// Shows how a run ended, with a button that explains it; returns its command once it is clicked.
fn outcome_ui(
    ui: &mut egui::Ui,
    text: Option<&str>,
    (name, index): (&str, usize),
) -> Option<Command> {
    let text = text?;
    let row = ui.horizontal(|ui| {
        ui.label(egui::RichText::new(text).size(SECONDARY));
        let button = ui.small_button("Why?");
        button.widget_info(|| {
            egui::WidgetInfo::labeled(egui::Role::Button, true, format!("Why: {name}"))
        });
        button.on_hover_text("Explains why the run ended like this, and what to try.")
    });
    row.inner.clicked().then_some(Command::Why(Some(index)))
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
#[expect(clippy::struct_excessive_bools, reason = "one for each button")]
struct HeadResponse {
    toggled: bool,
    duplicated: bool,
    removed: bool,
    copied: bool,
}

/// Width of the loss in the head of a run, in points.
const LOSS_WIDTH: f32 = 60.0;

/// Width of the names of main settings, in points.
const MAIN_NAME_WIDTH: f32 = 76.0;

/// Shows the head of a run: its line, its tick with its name, its loss, and its menu.
fn head_ui(
    ui: &mut egui::Ui,
    run: &mut Run,
    (name, loss): (&str, Option<Loss>),
    open: bool,
    theme: &Theme,
    textures: &mut Textures,
) -> HeadResponse {
    let mut head = HeadResponse::default();
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = SPACE[0];
        let height = ui.spacing().interact_size.y;
        let (rect, _) = ui.allocate_exact_size(egui::vec2(28.0, height), egui::Sense::hover());
        let line = legend_line(
            [rect.min.x + 1.0, rect.center().y],
            style_index(run.colour),
            theme,
        );
        paint::paint(ui.painter(), line, textures);
        // The loss and two buttons stay in their place, however long the name is.
        let rest = LOSS_WIDTH + 2.0 * 28.0 + 3.0 * SPACE[0];
        let size = egui::vec2((ui.available_width() - rest).max(40.0), height);
        let layout = egui::Layout::left_to_right(egui::Align::Center);
        ui.allocate_ui_with_layout(size, layout, |ui| {
            ui.set_min_width(size.x);
            ui.style_mut().wrap_mode = Some(egui::TextWrapMode::Truncate);
            let tick = ui.checkbox(&mut run.shown, "");
            tick.widget_info(|| {
                egui::WidgetInfo::selected(egui::Role::CheckBox, true, run.shown, name)
            });
            tick.on_hover_text(format!("Shows or hides {name}."));
            // Names of runs with equal optimizers differ at their ends.
            let font = egui::TextStyle::Body.resolve(ui.style());
            let ink = ui.visuals().text_color();
            let whole = { ui.painter() }.layout_no_wrap(name.to_owned(), font, ink);
            let title = egui::RichText::new(name);
            let title = if whole.size().x > ui.available_width() {
                title.size(SECONDARY)
            } else {
                title
            };
            let title = egui::Label::new(title)
                .truncate()
                .sense(egui::Sense::click());
            let title = ui.add(title);
            title.widget_info(|| {
                egui::WidgetInfo::labeled(egui::Role::Button, true, format!("Select {name}"))
            });
            let help = format!("{name}: {}", run.spec);
            head.toggled = title.on_hover_text(help).clicked();
        });
        let size = egui::vec2(LOSS_WIDTH, height);
        let layout = egui::Layout::right_to_left(egui::Align::Center);
        ui.allocate_ui_with_layout(size, layout, |ui| {
            ui.set_min_width(size.x);
            if let Some(loss) = loss {
                let text = egui::RichText::new(loss.text).size(SECONDARY);
                let colour = ui.visuals().error_fg_color;
                let text = if loss.diverged {
                    text.color(colour)
                } else {
                    text
                };
                ui.label(text).on_hover_text(loss.help);
            }
        });
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            let icon = if open { Icon::Open } else { Icon::Closed };
            let fold = icon_button(ui, icon, &format!("settings of {name}"), "");
            head.toggled |= fold.clicked();
            let menu = ui.menu_button("⋯", |ui| {
                if icon_entry(ui, Icon::Duplicate, "Duplicate").clicked() {
                    head.duplicated = true;
                }
                if icon_entry(ui, Icon::Delete, "Remove").clicked() {
                    head.removed = true;
                }
                head.copied = icon_entry(ui, Icon::Copy, "Copy as text").clicked();
                if ui.button("Help page").clicked() {
                    let topic = Topic::Page(Family::Optimizers, run.spec.optimizer.name());
                    reader::ask(ui.ctx(), Place::Topic(topic));
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
