//! Optimizers. An optimizer is a struct of settings; [`Optimizer::init`] allocates its state, [`UpdateRule::step`] moves θ.
//!
//! Names, defaults and arithmetic are PyTorch's wherever PyTorch has the optimizer (torch.optim, release 2.15).

mod adabelief;
mod adadelta;
mod adafactor;
mod adagrad;
mod adahessian;
pub(in crate::engine) mod adam;
mod adamax;
mod adamw;
mod adan;
mod ademamix;
mod adopt;
mod aggmo;
mod asgd;
mod barzilai_borwein;
mod bfgs;
mod cma_es;
mod conjugate_gradient;
mod dadapt_adam;
mod decay;
mod elementwise;
mod gauss_newton;
mod hutchinson;
mod lamb;
mod laprop;
mod lars;
mod lbfgs;
mod line_search;
mod lion;
mod madgrad;
mod mars;
mod muon;
mod nadam;
mod natural_gradient;
mod nelder_mead;
mod newton;
mod prodigy;
mod profile;
mod qhadam;
mod qhm;
mod radam;
mod rmsprop;
mod rprop;
mod schedulefree_adamw;
mod schedulefree_sgd;
mod sgd;
mod shampoo;
mod signsgd;
mod soap;
mod sophia;
mod tiger;
mod trust_region;
mod variants;
mod wolfe;
mod wolfe_step;
mod yogi;

use crate::engine::declare::{Settings, family};
use crate::engine::numeric::linalg;
use crate::engine::objective::outcome::Reason;
use crate::engine::objective::state::{StateEntry, StateVisitor};
use crate::engine::objective::{Objective, Oracle};
use crate::engine::schedule::StepRates;
use decay::shrink;

pub use elementwise::{BLOCK, BlockRows, ElementwiseKernel};
pub use profile::{Kind, Profile};

family! {
    /// Any optimizer.
    pub enum AnyOptimizer: Optimizer = "optimizer" {
        sgd::Sgd,
        adam::Adam,
        adamw::AdamW,
        adagrad::Adagrad,
        rmsprop::RmsProp,
        adadelta::Adadelta,
        nadam::NAdam,
        radam::RAdam,
        adamax::Adamax,
        rprop::Rprop,
        asgd::Asgd,
        adafactor::Adafactor,
        muon::Muon,
        lbfgs::Lbfgs,
        bfgs::Bfgs,
        conjugate_gradient::ConjugateGradient,
        newton::Newton,
        trust_region::TrustRegion,
        gauss_newton::GaussNewton,
        natural_gradient::NaturalGradient,
        line_search::LineSearch,
        barzilai_borwein::BarzilaiBorwein,
        nelder_mead::NelderMead,
        cma_es::CmaEs,
        adabelief::AdaBelief,
        lion::Lion,
        tiger::Tiger,
        signsgd::SignSgd,
        yogi::Yogi,
        adan::Adan,
        qhadam::QHAdam,
        qhm::Qhm,
        aggmo::AggMo,
        ademamix::AdEMAMix,
        laprop::LaProp,
        madgrad::MadGrad,
        adopt::Adopt,
        schedulefree_sgd::ScheduleFreeSgd,
        schedulefree_adamw::ScheduleFreeAdamW,
        prodigy::Prodigy,
        dadapt_adam::DAdaptAdam,
        lamb::Lamb,
        lars::Lars,
        sophia::Sophia,
        adahessian::AdaHessian,
        shampoo::Shampoo,
        soap::Soap,
        mars::Mars,
    }
}

/// Settings of an optimizer.
pub trait Optimizer: Settings {
    /// Returns the learning rate before any schedule.
    fn lr(&self) -> f64;

    /// Returns the update rule before its first step, for parameters of this shape: `[n]` for a vector, `[rows, columns]` for a
    /// matrix of weights. All of its state is allocated here; a step allocates nothing.
    fn init(&self, shape: &[usize]) -> Algorithm<'_>;

    /// Returns the formulas of a step as they are computed, a line for each assignment, with slots for numbers.
    ///
    /// `{m}` is the entry of [`UpdateRule::visit_state`] with the symbol m after the step, `{m<}` before it. `{γ=lr}` is the
    /// setting `lr`, shown as γ; `lr` is the learning rate of the step. `{θ<}` and `{θ}` are the parameters before and after the
    /// step, `{g}` is the gradient at `{θ<}` (`decay_lines` returns the line that changes it), `{t}` is the number of the step,
    /// from 1. Operations on vectors are elementwise.
    fn update_lines(&self) -> Vec<&'static str>;

