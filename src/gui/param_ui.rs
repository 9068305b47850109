//! Rows of declared settings: a name, and a slider, a tick, a choice or a field for each.

mod control;

use crate::engine::declare::{Kind, Param, Settings, Value};
use crate::engine::scene::ScenePart;
use crate::figure::shortened;
use crate::gui::field::{discard, draft_text, refusal_ui};
use crate::gui::reader::with_glossary;
use crate::gui::refusal::RefusalSlot;
use crate::gui::switch::none_ui;
use crate::teaching::glossary::Term;
use control::control_ui;
use eframe::egui;
use std::cell::RefCell;

/// Width of the names of settings, in points.
const NAME_WIDTH: f32 = 100.0;

/// Greatest length of a value on a button that offers it, in characters.
const MAX_OFFER: usize = 24;

/// Check of a setting's value in addition to its declaration: returns the reason of a refusal.
pub(crate) type Check<'a> = &'a dyn Fn(&str, &Value) -> Result<(), String>;

/// Style of the rows of settings.
#[derive(Clone, Copy)]
pub(crate) struct SettingStyle<'a> {
    /// Name of the settings' owner before each name; none if empty.
    pub owner: &'a str,
    /// The run that the settings belong to, for the names that screen readers and tests see.
    pub of: Option<&'a str>,
    /// Width of the names, in points.
    pub name_width: f32,
    /// The learning rate above which the run is unstable: that part of its slider is red.
    pub lr_limit: Option<f64>,
    /// Takes the sentence of a typed text that is refused.
    pub refused: Option<&'a RefCell<Option<String>>>,
    /// The refusal of the scene, and the part of the scene that the settings are.
    pub refusal: Option<(&'a RefusalSlot<'a>, ScenePart)>,
}

impl Default for SettingStyle<'_> {
    fn default() -> Self {
        Self {
            owner: "",
            of: None,
            name_width: NAME_WIDTH,
            lr_limit: None,
            refused: None,
            refusal: None,
        }
    }
}

impl SettingStyle<'_> {
    /// Shows the refusal of the scene if a setting caused it.
    fn scene_refusal_ui(&self, ui: &mut egui::Ui, setting: &str) {
        if let Some((slot, part)) = self.refusal {
            slot.ui(ui, part, Some(setting));
        }
    }
}

/// Accepts every value.
#[expect(clippy::unnecessary_wraps, reason = "has the type of a check")]
fn unchecked(_: &str, _: &Value) -> Result<(), String> {
    Ok(())
}

/// Shows the settings whose names `wanted` accepts, and edits them in place. Returns the reason why a value was refused.
pub(crate) fn settings_ui(
    ui: &mut egui::Ui,
    settings: &mut dyn Settings,
    wanted: impl Fn(&str) -> bool,
) -> Option<String> {
    styled_settings_ui(ui, &SettingStyle::default(), settings, wanted)
}

/// Shows settings as [`settings_ui`], with the name of their owner before each name.
pub(crate) fn owned_settings_ui(
    ui: &mut egui::Ui,
    owner: &str,
    settings: &mut dyn Settings,
    wanted: impl Fn(&str) -> bool,
) -> Option<String> {
    let style = SettingStyle {
        owner,
        ..SettingStyle::default()
    };
    styled_settings_ui(ui, &style, settings, wanted)
}

/// Shows settings as [`settings_ui`], in a style.
pub(crate) fn styled_settings_ui(
    ui: &mut egui::Ui,
    style: &SettingStyle,
    settings: &mut dyn Settings,
    wanted: impl Fn(&str) -> bool,
) -> Option<String> {
    checked_settings_ui(ui, style, settings, wanted, &unchecked)
}

