//! Networks in the window: the panel, the training, the plane.

use super::Window;
use eframe::egui::{Key, Role};
use egui_kittest::kittest::Queryable;
use ravine::engine::scene::{Bench, Scene};

fn moons() -> Scene {
    let mut scene = Scene::opening();
    scene.runs.clear();
    scene.choose_network(Bench {
        model: "mlp:hidden=4".parse().unwrap(),
        data: "moons:samples=24".parse().unwrap(),
        ..Bench::default()
    });
    scene.add_run("sgd:lr=0.5".parse().unwrap());
    scene.add_run("adam:lr=0.1".parse().unwrap());
    scene.training.steps = 60;
    scene
}

#[test]
fn a_scene_turns_to_a_network_and_back() {
    let mut window = Window::opening();
    let landscape = window.app().scene().clone();
    window.click(Role::Button, "Network");
    let scene = window.app().scene();
    assert_eq!(scene.network, Scene::network().network);
    assert_eq!(
        (scene.runs.len(), &scene.landscape),
        (4, &landscape.landscape)
    );
    window.app().settle();
    let trained = window.app().runs().and_then(|runs| runs.trained.clone());
    assert!(trained.is_some_and(|trained| trained.complete && trained.cut.explained.is_some()));
    window.click(Role::Button, "Landscape");
    window.settle();
    assert_eq!(window.app().scene().network, None);
    assert!(
        window
            .app()
            .runs()
            .is_some_and(|runs| runs.trained.is_none())
    );
}

#[test]
fn data_bring_the_loss_that_suits_them_and_planes_are_a_choice() {
    let mut window = Window::on(moons());
    window.click(Role::ComboBox, "data");
    window.click(Role::Button, "Sine");
    window.settle();
    let bench = window.app().scene().network.clone().unwrap();
    assert_eq!(bench.model.to_string(), "mlp:hidden=4,loss=mse");
    assert_eq!(bench.data.to_string(), "sine");
    window.click(Role::ComboBox, "plane");
    window.click(Role::Button, "Random directions, filter-normalised");
    window.settle();
    let runs = window.app().runs().unwrap();
    assert_eq!(runs.scene.network.as_ref().unwrap().plane.name(), "filter");
    let [low, high] = runs.ground.view.x();
    assert!(low < -1.0 && high > 1.0);
}

#[test]
fn rarely_used_settings_are_a_click_away() {
    let mut window = Window::on(moons());
    for (section, role, setting) in [
        ("more of model", Role::CheckBox, "residual"),
        ("more of data", Role::Slider, "test"),
        ("more of plane", Role::ComboBox, "precision"),
        ("more of training", Role::Slider, "vanishing"),
    ] {
        let has = |window: &Window| {
            let mut all = window.harness.query_all_by_role_and_label(role, setting);
            all.next().is_some()
        };
        assert!(!has(&window), "{setting}");
        window.click(Role::Button, section);
        assert!(has(&window), "{setting}");
    }
}

#[test]
fn training_is_held_ended_and_goes_on() {
    let mut window = Window::on(moons());
    assert!(window.says("trained: step 60 of 60"));
    window.click(Role::Button, "+ 500 steps");
    window.settle();
    assert!(window.says("trained: step 560 of 560"));
    let rows = |window: &mut Window| window.app().runs().unwrap().results[0].trajectory.len();
    assert_eq!(rows(&mut window), 113);
    // Held runs wait, and stopping ends them where they are.
    window.press(Key::P);
    let steps = window.harness.get_by_role_and_label(Role::Slider, "steps");
    steps.set_value_accesskit(1060.0);
    window.harness.run_steps(3);
    assert!(window.says("held: step 560 of 1060"));
    window.click(Role::Button, "Stop");
    window.settle();
    assert!(window.says("trained: step 560 of 560"));
    assert_eq!(rows(&mut window), 113);
}

#[test]
fn kept_weights_begin_a_leg_where_the_timeline_is() {
    let mut window = Window::on(moons());
    window.click(Role::CheckBox, "keep weights");
    window.press(Key::End);
    for _ in 0..30 {
        window.press(Key::ArrowLeft);
    }
    window.click(Role::Button, "settings of SGD");
    assert!(window.says("Changes act from step 30 on."));
    let lr = window.harness.get_by_role_and_label(Role::Slider, "lr");
    lr.set_value_accesskit(0.01);
    window.settle();
    let run = window.app().scene().runs[0].clone();
    assert_eq!(run.spec.to_string(), "sgd:lr=0.5");
    let legs: Vec<_> = run
        .legs
        .iter()
        .map(|leg| (leg.from, leg.spec.to_string()))
        .collect();
    assert_eq!(legs, [(30, "sgd:lr=0.01".to_owned())]);
    let lr = |row: usize| {
        window
            .harness
            .state()
            .as_ref()
            .unwrap()
            .runs()
            .unwrap()
            .results[0]
            .trajectory
            .lr[row]
    };
    assert_eq!([lr(5), lr(6), lr(12)], [0.5, 0.01, 0.01]);
    window.click(Role::Button, "Remove");
    assert!(window.app().scene().runs[0].legs.is_empty());
}
