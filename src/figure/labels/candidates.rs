//! The positions that a label may take, with what each costs.

use super::{Label, Positions};
use crate::figure::drawing::{Area, Point};

/// Gaps between a mark and its label, near ones first.
const GAPS: [f32; 5] = [3.0, 12.0, 26.0, 46.0, 80.0];

/// Returns centers of a label of half a size in an area, with their costs.
pub(super) fn candidates(label: &Label, half: [f32; 2], area: &Area) -> Vec<(Point, f32)> {
    match &label.positions {
        Positions::Around => around(label, half),
        Positions::Beside => beside(label, half, area),
        Positions::Toward(direction) => toward(label, half, *direction),
        Positions::On(points, _) => points.iter().map(|point| (*point, 0.0)).collect(),
        Positions::Any(points) => points.clone(),
        Positions::Corner => corners(half, area),
    }
}

fn around(label: &Label, half: [f32; 2]) -> Vec<(Point, f32)> {
    const DIRECTIONS: [[f32; 2]; 8] = [
        [0.0, 1.0],
        [0.0, -1.0],
        [1.0, 0.0],
        [-1.0, 0.0],
        [1.0, 1.0],
        [-1.0, 1.0],
        [1.0, -1.0],
        [-1.0, -1.0],
    ];
    let mut found = Vec::new();
    for (far, gap) in (0_u8..).zip(GAPS) {
        for (turn, direction) in (0_u8..).zip(DIRECTIONS) {
            // On a diagonal the label's corner is nearest.
            let is_diagonal = direction[0] != 0.0 && direction[1] != 0.0;
            let gap = (label.reach + gap) * if is_diagonal { 0.71 } else { 1.0 };
            let at = [0, 1].map(|axis| label.at[axis] + direction[axis] * (gap + half[axis]));
            found.push((at, 4.0 * f32::from(far) + 0.4 * f32::from(turn)));
        }
    }
    found
}

fn beside(label: &Label, half: [f32; 2], area: &Area) -> Vec<(Point, f32)> {
    const ROWS: u8 = 9;
    let step = 2.0 * half[1] + 3.1;
    let mut found = Vec::new();
    for (far, gap) in (0_u8..).zip([4.0, 24.0, 60.0]) {
        let dx = label.reach + gap + half[0];
        for row in 0..ROWS {
            for (turn, [side, up]) in
                (0_u8..).zip([[1.0, 1.0], [-1.0, 1.0], [1.0, -1.0], [-1.0, -1.0]])
            {
                let dy = f32::from(row) * step * up;
                let cost = 5.0 * f32::from(far) + 2.5 * f32::from(row) + 0.5 * f32::from(turn);
                // A mark at the border has its label inside.
                let inside = |y: f32| {
                    let [low, high] = [area.min[1], area.max[1]].map(|end| end.clamp(-1e6, 1e6));
                    y.max(low + half[1] + 2.0).min(high - half[1] - 2.0)
                };
                found.push(([label.at[0] + side * dx, inside(label.at[1] + dy)], cost));
            }
        }
    }
    found
}

fn toward(label: &Label, half: [f32; 2], [dx, dy]: [f32; 2]) -> Vec<(Point, f32)> {
    const TURNS: [f32; 8] = [0.0, 0.125, -0.125, 0.25, -0.25, 0.375, -0.375, 0.5];
    let mut found = Vec::new();
    for (far, gap) in (0_u8..).zip([4.0, 16.0]) {
        for (rank, turn) in (0_u8..).zip(TURNS) {
            let (sin, cos) = (turn * std::f32::consts::TAU).sin_cos();
            let [ux, uy] = [dx * cos - dy * sin, dx * sin + dy * cos];
            let reach = label.reach + gap + (ux * half[0]).abs() + (uy * half[1]).abs();
            let at = [label.at[0] + ux * reach, label.at[1] + uy * reach];
            found.push((at, 20.0 * f32::from(far) + 2.0 * f32::from(rank)));
        }
    }
    found
}

fn corners(half: [f32; 2], area: &Area) -> Vec<(Point, f32)> {
    const MARGIN: f32 = 6.0;
    let [left, top] = [0, 1].map(|axis| area.min[axis] + half[axis] + MARGIN);
    let [right, bottom] = [0, 1].map(|axis| area.max[axis] - half[axis] - MARGIN);
    let all = [[left, bottom], [left, top], [right, bottom], [right, top]];
    (0_u8..)
        .zip(all)
        .map(|(rank, at)| (at, 0.3 * f32::from(rank)))
        .collect()
}
