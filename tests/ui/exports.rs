//! Every view exports what it shows.

use super::Window;
use super::files::answer;
use eframe::egui;
use egui::{Key, Modifiers};
use ravine::engine::scene::{NetworkScene, Scene};
use std::time::{Duration, Instant};

/// Exports the view of a key and returns the SVG, or the error message.
fn exported(window: &mut Window, key: Key) -> Result<String, String> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("picture.svg");
    window.press(key);
    for _ in 0..3 {
        window.settle();
    }
    window.press_with(Modifiers::COMMAND, Key::E);
    answer(window, &path, "Export");
    let since = Instant::now();
    while !path.exists() && !window.says("there is no picture") {
        window.harness.run_steps(1);
        assert!(since.elapsed() < Duration::from_mins(2), "too slow");
    }
    if !path.exists() {
        window.press(Key::Escape);
        return Err("refused".to_owned());
    }
    let svg = std::fs::read_to_string(&path).map_err(|error| error.to_string())?;
    // Answer again for the next export.
    window.settle();
    Ok(svg)
}

fn check(window: &mut Window, key: Key, texts: &[&str], not: &[&str]) {
    let svg = exported(window, key).expect("a picture");
    // Only the drawn texts: the description contains the scene.
    let drawn = svg.split("</desc>").last().unwrap_or_default();
    for text in texts {
        assert!(drawn.contains(text), "{key:?} has {text}");
    }
    for text in not {
        assert!(!drawn.contains(text), "{key:?} has {text}");
    }
}

#[test]
fn export_has_the_shown_view_of_a_landscape() {
    let mut scene = Scene::new("himmelblau".parse().unwrap());
    scene.training.steps = 60;
    scene.add_run("sgd:lr=0.01".parse().unwrap());
    scene.add_run("rprop".parse().unwrap());
    let mut window = Window::on(scene);
    check(
        &mut window,
        Key::M,
        &["Himmelblau"],
        &["Basins of", "over lr"],
    );
    check(
        &mut window,
        Key::B,
        &["Basins of sgd:lr=0.01 on Himmelblau"],
        &[],
    );
    check(
        &mut window,
        Key::W,
        &["over lr", "Himmelblau"],
        &["Basins of"],
    );
}

#[test]
fn export_has_the_shown_view_of_a_network() {
    let mut scene = Scene::opening();
    scene.runs.clear();
    scene.choose_network(NetworkScene {
        model: "mlp:hidden=2,loss=bce".parse().unwrap(),
        data: "moons:samples=8".parse().unwrap(),
        ..NetworkScene::default()
    });
    scene.add_run("sgd:lr=0.5".parse().unwrap());
    scene.add_run("adam:lr=0.1".parse().unwrap());
    scene.training.steps = 30;
    let mut window = Window::on(scene);
    let none = exported(&mut window, Key::S);
    assert!(none.is_err(), "only a random plane has seeds");
    check(
        &mut window,
        Key::M,
        &["Moons", "Heights are losses on this plane"],
        &["Mode connectivity"],
    );
    check(
        &mut window,
        Key::Y,
        &["Decision boundary of each run", "SGD", "Adam"],
        &["Heights are losses on this plane"],
    );
    check(&mut window, Key::O, &["projection error"], &[]);
    check(
        &mut window,
        Key::H,
        &["Curvature", "SGD at step", "density of eigenvalues"],
        &["Heights are losses on this plane"],
    );
    check(
        &mut window,
        Key::C,
        &["Mode connectivity", "from SGD to Adam", "straight line"],
        &[],
    );
}
