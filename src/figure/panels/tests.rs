//! Tests of figures of panels.

use super::*;
use crate::engine::cancel::Cancel;
use crate::engine::files::NoFiles;
use crate::engine::results::compute_runs;
use crate::engine::scene::Scene;
use crate::figure::colour::Theme;
use crate::figure::drawing::words;
use crate::figure::settle::overlaps;
use std::sync::Arc;

const ALL: [Panel; 6] = [
    Panel::Map,
    Panel::Loss,
    Panel::GradNorm,
    Panel::Lr,
    Panel::Sharpness,
    Panel::State,
];

fn runs(landscape: &str, specs: &[&str]) -> Runs {
    let mut scene = Scene::new(landscape.parse().unwrap());
    scene.training.steps = 40;
    for spec in specs {
        scene.add_run(spec.parse().unwrap());
    }
    let problem = Arc::new(scene.load(&NoFiles).unwrap());
    compute_runs(&scene, &problem, None, &Cancel::default()).unwrap()
}

fn options(size: [f32; 2]) -> Options {
    Options {
        size,
        step: None,
        theme: &Theme::LIGHT,
        followed: None,
        legend: true,
        turning: false,
    }
}

fn draw(runs: &Runs, panels: &[Panel], size: [f32; 2], style: &PageStyle) -> Vec<String> {
    let drawing = picture(runs, panels, &options(size), style).unwrap();
    assert_eq!(overlaps(&drawing), [""; 0], "{panels:?} at {size:?}");
    words(&drawing.items)
}

#[test]
fn every_panel_draws_its_metric_at_any_size() {
    let runs = runs("himmelblau", &["sgd:lr=0.01", "adam:lr=0.1@cosine"]);
    for size in [
        [930.0, 700.0],
        [321.75, 247.5],
        [400.0, 900.0],
        [60.0, 40.0],
    ] {
        for panel in ALL {
            let found = draw(&runs, &[panel], size, &PageStyle::default());
            let expected = match panel {
                Panel::Map | Panel::State | Panel::Page(_) => "Adam",
                Panel::Loss => "loss",
                Panel::GradNorm => "gradient norm ‖∇f‖",
                Panel::Lr => "learning rate",
                Panel::Sharpness | Panel::Accuracy => "sharpness ÷",
            };
            let has = |words: &String| words.starts_with(expected);
            let shown = found.iter().any(has) || panel == Panel::State;
            assert!(size[0] < 300.0 || shown, "{panel:?} at {size:?}: {found:?}");
        }
    }
}

#[test]
fn combined_panels_have_one_legend_with_settings_and_letters() {
    let runs = runs("booth", &["sgd:lr=0.01", "adam:lr=0.1"]);
    let style = PageStyle {
        label: Some("(a)".to_owned()),
        title: Some("Two runs".to_owned()),
        ..PageStyle::default()
    };
    let panels = [Panel::Map, Panel::Loss, Panel::GradNorm];
    let found = draw(&runs, &panels, [930.0, 700.0], &style);
    for expected in ["Two runs", "(a)", "(b)", "(c)", "lr=0.1", "step 40"] {
        let has = |words: &String| words.contains(expected);
        assert!(found.iter().any(has), "{expected}: {found:?}");
    }
    // The legend's entry, and the label on the map.
    let names = found.iter().filter(|words| words.as_str() == "Adam");
    assert_eq!(names.count(), 2, "{found:?}");
}

