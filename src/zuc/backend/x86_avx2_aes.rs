//! One stream of ZUC with AVX2 and AES-NI.
//!
//! Both L's and all S-boxes run in one register. With u = W1L ‖ W2H and v = W2L ‖ W1H, and bytes counted from the least significant,
//! S takes bytes 0 and 2 through S1 and bytes 1 and 3 through S0.
#![allow(unsafe_code, reason = "a kernel: calls from code that is compiled for any CPU")]
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::wildcard_imports,
    reason = "words as the intrinsics take them; the intrinsics"
)]

use super::x86_stream::{self, BLOCK, bytes, enter, load, store};
use super::{Kernel, x86_clmul};
use crate::{
    cpu,
    zuc::{
        nibbles::{
            s0::{P1, P2, P3},
            s1::{AFTER, BEFORE},
        },
        portable::State,
    },
};
use core::arch::x86_64::*;

impl Kernel for cpu::Avx2Aes {
    fn initialise(self, state: &mut State, rounds: u32) {
        // SAFETY: `self` proves that this CPU has `avx2` and `aes`.
        unsafe { initialise(state, rounds) }
    }

    fn keystream(self, state: &mut State, z: &mut [[u8; 4]]) {
        // SAFETY: `self` proves that this CPU has `avx2` and `aes`.
        unsafe { keystream(state, z) }
    }

    fn windows(self, t: &mut [u32], z: &[[u8; 4]], m: &[[u8; 4]]) {
        // SAFETY: `self` proves that this CPU has `pclmulqdq`, and `ssse3` with `avx2`.
        unsafe { x86_clmul::windows(t, z, m) }
    }
}

/// S1 = POST ∘ (AES S-box) ∘ PRE; row i makes bit i.
///
/// S1(x) = M x⁻¹ + 55 in GF(2)\[α\]/(α⁸+α⁷+α³+α+1). α ↦ 32 takes that field to the one of AES, where inversion may be scaled by any c:
/// x⁻¹ = c (c x)⁻¹. PRE is that map and c = 4, POST takes off the AES S-box's own linear map, then c and the map, and applies M.
/// With this c the constant 63 of the AES S-box becomes 55.
/// Rows of the map after it, bit 0 first.
const POST: [u8; 8] = [0x43, 0x52, 0x76, 0x13, 0xc4, 0x1f, 0x40, 0xfb];

/// Which n << `shift`, n < 16, each image under POST comes from.
const fn origins(shift: u32) -> [u8; 16] {
    let mut table = [0; 16];
    let mut x = 0;
    while x < 256 {
        let mut y = 0;
        let mut i = 0;
        while i < 8 {
            y |= ((POST[i] & x as u8).count_ones() as u8 & 1) << i;
            i += 1;
        }
        if y & !(15 << shift) == 0 {
            table[(y >> shift) as usize] = x as u8;
        }
        x += 1;
    }
    table
}

const UNPOST_LOW: [u8; 16] = origins(0);
const UNPOST_HIGH: [u8; 16] = origins(4);

/// The byte of u (dwords 0 and 2) or v (dwords 1 and 3) at each position, and that above it.
///
/// In even positions this makes, dword by dword, bytes 0 and 3 of L1(u), 1 and 2 of L2(v), 1 and 2 of L1(u), 0 and 3 of L2(v): the
/// AES instruction moves position 10 to 2 and 6 to 14, and so leaves S1's bytes of R1 in dword 0 and of R2 in dword 3, S0's
/// in dwords 1 and 2, which go unused, and in odd positions what it makes of 0.
const LAYOUT: [u8; 16] = [0, 1, 3, 0, 1, 2, 2, 3, 1, 2, 2, 3, 0, 1, 3, 0];
/// Brings S0's bytes, from where LAYOUT has them, to R1 in dword 0 and R2 in dword 3.
const GATHER: [u8; 16] = [128, 8, 128, 2, 128, 128, 128, 128, 128, 128, 128, 128, 128, 4, 128, 14];
/// The even positions.
const NIBBLES: i32 = 0x000f_000f;
/// AES S-box of 0, in the odd positions.
const BOX_OF_ZERO: i32 = 0x6300_6300;
/// The bytes of a word that go through S0.
const S0_BYTES: i32 = 0xff00_ff00_u32 as i32;

/// LAYOUT of u rotated left by `u` bytes and v by `v`, from W1 (dword 0) and W2 (dword 3).
const fn rotation(u: u8, v: u8) -> [u8; 16] {
    let mut index = [0; 16];
    let mut i = 0;
    while i < 16 {
        index[i] = match i & 4 {
            0 => [14, 15, 0, 1][((LAYOUT[i] + 4 - u) & 3) as usize],
            _ => [2, 3, 12, 13][((LAYOUT[i] + 4 - v) & 3) as usize],
        };
        i += 1;
    }
    index
}

const ROTATIONS: [[u8; 16]; 4] = [rotation(1, 2), rotation(2, 3), rotation(3, 0), rotation(0, 1)];

