//! Tests of the views of basins and sweeps.

use super::Window;
use eframe::egui;
use ravine::engine::scene::Scene;

fn himmelblau() -> Window {
    let mut scene = Scene::new("himmelblau".parse().unwrap());
    scene.training.steps = 200;
    for run in ["sgd:lr=0.01", "adam:lr=0.1"] {
        scene.add_run(run.parse().unwrap());
    }
    Window::on(scene)
}

#[test]
fn the_pointer_reads_where_a_start_converges_to() {
    let mut window = himmelblau();
    window.press(egui::Key::B);
    window.settle();
    let at = window.map().center() + egui::vec2(40.0, -60.0);
    window.harness.hover_at(at);
    window.settle();
    assert!(
        window.says("to the minimum 0 at (3, 2) in"),
        "the upper right basin"
    );
    window.drag(at, at);
    let start = window.app().scene().start();
    assert!(
        start[0] > 0.0 && start[1] > 0.0,
        "a click places the start: {start:?}"
    );
    window.press(egui::Key::M);
    window.settle();
    window.harness.hover_at(at + egui::vec2(30.0, 0.0));
    window.settle();
    assert!(window.says("‖∇f‖"), "the map is back");
}

#[test]
fn basins_can_be_shown_for_another_run() {
    let mut window = himmelblau();
    window.press(egui::Key::B);
    window.settle();
    assert!(window.has_value(egui::Role::ComboBox, "Run of the basins", "SGD"));
    window.click(egui::Role::ComboBox, "Run of the basins");
    window.click(egui::Role::Button, "Adam");
    window.settle();
    assert!(window.has_value(egui::Role::ComboBox, "Run of the basins", "Adam"));
}

#[test]
fn a_click_on_a_sweep_sets_the_learning_rate() {
    let mut window = himmelblau();
    let before = window.app().scene().runs.clone();
    window.press(egui::Key::W);
    window.settle();
    let plot = window.place("Sweep: click");
    let at = plot.center();
    window.harness.hover_at(at);
    window.settle();
    assert!(window.says("lr = "), "the value under the pointer");
    window.drag(at, at);
    let after = &window.app().scene().runs;
    let changed = before
        .iter()
        .zip(after)
        .filter(|(a, b)| a.spec != b.spec)
        .count();
    assert_eq!(changed, 1, "one run has another learning rate");
    window.press_with(egui::Modifiers::COMMAND, egui::Key::Z);
    assert_eq!(window.app().scene().runs, before, "undo takes it back");
}

#[test]
fn settings_of_wrappers_can_be_swept() {
    let mut scene = Scene::new("himmelblau".parse().unwrap());
    scene.training.steps = 50;
    scene.add_run("sgd:lr=0.01+sam@cosine".parse().unwrap());
    let mut window = Window::on(scene);
    window.press(egui::Key::W);
    window.settle();
    window.click(egui::Role::Button, "Choose: Setting of the sweep");
    assert!(window.has("cosine.eta_min") && window.has("momentum"));
    window.click(egui::Role::Button, "sam.rho");
    window.settle();
    let plot = window.place("Sweep: click");
    window.harness.hover_at(plot.center());
    window.settle();
    assert!(window.says("sam.rho = "), "the value under the pointer");
}
