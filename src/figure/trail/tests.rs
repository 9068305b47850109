use super::end::EndKind;
use super::*;
use crate::engine::cancel::Cancel;
use crate::engine::files::NoFiles;
use crate::engine::results::{Runs, compute_runs};
use crate::engine::scene::Scene;
use crate::engine::training::{Outcome, Reason};
use crate::figure::drawing::{Area, Drawing, texts};
use crate::figure::text_width;
use std::sync::Arc;

fn runs(landscape: &str, spec: &str, steps: u64) -> Runs {
    let mut scene = Scene::new(landscape.parse().unwrap());
    scene.training.steps = steps;
    scene.add_run(spec.parse().unwrap());
    let problem = Arc::new(scene.load(&NoFiles).unwrap());
    compute_runs(&scene, &problem, None, &Cancel::default()).unwrap()
}

/// Draws the trail of a run in the landscape's own view up to a row.
fn drawn(runs: &Runs, row: usize) -> (Vec<Item>, TrailEnd, Frame) {
    let area = Area::new([0.0, 0.0], [400.0, 400.0]);
    let frame = Frame::of(runs.problem.objective.dim(), runs.problem.view, area);
    let heads = ["SGD".to_owned()];
    let all: Vec<Trail> = crate::figure::trails(runs, &heads, row, &frame).collect();
    let mut labels = Labels::new(area, &Theme::LIGHT);
    let mut items = trails(&all, &frame, row, &mut labels, &Theme::LIGHT);
    items.extend(labels.place());
    let end = TrailEnd::new(&all[0], &frame, row).unwrap();
    (items, end, frame)
}

#[test]
fn a_diverged_run_ends_in_a_chip_at_the_frame_with_step_and_reason() {
    for (landscape, spec) in [("rosenbrock", "sgd:lr=0.1"), ("parabola", "sgd:lr=5")] {
        let runs = runs(landscape, spec, 100);
        let (items, end, frame) = drawn(&runs, 100);
        let last = runs.results[0].trajectory.len() - 1;
        let expected = format!("SGD diverged at {last}: ");
        let drawn_texts = texts(&items);
        assert!(
            { drawn_texts.iter() }.any(|text| text.text.starts_with(&expected)),
            "{drawn_texts:?}"
        );
        assert!(matches!(end.kind, EndKind::Exit(_)), "{landscape}");
        let ([x, y], Area { min, max }) = (end.at, frame.area);
        let distances = [x - min[0], max[0] - x, y - min[1], max[1] - y];
        assert!(
            distances.iter().any(|distance| distance.abs() < 0.01),
            "{:?}",
            end.at
        );
        let names = drawn_texts.iter().map(|text| text_width::area(text));
        let is_inside =
            |name: &Area| frame.area.contains(name.min) && frame.area.contains(name.max);
        assert!(names.into_iter().all(|name| is_inside(&name)));
        // The line follows the run to the frame, with finite coordinates.
        let points = items.iter().filter_map(|item| match item {
            Item::Path {
                points,
                closed: false,
                ..
            } => Some(points),
            _ => None,
        });
        assert!(
            points
                .flatten()
                .flatten()
                .all(|coordinate| coordinate.abs() < 1000.0)
        );
    }
}

#[test]
fn a_run_that_is_outside_without_an_end_says_when_it_left() {
    let runs = runs("saddle", "sgd:lr=0.1", 100);
    let (_, end, frame) = drawn(&runs, 100);
    let points = runs.results[0].trajectory.len();
    let outside = (0..points).find(|row| {
        let at = runs.results[0].trajectory.plot_point(*row).unwrap();
        !frame.area.contains(frame.picture_from_world(at))
    });
    assert_eq!(end.text, format!("SGD left at {}", outside.unwrap()));
    assert!(matches!(end.kind, EndKind::Exit(_)));
    let (_, before, _) = drawn(&runs, outside.unwrap() - 1);
    assert_eq!(
        (before.text.as_str(), before.kind),
        ("SGD", EndKind::Head { hollow: false })
    );
}

