//! Every view in every state, theme and size: no text is cut or covered by another, and every control is inside the window.

use super::Window;
use eframe::egui;
use egui::epaint::{ClippedShape, Shape};
use egui::{Key, Rect};
use egui_kittest::kittest::{NodeT, Queryable};
use ravine::engine::scene::{NetworkScene, Scene};

/// Sizes of windows in points, and the scale of pixels.
const SIZES: [([f32; 2], f32); 4] = [
    ([640.0, 480.0], 1.0),
    ([640.0, 400.0], 2.0),
    ([1280.0, 800.0], 1.0),
    ([1920.0, 1080.0], 1.0),
];

/// A text in the window: the whole of it, and the part that is not cut off.
struct Seen {
    text: String,
    whole: Rect,
    visible: Rect,
}

/// Returns the texts that can be seen: those that no later opaque area covers.
fn texts(shapes: &[ClippedShape], window: Rect) -> Vec<Seen> {
    let mut seen = Vec::new();
    for ClippedShape {
        clip_rect, shape, ..
    } in shapes
    {
        collect(shape, clip_rect.intersect(window), &mut seen);
    }
    seen
}

fn collect(shape: &Shape, clip: Rect, seen: &mut Vec<Seen>) {
    match shape {
        Shape::Vec(shapes) => shapes.iter().for_each(|shape| collect(shape, clip, seen)),
        Shape::Rect(area) if area.fill.is_opaque() => {
            let covered = area.rect.intersect(clip);
            seen.retain(|seen| !covered.contains_rect(seen.visible));
        }
        Shape::Text(shape) => {
            let text = shape.galley.text().trim();
            let whole = shape.visual_bounding_rect();
            let visible = whole.intersect(clip);
            if !text.is_empty() && visible.is_positive() {
                let text = text.to_owned();
                seen.push(Seen {
                    text,
                    whole,
                    visible,
                });
            }
        }
        _ => {}
    }
}

/// Returns what is wrong with the last frame.
fn faults(window: &Window) -> Vec<String> {
    faults_outside(window, Rect::NOTHING)
}

/// Returns what is wrong with the last frame, except for texts and controls whose center is in an area.
pub(super) fn faults_outside(window: &Window, area: Rect) -> Vec<String> {
    let bounds = window.harness.ctx.content_rect();
    let mut seen = texts(&window.harness.output().shapes, bounds);
    seen.retain(|seen| !area.contains(seen.visible.center()));
    let mut faults = Vec::new();
    // A field that is too narrow for its text scrolls it.
    let fields = window.harness.query_all_by_role(egui::Role::TextInput);
    let fields: Vec<Rect> = fields.map(|field| field.rect()).collect();
    seen.retain(|seen| !fields.iter().any(|field| field.contains_rect(seen.visible)));
    for (index, one) in seen.iter().enumerate() {
        let Seen {
            text,
            whole,
            visible,
        } = one;
        // Rows of a list that scrolls are cut at its upper and lower end.
        let cut = whole.width() - visible.width() > 1.5;
        if cut && visible.height() > 0.9 * whole.height() {
            faults.push(format!("`{text}` is cut: {visible} of {whole}"));
        }
        for other in &seen[index + 1..] {
            // A halo is the same text, moved by a pixel or two.
            let halo = other.text == *text && other.whole.center().distance(whole.center()) < 5.0;
            let shared = visible.intersect(other.visible);
            // An italic letter of a formula leans over its index.
            let is_letter = text.chars().count() == 1 || other.text.chars().count() == 1;
            let slack = if is_letter { 2.5 } else { 1.5 };
            if !halo && shared.width() > slack && shared.height() > 2.5 {
                faults.push(format!(
                    "`{text}` at {visible} and `{}` at {} overlap",
                    other.text, other.visible
                ));
            }
        }
    }
    let mut nodes = vec![window.harness.root()];
    while let Some(node) = nodes.pop() {
        let accessible = node.accesskit_node();
        let Some(_) = accessible.bounding_box() else {
            nodes.extend(node.children());
            continue;
        };
        let place = node.rect();
        let role = format!("{:?}", accessible.role());
        let control = matches!(
            role.as_str(),
            "Button" | "CheckBox" | "Slider" | "ComboBox" | "TextInput" | "SpinButton"
        );
        let beyond = place.min.x < bounds.min.x - 1.0 || place.max.x > bounds.max.x + 1.0;
        if control && beyond && place.is_positive() && !area.contains(place.center()) {
            let name = accessible.label().unwrap_or_default();
            faults.push(format!("{role} `{name}` at {place} is outside of {bounds}"));
        }
        nodes.extend(node.children());
    }
    faults.sort();
    faults.dedup();
    faults
}

