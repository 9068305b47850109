//! Runs over several seeds in the window.

use super::Window;
use eframe::egui;
use egui::{Key, Modifiers, Role};
use egui_kittest::kittest::Queryable;
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

#[test]
fn a_run_card_shows_the_mean_of_the_table() {
    let mut window = open(1.0);
    window.press(Key::End);
    window.click(Role::RadioButton, "seeds: several");
    for _ in 0..3 {
        window.settle();
    }
    let labels = window.harness.query_all_by_role(Role::Label);
    let labels: Vec<String> = labels.filter_map(|label| label.value()).collect();
    let cell = { labels.iter() }.find_map(|label| label.split_once(" ± "));
    let mean: f64 = cell.expect("a mean").0.parse().expect("a number");
    let first = window.app().runs().expect("runs").results[0].clone();
    let first = *first.trajectory.loss.last().expect("a row");
    assert!((mean - first).abs() > 0.02 * mean.abs(), "the seeds differ");
    let losses = labels.iter().filter_map(|label| label.parse().ok());
    let near = |loss: &f64| (loss - mean).abs() < 0.02 * mean.abs();
    assert_eq!(losses.filter(near).count(), 1, "{mean} in {labels:?}");
}