/// Shows settings as [`settings_ui`]; typed texts have to pass a check too.
pub(crate) fn checked_settings_ui(
    ui: &mut egui::Ui,
    style: &SettingStyle,
    settings: &mut dyn Settings,
    wanted: impl Fn(&str) -> bool,
    check: Check,
) -> Option<String> {
    let mut refused = None;
    for (index, param) in settings.params().iter().enumerate() {
        if !wanted(param.name) {
            continue;
        }
        let before = settings.value(index);
        let default = settings.default_value(index);
        let mut row = row_ui(ui, style, param, (&before, &default), check);
        row.refusal_ui(ui, param, &before);
        if let (Some(sink), Some(sentence)) = (style.refused, &row.refused) {
            *sink.borrow_mut() = Some(sentence.clone());
        }
        style.scene_refusal_ui(ui, param.name);
        if let Some(value) = row.taken
            && let Err(refusal) = settings.set(param.name, value)
        {
            refused = Some(refusal.to_string());
        }
    }
    refused
}

/// Shows the setting of a file's path with a button that browses for it. Returns the reason why a value was refused, and whether the
/// button was clicked.
pub(crate) fn file_ui(
    ui: &mut egui::Ui,
    style: &SettingStyle,
    settings: &mut dyn Settings,
    name: &str,
) -> (Option<String>, bool) {
    let Ok(index) = settings.index(name) else {
        return (None, false);
    };
    let param = &settings.params()[index];
    let value = settings.value(index);
    let default = settings.default_value(index);
    let shown = ui.horizontal(|ui| {
        let layout = egui::Layout::right_to_left(egui::Align::Center);
        ui.with_layout(layout, |ui| {
            let browse = ui
                .button("Browse…")
                .on_hover_text("Choose the file in a dialog.")
                .clicked();
            let layout = egui::Layout::left_to_right(egui::Align::Center);
            let row = |ui: &mut egui::Ui| row_ui(ui, style, param, (&value, &default), &unchecked);
            (ui.with_layout(layout, row).inner, browse)
        })
        .inner
    });
    let (row, browse) = shown.inner;
    refusal_ui(ui, row.refused.as_deref());
    style.scene_refusal_ui(ui, name);
    let refused = { row.taken }.and_then(|value| settings.set(name, value).err());
    (refused.map(|refusal| refusal.to_string()), browse)
}

/// Outcome of a setting's row: the new value, and the reason why a typed text is refused.
#[derive(Default)]
struct SettingResponse {
    taken: Option<Value>,
    refused: Option<String>,
    /// Id of the typed text.
    draft: Option<egui::Id>,
    rail: Option<egui::Rect>,
}

impl SettingResponse {
    /// Shows the reason why a typed text is refused, with buttons that mend it or restore the last legal `value`.
    fn refusal_ui(&mut self, ui: &mut egui::Ui, param: &Param, value: &Value) {
        refusal_ui(ui, self.refused.as_deref());
        let Some(draft) = self.draft.filter(|_| self.refused.is_some()) else {
            return;
        };
        let mended = mended(param, &draft_text(ui, draft).unwrap_or_default());
        let last = (value.clone(), "Restores the last legal value.");
        let mended = mended
            .into_iter()
            .map(|value| (value, "Adds the unit to the typed number."));
        ui.horizontal_wrapped(|ui| {
            for (offer, help) in mended.chain([last]) {
                let text = param.text(&offer);
                if text.is_empty() {
                    continue;
                }
                let button = ui.button(format!("Use {}", shortened(&text, MAX_OFFER)));
                if button.on_hover_text(format!("{help}\n{text}")).clicked() {
                    discard(ui, draft);
                    self.taken = (offer != *value).then_some(offer);
                    self.refused = None;
                }
            }
        });
    }
}

/// Returns what a refused text may mean: a length without unit is one on paper or in pixels.
fn mended(param: &Param, text: &str) -> Vec<Value> {
    let Ok(number) = text.trim().parse::<f64>() else {
        return Vec::new();
    };
    if !matches!(param.kind, Kind::Length) {
        return Vec::new();
    }
    let on_paper = if number < 20.0 { "in" } else { "mm" };
    let units = [on_paper, "px"].into_iter();
    units
        .filter_map(|unit| param.parse(&format!("{number}{unit}")).ok())
        .collect()
}