    /// Returns the spec of the Keras form with Keras's defaults, where Keras has the optimizer.
    fn keras_spec(&self) -> Option<&'static str> {
        None
    }

    /// Returns cost, strengths and weaknesses, for choosing an optimizer.
    fn profile(&self) -> Profile;

    /// Whether the optimizer steps each tensor of a network separately, because it uses norms, rows or columns of the tensor.
    fn is_layerwise(&self) -> bool {
        false
    }

    /// Returns the kind of objective that the optimizer needs, where `objective` is of another kind.
    fn unsupported_reason(&self, objective: &dyn Objective) -> Option<&'static str> {
        let _ = objective;
        None
    }

    /// Whether the optimizer keeps an average of its iterates: [`UpdateRule::average`].
    fn keeps_average(&self) -> bool {
        false
    }

    /// Returns the name in legends, which depends on settings that select another method, like Nesterov's momentum.
    fn display_name(&self) -> &'static str {
        self.title()
    }

    /// Returns the largest Hessian eigenvalue at which steps at these rates do not grow on a quadratic, where theory gives one.
    fn stability_limit(&self, rates: StepRates) -> Option<f64> {
        let _ = rates;
        None
    }

    /// Returns a step at these rates on ½λθ² with λ = `curvature` as a linear recurrence, where the rule is one.
    fn linear_step(&self, rates: StepRates, curvature: f64) -> Option<LinearStep> {
        let _ = (rates, curvature);
        None
    }

    /// Returns the stability limit of the Hessian divided by [`UpdateRule::preconditioner`], where theory gives one. The
    /// preconditioner must change slowly in comparison with the steps: section 3 of Cohen et al. 2022.
    fn preconditioned_limit(&self, rates: StepRates) -> Option<f64> {
        let _ = rates;
        None
    }
}

/// A step of a linear rule on a quadratic in one parameter: (θ, v) ← matrix (θ, v) + noise · ε, where ε is the noise of the gradient.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LinearStep {
    /// The matrix of a step.
    pub matrix: [[f64; 2]; 2],
    /// The factor of the gradient's noise in θ and v.
    pub noise: [f64; 2],
}

impl LinearStep {
    /// Returns the largest modulus of the matrix's eigenvalues, by which (θ, v) shrinks in a step in the long run.
    pub fn spectral_radius(&self) -> f64 {
        let [[a, b], [c, d]] = self.matrix;
        let (half, determinant) = (0.5 * (a + d), a * d - b * c);
        let discriminant = half * half - determinant;
        if discriminant < 0.0 {
            return determinant.sqrt();
        }
        half.abs() + discriminant.sqrt()
    }

    /// Whether the velocity enters later steps.
    pub fn has_momentum(&self) -> bool {
        self.matrix[0][1] != 0.0
    }
}

/// Optimizer with its state, before its first step.
pub enum Algorithm<'a> {
    /// Kernel that moves each parameter by its own gradient alone, so that runs can be batched in SIMD lanes and parameters
    /// grouped.
    Elementwise(Box<dyn ElementwiseKernel + 'a>),
    /// Update rule whose step uses all parameters together.
    Joint(AnyRule<'a>),
}

impl<'a> Algorithm<'a> {
    /// Returns the update rule of n parameters.
    pub fn into_rule(self, n: usize) -> AnyRule<'a> {
        match self {
            Self::Elementwise(kernel) => elementwise::rule(kernel, n),
            Self::Joint(rule) => rule,
        }
    }
}

impl AnyOptimizer {
    /// Whether each parameter moves by its own gradient alone.
    pub fn is_elementwise(&self) -> bool {
        matches!(self.as_dyn().init(&[0]), Algorithm::Elementwise(_))
    }
}

/// Update rule of one run, whatever its optimizer and wrappers.
pub type AnyRule<'a> = Box<dyn UpdateRule + 'a>;

/// Running update rule: its settings and its state.
pub trait UpdateRule {
    /// Moves `theta` by one step.
    fn step(&mut self, theta: &mut [f64], oracle: &mut Oracle, rates: StepRates);

    /// Applies the decoupled weight decay of the last step to `theta`: the part of that step which does not come from the gradient.
    fn decay(&self, theta: &mut [f64], rates: StepRates) {
        let _ = (theta, rates);
    }