/// Looks at every view of a scene in every size and theme; `wait` is false for scenes that are looked at while they are computed.
fn check(name: &str, scene: &Scene, views: &[(&str, Key)], wait: bool) {
    let mut found = Vec::new();
    let mut window = Window::on(scene.clone());
    window.press(Key::End);
    for (view, key) in views {
        window.press(*key);
        for theme in [egui::Theme::Dark, egui::Theme::Light] {
            window.harness.ctx.set_theme(theme);
            for (size, scale) in SIZES {
                window.harness.set_pixels_per_point(scale);
                window.harness.run_steps(1);
                window.harness.set_size(size.into());
                if wait {
                    window.settle();
                } else {
                    window.harness.run_steps(4);
                }
                let faults = faults(&window).into_iter();
                found.extend(faults.map(|fault| format!("{view} {theme:?} {size:?}: {fault}")));
            }
        }
    }
    assert!(found.is_empty(), "{name}:\n{}", found.join("\n"));
}

const LANDSCAPE_VIEWS: [(&str, Key); 4] = [
    ("map", Key::M),
    ("side by side", Key::D),
    ("basins", Key::B),
    ("sweep", Key::W),
];

const NETWORK_VIEWS: [(&str, Key); 6] = [
    ("map", Key::M),
    ("side by side", Key::D),
    ("projection error", Key::O),
    ("spectrum", Key::H),
    ("seeds", Key::S),
    ("connect", Key::C),
];

fn on(landscape: &str, runs: &[&str]) -> Scene {
    let mut scene = Scene::new(landscape.parse().expect("a landscape"));
    scene.training.steps = 60;
    for run in runs {
        scene.add_run(run.parse().expect("a run"));
    }
    scene
}

/// Returns a scene with a small network.
pub(super) fn network(steps: u64) -> Scene {
    let mut scene = Scene::opening();
    scene.runs.clear();
    scene.choose_network(NetworkScene {
        model: "mlp:hidden=4,loss=bce".parse().expect("a model"),
        data: "moons:samples=40".parse().expect("data"),
        ..NetworkScene::default()
    });
    scene.add_run("sgd:lr=0.5".parse().expect("a run"));
    scene.add_run("adam:lr=0.1".parse().expect("a run"));
    scene.training.steps = steps;
    scene
}

#[test]
fn the_opening_scene_is_legible() {
    check("opening", &Scene::opening(), &LANDSCAPE_VIEWS, true);
}

#[test]
fn a_scene_without_runs_is_legible() {
    check("no runs", &on("himmelblau", &[]), &LANDSCAPE_VIEWS, true);
}

#[test]
fn diverged_runs_are_legible() {
    let scene = on("rosenbrock", &["sgd:lr=1", "sgd:lr=0.01", "adam:lr=0.1"]);
    check("diverged", &scene, &LANDSCAPE_VIEWS, true);
}

#[test]
fn twelve_runs_are_legible() {
    let scene = on(
        "beale",
        &["adam:lr=0.1", "sgd:lr=0.001", "rmsprop:lr=0.01"].repeat(4),
    );
    check("twelve runs", &scene, &LANDSCAPE_VIEWS, true);
}

#[test]
fn a_refused_scene_is_legible() {
    let scene = on("grid:data=missing.npy", &["sgd:lr=0.1"]);
    check("refused", &scene, &LANDSCAPE_VIEWS, true);
}

#[test]
fn a_refused_network_is_legible() {
    let mut scene = network(30);
    scene.training.batch = Some(1000);
    check("refused", &scene, &NETWORK_VIEWS, true);
}

#[test]
fn a_trained_network_is_legible() {
    check("network", &network(30), &NETWORK_VIEWS, true);
}

#[test]
fn a_network_in_training_is_legible() {
    check("training", &network(5_000_000), &NETWORK_VIEWS, false);
}
