//! The frames of a film: their steps and durations.

use crate::engine::numeric::real;

/// Maximum frames per second: browsers show GIF frames of less than 2/100 s slowly.
pub const MAX_FPS: u32 = 50;

/// One frame of a film.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frame {
    /// The step of the runs.
    pub step: u64,
    /// Turn of the surface's camera in degrees, added to its azimuth.
    pub turn: f64,
    /// Duration in units of 1/fps seconds, at least 1.
    pub ticks: u32,
}

/// Duration of a film.
#[derive(Clone, Copy, Debug)]
pub struct Timing {
    /// Frames per second, 1 to [`MAX_FPS`].
    pub fps: u32,
    /// Seconds from the first step to the last one.
    pub seconds: f64,
    /// Seconds for which the last frame is shown in addition.
    pub hold: f64,
    /// Turn of the surface's camera from the first frame to the last, in degrees.
    pub turn: f64,
}

impl Timing {
    /// Returns the frames of a run from one step to another. Frames at the same step are one longer frame, unless the camera turns.
    pub fn steps(&self, [first, last]: [u64; 2]) -> Vec<Frame> {
        let count = self.ticks(self.seconds).max(2) as usize;
        let steps = u128::from(last.saturating_sub(first));
        let step = |k: usize| {
            let step = (k as u128 * steps * 2 / (count as u128 - 1)).div_ceil(2);
            u64::try_from(step).map_or(last, |step| first.saturating_add(step))
        };
        self.frames((0..count).map(step))
    }

    /// Returns one frame for each of some steps, in a row.
    pub fn frames(&self, steps: impl ExactSizeIterator<Item = u64>) -> Vec<Frame> {
        let count = steps.len();
        let mut frames: Vec<Frame> = Vec::with_capacity(count);
        for (index, step) in steps.enumerate() {
            let share = real(index) / real((count - 1).max(1));
            let turn = self.turn * share;
            match frames.last_mut() {
                Some(frame) if (frame.step, frame.turn) == (step, turn) => frame.ticks += 1,
                _ => frames.push(Frame {
                    step,
                    turn,
                    ticks: 1,
                }),
            }
        }
        if let Some(frame) = frames.last_mut() {
            frame.ticks += self.ticks(self.hold);
        }
        frames
    }

    fn ticks(&self, seconds: f64) -> u32 {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a cast saturates"
        )]
        let ticks = (seconds * f64::from(self.fps)).round() as u32;
        ticks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIMING: Timing = Timing {
        fps: 25,
        seconds: 8.0,
        hold: 2.0,
        turn: 0.0,
    };

    fn ticks(frames: &[Frame]) -> u32 {
        frames.iter().map(|frame| frame.ticks).sum()
    }

    #[test]
    fn a_run_is_shown_from_its_first_step_to_its_last_one_in_the_given_time() {
        for last in [0, 1, 3, 199, 200, 1000, u64::MAX] {
            let frames = TIMING.steps([0, last]);
            assert_eq!(frames.first().map(|frame| frame.step), Some(0));
            assert_eq!(frames.last().map(|frame| frame.step), Some(last));
            assert!(frames.is_sorted_by(|one, next| one.step < next.step));
            assert_eq!(ticks(&frames), 25 * 10);
        }
        assert_eq!(TIMING.steps([0, 1000]).len(), 200);
        let later = TIMING.steps([500, 1000]);
        assert_eq!([later[0].step, later[199].step], [500, 1000]);
        let three = TIMING.steps([0, 2]);
        let durations: Vec<u32> = three.iter().map(|frame| frame.ticks).collect();
        assert_eq!(durations, [50, 100, 50 + 50], "steps 0, 1 and 2");
    }

    #[test]
    fn a_turning_camera_makes_every_frame_a_new_one() {
        let turning = Timing {
            turn: 90.0,
            ..TIMING
        };
        let frames = turning.steps([0, 3]);
        assert_eq!((frames.len(), ticks(&frames)), (200, 250));
        assert_eq!((frames[0].turn, frames[199].turn), (0.0, 90.0));
    }
}
