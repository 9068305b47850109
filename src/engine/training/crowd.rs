//! Many runs side by side, one to a lane.

use super::{DivergenceLimit, MAX_GROWTH, Outcome, RunContext, RunSettings};
use crate::engine::numeric::real::{Kernel, Lanes, Real, dispatch};
use crate::engine::objective::params::{CROWD, Crowd, CrowdLosses};
use crate::engine::objective::{Oracle, norm};
use crate::engine::optimizer::UpdateRule;
use crate::engine::schedule::ScheduleState;
use fearless_simd::Simd;
use fearless_simd::prelude::*;

/// Where each run of a crowd ended, and how; one that diverged has no place.
pub(in crate::engine) type Ends = [([f64; 2], Outcome); CROWD];

impl RunContext<'_> {
    /// The ends of the runs from many starts, at most [`CROWD`] of them. Places without a start repeat the last one.
    pub(in crate::engine) fn crowd<R: UpdateRule<Crowd>>(
        &self,
        starts: &[[f64; 2]],
        start: impl FnOnce(Crowd) -> R,
    ) -> Option<Ends> {
        let last = *starts.last()?;
        let start_of = |i: usize| starts.get(i).copied().unwrap_or(last);
        let mut theta = Crowd([0.0; 2 * CROWD]);
        for i in 0..CROWD {
            [theta.0[i], theta.0[CROWD + i]] = start_of(i);
        }
        dispatch(Walk {
            context: self,
            rule: start(Crowd([0.0; 2 * CROWD])),
            starts: std::array::from_fn(start_of),
            theta,
            ends: std::array::from_fn(|i| (start_of(i), Outcome::Finished)),
        })
    }
}

struct Walk<'a, R> {
    context: &'a RunContext<'a>,
    rule: R,
    starts: [[f64; 2]; CROWD],
    theta: Crowd,
    ends: Ends,
}

impl<R: UpdateRule<Crowd>> Kernel for Walk<'_, R> {
    type Output = Option<Ends>;

    #[inline(always)]
    fn on_lanes<S: Simd>(mut self, simd: S) -> Option<Ends> {
        let RunContext {
            objective,
            spec,
            run_settings,
            cancel,
            ..
        } = *self.context;
        let steps = run_settings.steps;
        let zeros = Crowd([0.0; 2 * CROWD]);
        let mut oracle = Oracle::new(objective, run_settings.gradient_settings, zeros, cancel);
        let mut schedule_state =
            ScheduleState::new(&spec.schedule, spec.optimizer.as_dyn().lr(), steps);
        let mut watch = Watch::new(self.context, &self.starts);
        for step in 0..=steps {
            let (losses, gradient) = oracle.begin_step(&self.theta);
            if cancel.is_cancelled() {
                return None;
            }
            if step == 0 {
                watch.limit(losses);
            }
            let calm = losses.extent.bounded && losses.extent.least > watch.above;
            if !calm && !watch.all_under_way(simd, &self.theta, losses, gradient) {
                watch.look(step, &self.theta, losses, gradient, &mut self.ends);
                if watch.left == 0 {
                    return Some(self.ends);
                }
            }
            // The losses do not count, or the runs would not be side by side.
            let rates = schedule_state.rates(step, f64::NAN);
            if step < steps {
                self.rule.step(&mut self.theta, &mut oracle, rates);
            }
        }
        for (i, (at, _)) in self.ends.iter_mut().enumerate() {
            if watch.under_way(i) {
                *at = [self.theta.0[i], self.theta.0[CROWD + i]];
            }
        }
        Some(self.ends)
    }
}

/// A run whose squared gradient norm is above has surely not converged, however that is rounded.
pub(super) fn surely_moving(run_settings: &RunSettings) -> f64 {
    run_settings.tolerance.map_or(-1.0, |tolerance| {
        tolerance * tolerance * (1.0 + 1e-9) + f64::MIN_POSITIVE
    })
}

/// Which runs are under way.
struct Watch<'a> {
    context: &'a RunContext<'a>,
    starts: [[f64; 2]; CROWD],
    limits: [DivergenceLimit; CROWD],
    /// [`surely_moving`].
    above: f64,
    /// 0 while a run is under way, infinite once it has ended.
    ended: [f64; CROWD],
    left: usize,
}

impl<'a> Watch<'a> {
    fn new(context: &'a RunContext<'a>, starts: &[[f64; 2]; CROWD]) -> Self {
        Self {
            context,
            starts: *starts,
            limits: [DivergenceLimit::new(0.0, &[]); CROWD],
            above: surely_moving(context.run_settings),
            ended: [0.0; CROWD],
            left: CROWD,
        }
    }

    /// Sets the limits of all runs, given the losses at their starts.
    fn limit(&mut self, losses: &CrowdLosses) {
        self.limits =
            std::array::from_fn(|i| DivergenceLimit::new(losses.values[i], &self.starts[i]));
    }

    fn under_way(&self, i: usize) -> bool {
        self.ended[i] == 0.0
    }

    /// Whether nothing can have ended since the last look. One sum that is in bounds tells that all its parts are.
    #[inline(always)]
    fn all_under_way<S: Simd>(
        &self,
        simd: S,
        theta: &Crowd,
        losses: &CrowdLosses,
        gradient: &Crowd,
    ) -> bool {
        let lanes = S::f64s::LEN;
        let mut calm = S::mask64s::splat(simd, true);
        let mut first = 0;
        while first < CROWD {
            let [x, y] = [
                Lanes::load(simd, &theta.0, first),
                Lanes::load(simd, &theta.0, CROWD + first),
            ];
            let [gx, gy] = [
                Lanes::<S>::load(simd, &gradient.0, first),
                Lanes::<S>::load(simd, &gradient.0, CROWD + first),
            ];
            let size = Lanes::<S>::load(simd, &losses.values, first).lane_abs()
                + x.lane_abs()
                + y.lane_abs();
            let square = gx * gx + gy * gy;
            let ended = Lanes::load(simd, &self.ended, first);
            let bounded =
                size.le_mask(ended + MAX_GROWTH) & square.lt_mask(square.broadcast(f64::INFINITY));
            let moving = square.broadcast(self.above).lt_mask(square);
            calm &= (bounded & moving) | ended.broadcast(0.0).lt_mask(ended);
            first += lanes;
        }
        calm.all_true()
    }

    /// Looks at each run that is under way as the training loop of a single run does.
    #[cold]
    #[inline(never)]
    fn look(
        &mut self,
        step: u64,
        theta: &Crowd,
        losses: &CrowdLosses,
        gradient: &Crowd,
        ends: &mut [([f64; 2], Outcome)],
    ) {
        for (i, end) in ends.iter_mut().enumerate() {
            if self.ended[i] != 0.0 {
                continue;
            }
            let here = [theta.0[i], theta.0[CROWD + i]];
            let (loss, grad_norm) = (
                losses.values[i],
                norm(&[gradient.0[i], gradient.0[CROWD + i]]),
            );
            let alone = self.context.with_start(&self.starts[i]);
            let numbers = (loss, grad_norm);
            let Some(outcome) = alone.end(step, &here, numbers, &self.limits[i]) else {
                continue;
            };
            let diverged = matches!(outcome, Outcome::Diverged(..));
            *end = (if diverged { [f64::NAN; 2] } else { here }, outcome);
            self.ended[i] = f64::INFINITY;
            self.left -= 1;
        }
    }
}
