//! Weight matching: permutations of hidden units that align one network with another (Git Re-Basin).

use super::linear_assignment::linear_assignment;
use crate::engine::cancel::Cancel;
use crate::engine::network::NetworkLoss;
use crate::engine::network::forward_backward::Shape;
use crate::engine::numeric::random::{Purpose, stream};
use crate::engine::objective::norm;
use rand::seq::SliceRandom;
use rayon::prelude::*;
use std::ops::Range;

/// Largest number of passes over all layers of one search, as in the authors' code.
const MAX_PASSES: u32 = 100;

/// Permutation of the units of each hidden layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permutation {
    /// Old index of each unit, for each hidden layer.
    orders: Vec<Vec<usize>>,
}

/// Alignment of one network's hidden units with those of another.
#[derive(Clone, Debug, PartialEq)]
pub struct Alignment {
    /// Permutation.
    pub permutation: Permutation,
    /// Distances of the weights from those of the other network, before and after.
    pub distances: [f64; 2],
}

impl Permutation {
    /// Returns the identity.
    fn identity(shape: &Shape) -> Self {
        let hidden = &shape.widths[1..shape.widths.len() - 1];
        let orders = hidden.iter().map(|width| (0..*width).collect());
        Self {
            orders: orders.collect(),
        }
    }

    /// Returns the old index of each unit, for each hidden layer.
    pub fn orders(&self) -> &[Vec<usize>] {
        &self.orders
    }

    /// Returns the number of units that change their index.
    pub fn moved(&self) -> usize {
        let layers = self.orders.iter();
        let units = layers.flat_map(|order| order.iter().enumerate());
        units.filter(|(place, unit)| place != *unit).count()
    }

    /// Returns the weights of the network with its units permuted: rows and biases of their layer, γ and β of its normalisation, columns of
    /// the next layer.
    fn apply(&self, shape: &Shape, theta: &[f64]) -> Vec<f64> {
        let (mut permuted, layout) = (theta.to_vec(), &shape.layout);
        for l in 0..layout.layers() {
            let [own, before] = [
                self.orders.get(l),
                l.checked_sub(1).map(|l| &self.orders[l]),
            ];
            let width = shape.widths[l];
            let range = layout.weight(l);
            let from = &theta[range.clone()];
            for (row, out) in permuted[range].chunks_exact_mut(width).enumerate() {
                let row = own.map_or(row, |order| order[row]) * width;
                for (column, out) in out.iter_mut().enumerate() {
                    *out = from[row + before.map_or(column, |order| order[column])];
                }
            }
            for range in per_unit_ranges(shape, l) {
                let from = &theta[range.clone()];
                for (place, out) in permuted[range].iter_mut().enumerate() {
                    *out = from[own.map_or(place, |order| order[place])];
                }
            }
        }
        permuted
    }
}

/// Returns the ranges of parameters with one number for each unit of layer `l`: biases, and γ and β.
fn per_unit_ranges(shape: &Shape, l: usize) -> Vec<Range<usize>> {
    let layout = &shape.layout;
    let norm = (l < layout.norms()).then(|| layout.norm(l));
    let lists = norm.into_iter().flatten();
    [layout.bias(l)]
        .into_iter()
        .chain(lists)
        .filter(|range| !range.is_empty())
        .collect()
}

/// Returns groups of hidden layers that share one permutation: a residual connection adds the units of one layer to those of the next.
/// Layers connected to the inputs, whose order is fixed, are in no group.
fn permutation_groups(shape: &Shape) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for l in 0..shape.widths.len() - 2 {
        match groups.last_mut() {
            Some(group) if shape.skips(l) => group.push(l),
            None if shape.skips(l) => {}
            _ => groups.push(vec![l]),
        }
    }
    groups
}

/// Returns the alignment of `b` with `a`, and the permuted weights of `b`, which compute the same function. `None` if cancelled.
///
/// Algorithm 1 of Ainsworth, Hayase & Srinivasa 2023, "Git Re-Basin: Merging Models modulo Permutation Symmetries": layer by layer, in an
/// order that the seed gives, the permutation is chosen that brings the weights closest to `a` with all others fixed, until none
/// comes closer, in at most 100 passes over the layers as in the authors' code. Of two searches the better one is returned: from `b`
/// unpermuted, as in the paper, and from permutations that are found layer by layer starting at the inputs, which are the right ones where
/// `b` is a permuted copy of `a`. Layers that residual connections tie share one permutation: the objective, then quadratic in it, is
/// linearized at the present one, and a permutation is accepted only if the weights come closer.
pub(super) fn align(
    loss: &NetworkLoss,
    [a, b]: [&[f64]; 2],
    seed: u64,
    cancel: &Cancel,
) -> Option<(Alignment, Vec<f64>)> {
    let matching = WeightMatching {
        shape: &loss.shape,
        groups: permutation_groups(&loss.shape),
        ends: [a, b],
        cancel,
    };
    let plain = Permutation::identity(&loss.shape);
    let mut searches = Vec::new();
    for (index, beginning) in [plain.clone(), matching.forward(plain)?]
        .into_iter()
        .enumerate()
    {
        searches.push(matching.search(beginning, seed, index as u64)?);
    }
    let better = |best: (Permutation, f64), next: (Permutation, f64)| {
        if next.1 > best.1 { next } else { best }
    };
    let (permutation, _) = searches.into_iter().reduce(better)?;
    let aligned = permutation.apply(&loss.shape, b);
    let distances = [b, &aligned].map(|b| {
        let apart: Vec<f64> = a.iter().zip(b).map(|(a, b)| a - b).collect();
        norm(&apart)
    });
    let alignment = Alignment {
        permutation,
        distances,
    };
    Some((alignment, aligned))
}

