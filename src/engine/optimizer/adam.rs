//! Adam and AMSGrad: `torch.optim.Adam`. [`super::adamw`] is the same rule with decoupled weight decay.

use super::decay::shrink;
use super::variants::CorrectedEpsilon;
use super::{
    BetaPower, Kind, Optimizer, Profile, StateEntry, StateVisitor, UpdateRule, decay_lines,
    gradient_with_decay,
};
use crate::engine::declare::settings;
use crate::engine::numeric::real::Real;
use crate::engine::objective::Oracle;
use crate::engine::objective::params::Vector;
use crate::engine::schedule::StepRates;
use crate::engine::stride::{AnyStride, Stride};

settings! {
    /// Adam: running means of the gradient and of its square, both bias-corrected.
    ///
    /// m ← β₁ m + (1 − β₁) g, v ← β₂ v + (1 − β₂) g², θ ← θ − γ m̂ / (√v̂ + ε). Algorithm 1 of Kingma & Ba 2015; `amsgrad`
    /// divides by the largest v so far (Reddi et al. 2018).
    pub struct Adam("Adam") {
        /// Learning rate γ: approximate step length per coordinate.
        lr: f64 = 1e-3, in 0.0.., log 1e-5..=1.0;
        /// β₁: decay rate of the running mean of gradients.
        beta1: f64 = 0.9, in 0.0..1.0, linear 0.0..=0.999;
        /// β₂: decay rate of the running mean of squared gradients.
        beta2: f64 = 0.999, in 0.0..1.0, linear 0.5..=0.9999;
        /// ε: added to the denominator, outside the square root.
        eps: f64 = 1e-8, in 0.0.., log 1e-12..=1.0;
        /// Weight decay λ: adds λθ to the gradient.
        weight_decay: f64 = 0.0, in 0.0.., log 1e-6..=1.0;
        /// AMSGrad: divides by the largest v so far instead of v.
        amsgrad: bool = false;
        /// Position of ε: outside √v̂ (PyTorch), inside it as √(v̂ + ε), or as ε̂ outside √v (Keras).
        eps_form: CorrectedEpsilon = CorrectedEpsilon::Outside;
        /// Bias correction of both running means for their start at zero; without it the first steps are too short or too
        /// long.
        bias_correction: bool = true;
        /// Maximizes the loss instead of minimizing it.
        maximize: bool = false;
    }
}

impl Optimizer for Adam {
    fn lr(&self) -> f64 {
        self.lr
    }

    fn elementwise(&self) -> bool {
        true
    }

    fn keras_spec(&self) -> Option<&'static str> {
        Some("adam:lr=0.001,eps=1e-7,eps_form=hat")
    }

    fn update_lines(&self) -> Vec<&'static str> {
        let mut lines = Vec::from_iter(decay_lines(self.maximize, self.weight_decay));
        lines.extend(means(self));
        lines.push(match (self.eps_form, self.bias_correction) {
            (CorrectedEpsilon::Inside, _) => "{θ} ← {θ<} − {γ=lr} m̂ / √(v̂ + {ε=eps})",
            (CorrectedEpsilon::Hat, true) => {
                "{θ} ← {θ<} − {γ=lr} m̂ √(1 − {β₂=beta2}^{t}) / (√v + {ε̂=eps}), v from v̂"
            }
            _ => "{θ} ← {θ<} − {γ=lr} m̂ / (√v̂ + {ε=eps})",
        });
        lines
    }

    fn profile(&self) -> Profile {
        Profile {
            kind: Kind::Adaptive,
            state: "2 numbers per parameter, or 3 with amsgrad",
            cost: "1 gradient",
            strengths: "When gradients differ between the axes or along the run: a step has about the length of the \
                learning rate in each coordinate, so it crosses plateaus and is not thrown off by steep walls.",
            weaknesses: "It scales along the axes only: in a valley at an angle to them it is several times slower. \
                Its momentum overshoots minima, and long after convergence the running mean of squares has decayed so \
                far that it can jump away again.",
        }
    }

    fn init<V: Vector>(&self, zeros: V) -> impl UpdateRule<V> {
        State::new(self.clone(), 0.0, zeros)
    }

    fn stride(&self) -> Option<AnyStride> {
        self.two_means(0.0)
    }

    /// (2 + 2β₁) / ((1 − β₁) γ).
    fn preconditioned_limit(&self, rates: StepRates) -> Option<f64> {
        let plain = self.weight_decay == 0.0 && !self.maximize;
        plain.then(|| of_mean(rates.momentum.unwrap_or(self.beta1), rates.lr, 0.0))
    }

    fn display_name(&self) -> &'static str {
        if self.amsgrad { "AMSGrad" } else { "Adam" }
    }
}

