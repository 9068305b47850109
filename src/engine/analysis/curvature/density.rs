//! Spectral density by stochastic Lanczos quadrature.

use super::lanczos::{EigenError, MAX_STORED_VALUES};
use super::lanczos_basis::LanczosBasis;
use super::operator::LinearOperator;
use super::trace::Estimate;
use crate::engine::cancel::Cancel;
use crate::engine::numeric::linalg::eigenvalues;
use crate::engine::numeric::random::Purpose;
use crate::engine::numeric::real;
use crate::engine::numeric::vector_ops::{dot, gaussian};
use rayon::prelude::*;
use std::f64::consts::PI;

/// Spectral density: quadrature nodes with weights, from which integrals over the spectrum follow.
#[derive(Clone, Debug, PartialEq)]
pub struct Density {
    /// Quadrature of each random vector: nodes λ with weights, which sum to 1.
    pub quadratures: Vec<Vec<[f64; 2]>>,
    /// Whether the nodes are all eigenvalues, and nothing is random.
    pub exact: bool,
}

/// Estimates the spectral density of a matrix from `vectors` random vectors and `steps` products for each: Ubaru, Chen & Saad 2017;
/// Ghorbani, Krishnan & Xiao 2019, algorithm 1. With as many steps as dimensions all eigenvalues are found.
///
/// A random vector gives an isolated eigenvalue a random weight, whose mean is 1 / n. Where all vectors, at least two, have found
/// the same eigenvector, the weight is set to 1 / n, so that large eigenvalues are not left to chance, as in Hutch++. That is done where
/// the Lanczos vectors of all random vectors fit into memory.
pub fn density(
    matrix: &dyn LinearOperator,
    vectors: usize,
    steps: usize,
    seed: u64,
    cancel: &Cancel,
) -> Result<Density, EigenError> {
    let n = matrix.dim();
    let steps = steps.min(n).max(1);
    // Gaussian vectors are isotropic in every subspace, so that the mean over what is orthogonal to known eigenvectors is unbiased.
    let start = |index| gaussian(n, seed, Purpose::Traces, index);
    let starts: Vec<_> = (0..vectors.max(1) as u64).map(start).collect();
    let values = n.saturating_mul(steps).saturating_mul(starts.len());
    let fits_in_memory = values <= MAX_STORED_VALUES;
    let quadrature = |start: &Vec<f64>| {
        let mut lanczos = LanczosBasis::from(start.clone());
        for _ in 0..steps {
            if cancel.is_cancelled() {
                return Err(EigenError::Cancelled);
            }
            lanczos.step(matrix)?;
            if lanczos.is_invariant() {
                break;
            }
        }
        Ok(Quadrature::new(&lanczos, fits_in_memory))
    };
    let quadratures: Result<Vec<Quadrature>, EigenError> = if fits_in_memory {
        starts.par_iter().map(quadrature).collect()
    } else {
        starts.iter().map(quadrature).collect()
    };
    let mut quadratures = quadratures?;
    let simple = simple_eigenvalues(&quadratures);
    quadratures
        .iter_mut()
        .for_each(|own| own.set_exact_weights(&simple, n));
    Ok(Density {
        quadratures: quadratures.into_iter().map(|own| own.nodes).collect(),
        exact: false,
    })
}

/// Quadrature of one random vector.
struct Quadrature {
    /// Nodes λ with weights.
    nodes: Vec<[f64; 2]>,
    /// Indices of nodes that have converged to eigenvalues, and the eigenvectors.
    converged_vectors: Vec<(usize, Vec<f64>)>,
    /// Distance up to which two nodes count as the same eigenvalue.
    tolerance: f64,
}

impl Quadrature {
    /// Returns the quadrature of a Lanczos basis, with eigenvectors if `with_vectors`.
    fn new(lanczos: &LanczosBasis, with_vectors: bool) -> Self {
        let (values, rows) = lanczos.tridiagonal.eigen(&[0]);
        let weights = rows[0].iter().map(|first| first * first);
        let size = values
            .iter()
            .fold(0.0, |most: f64, value| most.max(value.abs()));
        let tolerance = 1e-6 * size;
        Self {
            nodes: { values.iter().copied() }
                .zip(weights)
                .map(<[f64; 2]>::from)
                .collect(),
            converged_vectors: if with_vectors {
                lanczos.converged(tolerance)
            } else {
                Vec::new()
            },
            tolerance,
        }
    }

    /// Returns the converged node at an eigenvalue, and its eigenvector.
    fn converged_at(&self, value: f64) -> Option<&(usize, Vec<f64>)> {
        let is_near =
            |(k, _): &&(usize, Vec<f64>)| (self.nodes[*k][0] - value).abs() <= self.tolerance;
        self.converged_vectors.iter().find(is_near)
    }

