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
        window.says("to the minimum 0 at (3, 2)"),
        "the upper right basin"
    );
    assert!(window.paints("lightness: steps to converge"));
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

#[test]
fn a_sweep_zooms_with_the_wheel_and_fits_again() {
    let mut window = himmelblau();
    window.press(egui::Key::W);
    window.settle();
    assert!(
        window.says("best ") && !window.has("Fit"),
        "the whole sweep"
    );
    let plot = window.place("Sweep: click");
    window.harness.hover_at(plot.center());
    window.harness.step();
    window.harness.event(egui::Event::Zoom(2.0));
    window.harness.run_steps(4);
    assert!(window.has("Fit"));
    let before = window.app().scene().clone();
    window.click(egui::Role::Button, "Fit");
    window.harness.run_steps(3);
    assert!(!window.has("Fit"));
    assert_eq!(*window.app().scene(), before);
}

#[test]
fn hovering_a_start_of_the_basins_previews_its_path() {
    let mut window = himmelblau();
    window.press(egui::Key::B);
    window.settle();
    let at = window.map().center() + egui::vec2(40.0, -60.0);
    let begins_there = |window: &Window| {
        let shapes = &window.harness.output().shapes;
        shapes.iter().any(|clipped| match &clipped.shape {
            egui::Shape::Path(path) => {
                let first = path.points.first();
                path.points.len() > 4 && !path.closed && first.is_some_and(|p| p.distance(at) < 1.0)
            }
            _ => false,
        })
    };
    assert!(!begins_there(&window));
    window.harness.hover_at(at);
    window.settle();
    assert!(begins_there(&window));
}

#[test]
fn undecided_basins_offer_four_times_the_steps() {
    let mut scene = Scene::new("himmelblau".parse().unwrap());
    scene.training.steps = 10;
    scene.add_run("sgd:lr=0.0001".parse().unwrap());
    let mut window = Window::on(scene);
    window.press(egui::Key::B);
    window.settle();
    assert!(window.paints("not there after 10 steps"));
    window.click(egui::Role::Button, "Four times the steps");
    window.settle();
    assert_eq!(window.app().scene().training.steps, 40);
    assert!(window.paints("not there after 40 steps"));
}

#[test]
fn basins_without_a_legend_are_in_the_middle_of_a_picture() {
    use ravine::engine::analysis::basins::{BasinLabel, Basins, Cell};
    use ravine::figure::drawing::Item;
    let scene = Scene::new("booth".parse().expect("a landscape"));
    let cell = Cell {
        label: BasinLabel::Undecided,
        steps: 1,
    };
    let basins = Basins {
        window: ravine::engine::objective::plane::Rect::new([-1.0, 1.0], [-1.0, 1.0])
            .expect("a window"),
        side: 2,
        minima: Vec::new(),
        cells: vec![cell; 4],
        missing: Vec::new(),
        max_steps: 1,
    };
    let left = |size: [f32; 2]| {
        let theme = &ravine::figure::colour::Theme::LIGHT;
        let page = (size, false);
        let drawing = ravine::figure::basins::picture(&basins, None, &scene, "sgd", page, theme);
        let area = drawing.items.iter().find_map(|item| match item {
            Item::Clipped { area, .. } => Some(*area),
            _ => None,
        });
        let area = area.expect("a map");
        (area.min[0], size[0] - area.max[0])
    };
    let (left, right) = left([1200.0, 400.0]);
    assert!((left - right).abs() < 60.0, "{left} {right}");
}