#[test]
fn title_caption_legend_and_names_of_axes_are_as_asked() {
    let runs = runs("booth", &["sgd:lr=0.01", "adam:lr=0.1"]);
    let style = PageStyle {
        title: Some(String::new()),
        caption: false,
        legend: Some(LegendPlace::Off),
        x_label: Some("first".to_owned()),
        y_label: Some("second".to_owned()),
        free_aspect: true,
        label: None,
    };
    let size = [500.0, 400.0];
    let found = draw(&runs, &[Panel::Map], size, &style);
    for expected in ["first", "second"] {
        assert!(found.contains(&expected.to_owned()), "{found:?}");
    }
    let absent = |words: &str| !found.iter().any(|found| found.contains(words));
    assert!(absent("Booth") && absent("step 40"), "{found:?}");
    let inside = PageStyle {
        legend: Some(LegendPlace::Inside),
        ..style
    };
    for panels in [&[Panel::Loss][..], &[Panel::Map], &[Panel::Map, Panel::Lr]] {
        let found = draw(&runs, panels, [900.0, 700.0], &inside);
        let entries = found.iter().filter(|words| *words == "Adam  lr=0.1");
        assert_eq!(entries.count(), 1, "{panels:?}: {found:?}");
    }
}

#[test]
fn a_legend_inside_is_where_it_covers_nothing_or_else_below() {
    let runs = runs("booth", &["sgd:lr=0.01"]);
    let entries = legend::entries(&runs, 40, false, false);
    let plot = Area::new([0.0; 2], [300.0, 200.0]);
    let line =
        |points: Vec<[f32; 2]>| crate::figure::trail::line(points, 2.0, Theme::LIGHT.ink, &[]);
    let across = line(vec![[0.0, 10.0], [280.0, 10.0], [280.0, 190.0]]);
    let area = legend::free_place(&entries, (&[across], true), plot).unwrap();
    assert!(area.max[0] < 150.0 && area.min[1] > 100.0, "{area:?}");
    let tiny = Area::new([0.0; 2], [60.0, 20.0]);
    assert_eq!(legend::free_place(&entries, (&[], true), tiny), None);
    let zigzag = (0..200).map(|k: u8| [1.5 * f32::from(k), 200.0 * f32::from(k % 2)]);
    let full = line(zigzag.collect());
    assert_eq!(legend::free_place(&entries, (&[full], true), plot), None);
}

/// A scene with many runs, of long and short names.
fn crowd(count: usize) -> Runs {
    let specs = (1..=count).map(|k| format!("sgd:lr=0.00{k:03}"));
    let specs: Vec<String> = specs.collect();
    runs(
        "booth",
        &specs.iter().map(String::as_str).collect::<Vec<_>>(),
    )
}

#[test]
fn a_legend_has_all_runs_or_says_how_many_it_leaves_out() {
    let panels = [&[Panel::Loss][..], &[Panel::Map, Panel::Loss]];
    let sizes = [[321.75, 247.5], [930.0, 700.0]];
    for (count, size, panels) in [
        (12, sizes[0], panels[0]),
        (12, sizes[0], panels[1]),
        (40, sizes[1], panels[1]),
        (60, sizes[0], panels[0]),
        (90, sizes[1], panels[0]),
    ] {
        let runs = crowd(count);
        let drawing = picture(&runs, panels, &options(size), &PageStyle::default()).unwrap();
        assert_eq!(overlaps(&drawing), [""; 0], "{count} at {size:?}");
        let names = words(&drawing.items);
        // A crowded legend has "SGD 0.01" for "SGD lr=0.01".
        let named = |name: &&String| {
            let brief = name.replace("lr=", "");
            let is_name = |words: &String| words.starts_with(&***name) || *words == brief;
            names.iter().any(is_name)
        };
        let all = runs.scene.run_names();
        let shown = all.iter().filter(named).count();
        assert_eq!(shown + left_out(&drawing.items), count, "{names:?}");
        assert!(shown == count || count > 40, "{shown} of {count}");
    }
}

