//! A guess on the map where a run ends: its mark, and the line to the end of the run with the distance.

use super::axis::number;
use super::colour::Theme;
use super::drawing::{Item, circle};
use super::frame::Frame;
use super::labels::{Importance, Label, Labels};
use super::trail::line;

/// Radius of the mark, in points.
const RADIUS: f32 = 7.0;

/// Returns the distance between two points of the map: along x where there is one parameter.
pub fn distance(dim: usize, from: [f64; 2], to: [f64; 2]) -> f64 {
    let x = (from[0] - to[0]).abs();
    if dim == 1 {
        x
    } else {
        x.hypot(from[1] - to[1])
    }
}

/// Draws a guess as a crossed ring, and a line to the end of the run where that is known; their names are added to `labels`.
pub fn mark(
    dim: usize,
    (at, end): ([f64; 2], Option<[f64; 2]>),
    frame: &Frame,
    labels: &mut Labels,
    theme: &Theme,
) -> Vec<Item> {
    let from = frame.picture_from_world(at);
    let mut items = Vec::new();
    if let Some(end) = end {
        let to = frame.picture_from_world(end);
        let points = vec![from, to];
        items.push(line(points.clone(), 4.0, theme.halo, &[]));
        items.push(line(points, 1.6, theme.ink, &[4.0, 3.0]));
        let middle = [0.5 * (from[0] + to[0]), 0.5 * (from[1] + to[1])];
        let text = number(distance(dim, at, end), 3);
        labels.add(Label::new(Importance::Run, text, middle, 5.0));
    }
    let ring = circle(from, RADIUS, 32);
    items.push(Item::outline(ring.clone(), 4.6, theme.halo));
    items.push(Item::outline(ring, 2.0, theme.ink));
    for [dx, dy] in [[1.0, 0.0], [0.0, 1.0]] {
        let arm = |sign: f32| [from[0] + sign * RADIUS * dx, from[1] + sign * RADIUS * dy];
        items.push(line(vec![arm(-1.0), arm(1.0)], 1.6, theme.ink, &[]));
    }
    labels.block_mark(from, RADIUS);
    labels.add(Label::new(Importance::Run, "your guess", from, RADIUS));
    items
}

#[cfg(test)]
mod tests {
    use super::super::drawing::Area;
    use super::*;
    use crate::engine::objective::plane::Rect;

    #[test]
    fn the_distance_of_one_parameter_is_along_x() {
        assert_eq!(distance(1, [1.0, 100.0], [4.0, 0.0]), 3.0);
        assert_eq!(distance(2, [1.0, 4.0], [4.0, 0.0]), 5.0);
    }

    #[test]
    fn the_end_adds_a_line_and_its_length() {
        let area = Area::new([0.0; 2], [400.0, 300.0]);
        let frame = Frame::of(2, Rect::square(5.0), area);
        let words = |end| {
            let mut labels = Labels::new(area, &Theme::LIGHT);
            let items = mark(2, ([0.0, 0.0], end), &frame, &mut labels, &Theme::LIGHT);
            let texts = super::super::drawing::words(&labels.place());
            (items.len(), texts)
        };
        let (before, texts) = words(None);
        assert_eq!(texts, ["your guess"]);
        let (after, mut texts) = words(Some([3.0, -4.0]));
        texts.sort();
        assert_eq!(
            (after, &texts[..]),
            (before + 2, &["5".to_owned(), "your guess".to_owned()][..])
        );
    }
}