/// The curvature at which steps along a mean of gradients that keeps β₁ of itself do not grow, with decoupled weight decay λ:
/// (2 − γλ)(1 + β₁) / ((1 − β₁) γ), where a root of the characteristic polynomial is −1.
pub(super) fn of_mean(beta1: f64, lr: f64, decoupled_weight_decay: f64) -> f64 {
    (2.0 - lr * decoupled_weight_decay) * (1.0 + beta1) / ((1.0 - beta1) * lr)
}

/// The lines of the two means, each corrected for its start at zero.
pub(super) fn means(adam: &Adam) -> Vec<&'static str> {
    let mut lines = vec![
        "{m} ← {β₁=beta1} {m<} + (1 − {β₁=beta1}) {g}",
        "{v} ← {β₂=beta2} {v<} + (1 − {β₂=beta2}) {g}²",
        "m̂ ← {m} / (1 − {β₁=beta1}^{t})",
        "v̂ ← {v} / (1 − {β₂=beta2}^{t})",
    ];
    if !adam.bias_correction {
        lines[2] = "m̂ ← {m}";
        lines[3] = if adam.amsgrad {
            "v̂ ← {v_max}, the largest {v} so far"
        } else {
            "v̂ ← {v}"
        };
    } else if adam.amsgrad {
        lines[3] = "v̂ ← {v_max} / (1 − {β₂=beta2}^{t}), {v_max} the largest {v} so far";
    }
    lines
}

impl Adam {
    /// The rule with decoupled weight decay, where its loop needs nothing else.
    pub(super) fn two_means(&self, decoupled_weight_decay: f64) -> Option<AnyStride> {
        let usual = !self.amsgrad && !self.maximize && self.weight_decay == 0.0;
        usual.then(|| AnyStride::TwoMeans(TwoMeans::new(self, decoupled_weight_decay)))
    }
}

/// Adam's step and AdamW's. It carries m and v.
#[derive(Clone)]
pub struct TwoMeans {
    beta1: f64,
    beta2: f64,
    eps: f64,
    eps_form: CorrectedEpsilon,
    bias_correction: bool,
    decoupled_weight_decay: f64,
    beta1_power: BetaPower,
    beta2_power: BetaPower,
}

/// What a step does with any gradient and its means.
#[derive(Clone, Copy)]
pub struct Means {
    /// The share of the gradient that enters m.
    entering: f64,
    beta2: f64,
    /// The learning rate with both corrections.
    step_size: f64,
    /// ε inside the root and outside.
    inside: f64,
    outside: f64,
    /// What is left of θ.
    keep: f64,
}

impl TwoMeans {
    fn new(adam: &Adam, decoupled_weight_decay: f64) -> Self {
        Self {
            beta1: adam.beta1,
            beta2: adam.beta2,
            eps: adam.eps,
            eps_form: adam.eps_form,
            bias_correction: adam.bias_correction,
            decoupled_weight_decay,
            beta1_power: BetaPower::new(adam.beta1),
            beta2_power: BetaPower::new(adam.beta2),
        }
    }

    /// What the last step divided m by, where v was `seconds`; false before the first.
    fn divisors(&self, seconds: &[f64], to: &mut [f64]) -> bool {
        let corrections = [1.0 - self.beta1_power.value, 1.0 - self.beta2_power.value];
        let [first, second] = if self.bias_correction {
            corrections
        } else {
            [1.0; 2]
        };
        let (inside, outside) = match self.eps_form {
            CorrectedEpsilon::Outside => (0.0, self.eps),
            CorrectedEpsilon::Inside => (self.eps, 0.0),
            CorrectedEpsilon::Hat => (0.0, self.eps / second.sqrt()),
        };
        for (to, v) in to.iter_mut().zip(seconds) {
            *to = first * ((v / second + inside).sqrt() + outside);
        }
        self.beta1_power.exponent > 0
    }

