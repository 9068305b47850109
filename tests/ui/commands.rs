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

/// Whether the window asks to be closed in one of the next frames.
fn closes(window: &mut Window) -> bool {
    (0..4).any(|_| {
        window.harness.step();
        let outputs = window.harness.output().viewport_output.values();
        let mut commands = outputs.flat_map(|output| &output.commands);
        commands.any(|command| *command == egui::ViewportCommand::Close)
    })
}

#[test]
fn the_palette_finds_commands_optimizers_and_landscapes() {
    let mut window = Window::opening();
    let runs = window.app().scene().runs.len();
    window.press_with(Modifiers::COMMAND, Key::K);
    write(&mut window, "add lion");
    assert!(window.has("Add Lion"));
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
    window
        .harness
        .key_press_modifiers(Modifiers::COMMAND, Key::Q);
    assert!(closes(&mut window), "nothing has changed");

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

    window.press_with(Modifiers::COMMAND, Key::Q);
    window
        .harness
        .get_by_role_and_label(Role::Button, "Close without saving")
        .click();
    assert!(closes(&mut window));
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
    window.press(Key::Enter);
    window.press(Key::Num1);
    assert!(window.app().scene().runs[0].shown);
    window.harness.run_steps(8);
    window.press(Key::Num1);
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
