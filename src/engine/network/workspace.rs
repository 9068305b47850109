//! Where a network's loss computes: room that is made once and lent again and again, so that steps allocate nothing.

use super::aligned::AlignedVec;
use super::directional::TaylorActivations;
use super::float::Float;
use super::forward_backward::{Activations, Scratch, Shape};
use super::gemm::padded_len;
use super::hvp::HvpAccumulator;
use super::objective::NetworkLoss;
use super::tangent::BackwardCache;
use super::weights::Weights;
use std::ops::{Deref, DerefMut, Range};
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

/// All rooms of a loss.
#[derive(Default)]
pub(in crate::engine) struct Workspaces {
    pub(in crate::engine) blocks: BufferPool<Workspace>,
    curves: BufferPool<TaylorActivations>,
    double: HvpPools<f64>,
    single: HvpPools<f32>,
}

impl NetworkLoss {
    /// Room for a block of samples.
    pub(in crate::engine) fn workspace(&self) -> Pooled<'_, Workspace> {
        self.workspaces
            .blocks
            .acquire(|| Workspace::new(&self.shape, self.block_size()))
    }

    /// Room for the way of a block of samples along a direction.
    pub(in crate::engine) fn taylor_workspace(&self) -> Pooled<'_, TaylorActivations> {
        self.workspaces
            .curves
            .acquire(|| TaylorActivations::new(&self.shape, self.block_size()))
    }

    /// Room for what a product makes of a block of samples.
    pub(in crate::engine) fn hvp_accumulator<E: HvpFloat>(&self) -> Pooled<'_, HvpAccumulator<E>> {
        E::workspaces(self)
            .along
            .acquire(|| HvpAccumulator::new(&self.shape, self.block_size_in::<E>()))
    }

    /// Room for the ways of a block of samples that are kept.
    pub(in crate::engine) fn scratch<E: HvpFloat>(&self) -> Pooled<'_, Scratch<E>> {
        E::workspaces(self)
            .scratch
            .acquire(|| Scratch::new(&self.shape, self.block_size_in::<E>()))
    }

    /// θ, or a direction in its space, ready for products.
    pub(in crate::engine) fn weights<E: HvpFloat>(&self, theta: &[f64]) -> Pooled<'_, Weights<E>> {
        let (rooms, layout) = (E::workspaces(self), &self.shape.layout);
        let mut weights = rooms
            .weights
            .acquire(|| Weights::new(&self.shape.widths, layout));
        weights.load(layout, theta);
        weights
    }
}

/// The rooms of products in some numbers.
pub(in crate::engine) struct HvpPools<E> {
    weights: BufferPool<Weights<E>>,
    along: BufferPool<HvpAccumulator<E>>,
    scratch: BufferPool<Scratch<E>>,
    /// The ways of some blocks of samples.
    cached: Mutex<Vec<CachedBlock<E>>>,
}

/// The way of a block of samples there and back, kept.
pub(in crate::engine) type CachedBlock<E> = (Activations<E>, BackwardCache<E>);

impl<E> Default for HvpPools<E> {
    fn default() -> Self {
        Self {
            weights: BufferPool::default(),
            along: BufferPool::default(),
            scratch: BufferPool::default(),
            cached: Mutex::default(),
        }
    }
}

impl<E> HvpPools<E> {
    /// Room for the ways of some blocks of samples: that of earlier ones, as much as there is.
    pub(in crate::engine) fn take_cached(&self) -> Vec<CachedBlock<E>> {
        std::mem::take(&mut lock(&self.cached))
    }

    /// Gives such room back.
    pub(in crate::engine) fn put_cached(&self, held: Vec<CachedBlock<E>>) {
        *lock(&self.cached) = held;
    }
}

/// Numbers that ways are held in.
pub(in crate::engine) trait HvpFloat: Float {
    fn workspaces(net: &NetworkLoss) -> &HvpPools<Self>;
    /// The inputs of some samples, in padded rows.
    fn input_rows<'a>(net: &'a NetworkLoss, places: &Range<usize>) -> &'a [Self];
}

impl HvpFloat for f64 {
    fn workspaces(net: &NetworkLoss) -> &HvpPools<f64> {
        &net.workspaces.double
    }
    fn input_rows<'a>(net: &'a NetworkLoss, places: &Range<usize>) -> &'a [f64] {
        net.input_rows(places.clone())
    }
}

impl HvpFloat for f32 {
    fn workspaces(net: &NetworkLoss) -> &HvpPools<f32> {
        &net.workspaces.single
    }
    fn input_rows<'a>(net: &'a NetworkLoss, places: &Range<usize>) -> &'a [f32] {
        let stride = net.shape.stride_in::<f32>(0);
        &net.inputs_f32()[places.start * stride..places.end * stride]
    }
}
