//! The rounds on groups of four blocks: word i of each in register i, mapped by M, the most significant byte first.
//!
//! MixColumns has β(z) in all four rotations at once: with z' = z ⋙ 8 and δ = α ⊕ 03·β, what a round adds to X0' is
//! MixColumns(β(z')) ⊕ δ(z') ⊕ (δ(z') ⋘ 8).
//!
//! A round of a group takes 16½ instructions: TBL that undoes ShiftRows and rotates, AESE (the round key is its key), AND and
//! USHR for the halves of bytes, four TBL for β and δ and two EOR, AESMC, TBL that rotates, three EOR; and one and a half EOR for
//! X1' ⊕ X2' ⊕ X3', as every other round has half the sum already. With three rotations of β and one of γ in the place of AESMC it
//! would be three more. A core with two vector pipes (Cortex-A76, Neoverse N1) can do no better than 8¼ cycles; the way through a
//! round is about 20 cycles long, so three groups would hide it. Four, for whole passes of 16 blocks, cost LLVM 22 some 20 moves to and from the stack in four rounds
//! (264 instructions).

use super::super::{
    LANES, LaneKeys, RoundKeys,
    aarch64_modes::{Rows, load_bytes, load_words, transpose},
};
use crate::sm4::maps::{self, M, M_BACK, Map};
use core::arch::aarch64::{
    uint8x16_t, uint32x4_t, vaeseq_u8, vaesmcq_u8, vandq_u8, vdupq_n_u8, vdupq_n_u32, veorq_u8,
    vqtbl1q_u8, vreinterpretq_u8_u32, vreinterpretq_u32_u8, vshrq_n_u8,
};
use core::hint::black_box;

/// Look-ups of the lower and the upper half of a byte.
pub(super) type Nibbles = [[u8; 16]; 2];

/// β, with the constant of a round, which MixColumns leaves as it is; δ; before ShiftRows; rotation.
static TABLES: (Nibbles, Nibbles, [u8; 16], [u8; 16]) = (BETA, DELTA, before(), next());

pub(super) const BETA: Nibbles = {
    let mut tables = maps::AES.beta.nibbles();
    let mut i = 0;
    while i < 16 {
        tables[0][i] ^= maps::AES.constant;
        i += 1;
    }
    tables
};
/// Multiplication by 03 in the field of AES, as in MixColumns.
const TIMES_3: Map = Map([0x03, 0x06, 0x0c, 0x18, 0x30, 0x60, 0xc0, 0x9b]);
pub(super) const DELTA: Nibbles = maps::AES.alpha.plus(TIMES_3.after(maps::AES.beta)).nibbles();

/// So that after ShiftRows, which takes byte j of column c + j to column c, byte j of each word is what was byte j − 1.
#[allow(clippy::cast_possible_truncation, reason = "numbers of bytes")]
const fn before() -> [u8; 16] {
    let (mut from, mut i) = ([0; 16], 0);
    while i < 16 {
        let (j, c) = (i % 4, i / 4);
        from[i] = ((c + 4 - j) % 4 * 4 + (j + 3) % 4) as u8;
        i += 1;
    }
    from
}

/// Rotation left by a byte.
#[allow(clippy::cast_possible_truncation, reason = "numbers of bytes")]
const fn next() -> [u8; 16] {
    let (mut from, mut i) = ([0; 16], 0);
    while i < 16 {
        from[i] = (i / 4 * 4 + (i + 1) % 4) as u8;
        i += 1;
    }
    from
}

/// The tables in registers.
struct Tables {
    beta: [uint8x16_t; 2],
    delta: [uint8x16_t; 2],
    before: uint8x16_t,
    next: uint8x16_t,
}

#[inline]
#[target_feature(enable = "neon")]
fn tables() -> Tables {
    let (beta, delta, before, next) = black_box(&TABLES);
    Tables {
        beta: beta.each_ref().map(|x| load_bytes(x)),
        delta: delta.each_ref().map(|x| load_bytes(x)),
        before: load_bytes(before),
        next: load_bytes(next),
    }
}

/// The sum of the images of the halves of each byte.
#[inline]
#[target_feature(enable = "neon")]
pub(super) fn look_up(tables: [uint8x16_t; 2], x: uint8x16_t) -> uint8x16_t {
    let (low, high) = (vandq_u8(x, vdupq_n_u8(15)), vshrq_n_u8::<4>(x));
    xor(vqtbl1q_u8(tables[0], low), vqtbl1q_u8(tables[1], high))
}

#[inline]
#[target_feature(enable = "neon")]
pub(super) fn xor(x: uint8x16_t, y: uint8x16_t) -> uint8x16_t {
    veorq_u8(x, y)
}

