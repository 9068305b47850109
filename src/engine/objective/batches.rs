//! Mini-batches of samples.

use crate::engine::numeric::random::{self, Purpose};
use rand::seq::SliceRandom;

/// Mini-batches as PyTorch's DataLoader makes them with shuffle=True: a new order each epoch, the last batch may be short.
pub(in crate::engine) struct Batches {
    order: Vec<usize>,
    size: usize,
    next: usize,
    epoch: u64,
    seed: u64,
}

impl Batches {
    /// Creates batches of `size` of the samples, before the first.
    pub(in crate::engine) fn new(samples: usize, size: usize, seed: u64) -> Self {
        Self {
            order: (0..samples).collect(),
            size: size.max(1),
            next: samples,
            epoch: 0,
            seed,
        }
    }

    /// Goes on to the next batch.
    pub(in crate::engine) fn advance(&mut self) {
        self.next += self.size;
        if self.next >= self.order.len() {
            self.order.sort_unstable();
            self.order
                .shuffle(&mut random::stream(self.seed, Purpose::Batches, self.epoch));
            self.epoch += 1;
            self.next = 0;
        }
    }

    /// Returns the samples of the current batch.
    pub(in crate::engine) fn current(&self) -> &[usize] {
        &self.order[self.next..(self.next + self.size).min(self.order.len())]
    }
}
