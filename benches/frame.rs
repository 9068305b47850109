//! Benchmark of a frame of the window: layout and tessellation, without a window and without a graphics card.
//!
//! ```sh
//! cargo bench --bench frame
//! ```

use eframe::egui;
use ravine::engine::scene::Scene;
use ravine::gui::App;
use std::time::Instant;

/// Frames are dominated by page faults of fresh buffers, as in the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Number of timed frames.
const FRAMES: usize = 301;

/// Returns the scene: `runs` runs of 1,000 steps, 20 contour levels, all charts.
fn scene(runs: u32) -> Scene {
    let mut scene = Scene::new("rosenbrock".parse().expect("a landscape"));
    scene.training.steps = 1_000;
    scene.map.levels = 20;
    for run in 0..runs {
        let lr = 1e-4 * 1.15_f64.powi(i32::try_from(run).unwrap_or(0));
        let optimizer = ["sgd", "sgd:momentum=0.9", "adam", "rmsprop"][run as usize % 4];
        let joint = if optimizer.contains(':') { "," } else { ":" };
        let spec = format!("{optimizer}{joint}lr={lr}");
        scene.add_run(spec.parse().expect("a run"));
    }
    scene
}

/// A frame: its layout and its triangles.
struct Frame {
    layout_ms: f64,
    tessellation_ms: f64,
    vertices: usize,
}

