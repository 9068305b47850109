//! Eigenvalues and eigenvectors of symmetric matrices: Householder's reduction to tridiagonal form, then QL iterations.

use crate::engine::numeric::vector_ops::{dot, norm};
use rayon::prelude::*;

/// QL iterations for each eigenvalue, after which it stays as it is; two or three are usual.
const MAX_ITERATIONS: usize = 60;

/// Dimension from which the rows of a dense matrix are shared among threads.
const MIN_PARALLEL_DIM: usize = 256;

/// Computes the eigenvalues of a symmetric n × n matrix, in no order, and its eigenvectors of length 1, the columns of `vectors` in that
/// order.
///
/// `a` holds the matrix row by row and is destroyed; n is the length of `values`. Nothing is allocated. Eigenvalues are off by about the
/// rounding of the largest one. A 2 × 2 matrix takes one rotation, as in LAPACK's dlaev2.
pub(in crate::engine) fn eigen(a: &mut [f64], vectors: &mut [f64], values: &mut [f64]) {
    let n = values.len();
    tridiagonalize(a, values, &mut vectors[..n]);
    accumulate_reflections(a, n, vectors);
    let off_diagonal = gather_off_diagonal(a, n);
    ql(values, off_diagonal, vectors);
}

/// Returns all eigenvalues of a symmetric n × n matrix, smallest first; NaN where an entry is not finite. `a` is destroyed.
pub(in crate::engine) fn eigenvalues(a: &mut [f64], n: usize) -> Vec<f64> {
    if a.iter().any(|number| !number.is_finite()) {
        return vec![f64::NAN; n];
    }
    let mut values = vec![0.0; n];
    tridiagonalize(a, &mut values, &mut vec![0.0; n]);
    ql(&mut values, gather_off_diagonal(a, n), &mut []);
    values.sort_by(f64::total_cmp);
    values
}

/// A symmetric tridiagonal matrix.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::engine) struct Tridiagonal {
    /// The diagonal, n numbers.
    pub(in crate::engine) diagonal: Vec<f64>,
    /// The entries below the diagonal, n − 1 numbers.
    pub(in crate::engine) off_diagonal: Vec<f64>,
}

impl Tridiagonal {
    /// Returns the eigenvalues, smallest first, and the given rows of the matrix whose columns are the eigenvectors.
    pub(in crate::engine) fn eigen(&self, rows: &[usize]) -> (Vec<f64>, Vec<Vec<f64>>) {
        let n = self.diagonal.len();
        let (mut values, mut off_diagonal) = (self.diagonal.clone(), self.off_diagonal.clone());
        off_diagonal.resize(n, 0.0);
        let mut vectors = vec![0.0; rows.len() * n];
        for (at, row) in rows.iter().enumerate() {
            vectors[at * n + row] = 1.0;
        }
        ql(&mut values, &mut off_diagonal, &mut vectors);
        let mut order: Vec<usize> = (0..n).collect();
        order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
        let sorted = |numbers: &[f64]| order.iter().map(|&at| numbers[at]).collect();
        let rows = vectors.chunks_exact(n.max(1)).map(sorted).collect();
        (sorted(&values), rows)
    }
}

/// Reduces a dense symmetric matrix to tridiagonal form by Householder reflections I − 2 v vᵀ: algorithm 8.3.1 of Golub & Van Loan 2013.
///
/// The diagonal goes to `diagonal`, the entry below it to the diagonal of `a`, v of step k to the right of it in row k; v is zero where no
/// reflection is needed. `w` is scratch for n numbers.
fn tridiagonalize(a: &mut [f64], diagonal: &mut [f64], w: &mut [f64]) {
    let n = diagonal.len();
    for k in 0..n {
        let first = k + 1;
        let (row, below) = a[k * n..].split_at_mut(n);
        let (head, v) = row[k..].split_at_mut(1);
        diagonal[k] = head[0];
        head[0] = v.first().copied().unwrap_or(0.0);
        if v.iter().skip(1).all(|number| *number == 0.0) {
            v.fill(0.0);
            continue;
        }
        // Scaled, because squares of the entries may overflow or vanish.
        let size = largest(v);
        v.iter_mut().for_each(|number| *number /= size);
        let image = -norm(v).copysign(v[0]);
        head[0] = image * size;
        v[0] -= image;
        let length = norm(v);
        v.iter_mut().for_each(|number| *number /= length);
        let v = &*v;
        // Column k is no longer needed: it holds 2 A v until w is complete.
        for_each_row(below, n, |_, row| row[k] = 2.0 * dot(&row[first..], v));
        let w = &mut w[..v.len()];
        for (w, row) in w.iter_mut().zip(below.chunks_exact(n)) {
            *w = row[k];
        }
        let component = dot(w, v);
        w.iter_mut().zip(v).for_each(|(w, v)| *w -= component * v);
        let w = &*w;
        for_each_row(below, n, |i, row| {
            let (vi, wi) = (v[i], w[i]);
            for ((number, v), w) in row[first..].iter_mut().zip(v).zip(w) {
                *number -= vi * w + wi * v;
            }
        });
    }
}

/// Returns the largest magnitude.
fn largest(numbers: &[f64]) -> f64 {
    numbers.iter().fold(0.0, |most, x| most.max(x.abs()))
}