/// Search for permutations that align the second network with the first.
struct WeightMatching<'a> {
    shape: &'a Shape,
    groups: Vec<Vec<usize>>,
    ends: [&'a [f64]; 2],
    cancel: &'a Cancel,
}

impl WeightMatching<'_> {
    /// Returns the inner product of the weights; the larger it is, the closer they are.
    fn similarity(&self, permutation: &Permutation) -> f64 {
        let [a, b] = self.ends;
        let permuted = permutation.apply(self.shape, b);
        a.iter().zip(permuted).map(|(a, b)| a * b).sum()
    }

    /// Returns permutations that are found group by group from the inputs on, from incoming weights only.
    fn forward(&self, mut permutation: Permutation) -> Option<Permutation> {
        for group in &self.groups {
            let order = self.best_order(group, &permutation, false)?;
            for l in group {
                permutation.orders[*l].clone_from(&order);
            }
        }
        Some(permutation)
    }

    /// Searches from a permutation. Returns the final one and its similarity.
    fn search(
        &self,
        mut permutation: Permutation,
        seed: u64,
        index: u64,
    ) -> Option<(Permutation, f64)> {
        let mut random = stream(seed, Purpose::Matching, index);
        let mut fit = self.similarity(&permutation);
        // Gains below rounding do not count.
        let least = 1e-13 * self.ends.iter().map(|end| norm(end)).product::<f64>();
        let mut turns: Vec<&Vec<usize>> = self.groups.iter().collect();
        for _ in 0..MAX_PASSES {
            turns.shuffle(&mut random);
            let before = fit;
            for group in &turns {
                let order = self.best_order(group, &permutation, true)?;
                let mut next = permutation.clone();
                for l in *group {
                    next.orders[*l].clone_from(&order);
                }
                let better = self.similarity(&next);
                if better > fit + least {
                    (permutation, fit) = (next, better);
                }
            }
            // Compared by bits, so that NaN ends the search too.
            if fit.to_bits() == before.to_bits() {
                break;
            }
        }
        Some((permutation, fit))
    }

    /// Returns the best permutation of a group of layers, from all adjacent weights, or from incoming weights only.
    fn best_order(&self, group: &[usize], now: &Permutation, all: bool) -> Option<Vec<usize>> {
        let [a, b] = self.ends;
        let (shape, layout) = (self.shape, &self.shape.layout);
        let n = group.first().map_or(0, |l| shape.widths[l + 1]);
        let mut gains = vec![0.0; n * n];
        for &l in group {
            let before = l.checked_sub(1);
            if all || before.is_none_or(|before| !group.contains(&before)) {
                let width = shape.widths[l];
                let columns = before.map(|before| &now.orders[before]);
                let [own, others] = [a, b].map(|theta| &theta[layout.weight(l)]);
                let others = others.chunks_exact(width).flat_map(|row| {
                    (0..width).map(move |column| row[columns.map_or(column, |order| order[column])])
                });
                let others: Vec<f64> = others.collect();
                let rows = gains
                    .par_chunks_exact_mut(n)
                    .zip(own.par_chunks_exact(width));
                rows.for_each(|(gains, own)| {
                    for (gain, other) in gains.iter_mut().zip(others.chunks_exact(width)) {
                        *gain += own.iter().zip(other).map(|(a, b)| a * b).sum::<f64>();
                    }
                });
            }
            for range in per_unit_ranges(shape, l) {
                for (gains, own) in gains.chunks_exact_mut(n).zip(&a[range.clone()]) {
                    add(gains, *own, &b[range.clone()]);
                }
            }
            if all {
                let rows = now.orders.get(l + 1);
                let [own, others] = [a, b].map(|theta| &theta[layout.weight(l + 1)]);
                let other = |row: usize| &others[rows.map_or(row, |order| order[row]) * n..][..n];
                let each = gains.par_chunks_exact_mut(n).enumerate();
                each.for_each(|(unit, gains)| {
                    for (row, own) in own.chunks_exact(n).enumerate() {
                        add(gains, own[unit], other(row));
                    }
                });
            }
        }
        // Gains that overflow are ignored.
        for gain in &mut gains {
            *gain = if gain.is_nan() {
                0.0
            } else {
                gain.clamp(-1e100, 1e100)
            };
        }
        linear_assignment(&gains, n, self.cancel)
    }
}

fn add(to: &mut [f64], factor: f64, from: &[f64]) {
    to.iter_mut()
        .zip(from)
        .for_each(|(to, from)| *to += factor * from);
}

/// Returns the weights of the network with its hidden units permuted by `shuffle`, one permutation for each group of layers.
#[cfg(test)]
pub(super) fn shuffled(
    shape: &Shape,
    theta: &[f64],
    mut shuffle: impl FnMut(&mut Vec<usize>),
) -> Vec<f64> {
    let mut permutation = Permutation::identity(shape);
    for group in permutation_groups(shape) {
        let mut order = permutation.orders[group[0]].clone();
        shuffle(&mut order);
        for l in group {
            permutation.orders[l].clone_from(&order);
        }
    }
    permutation.apply(shape, theta)
}
