//! Stochastic gradient descent with momentum, dampening and Nesterov's momentum: `torch.optim.SGD`.

use super::elementwise::{Elementwise, kernel};
use super::variants::Momentum;
use super::{
    Algorithm, Kind, LinearStep, Optimizer, Profile, StateEntry, StateVisitor, UpdateRule,
    decay_lines, gradient_with_decay, zeros,
};
use crate::engine::declare::settings;
use crate::engine::objective::Oracle;
use crate::engine::schedule::StepRates;

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

    fn init(&self, shape: &[usize]) -> Algorithm<'_> {
        let rule = SgdRule {
            settings: self.clone(),
            has_velocity: false,
        };
        if self.looks_ahead() {
            return Algorithm::Joint(Box::new(LookaheadRun {
                rule,
                velocity: [zeros(shape)],
                ahead: zeros(shape),
            }));
        }
        Algorithm::Elementwise(kernel(rule))
    }

    fn display_name(&self) -> &'static str {
        match (self.momentum > 0.0, self.nesterov) {
            (false, _) => "SGD",
            (true, false) => "Momentum",
            (true, true) => "Nesterov",
        }
    }

    /// Returns 2/γ; (2 + 2μ)/γ with momentum, divided by 1 − τ with dampening and by 1 + 2μ with Nesterov's momentum (PyTorch's
    /// form). Weight decay adds λ to every eigenvalue.
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

    fn linear_step(&self, rates: StepRates, curvature: f64) -> Option<LinearStep> {
        if self.maximize || self.weight_decay != 0.0 {
            return None;
        }
        let mu = rates.momentum.unwrap_or(self.momentum);
        // v ← μ v + entering · g, and θ ← θ + along · v, or a step ahead with Nesterov's momentum.
        let (along, entering) = match self.form {
            Momentum::Polyak => (1.0, -rates.lr),
            _ if mu == 0.0 => (-rates.lr, 1.0),
            Momentum::PyTorch => (-rates.lr, 1.0 - self.dampening),
            Momentum::Ema => (-rates.lr, 1.0 - mu),
        };
        let ahead = if self.looks_ahead() { along * mu } else { 0.0 };
        let gradient = [curvature, curvature * ahead];
        let v = [entering * gradient[0], mu + entering * gradient[1]];
        let (direct, of_v, direct_noise) = match (self.nesterov && !self.lookahead, self.form) {
            (false, _) => ([0.0; 2], 1.0, 0.0),
            (true, Momentum::PyTorch) => (gradient, mu, 1.0),
            (true, _) => (gradient.map(|g| entering * g), mu, entering),
        };
        let theta = [0, 1].map(|i| along * (direct[i] + of_v * v[i]));
        let has_velocity = mu != 0.0;
        let carried = |value: f64| if has_velocity { value } else { 0.0 };
        Some(LinearStep {
            matrix: [
                [1.0 + theta[0], carried(theta[1])],
                [carried(v[0]), carried(v[1])],
            ],
            noise: [along * (direct_noise + of_v * entering), carried(entering)],
        })
    }
}

impl Sgd {
    /// Whether the gradient is evaluated ahead of θ, as in Nesterov's own form.
    fn looks_ahead(&self) -> bool {
        self.nesterov && self.lookahead && self.momentum != 0.0
    }
}

/// Update rule of SGD. State: the velocity.
struct SgdRule {
    settings: Sgd,
    has_velocity: bool,
}

impl SgdRule {
    /// Returns the factor of the velocity in the step of θ, and the factor of the gradient in the velocity.
    fn factors(&self, rates: StepRates) -> (f64, f64) {
        let mu = rates.momentum.unwrap_or(self.settings.momentum);
        match self.settings.form {
            Momentum::PyTorch if self.has_velocity => (-rates.lr, 1.0 - self.settings.dampening),
            Momentum::PyTorch => (-rates.lr, 1.0),
            Momentum::Ema => (-rates.lr, 1.0 - mu),
            Momentum::Polyak => (1.0, -rates.lr),
        }
    }
}

impl Elementwise<1> for SgdRule {
    fn gradient_options(&self) -> (bool, f64) {
        (self.settings.maximize, self.settings.weight_decay)
    }

    #[inline]
    fn step(&mut self, rates: StepRates) -> impl Fn(&mut f64, f64, &mut [f64; 1]) + Copy {
        let mu = rates.momentum.unwrap_or(self.settings.momentum);
        let (along, entering) = self.factors(rates);
        let is_pytorch = self.settings.form == Momentum::PyTorch;
        let nesterov = self.settings.nesterov && !self.settings.lookahead;
        self.has_velocity |= mu != 0.0 || !is_pytorch;
        #[inline(always)]
        move |theta, g, [v]| {
            if mu == 0.0 && is_pytorch {
                *theta += along * g;
                return;
            }
            *v = mu * *v + entering * g;
            *theta += along
                * match (nesterov, is_pytorch) {
                    (false, _) => *v,
                    (true, true) => g + mu * *v,
                    (true, false) => entering * g + mu * *v,
                };
        }
    }

    fn visit_state(&self, [velocity]: [&[f64]; 1], visitor: &mut StateVisitor) {
        if self.has_velocity {
            visitor(match self.settings.form {
                Momentum::Polyak => StateEntry::step("v", "velocity", velocity),
                _ => StateEntry::direction("v", "velocity", velocity),
            });
        }
    }
}

/// Update rule with Nesterov's momentum in the paper's form, with the gradient evaluated at the point ahead.
struct LookaheadRun {
    rule: SgdRule,
    velocity: [Vec<f64>; 1],
    ahead: Vec<f64>,
}

impl UpdateRule for LookaheadRun {
    fn step(&mut self, theta: &mut [f64], oracle: &mut Oracle, rates: StepRates) {
        let mu = rates.momentum.unwrap_or(self.rule.settings.momentum);
        let (along, _) = self.rule.factors(rates);
        let [velocity] = &mut self.velocity;
        for ((ahead, theta), v) in self.ahead.iter_mut().zip(&*theta).zip(&*velocity) {
            *ahead = theta + along * mu * v;
        }
        let (maximize, weight_decay) = self.rule.gradient_options();
        let gradient = gradient_with_decay(oracle, &self.ahead, maximize, weight_decay);
        let update = self.rule.step(rates);
        for ((theta, g), v) in theta.iter_mut().zip(gradient).zip(velocity) {
            let mut state = [*v];
            update(theta, *g, &mut state);
            [*v] = state;
        }
    }

    fn visit_state(&self, visitor: &mut StateVisitor) {
        self.rule.visit_state([&self.velocity[0]], visitor);
    }
}

#[cfg(test)]
mod tests {
    use super::super::AnyOptimizer;
    use super::super::tests::path;
    use super::*;

    #[test]
    fn stability_limits_match_theory() {
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

    /// At a constant learning rate Polyak's form and PyTorch's agree, and the points ahead in the paper's form are the iterates in
    /// PyTorch's.
    #[test]
    fn momentum_forms_agree_at_a_constant_learning_rate() {
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
    fn epsilon_inside_the_root_matches_d2l() {
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
    fn keras_specs_parse_to_their_optimizer() {
        for any in AnyOptimizer::all() {
            if let Some(spec) = any.as_dyn().keras_spec() {
                let read: AnyOptimizer = spec.parse().unwrap();
                assert_eq!(read.name(), any.name(), "{spec}");
            }
        }
    }
}