    /// The factors of the next step.
    #[inline(always)]
    fn means(&mut self, rates: StepRates) -> Means {
        let Self { beta2, eps, .. } = *self;
        let beta1 = rates.momentum.unwrap_or(self.beta1);
        // Both corrections move to the step size and to ε, out of the way of θ: end of section 2 of Kingma & Ba 2015.
        let [mut first, mut second] = [
            1.0 - self.beta1_power.next(beta1),
            1.0 - self.beta2_power.next(beta2),
        ];
        if !self.bias_correction {
            (first, second) = (1.0, 1.0);
        }
        let root_correction = second.sqrt();
        let (inside, outside) = match self.eps_form {
            CorrectedEpsilon::Outside => (0.0, eps * root_correction),
            CorrectedEpsilon::Inside => (eps * second, 0.0),
            CorrectedEpsilon::Hat => (0.0, eps),
        };
        Means {
            entering: 1.0 - beta1,
            beta2,
            step_size: rates.lr * root_correction / first,
            inside,
            outside,
            keep: 1.0 - rates.lr * self.decoupled_weight_decay,
        }
    }

    #[inline(always)]
    fn remember<R: Real>(means: Means, g: R, [m, v]: &mut [R; 2]) {
        *m = *m + (g - *m) * means.entering;
        *v = *v * means.beta2 + g * (1.0 - means.beta2) * g;
    }

    #[inline(always)]
    fn descend<R: Real>(means: Means, theta: R, m: R, v: R) -> R {
        theta * means.keep - m * means.step_size / ((v + means.inside).lane_sqrt() + means.outside)
    }
}

impl Stride for TwoMeans {
    const CARRIED: usize = 2;
    type Factors = Means;

    #[inline(always)]
    fn factors(&mut self, lr: f64) -> Means {
        self.means(StepRates { lr, momentum: None })
    }

    #[inline(always)]
    fn step<R: Real>(means: Means, theta: R, g: R, carried: &mut [R; 2]) -> R {
        Self::remember(means, g, carried);
        let [m, v] = *carried;
        Self::descend(means, theta, m, v)
    }
}

/// The two means, and how the weights decay.
pub(super) struct State<V> {
    rule: Adam,
    means: TwoMeans,
    m: V,
    v: V,
    v_max: V,
}

impl<V: Vector> State<V> {
    pub(super) fn new(rule: Adam, decoupled_weight_decay: f64, zeros: V) -> Self {
        Self {
            means: TwoMeans::new(&rule, decoupled_weight_decay),
            m: zeros.clone(),
            v: zeros.clone(),
            v_max: zeros,
            rule,
        }
    }
}

impl<V: Vector> UpdateRule<V> for State<V> {
    #[inline(always)]
    fn step(&mut self, theta: &mut V, oracle: &mut Oracle<V>, rates: StepRates) {
        let Adam {
            weight_decay,
            amsgrad,
            maximize,
            ..
        } = self.rule;
        let gradient = gradient_with_decay(oracle, theta, maximize, weight_decay);
        let means = self.means.means(rates);
        let state = self
            .m
            .iter_mut()
            .zip(self.v.iter_mut())
            .zip(self.v_max.iter_mut());
        for ((theta, g), ((m, v), v_max)) in theta.iter_mut().zip(gradient.iter()).zip(state) {
            let mut carried = [*m, *v];
            TwoMeans::remember(means, *g, &mut carried);
            [*m, *v] = carried;
            let second = if amsgrad {
                *v_max = v_max.max(*v);
                *v_max
            } else {
                *v
            };
            *theta = TwoMeans::descend(means, *theta, *m, second);
        }
    }

    fn decay(&self, theta: &mut [f64], rates: StepRates) {
        shrink(theta, 1.0 - rates.lr * self.means.decoupled_weight_decay);
    }

    fn visit_state(&self, visitor: &mut StateVisitor) {
        visitor(StateEntry::direction("m", "mean of gradients", &self.m));
        visitor(StateEntry::each("v", "mean of squared gradients", &self.v));
        if self.rule.amsgrad {
            visitor(StateEntry::each(
                "v_max",
                "largest mean of squares",
                &self.v_max,
            ));
        }
    }

    /// With the correction of the mean of gradients.
    fn preconditioner(&self, to: &mut [f64]) -> bool {
        let seconds = if self.rule.amsgrad {
            &self.v_max
        } else {
            &self.v
        };
        self.means.divisors(seconds, to)
    }
}
