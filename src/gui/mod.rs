//! The window: the only code that uses egui.

mod accents;
mod app;
mod autosave;
mod clipboard;
mod command;
mod desktop;
mod dialog;
mod examples;
mod export_dialog;
mod field;
mod file_dialog;
mod files;
mod guard;
mod history;
mod icon;
mod inspect_cache;
mod keys;
mod layout;
mod lesson;
mod maths;
mod message;
mod other_scene;
mod paint;
mod palette;
mod panel;
mod param_ui;
mod playback;
mod plot;
mod preferences;
mod quit;
mod reader;
mod recent;
mod refusal;
mod scale;
mod search;
mod seed_charts;
mod shown_view;
mod side_panel;
mod slider;
mod switch;
mod taking;
mod theme;
mod timeline;
mod view;
mod view_panel;
mod why;
mod window;

pub use app::App;

use crate::engine::scene::Scene;
use crate::export::sentence::without_sources;
use crate::teaching::bundled::StepIndex;
use eframe::egui;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

/// Opens the window on a scene or in a lesson, or else on the scene that was shown last, and returns when it is closed.
///
/// # Errors
/// Returns one sentence: why there is no window, and which package may be missing.
pub fn run(
    scene: Option<Scene>,
    path: Option<PathBuf>,
    lesson: Option<StepIndex>,
) -> Result<(), String> {
    lesson::read_in_background();
    let viewport = egui::ViewportBuilder::default()
        .with_title("Ravine")
        .with_app_id("ravine")
        .with_inner_size([1280.0, 800.0])
        .with_min_inner_size([320.0, 240.0]);
    let options = eframe::NativeOptions {
        viewport,
        centered: true,
        ..eframe::NativeOptions::default()
    };
    let create: eframe::AppCreator = Box::new(move |context| {
        let state = preferences::state_folder();
        let mut app = App::with_state(&context.egui_ctx, scene, path, state.as_deref())?;
        app.follow_desktop(&context.egui_ctx);
        if let Some(step) = lesson {
            app.open_lesson(&context.egui_ctx, step);
        }
        Ok(Box::new(app))
    });
    // winit panics where the library for X11 keyboards is missing.
    let opened = catch_unwind(AssertUnwindSafe(|| {
        eframe::run_native("Ravine", options, create)
    }));
    match opened {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(explain(&error.to_string())),
        Err(panic) => {
            let text = panic.downcast_ref::<String>().cloned().unwrap_or_default();
            Err(explain(&text))
        }
    }
}

/// Returns one sentence for an error of the window's libraries.
fn explain(error: &str) -> String {
    let known = [
        (
            "DISPLAY",
            "there is no display; expected a desktop, or a virtual one such as Xvfb",
        ),
        (
            "xkbcommon",
            "libxkbcommon-x11 is missing; on Debian it is in the package libxkbcommon-x11-0",
        ),
        (
            "xlib",
            "a library of X11 is missing; on Debian they are in the packages libx11-6 libx11-xcb1 libxcursor1 libxi6",
        ),
        (
            "glutin",
            "there is no OpenGL; on Debian it is in the packages libgl1 libegl1",
        ),
    ];
    let lower = error.to_lowercase();
    if lower.contains("os error at") {
        // The library's message names a line of its own source.
        return "the display that DISPLAY or WAYLAND_DISPLAY names cannot be opened; expected one that is there, or a virtual one such as Xvfb".to_owned();
    }
    match known
        .iter()
        .find(|(sign, _)| lower.contains(&sign.to_lowercase()))
    {
        Some((_, sentence)) => (*sentence).to_owned(),
        None => format!("the window cannot open: {}", without_sources(error)),
    }
}
