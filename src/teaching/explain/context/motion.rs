//! How a run moved: step lengths, crossings of the valley, how far it could get, and its schedule.

use super::{Context, SOLVED, count};
use crate::engine::cancel::Cancel;
use crate::engine::objective::norm;
use crate::engine::training::run_to_end;

/// Rules whose steps are about as long as the learning rate in each parameter.
const ADAPTIVE: [&str; 14] = [
    "adam",
    "adamw",
    "nadam",
    "radam",
    "adamax",
    "rmsprop",
    "adabelief",
    "yogi",
    "lion",
    "tiger",
    "signsgd",
    "laprop",
    "qhadam",
    "adan",
];

/// Share of the largest learning rate of a schedule below which nothing moves any more.
const GONE: f64 = 0.01;

/// Factor by which a run is continued at most to see when it arrives, and the largest number of steps.
const MORE: u64 = 20;
const MOST_STEPS: u64 = 90_000;

impl Context<'_> {
    /// Returns the length of a step from a row, in all parameters.
    pub(in crate::teaching::explain) fn step_length(&self, row: usize) -> Option<f64> {
        let every = count(self.facts.runs.every.max(1));
        (row < self.facts.last()).then(|| self.facts.distance_between(row + 1, row) / every)
    }

    /// Returns the length of the last step as a share of that of the first.
    pub(in crate::teaching::explain) fn step_length_share(&self) -> Option<f64> {
        let last = self.facts.last().checked_sub(1)?;
        Some(self.step_length(last)? / self.step_length(0)?)
    }

    fn steep_gradients(&self) -> Option<&[f64]> {
        let found = self.steep.get_or_init(|| {
            let rows = self.facts.last() + 1;
            self.facts.steep_gradients(rows)
        });
        found.as_deref()
    }

    /// Returns how often the gradient along the steepest direction changed its sign from a row on.
    pub(in crate::teaching::explain) fn crossings(&self, from: usize) -> Option<f64> {
        let components = self.steep_gradients()?.get(from..)?;
        let most = components.iter().fold(0.0_f64, |most, g| most.max(g.abs()));
        let clear = components.iter().filter(|g| g.abs() > 1e-10 * most);
        let signs: Vec<bool> = clear.map(|g| *g > 0.0).collect();
        let changes = signs.windows(2).filter(|pair| pair[0] != pair[1]);
        Some(count(changes.count() as u64))
    }

    /// Returns the number of steps in the last half of the rows.
    pub(in crate::teaching::explain) fn late_steps(&self) -> f64 {
        count((self.facts.last() - self.facts.last() / 2) as u64)
    }

    /// Returns the share of the last half of the steps in which the run crossed the valley.
    pub(in crate::teaching::explain) fn crossing_share(&self) -> Option<f64> {
        let steps = self.late_steps();
        (steps >= 4.0).then_some(self.crossings(self.facts.last() / 2)? / steps)
    }

    /// Whether the landscape is flat at the end: at this slope the way through the whole view would lower the loss by less than a twentieth
    /// of what remains.
    pub(in crate::teaching::explain) fn is_flat(&self) -> bool {
        let last = self.facts.last();
        let excess = self.excess(last);
        excess.is_some_and(|excess| self.grad_norm(last) * self.extent() < 0.05 * excess)
    }

    /// Whether each step is about as long as the learning rate, whatever the gradient.
    pub(in crate::teaching::explain) fn is_adaptive(&self) -> bool {
        ADAPTIVE.contains(&self.spec().optimizer.name())
    }

    /// Returns how far all steps together lead in a parameter, if each is as long as the learning rate.
    pub(in crate::teaching::explain) fn reach(&self) -> Option<f64> {
        let lrs = &self.facts.trajectory().lr;
        let every = count(self.facts.runs.every.max(1));
        let steps = &lrs[..self.facts.last()];
        self.is_adaptive()
            .then(|| steps.iter().sum::<f64>() * every)
    }

    /// Returns the distance of the start from the minimum nearest to the end, in the parameter in which it is largest.
    pub(in crate::teaching::explain) fn distance_to_minimum(&self) -> Option<f64> {
        let (at, _) = match self.facts.nearest_minimum(self.facts.last()) {
            Some(nearest) if self.facts.trained().is_none() => nearest,
            _ => self.best()?,
        };
        let pairs = self.facts.theta(0).iter().zip(at);
        Some(pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f64::max))
    }

    /// Returns the learning rate at which a rule with steps of its length gets three times as far as the minimum is.
    pub(in crate::teaching::explain) fn lr_for_reach(&self) -> Option<f64> {
        Some(3.0 * self.distance_to_minimum()? / self.steps())
    }

    /// Returns the excess at the end divided by that at three quarters of the run; of the loss where no minimum is known.
    pub(in crate::teaching::explain) fn fall_of_last_quarter(&self) -> Option<f64> {
        let last = self.facts.last();
        let at = |row: usize| self.excess(row).unwrap_or_else(|| self.loss(row));
        (last >= 8).then(|| at(last) / at(last - last / 4))
    }

    /// Returns a number of steps after which a run on a landscape has found the minimum, a tenth more than it takes. `None` for networks,
    /// where no minimum is known, and where many more steps do not lead there.
    pub(in crate::teaching::explain) fn arrival_steps(&self) -> Option<f64> {
        let scene = &self.facts.runs.scene;
        if scene.is_network() {
            return None;
        }
        let (minimum, start) = (self.minimum()?, self.excess(0)?);
        let mut longer = scene.clone();
        longer.training.steps = (MORE * longer.training.steps).min(MOST_STEPS);
        let (settings, never) = (longer.run_settings(), Cancel::default());
        let goal = minimum + SOLVED * start;
        let objective = self.facts.objective();
        let end = run_to_end(
            objective,
            scene.start_theta(),
            self.spec(),
            &settings,
            goal,
            &never,
        )?;
        let steps = count(end.goal_step?);
        (steps > self.steps()).then_some(1.1 * steps)
    }

    /// Returns the step from which a schedule's learning rate stays below a hundredth of its largest; `None` where it never does.
    pub(in crate::teaching::explain) fn lr_gone_step(&self) -> Option<f64> {
        let lrs = &self.facts.trajectory().lr;
        let most = lrs.iter().copied().fold(0.0, f64::max);
        let gone = lrs.iter().rposition(|lr| *lr > GONE * most)? + 1;
        (gone < lrs.len()).then(|| count(self.facts.runs.step(gone)))
    }

    /// Returns the weight decay λ of the optimizer or of a wrapper.
    pub(in crate::teaching::explain) fn weight_decay(&self) -> Option<f64> {
        let own = self.setting_number("weight_decay").filter(|own| *own > 0.0);
        own.or_else(|| self.wrapper_number("weight-decay", "weight_decay"))
    }

    /// Whether the pull λθ of the weight decay balances the gradient at the end of a run on a landscape.
    pub(in crate::teaching::explain) fn decay_balances(&self) -> bool {
        let Some(decay) = self
            .weight_decay()
            .filter(|_| self.facts.trained().is_none())
        else {
            return false;
        };
        let theta = self.facts.theta(self.facts.last());
        let mut gradient = vec![0.0; theta.len()];
        self.facts.objective().gradient(theta, &mut gradient);
        let sum: Vec<f64> = gradient
            .iter()
            .zip(theta)
            .map(|(g, t)| g + decay * t)
            .collect();
        norm(&sum) < 0.1 * norm(&gradient)
    }
}
