//! The desktop: its own file dialogs, and whether it is light or dark.

use super::app::App;
use super::file_dialog::{DialogResult, FileDialog};
use eframe::egui;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::time::{Duration, Instant};

/// Time in which nobody can cancel a dialog: without a choice by then, the desktop has no dialogs.
const NOBODY: Duration = Duration::from_millis(300);

/// A file dialog: the window's own, or the desktop's while that is open.
pub(super) struct Asking {
    pub(super) own: FileDialog,
    pub(super) desktop: DesktopDialog,
}

/// State of the desktop's dialog.
pub(super) enum DesktopDialog {
    /// The window's own dialog is shown.
    Unused,
    /// It opens after this frame.
    Wanted,
    /// It is open. The receiver gets the choice.
    Open(Receiver<Option<PathBuf>>, Instant),
}

impl Asking {
    /// Opens the desktop's dialog if it is wanted, over the window of `frame`.
    pub(super) fn open_desktop(&mut self, ctx: &egui::Context, frame: &eframe::Frame) {
        if !matches!(self.desktop, DesktopDialog::Wanted) {
            return;
        }
        let info = self.own.purpose.info();
        let mut dialog = rfd::AsyncFileDialog::new()
            .set_parent(frame)
            .set_title(info.title)
            .set_directory(self.own.shown_folder())
            .add_filter(info.kind, info.extensions);
        if !self.own.purpose.saves() {
            dialog = dialog.add_filter("All files", &["*"]);
        }
        // macOS wants the dialog to be made on this thread; only its end is waited for on another.
        let chosen: std::pin::Pin<Box<dyn Future<Output = Option<rfd::FileHandle>> + Send>> =
            if self.own.purpose.saves() {
                Box::pin(dialog.set_file_name(self.own.suggested_name()).save_file())
            } else {
                Box::pin(dialog.pick_file())
            };
        let (sender, receiver) = channel();
        let ctx = ctx.clone();
        let wait = move || {
            let chosen = futures_lite::future::block_on(chosen);
            // The receiver is gone if the window's own dialog has taken over.
            let _ = sender.send(chosen.map(|file| file.path().to_owned()));
            ctx.request_repaint();
        };
        let thread = std::thread::Builder::new().name("ravine dialog".to_owned());
        self.desktop = match thread.spawn(wait) {
            Ok(_) => DesktopDialog::Open(receiver, Instant::now()),
            Err(_) => DesktopDialog::Unused,
        };
    }

    /// Returns the choice in the desktop's dialog; while that is open, a line over the window offers the window's own. `None` where the
    /// window's own dialog is to be shown.
    pub(super) fn desktop_ui(&mut self, ctx: &egui::Context) -> Option<DialogResult> {
        let (receiver, since) = match &self.desktop {
            DesktopDialog::Unused => return None,
            DesktopDialog::Wanted => return Some(DialogResult::Waiting),
            DesktopDialog::Open(receiver, since) => (receiver, since),
        };
        match receiver.try_recv() {
            Ok(Some(path)) => return Some(DialogResult::Path(path)),
            Ok(None) if since.elapsed() > NOBODY => return Some(DialogResult::Cancelled),
            Ok(None) | Err(TryRecvError::Disconnected) => {
                self.desktop = DesktopDialog::Unused;
                return None;
            }
            Err(TryRecvError::Empty) => {}
        }
        let modal = egui::Modal::new(egui::Id::unique("desktop dialog")).show(ctx, |ui| {
            ui.label("Choose a file in the desktop's dialog.");
            ui.horizontal(|ui| {
                let own = ui.button("Choose here instead");
                (own.clicked(), ui.button("Cancel").clicked())
            })
            .inner
        });
        match modal.inner {
            (true, _) => {
                self.desktop = DesktopDialog::Unused;
                None
            }
            (_, cancelled) if cancelled || modal.should_close() => Some(DialogResult::Cancelled),
            _ => Some(DialogResult::Waiting),
        }
    }
}

impl App {
    /// Lets file dialogs be the desktop's where it has any, and follows its light or dark theme.
    pub(super) fn follow_desktop(&mut self, ctx: &egui::Context) {
        self.desktop_dialogs = portal::watch(ctx);
    }
}

#[cfg(not(target_os = "linux"))]
mod portal {
    use eframe::egui;
    use std::sync::Arc;
    use std::sync::atomic::AtomicBool;