    /// Sets the weights of simple eigenvalues to 1 / n each, and scales all others to the rest.
    fn set_exact_weights(&mut self, simple: &[f64], n: usize) {
        let own = { simple.iter() }.filter_map(|value| self.converged_at(*value).map(|(k, _)| *k));
        let mut own: Vec<usize> = own.collect();
        own.dedup();
        let left = real(n - own.len().min(n)) / real(n);
        let others: f64 = { self.nodes.iter().enumerate() }
            .filter(|(k, _)| !own.contains(k))
            .map(|(_, [_, weight])| weight)
            .sum();
        // Where all other weights are rounding, nothing can be scaled to the rest.
        if own.is_empty() || left > 0.0 && others < 1e-12 {
            return;
        }
        for (k, [_, weight]) in self.nodes.iter_mut().enumerate() {
            *weight = if own.contains(&k) {
                1.0 / real(n)
            } else {
                *weight * left / others
            };
        }
    }
}

/// Returns the eigenvalues of which all vectors have found the same eigenvector. Of a double eigenvalue each finds another one.
fn simple_eigenvalues(found: &[Quadrature]) -> Vec<f64> {
    let [first, others @ ..] = found else {
        return Vec::new();
    };
    let is_simple = |k: usize, vector: &[f64]| {
        let value = first.nodes[k][0];
        let agrees = |other: &Quadrature| {
            other
                .converged_at(value)
                .is_some_and(|(_, other)| 1.0 - dot(vector, other).abs() < 1e-6)
        };
        !others.is_empty() && others.iter().all(agrees)
    };
    { first.converged_vectors.iter() }
        .filter(|(k, vector)| is_simple(*k, vector))
        .map(|(k, _)| first.nodes[*k][0])
        .collect()
}

impl Density {
    /// Returns the exact density of a matrix with these eigenvalues.
    pub fn from_eigenvalues(values: &[f64]) -> Self {
        let share = 1.0 / real(values.len().max(1));
        let nodes = values.iter().map(|value| [*value, share]).collect();
        Self {
            quadratures: vec![nodes],
            exact: true,
        }
    }

    /// Returns the exact density of a dense symmetric n × n matrix, which is destroyed, and its eigenvalues in ascending order.
    pub(super) fn of_dense(matrix: &mut [f64], n: usize) -> (Self, Vec<f64>) {
        let values = eigenvalues(matrix, n);
        (Self::from_eigenvalues(&values), values)
    }

    /// Returns the lowest and the highest node.
    pub fn range(&self) -> Option<[f64; 2]> {
        let nodes = self.quadratures.iter().flatten().map(|[node, _]| *node);
        nodes.fold(None, |range: Option<[f64; 2]>, node| {
            let [low, high] = range.unwrap_or([node; 2]);
            Some([low.min(node), high.max(node)])
        })
    }

    /// Estimates the mean of λ to the power of `order` over all eigenvalues: of order 1 it is the trace divided by n, of order 2 the squared
    /// Frobenius norm divided by n.
    pub fn moment(&self, order: i32) -> Estimate {
        self.mean(|node| node.powi(order))
    }

    /// Estimates the density at λ = `at`, with each eigenvalue spread over a normal distribution of standard deviation `width`. Its integral
    /// over λ is 1.
    pub fn at(&self, at: f64, width: f64) -> Estimate {
        let peak = 1.0 / (width * (2.0 * PI).sqrt());
        self.mean(|node| {
            let away = (at - node) / width;
            peak * (-0.5 * away * away).exp()
        })
    }

    /// Estimates the share of the eigenvalues below `at`.
    pub fn below(&self, at: f64) -> Estimate {
        self.mean(|node| f64::from(node < at))
    }

    /// Estimates the mean of f(λ) over the spectrum.
    fn mean(&self, f: impl Fn(f64) -> f64) -> Estimate {
        let sum =
            |nodes: &Vec<[f64; 2]>| nodes.iter().map(|[node, weight]| weight * f(*node)).sum();
        let sums: Vec<f64> = self.quadratures.iter().map(sum).collect();
        match sums[..] {
            [] => Estimate::exact(f64::NAN),
            [only] if self.exact => Estimate::exact(only),
            [only] => Estimate {
                value: only,
                error: f64::NAN,
            },
            _ => Estimate::mean(&sums),
        }
    }

