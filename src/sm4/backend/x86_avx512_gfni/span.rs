//! The blocks of one pass, read and written four at a time.
#![allow(unsafe_code, reason = "a kernel: loads and stores of vector registers")]

use super::{super::Block, Blocks, bytes::Register, shifted};
use cipher::{Array, InOut, consts::U64};
use core::arch::x86_64::{
    _mm_loadu_si128, _mm512_broadcast_i32x4, _mm512_loadu_si512, _mm512_mask_storeu_epi64,
    _mm512_maskz_loadu_epi64, _mm512_storeu_si512,
};

/// The blocks of one pass: 64, or fewer.
pub(super) struct Span<'inp, 'out> {
    blocks: Blocks<'inp, 'out>,
    /// Whether they are 64: known at compile time, where that matters.
    whole: bool,
}

impl<'inp, 'out> Span<'inp, 'out> {
    #[inline]
    pub(super) fn whole(blocks: InOut<'inp, 'out, Array<Block, U64>>) -> Self {
        Self { blocks: blocks.into_buf(), whole: true }
    }

    /// 1 to 64 blocks.
    #[inline]
    pub(super) fn part(blocks: Blocks<'inp, 'out>) -> Self {
        Self { blocks, whole: false }
    }

    pub(super) fn is_whole(&self) -> bool {
        self.whole
    }

    pub(super) fn len(&self) -> usize {
        self.blocks.len()
    }

    /// The number of fours, the last one perhaps not full.
    pub(super) fn fours(&self) -> usize {
        self.blocks.len().div_ceil(4)
    }

    /// The last block of input.
    #[inline]
    pub(super) fn last(&self) -> Block {
        self.blocks.get_in().last().copied().unwrap_or_default()
    }

    /// Four number `r` of the input.
    #[inline]
    #[target_feature(enable = "avx512f")]
    pub(super) fn load(&self, r: usize) -> Register {
        let from = self.blocks.get_in().get(4 * r..).unwrap_or_default();
        match from.first_chunk() {
            Some(four) if self.whole => load(four),
            _ => load_part(from),
        }
    }

    /// The blocks before those of four number `r`; `first` is the one before all.
    #[inline]
    #[target_feature(enable = "avx512f")]
    pub(super) fn load_previous(&self, r: usize, first: &Block) -> Register {
        if r == 0 {
            return shifted(broadcast(first), self.load(0));
        }
        let from = self.blocks.get_in().get(4 * r - 1..).unwrap_or_default();
        match from.first_chunk() {
            Some(four) if self.whole => load(four),
            _ => load_part(from),
        }
    }

    /// Writes four number `r` of the output.
    #[inline]
    #[target_feature(enable = "avx512f")]
    pub(super) fn store(&mut self, r: usize, x: Register) {
        let to = self.blocks.get_out().get_mut(4 * r..).unwrap_or_default();
        match to.first_chunk_mut() {
            Some(four) if self.whole => store(four, x),
            _ => store_part(to, x),
        }
    }
}

#[inline]
#[target_feature(enable = "avx512f")]
pub(super) fn broadcast(block: &Block) -> Register {
    // SAFETY: `block` is 16 readable bytes, and the load needs no alignment.
    _mm512_broadcast_i32x4(unsafe { _mm_loadu_si128(block.as_ptr().cast()) })
}

#[inline]
#[target_feature(enable = "avx512f")]
pub(super) fn load(blocks: &[Block; 4]) -> Register {
    // SAFETY: `blocks` is 64 readable bytes, and the load needs no alignment.
    unsafe { _mm512_loadu_si512(blocks.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx512f")]
pub(super) fn store(blocks: &mut [Block; 4], x: Register) {
    // SAFETY: `blocks` is 64 writable bytes, and the store needs no alignment.
    unsafe { _mm512_storeu_si512(blocks.as_mut_ptr().cast(), x) }
}

/// The first four of `blocks`, or as many as there are, then zeros.
#[inline]
#[target_feature(enable = "avx512f")]
fn load_part(blocks: &[Block]) -> Register {
    // SAFETY: what the mask leaves out is not read, and the rest is within `blocks`.
    unsafe { _mm512_maskz_loadu_epi64(mask(blocks.len()), blocks.as_ptr().cast()) }
}

/// Writes the first four of `blocks`, or as many as there are.
#[inline]
#[target_feature(enable = "avx512f")]
fn store_part(blocks: &mut [Block], x: Register) {
    // SAFETY: what the mask leaves out is not written, and the rest is within `blocks`.
    unsafe { _mm512_mask_storeu_epi64(blocks.as_mut_ptr().cast(), mask(blocks.len()), x) }
}

/// Two quadwords for each of the first `n` blocks of four.
#[inline]
fn mask(n: usize) -> u8 {
    u8::MAX >> (8 - 2 * n.min(4))
}
