//! Many runs side by side in the loops that landscapes have for the commonest rules.

use super::crowd::{Ends, surely_moving};
use super::training_loop::RunContext;
use super::{DivergenceLimit, Outcome};
use crate::engine::objective::norm;
use crate::engine::objective::params::CROWD;
use crate::engine::schedule::ScheduleState;
use crate::engine::stride::{AnyStride, Herd, ROWS, march_apart};

impl RunContext<'_> {
    /// The ends of the runs from many starts, at most [`CROWD`] of them. A run that has ended leaves the others to go on without it.
    pub(super) fn herd(&self, starts: &[[f64; 2]], stride: AnyStride) -> Option<Ends> {
        let steps = self.run_settings.steps;
        let lr = self.spec.optimizer.as_dyn().lr();
        let mut herd = Herd::new(stride, starts, surely_moving(self.run_settings));
        let limits = self.limits(starts);
        let mut ends: Ends = [([f64::NAN; 2], Outcome::Finished); CROWD];
        let mut schedule_state = ScheduleState::new(&self.spec.schedule, lr, steps);
        let mut rates = [0.0; ROWS];
        let mut step = 0;
        // After the last step one more looks at where that has led.
        while step <= steps {
            let mut ahead = schedule_state.next_lrs(step, &mut rates);
            while !ahead.is_empty() {
                if self.cancel.is_cancelled() {
                    return None;
                }
                let (taken, calm) = match self.objective.march(&mut herd, ahead) {
                    Some(done) => done,
                    None => march_apart(self.objective, &mut herd, ahead),
                };
                ahead = &ahead[taken..];
                step += taken as u64;
                if !calm {
                    self.look_at(&mut herd, step - 1, (starts, &limits), &mut ends);
                    if herd.left() == 0 {
                        return Some(ends);
                    }
                }
            }
        }
        let [x, y] = herd.places();
        for (run, (x, y)) in x.iter().zip(y).enumerate() {
            ends[herd.number(run)].0 = [*x, *y];
        }
        Some(ends)
    }

    /// The limits of the runs from many starts, at most [`CROWD`] of them.
    fn limits(&self, starts: &[[f64; 2]]) -> [DivergenceLimit; CROWD] {
        let [mut x, mut y, mut losses, mut gx, mut gy] = [[0.0; CROWD]; 5];
        for ((x, y), start) in x.iter_mut().zip(&mut y).zip(starts) {
            [*x, *y] = *start;
        }
        self.objective
            .gradients([&x, &y], &mut losses, [&mut gx, &mut gy]);
        std::array::from_fn(|i| DivergenceLimit::new(losses[i], &[x[i], y[i]]))
    }

    /// Looks at each run as the training loop of a single one does, where step `step` began.
    #[cold]
    fn look_at(
        &self,
        herd: &mut Herd,
        step: u64,
        (starts, limits): (&[[f64; 2]], &[DivergenceLimit; CROWD]),
        ends: &mut Ends,
    ) {
        let (mut ended, [mut losses, mut gx, mut gy]) = ([false; CROWD], [[0.0; CROWD]; 3]);
        let [x, y] = herd.places();
        let left = herd.left();
        let gradient = [&mut gx[..left], &mut gy[..left]];
        self.objective
            .gradients([x, y], &mut losses[..left], gradient);
        for (run, (x, y)) in x.iter().zip(y).enumerate() {
            let grad_norm = norm(&[gx[run], gy[run]]);
            let number = herd.number(run);
            let numbers = (losses[run], grad_norm);
            let alone = self.with_start(&starts[number]);
            if let Some(outcome) = alone.end(step, &[*x, *y], numbers, &limits[number]) {
                let diverged = matches!(outcome, Outcome::Diverged(..));
                let place = if diverged { [f64::NAN; 2] } else { [*x, *y] };
                ends[number] = (place, outcome);
                ended[run] = true;
            }
        }
        herd.take_out(|run| ended[run]);
    }
}
