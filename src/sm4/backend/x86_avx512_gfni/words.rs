//! 16 or 32 blocks side by side, a register for each word of 16 blocks; and 16 blocks under 16 keys.
#![allow(unsafe_code, reason = "a kernel: loads of vector registers")]
#![allow(clippy::cast_possible_wrap, reason = "words as the intrinsics take them")]

use super::{
    super::{Block, LANES, LaneKeys, RoundKeys},
    bytes::{Register, mapped},
    span::{Fours, load, load_part, store, store_part},
    xor3,
};
use crate::sm4::maps::{INVERSE, M_BACK};
use core::arch::x86_64::{
    _mm512_gf2p8affine_epi64_epi8, _mm512_gf2p8affineinv_epi64_epi8, _mm512_loadu_si512,
    _mm512_permutexvar_epi32, _mm512_rol_epi32, _mm512_set1_epi32, _mm512_set1_epi64,
    _mm512_set4_epi32, _mm512_setr_epi32, _mm512_setzero_si512, _mm512_shuffle_epi8,
    _mm512_unpackhi_epi32, _mm512_unpacklo_epi32, _mm512_xor_si512,
};

/// The most blocks of one pass.
pub(super) const MAX: usize = 32;

/// The words of 16 blocks, each in a register.
type Group = [Register; 4];

/// The cipher on the first four fours of blocks.
#[inline(never)]
#[target_feature(enable = "avx512f,avx512bw,gfni")]
pub(super) fn crypt16(rk: &RoundKeys, x: &mut Fours<8>) {
    groups::<1>(rk, x);
}

