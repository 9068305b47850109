//! Panics while a part of the window is painted: the part shows an error, and the program goes on.

use crate::export::sentence::{one_line, without_sources};
use eframe::egui;
use std::any::Any;
use std::cell::Cell;
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::{Mutex, Once, PoisonError};

/// Advice after a part could not be painted.
const REMEDY: &str = "The scene is unharmed: change the size of the window, the view or the last setting, or save the scene.";

thread_local! {
    /// Whether panics of this thread are caught and reported by [`paint_guarded`].
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// A part of the window whose panics are caught.
#[derive(Clone, Copy)]
pub(crate) enum Part {
    /// View in the middle of the window, with its title.
    View(&'static str),
    /// Panel around the view, with its name.
    Panel(&'static str),
}

/// Paints a part of the window in all of the space that is left of `ui`. A panic is shown there and logged once, and `None` is returned.
pub(crate) fn paint_guarded<R>(
    ui: &mut egui::Ui,
    part: Part,
    paint: impl FnOnce(&mut egui::Ui) -> R,
) -> Option<R> {
    let space = ui.available_rect_before_wrap();
    let outcome = catch_panic(|| paint(ui));
    match outcome {
        Ok(result) => Some(result),
        Err(reason) => {
            let (kind, name) = match part {
                Part::View(name) => ("view", name),
                Part::Panel(name) => ("panel", name),
            };
            let sentence = format!("This {kind} could not be drawn ({reason}). {REMEDY}");
            log_once(&format!("{name}: {sentence}"));
            message_ui(ui, space, &sentence);
            None
        }
    }
}

/// Runs `work`, and returns the message of a panic without writing it to standard error.
pub(crate) fn catch_panic<R>(work: impl FnOnce() -> R) -> Result<R, String> {
    static HOOK: Once = Once::new();
    // The default hook prints paths of the machine that built the program.
    HOOK.call_once(|| {
        let default = take_hook();
        set_hook(Box::new(move |info| {
            if !GUARDED.get() {
                default(info);
            }
        }));
    });
    let before = GUARDED.replace(true);
    let outcome = catch_unwind(AssertUnwindSafe(work));
    GUARDED.set(before);
    outcome.map_err(|panic| reason(&*panic))
}

/// Returns the message of a panic in one line.
fn reason(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    text.map_or_else(
        || "no reason given".to_owned(),
        |text| one_line(&without_sources(text)),
    )
}

/// Writes a sentence to standard error, unless it was written before.
fn log_once(sentence: &str) {
    static LOGGED: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    let mut logged = LOGGED.lock().unwrap_or_else(PoisonError::into_inner);
    if logged.insert(sentence.to_owned()) {
        eprintln!("ravine: {sentence}");
    }
}

/// Covers a part of the window and writes a sentence there.
fn message_ui(ui: &mut egui::Ui, space: egui::Rect, sentence: &str) {
    let space = egui::Rect::from_min_max(space.min, space.max.max(space.min));
    ui.painter()
        .rect_filled(space, 0.0, ui.visuals().panel_fill);
    let within = super::paint::inset(space, [8.0; 2], [8.0; 2]);
    let mut child = ui.new_child(egui::UiBuilder::new().max_rect(within).id_salt("message"));
    let text = egui::RichText::new(sentence).color(child.visuals().error_fg_color);
    child.add(egui::Label::new(text).wrap());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caught_panic_gives_its_message_in_one_line() {
        assert_eq!(catch_panic(|| 7), Ok(7));
        let broken = || -> u32 { panic!("two\n\tlines {}", 3) };
        assert_eq!(catch_panic(broken), Err("two lines 3".to_owned()));
        assert_eq!(
            catch_panic(|| f32::clamp(1.0, 2.0, std::hint::black_box(0.0)))
                .map_err(|reason| reason.contains("min > max")),
            Err(true)
        );
        assert!(!GUARDED.get());
    }
}
