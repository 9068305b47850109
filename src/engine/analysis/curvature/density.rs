//! How densely eigenvalues lie: stochastic Lanczos quadrature.

use super::lanczos::{EigenError, MAX_STORED_VALUES};
use super::lanczos_basis::LanczosBasis;
use super::operator::LinearOperator;
use super::trace::Estimate;
use super::tridiagonal::eigenvalues;
use crate::engine::cancel::Cancel;
use crate::engine::numeric::random::Purpose;
use crate::engine::numeric::real;
use crate::engine::numeric::vector_ops::{dot, gaussian};
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

/// Chance says no more than a few digits of a density, so that products need no more than those of f32. They are off by about this, beside
/// the largest eigenvalue.
const F32_ERROR: f64 = 1e-6;

/// The density of a matrix's eigenvalues, from so many random directions and `steps` products for each: Ubaru, Chen & Saad 2017;
/// Ghorbani, Krishnan & Xiao 2019, algorithm 1. As many steps as there are dimensions find all eigenvalues.
///
/// A random vector gives an eigenvalue that lies alone a random share, whose mean is 1 / n. Where all vectors, at least two, have found
/// the same eigenvector that share is known, and is what it gets: as in Hutch++, what is large is not left to chance. That is done where
/// there is room for the directions of all vectors.
///
/// Where a matrix has products of f32, places are off by a millionth of the largest.
pub fn density(
    matrix: &dyn LinearOperator,
    vectors: usize,
    steps: usize,
    seed: u64,
    cancel: &Cancel,
) -> Result<Density, EigenError> {
    let n = matrix.dim();
    let steps = steps.min(n).max(1);
    // All directions alike, also in what is left beside those that are known: its mean is then without bias.
    let start = |index| gaussian(n, seed, Purpose::Traces, index);
    let starts: Vec<_> = (0..vectors.max(1) as u64).map(start).collect();
    let rounded = matrix.single_precision();
    let found = rounded.map(|rounded| quadratures(&*rounded, &starts, steps, F32_ERROR, cancel));
    let mut found = match found {
        // What is too large for f32 may have all digits.
        None | Some(Err(EigenError::NotFinite)) => {
            quadratures(matrix, &starts, steps, 0.0, cancel)?
        }
        Some(found) => found?,
    };
    let alone = simple_eigenvalues(&found);
    found.iter_mut().for_each(|own| own.correct(&alone, n));
    Ok(Density {
        quadratures: found.into_iter().map(|own| own.places).collect(),
        exact: false,
    })
}

/// What some random vectors say of a matrix whose products are off by `rounding` of the largest eigenvalue.
fn quadratures(
    matrix: &dyn LinearOperator,
    starts: &[Vec<f64>],
    steps: usize,
    rounding: f64,
    cancel: &Cancel,
) -> Result<Vec<Quadrature>, EigenError> {
    let numbers = matrix.dim().saturating_mul(steps);
    let room = numbers.saturating_mul(starts.len()) <= MAX_STORED_VALUES;
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
        Ok(Quadrature::of(&lanczos, room, rounding))
    };
    if room {
        starts.par_iter().map(quadrature).collect()
    } else {
        // Products are parallel in themselves.
        starts.iter().map(quadrature).collect()
    }
}

/// What one random vector says of a spectrum.
struct Quadrature {
    places: Vec<[f64; 2]>,
    /// Of places that are eigenvalues but for rounding: which they are, and the eigenvectors.
    converged_vectors: Vec<(usize, Vec<f64>)>,
    /// As far as two eigenvalues may be from each other and be the same.
    near: f64,
}

impl Quadrature {
    /// Eigenvectors only if there is `room` for them.
    fn of(lanczos: &LanczosBasis, room: bool, rounding: f64) -> Self {
        let (values, rows) = lanczos.tridiagonal.eigen(&[0]);
        let shares = rows[0].iter().map(|first| first * first);
        let size = values
            .iter()
            .fold(0.0, |most: f64, value| most.max(value.abs()));
        let near = (1e-6 + 3.0 * rounding) * size;
        Self {
            places: { values.iter().copied() }
                .zip(shares)
                .map(<[f64; 2]>::from)
                .collect(),
            converged_vectors: if room {
                lanczos.converged(near, rounding * size)
            } else {
                Vec::new()
            },
            near,
        }
    }

    /// The eigenvector that belongs to a place, if one is sure.
    fn vector(&self, value: f64) -> Option<&(usize, Vec<f64>)> {
        let near = |(k, _): &&(usize, Vec<f64>)| (self.places[*k][0] - value).abs() <= self.near;
        self.converged_vectors.iter().find(near)
    }

    /// Gives eigenvalues that are alone the share 1 / n each, and all others together what is left.
    fn correct(&mut self, alone: &[f64], n: usize) {
        let own = { alone.iter() }.filter_map(|value| self.vector(*value).map(|(k, _)| *k));
        let mut own: Vec<usize> = own.collect();
        own.dedup();
        let left = real(n - own.len().min(n)) / real(n);
        let others: f64 = { self.places.iter().enumerate() }
            .filter(|(k, _)| !own.contains(k))
            .map(|(_, [_, share])| share)
            .sum();
        // Where nothing but rounding is beside them, they are all.
        if own.is_empty() || left > 0.0 && others < 1e-12 {
            return;
        }
        for (k, [_, share]) in self.places.iter_mut().enumerate() {
            *share = if own.contains(&k) {
                1.0 / real(n)
            } else {
                *share * left / others
            };
        }
    }
}

/// The eigenvalues of which all vectors have found the same eigenvector: of one that comes twice each finds another.
fn simple_eigenvalues(found: &[Quadrature]) -> Vec<f64> {
    let [first, others @ ..] = found else {
        return Vec::new();
    };
    let same = |k: usize, vector: &[f64]| {
        let value = first.places[k][0];
        let agrees = |other: &Quadrature| {
            other
                .vector(value)
                .is_some_and(|(_, vector_there)| 1.0 - dot(vector, vector_there).abs() < 1e-6)
        };
        !others.is_empty() && others.iter().all(agrees)
    };
    { first.converged_vectors.iter() }
        .filter(|(k, vector)| same(*k, vector))
        .map(|(k, _)| first.places[*k][0])
        .collect()
}

impl Density {
    /// Of all eigenvalues.
    pub fn from_eigenvalues(values: &[f64]) -> Self {
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
        (Self::from_eigenvalues(&values), values)
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
    /// standard error. Each is spread over a hundredth of the range; where all are equal, over a billionth of their size, or of 1 for 0.
    pub fn curve(&self, count: usize) -> Vec<[f64; 3]> {
        let Some([low, high]) = self.range() else {
            return Vec::new();
        };
        // Where all eigenvalues are 0 there is no size to go by; and the highest place has to be finite.
        let around = match low.abs().max(high.abs()) {
            0.0 => 1.0,
            size => size.max(1e-290),
        };
        let width = (high * 0.01 - low * 0.01).max(1e-9 * around);
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
    fn eigenvalues_that_are_alone_have_the_share_of_one() {
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
        // What the bulk adds is little.
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
