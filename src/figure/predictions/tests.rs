use super::*;
use crate::engine::cancel::Cancel;
use crate::engine::files::NoFiles;
use crate::engine::network::data::AnyDataset;
use crate::engine::network::{AnyNetwork, Precision, TrainingTask};
use crate::figure::drawing::{texts, words};

fn task(model: &str, data: &str) -> TrainingTask {
    let network: AnyNetwork = model.parse().unwrap();
    let data: AnyDataset = data.parse().unwrap();
    let split = data.split(&NoFiles, 0.25, 0).unwrap();
    TrainingTask::new(&network, split, 3, Precision::Double).unwrap()
}

fn drawn(task: &TrainingTask, theta: &[f64], size: [f32; 2]) -> Vec<Item> {
    let found = Predictions::compute(task, theta, 12, &Cancel::default()).unwrap();
    let label = RunLabel {
        name: "Adam",
        step: 40,
        style_index: 1,
        metrics: task.measure(theta),
    };
    let theme = &Theme::LIGHT;
    let area = Area::new([0.0, 0.0], size);
    draw(&found, &shading(&found, theme), &label, area, theme)
}

/// Draws predictions in areas of several sizes; checks that the expected words are there and all texts inside.
fn check(model: &str, data: &str, expected: &[&str]) {
    let task = task(model, data);
    for size in [
        [300.0, 420.0],
        [560.0, 260.0],
        [230.0, 200.0],
        [900.0, 900.0],
    ] {
        let items = drawn(&task, &task.start, size);
        let all = words(&items);
        if size[1] > 250.0 {
            for word in expected {
                assert!(
                    all.iter().any(|text| text.starts_with(word)),
                    "{word}: {all:?}"
                );
            }
        }
        for text in texts(&items) {
            let [x, y] = text.at;
            let inside = (0.0..=size[0]).contains(&x) && (0.0..=size[1]).contains(&y);
            assert!(inside, "{data} {size:?}: {text:?}");
        }
    }
}

#[test]
fn classification_of_two_inputs_draws_regions_with_samples_and_names() {
    check(
        "mlp:hidden=4,loss=bce",
        "moons:samples=24",
        &[
            "Adam, step 40",
            "training: loss",
            "test: loss",
            "filled: training",
            "input 1",
            "1",
        ],
    );
    check(
        "mlp:hidden=4,loss=ce",
        "blobs:samples=24",
        &["2", "input 2"],
    );
    let moons = task("mlp:hidden=4,loss=bce", "moons:samples=24");
    let items = drawn(&moons, &moons.start, [300.0, 420.0]);
    let clipped = items.iter().find_map(|item| match item {
        Item::Clipped { items, .. } => Some(items),
        _ => None,
    });
    let inside = clipped.unwrap();
    assert!(matches!(inside[0], Item::Image { columns: 12, .. }));
    // A filled or hollow shape for each sample.
    let shapes = |item: &&Item| matches!(item, Item::Path { fill: Some(_), .. });
    assert_eq!(inside.iter().filter(shapes).count(), 24);
}

#[test]
fn regression_draws_a_curve_for_one_input_and_pairs_for_several() {
    check(
        "mlp:hidden=4,loss=mse",
        "sine:samples=20",
        &["input", "output", "filled"],
    );
    check(
        "mlp:hidden=4,loss=mse",
        "xor:samples=20",
        &["true", "predicted"],
    );
}

#[test]
fn classification_of_more_inputs_draws_confusion_matrices_of_all_samples() {
    check(
        "mlp:hidden=4,loss=ce",
        "iris",
        &["training", "test", "setosa", "virginica", "rows: true"],
    );
    let iris = task("mlp:hidden=4,loss=ce", "iris");
    let items = drawn(&iris, &iris.start, [300.0, 420.0]);
    let counts = texts(&items).into_iter();
    let counts: usize = counts
        .filter_map(|text| text.text.parse::<usize>().ok())
        .sum();
    assert_eq!(counts, 150);
}

#[test]
fn weights_that_are_huge_or_not_finite_draw_finite_points() {
    for (model, data) in [
        ("mlp:hidden=4,loss=bce", "moons:samples=24"),
        ("mlp:hidden=4,loss=mse", "sine:samples=20"),
        ("mlp:hidden=4,loss=mse", "xor:samples=20"),
        ("mlp:hidden=4,loss=ce", "iris"),
    ] {
        let task = task(model, data);
        for strange in [f64::NAN, f64::INFINITY, 1e300] {
            let theta = vec![strange; task.start.len()];
            let items = drawn(&task, &theta, [300.0, 420.0]);
            let finite = |item: &Item| match item {
                Item::Path { points, .. } => points
                    .iter()
                    .flatten()
                    .all(|coordinate| coordinate.is_finite()),
                _ => true,
            };
            assert!(items.iter().all(finite), "{data} {strange}");
        }
    }
}

#[test]
fn borders_lie_where_the_two_most_probable_classes_tie() {
    let task = task("mlp:hidden=4,loss=ce", "blobs:samples=60");
    let mut theta = task.start.clone();
    theta.iter_mut().for_each(|weight| *weight *= 3.0);
    let found = Predictions::compute(&task, &theta, 96, &Cancel::default()).unwrap();
    let borders = shading(&found, &Theme::DARK).borders;
    assert!(!borders.is_empty());
    let mut z = [0.0; 3];
    for at in borders.iter().flat_map(|border| &border.points) {
        task.loss.outputs(&theta, at, &mut z);
        let prediction = task.loss.loss().predict(&z).unwrap();
        assert!(prediction.margin < 0.2, "{at:?} {prediction:?}");
    }
}
