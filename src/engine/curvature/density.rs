//! How densely eigenvalues lie: stochastic Lanczos quadrature.

use super::lanczos::{EigenError, Lanczos};
use super::matrix::Symmetric;
use super::trace::{Estimate, signs};
use super::tridiagonal::eigenvalues;
use crate::engine::cancel::Cancel;
use crate::engine::real;
use rayon::prelude::*;
use std::f64::consts::PI;

/// A spectrum as shares of the eigenvalues: a few of its places that stand for all. Each random vector says its own.
#[derive(Clone, Debug, PartialEq)]
pub struct Density {
    /// For each random vector, places with their shares, which are 1 together.
    pub quadratures: Vec<Vec<[f64; 2]>>,
    /// Whether these are all eigenvalues, and nothing is random.
    pub exact: bool,
}

/// The density of a matrix's eigenvalues, from so many random vectors of signs and `steps` products for each: Ubaru, Chen & Saad 2017;
/// Ghorbani, Krishnan & Xiao 2019, algorithm 1. As many steps as there are dimensions find all eigenvalues.
pub fn density(
    matrix: &dyn Symmetric,
    vectors: usize,
    steps: usize,
    seed: u64,
    cancel: &Cancel,
) -> Result<Density, EigenError> {
    let n = matrix.dim();
    let steps = steps.min(n).max(1);
    // One vector after the other: products are parallel in themselves.
    let quadrature = |start: Vec<f64>| {
        let mut lanczos = Lanczos::from(start);
        for _ in 0..steps {
            if cancel.is_cancelled() {
                return Err(EigenError::Cancelled);
            }
            lanczos.step(matrix)?;
            if lanczos.is_invariant() {
                break;
            }
        }
        let (places, rows) = lanczos.small.eigen(&[0]);
        let shares = rows[0].iter().map(|first| first * first);
        Ok(places
            .into_iter()
            .zip(shares)
            .map(<[f64; 2]>::from)
            .collect())
    };
    let starts = signs(n, seed, 0..vectors.max(1));
    Ok(Density {
        quadratures: starts
            .into_iter()
            .map(quadrature)
            .collect::<Result<_, _>>()?,
        exact: false,
    })
}

impl Density {
    /// Of all eigenvalues.
    pub fn of(values: &[f64]) -> Self {
        let share = 1.0 / real(values.len().max(1));
        let places = values.iter().map(|value| [*value, share]).collect();
        Self {
            quadratures: vec![places],
            exact: true,
        }
    }

    /// Of a matrix of n × n numbers, which is destroyed.
    pub(super) fn of_dense(matrix: &mut [f64], n: usize) -> (Self, Vec<f64>) {
        let values = eigenvalues(matrix, n);
        (Self::of(&values), values)
    }

    /// The lowest and the highest place.
    pub fn range(&self) -> Option<[f64; 2]> {
        let places = self.quadratures.iter().flatten().map(|[place, _]| *place);
        places.fold(None, |range: Option<[f64; 2]>, place| {
            let [low, high] = range.unwrap_or([place; 2]);
            Some([low.min(place), high.max(place)])
        })
    }

    /// The mean of λ to the power of `order` over all eigenvalues: of order 1 it is the trace by n, of order 2 the squared Frobenius norm
    /// by n.
    pub fn moment(&self, order: i32) -> Estimate {
        self.mean(|place| place.powi(order))
    }

    /// How many eigenvalues there are for each unit of λ around `at`, as a share of all, where each is spread over a normal distribution
    /// of standard deviation `width`. Its integral is 1.
    pub fn at(&self, at: f64, width: f64) -> Estimate {
        let peak = 1.0 / (width * (2.0 * PI).sqrt());
        self.mean(|place| {
            let away = (at - place) / width;
            peak * (-0.5 * away * away).exp()
        })
    }

    /// The share of the eigenvalues below `at`.
    pub fn below(&self, at: f64) -> Estimate {
        self.mean(|place| f64::from(place < at))
    }

    /// The mean over the spectrum of what is said of each place.
    fn mean(&self, of: impl Fn(f64) -> f64) -> Estimate {
        let sum =
            |places: &Vec<[f64; 2]>| places.iter().map(|[place, share]| share * of(*place)).sum();
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

    /// The density over `count` places from below the lowest eigenvalue to above the highest, for drawing: rows of λ, density and its
    /// standard error. Each is spread over a hundredth of the range.
    pub fn curve(&self, count: usize) -> Vec<[f64; 3]> {
        let Some([low, high]) = self.range() else {
            return Vec::new();
        };
        let around = low.abs().max(high.abs()).max(f64::MIN_POSITIVE);
        let width = ((high - low) * 0.01).max(1e-9 * around);
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
    use super::super::matrix::Dense;
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
    fn moments_and_integral_are_those_of_the_matrix() {
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
        // Where no eigenvalue is near, both say the same share.
        for at in [-2.0, -0.5, 0.5, 1.5, 2.5, 4.0] {
            let Estimate { value, error } = found.below(at);
            assert!(
                (value - exact.below(at).value).abs() <= 4.0 * error + 1e-3,
                "{at}"
            );
        }
    }

    #[test]
    fn few_steps_are_exact_where_few_eigenvalues_differ() {
        let numbers = (0..400)
            .map(|at| f64::from(u8::from(at % 21 == 0)))
            .collect();
        let one = Dense { n: 20, numbers };
        let found = density(&one, 3, 15, 0, &Cancel::default()).unwrap();
        let [low, high] = found.range().unwrap();
        assert!(high - low == 0.0 && (low - 1.0).abs() < 1e-15);
        assert_eq!(found.quadratures[0].len(), 1);
        assert!((found.at(1.0, 0.1).value - 3.989_422_804).abs() < 1e-8);
        assert_eq!(Density::of(&[]).range(), None);
        assert!(Density::of(&[]).curve(10).is_empty());
    }
}
