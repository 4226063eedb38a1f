//! The blocks of one pass, read and written four at a time.
#![allow(unsafe_code, reason = "a kernel: loads and stores of vector registers")]

use super::{super::Block, Blocks, bytes::Register, shifted};
use crate::secret::Plain;
use core::arch::x86_64::{
    _mm_loadu_si128, _mm512_broadcast_i32x4, _mm512_loadu_si512, _mm512_mask_storeu_epi64,
    _mm512_maskz_loadu_epi64, _mm512_setzero_si512, _mm512_storeu_si512,
};
use core::mem;

/// Fours of blocks in memory.
#[derive(Clone, Copy)]
#[repr(align(64))]
pub(super) struct Fours<const N: usize>([[Block; 4]; N]);

impl<const N: usize> Plain for Fours<N> {
    const ZERO: Self = Self([[Block::ZERO; 4]; N]);
}

impl<const N: usize> Fours<N> {
    #[inline]
    #[target_feature(enable = "avx512f")]
    pub(super) fn get(&self, r: usize) -> Register {
        self.0.get(r).map_or_else(|| _mm512_setzero_si512(), |four| load(four))
    }

    #[inline]
    #[target_feature(enable = "avx512f")]
    pub(super) fn set(&mut self, r: usize, x: Register) {
        if let Some(four) = self.0.get_mut(r) {
            store(four, x);
        }
    }

    /// Sets the first `n` fours.
    #[inline]
    #[target_feature(enable = "avx512f")]
    pub(super) fn fill(&mut self, n: usize, f: impl Fn(usize) -> Register) {
        for r in 0..n.min(N) {
            self.set(r, f(r));
        }
    }

    /// Hands out the first `n` fours, the last of them first.
    #[inline]
    #[target_feature(enable = "avx512f")]
    pub(super) fn each_back(&self, n: usize, mut f: impl FnMut(usize, Register)) {
        for r in (0..n.min(N)).rev() {
            f(r, self.get(r));
        }
    }
}

/// The blocks of one pass.
pub(super) struct Span<'inp, 'out>(Blocks<'inp, 'out>);

impl<'inp, 'out> Span<'inp, 'out> {
    /// Takes off the first blocks, at most `n`.
    #[inline]
    pub(super) fn first(blocks: &mut Blocks<'inp, 'out>, n: usize) -> Self {
        let all = mem::replace(blocks, Blocks::from(&mut [][..]));
        let n = all.len().min(n);
        let (first, rest) = all.split_at(n);
        *blocks = rest;
        Self(first)
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// The number of fours, the last one perhaps not full.
    pub(super) fn fours(&self) -> usize {
        self.0.len().div_ceil(4)
    }

    /// The last block of input.
    #[inline]
    pub(super) fn last(&self) -> Block {
        self.0.get_in().last().copied().unwrap_or_default()
    }

    /// Four number `r` of the input.
    #[inline]
    #[target_feature(enable = "avx512f")]
    pub(super) fn load(&self, r: usize) -> Register {
        let (fours, part) = self.0.get_in().as_chunks();
        fours.get(r).map_or_else(|| load_part(part), |four| load(four))
    }

    /// The blocks before those of four number `r`; `first` is the one before all.
    #[inline]
    #[target_feature(enable = "avx512f")]
    pub(super) fn load_previous(&self, r: usize, first: &Block) -> Register {
        if r == 0 {
            return shifted(broadcast(first), self.load(0));
        }
        let from = self.0.get_in().get(4 * r - 1..).unwrap_or_default();
        match from.first_chunk() {
            Some(four) => load(four),
            None => load_part(from),
        }
    }

    /// Writes four number `r` of the output.
    #[inline]
    #[target_feature(enable = "avx512f")]
    pub(super) fn store(&mut self, r: usize, x: Register) {
        let (fours, part) = self.0.get_out().as_chunks_mut();
        match fours.get_mut(r) {
            Some(four) => store(four, x),
            None => store_part(part, x),
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
pub(super) fn load_part(blocks: &[Block]) -> Register {
    // SAFETY: what the mask leaves out is not read, and the rest is within `blocks`.
    unsafe { _mm512_maskz_loadu_epi64(mask(blocks.len()), blocks.as_ptr().cast()) }
}

/// Writes the first four of `blocks`, or as many as there are.
#[inline]
#[target_feature(enable = "avx512f")]
pub(super) fn store_part(blocks: &mut [Block], x: Register) {
    // SAFETY: what the mask leaves out is not written, and the rest is within `blocks`.
    unsafe { _mm512_mask_storeu_epi64(blocks.as_mut_ptr().cast(), mask(blocks.len()), x) }
}

/// Two quadwords for each of the first `n` blocks of four.
#[inline]
fn mask(n: usize) -> u8 {
    u8::MAX >> (8 - 2 * n.min(4))
}
