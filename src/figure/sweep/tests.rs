use super::*;
use crate::engine::analysis::sweep::{
    SweepContext, SweepCurve, SweepMap, grids, lr_limits, run_curves, run_map, swept_runs,
};
use crate::engine::cancel::Cancel;
use crate::engine::files::NoFiles;
use crate::engine::scene::Scene;
use crate::engine::training::RunSpec;
use crate::figure::colour::{Marker, run_colour};
use crate::figure::drawing::Drawing;
use crate::figure::png::missing_glyphs;
use crate::figure::svg::svg;

fn with<T>(landscape: &str, goal: Option<f64>, work: impl FnOnce(&SweepContext) -> T) -> T {
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

fn made(landscape: &str, specs: &[&str], over: &str) -> Vec<SweepCurve> {
    let specs: Vec<RunSpec> = specs.iter().map(|spec| spec.parse().unwrap()).collect();
    let lines = swept_runs(&specs, &over.parse().unwrap()).unwrap();
    with(landscape, Some(1e-3), |setup| {
        run_curves(setup, lines).unwrap()
    })
}

fn made_map(spec: &str, overs: [&str; 2]) -> SweepMap {
    let spec: RunSpec = spec.parse().unwrap();
    let [x, y] = overs.map(|over| over.parse().unwrap());
    let grids = grids(&spec, [&x, &y]).unwrap();
    with("quadratic:a=1,b=10", Some(1e-3), |setup| {
        run_map(setup, &spec, grids).unwrap()
    })
}

fn looks(curves: &[SweepCurve]) -> Vec<SweepLine<'_>> {
    let look = |(look, curve)| SweepLine {
        curve,
        name: "run",
        style_index: look,
        limit: Some(0.2),
    };
    curves.iter().enumerate().map(look).collect()
}

const AREA: Area = Area::new([60.0, 40.0], [460.0, 340.0]);

fn texts(items: &[Item], found: &mut Vec<String>) {
    for item in items {
        match item {
            Item::Text(text) => found.push(text.text.clone()),
            Item::Clipped { items, .. } => texts(items, found),
            _ => {}
        }
    }
}

