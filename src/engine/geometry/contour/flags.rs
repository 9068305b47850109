//! Sparse Boolean flags with fast iteration over the set ones.

/// Number of flags that are tested together.
const BLOCK_LEN: usize = 64;

/// Flags of one byte each, 0 or 1, padded with zeros to a whole block.
pub(super) struct Flags {
    bytes: Vec<u8>,
    count: usize,
}

impl Flags {
    pub(super) fn new(count: usize) -> Self {
        Self {
            bytes: vec![0; count.next_multiple_of(BLOCK_LEN)],
            count,
        }
    }

    /// Returns the flags.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes[..self.count]
    }

    /// Returns the flags for writing.
    pub(super) fn bytes_mut(&mut self) -> &mut [u8] {
        &mut self.bytes[..self.count]
    }

    /// Visits the indices of the set flags in ascending order.
    #[inline]
    pub(super) fn each(&self, mut visit: impl FnMut(usize)) {
        let (blocks, _) = self.bytes.as_chunks::<BLOCK_LEN>();
        for (start, block) in (0..).step_by(BLOCK_LEN).zip(blocks) {
            let mut set = bits(block);
            while set != 0 {
                visit(start + set.trailing_zeros() as usize);
                set &= set - 1;
            }
        }
    }
}

/// Packs bytes into bits, the first one lowest.
fn bits(block: &[u8; BLOCK_LEN]) -> u64 {
    let (eights, _) = block.as_chunks::<8>();
    eights.iter().rev().fold(0, |bits, &eight| {
        // The product moves byte i to bit 56 + i; all other terms are below bit 56 or overflow.
        let eight = u64::from_le_bytes(eight).wrapping_mul(0x0102_0408_1020_4080) >> 56;
        bits << 8 | eight
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn set_flags_are_visited_in_order() {
        for count in [1, 7, 64, 65, 200] {
            for step in [1, 2, 3, 7, 63] {
                let mut flags = Flags::new(count);
                flags
                    .bytes_mut()
                    .iter_mut()
                    .step_by(step)
                    .for_each(|flag| *flag = 1);
                let mut places = Vec::new();
                flags.each(|place| places.push(place));
                assert_eq!(places, (0..count).step_by(step).collect::<Vec<_>>());
            }
        }
    }
}