#[test]
fn a_run_that_stops_in_view_ends_in_a_cross() {
    let runs = runs("quadratic", "sgd:lr=0.01", 100);
    let mut stopped = runs.clone();
    let mut result = (*runs.results[0]).clone();
    result.trajectory.outcome = Outcome::Stopped(100, Reason::NoStep);
    stopped.results[0] = Arc::new(result);
    let (_, end, _) = drawn(&stopped, 100);
    assert_eq!(end.kind, EndKind::Cross);
    assert_eq!(end.text, "SGD stopped at 100: no step lowers the loss");
    let (_, end, _) = drawn(&stopped, 50);
    assert_eq!(end.kind, EndKind::Head { hollow: false });
}

#[test]
fn lines_are_clipped_where_they_cross_the_border() {
    assert_eq!(
        clip([0.5, 0.5], [1.5, 0.5], 0.0),
        Some([[0.5, 0.5], [1.0, 0.5]])
    );
    assert_eq!(
        clip([-1.0, 0.25], [3.0, 0.25], 0.0),
        Some([[0.0, 0.25], [1.0, 0.25]])
    );
    assert_eq!(clip([2.0, 0.0], [2.0, 1.0], 0.0), None);
    assert_eq!(clip([0.5, 0.5], [0.5, 0.5], 0.0), Some([[0.5, 0.5]; 2]));
}

#[test]
fn every_run_is_visible_where_runs_share_a_path() {
    let mut scene = Scene::new("himmelblau".parse().unwrap());
    for _ in 0..4 {
        scene.add_run("adam:lr=0.02".parse().unwrap());
    }
    let problem = Arc::new(scene.load(&NoFiles).unwrap());
    let runs = compute_runs(&scene, &problem, None, &Cancel::default()).unwrap();
    let area = Area::new([0.0, 0.0], [400.0, 400.0]);
    let frame = Frame::of(2, runs.problem.view, area);
    let names = vec![String::new(); 4];
    for theme in [&Theme::LIGHT, &Theme::DARK] {
        let all: Vec<Trail> = crate::figure::trails(&runs, &names, 100, &frame).collect();
        let mut labels = Labels::new(area, theme);
        let mut items = vec![Item::filled(area.corners(), theme.background)];
        items.extend(trails(&all, &frame, 100, &mut labels, theme));
        let drawing = Drawing {
            size: [400.0; 2],
            items,
        };
        let rgba = crate::figure::png::rgba(&drawing, [800, 800]).unwrap();
        for run in &scene.runs {
            let colour = run_colour(crate::figure::style_index(run.colour), theme);
            let is_near = |pixel: &&[u8]| {
                let own = [colour.r, colour.g, colour.b];
                own.iter().zip(*pixel).all(|(a, b)| a.abs_diff(*b) < 12)
            };
            let count = rgba.chunks_exact(4).filter(is_near).count();
            assert!(count > 100, "run {}: {count} pixels", run.colour);
        }
    }
}

#[test]
fn long_steps_have_dots_between_start_and_head() {
    // The steps are 20 and 2 points long along x.
    for (spec, expected) in [("sgd:lr=0.5", [9, 4, 0, 0]), ("sgd:lr=0.05", [0; 4])] {
        let runs = runs("formula-1d:f=x,radius=5", spec, 10);
        let area = Area::new([0.0, 0.0], [400.0, 400.0]);
        let frame = Frame::of(1, runs.problem.view, area);
        let heads = ["SGD".to_owned()];
        let all: Vec<Trail> = crate::figure::trails(&runs, &heads, 10, &frame).collect();
        let count = |step| dots::dots(&all[0], &frame, step, &Theme::LIGHT).len();
        assert_eq!([10, 5, 1, 0].map(count), expected, "{spec}");
        let sparse = Trail {
            record_every: 10,
            ..all[0]
        };
        let dots = dots::dots(&sparse, &frame, 10, &Theme::LIGHT);
        assert!(dots.is_empty(), "rows are not steps");
    }
}

#[test]
fn dots_on_top_of_each_other_are_one() {
    // Two points in turn.
    let runs = runs("parabola", "sgd:lr=1", 101);
    let area = Area::new([0.0, 0.0], [400.0, 400.0]);
    let frame = Frame::of(1, runs.problem.view, area);
    let heads = ["SGD".to_owned()];
    let all: Vec<Trail> = crate::figure::trails(&runs, &heads, 101, &frame).collect();
    let dots = dots::dots(&all[0], &frame, 101, &Theme::LIGHT);
    assert_eq!(dots.len(), 2);
}
