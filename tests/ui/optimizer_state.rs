//! Charts of the optimizer state of the selected run.

use super::Window;
use eframe::egui;
use egui::{Key, Role};
use ravine::engine::scene::Scene;

const LENGTHS: &str = "Chart of lengths of steps and directions";
const NORMS: &str = "Chart of norms of per-parameter state";
const DISTANCES: &str = "Chart of distances from θ";

/// A window at the last of 60 steps on Himmelblau's function.
fn open(specs: &[&str]) -> Window {
    let mut scene = Scene::new("himmelblau".parse().expect("a landscape"));
    scene.training.steps = 60;
    for spec in specs {
        scene.add_run(spec.parse().expect("a spec"));
    }
    let mut window = Window::on(scene);
    window.press(Key::End);
    window
}

/// A click at a share of a chart's width.
fn click_at(window: &mut Window, chart: &str, share: f32) {
    let plot = window.place(chart);
    let at = egui::pos2(plot.left() + share * plot.width(), plot.center().y);
    window.drag(at, at);
}

#[test]
fn charts_switch_to_the_optimizer_state_of_the_selected_run_and_back() {
    let mut window = open(&["adam:lr=0.05", "sgd:lr=0.01,momentum=0.9+lookahead"]);
    assert!(window.has("Chart of learning rate") && !window.has(LENGTHS));
    window.click(Role::Button, "Optimizer state (Adam)");
    window.settle();
    assert!(window.has(LENGTHS) && window.has(NORMS) && !window.has(DISTANCES));
    assert!(!window.has("Chart of learning rate"));
    for line in [
        "Δθ  step",
        "m  mean of gradients",
        "v  mean of squared gradients",
    ] {
        assert!(window.paints(line), "{line}");
    }
    let name = window.app().scene().run_names().swap_remove(1);
    window.click(Role::Button, &format!("settings of {name}"));
    window.settle();
    assert!(
        window.has(DISTANCES) && !window.has(NORMS),
        "{name} is selected"
    );
    assert!(window.paints("v  velocity") && window.paints("φ  slow weights"));
    window.click(Role::Button, "Runs");
    assert!(window.has("Chart of learning rate") && !window.has(LENGTHS));
}

#[test]
fn a_click_moves_the_timeline_and_the_pointer_reads_the_lines() {
    let mut window = open(&["adam:lr=0.05"]);
    window.click(Role::Button, "Optimizer state (Adam)");
    window.settle();
    click_at(&mut window, LENGTHS, 0.5);
    assert_eq!(window.app().step(), 30);
    let plot = window.place(NORMS);
    window.harness.hover_at(plot.center());
    window.harness.run_steps(40);
    assert!(window.says("step 30") && window.says("norm over all parameters"));
    assert!(!window.says("not known") && !window.says("vector length"));
    window.click(Role::CheckBox, "charts over gradient evaluations");
    window.harness.hover_at(plot.center());
    window.harness.run_steps(40);
    assert!(window.says("step 30"), "a gradient a step");
}

#[test]
fn the_optimizer_state_of_unusual_rules_has_charts() {
    for spec in [
        "qhadam",
        "prodigy",
        "cma-es",
        "shampoo",
        "trust-region",
        "sgd:lr=0.01+sam",
    ] {
        let mut window = open(&[spec]);
        let name = window.app().scene().run_names().swap_remove(0);
        window.click(Role::Button, &format!("Optimizer state ({name})"));
        window.settle();
        assert!(window.has(LENGTHS), "{spec}");
    }
}

#[test]
fn an_optimizer_without_state_says_so() {
    let mut window = open(&["sgd:lr=0.01"]);
    window.click(Role::Button, "Optimizer state (SGD)");
    window.settle();
    assert!(window.has(LENGTHS) && !window.has(NORMS));
    assert!(window.paints("SGD has no state."));
}
