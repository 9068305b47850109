//! Predictions of all visible runs: a small panel for each, with one window, one scale and one time.

use super::{
    Page, RunLabel, Shading, curve_window, metrics_text, run_label, sample, shading, title,
};
use crate::engine::analysis::predictions::{ConfusionMatrix, Predictions};
use crate::engine::cancel::Cancel;
use crate::engine::objective::plane::Rect;
use crate::engine::results::Runs;
use crate::figure::colour::Theme;
use crate::figure::drawing::{Area, Drawing, Item};
use crate::figure::layout::LINE_HEIGHT;
use crate::figure::{Options, caption, legend_line, page, shortened, text_width};
use rayon::prelude::*;

/// Predictions of one run with their colours.
pub struct RunPredictions<'a> {
    /// The predictions.
    pub predictions: &'a Predictions,
    /// Their colours and borders, from [`shading()`].
    pub shading: &'a Shading,
    /// The run.
    pub label: RunLabel<'a>,
}

/// Height of the line above all panels.
const HEAD: f32 = LINE_HEIGHT + 8.0;

/// Space of a panel around its plot: left and top, right and bottom.
const MARGINS: [[f32; 2]; 2] = [[40.0, 38.0], [10.0, 22.0]];

/// Samples of each part of the data that a panel shows.
const SAMPLES: usize = 200;

/// Returns the areas of the panels of `count` runs: as many in a row as make the panels largest.
pub fn cells(count: usize, space: Area) -> Vec<Area> {
    #[expect(clippy::cast_precision_loss, reason = "at most a hundred runs")]
    let cell = |columns: usize| {
        let rows = count.div_ceil(columns);
        let height = (space.height() - HEAD).max(1.0);
        [space.width() / columns as f32, height / rows as f32]
    };
    let size = |columns: &usize| {
        let [width, height] = cell(*columns);
        (width - MARGINS[0][0] - MARGINS[1][0]).min(height - MARGINS[0][1] - MARGINS[1][1])
    };
    let columns = (1..=count).max_by(|a, b| size(a).total_cmp(&size(b)));
    let columns = columns.unwrap_or(1);
    let [width, height] = cell(columns);
    let area = |index: usize| {
        #[expect(clippy::cast_precision_loss, reason = "at most a hundred runs")]
        let [column, row] = [index % columns, index / columns].map(|place| place as f32);
        let min = [
            space.min[0] + column * width,
            space.min[1] + HEAD + row * height,
        ];
        Area::new(min, [min[0] + width, min[1] + height])
    };
    (0..count).map(area).collect()
}

/// Draws the predictions of all runs in their [`cells`], below a line that says what they are.
pub fn draw_all(all: &[RunPredictions], space: Area, theme: &Theme) -> Vec<Item> {
    let Some(first) = all.first() else {
        return Vec::new();
    };
    let mut items = head(first.predictions, space, theme);
    let curves = all.iter().filter_map(|own| match own.predictions {
        Predictions::Curve(found) => Some(curve_window(found)),
        _ => None,
    });
    let window = curves.reduce(|a, b| {
        let [low, high] = [a.y(), b.y()];
        let y = [low[0].min(high[0]), low[1].max(high[1])];
        Rect::new(a.x(), y).unwrap_or(a)
    });
    for (own, area) in all.iter().zip(cells(all.len(), space)) {
        items.extend(panel(own, window, area, theme));
    }
    items
}

/// Writes what the panels show, with the classes.
fn head(predictions: &Predictions, space: Area, theme: &Theme) -> Vec<Item> {
    let y = space.min[1] + 0.5 * LINE_HEIGHT;
    let explained = match predictions {
        Predictions::Confusion(_) => "rows: true, columns: predicted",
        _ => "filled: training, hollow: test",
    };
    let text = format!("{} of each run; {explained}", title(predictions));
    let mut x = space.min[0] + 8.0;
    let text = text_width::fitted(&text, 11.0, space.width() - 16.0);
    let width = text_width::width(&text, 11.0);
    let mut items = vec![Item::label(text, [x, y], 11.0, theme.ink)];
    x += width + 16.0;
    if let Predictions::Regions(found) = predictions {
        for (class, name) in found.names.iter().enumerate() {
            let name = shortened(name, 12);
            #[expect(clippy::cast_precision_loss, reason = "a short text")]
            let width = 22.0 + name.chars().count() as f32 * 6.0;
            if x + width > space.max[0] {
                break;
            }
            items.extend(sample([x + 6.0, y], class, true, theme));
            items.push(Item::label(name, [x + 16.0, y], 11.0, theme.ink));
            x += width + 8.0;
        }
    }
    items
}

