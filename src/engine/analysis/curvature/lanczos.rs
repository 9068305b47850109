//! The largest and the smallest eigenvalues of a symmetric matrix that is known by its products, by Lanczos' method.

use super::lanczos_basis::LanczosBasis;
use super::operator::{Deflated, LinearOperator, orthogonalize};
use crate::engine::cancel::Cancel;
use crate::engine::numeric::awake::{awake, join};
use crate::engine::numeric::vector_ops::normalized;
use crate::engine::objective::norm;

/// The most directions, and the most numbers that all of them together may have.
const MAX_DIRECTIONS: usize = 1000;
pub(super) const MAX_STORED_VALUES: usize = 100_000_000;

/// A rounded matrix times a direction is off by no more than this share of its largest eigenvalue.
const F32_ERROR: f64 = 1e-5;

/// In so few dimensions neither guesses nor threads save anything.
const MIN_PARALLEL_DIM: usize = 100;

/// What is looked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LanczosOptions {
    /// How many of the largest eigenvalues.
    pub top: usize,
    /// How many of the smallest.
    pub bottom: usize,
    /// How far an eigenvalue may be from a true one, beside the largest magnitude of all.
    pub tolerance: f64,
    /// Whether vectors are wanted: then it is their residual that the tolerance is for.
    pub vectors: bool,
    /// Whether to look once more beside what was found, for an eigenvalue that comes more than once is found once at first. It
    /// takes about twice as long.
    pub repeated: bool,
    /// Of the random direction that it begins with.
    pub seed: u64,
}

impl LanczosOptions {
    /// The largest eigenvalue.
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

/// An eigenvalue.
#[derive(Clone, Debug, PartialEq)]
pub struct Eigen {
    /// λ.
    pub value: f64,
    /// An eigenvalue is no farther from it than this, or the products' rounding: the residual ‖A v − λ v‖, or its square by the distance to
    /// the next one, where that is less (theorem 8.1.13 and corollary 8.1.6 of Golub & Van Loan 2013). Where λ was found in f32, three times
    /// what rounding was seen to do to some of the samples is in it.
    pub error: f64,
    /// v of length 1, its largest number positive; empty where vectors were not wanted.
    pub vector: Vec<f64>,
}

/// Eigenvalues at both ends of a spectrum.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ExtremalEigenvalues {
    /// The largest, the largest first; fewer where the matrix has fewer.
    pub top: Vec<Eigen>,
    /// The smallest, the smallest first.
    pub bottom: Vec<Eigen>,
    /// How many products it took.
    pub products: usize,
}

/// Why eigenvalues were not found.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum EigenError {
    /// The computation was cancelled.
    #[error("cancelled")]
    Cancelled,
    /// There is no loss to speak of.
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
        /// How many products it took.
        products: usize,
        /// What was asked for.
        tolerance: f64,
        /// What was reached.
        error: f64,
    },
}

/// The eigenvalues that are asked for.
///
/// Algorithm 10.1.1 of Golub & Van Loan 2013, with each new direction made orthogonal to all earlier ones. Where they span an invariant
/// subspace, it goes on from a random vector outside of it.
pub fn lanczos(
    matrix: &dyn LinearOperator,
    ask: &LanczosOptions,
    cancel: &Cancel,
) -> Result<ExtremalEigenvalues, EigenError> {
    let first = LanczosOptions {
        vectors: ask.vectors || ask.repeated,
        ..*ask
    };
    let find = || {
        let (mut found, complete) = run_lanczos(matrix, &first, &[], cancel)?;
        if ask.repeated && !complete {
            find_repeated(matrix, ask, &mut found, cancel)?;
        }
        Ok(found)
    };
    if matrix.dim() <= MIN_PARALLEL_DIM {
        return find();
    }
    awake(find)
}

/// Looks beside what was found until nothing more belongs to it.
fn find_repeated(
    matrix: &dyn LinearOperator,
    ask: &LanczosOptions,
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
            // In a small matrix one may be at both ends.
            if norm(&vector) > 1e-8 {
                known.extend(normalized(vector));
            }
        }
        known.truncate(matrix.dim());
        if known.len() == matrix.dim() {
            return Ok(());
        }
        let own = LanczosOptions {
            top: ask.top.min(1),
            bottom: ask.bottom.min(1),
            vectors: true,
            seed: ask.seed.wrapping_add(round),
            ..*ask
        };
        let beside = Deflated {
            whole: matrix,
            directions: &known,
        };
        let (more, _) = run_lanczos(&beside, &own, &known, cancel)?;
        found.products += more.products;
        let beyond = |value: f64, last: Option<&Eigen>, sign: f64| {
            last.is_some_and(|last| sign * (value - last.value) > ask.tolerance * scale)
        };
        let mut news = false;
        for (list, eigen, sign) in [
            (&mut found.top, more.top, 1.0),
            (&mut found.bottom, more.bottom, -1.0),
        ] {
            for eigen in eigen {
                if beyond(eigen.value, list.last(), sign) {
                    list.pop();
                    list.push(eigen);
                    list.sort_by(|a, b| (sign * b.value).total_cmp(&(sign * a.value)));
                    news = true;
                }
            }
        }
        if !news {
            break;
        }
    }
    if !ask.vectors {
        let all = found.top.iter_mut().chain(&mut found.bottom);
        all.for_each(|eigen| eigen.vector = Vec::new());
    }
    Ok(())
}

