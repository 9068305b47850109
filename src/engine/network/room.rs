//! Where a network's loss computes: room that is made once and lent again and again, so that steps allocate nothing.

use super::along::Along;
use super::curve::Curve;
use super::lines::Lines;
use super::matrix::padded;
use super::number::Number;
use super::objective::NetworkLoss;
use super::pass::{Block, Scratch, Shape};
use super::tangent::Derivatives;
use super::weights::Weights;
use std::ops::{Deref, DerefMut, Range};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What a thread needs for the ways of a block of samples.
pub(in crate::engine) struct Room {
    pub(in crate::engine) block: Block,
    pub(in crate::engine) derivatives: Derivatives,
    /// What has been summed: losses, and gradients or products.
    pub(in crate::engine) loss: f64,
    pub(in crate::engine) along: Along,
    /// Inputs in padded rows.
    pub(in crate::engine) gathered: Lines,
}

impl Room {
    fn new(shape: &Shape, samples: usize) -> Self {
        Self {
            block: Block::new(shape, samples),
            derivatives: Derivatives::new(shape, samples),
            loss: 0.0,
            along: Along::new(shape, samples),
            gathered: Lines::zeros(samples * padded(shape.widths[0])),
        }
    }
}

/// More threads than this share rooms.
const THREADS: usize = 16;

/// Rooms of a kind that are free, of each of some threads.
pub(in crate::engine) struct Pool<R> {
    free: [Mutex<Vec<R>>; THREADS],
}

impl<R> Default for Pool<R> {
    fn default() -> Self {
        let free = [(); THREADS].map(|()| Mutex::default());
        Self { free }
    }
}

impl<R> Pool<R> {
    /// A free room, or a new one.
    pub(in crate::engine) fn lend(&self, new: impl FnOnce() -> R) -> Lent<'_, R> {
        let home = rayon::current_thread_index().unwrap_or(0) % THREADS;
        let free = lock(&self.free[home]).pop();
        Lent {
            room: Some(free.unwrap_or_else(new)),
            free: &self.free[home],
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A room until it is dropped. Then it is free again for the thread that it was lent to, in whose cache it is.
pub(in crate::engine) struct Lent<'a, R> {
    room: Option<R>,
    free: &'a Mutex<Vec<R>>,
}

impl<R> Deref for Lent<'_, R> {
    type Target = R;

    fn deref(&self) -> &R {
        self.room.as_ref().expect("it is lent until it is dropped")
    }
}

impl<R> DerefMut for Lent<'_, R> {
    fn deref_mut(&mut self) -> &mut R {
        self.room.as_mut().expect("it is lent until it is dropped")
    }
}

impl<R> Drop for Lent<'_, R> {
    fn drop(&mut self) {
        lock(self.free).extend(self.room.take());
    }
}

/// All rooms of a loss.
#[derive(Default)]
pub(in crate::engine) struct Rooms {
    pub(in crate::engine) ways: Pool<Room>,
    curves: Pool<Curve>,
    double: Products<f64>,
    single: Products<f32>,
}

impl NetworkLoss {
    /// Room for a block of samples.
    pub(in crate::engine) fn room(&self) -> Lent<'_, Room> {
        self.rooms
            .ways
            .lend(|| Room::new(&self.shape, self.block()))
    }

    /// Room for the way of a block of samples along a direction.
    pub(in crate::engine) fn curve(&self) -> Lent<'_, Curve> {
        self.rooms
            .curves
            .lend(|| Curve::new(&self.shape, self.block()))
    }

    /// Room for what a product makes of a block of samples.
    pub(in crate::engine) fn along<E: Holds>(&self) -> Lent<'_, Along<E>> {
        E::rooms(self)
            .along
            .lend(|| Along::new(&self.shape, self.block_in::<E>()))
    }

    /// Room for the ways of a block of samples that are kept.
    pub(in crate::engine) fn scratch<E: Holds>(&self) -> Lent<'_, Scratch<E>> {
        E::rooms(self)
            .scratch
            .lend(|| Scratch::new(&self.shape, self.block_in::<E>()))
    }

    /// θ, or a direction in its space, ready for products.
    pub(in crate::engine) fn weights<E: Holds>(&self, theta: &[f64]) -> Lent<'_, Weights<E>> {
        let (rooms, layout) = (E::rooms(self), &self.shape.layout);
        let mut weights = rooms
            .weights
            .lend(|| Weights::new(&self.shape.widths, layout));
        weights.load(layout, theta);
        weights
    }
}

/// The rooms of products in some numbers.
pub(in crate::engine) struct Products<E> {
    weights: Pool<Weights<E>>,
    along: Pool<Along<E>>,
    scratch: Pool<Scratch<E>>,
    /// The ways of some blocks of samples.
    held: Mutex<Vec<Held<E>>>,
}

/// The way of a block of samples there and back, kept.
pub(in crate::engine) type Held<E> = (Block<E>, Derivatives<E>);

impl<E> Default for Products<E> {
    fn default() -> Self {
        Self {
            weights: Pool::default(),
            along: Pool::default(),
            scratch: Pool::default(),
            held: Mutex::default(),
        }
    }
}

impl<E> Products<E> {
    /// Room for the ways of some blocks of samples: that of earlier ones, as much as there is.
    pub(in crate::engine) fn take_held(&self) -> Vec<Held<E>> {
        std::mem::take(&mut lock(&self.held))
    }

    /// Gives such room back.
    pub(in crate::engine) fn give_held(&self, held: Vec<Held<E>>) {
        *lock(&self.held) = held;
    }
}

/// Numbers that ways are held in.
pub(in crate::engine) trait Holds: Number {
    fn rooms(net: &NetworkLoss) -> &Products<Self>;
    /// The inputs of some samples, in padded rows.
    fn rows<'a>(net: &'a NetworkLoss, places: &Range<usize>) -> &'a [Self];
}

impl Holds for f64 {
    fn rooms(net: &NetworkLoss) -> &Products<f64> {
        &net.rooms.double
    }
    fn rows<'a>(net: &'a NetworkLoss, places: &Range<usize>) -> &'a [f64] {
        net.rows(places.clone())
    }
}

impl Holds for f32 {
    fn rooms(net: &NetworkLoss) -> &Products<f32> {
        &net.rooms.single
    }
    fn rows<'a>(net: &'a NetworkLoss, places: &Range<usize>) -> &'a [f32] {
        let stride = net.shape.stride_in::<f32>(0);
        &net.single_inputs()[places.start * stride..places.end * stride]
    }
}
