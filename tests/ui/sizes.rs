//! Every view in windows and with texts of every size, and views that panic.

use super::Window;
use eframe::egui;
use egui::Key;
use egui_kittest::kittest::Queryable;
use ravine::engine::scene::{NetworkScene, Scene};

/// Sizes of windows in pixels, and scales of texts.
const SIZES: [[f32; 2]; 7] = [
    [320.0, 240.0],
    [640.0, 480.0],
    [800.0, 600.0],
    [900.0, 700.0],
    [1280.0, 800.0],
    [1920.0, 1080.0],
    [3840.0, 2160.0],
];
const TEXTS: [f32; 4] = [0.5, 1.0, 2.0, 3.0];

/// Draws the shown view at all sizes.
fn check(window: &mut Window, name: &str) {
    let refused = "could not be drawn";
    for [width, height] in SIZES {
        for text in TEXTS {
            let points = egui::vec2(width, height) / text;
            window.harness.set_pixels_per_point(text);
            // The frame of a new scale keeps the window's size in pixels, whatever size is set.
            window.harness.run_steps(1);
            window.harness.set_size(points);
            window.harness.run_steps(2);
            window.harness.hover_at(0.5 * points.to_pos2());
            window.harness.run_steps(1);
            let told = window.says(refused);
            assert!(!told, "{name} of {width} × {height} at {text}");
            check_middle(window, points, name);
        }
    }
    window.harness.set_pixels_per_point(1.0);
    window.harness.run_steps(1);
    window.harness.set_size(egui::vec2(1280.0, 900.0));
    window.harness.run_steps(2);
}

/// Asserts that the middle, between the grips of the side panels, is at least half as wide as the window from 900 points on.
fn check_middle(window: &Window, points: egui::Vec2, name: &str) {
    let ends = [
        ("Width of the left panel", 0.0),
        ("Width of the right panel", points.x),
    ];
    let [left, right] = ends.map(|(grip, end)| {
        let grip = window.harness.query_by_label(grip).map(|grip| grip.rect());
        (grip, end)
    });
    let left = left.0.map_or(left.1, |grip| grip.max.x);
    let right = right.0.map_or(right.1, |grip| grip.min.x);
    // The harness has a margin of 8 points on each side.
    let share = (right - left) / (points.x - 16.0);
    assert!(
        points.x < 900.0 || share >= 0.5,
        "{name}: {share} of {points}"
    );
    assert!(
        0.0 <= left && right <= points.x,
        "{name}: {left} to {right} of {points}, {}",
        window.harness.ctx.content_rect()
    );
}

fn himmelblau(runs: &[&str]) -> Scene {
    let mut scene = Scene::new("himmelblau".parse().unwrap());
    scene.training.steps = 60;
    for run in runs {
        scene.add_run(run.parse().unwrap());
    }
    scene
}

#[test]
fn the_views_of_a_landscape_draw_at_every_size() {
    let mut window = Window::on(himmelblau(&["sgd:lr=0.01@cosine", "adam:lr=0.1"]));
    window.click(egui::Role::Button, "settings of SGD");
    for (name, key) in [
        ("map", Key::M),
        ("surface", Key::U),
        ("basins", Key::B),
        ("sweep", Key::W),
    ] {
        window.press(key);
        window.settle();
        check(&mut window, name);
    }
}

#[test]
fn the_views_of_a_network_draw_at_every_size() {
    let mut scene = Scene::opening();
    scene.runs.clear();
    scene.choose_network(NetworkScene {
        model: "mlp:hidden=2,loss=bce".parse().unwrap(),
        data: "moons:samples=8".parse().unwrap(),
        plane: "filter".parse().unwrap(),
        ..NetworkScene::default()
    });
    scene.add_run("sgd:lr=0.5".parse().unwrap());
    scene.add_run("adam:lr=0.1".parse().unwrap());
    scene.training.steps = 30;
    let mut window = Window::on(scene);
    window.settle();
    for (name, key) in [
        ("map", Key::M),
        ("surface", Key::U),
        ("predictions", Key::Y),
        ("projection error", Key::O),
        ("spectrum", Key::H),
        ("seeds", Key::S),
        ("connect", Key::C),
    ] {
        window.press(key);
        window.settle();
        window.settle();
        check(&mut window, name);
    }
}

#[test]
fn the_map_of_a_network_stays_in_low_windows_with_large_texts() {
    let mut window = Window::on(super::look::network(30));
    window.settle();
    for [width, height] in &SIZES[1..] {
        for text in [0.9, 1.0, 1.25, 2.0] {
            let points = egui::vec2(*width, *height) / text;
            window.harness.set_pixels_per_point(text);
            window.harness.run_steps(1);
            window.harness.set_size(points);
            window.harness.run_steps(4);
            let map = window.map().intersect(window.harness.ctx.content_rect());
            let at = format!("{map} of {width} × {height} at {text}");
            assert!(map.height() >= 64.0, "{at}");
            assert!(
                map.width() >= 150.0 && map.width() >= 0.25 * points.x,
                "{at}"
            );
        }
    }
}

#[test]
fn degenerate_scenes_draw_at_every_size() {
    let mut empty = Scene::opening();
    empty.runs.clear();
    let twelve = himmelblau(&["adam:lr=0.1"; 12]);
    let mut huge = Scene::new("formula:f=1e300*(x^2+y^2),radius=1e-9".parse().unwrap());
    huge.add_run("sgd:lr=1".parse().unwrap());
    let mut diverging = Scene::new("quadratic:a=1,b=100".parse().unwrap());
    diverging.add_run("sgd:lr=1e6".parse().unwrap());
    let mut line = Scene::new("parabola".parse().unwrap());
    line.add_run("sgd:lr=0.1".parse().unwrap());
    for (name, scene) in [
        ("no runs", empty),
        ("twelve runs", twelve),
        ("huge numbers", huge),
        ("a diverging run", diverging),
        ("one parameter", line),
    ] {
        let mut window = Window::on(scene);
        window.press(Key::End);
        check(&mut window, name);
    }
}

#[test]
fn texts_of_double_and_triple_size_draw() {
    for scale in [2.0, 3.0] {
        let mut window = Window::on(himmelblau(&["sgd:lr=0.01", "adam:lr=0.1"]));
        window.harness.ctx.all_styles_mut(|style| {
            for font in style.text_styles.values_mut() {
                font.size *= scale;
            }
        });
        for key in [Key::M, Key::B, Key::W] {
            window.press(key);
            for [width, height] in SIZES {
                window.harness.set_size(egui::vec2(width, height));
                window.harness.run_steps(2);
                assert!(!window.says("could not be drawn"), "{width} × {height}");
            }
        }
    }
}

#[test]
fn a_panic_in_one_view_is_shown_and_the_others_work() {
    let mut window = Window::on(himmelblau(&["sgd:lr=0.01"]));
    window.app().visitor = |view| assert!(view != "Basins", "on\npurpose");
    let scene = window.app().scene().clone();
    window.press(Key::B);
    window.harness.run_steps(3);
    assert!(window.says("This view could not be drawn (on purpose). The scene is unharmed"));
    assert!(!window.says(".rs"), "no file of the machine that built it");
    assert!(
        window.says("OPTIMIZERS") && window.has("Sweep"),
        "the panels stay"
    );
    window.press(Key::M);
    assert!(!window.says("could not be drawn"));
    assert!(window.has("Map: click places the start, drag pans, wheel zooms"));
    assert_eq!(*window.app().scene(), scene);
}
