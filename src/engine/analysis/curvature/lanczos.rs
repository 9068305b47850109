//! Largest and smallest eigenvalues of a symmetric linear operator, by Lanczos' method.

use super::lanczos_basis::LanczosBasis;
use super::operator::{Deflated, LinearOperator, orthogonalize};
use crate::engine::cancel::Cancel;
use crate::engine::numeric::vector_ops::{norm, normalized};

/// Largest number of Lanczos vectors.
const MAX_DIRECTIONS: usize = 1000;

/// Largest number of values in all Lanczos vectors together.
pub(super) const MAX_STORED_VALUES: usize = 100_000_000;

/// Options of Lanczos' method: the eigenvalues to compute, and their tolerance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LanczosOptions {
    /// Number of largest eigenvalues.
    pub top: usize,
    /// Number of smallest eigenvalues.
    pub bottom: usize,
    /// Tolerance of [`Eigen::error`], relative to the largest |eigenvalue| found.
    pub tolerance: f64,
    /// Whether to return eigenvectors: the tolerance is then that of their residuals ‖A v − λ v‖.
    pub vectors: bool,
    /// Whether to search once more, orthogonally to the eigenvectors found, because a multiple eigenvalue is found only once at first. It
    /// takes about twice as long.
    pub repeated: bool,
    /// Seed of the random first vector.
    pub seed: u64,
}

impl LanczosOptions {
    /// Returns options for the largest eigenvalue.
    pub fn largest(tolerance: f64) -> Self {
        Self {
            top: 1,
            bottom: 0,
            tolerance,
            vectors: false,
            repeated: false,
            seed: 0,
        }
    }
}

/// An eigenvalue, and its eigenvector where it was asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Eigen {
    /// Eigenvalue λ.
    pub value: f64,
    /// Estimated distance of λ from an eigenvalue, rounding of the products aside: the smaller of the residual ‖A v − λ v‖ and of its square
    /// divided by the gap to the nearest other Ritz value.
    ///
    /// The residual is a bound (theorem 8.1.13 of Golub & Van Loan 2013). The quotient is a bound only if the gap holds no eigenvalue that
    /// Lanczos' method has not met (corollary 8.1.6 there), so that the smaller one is an estimate. Likewise, that no larger eigenvalue was
    /// missed holds with the probability that the random first vector has a component along its eigenvector. For a matrix that was diagonalized
    /// in full, it is an estimate of the rounding error.
    pub error: f64,
    /// Eigenvector v of length 1, its largest entry positive; empty where vectors were not asked for.
    pub vector: Vec<f64>,
}

/// Eigenvalues at both ends of a spectrum.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ExtremalEigenvalues {
    /// Largest eigenvalues in descending order; fewer than asked for where the dimension is smaller.
    pub top: Vec<Eigen>,
    /// Smallest eigenvalues in ascending order.
    pub bottom: Vec<Eigen>,
    /// Number of matrix-vector products.
    pub products: usize,
}

/// Reasons for which eigenvalues are not available.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum EigenError {
    /// The computation was cancelled.
    #[error("cancelled")]
    Cancelled,
    /// The loss is infinite or NaN.
    #[error(
        "the loss is {0} at these parameters; expected parameters where the loss and its first two derivatives are finite"
    )]
    NoLoss(f64),
    /// Products overflow.
    #[error("the curvature is not finite at these parameters; expected finite second derivatives")]
    NotFinite,
    /// Lanczos' method has not converged.
    #[error(
        "eigenvalues did not converge to {tolerance:.0e} in {products} products, the estimated error is {error:.1e}; ask for fewer of them, or for a larger tolerance"
    )]
    NotFound {
        /// Number of matrix-vector products.
        products: usize,
        /// Tolerance that was asked for.
        tolerance: f64,
        /// Largest estimated error, relative to the largest |eigenvalue|.
        error: f64,
    },
}