/// X0 ⊕ T(`t` ⊕ rk), where `rk` is rk as `before` leaves it, which is rk ⋙ 8 where all columns are equal.
#[inline]
#[target_feature(enable = "neon,aes")]
fn round(x0: uint8x16_t, t: uint8x16_t, rk: uint8x16_t, tables: &Tables) -> uint8x16_t {
    let z = vaeseq_u8(vqtbl1q_u8(t, tables.before), rk);
    let d = look_up(tables.delta, z);
    let b = vaesmcq_u8(look_up(tables.beta, z));
    xor(xor(xor(x0, d), vqtbl1q_u8(d, tables.next)), b)
}

pub(super) type Words = [uint8x16_t; 4];

/// `G` groups through the 32 rounds: X35, X34, X33, X32. `key` gives the `rk` of a round for a group.
#[inline]
#[target_feature(enable = "neon,aes")]
fn rounds<const G: usize>(
    mut x: [Words; G],
    key: impl Fn(usize, usize) -> uint8x16_t,
) -> [Words; G] {
    let tables = tables();
    for i in (0..32).step_by(4) {
        for (g, [x0, x1, x2, x3]) in x.iter_mut().enumerate() {
            *x0 = round(*x0, xor(xor(*x2, *x3), *x1), key(i, g), &tables);
        }
        for (g, [x0, x1, x2, x3]) in x.iter_mut().enumerate() {
            *x1 = round(*x1, xor(xor(*x2, *x3), *x0), key(i + 1, g), &tables);
        }
        for (g, [x0, x1, x2, x3]) in x.iter_mut().enumerate() {
            *x2 = round(*x2, xor(xor(*x0, *x1), *x3), key(i + 2, g), &tables);
        }
        for (g, [x0, x1, x2, x3]) in x.iter_mut().enumerate() {
            *x3 = round(*x3, xor(xor(*x0, *x1), *x2), key(i + 3, g), &tables);
        }
    }
    x.map(|[x0, x1, x2, x3]| [x3, x2, x1, x0])
}

#[inline]
#[target_feature(enable = "neon")]
fn transposed(x: Words) -> Words {
    transpose(x.map(|x| vreinterpretq_u32_u8(x))).map(|x| vreinterpretq_u8_u32(x))
}

/// M of each byte.
#[inline]
#[target_feature(enable = "neon")]
pub(super) fn map(x: uint8x16_t) -> uint8x16_t {
    const TABLES: Nibbles = M.nibbles();
    look_up(TABLES.each_ref().map(|x| load_bytes(x)), x)
}

/// M⁻¹ of each byte.
#[inline]
#[target_feature(enable = "neon")]
pub(super) fn map_back(x: uint8x16_t) -> uint8x16_t {
    const TABLES: Nibbles = M_BACK.nibbles();
    look_up(TABLES.each_ref().map(|x| load_bytes(x)), x)
}

/// The first blocks through the cipher, `G` groups.
#[inline]
#[target_feature(enable = "neon,aes")]
fn groups<const G: usize>(x: &mut Rows, key: impl Fn(usize, usize) -> uint8x16_t) {
    let mut words = [[vdupq_n_u8(0); 4]; G];
    for (words, x) in words.iter_mut().zip(x.as_chunks().0) {
        *words = transposed(x.map(|x| map(x)));
    }
    let words = rounds(words, key);
    for (x, words) in x.as_chunks_mut().0.iter_mut().zip(words) {
        *x = transposed(words).map(|x| map_back(x));
    }
}

/// The first `n` blocks through the cipher, 1 to 16.
#[target_feature(enable = "neon,aes")]
#[inline(never)]
pub(super) fn crypt(rk: &RoundKeys, x: &mut Rows, n: usize) {
    // Rotated on the way to the vector registers. (The most significant byte of a word is the lowest here.)
    let key = |i: usize, _| vreinterpretq_u8_u32(vdupq_n_u32(rk.0[i & 31].rotate_left(8)));
    match n {
        ..=4 => groups::<1>(x, key),
        5..=8 => groups::<2>(x, key),
        _ => groups::<4>(x, key),
    }
}

/// Each under a key of its own.
#[target_feature(enable = "neon,aes")]
pub(super) fn lanes(keys: &LaneKeys, x: &mut Rows) {
    const { assert!(LANES == 16) };
    let before = load_bytes(&before());
    groups::<4>(x, |i, g| {
        let rk = load_words(&keys.0[i & 31].as_chunks().0[g & 3]);
        vqtbl1q_u8(vreinterpretq_u8_u32(rk), before)
    });
}

#[inline]
#[target_feature(enable = "neon")]
pub(super) fn as_words(x: uint8x16_t) -> uint32x4_t {
    vreinterpretq_u32_u8(x)
}
