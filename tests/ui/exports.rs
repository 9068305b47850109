//! Every view exports what it shows.

use super::Window;
use super::files::answer;
use eframe::egui;
use egui::{Key, Modifiers, Role};
use egui_kittest::kittest::{NodeT, Queryable};
use ravine::engine::scene::{NetworkScene, Scene};
use std::path::Path;
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
    window.harness.run_steps(3);
    if window.says("there is no picture") {
        window.press(Key::Escape);
        return Err("refused".to_owned());
    }
    choose(window, "SVG", &path);
    wait(window, "Wrote ");
    let svg = std::fs::read_to_string(&path).map_err(|error| error.to_string())?;
    // Answer again for the next export.
    window.settle();
    Ok(svg)
}

/// Chooses a format and a file in the open export dialog.
fn choose(window: &mut Window, format: &str, path: &Path) {
    window.click(Role::RadioButton, format);
    window.click(Role::Button, "Export…");
    answer(window, path, "Export");
}

/// Waits until some text is shown.
pub(super) fn wait(window: &mut Window, text: &str) {
    let since = Instant::now();
    while !window.says(text) {
        window.harness.run_steps(1);
        std::thread::yield_now();
        assert!(since.elapsed() < Duration::from_mins(3), "{text}: too slow");
    }
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

/// Returns a window on a small scene with the export dialog open.
fn opened() -> Window {
    opened_with(|_| {})
}

fn opened_with(change: impl FnOnce(&mut Scene)) -> Window {
    let mut scene = Scene::new("booth".parse().unwrap());
    scene.training.steps = 40;
    scene.add_run("sgd:lr=0.01".parse().unwrap());
    scene.add_run("adam:lr=0.1".parse().unwrap());
    change(&mut scene);
    let mut window = Window::on(scene);
    window.press_with(Modifiers::COMMAND, Key::E);
    window.harness.run_steps(3);
    window
}

/// Switches an optional setting on and types its value.
fn set(window: &mut Window, name: &str, text: &str) {
    let words = ["fixed", "set", "on"].map(|word| format!("{name}: {word}"));
    let found = { words.iter() }.find(|word| window.has(word));
    let word = found.expect("an optional setting");
    window.reveal(Role::RadioButton, word);
    window.click(Role::RadioButton, word);
    window
        .harness
        .get_by_role_and_label(Role::TextInput, name)
        .set_text_value_accesskit(text);
    window.harness.run_steps(3);
}

#[test]
fn every_format_is_exported_with_the_size_of_the_dialog() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut window = opened();
    set(&mut window, "width", "200px");
    assert!(window.says("200 × 150 pixels"));
    assert_eq!(
        window
            .app()
            .scene()
            .figure
            .width
            .map(|width| width.to_string()),
        Some("200px".to_owned()),
        "the size is part of the scene"
    );
    for (format, name, start) in [
        ("PNG", "a.png", &b"\x89PNG"[..]),
        ("SVG", "a.svg", b"<svg"),
        ("PDF", "a.pdf", b"%PDF"),
        ("GIF", "a.gif", b"GIF89a"),
        ("APNG", "a.apng", b"\x89PNG"),
    ] {
        let path = folder.path().join(name);
        choose(&mut window, format, &path);
        wait(&mut window, name);
        let bytes = std::fs::read(&path).expect("exported");
        assert!(bytes.starts_with(start), "{format}");
        if format == "PNG" {
            let reader = png::Decoder::new(std::io::Cursor::new(&bytes)).read_info();
            let reader = reader.expect("a picture");
            assert_eq!(reader.info().size(), (200, 150));
        }
        window.press_with(Modifiers::COMMAND, Key::E);
        window.harness.run_steps(3);
    }
    window.press(Key::Escape);
    assert!(!window.has("Export…"), "Escape closes the dialog");
    window.press_with(Modifiers::COMMAND, Key::Z);
    assert_eq!(window.app().scene().figure.width, None, "undo");
}

