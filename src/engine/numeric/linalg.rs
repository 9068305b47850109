//! Linear systems, eigenvectors and orthogonal columns in place: the steps of a run allocate nothing.

/// The most parameters for which a rule keeps matrices of its own. Beyond, a step would be the work of seconds.
pub(in crate::engine) const LARGEST: usize = 64;

/// Rounds of rotations after which [`eigen`] ends whatever the numbers are; it needs about eight.
const SWEEPS: usize = 30;

/// Solves A x = b by Gaussian elimination with partial pivoting. `a` holds n × n numbers row by row and is destroyed, `b`
/// becomes x; `scale` is room for n numbers. Returns false, with `b` spoilt, where A is singular up to rounding: where no pivot is
/// larger than the rounding of the row it stands in.
pub(in crate::engine) fn solve(a: &mut [f64], b: &mut [f64], scale: &mut [f64]) -> bool {
    let n = b.len();
    let rounding = crate::engine::numeric::real(n) * f64::EPSILON;
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

/// Replaces b by A⁺ b, with the pseudo-inverse of a symmetric matrix: eigenvalues that are zero up to rounding stay zero. `a` holds
/// n × n numbers row by row and is destroyed. Allocates, because few steps need it.
pub(in crate::engine) fn pseudo_solve(a: &mut [f64], b: &mut [f64]) {
    let n = b.len();
    let (mut vectors, mut values) = (vec![0.0; n * n], vec![0.0; n]);
    eigen(a, &mut vectors, &mut values);
    let largest = values
        .iter()
        .fold(0.0, |most: f64, value| most.max(value.abs()));
    let rounding = crate::engine::numeric::real(n) * f64::EPSILON * largest;
    let length = b.iter().map(|b| b * b).sum::<f64>().sqrt();
    let right = b.to_vec();
    b.fill(0.0);
    for (column, value) in values.iter().enumerate() {
        let entries = || vectors[column..].iter().step_by(n);
        let along: f64 = entries().zip(&right).map(|(v, b)| v * b).sum();
        // A share of b that is nothing but rounding would be a step to nowhere.
        if value.abs() > rounding && along.abs() > f64::EPSILON * length {
            let share = along / value;
            b.iter_mut()
                .zip(entries())
                .for_each(|(b, v)| *b += share * v);
        }
    }
}

/// The eigenvalues of a symmetric matrix, in no order, and its eigenvectors of length 1, the columns of `vectors` in the same
/// order. `a` holds n × n numbers row by row and is destroyed; n is the length of `values`.
///
/// Cyclic Jacobi rotations, algorithm 8.5.3 of Golub & Van Loan 2013. They keep the small eigenvalues of positive definite
/// matrices exact (Demmel & Veselić 1992), of which inverse roots are made.
pub(in crate::engine) fn eigen(a: &mut [f64], vectors: &mut [f64], values: &mut [f64]) {
    let n = values.len();
    vectors.fill(0.0);
    vectors.iter_mut().step_by(n + 1).for_each(|one| *one = 1.0);
    for _ in 0..SWEEPS {
        let mut turned = false;
        for p in 0..n {
            for q in p + 1..n {
                turned |= rotate(a, vectors, n, p, q);
            }
        }
        if !turned {
            break;
        }
    }
    let diagonal = a.iter().step_by(n + 1);
    values
        .iter_mut()
        .zip(diagonal)
        .for_each(|(value, a)| *value = *a);
}

/// Turns axes p and q so that the entry between them becomes zero. Returns false where it is zero but for rounding, or NaN.
fn rotate(a: &mut [f64], vectors: &mut [f64], n: usize, p: usize, q: usize) -> bool {
    let (app, aqq, apq) = (a[p * n + p], a[q * n + q], a[p * n + q]);
    let negligible = f64::EPSILON * app.abs().sqrt() * aqq.abs().sqrt();
    let matters = apq != 0.0 && apq.abs() > negligible;
    if !matters {
        return false;
    }
    // As LAPACK's dlaev2 rounds it: of two parameters PyTorch has the same eigenvectors to the bit.
    let (difference, twice) = (aqq - app, 2.0 * apq);
    let (large, small) = match (difference.abs(), twice.abs()) {
        (d, t) if d > t => (d, t),
        (d, t) => (t, d),
    };
    let ratio = small / large;
    let root = large * (1.0 + ratio * ratio).sqrt();
    let t = twice / (difference + root.copysign(difference));
    let c = 1.0 / (1.0 + t * t).sqrt();
    let s = t * c;
    for k in (0..n).filter(|&k| k != p && k != q) {
        let (akp, akq) = (a[k * n + p], a[k * n + q]);
        let (kp, kq) = (c * akp - s * akq, s * akp + c * akq);
        (a[k * n + p], a[p * n + k]) = (kp, kp);
        (a[k * n + q], a[q * n + k]) = (kq, kq);
    }
    a[p * n + p] = app - t * apq;
    a[q * n + q] = aqq + t * apq;
    (a[p * n + q], a[q * n + p]) = (0.0, 0.0);
    for row in vectors.chunks_exact_mut(n) {
        (row[p], row[q]) = (c * row[p] - s * row[q], s * row[p] + c * row[q]);
    }
    true
}

/// The factor Q of A = Q R by Householder reflections, in single precision: the operations of LAPACK's `sgeqr2` and `sorg2r`
/// in their order, which is where PyTorch gets a small matrix's Q from.
pub(in crate::engine) struct Orthogonal {
    a: Vec<f32>,
    q: Vec<f32>,
    /// The vector v of each reflection I − τ v vᵀ, a row each; its entry k is 1, those before are 0.
    reflections: Vec<f32>,
    tau: Vec<f32>,
}

impl Orthogonal {
    /// Room for n × n numbers.
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

/// The reflection that makes column k zero below its entry k: its v, and τ.
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

/// Reflects a column, whose entries before k stay.
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
    use crate::engine::numeric::real;

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
        // Singular but for rounding, and not singular though one entry is so small.
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
    fn eigenvectors_turn_a_matrix_into_its_eigenvalues() {
        let n = 5_usize;
        // A positive definite matrix whose eigenvalues lie sixteen orders of magnitude apart, and an indefinite one.
        let graded: Vec<f64> = (0..n * n)
            .map(|i| [i / n, i % n].map(|k| 0.01_f64.powi(i32::try_from(k).unwrap())))
            .map(|[a, b]| a * b * if a == b { 2.0 } else { 1.0 })
            .collect();
        let indefinite: Vec<f64> = (0..n * n).map(|i| real((i / n).abs_diff(i % n))).collect();
        for matrix in [graded, indefinite] {
            let (mut a, mut vectors, mut values) = (matrix.clone(), vec![0.0; n * n], vec![0.0; n]);
            eigen(&mut a, &mut vectors, &mut values);
            for (column, value) in values.iter().enumerate() {
                let v = |row: usize| vectors[row * n + column];
                for row in 0..n {
                    let product: f64 = (0..n).map(|k| matrix[row * n + k] * v(k)).sum();
                    assert!((product - value * v(row)).abs() < 1e-14);
                }
                for other in 0..n {
                    let dot: f64 = (0..n).map(|k| v(k) * vectors[k * n + other]).sum();
                    assert!((dot - f64::from(u8::from(other == column))).abs() < 1e-14);
                }
            }
        }
        let mut values = [0.0; 2];
        eigen(&mut [2.0, 1.0, 1.0, 2.0], &mut [0.0; 4], &mut values);
        values.sort_unstable_by(f64::total_cmp);
        assert!((values[0] - 1.0).abs() < 1e-15 && (values[1] - 3.0).abs() < 1e-15);
    }

    #[test]
    fn orthogonal_columns_span_what_the_columns_spanned() {
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
        // What torch.linalg.qr says, to the bit.
        let mut q = [3.0, 1.5, -0.7, 2.25];
        Orthogonal::new(2).replace(&mut q);
        assert_eq!(
            q,
            [-0.973_841_3, 0.227_229_61, 0.227_229_61, 0.973_841_2].map(|q: f32| f64::from(q))
        );
        // A column of zeros gets a direction too.
        let mut q = [0.0, 0.0, 1.0, 0.0];
        Orthogonal::new(2).replace(&mut q);
        assert_eq!(q.map(f64::abs), [0.0, 1.0, 1.0, 0.0]);
    }

    #[test]
    fn whatever_the_numbers_are_there_is_an_end() {
        for broken in [
            f64::NAN,
            f64::INFINITY,
            f64::NEG_INFINITY,
            0.0,
            1e308,
            5e-324,
        ] {
            for at in 0..9 {
                let mut a = [2.0, 1.0, 0.5, 1.0, 3.0, 0.1, 0.5, 0.1, 1.0];
                (a[at], a[at % 3 * 3 + at / 3]) = (broken, broken);
                Orthogonal::new(3).replace(&mut a.clone());
                eigen(&mut a, &mut [0.0; 9], &mut [0.0; 3]);
            }
            eigen(&mut [broken; 9], &mut [0.0; 9], &mut [0.0; 3]);
        }
    }
}
