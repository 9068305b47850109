//! Controls made from declarations: a slider, a tick, a choice or a field for every setting.

use crate::engine::declare::{Kind, Param, Scale, Settings, Value};
use crate::engine::spec;
use eframe::egui;

/// Width of the names beside the controls.
const NAME_WIDTH: f32 = 108.0;

/// Room for the number beside a slider: the longest that is shown, and a unit.
const NUMBER_WIDTH: f32 = 84.0;

/// Shows the settings that `wanted` lets through, and changes them in place. A value that is not legal is not taken;
/// the answer is the sentence that says why.
pub(crate) fn settings_ui(
    ui: &mut egui::Ui,
    settings: &mut dyn Settings,
    wanted: impl Fn(&str) -> bool,
) -> Option<String> {
    owned_settings_ui(ui, "", settings, wanted)
}

/// The same, with the name of whom the settings are of before each of theirs.
pub(crate) fn owned_settings_ui(
    ui: &mut egui::Ui,
    owner: &str,
    settings: &mut dyn Settings,
    wanted: impl Fn(&str) -> bool,
) -> Option<String> {
    let mut refused = None;
    for (index, param) in settings.params().iter().enumerate() {
        if !wanted(param.name) {
            continue;
        }
        let before = settings.value(index);
        let default = settings.default_value(index);
        if let Some(value) = row_ui(ui, owner, param, &before, &default)
            && let Err(refusal) = settings.set(param.name, value)
        {
            refused = Some(refusal.to_string());
        }
    }
    refused
}

/// Shows the setting that names a file, with a button beside its field. Answers why a value was not taken, and whether
/// the button was clicked.
pub(crate) fn file_ui(
    ui: &mut egui::Ui,
    settings: &mut dyn Settings,
    name: &str,
) -> (Option<String>, bool) {
    let Ok(index) = settings.index(name) else {
        return (None, false);
    };
    let param = &settings.params()[index];
    let value = settings.value(index);
    let default = settings.default_value(index);
    let row = ui.horizontal(|ui| {
        let layout = egui::Layout::right_to_left(egui::Align::Center);
        ui.with_layout(layout, |ui| {
            let browse = ui
                .button("Browse…")
                .on_hover_text("The desktop's own dialog, where there is one.")
                .clicked();
            let layout = egui::Layout::left_to_right(egui::Align::Center);
            let changed = ui.with_layout(layout, |ui| row_ui(ui, "", param, &value, &default));
            (changed.inner, browse)
        })
        .inner
    });
    let (changed, browse) = row.inner;
    let refused = changed.and_then(|value| settings.set(name, value).err());
    (refused.map(|refusal| refusal.to_string()), browse)
}

/// One setting: its name and its control. Answers with the value that it was changed to.
fn row_ui(
    ui: &mut egui::Ui,
    owner: &str,
    param: &Param,
    value: &Value,
    default: &Value,
) -> Option<Value> {
    let row = ui.horizontal(|ui| {
        let help = tooltip(param, default);
        let label = format!("{owner} {}", param.name);
        let name = name_ui(ui, label.trim_start()).on_hover_text(&help);
        let mut changed = param
            .none
            .and_then(|word| none_ui(ui, label.trim_start(), param, word, value, default));
        let response = match value {
            Value::None => None,
            value => {
                let (response, new) = control_ui(ui, param, value);
                changed = new.or(changed);
                Some(response.labelled_by(name.id).on_hover_text(&help))
            }
        };
        let wants_default = |response: &egui::Response| {
            response.contains_pointer()
                && ui.input(|input| {
                    input
                        .pointer
                        .button_double_clicked(egui::PointerButton::Primary)
                })
        };
        let slider = matches!(value, Value::Real(_) | Value::Count(_));
        let reset = wants_default(&name) || slider && response.as_ref().is_some_and(wants_default);
        if reset {
            Some(default.clone())
        } else {
            changed
        }
    });
    row.inner
}

/// A name in front of a control, always as wide.
pub(crate) fn name_ui(ui: &mut egui::Ui, name: &str) -> egui::Response {
    let size = egui::vec2(NAME_WIDTH, ui.spacing().interact_size.y);
    let layout = egui::Layout::left_to_right(egui::Align::Center);
    let label = |ui: &mut egui::Ui| {
        ui.set_min_size(size);
        ui.add(
            egui::Label::new(name)
                .truncate()
                .sense(egui::Sense::click()),
        )
    };
    ui.allocate_ui_with_layout(size, layout, label).inner
}

/// The tick that gives an optional setting a value or takes it away.
fn none_ui(
    ui: &mut egui::Ui,
    name: &str,
    param: &Param,
    word: &str,
    value: &Value,
    default: &Value,
) -> Option<Value> {
    let mut given = *value != Value::None;
    let text = if given { "" } else { word };
    let tick = ui.checkbox(&mut given, text);
    tick.widget_info(|| {
        let label = format!("set {name}");
        egui::WidgetInfo::selected(egui::Role::CheckBox, true, given, label)
    });
    let tick = tick.on_hover_text(format!("Off is `{word}`."));
    tick.changed().then(|| match (given, default) {
        (false, _) => Value::None,
        (true, Value::None) => first_value(param),
        (true, default) => default.clone(),
    })
}

