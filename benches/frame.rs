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

/// Returns the scene: 20 runs of 1,000 steps, 20 contour levels, all charts.
fn scene() -> Scene {
    let mut scene = Scene::new("rosenbrock".parse().expect("a landscape"));
    scene.training.steps = 1_000;
    scene.map.levels = 20;
    for run in 0..20_u32 {
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
        let mut app = App::new(&ctx, scene(), None).expect("an application");
        for _ in 0..4 {
            frame(&ctx, &mut app, Vec::new(), size);
            app.wait_idle();
        }
        let key = |pressed: bool| egui::Event::Key {
            key: egui::Key::Space,
            physical_key: None,
            pressed,
            repeat: false,
            modifiers: egui::Modifiers::NONE,
        };
        frame(&ctx, &mut app, vec![key(true), key(false)], size);
        for (name, pointer) in [("still", None), ("pointer over a chart", Some(150.0))] {
            let mut frames = Vec::with_capacity(FRAMES);
            for at in 0..FRAMES {
                #[expect(clippy::cast_precision_loss, reason = "a few hundred frames")]
                let x = size.x - 300.0 + (at % 100) as f32;
                let moved = pointer.map(|y| egui::Event::PointerMoved(egui::pos2(x, y)));
                frames.push(frame(&ctx, &mut app, moved.into_iter().collect(), size));
            }
            let layout = median(frames.iter().map(|frame| frame.layout_ms).collect());
            let tessellation = median(frames.iter().map(|frame| frame.tessellation_ms).collect());
            let name = format!("{} × {}, {name}", size.x, size.y);
            let (sum, vertices) = (layout + tessellation, frames[FRAMES - 1].vertices);
            println!("{name:34} {layout:>10.2} {tessellation:>14.2} {sum:>10.2} {vertices:>10}");
        }
    }
    turning_surface(egui::vec2(1280.0, 800.0));
}

/// Times frames in which the mouse turns the surface of the opening scene.
fn turning_surface(size: egui::Vec2) {
    let ctx = egui::Context::default();
    let mut app = App::new(&ctx, Scene::opening(), None).expect("an application");
    let key = |key: egui::Key, pressed: bool| egui::Event::Key {
        key,
        physical_key: None,
        pressed,
        repeat: false,
        modifiers: egui::Modifiers::NONE,
    };
    for pressed in [egui::Key::Space, egui::Key::U, egui::Key::End] {
        let events = vec![key(pressed, true), key(pressed, false)];
        frame(&ctx, &mut app, events, size);
    }
    for _ in 0..4 {
        app.wait_idle();
        frame(&ctx, &mut app, Vec::new(), size);
    }
    let start = egui::pos2(0.5 * size.x, 0.5 * size.y);
    let button = egui::Event::PointerButton {
        pos: start,
        button: egui::PointerButton::Primary,
        pressed: true,
        modifiers: egui::Modifiers::NONE,
    };
    let press = vec![egui::Event::PointerMoved(start), button];
    frame(&ctx, &mut app, press, size);
    let azim = app.scene().surface.azim;
    let frames = (0..FRAMES).map(|at| {
        #[expect(clippy::cast_precision_loss, reason = "a few hundred frames")]
        let x = (at as f32 * 0.07).sin() * 150.0;
        let moved = egui::Event::PointerMoved(start + egui::vec2(x, 20.0));
        frame(&ctx, &mut app, vec![moved], size)
    });
    let frames: Vec<Frame> = frames.collect();
    assert_ne!(app.scene().surface.azim, azim, "the surface turns");
    let layout = median(frames.iter().map(|frame| frame.layout_ms).collect());
    let tessellation = median(frames.iter().map(|frame| frame.tessellation_ms).collect());
    let (sum, vertices) = (layout + tessellation, frames[FRAMES - 1].vertices);
    let name = "surface, turning (128 × 128)";
    println!("{name:34} {layout:>10.2} {tessellation:>14.2} {sum:>10.2} {vertices:>10}");
}