    /// Visits the entries of the state.
    fn visit_state(&self, visitor: &mut StateVisitor);

    /// Returns the average of the iterates, where the rule keeps one as its result.
    fn average(&self) -> Option<&[f64]> {
        None
    }

    /// Returns the learning rate of the next step at `theta`: the rule's own where it sets one itself, else `lr` of the schedule.
    fn next_lr(&mut self, theta: &[f64], oracle: &mut Oracle, lr: f64) -> f64 {
        let _ = (theta, oracle);
        lr
    }

    /// Returns the reason why the last step did not move, if the rule cannot move from this point although the gradient is not 0.
    fn stuck(&self) -> Option<Reason> {
        None
    }

    /// Returns the reason why the last step is not finite, if it is the rule's own arithmetic. Called only after such a step.
    fn failure(&self) -> Option<Reason> {
        None
    }

    /// Writes the divisor of each parameter's gradient, or running mean of gradients, in the last step to `to`, without the
    /// learning rate; returns false if the rule has none.
    fn preconditioner(&self, to: &mut [f64]) -> bool {
        let _ = to;
        false
    }
}

/// Powers βᵗ for t = 1, 2, …, by one multiplication per step while β is constant.
#[derive(Clone, Copy, Debug)]
struct BetaPower {
    base: f64,
    exponent: i32,
    value: f64,
}

impl BetaPower {
    fn new(base: f64) -> Self {
        Self {
            base,
            exponent: 0,
            value: 1.0,
        }
    }

    /// Returns the next power of `base`, which a schedule may have changed.
    #[inline]
    fn next(&mut self, base: f64) -> f64 {
        self.exponent = self.exponent.saturating_add(1);
        if base == self.base {
            self.value *= base;
        } else {
            self.change(base);
        }
        // 1 − βᵗ has long rounded to 1, and arithmetic with subnormal numbers is slow.
        if self.value < f64::MIN_POSITIVE {
            self.value = 0.0;
        }
        self.value
    }

    /// Recomputes the power for a new `base`; out of line, because inlined code would compute it in every step.
    #[cold]
    #[inline(never)]
    fn change(&mut self, base: f64) {
        self.base = base;
        self.value = base.powi(self.exponent);
    }
}

/// Returns the sign −1, 0 or 1, and 0 for NaN, as in PyTorch; [`f64::signum`] has no zero and returns NaN.
#[inline(always)]
fn sign(x: f64) -> f64 {
    f64::from(x > 0.0) - f64::from(x < 0.0)
}

/// Returns zeros for all entries of a tensor.
fn zeros(shape: &[usize]) -> Vec<f64> {
    vec![0.0; shape.iter().product()]
}

/// Returns the gradient with two common options: PyTorch's `maximize` negates it, L2 `weight_decay` adds λθ.
fn gradient_with_decay<'a>(
    oracle: &'a mut Oracle,
    theta: &[f64],
    maximize: bool,
    weight_decay: f64,
) -> &'a [f64] {
    let (_, gradient) = oracle.gradient(theta);
    apply_decay(gradient, theta, maximize, weight_decay);
    gradient
}

/// Applies PyTorch's `maximize` and L2 `weight_decay` λ to a gradient: its sign, and the term λθ.
pub(in crate::engine) fn apply_decay(
    gradient: &mut [f64],
    theta: &[f64],
    maximize: bool,
    weight_decay: f64,
) {
    if maximize {
        gradient.iter_mut().for_each(|g| *g = -*g);
    }
    if weight_decay != 0.0 {
        let pull = theta.iter().map(|theta| weight_decay * theta);
        gradient
            .iter_mut()
            .zip(pull)
            .for_each(|(g, pull)| *g += pull);
    }
}

/// Returns the line of [`Optimizer::update_lines`] for [`gradient_with_decay`], if it changes the gradient.
fn decay_lines(maximize: bool, weight_decay: f64) -> Option<&'static str> {
    match (maximize, weight_decay != 0.0) {
        (false, false) => None,
        (true, false) => Some("{g} ← −{g<}"),
        (false, true) => Some("{g} ← {g<} + {λ=weight_decay} {θ<}"),
        (true, true) => Some("{g} ← −{g<} + {λ=weight_decay} {θ<}"),
    }
}

#[cfg(test)]
pub(super) mod tests;
