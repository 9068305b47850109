//! Tests of scenes and pictures in files and in the clipboard.

use super::Window;
use eframe::egui;
use egui::{Key, Modifiers, Role};
use egui_kittest::kittest::Queryable;
use ravine::engine::scene::Scene;
use std::path::Path;

/// Answers the open file dialog.
pub(super) fn answer(window: &mut Window, path: &Path, verb: &str) {
    let text = path.to_str().expect("a temporary path is text").to_owned();
    window
        .harness
        .get_by_role_and_label(Role::TextInput, "File")
        .set_text_value_accesskit(&text);
    window.harness.run_steps(2);
    window.click(Role::Button, verb);
    window.settle();
}

#[test]
fn a_saved_scene_opens_again() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("mine.toml");
    let mut window = Window::opening();
    window.press(Key::Num2);
    window.press_with(Modifiers::COMMAND, Key::S);
    answer(&mut window, &path, "Save");
    let saved = window.app().scene().clone();
    assert_eq!(
        Scene::from_toml(&std::fs::read_to_string(&path).expect("saved")).as_ref(),
        Ok(&saved)
    );

    let mut other = Window::on(Scene::new("booth".parse().expect("a spec")));
    other.press_with(Modifiers::COMMAND, Key::O);
    answer(&mut other, &path, "Open");
    assert_eq!(*other.app().scene(), saved);
}

#[test]
fn a_bad_file_is_reported_and_changes_nothing() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("bad.toml");
    std::fs::write(&path, "version = 1\nlandscape = \"bouth\"").expect("written");
    let mut window = Window::opening();
    window.press_with(Modifiers::COMMAND, Key::O);
    answer(&mut window, &path, "Open");
    assert!(window.says("did you mean `booth`"));
    assert_eq!(*window.app().scene(), Scene::opening());
    window.click(Role::Button, "Cancel");
    assert!(!window.says("did you mean"));
}

#[test]
fn pictures_are_exported_and_unknown_extensions_refused() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut window = Window::opening();
    window.press_with(Modifiers::COMMAND, Key::E);
    window.harness.run_steps(2);
    window.click(Role::Button, "Export…");
    answer(&mut window, &folder.path().join("picture.bmp"), "Export");
    assert!(window.says("unknown extension"));
    let path = folder.path().join("picture.svg");
    answer(&mut window, &path, "Export");
    while !window.says("Wrote ") {
        window.harness.run_steps(1);
        std::thread::yield_now();
    }
    let svg = std::fs::read_to_string(&path).expect("exported");
    assert!(svg.contains("<text") && svg.contains("Momentum"));
}

#[test]
fn runs_and_scenes_are_pasted_as_text() {
    let mut window = Window::opening();
    window
        .harness
        .event(egui::Event::Paste("adam:lr=0.1@cosine".to_owned()));
    window.harness.run_steps(2);
    assert_eq!(window.app().scene().runs.len(), 7);
    let other = Scene::new("ackley".parse().expect("a spec"));
    window.harness.event(egui::Event::Paste(other.to_toml()));
    window.harness.run_steps(2);
    assert_eq!(*window.app().scene(), other);
    window
        .harness
        .event(egui::Event::Paste("adma:lr=0.1".to_owned()));
    window.harness.run_steps(2);
    assert!(window.says("did you mean `adam`"));
}
