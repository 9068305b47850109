//! Stochastic gradient descent with momentum, dampening and Nesterov's momentum: `torch.optim.SGD`.

use super::variants::Momentum;
use super::{
    Kind, Optimizer, Profile, StateEntry, StateVisitor, UpdateRule, decay_lines,
    gradient_with_decay,
};
use crate::engine::declare::settings;
use crate::engine::numeric::real::Real;
use crate::engine::objective::Oracle;
use crate::engine::objective::params::Vector;
use crate::engine::schedule::StepRates;
use crate::engine::stride::{AnyStride, Stride};

settings! {
    /// Stochastic gradient descent, optionally with momentum.
    ///
    /// v ← μ v + (1 − τ) g, θ ← θ − γ v; the first velocity is the undamped gradient. With `nesterov` the step is
    /// γ (g + μ v). Polyak 1964; Sutskever et al. 2013, in PyTorch's form.
    pub struct Sgd("SGD") {
        /// Learning rate γ.
        lr: f64 = 1e-3, in 0.0.., log 1e-5..=1.0;
        /// Momentum μ: fraction of the velocity kept per step.
        momentum: f64 = 0.0, in 0.0.., linear 0.0..=0.999;
        /// Dampening τ: the gradient enters the velocity with the factor 1 − τ.
        dampening: f64 = 0.0, linear 0.0..=1.0;
        /// Weight decay λ: adds λθ to the gradient.
        weight_decay: f64 = 0.0, in 0.0.., log 1e-6..=1.0;
        /// Nesterov momentum: looks ahead along the velocity. It has no effect without momentum (PyTorch refuses that, and
        /// dampening with it).
        nesterov: bool = false;
        /// Definition of the velocity: the sum of gradients (pytorch), a running mean of them (ema), or the last step
        /// (polyak, as in Keras), which differs from the first when the learning rate changes.
        form: Momentum = Momentum::PyTorch;
        /// Evaluates the gradient of Nesterov momentum at the point ahead itself, as in the paper, instead of moving along
        /// with it. The trajectory is then that of the point behind.
        lookahead: bool = false;
        /// Maximizes the loss instead of minimizing it.
        maximize: bool = false;
    }
}

impl Optimizer for Sgd {
    fn lr(&self) -> f64 {
        self.lr
    }

    fn elementwise(&self) -> bool {
        !self.looks_ahead()
    }

    fn keras_spec(&self) -> Option<&'static str> {
        Some("sgd:lr=0.01,form=polyak")
    }

    fn update_lines(&self) -> Vec<&'static str> {
        let mut lines = Vec::from_iter(decay_lines(self.maximize, self.weight_decay));
        if self.momentum == 0.0 {
            lines.push("{θ} ← {θ<} − {γ=lr} {g}");
            return lines;
        }
        if self.looks_ahead() {
            lines.insert(
                0,
                match self.form {
                    Momentum::Polyak => "{g} ← ∇f({θ<} + {μ=momentum} {v<})",
                    _ => "{g} ← ∇f({θ<} − {γ=lr} {μ=momentum} {v<})",
                },
            );
        }
        lines.push(match (self.form, self.dampening != 0.0) {
            (Momentum::PyTorch, false) => "{v} ← {μ=momentum} {v<} + {g}",
            (Momentum::PyTorch, true) => {
                "{v} ← {μ=momentum} {v<} + (1 − {τ=dampening}) {g}, at first {g}"
            }
            (Momentum::Ema, _) => "{v} ← {μ=momentum} {v<} + (1 − {μ=momentum}) {g}",
            (Momentum::Polyak, _) => "{v} ← {μ=momentum} {v<} − {γ=lr} {g}",
        });
        lines.push(match (self.form, self.nesterov && !self.lookahead) {
            (Momentum::Polyak, false) => "{θ} ← {θ<} + {v}",
            (Momentum::Polyak, true) => "{θ} ← {θ<} + {μ=momentum} {v} − {γ=lr} {g}",
            (_, false) => "{θ} ← {θ<} − {γ=lr} {v}",
            (Momentum::PyTorch, true) => "{θ} ← {θ<} − {γ=lr} ({g} + {μ=momentum} {v})",
            (Momentum::Ema, true) => {
                "{θ} ← {θ<} − {γ=lr} ((1 − {μ=momentum}) {g} + {μ=momentum} {v})"
            }
        });
        lines
    }

    fn profile(&self) -> Profile {
        Profile {
            kind: Kind::Momentum,
            state: "none, or 1 number per parameter with momentum",
            cost: "1 gradient",
            strengths: "With similar curvature in all directions it goes straight to the minimum. Momentum near 0.9 \
                carries it along the floor of a valley and over small bumps.",
            weaknesses: "In a narrow valley it oscillates from wall to wall and creeps along the floor; at learning \
                rates above 2 / λmax it diverges. With much momentum it overshoots the minimum and circles it.",
        }
    }

    fn init<V: Vector>(&self, zeros: V) -> impl UpdateRule<V> {
        State {
            rule: self.clone(),
            usual: self.form == Momentum::PyTorch && !self.looks_ahead(),
            ahead: zeros.clone(),
            velocity: zeros,
            moving: false,
        }
    }

    fn stride(&self) -> Option<AnyStride> {
        let plain = self.dampening == 0.0 && self.weight_decay == 0.0 && !self.maximize;
        let usual = self.form == Momentum::PyTorch && !self.nesterov;
        (plain && usual).then_some(AnyStride::HeavyBall(HeavyBall { mu: self.momentum }))
    }

    fn display_name(&self) -> &'static str {
        match (self.momentum > 0.0, self.nesterov) {
            (false, _) => "SGD",
            (true, false) => "Momentum",
            (true, true) => "Nesterov",
        }
    }

    /// 2/γ; (2 + 2μ)/γ with momentum, divided by 1 − τ with dampening and by 1 + 2μ with Nesterov's (PyTorch's form).
    /// Weight decay adds its λ to every eigenvalue.
    fn stability_limit(&self, rates: StepRates) -> Option<f64> {
        let mu = rates.momentum.unwrap_or(self.momentum);
        let entering = match self.form {
            _ if mu == 0.0 => 1.0,
            Momentum::PyTorch => 1.0 - self.dampening,
            Momentum::Ema => 1.0 - mu,
            Momentum::Polyak => 1.0,
        };
        let divisor = match (mu == 0.0, self.nesterov, self.form) {
            (true, ..) => 1.0,
            (false, true, Momentum::PyTorch) => 1.0 + 2.0 * mu,
            (false, true, _) => entering * (1.0 + 2.0 * mu),
            (false, false, _) => entering,
        };
        Some((2.0 + 2.0 * mu) / (divisor * rates.lr) - self.weight_decay)
            .filter(|limit| !self.maximize && limit.is_finite())
    }
}

