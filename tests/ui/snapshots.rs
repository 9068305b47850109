//! Pictures of the window, compared with those in `tests/snapshots/window`. After a change that is meant, write them anew and look at them:
//!
//!     RAVINE_WRITE_SNAPSHOTS=1 cargo test --release --test ui snapshots

use super::Window;
use super::look::network;
use super::snapshot;
use eframe::egui;
use egui::{Key, Modifiers, Role};
use ravine::engine::scene::Scene;

/// Largest share of pixels that may differ visibly.
const TOLERANCE: f64 = 0.002;

/// Compares the last frame with a snapshot.
fn check(window: &Window, name: &str) {
    let picture = window.picture();
    let size = { picture.size }.map(|size| u32::try_from(size).expect("a size"));
    let pixels = picture.pixels.iter();
    let rgb: Vec<u8> = pixels
        .flat_map(|pixel| [pixel.r(), pixel.g(), pixel.b()])
        .collect();
    snapshot::check("window", name, size, &rgb, TOLERANCE);
}

fn sized(scene: Scene, size: [f32; 2], theme: egui::Theme) -> Window {
    let mut window = Window::on(scene);
    window.harness.ctx.set_theme(theme);
    window.harness.set_size(size.into());
    window.press(Key::End);
    window.settle();
    window.settle();
    window
}

#[test]
fn the_opening_scene_looks_as_before() {
    for (theme, name) in [(egui::Theme::Dark, "dark"), (egui::Theme::Light, "light")] {
        let window = sized(Scene::opening(), [1280.0, 800.0], theme);
        check(&window, &format!("opening-{name}"));
    }
}

#[test]
fn a_small_window_looks_as_before() {
    let window = sized(Scene::opening(), [640.0, 480.0], egui::Theme::Light);
    check(&window, "small");
}

#[test]
fn two_views_at_once_look_as_before() {
    let mut window = sized(Scene::opening(), [1280.0, 800.0], egui::Theme::Dark);
    window.press_with(Modifiers::COMMAND, Key::Backslash);
    window.settle();
    window.settle();
    check(&window, "split");
}

#[test]
fn a_network_looks_as_before() {
    let window = sized(network(30), [1280.0, 800.0], egui::Theme::Light);
    check(&window, "network");
}

#[test]
fn a_diverging_run_looks_as_before() {
    let mut scene = Scene::new("rosenbrock".parse().expect("a landscape"));
    scene.training.steps = 300;
    for run in ["sgd:lr=0.02", "sgd:lr=0.001,momentum=0.9", "adam:lr=0.05"] {
        scene.add_run(run.parse().expect("a run"));
    }
    let mut window = sized(scene, [1280.0, 800.0], egui::Theme::Dark);
    window.click(Role::Button, "Sort by loss");
    window.settle();
    check(&window, "diverged");
}
