//! SM4 where latency binds, with the S-box of AES and look-ups in halves of bytes.
//!
//! One block: the four bytes of a word lie in the even positions of half a register, and once more in the other half; zeros, which
//! the S-box keeps, in the odd ones. So one shift takes the upper halves of bytes down with nothing to mask off, and ShiftRows,
//! which in even positions takes bytes from one half to the other, changes nothing.
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
    x86_serial::{self, Chain, SWAP, Words, bytes, load, store, store_words, xor},
};
use crate::sm4::maps::{AES, KEY_AES, M, M_BACK};
use core::arch::x86_64::*;

/// Look-ups of the lower and the upper half of a byte.
type Nibbles = [[u8; 16]; 2];

const ROUND: [Nibbles; 3] = [AES.alpha.nibbles(), AES.beta.nibbles(), AES.gamma.nibbles()];
const KEY_ROUND: [Nibbles; 4] = {
    let [a, b, c, d] = KEY_AES.rotated;
    [a.nibbles(), b.nibbles(), c.nibbles(), d.nibbles()]
};

/// Added to the S-box: its constant in the even positions, and what it makes of 0 in the odd ones.
const EVEN: i32 = 0x6300_6300 | (0x0001_0001 * AES.constant_before as i32);
/// The lower halves of bytes in even positions.
const HALVES: i32 = 0x000f_000f;

/// Word `i` of a block in the form above.
const fn spread_from(i: usize) -> [u8; 16] {
    let (mut index, mut j) = ([0x80; 16], 0);
    while j < 16 {
        index[j] = (4 * i + j / 2 % 4) as u8;
        j += 2;
    }
    index
}

const SPREAD: [[u8; 16]; 4] = [spread_from(0), spread_from(1), spread_from(2), spread_from(3)];

/// A word in the form above rotated left by `n` bytes.
const fn rotation(n: usize) -> [u8; 16] {
    let (mut index, mut j) = ([0x80; 16], 0);
    while j < 16 {
        index[j] = (j & 8 | (j + 8 - 2 * n) & 6) as u8;
        j += 2;
    }
    index
}

const ROTATIONS: [[u8; 16]; 3] = [rotation(1), rotation(2), rotation(3)];

/// Takes back ShiftRows, and rotates each word left by `n` bytes.
pub(super) const fn unshifted(n: usize) -> [u8; 16] {
    let (mut index, mut i) = ([0; 16], 0);
    while i < 16 {
        let row = (i + 4 - n) & 3;
        index[i] = (4 * ((i / 4 + 4 - row) & 3) + row) as u8;
        i += 1;
    }
    index
}

const UNSHIFTED: [[u8; 16]; 4] = [unshifted(0), unshifted(1), unshifted(2), unshifted(3)];

#[target_feature(enable = "avx2")]
#[inline]
fn look_up(tables: &Nibbles, low: __m128i, high: __m128i) -> __m128i {
    let low = _mm_shuffle_epi8(bytes(&tables[0]), low);
    _mm_xor_si128(low, _mm_shuffle_epi8(bytes(&tables[1]), high))
}

/// The image of each byte.
#[target_feature(enable = "avx2")]
#[inline]
fn image(map: &Nibbles, x: __m128i) -> __m128i {
    let mask = _mm_set1_epi8(15);
    look_up(map, _mm_and_si128(x, mask), _mm_and_si128(_mm_srli_epi32::<4>(x), mask))
}

/// `p` ⊕ z ⊕ (z1 ⋘ 8) ⊕ (z2 ⋘ 16) ⊕ (z3 ⋘ 24) with z, z1, z2, z3 the images under the maps of the S-box of `t`.
#[target_feature(enable = "avx2,aes")]
#[inline]
fn round(maps: [&Nibbles; 4], t: __m128i, p: __m128i) -> __m128i {
    let z = _mm_aesenclast_si128(t, _mm_set1_epi32(EVEN));
    let low = _mm_and_si128(z, _mm_set1_epi32(HALVES));
    let high = _mm_srli_epi16::<4>(z);
    let z1 = _mm_shuffle_epi8(look_up(maps[1], low, high), bytes(&ROTATIONS[0]));
    let z2 = _mm_shuffle_epi8(look_up(maps[2], low, high), bytes(&ROTATIONS[1]));
    let z3 = _mm_shuffle_epi8(look_up(maps[3], low, high), bytes(&ROTATIONS[2]));
    xor(xor(xor(look_up(maps[0], low, high), p), z1), xor(z2, z3))
}

#[target_feature(enable = "avx2,aes")]
#[inline]
fn step(t: __m128i, p: __m128i) -> __m128i {
    let z = _mm_aesenclast_si128(t, _mm_set1_epi32(EVEN));
    let low = _mm_and_si128(z, _mm_set1_epi32(HALVES));
    let high = _mm_srli_epi16::<4>(z);
    let z0 = look_up(&ROUND[0], low, high);
    let z1 = look_up(&ROUND[1], low, high);
    let z3 = _mm_xor_si128(z0, z1);
    let z3 = _mm_shuffle_epi8(z3, bytes(&ROTATIONS[2]));
    let z2 = _mm_shuffle_epi8(z1, bytes(&ROTATIONS[1]));
    let z1 = _mm_shuffle_epi8(z1, bytes(&ROTATIONS[0]));
    xor(xor(xor(xor(z0, p), z1), z2), z3)
}

