//! The modes whose blocks do not wait for each other, 16 blocks in a pass, for the kernels of aarch64.
//!
//! `cipher` puts the first `n` blocks through the cipher, `n` from 1 to 16. What it makes of the others plays no part.
#![allow(unsafe_code, reason = "a kernel: loads and stores of vector registers")]
#![allow(clippy::cast_possible_truncation, reason = "the low bits of a counter")]

use super::{Block, Blocks, Doubling};
use crate::{secret::Temporary, sm4::passes};
use cipher::{Array, InOut, consts::U16};
use core::arch::aarch64::{
    uint8x16_t, uint32x4_t, vaddq_u32, vdupq_n_u32, veorq_u8, vld1q_u8, vld1q_u32,
    vreinterpretq_u8_u32, vreinterpretq_u32_u8, vreinterpretq_u32_u64, vreinterpretq_u64_u32,
    vrev32q_u8, vsetq_lane_u32, vst1q_u8, vst1q_u32, vtrn1q_u32, vtrn2q_u32, vzip1q_u64,
    vzip2q_u64,
};

/// The blocks of a pass.
pub(super) const WIDE: usize = 16;
/// A block in each register.
pub(super) type Rows = [uint8x16_t; WIDE];
type Chunk = Array<Block, U16>;

/// Runs `pass` on 16 blocks at a time, and tells how many of them count.
#[inline]
#[target_feature(enable = "neon")]
fn each(blocks: Blocks<'_, '_>, mut pass: impl FnMut(InOut<'_, '_, Chunk>, usize)) {
    let (chunks, mut rest) = blocks.into_chunks::<U16>();
    let mut buffer = Temporary::<[Block; WIDE]>::new();
    let n = rest.len();
    let (short, _) = buffer.split_at_mut(n);
    short.copy_from_slice(rest.get_in());
    let last = (n != 0).then_some((InOut::from(<&mut Chunk>::from(&mut *buffer)), n));
    for (chunk, n) in chunks.into_iter().map(|chunk| (chunk, WIDE)).chain(last) {
        pass(chunk, n);
    }
    let (short, _) = buffer.split_at(n);
    rest.get_out().copy_from_slice(short);
}

#[inline]
#[target_feature(enable = "neon")]
pub(super) fn crypt(cipher: impl Fn(&mut Rows, usize), blocks: Blocks<'_, '_>) {
    each(blocks, |mut chunk, n| {
        let mut x = read(chunk.get_in());
        cipher(&mut x, n);
        write(chunk.get_out(), x);
    });
}

/// CTR with a counter of 128 bits: as far as the last 32 go, which is nearly always to the end, and so on.
#[inline]
#[target_feature(enable = "neon")]
pub(super) fn ctr(
    cipher: impl Fn(&mut Rows, usize),
    counter: &mut Block,
    mut blocks: Blocks<'_, '_>,
) {
    let mut value = u128::from_be_bytes(counter.0);
    while !blocks.is_empty() {
        let left = (1 << 32) - u64::from(value as u32);
        let n = blocks.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        let (now, rest) = blocks.split_at(n);
        ctr32(&cipher, &mut value.to_be_bytes().into(), now);
        value = value.wrapping_add(n as u128);
        blocks = rest;
    }
    counter.0 = value.to_be_bytes();
}

/// CTR with a counter in the last 32 bits.
#[inline]
#[target_feature(enable = "neon")]
pub(super) fn ctr32(
    cipher: impl Fn(&mut Rows, usize),
    counter: &mut Block,
    blocks: Blocks<'_, '_>,
) {
    let mut next = words(load(counter));
    each(blocks, |mut chunk, n| {
        let mut value = next;
        next = vaddq_u32(next, last_word(n as u32));
        let mut x = [load(&Block::default()); WIDE];
        for x in &mut x {
            *x = bytes(value);
            value = vaddq_u32(value, last_word(1));
        }
        cipher(&mut x, n);
        let data = read(chunk.get_in());
        write(chunk.get_out(), sum(x, &data));
    });
    store(counter, bytes(next));
}

#[inline]
#[target_feature(enable = "neon")]
pub(super) fn cbc_decrypt(
    cipher: impl Fn(&mut Rows, usize),
    iv: &mut Block,
    blocks: Blocks<'_, '_>,
) {
    each(blocks, |mut chunk, n| {
        let mut x = read(chunk.get_in());
        cipher(&mut x, n);
        let previous = read_previous(iv, chunk.get_in(), n);
        write(chunk.get_out(), sum(x, &previous));
    });
}

#[inline]
#[target_feature(enable = "neon")]
pub(super) fn cfb_decrypt(
    cipher: impl Fn(&mut Rows, usize),
    iv: &mut Block,
    blocks: Blocks<'_, '_>,
) {
    each(blocks, |mut chunk, n| {
        let mut x = read_previous(iv, chunk.get_in(), n);
        cipher(&mut x, n);
        let data = read(chunk.get_in());
        write(chunk.get_out(), sum(x, &data));
    });
}

