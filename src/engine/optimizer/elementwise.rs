//! Elementwise optimizers: each parameter moves by its own gradient alone.
//!
//! An optimizer writes its step once, as a function of one parameter. Single runs, parameter groups and SIMD batches of runs are
//! derived from it.

use super::{AnyRule, UpdateRule, gradient_with_decay, shrink};
use crate::engine::numeric::real::{AutoVectorized, dispatch};
use crate::engine::objective::Oracle;
use crate::engine::objective::outcome::Reason;
use crate::engine::objective::state::StateVisitor;
use crate::engine::schedule::StepRates;

/// Update rule of an elementwise optimizer, with `N` numbers of state per parameter.
pub(super) trait Elementwise<const N: usize>: Send {
    /// Returns PyTorch's `maximize`, and λ where the rule adds λθ to the gradient.
    fn gradient_options(&self) -> (bool, f64);

    /// Returns the state of each parameter before the first step.
    fn initial_state(&self) -> [f64; N] {
        [0.0; N]
    }

    /// Advances to the next step and returns its update of one parameter: `update(θ, g, state)`.
    fn step(&mut self, rates: StepRates) -> impl Fn(&mut f64, f64, &mut [f64; N]);

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

/// Kernel of an elementwise rule.
/// Number of parameters from which on the loop over them is vectorised.
const MIN_VECTOR_LEN: usize = 8;

pub(super) struct Kernel<T, const N: usize>(pub(super) T);

/// Updates all parameters.
#[inline(always)]
fn update_all<const N: usize>(
    update: &impl Fn(&mut f64, f64, &mut [f64; N]),
    theta: &mut [f64],
    gradient: &[f64],
    columns: &mut [&mut [f64]; N],
) {
    // Loops instead of `array::map`, which is not inlined here.
    for (i, (theta, g)) in theta.iter_mut().zip(gradient).enumerate() {
        let mut own = [0.0; N];
        for (value, column) in own.iter_mut().zip(&*columns) {
            *value = column[i];
        }
        update(theta, *g, &mut own);
        for (column, value) in columns.iter_mut().zip(&own) {
            column[i] = *value;
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
        let n = theta.len();
        let mut columns = state.iter_mut();
        let mut columns: [&mut [f64]; N] = std::array::from_fn(|_| {
            columns
                .next()
                .map_or(&mut [][..], |column| &mut column[..n])
        });
        if n < MIN_VECTOR_LEN {
            return update_all(&update, theta, gradient, &mut columns);
        }
        // The loop is compiled for each kind of vector unit; lanes round as single numbers do.
        dispatch(AutoVectorized(
            #[inline(always)]
            || update_all(&update, theta, gradient, &mut columns),
        ));
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
