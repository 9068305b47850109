//! Tests of the selected run in the left panel: its parameter groups and its schedule; and of the linear scaling rule for all runs.

use super::Window;
use eframe::egui;
use egui::{Key, Modifiers, Role};
use egui_kittest::kittest::Queryable;
use ravine::engine::scene::Scene;
use ravine::figure::axis::number;

/// Opens a window with runs on a landscape, the first one selected.
fn open(landscape: &str, specs: &[&str]) -> Window {
    let mut scene = Scene::new(landscape.parse().expect("a landscape"));
    scene.training.steps = 100;
    for spec in specs {
        scene.add_run(spec.parse().expect("a spec"));
    }
    let name = scene.run_names().swap_remove(0);
    let mut window = Window::on(scene);
    window.click(Role::Button, &format!("settings of {name}"));
    window
}

fn spec(window: &mut Window) -> String {
    window.app().scene().runs[0].spec.to_string()
}

fn set(window: &mut Window, slider: &str, value: f64) {
    window
        .harness
        .get_by_role_and_label(Role::Slider, slider)
        .set_value_accesskit(value);
    window.harness.run_steps(3);
}

/// Hovers at a share of a curve's width.
fn hover(window: &mut Window, curve: &str, share: f32) {
    window.harness.get_by_label_contains(curve).scroll_to_me();
    window.harness.run_steps(8);
    let plot = window.place(curve);
    let at = egui::pos2(plot.left() + share * plot.width(), plot.center().y);
    window.harness.hover_at(at);
    window.harness.run_steps(40);
}

#[test]
fn a_schedule_has_a_curve_and_a_constant_rate_has_none() {
    let mut window = open("himmelblau", &["sgd:lr=0.01"]);
    assert!(!window.says("over its steps"));
    drop(window);
    let curve = "lr of SGD over its steps";
    window = open("himmelblau", &["sgd:lr=0.01@linear"]);
    hover(&mut window, curve, 0.0);
    assert!(window.says("step 0: lr 0.00333333"), "a third at first");
    let plot = window.place(curve);
    let middle = plot.center();
    window.drag(middle, middle);
    assert_eq!(window.app().step(), 50, "a click moves the timeline");
}

#[test]
fn cycled_momentum_has_a_curve_too() {
    let mut window = open("himmelblau", &["sgd:lr=0.01,momentum=0.9@one-cycle"]);
    assert!(window.has("lr of Momentum over its steps"));
    hover(&mut window, "momentum of Momentum over its steps", 0.0);
    assert!(window.says("step 0: momentum 0.95"));
}

#[test]
fn the_curve_of_plateau_shows_the_learning_rates_of_the_run() {
    let spec = "sgd:lr=0.02@plateau:patience=2,factor=0.5,threshold=0.5";
    let mut window = open("quadratic:a=1,b=99", &[spec]);
    let lr = window.app().runs().expect("runs").results[0]
        .trajectory
        .lr
        .clone();
    let last = *lr.last().expect("rows");
    assert!(lr.len() == 101 && last < 0.02, "{last}");
    hover(&mut window, "lr of SGD over its steps", 0.999);
    assert!(window.says(&format!("step 100: lr {}", number(last, 6))));
}

#[test]
fn settings_of_a_parameter_group_can_be_overridden_and_restored() {
    let mut window = open("himmelblau", &["sgd:lr=0.01,momentum=0.9"]);
    window.click(Role::Button, "+ own settings for y");
    assert_eq!(spec(&mut window), "sgd:lr=0.01,momentum=0.9[y:lr=0.001]");
    set(&mut window, "y lr", 0.002);
    // Settings that are not overridden follow the run.
    set(&mut window, "momentum", 0.5);
    assert_eq!(spec(&mut window), "sgd:lr=0.01,momentum=0.5[y:lr=0.002]");
    assert!(!window.has("y momentum"), "what is the same is not shown");
    window.click(Role::Button, "all");
    set(&mut window, "y momentum", 0.25);
    let both = "sgd:lr=0.01,momentum=0.5[y:lr=0.002,momentum=0.25]";
    assert_eq!(spec(&mut window), both);
    window.click(Role::Button, "all");
    assert!(window.has("y momentum"), "what differs is shown");
    window.settle();
    let runs = window.app().runs().expect("runs");
    assert_eq!(runs.scene.runs[0].spec.to_string(), both);
    window.click(Role::Button, "Remove");
    assert_eq!(spec(&mut window), "sgd:lr=0.01,momentum=0.5");
}