/// W1 (dword 0) and W2 (dword 3) of the next word. `x2` is that word's X2 in each dword, `unmapped` the same from `unmap`.
///
/// L1(u) = u ⊕ u⋘24 ⊕ (u⋘8 ⊕ u⋘16 ⊕ u⋘24)⋙6, L2(v) = v ⊕ v⋘8 ⊕ (v⋘16 ⊕ v⋘24 ⊕ v)⋙2.
/// The chain: 1 shuffle, 4 for L, 2 for nibbles, 2 for PRE, AES, 3 for POST, 1 sum; S0 is done before S1 is.
#[target_feature(enable = "avx2,aes")]
#[inline]
fn f(w: __m128i, x1: u32, x2: __m128i, unmapped: __m128i) -> __m128i {
    let a = _mm_shuffle_epi8(w, bytes(&ROTATIONS[0]));
    let b = _mm_shuffle_epi8(w, bytes(&ROTATIONS[1]));
    let c = _mm_shuffle_epi8(w, bytes(&ROTATIONS[2]));
    let d = _mm_shuffle_epi8(w, bytes(&ROTATIONS[3]));
    let bits = _mm_set_epi32(2, 6, 2, 6);
    let ab = _mm_srlv_epi32(_mm_xor_si128(a, b), bits);
    let cd = _mm_xor_si128(_mm_xor_si128(c, d), _mm_srlv_epi32(c, bits));
    let y = _mm_xor_si128(ab, cd);
    let nibbles = _mm_set1_epi32(NIBBLES);
    let l = _mm_and_si128(y, nibbles);
    let h = _mm_and_si128(_mm_srli_epi32::<4>(y), nibbles);
    // S1, and X2 where S1 has a byte of R2. Zeros in odd positions keep the index `high` below 128.
    let pre = _mm_xor_si128(
        _mm_shuffle_epi8(bytes(&BEFORE[0]), l),
        _mm_shuffle_epi8(bytes(&BEFORE[1]), h),
    );
    let key = _mm_blend_epi32::<0b1000>(_mm_set1_epi32(BOX_OF_ZERO), unmapped);
    let aes = _mm_aesenclast_si128(pre, key);
    let (low, high) = (_mm_and_si128(aes, _mm_set1_epi8(15)), _mm_srli_epi32::<4>(aes));
    let s1 = _mm_xor_si128(
        _mm_shuffle_epi8(bytes(&AFTER[0]), low),
        _mm_shuffle_epi8(bytes(&AFTER[1]), high),
    );
    // S0, the other bytes of X2, and X1.
    let q = _mm_xor_si128(h, _mm_shuffle_epi8(bytes(&P1), l));
    let r = _mm_xor_si128(l, _mm_shuffle_epi8(bytes(&P2), q));
    let s0 = _mm_xor_si128(_mm_add_epi8(q, q), _mm_shuffle_epi8(bytes(&P3), r));
    let x2 = _mm_and_si128(x2, _mm_set_epi32(S0_BYTES, 0, 0, 0));
    let s0 = _mm_xor_si128(_mm_shuffle_epi8(s0, bytes(&GATHER)), x2);
    let s0 = _mm_add_epi32(s0, _mm_cvtsi32_si128(x1 as i32));
    // S1 ⊕ S0 in W2, S1 ⊕ S0 + X1 in W1: S0 and S1 have no bit in common, nor has the carry of W1 any use. Two sums of 32 bits would
    // be put together in another order by LLVM, which puts X1 on the chain.
    _mm_add_epi64(s1, s0)
}

/// X2 as the key of the AES instruction: POST⁻¹ of the bytes that go through S1, and the S-box of 0 to be taken off the others.
#[target_feature(enable = "avx2")]
#[inline]
fn unmap(x2: __m256i) -> __m256i {
    let nibbles = _mm256_set1_epi32(NIBBLES);
    let low = _mm256_and_si256(x2, nibbles);
    let high = _mm256_and_si256(_mm256_srli_epi32::<4>(x2), nibbles);
    let low = _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(bytes(&UNPOST_LOW)), low);
    let high = _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(bytes(&UNPOST_HIGH)), high);
    _mm256_or_si256(_mm256_xor_si256(low, high), _mm256_set1_epi32(BOX_OF_ZERO))
}

/// X2 of the eight words that follow those of a block, and `unmap` of them.
type Keys = [[u32; BLOCK]; 2];

#[target_feature(enable = "avx2")]
#[inline]
fn prepare(x2: &[u32; BLOCK], keys: &mut Keys) {
    keys[0] = *x2;
    store(&mut keys[1], unmap(load(x2)));
}

/// W1 to dword 0, W2 to dword 3.
#[target_feature(enable = "avx2")]
#[inline]
fn spread(pair: u64) -> __m128i {
    _mm_shuffle_epi32::<0b01_00_00_00>(_mm_cvtsi64_si128(pair as i64))
}

#[target_feature(enable = "avx2")]
#[inline]
fn pair(w: __m128i) -> u64 {
    _mm_cvtsi128_si64(_mm_shuffle_epi32::<0b11_00>(w)) as u64
}

#[target_feature(enable = "avx2,aes")]
fn keystream(state: &mut State, z: &mut [[u8; 4]]) {
    let w = spread(enter(state));
    x86_stream::keystream::<88, 80, _, _>(
        state,
        z,
        w,
        |w| pair(w),
        |x2, keys| prepare(x2, keys),
        |w, x1, keys: &Keys, i| {
            let [x2, unmapped] = [keys[0][i], keys[1][i]].map(|x| _mm_set1_epi32(x as i32));
            f(w, x1, x2, unmapped)
        },
    );
}

#[target_feature(enable = "avx2,aes")]
fn initialise(state: &mut State, rounds: u32) {
    let w = spread(enter(state));
    x86_stream::initialise(
        state,
        rounds,
        w,
        |w| pair(w),
        |w, x1, x2| {
            let x2 = _mm256_set1_epi32(x2 as i32);
            f(w, x1, _mm256_castsi256_si128(x2), _mm256_castsi256_si128(unmap(x2)))
        },
    );
}
