//! Tests of refused scenes: the sentence stands at the setting that caused it, with a button that mends it, and the last good picture stays.

use super::Window;
use eframe::egui;
use egui::{Key, Modifiers, Role};
use egui_kittest::kittest::Queryable;
use ravine::engine::scene::{NetworkScene, Scene};

fn network(model: &str, data: &str) -> Scene {
    let mut scene = Scene::opening();
    scene.runs.clear();
    scene.choose_network(NetworkScene {
        model: model.parse().expect("a model"),
        data: data.parse().expect("a data set"),
        ..NetworkScene::default()
    });
    scene.add_run("sgd:lr=0.1".parse().expect("a run"));
    scene.add_run("adam:lr=0.05".parse().expect("a run"));
    scene.training.steps = 20;
    scene
}

/// Whether a picture in the last frame contains a text with this part.
fn paints(window: &Window, part: &str) -> bool {
    let shapes = &window.harness.output().shapes;
    shapes.iter().any(|clipped| match &clipped.shape {
        egui::Shape::Text(shape) => shape.galley.text().contains(part),
        _ => false,
    })
}

/// Asserts that nothing pretends to train.
fn check_no_training(window: &Window) {
    for part in ["training …", "training: step", "Training …"] {
        assert!(!window.says(part) && !paints(window, part), "{part}");
    }
    assert!(!window.has("Pause") || window.has("Play"), "no live Pause");
    assert!(!window.has("Stop"));
}

/// Opens a refused scene, of which no picture exists, checks the sentence and its reference, and clicks the button that mends it.
fn check(scene: &Scene, sentence: &str, reference: &str, fix: &str) -> Scene {
    let mut window = Window::on(scene.clone());
    window.settle();
    assert!(window.says(sentence), "{sentence}");
    assert!(
        window.says(&format!("refused: see {reference}")),
        "{reference}"
    );
    check_no_training(&window);
    window.click(Role::Button, fix);
    window.settle();
    assert!(!window.says("refused"), "{fix} mends it");
    assert!(window.app().runs().is_some(), "{fix}: there are runs");
    let mended = window.app().scene().clone();
    window.press_with(Modifiers::COMMAND, Key::Z);
    assert_eq!(window.app().scene(), scene, "{fix} is undone");
    mended
}

#[test]
fn settings_of_networks_are_refused_where_they_stand_and_mended_by_a_button() {
    let loss = network("mlp:hidden=4,loss=mse", "iris");
    let mended = check(&loss, "mse is for numbers", "loss in MODEL", "Use ce");
    let model = mended.network().expect("a network").model.to_string();
    assert!(model.contains("loss=ce"), "{model}");

    let numbers = network("mlp:hidden=4,loss=bce", "sine");
    check(&numbers, "is for classes", "loss in MODEL", "Use mse");

    let mut batch = network("mlp:hidden=4,loss=bce", "moons:samples=20");
    batch.training.batch = Some(100);
    let mended = check(
        &batch,
        "`batch` cannot be 100",
        "batch in TRAINING",
        "batch = 15",
    );
    assert_eq!(mended.training.batch, Some(15));
}

#[test]
fn settings_of_landscapes_are_refused_where_they_stand_too() {
    let mut steps = Scene::new("booth".parse().expect("a landscape"));
    for _ in 0..4 {
        steps.add_run("sgd:lr=0.01".parse().expect("a run"));
    }
    steps.training.steps = 10_000_000;
    steps.training.tolerance = Some(1.0);
    check(
        &steps,
        "are too many",
        "steps in TRAINING",
        "steps = 5000000",
    );
    let missing = Scene::new("image:file=nowhere.png".parse().expect("a landscape"));
    let mut window = Window::on(missing);
    window.settle();
    assert!(window.says("nowhere.png") && window.says("refused: see file in LANDSCAPE"));
}

#[test]
fn a_refused_change_keeps_the_last_good_picture() {
    let mut window = Window::on(network("mlp:hidden=4,loss=ce", "iris"));
    window.settle();
    window.press(Key::End);
    assert!(paints(&window, "of the variance"), "the map's axes");
    window.click(Role::ComboBox, "loss");
    window.click(Role::Button, "mse");
    window.settle();
    assert!(window.says("mse is for numbers"));
    assert!(paints(&window, "of the variance"), "the picture stays");
    assert!(paints(&window, "loss"), "and so do the charts");
    check_no_training(&window);
    // A click on the map of the earlier scene does not bring that scene back.
    let at = window.map().center();
    window.drag(at, at + egui::vec2(30.0, 10.0));
    let model = window.app().scene().network().expect("a network");
    assert!(model.model.to_string().contains("loss=mse"));
    window.press(Key::P);
    check_no_training(&window);
    // Without the left panel the sentence and its button are on the map.
    window.press(Key::OpenBracket);
    assert!(window.says("mse is for numbers"));
    window.click(Role::Button, "Use ce");
    window.settle();
    assert!(!window.says("refused") && window.app().runs().is_some());
}

