//! What the plane of a network does not show: true losses beside those on the plane, and how far off it the runs are.

use super::drawing::{Area, Drawing, Item, Point};
use super::metric_chart::{XAxis, projection_error_charts};
use super::network::{percent, plane_text};
use super::{Options, axis::number, caption, legend_line, page, shortened, style_index};
use crate::engine::results::Runs;

/// What is known of a run at a row, in words: its true loss, that of its projection, how far off the plane it is, and that as a share of its
/// way from the start, which is empty at the start.
pub fn row_texts(runs: &Runs, run: usize, row: usize) -> Option<[String; 4]> {
    let trained = runs.trained.as_ref()?.runs.get(run)?;
    let row = row.min(trained.rows.len().checked_sub(1)?);
    let (shadow, distance) = (trained.projections.get(row)?, *trained.distances.get(row)?);
    let share = shadow.residual / distance;
    let of_way = if share.is_finite() {
        format!("{} of its way", percent(share))
    } else {
        String::new()
    };
    Some([
        format!("loss {}", number(trained.rows[row].loss, 4)),
        format!("on the plane {}", number(shadow.loss, 4)),
        format!("off it by {}", number(shadow.residual, 3)),
        of_way,
    ])
}

/// The picture of what the plane does not show; of a landscape, whose plane shows everything, an empty page.
pub fn picture(runs: &Runs, options: &Options) -> Drawing {
    let ([width, height], theme) = (options.size, options.theme);
    let scene = &runs.scene;
    let step = options.step.unwrap_or(scene.training.steps);
    let row = runs.row(step.min(scene.training.steps));
    let mut items = page(options.size, theme);
    let Some(trained) = &runs.trained else {
        return Drawing {
            size: options.size,
            items,
        };
    };
    let write = |text: String, at: Point, size: f32| Item::label(text, at, size, theme.ink);
    let title = format!("Off the plane   {}", scene.title());
    items.push(write(title, [18.0, 20.0], 15.0));
    items.push(write(plane_text(trained), [18.0, 42.0], 12.0));
    items.push(write(caption(scene, step), [18.0, height - 14.0], 11.0));
    let legend = (width * 0.26).clamp(150.0, 250.0);
    let space = Area::new([12.0, 56.0], [width - legend - 16.0, height - 30.0]);
    let across = XAxis {
        runs,
        by_cost: false,
        row,
    };
    for (quantity, area) in projection_error_charts(runs).iter().zip(shares(space)) {
        items.extend(quantity.draw(area, &across, theme));
    }
    let mut at = [width - legend, 76.0];
    let names = scene.run_names();
    for ((index, run), name) in scene.runs.iter().enumerate().zip(&names) {
        let room = at[1] + 60.0 < height - 30.0;
        if let (true, true, Some(lines)) = (run.shown, room, row_texts(runs, index, row)) {
            items.extend(legend_line(at, style_index(run.colour), theme));
            items.push(write(shortened(name, 24), [at[0] + 40.0, at[1]], 13.0));
            for line in lines.into_iter().filter(|line| !line.is_empty()) {
                at[1] += 15.0;
                items.push(write(line, [at[0] + 40.0, at[1]], 11.0));
            }
            at[1] += 24.0;
        }
    }
    Drawing {
        size: options.size,
        items,
    }
}

/// The places of the three charts below each other: the losses have the most room.
pub fn shares(area: Area) -> [Area; 3] {
    let [top, height] = [area.min[1], area.height()];
    [[0.0, 0.46], [0.46, 0.73], [0.73, 1.0]].map(|[from, to]| {
        Area::new(
            [area.min[0], top + from * height],
            [area.max[0], top + to * height],
        )
    })
}
