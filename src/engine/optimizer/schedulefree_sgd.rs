//! Schedule-free SGD: `pytorch_optimizer.ScheduleFreeSGD`. [`super::schedulefree_adamw`] shares its [`Averaging`].

use super::elementwise::{Elementwise, kernel};
use super::{Algorithm, Kind, Optimizer, Profile, StateEntry, StateVisitor, decay_lines};
use crate::engine::declare::settings;
use crate::engine::numeric::real;
use crate::engine::schedule::StepRates;

settings! {
    /// Schedule-Free SGD: SGD steps with iterate averaging instead of a schedule; gradients are evaluated between iterate and
    /// average.
    ///
    /// z ← z − γ g, x ← (1 − c) x + c z, θ ← (1 − β) z + β x, where c is the weight of the step in the average x. Defazio et
    /// al. 2024, eqs. (3)–(5). The trajectory is that of θ (the paper's y), the library's parameters in training mode; x are
    /// those in evaluation mode. The library's eps has no effect.
    pub struct ScheduleFreeSgd("Schedule-Free SGD") {
        /// Learning rate γ.
        lr: f64 = 1.0, in 0.0.., log 1e-5..=1.0;
        /// Momentum β: weight of the average x in the point where gradients are evaluated.
        momentum: f64 = 0.9, in 0.0..1.0, linear 0.0..=0.999;
        /// Weight decay λ: adds λθ to the gradient.
        weight_decay: f64 = 0.0, in 0.0.., log 1e-6..=1.0;
        /// r: step t has the weight tʳ in the average.
        r: f64 = 0.0, linear 0.0..=4.0;
        /// Power p: a step has the p-th power of the largest learning rate so far as weight in the average.
        weight_lr_power: f64 = 2.0, in 0.0.., linear 0.0..=4.0;
        /// Number of warm-up steps, in which the learning rate rises linearly.
        warmup_steps: u64 = 0, in 0.0..=1e6, linear 0.0..=100.0;
        /// Maximizes the loss instead of minimizing it.
        maximize: bool = false;
    }
}

impl Optimizer for ScheduleFreeSgd {
    fn lr(&self) -> f64 {
        self.lr
    }

    fn keeps_average(&self) -> bool {
        true
    }

    fn update_lines(&self) -> Vec<&'static str> {
        let mut lines = Vec::from_iter(decay_lines(self.maximize, self.weight_decay));
        lines.push(if self.warmup_steps > 1 {
            "{z} ← {z<} − {γ=lr} min(1, {t} / {T=warmup_steps}) {g}"
        } else {
            "{z} ← {z<} − {γ=lr} {g}"
        });
        lines.push("{x} ← (1 − {c}) {x<} + {c} {z}");
        lines.push("{θ} ← (1 − {β=momentum}) {z} + {β=momentum} {x}");
        lines
    }

    fn profile(&self) -> Profile {
        Profile {
            kind: Kind::ParameterFree,
            state: "2 numbers per parameter",
            cost: "1 gradient",
            strengths: "With noise, and without knowing the number of steps: the average, drawn as a trail of its \
                own, converges although the learning rate never decreases.",
            weaknesses: "The learning rate still has to suit the steepest direction: with the default of 1 it \
                diverges on all steep landscapes. All steps since the start have equal weight, so the average lags \
                behind in a winding valley, and both overshoot the minimum late in a run.",
        }
    }

    fn init(&self, _shape: &[usize]) -> Algorithm<'_> {
        Algorithm::Elementwise(kernel(ScheduleFreeSgdRule {
            averaging: Averaging::new(self.r, self.weight_lr_power, self.warmup_steps),
            settings: self.clone(),
        }))
    }
}

/// Update rule of Schedule-free SGD. State: the stepped point z, the average x.
struct ScheduleFreeSgdRule {
    settings: ScheduleFreeSgd,
    averaging: Averaging,
}

impl Elementwise<2> for ScheduleFreeSgdRule {
    fn gradient_options(&self) -> (bool, f64) {
        (self.settings.maximize, self.settings.weight_decay)
    }

    #[inline]
    fn step(&mut self, rates: StepRates) -> impl Fn(&mut f64, f64, &mut [f64; 2]) + Copy {
        let beta = rates.momentum.unwrap_or(self.settings.momentum);
        let step = self.averaging.next(rates.lr);
        #[inline(always)]
        move |theta, g, [z, x]| step.apply(g, beta, theta, z, x)
    }

