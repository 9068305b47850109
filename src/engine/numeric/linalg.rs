//! Dense linear algebra in place: linear systems, symmetric eigenproblems and orthogonal factors, so that steps of a run allocate nothing.

mod eigen;

pub(in crate::engine) use eigen::{Tridiagonal, eigen, eigenvalues};

use crate::engine::numeric::real;

/// Largest number of parameters for which an optimizer keeps dense n × n matrices. Beyond it a step would take seconds.
pub(in crate::engine) const MAX_DENSE_DIM: usize = 64;

/// Solves A x = b by Gaussian elimination with partial pivoting. `a` holds n × n numbers row by row and is destroyed, `b`
/// becomes x; `scale` is scratch for n numbers. Returns false, with `b` spoilt, where A is singular up to rounding: where no pivot is
/// larger than the rounding of its row.
pub(in crate::engine) fn solve(a: &mut [f64], b: &mut [f64], scale: &mut [f64]) -> bool {
    let n = b.len();
    let rounding = real(n) * f64::EPSILON;
    for (scale, row) in scale.iter_mut().zip(a.chunks_exact(n)) {
        *scale = row.iter().fold(0.0, |most: f64, a| most.max(a.abs()));
    }
    for column in 0..n {
        let pivot = (column..n)
            .max_by(|&i, &j| a[i * n + column].abs().total_cmp(&a[j * n + column].abs()))
            .unwrap_or(column);
        if a[pivot * n + column].abs() <= rounding * scale[pivot] {
            return false;
        }
        for k in column..n {
            a.swap(pivot * n + k, column * n + k);
        }
        b.swap(pivot, column);
        scale.swap(pivot, column);
        for row in column + 1..n {
            let factor = a[row * n + column] / a[column * n + column];
            for k in column..n {
                a[row * n + k] -= factor * a[column * n + k];
            }
            b[row] -= factor * b[column];
            scale[row] = scale[row].max(factor.abs() * scale[column]);
        }
    }
    for row in (0..n).rev() {
        let known: f64 = (row + 1..n).map(|k| a[row * n + k] * b[k]).sum();
        b[row] = (b[row] - known) / a[row * n + row];
    }
    true
}

/// Replaces b by A⁺ b, where A⁺ is the pseudo-inverse of a symmetric matrix: eigenvalues that are zero up to rounding count as zero. `a`
/// holds n × n numbers row by row and is destroyed. Allocates, because few steps need it.
pub(in crate::engine) fn pseudo_solve(a: &mut [f64], b: &mut [f64]) {
    let n = b.len();
    let (mut vectors, mut values) = (vec![0.0; n * n], vec![0.0; n]);
    eigen(a, &mut vectors, &mut values);
    let largest = values
        .iter()
        .fold(0.0, |most: f64, value| most.max(value.abs()));
    let rounding = real(n) * f64::EPSILON * largest;
    let length = b.iter().map(|b| b * b).sum::<f64>().sqrt();
    let right = b.to_vec();
    b.fill(0.0);
    for (column, value) in values.iter().enumerate() {
        let entries = || vectors[column..].iter().step_by(n);
        let along: f64 = entries().zip(&right).map(|(v, b)| v * b).sum();
        // A component of b that is rounding only would be a meaningless step.
        if value.abs() > rounding && along.abs() > f64::EPSILON * length {
            let share = along / value;
            b.iter_mut()
                .zip(entries())
                .for_each(|(b, v)| *b += share * v);
        }
    }
}

/// Orthogonal factor Q of A = Q R by Householder reflections, in single precision: the operations of LAPACK's `sgeqr2` and `sorg2r`
/// in their order, from which PyTorch gets Q of a small matrix.
pub(in crate::engine) struct Orthogonal {
    a: Vec<f32>,
    q: Vec<f32>,
    /// The vector v of each reflection I − τ v vᵀ, a row each; entry k of row k is 1, entries before it are 0.
    reflections: Vec<f32>,
    tau: Vec<f32>,
}

impl Orthogonal {
    /// Allocates the scratch for n × n matrices.
    pub(in crate::engine) fn new(n: usize) -> Self {
        let square = vec![0.0; n * n];
        Self {
            a: square.clone(),
            q: square.clone(),
            reflections: square,
            tau: vec![0.0; n],
        }
    }

    /// Replaces A by Q; `a` holds n × n numbers row by row.
    pub(in crate::engine) fn replace(&mut self, a: &mut [f64]) {
        let n = self.tau.len();
        #[expect(
            clippy::cast_possible_truncation,
            reason = "single precision is wanted"
        )]
        let single = a.iter().map(|a| *a as f32);
        self.a.iter_mut().zip(single).for_each(|(to, a)| *to = a);
        for (k, v) in self.reflections.chunks_exact_mut(n).enumerate() {
            self.tau[k] = reflection(&self.a, k, v);
            for column in k..n {
                reflect(&mut self.a, v, self.tau[k], k, column);
            }
        }
        self.q.fill(0.0);
        self.q.iter_mut().step_by(n + 1).for_each(|one| *one = 1.0);
        for (k, v) in self.reflections.chunks_exact(n).enumerate().rev() {
            for column in k..n {
                reflect(&mut self.q, v, self.tau[k], k, column);
            }
        }
        a.iter_mut()
            .zip(&self.q)
            .for_each(|(a, q)| *a = f64::from(*q));
    }
}

