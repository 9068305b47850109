//! Where a network's loss computes: room that is made once and lent again and again, so that steps allocate nothing.

use super::aligned::AlignedVec;
use super::forward_backward::{Activations, Shape};
use super::gemm::padded_len;
use super::hvp::HvpAccumulator;
use super::objective::NetworkLoss;
use super::tangent::BackwardCache;
use super::weights::Weights;
use std::ops::{Deref, DerefMut};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What a thread needs for the ways of a block of samples.
pub(in crate::engine) struct Workspace {
    pub(in crate::engine) block: Activations,
    pub(in crate::engine) derivatives: BackwardCache,
    /// What has been summed: losses, and gradients or products.
    pub(in crate::engine) loss: f64,
    pub(in crate::engine) hvp_accumulator: HvpAccumulator,
    /// Inputs in padded rows.
    pub(in crate::engine) gathered: AlignedVec,
}

impl Workspace {
    fn new(shape: &Shape, samples: usize) -> Self {
        Self {
            block: Activations::new(shape, samples),
            derivatives: BackwardCache::new(shape, samples),
            loss: 0.0,
            hvp_accumulator: HvpAccumulator::new(shape, samples),
            gathered: AlignedVec::zeros(samples * padded_len(shape.widths[0])),
        }
    }
}

/// More threads than this share rooms.
const SHARDS: usize = 16;

/// Rooms of a kind that are free, of each of some threads.
pub(in crate::engine) struct BufferPool<R> {
    free: [Mutex<Vec<R>>; SHARDS],
}

impl<R> Default for BufferPool<R> {
    fn default() -> Self {
        let free = [(); SHARDS].map(|()| Mutex::default());
        Self { free }
    }
}

impl<R> BufferPool<R> {
    /// A free room, or a new one.
    pub(in crate::engine) fn acquire(&self, new: impl FnOnce() -> R) -> Pooled<'_, R> {
        let home = rayon::current_thread_index().unwrap_or(0) % SHARDS;
        let free = lock(&self.free[home]).pop();
        Pooled {
            room: Some(free.unwrap_or_else(new)),
            free: &self.free[home],
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A room until it is dropped. Then it is free again for the thread that it was lent to, in whose cache it is.
pub(in crate::engine) struct Pooled<'a, R> {
    room: Option<R>,
    free: &'a Mutex<Vec<R>>,
}

impl<R> Deref for Pooled<'_, R> {
    type Target = R;

    fn deref(&self) -> &R {
        self.room.as_ref().expect("it is lent until it is dropped")
    }
}

impl<R> DerefMut for Pooled<'_, R> {
    fn deref_mut(&mut self) -> &mut R {
        self.room.as_mut().expect("it is lent until it is dropped")
    }
}

impl<R> Drop for Pooled<'_, R> {
    fn drop(&mut self) {
        lock(self.free).extend(self.room.take());
    }
}

/// Buffer pools of a loss.
#[derive(Default)]
pub(in crate::engine) struct Workspaces {
    blocks: BufferPool<Workspace>,
    weights: BufferPool<Weights>,
}

impl NetworkLoss {
    /// Returns a workspace for a block of samples.
    pub(in crate::engine) fn workspace(&self) -> Pooled<'_, Workspace> {
        self.workspaces
            .blocks
            .acquire(|| Workspace::new(&self.shape, self.block_size()))
    }

    /// Returns θ, or a direction in its space, packed for matrix products.
    pub(in crate::engine) fn weights(&self, theta: &[f64]) -> Pooled<'_, Weights> {
        let layout = &self.shape.layout;
        let mut weights = self
            .workspaces
            .weights
            .acquire(|| Weights::new(&self.shape.widths, layout));
        weights.load(layout, theta);
        weights
    }
}