impl Sgd {
    /// Whether the gradient is asked for elsewhere than at θ.
    fn looks_ahead(&self) -> bool {
        self.nesterov && self.lookahead && self.momentum != 0.0
    }
}

/// PyTorch's step with momentum and nothing else. It carries the velocity.
#[derive(Clone)]
pub struct HeavyBall {
    mu: f64,
}

/// What a step does with any gradient and velocity.
#[derive(Clone, Copy)]
pub struct Push {
    mu: f64,
    lr: f64,
}

impl Stride for HeavyBall {
    const CARRIED: usize = 1;
    type Factors = Push;

    #[inline(always)]
    fn factors(&mut self, lr: f64) -> Push {
        Push { mu: self.mu, lr }
    }

    #[inline(always)]
    fn step<R: Real>(Push { mu, lr }: Push, theta: R, g: R, [v, _]: &mut [R; 2]) -> R {
        *v = *v * mu + g;
        theta - *v * lr
    }
}

struct State<V> {
    rule: Sgd,
    /// Whether the conventions are PyTorch's.
    usual: bool,
    velocity: V,
    ahead: V,
    /// Whether there is a velocity yet.
    moving: bool,
}

impl<V: Vector> State<V> {
    /// A step under other conventions than PyTorch's. Apart, so that the loop stays small for the usual ones.
    #[inline(never)]
    fn other_step(&mut self, theta: &mut V, oracle: &mut Oracle<V>, rates: StepRates) {
        let rule = &self.rule;
        let mu = rates.momentum.unwrap_or(rule.momentum);
        // v enters θ with this factor, and g enters v with that.
        let (along, entering) = match rule.form {
            Momentum::PyTorch if self.moving => (-rates.lr, 1.0 - rule.dampening),
            Momentum::PyTorch => (-rates.lr, 1.0),
            Momentum::Ema => (-rates.lr, 1.0 - mu),
            Momentum::Polyak => (1.0, -rates.lr),
        };
        self.moving = true;
        self.ahead.copy_from_slice(theta);
        if rule.looks_ahead() {
            for (ahead, v) in self.ahead.iter_mut().zip(self.velocity.iter()) {
                *ahead += along * mu * *v;
            }
        }
        let gradient = gradient_with_decay(oracle, &self.ahead, rule.maximize, rule.weight_decay);
        let each = theta
            .iter_mut()
            .zip(gradient.iter())
            .zip(self.velocity.iter_mut());
        if rule.nesterov && !rule.lookahead {
            for ((theta, g), v) in each {
                *v = mu * *v + entering * *g;
                *theta += along * (entering * *g + mu * *v);
            }
        } else {
            for ((theta, g), v) in each {
                *v = mu * *v + entering * *g;
                *theta += along * *v;
            }
        }
    }
}

