//! The linear assignment problem, exactly.

use crate::engine::cancel::Cancel;

/// The column of each row, no two of them the same, for which the sum of the gains is largest. `gains` are n × n finite numbers, row
/// by row. `None` if it was cancelled.
///
/// Rows come in one after the other, each by the shortest augmenting path (Jonker & Volgenant 1987), which takes n³ steps in all.
pub(super) fn linear_assignment(gains: &[f64], n: usize, cancel: &Cancel) -> Option<Vec<usize>> {
    let mut row_of: Vec<Option<usize>> = vec![None; n];
    // Prices of rows and columns: no gain is above the sum of both, and those of the assignment are equal to it.
    let (mut rows, mut columns) = (vec![0.0; n], vec![0.0; n]);
    for first in 0..n {
        if cancel.is_cancelled() {
            return None;
        }
        // How far each column is, and the column before it on the way there.
        let mut far = vec![f64::INFINITY; n];
        let mut before: Vec<Option<usize>> = vec![None; n];
        let mut reached = vec![false; n];
        let (mut row, mut last) = (first, None);
        let end = loop {
            let mut nearest: Option<usize> = None;
            for column in (0..n).filter(|column| !reached[*column]) {
                let short = rows[row] + columns[column] - gains[row * n + column];
                if short < far[column] {
                    (far[column], before[column]) = (short, last);
                }
                if nearest.is_none_or(|nearest| far[column] < far[nearest]) {
                    nearest = Some(column);
                }
            }
            // There always is one: fewer columns than rows are taken.
            let nearest = nearest?;
            let step = far[nearest];
            rows[first] -= step;
            for column in 0..n {
                match row_of[column] {
                    Some(row) if reached[column] => {
                        rows[row] -= step;
                        columns[column] += step;
                    }
                    _ => far[column] -= step,
                }
            }
            reached[nearest] = true;
            match row_of[nearest] {
                Some(taken) => (row, last) = (taken, Some(nearest)),
                None => break nearest,
            }
        };
        let mut column = end;
        while let Some(earlier) = before[column] {
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

    /// The largest sum of all, by trying each.
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
    fn it_is_as_good_as_the_best_of_all() {
        let mut random = stream(0, Purpose::Data, 0);
        for n in 0..=6 {
            for _ in 0..60 {
                let mut number = || random.random_range(-1.0..1.0);
                let numbers: Vec<f64> = (0..n * n).map(|_| number()).collect();
                check(&numbers, n);
                // Many gains that are the same, and very large ones.
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
    fn cancelled_work_leaves_nothing() {
        let cancel = Cancel::default();
        cancel.cancel();
        assert_eq!(linear_assignment(&[1.0; 4], 2, &cancel), None);
    }
}
