//! One stream of ZUC with AVX2 and GFNI.
//!
//! Both L's and all S-boxes run in one register, W1 and R1 in dword 0, W2 and R2 in dword 2. With bytes counted from the least
//! significant, S takes bytes 0 and 2 of L1(u) and L2(v) through S1 and bytes 1 and 3 through S0.
#![allow(unsafe_code, reason = "a kernel: calls from code that is compiled for any CPU")]
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::wildcard_imports,
    reason = "words as the intrinsics take them; the intrinsics"
)]

use super::x86_stream::{self, bytes, enter};
use super::{Kernel, x86_clmul};
use crate::{
    cpu,
    zuc::{
        nibbles::s0::{P1, P2, P3},
        portable::State,
    },
};
use core::arch::x86_64::*;

impl Kernel for cpu::Avx2Gfni {
    fn initialise(self, state: &mut State, rounds: u32) {
        // SAFETY: `self` proves that this CPU has `avx2` and `gfni`.
        unsafe { initialise(state, rounds) }
    }

    fn keystream(self, state: &mut State, z: &mut [[u8; 4]]) {
        // SAFETY: `self` proves that this CPU has `avx2` and `gfni`.
        unsafe { keystream(state, z) }
    }

    fn windows(self, t: &mut [u32], z: &[[u8; 4]], m: &[[u8; 4]]) {
        // SAFETY: `self` proves that this CPU has `pclmulqdq`, and `ssse3` with `avx2`.
        unsafe { x86_clmul::windows(t, z, m) }
    }
}

/// S1(x) = B (A x)⁻¹ + 55 with the inversion of AES, in the form of GFNI: byte 7 − i makes bit i.
///
/// S1(x) = M x⁻¹ + 55 in GF(2)\[α\]/(α⁸+α⁷+α³+α+1). A takes that field to the one of AES, α ↦ 32; B = M A⁻¹.
pub(super) const A: i64 = 0xdd06_c8f0_1eae_7c70_u64 as i64;
pub(super) const B: i64 = 0xb903_e536_0f14_f0e3_u64 as i64;
/// 55, and what the tables of S0 make of nibbles 0, which they are given in the bytes of S1.
pub(super) const S1_CONSTANT: i32 = {
    let q = P1[0];
    let r = P2[q as usize];
    (0x55 ^ (2 * q) ^ P3[r as usize]) as i32
};
/// The bytes of a word that go through S1.
pub(super) const S1_BYTES: i32 = 0x00ff_00ff;
/// The nibbles of those that go through S0.
pub(super) const S0_NIBBLES: i32 = 0x0f00_0f00;

/// u = W1L ‖ W2H twice, then v = W2L ‖ W1H twice, rotated left by `u` and `v` bytes.
const fn doubled(u: usize, v: usize) -> [u8; 16] {
    let mut index = [0; 16];
    let mut i = 0;
    while i < 8 {
        index[i] = [10, 11, 0, 1][(i + 4 - u) & 3];
        index[i + 8] = [2, 3, 8, 9][(i + 4 - v) & 3];
        i += 1;
    }
    index
}

const UV: [u8; 16] = doubled(0, 0);
const UV_ROTATED: [u8; 16] = doubled(3, 1);

/// W1 and W2 of the next word.
///
/// A shift of a word written twice rotates it: (x ‖ x) >> (32 − n) has x⋘n below. L1(u) = u ⊕ u⋘2 ⊕ u⋘10 ⊕ u⋘18 ⊕ u⋘24,
/// L2(v) = v ⊕ v⋘8 ⊕ v⋘14 ⊕ v⋘22 ⊕ v⋘30.
#[target_feature(enable = "avx2,gfni")]
#[inline]
fn f(w: __m128i, x1: u32, x2: u32) -> __m128i {
    let uv = _mm_shuffle_epi8(w, bytes(&UV));
    let rotated = _mm_shuffle_epi8(w, bytes(&UV_ROTATED));
    let a = _mm_srlv_epi64(uv, _mm_set_epi64x(32 - 14, 32 - 2));
    let b = _mm_srlv_epi64(uv, _mm_set_epi64x(32 - 22, 32 - 10));
    let c = _mm_srlv_epi64(uv, _mm_set_epi64x(32 - 30, 32 - 18));
    let y = _mm_xor_si128(_mm_xor_si128(a, b), _mm_xor_si128(_mm_xor_si128(rotated, uv), c));
    let s1 = _mm_gf2p8affine_epi64_epi8::<0>(y, _mm_set1_epi64x(A));
    let s1 = _mm_gf2p8affineinv_epi64_epi8::<S1_CONSTANT>(s1, _mm_set1_epi64x(B));
    let s1 = _mm_and_si128(s1, _mm_set1_epi32(S1_BYTES));
    let nibbles = _mm_set1_epi32(S0_NIBBLES);
    let l = _mm_and_si128(y, nibbles);
    let h = _mm_and_si128(_mm_srli_epi32::<4>(y), nibbles);
    let q = _mm_xor_si128(h, _mm_shuffle_epi8(bytes(&P1), l));
    let r = _mm_xor_si128(l, _mm_shuffle_epi8(bytes(&P2), q));
    let s0 = _mm_xor_si128(_mm_add_epi8(q, q), _mm_shuffle_epi8(bytes(&P3), r));
    let x2 = _mm_blend_epi32::<0b0100>(_mm_setzero_si128(), _mm_set1_epi32(x2 as i32));
    let r12 = _mm_xor_si128(s1, _mm_xor_si128(s0, x2));
    _mm_add_epi32(r12, _mm_cvtsi32_si128(x1 as i32))
}

/// W1 to dword 0, W2 to dword 2.
#[target_feature(enable = "avx2")]
#[inline]
fn spread(pair: u64) -> __m128i {
    _mm_cvtepu32_epi64(_mm_cvtsi64_si128(pair as i64))
}

#[target_feature(enable = "avx2")]
#[inline]
fn pair(w: __m128i) -> u64 {
    _mm_cvtsi128_si64(_mm_shuffle_epi32::<0b10_00>(w)) as u64
}

#[target_feature(enable = "avx2,gfni")]
pub(super) fn keystream(state: &mut State, z: &mut [[u8; 4]]) {
    let w = spread(enter(state));
    x86_stream::keystream::<40, 32, _, _>(
        state,
        z,
        w,
        |w| pair(w),
        |x2, copy: &mut [u32; 8]| *copy = *x2,
        |w, x1, x2, i| f(w, x1, x2[i]),
    );
}

#[target_feature(enable = "avx2,gfni")]
pub(super) fn initialise(state: &mut State, rounds: u32) {
    let w = spread(enter(state));
    x86_stream::initialise(state, rounds, w, |w| pair(w), |w, x1, x2| f(w, x1, x2));
}