/// Draws the panel of a run; fitted curves share `window`.
fn panel(own: &RunPredictions, window: Option<Rect>, area: Area, theme: &Theme) -> Vec<Item> {
    let RunPredictions {
        predictions,
        shading,
        label,
    } = own;
    let page = compact_page(area, predictions, theme);
    let left = if matches!(predictions, Predictions::Confusion(_)) {
        area.min[0] + 8.0
    } else {
        page.plot.min[0]
    };
    let width = area.max[0] - left;
    let mut items = legend_line([left, area.min[1] + 9.0], label.style_index, theme);
    let name = text_width::fitted(label.name, 12.0, width - 44.0);
    let name_at = [left + 38.0, area.min[1] + 9.0];
    items.push(Item::label(name, name_at, 12.0, theme.ink));
    let [train, test] = label.metrics;
    let metrics = match (train, test) {
        (_, Some(test)) => metrics_text("test", &test),
        (Some(train), None) => metrics_text("training", &train),
        (None, None) => "no finite loss".to_owned(),
    };
    let metrics = text_width::fitted(&metrics, 11.0, width - 6.0);
    items.push(Item::label(
        metrics,
        [left, area.min[1] + 25.0],
        11.0,
        theme.ink,
    ));
    items.extend(match predictions {
        Predictions::Regions(found) => page.regions(found, shading),
        Predictions::Curve(found) => {
            let window = window.unwrap_or_else(|| curve_window(found));
            page.curve(found, window, label.style_index)
        }
        Predictions::Confusion(found) => {
            let part = one_part(found);
            super::confusion::matrices(&part, page.plot, theme)
        }
        Predictions::Scatter(pairs) => page.scatter(pairs),
    });
    items
}

/// Lays out a panel: two lines of text above the plot.
fn compact_page<'a>(area: Area, predictions: &Predictions, theme: &'a Theme) -> Page<'a> {
    let [[left, top], [right, bottom]] = match predictions {
        Predictions::Confusion(_) => [[8.0, 34.0], [8.0, 4.0]],
        _ => MARGINS,
    };
    let min = [area.min[0] + left, area.min[1] + top];
    let mut max = [
        (area.max[0] - right).max(min[0] + 8.0),
        (area.max[1] - bottom).max(min[1] + 8.0),
    ];
    let square = matches!(
        predictions,
        Predictions::Regions(_) | Predictions::Scatter(_)
    );
    if square {
        let side = (max[0] - min[0]).min(max[1] - min[1]);
        max = [min[0] + side, min[1] + side];
    }
    Page {
        plot: Area::new(min, max),
        text_corner: area.min,
        text_width: area.width(),
        axes: ["", ""],
        max_samples: SAMPLES,
        theme,
    }
}

/// Returns the matrix of the test data alone, or of the training data if there are no test data.
fn one_part(found: &ConfusionMatrix) -> ConfusionMatrix {
    let [train, test] = &found.counts;
    let has_test = test.iter().any(|count| *count > 0);
    let counts = if has_test {
        [Vec::new(), test.clone()]
    } else {
        [train.clone(), Vec::new()]
    };
    ConfusionMatrix {
        counts,
        names: found.names.clone(),
    }
}

