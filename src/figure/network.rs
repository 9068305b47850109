//! What a picture says of a network: its plane's directions, how far the runs are off it, how they stand.

use super::axis::number;
use super::colour::Theme;
use super::drawing::{Anchor, Item, Text};
use super::frame::Frame;
use crate::engine::network::Metrics;
use crate::engine::objective::norm;
use crate::engine::results::{Runs, TrainingSnapshot};

/// From this share of the view's width on, a head is drawn hollow because its run is off the plane.
const FAR_SHARE: f64 = 0.1;

/// What the axes of the plane are called.
pub fn axes(runs: &Runs) -> [String; 2] {
    let names = runs.scene.axes();
    let Some(TrainingSnapshot {
        network_plane: cut, ..
    }) = &runs.trained
    else {
        return names.map(str::to_owned);
    };
    let explained = |k: usize, name: &str| {
        cut.explained_variance_ratio.map(|shares| {
            let share = percent(shares[k]);
            format!("{name} ({share} of the variance)")
        })
    };
    let curved = |k: usize, name: &str| {
        let values = cut.eigenvalues?;
        Some(format!("{name} = {}", number(values[k], 4)))
    };
    [(0, "PC 1", "λ₁"), (1, "PC 2", "λ₂")].map(|(k, component, eigenvalue)| {
        explained(k, component)
            .or_else(|| curved(k, eigenvalue))
            .unwrap_or_else(|| names[k].to_owned())
    })
}

/// What the plane shows of the runs, in a sentence.
pub fn plane_text(trained: &TrainingSnapshot) -> String {
    let cut = &trained.network_plane;
    if let Some([first, second]) = cut.explained_variance_ratio {
        let both = percent(first + second);
        let [first, second] = [first, second].map(percent);
        return format!(
            "The plane explains {both} of the variance of the runs' steps: PC 1 {first}, PC 2 {second}."
        );
    }
    if let Some(values) = cut.eigenvalues {
        let [first, second] = values.map(|value| number(value, 4));
        return format!(
            "The plane goes along the Hessian's top two eigenvectors, with eigenvalues {first} and {second}."
        );
    }
    "The plane was not laid along the runs: what they do beside it is below.".to_owned()
}

/// A share in percent.
pub fn percent(share: f64) -> String {
    if share > 0.0 && share < 1e-4 {
        return "under 0.01 %".to_owned();
    }
    format!("{} %", number(100.0 * share, 3))
}

/// What has to be said of the map of a network, in its lower left corner.
pub fn note(runs: &Runs, row: usize, frame: &Frame, theme: &Theme) -> Vec<Item> {
    let far = |index: &usize| runs.scene.runs[*index].shown && is_far(runs, *index, row, frame);
    let hollow = (0..runs.results.len()).any(|index| far(&index));
    let mut lines = vec!["Heights are losses on this plane; beside each run is its own loss."];
    if hollow {
        lines.push("Hollow: the run is far off the plane.");
    }
    let [x, bottom] = [frame.area.min[0] + 8.0, frame.area.max[1] - 14.0];
    // Contour lines have heights written on them that would run into the words.
    let (width, top) = (330.0, bottom - if hollow { 24.0 } else { 10.0 });
    let [left, right, low] = [x - 4.0, x + width, bottom + 10.0];
    let mut items = vec![Item::Path {
        points: vec![[left, top], [right, top], [right, low], [left, low]],
        closed: true,
        stroke: None,
        fill: Some(theme.background.opacity(0.8)),
    }];
    let mut y = bottom;
    for line in lines.into_iter().rev() {
        items.push(text(line.to_owned(), [x, y], Anchor::Start, theme));
        y -= 14.0;
    }
    items
}

/// What is being done while there is no landscape yet, in the middle of the map.
pub fn waiting(words: &str, frame: &Frame, theme: &Theme) -> Vec<Item> {
    let area = frame.area;
    let middle = [0, 1].map(|axis| 0.5 * (area.min[axis] + area.max[axis]));
    vec![text(words.to_owned(), middle, Anchor::Middle, theme)]
}

fn text(text: String, at: [f32; 2], anchor: Anchor, theme: &Theme) -> Item {
    Item::Text(Text {
        text,
        at,
        anchor,
        size: 11.0,
        colour: theme.ink,
        halo: Some(theme.halo),
        upright: false,
    })
}

/// Whether a run is so far off the plane at a row, or at its last one, that it does not belong where it is drawn.
pub fn is_far(runs: &Runs, run: usize, row: usize, frame: &Frame) -> bool {
    let far = || {
        let trained = runs.trained.as_ref()?;
        let shadows = &trained.runs.get(run)?.projections;
        let shadow = shadows.get(row).or(shadows.last())?;
        // A unit of the plane is as long as its first direction.
        let [_, u, _] = trained.network_plane.plane.parts();
        Some(shadow.residual > FAR_SHARE * frame.window.width() * norm(u))
    };
    far().unwrap_or(false)
}

/// What is written beside the heads of all runs: their names, of a network with their own loss.
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

