//! One block after another, and the key schedule: what binds is latency.
//!
//! Each word stands in all four columns, so that ShiftRows changes nothing. From one argument of the S-box to the next the
//! chain has AESE, AND (or USHR), TBL, EOR, TBL, AESMC and EOR: 14 cycles where each takes two. The other eleven are beside it.
#![allow(unsafe_code, reason = "a kernel: an addition that stays where it is")]

use super::{
    super::{
        Block, Blocks, RoundKeys,
        aarch64_modes::{load, load_bytes, store, store_words},
    },
    rounds::{BETA, DELTA, Nibbles, Words, as_words, look_up, map, map_back, xor},
};
use crate::sm4::{
    maps::{KEY_AES, M, M_CONSTANT},
    portable::{CK, FK},
};
use core::arch::{
    aarch64::{
        uint8x16_t, vaeseq_u8, vaesmcq_u8, vdupq_laneq_u32, vdupq_n_u32, vqtbl1q_u8,
        vreinterpretq_u8_u32, vreinterpretq_u8_u64, vreinterpretq_u64_u32, vzip1q_u32, vzip1q_u64,
    },
    asm,
};
use core::hint::black_box;

/// Byte j + k of each word to j: rotation left by k bytes.
#[allow(clippy::cast_possible_truncation, reason = "numbers of bytes")]
const fn rotation(k: usize) -> [u8; 16] {
    let (mut from, mut i) = ([0; 16], 0);
    while i < 16 {
        from[i] = (i / 4 * 4 + (i + k) % 4) as u8;
        i += 1;
    }
    from
}

static TABLES: (Nibbles, Nibbles, [u8; 16]) = (BETA, DELTA, rotation(3));

/// A round key, or another word, in all columns.
#[inline]
#[target_feature(enable = "neon")]
fn key(rk: u32) -> uint8x16_t {
    vreinterpretq_u8_u32(vdupq_n_u32(rk))
}

#[inline]
#[target_feature(enable = "neon")]
fn spread(x: uint8x16_t) -> Words {
    let x = as_words(x);
    [
        vdupq_laneq_u32::<0>(x),
        vdupq_laneq_u32::<1>(x),
        vdupq_laneq_u32::<2>(x),
        vdupq_laneq_u32::<3>(x),
    ]
    .map(|x| vreinterpretq_u8_u32(x))
}

#[inline]
#[target_feature(enable = "neon")]
fn gather(x: Words) -> uint8x16_t {
    let [x0, x1, x2, x3] = x.map(|x| as_words(x));
    let [low, high] = [vzip1q_u32(x0, x1), vzip1q_u32(x2, x3)].map(|x| vreinterpretq_u64_u32(x));
    vreinterpretq_u8_u64(vzip1q_u64(low, high))
}

#[inline]
#[target_feature(enable = "neon")]
fn enter(x: uint8x16_t) -> Words {
    spread(map(x))
}

#[inline]
#[target_feature(enable = "neon")]
fn leave(x: Words) -> uint8x16_t {
    map_back(gather(x))
}

#[inline]
#[target_feature(enable = "neon")]
fn add([x0, x1, x2, x3]: Words, [y0, y1, y2, y3]: Words) -> Words {
    [xor(x0, y0), xor(x1, y1), xor(x2, y2), xor(x3, y3)]
}

/// An addition that LLVM does not put in another order: `y` comes late.
#[inline]
#[target_feature(enable = "neon")]
fn late(x: uint8x16_t, y: uint8x16_t) -> uint8x16_t {
    let sum;
    // SAFETY: the instruction, of `neon`, changes one register alone.
    unsafe {
        asm!("eor {:v}.16b, {:v}.16b, {:v}.16b", lateout(vreg) sum, in(vreg) x, in(vreg) y,
            options(pure, nomem, nostack, preserves_flags));
    }
    sum
}

/// 32 rounds: X35, X34, X33, X32. `step`(t, p) is p ⊕ T(t), t still without the round key; `each` gets the words after each four
/// rounds.
#[inline]
#[target_feature(enable = "neon,aes")]
fn chain(
    rk: &[u32; 32],
    [mut x0, mut x1, mut x2, mut x3]: Words,
    step: impl Fn(uint8x16_t, uint8x16_t, uint8x16_t) -> uint8x16_t,
    mut each: impl FnMut(Words),
) -> Words {
    let mut t = xor(x1, xor(x2, x3));
    // The next t is X2 ⊕ X3 ⊕ X4, so X0 ⊕ X2 ⊕ X3 joins what T gives, and X4 is found beside the chain.
    let mut round = |x0: &mut uint8x16_t, x2, x3, rk| {
        let rest = xor(x2, x3);
        t = step(t, xor(*x0, rest), key(rk));
        *x0 = xor(t, rest);
    };
    for &[rk0, rk1, rk2, rk3] in rk.as_chunks().0 {
        round(&mut x0, x2, x3, rk0);
        round(&mut x1, x3, x0, rk1);
        round(&mut x2, x0, x1, rk2);
        round(&mut x3, x1, x2, rk3);
        each([x0, x1, x2, x3]);
    }
    [x3, x2, x1, x0]
}