#[test]
fn a_narrow_map_has_a_legend_where_it_cannot_name_all_runs() {
    let size = [321.75, 247.5];
    let style = PageStyle {
        title: Some(String::new()),
        caption: false,
        ..PageStyle::default()
    };
    let drawn = |count: usize| {
        let runs = crowd(count);
        let drawing = picture(&runs, &[Panel::Map], &options(size), &style).unwrap();
        let names = runs.scene.run_names();
        (words(&drawing.items), names)
    };
    for count in [1, 5] {
        let (words, names) = drawn(count);
        for name in names {
            let is_named = words.iter().any(|words| words.starts_with(&name));
            assert!(is_named, "{name}: {words:?}");
        }
    }
    // Names that are shortened still differ.
    let (words, _) = drawn(20);
    let mut short: Vec<&String> = { words.iter() }
        .filter(|words| words.starts_with("SGD ") && !words.contains(['…', '=']))
        .collect();
    short.sort_unstable();
    short.dedup();
    assert_eq!(short.len(), 20, "{words:?}");
}

#[test]
fn panels_without_room_are_refused() {
    let runs = runs("cosine-1d", &["sgd:lr=0.01", "adam:lr=0.1"]);
    let refused = |panels: &[Panel], size| {
        picture(&runs, panels, &options(size), &PageStyle::default()).err()
    };
    let panels = [Panel::Map, Panel::State, Panel::Sharpness];
    let error = refused(&panels, [321.75, 100.0]).unwrap();
    assert!(error.contains("no room"), "{error}");
    assert_eq!(refused(&panels, [930.0, 700.0]), None);
}

#[test]
fn letters_follow_each_other() {
    let labels = |first| [0, 1, 2].map(|index| nth_label(first, index));
    assert_eq!(labels("a"), ["a", "b", "c"]);
    assert_eq!(labels("(B)"), ["(B)", "(C)", "(D)"]);
    assert_eq!(nth_label("z", 1), "z");
    assert_eq!(nth_label("1", 1), "1");
}

#[test]
fn cells_fill_the_area_without_overlaps() {
    let area = Area::new([10.0, 20.0], [910.0, 620.0]);
    for count in 1..=6 {
        for first in [Panel::Map, Panel::Loss] {
            let mut panels = vec![Panel::Loss; count];
            panels[0] = first;
            let split = split_first(area, &panels, None);
            let cells = cells(area, count, split.as_ref());
            assert_eq!(cells.len(), count);
            for (index, a) in cells.iter().enumerate() {
                assert!(a.width() > 100.0 && a.height() > 80.0, "{count}: {a:?}");
                assert!(a.max[0] <= 910.5 && a.max[1] <= 620.5);
                let apart = |b: &Area| (0..2).any(|k| a.max[k] <= b.min[k] || b.max[k] <= a.min[k]);
                assert!(cells[..index].iter().all(apart), "{count}: {cells:?}");
            }
        }
    }
}

#[test]
fn a_map_beside_or_above_charts_shows_about_its_view() {
    let runs = runs("himmelblau", &["sgd:lr=0.01", "adam:lr=0.1"]);
    let view = runs.first_view();
    for size in [
        [930.0, 700.0],
        [660.0, 371.0],
        [668.0, 346.0],
        [321.75, 460.0],
        [321.75, 247.5],
        [500.0, 900.0],
        [1200.0, 300.0],
    ] {
        for panels in [
            &[Panel::Map, Panel::Loss][..],
            &[Panel::Map, Panel::Loss, Panel::Lr],
        ] {
            let drawing = picture(&runs, panels, &options(size), &PageStyle::default());
            let items = drawing.unwrap().items;
            let map = items.iter().find_map(|item| match item {
                Item::Clipped { area, .. } => Some(*area),
                _ => None,
            });
            let map = map.unwrap();
            let aspect = f64::from(map.width() / map.height());
            let ratio = aspect * view.height() / view.width();
            assert!((0.74..1.35).contains(&ratio), "{size:?}: {map:?}");
            // It has a third of the page's shorter side, in spite of charts, legend and words.
            let side = map.width().min(map.height());
            assert!(side > 0.2 * size[0].min(size[1]), "{size:?}: {map:?}");
        }
    }
}
