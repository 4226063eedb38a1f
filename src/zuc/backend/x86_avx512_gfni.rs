//! One stream of ZUC with AVX-512 (in 128-bit registers) and GFNI.
//!
//! Both L's and all S-boxes run in one register, W1 and R1 in dword 0, W2 and R2 in dword 1. With bytes counted from the least
//! significant, S takes bytes 0 and 2 of L1(u) and L2(v) through S1 and bytes 1 and 3 through S0.
#![allow(unsafe_code, reason = "a kernel: calls from code that is compiled for any CPU")]
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::wildcard_imports,
    reason = "words as the intrinsics take them; the intrinsics"
)]

use super::x86_avx2_gfni::{self, A, B, S0_NIBBLES, S1_BYTES, S1_CONSTANT};
use super::x86_stream::{self, bytes, enter};
use super::{Kernel, x86_vpclmul};
use crate::{
    cpu,
    zuc::{
        nibbles::s0::{P1, P2, P3},
        portable::State,
    },
};
use core::arch::x86_64::*;

impl Kernel for cpu::Avx512Gfni {
    fn initialise(self, state: &mut State, rounds: u32) {
        // SAFETY: `self` proves that this CPU has `avx2` and `gfni`. (The kernel of these was the faster
        // here: 826 cycles to the first word against 946, on a Xeon of the Emerald Rapids generation.)
        unsafe { x86_avx2_gfni::initialise(state, rounds) }
    }

    fn keystream(self, state: &mut State, z: &mut [[u8; 4]]) {
        if z.len() <= SHORT {
            // SAFETY: `self` proves that this CPU has `avx2` and `gfni`.
            unsafe { x86_avx2_gfni::keystream(state, z) }
        } else {
            // SAFETY: `self` proves that this CPU has `avx512f`, `avx512bw`, `avx512vl` and `gfni`.
            unsafe { keystream(state, z) }
        }
    }

    fn windows(self, t: &mut [u32], z: &[[u8; 4]], m: &[[u8; 4]]) {
        // SAFETY: `self` proves that this CPU has `vpclmulqdq`, `gfni`, and the parts of AVX-512.
        unsafe { x86_vpclmul::windows(t, z, m) }
    }
}

/// Up to so many words the kernel for AVX2 is the faster: it has less to set up.
const SHORT: usize = 48;

/// u = W1L ‖ W2H, v = W2L ‖ W1H, and bytes without use, such that LLVM does not make two slower shuffles of this one.
const UV: [u8; 16] = [6, 7, 0, 1, 2, 3, 4, 5, 7, 7, 1, 1, 3, 3, 5, 5];
/// a ⊕ b ⊕ c.
const XOR: i32 = 0b1001_0110;
/// a ⊕ (b & c).
const XOR_AND: i32 = 0b0111_1000;

/// W1 and W2 of the next word.
///
/// L1(u) = u ⊕ u⋘2 ⊕ u⋘10 ⊕ u⋘18 ⊕ u⋘24, L2(v) = v ⊕ v⋘8 ⊕ v⋘14 ⊕ v⋘22 ⊕ v⋘30.
#[target_feature(enable = "avx512f,avx512bw,avx512vl,gfni")]
#[inline]
fn f(w: __m128i, x1: u32, x2: u32) -> __m128i {
    let uv = _mm_shuffle_epi8(w, bytes(&UV));
    let a = _mm_rolv_epi32(uv, _mm_set_epi32(8, 2, 8, 2));
    let b = _mm_rolv_epi32(uv, _mm_set_epi32(14, 10, 14, 10));
    let c = _mm_rolv_epi32(uv, _mm_set_epi32(22, 18, 22, 18));
    let d = _mm_rolv_epi32(uv, _mm_set_epi32(30, 24, 30, 24));
    let y = _mm_ternarylogic_epi32::<XOR>(_mm_ternarylogic_epi32::<XOR>(uv, a, b), c, d);
    let s1 = _mm_gf2p8affine_epi64_epi8::<0>(y, _mm_set1_epi64x(A));
    let s1 = _mm_gf2p8affineinv_epi64_epi8::<S1_CONSTANT>(s1, _mm_set1_epi64x(B));
    let nibbles = _mm_set1_epi32(S0_NIBBLES);
    let l = _mm_and_si128(y, nibbles);
    let q = _mm_ternarylogic_epi32::<XOR_AND>(
        _mm_shuffle_epi8(bytes(&P1), l),
        _mm_srli_epi32::<4>(y),
        nibbles,
    );
    let r = _mm_xor_si128(l, _mm_shuffle_epi8(bytes(&P2), q));
    let x2 = _mm_maskz_set1_epi32(0b0010, x2 as i32);
    let s0 = _mm_ternarylogic_epi32::<XOR>(_mm_shuffle_epi8(bytes(&P3), r), _mm_add_epi8(q, q), x2);
    let r12 = _mm_ternarylogic_epi32::<XOR_AND>(s0, s1, _mm_set1_epi32(S1_BYTES));
    _mm_add_epi32(r12, _mm_cvtsi32_si128(x1 as i32))
}

#[target_feature(enable = "avx512f,avx512bw,avx512vl,gfni")]
fn keystream(state: &mut State, z: &mut [[u8; 4]]) {
    let w = _mm_cvtsi64_si128(enter(state) as i64);
    let pair = |w| _mm_cvtsi128_si64(w) as u64;
    x86_stream::keystream::<88, 80, _, _>(
        state,
        z,
        w,
        pair,
        |x2, copy: &mut [u32; 8]| *copy = *x2,
        |w, x1, x2, i| f(w, x1, x2[i]),
    );
}