/// The cipher.
#[inline]
#[target_feature(enable = "neon,aes")]
fn rounds(rk: &RoundKeys) -> impl Fn(Words) -> Words {
    let (beta, delta, previous) = black_box(&TABLES);
    let [beta, delta] = [beta, delta].map(|map| map.each_ref().map(|x| load_bytes(x)));
    let previous = load_bytes(previous);
    move |x| {
        let step = |t, p, rk| {
            let z = vaeseq_u8(t, rk);
            let b = vaesmcq_u8(vqtbl1q_u8(look_up(beta, z), previous));
            let d = look_up(delta, z);
            late(late(late(p, d), vqtbl1q_u8(d, previous)), b)
        };
        chain(&rk.0, x, step, |_| ())
    }
}

/// FK, mapped, with the constant of the S-box's argument: a sum of three words has it once.
const FK_MAPPED: [[u8; 4]; 4] = {
    let (mut words, mut i) = ([[0; 4]; 4], 0);
    while i < 4 {
        words[i] = (M.word(FK[i]) ^ u32::from_ne_bytes([M_CONSTANT; 4])).to_be_bytes();
        i += 1;
    }
    words
};

/// CK, mapped, the most significant byte first.
const CK_MAPPED: [u32; 32] = {
    let (mut words, mut i) = ([0; 32], 0);
    while i < 32 {
        words[i] = M.word(CK[i]).swap_bytes();
        i += 1;
    }
    words
};

static KEY_TABLES: ([Nibbles; 4], [[u8; 16]; 3]) = {
    let [a, b, c, d] = KEY_AES.rotated;
    let mut tables = [a.nibbles(), b.nibbles(), c.nibbles(), d.nibbles()];
    let mut i = 0;
    while i < 16 {
        tables[0][0][i] ^= KEY_AES.constant;
        i += 1;
    }
    (tables, [rotation(1), rotation(2), rotation(3)])
};

#[target_feature(enable = "neon,aes")]
pub(super) fn expand_key(key: &[u8; 16]) -> RoundKeys {
    let (maps, rotations) = black_box(&KEY_TABLES);
    let [a, b, c, d] = maps.each_ref().map(|map| map.each_ref().map(|x| load_bytes(x)));
    let [by1, by2, by3] = rotations.each_ref().map(|x| load_bytes(x));
    let mut rk = RoundKeys::new();
    let mut fours = rk.0.as_chunks_mut().0.iter_mut();
    let fk = load_bytes(FK_MAPPED.as_flattened().first_chunk().unwrap_or(&[0; 16]));
    chain(
        &CK_MAPPED,
        spread(xor(map(load_bytes(key)), fk)),
        |t, p, ck| {
            let z = vaeseq_u8(t, ck);
            let far = xor(vqtbl1q_u8(look_up(c, z), by2), vqtbl1q_u8(look_up(d, z), by3));
            late(late(late(p, look_up(a, z)), vqtbl1q_u8(look_up(b, z), by1)), far)
        },
        |k| {
            if let Some(four) = fours.next() {
                store_words(four, as_words(gather(k)));
            }
        },
    );
    rk
}

#[target_feature(enable = "neon,aes")]
pub(super) fn one(rk: &RoundKeys, x: uint8x16_t) -> uint8x16_t {
    leave(rounds(rk)(enter(x)))
}

/// What the data of a block is added to.
#[derive(Clone, Copy)]
enum Feedback {
    /// The input of the cipher, whose output is the block's and goes on.
    Cbc,
    /// The output of the cipher. The sum is the block's output and goes on.
    Cfb,
    /// The output of the cipher. The sum is the block's output, but what was added to goes on.
    Ofb,
}

/// The chaining value stays mapped from block to block; the maps of data and output are off the chain.
#[inline]
#[target_feature(enable = "neon,aes")]
fn serial(feedback: Feedback, rk: &RoundKeys, iv: &mut Block, blocks: Blocks<'_, '_>) {
    let rounds = rounds(rk);
    let mut y = enter(load(iv));
    for mut block in blocks {
        let data = load(block.get_in());
        let words = enter(data);
        let out = match feedback {
            Feedback::Cbc => {
                y = rounds(add(y, words));
                leave(y)
            }
            Feedback::Cfb => {
                y = add(rounds(y), words);
                leave(y)
            }
            Feedback::Ofb => {
                y = rounds(y);
                xor(leave(y), data)
            }
        };
        store(block.get_out(), out);
    }
    store(iv, leave(y));
}

#[target_feature(enable = "neon,aes")]
pub(super) fn cbc_encrypt(rk: &RoundKeys, iv: &mut Block, blocks: Blocks<'_, '_>) {
    serial(Feedback::Cbc, rk, iv, blocks);
}

#[target_feature(enable = "neon,aes")]
pub(super) fn cfb_encrypt(rk: &RoundKeys, iv: &mut Block, blocks: Blocks<'_, '_>) {
    serial(Feedback::Cfb, rk, iv, blocks);
}

#[target_feature(enable = "neon,aes")]
pub(super) fn ofb(rk: &RoundKeys, iv: &mut Block, blocks: Blocks<'_, '_>) {
    serial(Feedback::Ofb, rk, iv, blocks);
}

#[target_feature(enable = "neon,aes")]
pub(super) fn cbc_mac(rk: &RoundKeys, x: &mut Block, blocks: &[Block]) {
    let rounds = rounds(rk);
    let mut y = enter(load(x));
    for block in blocks {
        y = rounds(add(y, enter(load(block))));
    }
    store(x, leave(y));
}