fn frame(ctx: &egui::Context, app: &mut App, events: Vec<egui::Event>, size: egui::Vec2) -> Frame {
    let input = egui::RawInput {
        screen_rect: Some(egui::Rect::from_min_size(egui::Pos2::ZERO, size)),
        events,
        ..egui::RawInput::default()
    };
    let start = Instant::now();
    let mut output = ctx.run_ui(input, |ui| app.frame_ui(ui));
    let layout = start.elapsed();
    output.textures_delta.clear();
    let shapes = std::mem::take(&mut output.shapes);
    let start = Instant::now();
    let meshes = ctx.tessellate(shapes, output.pixels_per_point);
    let tessellation = start.elapsed();
    let vertices = meshes.iter().map(|mesh| match &mesh.primitive {
        egui::epaint::Primitive::Mesh(mesh) => mesh.vertices.len(),
        egui::epaint::Primitive::Callback(_) => 0,
    });
    Frame {
        layout_ms: 1e3 * layout.as_secs_f64(),
        tessellation_ms: 1e3 * tessellation.as_secs_f64(),
        vertices: vertices.sum(),
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn main() {
    println!("median of {FRAMES} frames: 20 runs of 1,000 steps, 20 contour levels, all charts\n");
    println!(
        "{:34} {:>10} {:>14} {:>10} {:>10}",
        "", "layout ms", "tessellation", "sum", "vertices"
    );
    for size in [egui::vec2(1280.0, 800.0), egui::vec2(1920.0, 1080.0)] {
        let ctx = egui::Context::default();
        let mut app = App::new(&ctx, scene(20), None).expect("an application");
        for _ in 0..4 {
            frame(&ctx, &mut app, Vec::new(), size);
            app.wait_idle();
        }
        frame(&ctx, &mut app, press(egui::Key::Space), size);
        for (name, pointer) in [("still", None), ("pointer over a chart", Some(150.0))] {
            let mut frames = Vec::with_capacity(FRAMES);
            for at in 0..FRAMES {
                #[expect(clippy::cast_precision_loss, reason = "a few hundred frames")]
                let x = size.x - 300.0 + (at % 100) as f32;
                let moved = pointer.map(|y| egui::Event::PointerMoved(egui::pos2(x, y)));
                frames.push(frame(&ctx, &mut app, moved.into_iter().collect(), size));
            }
            let name = format!("{} × {}, {name}", size.x, size.y);
            print_row(&name, &frames);
        }
    }
    let size = egui::vec2(1280.0, 800.0);
    turning_surface(size);
    side_by_side(size);
    slider_drag(size);
}

/// Prints the medians of frames.
fn print_row(name: &str, frames: &[Frame]) {
    let layout = median(frames.iter().map(|frame| frame.layout_ms).collect());
    let tessellation = median(frames.iter().map(|frame| frame.tessellation_ms).collect());
    let sum = layout + tessellation;
    let vertices = frames.last().map_or(0, |frame| frame.vertices);
    println!("{name:34} {layout:>10.2} {tessellation:>14.2} {sum:>10.2} {vertices:>10}");
}

/// Returns the events of a key that is pressed and released.
fn press(key: egui::Key) -> Vec<egui::Event> {
    let event = |pressed: bool| egui::Event::Key {
        key,
        physical_key: None,
        pressed,
        repeat: false,
        modifiers: egui::Modifiers::NONE,
    };
    vec![event(true), event(false)]
}

/// Opens a scene, presses keys and waits until everything is computed.
fn open(scene: Scene, keys: &[egui::Key], size: egui::Vec2) -> (egui::Context, App) {
    let ctx = egui::Context::default();
    let mut app = App::new(&ctx, scene, None).expect("an application");
    for key in keys {
        frame(&ctx, &mut app, press(*key), size);
    }
    for _ in 0..4 {
        app.wait_idle();
        frame(&ctx, &mut app, Vec::new(), size);
    }
    (ctx, app)
}

/// Times frames of a small map for each of 20 runs, with the pointer over them; 8 ms are asked.
fn side_by_side(size: egui::Vec2) {
    let (ctx, mut app) = open(
        scene(20),
        &[egui::Key::Space, egui::Key::D, egui::Key::End],
        size,
    );
    let frames = (0..FRAMES).map(|at| {
        #[expect(clippy::cast_precision_loss, reason = "a few hundred frames")]
        let x = 0.4 * size.x + (at % 200) as f32;
        let moved = egui::Event::PointerMoved(egui::pos2(x, 0.5 * size.y));
        frame(&ctx, &mut app, vec![moved], size)
    });
    print_row("side by side, 20 runs", &frames.collect::<Vec<_>>());
}

/// Times frames in which the mouse drags the first slider of the landscape, so that 12 runs of 1,000 steps are computed again in each; 8 ms
/// are asked.
fn slider_drag(size: egui::Vec2) {
    let (ctx, mut app) = open(scene(12), &[egui::Key::Space, egui::Key::End], size);
    // Every frame waits for its runs.
    app.frame_budget = std::time::Duration::from_secs(10);
    // The slider is below the landscape's formula; its row is found by trying.
    let before = app.scene().landscape().clone();
    let button = |pos: egui::Pos2, pressed: bool| egui::Event::PointerButton {
        pos,
        button: egui::PointerButton::Primary,
        pressed,
        modifiers: egui::Modifiers::NONE,
    };
    let rows = (90..220_u8)
        .step_by(6)
        .map(|y| egui::pos2(150.0, f32::from(y)));
    let found = rows.into_iter().find(|at| {
        let moved = *at + egui::vec2(8.0, 0.0);
        for events in [
            vec![egui::Event::PointerMoved(*at)],
            vec![button(*at, true)],
            vec![egui::Event::PointerMoved(moved)],
        ] {
            frame(&ctx, &mut app, events, size);
        }
        let is_slider = *app.scene().landscape() != before;
        if !is_slider {
            frame(&ctx, &mut app, vec![button(moved, false)], size);
        }
        is_slider
    });
    let start = found.expect("a slider of the landscape");
    let frames = (0..FRAMES).map(|at| {
        #[expect(clippy::cast_precision_loss, reason = "a few hundred frames")]
        let x = (at as f32 * 0.07).sin() * 25.0;
        let moved = egui::Event::PointerMoved(start + egui::vec2(x, 0.0));
        frame(&ctx, &mut app, vec![moved], size)
    });
    print_row(
        "slider drag, 12 runs × 1,000 steps",
        &frames.collect::<Vec<_>>(),
    );
}

/// Times frames in which the mouse turns the surface of the opening scene.
fn turning_surface(size: egui::Vec2) {
    let keys = [egui::Key::Space, egui::Key::U, egui::Key::End];
    let (ctx, mut app) = open(Scene::opening(), &keys, size);
    let start = egui::pos2(0.5 * size.x, 0.5 * size.y);
    let button = egui::Event::PointerButton {
        pos: start,
        button: egui::PointerButton::Primary,
        pressed: true,
        modifiers: egui::Modifiers::NONE,
    };
    let events = vec![egui::Event::PointerMoved(start), button];
    frame(&ctx, &mut app, events, size);
    let azim = app.scene().surface.azim;
    let frames = (0..FRAMES).map(|at| {
        #[expect(clippy::cast_precision_loss, reason = "a few hundred frames")]
        let x = (at as f32 * 0.07).sin() * 150.0;
        let moved = egui::Event::PointerMoved(start + egui::vec2(x, 20.0));
        frame(&ctx, &mut app, vec![moved], size)
    });
    let frames: Vec<Frame> = frames.collect();
    assert_ne!(app.scene().surface.azim, azim, "the surface turns");
    print_row("surface, turning (128 × 128)", &frames);
}
