//! Tests of the file dialog: its list, its keys, its questions and its errors.

use super::Window;
use super::files::answer;
use eframe::egui;
use egui::{Key, Modifiers, Role};
use egui_kittest::kittest::Queryable;
use ravine::engine::scene::Scene;
use std::path::Path;

/// Runs frames until something is said.
fn wait_for(window: &mut Window, part: &str) {
    for _ in 0..3000 {
        if window.says(part) {
            return;
        }
        window.harness.run_steps(1);
        std::thread::yield_now();
    }
    panic!("nothing says {part:?}");
}

fn write(window: &mut Window, text: &str) {
    window.harness.event(egui::Event::Text(text.to_owned()));
    window.harness.run_steps(2);
}

fn field(window: &Window) -> String {
    let field = window
        .harness
        .get_by_role_and_label(Role::TextInput, "File");
    field.value().unwrap_or_default()
}

/// Returns a folder with three scenes, a folder with one more, and a text file.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let scene = |name: &str| Scene::new(name.parse().expect("a spec")).to_toml();
    std::fs::create_dir(folder.path().join("inner")).expect("a folder");
    for (file, landscape) in [
        ("booth.toml", "booth"),
        ("ackley.toml", "ackley"),
        ("run 10.toml", "beale"),
        ("inner/himmel.toml", "himmelblau"),
    ] {
        std::fs::write(folder.path().join(file), scene(landscape)).expect("written");
    }
    std::fs::write(folder.path().join("notes.md"), "hello").expect("written");
    folder
}

/// Opens the dialog that opens scenes, in a folder.
fn opening(window: &mut Window, folder: &Path) {
    window.press_with(Modifiers::COMMAND, Key::O);
    answer(window, folder, "Open");
    window.harness.run_steps(3);
}

#[test]
fn the_list_has_folders_first_and_scenes_only_until_all_are_wanted() {
    let folder = folder();
    let mut window = Window::opening();
    opening(&mut window, folder.path());
    wait_for(&mut window, "booth.toml");
    let top = |window: &Window, name: &str| window.place(name).top();
    assert!(top(&window, "inner") < top(&window, "ackley.toml"));
    assert!(top(&window, "ackley.toml") < top(&window, "booth.toml"));
    assert!(!window.says("notes.md"));
    window.click(Role::CheckBox, "all files");
    assert!(window.says("notes.md"));
    window.click(Role::Button, "Sort by name");
    assert!(top(&window, "ackley.toml") > top(&window, "booth.toml"));
}

#[test]
fn keys_filter_go_into_folders_and_up_and_open() {
    let folder = folder();
    let mut window = Window::opening();
    opening(&mut window, folder.path());
    wait_for(&mut window, "booth.toml");
    write(&mut window, "inn");
    assert!(window.says("inner") && !window.says("booth.toml"));
    window.press(Key::Enter);
    wait_for(&mut window, "himmel.toml");
    assert_eq!(field(&window), "", "the filter was for the other folder");
    window.press(Key::Backspace);
    wait_for(&mut window, "booth.toml");
    window.press(Key::ArrowDown);
    window.press(Key::ArrowDown);
    window.press(Key::Enter);
    window.settle();
    assert_eq!(window.app().scene().subject_name(), "booth");
    assert!(!window.says("Open scene"));
    window.press_with(Modifiers::COMMAND, Key::O);
    wait_for(&mut window, "ackley.toml");
    window.press(Key::Escape);
    assert!(!window.says("ackley.toml"));
}

#[test]
fn a_marked_scene_has_a_preview() {
    let folder = folder();
    let mut window = Window::opening();
    opening(&mut window, folder.path());
    wait_for(&mut window, "booth.toml");
    window.click(Role::Button, "booth.toml");
    wait_for(&mut window, "booth · start");
    let picture = window.harness.get_by_role_and_label(Role::Image, "Preview");
    assert!(picture.rect().width() > 50.0);
}

