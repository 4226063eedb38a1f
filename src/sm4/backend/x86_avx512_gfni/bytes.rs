//! 64 blocks side by side, a register for each of the 16 bytes of a block.
//!
//! The rotations of L are then a choice of registers, and cost nothing. With bytes counted from the most significant, byte i of
//! what a round adds is α(z_i) ⊕ α(z_(i−1)) ⊕ the β of the three others (`maps.rs`, with γ = α ⊕ β): 24 instructions for 64 words.
#![allow(unsafe_code, reason = "a kernel: loads and stores of vector registers")]
#![allow(clippy::cast_possible_wrap, reason = "words as the intrinsics take them")]
#![allow(clippy::large_types_passed_by_value, reason = "registers")]

use super::{super::RoundKeys, span::Fours, xor3};
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
pub(super) type Word = [Register; 4];

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

/// The cipher on 64 blocks.
#[inline(never)]
#[target_feature(enable = "avx512f,avx512bw,gfni")]
pub(super) fn crypt64(keys: &Keys, x: &mut Fours<16>) {
    let group = rounds(keys, sliced(x, 0), |_| ());
    unsliced(&group, x, 0);
}

/// The cipher on 128 blocks.
#[inline(never)]
#[target_feature(enable = "avx512f,avx512bw,gfni")]
pub(super) fn crypt128(keys: &Keys, x: &mut Fours<32>) {
    let mut pair = Pair([sliced(x, 0), sliced(x, 1)]);
    rounds_of_pair(keys, &mut pair, |_| ());
    pair.end(x);
}

/// The bytes of 64 blocks, the `g`th of `fours`, as [`rounds`] takes them. The byte of block 4q + l is byte 16l + q.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,gfni")]
fn sliced<const N: usize>(fours: &Fours<N>, g: usize) -> [Word; 4] {
    let x = |r: usize| mapped(fours.get(16 * g + r));
    let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = transposed([
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
    ]);
    [[a, b, c, d], [e, f, g, h], [i, j, k, l], [m, n, o, p]]
}

/// The four words that [`rounds`] ends with as the `g`th 16 of `fours`.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,gfni")]
pub(super) fn unsliced<const N: usize>(x: &[Word; 4], fours: &mut Fours<N>, g: usize) {
    let [[a, b, c, d], [e, f, g0, h], [i, j, k, l], [m, n, o, p]] = *x;
    let x = transposed([m, n, o, p, i, j, k, l, e, f, g0, h, a, b, c, d]);
    for (r, x) in x.into_iter().enumerate() {
        let x = _mm512_gf2p8affine_epi64_epi8::<0>(x, _mm512_set1_epi64(M_BACK.matrix()));
        fours.set(16 * g + r, x);
    }
}

/// M on each byte.
#[inline]
#[target_feature(enable = "avx512f,gfni")]
pub(super) fn mapped(x: Register) -> Register {
    _mm512_gf2p8affine_epi64_epi8::<0>(x, _mm512_set1_epi64(M.matrix()))
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

/// The 32 rounds on 64 blocks. `step` is called with 0 … 7, each time before four rounds, for what else is to be done at the same
/// time.
#[inline]
#[target_feature(enable = "avx512f,gfni")]
pub(super) fn rounds(
    keys: &Keys,
    [mut x0, mut x1, mut x2, mut x3]: [Word; 4],
    mut step: impl FnMut(usize),
) -> [Word; 4] {
    for (i, rk) in keys.0.iter().enumerate() {
        step(i);
        let sum = add(x2, x3);
        x0 = round(x0, x1, sum, &rk[0]);
        x1 = round(x1, x0, sum, &rk[1]);
        let sum = add(x0, x1);
        x2 = round(x2, x3, sum, &rk[2]);
        x3 = round(x3, x2, sum, &rk[3]);
    }
    [x0, x1, x2, x3]
}

/// The words of two times 64 blocks, in memory.
#[repr(align(64))]
pub(super) struct Pair(pub(super) [[Word; 4]; 2]);

impl Pair {
    /// The blocks, at the end of the rounds. Clears the words.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,gfni")]
    pub(super) fn end(&mut self, fours: &mut Fours<32>) {
        unsliced(&self.0[0], fours, 0);
        unsliced(&self.0[1], fours, 1);
        self.0 = [[[_mm512_setzero_si512(); 4]; 4]; 2];
        zeroize::optimization_barrier(self);
    }

    /// Writes a word. What is read later is read from memory: there are not registers for all, and left to itself the compiler
    /// moves words about.
    #[inline]
    fn set(&mut self, g: usize, i: usize, x: Word) {
        self.0[g][i] = x;
        zeroize::optimization_barrier(self);
    }
}

/// The same on two times 64 blocks: while one waits for an inversion, the other has work for the CPU.
#[inline]
#[target_feature(enable = "avx512f,gfni")]
pub(super) fn rounds_of_pair(keys: &Keys, x: &mut Pair, mut step: impl FnMut(usize)) {
    let mut new = [x.0[0][3], x.0[1][3]];
    for (i, rk) in keys.0.iter().enumerate() {
        step(i);
        // The words 0 and 1, then 2 and 3.
        for (half, rk) in rk.as_chunks::<2>().0.iter().enumerate() {
            let (even, odd, other) = (2 * half, 2 * half + 1, 2 - 2 * half);
            let mut sum = new;
            for (g, (sum, new)) in sum.iter_mut().zip(&mut new).enumerate() {
                *sum = add(x.0[g][other], *new);
                *new = round(x.0[g][even], x.0[g][odd], *sum, &rk[0]);
                x.set(g, even, *new);
            }
            for (g, (sum, new)) in sum.iter().zip(&mut new).enumerate() {
                *new = round(x.0[g][odd], *new, *sum, &rk[1]);
                x.set(g, odd, *new);
            }
        }
    }
}

/// x ⊕ y.
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

/// `x0` ⊕ what the round adds for the sum of `x`, `sum` and `rk`.
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
    let b = [beta(z[0]), beta(z[1]), beta(z[2]), beta(z[3])];
    let a = [alpha(z[0]), alpha(z[1]), alpha(z[2]), alpha(z[3])];
    let (b01, b23) = (_mm512_xor_si512(b[0], b[1]), _mm512_xor_si512(b[2], b[3]));
    [
        xor3(xor3(x0[0], b[1], b23), a[0], a[3]),
        xor3(xor3(x0[1], b[0], b23), a[1], a[0]),
        xor3(xor3(x0[2], b[3], b01), a[2], a[1]),
        xor3(xor3(x0[3], b[2], b01), a[3], a[2]),
    ]
}
