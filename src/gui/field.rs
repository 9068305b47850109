//! Text and number fields. A value is taken on Enter or when the field loses focus; a refused text stays in a red frame with the reason, and
//! changes nothing. Escape restores the value.

use crate::export::sentence::one_line;
use eframe::egui;
use std::cell::RefCell;
use std::fmt::Debug;
use std::hash::Hash;

/// Outcome of a field in a frame.
pub(crate) struct Typed<T> {
    /// The field.
    pub response: egui::Response,
    /// The value that was taken.
    pub taken: Option<T>,
    /// Reason why the text is not taken.
    pub refused: Option<String>,
    /// Id of the text that is not taken, for [`discard`].
    pub draft: egui::Id,
    /// Rail of a slider.
    pub rail: Option<egui::Rect>,
}

/// Text that is typed and not taken yet, and the text of the value that it replaces.
#[derive(Clone)]
struct Draft {
    text: String,
    of: String,
}

/// Style of a text field.
pub(crate) struct FieldStyle<'a> {
    /// Hint in an empty field.
    pub hint: &'a str,
    /// Width in points; infinite for all of the space.
    pub width: f32,
}

/// Shows a text field for a value whose text is `current`. `read` parses the typed text or returns the reason of a refusal. `salt`
/// distinguishes the fields of a scope.
pub(crate) fn text_field<T>(
    ui: &mut egui::Ui,
    salt: impl Hash + Debug,
    current: &str,
    style: &FieldStyle,
    read: impl Fn(&str) -> Result<T, String>,
) -> Typed<T> {
    let id = ui.make_persistent_id(("field", salt));
    let draft: Option<Draft> = ui.data(|data| data.get_temp(id));
    // A value that was changed elsewhere replaces the draft.
    let draft = draft.filter(|draft| draft.of == current);
    let mut text = draft.map_or_else(|| current.to_owned(), |draft| draft.text);
    let field = egui::TextEdit::singleline(&mut text)
        .id(id)
        .hint_text(style.hint)
        .desired_width(style.width);
    let response = ui.add(field);
    let escaped = ui.input(|input| input.key_pressed(egui::Key::Escape));
    if response.lost_focus() && escaped {
        current.clone_into(&mut text);
    }
    let differs = text != current;
    // Screen readers set the text without focus.
    let left = response.lost_focus() || response.changed() && !response.has_focus();
    let (mut taken, mut refused) = (None, None);
    if differs {
        match read(&text) {
            Ok(value) if left => taken = Some(value),
            Ok(_) if response.has_focus() => {}
            Ok(_) => refused = Some(format!("`{text}` is not taken yet; Enter takes it")),
            Err(sentence) => {
                // What is typed next corrects the text, rather than being a shortcut.
                if response.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter)) {
                    response.request_focus();
                }
                refused = Some(sentence);
            }
        }
    }
    let is_empty = text.is_empty();
    ui.data_mut(|data| {
        if differs && taken.is_none() {
            let of = current.to_owned();
            data.insert_temp(id, Draft { text, of });
        } else {
            data.remove::<Draft>(id);
        }
    });
    if refused.is_some() {
        red_frame(ui, &response);
    } else if is_empty && !response.has_focus() {
        // An empty field has the colour of dialogs.
        let stroke = ui.visuals().widgets.noninteractive.bg_stroke;
        let kind = egui::StrokeKind::Inside;
        ui.painter().rect_stroke(response.rect, 2.0, stroke, kind);
    }
    Typed {
        response,
        taken,
        refused,
        draft: id,
        rail: None,
    }
}

/// Returns a text that is not taken.
pub(crate) fn draft_text(ui: &egui::Ui, draft: egui::Id) -> Option<String> {
    let typed = ui.data(|data| data.get_temp::<Draft>(draft).map(|draft| draft.text));
    typed.or_else(|| ui.data(|data| data.get_temp::<Refused>(draft).map(|refused| refused.text)))
}

/// Removes a text that is not taken.
pub(crate) fn discard(ui: &egui::Ui, draft: egui::Id) {
    let pass = ui.ctx().cumulative_pass_nr();
    ui.data_mut(|data| {
        data.remove::<Draft>(draft);
        data.remove::<Refused>(draft);
        data.insert_temp(draft.with("discarded"), pass);
    });
    // The control would take the text again when it loses the focus.
    ui.memory_mut(|memory| {
        if let Some(focused) = memory.focused() {
            memory.surrender_focus(focused);
        }
    });
}

/// A refused text of a number with its error, and the value that it would have replaced.
#[derive(Clone)]
struct Refused {
    text: String,
    sentence: String,
    of: f64,
}

/// The parser and the formatter of the control of a number.
pub(crate) struct NumberText<'a> {
    /// Parses the typed text when the control loses focus.
    pub parse: &'a dyn Fn(&str) -> Option<f64>,
    /// Returns the text of a number, or the refused text while there is one.
    pub format: &'a dyn Fn(f64) -> String,
}