#[test]
fn panels_are_combined_and_their_words_set() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("both.svg");
    let mut window = opened();
    window.click(Role::CheckBox, "loss");
    assert_eq!(
        window.app().scene().figure.show.as_deref(),
        Some("map+loss")
    );
    set(&mut window, "title", "Two runs");
    choose(&mut window, "SVG", &path);
    wait(&mut window, "Wrote ");
    let svg = std::fs::read_to_string(&path).expect("exported");
    let (_, drawn) = svg.split_once("</desc>").expect("a description");
    for text in [">Two runs<", ">loss<"] {
        assert!(drawn.contains(text), "{text}");
    }
}

#[test]
fn refused_paths_and_contents_are_explained_in_the_dialog() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut window = opened();
    choose(
        &mut window,
        "PNG",
        &folder.path().join("no/such/folder.png"),
    );
    assert!(
        window.says("folder.png"),
        "the reason is in the file dialog"
    );
    window.press(Key::Escape);
    window.harness.run_steps(2);
    assert!(window.has("Export…"), "the export dialog is still open");
    set(&mut window, "width", "1px");
    assert!(window.says("expected 16 to 16384 each"));
    let button = window
        .harness
        .get_by_role_and_label(Role::Button, "Export…");
    assert!(button.accesskit_node().is_disabled());
    window.click(Role::Button, "Defaults");
    assert!(window.says("1600 × 1200 pixels"));
    window.press(Key::Enter);
    window.harness.run_steps(2);
    assert!(window.has("all files"), "Enter asks for the file");
}

#[test]
fn a_stopped_film_writes_nothing() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("long.gif");
    let mut window = opened_with(|scene| {
        scene.training.steps = 5000;
        scene.figure.seconds = 200.0;
    });
    window.click(Role::RadioButton, "GIF");
    assert!(window.says("5000 frames"), "the number is known before");
    choose(&mut window, "GIF", &path);
    window.click(Role::Button, "Stop");
    wait(&mut window, "nothing was written");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    assert!(window.has("Export…"), "another try is possible");
}

#[test]
fn the_help_menu_explains_scene_files() {
    let mut window = Window::opening();
    window.press_with(Modifiers::SHIFT, Key::F1);
    for text in ["Scene files", "font_size", "[[runs.legs]]"] {
        assert!(window.says(text), "{text}");
    }
    window.click(Role::Button, "Close");
    assert!(!window.says("font_size"));
}

#[test]
fn a_view_that_is_not_computed_can_be_shown_from_the_dialog() {
    let mut window = opened_with(|scene| scene.figure.show = Some("basins".to_owned()));
    assert!(window.says("there is no picture of the basins yet"));
    window.click(Role::Button, "Show Basins");
    for _ in 0..3 {
        window.settle();
    }
    wait(&mut window, "pixels");
    assert!(!window.says("there is no picture"));
    for (control, offered) in [
        ("title: auto", true),
        ("legend: off", true),
        ("legend: below", false),
        ("levels", true),
        ("labels", false),
        ("aspect", false),
    ] {
        assert_eq!(window.has(control), offered, "{control}");
    }
    let gif = window
        .harness
        .get_by_role_and_label(Role::RadioButton, "GIF");
    assert!(gif.accesskit_node().is_disabled(), "basins have no steps");
}

#[test]
fn frames_are_numbered_files_and_replace_none() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut window = opened_with(|scene| {
        scene.figure.width = "160px".parse().ok();
        scene.figure.every = Some(4);
    });
    choose(&mut window, "PNG frames", &folder.path().join("a.png"));
    assert!(window.says("needs {} in its name"));
    answer(&mut window, &folder.path().join("a-{}.png"), "Export");
    wait(&mut window, "a-00.png to a-10.png");
    let names = || {
        let files = std::fs::read_dir(folder.path()).unwrap();
        let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = names.collect();
        names.sort();
        names
    };
    assert_eq!(names().len(), 11);
    assert_eq!((&*names()[0], &*names()[10]), ("a-00.png", "a-10.png"));
    window.press_with(Modifiers::COMMAND, Key::E);
    window.harness.run_steps(3);
    choose(&mut window, "PNG frames", &folder.path().join("a-{}.png"));
    assert!(window.says("frames replace no files"));
}

