//! What CTR and OFB share: a keystream in blocks, applied to bytes.

use super::backend::{Block, Blocks};
use crate::secret::{Temporary, clear};
use cipher::{Array, InOutBuf};

/// Blocks that are worth one call with the tail of a message, rather than two.
const SHORT: usize = 8;

/// What is left of a keystream block.
#[derive(Clone)]
pub(super) struct Rest {
    block: Block,
    /// How many bytes of `block` are used up. 16: all.
    used: usize,
}

impl Rest {
    #[inline]
    pub(super) fn new() -> Self {
        Self { block: Block::default(), used: 16 }
    }

    /// The bytes that are left.
    #[inline]
    pub(super) fn len(&self) -> usize {
        16 - self.used
    }

    /// A new block, of which `used` bytes are used up.
    pub(super) fn set(&mut self, block: Block, used: usize) {
        *self = Self { block, used };
    }

    /// Adds keystream to `data`: what is left first, then what `pass` adds to whole blocks.
    #[inline]
    pub(super) fn apply(
        &mut self,
        data: InOutBuf<'_, '_, u8>,
        mut pass: impl FnMut(Blocks<'_, '_>),
    ) {
        let n = data.len().min(self.len());
        let (mut now, data) = data.split_at(n);
        if n > 0 {
            now.xor_in2out(&self.block[self.used..self.used + n]);
            self.used += n;
        }
        if data.is_empty() {
            return;
        }
        let whole = data.len() - data.len() % 16;
        if whole == data.len() {
            return pass(data.into_chunks().0);
        }
        // The tail in one call with what is short before it.
        let before = if whole / 16 < SHORT { 0 } else { whole };
        let (first, mut last) = data.split_at(before);
        if before > 0 {
            pass(first.into_chunks().0);
        }
        let mut buffer = Temporary::<[Block; SHORT]>::new();
        let n = last.len();
        let buffer = &mut buffer[..n.div_ceil(16)];
        pass((&mut *buffer).into());
        last.xor_in2out(&Array::slice_as_flattened(buffer)[..n]);
        if let Some(block) = buffer.last() {
            self.set(*block, n % 16);
        }
    }
}

impl Drop for Rest {
    #[inline]
    fn drop(&mut self) {
        clear(&mut self.block.0);
    }
}