/// Calls `work` with the index and the numbers of each row.
fn for_each_row(matrix: &mut [f64], n: usize, work: impl Fn(usize, &mut [f64]) + Sync) {
    if matrix.len() < MIN_PARALLEL_DIM * n {
        let rows = matrix.chunks_exact_mut(n).enumerate();
        rows.for_each(|(i, row)| work(i, row));
    } else {
        let rows = matrix.par_chunks_exact_mut(n).enumerate();
        rows.for_each(|(i, row)| work(i, row));
    }
}

/// Writes the product of the reflections that [`tridiagonalize`] left in `a` to `product`.
fn accumulate_reflections(a: &[f64], n: usize, product: &mut [f64]) {
    product.fill(0.0);
    product.iter_mut().step_by(n + 1).for_each(|one| *one = 1.0);
    for k in 0..n.saturating_sub(1) {
        let first = k + 1;
        let v = &a[k * n + first..first * n];
        if v.iter().all(|number| *number == 0.0) {
            continue;
        }
        for row in product.chunks_exact_mut(n) {
            let component = 2.0 * dot(&row[first..], v);
            let entries = row[first..].iter_mut().zip(v);
            entries.for_each(|(number, v)| *number -= component * v);
        }
    }
}

/// Moves the entries below the diagonal, which [`tridiagonalize`] left on the diagonal of `a`, to the first row.
fn gather_off_diagonal(a: &mut [f64], n: usize) -> &mut [f64] {
    for k in 1..n {
        a[k] = a[k * (n + 1)];
    }
    &mut a[..n]
}

/// Diagonalizes a tridiagonal matrix by implicit QL iterations with Wilkinson's shift (Dubrulle, Martin & Wilkinson 1968, EISPACK's tql2),
/// and applies each rotation to the columns of `rows`, rows of n numbers.
///
/// `d` is the diagonal and becomes the eigenvalues. `e` holds the n − 1 entries below it, and one more number. The test for a negligible
/// entry and the 2 × 2 block are those of LAPACK's dsteqr.
fn ql(d: &mut [f64], e: &mut [f64], rows: &mut [f64]) {
    let n = d.len();
    let size = largest(d).max(largest(&e[..n.saturating_sub(1)]));
    let nothing = f64::EPSILON * f64::EPSILON * size;
    for l in 0..n {
        for _ in 0..MAX_ITERATIONS {
            let negligible = |m: &usize| {
                let around = d[*m].abs().sqrt() * d[*m + 1].abs().sqrt();
                e[*m].abs() <= (f64::EPSILON * around).max(nothing)
            };
            let m = (l..n - 1).find(negligible).unwrap_or(n - 1);
            if m == l {
                break;
            }
            if m == l + 1 {
                rotate(d, e, l, rows);
                break;
            }
            ql_sweep(d, e, l..m, rows);
        }
    }
}

/// Diagonalizes the 2 × 2 block at `l` by one rotation, rounded as in LAPACK's dlaev2, so that eigenvectors of 2 × 2 matrices have the bits of
/// PyTorch's.
fn rotate(d: &mut [f64], e: &mut [f64], l: usize, rows: &mut [f64]) {
    let (p, q, off) = (d[l], d[l + 1], e[l]);
    let (difference, twice) = (q - p, 2.0 * off);
    let (large, small) = match (difference.abs(), twice.abs()) {
        (d, t) if d > t => (d, t),
        (d, t) => (t, d),
    };
    let ratio = small / large;
    let root = large * (1.0 + ratio * ratio).sqrt();
    let t = twice / (difference + root.copysign(difference));
    let c = 1.0 / (1.0 + t * t).sqrt();
    let s = t * c;
    d[l] = p - t * off;
    d[l + 1] = q + t * off;
    e[l] = 0.0;
    for row in rows.chunks_exact_mut(d.len()) {
        (row[l], row[l + 1]) = (c * row[l] - s * row[l + 1], s * row[l] + c * row[l + 1]);
    }
}

/// Makes one QL iteration on a block: rotations from its end to its beginning.
fn ql_sweep(d: &mut [f64], e: &mut [f64], block: std::ops::Range<usize>, rows: &mut [f64]) {
    let (n, l, m) = (d.len(), block.start, block.end);
    let mut g = (d[l + 1] - d[l]) / (2.0 * e[l]);
    let root = g.hypot(1.0);
    g = d[m] - d[l] + e[l] / (g + root.copysign(g));
    let (mut s, mut c, mut p) = (1.0, 1.0, 0.0);
    for i in block.rev() {
        let (f, b) = (s * e[i], c * e[i]);
        let r = f.hypot(g);
        e[i + 1] = r;
        if r == 0.0 {
            d[i + 1] -= p;
            e[m] = 0.0;
            return;
        }
        (s, c) = (f / r, g / r);
        g = d[i + 1] - p;
        let turned = (d[i] - g) * s + 2.0 * c * b;
        p = s * turned;
        d[i + 1] = g + p;
        g = c * turned - b;
        for row in rows.chunks_exact_mut(n) {
            let (left, right) = (row[i], row[i + 1]);
            row[i + 1] = s * left + c * right;
            row[i] = c * left - s * right;
        }
    }
    d[l] -= p;
    e[l] = g;
    e[m] = 0.0;
}

#[cfg(test)]
mod tests;
