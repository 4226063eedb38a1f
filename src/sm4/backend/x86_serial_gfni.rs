//! SM4 where latency binds, with GFNI: each of α, β and γ is one instruction with the inversion.
//!
//! A register has a word of one block four times, or a word of each of four blocks. The chain of a round: inversion, rotation, two
//! additions, which is eight cycles where the inversion among other instructions takes five.
#![allow(unsafe_code, reason = "a kernel: what x86_serial.rs has")]
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::type_complexity,
    clippy::wildcard_imports,
    reason = "words as the intrinsics take them; closures; the intrinsics"
)]

use super::{
    Block, Blocks, RoundKeys,
    x86_groups::Groups,
    x86_serial::{self, Chain, SWAP, Words, bytes, load, opaque, store, store_words, xor},
};
use crate::sm4::maps::{INVERSE, KEY_INVERSE, M, M_BACK};
use core::arch::x86_64::*;

/// Each word rotated left by `n` bytes.
pub(super) const fn rotation(n: usize) -> [u8; 16] {
    let (mut index, mut i) = ([0; 16], 0);
    while i < 16 {
        index[i] = (i & !3 | (i + 4 - n) & 3) as u8;
        i += 1;
    }
    index
}

const ROTATIONS: [[u8; 16]; 3] = [rotation(1), rotation(2), rotation(3)];

const ALPHA: i64 = INVERSE.alpha.matrix();
const BETA: i64 = INVERSE.beta.matrix();
const GAMMA: i64 = INVERSE.gamma.matrix();
const CONSTANT: i32 = INVERSE.constant as i32;
const KEY: [i64; 4] = {
    let [a, b, c, d] = KEY_INVERSE.rotated;
    [a.matrix(), b.matrix(), c.matrix(), d.matrix()]
};
const KEY_CONSTANT: i32 = KEY_INVERSE.constant as i32;

/// Of the word four times: one of its copies in half a register, rotated left by `n` bytes, four times.
const fn rotation_of(half: usize, n: usize) -> [u8; 16] {
    let (mut index, mut i) = ([0; 16], 0);
    while i < 16 {
        index[i] = (8 * half + ((i + 4 - n) & 3)) as u8;
        i += 1;
    }
    index
}

const ROTATIONS_OF_HALVES: [[u8; 16]; 3] =
    [rotation_of(0, 1), rotation_of(0, 2), rotation_of(1, 3)];

/// `p` ⊕ α(z) ⊕ (β(z) ⋘ 8) ⊕ (β(z) ⋘ 16) ⊕ (γ(z) ⋘ 24) with z = `t`⁻¹, on four blocks.
#[target_feature(enable = "avx2,gfni")]
#[inline]
fn group_step(t: __m128i, p: __m128i) -> __m128i {
    let beta = _mm_gf2p8affineinv_epi64_epi8::<0>(t, _mm_set1_epi64x(BETA));
    let gamma = _mm_gf2p8affineinv_epi64_epi8::<0>(t, _mm_set1_epi64x(GAMMA));
    let alpha = _mm_gf2p8affineinv_epi64_epi8::<CONSTANT>(t, _mm_set1_epi64x(ALPHA));
    let z1 = _mm_shuffle_epi8(beta, bytes(&ROTATIONS[0]));
    let z2 = _mm_shuffle_epi8(beta, opaque(bytes(&ROTATIONS[1])));
    let z3 = _mm_shuffle_epi8(gamma, bytes(&ROTATIONS[2]));
    xor(xor(xor(alpha, p), z1), xor(z2, z3))
}

