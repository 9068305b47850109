//! Chips: one label for the runs whose names meet.

use super::{Importance, Label, distance};

/// Maximal number of markers in a chip.
pub(super) const MAX_SWATCHES: usize = 6;

/// Number of names at one place from which a chip replaces them, and the distance of the runs from each other.
const MIN_GATHERED: usize = 4;
const NEAR: f32 = 14.0;

/// Returns labels of runs in which those of many runs at one place are one chip.
pub(super) fn gathered(labels: Vec<Label>) -> Vec<Label> {
    let mut groups: Vec<Vec<Label>> = Vec::new();
    for label in labels {
        let near = |group: &Vec<Label>| {
            group
                .iter()
                .any(|other| distance(other.at, label.at) < NEAR)
        };
        let (mut met, apart): (Vec<_>, Vec<_>) = groups.into_iter().partition(near);
        groups = apart;
        let mut group: Vec<Label> = met.drain(..).flatten().collect();
        group.push(label);
        groups.push(group);
    }
    let joined = groups.into_iter().flat_map(|group| {
        if group.len() < MIN_GATHERED {
            return group;
        }
        group.into_iter().reduce(joined).into_iter().collect()
    });
    joined.collect()
}

/// Joins the label at an index with the one of the nearest run.
pub(super) fn join_nearest(labels: &mut Vec<Label>, index: usize) {
    let label = labels.remove(index);
    let by_distance = |a: &usize, b: &usize| {
        let [a, b] = [a, b].map(|other| distance(labels[*other].at, label.at));
        a.total_cmp(&b)
    };
    match (0..labels.len()).min_by(by_distance) {
        Some(nearest) => labels[nearest] = joined(labels[nearest].clone(), label),
        None => labels.push(label),
    }
}

/// Returns the chip of two labels, at the place of the first one.
fn joined(first: Label, second: Label) -> Label {
    let mut runs = first.runs;
    runs.extend(second.runs);
    Label {
        importance: Importance::Run,
        lines: vec![format!("{} runs", runs.len())],
        runs,
        boxed: true,
        size: 12.0,
        ..first
    }
}