/// One way of Lanczos', in directions that are orthogonal to `known`; and whether it went through all there are.
fn run_lanczos(
    matrix: &dyn LinearOperator,
    ask: &LanczosOptions,
    known: &[Vec<f64>],
    cancel: &Cancel,
) -> Result<(ExtremalEigenvalues, bool), EigenError> {
    let all = matrix.dim() - known.len();
    let most = all.min(max_directions(matrix));
    let guessed = ask.top == 1 && ask.bottom == 0 && all > MIN_PARALLEL_DIM && known.is_empty();
    let guess = guessed
        .then(|| largest_in_f32(matrix, ask, cancel))
        .flatten();
    if let Some(guess) = guess.as_ref().filter(|_| !ask.vectors)
        && let Some(found) = guess.accept(matrix, ask)
    {
        return Ok((found, false));
    }
    let mut lanczos = match &guess {
        Some(guess) => LanczosBasis::from(guess.eigen.vector.clone()),
        None => LanczosBasis::new(matrix.dim(), known, ask.seed),
    };
    loop {
        if cancel.is_cancelled() {
            return Err(EigenError::Cancelled);
        }
        lanczos.step(matrix)?;
        let count = lanczos.basis.len();
        let complete = count == all;
        if !is_due(count, most) || count < (ask.top + ask.bottom + 2).min(most) {
            continue;
        }
        let (mut found, error) = lanczos.extremes(ask, complete);
        found.products += guess.as_ref().map_or(0, |guess| guess.products);
        if complete || error <= ask.tolerance {
            return Ok((lanczos.with_vectors(found, ask), complete));
        }
        if count == most {
            return Err(EigenError::NotFound {
                products: found.products,
                tolerance: ask.tolerance,
                error,
            });
        }
    }
}

/// Whether to look at the eigenvalues after so many steps: of many that takes long.
fn is_due(count: usize, most: usize) -> bool {
    count < 64 || count.is_multiple_of(8) || count == most
}

/// So many directions there is room for.
fn max_directions(matrix: &dyn LinearOperator) -> usize {
    MAX_DIRECTIONS
        .min(MAX_STORED_VALUES / matrix.dim().max(1))
        .max(32)
}

/// The largest eigenvalue of a rounded matrix.
struct F32Eigenvalue {
    eigen: Eigen,
    /// What rounding does to it, where that was measured.
    rounding: Option<f64>,
    products: usize,
}

impl F32Eigenvalue {
    /// The eigenvalue, if it is near enough. Where rounding was seen to do little beside what is asked for, three times that is what it may have
    /// done; else the curvature along the eigenvalue's direction says it with all digits.
    fn accept(
        &self,
        matrix: &dyn LinearOperator,
        ask: &LanczosOptions,
    ) -> Option<ExtremalEigenvalues> {
        let near = |value: f64, error: f64| error <= ask.tolerance * value.abs();
        let Eigen { value, error, .. } = self.eigen;
        let measured = self.rounding.map(|rounding| error + 3.0 * rounding);
        let (value, error) = match measured {
            Some(error) if near(value, error) => (value, error),
            _ => {
                let exact = matrix.quadratic_form(&self.eigen.vector);
                let sure = (exact - value).abs() <= F32_ERROR * exact.abs();
                (exact, if sure { error } else { f64::INFINITY })
            }
        };
        let vector = Vec::new();
        near(value, error).then(|| ExtremalEigenvalues {
            top: vec![Eigen {
                value,
                error,
                vector,
            }],
            bottom: Vec::new(),
            products: self.products + 1,
        })
    }
}

/// Looks for the largest eigenvalue of the rounded matrix, from where a rough one has it. `None` where there is no such matrix, or nothing
/// to be found with its few digits.
fn largest_in_f32(
    matrix: &dyn LinearOperator,
    ask: &LanczosOptions,
    cancel: &Cancel,
) -> Option<F32Eigenvalue> {
    // Nearer than this to the rough matrix's is no nearer to the other's.
    const SUBSAMPLED: (f64, usize) = (1e-3, 4);
    let (rounded, mut lanczos) = join(
        || matrix.single_precision(),
        || LanczosBasis::new(matrix.dim(), &[], ask.seed),
    );
    let rounded = rounded?;
    if let Some(rough) = rounded.subsampled() {
        let mut hint = lanczos.reset();
        iterate_until(&mut hint, &*rough, SUBSAMPLED, cancel)?;
        lanczos.restart_from(hint.leading_vector()?);
    }
    // Some of it is for the rounding.
    let tolerance = (0.7 * ask.tolerance).max(1e-12);
    let found = iterate_until(
        &mut lanczos,
        &*rounded,
        (tolerance, max_directions(matrix)),
        cancel,
    )?;
    let eigen = lanczos.largest(F32_ERROR)?;
    if !found {
        return None;
    }
    // Where vectors are wanted it is no more than a place to begin from.
    let measured = (!ask.vectors).then(|| rounded.single_precision_error(&eigen.vector));
    Some(F32Eigenvalue {
        rounding: measured.flatten(),
        products: lanczos.basis.len(),
        eigen,
    })
}

/// Takes steps until the largest eigenvalue is known to a tolerance, but not more than so many. Returns whether it is; `None` where there is
/// no next step.
fn iterate_until(
    lanczos: &mut LanczosBasis,
    matrix: &dyn LinearOperator,
    (tolerance, most): (f64, usize),
    cancel: &Cancel,
) -> Option<bool> {
    let ask = LanczosOptions::largest(tolerance);
    for count in 1..=most {
        if cancel.is_cancelled() {
            return None;
        }
        lanczos.step(matrix).ok()?;
        if count > 2 && is_due(count, most) && lanczos.extremes(&ask, false).1 <= tolerance {
            return Some(true);
        }
    }
    Some(false)
}

#[cfg(test)]
mod tests;
