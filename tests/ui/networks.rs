//! Tests of networks in the window: the panel, the training, the plane.

use super::Window;
use eframe::egui::{Key, Modifiers, Role};
use egui_kittest::kittest::Queryable;
use ravine::engine::scene::{NetworkScene, Scene};

fn moons() -> Scene {
    let mut scene = Scene::opening();
    scene.runs.clear();
    scene.choose_network(NetworkScene {
        model: "mlp:hidden=4".parse().unwrap(),
        data: "moons:samples=24".parse().unwrap(),
        ..NetworkScene::default()
    });
    scene.add_run("sgd:lr=0.5".parse().unwrap());
    scene.add_run("adam:lr=0.1".parse().unwrap());
    scene.training.steps = 60;
    scene
}

#[test]
fn a_scene_can_switch_to_a_network_and_back() {
    let mut window = Window::opening();
    let landscape = window.app().scene().clone();
    window.click(Role::Button, "Network");
    let scene = window.app().scene();
    let mut expected = Scene::opening_network();
    *expected.landscape_scene_mut() = landscape.landscape_scene().clone();
    assert_eq!(scene.subject, expected.subject);
    assert_eq!(scene.runs.len(), 4);
    window.app().wait_idle();
    let trained = window.app().runs().and_then(|runs| runs.trained.clone());
    assert!(trained.is_some_and(
        |trained| trained.complete && trained.network_plane.explained_variance_ratio.is_some()
    ));
    window.click(Role::Button, "Landscape");
    window.settle();
    assert!(!window.app().scene().is_network());
    assert!(
        window
            .app()
            .runs()
            .is_some_and(|runs| runs.trained.is_none())
    );
}

/// Opens a window with a landscape, a run and a step that differ from the defaults.
fn edited_landscape() -> Window {
    let mut scene = Scene::new("booth".parse().unwrap());
    scene.training.steps = 90;
    scene.add_run("sgd:lr=0.0123".parse().unwrap());
    let mut window = Window::on(scene);
    window.press(Key::Home);
    for _ in 0..7 {
        window.press(Key::ArrowRight);
    }
    window
}

#[test]
fn landscape_and_network_keep_separate_scenes() {
    let mut window = edited_landscape();
    let landscape = window.app().scene().clone();
    window.click(Role::Button, "Network");
    let steps = window.harness.get_by_role_and_label(Role::Slider, "steps");
    steps.set_value_accesskit(40.0);
    window.settle();
    let network = window.app().scene().clone();
    assert_eq!((network.training.steps, landscape.training.steps), (40, 90));
    window.click(Role::Button, "Landscape");
    window.settle();
    assert_eq!(
        *window.app().scene(),
        landscape,
        "optimizers and steps are as they were"
    );
    assert_eq!(window.app().step(), 7, "so is the timeline");
    window.click(Role::Button, "Network");
    assert_eq!(*window.app().scene(), network);
}

#[test]
fn training_goes_on_while_the_landscape_is_shown() {
    let mut window = Window::on(moons());
    let trained = |window: &mut Window| window.app().runs().unwrap().trained.clone().unwrap();
    let before = trained(&mut window);
    assert!(before.complete);
    window.click(Role::Button, "Landscape");
    window.settle();
    assert!(window.app().runs().unwrap().trained.is_none());
    window.click(Role::Button, "Network");
    // Immediately, without training again.
    let after = trained(&mut window);
    for (before, after) in before.runs.iter().zip(&after.runs) {
        assert!(before.is_same_run(after));
        assert_eq!(before.theta(12), after.theta(12));
    }
    assert_eq!(after.runs.len(), 2);
    window.click(Role::Button, "+ 500 steps");
    window.settle();
    let later = trained(&mut window);
    assert!(
        before.runs[0].is_same_run(&later.runs[0]),
        "it goes on with its weights"
    );
}

