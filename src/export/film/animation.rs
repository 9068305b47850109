//! Encoders of films: frames in, bytes out; and the rectangle that changed between two frames.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

/// An encoder of the frames of a film.
pub(super) trait Animation {
    /// Adds a frame of pixels (red, green, blue and opacity) that is shown for some ticks.
    fn add(&mut self, rgba: Vec<u8>, ticks: u32) -> Result<(), String>;

    /// Returns the file.
    fn finish(self: Box<Self>) -> Result<Vec<u8>, String>;
}

/// Output of an encoder that keeps its writer to itself: the bytes are still there when it has finished.
#[derive(Clone, Default)]
pub(super) struct Shared(Arc<Mutex<Vec<u8>>>);

impl Shared {
    /// Takes the bytes written so far.
    pub(super) fn take(&self) -> Vec<u8> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl io::Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A rectangle of pixels that is not empty.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Rectangle {
    pub left: usize,
    pub top: usize,
    pub width: usize,
    pub height: usize,
}

impl Rectangle {
    /// Returns the smallest rectangle outside of which two pictures are equal; a single pixel if they are equal everywhere, for a frame
    /// needs one.
    pub(super) fn of_changes(before: &[u8], after: &[u8], width: usize) -> Self {
        let stride = 4 * width;
        let rows = || before.chunks(stride).zip(after.chunks(stride));
        let differs = |(one, other): (&[u8], &[u8])| one != other;
        let Some(top) = rows().position(differs) else {
            return Self {
                left: 0,
                top: 0,
                width: 1,
                height: 1,
            };
        };
        let bottom = rows().rposition(differs).unwrap_or(top);
        let (mut left, mut right) = (width, 0);
        for (one, other) in rows().take(bottom + 1).skip(top) {
            let changed = |at: usize| one[4 * at..4 * at + 4] != other[4 * at..4 * at + 4];
            left = (0..left).find(|at| changed(*at)).unwrap_or(left);
            right = (right..width).rfind(|at| changed(*at)).unwrap_or(right);
        }
        Self {
            left,
            top,
            width: right + 1 - left,
            height: bottom + 1 - top,
        }
    }

    /// Returns the rectangle of a whole picture.
    pub(super) fn whole([width, height]: [usize; 2]) -> Self {
        Self {
            left: 0,
            top: 0,
            width,
            height,
        }
    }

    /// Returns the indices of its pixels in a picture of a width, row by row.
    pub(super) fn pixels(self, width: usize) -> impl Iterator<Item = usize> {
        let rows = self.top..self.top + self.height;
        rows.flat_map(move |row| {
            let first = row * width + self.left;
            first..first + self.width
        })
    }
}

/// Returns the pixel at an index.
pub(super) fn pixel(rgba: &[u8], index: usize) -> [u8; 4] {
    let at = 4 * index;
    [rgba[at], rgba[at + 1], rgba[at + 2], rgba[at + 3]]
}

/// Converts a size to indices.
pub(super) fn sides(pixels: [u32; 2]) -> [usize; 2] {
    pixels.map(|side| side as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_changed_rectangle_is_the_smallest_one() {
        let before = vec![7; 4 * 6 * 5];
        let of = |changed: &[[usize; 2]]| {
            let mut after = before.clone();
            for [x, y] in changed {
                after[4 * (y * 6 + x) + 2] = 9;
            }
            let found = Rectangle::of_changes(&before, &after, 6);
            [found.left, found.top, found.width, found.height]
        };
        assert_eq!(of(&[[3, 2]]), [3, 2, 1, 1]);
        assert_eq!(of(&[[4, 1], [1, 3], [2, 2]]), [1, 1, 4, 3]);
        assert_eq!(of(&[[0, 0], [5, 4]]), [0, 0, 6, 5]);
        assert_eq!(of(&[]), [0, 0, 1, 1]);
        let part = Rectangle {
            left: 1,
            top: 1,
            width: 2,
            height: 2,
        };
        assert_eq!(part.pixels(6).collect::<Vec<_>>(), [7, 8, 13, 14]);
    }
}
