//! Tests of the card that explains a run.

use super::Window;
use eframe::egui;
use egui::{Key, Modifiers, Role};
use egui_kittest::kittest::Queryable;
use ravine::engine::objective::plane::Rect;
use ravine::engine::scene::Scene;

fn open(landscape: &str, start: [f64; 2], spec: &str) -> Window {
    let mut scene = Scene::new(landscape.parse().expect("a landscape"));
    scene.training.steps = 300;
    scene.move_start(start);
    scene.view = Rect::new([-5.0, 5.0], [-5.0, 5.0]);
    scene.add_run(spec.parse().expect("a spec"));
    let mut window = Window::on(scene);
    window.press(Key::End);
    window.settle();
    window
}

fn spec(window: &mut Window) -> String {
    window.app().scene().runs[0].spec.to_string()
}

#[test]
fn a_diverged_run_is_explained_and_its_change_can_be_tried_and_undone() {
    let mut window = open("quadratic:a=1,b=50", [-4.0, 2.0], "sgd:lr=0.05");
    window.click(Role::Button, "Why: SGD");
    window.settle();
    assert!(window.has("Diverged: the learning rate is too large"));
    assert!(window.says("lr·λmax = 2.5, above 2"));
    window.click(Role::Button, "Try it: Set lr to 0.02");
    window.settle();
    assert_eq!(spec(&mut window), "sgd:lr=0.02");
    assert!(!window.has("Diverged: the learning rate is too large"));
    assert!(window.has("Tried: Set lr to 0.02."));
    window.press_with(Modifiers::COMMAND, Key::Z);
    window.settle();
    assert_eq!(spec(&mut window), "sgd:lr=0.05", "one step of undo");
    assert!(window.has("Diverged: the learning rate is too large"));
    window.press(Key::Escape);
    assert!(!window.has("Diverged: the learning rate is too large"));
}

#[test]
fn the_palette_and_the_table_open_the_card() {
    let mut window = open("quadratic:a=1,b=4", [-4.0, 2.0], "sgd:lr=0.4");
    window.press_with(Modifiers::COMMAND, Key::K);
    let field = window
        .harness
        .get_by_role_and_label(Role::TextInput, "Search commands");
    field.type_text("why did");
    window.harness.run_steps(3);
    window.press(Key::Enter);
    window.settle();
    assert!(window.says("Nothing unusual: in 300 steps"));
    window.press_with(Modifiers::SHIFT, Key::W);
    assert!(!window.says("Nothing unusual"), "the key closes it");
    window.harness.get_by_label("done").click();
    window.settle();
    assert!(window.says("Nothing unusual: in 300 steps"));
}

#[test]
fn a_click_on_the_cross_of_a_run_explains_it() {
    let mut window = open("formula:f=x-ln(x)+y^2", [0.8, 0.0], "sgd:lr=5");
    let runs = window.app().runs().expect("runs");
    let trajectory = &runs.results[0].trajectory;
    let [x, y] = trajectory.plot_point(usize::MAX).expect("a row");
    let share = [(x + 5.0) / 10.0, (5.0 - y) / 10.0];
    let map = window.map();
    #[expect(clippy::cast_possible_truncation, reason = "pixels")]
    let [u, v] = share.map(|share| share as f32);
    let cross = map.min + egui::vec2(u * map.width(), v * map.height());
    window.drag(cross, cross);
    assert!(window.has("NaN: a step left the domain"));
    assert_eq!(window.app().scene().start(), [0.8, 0.0], "it stays");
}
