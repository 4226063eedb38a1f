//! Registers of eight words.
#![allow(unsafe_code, reason = "a kernel: loads and stores of vector registers")]

use core::arch::x86_64::{
    __m128i, __m256i, _mm_storeu_si128, _mm256_add_epi32, _mm256_blend_epi16, _mm256_loadu_si256,
    _mm256_set1_epi32, _mm256_setr_epi64x, _mm256_shuffle_epi8, _mm256_storeu_si256,
    _mm256_xor_si256,
};

/// A register of each of the two groups of eight streams.
pub(super) type Two = [__m256i; 2];

/// The same for group 0 and group 1. (`array::map` would not be inlined with AVX2 on.)
macro_rules! two {
    ($g:ident => $e:expr) => {
        [
            {
                let $g = 0;
                $e
            },
            {
                let $g = 1;
                $e
            },
        ]
    };
}
pub(super) use two;

#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn word(x: u32) -> __m256i {
    _mm256_set1_epi32(x.cast_signed())
}

/// `high` and `low` as the halves of every word.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn pair(high: i16, low: i16) -> __m256i {
    _mm256_set1_epi32(i32::from(high) << 16 | i32::from(low.cast_unsigned()))
}

/// `x`, its first byte lowest, in both halves of a register.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn repeated(x: u128) -> __m256i {
    #[allow(clippy::cast_possible_truncation, reason = "the halves")]
    let (l, h) = ((x as u64).cast_signed(), ((x >> 64) as u64).cast_signed());
    _mm256_setr_epi64x(l, h, l, h)
}

#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn xor(a: __m256i, b: __m256i) -> __m256i {
    _mm256_xor_si256(a, b)
}

#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn add(a: __m256i, b: __m256i) -> __m256i {
    _mm256_add_epi32(a, b)
}

/// The high half of each word of `h` and the low half of each of `l`.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn high_low(h: __m256i, l: __m256i) -> __m256i {
    _mm256_blend_epi16::<0b1010_1010>(l, h)
}

#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn shuffle(x: __m256i, mask: &[u8; 32]) -> __m256i {
    // SAFETY: `mask` is 32 readable bytes, and the load needs no alignment.
    let mask = unsafe { _mm256_loadu_si256(mask.as_ptr().cast()) };
    _mm256_shuffle_epi8(x, mask)
}

#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn load(words: &[u32; 8]) -> __m256i {
    // SAFETY: `words` is 32 readable bytes, and the load needs no alignment.
    unsafe { _mm256_loadu_si256(words.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn store(words: &mut [u32; 8], x: __m256i) {
    // SAFETY: `words` is 32 writable bytes, and the store needs no alignment.
    unsafe { _mm256_storeu_si256(words.as_mut_ptr().cast(), x) }
}

#[inline]
#[target_feature(enable = "sse2")]
pub(super) fn store16(bytes: &mut [u8; 16], x: __m128i) {
    // SAFETY: `bytes` is 16 writable bytes, and the store needs no alignment.
    unsafe { _mm_storeu_si128(bytes.as_mut_ptr().cast(), x) }
}
