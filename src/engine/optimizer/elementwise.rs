//! Elementwise optimizers: each parameter moves by its own gradient alone.
//!
//! An optimizer writes its step once, as a function of one parameter. Single runs, parameter groups and SIMD batches of runs are
//! derived from it.

use super::{AnyRule, UpdateRule, apply_decay, gradient_with_decay, shrink};
use crate::engine::numeric::real::{self, dispatch};
use crate::engine::objective::outcome::Reason;
use crate::engine::objective::state::StateVisitor;
use crate::engine::objective::{Objective, Oracle};
use crate::engine::schedule::StepRates;
use fearless_simd::Simd;

/// Update rule of an elementwise optimizer, with `N` numbers of state per parameter.
pub(super) trait Elementwise<const N: usize>: Send {
    /// Returns PyTorch's `maximize`, and λ where the rule adds λθ to the gradient.
    fn gradient_options(&self) -> (bool, f64);

    /// Returns the state of each parameter before the first step.
    fn initial_state(&self) -> [f64; N] {
        [0.0; N]
    }

    /// Advances to the next step and returns its update of one parameter: `update(θ, g, state)`.
    fn step(&mut self, rates: StepRates) -> impl Fn(&mut f64, f64, &mut [f64; N]) + Copy;

    /// Returns the factor of θ by the decoupled weight decay of the last step.
    fn shrink_factor(&self, rates: StepRates) -> f64 {
        let _ = rates;
        1.0
    }

    /// Visits the state after the last step: `N` columns of n numbers, and the numbers of the rule itself.
    fn visit_state(&self, state: [&[f64]; N], visitor: &mut StateVisitor);

    /// Writes the divisors of [`UpdateRule::preconditioner`] to `to`; returns false if there are none.
    fn preconditioner(&self, state: [&[f64]; N], to: &mut [f64]) -> bool {
        let _ = (state, to);
        false
    }

    /// Returns the average of the iterates; see [`UpdateRule::average`].
    fn average<'s>(&self, state: [&'s [f64]; N]) -> Option<&'s [f64]> {
        let _ = state;
        None
    }

    /// Returns the reason of a step that is not finite; see [`UpdateRule::failure`].
    fn failure(&self, state: [&[f64]; N]) -> Option<Reason> {
        let _ = state;
        None
    }
}

/// Number of steps of a plain run between two checks of its end.
pub const BLOCK: usize = 64;

/// Rows of a block of steps of a run in two parameters: the states before them.
pub struct BlockRows {
    /// θ.
    pub theta: [[f64; 2]; BLOCK],
    /// Losses.
    pub losses: [f64; BLOCK],
    /// Gradients without weight decay: all by x, all by y. Pairs would be written one by one and read at once, which takes longer than
    /// a step while they are on their way to the cache.
    pub gradient: [[f64; BLOCK]; 2],
}

impl BlockRows {
    /// Writes a row and returns its gradient.
    #[inline(always)]
    fn evaluate(&mut self, row: usize, point: [f64; 2], objective: &dyn Objective) -> [f64; 2] {
        let [by_x, by_y] = &mut self.gradient;
        self.theta[row] = point;
        let loss = &mut self.losses[row];
        objective.gradient_at(point[0], point[1], loss, &mut by_x[row], &mut by_y[row]);
        [by_x[row], by_y[row]]
    }
}

/// Elementwise update rule with its state stored outside in columns, so that one rule can step many runs at once.
pub trait ElementwiseKernel: Send {
    /// Returns the columns of the initial state of n parameters.
    fn initial_columns(&self, n: usize) -> Vec<Vec<f64>>;

    /// Returns PyTorch's `maximize`, and λ where the rule adds λθ to the gradient.
    fn gradient_options(&self) -> (bool, f64);

    /// Takes a step of all parameters. All columns have the length of `theta`.
    fn step(
        &mut self,
        rates: StepRates,
        theta: &mut [f64],
        gradient: &[f64],
        state: &mut [Vec<f64>],
    );

