//! Tests of choosing a landscape, and of sculpting one.

use super::Window;
use eframe::egui;
use egui::{Key, Modifiers, PointerButton, Role};
use egui_kittest::kittest::Queryable;
use ravine::engine::landscape::{AnyLandscape, Group, Hill};
use ravine::engine::scene::Scene;
use std::path::{Path, PathBuf};
use std::sync::Arc;

fn open_gallery() -> Window {
    let mut window = Window::opening();
    window.click(Role::ComboBox, "Landscape");
    window
}

fn type_text(window: &mut Window, text: &str) {
    window.harness.event(egui::Event::Text(text.to_owned()));
    window.harness.run_steps(2);
}

fn landscape(window: &mut Window) -> &'static str {
    window.app().scene().landscape().name()
}

#[test]
fn the_gallery_shows_all_landscapes_by_group() {
    let window = open_gallery();
    for group in Group::ALL {
        assert!(window.has(group.title()), "{}", group.title());
    }
    for landscape in AnyLandscape::all() {
        let title = landscape.settings().title();
        let button = window
            .harness
            .query_all_by_role_and_label(Role::Button, title);
        assert_eq!(button.count(), 1, "{title}");
    }
    let search = window
        .harness
        .get_by_role_and_label(Role::TextInput, "Search");
    assert!(search.is_focused(), "typing filters at once");
}

#[test]
fn typing_filters_the_gallery_and_enter_chooses_the_first_match() {
    let mut window = open_gallery();
    type_text(&mut window, "rastr");
    assert!(window.has("Rastrigin") && !window.has("Ackley"));
    window.press(Key::Enter);
    assert_eq!(landscape(&mut window), "rastrigin");
    assert!(!window.has("Search"));
    assert_eq!(window.app().scene().runs.len(), 6, "the runs stay");

    window.click(Role::ComboBox, "Landscape");
    assert!(window.has("Ackley"), "the search is empty again");
    type_text(&mut window, "no such thing");
    assert!(window.says("No landscape matches"));
    window.press(Key::Enter);
    assert_eq!(landscape(&mut window), "rastrigin");
    window.press(Key::Escape);
    assert!(!window.has("Search"), "Escape closes");
    assert_eq!(landscape(&mut window), "rastrigin");
}

#[test]
fn a_click_on_a_thumbnail_chooses_its_landscape() {
    let mut window = open_gallery();
    window.click(Role::Button, "Booth");
    assert_eq!(landscape(&mut window), "booth");
    assert!(!window.has("Search"));
}

#[test]
fn the_gallery_fits_into_a_small_window() {
    let mut window = open_gallery();
    window.harness.set_size(egui::vec2(1280.0, 800.0));
    window.harness.run_steps(4);
    let screen = egui::Rect::from_min_size(egui::Pos2::ZERO, egui::vec2(1280.0, 800.0));
    let mut visible = 0;
    for landscape in AnyLandscape::all() {
        let title = landscape.settings().title();
        let button = window.harness.get_by_role_and_label(Role::Button, title);
        visible += usize::from(screen.contains_rect(button.rect()));
        assert!(button.rect().right() < screen.right(), "{title}");
    }
    assert!(visible > 12, "{visible}");
}

/// Opens a window with an empty sculpted landscape.
fn empty_sculpt_window() -> Window {
    let mut scene = Scene::new("drawn:hills=,bowl=0.1".parse().expect("a spec"));
    scene.add_run("sgd:lr=0.1".parse().expect("a spec"));
    Window::on(scene)
}

fn hills(window: &mut Window) -> Vec<Hill> {
    match &window.app().scene().landscape() {
        AnyLandscape::Drawn(drawn) => Hill::parse_list(&drawn.hills).expect("hills"),
        other => panic!("{other}"),
    }
}

/// Clicks the map at an offset in points from its center.
fn click_at(window: &mut Window, x: f32, y: f32) {
    let at = window.map().center() + egui::vec2(x, y);
    window.drag(at, at);
}

#[test]
fn hills_and_pits_are_added_and_undone_one_by_one() {
    let mut window = empty_sculpt_window();
    let start = window.app().scene().start();
    window.click(Role::Button, "hill");
    click_at(&mut window, 100.0, 0.0);
    window.click(Role::Button, "pit");
    click_at(&mut window, -80.0, -60.0);
    let drawn = hills(&mut window);
    assert_eq!(drawn.len(), 2, "{drawn:?}");
    assert!(drawn[0].at[0] > 0.5 && drawn[0].at[1].abs() < 0.05 && drawn[0].height > 0.0);
    assert!(drawn[1].at[0] < -0.5 && drawn[1].at[1] > 0.3 && drawn[1].height < 0.0);
    assert_eq!(window.app().scene().start(), start, "the start stays");
    let runs = window.app().runs().expect("runs").clone();
    assert_eq!(runs.scene.landscape(), window.app().scene().landscape());

    window.press_with(Modifiers::COMMAND, Key::Z);
    assert_eq!(hills(&mut window), drawn[..1]);
    window.press_with(Modifiers::COMMAND, Key::Z);
    assert!(hills(&mut window).is_empty());
    window.press_with(Modifiers::COMMAND, Key::Y);
    window.press_with(Modifiers::COMMAND, Key::Y);
    assert_eq!(hills(&mut window), drawn);
    let text = window.app().scene().to_toml();
    assert_eq!(Scene::from_toml(&text).as_ref(), Ok(window.app().scene()));
}

