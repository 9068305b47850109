//! Where a network's loss computes: room that is made once and lent again and again, so that steps allocate nothing.

use super::matrix::padded;
use super::pass::{Block, Shape};
use super::weights::{Sums, Weights};
use std::sync::{Mutex, PoisonError};

/// All that one thread needs.
pub(super) struct Room {
    pub(super) block: Block,
    pub(super) weights: Weights,
    /// A direction in the space of θ, and the same ready for products.
    pub(super) direction: Vec<f64>,
    pub(super) directed: Weights,
    pub(super) sums: Sums,
    /// Inputs in padded rows.
    pub(super) gathered: Vec<f64>,
}

/// The rooms that are free.
#[derive(Default)]
pub(super) struct Rooms(Mutex<Vec<Box<Room>>>);

impl Rooms {
    /// A free room, or a new one for so many samples at a time.
    pub(super) fn take(&self, shape: &Shape, samples: usize) -> Box<Room> {
        let free = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop();
        free.unwrap_or_else(|| Box::new(Room::new(shape, samples)))
    }

    /// Gives a room back.
    pub(super) fn give(&self, room: Box<Room>) {
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
            direction: vec![0.0; layout.dim()],
            directed: Weights::new(widths, layout),
            sums: Sums::new(widths, layout),
            gathered: vec![0.0; samples * padded(widths[0])],
        }
    }
}
