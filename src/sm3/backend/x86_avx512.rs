//! SM3 with AVX-512 and BMI2: the rounds in general registers, the message expansion of the
//! rounds to come beside them in vector registers, four words at a time.
#![allow(unsafe_code, reason = "a kernel: the call proves its features")]

use super::x86_rounds::compress;
use crate::{cpu, sm3::backend::Kernel};
use core::arch::x86_64::{
    __m128i, _mm_alignr_epi8, _mm_rol_epi32, _mm_setr_epi8, _mm_shuffle_epi8, _mm_slli_si128,
    _mm_srli_si128, _mm_ternarylogic_epi32, _mm_xor_si128,
};

impl Kernel for cpu::Avx512 {
    fn compress(self, v: &mut [u32; 8], blocks: &[[u8; 64]]) {
        // SAFETY: `self` proves that this CPU has `avx2`, `bmi1`, `bmi2`, `avx512f` and `avx512vl`.
        unsafe { compress(v, blocks) }
    }
}

compress!("avx2,bmi1,bmi2,avx512f,avx512vl");

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

#[inline]
#[target_feature(enable = "avx512f,avx512vl")]
fn xor3(x: __m128i, y: __m128i, z: __m128i) -> __m128i {
    _mm_ternarylogic_epi32::<0x96>(x, y, z)
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
#[target_feature(enable = "avx2,avx512f,avx512vl")]
fn linear(w16: __m128i, [w9, w3]: [__m128i; 2]) -> __m128i {
    xor3(w16, w9, _mm_rol_epi32::<15>(w3))
}

/// P1.
#[inline]
#[target_feature(enable = "avx512f,avx512vl")]
fn p1(x: __m128i) -> __m128i {
    xor3(x, _mm_rol_epi32::<15>(x), _mm_rol_epi32::<23>(x))
}

/// `y` ⊕ (W_j-13 <<< 7) ⊕ W_j-6.
#[inline]
#[target_feature(enable = "avx512f,avx512vl")]
fn sum(y: __m128i, [w13, w6]: [__m128i; 2]) -> __m128i {
    xor3(y, w6, _mm_rol_epi32::<7>(w13))
}

/// What P1 adds to the fourth word when it is no longer without W_j-3, the first word: that <<< 15.
#[inline]
#[target_feature(enable = "avx2,avx512f,avx512vl")]
fn lacking(y: __m128i) -> __m128i {
    _mm_rol_epi32::<15>(_mm_slli_si128::<12>(y))
}

#[inline]
#[target_feature(enable = "avx2,avx512f,avx512vl")]
fn complete(y: __m128i, lacking: __m128i) -> __m128i {
    xor(y, p1(lacking))
}
