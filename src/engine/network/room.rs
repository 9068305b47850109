//! Where a network's loss computes: room that is made once and lent again and again, so that steps allocate nothing.

use super::lines::Lines;
use super::matrix::padded;
use super::pass::{Block, Shape};
use super::tangent::{Derivatives, Tangents};
use super::weights::{Sums, Weights};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// All that one thread needs.
pub(super) struct Room {
    pub(super) block: Block,
    pub(super) derivatives: Derivatives,
    pub(super) tangents: Tangents,
    /// θ, and a direction in its space.
    pub(super) weights: Weights,
    pub(super) direction: Weights,
    /// What has been summed: losses, and gradients or products.
    pub(super) loss: f64,
    pub(super) sums: Sums,
    /// Inputs in padded rows.
    pub(super) gathered: Lines,
    /// The thread that it was made for, in whose cache it is.
    home: usize,
}

/// More threads than this share rooms.
const THREADS: usize = 16;

/// The rooms that are free.
#[derive(Default)]
pub(super) struct Rooms {
    /// Of each of some threads.
    free: [Mutex<Vec<Room>>; THREADS],
    held: Mutex<Vec<Held>>,
}

/// The way of a block of samples there and back, kept.
pub(super) type Held = (Block, Derivatives);

impl Rooms {
    /// A free room, or a new one for so many samples at a time.
    pub(super) fn take(&self, shape: &Shape, samples: usize) -> Room {
        let home = rayon::current_thread_index().unwrap_or(0) % THREADS;
        let free = self.free(home).pop();
        free.unwrap_or_else(|| Room::new(shape, samples, home))
    }

    /// Gives a room back.
    pub(super) fn give(&self, room: Room) {
        self.free(room.home).push(room);
    }

    fn free(&self, home: usize) -> MutexGuard<'_, Vec<Room>> {
        { self.free[home].lock() }.unwrap_or_else(PoisonError::into_inner)
    }

    /// Room for the ways of some blocks of samples: that of earlier ones, as much as there is.
    pub(super) fn take_held(&self) -> Vec<Held> {
        std::mem::take(&mut self.held.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Gives such room back.
    pub(super) fn give_held(&self, held: Vec<Held>) {
        *self.held.lock().unwrap_or_else(PoisonError::into_inner) = held;
    }
}

impl Room {
    fn new(shape: &Shape, samples: usize, home: usize) -> Self {
        let (widths, layout) = (&shape.widths, &shape.layout);
        Self {
            block: Block::new(shape, samples),
            derivatives: Derivatives::new(shape, samples),
            tangents: Tangents::new(shape, samples),
            weights: Weights::new(widths, layout),
            direction: Weights::new(widths, layout),
            loss: 0.0,
            sums: Sums::new(widths, layout),
            gathered: Lines::zeros(samples * padded(widths[0])),
            home,
        }
    }
}
