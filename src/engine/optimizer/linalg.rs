//! A linear system in place: the steps of a run allocate nothing.

/// Solves A x = b by Gaussian elimination with partial pivoting. `a` holds n × n numbers row by row and is destroyed, `b`
/// becomes x. Returns false, with `b` spoilt, where A is singular.
pub(super) fn solve(a: &mut [f64], b: &mut [f64]) -> bool {
    let n = b.len();
    for column in 0..n {
        let pivot = (column..n)
            .max_by(|&i, &j| a[i * n + column].abs().total_cmp(&a[j * n + column].abs()))
            .unwrap_or(column);
        if a[pivot * n + column] == 0.0 {
            return false;
        }
        for k in column..n {
            a.swap(pivot * n + k, column * n + k);
        }
        b.swap(pivot, column);
        for row in column + 1..n {
            let factor = a[row * n + column] / a[column * n + column];
            for k in column..n {
                a[row * n + k] -= factor * a[column * n + k];
            }
            b[row] -= factor * b[column];
        }
    }
    for row in (0..n).rev() {
        let known: f64 = (row + 1..n).map(|k| a[row * n + k] * b[k]).sum();
        b[row] = (b[row] - known) / a[row * n + row];
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn solves_with_a_zero_on_the_diagonal_and_refuses_singular_systems() {
        // 2y + z = 5, x + y = 3, 3x + 2z = 5
        let mut x = [5.0, 3.0, 5.0];
        assert!(solve(
            &mut [0.0, 2.0, 1.0, 1.0, 1.0, 0.0, 3.0, 0.0, 2.0],
            &mut x
        ));
        assert_eq!(x.map(|x: f64| (x * 1e9).round() / 1e9), [1.0, 2.0, 1.0]);
        assert!(!solve(&mut [1.0, 2.0, 2.0, 4.0], &mut [1.0, 1.0]));
    }
}