#[inline]
#[target_feature(enable = "neon")]
pub(super) fn xts(
    cipher: impl Fn(&mut Rows, usize),
    tweak: &mut Block,
    doubling: Doubling,
    blocks: Blocks<'_, '_>,
) {
    let mut tweaks = Temporary::<[Block; WIDE + 1]>::new();
    each(blocks, |mut chunk, n| {
        for t in tweaks.iter_mut() {
            *t = *tweak;
            passes::double(tweak, doubling);
        }
        let [now @ .., _] = &*tweaks;
        let now = now.each_ref().map(|t| load(t));
        let mut x = sum(read(chunk.get_in()), &now);
        cipher(&mut x, n);
        let [now @ .., _] = &*tweaks;
        let now = now.each_ref().map(|t| load(t));
        write(chunk.get_out(), sum(x, &now));
        *tweak = tweaks[n.min(WIDE)];
    });
}

/// The rows of `x` with those of `y` added.
#[inline]
#[target_feature(enable = "neon")]
fn sum(mut x: Rows, y: &Rows) -> Rows {
    for (x, y) in x.iter_mut().zip(y) {
        *x = veorq_u8(*x, *y);
    }
    x
}

#[inline]
#[target_feature(enable = "neon")]
fn read(blocks: &Chunk) -> Rows {
    blocks.0.each_ref().map(|block| load(block))
}

/// The block before each, where `first` is before them all; it is left at the last of `n`.
#[inline]
#[target_feature(enable = "neon")]
fn read_previous(first: &mut Block, blocks: &Chunk, n: usize) -> Rows {
    let mut previous = load(first);
    let x = blocks.0.each_ref().map(|block| core::mem::replace(&mut previous, load(block)));
    *first = blocks[n.clamp(1, WIDE) - 1];
    x
}

#[inline]
#[target_feature(enable = "neon")]
fn write(blocks: &mut Chunk, x: Rows) {
    for (block, x) in blocks.iter_mut().zip(x) {
        store(block, x);
    }
}

/// `x` in the last word.
#[inline]
#[target_feature(enable = "neon")]
fn last_word(x: u32) -> uint32x4_t {
    vsetq_lane_u32::<3>(x, vdupq_n_u32(0))
}

/// The big-endian words of a block.
#[inline]
#[target_feature(enable = "neon")]
pub(super) fn words(x: uint8x16_t) -> uint32x4_t {
    vreinterpretq_u32_u8(vrev32q_u8(x))
}

/// The block of big-endian words.
#[inline]
#[target_feature(enable = "neon")]
pub(super) fn bytes(x: uint32x4_t) -> uint8x16_t {
    vrev32q_u8(vreinterpretq_u8_u32(x))
}

/// Word j of register i to word i of register j.
#[inline]
#[target_feature(enable = "neon")]
pub(super) fn transpose([a, b, c, d]: [uint32x4_t; 4]) -> [uint32x4_t; 4] {
    let [ab, ab2, cd, cd2] =
        [vtrn1q_u32(a, b), vtrn2q_u32(a, b), vtrn1q_u32(c, d), vtrn2q_u32(c, d)]
            .map(|x| vreinterpretq_u64_u32(x));
    [vzip1q_u64(ab, cd), vzip1q_u64(ab2, cd2), vzip2q_u64(ab, cd), vzip2q_u64(ab2, cd2)]
        .map(|x| vreinterpretq_u32_u64(x))
}

#[inline]
#[target_feature(enable = "neon")]
pub(super) fn load(block: &Block) -> uint8x16_t {
    load_bytes(&block.0)
}

#[inline]
#[target_feature(enable = "neon")]
pub(super) fn load_bytes(bytes: &[u8; 16]) -> uint8x16_t {
    // SAFETY: `bytes` is 16 readable bytes, and the load needs no alignment.
    unsafe { vld1q_u8(bytes.as_ptr()) }
}

#[inline]
#[target_feature(enable = "neon")]
pub(super) fn load_words(words: &[u32; 4]) -> uint32x4_t {
    // SAFETY: `words` is 16 readable bytes, and the load needs no alignment.
    unsafe { vld1q_u32(words.as_ptr()) }
}

#[inline]
#[target_feature(enable = "neon")]
pub(super) fn store(block: &mut Block, x: uint8x16_t) {
    // SAFETY: `block` is 16 writable bytes, and the store needs no alignment.
    unsafe { vst1q_u8(block.0.as_mut_ptr(), x) }
}

#[inline]
#[target_feature(enable = "neon")]
pub(super) fn store_words(words: &mut [u32; 4], x: uint32x4_t) {
    // SAFETY: `words` is 16 writable bytes, and the store needs no alignment.
    unsafe { vst1q_u32(words.as_mut_ptr(), x) }
}