    /// Takes a step of a run in two parameters at each of `rates`, at most [`BLOCK`], and writes the row before each.
    fn take_block(
        &mut self,
        rates: &[StepRates],
        theta: &mut [f64; 2],
        objective: &dyn Objective,
        state: &mut [Vec<f64>],
        rows: &mut BlockRows,
    ) {
        let (maximize, weight_decay) = self.gradient_options();
        for (row, rates) in rates.iter().enumerate() {
            let mut gradient = rows.evaluate(row, *theta, objective);
            apply_decay(&mut gradient, theta, maximize, weight_decay);
            self.step(*rates, theta, &gradient, state);
        }
    }

    /// Returns the factor of θ by the decoupled weight decay of the last step.
    fn shrink_factor(&self, rates: StepRates) -> f64;

    /// Visits the state after the last step.
    fn visit_state(&self, state: &[Vec<f64>], visitor: &mut StateVisitor);

    /// Writes the divisors of [`UpdateRule::preconditioner`] to `to`; returns false if there are none.
    fn preconditioner(&self, state: &[Vec<f64>], to: &mut [f64]) -> bool;

    /// Returns the average of the iterates; see [`UpdateRule::average`].
    fn average<'s>(&self, state: &'s [Vec<f64>]) -> Option<&'s [f64]>;

    /// Returns the reason of a step that is not finite; see [`UpdateRule::failure`].
    fn failure(&self, state: &[Vec<f64>]) -> Option<Reason>;
}

/// Returns the kernel of an elementwise rule.
pub(super) fn kernel<'a, const N: usize>(
    rule: impl Elementwise<N> + 'a,
) -> Box<dyn ElementwiseKernel + 'a> {
    Box::new(Kernel(rule))
}

/// Number of parameters that are updated together.
const CHUNK: usize = 32;

/// Kernel of an elementwise rule.
pub(super) struct Kernel<T, const N: usize>(pub(super) T);

/// Update of parameters in whole chunks.
struct UpdateChunks<'a, F, const N: usize> {
    update: &'a F,
    theta: &'a mut [[f64; CHUNK]],
    gradient: &'a [[f64; CHUNK]],
    state: &'a mut [Vec<f64>; N],
}

impl<F: Fn(&mut f64, f64, &mut [f64; N]) + Copy, const N: usize> real::Kernel
    for UpdateChunks<'_, F, N>
{
    type Output = ();

    #[inline(always)]
    fn on_lanes<S: Simd>(self, _: S) {
        let update = *self.update;
        for (chunk, (theta, g)) in self.theta.iter_mut().zip(self.gradient).enumerate() {
            // Copies, of which the compiler knows that none overlaps another: only then does it make vectors of the loop.
            let (mut new, g, mut own) = (*theta, *g, [[0.0; CHUNK]; N]);
            for (own, column) in own.iter_mut().zip(self.state.iter()) {
                *own = column.as_chunks().0[chunk];
            }
            for i in 0..CHUNK {
                let mut numbers = [0.0; N];
                for (number, own) in numbers.iter_mut().zip(&own) {
                    *number = own[i];
                }
                update(&mut new[i], g[i], &mut numbers);
                for (number, own) in numbers.iter().zip(&mut own) {
                    own[i] = *number;
                }
            }
            *theta = new;
            for (own, column) in own.iter().zip(self.state.iter_mut()) {
                column.as_chunks_mut().0[chunk] = *own;
            }
        }
    }
}

fn columns<const N: usize>(state: &[Vec<f64>]) -> [&[f64]; N] {
    std::array::from_fn(|k| &state[k][..])
}

impl<T: Elementwise<N>, const N: usize> ElementwiseKernel for Kernel<T, N> {
    fn initial_columns(&self, n: usize) -> Vec<Vec<f64>> {
        self.0.initial_state().map(|value| vec![value; n]).into()
    }

    fn gradient_options(&self) -> (bool, f64) {
        self.0.gradient_options()
    }

