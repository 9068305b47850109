//! Tests of the timeline and its keys.

use super::Window;
use eframe::egui;
use egui::{Key, Modifiers, Role};
use egui_kittest::kittest::Queryable;
use ravine::engine::scene::Scene;
use ravine::engine::training::Outcome;

#[test]
fn keys_and_buttons_move_the_timeline() {
    let mut window = Window::opening();
    let step = |window: &mut Window| window.app().step();
    window.press(Key::Home);
    assert_eq!(step(&mut window), 0);
    window.press(Key::ArrowRight);
    assert_eq!(step(&mut window), 1);
    window.press_with(Modifiers::SHIFT, Key::ArrowRight);
    assert_eq!(step(&mut window), 11);
    window.press(Key::ArrowLeft);
    assert_eq!(step(&mut window), 10);
    window.press(Key::End);
    assert_eq!(step(&mut window), 500);
    window.click(Role::Button, "First step");
    assert_eq!(step(&mut window), 0);
    window.click(Role::Button, "Step forward");
    assert_eq!(step(&mut window), 1);
}

#[test]
fn space_plays_and_pauses() {
    let mut window = Window::opening();
    assert!(window.has("Play"), "it was paused");
    window.press(Key::Home);
    window.press(Key::Space);
    assert!(window.has("Pause"));
    window.harness.run_steps(30);
    assert!(window.app().step() > 0);
    window.press(Key::Space);
    let still = window.app().step();
    window.harness.run_steps(10);
    assert_eq!(window.app().step(), still);
}

#[test]
fn a_click_on_a_chart_moves_the_timeline_and_updates_the_table() {
    let mut window = Window::opening();
    window.press(Key::Home);
    assert!(window.says("running"));
    let chart = window.harness.get_by_label("Chart of loss").rect();
    window.drag(chart.center(), chart.center());
    assert!(
        (240..=260).contains(&window.app().step()),
        "{}",
        window.app().step()
    );
    window.press(Key::End);
    assert!(window.says("done") && !window.says("running"));
}

#[test]
fn the_timeline_tells_where_runs_ended() {
    let mut scene = Scene::new("quadratic:a=1,b=100".parse().unwrap());
    scene.training.steps = 200;
    scene.add_run("sgd:lr=0.1".parse().unwrap());
    scene.add_run("sgd:lr=0.005".parse().unwrap());
    let mut window = Window::on(scene);
    window.press(Key::End);
    let ended = window.app().runs().unwrap().results[0].trajectory.outcome;
    let Outcome::Diverged(step, _) = ended else {
        panic!("{ended:?}");
    };
    assert!(window.says(&format!("diverged at {step}")) && window.says("done"));
    let name = window.app().scene().run_names().swap_remove(0);
    let slider = window
        .harness
        .get_by_role_and_label(Role::Slider, "Timeline");
    let place = slider.rect().center();
    window.harness.hover_at(place);
    window.harness.run_steps(60);
    assert!(
        window.says(&format!("{name} diverged at step {step}.")),
        "in the tooltip"
    );
}

#[test]
fn the_step_of_a_long_run_covers_nothing() {
    for size in [[640.0, 480.0], [1280.0, 800.0], [640.0, 300.0]] {
        let mut scene = Scene::opening();
        scene.training.steps = 1_000_000;
        scene.runs.truncate(1);
        let mut window = Window::on(scene);
        window.harness.set_size(size.into());
        window.press(Key::End);
        let step = window.place("step 1000000 / 1000000");
        let neighbours = [(Role::Slider, "Timeline"), (Role::ComboBox, "Speed")];
        for (role, name) in neighbours {
            let other = window.harness.query_by_role_and_label(role, name);
            let covered = other.map(|other| other.rect().intersect(step));
            let free = covered.is_none_or(|covered| !covered.is_positive());
            assert!(free, "{name} at {size:?}: {covered:?}");
        }
        let window_width = window.harness.ctx.content_rect().width();
        assert!(step.max.x <= window_width, "{step} of {size:?}");
    }
}
