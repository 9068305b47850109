use super::*;
use crate::engine::analysis::sweep::{
    SweepContext, SweepCurve, SweepMap, grids, lr_limits, run_curves, run_map, swept_runs,
};
use crate::engine::cancel::Cancel;
use crate::engine::files::NoFiles;
use crate::engine::scene::Scene;
use crate::engine::training::RunSpec;
use crate::figure::colour::{Marker, run_colour};
use crate::figure::drawing::{Drawing, words};
use crate::figure::svg::svg;

fn with_context<T>(landscape: &str, goal: Option<f64>, work: impl FnOnce(&SweepContext) -> T) -> T {
    let mut scene = Scene::new(landscape.parse().unwrap());
    scene.training.steps = 100;
    let problem = scene.load(&NoFiles).unwrap();
    work(&SweepContext {
        objective: &*problem.objective,
        start: scene.start_theta(),
        run_settings: &scene.run_settings(),
        goal,
        cancel: &Cancel::default(),
        done: &0.into(),
    })
}

fn curves(landscape: &str, specs: &[&str], over: &str) -> Vec<SweepCurve> {
    let specs: Vec<RunSpec> = specs.iter().map(|spec| spec.parse().unwrap()).collect();
    let lines = swept_runs(&specs, &over.parse().unwrap()).unwrap();
    with_context(landscape, Some(1e-3), |context| {
        run_curves(context, lines).unwrap()
    })
}

fn map(spec: &str, overs: [&str; 2]) -> SweepMap {
    let spec: RunSpec = spec.parse().unwrap();
    let [x, y] = overs.map(|over| over.parse().unwrap());
    let grids = grids(&spec, [&x, &y]).unwrap();
    with_context("quadratic:a=1,b=10", Some(1e-3), |context| {
        run_map(context, &spec, grids).unwrap()
    })
}

fn sweep_lines(curves: &[SweepCurve]) -> Vec<SweepLine<'_>> {
    let line = |(style_index, curve)| SweepLine {
        curve,
        name: "run",
        style_index,
        limit: Some(0.2),
        band: &[],
    };
    curves.iter().enumerate().map(line).collect()
}

const AREA: Area = Area::new([60.0, 40.0], [460.0, 340.0]);

/// Checks that all coordinates are finite and images have all their pixels.
fn check_items(items: &[Item]) {
    for item in items {
        match item {
            Item::Path { points, .. } => {
                assert!(
                    points
                        .iter()
                        .flatten()
                        .all(|coordinate| coordinate.is_finite())
                );
            }
            Item::Text(text) => assert!(text.at.iter().all(|coordinate| coordinate.is_finite())),
            Item::Clipped { items, .. } => check_items(items),
            Item::Image {
                columns,
                rows,
                pixels,
                ..
            } => assert_eq!(columns * rows, pixels.len()),
        }
    }
}

#[test]
fn a_click_on_a_point_of_a_curve_picks_it() {
    let curves = curves(
        "quadratic:a=1,b=10",
        &["sgd", "sgd:momentum=0.9"],
        "lr=1e-3..1:log:40",
    );
    let lines = sweep_lines(&curves);
    for metric in SweepMetric::ALL {
        let plot = CurvePlot::new(&lines, metric, AREA);
        assert!(
            plot.values.min[1] > AREA.min[1],
            "divergence has a strip of its own"
        );
        for (which, curve) in curves.iter().enumerate() {
            for index in 0..curve.scores.len() {
                let Some(at) = plot.point(curve, index) else {
                    continue;
                };
                assert!(AREA.contains(at), "{metric} {index}: {at:?}");
                let [picked, picked_index] = plot.pick(&lines, at).unwrap();
                assert_eq!(picked_index, index);
                assert!(picked == which || plot.point(&curves[picked], index) == Some(at));
                let number = plot.number_at(at).unwrap();
                let expected = curve.line.grid.number(index).unwrap();
                assert!((number / expected - 1.0).abs() < 1e-4);
            }
        }
        // The strip of divergence is above all values, with the first curve's row on top.
        let corner = [AREA.max[0] - 4.0, AREA.min[1] + 2.0];
        assert_eq!(plot.pick(&lines, corner), Some([0, 39]));
        assert_eq!(plot.pick(&lines, [0.0, 0.0]), None);
    }
}

#[test]
fn a_click_on_a_cell_of_a_map_picks_it() {
    for overs in [
        ["lr=1e-3..1:log:13", "momentum=0..0.99:7"],
        ["nesterov", "lr=0.1,0.5,0.7"],
    ] {
        let map = map("sgd:momentum=0.5", overs);
        let plot = MapPlot::new(&map, SweepMetric::Final, AREA);
        for y in 0..map.grids[1].len() {
            for x in 0..map.grids[0].len() {
                let at = plot.center([x, y]);
                assert_eq!(plot.index_at(at), Some([x, y]));
                if let GridAxis::Numbers(axis) = &plot.axes[0] {
                    let position = axis.position(map.grids[0].number(x).unwrap());
                    let expected = share(AREA.min[0], AREA.max[0], at[0]);
                    assert!(
                        (position - expected).abs() < 1e-5,
                        "cells are centered on their values"
                    );
                }
            }
        }
        assert_eq!(plot.index_at(AREA.max), Some([map.grids[0].len() - 1, 0]));
        assert_eq!(plot.index_at([0.0, 0.0]), None);
        check_items(&plot.draw(&map, &plot.image(&map, &Theme::DARK), None, &Theme::DARK));
    }
}

