//! Tests of the mouse on the map.

use super::Window;
use eframe::egui;
use ravine::engine::scene::Scene;

#[test]
fn a_click_sets_the_start_of_every_run() {
    let mut window = Window::opening();
    let before = window.app().scene().start();
    let at = window.map().center() + egui::vec2(37.0, 76.0);
    window.drag(at, at);
    let start = window.app().scene().start();
    assert_ne!(start, before);
    let runs = window.app().runs().expect("runs").results.clone();
    assert!(
        runs.iter()
            .all(|result| result.trajectory.theta(0) == Some(&start[..]))
    );
}

#[test]
fn a_click_on_a_trail_selects_its_run_and_step() {
    let mut scene = Scene::new("quadratic:a=1,b=1".parse().unwrap());
    scene.add_run("sgd:lr=0.01".parse().unwrap());
    scene.add_run("adam:lr=0.0001".parse().unwrap());
    scene.training.steps = 100;
    let mut window = Window::on(scene);
    window.press(egui::Key::End);
    let start = window.app().scene().start();
    let view = window.app().runs().unwrap().problem.view;
    let map = window.map();
    // The view is widened to the shape of the map, around its middle.
    let [width, height] = [map.width(), map.height()].map(f64::from);
    let scale = (width / view.width()).min(height / view.height());
    let [cx, cy] = view.center();
    let place = |[x, y]: [f64; 2]| {
        #[expect(clippy::cast_possible_truncation, reason = "places on screen")]
        let [x, y] = [(x - cx) * scale, (cy - y) * scale].map(|offset| offset as f32);
        map.center() + egui::vec2(x, y)
    };
    let at = place(start).lerp(place([0.0, 0.0]), 0.4);
    window.drag(at, at);
    assert_eq!(window.app().scene().start(), start, "the start stays");
    let step = window.app().step();
    assert!((30..=70).contains(&step), "step {step}");
}

#[test]
fn the_start_stays_in_the_domain() {
    let mut window = Window::opening();
    let corner = window.map().left_bottom() + egui::vec2(2.0, -2.0);
    window.drag(corner, corner);
    let [x, y] = window.app().scene().start();
    assert!(x.abs() <= 2.048 && y.abs() <= 2.048, "{x}, {y}");
    assert!(!window.says("not in the domain"));
}

#[test]
fn dragging_the_marker_moves_the_start_and_dragging_elsewhere_moves_the_view() {
    let mut window = Window::opening();
    // Away from the trails, where a click selects a step.
    let place = window.map().center() + egui::vec2(40.0, 60.0);
    window.drag(place, place);
    let start = window.app().scene().start();
    window.drag(place, place + egui::vec2(50.0, 0.0));
    let moved = window.app().scene().start();
    assert!(moved[0] > start[0] + 0.1, "{start:?} to {moved:?}");
    assert_eq!(window.app().scene().view, None);

    window.drag(
        place + egui::vec2(0.0, 120.0),
        place + egui::vec2(60.0, 120.0),
    );
    assert_eq!(window.app().scene().start(), moved);
    let view = window.app().scene().view.expect("a view of its own");
    assert!(
        view.center()[0] < -0.1,
        "the landscape moves with the mouse"
    );

    window.press(egui::Key::F);
    assert_eq!(window.app().scene().view, None, "full view");
}

#[test]
fn the_wheel_zooms_to_the_pointer() {
    let mut window = Window::opening();
    let wide = window.map();
    window.harness.hover_at(wide.center());
    window.harness.step();
    window.harness.event(egui::Event::Zoom(2.0));
    window.settle();
    let view = window.app().scene().view.expect("a view of its own");
    // The first view reaches beyond the domain where the start lies near its border.
    let [x, y] = view.center();
    assert!(x.abs() < 0.05 && (0.1..0.25).contains(&y), "{view:?}");
    assert!(view.height() < 3.5, "{view:?}");
}

#[test]
fn values_at_the_pointer_are_shown() {
    let mut window = Window::opening();
    let corner = window.map().right_bottom() - egui::vec2(30.0, 30.0);
    window.harness.hover_at(corner);
    window.settle();
    assert!(window.says("‖∇f‖") && window.says("λ "), "the landscape");
}

/// Returns the text of the slope at the timeline's step of the first run.
fn tangent(window: &mut Window) -> String {
    let step = window.app().step();
    let runs = window.app().runs().expect("runs").clone();
    let row = runs.row(step);
    let theta = runs.results[0]
        .trajectory
        .theta(row)
        .expect("a row")
        .to_vec();
    let mut slope = [0.0];
    runs.problem.objective.gradient(&theta, &mut slope);
    format!("slope {}", ravine::figure::axis::number(slope[0], 3))
}

