//! The samples of a network's loss, block by block.

use super::gemm::padded_len;
use super::objective::NetworkLoss;
use super::reduce::{BLOCK, CHUNK};
use std::ops::Range;

impl NetworkLoss {
    /// How many samples at most are summed one block after the other, and how many are a block.
    pub(in crate::engine) fn chunk_sizes<E>(&self) -> [usize; 2] {
        let block = self.block_size_in::<E>();
        let part = CHUNK * size_of::<f64>() / size_of::<E>();
        [part.max(block), block]
    }

    /// How many samples go through the network at a time.
    pub(in crate::engine) fn block_size(&self) -> usize {
        self.block_size_in::<f64>()
    }

    /// The same in other numbers: as many as take as much room.
    pub(in crate::engine) fn block_size_in<E>(&self) -> usize {
        let block = BLOCK * size_of::<f64>() / size_of::<E>();
        if self.is_coupled() {
            self.samples.max(block)
        } else {
            block
        }
    }

    /// The blocks of these places among the samples.
    pub(in crate::engine) fn blocks(
        &self,
        places: Range<usize>,
    ) -> impl Iterator<Item = Range<usize>> + use<> {
        self.blocks_in::<f64>(places)
    }

    /// The same in other numbers.
    pub(in crate::engine) fn blocks_in<E>(
        &self,
        places: Range<usize>,
    ) -> impl Iterator<Item = Range<usize>> + use<E> {
        let (size, end) = (self.block_size_in::<E>(), places.end);
        places
            .step_by(size)
            .map(move |first| first..(first + size).min(end))
    }

    /// The inputs of some samples, in padded rows.
    pub(in crate::engine) fn input_rows(&self, samples: Range<usize>) -> &[f64] {
        let stride = padded_len(self.shape.widths[0]);
        &self.inputs[samples.start * stride..samples.end * stride]
    }

    /// The inputs of some samples, one row after the other.
    pub(in crate::engine) fn gather<'a>(
        &self,
        samples: &[usize],
        rows: &'a mut [f64],
    ) -> &'a [f64] {
        let stride = padded_len(self.shape.widths[0]);
        let rows = &mut rows[..samples.len() * stride];
        for (row, sample) in rows.chunks_exact_mut(stride).zip(samples) {
            row.copy_from_slice(self.input_rows(*sample..*sample + 1));
        }
        rows
    }
}
