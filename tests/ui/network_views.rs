//! Tests of the views of a network.

use super::Window;
use eframe::egui;
use ravine::engine::scene::{NetworkScene, Scene};

fn network(data: &str, loss: &str) -> Window {
    let mut scene = Scene::opening();
    scene.runs.clear();
    scene.choose_network(NetworkScene {
        model: format!("mlp:hidden=2,loss={loss}")
            .parse()
            .expect("a network"),
        data: data.parse().expect("a data set"),
        ..NetworkScene::default()
    });
    // A map of few samples is drawn fast.
    if let Some(bench) = scene.network_mut().filter(|_| data == "iris") {
        bench.settings.test = 0.9;
    }
    for run in ["sgd:lr=0.5,momentum=0.9", "adam:lr=0.1"] {
        scene.add_run(run.parse().expect("a run"));
    }
    scene.training.steps = 60;
    let mut window = Window::on(scene);
    window.press(egui::Key::End);
    // The plane depends on the runs, the landscape and the predictions on the plane.
    window.settle();
    window.settle();
    window
}

#[test]
fn a_network_shows_its_plane_its_predictions_and_its_charts() {
    let window = network("moons:samples=20", "bce");
    assert!(window.has("Map: drag pans, wheel zooms") && window.has("Decision boundary"));
    assert!(
        window.paints("Heights are losses on this plane; each run is labelled with its true loss.")
    );
    assert!(
        window.paints("Momentum, step 60"),
        "the first run is followed"
    );
    for chart in [
        "loss; dashed: test",
        "accuracy in %; dashed: test",
        "learning rate",
        "sharpness ÷ stability limit; above 1: unstable",
    ] {
        assert!(window.has(&format!("Chart of {chart}")), "{chart}");
    }
    assert!(window.has("Sort by accuracy") && window.has("done"));
    assert!(window.has("Layers") && !window.has("Trails"));
    assert!(!window.has("Basins") && window.has("Projection error"));
}

#[test]
fn predictions_of_all_ticked_runs_are_shown_and_a_click_selects_one() {
    for (data, loss, title) in [
        ("moons:samples=20", "bce", "Decision boundary"),
        ("sine:samples=20", "mse", "Fitted curve"),
        ("iris", "ce", "Confusion matrix"),
    ] {
        let mut window = network(data, loss);
        window.press(egui::Key::Y);
        window.settle();
        let panel = |run: &str| format!("Predictions of {run}: click selects it");
        assert!(
            window.has(&panel("Momentum")) && window.has(&panel("Adam")),
            "{data}"
        );
        let words = window.harness.output().shapes.iter();
        let words = words.filter_map(|clipped| match &clipped.shape {
            egui::Shape::Text(shape) => Some(shape.galley.text().to_owned()),
            _ => None,
        });
        let words: Vec<String> = words.collect();
        let head = format!("{title} of each run");
        assert!(
            words.iter().any(|word| word.starts_with(&head)),
            "{words:?}"
        );
        let at = window.place(&panel("Adam")).center();
        window.drag(at, at);
        window.press(egui::Key::M);
        window.settle();
        assert!(
            window.paints("Adam, step 60"),
            "{data}: the map follows Adam"
        );
        window.press(egui::Key::Y);
        window.press(egui::Key::Num1);
        window.settle();
        assert!(
            !window.has(&panel("Momentum")),
            "an unticked run has no panel"
        );
        window.press(egui::Key::Num2);
        assert!(window.says("No run is ticked."));
    }
}

#[test]
fn the_predictions_can_be_hidden_and_the_map_grows() {
    let mut window = network("sine:samples=20", "mse");
    assert!(window.has("Fitted curve"));
    let before = window.map();
    window.click(egui::Role::Button, "Hide the predictions");
    window.settle();
    let after = window.map();
    assert!(!window.has("Fitted curve"));
    assert!(after.area() > 1.2 * before.area(), "{before} {after}");
    window.click(egui::Role::Button, "Run's predictions");
    window.settle();
    assert!(window.has("Fitted curve"));
}

#[test]
fn the_pointer_reads_the_plane_and_the_runs_and_moves_no_start() {
    let mut window = network("moons:samples=20", "bce");
    let scene = window.app().scene().clone();
    let at = window.map().center() + egui::vec2(-60.0, 30.0);
    window.drag(at, at);
    assert_eq!(window.app().scene(), &scene, "a click places nothing");
    window
        .harness
        .hover_at(window.map().left_top() + egui::vec2(12.0, 12.0));
    window.settle();
    assert!(window.says("loss on the plane"));
    for name in ["PC 1 ", "PC 2 "] {
        assert!(window.says(name), "the card names the axes as the map does");
    }
    // The plane's origin is the end of the first run.
    let runs = window.app().runs().expect("runs").clone();
    let view = runs.problem.view;
    let map = window.map();
    let aspect = f64::from(map.width() / map.height());
    let seen = view.with_aspect(aspect);
    let share = |from: f64, width: f64| -from / width;
    let [x, y] = [
        share(seen.x()[0], seen.width()),
        share(seen.y()[0], seen.height()),
    ];
    #[expect(clippy::cast_possible_truncation, reason = "a place on screen")]
    let at = map.left_bottom() + egui::vec2(x as f32 * map.width(), -(y as f32) * map.height());
    window.harness.hover_at(at);
    window.settle();
    assert!(
        window.says("step 60") && window.says("projected loss") && window.says("projection error")
    );
    assert!(window.says("test "));
}