/// What an optional setting becomes when it is ticked: the middle of its slider.
fn first_value(param: &Param) -> Value {
    let middle = param.slider.map_or(1.0, |slider| match slider.scale {
        Scale::linear => f64::midpoint(slider.low, slider.high),
        Scale::log => (slider.low * slider.high).sqrt(),
    });
    match param.kind {
        Kind::Real => Value::Real(spec::real(middle).parse().unwrap_or(middle)),
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a slider's middle"
        )]
        Kind::Count => Value::Count(middle.round() as u64),
        Kind::Flag => Value::Flag(true),
        Kind::Choice(names) => Value::Choice(names.first().copied().unwrap_or_default()),
        Kind::List => Value::List(Vec::new()),
        Kind::Counts => Value::Counts(Vec::new()),
        Kind::Text => Value::Text(String::new()),
    }
}

/// The control of a value, and the new value if it was changed.
fn control_ui(ui: &mut egui::Ui, param: &Param, value: &Value) -> (egui::Response, Option<Value>) {
    match value.clone() {
        Value::Real(mut real) => {
            let response = number_ui(ui, param, &mut real, false);
            // A slider stands between pixels; what is typed stays as it is.
            let real = if response.dragged() {
                rounded(real)
            } else {
                real
            };
            let changed = response.changed().then_some(Value::Real(real));
            (response, changed)
        }
        Value::Count(count) => {
            #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
            let mut real = count as f64;
            let response = number_ui(ui, param, &mut real, true);
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "rounded and not negative"
            )]
            let changed = response
                .changed()
                .then(|| Value::Count(real.round().max(0.0) as u64));
            (response, changed)
        }
        Value::Flag(mut flag) => {
            let response = ui.checkbox(&mut flag, "");
            let changed = response.changed().then_some(Value::Flag(flag));
            (response, changed)
        }
        Value::Choice(mut choice) => {
            let names = if let Kind::Choice(names) = param.kind {
                names
            } else {
                &[]
            };
            let combo = egui::ComboBox::from_id_salt(param.name).selected_text(choice);
            let response = combo.show_ui(ui, |ui| {
                for name in names {
                    ui.selectable_value(&mut choice, *name, *name);
                }
            });
            let changed = Value::Choice(choice) != *value;
            (response.response, changed.then_some(Value::Choice(choice)))
        }
        Value::List(_) | Value::Counts(_) | Value::Text(_) | Value::None => {
            let mut text = param.text(value);
            let response =
                ui.add(egui::TextEdit::singleline(&mut text).desired_width(f32::INFINITY));
            let changed = response
                .changed()
                .then(|| param.parse(&text).ok())
                .flatten();
            (response, changed)
        }
    }
}

/// A slider with its number, or a number alone where no slider is declared.
fn number_ui(ui: &mut egui::Ui, param: &Param, value: &mut f64, whole: bool) -> egui::Response {
    let [legal_low, legal_high] = param.legal.ends();
    let suffix = param.unit;
    let Some(slider) = param.slider else {
        let drag = egui::DragValue::new(value)
            .range(legal_low..=legal_high)
            .suffix(suffix);
        let drag = if whole {
            drag.speed(0.1).max_decimals(0)
        } else {
            drag.speed(0.01)
        };
        return ui.add(drag.custom_formatter(move |value, _| shown(value, whole)));
    };
    let log = slider.scale == Scale::log;
    // A legal zero lies at the low end of a logarithmic slider.
    let low = if log && !whole && legal_low <= 0.0 {
        0.0
    } else {
        slider.low
    };
    ui.spacing_mut().slider_width = (ui.available_width() - NUMBER_WIDTH).max(40.0);
    let widget = egui::Slider::new(value, low..=slider.high)
        .logarithmic(log)
        .smallest_positive(slider.low.abs().max(f64::MIN_POSITIVE))
        .clamping(egui::SliderClamping::Never)
        .suffix(suffix)
        .custom_formatter(move |value, _| shown(value, whole));
    ui.add(if whole { widget.integer() } else { widget })
}

/// A number as it stands beside its slider: three or four digits are enough there.
fn shown(value: f64, whole: bool) -> String {
    if whole {
        return format!("{value:.0}");
    }
    spec::real(rounded(value))
}

/// The nearest number of four digits.
fn rounded(value: f64) -> f64 {
    format!("{value:.3e}").parse().unwrap_or(value)
}

fn tooltip(param: &Param, default: &Value) -> String {
    format!(
        "{}\n{}: {}. Default {}. Double-click the name to reset.",
        param.help,
        param.name,
        param.expected(),
        param.text(default),
    )
}
