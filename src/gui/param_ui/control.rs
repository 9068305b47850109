//! The control of a setting's value: a slider, a tick, a choice or a field.

use super::{Check, SettingStyle};
use crate::engine::declare::{Kind, Param, Value};
use crate::gui::field::{FieldStyle, Typed, text_field};
use crate::gui::slider::{number_ui, rounded};
use eframe::egui;

/// Shows the control of a value, and returns the new value if it was changed.
pub(super) fn control_ui(
    ui: &mut egui::Ui,
    setting: &SettingStyle,
    param: &Param,
    value: &Value,
    check: Check,
) -> Typed<Value> {
    let of = |response: egui::Response, taken: Option<Value>| Typed {
        draft: response.id,
        response,
        taken,
        refused: None,
        rail: None,
    };
    match value.clone() {
        Value::Real(real) => {
            let typed = number_ui(ui, setting, param, real, false);
            // A dragged slider gives four digits; a typed number keeps all of them.
            let drawn = typed.response.dragged();
            let taken = typed
                .taken
                .map(|real| if drawn { rounded(real) } else { real });
            Typed {
                taken: taken.map(Value::Real),
                response: typed.response,
                refused: typed.refused,
                draft: typed.draft,
                rail: typed.rail,
            }
        }
        Value::Count(count) => {
            #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
            let typed = number_ui(ui, setting, param, count as f64, true);
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "rounded and not negative"
            )]
            let whole = |real: f64| real.round().max(0.0) as u64;
            Typed {
                taken: typed.taken.map(|real| Value::Count(whole(real))),
                response: typed.response,
                refused: typed.refused,
                draft: typed.draft,
                rail: typed.rail,
            }
        }
        Value::Flag(mut flag) => {
            let response = ui.checkbox(&mut flag, "");
            let changed = response.changed().then_some(Value::Flag(flag));
            of(response, changed)
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
            of(response.response, changed.then_some(Value::Choice(choice)))
        }
        Value::List(_) | Value::Counts(_) | Value::Text(_) | Value::None => {
            let style = FieldStyle {
                hint: "",
                width: f32::INFINITY,
            };
            let read = |text: &str| {
                // Spaces at the ends are part of a path or a formula, but not of a list.
                let text = match param.kind {
                    Kind::Text => text,
                    _ => text.trim(),
                };
                let value = param.parse(text).map_err(|refusal| refusal.to_string())?;
                check(param.name, &value)?;
                Ok(value)
            };
            text_field(
                ui,
                (setting.owner, param.name),
                &param.text(value),
                &style,
                read,
            )
        }
    }
}
