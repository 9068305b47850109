//! Switches between two words: for the value of an optional setting, and for other choices that say what they are.

use crate::engine::declare::{Kind, Param, Scale, Value, spec};
use eframe::egui;

/// Shows the switch of an optional setting: the word for no value, or a value of its own.
pub(super) fn none_ui(
    ui: &mut egui::Ui,
    name: &str,
    (param, word): (&Param, &str),
    value: &Value,
    default: &Value,
) -> Option<Value> {
    let given = *value != Value::None;
    switch_ui(ui, name, [word, other_word(word)], given).map(|given| match (given, default) {
        (false, _) => Value::None,
        (true, Value::None) => first_value(param),
        (true, default) => default.clone(),
    })
}

/// Returns the word for a value of its own, opposite to the word for none.
fn other_word(none: &str) -> &'static str {
    match none {
        "off" => "on",
        "random" => "file",
        "auto" | "end" => "fixed",
        "one" => "several",
        _ => "set",
    }
}

/// Shows a switch between two words, the second of which is chosen if `second`; returns the new choice. The accessible names are those of
/// the setting and the word, like "batch: all".
pub(crate) fn switch_ui(
    ui: &mut egui::Ui,
    name: &str,
    words: [&str; 2],
    second: bool,
) -> Option<bool> {
    let mut chosen = None;
    ui.spacing_mut().item_spacing.x = 2.0;
    for (word, is_second) in words.into_iter().zip([false, true]) {
        let is_chosen = second == is_second;
        let button = ui.selectable_label(is_chosen, word);
        let text = format!("{name}: {word}");
        button.widget_info(|| {
            egui::WidgetInfo::selected(egui::Role::RadioButton, true, is_chosen, &text)
        });
        if button.clicked() && !is_chosen {
            chosen = Some(is_second);
        }
    }
    chosen
}

/// Returns the value of an optional setting that has just been ticked: the middle of its slider.
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
        Kind::Length => Value::Text("4in".to_owned()),
    }
}