/// How good a run is at a row, or at its last one, in training and in the test.
pub fn metrics(runs: &Runs, run: usize, row: usize) -> [Option<Metrics>; 2] {
    let measures = || {
        let rows = &runs.trained.as_ref()?.runs.get(run)?.rows;
        Some(rows.get(row).or(rows.last())?.metrics)
    };
    measures().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::cancel::Cancel;
    use crate::engine::files::NoFiles;
    use crate::engine::scene::{NetworkScene, Scene};
    use crate::figure::layers;
    use crate::figure::metric_chart::{
        MetricChart, XAxis, layer_charts, network_charts, projection_error_charts,
    };
    use crate::figure::png::missing_glyphs;
    use crate::figure::{Options, draw, drawing::Area, layout_of, projection_error as off};
    use crate::session::compute_all_runs;
    use crate::engine::results::compute_map_data;
    use std::sync::Arc;

    fn made(data: &str, loss: &str, plane: &str) -> Runs {
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
        }
    }

    /// The texts of items, and the signs among them that pictures have no glyph for.
    fn words(items: &[Item]) -> Vec<String> {
        fn gather(items: &[Item], texts: &mut Vec<String>) {
            for item in items {
                match item {
                    Item::Text(text) => texts.push(text.text.clone()),
                    Item::Clipped { items, .. } => gather(items, texts),
                    _ => {}
                }
            }
        }
        let mut texts = Vec::new();
        gather(items, &mut texts);
        assert_eq!(missing_glyphs(&texts.join(" ")), "");
        texts
    }

    fn check(texts: &[String], parts: &[&str]) {
        for part in parts {
            let has = texts.iter().any(|text| text.contains(part));
            assert!(has, "{part}: {texts:#?}");
        }
    }

    #[test]
    fn a_picture_says_what_it_is_a_picture_of() {
        let runs = made("moons:samples=16", "bce", "pca");
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
    fn the_view_off_the_plane_tells_each_run() {
        let runs = made("moons:samples=16", "bce", "hessian");
        let texts = words(&off::picture(&runs, &options()).items);
        check(
            &texts,
            &[
                "eigenvalues",
                "true loss; dashed",
                "distance off",
                "off it by",
                "Momentum",
                "Adam",
            ],
        );
        let [loss, on_plane, ..] = off::row_texts(&runs, 1, 3).unwrap();
        let shadow = runs.trained.as_ref().unwrap().runs[1].projections[3];
        let row = runs.results[1].trajectory.loss[3];
        assert_eq!(loss, format!("loss {}", number(row, 4)));
        assert_eq!(on_plane, format!("on the plane {}", number(shadow.loss, 4)));
        assert_eq!(axes(&runs)[0].split(" = ").next(), Some("λ₁"));
    }

    #[test]
    fn distances_are_those_from_the_first_weights() {
        let runs = made("moons:samples=16", "bce", "filter");
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
            axes(&runs),
            ["a", "b"],
            "nothing is known of the directions"
        );
    }

    #[test]
    fn charts_are_those_that_there_are_numbers_for() {
        let titles = |quantities: Vec<MetricChart>| -> Vec<String> {
            quantities
                .into_iter()
                .map(|quantity| quantity.title)
                .collect()
        };
        let classes = made("moons:samples=16", "bce", "pca");
        let expected = [
            "loss; dashed: test",
            "accuracy in %; dashed: test",
            "gradient norm ‖∇f‖",
            "learning rate",
        ];
        assert_eq!(titles(network_charts(&classes, None)), expected);
        let numbers = made("sine:samples=16", "mse", "pca");
        assert_eq!(
            titles(network_charts(&numbers, None)),
            [expected[0], expected[2], expected[3]]
        );
        let across = XAxis {
            runs: &classes,
            by_cost: false,
            row: 3,
        };
        assert_eq!(across.last(), 40.0);
        for quantity in projection_error_charts(&classes) {
            let area = Area::new([0.0, 0.0], [300.0, 200.0]);
            let inside = quantity.draw(area, &across, &Theme::LIGHT);
            let lines = |item: &Item| match item {
                Item::Clipped { items, .. } => Some(items.len()),
                _ => None,
            };
            assert!(inside.iter().find_map(lines).is_some_and(|count| count > 4));
        }
    }

    #[test]
    fn layers_are_drawn_between_the_thresholds() {
        let runs = made("moons:samples=16", "bce", "pca");
        let rows = runs.results[0].trajectory.len();
        let series = layers::layers(&runs.trained.as_ref().unwrap().runs[0]);
        assert!(series.iter().all(|layer| layer.grad_norms.len() == rows));
        let thresholds = [1.5e-5, 100.0];
        let area = Area::new([0.0, 0.0], [300.0, 200.0]);
        let (legend, below) = layers::legend(&series, thresholds, area, &Theme::LIGHT);
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
        let quantities = layer_charts(&runs, 0, &series, thresholds);
        let across = XAxis {
            runs: &runs,
            by_cost: false,
            row: rows,
        };
        let drawn = quantities.iter();
        let drawn = drawn.flat_map(|quantity| quantity.draw(below, &across, &Theme::LIGHT));
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