    /// Returns that the desktop has file dialogs; winit follows its theme.
    pub(super) fn watch(_: &egui::Context) -> Arc<AtomicBool> {
        Arc::new(AtomicBool::new(true))
    }
}

/// The portal of Linux desktops, which winit does not ask: <https://flatpak.github.io/xdg-desktop-portal/docs/>
#[cfg(target_os = "linux")]
mod portal {
    use eframe::egui;
    use futures_lite::StreamExt;
    use futures_lite::future::block_on;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};
    use zbus::zvariant::{OwnedValue, Value};
    use zbus::{Connection, Proxy};

    const NAME: &str = "org.freedesktop.portal.Desktop";
    const PATH: &str = "/org/freedesktop/portal/desktop";
    const SETTING: (&str, &str) = ("org.freedesktop.appearance", "color-scheme");

    /// Asks the portal on a thread of its own: returns whether it has file dialogs, once it has answered; and follows the desktop's theme.
    /// Without a portal the thread ends at once.
    pub(super) fn watch(ctx: &egui::Context) -> Arc<AtomicBool> {
        let has_dialogs = Arc::new(AtomicBool::new(false));
        let (ctx, found) = (ctx.clone(), Arc::clone(&has_dialogs));
        let thread = std::thread::Builder::new().name("ravine desktop".to_owned());
        let body = move || {
            // A desktop without a portal has no dialogs, and no theme to follow.
            let _ = block_on(follow(&ctx, &found));
        };
        // Without a thread the window's own dialogs are shown.
        drop(thread.spawn(body));
        has_dialogs
    }

    async fn follow(ctx: &egui::Context, has_dialogs: &AtomicBool) -> zbus::Result<()> {
        let bus = Connection::session().await?;
        let dialogs = Proxy::new(&bus, NAME, PATH, "org.freedesktop.portal.FileChooser").await?;
        let version: zbus::Result<u32> = dialogs.get_property("version").await;
        has_dialogs.store(version.is_ok(), Ordering::Release);
        let settings = Proxy::new(&bus, NAME, PATH, "org.freedesktop.portal.Settings").await?;
        let mut changes = settings.receive_signal("SettingChanged").await?;
        let scheme: OwnedValue = settings.call("Read", &SETTING).await?;
        set_theme(ctx, &scheme);
        while let Some(change) = changes.next().await {
            let body = change.body();
            let changed: zbus::Result<(String, String, OwnedValue)> = body.deserialize();
            if let Ok((group, key, value)) = changed
                && (group.as_str(), key.as_str()) == SETTING
            {
                set_theme(ctx, &value);
            }
        }
        Ok(())
    }

    /// Shows the desktop's theme where the window follows it: 1 is dark, 2 is light, 0 is no preference.
    fn set_theme(ctx: &egui::Context, scheme: &Value) {
        let theme = match scheme_number(scheme) {
            Some(1) => egui::Theme::Dark,
            Some(2) => egui::Theme::Light,
            _ => return,
        };
        ctx.options_mut(|options| options.fallback_theme = theme);
        ctx.request_repaint();
    }

    /// Returns the number in a value, which older portals wrap twice.
    fn scheme_number(value: &Value) -> Option<u32> {
        match value {
            Value::U32(number) => Some(*number),
            Value::Value(inner) => scheme_number(inner),
            _ => None,
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn the_theme_is_read_as_new_and_old_portals_send_it() {
            let number = Value::U32(1);
            let twice = Value::Value(Box::new(Value::Value(Box::new(Value::U32(2)))));
            assert_eq!(scheme_number(&number), Some(1));
            assert_eq!(scheme_number(&twice), Some(2));
            assert_eq!(scheme_number(&Value::from("dark")), None);
            let ctx = egui::Context::default();
            for (scheme, theme) in [
                (2, egui::Theme::Light),
                (0, egui::Theme::Light),
                (1, egui::Theme::Dark),
            ] {
                set_theme(&ctx, &Value::U32(scheme));
                assert_eq!(ctx.theme(), theme, "{scheme}");
            }
            ctx.set_theme(egui::Theme::Dark);
            set_theme(&ctx, &Value::U32(2));
            assert_eq!(ctx.theme(), egui::Theme::Dark, "a chosen theme stays");
        }
    }
}
