//! Scratch buffers of a network's loss, reused from call to call so that training steps allocate nothing.

use super::forward_backward::{Activations, Shape};
use super::gemm::padded_len;
use super::hvp::HvpAccumulator;
use super::model::NetworkLoss;
use super::tangent::BackwardCache;
use super::weights::Weights;
use std::ops::{Deref, DerefMut};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Buffers for the forward and backward pass of a block of samples, and the sums over blocks.
pub(crate) struct Workspace {
    pub(crate) block: Activations,
    pub(super) derivatives: BackwardCache,
    /// Sum of losses.
    pub(super) loss: f64,
    /// Sum of gradients or products.
    pub(super) hvp_accumulator: HvpAccumulator,
    /// The inputs of a batch, in padded rows.
    pub(super) gathered: Vec<f64>,
}

impl Workspace {
    fn new(shape: &Shape, samples: usize) -> Self {
        Self {
            block: Activations::new(shape, samples),
            derivatives: BackwardCache::new(shape, samples),
            loss: 0.0,
            hvp_accumulator: HvpAccumulator::new(shape, samples),
            gathered: vec![0.0; samples * padded_len(shape.widths[0])],
        }
    }
}

/// Free list of buffers.
pub(super) struct BufferPool<B>(Mutex<Vec<B>>);

impl<B> Default for BufferPool<B> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<B> BufferPool<B> {
    /// Takes a free buffer, or makes a new one.
    pub(super) fn acquire(&self, new: impl FnOnce() -> B) -> Pooled<'_, B> {
        let free = lock(&self.0).pop();
        Pooled {
            buffer: Some(free.unwrap_or_else(new)),
            pool: self,
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Buffer that returns to its pool when dropped.
pub(crate) struct Pooled<'a, B> {
    buffer: Option<B>,
    pool: &'a BufferPool<B>,
}

impl<B> Deref for Pooled<'_, B> {
    type Target = B;

    fn deref(&self) -> &B {
        self.buffer.as_ref().expect("taken on drop only")
    }
}

impl<B> DerefMut for Pooled<'_, B> {
    fn deref_mut(&mut self) -> &mut B {
        self.buffer.as_mut().expect("taken on drop only")
    }
}

impl<B> Drop for Pooled<'_, B> {
    fn drop(&mut self) {
        lock(&self.pool.0).extend(self.buffer.take());
    }
}

/// Buffer pools of a loss.
#[derive(Default)]
pub(super) struct Workspaces {
    blocks: BufferPool<Workspace>,
    weights: BufferPool<Weights>,
}

impl NetworkLoss {
    /// Returns buffers for a block of samples.
    pub(crate) fn workspace(&self) -> Pooled<'_, Workspace> {
        self.workspaces
            .blocks
            .acquire(|| Workspace::new(&self.shape, self.block_size()))
    }

    /// Returns the weights θ, or a direction in weight space, as padded matrices.
    pub(crate) fn weights(&self, theta: &[f64]) -> Pooled<'_, Weights> {
        let layout = &self.shape.layout;
        let mut weights = self
            .workspaces
            .weights
            .acquire(|| Weights::new(&self.shape.widths, layout));
        weights.load(layout, theta);
        weights
    }
}
