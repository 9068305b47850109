//! Texts and marks of a network's map: the plane's axes, and the loss and projection error of runs.

use super::axis::number;
use super::colour::Theme;
use super::drawing::{Anchor, Area, Item, Text};
use super::frame::Frame;
use super::labels::Labels;
use super::{map, text_width};
use crate::engine::network::Metrics;
use crate::engine::objective::norm;
use crate::engine::results::{Runs, TrainingSnapshot};

/// Font size of notes and messages.
const TEXT_SIZE: f32 = 11.0;

/// A head is drawn hollow if the run's distance from the plane exceeds this share of the view's width.
const FAR_SHARE: f64 = 0.1;

/// End of the name of a principal component's axis.
pub(super) const OF_VARIANCE: &str = " of the variance)";

/// Returns the names of the plane's axes, with explained variance or eigenvalue where known.
pub fn axes(runs: &Runs) -> [String; 2] {
    let names = direction_names(runs);
    let Some(trained) = &runs.trained else {
        return names;
    };
    let plane = &trained.network_plane;
    let with_variance = |k: usize, name: &str| {
        plane.explained_variance_ratio.map(|ratios| {
            let share = percent(ratios[k]);
            format!("{name} ({share}{OF_VARIANCE}")
        })
    };
    let with_eigenvalue = |k: usize, name: &str| {
        let values = plane.eigenvalues?;
        Some(format!("eigenvector of {name} = {}", number(values[k], 4)))
    };
    [0, 1].map(|k| {
        with_variance(k, &names[k])
            .or_else(|| with_eigenvalue(k, ["λ₁", "λ₂"][k]))
            .unwrap_or_else(|| names[k].clone())
    })
}

/// Returns the names of the axes without explained variances, eigenvalues and the scale of the plane.
pub fn short_axes(runs: &Runs) -> [String; 2] {
    direction_names(runs).map(|name| {
        let end = name.rfind(", ").filter(|_| runs.trained.is_some());
        name[..end.unwrap_or(name.len())].to_owned()
    })
}

/// Returns the names of the two directions of a network's plane, or of a landscape's parameters.
fn direction_names(runs: &Runs) -> [String; 2] {
    let (Some(network), Some(trained)) = (runs.scene.network(), &runs.trained) else {
        return runs.scene.axes().map(str::to_owned);
    };
    let names = runs.scene.run_names();
    let through = trained.through.iter();
    let through: Vec<&str> = through
        .filter_map(|run| names.get(*run).map(String::as_str))
        .collect();
    network.plane.as_dyn().axes(&through)
}

/// Describes the plane in one sentence.
pub fn plane_text(trained: &TrainingSnapshot) -> String {
    let plane = &trained.network_plane;
    if let Some([first, second]) = plane.explained_variance_ratio {
        let both = percent(first + second);
        let [first, second] = [first, second].map(percent);
        return format!(
            "The plane explains {both} of the variance of the runs' steps: PC 1 {first}, PC 2 {second}."
        );
    }
    if let Some(values) = plane.eigenvalues {
        let [first, second] = values.map(|value| number(value, 4));
        return format!(
            "The plane goes along the Hessian's top two eigenvectors, with eigenvalues {first} and {second}."
        );
    }
    "The plane was not fitted to the runs: the charts below show their projection error.".to_owned()
}

/// Formats a share in percent.
pub fn percent(share: f64) -> String {
    if share > 0.0 && share < 1e-4 {
        return "under 0.01 %".to_owned();
    }
    format!("{} %", number(100.0 * share, 3))
}

/// Meaning of the heights and the labels on the map of a network.
const HEIGHTS: &str = "Heights are losses on this plane; each run is labelled with its true loss.";

/// Adds a note on the map of a network to its labels.
pub fn note(runs: &Runs, row: usize, frame: &Frame, labels: &mut Labels) {
    let far = |index: &usize| runs.scene.runs[*index].shown && is_far(runs, *index, row, frame);
    let hollow = (0..runs.results.len()).any(|index| far(&index));
    let area = frame.area;
    let is_small = area.width() < 300.0 || area.height() < 180.0;
    let sentences = match (is_small, hollow) {
        // A small map has no room for what its colour bar and the caption of a paper explain.
        (true, true) => vec!["hollow: far from the plane"],
        (true, false) => return,
        (false, false) => vec![HEIGHTS],
        (false, true) => vec![HEIGHTS, "Hollow: the run is far from the plane."],
    };
    map::note(&sentences, frame, labels);
}

/// Draws a text in the middle of the map, such as a message on what is computed, on a plate that covers what is below.
pub fn centered_text(words: &str, frame: &Frame, theme: &Theme) -> Vec<Item> {
    let plate = text_plate(words, frame);
    let middle = [0, 1].map(|axis| 0.5 * (plate.min[axis] + plate.max[axis]));
    vec![
        Item::filled(plate.corners(), theme.background.opacity(0.9)),
        text(words.to_owned(), middle, Anchor::Middle, theme),
    ]
}

