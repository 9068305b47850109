//! Where a network's loss computes: room that is made once and lent again and again, so that steps allocate nothing.

use super::matrix::padded;
use super::pass::{Block, Shape};
use super::weights::{Sums, Weights};
use std::sync::{Mutex, PoisonError};

/// All that one thread needs.
pub(super) struct Room {
    pub(super) block: Block,
    /// θ, and a direction in its space.
    pub(super) weights: Weights,
    pub(super) direction: Weights,
    /// What has been summed: losses, and gradients or products.
    pub(super) loss: f64,
    pub(super) sums: Sums,
    /// Inputs in padded rows.
    pub(super) gathered: Vec<f64>,
}

/// The rooms that are free.
#[derive(Default)]
pub(super) struct Rooms(Mutex<Vec<Room>>);

impl Rooms {
    /// A free room, or a new one for so many samples at a time.
    pub(super) fn take(&self, shape: &Shape, samples: usize) -> Room {
        let free = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop();
        free.unwrap_or_else(|| Room::new(shape, samples))
    }

    /// Gives a room back.
    pub(super) fn give(&self, room: Room) {
        let mut free = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        free.push(room);
    }
}

impl Room {
    fn new(shape: &Shape, samples: usize) -> Self {
        let (widths, layout) = (&shape.widths, &shape.layout);
        Self {
            block: Block::new(shape, samples),
            weights: Weights::new(widths, layout),
            direction: Weights::new(widths, layout),
            loss: 0.0,
            sums: Sums::new(widths, layout),
            gathered: vec![0.0; samples * padded(widths[0])],
        }
    }
}
