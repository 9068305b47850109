//! Runs over several seeds in the window.

use super::Window;
use eframe::egui;
use egui::{Key, Modifiers, Role};
use ravine::engine::scene::Scene;

fn open(noise: f64) -> Window {
    let mut scene = Scene::new("booth".parse().unwrap());
    scene.training.steps = 40;
    scene.training.noise = noise;
    scene.add_run("sgd:lr=0.01".parse().unwrap());
    Window::on(scene)
}

#[test]
fn several_seeds_are_in_charts_and_table_and_undone() {
    let mut window = open(1.0);
    assert!(!window.says("10 seeds"));
    window.click(Role::RadioButton, "seeds: several");
    for _ in 0..3 {
        window.settle();
    }
    assert_eq!(window.app().scene().training.seeds, Some(10));
    assert!(window.has("loss (log), 10 seeds"));
    assert!(window.has("Sort by loss ± sd"));
    window.press_with(Modifiers::COMMAND, Key::Z);
    window.settle();
    assert_eq!(window.app().scene().training.seeds, None);
    assert!(!window.says("10 seeds"));
    window.press_with(Modifiers::SHIFT, Key::R);
    for _ in 0..3 {
        window.settle();
    }
    assert!(window.has("loss (log), 10 seeds"), "by its key");
}

#[test]
fn equal_seeds_are_said_to_be_equal() {
    let mut window = open(0.0);
    window.click(Role::RadioButton, "seeds: several");
    window.settle();
    assert!(window.says("All seeds give the same runs"));
    assert!(!window.says("10 seeds"));
}
