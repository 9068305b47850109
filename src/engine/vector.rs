//! Storage of as many numbers as a run has parameters.

use std::ops::{Deref, DerefMut};

/// Storage of n numbers. The loops over an [`Array`] are unrolled when the program is compiled, which makes a step in two
/// parameters several times as fast as one over a `Vec` of length two.
pub trait Vector: DerefMut<Target = [f64]> + Clone + Send {}

impl Vector for Vec<f64> {}

/// N numbers, known when the program is compiled.
#[derive(Clone)]
#[repr(align(16))]
pub struct Array<const N: usize>(pub [f64; N]);

impl<const N: usize> Vector for Array<N> {}

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
