//! Confusion matrices of the training data and the test data.

use crate::engine::analysis::predictions::ConfusionMatrix;
use crate::engine::numeric::real;
use crate::figure::colour::{Theme, class_colour, mixed};
use crate::figure::drawing::{Anchor, Area, Item, Point, Text};
use crate::figure::text_width::fitted;
use crate::figure::trail::border;

/// Indices of the class colours for correct and wrong predictions.
const CORRECT: usize = 0;
const WRONG: usize = 5;

/// Draws both matrices, side by side or one below the other, whichever gives more space. The stronger a cell's colour, the larger its share of the row.
pub(super) fn matrices(found: &ConfusionMatrix, area: Area, theme: &Theme) -> Vec<Item> {
    let parts: Vec<(&str, &[usize])> = ["training", "test"]
        .into_iter()
        .zip(&found.counts)
        .filter(|(_, counts)| counts.iter().any(|count| *count > 0))
        .map(|(part, counts)| (part, &counts[..]))
        .collect();
    let side_by_side = area.width() > area.height();
    let share = 1.0 / to_f32(parts.len().max(1));
    let size = if side_by_side {
        [area.width() * share, area.height()]
    } else {
        [area.width(), area.height() * share]
    };
    let mut items = Vec::new();
    let mut corner = area.min;
    for (part, counts) in parts {
        let matrix_area = Area::new(corner, [corner[0] + size[0], corner[1] + size[1]]);
        items.extend(matrix(part, counts, &found.names, matrix_area, theme));
        let axis = usize::from(!side_by_side);
        corner[axis] += size[axis];
    }
    items
}

fn matrix(part: &str, counts: &[usize], names: &[String], area: Area, theme: &Theme) -> Vec<Item> {
    let classes = names.len().max(1);
    let longest = names.iter().map(|name| name.chars().count()).max();
    let (columns, name_chars) = (to_f32(classes), to_f32(longest.unwrap_or(1).min(10)));
    let corner = [area.min[0] + 8.0 + 6.0 * name_chars, area.min[1] + 34.0];
    let side = (area.max[0] - corner[0] - 8.0).min(area.max[1] - corner[1] - 6.0);
    let cell = (side / columns).max(1.0);
    let text = |text: String, at: Point, anchor, size, colour| {
        Item::Text(Text::new(text, at, anchor, size, colour))
    };
    let title = [corner[0], area.min[1] + 8.0];
    let mut items = vec![text(part.to_owned(), title, Anchor::Start, 11.0, theme.ink)];
    // Label every class if they fit, else every second, and so on.
    let every = (1..=classes).find(|every| cell * to_f32(*every) >= 11.0);
    let mut row_top = corner[1];
    for (true_class, row) in counts.chunks_exact(classes).enumerate() {
        let total = row.iter().sum::<usize>().max(1);
        let mut left = corner[0];
        for (predicted, count) in row.iter().enumerate() {
            let share = real(*count) / real(total);
            let hue = class_colour(if true_class == predicted {
                CORRECT
            } else {
                WRONG
            });
            // Even a few errors are visible.
            let strength = if *count > 0 { 0.1 + 0.8 * share } else { 0.0 };
            let right_bottom = [left + cell, row_top + cell];
            let area = Area::new([left, row_top], right_bottom);
            let fill = mixed(theme.background, hue, strength);
            items.push(Item::filled(area.corners(), fill));
            if cell >= 12.0 && *count > 0 {
                let digits = count.to_string();
                let size = (cell / 2.0)
                    .min(1.7 * cell / to_f32(digits.len()))
                    .clamp(6.0, 11.0);
                let dark = strength > 0.5 && !theme.dark;
                let colour = if dark { theme.background } else { theme.ink };
                let middle = [left + 0.5 * cell, row_top + 0.5 * cell];
                items.push(text(digits, middle, Anchor::Middle, size, colour));
            }
            left = right_bottom[0];
        }
        if let (Some(name), true) = (names.get(true_class), true_class % every.unwrap_or(1) == 0) {
            let at = [corner[0] - 5.0, row_top + 0.5 * cell];
            let row_name = fitted(name, 10.0, 62.0);
            items.push(text(row_name, at, Anchor::End, 10.0, theme.ink));
            let x = corner[0] + (to_f32(true_class) + 0.5) * cell;
            let column_name = fitted(name, 10.0, cell * to_f32(every.unwrap_or(1)) - 2.0);
            items.push(text(
                column_name,
                [x, corner[1] - 9.0],
                Anchor::Middle,
                10.0,
                theme.ink,
            ));
        }
        row_top += cell;
    }
    let end = [corner[0] + cell * columns, corner[1] + cell * columns];
    items.push(border(Area::new(corner, end), 0.8, theme.ink));
    items
}

/// Converts a small count, of classes or characters.
fn to_f32(count: usize) -> f32 {
    #[expect(clippy::cast_precision_loss, reason = "a few classes or characters")]
    let count = count as f32;
    count
}