#[test]
fn hills_are_moved_widened_and_erased() {
    let mut window = empty_sculpt_window();
    window.click(Role::Button, "hill");
    click_at(&mut window, 100.0, 0.0);
    click_at(&mut window, -100.0, 0.0);
    let before = hills(&mut window);
    let from = window.map().center() + egui::vec2(100.0, 0.0);
    let to = from + egui::vec2(0.0, 60.0);
    window.drag(from, to);
    let moved = hills(&mut window);
    assert!(moved[0].at[1] < before[0].at[1] - 0.3, "{moved:?}");
    assert_eq!(moved[1], before[1]);
    assert_eq!(window.app().scene().view, None, "the view stays");

    window.harness.hover_at(to);
    window.harness.step();
    window
        .harness
        .event_modifiers(egui::Event::Zoom(2.0), Modifiers::COMMAND);
    window.harness.run_steps(2);
    let wide = hills(&mut window);
    assert!(wide[0].width > 1.2 * moved[0].width, "{wide:?}");
    assert_eq!(window.app().scene().view, None, "no zoom");

    window.click(Role::Button, "erase");
    click_at(&mut window, -90.0, 10.0);
    assert_eq!(hills(&mut window), wide[..1]);
    window.press_with(Modifiers::COMMAND, Key::Z);
    assert_eq!(hills(&mut window), wide);
    window.click(Role::Button, "Clear");
    assert!(hills(&mut window).is_empty());
    window.press_with(Modifiers::COMMAND, Key::Z);
    assert_eq!(hills(&mut window), wide);
}

#[test]
fn a_right_click_removes_the_nearest_hill() {
    let mut window = empty_sculpt_window();
    window.click(Role::Button, "hill");
    click_at(&mut window, 100.0, 0.0);
    click_at(&mut window, -100.0, 0.0);
    let before = hills(&mut window);
    let at = window.map().center() + egui::vec2(90.0, 20.0);
    window.harness.hover_at(at);
    window.harness.step();
    for pressed in [true, false] {
        window.harness.event(egui::Event::PointerButton {
            pos: at,
            button: PointerButton::Secondary,
            pressed,
            modifiers: Modifiers::NONE,
        });
        window.harness.step();
    }
    window.settle();
    assert_eq!(hills(&mut window), before[1..]);
}

#[test]
fn the_map_behaves_as_usual_with_the_start_tool_and_on_other_landscapes() {
    let mut window = empty_sculpt_window();
    assert!(window.says("Map: click places the start"));
    let before = window.app().scene().start();
    click_at(&mut window, 50.0, 80.0);
    assert_ne!(window.app().scene().start(), before);
    window.click(Role::Button, "hill");
    assert!(window.says("Map: click adds a hill"));
    let from = window.map().center() + egui::vec2(-150.0, 90.0);
    window.drag(from, from + egui::vec2(60.0, 0.0));
    assert!(hills(&mut window).is_empty(), "a drag moves the view");
    assert!(window.app().scene().view.is_some());
    window.press(Key::B);
    assert!(window.says("Map: click places the start"), "on the basins");
    assert!(
        !Window::opening().has("erase"),
        "no tools on other landscapes"
    );
}

/// A file dropped onto the window.
#[derive(Debug)]
struct Dropped(PathBuf);

impl egui::DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        std::fs::read(&self.0).map_err(|error| error.to_string())
    }
}

#[test]
fn dropped_pictures_and_matrices_become_the_landscape() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let drop = |window: &mut Window, name: &str, content: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, content).expect("written");
        let file = Arc::new(Dropped(path));
        window.harness.input_mut().dropped_files.push(file);
        window.harness.step();
        window.harness.input_mut().dropped_files.clear();
        window.settle();
    };
    let mut window = Window::opening();
    drop(&mut window, "heights.CSV", "1,2,3\n4,5,6\n7,8,10\n");
    let spec = window.app().scene().landscape().to_string();
    assert!(
        spec.starts_with("grid:data=") && spec.contains("heights.CSV"),
        "{spec}"
    );
    let runs = window.app().runs().expect("runs").clone();
    assert_eq!(runs.scene.landscape().to_string(), spec);

    drop(&mut window, "no picture.png", "words");
    assert_eq!(landscape(&mut window), "image");
    assert!(window.says("no picture.png: "), "the error is shown");
    window.press_with(Modifiers::COMMAND, Key::Z);
    assert_eq!(window.app().scene().landscape().to_string(), spec);
}

#[test]
fn settings_that_name_a_file_have_a_button() {
    for (spec, name) in [("image", "file"), ("grid", "data"), ("regression", "data")] {
        let window = Window::on(Scene::new(spec.parse().expect("a spec")));
        let field = window.harness.get_by_role_and_label(Role::TextInput, name);
        let button = window
            .harness
            .get_by_role_and_label(Role::Button, "Browse…");
        assert!(button.rect().left() >= field.rect().right(), "{spec}");
        assert!(field.rect().width() > 60.0, "{spec}");
    }
}
