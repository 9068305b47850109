//! Pictures of the window, compared with those in `tests/snapshots/window`. After a change that is meant, write them anew and look at them:
//!
//!     RAVINE_WRITE_SNAPSHOTS=1 cargo test --release --test ui snapshots

use super::Window;
use super::look::network;
use eframe::egui;
use egui::{Color32, ColorImage, Key, Modifiers, Role};
use ravine::engine::scene::Scene;
use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::path::{Path, PathBuf};

/// Largest share of pixels that may differ visibly.
const TOLERANCE: f64 = 0.002;

/// Difference of a channel that is visible.
const VISIBLE: u8 = 40;

fn path(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots/window");
    folder.join(format!("{name}.png"))
}

fn write(path: &Path, picture: &ColorImage) {
    let file = File::create(path).expect("a file for the snapshot");
    let [width, height] = picture
        .size
        .map(|size| u32::try_from(size).expect("a size"));
    let mut encoder = png::Encoder::new(BufWriter::new(file), width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_compression(png::Compression::High);
    let pixels = picture.pixels.iter();
    let bytes: Vec<u8> = pixels
        .flat_map(|pixel| [pixel.r(), pixel.g(), pixel.b()])
        .collect();
    let mut writer = encoder.write_header().expect("a header");
    writer.write_image_data(&bytes).expect("pixels");
}

fn read(path: &Path) -> ColorImage {
    let hint = "write it with RAVINE_WRITE_SNAPSHOTS=1";
    let file =
        File::open(path).unwrap_or_else(|error| panic!("{}: {error}; {hint}", path.display()));
    let mut reader = png::Decoder::new(BufReader::new(file))
        .read_info()
        .expect("a PNG");
    let mut bytes = vec![0; reader.output_buffer_size().expect("a size")];
    let info = reader.next_frame(&mut bytes).expect("pixels");
    let pixels = bytes.chunks_exact(3);
    let pixels = pixels.map(|rgb| Color32::from_rgb(rgb[0], rgb[1], rgb[2]));
    let size = [info.width, info.height].map(|size| size as usize);
    ColorImage::new(size, pixels.collect())
}

/// Compares the last frame with a snapshot.
fn check(window: &Window, name: &str) {
    let picture = window.picture();
    let path = path(name);
    if std::env::var_os("RAVINE_WRITE_SNAPSHOTS").is_some() {
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        return write(&path, &picture);
    }
    let expected = read(&path);
    assert_eq!(picture.size, expected.size, "{name}");
    let pairs = picture.pixels.iter().zip(&expected.pixels);
    let differ = pairs.filter(|(a, b)| (0..3).any(|at| a[at].abs_diff(b[at]) > VISIBLE));
    #[expect(clippy::cast_precision_loss, reason = "counts of pixels")]
    let share = differ.count() as f64 / picture.pixels.len() as f64;
    if share > TOLERANCE {
        let actual = std::env::temp_dir().join(format!("ravine-{name}.png"));
        write(&actual, &picture);
        panic!(
            "{name}: {:.2} % of the pixels differ; see {}",
            100.0 * share,
            actual.display()
        );
    }
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