    fn visit_state(&self, [z, x]: [&[f64]; 2], visitor: &mut StateVisitor) {
        self.averaging.visit_state(z, x, visitor);
    }

    fn average<'s>(&self, [_, x]: [&'s [f64]; 2]) -> Option<&'s [f64]> {
        self.averaging.average(x)
    }
}

/// Weights of the stepped points z in their average x.
pub(super) struct Averaging {
    r: f64,
    weight_lr_power: f64,
    warmup_steps: u64,
    steps: u64,
    max_lr: f64,
    weight_sum: f64,
    /// Weight of the last step in the average.
    pub(super) share: f64,
}

/// Learning rate of a step, and its weight in the average.
#[derive(Clone, Copy)]
pub(super) struct AveragedStep {
    is_first: bool,
    lr: f64,
    pub(super) share: f64,
}

impl Averaging {
    pub(super) fn new(r: f64, weight_lr_power: f64, warmup_steps: u64) -> Self {
        Self {
            r,
            weight_lr_power,
            warmup_steps,
            steps: 0,
            max_lr: 0.0,
            weight_sum: 0.0,
            share: 0.0,
        }
    }

    /// Advances to the next step, warming up its learning rate.
    pub(super) fn next(&mut self, lr: f64) -> AveragedStep {
        let is_first = self.steps == 0;
        self.steps += 1;
        let step = real(self.steps);
        let lr = if self.steps < self.warmup_steps {
            lr * (step / real(self.warmup_steps))
        } else {
            lr
        };
        self.max_lr = self.max_lr.max(lr);
        let weight = step.powf(self.r) * self.max_lr.powf(self.weight_lr_power);
        self.weight_sum += weight;
        self.share = if self.weight_sum == 0.0 {
            0.0
        } else {
            weight / self.weight_sum
        };
        AveragedStep {
            is_first,
            lr,
            share: self.share,
        }
    }

    /// Returns the average x, after the first step.
    pub(super) fn average<'s>(&self, x: &'s [f64]) -> Option<&'s [f64]> {
        (self.steps > 0).then_some(x)
    }

    /// Visits z, x and the weight of the last step in x.
    pub(super) fn visit_state(&self, z: &[f64], x: &[f64], visitor: &mut StateVisitor) {
        if self.steps > 0 {
            visitor(StateEntry::place("z", "stepped point", z));
            visitor(StateEntry::place("x", "average", x));
            visitor(StateEntry::number("c", "share of the step", &self.share));
        }
    }
}

impl AveragedStep {
    /// Steps z against `direction`, averages it into x, and moves θ to (1 − β) z + β x. All three begin at θ.
    #[inline(always)]
    pub(super) fn apply(
        self,
        direction: f64,
        beta: f64,
        theta: &mut f64,
        z: &mut f64,
        x: &mut f64,
    ) {
        if self.is_first {
            (*z, *x) = (*theta, *theta);
        }
        *z -= self.lr * direction;
        *x += self.share * (*z - *x);
        *theta = *z + beta * (*x - *z);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn share_of_a_step_is_its_weight_divided_by_the_sum() {
        let mut averaging = Averaging::new(1.0, 2.0, 2);
        let [mut theta, mut z, mut x] = [3.0, 0.0, 0.0];
        let mut sum = 0.0;
        for step in 1..=5 {
            let warmed = if step == 1 { 0.1 } else { 0.2 };
            let weight = f64::from(step) * warmed * warmed;
            sum += weight;
            let step = averaging.next(0.2);
            assert_eq!(step.lr, warmed);
            assert!((step.share - weight / sum).abs() < 1e-15);
            step.apply(0.0, 0.9, &mut theta, &mut z, &mut x);
        }
        assert_eq!(averaging.average(&[x]), Some([3.0].as_slice()));
        // With a learning rate of 0 all weights are 0.
        let mut constant = Averaging::new(0.0, 2.0, 0);
        assert_eq!(constant.average(&[3.0]), None);
        let step = constant.next(0.0);
        assert_eq!((step.lr, step.share), (0.0, 0.0));
    }
}