#[test]
fn projection_error_shows_true_losses_and_losses_on_the_plane() {
    let mut window = network("iris", "ce");
    assert!(window.has("Confusion matrix"));
    window.press(egui::Key::O);
    window.settle();
    for chart in ["true loss; dashed: projected loss", "projection error"] {
        assert!(window.has(&format!("Chart of {chart}")), "{chart}");
    }
    assert!(window.says("of the variance of the runs' steps"));
    window
        .harness
        .hover_at(window.place("Chart of true loss").center());
    window.settle();
    assert!(
        window.says("projection error 0."),
        "values under the pointer"
    );
    window.drag(
        window.place("Chart of true loss").left_center() + egui::vec2(1.0, 0.0),
        window.place("Chart of true loss").left_center() + egui::vec2(1.0, 0.0),
    );
    assert!(window.app().step() < 5, "a click moves the timeline");
    window.press(egui::Key::M);
    assert!(window.has("Confusion matrix"), "the map is back");
}

#[test]
fn the_optimizer_state_of_a_network_has_charts() {
    let mut window = network("moons:samples=20", "bce");
    window.click(egui::Role::Button, "Optimizer state");
    window.settle();
    assert!(window.has("Chart of lengths of steps and directions"));
    assert!(window.paints("v  velocity") && !window.says("Chart of accuracy"));
    window.click(egui::Role::Button, "Layers of Momentum");
    assert!(window.has("Chart of gradient norm of each layer"));
}

#[test]
fn the_spectrum_shows_the_followed_run_and_a_second_one() {
    let mut window = network("moons:samples=20", "bce");
    window.press(egui::Key::H);
    window.settle();
    assert!(window.has("Spectrum of the curvature"));
    assert!(
        window.has("Hessian at step 60: all eigenvalues"),
        "the run has ended"
    );
    for text in ["λ₁", "trace", "Keskar's box", "adaptive λmax"] {
        assert!(window.paints(text), "{text}");
    }
    window.click(egui::Role::ComboBox, "Second run");
    window.click(egui::Role::Button, "Adam");
    window.settle();
    assert!(window.has("Hessian at step 60 and 60: all eigenvalues"));
    window.press(egui::Key::Home);
    window.settle();
    window.settle();
    assert!(window.has("Hessian at step 0 and 0: all eigenvalues"));
    window.click(egui::Role::Button, "Settings");
    assert!(window.says("adaptive_rho"));
}

#[test]
fn seeds_are_shown_side_by_side_and_a_click_chooses_one() {
    let mut window = network("moons:samples=8", "bce");
    window.press(egui::Key::S);
    window.settle();
    assert!(window.says("Only a random plane has seeds"));
    let choose = "Choose random directions, filter-normalised";
    window.click(egui::Role::Button, choose);
    window.settle();
    window.settle();
    let map = |seed: u64| format!("Map of seed {seed}: click takes it");
    for seed in 1..=6 {
        assert!(window.has(&map(seed)), "seed {seed}");
        assert!(window.paints(&format!("seed {seed}")));
    }
    assert!(!window.has(&map(7)) && window.says("Between 6 seeds the loss has"));
    assert!(window.says("Trails are projections"));
    let plane = |window: &mut Window| {
        let network = window.app().scene().network();
        network.expect("a network").plane.to_string()
    };
    assert_eq!(plane(&mut window), "filter");
    let at = window.place(&map(3)).center();
    window.drag(at, at);
    window.settle();
    assert_eq!(plane(&mut window), "filter:seed=3");
    assert!(
        window.has(&map(1)) && window.has(&map(6)),
        "the others stay"
    );
    window.harness.hover_at(at);
    window.harness.run_steps(3);
    assert!(window.says("seed 3: a "), "the pointer reads the map");
    window.press_with(egui::Modifiers::COMMAND, egui::Key::Z);
    assert_eq!(plane(&mut window), "filter", "undone");
}

#[test]
fn connect_shows_paths_between_the_ends_of_two_runs() {
    let mut window = network("moons:samples=20", "bce");
    window.press(egui::Key::C);
    window.settle();
    window.settle();
    assert!(window.has("Paths between two networks"));
    assert!(window.paints("straight line") && window.paints("curve"));
    assert!(!window.says("Training the curve"), "it has been trained");
    window.click(egui::Role::Button, "Settings");
    assert!(window.says("align"));
}