/// Returns the area of a text in the middle of the map.
pub fn text_plate(words: &str, frame: &Frame) -> Area {
    let area = frame.area;
    let middle = [0, 1].map(|axis| 0.5 * (area.min[axis] + area.max[axis]));
    let half = [0.5 * text_width::width(words, TEXT_SIZE) + 8.0, 12.0];
    Area::new(
        [middle[0] - half[0], middle[1] - half[1]],
        [middle[0] + half[0], middle[1] + half[1]],
    )
}

fn text(text: String, at: [f32; 2], anchor: Anchor, theme: &Theme) -> Item {
    let text = Text::new(text, at, anchor, TEXT_SIZE, theme.ink);
    Item::Text(text.with_halo(theme.halo))
}

/// Whether a run is far from the plane at a row, or at its last one, compared with the width of the view.
pub fn is_far(runs: &Runs, run: usize, row: usize, frame: &Frame) -> bool {
    let far = || {
        let trained = runs.trained.as_ref()?;
        let projections = &trained.runs.get(run)?.projections;
        let projection = projections.get(row).or(projections.last())?;
        // The residual is a distance in θ; a unit of the plane is as long as its first direction.
        let [_, u, _] = trained.network_plane.plane.parts();
        Some(projection.residual > FAR_SHARE * frame.window.width() * norm(u))
    };
    far().unwrap_or(false)
}

/// Returns the labels of the heads of all runs: their names, with the true loss for a network.
pub fn head_labels(runs: &Runs, names: &[String], row: usize) -> Vec<String> {
    let named = names.iter().zip(&runs.results);
    named
        .map(|(name, result)| {
            let losses = &result.trajectory.loss;
            match losses.get(row).or(losses.last()) {
                Some(loss) if runs.trained.is_some() => format!("{name} {}", number(*loss, 3)),
                _ => name.clone(),
            }
        })
        .collect()
}

