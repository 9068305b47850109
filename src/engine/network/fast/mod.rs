//! Special kernels, each compared with the plain path by a test.

pub(super) mod slice;
mod slice_loss;
