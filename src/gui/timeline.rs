//! The timeline: which prefix of the runs is shown. It is not part of the scene; playing it edits nothing.

use crate::engine::numeric::real;

/// At speed 1 a whole run takes this long.
const WHOLE_RUN_SECS: f64 = 10.0;

/// The speeds that can be chosen.
pub(crate) const SPEEDS: [f64; 7] = [0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 10.0];

/// Where the timeline stands.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Timeline {
    /// The step, with the part of the next one that has gone by.
    position: f64,
    /// How many steps there are.
    steps: u64,
    /// Whether it moves.
    pub playing: bool,
    /// How fast.
    pub speed: f64,
}

impl Timeline {
    /// A timeline at step 0, moving.
    pub(crate) fn new(steps: u64) -> Self {
        Self {
            position: 0.0,
            steps,
            playing: true,
            speed: 1.0,
        }
    }

    /// The step that is shown.
    pub(crate) fn step(&self) -> u64 {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "never negative"
        )]
        let step = self.position as u64;
        step.min(self.steps)
    }

    /// How many steps there are.
    pub(crate) fn steps(&self) -> u64 {
        self.steps
    }

    /// Follows a scene whose runs have another length: a timeline at the end stays at the end.
    pub(crate) fn set_steps(&mut self, steps: u64) {
        if steps != self.steps {
            let at_end = self.step() == self.steps;
            self.steps = steps;
            self.go_to(if at_end { steps } else { self.step() });
        }
    }

    /// Goes to a step.
    pub(crate) fn go_to(&mut self, step: u64) {
        self.position = real(step.min(self.steps));
    }

    /// Goes some steps on, or back, and stands still.
    pub(crate) fn move_by(&mut self, steps: i64) {
        self.playing = false;
        self.go_to(self.step().saturating_add_signed(steps));
    }

    /// Starts or stops; from the end it starts over.
    pub(crate) fn toggle(&mut self) {
        self.playing = !self.playing;
        if self.playing && self.step() == self.steps {
            self.position = 0.0;
        }
    }

    /// Does not go beyond a step while it plays.
    pub(crate) fn pause_at(&mut self, step: u64) {
        if self.playing {
            self.position = self.position.min(real(step));
        }
    }

    /// Lets time go by.
    pub(crate) fn advance(&mut self, secs: f64) {
        if self.playing {
            self.position += secs * self.speed * real(self.steps) / WHOLE_RUN_SECS;
            if self.position >= real(self.steps) {
                self.position = real(self.steps);
                self.playing = false;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn playing_ends_at_the_last_step_and_starts_over() {
        let mut timeline = Timeline::new(100);
        timeline.advance(5.0);
        assert_eq!((timeline.step(), timeline.playing), (50, true));
        timeline.advance(60.0);
        assert_eq!((timeline.step(), timeline.playing), (100, false));
        timeline.toggle();
        assert_eq!((timeline.step(), timeline.playing), (0, true));
    }

    #[test]
    fn steps_stay_within_the_run() {
        let mut timeline = Timeline::new(20);
        timeline.move_by(-5);
        assert_eq!(timeline.step(), 0);
        timeline.move_by(50);
        assert_eq!(timeline.step(), 20);
        timeline.set_steps(300);
        assert_eq!(timeline.step(), 300, "the end stays the end");
        timeline.go_to(200);
        timeline.set_steps(100);
        assert_eq!(timeline.step(), 100);
    }
}