fn sound(items: &[Item]) {
    for item in items {
        match item {
            Item::Path { points, .. } => {
                assert!(points.iter().flatten().all(|place| place.is_finite()));
            }
            Item::Text(text) => assert!(text.at.iter().all(|place| place.is_finite())),
            Item::Clipped { items, .. } => sound(items),
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
    let curves = made(
        "quadratic:a=1,b=10",
        &["sgd", "sgd:momentum=0.9"],
        "lr=1e-3..1:log:40",
    );
    let shown = looks(&curves);
    for measure in SweepMetric::ALL {
        let plot = CurvePlot::new(&shown, measure, AREA);
        assert!(plot.values.min[1] > AREA.min[1], "divergence has its place");
        for (which, curve) in curves.iter().enumerate() {
            for index in 0..curve.scores.len() {
                let Some(at) = plot.place(curve, index) else {
                    continue;
                };
                assert!(AREA.contains(at), "{measure} {index}: {at:?}");
                let [picked, same] = plot.pick(&shown, at).unwrap();
                assert_eq!(same, index);
                assert!(picked == which || plot.place(&curves[picked], index) == Some(at));
                let number = plot.number_at(at).unwrap();
                let expected = curve.line.grid.number(index).unwrap();
                assert!((number / expected - 1.0).abs() < 1e-4);
            }
        }
        // Above all values lie the rows of divergence, the first curve's on top.
        let corner = [AREA.max[0] - 4.0, AREA.min[1] + 2.0];
        assert_eq!(plot.pick(&shown, corner), Some([0, 39]));
        assert_eq!(plot.pick(&shown, [0.0, 0.0]), None);
    }
}

#[test]
fn a_click_on_a_cell_of_a_map_picks_it() {
    for overs in [
        ["lr=1e-3..1:log:13", "momentum=0..0.99:7"],
        ["nesterov", "lr=0.1,0.5,0.7"],
    ] {
        let map = made_map("sgd:momentum=0.5", overs);
        let plot = MapPlot::new(&map, SweepMetric::Final, AREA);
        for y in 0..map.grids[1].len() {
            for x in 0..map.grids[0].len() {
                let at = plot.place([x, y]);
                assert_eq!(plot.index_at(at), Some([x, y]));
                if let GridAxis::Numbers(axis) = &plot.along[0] {
                    let place = axis.position(map.grids[0].number(x).unwrap());
                    let expected = share(AREA.min[0], AREA.max[0], at[0]);
                    assert!(
                        (place - expected).abs() < 1e-5,
                        "cells lie about their values"
                    );
                }
            }
        }
        assert_eq!(plot.index_at(AREA.max), Some([map.grids[0].len() - 1, 0]));
        assert_eq!(plot.index_at([0.0, 0.0]), None);
        sound(&plot.draw(&map, &plot.image(&map, &Theme::DARK), None, &Theme::DARK));
    }
}

#[test]
fn strange_sweeps_still_draw() {
    for (landscape, specs, over) in [
        // Divergence everywhere, no loss even at the start, negative losses, a loss of zero, settings that are no numbers.
        ("quadratic", &["sgd"][..], "lr=1,2,3"),
        ("formula:f=ln(x)", &["sgd"], "lr=0.1..1"),
        ("styblinski-tang", &["sgd", "adam"], "lr=1e-4..10:log:50"),
        ("quadratic:a=1,b=1", &["sgd"], "lr=0.5,1,3"),
        ("quadratic", &["sgd:momentum=0.9"], "nesterov"),
        ("quadratic", &["lbfgs"], "line_search"),
        ("quadratic", &["sgd@cosine"], "cosine.t_max=auto,5,50"),
    ] {
        let curves = made(landscape, specs, over);
        let shown = looks(&curves);
        for measure in SweepMetric::ALL {
            let plot = CurvePlot::new(&shown, measure, AREA);
            let items = plot.draw(&shown, &Theme::LIGHT);
            sound(&items);
            let mut found = Vec::new();
            texts(&items, &mut found);
            for text in found {
                assert_eq!(missing_glyphs(&text), "", "{text}");
            }
        }
    }
}

#[test]
fn a_curve_ends_in_a_cross_where_it_diverges() {
    let curves = made("quadratic:a=1,b=10", &["sgd"], "lr=0.01..0.4:linear:40");
    let shown = looks(&curves);
    let plot = CurvePlot::new(&shown, SweepMetric::Final, AREA);
    let last = curves[0]
        .scores
        .iter()
        .rposition(|score| score.diverged().is_none())
        .unwrap();
    let items = plot.draw(&shown, &Theme::LIGHT);
    let at = plot.place(&curves[0], last).unwrap();
    let rays = Marker::Cross.items(at, 4.5, run_colour(0, &Theme::LIGHT), Theme::LIGHT.halo);
    assert!(rays.iter().all(|ray| items.contains(ray)));
    let mut found = Vec::new();
    texts(&items, &mut found);
    for text in ["diverges", LIMIT, "lr", "Final loss"] {
        assert!(found.iter().any(|found| found == text), "{text}: {found:?}");
    }
}

#[test]
fn a_map_hatches_what_diverges_and_shows_the_limit() {
    let map = made_map("sgd", ["lr=1e-2..1:log:20", "momentum=0..0.95:20"]);
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
            .all(|pixel| [theme.faint, theme.problem].contains(pixel))
    );
    assert!(corner.contains(&theme.faint) && corner.contains(&theme.problem));
    let items = plot.draw(&map, &(columns, rows, pixels), Some(&limits), theme);
    let mut found = Vec::new();
    texts(&items, &mut found);
    for text in [LIMIT, "lr", "momentum"] {
        assert!(found.iter().any(|found| found == text), "{text}: {found:?}");
    }
}

#[test]
fn a_page_is_complete_at_any_size() {
    let scene = Scene::new("quadratic".parse().unwrap());
    let curves = made("quadratic", &["sgd", "adam"], "lr");
    let map = made_map("sgd", ["lr", "momentum=0..0.9:5"]);
    for size in [[930.0, 700.0], [200.0, 150.0], [2000.0, 325.0]] {
        let sheet = SweepFigure {
            scene: &scene,
            measure: SweepMetric::Steps,
            goal: Some(1e-3),
            size,
            theme: &Theme::DARK,
        };
        let pages: [Drawing; 2] = [
            curves_picture(&sheet, &looks(&curves), &["Newton".to_owned()]),
            map_picture(&sheet, &map, "SGD", None),
        ];
        for page in pages {
            sound(&page.items);
            assert!(svg(&page, "").contains("Steps to a loss of 0.001 over lr"));
        }
    }
}