/// Shows the control of a number that `control` makes with the parser and the formatter that it gets. A refused text stays in the control
/// in a red frame until another one is taken, Escape is pressed or the value changes. `shown` returns the text of a number in the control,
/// `salt` distinguishes the controls of a scope.
pub(crate) fn number_field(
    ui: &mut egui::Ui,
    salt: impl Hash + Debug,
    value: &mut f64,
    shown: impl Fn(f64) -> String,
    read: impl Fn(&str) -> Result<f64, String>,
    control: impl FnOnce(&mut egui::Ui, &mut f64, NumberText) -> egui::Response,
) -> Typed<f64> {
    let before = *value;
    let told = RefCell::new(None);
    let typed = RefCell::new(None);
    let id = ui.make_persistent_id(("number", salt));
    let escaped = escaped(ui) || is_recent(ui, id.with("discarded"));
    let parse = |text: &str| {
        if escaped {
            return None;
        }
        // Numbers are shown with few digits; leaving a field does not round them.
        if text.trim() == shown(before) {
            return Some(before);
        }
        match read(text.trim()) {
            Ok(number) => {
                *typed.borrow_mut() = Some(number);
                Some(number)
            }
            Err(sentence) => {
                let (text, of) = (text.to_owned(), before);
                *told.borrow_mut() = Some(Refused { text, sentence, of });
                None
            }
        }
    };
    let kept: Option<Refused> = ui.data(|data| data.get_temp(id));
    let kept = kept.filter(|kept| kept.of.to_bits() == before.to_bits() && !escaped);
    let format = |number: f64| match &kept {
        Some(kept) if kept.of.to_bits() == number.to_bits() => kept.text.clone(),
        _ => shown(number),
    };
    let text = NumberText {
        parse: &parse,
        format: &format,
    };
    let focused = ui.memory(egui::Memory::focused);
    let response = control(ui, value, text);
    let told = told.take();
    if let (Some(_), Some(editor)) = (&told, focused)
        && ui.input(|input| input.key_pressed(egui::Key::Enter))
    {
        // What is typed next corrects the number, rather than being a shortcut.
        ui.memory_mut(|memory| memory.request_focus(editor));
    }
    let told = told.or(kept);
    let is_current = |told: &Refused| told.of.to_bits() == value.to_bits();
    let told = told.filter(|told| is_current(told) && typed.borrow().is_none());
    match &told {
        Some(refused) => ui.data_mut(|data| {
            data.insert_temp(id, refused.clone());
        }),
        None => ui.data_mut(|data| data.remove::<Refused>(id)),
    }
    let refused = told.map(|told| told.sentence);
    if refused.is_some() {
        red_frame(ui, &response);
    }
    let taken = (value.to_bits() != before.to_bits()).then_some(*value);
    Typed {
        response,
        taken,
        refused,
        draft: id,
        rail: None,
    }
}

/// Whether Escape was pressed in this frame or the last two: egui parses a typed number again in the frame after the control lost focus.
fn escaped(ui: &egui::Ui) -> bool {
    let (id, now) = (egui::Id::unique("escape"), ui.ctx().cumulative_pass_nr());
    if ui.input(|input| input.key_pressed(egui::Key::Escape)) {
        ui.data_mut(|data| data.insert_temp(id, now));
    }
    is_recent(ui, id)
}

/// Whether the pass whose number is kept under an id is this one or one of the last two.
fn is_recent(ui: &egui::Ui, id: egui::Id) -> bool {
    let last: Option<u64> = ui.data(|data| data.get_temp(id));
    let now = ui.ctx().cumulative_pass_nr();
    last.is_some_and(|last| now.saturating_sub(last) <= 2)
}

/// Parses a finite number.
pub(crate) fn finite(text: &str) -> Result<f64, String> {
    let number = text.parse::<f64>().ok().filter(|number| number.is_finite());
    number.ok_or_else(|| format!("`{text}` is no finite number"))
}

/// Draws a thin red frame around a field whose text is refused.
fn red_frame(ui: &egui::Ui, response: &egui::Response) {
    let stroke = egui::Stroke::new(1.0, ui.visuals().error_fg_color);
    let kind = egui::StrokeKind::Inside;
    ui.painter().rect_stroke(response.rect, 2.0, stroke, kind);
}

/// Shows the reason why the text of a field is refused, below it.
pub(crate) fn refusal_ui(ui: &mut egui::Ui, refused: Option<&str>) {
    if let Some(sentence) = refused {
        let sentence = one_line(sentence);
        // A formula's error points at a character in the line above.
        let has_pointer = sentence.contains('\n');
        let text = egui::RichText::new(sentence)
            .size(12.0)
            .color(ui.visuals().error_fg_color);
        let text = if has_pointer { text.monospace() } else { text };
        // A wider row above must not take the sentence out of sight.
        let visible = ui.clip_rect().right() - ui.next_widget_position().x - 2.0;
        ui.scope(|ui| {
            ui.set_max_width(ui.available_width().min(visible.max(40.0)));
            ui.add(egui::Label::new(text).wrap());
        });
    }
}