/// Draws the picture of all visible runs; of a landscape, which has no predictions, an empty page.
pub fn picture(runs: &Runs, options: &Options) -> Drawing {
    const SIDE: usize = 128;
    let ([width, height], theme, scene) = (options.size, options.theme, &runs.scene);
    let last = scene.training.steps;
    let step = options.step.unwrap_or(last).min(last);
    let row = runs.row(step);
    let mut items = page(options.size, theme);
    let title = format!("Predictions   {}", scene.title());
    items.push(Item::title(title, [18.0, 20.0], theme.ink));
    let bottom = height - 14.0;
    let words = caption(scene, step);
    items.push(Item::caption(words, [18.0, bottom], theme.ink));
    let names = scene.run_names();
    if let Some(trained) = &runs.trained {
        let visible = (0..trained.runs.len()).filter(|index| scene.runs[*index].shown);
        let visible: Vec<usize> = visible.collect();
        let compute = |index: &usize| {
            let run = &trained.runs[*index];
            let theta = run.theta(row.min(run.rows.len().checked_sub(1)?))?;
            let found = Predictions::compute(&trained.task, theta, SIDE, &Cancel::default())?;
            let shading = shading(&found, theme);
            Some((*index, found, shading))
        };
        let found: Vec<_> = visible.par_iter().filter_map(compute).collect();
        let all = found
            .iter()
            .map(|(index, predictions, shading)| RunPredictions {
                predictions,
                shading,
                label: run_label(runs, *index, row, &names[*index]),
            });
        let space = Area::new([10.0, 38.0], [width - 10.0, (bottom - 14.0).max(90.0)]);
        items.extend(draw_all(&all.collect::<Vec<_>>(), space, theme));
    }
    Drawing {
        size: options.size,
        items,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::files::NoFiles;
    use crate::engine::scene::{NetworkScene, Scene};
    use crate::figure::drawing::{texts, words};
    use crate::session::compute_all_runs;
    use std::sync::Arc;

    fn runs(data: &str, loss: &str, ticked: &[bool]) -> Runs {
        let mut scene = Scene::opening();
        scene.runs.clear();
        scene.choose_network(NetworkScene {
            model: format!("mlp:hidden=3,loss={loss}").parse().unwrap(),
            data: data.parse().unwrap(),
            plane: "filter".parse().unwrap(),
            ..NetworkScene::default()
        });
        for (index, shown) in ticked.iter().enumerate() {
            scene.add_run(format!("adam:lr=0.0{}", index + 1).parse().unwrap());
            scene.runs[index].shown = *shown;
        }
        scene.training.steps = 20;
        let problem = Arc::new(scene.load(&NoFiles).unwrap());
        compute_all_runs(&scene, &problem, None).unwrap()
    }

    fn drawn(runs: &Runs) -> Drawing {
        let options = Options {
            size: [900.0, 600.0],
            step: None,
            theme: &Theme::LIGHT,
            followed: None,
            legend: true,
            turning: false,
        };
        picture(runs, &options)
    }

    #[test]
    fn every_ticked_run_has_a_panel_whatever_the_data() {
        for (data, loss, text) in [
            ("moons:samples=24", "bce", "Decision boundary of each run"),
            ("sine:samples=20", "mse", "Fitted curve of each run"),
            ("iris", "ce", "Confusion matrix of each run"),
            (
                "xor:samples=20",
                "mse",
                "Predictions against true values of each run",
            ),
        ] {
            let drawing = drawn(&runs(data, loss, &[true, false, true, true]));
            let words = words(&drawing.items);
            let count = |name: &str| words.iter().filter(|text| text.contains(name)).count();
            assert_eq!(count("Adam"), 3, "{data}: {words:?}");
            assert_eq!(count(text), 1, "{data}: {words:?}");
            for text in texts(&drawing.items) {
                let [x, y] = text.at;
                assert!(
                    (0.0..=900.0).contains(&x) && (0.0..=600.0).contains(&y),
                    "{text:?}"
                );
            }
        }
        assert!(!words(&drawn(&runs("iris", "ce", &[false])).items).contains(&"test".to_owned()));
    }

    #[test]
    fn panels_of_fitted_curves_have_one_scale() {
        let drawing = drawn(&runs("sine:samples=20", "mse", &[true; 3]));
        let words = words(&drawing.items);
        // Every tick label of the y axes occurs once in each panel.
        let ticks = words.iter().filter(|text| *text == "0");
        assert_eq!(ticks.count() % 3, 0, "{words:?}");
    }

    #[test]
    fn cells_fill_the_space_without_overlapping() {
        for count in [1, 2, 5, 12, 40] {
            let cells = cells(count, Area::new([5.0, 10.0], [900.0, 500.0]));
            assert_eq!(cells.len(), count);
            for (index, cell) in cells.iter().enumerate() {
                assert!(cell.min[0] >= 5.0 && cell.max[0] <= 900.1 && cell.max[1] <= 500.1);
                for other in &cells[..index] {
                    let apart = (0..2).any(|axis| {
                        cell.min[axis] >= other.max[axis] - 0.1
                            || cell.max[axis] <= other.min[axis] + 0.1
                    });
                    assert!(apart, "{count}");
                }
            }
        }
    }
}
