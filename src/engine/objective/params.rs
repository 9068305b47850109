//! Storage of as many numbers as a run has parameters.

use crate::engine::objective::{Extent, Objective};
use std::ops::{Deref, DerefMut};

/// Storage of n numbers. The loops over an [`Array`] are unrolled when the program is compiled, which makes a step in two
/// parameters several times as fast as one over a `Vec` of length two.
pub trait Vector: DerefMut<Target = [f64]> + Clone + Send {
    /// One loss for each start that is on its way in this storage.
    type Losses: Default + Send;

    /// The losses here; their gradient goes to `gradient`.
    fn evaluate(&self, objective: &dyn Objective, losses: &mut Self::Losses, gradient: &mut Self);

    /// Keeps the place where a step began.
    #[inline(always)]
    fn remember(&mut self, place: &Self) {
        self.copy_from_slice(place);
    }

    /// Whether a rule asks at the place where its step began.
    #[inline(always)]
    fn is_at(&self, place: &[f64]) -> bool {
        **self == *place
    }

    /// What a rule that asks for the loss sees.
    fn loss(losses: &Self::Losses) -> f64;

    /// Takes a mini-batch's loss in place of it.
    fn set_loss(losses: &mut Self::Losses, loss: f64);
}

impl Vector for Vec<f64> {
    type Losses = f64;
    #[inline]
    fn evaluate(&self, objective: &dyn Objective, loss: &mut f64, gradient: &mut Self) {
        *loss = objective.gradient(self, gradient);
    }
    #[inline]
    fn loss(loss: &f64) -> f64 {
        *loss
    }
    #[inline]
    fn set_loss(loss: &mut f64, new: f64) {
        *loss = new;
    }
}

/// N numbers, known when the program is compiled.
#[derive(Clone)]
#[repr(align(16))]
pub struct Array<const N: usize>(pub [f64; N]);

impl<const N: usize> Vector for Array<N> {
    type Losses = f64;
    #[inline(always)]
    fn evaluate(&self, objective: &dyn Objective, loss: &mut f64, gradient: &mut Self) {
        *loss = match (&self.0[..], gradient.0.first_chunk_mut()) {
            (&[x, y], Some(gradient)) => objective.gradient_at(x, y, gradient),
            (theta, _) => objective.gradient(theta, &mut gradient.0),
        }
    }
    #[inline]
    fn loss(loss: &f64) -> f64 {
        *loss
    }
    #[inline]
    fn set_loss(loss: &mut f64, new: f64) {
        *loss = new;
    }
}

impl<const N: usize> Deref for Array<N> {
    type Target = [f64];
    #[inline]
    fn deref(&self) -> &[f64] {
        &self.0
    }
}

impl<const N: usize> DerefMut for Array<N> {
    #[inline]
    fn deref_mut(&mut self) -> &mut [f64] {
        &mut self.0
    }
}

/// How many starts a [`Crowd`] holds: a multiple of the widest vector's lanes, few enough for the innermost cache.
pub const CROWD: usize = 128;

/// The two parameters of many starts at once: all first ones, then all second ones. A rule that moves each parameter by
/// its own gradient alone moves a crowd as it moves a single start, bit by bit.
#[derive(Clone)]
#[repr(align(64))]
pub struct Crowd(pub [f64; 2 * CROWD]);

/// The losses of a [`Crowd`].
#[repr(align(64))]
pub struct CrowdLosses {
    /// The losses.
    pub values: [f64; CROWD],
    /// How far they and their gradients reach.
    pub extent: Extent,
}

impl Default for CrowdLosses {
    fn default() -> Self {
        let extent = Extent {
            bounded: false,
            least: 0.0,
        };
        Self {
            values: [0.0; CROWD],
            extent,
        }
    }
}

impl Vector for Crowd {
    type Losses = CrowdLosses;
    #[inline(always)]
    fn evaluate(&self, objective: &dyn Objective, losses: &mut CrowdLosses, gradient: &mut Self) {
        let (x, y) = self.0.split_at(CROWD);
        let (gx, gy) = gradient.0.split_at_mut(CROWD);
        losses.extent = objective.gradients([x, y], &mut losses.values, [gx, gy]);
    }
    #[inline(always)]
    fn remember(&mut self, _place: &Self) {}
    /// A rule that moves each parameter by its own gradient alone asks once a step, where the step began.
    #[inline(always)]
    fn is_at(&self, _place: &[f64]) -> bool {
        true
    }
    /// There is no one loss; no rule that a crowd is for asks for it.
    #[inline(always)]
    fn loss(_: &CrowdLosses) -> f64 {
        f64::NAN
    }
    fn set_loss(losses: &mut CrowdLosses, loss: f64) {
        losses.values.fill(loss);
    }
}

impl Deref for Crowd {
    type Target = [f64];
    #[inline(always)]
    fn deref(&self) -> &[f64] {
        &self.0
    }
}

impl DerefMut for Crowd {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut [f64] {
        &mut self.0
    }
}