/// Shows the row of one setting: its name and its control.
fn row_ui(
    ui: &mut egui::Ui,
    style: &SettingStyle,
    param: &Param,
    (value, default): (&Value, &Value),
    check: Check,
) -> SettingResponse {
    let help = tooltip(param, default);
    let label = format!("{} {}", style.owner, param.name);
    let label = label.trim_start();
    let mut row = SettingResponse::default();
    let value_ui = |ui: &mut egui::Ui, name: &egui::Response, row: &mut SettingResponse| {
        let typed = control_ui(ui, style, param, value, check);
        row.taken = typed.taken.or(row.taken.take());
        (row.refused, row.draft) = (typed.refused, Some(typed.draft));
        row.rail = typed.rail;
        typed.response.labelled_by(name.id).on_hover_text(&help)
    };
    let head = ui.horizontal(|ui| {
        let name = sized_name_ui(ui, label, style.name_width).on_hover_text(&help);
        let name = with_glossary(name, Term::find_name(param.name));
        if let Some(run) = style.of {
            name.widget_info(|| {
                let name = format!("{} of {run}", param.name);
                egui::WidgetInfo::labeled(egui::Role::Label, true, name)
            });
        }
        let Some(word) = param.none else {
            let control = value_ui(ui, &name, &mut row);
            return (name, Some(control));
        };
        row.taken = none_ui(ui, label, (param, word), value, default);
        (name, None)
    });
    let (name, mut control) = head.inner;
    if param.none.is_some() && *value != Value::None {
        // The value of its own has a row of its own, below the switch.
        let below = ui.horizontal(|ui| {
            ui.add_space(style.name_width + ui.spacing().item_spacing.x);
            value_ui(ui, &name, &mut row)
        });
        control = Some(below.inner);
    }
    let wants_default = |response: &egui::Response| {
        let button = egui::PointerButton::Primary;
        response.contains_pointer() && ui.input(|input| input.pointer.button_double_clicked(button))
    };
    // A double click on the number selects its text.
    let pointer = ui.input(|input| input.pointer.interact_pos());
    let is_on_rail = |rail: egui::Rect| {
        let rail = rail.expand2(egui::vec2(rail.height() / 2.5, 0.0));
        pointer.is_some_and(|pointer| rail.contains(pointer))
    };
    let slider = row.rail.is_some_and(is_on_rail);
    if wants_default(&name) || slider && control.as_ref().is_some_and(wants_default) {
        row.taken = Some(default.clone());
    }
    row
}

/// Shows a name of fixed width in front of a control.
pub(crate) fn name_ui(ui: &mut egui::Ui, name: &str) -> egui::Response {
    sized_name_ui(ui, name, NAME_WIDTH)
}

fn sized_name_ui(ui: &mut egui::Ui, name: &str, width: f32) -> egui::Response {
    let size = egui::vec2(width, ui.spacing().interact_size.y);
    let layout = egui::Layout::left_to_right(egui::Align::Center);
    let label = |ui: &mut egui::Ui| {
        ui.set_min_size(size);
        ui.add(
            egui::Label::new(name)
                .truncate()
                .selectable(false)
                .sense(egui::Sense::click()),
        )
    };
    ui.allocate_ui_with_layout(size, layout, label).inner
}

fn tooltip(param: &Param, default: &Value) -> String {
    let gestures = if param.slider.is_some() {
        "Double-click the name or the slider to reset it; drag with Shift to move it finely."
    } else {
        "Double-click the name to reset it."
    };
    format!(
        "{}\n{}: {}. Default {}. {gestures}",
        param.help,
        param.name,
        param.expected(),
        param.text(default),
    )
}
