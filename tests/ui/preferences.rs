//! Tests of what the window remembers: theme, text size, panels, the shown view and recent files; and of the searches for optimizers and landscapes.

use super::Window;
use eframe::egui;
use egui::{Key, Modifiers, Role, Theme};
use egui_kittest::kittest::Queryable;
use ravine::engine::scene::Scene;
use ravine::gui::App;
use std::path::Path;

/// Opens a window with a state folder.
fn with_state(folder: &Path) -> Window {
    let folder = folder.to_owned();
    Window::of(None, move |ctx| {
        App::with_state(ctx, Some(Scene::opening()), None, Some(&folder))
    })
}

/// Closes a window as the desktop does.
fn close(mut window: Window) {
    eframe::App::on_exit(window.app(), None);
}

fn write(window: &mut Window, text: &str) {
    window.harness.event(egui::Event::Text(text.to_owned()));
    window.harness.run_steps(2);
}

#[test]
fn theme_text_size_and_panels_are_remembered() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut window = with_state(folder.path());
    let shown = |window: &Window| window.harness.ctx.theme();
    let system = shown(&window);
    for (name, theme) in [("Light", Theme::Light), ("Dark", Theme::Dark)] {
        window.click(Role::Button, "View");
        window.click(Role::Button, "Theme");
        window.click(Role::RadioButton, name);
        assert_eq!(shown(&window), theme);
    }
    window.press_with(Modifiers::COMMAND, Key::D);
    assert_eq!(shown(&window), Theme::Light);
    window.press_with(Modifiers::COMMAND, Key::Plus);
    window.press(Key::OpenBracket);
    window.press(Key::W);
    close(window);

    let mut window = with_state(folder.path());
    assert_eq!(shown(&window), Theme::Light);
    assert_eq!(window.harness.ctx.zoom_factor(), 1.1);
    assert!(window.says("Sweep: "), "the shown view");
    assert!(!window.has("Width of the left panel") && window.has("Width of the right panel"));
    window.press_with(Modifiers::COMMAND, Key::K);
    write(&mut window, "theme as the system");
    window.press(Key::Enter);
    window.harness.run_steps(2);
    assert_eq!(shown(&window), system, "it follows the system again");
}

#[test]
fn broken_preferences_are_the_defaults() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for name in ["preferences.toml", "recent.toml", "window-1.json"] {
        std::fs::write(folder.path().join(name), b"\xff]= no").expect("written");
    }
    let window = with_state(folder.path());
    assert_eq!(window.harness.ctx.zoom_factor(), 1.0);
    assert!(window.has("Width of the left panel"));
}

#[test]
fn recent_files_are_in_the_menu_and_the_dialog() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let booth = Scene::new("booth".parse().expect("a spec"));
    let path = folder.path().join("mine.toml");
    std::fs::write(&path, booth.to_toml()).expect("written");
    let mut window = with_state(&folder.path().join("state"));
    window.click(Role::Button, "File");
    window.click(Role::Button, "Recent");
    assert!(window.says("No file was opened or saved yet."));
    window.press(Key::Escape);
    window.press(Key::Escape);
    window.press_with(Modifiers::COMMAND, Key::O);
    super::files::answer(&mut window, &path, "Open");
    close(window);

    let mut window = with_state(&folder.path().join("state"));
    window.click(Role::Button, "File");
    window.click(Role::Button, "Recent");
    window.click(Role::Button, "mine.toml");
    window.settle();
    assert_eq!(*window.app().scene(), booth);
    window.press_with(Modifiers::COMMAND, Key::Z);
    window.press_with(Modifiers::COMMAND, Key::O);
    window.click(Role::Button, "Recent");
    window.press(Key::ArrowDown);
    window.press(Key::Enter);
    window.settle();
    assert_eq!(*window.app().scene(), booth);
}

#[test]
fn optimizers_are_found_by_other_words_and_added_by_keys() {
    let mut window = Window::opening();
    for (query, spec) in [
        ("heavy ball", "sgd:lr=0.001,momentum=0.9"),
        ("nag", "sgd:lr=0.001,momentum=0.9,nesterov=true"),
        ("adamw", "adamw"),
    ] {
        let runs = window.app().scene().runs.len();
        window.click(Role::Button, "+ Add");
        write(&mut window, query);
        window.press(Key::Enter);
        window.settle();
        let added = &window.app().scene().runs;
        assert_eq!(added.len(), runs + 1, "{query}");
        let name = spec.split([':', ',']).next().expect("a name");
        assert_eq!(added[runs].spec.optimizer.name(), name);
        for setting in spec.split([':', ',']).skip(2) {
            assert!(
                added[runs].spec.to_string().contains(setting),
                "{query}: {}",
                added[runs].spec
            );
        }
    }
    window.click(Role::Button, "+ Add");
    write(&mut window, "zzzz");
    assert!(window.says("No optimizer has this name."));
    window.press(Key::Enter);
    window.press(Key::Escape);
    assert!(!window.says("No optimizer has this name."));
}

#[test]
fn landscapes_are_found_by_other_words_and_chosen_by_keys() {
    let mut window = Window::opening();
    window.click(Role::ComboBox, "Landscape");
    write(&mut window, "egg box");
    assert!(window.says("Rastrigin: "), "a line tells of the marked one");
    window.press(Key::Enter);
    window.settle();
    assert_eq!(window.app().scene().subject_name(), "rastrigin");
    window.click(Role::ComboBox, "Landscape");
    write(&mut window, "valley");
    window.press(Key::ArrowDown);
    window.press(Key::Enter);
    window.settle();
    assert_ne!(window.app().scene().subject_name(), "rastrigin");
    assert!(
        window.harness.query_by_label("Search").is_none(),
        "the gallery is closed"
    );
}