#[test]
fn optimizers_without_elementwise_updates_have_no_groups() {
    for (landscape, spec) in [("himmelblau", "lbfgs"), ("parabola", "sgd")] {
        let window = open(landscape, &[spec]);
        assert!(!window.says("own settings"), "{spec} on {landscape}");
    }
}

#[test]
fn one_click_doubles_or_halves_batch_size_and_learning_rates() {
    let mut window = open("regression", &["sgd:lr=0.01", "adam:lr=0.1[y:lr=0.2]"]);
    let state = |window: &mut Window| {
        let scene = window.app().scene();
        let specs = scene.runs.iter().map(|run| run.spec.to_string());
        (scene.training.batch, specs.collect::<Vec<_>>().join(" "))
    };
    let all = "sgd:lr=0.01 adam:lr=0.1[y:lr=0.2]".to_owned();
    let half = "sgd:lr=0.005 adam:lr=0.05[y:lr=0.1]".to_owned();
    window.reveal(Role::Button, "twice the batch and lr");
    window.click(Role::Button, "twice the batch and lr");
    assert_eq!(
        state(&mut window),
        (None, all.clone()),
        "there are no more samples"
    );
    window.harness.input_mut().time = window.harness.input().time.map(|time| time + 3.0);
    window.click(Role::Button, "half the batch and lr");
    assert_eq!(state(&mut window), (Some(25), half));
    window.settle();
    window.press_with(Modifiers::COMMAND, Key::Z);
    assert_eq!(state(&mut window), (None, all.clone()), "one undo");
    window.press_with(Modifiers::COMMAND, Key::Y);
    window.reveal(Role::Button, "twice the batch and lr");
    window.click(Role::Button, "twice the batch and lr");
    assert_eq!(state(&mut window), (Some(50), all));
    assert!(!open("himmelblau", &["sgd"]).says("batch and lr"));
}

#[test]
fn headings_sort_the_table() {
    let mut window = Window::opening();
    window.press(Key::End);
    let order = |window: &Window| -> Vec<String> {
        let names = ["SGD", "Momentum", "Adagrad", "RMSprop", "Adam", "L-BFGS"];
        let table = window.place("Sort by run").min;
        let mut rows: Vec<(f32, String)> = Vec::new();
        for name in names {
            for label in window.harness.query_all_by_label(name) {
                let at = label.rect().min;
                if at.y > table.y && at.x < table.x + 60.0 && at.x >= table.x - 4.0 {
                    rows.push((at.y, name.to_owned()));
                }
            }
        }
        rows.sort_by(|a, b| a.0.total_cmp(&b.0));
        rows.into_iter().map(|(_, name)| name).collect()
    };
    assert_eq!(order(&window)[..2], ["SGD", "Momentum"]);
    window.click(Role::Button, "Sort by loss");
    assert_eq!(
        order(&window)[..2],
        ["L-BFGS", "Momentum"],
        "smallest first"
    );
    window.click(Role::Button, "Sort by loss");
    assert_eq!(order(&window)[..2], ["SGD", "Adagrad"], "largest first");
    window.click(Role::Button, "Sort by run");
    assert_eq!(order(&window)[..3], ["Adagrad", "Adam", "L-BFGS"]);
    window.click(Role::Button, "Sort by run");
    window.click(Role::Button, "Sort by run");
    assert_eq!(
        order(&window)[..2],
        ["SGD", "Momentum"],
        "the order of the runs"
    );
}