#[test]
fn the_chart_that_is_shown_large_has_the_words_of_figures() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("loss.svg");
    let mut window = opened_with(|scene| {
        scene.training.noise = 1.0;
        scene.training.seeds = Some(4);
    });
    window.press(Key::Escape);
    window.settle();
    window.click(Role::Button, "loss (log), 4 seeds");
    window.press_with(Modifiers::COMMAND, Key::E);
    window.harness.run_steps(3);
    set(&mut window, "title", "Four seeds");
    choose(&mut window, "SVG", &path);
    wait(&mut window, "Wrote ");
    let svg = std::fs::read_to_string(&path).expect("exported");
    let (_, drawn) = svg.split_once("</desc>").expect("a description");
    for text in [
        ">Four seeds<",
        "median, quartiles, mean (dotted)",
        "4 seeds, 0 to 3",
    ] {
        assert!(drawn.contains(text), "{text}");
    }
}

#[test]
fn an_export_waits_for_a_legal_width_and_units_are_offered() {
    let mut window = opened();
    set(&mut window, "width", "83");
    assert!(window.says("a length with its unit"));
    let export = |window: &Window| {
        let button = { &window.harness }.get_by_role_and_label(Role::Button, "Export…");
        button.accesskit_node().is_disabled()
    };
    assert!(export(&window), "a refused text");
    window.press(Key::Enter);
    window.harness.run_steps(3);
    assert!(!window.has("all files"), "Enter does not ask for the file");
    assert!(window.has("Use 83px") && window.has("Use 1600px"));
    window.reveal(Role::Button, "Use 83mm");
    window.click(Role::Button, "Use 83mm");
    let width = window.app().scene().figure.width;
    assert_eq!(
        width.map(|width| width.to_string()).as_deref(),
        Some("83mm")
    );
    assert!(!export(&window));
}

#[test]
fn a_fixed_size_begins_with_that_of_the_preset() {
    use ravine::engine::scene::FigurePreset;
    let mut window = opened_with(|scene| {
        scene.figure.preset = Some(FigurePreset::DoubleColumn);
    });
    let fixed = "width: fixed";
    window.reveal(Role::RadioButton, fixed);
    window.click(Role::RadioButton, fixed);
    let width = window.app().scene().figure.width;
    assert_eq!(
        width.map(|width| width.to_string()).as_deref(),
        Some("6.75in")
    );
}

#[test]
fn escape_closes_the_file_dialog_before_the_export_dialog_every_time() {
    let mut window = opened();
    for _ in 0..3 {
        window.click(Role::Button, "Export…");
        assert!(window.has("all files"));
        window.press(Key::Escape);
        window.harness.run_steps(2);
        assert!(!window.has("all files") && window.has("Export…"));
        window.press(Key::Escape);
        window.harness.run_steps(2);
        assert!(!window.has("Export…"));
        window.press_with(Modifiers::COMMAND, Key::E);
        window.harness.run_steps(3);
    }
}

#[cfg(not(feature = "mp4"))]
#[test]
fn only_films_that_can_be_written_are_offered() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut window = opened();
    assert!(!window.has("MP4"));
    choose(&mut window, "GIF", &folder.path().join("a.pdf"));
    for (text, expected) in [(".apng", true), ("mp4", false)] {
        assert_eq!(window.says(text), expected, "{text}");
    }
}

#[test]
fn a_view_without_films_is_exported_as_a_picture() {
    let mut window = opened();
    window.click(Role::RadioButton, "GIF");
    window.press(Key::Escape);
    window.press(Key::B);
    for _ in 0..3 {
        window.settle();
    }
    let is_chosen = |window: &Window, format: &str| {
        let radio = { &window.harness }.get_by_role_and_label(Role::RadioButton, format);
        radio.accesskit_node().toggled() == Some(egui::accesskit::Toggled::True)
    };
    window.press_with(Modifiers::COMMAND, Key::E);
    window.harness.run_steps(3);
    assert!(is_chosen(&window, "PNG") && !is_chosen(&window, "GIF"));
    assert!(!window.says("the same at every step"));
    window.press(Key::Escape);
    window.press(Key::M);
    window.settle();
    window.press_with(Modifiers::COMMAND, Key::E);
    window.harness.run_steps(3);
    assert!(is_chosen(&window, "GIF"), "the map has films");
}