    fn step(
        &mut self,
        rates: StepRates,
        theta: &mut [f64],
        gradient: &[f64],
        state: &mut [Vec<f64>],
    ) {
        let update = self.0.step(rates);
        let Some(state) = state.first_chunk_mut::<N>() else {
            return;
        };
        let (chunks, rest) = theta.as_chunks_mut();
        let done = chunks.len() * CHUNK;
        if done > 0 {
            // Compiled for each kind of vector unit; lanes round as single numbers do.
            dispatch(UpdateChunks {
                update: &update,
                theta: chunks,
                gradient: gradient.as_chunks().0,
                state,
            });
        }
        for (i, (theta, g)) in rest.iter_mut().zip(&gradient[done..]).enumerate() {
            let mut own = std::array::from_fn(|k| state[k][done + i]);
            update(theta, *g, &mut own);
            for (column, value) in state.iter_mut().zip(own) {
                column[done + i] = value;
            }
        }
    }

    /// Does what the default does with copies of θ and the state, which the compiler keeps in registers: a quarter faster.
    fn take_block(
        &mut self,
        rates: &[StepRates],
        theta: &mut [f64; 2],
        objective: &dyn Objective,
        state: &mut [Vec<f64>],
        rows: &mut BlockRows,
    ) {
        let (maximize, weight_decay) = self.0.gradient_options();
        let mut point = *theta;
        let mut own = [0, 1].map(|i| std::array::from_fn(|k| state[k][i]));
        for (row, rates) in rates.iter().enumerate() {
            let mut gradient = rows.evaluate(row, point, objective);
            apply_decay(&mut gradient, &point, maximize, weight_decay);
            let update = self.0.step(*rates);
            update(&mut point[0], gradient[0], &mut own[0]);
            update(&mut point[1], gradient[1], &mut own[1]);
        }
        *theta = point;
        for (k, column) in state.iter_mut().enumerate() {
            column[..2].copy_from_slice(&[own[0][k], own[1][k]]);
        }
    }

    fn shrink_factor(&self, rates: StepRates) -> f64 {
        self.0.shrink_factor(rates)
    }

    fn visit_state(&self, state: &[Vec<f64>], visitor: &mut StateVisitor) {
        self.0.visit_state(columns(state), visitor);
    }

    fn preconditioner(&self, state: &[Vec<f64>], to: &mut [f64]) -> bool {
        self.0.preconditioner(columns(state), to)
    }

    fn average<'s>(&self, state: &'s [Vec<f64>]) -> Option<&'s [f64]> {
        self.0.average(columns(state))
    }

    fn failure(&self, state: &[Vec<f64>]) -> Option<Reason> {
        self.0.failure(columns(state))
    }
}

/// Elementwise update rule of a single run, with its state.
struct ElementwiseRun<'a> {
    kernel: Box<dyn ElementwiseKernel + 'a>,
    state: Vec<Vec<f64>>,
}

/// Returns the update rule of `kernel` for n parameters.
pub(super) fn rule(kernel: Box<dyn ElementwiseKernel + '_>, n: usize) -> AnyRule<'_> {
    let state = kernel.initial_columns(n);
    Box::new(ElementwiseRun { kernel, state })
}

impl UpdateRule for ElementwiseRun<'_> {
    fn step(&mut self, theta: &mut [f64], oracle: &mut Oracle, rates: StepRates) {
        let (maximize, weight_decay) = self.kernel.gradient_options();
        let gradient = gradient_with_decay(oracle, theta, maximize, weight_decay);
        self.kernel.step(rates, theta, gradient, &mut self.state);
    }

    fn decay(&self, theta: &mut [f64], rates: StepRates) {
        shrink(theta, self.kernel.shrink_factor(rates));
    }

    fn visit_state(&self, visitor: &mut StateVisitor) {
        self.kernel.visit_state(&self.state, visitor);
    }

    fn average(&self) -> Option<&[f64]> {
        self.kernel.average(&self.state)
    }

    fn failure(&self) -> Option<Reason> {
        self.kernel.failure(&self.state)
    }

    fn preconditioner(&self, to: &mut [f64]) -> bool {
        self.kernel.preconditioner(&self.state, to)
    }
}
