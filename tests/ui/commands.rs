//! Tests of the command palette, of the question at the end, and of keys after typing.

use super::Window;
use eframe::egui;
use egui::{Key, Modifiers, Role};
use egui_kittest::kittest::Queryable;
use ravine::engine::scene::Scene;

fn write(window: &mut Window, text: &str) {
    window.harness.event(egui::Event::Text(text.to_owned()));
    window.harness.run_steps(2);
}

/// Presses a key in a single frame, a quarter of a second.
fn press_at_once(window: &mut Window, key: Key) {
    window.harness.event(egui::Event::Key {
        key,
        physical_key: None,
        pressed: true,
        repeat: false,
        modifiers: Modifiers::NONE,
    });
    window.harness.step();
}

#[test]
fn the_palette_finds_commands_optimizers_and_landscapes() {
    let mut window = Window::opening();
    let runs = window.app().scene().runs.len();
    window.press_with(Modifiers::COMMAND, Key::K);
    write(&mut window, "add lion");
    assert!(window.says("Add Lion"));
    window.press(Key::Enter);
    window.settle();
    assert_eq!(window.app().scene().runs.len(), runs + 1);
    assert_eq!(
        window.app().scene().runs[runs].spec.optimizer.name(),
        "lion"
    );

    window.press_with(Modifiers::COMMAND, Key::K);
    write(&mut window, "himmel");
    window.press(Key::Enter);
    window.settle();
    let name = window.app().scene().subject_name();
    assert_eq!(name, "himmelblau");

    window.press_with(Modifiers::COMMAND, Key::K);
    write(&mut window, "zzzz");
    assert!(window.says("Nothing has this name."));
    window.press(Key::Enter);
    window.press(Key::Escape);
    assert!(!window.says("Nothing has this name."));
}

#[test]
fn keys_of_the_window_rest_while_the_palette_is_open() {
    let mut window = Window::opening();
    let shown = |window: &mut Window| {
        { window.app().scene().runs.iter() }
            .filter(|run| run.shown)
            .count()
    };
    let before = shown(&mut window);
    window.press_with(Modifiers::COMMAND, Key::K);
    window.press(Key::Num1);
    window.press_with(Modifiers::COMMAND, Key::Z);
    window.press(Key::Escape);
    assert_eq!(shown(&mut window), before);
}

#[test]
fn closing_asks_where_changes_are_not_saved() {
    let mut window = Window::opening();
    window.press_with(Modifiers::COMMAND, Key::Q);
    assert!(window.app().is_closing(), "nothing has changed");

    let mut window = Window::opening();
    window.press(Key::Num1);
    window.press_with(Modifiers::COMMAND, Key::Q);
    assert!(window.says("Save changes before closing?"));
    window.click(Role::Button, "Cancel");
    assert!(!window.says("Save changes before closing?"));
    window.press_with(Modifiers::COMMAND, Key::Q);
    window.click(Role::Button, "Save");
    assert!(
        window.says("Save scene"),
        "a scene without a file asks for one"
    );
    window.press(Key::Escape);

    assert!(!window.app().is_closing());
    window.press_with(Modifiers::COMMAND, Key::Q);
    window.click(Role::Button, "Close without saving");
    assert!(window.app().is_closing());
}

#[test]
fn closing_asks_for_the_scene_of_the_other_subject_too() {
    let mut window = Window::opening();
    window.click(Role::Button, "Network");
    window.press(Key::Num1);
    window.click(Role::Button, "Landscape");
    window.press_with(Modifiers::COMMAND, Key::Q);
    assert!(window.says("Save changes before closing?"));
    assert!(
        window.app().scene().is_network(),
        "the changed scene is shown"
    );
    window.click(Role::Button, "Close without saving");
    assert!(window.app().is_closing());
}

#[test]
fn digits_typed_after_a_field_was_left_untick_no_run() {
    let mut window = Window::on({
        let mut scene = Scene::new("formula:f=x^2+y^2".parse().unwrap());
        scene.add_run("sgd:lr=0.1".parse().unwrap());
        scene
    });
    window
        .harness
        .get_by_role_and_label(Role::TextInput, "f")
        .focus();
    window.harness.run_steps(2);
    write(&mut window, "+1");
    press_at_once(&mut window, Key::Enter);
    let landscape = window.app().scene().landscape().to_string();
    assert!(landscape.contains("x^2+y^2+1"), "{landscape}");
    press_at_once(&mut window, Key::Num1);
    assert!(window.app().scene().runs[0].shown);
    window.harness.run_steps(8);
    press_at_once(&mut window, Key::Num1);
    assert!(
        !window.app().scene().runs[0].shown,
        "a second later it does"
    );
}

#[test]
fn messages_leave_after_some_seconds() {
    let mut window = Window::opening();
    window.press_with(Modifiers::COMMAND | Modifiers::SHIFT, Key::T);
    assert!(window.says("The scene is on the clipboard as text."));
    window.harness.run_steps(24);
    assert!(!window.says("The scene is on the clipboard as text."));
}

#[test]
fn the_field_of_the_palette_stays_in_its_place_and_opens_from_the_menu_bar() {
    let mut window = Window::opening();
    window.click(Role::Button, "Search commands");
    let field = |window: &Window| {
        let name = "Search commands";
        let field = window.harness.get_by_role_and_label(Role::TextInput, name);
        field.rect()
    };
    let before = field(&window);
    for text in ["dark mode", "zzzz"] {
        write(&mut window, text);
        window.harness.run_steps(2);
        assert_eq!(field(&window), before, "{text}");
    }
    let bottom = window.harness.ctx.content_rect().bottom();
    assert!(before.max.y < 0.3 * bottom, "{before}");
}
