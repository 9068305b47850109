//! Tests of files that are dropped on the window, and of pasted and copied text.

use super::Window;
use eframe::egui;
use egui::{Key, Modifiers, Role};
use ravine::engine::results::Runs;
use ravine::engine::scene::Scene;
use std::path::{Path, PathBuf};
use std::sync::Arc;

#[derive(Debug)]
struct Dropped(PathBuf);

impl egui::DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        std::fs::read(&self.0).map_err(|error| error.to_string())
    }
}

fn drop_files(window: &mut Window, paths: &[&Path]) {
    let files = paths
        .iter()
        .map(|path| Arc::new(Dropped((*path).to_owned())) as _);
    window.harness.input_mut().dropped_files = files.collect();
    window.harness.step();
    window.harness.input_mut().dropped_files.clear();
    window.settle();
}

fn hover(window: &mut Window, paths: &[&Path]) {
    let file = |path: &&Path| egui::HoveredFile {
        path: Some((*path).to_owned()),
        ..egui::HoveredFile::default()
    };
    window.harness.input_mut().hovered_files = paths.iter().map(file).collect();
    window.harness.run_steps(2);
}

/// Returns a window with a network that trains for a few steps.
fn small_network() -> Window {
    let mut scene = Scene::opening_network();
    scene.training.steps = 10;
    Window::on(scene)
}

fn undo(window: &mut Window) {
    window.press_with(Modifiers::COMMAND, Key::Z);
    window.settle();
}

fn file(folder: &Path, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, bytes).expect("written");
    path
}

/// Returns a weights file for the network of some runs: 0, 0.01, 0.02 ….
fn weights_of(runs: &Runs) -> Vec<u8> {
    let loss = &runs.trained.as_ref().expect("a network").task.loss;
    let dim = runs
        .trained
        .as_ref()
        .map_or(0, |trained| trained.task.start.len());
    let theta: Vec<f64> = (0_u16..).take(dim).map(|i| 0.01 * f64::from(i)).collect();
    let mut bytes = Vec::new();
    ravine::export::weights::write(loss, &theta, &mut bytes).expect("written");
    bytes
}

#[test]
fn dropped_scenes_and_exported_pictures_open() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let booth = Scene::new("booth".parse().expect("a spec"));
    let scene = file(folder.path(), "booth.toml", booth.to_toml());
    let mut window = Window::opening();
    let opening = window.app().scene().clone();
    hover(&mut window, &[&scene]);
    assert!(window.says("Drop to open the scene in booth.toml"));
    drop_files(&mut window, &[&scene]);
    assert_eq!(*window.app().scene(), booth);
    undo(&mut window);
    assert_eq!(*window.app().scene(), opening);
    let description = format!("A caption\n\n{}", booth.to_toml());
    let drawing = ravine::figure::drawing::Drawing {
        size: [20.0; 2],
        items: Vec::new(),
    };
    for name in ["picture.png", "picture.svg"] {
        let extension = name.rsplit('.').next().expect("an extension");
        let bytes = ravine::export::picture::bytes(&drawing, extension, [20, 20], &description);
        let picture = file(folder.path(), name, bytes.expect("a picture"));
        drop_files(&mut window, &[&picture]);
        assert_eq!(*window.app().scene(), booth, "{name}");
        undo(&mut window);
    }
}

#[test]
fn dropped_data_become_the_landscape_or_the_data_of_the_network() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let heights = file(folder.path(), "h.csv", "1,2,3\n2,3,4\n3,4,9\n");
    let points = file(
        folder.path(),
        "p.csv",
        "height,weight\n1.5,50\n1.6,61\n1.7,68\n",
    );
    let mut window = Window::opening();
    let opening = window.app().scene().clone();
    for (path, says, name) in [
        (
            &heights,
            "Drop to make the heights in h.csv the landscape",
            "grid",
        ),
        (
            &points,
            "Drop to fit a line to the table p.csv",
            "regression",
        ),
    ] {
        hover(&mut window, &[path]);
        assert!(window.says(says), "{says}");
        hover(&mut window, &[]);
        assert!(!window.says("Drop to"));
        drop_files(&mut window, &[path]);
        assert_eq!(window.app().scene().subject_name(), name);
        assert!(
            window
                .app()
                .runs()
                .is_some_and(|runs| runs.scene.subject_name() == name)
        );
        undo(&mut window);
        assert_eq!(*window.app().scene(), opening);
    }
    let mut window = small_network();
    hover(&mut window, &[&points]);
    assert!(window.says("Drop to train the network on p.csv"));
    drop_files(&mut window, &[&points]);
    let network = window.app().scene().network().expect("a network").clone();
    assert!(network.data.to_string().contains("p.csv"));
    undo(&mut window);
    assert!(
        !window
            .app()
            .scene()
            .network()
            .expect("a network")
            .data
            .to_string()
            .contains("p.csv")
    );
}