/// The cipher on eight fours of blocks.
#[inline(never)]
#[target_feature(enable = "avx512f,avx512bw,gfni")]
pub(super) fn crypt32(rk: &RoundKeys, x: &mut Fours<8>) {
    groups::<2>(rk, x);
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw,gfni")]
fn groups<const G: usize>(rk: &RoundKeys, x: &mut Fours<8>) {
    let mut groups = [[_mm512_setzero_si512(); 4]; G];
    for (g, group) in groups.iter_mut().enumerate() {
        let four = |r| x.get(4 * g + r);
        *group = sliced([four(0), four(1), four(2), four(3)]);
    }
    let groups = rounds(groups, |i| [_mm512_set1_epi32(rk.0[i] as i32); G]);
    for (g, group) in groups.into_iter().enumerate() {
        for (r, y) in unsliced(group).into_iter().enumerate() {
            x.set(4 * g + r, y);
        }
    }
}

/// Two blocks on their way through the cipher, four rounds at a time, beside other work.
pub(super) struct Two(Group);

impl Two {
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,gfni")]
    pub(super) fn new(blocks: &[Block; 2]) -> Self {
        let zero = _mm512_setzero_si512();
        Self(sliced([load_part(blocks), zero, zero, zero]))
    }

    #[inline]
    #[target_feature(enable = "avx512f,gfni")]
    pub(super) fn four_rounds(&mut self, rk: &[u32; 4]) {
        let x = &mut self.0;
        for (j, rk) in rk.iter().enumerate() {
            let rk = _mm512_set1_epi32(*rk as i32);
            x[j] = round(x[j], x[(j + 1) & 3], x[(j + 2) & 3], x[(j + 3) & 3], rk);
        }
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,gfni")]
    pub(super) fn finish(self, blocks: &mut [Block; 2]) {
        store_part(blocks, unsliced(self.0)[0]);
    }
}

/// 16 blocks, each under its own key.
#[target_feature(enable = "avx512f,avx512bw,gfni")]
pub(super) fn lanes(keys: &LaneKeys, x: &mut [Block; LANES]) {
    let (fours, _) = x.as_chunks_mut();
    let mut y = [_mm512_setzero_si512(); 4];
    for (y, four) in y.iter_mut().zip(&*fours) {
        *y = load(four);
    }
    let y = reordered(sliced(y));
    let [y] = rounds([y], |i| [row(&keys.0[i])]);
    for (four, y) in fours.iter_mut().zip(unsliced(reordered(y))) {
        store(four, y);
    }
}

#[inline]
#[target_feature(enable = "avx512f")]
fn row(keys: &[u32; LANES]) -> Register {
    // SAFETY: `keys` is 64 readable bytes, and the load needs no alignment.
    unsafe { _mm512_loadu_si512(keys.as_ptr().cast()) }
}

/// The words of 16 blocks as [`rounds`] wants them. The word of block 4q + l is word 4l + q.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,gfni")]
fn sliced(mut x: [Register; 4]) -> Group {
    for x in &mut x {
        *x = mapped(swapped(*x));
    }
    transposed(x)
}

/// The four words that [`rounds`] ends with as blocks.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,gfni")]
fn unsliced(x: Group) -> [Register; 4] {
    let mut x = transposed([x[3], x[2], x[1], x[0]]);
    for x in &mut x {
        let back = _mm512_set1_epi64(M_BACK.matrix());
        *x = swapped(_mm512_gf2p8affine_epi64_epi8::<0>(*x, back));
    }
    x
}

/// The bytes of each word in reverse order.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
pub(super) fn swapped(x: Register) -> Register {
    let order = _mm512_set4_epi32(0x0c0d_0e0f, 0x0809_0a0b, 0x0405_0607, 0x0001_0203);
    _mm512_shuffle_epi8(x, order)
}

/// Word q of each four of register r becomes word r of those of register q.
#[inline]
#[target_feature(enable = "avx512f")]
fn transposed([a, b, c, d]: [Register; 4]) -> [Register; 4] {
    let [a, b, c, d] = [
        _mm512_unpacklo_epi32(a, c),
        _mm512_unpacklo_epi32(b, d),
        _mm512_unpackhi_epi32(a, c),
        _mm512_unpackhi_epi32(b, d),
    ];
    [
        _mm512_unpacklo_epi32(a, b),
        _mm512_unpackhi_epi32(a, b),
        _mm512_unpacklo_epi32(c, d),
        _mm512_unpackhi_epi32(c, d),
    ]
}

/// From the order of [`sliced`] to that of the blocks, or back.
#[inline]
#[target_feature(enable = "avx512f")]
fn reordered(x: Group) -> Group {
    let order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
    [
        _mm512_permutexvar_epi32(order, x[0]),
        _mm512_permutexvar_epi32(order, x[1]),
        _mm512_permutexvar_epi32(order, x[2]),
        _mm512_permutexvar_epi32(order, x[3]),
    ]
}

/// The 32 rounds on `G` groups. `rk` gives each group its round key.
#[inline]
#[target_feature(enable = "avx512f,gfni")]
fn rounds<const G: usize>(mut x: [Group; G], rk: impl Fn(usize) -> [Register; G]) -> [Group; G] {
    for i in 0..8 {
        for j in 0..4 {
            let rk = rk(4 * i + j);
            for (x, rk) in x.iter_mut().zip(rk) {
                x[j] = round(x[j], x[(j + 1) & 3], x[(j + 2) & 3], x[(j + 3) & 3], rk);
            }
        }
    }
    x
}

#[inline]
#[target_feature(enable = "avx512f,gfni")]
fn round(x0: Register, x1: Register, x2: Register, x3: Register, rk: Register) -> Register {
    let z = _mm512_xor_si512(xor3(x1, x2, rk), x3);
    // The constant comes three times, which is once. β goes first: more is to be done with it.
    let b = _mm512_gf2p8affineinv_epi64_epi8::<{ INVERSE.constant as i32 }>(
        z,
        _mm512_set1_epi64(INVERSE.beta.matrix()),
    );
    let a = _mm512_gf2p8affineinv_epi64_epi8::<0>(z, _mm512_set1_epi64(INVERSE.alpha.matrix()));
    let (b8, b16) = (_mm512_rol_epi32::<8>(b), _mm512_rol_epi32::<16>(b));
    let c24 = _mm512_rol_epi32::<24>(_mm512_xor_si512(a, b));
    xor3(xor3(x0, a, b8), b16, c24)
}
