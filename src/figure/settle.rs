//! The last pass over a drawing's texts: none is cut, none covers another one.

use super::drawing::{Anchor, Area, Drawing, Item, Text};
use super::text_width::{area, fitted, width};

/// Overlaps of letters below this many points are not seen.
const TOLERANCE: f32 = 0.75;

/// Removes or shortens texts that leave their space or cover an earlier text; returns what was removed.
///
/// A text that is too long ends in an ellipsis. A centered one, or one that ends at its anchor, is moved into its space if it is only a
/// little outside.
pub fn settle(items: &mut Vec<Item>, space: Area) -> Vec<String> {
    let (mut taken, mut removed) = (Vec::new(), Vec::new());
    settle_within(items, space, &mut taken, &mut removed);
    removed
}

fn settle_within(
    items: &mut Vec<Item>,
    space: Area,
    taken: &mut Vec<Area>,
    removed: &mut Vec<String>,
) {
    items.retain_mut(|item| match item {
        Item::Text(text) => {
            let whole = text.text.clone();
            fit(text, &space);
            let area = area(text);
            let fits = is_within(&area, &space) && !taken.iter().any(|other| overlap(other, &area));
            if text.text.is_empty() || !fits {
                if !whole.is_empty() {
                    removed.push(whole);
                }
                return false;
            }
            taken.push(area);
            true
        }
        Item::Clipped { area, items } => {
            let space = intersection(area, &space);
            settle_within(items, space, taken, removed);
            true
        }
        Item::Path { .. } | Item::Image { .. } => true,
    });
}

/// Moves a text into a space, or shortens it.
fn fit(text: &mut Text, space: &Area) {
    let axis = usize::from(text.upright);
    let covered = area(text);
    let before = space.min[axis] - covered.min[axis];
    let after = covered.max[axis] - space.max[axis];
    if before <= 0.0 && after <= 0.0 {
        return;
    }
    let length = width(&text.text, text.size);
    let room = space.max[axis] - space.min[axis];
    let nearly = 0.5 * length;
    match text.anchor {
        // It fits if it is moved.
        Anchor::Middle | Anchor::End if length <= room && before.max(after) <= nearly => {
            text.at[axis] += if before > 0.0 { before } else { -after };
        }
        Anchor::Start if !text.upright => {
            text.text = fitted(&text.text, text.size, space.max[0] - text.at[0]);
        }
        _ if length > room => {
            text.text = fitted(&text.text, text.size, room);
            text.at[axis] = match text.anchor {
                Anchor::Start => space.min[axis],
                Anchor::Middle => 0.5 * (space.min[axis] + space.max[axis]),
                Anchor::End => space.max[axis],
            };
        }
        _ => {}
    }
}

/// Describes each text of a drawing that is cut or that covers another one; nothing for a drawing as it should be.
pub fn overlaps(drawing: &Drawing) -> Vec<String> {
    let mut found = Vec::new();
    let page = Area::new([0.0; 2], drawing.size);
    let mut texts = Vec::new();
    collect(&drawing.items, page, &mut texts);
    for (index, (text, space)) in texts.iter().enumerate() {
        let own = area(text);
        if !is_within(&own, space) {
            found.push(format!("`{}` at {:?} is cut", text.text, text.at));
        }
        for (other, _) in &texts[..index] {
            if overlap(&area(other), &own) {
                found.push(format!(
                    "`{}` covers `{}` at {:?}",
                    text.text, other.text, text.at
                ));
            }
        }
    }
    found
}

fn collect<'a>(items: &'a [Item], space: Area, texts: &mut Vec<(&'a Text, Area)>) {
    for item in items {
        match item {
            Item::Text(text) if !text.text.is_empty() => texts.push((text, space)),
            Item::Clipped { area, items } => collect(items, intersection(area, &space), texts),
            _ => {}
        }
    }
}

fn intersection(a: &Area, b: &Area) -> Area {
    let at = |axis: usize| [a.min[axis].max(b.min[axis]), a.max[axis].min(b.max[axis])];
    let [x, y] = [at(0), at(1)];
    Area::new([x[0], y[0]], [x[1], y[1]])
}

fn is_within(area: &Area, space: &Area) -> bool {
    (0..2).all(|axis| {
        area.min[axis] >= space.min[axis] - TOLERANCE
            && area.max[axis] <= space.max[axis] + TOLERANCE
    })
}

fn overlap(a: &Area, b: &Area) -> bool {
    (0..2)
        .all(|axis| a.min[axis] < b.max[axis] - TOLERANCE && b.min[axis] < a.max[axis] - TOLERANCE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::drawing::{Colour, texts};

    fn text(words: &str, at: [f32; 2], anchor: Anchor) -> Item {
        Item::Text(Text::new(words, at, anchor, 10.0, Colour::rgb(0, 0, 0)))
    }

    fn settled(items: Vec<Item>) -> Vec<String> {
        let drawing = Drawing::new([100.0, 50.0], items);
        assert_eq!(overlaps(&drawing), [""; 0]);
        texts(&drawing.items)
            .iter()
            .map(|text| text.text.clone())
            .collect()
    }

    #[test]
    fn a_text_that_covers_an_earlier_one_is_left_out() {
        let [first, second] = [
            text("min 0", [40.0, 20.0], Anchor::End),
            text("7", [40.0, 20.0], Anchor::Middle),
        ];
        assert_eq!(settled(vec![first.clone(), second]), ["min 0"]);
        let apart = text("7", [60.0, 20.0], Anchor::Middle);
        assert_eq!(settled(vec![first, apart]), ["min 0", "7"]);
    }

    #[test]
    fn long_texts_are_shortened_and_ticks_at_the_border_moved() {
        let long = text(
            "Rosenbrock and many other words",
            [10.0, 20.0],
            Anchor::Start,
        );
        let found = settled(vec![long]);
        assert!(found[0].starts_with("Rosen") && found[0].ends_with('…'));
        let tick = text("1.25", [97.0, 40.0], Anchor::Middle);
        assert_eq!(settled(vec![tick]), ["1.25"]);
        let outside = text("1.25", [200.0, 40.0], Anchor::Middle);
        assert_eq!(settled(vec![outside]), [""; 0]);
    }

    #[test]
    fn texts_in_a_clipped_area_are_checked_against_it() {
        let inside = Item::Clipped {
            area: Area::new([0.0; 2], [30.0, 30.0]),
            items: vec![
                text("wide words", [4.0, 15.0], Anchor::Start),
                text("x", [15.0, 29.0], Anchor::Middle),
            ],
        };
        let bare = Drawing {
            size: [100.0, 50.0],
            items: vec![inside.clone()],
        };
        assert_eq!(overlaps(&bare).len(), 2, "{:?}", overlaps(&bare));
        let found = settled(vec![inside]);
        assert!(found.len() == 1 && found[0].ends_with('…'), "{found:?}");
    }
}
