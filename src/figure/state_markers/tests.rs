//! Tests of the markers of an optimizer's state.

use super::*;
use crate::engine::cancel::Cancel;
use crate::engine::files::NoFiles;
use crate::engine::optimizer::AnyOptimizer;
use crate::engine::scene::Scene;
use crate::engine::training::{self, RunSpec};
use crate::engine::wrapper::AnyWrapper;
use crate::figure::drawing::{Drawing, texts};
use crate::figure::settle::overlaps;

fn drawn(landscape: &str, spec: &RunSpec, row: usize) -> (Vec<Item>, Frame) {
    let mut scene = Scene::new(landscape.parse().unwrap());
    scene.training.steps = 30;
    let problem = scene.load(&NoFiles).unwrap();
    let area = Area::new([0.0, 0.0], [600.0, 500.0]);
    let frame = Frame::of(problem.objective.dim(), problem.view, area);
    let (run_settings, never) = (scene.run_settings(), Cancel::default());
    let (objective, start) = (&*problem.objective, scene.start_theta());
    let path = training::run(objective, start, spec, &run_settings, &never).unwrap();
    let Some(step) = next_step(&path, row) else {
        return (Vec::new(), frame);
    };
    let inspection = training::inspect_step(objective, start, spec, &run_settings, step, &never);
    let draw = |inspection: StepInspection| {
        let theme = &Theme::LIGHT;
        let mut labels = Labels::new(frame.area, theme);
        let mut items = state_markers(&problem, start, &inspection, 0, &frame, &mut labels, theme);
        items.extend(labels.place());
        items
    };
    (inspection.map(draw).unwrap_or_default(), frame)
}

fn names(items: &[Item]) -> Vec<&str> {
    let names = texts(items).into_iter().map(|text| text.text.as_str());
    names.collect()
}

#[test]
fn each_kind_of_state_is_drawn_with_its_symbol() {
    for (spec, expected) in [
        ("sgd:lr=0.01,momentum=0.9", &["−∇f", "−v", "step"][..]),
        ("sgd:lr=0.01,momentum=0.9,form=polyak", &["−∇f", "v"]),
        ("sgd:lr=0.01+sam:rho=0.8", &["â", "−∇f"]),
        ("sgd:lr=0.01+lookahead:k=9", &["φ", "−∇f"]),
        ("schedulefree-sgd:lr=0.01", &["z", "x"]),
        ("trust-region", &["Δ", "s", "−∇f"]),
        ("cma-es:lr=0.5", &["P", "σ² C"]),
        ("nelder-mead", &["P"]),
    ] {
        let (items, _) = drawn("himmelblau", &spec.parse().unwrap(), 5);
        let names = names(&items);
        for name in expected {
            assert!(names.contains(name), "{spec}: {names:?}");
        }
    }
    assert!(drawn("parabola", &"sgd".parse().unwrap(), 5).0.is_empty());
}

#[test]
fn the_last_step_of_a_run_that_ended_early_can_be_inspected() {
    let scene = {
        let mut scene = Scene::new("rosenbrock".parse().unwrap());
        scene.training.steps = 500;
        scene
    };
    let problem = scene.load(&NoFiles).unwrap();
    let (run_settings, never) = (scene.run_settings(), Cancel::default());
    let (objective, start) = (&*problem.objective, scene.start_theta());
    for spec in ["sgd:lr=0.1", "sgd:lr=1", "newton"] {
        let mut run_settings = run_settings;
        run_settings.tolerance = Some(1e-6);
        let spec: RunSpec = spec.parse().unwrap();
        let path = training::run(objective, start, &spec, &run_settings, &never).unwrap();
        assert!(
            path.outcome.early_end().is_some() && path.len() < 500,
            "{spec}"
        );
        let last = path.len() as u64 - 1;
        let inspect =
            |step| training::inspect_step(objective, start, &spec, &run_settings, step, &never);
        assert_eq!(inspect(last).map(|found| found.step), Some(last), "{spec}");
        assert!(inspect(last + 1).is_none(), "{spec}");
    }
}

#[test]
fn the_arrow_of_the_step_ends_at_the_next_iterate() {
    let (items, frame) = drawn("quadratic:a=1,b=1", &"sgd:lr=0.5".parse().unwrap(), 0);
    let to = frame.picture_from_world([-2.0, 1.0]);
    let ends =
        |item: &Item| matches!(item, Item::Path { points, .. } if points.last() == Some(&to));
    assert!(items.iter().any(ends), "from (−4, 2) halfway to 0");
}

#[test]
fn the_arrow_of_the_gradient_shrinks_with_its_norm_to_a_dot() {
    let lengths =
        [100.0, 10.0, 1.0, 1e-5, 4e-12, 0.0, f64::NAN].map(|norm| gradient_length(norm, 10.0));
    assert_eq!(lengths, [72.0, 72.0, 60.0, 0.0, 0.0, 0.0, 0.0]);
    let spec: RunSpec = "sgd:lr=0.5".parse().unwrap();
    let long = drawn("quadratic:a=1,b=1", &spec, 0).0;
    assert!(names(&long).contains(&"−∇f"));
    // Each step halves the gradient: after 25 it is below 1e-7 of the first.
    let late = drawn("quadratic:a=1,b=1", &spec, 25).0;
    assert!(!names(&late).contains(&"−∇f"));
    let key = |items: &[Item]| names(items).iter().any(|text| text.starts_with("−∇f: "));
    assert!(key(&long) && key(&late), "both have a key");
}

#[test]
fn names_do_not_overlap_and_are_inside_for_every_optimizer_and_wrapper() {
    let all = AnyWrapper::all().into_iter().map(Some);
    let wrappers: Vec<_> = std::iter::once(None).chain(all).collect();
    for landscape in ["rosenbrock", "quadratic:a=1,b=4"] {
        for optimizer in AnyOptimizer::all() {
            for wrapper in &wrappers {
                let mut spec = RunSpec::new(optimizer.clone());
                spec.wrappers.extend(wrapper.clone());
                let (items, frame) = drawn(landscape, &spec, 7);
                let Area { max, .. } = frame.area;
                let drawing = Drawing { size: max, items };
                let found = overlaps(&drawing);
                assert!(found.is_empty(), "{spec}: {found:?}");
            }
        }
    }
}
