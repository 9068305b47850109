//! Tests over whole figures: in none of them a text is cut or covers another one.

use super::*;
use crate::engine::declare::Settings;
use crate::engine::files::NoFiles;
use crate::engine::landscape::AnyLandscape;
use crate::engine::scene::{Scene, Subject};
use crate::figure::settle::{overlaps, settle};
use crate::session::compute_all_runs;
use std::sync::Arc;

const SIZES: [[f32; 2]; 6] = [
    [320.0, 240.0],
    [480.0, 640.0],
    [640.0, 480.0],
    [930.0, 700.0],
    [1280.0, 800.0],
    [1920.0, 1080.0],
];

fn runs_of(scene: &Scene) -> Runs {
    let problem = Arc::new(scene.load(&NoFiles).unwrap());
    compute_all_runs(scene, &problem, None).unwrap()
}

/// Describes the faults of the page of a map in all sizes: texts that are cut or cover others, and in sizes from 640 × 480 points on texts
/// that have to be left out.
fn faults(runs: &Runs, name: &str) -> Vec<String> {
    let mut faults = Vec::new();
    for (index, size) in SIZES.into_iter().enumerate() {
        let options = Options {
            size,
            step: None,
            theme: [&Theme::LIGHT, &Theme::DARK][index % 2],
            followed: None,
            legend: true,
            turning: false,
        };
        let dim = runs.problem.objective.dim();
        let frame = Frame::of(dim, runs.first_view(), layout_of(runs, size).map);
        let never = Cancel::default();
        let map_data =
            results::compute_map_data(&runs.scene, &runs.problem, frame.window, 49, &never);
        let mut items = page_items(runs, &map_data.unwrap(), &frame, &options);
        let removed = settle(&mut items, Area::new([0.0; 2], size));
        let found = overlaps(&Drawing { size, items });
        let removed = removed.into_iter().filter(|_| size[0] >= 640.0);
        let removed = removed.map(|text| format!("`{text}` is left out"));
        let all = found.into_iter().chain(removed);
        faults.extend(all.map(|fault| format!("{name} at {size:?}: {fault}")));
    }
    faults
}

#[test]
fn no_text_of_a_map_covers_another_one_on_any_landscape() {
    let mut found = Vec::new();
    for landscape in AnyLandscape::all() {
        let name = landscape.name();
        let mut scene = Scene::opening_of(landscape);
        scene.training.steps = 60;
        if scene.load(&NoFiles).is_err() {
            continue; // It needs a file.
        }
        found.extend(faults(&runs_of(&scene), name));
    }
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn no_text_covers_another_one_with_twelve_runs_and_every_layer() {
    for landscape in [
        "rosenbrock",
        "himmelblau",
        "saddle",
        "rastrigin",
        "parabola",
    ] {
        let mut scene = Scene::new(landscape.parse().unwrap());
        for lr in ["1e-4", "1e-3", "1e-2", "0.1", "1", "10"] {
            for optimizer in ["sgd", "adam"] {
                let spec = format!("{optimizer}:lr={lr}");
                scene.add_run(spec.parse().unwrap());
            }
        }
        scene.training.steps = 80;
        scene.map.critical = scene.dim() == 2;
        scene.map.internals = true;
        scene.map.arrows = true;
        let found = faults(&runs_of(&scene), landscape);
        assert!(found.is_empty(), "{found:#?}");
    }
}

#[test]
fn no_text_of_a_network_covers_another_one() {
    for plane in ["pca", "filter"] {
        let mut scene = Scene::opening_network();
        scene.training.steps = 20;
        if let Subject::Network(network) = &mut scene.subject {
            network.plane = plane.parse().unwrap();
        }
        let runs = runs_of(&scene);
        let found = faults(&runs, plane);
        assert!(found.is_empty(), "{found:#?}");
        for size in SIZES {
            let options = Options {
                size,
                step: None,
                theme: &Theme::DARK,
                followed: Some(0),
                legend: true,
                turning: false,
            };
            let found = overlaps(&projection_error::picture(&runs, &options));
            assert!(found.is_empty(), "{plane} at {size:?}: {found:#?}");
        }
    }
}

#[test]
fn no_text_of_maps_side_by_side_covers_another_one() {
    let mut scene = Scene::opening();
    scene.training.steps = 40;
    let runs = runs_of(&scene);
    for size in SIZES {
        let options = Options {
            size,
            step: None,
            theme: &Theme::LIGHT,
            followed: None,
            legend: true,
            turning: false,
        };
        let found = overlaps(&side_by_side::picture(&runs, &options));
        assert!(found.is_empty(), "{size:?}: {found:#?}");
    }
}

#[test]
fn no_text_of_charts_and_galleries_covers_another_one() {
    let mut scene = Scene::opening();
    scene.training.steps = 40;
    scene.add_run("sgd:lr=3".parse().unwrap());
    let runs = runs_of(&scene);
    let x_axis = metric_chart::XAxis {
        runs: &runs,
        by_cost: false,
        row: 40,
    };
    for size in SIZES {
        let area = Area::new([0.0; 2], size);
        for chart in metric_chart::landscape_charts(&runs) {
            let drawing = Drawing::new(size, chart.draw(area, &x_axis, &Theme::LIGHT));
            let found = overlaps(&drawing);
            assert!(found.is_empty(), "{} at {size:?}: {found:#?}", chart.title);
        }
    }
    let found = overlaps(&gallery::picture([930.0, 700.0], &Theme::DARK));
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn a_chosen_colour_map_changes_the_heights_and_the_colour_bar() {
    let mut scene = Scene::new("himmelblau".parse().unwrap());
    let mut pictures = Vec::new();
    for cmap in [None, Some("viridis"), Some("greys")] {
        scene.map.cmap = None;
        if let Some(name) = cmap {
            let index = scene.map.index("cmap").unwrap();
            let value = scene.map.params()[index].parse(name).unwrap();
            scene.map.set("cmap", value).unwrap();
        }
        assert_eq!(scene.to_toml().contains("cmap"), cmap.is_some());
        let runs = runs_of(&scene);
        let never = Cancel::default();
        let data =
            results::compute_map_data(&runs.scene, &runs.problem, runs.problem.view, 9, &never);
        pictures.push(map::shading(&data.unwrap(), &Theme::LIGHT));
    }
    assert!(pictures[0] != pictures[1] && pictures[1] != pictures[2]);
}