/// The same with a word of each of four blocks in every byte.
#[target_feature(enable = "avx2,aes")]
#[inline]
fn group_step(t: __m128i, p: __m128i) -> __m128i {
    let z = _mm_aesenclast_si128(t, _mm_set1_epi8(AES.constant_before as i8));
    let mask = _mm_set1_epi8(15);
    let (low, high) = (_mm_and_si128(z, mask), _mm_and_si128(_mm_srli_epi32::<4>(z), mask));
    let [z0, z1] = [&ROUND[0], &ROUND[1]].map(|map| look_up(map, low, high));
    let z3 = _mm_shuffle_epi8(_mm_xor_si128(z0, z1), bytes(&UNSHIFTED[3]));
    let z2 = _mm_shuffle_epi8(z1, bytes(&UNSHIFTED[2]));
    let z1 = _mm_shuffle_epi8(z1, bytes(&UNSHIFTED[1]));
    let z0 = _mm_shuffle_epi8(z0, bytes(&UNSHIFTED[0]));
    xor(xor(xor(z0, p), xor(z1, z2)), z3)
}

#[target_feature(enable = "avx2,aes")]
#[inline]
fn key_step(t: __m128i, p: __m128i) -> __m128i {
    round(KEY_ROUND.each_ref(), t, p)
}

/// Every word of a block, mapped, in its place.
#[target_feature(enable = "avx2")]
#[inline]
fn map(x: __m128i) -> __m128i {
    const TABLES: Nibbles = M.nibbles();
    image(&TABLES, _mm_shuffle_epi8(x, bytes(&SWAP)))
}

#[target_feature(enable = "avx2")]
#[inline]
fn map_back(x: __m128i) -> __m128i {
    const TABLES: Nibbles = M_BACK.nibbles();
    _mm_shuffle_epi8(image(&TABLES, x), bytes(&SWAP))
}

#[target_feature(enable = "avx2")]
#[inline]
fn spread(x: __m128i) -> Words {
    [0, 1, 2, 3].map(|i| _mm_shuffle_epi8(x, bytes(&SPREAD[i])))
}

#[target_feature(enable = "avx2")]
#[inline]
fn gather([x0, x1, x2, x3]: Words) -> __m128i {
    _mm_packus_epi16(_mm_blend_epi32::<0b1100>(x0, x1), _mm_blend_epi32::<0b1100>(x2, x3))
}

#[target_feature(enable = "avx2")]
#[inline]
fn key(rk: u32) -> __m128i {
    _mm_shuffle_epi8(_mm_set1_epi32(rk as i32), bytes(&SPREAD[0]))
}

#[target_feature(enable = "avx2")]
#[inline]
fn group_key(rk: u32) -> __m128i {
    _mm_set1_epi32(rk as i32)
}

/// One for each `MODE` that takes it: LLVM then has the rounds in place, where a call would cost ten cycles a block.
#[target_feature(enable = "avx2,aes")]
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
#[target_feature(enable = "avx2,aes")]
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

#[target_feature(enable = "avx2,aes")]
pub(super) fn cbc_encrypt(rk: &RoundKeys, iv: &mut Block, blocks: Blocks<'_, '_>) {
    chain::<'b'>(rk).cbc_encrypt(iv, blocks);
}

#[target_feature(enable = "avx2,aes")]
pub(super) fn cfb_encrypt(rk: &RoundKeys, iv: &mut Block, blocks: Blocks<'_, '_>) {
    chain::<'f'>(rk).cfb_encrypt(iv, blocks);
}

#[target_feature(enable = "avx2,aes")]
pub(super) fn ofb(rk: &RoundKeys, iv: &mut Block, blocks: Blocks<'_, '_>) {
    chain::<'o'>(rk).ofb(iv, blocks);
}

#[target_feature(enable = "avx2,aes")]
pub(super) fn cbc_mac(rk: &RoundKeys, x: &mut Block, blocks: &[Block]) {
    chain::<'m'>(rk).cbc_mac(x, blocks);
}

#[target_feature(enable = "avx2,aes")]
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
        one: |x| x86_serial::rounds(&rk.0, x, |rk| group_key(rk), |t, p| group_step(t, p), |_| ()),
        two: |x| x86_serial::rounds(&rk.0, x, |rk| group_key(rk), |t, p| group_step(t, p), |_| ()),
        map_back: |x| map_back(x),
    }
}

/// Any number of blocks, up to eight at a time.
#[target_feature(enable = "avx2,aes")]
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
#[target_feature(enable = "avx2,aes")]
pub(super) fn ctr(
    rk: &RoundKeys,
    counter: &mut Block,
    next: impl Fn(u128) -> u128,
    blocks: Blocks<'_, '_>,
) {
    groups(rk).ctr(counter, next, blocks);
}

#[target_feature(enable = "avx2,aes")]
pub(super) fn ccm_encrypt(
    rk: &RoundKeys,
    counter: &mut Block,
    x: &mut Block,
    blocks: Blocks<'_, '_>,
) {
    groups(rk).ccm_encrypt(counter, x, blocks);
}

#[target_feature(enable = "avx2,aes")]
pub(super) fn ccm_decrypt(
    rk: &RoundKeys,
    counter: &mut Block,
    x: &mut Block,
    blocks: Blocks<'_, '_>,
) {
    groups(rk).ccm_decrypt(counter, x, blocks);
}
