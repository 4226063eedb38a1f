//! The modes whose blocks do not wait for each other, 16 blocks in a pass, two in each register.
//!
//! `cipher` puts the first `n` blocks through the cipher, `n` from 1 to 16. What it makes of the others plays no part.
#![allow(unsafe_code, reason = "a kernel: loads and stores of vector registers")]
#![allow(clippy::cast_possible_truncation, reason = "the low bits of a counter")]

use super::super::{Block, Blocks, Doubling};
use crate::{secret::Temporary, sm4::passes};
use cipher::{Array, InOut, consts::U16};
use core::arch::x86_64::{
    __m256i, _mm_add_epi32, _mm_insert_epi32, _mm_setzero_si128, _mm256_loadu_si256,
    _mm256_set_m128i, _mm256_setzero_si256, _mm256_storeu_si256, _mm256_xor_si256,
};

/// The blocks of a pass.
pub(super) const WIDE: usize = 16;
/// Two blocks in each register.
pub(super) type Rows = [__m256i; WIDE / 2];
type Chunk = Array<Block, U16>;

/// Runs `pass` on 16 blocks at a time, and tells how many of them count.
#[inline]
#[target_feature(enable = "avx2")]
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
#[target_feature(enable = "avx2")]
pub(super) fn crypt(cipher: impl Fn(&mut Rows, usize), blocks: Blocks<'_, '_>) {
    each(blocks, |mut chunk, n| {
        let mut x = read(&chunk.get_in().0);
        cipher(&mut x, n);
        write(chunk.get_out(), x);
    });
}

/// CTR with a counter of 128 bits: as far as the last 32 go, which is nearly always to the end, and so on.
#[inline]
#[target_feature(enable = "avx2")]
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
#[target_feature(enable = "avx2")]
pub(super) fn ctr32(
    cipher: impl Fn(&mut Rows, usize),
    counter: &mut Block,
    blocks: Blocks<'_, '_>,
) {
    let mut next = super::words(super::load(counter));
    let add =
        |x, n: u32| _mm_add_epi32(x, _mm_insert_epi32::<3>(_mm_setzero_si128(), n.cast_signed()));
    each(blocks, |mut chunk, n| {
        let mut value = next;
        next = add(next, n as u32);
        let mut x = [_mm256_setzero_si256(); WIDE / 2];
        for x in &mut x {
            let second = add(value, 1);
            *x = _mm256_set_m128i(super::words(second), super::words(value));
            value = add(second, 1);
        }
        cipher(&mut x, n);
        let data = read(&chunk.get_in().0);
        write(chunk.get_out(), sum(x, &data));
    });
    super::store(counter, super::words(next));
}

#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn cbc_decrypt(
    cipher: impl Fn(&mut Rows, usize),
    iv: &mut Block,
    blocks: Blocks<'_, '_>,
) {
    each(blocks, |mut chunk, n| {
        let mut x = read(&chunk.get_in().0);
        cipher(&mut x, n);
        let previous = read_previous(iv, &chunk.get_in().0, n);
        write(chunk.get_out(), sum(x, &previous));
    });
}

#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn cfb_decrypt(
    cipher: impl Fn(&mut Rows, usize),
    iv: &mut Block,
    blocks: Blocks<'_, '_>,
) {
    each(blocks, |mut chunk, n| {
        let mut x = read_previous(iv, &chunk.get_in().0, n);
        cipher(&mut x, n);
        let data = read(&chunk.get_in().0);
        write(chunk.get_out(), sum(x, &data));
    });
}

#[inline]
#[target_feature(enable = "avx2")]
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
        let mut x = sum(read(&chunk.get_in().0), &read(now));
        cipher(&mut x, n);
        write(chunk.get_out(), sum(x, &read(now)));
        *tweak = tweaks[n.min(WIDE)];
    });
}

/// The rows of `x` with those of `y` added.
#[inline]
#[target_feature(enable = "avx2")]
fn sum(mut x: Rows, y: &Rows) -> Rows {
    for (x, y) in x.iter_mut().zip(y) {
        *x = _mm256_xor_si256(*x, *y);
    }
    x
}

#[inline]
#[target_feature(enable = "avx2")]
fn read(blocks: &[Block; WIDE]) -> Rows {
    let mut x = [_mm256_setzero_si256(); WIDE / 2];
    for (x, pair) in x.iter_mut().zip(blocks.as_chunks().0) {
        *x = load(pair);
    }
    x
}

/// The block before each, where `first` is before them all; it is left at the last of `n`.
#[inline]
#[target_feature(enable = "avx2")]
fn read_previous(first: &mut Block, blocks: &[Block; WIDE], n: usize) -> Rows {
    let mut previous = super::load(first);
    let mut x = [_mm256_setzero_si256(); WIDE / 2];
    for (x, [a, b]) in x.iter_mut().zip(blocks.as_chunks().0) {
        *x = _mm256_set_m128i(super::load(a), previous);
        previous = super::load(b);
    }
    *first = blocks[n.clamp(1, WIDE) - 1];
    x
}

#[inline]
#[target_feature(enable = "avx2")]
fn write(blocks: &mut Chunk, x: Rows) {
    for (pair, x) in blocks.as_chunks_mut().0.iter_mut().zip(x) {
        store(pair, x);
    }
}

#[inline]
#[target_feature(enable = "avx2")]
fn load(pair: &[Block; 2]) -> __m256i {
    // SAFETY: `pair` is 32 readable bytes, and the load needs no alignment.
    unsafe { _mm256_loadu_si256(pair.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx2")]
fn store(pair: &mut [Block; 2], x: __m256i) {
    // SAFETY: `pair` is 32 writable bytes, and the store needs no alignment.
    unsafe { _mm256_storeu_si256(pair.as_mut_ptr().cast(), x) }
}