    /// Returns the density at `count` points from below the lowest eigenvalue to above the highest, for drawing: rows of λ, density and its
    /// standard error. Eigenvalues are spread over a hundredth of the range; where all are equal, over a billionth of their size, or of 1
    /// for 0.
    pub fn curve(&self, count: usize) -> Vec<[f64; 3]> {
        let Some([low, high]) = self.range() else {
            return Vec::new();
        };
        // Eigenvalues that are all 0 have no size; and the last point must be finite.
        let size = match low.abs().max(high.abs()) {
            0.0 => 1.0,
            size => size.max(1e-290),
        };
        let width = (high * 0.01 - low * 0.01).max(1e-9 * size);
        let (first, last) = (low - 5.0 * width, high + 5.0 * width);
        let step = (last - first) / real(count.saturating_sub(1).max(1));
        let row = |k: usize| {
            let at = first + step * real(k);
            let Estimate { value, error } = self.at(at, width);
            [at, value, error]
        };
        (0..count).into_par_iter().map(row).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::operator::Dense;
    use super::*;

    fn matrix(n: usize) -> Dense {
        let entry = |i: usize, j: usize| {
            if i == j {
                real(i % 5) - 1.0
            } else {
                0.05 * (real(i + j) * 0.9).sin()
            }
        };
        let numbers = (0..n * n).map(|at| entry(at / n, at % n)).collect();
        Dense { n, numbers }
    }

    #[test]
    fn moments_and_integral_match_the_matrix() {
        let mut dense = matrix(150);
        let mean = dense.numbers.iter().step_by(151).sum::<f64>() / 150.0;
        let squares = dense.numbers.iter().map(|x| x * x).sum::<f64>() / 150.0;
        let found = density(&dense, 24, 30, 0, &Cancel::default()).unwrap();
        let exact = Density::of_dense(&mut dense.numbers, 150).0;
        for density in [&found, &exact] {
            let shares = density.moment(0);
            assert!((shares.value - 1.0).abs() < 1e-12);
            let curve = density.curve(2000);
            let step = curve[1][0] - curve[0][0];
            let whole: f64 = curve.iter().map(|[_, density, _]| density * step).sum();
            assert!((whole - 1.0).abs() < 1e-5, "{whole}");
            for (order, moment) in [(1, mean), (2, squares)] {
                let Estimate { value, error } = density.moment(order);
                assert!(
                    (value - moment).abs() <= 4.0 * error + 1e-12,
                    "{order}: {value}"
                );
            }
        }
        // Where no eigenvalue is near, both shares agree.
        for at in [-2.0, -0.5, 0.5, 1.5, 2.5, 4.0] {
            let Estimate { value, error } = found.below(at);
            assert!(
                (value - exact.below(at).value).abs() <= 4.0 * error + 1e-3,
                "{at}"
            );
        }
    }

    #[test]
    fn isolated_eigenvalues_have_the_weight_of_one() {
        // A bulk, one eigenvalue far out, and one that comes twice.
        let n = 300;
        let mut numbers = vec![0.0; n * n];
        for k in 0..n {
            numbers[k * (n + 1)] = match k {
                0 => 40.0,
                1 | 2 => -25.0,
                _ => (real(k) * 0.7).sin(),
            };
        }
        let found = density(&Dense { n, numbers }, 4, 40, 1, &Cancel::default()).unwrap();
        let above = found.below(30.0);
        assert!((1.0 - above.value - 1.0 / 300.0).abs() < 1e-12 && above.error < 1e-12);
        let below = found.below(-20.0);
        assert!(below.error > 0.0 && (below.value - 2.0 / 300.0).abs() < 4.0 * below.error);
        assert!((found.moment(0).value - 1.0).abs() < 1e-12);
        // The bulk adds little.
        let squares = found.moment(2);
        let exact = (40.0 * 40.0 + 2.0 * 25.0 * 25.0) / 300.0 + 0.5;
        assert!((squares.value - exact).abs() < 4.0 * squares.error + 0.02);
    }

    #[test]
    fn few_steps_are_exact_where_few_eigenvalues_differ() {
        let numbers = (0..400)
            .map(|at| f64::from(u8::from(at % 21 == 0)))
            .collect();
        let one = Dense { n: 20, numbers };
        let found = density(&one, 3, 15, 0, &Cancel::default()).unwrap();
        let [low, high] = found.range().unwrap();
        assert!(high - low < 4e-15 && (low - 1.0).abs() < 4e-15);
        assert_eq!(found.quadratures[0].len(), 1);
        assert!((found.at(1.0, 0.1).value - 3.989_422_804).abs() < 1e-8);
        assert_eq!(Density::from_eigenvalues(&[]).range(), None);
        assert!(Density::from_eigenvalues(&[]).curve(10).is_empty());
    }
}