/// The same on one, β in the lower half and γ in the upper.
#[target_feature(enable = "avx2,gfni")]
#[inline]
fn step(t: __m128i, p: __m128i) -> __m128i {
    let z = _mm_gf2p8affineinv_epi64_epi8::<0>(t, _mm_set_epi64x(GAMMA, BETA));
    let alpha = _mm_gf2p8affineinv_epi64_epi8::<CONSTANT>(t, _mm_set1_epi64x(ALPHA));
    let z1 = _mm_shuffle_epi8(z, bytes(&ROTATIONS_OF_HALVES[0]));
    let z2 = _mm_shuffle_epi8(z, opaque(bytes(&ROTATIONS_OF_HALVES[1])));
    let z3 = _mm_shuffle_epi8(z, bytes(&ROTATIONS_OF_HALVES[2]));
    xor(xor(xor(alpha, p), z1), xor(z2, z3))
}

#[target_feature(enable = "avx2,gfni")]
#[inline]
fn key_step(t: __m128i, p: __m128i) -> __m128i {
    let z1 = _mm_gf2p8affineinv_epi64_epi8::<0>(t, _mm_set1_epi64x(KEY[1]));
    let z2 = _mm_gf2p8affineinv_epi64_epi8::<0>(t, _mm_set1_epi64x(KEY[2]));
    let z3 = _mm_gf2p8affineinv_epi64_epi8::<0>(t, _mm_set1_epi64x(KEY[3]));
    let z0 = _mm_gf2p8affineinv_epi64_epi8::<KEY_CONSTANT>(t, _mm_set1_epi64x(KEY[0]));
    let z1 = _mm_shuffle_epi8(z1, bytes(&ROTATIONS[0]));
    let z2 = _mm_shuffle_epi8(z2, opaque(bytes(&ROTATIONS[1])));
    let z3 = _mm_shuffle_epi8(z3, bytes(&ROTATIONS[2]));
    xor(xor(xor(z0, p), z1), xor(z2, z3))
}

/// Every word of a block, mapped, in its place.
#[target_feature(enable = "avx2,gfni")]
#[inline]
fn map(x: __m128i) -> __m128i {
    let words = _mm_shuffle_epi8(x, bytes(&SWAP));
    _mm_gf2p8affine_epi64_epi8::<0>(words, _mm_set1_epi64x(M.matrix()))
}

#[target_feature(enable = "avx2,gfni")]
#[inline]
fn map_back(x: __m128i) -> __m128i {
    let words = _mm_gf2p8affine_epi64_epi8::<0>(x, _mm_set1_epi64x(M_BACK.matrix()));
    _mm_shuffle_epi8(words, bytes(&SWAP))
}

/// Each word four times.
#[target_feature(enable = "avx2")]
#[inline]
fn spread(x: __m128i) -> Words {
    [
        _mm_shuffle_epi32::<0b00_00_00_00>(x),
        _mm_shuffle_epi32::<0b01_01_01_01>(x),
        _mm_shuffle_epi32::<0b10_10_10_10>(x),
        _mm_shuffle_epi32::<0b11_11_11_11>(x),
    ]
}

#[target_feature(enable = "avx2")]
#[inline]
fn gather([x0, x1, x2, x3]: Words) -> __m128i {
    _mm_unpacklo_epi64(_mm_unpacklo_epi32(x0, x1), _mm_unpacklo_epi32(x2, x3))
}

#[target_feature(enable = "avx2")]
#[inline]
fn key(rk: u32) -> __m128i {
    _mm_set1_epi32(rk as i32)
}

/// One for each `MODE` that takes it: LLVM then has the rounds in place, where a call would cost ten cycles a block.
#[target_feature(enable = "avx2,gfni")]
#[inline]
fn chain<const MODE: char>(
    rk: &RoundKeys,
) -> Chain<impl Fn(__m128i) -> Words, impl Fn(Words) -> Words, impl Fn(Words) -> __m128i> {
    Chain {
        enter: |x| spread(map(x)),
        rounds: |x| {
            let [y] = x86_serial::rounds(&rk.0, [x], |rk| key(rk), |t, p| step(t, p), |_| ());
            y
        },
        leave: |x| map_back(gather(x)),
    }
}

