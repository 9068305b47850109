//! Keys of the window, and what is pasted and dropped on it.

use super::app::App;
use super::command::{Command, Entry, entries};
use super::quit::Closing;
use eframe::egui;

/// Seconds after typing in which keys without modifiers do nothing.
const QUIET_AFTER_TYPING: f64 = 1.0;

/// Keys that tick or untick a run.
const DIGITS: [egui::Key; 9] = {
    use egui::Key::{Num1, Num2, Num3, Num4, Num5, Num6, Num7, Num8, Num9};
    [Num1, Num2, Num3, Num4, Num5, Num6, Num7, Num8, Num9]
};

/// Returns the picture that had the focus last and turns by the arrow keys.
fn focused_picture(ctx: &egui::Context) -> Option<egui::Id> {
    ctx.data(|data| data.get_temp(egui::Id::unique("focused picture")))
}

/// Lets a picture that has the focus take the arrow keys, but no other keys of the window.
pub(super) fn take_arrows(ctx: &egui::Context, picture: egui::Id) {
    ctx.data_mut(|data| data.insert_temp(egui::Id::unique("focused picture"), picture));
    let filter = egui::EventFilter {
        horizontal_arrows: true,
        vertical_arrows: true,
        ..egui::EventFilter::default()
    };
    ctx.memory_mut(|memory| memory.set_focus_lock_filter(picture, filter));
}

fn is_arrow(key: egui::Key) -> bool {
    use egui::Key::{ArrowDown, ArrowLeft, ArrowRight, ArrowUp};
    matches!(key, ArrowDown | ArrowLeft | ArrowRight | ArrowUp)
}

impl App {
    /// Returns the commands of keys, and takes pasted text and dropped files.
    pub(super) fn keys(&mut self, ctx: &egui::Context) -> Vec<Command> {
        let mut commands = Vec::new();
        let typing = ctx.text_edit_focused();
        let now = ctx.input(|input| input.time);
        if typing {
            self.typed_at = now;
        }
        // A digit that is typed a moment too late must not untick a run.
        let just_typed = now - self.typed_at < QUIET_AFTER_TYPING;
        self.take_drops(ctx);
        if self.export_dialog.is_some() {
            return self.export_keys(ctx, typing);
        }
        let reading = self.reader.is_some() || self.examples.open;
        if self.asking.is_some()
            || self.palette.is_some()
            || reading
            || self.closing == Closing::Asking
        {
            return commands;
        }
        // A focused control uses Space and the arrows itself, a focused picture the arrows only.
        let focused = ctx.memory(egui::Memory::focused);
        let picture = focused.is_some() && focused == focused_picture(ctx);
        let focused = focused.is_some();
        let reading = self.help || self.why.is_some();
        let escapes = !focused && !reading && !egui::Popup::is_any_open(ctx);
        let pressed = ctx.input(|input| input.key_pressed(egui::Key::Escape));
        let escapes = escapes && !(pressed && self.close_error());
        let entries = entries(&self.views);
        let mut copies = false;
        ctx.input_mut(|input| {
            // Other programs redo by this key, which contains that of undo.
            let redo = egui::Modifiers::COMMAND | egui::Modifiers::SHIFT;
            if !typing && input.consume_key(redo, egui::Key::Z) {
                commands.push(Command::Redo);
            }
            for Entry { key, command, .. } in entries {
                let text_undo = matches!(command, Command::Undo | Command::Redo);
                let free = if key.modifiers.command {
                    !typing || !text_undo
                } else {
                    let taken = focused && (!picture || is_arrow(key.logical_key));
                    !taken && !just_typed
                };
                if free && input.consume_shortcut(&key) {
                    commands.push(command);
                }
            }
            // On most keyboards + is on the key of =.
            if input.consume_key(egui::Modifiers::COMMAND, egui::Key::Equals) {
                commands.push(Command::NextTextSize(true));
            }
            if escapes && input.key_pressed(egui::Key::Escape) {
                let closed = self.layout.close_drawers();
                if !closed && self.layout.presenting {
                    commands.push(Command::Present);
                }
            }
            if just_typed {
                return;
            }
            for (index, key) in DIGITS.into_iter().enumerate() {
                // Shift with a digit is a character, like ^.
                if !input.modifiers.any() && input.consume_key(egui::Modifiers::NONE, key) {
                    commands.push(Command::Toggle(index));
                }
            }
            if input
                .events
                .iter()
                .any(|event| *event == egui::Event::Text("?".to_owned()))
            {
                commands.push(Command::Help);
            }
            copies = input.events.contains(&egui::Event::Copy);
        });
        if copies && !typing {
            self.copy(ctx);
        }
        let pasted = ctx.input(|input| {
            input.events.iter().find_map(|event| match event {
                egui::Event::Paste(text) if !typing => Some(text.clone()),
                _ => None,
            })
        });
        if let Some(text) = pasted {
            self.paste(ctx, &text);
        }
        commands
    }

    /// Returns the commands of keys while the export dialog is open: undo and redo of its settings.
    fn export_keys(&self, ctx: &egui::Context, typing: bool) -> Vec<Command> {
        let undo = [Command::Undo, Command::Redo];
        let mut commands = Vec::new();
        if typing || self.asking.is_some() {
            return commands;
        }
        ctx.input_mut(|input| {
            for Entry { key, command, .. } in entries(&self.views) {
                if undo.contains(&command) && input.consume_shortcut(&key) {
                    commands.push(command);
                }
            }
        });
        commands
    }
}
