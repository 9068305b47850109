//! Clusters of critical points: one point found from many starts, or a curve of which each start finds another point.

use super::field::SampledField;
use super::newton::{VALLEY_EIGENVALUE_RATIO, flatness, zero_smallest};
use super::{CELL, CriticalPoint, Kind};
use crate::engine::numeric::real;

/// Returns the first point of each point's connected component, where two points are connected if they are within `reach` of each other
/// and `same` holds.
pub(super) fn connected_components(
    field: &SampledField,
    points: &[CriticalPoint],
    reach: f64,
    same: impl Fn(&CriticalPoint, &CriticalPoint) -> bool,
) -> Vec<usize> {
    let shares: Vec<[f64; 2]> = points
        .iter()
        .map(|point| field.view_units(point.at))
        .collect();
    let mut order: Vec<usize> = (0..points.len()).collect();
    order.sort_by(|a, b| shares[*a][0].total_cmp(&shares[*b][0]).then(a.cmp(b)));
    let mut roots: Vec<usize> = (0..points.len()).collect();
    for (place, &index) in order.iter().enumerate() {
        let near = order[place + 1..]
            .iter()
            .take_while(|other| shares[**other][0] - shares[index][0] <= reach);
        for &other in near {
            if (shares[other][1] - shares[index][1]).abs() <= reach
                && same(&points[index], &points[other])
            {
                let [a, b] = [find_root(&mut roots, index), find_root(&mut roots, other)];
                roots[a.max(b)] = a.min(b);
            }
        }
    }
    (0..points.len())
        .map(|index| find_root(&mut roots, index))
        .collect()
}

/// Returns the root of a component, with path halving.
fn find_root(roots: &mut [usize], mut index: usize) -> usize {
    while roots[index] != index {
        roots[index] = roots[roots[index]];
        index = roots[index];
    }
    index
}

/// Replaces each curve of critical points by its points among the first `known`, or else by the one nearest to the centre of the view.
pub(super) fn cluster(
    field: &SampledField,
    points: &[CriticalPoint],
    known: usize,
) -> Vec<CriticalPoint> {
    // A looser limit than for a single point: rounding may hide that an eigenvalue is 0, but not at all points of a curve.
    let flat = |point: &CriticalPoint| {
        point.kind == Kind::Flat || flatness(point.eigenvalues) <= VALLEY_EIGENVALUE_RATIO
    };
    let roots = connected_components(field, points, 4.0 * CELL, |a, b| {
        flat(a) && flat(b) && (a.value - b.value).abs() <= field.rounding()
    });
    let mut members = vec![Vec::new(); points.len()];
    for (index, &first) in roots.iter().enumerate() {
        members[first].push(index);
    }
    let mut chosen_points: Vec<(bool, CriticalPoint)> = Vec::new();
    for members in members {
        let is_curve = members.len() > 2
            || members.len() == 2 && members.iter().any(|i| points[*i].kind == Kind::Flat);
        if !is_curve {
            chosen_points.extend(
                members
                    .into_iter()
                    .map(|index| (index < known, points[index])),
            );
            continue;
        }
        // Rounded, so that points of a ring around the centre are sorted by their coordinates.
        let distance_from_center = |index: usize| {
            let [u, v] = field.view_units(points[index].at).map(|share| share - 0.5);
            (u.hypot(v) * 1e6).round()
        };
        let nearest = members.iter().copied().min_by(|a, b| {
            let distance = distance_from_center(*a).total_cmp(&distance_from_center(*b));
            distance.then_with(|| points[*a].order(&points[*b]))
        });
        let of_known: Vec<usize> = members.into_iter().filter(|index| *index < known).collect();
        let chosen = if of_known.is_empty() {
            nearest.into_iter().collect()
        } else {
            of_known
        };
        for index in chosen {
            let mut point = points[index];
            if point.kind != Kind::Flat {
                point.kind = Kind::Flat;
                zero_smallest(&mut point.eigenvalues, 1);
            }
            chosen_points.push((index < known, point));
        }
    }
    // Pieces of one straight line may be separated by a gap that no start led to.
    let mut kept: Vec<CriticalPoint> = Vec::new();
    for (is_known, point) in chosen_points {
        let continues = |earlier: &CriticalPoint| {
            earlier.kind == Kind::Flat && is_level_between(field, earlier, &point)
        };
        if is_known || point.kind != Kind::Flat || !kept.iter().any(continues) {
            kept.push(point);
        }
    }
    kept
}

/// Whether f is constant on the segment between two points.
fn is_level_between(field: &SampledField, a: &CriticalPoint, b: &CriticalPoint) -> bool {
    const PIECES: usize = 8;
    let level = |value: f64| (value - a.value).abs() <= field.rounding();
    let [dx, dy] = [0, 1].map(|axis| b.at[axis] - a.at[axis]);
    let between = |piece: usize| {
        let share = real(piece) / real(PIECES);
        field.value([a.at[0] + share * dx, a.at[1] + share * dy])
    };
    level(b.value) && (1..PIECES).all(|piece| level(between(piece)))
}