/// FK has the constant of the S-box's argument in it, so that the sums of three words and the round keys have it too.
#[target_feature(enable = "avx2,gfni")]
pub(super) fn expand_key(master: &[u8; 16]) -> RoundKeys {
    let mut rk = RoundKeys::new();
    let (fours, _) = rk.0.as_chunks_mut::<4>();
    let mut fours = fours.iter_mut();
    let k = spread(_mm_xor_si128(map(bytes(master)), x86_serial::fk()));
    x86_serial::rounds(
        &x86_serial::CK_MAPPED,
        [k],
        |ck| key(ck),
        |t, p| key_step(t, p),
        |[k]| {
            if let Some(four) = fours.next() {
                store_words(four, gather(k));
            }
        },
    );
    rk
}

#[target_feature(enable = "avx2,gfni")]
pub(super) fn cbc_encrypt(rk: &RoundKeys, iv: &mut Block, blocks: Blocks<'_, '_>) {
    chain::<'b'>(rk).cbc_encrypt(iv, blocks);
}

#[target_feature(enable = "avx2,gfni")]
pub(super) fn cfb_encrypt(rk: &RoundKeys, iv: &mut Block, blocks: Blocks<'_, '_>) {
    chain::<'f'>(rk).cfb_encrypt(iv, blocks);
}

#[target_feature(enable = "avx2,gfni")]
pub(super) fn ofb(rk: &RoundKeys, iv: &mut Block, blocks: Blocks<'_, '_>) {
    chain::<'o'>(rk).ofb(iv, blocks);
}

#[target_feature(enable = "avx2,gfni")]
pub(super) fn cbc_mac(rk: &RoundKeys, x: &mut Block, blocks: &[Block]) {
    chain::<'m'>(rk).cbc_mac(x, blocks);
}

#[target_feature(enable = "avx2,gfni")]
#[inline]
fn groups(
    rk: &RoundKeys,
) -> Groups<
    impl Fn(__m128i) -> __m128i,
    impl Fn([Words; 1]) -> [Words; 1],
    impl Fn([Words; 2]) -> [Words; 2],
    impl Fn(__m128i) -> __m128i,
> {
    Groups {
        map: |x| map(x),
        one: |x| x86_serial::rounds(&rk.0, x, |rk| key(rk), |t, p| group_step(t, p), |_| ()),
        two: |x| x86_serial::rounds(&rk.0, x, |rk| key(rk), |t, p| group_step(t, p), |_| ()),
        map_back: |x| map_back(x),
    }
}

/// Any number of blocks, up to eight at a time.
#[target_feature(enable = "avx2,gfni")]
pub(super) fn crypt(rk: &RoundKeys, mut blocks: Blocks<'_, '_>) {
    if let [x] = blocks.get_in() {
        let y = chain::<'e'>(rk).one(load(x));
        if let [out] = blocks.get_out() {
            store(out, y);
        }
    } else {
        groups(rk).crypt(blocks);
    }
}

/// CTR on any number of blocks, up to eight at a time; `next` steps the counter.
#[target_feature(enable = "avx2,gfni")]
pub(super) fn ctr(
    rk: &RoundKeys,
    counter: &mut Block,
    next: impl Fn(u128) -> u128,
    blocks: Blocks<'_, '_>,
) {
    groups(rk).ctr(counter, next, blocks);
}

#[target_feature(enable = "avx2,gfni")]
pub(super) fn ccm_encrypt(
    rk: &RoundKeys,
    counter: &mut Block,
    x: &mut Block,
    blocks: Blocks<'_, '_>,
) {
    groups(rk).ccm_encrypt(counter, x, blocks);
}

#[target_feature(enable = "avx2,gfni")]
pub(super) fn ccm_decrypt(
    rk: &RoundKeys,
    counter: &mut Block,
    x: &mut Block,
    blocks: Blocks<'_, '_>,
) {
    groups(rk).ccm_decrypt(counter, x, blocks);
}
