//! Confusion matrices, of the training data and of the test data.

use crate::engine::analysis::predictions::ConfusionMatrix;
use crate::engine::numeric::real;
use crate::figure::colour::{Theme, class_colour, mixed};
use crate::figure::drawing::{Anchor, Area, Item, Point, Text};
use crate::figure::shortened;
use crate::figure::trail::border;

/// The class whose colour a right answer has, and that of a wrong one.
const RIGHT: usize = 0;
const WRONG: usize = 5;

/// Both matrices, beside or below each other as there is room. The darker a cell, the larger the share of its row.
pub(super) fn matrices(found: &ConfusionMatrix, area: Area, theme: &Theme) -> Vec<Item> {
    let parts: Vec<(&str, &[usize])> = ["training", "test"]
        .into_iter()
        .zip(&found.counts)
        .filter(|(_, counts)| counts.iter().any(|count| *count > 0))
        .map(|(part, counts)| (part, &counts[..]))
        .collect();
    let beside = area.width() > area.height();
    let share = 1.0 / along(parts.len().max(1));
    let size = if beside {
        [area.width() * share, area.height()]
    } else {
        [area.width(), area.height() * share]
    };
    let mut items = Vec::new();
    let mut corner = area.min;
    for (part, counts) in parts {
        let own = Area::new(corner, [corner[0] + size[0], corner[1] + size[1]]);
        items.extend(matrix(part, counts, &found.names, own, theme));
        let axis = usize::from(!beside);
        corner[axis] += size[axis];
    }
    items
}

fn matrix(part: &str, counts: &[usize], names: &[String], area: Area, theme: &Theme) -> Vec<Item> {
    let classes = names.len().max(1);
    let longest = names.iter().map(|name| name.chars().count()).max();
    let (across, letters) = (along(classes), along(longest.unwrap_or(1).min(10)));
    let corner = [area.min[0] + 8.0 + 6.0 * letters, area.min[1] + 34.0];
    let side = (area.max[0] - corner[0] - 8.0).min(area.max[1] - corner[1] - 6.0);
    let cell = (side / across).max(1.0);
    let text = |text: String, at: Point, anchor, size, colour| {
        Item::Text(Text {
            text,
            at,
            anchor,
            size,
            colour,
            halo: None,
            upright: false,
        })
    };
    let title = [corner[0], area.min[1] + 8.0];
    let mut items = vec![text(part.to_owned(), title, Anchor::Start, 11.0, theme.ink)];
    let letters_in = |width: f32| {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a number of characters"
        )]
        let letters = (width / 5.4).clamp(1.0, 12.0) as usize;
        letters
    };
    // Every name where there is room for it, else every second, and so on.
    let every = (1..=classes).find(|every| cell * along(*every) >= 11.0);
    let mut row_top = corner[1];
    for (own, row) in counts.chunks_exact(classes).enumerate() {
        let all = row.iter().sum::<usize>().max(1);
        let mut left = corner[0];
        for (said, count) in row.iter().enumerate() {
            let share = real(*count) / real(all);
            let hue = class_colour(if own == said { RIGHT } else { WRONG });
            // Few errors are seen too.
            let strength = if *count > 0 { 0.1 + 0.8 * share } else { 0.0 };
            let right_bottom = [left + cell, row_top + cell];
            items.push(Item::Path {
                points: vec![
                    [left, row_top],
                    [right_bottom[0], row_top],
                    right_bottom,
                    [left, right_bottom[1]],
                ],
                closed: true,
                stroke: None,
                fill: Some(mixed(theme.background, hue, strength)),
            });
            if cell >= 12.0 && *count > 0 {
                let digits = count.to_string();
                let size = (cell / 2.0)
                    .min(1.7 * cell / along(digits.len()))
                    .clamp(6.0, 11.0);
                let dark = strength > 0.5 && !theme.dark;
                let colour = if dark { theme.background } else { theme.ink };
                let middle = [left + 0.5 * cell, row_top + 0.5 * cell];
                items.push(text(digits, middle, Anchor::Middle, size, colour));
            }
            left = right_bottom[0];
        }
        if let (Some(name), true) = (names.get(own), own % every.unwrap_or(1) == 0) {
            let at = [corner[0] - 5.0, row_top + 0.5 * cell];
            let name_of_row = shortened(name, 10);
            items.push(text(name_of_row, at, Anchor::End, 10.0, theme.ink));
            let x = corner[0] + (along(own) + 0.5) * cell;
            let name = shortened(name, letters_in(cell));
            items.push(text(
                name,
                [x, corner[1] - 9.0],
                Anchor::Middle,
                10.0,
                theme.ink,
            ));
        }
        row_top += cell;
    }
    let end = [corner[0] + cell * across, corner[1] + cell * across];
    items.push(border(Area::new(corner, end), 0.8, theme.ink));
    items
}

/// A number of classes or letters along the picture.
fn along(count: usize) -> f32 {
    #[expect(clippy::cast_precision_loss, reason = "a few classes or letters")]
    let along = count as f32;
    along
}