/// Writes v of the reflection that makes column k zero below its entry k, and returns τ.
fn reflection(a: &[f32], k: usize, v: &mut [f32]) -> f32 {
    let n = v.len();
    v.fill(0.0);
    v[k] = 1.0;
    let first = a[k * n + k];
    let below = || a[k * n + k..].iter().step_by(n).skip(1);
    let norm = match below().count() {
        1 => below().fold(0.0, |_, x| x.abs()),
        _ => below().map(|x| x * x).sum::<f32>().sqrt(),
    };
    if norm == 0.0 {
        return 0.0;
    }
    let (large, small) = (first.abs().max(norm), first.abs().min(norm));
    let ratio = small / large;
    let turned = -(large * (1.0 + ratio * ratio).sqrt()).copysign(first);
    v[k + 1..]
        .iter_mut()
        .zip(below())
        .for_each(|(v, x)| *v = x / (first - turned));
    (turned - first) / turned
}

/// Applies a reflection to entries k and below of a column.
fn reflect(a: &mut [f32], v: &[f32], tau: f32, k: usize, column: usize) {
    let n = v.len();
    let entries = || (k..n).map(|row| row * n + column);
    let along: f32 = entries().zip(&v[k..]).map(|(at, v)| v * a[at]).sum();
    for (at, v) in entries().zip(&v[k..]) {
        a[at] += v * (-tau * along);
    }
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
            &mut x,
            &mut [0.0; 3]
        ));
        assert_eq!(x.map(|x: f64| (x * 1e9).round() / 1e9), [1.0, 2.0, 1.0]);
        let mut room = [0.0; 2];
        assert!(!solve(
            &mut [1.0, 2.0, 2.0, 4.0],
            &mut [1.0, 1.0],
            &mut room
        ));
        // Singular up to rounding, and regular with one tiny entry.
        let a: f64 = 0.1 + 0.2;
        let mut rounded = [a * a, a / 3.0, a / 3.0, 1.0 / 9.0];
        assert!(!solve(&mut rounded, &mut [1.0, 1.0], &mut room));
        let mut x = [1e-18, 1.0];
        assert!(solve(&mut [1e-18, 0.0, 0.0, 1.0], &mut x, &mut room));
        assert_eq!(x, [1.0, 1.0]);
    }

    #[test]
    fn a_pseudo_inverse_moves_in_the_range_of_its_matrix_only() {
        // numpy.linalg.pinv([[1, 2], [2, 4]]) @ [1, 1] = [0.12, 0.24]
        let mut x = [1.0, 1.0];
        pseudo_solve(&mut [1.0, 2.0, 2.0, 4.0], &mut x);
        assert!(
            (x[0] - 0.12).abs() < 1e-15 && (x[1] - 0.24).abs() < 1e-15,
            "{x:?}"
        );
        let mut x = [2.0, -1.0];
        pseudo_solve(&mut [1.0, 2.0, 2.0, 4.0], &mut x);
        assert_eq!(x, [0.0, 0.0]);
        let mut x = [3.0, 4.0];
        pseudo_solve(&mut [0.0; 4], &mut x);
        assert_eq!(x, [0.0, 0.0]);
    }

    #[test]
    fn qr_keeps_the_span_of_the_columns() {
        let n = 4_usize;
        let a: Vec<f64> = (0..n * n).map(|i| real(i * i).sin()).collect();
        let mut q = a.clone();
        Orthogonal::new(n).replace(&mut q);
        for column in 0..n {
            for other in 0..n {
                let dot = |a: &[f64]| -> f64 {
                    let row = |k: usize| a[k * n + column] * q[k * n + other];
                    (0..n).map(row).sum()
                };
                let same = f64::from(u8::from(other == column));
                assert!((dot(&q) - same).abs() < 1e-6);
                // R is upper triangular.
                assert!(other <= column || dot(&a).abs() < 1e-6);
            }
        }
        // The result of torch.linalg.qr, to the bit.
        let mut q = [3.0, 1.5, -0.7, 2.25];
        Orthogonal::new(2).replace(&mut q);
        assert_eq!(
            q,
            [-0.973_841_3, 0.227_229_61, 0.227_229_61, 0.973_841_2].map(|q: f32| f64::from(q))
        );
        // A column of zeros becomes a unit vector too.
        let mut q = [0.0, 0.0, 1.0, 0.0];
        Orthogonal::new(2).replace(&mut q);
        assert_eq!(q.map(f64::abs), [0.0, 1.0, 1.0, 0.0]);
    }

    /// Extreme numbers, infinite and NaN among them.
    pub(super) const EXTREMES: [f64; 6] = [
        f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
        0.0,
        1e308,
        5e-324,
    ];

    /// Returns symmetric matrices with an extreme number in one place.
    pub(super) fn broken_matrices() -> impl Iterator<Item = [f64; 9]> {
        EXTREMES.into_iter().flat_map(|broken| {
            (0..9).map(move |at| {
                let mut a = [2.0, 1.0, 0.5, 1.0, 3.0, 0.1, 0.5, 0.1, 1.0];
                (a[at], a[at % 3 * 3 + at / 3]) = (broken, broken);
                a
            })
        })
    }

    #[test]
    fn qr_of_infinite_and_tiny_entries_ends() {
        for mut a in broken_matrices() {
            Orthogonal::new(3).replace(&mut a);
        }
    }
}
