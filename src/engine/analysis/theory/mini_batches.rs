//! Level at which mini-batches hold the loss of SGD on linear regression.
//!
//! A step maps z = (θ − θ*, v, 1) linearly, by a matrix that the samples of its batch determine. Batches of an epoch are parts of one random
//! order, so that they are not independent; those of two epochs are. The second moments S = E[z zᵀ] at the ends of epochs therefore follow
//! S ← E[T S Tᵀ] exactly, with the product T of the matrices of an epoch. The mean over orders is taken over some of them.

use super::Bowl;
use crate::engine::numeric::real;
use crate::engine::objective::{Batches, Objective};
use crate::engine::optimizer::LinearStep;
use crate::engine::schedule::StepRates;
use crate::engine::training::RunSpec;

/// Number of entries of z: two parameters, their velocities, and 1.
const N: usize = 5;

/// Number of steps that the mean is taken over, at least, and of epochs.
const MIN_STEPS: usize = 6000;
const MIN_EPOCHS: usize = 16;

/// Largest number of steps of an epoch.
const MAX_EPOCH: usize = 5000;

/// Exponent of the number of epochs after which S has settled: 2⁴⁰.
const DOUBLINGS: usize = 40;

type Matrix = [[f64; N]; N];

impl Bowl {
    /// Returns the mean loss above the minimum at which mini-batches of `batch` samples hold a run in the long run. `None` where it grows, for
    /// objectives other than linear regression, and for very long epochs.
    pub(super) fn mini_batch_level(
        &self,
        objective: &dyn Objective,
        spec: &RunSpec,
        rates: StepRates,
        batch: usize,
    ) -> Option<f64> {
        objective.line_data()?;
        let samples = objective.samples();
        let epoch = samples.div_ceil(batch);
        if epoch > MAX_EPOCH || self.dim != 2 {
            return None;
        }
        let epochs = (MIN_STEPS / epoch).max(MIN_EPOCHS);
        let [still, unit] = [0.0, 1.0].map(|curvature| spec.linear_step(rates, curvature));
        let steps = [still?, unit?];
        let loss = self.loss_matrix();
        let mut batches = Batches::new(samples, batch, 0);
        let mut moments = vec![[0.0; N * N]; N * N];
        let mut losses = [[0.0; N]; N];
        for _ in 0..epochs {
            let mut product = identity();
            for _ in 0..epoch {
                batches.advance();
                let step = self.step_matrix(objective, batches.current(), &steps);
                product = times(&step, &product);
                add(&mut losses, &congruent(&loss, &product));
            }
            // vec(T S Tᵀ) = (T ⊗ T) vec(S)
            for (row, sums) in moments.iter_mut().enumerate() {
                for (column, sum) in sums.iter_mut().enumerate() {
                    let [i, j, k, l] = [row / N, row % N, column / N, column % N];
                    *sum += product[i][k] * product[j][l] / real(epochs as u64);
                }
            }
        }
        let settled = last_column_of_power(moments, DOUBLINGS)?;
        let steps = real((epochs * epoch) as u64);
        let each = (0..N * N).map(|index| losses[index / N][index % N] * settled[index]);
        let level = each.sum::<f64>() / steps;
        (level.is_finite() && level > 0.0).then_some(level)
    }

    /// Returns the matrix of the loss above the minimum, ½ (θ − θ*)ᵀ H (θ − θ*), as a quadratic form of z.
    fn loss_matrix(&self) -> Matrix {
        let [xx, xy, yy] = self.hessian.map(|entry| 0.5 * entry);
        let mut loss = [[0.0; N]; N];
        loss[0][..2].copy_from_slice(&[xx, xy]);
        loss[1][..2].copy_from_slice(&[xy, yy]);
        loss
    }

    /// Returns the matrix of a step with the gradient of a batch, which is linear in θ; `steps` are those of the curvatures 0 and 1.
    fn step_matrix(
        &self,
        objective: &dyn Objective,
        batch: &[usize],
        [still, unit]: &[LinearStep; 2],
    ) -> Matrix {
        let gradient = |at: [f64; 2]| {
            let mut gradient = [0.0; 2];
            let theta = [self.minimum[0] + at[0], self.minimum[1] + at[1]];
            objective.batch_gradient(&theta, batch, &mut gradient);
            gradient
        };
        let at_minimum = gradient([0.0; 2]);
        let columns = [gradient([1.0, 0.0]), gradient([0.0, 1.0])];
        let mut matrix = [[0.0; N]; N];
        matrix[N - 1][N - 1] = 1.0;
        for to in 0..2 {
            for i in 0..2 {
                let row = 2 * to + i;
                for from in 0..2 {
                    for j in 0..2 {
                        let curvature = columns[j][i] - at_minimum[i];
                        let own = if i == j { still.matrix[to][from] } else { 0.0 };
                        let by_curvature = unit.matrix[to][from] - still.matrix[to][from];
                        matrix[row][2 * from + j] = own + by_curvature * curvature;
                    }
                }
                matrix[row][N - 1] = unit.noise[to] * at_minimum[i];
            }
        }
        matrix
    }
}

fn identity() -> Matrix {
    let mut matrix = [[0.0; N]; N];
    (0..N).for_each(|i| matrix[i][i] = 1.0);
    matrix
}

fn times(a: &Matrix, b: &Matrix) -> Matrix {
    let entry = |i: usize, j: usize| (0..N).map(|k| a[i][k] * b[k][j]).sum();
    std::array::from_fn(|i| std::array::from_fn(|j| entry(i, j)))
}

/// Returns Tᵀ A T.
fn congruent(a: &Matrix, t: &Matrix) -> Matrix {
    let right = times(a, t);
    let entry = |i: usize, j: usize| (0..N).map(|k| t[k][i] * right[k][j]).sum();
    std::array::from_fn(|i| std::array::from_fn(|j| entry(i, j)))
}

fn add(sum: &mut Matrix, more: &Matrix) {
    for (row, more) in sum.iter_mut().zip(more) {
        row.iter_mut()
            .zip(more)
            .for_each(|(entry, more)| *entry += more);
    }
}

/// Returns the last column of a matrix to the power 2ⁿ with n = `doublings`; `None` where it grows beyond all numbers.
fn last_column_of_power(mut power: Vec<[f64; N * N]>, doublings: usize) -> Option<[f64; N * N]> {
    for _ in 0..doublings {
        let mut square = vec![[0.0; N * N]; N * N];
        for (row, sums) in power.iter().zip(&mut square) {
            for (factor, other) in row.iter().zip(&power).filter(|(factor, _)| **factor != 0.0) {
                for (sum, entry) in sums.iter_mut().zip(other) {
                    *sum += factor * entry;
                }
            }
        }
        power = square;
    }
    let mut column = [0.0; N * N];
    for (entry, row) in column.iter_mut().zip(&power) {
        *entry = row[N * N - 1];
    }
    column
        .iter()
        .all(|entry| entry.is_finite())
        .then_some(column)
}
