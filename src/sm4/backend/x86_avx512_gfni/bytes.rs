//! 64 blocks side by side, a register for each of the 16 bytes of a block.
//!
//! The rotations of L are then a choice of registers, and cost nothing. With bytes counted from the most significant, byte i of
//! what a round adds is α(z_i) ⊕ α(z_(i−1)) ⊕ the β of the three others (`maps.rs`, with γ = α ⊕ β): 24 instructions for 64 words.
#![allow(unsafe_code, reason = "a kernel: loads and stores of vector registers")]
#![allow(clippy::cast_possible_wrap, reason = "words as the intrinsics take them")]

use super::{super::RoundKeys, xor3};
use crate::{
    secret::Temporary,
    sm4::maps::{INVERSE, M, M_BACK},
};
use core::arch::x86_64::{
    __m512i, _mm_loadu_si128, _mm512_broadcast_i32x4, _mm512_gf2p8affine_epi64_epi8,
    _mm512_gf2p8affineinv_epi64_epi8, _mm512_set_epi32, _mm512_set1_epi32, _mm512_set1_epi64,
    _mm512_setzero_si512, _mm512_shuffle_epi8, _mm512_storeu_si512, _mm512_unpackhi_epi8,
    _mm512_unpacklo_epi8, _mm512_xor_si512,
};

pub(super) type Register = __m512i;
/// The bytes of one word of each block, most significant first.
type Word = [Register; 4];

/// The round keys, each byte four times over.
pub(super) struct Keys(Temporary<[[[u32; 4]; 4]; 8]>);

