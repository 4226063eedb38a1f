//! SM3 with AVX-512 and BMI2: the rounds in general registers, the message expansion of the
//! rounds to come beside them in vector registers, four words at a time.
#![allow(unsafe_code, reason = "a kernel: the call proves its features")]

use super::x86_rounds::compress;
use crate::{cpu, sm3::backend::Kernel};
use core::arch::x86_64::{
    __m128i, _mm_alignr_epi8, _mm_cvtsi128_si32, _mm_rol_epi32, _mm_setr_epi8, _mm_shuffle_epi8,
    _mm_slli_si128, _mm_srli_si128, _mm_ternarylogic_epi32, _mm_xor_si128,
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
fn first_word(x: __m128i) -> u32 {
    _mm_cvtsi128_si32(x).cast_unsigned()
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

/// W_j-16 ⊕ W_j-9 ⊕ (W_j-3 <<< 15) for the next four words, of the last sixteen; the fourth lacks W_j-3.
#[inline]
#[target_feature(enable = "avx2,avx512f,avx512vl")]
fn linear(x: &[__m128i; 4]) -> __m128i {
    let w9 = _mm_alignr_epi8::<12>(x[2], x[1]);
    let w3 = _mm_srli_si128::<4>(x[3]);
    xor3(x[0], w9, _mm_rol_epi32::<15>(w3))
}

/// P1.
#[inline]
#[target_feature(enable = "avx512f,avx512vl")]
fn p1(x: __m128i) -> __m128i {
    xor3(x, _mm_rol_epi32::<15>(x), _mm_rol_epi32::<23>(x))
}

/// `x` ⊕ (W_j-13 <<< 7) ⊕ W_j-6.
#[inline]
#[target_feature(enable = "avx2,avx512f,avx512vl")]
fn sum(y: __m128i, x: &[__m128i; 4]) -> __m128i {
    let w13 = _mm_alignr_epi8::<12>(x[1], x[0]);
    let w6 = _mm_alignr_epi8::<8>(x[3], x[2]);
    xor3(y, w6, _mm_rol_epi32::<7>(w13))
}

/// Adds to the fourth word what it lacks: P1(w <<< 15) of the first word w.
#[inline]
#[target_feature(enable = "avx2,avx512f,avx512vl")]
fn complete(y: __m128i) -> __m128i {
    let w = _mm_rol_epi32::<15>(_mm_slli_si128::<12>(y));
    xor(y, p1(w))
}