#[test]
fn saving_selects_the_stem_and_asks_before_it_replaces() {
    let folder = folder();
    let mut window = Window::opening();
    window.press_with(Modifiers::COMMAND, Key::S);
    answer(&mut window, folder.path(), "Save");
    wait_for(&mut window, "booth.toml");
    window.press(Key::Escape);
    window.press_with(Modifiers::COMMAND, Key::S);
    wait_for(&mut window, "booth.toml");
    assert_eq!(field(&window), "scene.toml");
    write(&mut window, "booth");
    assert_eq!(field(&window), "booth.toml", "typing replaces the stem");
    window.press(Key::Enter);
    assert!(window.says("booth.toml exists. Replace it?"));
    let text = |name: &str| std::fs::read_to_string(folder.path().join(name)).expect("a file");
    assert!(text("booth.toml").contains("booth"), "not yet");
    write(&mut window, "2");
    assert!(
        !window.says("Replace it?"),
        "another name is another question"
    );
    window.press(Key::Backspace);
    window.press(Key::Enter);
    window.click(Role::Button, "Replace");
    window.settle();
    assert_eq!(text("booth.toml"), Scene::opening().to_toml());
    assert!(window.says("Saved "));
}

#[test]
fn a_name_without_extension_gets_the_usual_one() {
    let folder = folder();
    let mut window = Window::opening();
    window.press_with(Modifiers::COMMAND, Key::S);
    answer(&mut window, &folder.path().join("mine"), "Save");
    assert!(folder.path().join("mine.toml").exists());
}

#[test]
fn errors_are_sentences() {
    let folder = folder();
    let mut window = Window::opening();
    window.press_with(Modifiers::COMMAND, Key::O);
    window.click(Role::Button, "Cancel");
    window.press_with(Modifiers::COMMAND, Key::S);
    answer(&mut window, &folder.path().join("none/mine.toml"), "Save");
    assert!(window.says("none"), "the folder is named");
    window.press(Key::Escape);
    opening(&mut window, folder.path());
    answer(&mut window, &folder.path().join("gone.toml"), "Open");
    assert!(window.says("there is no such file"));
    answer(&mut window, Path::new(""), "Open");
    assert!(window.says("No file is chosen yet"));
}

#[test]
fn the_dialog_fits_into_small_windows_with_large_text() {
    let folder = folder();
    let mut window = Window::opening();
    for (size, zoom) in [
        ([640.0, 480.0], 2.0),
        ([640.0, 480.0], 1.0),
        ([1920.0, 1080.0], 2.0),
    ] {
        window.harness.set_size(size.into());
        window.harness.ctx.set_zoom_factor(zoom);
        window.harness.run_steps(3);
        opening(&mut window, folder.path());
        wait_for(&mut window, "inner");
        window.harness.run_steps(4);
        let screen = window.harness.ctx.content_rect();
        for name in [
            "Open scene",
            "Parent folder",
            "File",
            "Open",
            "Cancel",
            "inner",
        ] {
            let nodes = window.harness.get_all_by_label(name);
            let places: Vec<egui::Rect> = nodes.map(|node| node.rect()).collect();
            assert!(
                places.iter().any(|place| screen.contains_rect(*place)),
                "{name} at {places:?} in {screen}"
            );
        }
        window.press(Key::Escape);
    }
}

#[test]
fn thousands_of_files_are_listed() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for number in 0..3000 {
        std::fs::write(folder.path().join(format!("s{number}.toml")), "").expect("written");
    }
    let mut window = Window::opening();
    opening(&mut window, folder.path());
    wait_for(&mut window, "s0.toml");
    window.press(Key::ArrowUp);
    window.harness.run_steps(2);
    assert!(window.says("s2999.toml"), "the mark is scrolled to");
    write(&mut window, "s1234");
    assert!(window.says("s1234.toml") && !window.says("s2999.toml"));
}

#[cfg(unix)]
#[test]
fn names_that_are_not_text_open() {
    use std::os::unix::ffi::OsStringExt;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let name = std::ffi::OsString::from_vec(b"caf\xe9.toml".to_vec());
    let scene = Scene::new("booth".parse().expect("a spec"));
    std::fs::write(folder.path().join(name), scene.to_toml()).expect("written");
    let mut window = Window::opening();
    opening(&mut window, folder.path());
    wait_for(&mut window, r"caf\xE9.toml");
    window.press(Key::ArrowDown);
    window.press(Key::Enter);
    window.settle();
    assert_eq!(*window.app().scene(), scene);
}
