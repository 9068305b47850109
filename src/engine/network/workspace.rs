//! Scratch buffers of a network's loss, reused from call to call so that training steps allocate nothing.

use super::directional::TaylorActivations;
use super::float::Float;
use super::forward_backward::{Activations, Scratch, Shape};
use super::gemm::padded_len;
use super::hvp::HvpAccumulator;
use super::model::NetworkLoss;
use super::tangent::BackwardCache;
use super::weights::Weights;
use std::ops::{Deref, DerefMut, Range};
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

/// All buffer pools of a loss.
#[derive(Default)]
pub(super) struct Workspaces {
    blocks: BufferPool<Workspace>,
    taylor: BufferPool<TaylorActivations>,
    double: HvpPools<f64>,
    single: HvpPools<f32>,
}

impl NetworkLoss {
    /// Returns buffers for a block of samples.
    pub(crate) fn workspace(&self) -> Pooled<'_, Workspace> {
        self.workspaces
            .blocks
            .acquire(|| Workspace::new(&self.shape, self.block_size()))
    }

    /// Returns buffers for the Taylor series of a block of samples along a direction.
    pub(super) fn taylor_workspace(&self) -> Pooled<'_, TaylorActivations> {
        self.workspaces
            .taylor
            .acquire(|| TaylorActivations::new(&self.shape, self.block_size()))
    }

    /// Returns buffers for the matrix-vector product of a block of samples.
    pub(super) fn hvp_accumulator<E: HvpFloat>(&self) -> Pooled<'_, HvpAccumulator<E>> {
        E::workspaces(self)
            .accumulators
            .acquire(|| HvpAccumulator::new(&self.shape, self.block_size_in::<E>()))
    }

    /// Returns the scratch part of [`Activations`] for a block of samples.
    pub(super) fn scratch<E: HvpFloat>(&self) -> Pooled<'_, Scratch<E>> {
        E::workspaces(self)
            .scratch
            .acquire(|| Scratch::new(&self.shape, self.block_size_in::<E>()))
    }

    /// Returns the weights θ, or a direction in weight space, as padded matrices.
    pub(crate) fn weights<E: HvpFloat>(&self, theta: &[f64]) -> Pooled<'_, Weights<E>> {
        let (pools, layout) = (E::workspaces(self), &self.shape.layout);
        let mut weights = pools
            .weights
            .acquire(|| Weights::new(&self.shape.widths, layout));
        weights.load(layout, theta);
        weights
    }
}

/// Buffer pools of matrix-vector products in E.
pub(crate) struct HvpPools<E> {
    weights: BufferPool<Weights<E>>,
    accumulators: BufferPool<HvpAccumulator<E>>,
    scratch: BufferPool<Scratch<E>>,
    /// The activations of some blocks of samples.
    cached: Mutex<Vec<CachedBlock<E>>>,
}

/// Activations and backward factors of a block of samples, cached for several products.
pub(super) type CachedBlock<E> = (Activations<E>, BackwardCache<E>);

impl<E> Default for HvpPools<E> {
    fn default() -> Self {
        Self {
            weights: BufferPool::default(),
            accumulators: BufferPool::default(),
            scratch: BufferPool::default(),
            cached: Mutex::default(),
        }
    }
}

impl<E> HvpPools<E> {
    /// Takes the free cached blocks, perhaps none.
    pub(super) fn take_cached(&self) -> Vec<CachedBlock<E>> {
        std::mem::take(&mut lock(&self.cached))
    }

    /// Returns cached blocks for later use.
    pub(super) fn put_cached(&self, blocks: Vec<CachedBlock<E>>) {
        *lock(&self.cached) = blocks;
    }
}

/// Element type of cached matrix-vector products: f32 or f64.
pub(crate) trait HvpFloat: Float {
    /// Returns the buffer pools of this type.
    fn workspaces(net: &NetworkLoss) -> &HvpPools<Self>;
    /// Returns the inputs of a range of samples, in padded rows.
    fn input_rows<'a>(net: &'a NetworkLoss, samples: &Range<usize>) -> &'a [Self];
}

impl HvpFloat for f64 {
    fn workspaces(net: &NetworkLoss) -> &HvpPools<f64> {
        &net.workspaces.double
    }
    fn input_rows<'a>(net: &'a NetworkLoss, samples: &Range<usize>) -> &'a [f64] {
        net.input_rows(samples.clone())
    }
}

impl HvpFloat for f32 {
    fn workspaces(net: &NetworkLoss) -> &HvpPools<f32> {
        &net.workspaces.single
    }
    fn input_rows<'a>(net: &'a NetworkLoss, samples: &Range<usize>) -> &'a [f32] {
        let stride = net.shape.stride_in::<f32>(0);
        &net.inputs_f32()[samples.start * stride..samples.end * stride]
    }
}
