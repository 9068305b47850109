//! The legend of a picture: the visible runs with their losses.

use super::colour::Theme;
use super::drawing::{Area, Item};
use super::{legend_line, max_chars, shortened, status_text, style_index};
use crate::engine::results::Runs;

/// Draws the line, the name and the state of each visible run, as many as fit into a space; returns the items and the y of the next run.
pub(super) fn of_runs(
    runs: &Runs,
    names: &[String],
    row: usize,
    space: Area,
    theme: &Theme,
) -> (Vec<Item>, f32) {
    const NAME_OFFSET: f32 = 40.0;
    let mut items = Vec::new();
    let [left, mut y] = space.min;
    let x = left + NAME_OFFSET;
    let width = space.max[0] - x - 4.0;
    // Characters are about 7.4 points wide, those of the state 5.4.
    let [max_name_chars, max_status_chars] =
        [max_chars(width, 7.4, 6, 30), max_chars(width, 5.4, 6, 90)];
    let visible = (0..runs.results.len()).filter(|index| runs.scene.runs[*index].shown);
    for index in visible {
        if y > space.max[1] {
            break;
        }
        let colour = style_index(runs.scene.runs[index].colour);
        items.extend(legend_line([left, y], colour, theme));
        let name = shortened(&names[index], max_name_chars);
        items.push(Item::label(name, [x, y], 13.0, theme.ink));
        let status = shortened(&status_text(runs, index, row), max_status_chars);
        items.push(Item::label(status, [x, y + 15.0], 11.0, theme.ink));
        y += 36.0;
    }
    (items, y)
}
