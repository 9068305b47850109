//! Blocks of samples, and their inputs.

use super::gemm::{padded_len, padded_len_in};
use super::model::NetworkLoss;
use super::padding::copy_converted;
use super::reduce::{BLOCK, CHUNK};
use std::ops::Range;

impl NetworkLoss {
    /// Returns the number of samples that are summed sequentially, and the number of a block, in E.
    pub(super) fn chunk_sizes<E>(&self) -> [usize; 2] {
        let block = self.block_size_in::<E>();
        let part = CHUNK * size_of::<f64>() / size_of::<E>();
        [part.max(block), block]
    }

    /// Returns the number of samples of a block in f64.
    pub(crate) fn block_size(&self) -> usize {
        self.block_size_in::<f64>()
    }

    /// Returns the number of samples of a block in E; its size in bytes does not depend on E.
    pub(super) fn block_size_in<E>(&self) -> usize {
        let block = BLOCK * size_of::<f64>() / size_of::<E>();
        if self.is_coupled() {
            self.samples.max(block)
        } else {
            block
        }
    }

    /// Cuts a range of samples into blocks for f64.
    pub(crate) fn blocks(
        &self,
        samples: Range<usize>,
    ) -> impl Iterator<Item = Range<usize>> + use<> {
        self.blocks_in::<f64>(samples)
    }

    /// Cuts a range of samples into blocks for E.
    pub(super) fn blocks_in<E>(
        &self,
        samples: Range<usize>,
    ) -> impl Iterator<Item = Range<usize>> + use<E> {
        let (size, end) = (self.block_size_in::<E>(), samples.end);
        samples
            .step_by(size)
            .map(move |first| first..(first + size).min(end))
    }

    /// Returns the inputs of a range of samples, in padded rows.
    pub(crate) fn input_rows(&self, samples: Range<usize>) -> &[f64] {
        let stride = padded_len(self.shape.widths[0]);
        &self.inputs[samples.start * stride..samples.end * stride]
    }

    /// Returns all inputs, in padded rows of f32.
    pub(super) fn inputs_f32(&self) -> &[f32] {
        self.inputs_f32.get_or_init(|| {
            let width = self.shape.widths[0];
            let mut rows = vec![0.0; self.samples * padded_len_in::<f32>(width)];
            let from = self.inputs.chunks_exact(padded_len(width));
            let to = rows.chunks_exact_mut(padded_len_in::<f32>(width));
            to.zip(from).for_each(copy_converted);
            rows
        })
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
