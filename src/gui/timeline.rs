//! The timeline: the step up to which runs are shown. It is not part of the scene, so playing it edits nothing.

use crate::engine::numeric::real;

/// Seconds that a whole run takes at speed 1.
const WHOLE_RUN_SECS: f64 = 10.0;

/// Speeds to choose from.
pub(crate) const SPEEDS: [f64; 7] = [0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 10.0];

/// State of the timeline.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Timeline {
    /// The step, with the elapsed fraction of the next one.
    position: f64,
    /// Number of steps.
    steps: u64,
    /// Whether it is playing.
    pub playing: bool,
    /// Speed of playing; see [`SPEEDS`].
    pub speed: f64,
}

impl Timeline {
    /// Returns a timeline at step 0, playing.
    pub(crate) fn new(steps: u64) -> Self {
        Self {
            position: 0.0,
            steps,
            playing: true,
            speed: 1.0,
        }
    }

    /// Returns the shown step.
    pub(crate) fn step(&self) -> u64 {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "never negative"
        )]
        let step = self.position as u64;
        step.min(self.steps)
    }

    /// Returns the number of steps.
    pub(crate) fn steps(&self) -> u64 {
        self.steps
    }

    /// Sets the number of steps. A timeline at the end stays at the end.
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

    /// Moves by steps, back if negative, and pauses.
    pub(crate) fn move_by(&mut self, steps: i64) {
        self.playing = false;
        self.go_to(self.step().saturating_add_signed(steps));
    }

    /// Plays or pauses; at the end, plays from the start.
    pub(crate) fn toggle(&mut self) {
        self.playing = !self.playing;
        if self.playing && self.step() == self.steps {
            self.position = 0.0;
        }
    }

    /// Holds a playing timeline at a step that it would pass.
    pub(crate) fn pause_at(&mut self, step: u64) {
        if self.playing {
            self.position = self.position.min(real(step));
        }
    }

    /// Advances a playing timeline by seconds.
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
