//! SM3 with AVX2 and BMI2: the rounds in general registers, the message expansion of the
//! rounds to come beside them in vector registers, four words at a time.
#![allow(unsafe_code, reason = "a kernel: the call proves its features")]

use super::x86_rounds::compress;
use crate::{cpu, sm3::backend::Kernel};
use core::arch::x86_64::{
    __m128i, _mm_alignr_epi8, _mm_and_si128, _mm_or_si128, _mm_setr_epi8, _mm_setr_epi32,
    _mm_shuffle_epi8, _mm_shuffle_epi32, _mm_slli_epi32, _mm_slli_epi64, _mm_srli_epi32,
    _mm_srli_si128, _mm_xor_si128,
};

impl Kernel for cpu::Avx2 {
    fn compress(self, v: &mut [u32; 8], blocks: &[[u8; 64]]) {
        // SAFETY: `self` proves that this CPU has `avx2`, `bmi1` and `bmi2`.
        unsafe { compress(v, blocks) }
    }
}

compress!("avx2,bmi1,bmi2");

/// Four big-endian words.
#[inline]
#[target_feature(enable = "avx2")]
fn swap(x: __m128i) -> __m128i {
    let order = _mm_setr_epi8(3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);
    _mm_shuffle_epi8(x, order)
}

#[inline]
#[target_feature(enable = "avx2")]
fn xor(x: __m128i, y: __m128i) -> __m128i {
    _mm_xor_si128(x, y)
}

/// W_j-9 and W_j-3 for the next four words, of the last sixteen; of the fourth W_j-3 is not yet there.
#[inline]
#[target_feature(enable = "avx2")]
fn aligned_early(x: &[__m128i; 4]) -> [__m128i; 2] {
    [_mm_alignr_epi8::<12>(x[2], x[1]), _mm_srli_si128::<4>(x[3])]
}

/// W_j-13 and W_j-6.
#[inline]
#[target_feature(enable = "avx2")]
fn aligned_late(x: &[__m128i; 4]) -> [__m128i; 2] {
    [_mm_alignr_epi8::<12>(x[1], x[0]), _mm_alignr_epi8::<8>(x[3], x[2])]
}

/// W_j-16 ⊕ W_j-9 ⊕ (W_j-3 <<< 15).
#[inline]
#[target_feature(enable = "avx2")]
fn linear(w16: __m128i, [w9, w3]: [__m128i; 2]) -> __m128i {
    xor(xor(w16, w9), rotl::<15, 17>(w3))
}

/// P1.
#[inline]
#[target_feature(enable = "avx2")]
fn p1(x: __m128i) -> __m128i {
    let rotl8 = _mm_setr_epi8(3, 0, 1, 2, 7, 4, 5, 6, 11, 8, 9, 10, 15, 12, 13, 14);
    let x15 = rotl::<15, 17>(x);
    xor(xor(x, x15), _mm_shuffle_epi8(x15, rotl8))
}

/// `y` ⊕ (W_j-13 <<< 7) ⊕ W_j-6.
#[inline]
#[target_feature(enable = "avx2")]
fn sum(y: __m128i, [w13, w6]: [__m128i; 2]) -> __m128i {
    xor(xor(y, w6), rotl::<7, 25>(w13))
}

/// What the fourth word lacks, P1(w <<< 15) of the first word w: w rotated by 15, 30 and 6.
#[inline]
#[target_feature(enable = "avx2")]
fn lacking(y: __m128i) -> __m128i {
    // Shifts of w ‖ w are rotations of w in its upper half.
    let w = _mm_shuffle_epi32::<0>(y);
    xor(xor(_mm_slli_epi64::<15>(w), _mm_slli_epi64::<30>(w)), _mm_slli_epi64::<6>(w))
}

#[inline]
#[target_feature(enable = "avx2")]
fn complete(y: __m128i, lacking: __m128i) -> __m128i {
    xor(y, _mm_and_si128(lacking, _mm_setr_epi32(0, 0, 0, -1)))
}

#[inline]
#[target_feature(enable = "avx2")]
fn rotl<const LEFT: i32, const RIGHT: i32>(x: __m128i) -> __m128i {
    _mm_or_si128(_mm_slli_epi32::<LEFT>(x), _mm_srli_epi32::<RIGHT>(x))
}
