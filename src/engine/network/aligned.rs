//! Numbers that begin where a line of the cache does.

use std::ops::{Deref, DerefMut};

/// The bytes of a line, and of the widest vector. One that lies across two lines takes twice as long to read.
pub(in crate::engine) const CACHE_LINE: usize = 64;

/// So many numbers, the first of which is the first of a line. Rows that are [padded](super::gemm::padded_len) then all begin so.
#[derive(Debug, Default)]
pub(in crate::engine) struct AlignedVec<E = f64> {
    /// The numbers, with some before and behind them.
    room: Vec<E>,
    first: usize,
    len: usize,
}

impl<E: Copy + Default> AlignedVec<E> {
    /// Zeros.
    pub(in crate::engine) fn zeros(len: usize) -> Self {
        let spare = CACHE_LINE / size_of::<E>();
        let room = vec![E::default(); len + spare];
        // Where nobody knows the place, any will do.
        let first = room.as_ptr().align_offset(CACHE_LINE).min(spare);
        Self { room, first, len }
    }

    /// Keeps the first `len`.
    pub(in crate::engine) fn truncate(&mut self, len: usize) {
        self.len = self.len.min(len);
    }
}

impl<E> Deref for AlignedVec<E> {
    type Target = [E];

    fn deref(&self) -> &[E] {
        &self.room[self.first..self.first + self.len]
    }
}

impl<E> DerefMut for AlignedVec<E> {
    fn deref_mut(&mut self) -> &mut [E] {
        &mut self.room[self.first..self.first + self.len]
    }
}

impl<E: Copy + Default> Clone for AlignedVec<E> {
    /// The copy's room begins elsewhere in its line.
    fn clone(&self) -> Self {
        let mut copy = Self::zeros(self.len);
        copy.copy_from_slice(self);
        copy
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_begin_a_line_and_copies_do() {
        fn check<E: Copy + Default + PartialEq + std::fmt::Debug>(one: E) {
            for len in [0, 1, 7, 64, 1000] {
                let mut lines = AlignedVec::<E>::zeros(len);
                assert_eq!(*lines, vec![E::default(); len]);
                lines.fill(one);
                for own in [&lines, &lines.clone()] {
                    assert_eq!(**own, vec![one; len]);
                    assert_eq!(own.as_ptr().addr() % CACHE_LINE, 0);
                }
            }
        }
        check(1.0_f64);
        check(1.0_f32);
    }
}