#[test]
fn undo_and_redo_switch_the_subject() {
    let mut window = edited_landscape();
    let landscape = window.app().scene().clone();
    window.click(Role::Button, "Network");
    window.settle();
    let network = window.app().scene().clone();
    let trained = window.app().runs().unwrap().trained.clone().unwrap();
    window.press_with(Modifiers::COMMAND, Key::Z);
    assert_eq!(*window.app().scene(), landscape);
    window.settle();
    window.press_with(Modifiers::COMMAND, Key::Y);
    assert_eq!(*window.app().scene(), network);
    let again = window.app().runs().unwrap().trained.clone().unwrap();
    assert!(
        trained.runs[0].is_same_run(&again.runs[0]),
        "nothing was trained anew"
    );
}

#[test]
fn a_new_scene_keeps_the_scene_of_the_other_subject() {
    let mut window = Window::on(moons());
    let network = window.app().scene().clone();
    window.press_with(Modifiers::COMMAND, Key::N);
    window.settle();
    assert_eq!(*window.app().scene(), Scene::opening());
    window.click(Role::Button, "Network");
    assert_eq!(*window.app().scene(), network);
}

#[test]
fn choosing_data_sets_a_suitable_loss_and_planes_can_be_chosen() {
    let mut window = Window::on(moons());
    window.reveal(Role::ComboBox, "data");
    window.click(Role::ComboBox, "data");
    window.click(Role::Button, "Sine");
    window.settle();
    let bench = window.app().scene().network().cloned().unwrap();
    assert_eq!(bench.model.to_string(), "mlp:hidden=4,loss=mse");
    assert_eq!(bench.data.to_string(), "sine");
    window.reveal(Role::ComboBox, "plane");
    window.click(Role::ComboBox, "plane");
    window.click(Role::Button, "Random directions, filter-normalised");
    window.settle();
    let runs = window.app().runs().unwrap();
    assert_eq!(runs.scene.network().unwrap().plane.name(), "filter");
    let [low, high] = runs.problem.view.x();
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
        window.reveal(Role::Button, section);
        window.click(Role::Button, section);
        assert!(has(&window), "{setting}");
    }
}

#[test]
fn training_is_paused_ended_and_continued() {
    let mut window = Window::on(moons());
    assert!(window.says("trained: step 60 of 60"));
    window.click(Role::Button, "+ 500 steps");
    window.settle();
    assert!(window.says("trained: step 560 of 560"));
    let rows = |window: &mut Window| window.app().runs().unwrap().results[0].trajectory.len();
    assert_eq!(rows(&mut window), 113);
    window.press(Key::P);
    assert!(
        window.says("Nothing is training."),
        "the next training is not paused"
    );
    // Paused runs wait, and Stop ends them at their step.
    let steps = window.harness.get_by_role_and_label(Role::Slider, "steps");
    steps.set_value_accesskit(50_000.0);
    window.harness.run_steps(2);
    window.press(Key::P);
    assert!(window.says("paused: step ") && window.says(" of 50000"));
    window.click(Role::Button, "Stop");
    window.settle();
    let steps = window.app().scene().training.steps;
    assert!(window.says(&format!("trained: step {steps} of {steps}")));
    assert!((560..50_000).contains(&steps) && rows(&mut window) >= 113);
}

#[test]
fn with_kept_weights_edits_act_from_the_timelines_step_on() {
    let mut window = Window::on(moons());
    window.reveal(Role::CheckBox, "keep weights");
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
    let changes: Vec<_> = run
        .spec_changes
        .iter()
        .map(|change| (change.at_step, change.spec.to_string()))
        .collect();
    assert_eq!(changes, [(30, "sgd:lr=0.01".to_owned())]);
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
    assert!(window.app().scene().runs[0].spec_changes.is_empty());
}

