//! Paths that several runs share: each run stays visible as a band beside the runs drawn over it.

use crate::figure::cells::{Cells, between};
use crate::figure::drawing::{Area, Point};

/// Side of a cell, in points; paths that are at most about this far apart count as one.
const SIDE: f32 = 2.0;

/// Width by which a path is wider for each run that is drawn over it.
const BAND: f32 = 2.4;

/// Maximal number of bands.
const MAX_BANDS: u32 = 4;

/// Shared stretches that are shorter than this are crossings, in points.
const MIN_LENGTH: f32 = 12.0;

/// Maximal length of all paths, in points, for which shared stretches are searched.
const MAX_TOTAL: f32 = 60_000.0;

/// A stretch of a path, with the width that it is drawn wider by because of the runs over it.
pub(super) struct Stretch {
    pub points: Vec<Point>,
    pub extra: f32,
}

/// Cuts the paths of runs, in the order they are drawn, into stretches under equally many other runs.
pub(super) fn stretches(paths: &[&Vec<Vec<Point>>], area: Area) -> Vec<Vec<Stretch>> {
    let plain = |pieces: &&Vec<Vec<Point>>| {
        let whole = |points: &Vec<Point>| Stretch {
            points: points.clone(),
            extra: 0.0,
        };
        pieces.iter().map(whole).collect::<Vec<_>>()
    };
    let total: f32 = paths
        .iter()
        .flat_map(|pieces| pieces.iter())
        .map(|path| length(path))
        .sum();
    if paths.len() < 2 || total > MAX_TOTAL {
        return paths.iter().map(plain).collect();
    }
    let mut cells: Cells<u128> = Cells::new(area, SIDE);
    for (index, pieces) in paths.iter().enumerate() {
        for path in *pieces {
            cells.along(path, |cell| *cell |= bit(index));
        }
    }
    let cut = |(index, pieces): (usize, &&Vec<Vec<Point>>)| {
        let over = !0_u128 << (index + 1).min(127);
        let runs_over = |point: Point| {
            let near = Area::new(point.map(|c| c - 1.0), point.map(|c| c + 1.0));
            let seen = cells.within(&near).fold(0, |all, cell| all | cell);
            (seen & over).count_ones().min(MAX_BANDS)
        };
        pieces
            .iter()
            .flat_map(|path| stretches_of(path, runs_over))
            .collect()
    };
    paths.iter().enumerate().map(cut).collect()
}

fn bit(index: usize) -> u128 {
    1 << index.min(127)
}

fn length(path: &[Point]) -> f32 {
    let lengths = path.windows(2);
    lengths
        .map(|pair| (pair[0][0] - pair[1][0]).hypot(pair[0][1] - pair[1][1]))
        .sum()
}

fn stretches_of(path: &[Point], runs_over: impl Fn(Point) -> u32) -> Vec<Stretch> {
    let mut parts: Vec<(u32, Vec<Point>)> = Vec::new();
    for pair in path.windows(2) {
        for (k, from) in between(pair[0], pair[1], 4.0).enumerate() {
            let count = runs_over(from);
            match parts.last_mut() {
                Some((same, points)) if *same == count => {
                    // Between its ends a segment needs no points.
                    if k == 0 {
                        points.push(from);
                    }
                }
                Some((_, points)) => {
                    points.push(from);
                    parts.push((count, vec![from]));
                }
                None => parts.push((count, vec![from])),
            }
        }
    }
    if let (Some((_, points)), Some(last)) = (parts.last_mut(), path.last()) {
        points.push(*last);
    }
    let mut joined: Vec<(u32, Vec<Point>)> = Vec::new();
    for (count, points) in parts {
        let short = length(&points) < MIN_LENGTH;
        match joined.last_mut() {
            Some((same, before)) if short || *same == count => {
                before.extend(points.into_iter().skip(1));
            }
            _ => joined.push((if short { 0 } else { count }, points)),
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "a few bands")]
    let stretch = |(count, points): (u32, Vec<Point>)| Stretch {
        points,
        extra: BAND * count as f32,
    };
    joined.into_iter().map(stretch).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lower_of_two_runs_on_one_path_is_wider_where_they_share_it() {
        let straight = vec![vec![[0.0, 50.0], [200.0, 50.0]]];
        let bent = vec![vec![[0.0, 50.0], [100.0, 50.0], [180.0, 120.0]]];
        let crossing = vec![vec![[150.0, 0.0], [150.0, 150.0]]];
        let area = Area::new([0.0; 2], [200.0, 200.0]);
        let found = stretches(&[&straight, &bent, &crossing], area);
        let extras: Vec<Vec<f32>> = found
            .iter()
            .map(|stretches| stretches.iter().map(|stretch| stretch.extra).collect())
            .collect();
        assert_eq!(extras, [vec![BAND, 0.0], vec![0.0], vec![0.0]]);
        let [x, _] = *found[0][0].points.last().unwrap();
        assert!((95.0..115.0).contains(&x), "{x}");
        // Nothing of a path is lost.
        for (path, stretches) in [&straight, &bent].into_iter().zip(&found) {
            let total: f32 = stretches
                .iter()
                .map(|stretch| length(&stretch.points))
                .sum();
            assert!((total - length(&path[0])).abs() < 0.1);
        }
    }
}
