//! The part of a film's frames that never changes is rendered once: a map's film takes a third of the time of its single pictures.

use crate::figure::drawing::{Area, Drawing, Item};
use crate::figure::png::Painted;
use crate::figure::text_width;

/// Items that all frames have, and their pixels.
pub(super) struct Layers {
    still: Vec<Item>,
    painted: Painted,
    pixels: [u32; 2],
}

impl Layers {
    /// Finds the items that some frames have in common, if nothing that differs lies below them, and renders them.
    pub(super) fn of(samples: &[Drawing], pixels: [u32; 2]) -> Result<Self, String> {
        let Some((first, others)) = samples.split_first() else {
            return Err("a film without frames".to_owned());
        };
        let size = first.size;
        let mut still: Vec<Item> = first.items.clone();
        for other in others {
            still = common(&still, &other.items);
        }
        // An item that covers a changing one in any of the samples is drawn with it.
        for sample in samples {
            let covered = covered(&still, sample, pixels);
            let kept = still.into_iter().zip(covered);
            still = kept
                .filter_map(|(item, is)| (!is).then_some(item))
                .collect();
        }
        let items = still.clone();
        let painted = Painted::new(&Drawing { size, items }, pixels)?;
        Ok(Self {
            still,
            painted,
            pixels,
        })
    }

    /// Renders a frame: its own items over the common ones, or, where that would give other pixels, all of them anew.
    pub(super) fn paint(&self, drawing: Drawing) -> Result<Painted, String> {
        let matched = matched(&self.still, &drawing.items);
        let is_whole = matched.iter().filter(|is| **is).count() == self.still.len();
        if !is_whole || covered(&self.still, &drawing, self.pixels).contains(&true) {
            return Painted::new(&drawing, self.pixels);
        }
        let items = drawing.items.into_iter().zip(matched);
        let items = items
            .filter_map(|(item, is)| (!is).then_some(item))
            .collect();
        let size = drawing.size;
        self.painted.clone().with(&Drawing { size, items })
    }
}

/// Returns the items of `one` that `other` has too, in the same order.
fn common(one: &[Item], other: &[Item]) -> Vec<Item> {
    let mut from = 0;
    let is_common = |item: &&Item| {
        let found = other[from..].iter().position(|own| own == *item);
        from += found.map_or(0, |at| at + 1);
        found.is_some()
    };
    one.iter().filter(is_common).cloned().collect()
}

/// Returns for each of some items whether it is one of the `still` ones, in their order.
fn matched(still: &[Item], items: &[Item]) -> Vec<bool> {
    let mut left = still.iter().peekable();
    let matches = items
        .iter()
        .map(|item| left.next_if(|own| *own == item).is_some());
    matches.collect()
}

/// Returns for each of the `still` items whether it lies over another item of a drawing.
fn covered(still: &[Item], drawing: &Drawing, pixels: [u32; 2]) -> Vec<bool> {
    // Two pixels, for soft edges.
    #[expect(clippy::cast_precision_loss, reason = "at most MAX_PIXELS")]
    let pixels = pixels.map(|side| side as f32);
    let [x, y] = [0, 1].map(|i| drawing.size[i] / pixels[i]);
    let margin = 2.0 * x.max(y);
    let mut below: Vec<Area> = Vec::new();
    let mut covered = Vec::new();
    for (item, is_still) in drawing.items.iter().zip(matched(still, &drawing.items)) {
        let area = extent(item, margin);
        let is_covering = below.iter().any(|other| overlap(other, &area));
        if !is_still || is_covering {
            below.push(area);
        }
        if is_still {
            covered.push(is_covering);
        }
    }
    covered
}

fn overlap(one: &Area, other: &Area) -> bool {
    // Written so that an extent that is not a number overlaps everything.
    let is_apart = |i: usize| one.max[i] < other.min[i] || other.max[i] < one.min[i];
    !(is_apart(0) || is_apart(1))
}

/// Returns the area outside of which an item changes no pixel.
fn extent(item: &Item, margin: f32) -> Area {
    let (area, more) = match item {
        Item::Path { points, stroke, .. } => {
            let width = stroke.as_ref().map_or(0.0, |stroke| stroke.width);
            let mut area = Area {
                min: [f32::INFINITY; 2],
                max: [f32::NEG_INFINITY; 2],
            };
            for [x, y] in points {
                area.min = [area.min[0].min(*x), area.min[1].min(*y)];
                area.max = [area.max[0].max(*x), area.max[1].max(*y)];
            }
            (area, width)
        }
        // Halos, and letters that are wider than their advance.
        Item::Text(text) => (text_width::area(text), 0.5 * text.size + 2.0),
        Item::Image { area, .. } | Item::Clipped { area, .. } => (*area, 0.0),
    };
    let more = more + margin;
    Area {
        min: area.min.map(|side| side - more),
        max: area.max.map(|side| side + more),
    }
}