impl Keys {
    #[inline]
    pub(super) fn new() -> Self {
        Self(Temporary::new())
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512bw")]
    pub(super) fn expand(&mut self, rk: &RoundKeys) {
        let (fours, _) = rk.0.as_chunks();
        for (keys, rk) in self.0.iter_mut().zip(fours) {
            expand4(keys, rk);
        }
    }
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn expand4(keys: &mut [[u32; 4]; 4], rk: &[u32; 4]) {
    // SAFETY: `rk` is 16 readable bytes, and the load needs no alignment.
    let rk = _mm512_broadcast_i32x4(unsafe { _mm_loadu_si128(rk.as_ptr().cast()) });
    let bytes = _mm512_set_epi32(
        0x0c0c_0c0c,
        0x0d0d_0d0d,
        0x0e0e_0e0e,
        0x0f0f_0f0f, //
        0x0808_0808,
        0x0909_0909,
        0x0a0a_0a0a,
        0x0b0b_0b0b, //
        0x0404_0404,
        0x0505_0505,
        0x0606_0606,
        0x0707_0707, //
        0x0000_0000,
        0x0101_0101,
        0x0202_0202,
        0x0303_0303,
    );
    // SAFETY: `keys` is 64 writable bytes, and the store needs no alignment.
    unsafe { _mm512_storeu_si512(keys.as_mut_ptr().cast(), _mm512_shuffle_epi8(rk, bytes)) }
}

/// The cipher on 16 registers of four blocks each.
#[inline(never)]
#[target_feature(enable = "avx512f,avx512bw,gfni")]
pub(super) fn crypt(keys: &Keys, x: &mut [Register; 16]) {
    let y = *x;
    *x = unsliced(rounds(keys, sliced(|r| y[r]), |_| ()));
}

/// The bytes of 64 blocks, as [`rounds`] wants them, out of 16 fours of blocks. The byte of block 4q + l is byte 16l + q.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,gfni")]
pub(super) fn sliced(fours: impl Fn(usize) -> Register) -> [Register; 16] {
    let x = |r| mapped(fours(r));
    transposed([
        x(0),
        x(1),
        x(2),
        x(3),
        x(4),
        x(5),
        x(6),
        x(7), //
        x(8),
        x(9),
        x(10),
        x(11),
        x(12),
        x(13),
        x(14),
        x(15),
    ])
}

/// M on each byte.
#[inline]
#[target_feature(enable = "avx512f,gfni")]
pub(super) fn mapped(x: Register) -> Register {
    _mm512_gf2p8affine_epi64_epi8::<0>(x, _mm512_set1_epi64(M.matrix()))
}

/// The four words that [`rounds`] ends with as 16 fours of blocks.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,gfni")]
pub(super) fn unsliced(x: [Register; 16]) -> [Register; 16] {
    let back = _mm512_set1_epi64(M_BACK.matrix());
    let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = x;
    let mut x = transposed([m, n, o, p, i, j, k, l, e, f, g, h, a, b, c, d]);
    for x in &mut x {
        *x = _mm512_gf2p8affine_epi64_epi8::<0>(*x, back);
    }
    x
}

/// Byte q of each 16 of register r becomes byte r of those of register q.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn transposed(x: [Register; 16]) -> [Register; 16] {
    zipped(zipped(zipped(zipped(x))))
}

/// A quarter of [`transposed`]: the highest bit of the number of a register changes places with the highest bit of that of a
/// byte, and both numbers turn by one bit.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn zipped(x: [Register; 16]) -> [Register; 16] {
    let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = x;
    let ([a, i], [b, j], [c, k], [d, l]) = (zip(a, i), zip(b, j), zip(c, k), zip(d, l));
    let ([e, m], [f, n], [g, o], [h, p]) = (zip(e, m), zip(f, n), zip(g, o), zip(h, p));
    [a, i, b, j, c, k, d, l, e, m, f, n, g, o, h, p]
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn zip(a: Register, b: Register) -> [Register; 2] {
    [_mm512_unpacklo_epi8(a, b), _mm512_unpackhi_epi8(a, b)]
}

/// The 32 rounds on 64 blocks. `step` is called with 0 … 7, each time before four rounds, for what else is to be done at the same time.
#[inline]
#[target_feature(enable = "avx512f,gfni")]
pub(super) fn rounds(
    keys: &Keys,
    x: [Register; 16],
    mut step: impl FnMut(usize),
) -> [Register; 16] {
    let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = x;
    let [mut x0, mut x1, mut x2, mut x3] = [[a, b, c, d], [e, f, g, h], [i, j, k, l], [m, n, o, p]];
    for (i, rk) in keys.0.iter().enumerate() {
        step(i);
        let sum = add(x2, x3);
        x0 = round(x0, x1, sum, &rk[0]);
        x1 = round(x1, x0, sum, &rk[1]);
        let sum = add(x0, x1);
        x2 = round(x2, x3, sum, &rk[2]);
        x3 = round(x3, x2, sum, &rk[3]);
    }
    let ([a, b, c, d], [e, f, g, h], [i, j, k, l], [m, n, o, p]) = (x0, x1, x2, x3);
    [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p]
}

#[inline]
#[target_feature(enable = "avx512f")]
fn add(x: Word, y: Word) -> Word {
    [
        _mm512_xor_si512(x[0], y[0]),
        _mm512_xor_si512(x[1], y[1]),
        _mm512_xor_si512(x[2], y[2]),
        _mm512_xor_si512(x[3], y[3]),
    ]
}

/// `x0` ⊕ L'(inverses of `x` ⊕ `sum` ⊕ `rk`).
#[inline]
#[target_feature(enable = "avx512f,gfni")]
fn round(x0: Word, x: Word, sum: Word, rk: &[u32; 4]) -> Word {
    let z = |i: usize| xor3(x[i], sum[i], _mm512_set1_epi32(rk[i] as i32));
    let alpha =
        |z| _mm512_gf2p8affineinv_epi64_epi8::<0>(z, _mm512_set1_epi64(INVERSE.alpha.matrix()));
    // The constant comes three times, which is once.
    let beta = |z| {
        _mm512_gf2p8affineinv_epi64_epi8::<{ INVERSE.constant as i32 }>(
            z,
            _mm512_set1_epi64(INVERSE.beta.matrix()),
        )
    };
    let z = [z(0), z(1), z(2), z(3)];
    let a = [alpha(z[0]), alpha(z[1]), alpha(z[2]), alpha(z[3])];
    let b = [beta(z[0]), beta(z[1]), beta(z[2]), beta(z[3])];
    let (b01, b23) = (_mm512_xor_si512(b[0], b[1]), _mm512_xor_si512(b[2], b[3]));
    [
        xor3(xor3(x0[0], a[0], a[3]), b[1], b23),
        xor3(xor3(x0[1], a[1], a[0]), b[0], b23),
        xor3(xor3(x0[2], a[2], a[1]), b[3], b01),
        xor3(xor3(x0[3], a[3], a[2]), b[2], b01),
    ]
}