impl<V: Vector> UpdateRule<V> for State<V> {
    #[inline(always)]
    fn step(&mut self, theta: &mut V, oracle: &mut Oracle<V>, rates: StepRates) {
        if !self.usual {
            self.other_step(theta, oracle, rates);
            return;
        }
        let Self {
            rule,
            velocity,
            moving,
            ..
        } = self;
        let gradient = gradient_with_decay(oracle, theta, rule.maximize, rule.weight_decay);
        let mu = rates.momentum.unwrap_or(rule.momentum);
        if mu == 0.0 {
            theta
                .iter_mut()
                .zip(gradient.iter())
                .for_each(|(theta, g)| *theta -= rates.lr * *g);
            return;
        }
        let entering = if *moving { 1.0 - rule.dampening } else { 1.0 };
        *moving = true;
        let each = theta
            .iter_mut()
            .zip(gradient.iter())
            .zip(velocity.iter_mut());
        if rule.nesterov {
            for ((theta, g), v) in each {
                *v = mu * *v + entering * *g;
                *theta -= rates.lr * (*g + mu * *v);
            }
        } else {
            for ((theta, g), v) in each {
                *v = mu * *v + entering * *g;
                *theta -= rates.lr * *v;
            }
        }
    }

    fn visit_state(&self, visitor: &mut StateVisitor) {
        if self.moving {
            let internal = match self.rule.form {
                Momentum::Polyak => StateEntry::step,
                _ => StateEntry::direction,
            };
            visitor(internal("v", "velocity", &self.velocity));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::AnyOptimizer;
    use super::super::tests::path;
    use super::*;

    #[test]
    fn stability_limits_are_those_of_theory() {
        let limit = |sgd: &Sgd, lr| {
            sgd.stability_limit(StepRates { lr, momentum: None })
                .unwrap()
                * lr
        };
        let heavy = Sgd {
            momentum: 0.9,
            ..Sgd::default()
        };
        assert_eq!(limit(&Sgd::default(), 0.1), 2.0);
        assert!((limit(&heavy, 0.1) - 3.8).abs() < 1e-12);
        assert!(
            (limit(
                &Sgd {
                    nesterov: true,
                    ..heavy.clone()
                },
                0.1
            ) - 1.357_143)
                .abs()
                < 1e-6
        );
        assert!(
            (limit(
                &Sgd {
                    dampening: 0.9,
                    ..heavy
                },
                0.1
            ) - 38.0)
                .abs()
                < 1e-9
        );
    }

    /// At a constant learning rate Polyak's form is PyTorch's; the point ahead of the paper's form is where PyTorch's stands.
    #[test]
    fn conventions_agree_where_theory_says_so() {
        let of = |spec: &str| path("rosenbrock", &[-1.5, 2.0], spec, 30).theta;
        let near = |a: &[f64], b: &[f64]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-9);
        assert!(near(
            &of("sgd:lr=0.001,momentum=0.9"),
            &of("sgd:lr=0.001,momentum=0.9,form=polyak")
        ));
        assert!(near(
            &of("sgd:lr=0.001,momentum=0.9,nesterov=true"),
            &of("sgd:lr=0.001,momentum=0.9,nesterov=true,form=polyak")
        ));
        let ema = of("sgd:lr=0.01,momentum=0.9,form=ema");
        assert!(
            near(&ema, &of("sgd:lr=0.001,momentum=0.9")),
            "a tenth enters the mean"
        );
        let behind = of("sgd:lr=0.001,momentum=0.9,nesterov=true,lookahead=true");
        let ahead = of("sgd:lr=0.001,momentum=0.9,nesterov=true");
        // ahead = behind − γ μ v, and the last step was −γ v.
        for k in 1..30 {
            let at = |path: &[f64], k: usize| [path[2 * k], path[2 * k + 1]];
            let (now, before) = (at(&behind, k), at(&behind, k - 1));
            let point = [0, 1].map(|i| now[i] + 0.9 * (now[i] - before[i]));
            assert!(near(&point, &at(&ahead, k)), "step {k}");
        }
    }

    #[test]
    fn textbooks_that_put_epsilon_inside_are_met() {
        // d2l.ai, f = .1 x² + 2 y² from (−5, −2), 20 steps, ε = 1e-6 inside the root.
        let end = |spec: &str| {
            let path = path("quadratic:a=0.2,b=4", &[-5.0, -2.0], spec, 20);
            path.theta(20).unwrap().to_vec()
        };
        let close = |found: &[f64], expected: [f64; 2]| {
            let far = found
                .iter()
                .zip(expected)
                .any(|(a, b)| (a - b).abs() > 5.1e-7);
            assert!(!far, "{found:?}, expected {expected:?}");
        };
        close(
            &end("adagrad:lr=0.4,eps=1e-6,eps_form=inside"),
            [-2.382_563, -0.158_591],
        );
        close(
            &end("rmsprop:lr=0.4,alpha=0.9,eps=1e-6,eps_form=inside"),
            [-0.010_599, 0.0],
        );
    }

    #[test]
    fn keras_specs_are_sound() {
        for any in AnyOptimizer::all() {
            if let Some(spec) = any.as_dyn().keras_spec() {
                let read: AnyOptimizer = spec.parse().unwrap();
                assert_eq!(read.name(), any.name(), "{spec}");
            }
        }
    }
}