#[test]
fn degenerate_sweeps_give_finite_drawings() {
    for (landscape, specs, over) in [
        // Divergence everywhere, no finite loss even at the start, negative losses, a loss of zero, settings that are not numbers.
        ("quadratic", &["sgd"][..], "lr=1,2,3"),
        ("formula:f=ln(x)", &["sgd"], "lr=0.1..1"),
        ("styblinski-tang", &["sgd", "adam"], "lr=1e-4..10:log:50"),
        ("quadratic:a=1,b=1", &["sgd"], "lr=0.5,1,3"),
        ("quadratic", &["sgd:momentum=0.9"], "nesterov"),
        ("quadratic", &["lbfgs"], "line_search"),
        ("quadratic", &["sgd@cosine"], "cosine.t_max=auto,5,50"),
    ] {
        let curves = curves(landscape, specs, over);
        let lines = sweep_lines(&curves);
        for metric in SweepMetric::ALL {
            let plot = CurvePlot::new(&lines, metric, AREA);
            let items = plot.draw(&lines, &Theme::LIGHT);
            check_items(&items);
            words(&items);
        }
    }
}

#[test]
fn a_cross_marks_the_last_value_before_divergence() {
    let curves = curves("quadratic:a=1,b=10", &["sgd"], "lr=0.01..0.4:linear:40");
    let lines = sweep_lines(&curves);
    let plot = CurvePlot::new(&lines, SweepMetric::Final, AREA);
    let last = curves[0]
        .scores
        .iter()
        .rposition(|score| score.diverged().is_none())
        .unwrap();
    let items = plot.draw(&lines, &Theme::LIGHT);
    let at = plot.point(&curves[0], last).unwrap();
    let rays = Marker::Cross.items(at, 4.5, run_colour(0, &Theme::LIGHT), Theme::LIGHT.halo);
    assert!(rays.iter().all(|ray| items.contains(ray)));
    let found = words(&items);
    for text in ["diverges", LIMIT, "lr", "Final loss"] {
        assert!(found.iter().any(|found| found == text), "{text}: {found:?}");
    }
}

#[test]
fn a_map_hatches_diverged_cells_and_shows_the_limit() {
    let map = map("sgd", ["lr=1e-2..1:log:20", "momentum=0..0.95:20"]);
    let run_settings = Scene::new("quadratic".parse().unwrap()).run_settings();
    let limits = lr_limits(&map, 10.0, &run_settings).unwrap();
    assert_eq!((limits.0, limits.1.len()), (0, 20));
    let plot = MapPlot::new(&map, SweepMetric::Final, AREA);
    let theme = &Theme::LIGHT;
    let (columns, rows, pixels) = plot.image(&map, theme);
    assert!(map.score([19, 0]).unwrap().diverged().is_some());
    let corner: Vec<_> = (rows - 20..rows)
        .flat_map(|row| (columns - 20..columns).map(move |column| row * columns + column))
        .map(|index| pixels[index])
        .collect();
    assert!(
        corner
            .iter()
            .all(|pixel| [theme.faint, theme.plot_background].contains(pixel))
    );
    assert!(corner.contains(&theme.faint) && corner.contains(&theme.plot_background));
    let items = plot.draw(&map, &(columns, rows, pixels), Some(&limits), theme);
    let found = words(&items);
    for text in [LIMIT, "lr", "momentum"] {
        assert!(found.iter().any(|found| found == text), "{text}: {found:?}");
    }
}

#[test]
fn pages_are_complete_at_any_size() {
    let scene = Scene::new("quadratic".parse().unwrap());
    let curves = curves("quadratic", &["sgd", "adam"], "lr");
    let map = map("sgd", ["lr", "momentum=0..0.9:5"]);
    for size in [[930.0, 700.0], [200.0, 150.0], [2000.0, 325.0]] {
        let figure = SweepFigure {
            scene: &scene,
            metric: SweepMetric::Steps,
            goal: Some(1e-3),
            size,
            theme: &Theme::DARK,
            seeds: 1,
            legend: true,
        };
        let pages: [Drawing; 2] = [
            curves_picture(&figure, &sweep_lines(&curves), &["Newton".to_owned()]),
            map_picture(&figure, &map, "SGD", None),
        ];
        for page in pages {
            check_items(&page.items);
            assert!(svg(&page, "").contains("Steps to a loss of 0.001"));
        }
    }
}

#[test]
fn a_run_with_a_linear_range_does_not_hide_the_decades_of_others() {
    let curves = curves("quadratic:a=1,b=10", &["sgd", "newton"], "lr");
    let scales: Vec<_> = curves.iter().map(|curve| curve.line.grid.scale()).collect();
    assert!(scales.contains(&Some(Scale::log)) && scales.contains(&Some(Scale::linear)));
    let lines = sweep_lines(&curves);
    let plot = CurvePlot::new(&lines, SweepMetric::Final, AREA);
    assert!(plot.number_axis().unwrap().is_log());
    check_items(&plot.draw(&lines, &Theme::LIGHT));
}
