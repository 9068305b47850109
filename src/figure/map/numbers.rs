//! The numbers of contour lines.

use super::lines::all_points;
use crate::engine::results::MapData;
use crate::engine::scene::MapStyle;
use crate::figure::drawing::Point;
use crate::figure::frame::Frame;
use crate::figure::labels::{Importance, Label, Labels, Positions};

/// Length of a contour line below which it has no number, in points.
const MIN_NUMBERED: f32 = 60.0;

/// Adds the numbers of contour lines to the labels, evenly over the levels; each is on its own line. Labels avoid a graph.
pub fn number_lines(map_data: &MapData, style: &MapStyle, frame: &Frame, labels: &mut Labels) {
    for piece in map_data.graph.iter().flatten() {
        let points = piece.iter().map(|&point| frame.picture_from_world(point));
        labels.avoid(&points.collect::<Vec<Point>>());
    }
    if !style.lines || !style.labels {
        return;
    }
    let mut levels: Vec<f64> = map_data.lines.iter().map(|line| line.level).collect();
    levels.sort_by(f64::total_cmp);
    levels.dedup();
    let index = |level: f64| levels.iter().position(|other| *other == level);
    let mut numbered: Vec<Vec<(f32, Vec<Point>)>> = vec![Vec::new(); levels.len()];
    for contour in &map_data.lines {
        let points = all_points(contour, frame);
        let Some(level) = index(contour.level) else {
            continue;
        };
        labels.add_contour(&points, level_number(level));
        let pairs = points.windows(2);
        let length: f32 = pairs
            .map(|pair| (pair[0][0] - pair[1][0]).hypot(pair[0][1] - pair[1][1]))
            .sum();
        if length >= MIN_NUMBERED {
            numbered[level].push((length, points));
        }
    }
    for level in evenly(levels.len()) {
        let mut lines = std::mem::take(&mut numbered[level]);
        lines.sort_by(|a, b| b.0.total_cmp(&a.0));
        let points = lines.iter().take(4).flat_map(|(_, points)| {
            let step = (points.len() / 32).max(1);
            points.iter().step_by(step).copied()
        });
        let points: Vec<Point> = points.collect();
        if let Some(first) = points.first().copied() {
            let text = map_data.levels.label(levels[level]);
            labels.add(Label {
                positions: Positions::On(points, level_number(level)),
                ..Label::new(Importance::Contour, text, first, 0.0)
            });
        }
    }
}

/// Returns the number of a level for [`Positions::On`].
fn level_number(level: usize) -> u16 {
    u16::try_from(level).unwrap_or(u16::MAX - 2)
}

/// Returns all indices below `count`: first ten that are spread evenly, then the others.
fn evenly(count: usize) -> Vec<usize> {
    const FIRST: usize = 10;
    let mut order: Vec<usize> = if count <= FIRST {
        Vec::new()
    } else {
        (0..FIRST).map(|k| k * (count - 1) / (FIRST - 1)).collect()
    };
    let others = (0..count).filter(|index| !order.contains(index));
    let others: Vec<usize> = others.collect();
    order.extend(others);
    order
}
