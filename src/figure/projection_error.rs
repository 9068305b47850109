//! Projection error of a network's plane: true losses compared with those on the plane, and the distance of runs from it.

use super::drawing::{Area, Drawing, Item, Point};
use super::metric_chart::{XAxis, projection_error_charts};
use super::network::{percent, plane_text};
use super::panels::rows_of_runs;
use super::text_width::{self, fitted};
use super::{NARROW, Options, axis::number, caption, legend_line, page, style_index};
use crate::engine::results::Runs;

/// Describes a run at a row in four texts: its true loss, the loss of its projection, its distance from the plane, and the latter as a share
/// of the distance from the start, which is empty at the start.
pub fn row_texts(runs: &Runs, run: usize, row: usize) -> Option<[String; 4]> {
    let trained = runs.trained.as_ref()?.runs.get(run)?;
    let row = row.min(trained.rows.len().checked_sub(1)?);
    let (projection, distance) = (trained.projections.get(row)?, *trained.distances.get(row)?);
    let share = projection.residual / distance;
    let relative = if share.is_finite() {
        format!("{} of the distance moved", percent(share))
    } else {
        String::new()
    };
    Some([
        format!("loss {}", number(trained.rows[row].loss, 4)),
        format!("projected loss {}", number(projection.loss, 4)),
        format!("projection error {}", number(projection.residual, 3)),
        relative,
    ])
}

/// Draws the picture of the projection error; of a landscape, whose plane shows everything, an empty page.
pub fn picture(runs: &Runs, options: &Options) -> Drawing {
    let ([width, height], theme) = (options.size, options.theme);
    let scene = &runs.scene;
    let step = options.step.unwrap_or(scene.training.steps);
    let row = runs.row(step.min(scene.training.steps));
    let mut items = page(options.size, theme);
    let Some(trained) = &runs.trained else {
        return Drawing::new(options.size, items);
    };
    let write = |text: String, at: Point, size: f32| Item::label(text, at, size, theme.ink);
    let title = format!("Projection error   {}", scene.title());
    items.push(Item::title(title, [18.0, 20.0], theme.ink));
    items.push(write(plane_text(trained), [18.0, 42.0], 12.0));
    let words = caption(scene, step);
    items.push(Item::caption(words, [18.0, height - 14.0], theme.ink));
    // On a narrow page the charts have the place of the legend, which is below with the runs' names only.
    let is_narrow = width < NARROW;
    let legend = if is_narrow || !options.legend {
        0.0
    } else {
        let texts = (0..scene.runs.len()).filter_map(|run| row_texts(runs, run, row));
        let widths = texts.flatten().map(|text| text_width::width(&text, 11.0));
        (widths.fold(0.0, f32::max) + 48.0).clamp(150.0, 0.4 * width)
    };
    let mut space = Area::new([12.0, 56.0], [width - legend - 16.0, height - 30.0]);
    if is_narrow && options.legend {
        let (rows, height) = rows_of_runs(runs, row, space, theme);
        items.extend(rows);
        space.max[1] -= height;
    }
    let x_axis = XAxis {
        runs,
        by_cost: false,
        row,
    };
    for (chart, area) in projection_error_charts(runs).iter().zip(chart_areas(space)) {
        items.extend(chart.draw(area, &x_axis, theme));
    }
    let mut at = [width - legend, 76.0];
    let names = scene.run_names();
    for ((index, run), name) in scene.runs.iter().enumerate().zip(&names) {
        let fits = legend > 0.0 && at[1] + 60.0 < height - 30.0;
        if let (true, true, Some(lines)) = (run.shown, fits, row_texts(runs, index, row)) {
            items.extend(legend_line(at, style_index(run.colour), theme));
            items.push(write(
                fitted(name, 13.0, width - at[0] - 44.0),
                [at[0] + 40.0, at[1]],
                13.0,
            ));
            for line in lines.into_iter().filter(|line| !line.is_empty()) {
                at[1] += 15.0;
                items.push(write(line, [at[0] + 40.0, at[1]], 11.0));
            }
            at[1] += 24.0;
        }
    }
    Drawing::new(options.size, items)
}

/// Returns the areas of the three charts, one below the other; that of the losses is the largest.
pub fn chart_areas(area: Area) -> [Area; 3] {
    let [top, height] = [area.min[1], area.height()];
    [[0.0, 0.46], [0.46, 0.73], [0.73, 1.0]].map(|[from, to]| {
        Area::new(
            [area.min[0], top + from * height],
            [area.max[0], top + to * height],
        )
    })
}