#[test]
fn with_one_parameter_a_click_moves_x_only_and_the_runs_stay_on_the_graph() {
    let mut scene = Scene::new("cosine-1d".parse().unwrap());
    scene.add_run("sgd:lr=0.1".parse().unwrap());
    let mut window = Window::on(scene);
    let before = window.app().scene().start();
    let at = window.map().center() + egui::vec2(70.0, -90.0);
    window.drag(at, at);
    let start = window.app().scene().start();
    assert!(start[0] > 0.5 && start != before && start[1] == 0.0);
    let result = window.app().runs().expect("runs").results[0].clone();
    assert_eq!(result.trajectory.theta(0), Some(&start[..1]));
    window
        .harness
        .hover_at(window.map().center() + egui::vec2(0.0, 99.0));
    window.settle();
    assert!(
        window.says("f′") && window.says("f″"),
        "what is under the pointer"
    );
    assert!(window.has("start x") && !window.has("start y"));
    let first = tangent(&mut window);
    assert!(window.paints(&first), "{first}");
    window.press(egui::Key::End);
    let last = tangent(&mut window);
    assert!(window.paints(&last), "{last}");
    window.press_with(egui::Modifiers::SHIFT, egui::Key::G);
    assert!(!window.app().scene().map.tangent && !window.paints(&last));
    window.click(egui::Role::Button, "Layers");
    assert!(window.has("Contour lines") && window.has("Tangent"));
    assert!(!window.has("Colours by height") && !window.has("Gradient arrows"));
    window.press(egui::Key::Escape);

    window.harness.hover_at(window.map().center());
    window.harness.run_steps(2);
    window.harness.event(egui::Event::Zoom(2.0));
    window.settle();
    assert!(window.app().scene().view.is_some(), "both ways");
    window.press(egui::Key::F);
    assert_eq!(window.app().scene().view, None);

    window.press(egui::Key::B);
    window.settle();
    assert!(window.says("expected a landscape of two"));
}

#[test]
fn optimizer_state_of_the_followed_run_is_drawn_on_request() {
    let mut scene = Scene::opening();
    scene.runs.truncate(2);
    let mut window = Window::on(scene);
    assert!(!window.app().scene().map.internals, "off at first");
    assert!(!window.paints("−∇f"));
    window.click(egui::Role::Button, "Layers");
    window.click(egui::Role::CheckBox, "Optimizer state");
    window.settle();
    assert!(window.app().scene().map.internals);
    window.press(egui::Key::Escape);
    assert!(window.paints("−∇f") && window.paints("step"));
    assert!(!window.paints("−v"), "the first run has no velocity");
    window.click(egui::Role::Button, "settings of Momentum");
    window.press(egui::Key::ArrowRight);
    assert!(window.paints("−∇f") && window.paints("−v"));
    let toml = window.app().scene().to_toml();
    assert!(toml.contains("internals = true"), "a part of the scene");
    window.press_with(egui::Modifiers::SHIFT, egui::Key::I);
    assert!(!window.app().scene().map.internals && !window.paints("−∇f"));
}

#[test]
fn layers_have_keys_and_can_be_undone() {
    let mut window = Window::opening();
    let before = window.app().scene().clone();
    window.press_with(egui::Modifiers::SHIFT, egui::Key::H);
    assert!(window.app().scene().map.hillshade);
    window.press_with(egui::Modifiers::SHIFT, egui::Key::S);
    let map = &window.app().scene().map;
    assert!(!map.saddles && map.minima, "one without the other");
    window.press_with(egui::Modifiers::SHIFT, egui::Key::G);
    assert!(window.says("Tangent: the map of this scene has no such layer."));
    for _ in 0..2 {
        window.press_with(egui::Modifiers::COMMAND, egui::Key::Z);
    }
    assert_eq!(*window.app().scene(), before);
}

#[test]
fn the_inset_of_a_regression_takes_clicks_and_can_be_hidden() {
    let mut scene = Scene::new("regression".parse().unwrap());
    scene.add_run("sgd:lr=0.01".parse().unwrap());
    let mut window = Window::on(scene);
    window.press(egui::Key::End);
    let name = "Data with the line of each run";
    let inset = window.place(name);
    assert!(window.map().contains_rect(inset), "{inset}");
    let start = window.app().scene().start();
    let at = inset.center();
    window.drag(at, at);
    assert_eq!(
        window.app().scene().start(),
        start,
        "a click there moves nothing"
    );
    window.press_with(egui::Modifiers::SHIFT, egui::Key::D);
    assert!(!window.has(name) && !window.app().scene().map.data);
    window.drag(at, at);
    assert_ne!(window.app().scene().start(), start);
}