#[test]
fn layers_are_widened_inserted_and_removed_in_the_strip() {
    let mut window = Window::on(moons());
    let hidden = |window: &mut Window| {
        let model = window.app().scene().network().unwrap().model.clone();
        model.as_dyn().architecture().hidden
    };
    assert!(window.has("17 parameters"), "2 × 4 + 4, and 4 + 1");
    window.click(Role::Button, "More units in hidden 1: 5");
    window.settle();
    assert_eq!(hidden(&mut window), [5]);
    assert!(window.has("21 parameters"));
    window.click(Role::Button, "Insert a layer before the output");
    window.settle();
    assert_eq!(hidden(&mut window), [5, 5]);
    window.click(Role::Button, "Fewer units in hidden 2: 4");
    window.click(Role::Button, "Insert a layer before hidden 1");
    assert_eq!(hidden(&mut window), [5, 5, 4]);
    window.click(Role::Button, "Remove hidden 2");
    window.settle();
    assert_eq!(hidden(&mut window), [5, 4]);
    let trained = window.app().runs().unwrap().trained.clone().unwrap();
    assert_eq!(trained.task.loss.widths(), [2, 5, 4, 1]);
    for expected in [&[5, 5, 4][..], &[5, 4], &[5, 5], &[5], &[4]] {
        window.press_with(Modifiers::COMMAND, Key::Z);
        assert_eq!(
            hidden(&mut window),
            expected,
            "each press is undone by itself"
        );
    }
    // The field takes typed units, and refuses illegal ones with the reason.
    let field = window
        .harness
        .get_by_role_and_label(Role::TextInput, "hidden 1");
    field.focus();
    window.harness.run_steps(2);
    window.press_with(Modifiers::COMMAND, Key::A);
    window
        .harness
        .event(eframe::egui::Event::Text("9999".to_owned()));
    window.press(Key::Enter);
    assert!(window.says("expected 1 to 4096 units"));
    assert_eq!(hidden(&mut window), [4]);
}

#[test]
fn the_data_are_shown_with_their_counts() {
    let mut window = Window::on(moons());
    assert!(window.has("Samples of the data"));
    assert!(window.has("24 samples: 18 training, 6 test; 2 inputs, 2 classes"));
    window.reveal(Role::ComboBox, "data");
    window.click(Role::ComboBox, "data");
    window.click(Role::Button, "Sine");
    window.settle();
    assert!(window.says("1 input, numeric targets"));
}

#[test]
fn the_plane_goes_around_a_chosen_run() {
    let mut window = Window::on(moons());
    window.reveal(Role::ComboBox, "around");
    window.click(Role::ComboBox, "around");
    window.click(Role::Button, "Adam");
    window.settle();
    window.settle();
    assert_eq!(
        window.app().scene().network().unwrap().settings.around,
        Some(2)
    );
    let end = window.app().runs().unwrap().results[1]
        .trajectory
        .plot_point(12);
    assert_eq!(end, Some([0.0, 0.0]));
}

#[test]
fn the_progress_counts_diverged_runs() {
    let mut scene = moons();
    scene.runs.clear();
    scene.add_run("adam:lr=0.01".parse().unwrap());
    scene.add_run("sgd:lr=1e30".parse().unwrap());
    let window = Window::on(scene);
    assert!(window.says("trained: step 60 of 60 · 1 of 2 runs diverged"));
}

#[test]
fn the_last_map_stays_while_that_of_a_new_plane_is_computed() {
    let note = "Heights are losses on this plane; each run is labelled with its true loss.";
    let mut window = Window::on(moons());
    assert!(window.paints(note));
    let pasted = eframe::egui::Event::Paste("lion:lr=0.01".to_owned());
    window.harness.event(pasted);
    let complete = |window: &mut Window| {
        let runs = window.app().runs().expect("runs");
        let trained = runs.trained.as_ref().expect("a network");
        runs.results.len() == 3 && trained.complete
    };
    for _ in 0..2000 {
        window.harness.step();
        assert!(window.paints(note), "the map stays");
        if complete(&mut window) {
            break;
        }
    }
    window.settle();
    assert!(complete(&mut window) && window.paints(note));
}