/// Returns the training and test metrics of a run at a row, or at its last one.
pub fn metrics(runs: &Runs, run: usize, row: usize) -> [Option<Metrics>; 2] {
    let row_metrics = || {
        let rows = &runs.trained.as_ref()?.runs.get(run)?.rows;
        Some(rows.get(row).or(rows.last())?.metrics)
    };
    row_metrics().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::cancel::Cancel;
    use crate::engine::files::NoFiles;
    use crate::engine::results::compute_map_data;
    use crate::engine::scene::{NetworkScene, Scene};
    use crate::figure::drawing::{Area, words};
    use crate::figure::layers;
    use crate::figure::metric_chart::{
        MetricChart, XAxis, layer_charts, network_charts, projection_error_charts,
    };
    use crate::figure::{Options, draw, layout_of, projection_error};
    use crate::session::compute_all_runs;
    use std::sync::Arc;

    fn network_runs(data: &str, loss: &str, plane: &str) -> Runs {
        let mut scene = Scene::opening();
        scene.runs.clear();
        scene.choose_network(NetworkScene {
            model: format!("mlp:hidden=3,loss={loss}").parse().unwrap(),
            data: data.parse().unwrap(),
            plane: plane.parse().unwrap(),
            ..NetworkScene::default()
        });
        for run in ["sgd:lr=0.5,momentum=0.9", "adam:lr=0.1"] {
            scene.add_run(run.parse().unwrap());
        }
        scene.training.steps = 40;
        let problem = Arc::new(scene.load(&NoFiles).unwrap());
        compute_all_runs(&scene, &problem, None).unwrap()
    }

    fn options() -> Options {
        Options {
            size: [900.0, 700.0],
            step: None,
            theme: &Theme::DARK,
            followed: Some(1),
            legend: true,
            turning: false,
        }
    }

    fn check(texts: &[String], parts: &[&str]) {
        for part in parts {
            let has = texts.iter().any(|text| text.contains(part));
            assert!(has, "{part}: {texts:#?}");
        }
    }

    #[test]
    fn a_picture_names_its_plane_its_runs_and_their_losses() {
        let runs = network_runs("moons:samples=16", "bce", "pca");
        let options = options();
        let area = layout_of(&runs, options.size).map;
        let frame = Frame::of(2, runs.problem.view, area);
        let never = Cancel::default();
        let map_data = compute_map_data(&runs.scene, &runs.problem, frame.window, 9, &never);
        let texts = words(&draw(&runs, &map_data.unwrap(), &frame, &options).items);
        let loss = number(runs.results[1].trajectory.loss[8], 3);
        check(
            &texts,
            &[
                "Heights are losses on this plane",
                "of the variance)",
                "plane pca · step 40 of 40 · seed 0",
                &format!("Adam {loss}"),
                ", test ",
                "Adam, step 40",
                "filled: training, hollow: test",
            ],
        );
        assert!(!texts.iter().any(|text| text.contains("start (")));
    }

    #[test]
    fn the_projection_error_picture_describes_each_run() {
        let runs = network_runs("moons:samples=16", "bce", "hessian");
        let texts = words(&projection_error::picture(&runs, &options()).items);
        let projections = &runs.trained.as_ref().unwrap().runs[1].projections;
        let residual = projections.last().unwrap().residual;
        check(
            &texts,
            &[
                "eigenvalues",
                "true loss; dashed",
                "projection error in %",
                &format!("projection error {}", number(residual, 3)),
                "Momentum",
                "Adam",
            ],
        );
        let [loss, projected, ..] = projection_error::row_texts(&runs, 1, 3).unwrap();
        let projection = projections[3];
        let row = runs.results[1].trajectory.loss[3];
        assert_eq!(loss, format!("loss {}", number(row, 4)));
        assert_eq!(
            projected,
            format!("projected loss {}", number(projection.loss, 4))
        );
        assert_eq!(
            axes(&runs)[0].split(" = ").next(),
            Some("eigenvector of λ₁")
        );
    }

    #[test]
    fn distances_are_measured_from_the_initial_weights() {
        let runs = network_runs("moons:samples=16", "bce", "filter");
        let trained = runs.trained.as_ref().unwrap();
        for run in &trained.runs {
            assert_eq!(
                (run.distances.len(), run.distances[0]),
                (run.rows.len(), 0.0)
            );
            let last = run.theta(usize::MAX).unwrap();
            let moved = last.iter().zip(&trained.task.start);
            let moved: Vec<f64> = moved.map(|(x, from)| x - from).collect();
            assert!((run.distances[run.rows.len() - 1] - norm(&moved)).abs() < 1e-14);
        }
        assert_eq!(
            axes(&runs)[0],
            "first random direction, filter-normalised",
            "a random plane's axes have no numbers"
        );
    }

    #[test]
    fn only_charts_with_values_are_shown() {
        let titles = |charts: Vec<MetricChart>| -> Vec<String> {
            charts.into_iter().map(|chart| chart.title).collect()
        };
        let classes = network_runs("moons:samples=16", "bce", "pca");
        let expected = [
            "loss; dashed: test",
            "accuracy in %; dashed: test",
            "gradient norm ‖∇f‖",
            "learning rate",
        ];
        assert_eq!(titles(network_charts(&classes, None)), expected);
        let numbers = network_runs("sine:samples=16", "mse", "pca");
        assert_eq!(
            titles(network_charts(&numbers, None)),
            [expected[0], expected[2], expected[3]]
        );
        let x_axis = XAxis {
            runs: &classes,
            by_cost: false,
            row: 3,
        };
        assert_eq!(x_axis.last(), 40.0);
        for chart in projection_error_charts(&classes) {
            let area = Area::new([0.0, 0.0], [300.0, 200.0]);
            let inside = chart.draw(area, &x_axis, &Theme::LIGHT);
            let lines = |item: &Item| match item {
                Item::Clipped { items, .. } => Some(items.len()),
                _ => None,
            };
            assert!(inside.iter().find_map(lines).is_some_and(|count| count > 4));
        }
    }

    #[test]
    fn charts_of_layers_show_the_thresholds() {
        let runs = network_runs("moons:samples=16", "bce", "pca");
        let rows = runs.results[0].trajectory.len();
        let series = layers::layers(&runs.trained.as_ref().unwrap().runs[0]);
        assert!(series.iter().all(|layer| layer.grad_norms.len() == rows));
        let thresholds = [1.5e-5, 100.0];
        let area = Area::new([0.0, 0.0], [300.0, 200.0]);
        let (legend, below) = layers::legend((&series, 0), thresholds, area, &Theme::LIGHT);
        check(
            &words(&legend),
            &[
                "layers.0",
                "layers.1",
                "vanish below 1.5e-5",
                "explode above 100",
            ],
        );
        assert!(below.min[1] > 20.0 && below.max == area.max);
        let charts = layer_charts(&runs, 0, &series, thresholds);
        let x_axis = XAxis {
            runs: &runs,
            by_cost: false,
            row: rows,
        };
        let drawn = charts.iter();
        let drawn = drawn.flat_map(|chart| chart.draw(below, &x_axis, &Theme::LIGHT));
        check(
            &words(&drawn.collect::<Vec<Item>>()),
            &[
                "gradient norm of each layer",
                "step length / weight norm",
                "gradient noise scale, in samples",
            ],
        );
        assert!(layer_charts(&runs, 7, &series, thresholds).is_empty());
    }
}
