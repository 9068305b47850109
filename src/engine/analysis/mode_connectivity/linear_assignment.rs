//! Exact solution of the linear assignment problem.

use crate::engine::cancel::Cancel;

/// Returns the permutation, a column for each row, that maximizes the sum of the gains. `gains` holds n × n finite numbers row by row.
/// `None` if cancelled.
///
/// Rows are added one by one along shortest augmenting paths (Jonker & Volgenant 1987), in O(n³).
pub(super) fn linear_assignment(gains: &[f64], n: usize, cancel: &Cancel) -> Option<Vec<usize>> {
    let mut row_of: Vec<Option<usize>> = vec![None; n];
    // Dual variables of rows and columns: no gain exceeds their sum, and gains of the assignment are equal to it.
    let (mut rows, mut columns) = (vec![0.0; n], vec![0.0; n]);
    for first in 0..n {
        if cancel.is_cancelled() {
            return None;
        }
        // Length of the shortest path to each column, and the column before it on that path.
        let mut distance = vec![f64::INFINITY; n];
        let mut previous: Vec<Option<usize>> = vec![None; n];
        let mut reached = vec![false; n];
        let (mut row, mut last) = (first, None);
        let end = loop {
            let mut nearest: Option<usize> = None;
            for column in (0..n).filter(|column| !reached[*column]) {
                let short = rows[row] + columns[column] - gains[row * n + column];
                if short < distance[column] {
                    (distance[column], previous[column]) = (short, last);
                }
                if nearest.is_none_or(|nearest| distance[column] < distance[nearest]) {
                    nearest = Some(column);
                }
            }
            // There is always one: fewer columns than rows are assigned.
            let nearest = nearest?;
            let step = distance[nearest];
            rows[first] -= step;
            for column in 0..n {
                match row_of[column] {
                    Some(row) if reached[column] => {
                        rows[row] -= step;
                        columns[column] += step;
                    }
                    _ => distance[column] -= step,
                }
            }
            reached[nearest] = true;
            match row_of[nearest] {
                Some(taken) => (row, last) = (taken, Some(nearest)),
                None => break nearest,
            }
        };
        let mut column = end;
        while let Some(earlier) = previous[column] {
            row_of[column] = row_of[earlier];
            column = earlier;
        }
        row_of[column] = Some(first);
    }
    let mut found = vec![0; n];
    for (column, row) in row_of.into_iter().enumerate() {
        found[row?] = column;
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::numeric::random::{Purpose, stream};
    use rand::RngExt;

    /// Returns the largest sum by trying all permutations.
    fn largest(gains: &[f64], n: usize, row: usize, taken: &mut Vec<usize>) -> f64 {
        if row == n {
            return 0.0;
        }
        let mut best = f64::NEG_INFINITY;
        for column in 0..n {
            if !taken.contains(&column) {
                taken.push(column);
                best = best.max(gains[row * n + column] + largest(gains, n, row + 1, taken));
                taken.pop();
            }
        }
        best
    }

    fn check(gains: &[f64], n: usize) {
        let found = linear_assignment(gains, n, &Cancel::default()).unwrap();
        let mut sorted = found.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, (0..n).collect::<Vec<_>>(), "{gains:?}");
        let sum: f64 = found
            .iter()
            .enumerate()
            .map(|(row, column)| gains[row * n + column])
            .sum();
        let best = largest(gains, n, 0, &mut Vec::new());
        let size = gains
            .iter()
            .fold(0.0, |size: f64, gain| size.max(gain.abs()));
        assert!(
            (sum - best).abs() <= 1e-12 * size,
            "{sum} is not {best}: {gains:?}"
        );
    }

    #[test]
    fn the_assignment_is_as_good_as_the_best_of_all_permutations() {
        let mut random = stream(0, Purpose::Data, 0);
        for n in 0..=6 {
            for _ in 0..60 {
                let mut number = || random.random_range(-1.0..1.0);
                let numbers: Vec<f64> = (0..n * n).map(|_| number()).collect();
                check(&numbers, n);
                // Many equal gains, and very large ones.
                check(
                    &numbers
                        .iter()
                        .map(|x| (2.0 * x).round())
                        .collect::<Vec<_>>(),
                    n,
                );
                check(&numbers.iter().map(|x| 1e100 * x).collect::<Vec<_>>(), n);
            }
        }
        check(&[0.0; 25], 5);
    }

    #[test]
    fn cancelled_assignment_is_none() {
        let cancel = Cancel::default();
        cancel.cancel();
        assert_eq!(linear_assignment(&[1.0; 4], 2, &cancel), None);
    }
}