#[test]
fn a_plane_through_three_runs_asks_for_a_third_one() {
    let mut scene = network("mlp:hidden=4,loss=bce", "moons:samples=12");
    scene.add_run("rmsprop:lr=0.01".parse().expect("a run"));
    scene.runs[2].shown = false;
    let network = scene.network_mut().expect("a network");
    network.plane = "points".parse().expect("a plane");
    let mended = check(&scene, "tick a third run", "PLANE", "Tick RMSprop");
    assert!(mended.runs[2].shown);
}

#[test]
fn unknown_weights_of_a_plane_are_refused_at_their_field() {
    let mut scene = network("mlp:hidden=4,loss=bce", "moons:samples=12");
    let network = scene.network_mut().expect("a network");
    network.plane = "weights:a=layers.7.weight[0][0]".parse().expect("a plane");
    let fix = "Use layers.0.weight[0][0]";
    check(&scene, "is no weight of the network", "a in PLANE", fix);
}

#[test]
fn runs_that_are_added_to_a_network_do_not_blank_the_others() {
    let mut scene = network("mlp:hidden=4,loss=bce", "moons:samples=12");
    scene.training.steps = 200;
    let mut window = Window::on(scene);
    window.settle();
    window.press(Key::End);
    let names = |window: &Window| {
        ["SGD", "Adam"]
            .iter()
            .all(|name| paints(window, &format!("{name} ")))
    };
    assert!(names(&window), "trails with their losses");
    let pasted = egui::Event::Paste("lion:lr=0.01\nadamw:lr=0.02".to_owned());
    window.harness.event(pasted);
    for _ in 0..6 {
        window.harness.step();
        assert!(names(&window) && !paints(&window, "training …"));
    }
    window.settle();
    assert_eq!(window.app().runs().expect("runs").results.len(), 4);
}

#[test]
fn a_refused_number_keeps_its_text_and_offers_the_default() {
    let mut window = Window::opening();
    let lr = window.app().scene().runs[0].spec.to_string();
    let steps = (Role::SpinButton, "steps");
    super::typing::type_into(&mut window, steps, "1e99x", |_| {});
    window.press(Key::Enter);
    window.harness.run_steps(3);
    assert!(window.says("`steps` cannot be `1e99x`"));
    assert!(paints(&window, "1e99x"), "the text stays");
    assert_eq!(window.app().scene().runs[0].spec.to_string(), lr);
    let fix = window.harness.query_all_by_label_contains("Use ").next();
    fix.expect("the default is offered").click();
    window.harness.run_steps(3);
    assert!(!window.says("cannot be") && !paints(&window, "1e99x"));
}

#[test]
fn optional_settings_are_switches_between_two_words() {
    let mut window = Window::opening();
    window.reveal(Role::RadioButton, "clip_norm: on");
    window.click(Role::RadioButton, "clip_norm: on");
    assert!(window.app().scene().training.clip_norm.is_some());
    window.click(Role::RadioButton, "clip_norm: off");
    assert!(window.app().scene().training.clip_norm.is_none());
}

#[test]
fn the_edit_menu_copies_the_scene_and_has_paste() {
    let mut window = Window::opening();
    window.click(Role::Button, "Edit");
    assert!(window.says("Copy scene") && window.says("Paste"));
    let copy = window.harness.get_by_label_contains("Copy scene");
    copy.click();
    window.harness.run_steps(3);
    assert!(window.says("The scene is on the clipboard as text."));
}

#[test]
fn an_error_leaves_with_escape_or_the_next_command() {
    let mut window = Window::opening();
    for key in [Key::Escape, Key::Space] {
        window
            .harness
            .event(egui::Event::Paste("no scene, no spec".to_owned()));
        window.harness.run_steps(2);
        assert!(window.has("Close"), "an error over the map");
        window.press(key);
        assert!(!window.has("Close"), "{key:?}");
    }
}