/// Computes eigenvalues at the ends of the spectrum.
///
/// Algorithm 10.1.1 of Golub & Van Loan 2013, with each new vector made orthogonal to all earlier ones. Where they span an invariant
/// subspace, it continues from a random vector outside of it.
pub fn lanczos(
    matrix: &dyn LinearOperator,
    options: &LanczosOptions,
    cancel: &Cancel,
) -> Result<ExtremalEigenvalues, EigenError> {
    let first = LanczosOptions {
        vectors: options.vectors || options.repeated,
        ..*options
    };
    let (mut found, complete) = run_lanczos(matrix, &first, &[], cancel)?;
    if options.repeated && !complete {
        find_repeated(matrix, options, &mut found, cancel)?;
    }
    Ok(found)
}

/// Searches orthogonally to the eigenvectors found, until no further eigenvalue belongs to the ends of the spectrum.
fn find_repeated(
    matrix: &dyn LinearOperator,
    options: &LanczosOptions,
    found: &mut ExtremalEigenvalues,
    cancel: &Cancel,
) -> Result<(), EigenError> {
    let values = found.top.iter().chain(&found.bottom);
    let scale = values.fold(0.0, |most: f64, eigen| most.max(eigen.value.abs()));
    for round in 1.. {
        let mut known: Vec<Vec<f64>> = Vec::new();
        for eigen in found.top.iter().chain(&found.bottom) {
            let mut vector = eigen.vector.clone();
            orthogonalize(&mut vector, &known);
            orthogonalize(&mut vector, &known);
            // An eigenvector of a small matrix may be at both ends.
            if norm(&vector) > 1e-8 {
                known.extend(normalized(vector));
            }
        }
        known.truncate(matrix.dim());
        if known.len() == matrix.dim() {
            return Ok(());
        }
        let rest = LanczosOptions {
            top: options.top.min(1),
            bottom: options.bottom.min(1),
            vectors: true,
            seed: options.seed.wrapping_add(round),
            ..*options
        };
        let deflated = Deflated {
            whole: matrix,
            directions: &known,
        };
        let (more, _) = run_lanczos(&deflated, &rest, &known, cancel)?;
        found.products += more.products;
        let is_beyond = |value: f64, last: Option<&Eigen>, sign: f64| {
            last.is_some_and(|last| sign * (value - last.value) > options.tolerance * scale)
        };
        let mut changed = false;
        for (list, eigen, sign) in [
            (&mut found.top, more.top, 1.0),
            (&mut found.bottom, more.bottom, -1.0),
        ] {
            for eigen in eigen {
                if is_beyond(eigen.value, list.last(), sign) {
                    list.pop();
                    list.push(eigen);
                    list.sort_by(|a, b| (sign * b.value).total_cmp(&(sign * a.value)));
                    changed = true;
                }
            }
        }
        if !changed {
            break;
        }
    }
    if !options.vectors {
        let all = found.top.iter_mut().chain(&mut found.bottom);
        all.for_each(|eigen| eigen.vector = Vec::new());
    }
    Ok(())
}

/// Runs Lanczos' method orthogonally to `known`. Returns the eigenvalues, and whether the Lanczos vectors span the whole space.
fn run_lanczos(
    matrix: &dyn LinearOperator,
    options: &LanczosOptions,
    known: &[Vec<f64>],
    cancel: &Cancel,
) -> Result<(ExtremalEigenvalues, bool), EigenError> {
    let all = matrix.dim() - known.len();
    let stored = (MAX_STORED_VALUES / matrix.dim().max(1)).max(32);
    let most = all.min(MAX_DIRECTIONS).min(stored);
    let mut lanczos = LanczosBasis::random(matrix.dim(), known, options.seed);
    loop {
        if cancel.is_cancelled() {
            return Err(EigenError::Cancelled);
        }
        lanczos.step(matrix)?;
        let count = lanczos.basis.len();
        let complete = count == all;
        if !is_check_due(count, most) || count < (options.top + options.bottom + 2).min(most) {
            continue;
        }
        let (found, error) = lanczos.extremes(options, complete);
        if complete || error <= options.tolerance {
            return Ok((lanczos.with_vectors(found, options), complete));
        }
        if count == most {
            return Err(EigenError::NotFound {
                products: found.products,
                tolerance: options.tolerance,
                error,
            });
        }
    }
}

/// Whether to test convergence after `count` steps: the eigenvalues of a large tridiagonal matrix take long.
fn is_check_due(count: usize, most: usize) -> bool {
    count < 64 || count.is_multiple_of(8) || count == most
}

#[cfg(test)]
mod tests;
