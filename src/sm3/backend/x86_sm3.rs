//! SM3 with Intel's SM3 instructions: two rounds an instruction, four words of the expansion in two.
//!
//! Source: Intel 64 and IA-32 Architectures Software Developer's Manual, VSM3MSG1, VSM3MSG2, VSM3RNDS2.
#![allow(unsafe_code, reason = "a kernel: loads and stores of vector registers")]

use crate::{cpu, sm3::backend::Kernel};
use core::arch::x86_64::{
    __m128i, _mm_alignr_epi8, _mm_loadu_si128, _mm_or_si128, _mm_set1_epi32, _mm_setr_epi8,
    _mm_setr_epi32, _mm_shuffle_epi8, _mm_shuffle_epi32, _mm_sllv_epi32, _mm_sm3msg1_epi32,
    _mm_sm3msg2_epi32, _mm_sm3rnds2_epi32, _mm_srlv_epi32, _mm_storeu_si128, _mm_sub_epi32,
    _mm_unpackhi_epi64, _mm_unpacklo_epi64, _mm_xor_si128,
};

impl Kernel for cpu::Avx2Sm3 {
    fn compress(self, v: &mut [u32; 8], blocks: &[[u8; 64]]) {
        // SAFETY: `self` proves that this CPU has `avx2` and `sm3`.
        unsafe { compress(v, blocks) }
    }
}

/// Rounds 4`$i` … 4`$i` + 3, of which the instruction takes T_j from the number of the first.
macro_rules! four_rounds {
    ($i:literal, $cdgh:ident, $abef:ident, $x:ident) => {
        // W_j, W_j+1, W_j+4, W_j+5, from which it makes W'_j itself; then W_j+2 and so on.
        let [w, next] = [$x[$i % 4], $x[($i + 1) % 4]];
        $cdgh = _mm_sm3rnds2_epi32::<{ 4 * $i }>($cdgh, $abef, _mm_unpacklo_epi64(w, next));
        $abef = _mm_sm3rnds2_epi32::<{ 4 * $i + 2 }>($abef, $cdgh, _mm_unpackhi_epi64(w, next));
    };
}

/// The four words of W after the sixteen in `$x`, of which the oldest are in `$x[$i % 4]`, in their place.
macro_rules! expand {
    ($i:literal, $x:ident) => {
        let [w0, w4, w8, w12] = [$x[$i % 4], $x[($i + 1) % 4], $x[($i + 2) % 4], $x[($i + 3) % 4]];
        let (w3, w7) = (_mm_alignr_epi8::<12>(w4, w0), _mm_alignr_epi8::<12>(w8, w4));
        let (w10, w13) = (_mm_alignr_epi8::<8>(w12, w8), _mm_shuffle_epi32::<0b11_11_10_01>(w12));
        $x[$i % 4] = _mm_sm3msg2_epi32(_mm_sm3msg1_epi32(w7, w13, w0), w3, w10);
    };
}

macro_rules! rounds {
    ($cdgh:ident $abef:ident $x:ident: $($i:literal)*; $($last:literal)*) => {$(
        four_rounds!($i, $cdgh, $abef, $x);
        expand!($i, $x);
    )*$(
        four_rounds!($last, $cdgh, $abef, $x);
    )*};
}

#[target_feature(enable = "avx2,sm3")]
fn compress(v: &mut [u32; 8], blocks: &[[u8; 64]]) {
    let (halves, _) = v.as_chunks_mut();
    let [low, high] = [0, 1].map(|i| _mm_shuffle_epi32::<0b00_01_10_11>(load_words(&halves[i])));
    // F, E, B, A and H, G, D, C, from the lowest word up.
    let (mut abef, mut cdgh) = (_mm_unpackhi_epi64(high, low), _mm_unpacklo_epi64(high, low));
    for block in blocks {
        let order = _mm_setr_epi8(3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);
        let (quarters, _) = block.as_chunks();
        let mut x = [0, 1, 2, 3].map(|i| _mm_shuffle_epi8(load(&quarters[i]), order));

        let (abef_before, cdgh_before) = (abef, cdgh);
        // The instruction takes C, D, G and H as they were before their rotation.
        cdgh = rotl(cdgh, _mm_setr_epi32(13, 13, 23, 23));
        rounds!(cdgh abef x: 0 1 2 3 4 5 6 7 8 9 10 11 12; 13 14 15);
        cdgh = rotl(cdgh, _mm_setr_epi32(19, 19, 9, 9));
        (abef, cdgh) = (_mm_xor_si128(abef, abef_before), _mm_xor_si128(cdgh, cdgh_before));
    }
    let [low, high] = [_mm_unpackhi_epi64(cdgh, abef), _mm_unpacklo_epi64(cdgh, abef)];
    for (half, x) in halves.iter_mut().zip([low, high]) {
        store_words(half, _mm_shuffle_epi32::<0b00_01_10_11>(x));
    }
}

/// Each word rotated by its count.
#[inline]
#[target_feature(enable = "avx2")]
fn rotl(x: __m128i, counts: __m128i) -> __m128i {
    let right = _mm_sub_epi32(_mm_set1_epi32(32), counts);
    _mm_or_si128(_mm_sllv_epi32(x, counts), _mm_srlv_epi32(x, right))
}

#[inline]
#[target_feature(enable = "sse2")]
fn load(bytes: &[u8; 16]) -> __m128i {
    // SAFETY: `bytes` is 16 readable bytes, and the load needs no alignment.
    unsafe { _mm_loadu_si128(bytes.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "sse2")]
fn load_words(words: &[u32; 4]) -> __m128i {
    // SAFETY: `words` is 16 readable bytes, and the load needs no alignment.
    unsafe { _mm_loadu_si128(words.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "sse2")]
fn store_words(words: &mut [u32; 4], x: __m128i) {
    // SAFETY: `words` is 16 writable bytes, and the store needs no alignment.
    unsafe { _mm_storeu_si128(words.as_mut_ptr().cast(), x) }
}
