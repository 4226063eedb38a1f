//! Registers of eight words, the state of up to eight groups, and blocks in memory.
#![allow(unsafe_code, reason = "a kernel: loads and stores of vector registers")]

use super::super::Block;
use crate::secret::Plain;
use core::arch::x86_64::{
    __m128i, __m256i, _mm_loadu_si128, _mm_storeu_si128, _mm256_loadu_si256, _mm256_set1_epi32,
    _mm256_shuffle_epi8, _mm256_storeu_si256, _mm256_unpackhi_epi32, _mm256_unpackhi_epi64,
    _mm256_unpacklo_epi32, _mm256_unpacklo_epi64, _mm256_xor_si256,
};

/// The groups of a pass: more need no fewer cycles each.
pub(super) const GROUPS: usize = 8;
/// Pairs of blocks in a pass.
pub(super) const ROWS: usize = 4 * GROUPS;

/// Up to eight groups: as pairs of blocks, or as words. And a ninth for the blocks that GCM needs besides.
#[derive(Clone, Copy)]
pub(super) struct State {
    pub(super) words: [[__m256i; 4]; GROUPS + 1],
    /// X2 ⊕ X3 of each group, from one round to the next.
    pub(super) sums: [__m256i; GROUPS + 1],
}

impl State {
    pub(super) fn rows(&self) -> &[__m256i] {
        self.words.as_flattened()
    }

    pub(super) fn rows_mut(&mut self) -> &mut [__m256i] {
        self.words.as_flattened_mut()
    }
}

impl Plain for __m256i {
    // SAFETY: all zeros is a value of a vector of integers.
    const ZERO: Self = unsafe { core::mem::zeroed() };
}

impl Plain for State {
    const ZERO: Self = Self { words: Plain::ZERO, sums: Plain::ZERO };
}

/// A 4×4 transposition of words in each half, its own inverse.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn transpose([a, b, c, d]: [__m256i; 4]) -> [__m256i; 4] {
    let (ab, cd) = (_mm256_unpacklo_epi32(a, b), _mm256_unpacklo_epi32(c, d));
    let (ef, gh) = (_mm256_unpackhi_epi32(a, b), _mm256_unpackhi_epi32(c, d));
    [
        _mm256_unpacklo_epi64(ab, cd),
        _mm256_unpackhi_epi64(ab, cd),
        _mm256_unpacklo_epi64(ef, gh),
        _mm256_unpackhi_epi64(ef, gh),
    ]
}

#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn word(x: u32) -> __m256i {
    _mm256_set1_epi32(x.cast_signed())
}

#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn xor(a: __m256i, b: __m256i) -> __m256i {
    _mm256_xor_si256(a, b)
}

/// The bytes of `x` that `from` names, or those of the table `x` that `from` looks up.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn shuffle(x: __m256i, from: __m256i) -> __m256i {
    _mm256_shuffle_epi8(x, from)
}

#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn load(blocks: &[Block; 2]) -> __m256i {
    // SAFETY: `blocks` is 32 readable bytes, and the load needs no alignment.
    unsafe { _mm256_loadu_si256(blocks.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn store(blocks: &mut [Block; 2], x: __m256i) {
    // SAFETY: `blocks` is 32 writable bytes, and the store needs no alignment.
    unsafe { _mm256_storeu_si256(blocks.as_mut_ptr().cast(), x) }
}

#[inline]
#[target_feature(enable = "sse2")]
pub(super) fn load16(block: &Block) -> __m128i {
    // SAFETY: `block` is 16 readable bytes, and the load needs no alignment.
    unsafe { _mm_loadu_si128(block.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "sse2")]
pub(super) fn store16(block: &mut Block, x: __m128i) {
    // SAFETY: `block` is 16 writable bytes, and the store needs no alignment.
    unsafe { _mm_storeu_si128(block.as_mut_ptr().cast(), x) }
}
