//! Benchmark of pictures and films of a map with five runs, against matplotlib and its FuncAnimation.
//!
//! ```sh
//! pip install matplotlib
//! cargo bench --bench export --no-default-features
//! ```
//!
//! Both sides are given the finished runs. Ravine draws on all cores.

mod rival;

use ravine::engine::cancel::Cancel;
use ravine::engine::files::NoFiles;
use ravine::engine::results::{MapCache, Runs, compute_runs};
use ravine::engine::scene::Scene;
use ravine::export::film::{Film, Frame};
use ravine::export::picture::{PageSize, Picture, Show, picture};
use ravine::figure::colour::Theme;
use rival::{Table, median_ms};
use serde_json::{Value, json};
use std::sync::Arc;

const SPECS: [&str; 5] = [
    "sgd:lr=0.01",
    "sgd:lr=0.003,momentum=0.9",
    "adagrad:lr=0.5",
    "rmsprop:lr=0.05",
    "adam:lr=0.1",
];
const STEPS: u32 = 199;
const PICTURE: [u32; 2] = [1600, 1200];
const FILM: [u32; 2] = [800, 600];

fn main() {
    let mut scene = Scene::new("himmelblau".parse().expect("a landscape"));
    for spec in SPECS {
        scene.add_run(spec.parse().expect("a run"));
    }
    scene.training.steps = u64::from(STEPS);
    let problem = Arc::new(scene.load(&NoFiles).expect("no data"));
    let never = Cancel::default();
    let runs = compute_runs(&scene, &problem, None, &never).expect("not cancelled");

    let view = problem.view;
    let paths: Vec<Value> = runs
        .results
        .iter()
        .map(|result| path(&result.trajectory))
        .collect();
    let question = json!({
        "view": [view.x(), view.y()],
        "names": scene.run_names(),
        "paths": paths,
        "picture": PICTURE,
        "film": FILM,
        "levels": 20,
    });
    let table = Table::new(rival::ask("export.py", &question), "frame");

    let (ms, bytes) = median_ms(15, || {
        picture(&fresh(&runs), "png", &settings(PICTURE)).expect("a picture")
    });
    table.row(
        "PNG of a map",
        ms,
        1.0,
        f64::from(u8::from(!bytes.is_empty())),
        0.0,
    );

    let (ms, bytes) = median_ms(15, || {
        picture(&fresh(&runs), "pdf", &settings(PICTURE)).expect("a picture")
    });
    table.row(
        "PDF of a map",
        ms,
        1.0,
        f64::from(u8::from(bytes.starts_with(b"%PDF"))),
        0.0,
    );

    let frames: Vec<Frame> = (0..=STEPS)
        .map(|step| Frame {
            step: u64::from(step),
            turn: 0.0,
            ticks: 1,
        })
        .collect();
    let mut formats = vec![("GIF of 200 frames", "gif"), ("animated PNG", "apng")];
    if cfg!(feature = "mp4") {
        formats.push(("MP4 of 200 frames", "mp4"));
    }
    for (name, extension) in formats {
        let (ms, bytes) = median_ms(5, || {
            let runs = fresh(&runs);
            let film = Film {
                runs: &runs,
                picture: settings(FILM),
                frames: &frames,
                fps: 25,
            };
            film.bytes(extension, &mut |_| (), &never).expect("a film")
        });
        table.row(name, ms, 200.0, 200.0, 0.0);
        println!("    {} kB", bytes.len() / 1000);
    }
}

/// Returns the runs without the map that an earlier picture has computed.
fn fresh(runs: &Runs) -> Runs {
    Runs {
        maps: MapCache::default(),
        ..runs.clone()
    }
}

fn settings(pixels: [u32; 2]) -> Picture {
    Picture::new(PageSize::of_pixels(pixels), Show::Map, &Theme::LIGHT)
}

fn path(trajectory: &ravine::engine::training::Trajectory) -> Value {
    let points = (0..trajectory.len()).map(|row| trajectory.plot_point(row));
    json!(points.collect::<Vec<_>>())
}
