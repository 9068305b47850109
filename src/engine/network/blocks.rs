//! Blocks of samples, and their inputs.

use super::gemm::padded_len;
use super::model::NetworkLoss;
use super::reduce::{BLOCK, CHUNK};
use std::ops::Range;

impl NetworkLoss {
    /// Returns the number of samples that are summed sequentially, and the number of a block.
    pub(super) fn chunk_sizes(&self) -> [usize; 2] {
        let block = self.block_size();
        [CHUNK.max(block), block]
    }

    /// Returns the number of samples of a block.
    pub(crate) fn block_size(&self) -> usize {
        if self.is_coupled() {
            self.samples.max(BLOCK)
        } else {
            BLOCK
        }
    }

    /// Cuts a range of samples into blocks.
    pub(crate) fn blocks(
        &self,
        samples: Range<usize>,
    ) -> impl Iterator<Item = Range<usize>> + use<> {
        let (size, end) = (self.block_size(), samples.end);
        samples
            .step_by(size)
            .map(move |first| first..(first + size).min(end))
    }

    /// Returns the inputs of a range of samples, in padded rows.
    pub(crate) fn input_rows(&self, samples: Range<usize>) -> &[f64] {
        let stride = padded_len(self.shape.widths[0]);
        &self.inputs[samples.start * stride..samples.end * stride]
    }

    /// Copies the inputs of the listed samples to padded rows and returns them.
    pub(super) fn gather<'a>(&self, samples: &[usize], rows: &'a mut [f64]) -> &'a [f64] {
        let stride = padded_len(self.shape.widths[0]);
        let rows = &mut rows[..samples.len() * stride];
        for (row, sample) in rows.chunks_exact_mut(stride).zip(samples) {
            row.copy_from_slice(self.input_rows(*sample..*sample + 1));
        }
        rows
    }
}