#[test]
fn dropped_weights_start_the_runs_of_a_network_that_they_fit() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut window = Window::opening();
    let weights = file(folder.path(), "w.safetensors", "no weights");
    hover(&mut window, &[&weights]);
    assert!(window.says("w.safetensors holds weights of a network; choose Network first"));
    drop_files(&mut window, &[&weights]);
    assert_eq!(*window.app().scene(), Scene::opening());

    let mut window = small_network();
    let before = window.app().scene().clone();
    drop_files(&mut window, &[&weights]);
    assert!(window.says("is not a whole safetensors file"));
    assert_eq!(
        *window.app().scene(),
        before,
        "a refused file changes nothing"
    );
    let bytes = weights_of(window.app().runs().expect("runs"));
    let weights = file(folder.path(), "v.safetensors", bytes);
    hover(&mut window, &[&weights]);
    assert!(window.says("Drop to start the runs from the weights in v.safetensors"));
    drop_files(&mut window, &[&weights]);
    let start = window
        .app()
        .runs()
        .expect("runs")
        .trained
        .as_ref()
        .expect("trained")
        .task
        .start
        .clone();
    assert!((start[7] - 0.07).abs() < 1e-6, "{start:?}");
    let text = window.app().scene().to_toml();
    assert_eq!(Scene::from_toml(&text).as_ref(), Ok(window.app().scene()));
    assert!(
        !before.to_toml().contains("weights ="),
        "the default is not written"
    );
    undo(&mut window);
    assert_eq!(*window.app().scene(), before);
}

#[test]
fn of_several_files_one_is_taken_and_unknown_ones_are_refused() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let film = file(folder.path(), "film.gif", "GIF");
    let booth = Scene::new("booth".parse().expect("a spec"));
    let scene = file(folder.path(), "booth.toml", booth.to_toml());
    let mut window = Window::opening();
    hover(&mut window, &[&film, &scene]);
    assert!(
        window.says("Drop to open the scene in booth.toml (one of 2 files; the others are left)")
    );
    hover(&mut window, &[]);
    drop_files(&mut window, &[&film, &scene]);
    assert_eq!(*window.app().scene(), booth);
    assert!(window.says("One drop takes one file."));
    drop_files(&mut window, &[&film]);
    assert!(window.says("film.gif cannot be opened; expected a scene (.toml)"));
    assert_eq!(*window.app().scene(), booth);
}

#[test]
fn a_selected_run_is_copied_and_pasted_and_fields_keep_their_keys() {
    let mut window = Window::opening();
    window.click(Role::Button, "settings of Momentum");
    window.harness.event(egui::Event::Copy);
    window.harness.step();
    let copied = |window: &Window| {
        let commands = &window.harness.output().platform_output.commands;
        commands.iter().find_map(|command| match command {
            egui::OutputCommand::CopyText(text) => Some(text.clone()),
            _ => None,
        })
    };
    assert_eq!(
        copied(&window).as_deref(),
        Some(&*window.app().scene().runs[1].spec.to_string())
    );
    let paste = |window: &mut Window, text: &str| {
        window.harness.event(egui::Event::Paste(text.to_owned()));
        window.settle();
    };
    let before = window.app().scene().clone();
    paste(&mut window, "fast = sgd:lr=0.002\n--run 'adam:lr=0.05'\n");
    let runs = window.app().scene().runs.clone();
    assert_eq!(runs.len(), before.runs.len() + 2);
    assert_eq!(
        (runs[6].name.as_str(), runs[7].spec.to_string().as_str()),
        ("fast", "adam:lr=0.05")
    );
    undo(&mut window);
    assert_eq!(*window.app().scene(), before, "both at once");
    paste(&mut window, "rosenbrock:a=1,b=50");
    assert_eq!(
        window.app().scene().landscape().to_string(),
        "rosenbrock:b=50"
    );
    undo(&mut window);
    paste(&mut window, "Dear colleague,\nhow are you?");
    assert!(window.says("what was pasted is no scene, run or landscape"));
    assert_eq!(*window.app().scene(), before);

    window.click(Role::ComboBox, "Landscape");
    window.harness.event(egui::Event::Copy);
    window.harness.step();
    assert_eq!(copied(&window), None, "nothing is marked in the field");
    paste(&mut window, "adam:lr=0.01");
    assert_eq!(window.app().scene().runs.len(), before.runs.len());
}
