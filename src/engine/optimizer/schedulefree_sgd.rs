//! Schedule-free SGD: `pytorch_optimizer.ScheduleFreeSGD`. [`super::schedulefree_adamw`] averages in the same way.

use super::{
    Kind, Optimizer, Profile, StateEntry, StateVisitor, UpdateRule, decay_lines,
    gradient_with_decay,
};
use crate::engine::declare::settings;
use crate::engine::numeric::real;
use crate::engine::objective::Oracle;
use crate::engine::objective::params::Vector;
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

    fn elementwise(&self) -> bool {
        true
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

    fn init<V: Vector>(&self, zeros: V) -> impl UpdateRule<V> {
        State {
            average: Averaging::new(self.r, self.weight_lr_power, self.warmup_steps, zeros),
            rule: self.clone(),
        }
    }
}

struct State<V> {
    rule: ScheduleFreeSgd,
    average: Averaging<V>,
}

impl<V: Vector> UpdateRule<V> for State<V> {
    #[inline(always)]
    fn step(&mut self, theta: &mut V, oracle: &mut Oracle<V>, rates: StepRates) {
        let ScheduleFreeSgd {
            weight_decay,
            maximize,
            ..
        } = self.rule;
        let beta = rates.momentum.unwrap_or(self.rule.momentum);
        let (lr, share) = self.average.next(theta, rates.lr);
        let gradient = gradient_with_decay(oracle, theta, maximize, weight_decay);
        let points = self.average.z.iter_mut().zip(self.average.x.iter_mut());
        for ((theta, g), (z, x)) in theta.iter_mut().zip(gradient.iter()).zip(points) {
            *z -= lr * g;
            *x += share * (*z - *x);
            *theta = *z + beta * (*x - *z);
        }
    }

    fn visit_state(&self, visitor: &mut StateVisitor) {
        self.average.visit_state(visitor);
    }

    fn average(&self) -> Option<&[f64]> {
        self.average.point()
    }
}

/// The point z that is stepped, and the weighted average x of all of them.
pub(super) struct Averaging<V> {
    r: f64,
    power: f64,
    warmup_steps: u64,
    pub(super) z: V,
    pub(super) x: V,
    steps: u64,
    largest_lr: f64,
    sum: f64,
    /// The last step's share in the average.
    pub(super) share: f64,
}

impl<V: Vector> Averaging<V> {
    pub(super) fn new(r: f64, power: f64, warmup_steps: u64, zeros: V) -> Self {
        Self {
            r,
            power,
            warmup_steps,
            z: zeros.clone(),
            x: zeros,
            steps: 0,
            largest_lr: 0.0,
            sum: 0.0,
            share: 0.0,
        }
    }

    /// Begins a step: its learning rate, warmed up, and its share in the average.
    #[inline(always)]
    pub(super) fn next(&mut self, theta: &V, lr: f64) -> (f64, f64) {
        if self.steps == 0 {
            self.z.copy_from_slice(theta);
            self.x.copy_from_slice(theta);
        }
        self.steps += 1;
        let step = real(self.steps);
        let lr = if self.steps < self.warmup_steps {
            lr * (step / real(self.warmup_steps))
        } else {
            lr
        };
        self.largest_lr = self.largest_lr.max(lr);
        let weight = step.powf(self.r) * self.largest_lr.powf(self.power);
        self.sum += weight;
        self.share = if self.sum == 0.0 {
            0.0
        } else {
            weight / self.sum
        };
        (lr, self.share)
    }

    /// The average, once there is one.
    pub(super) fn point(&self) -> Option<&[f64]> {
        (self.steps > 0).then_some(&self.x)
    }

    pub(super) fn visit_state(&self, visitor: &mut StateVisitor) {
        if self.steps > 0 {
            visitor(StateEntry::place("z", "stepped point", &self.z));
            visitor(StateEntry::place("x", "average", &self.x));
            visitor(StateEntry::number("c", "share of the step", self.share));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::objective::params::Array;

    #[test]
    fn the_share_of_a_step_is_its_weight_in_all_so_far() {
        let mut average = Averaging::new(1.0, 2.0, 2, Array([0.0]));
        let mut sum = 0.0;
        for step in 1..=5 {
            let warmed = if step == 1 { 0.1 } else { 0.2 };
            let weight = f64::from(step) * warmed * warmed;
            sum += weight;
            let (lr, share) = average.next(&Array([3.0]), 0.2);
            assert_eq!(lr, warmed);
            assert!((share - weight / sum).abs() < 1e-15);
        }
        assert_eq!(average.point(), Some([3.0].as_slice()));
        // Without any learning rate nothing weighs anything.
        let mut still = Averaging::new(0.0, 2.0, 0, Array([0.0]));
        assert_eq!(still.point(), None);
        assert_eq!(still.next(&Array([3.0]), 0.0), (0.0, 0.0));
    }
}
