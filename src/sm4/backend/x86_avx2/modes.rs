//! The modes whose blocks do not wait for each other: passes of up to 64 blocks through a [`State`].

use super::{
    super::{Block, Blocks, Doubling, RoundKeys},
    Core,
    state::{ROWS, State, load, load16, store, store16, word, xor},
    tweaks::Tweaks,
};
use crate::secret::Temporary;
use cipher::consts::U2;
use core::arch::x86_64::{
    __m256i, _mm256_add_epi32, _mm256_castsi128_si256, _mm256_castsi256_si128, _mm256_set_m128i,
    _mm256_setr_epi32,
};

/// Runs `pass` on the blocks, at most a state at a time; with the state and the number of groups.
#[inline]
#[target_feature(enable = "avx2")]
fn each(mut blocks: Blocks<'_, '_>, mut pass: impl FnMut(Blocks<'_, '_>, &mut State, usize)) {
    let mut state = Temporary::<State>::new();
    while !blocks.is_empty() {
        let n = blocks.len().min(2 * ROWS);
        let (now, rest) = blocks.split_at(n);
        let groups = now.len().div_ceil(8);
        pass(now, &mut state, groups);
        blocks = rest;
    }
}

/// Blocks to the rows of a state, two by two.
#[inline]
#[target_feature(enable = "avx2")]
fn read(rows: &mut [__m256i], blocks: &[Block]) {
    let (pairs, last) = blocks.as_chunks();
    for (row, pair) in rows.iter_mut().zip(pairs) {
        *row = load(pair);
    }
    for (row, last) in rows.iter_mut().skip(pairs.len()).zip(last) {
        *row = _mm256_castsi128_si256(load16(last));
    }
}

/// The same, but of the block before each: `first` is the one before the first, and is left at the last.
#[inline]
#[target_feature(enable = "avx2")]
fn read_previous(rows: &mut [__m256i], first: &mut Block, blocks: &[Block]) {
    let mut previous = load16(first);
    let (pairs, last) = blocks.as_chunks();
    for (row, [a, b]) in rows.iter_mut().zip(pairs) {
        *row = _mm256_set_m128i(load16(a), previous);
        previous = load16(b);
    }
    for (row, last) in rows.iter_mut().skip(pairs.len()).zip(last) {
        *row = _mm256_castsi128_si256(previous);
        previous = load16(last);
    }
    store16(first, previous);
}

/// `out`(input, row) of each pair of blocks.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn write(
    blocks: Blocks<'_, '_>,
    rows: impl Iterator<Item = __m256i>,
    out: impl Fn(__m256i, __m256i) -> __m256i,
) {
    let mut rows = rows;
    let (pairs, last) = blocks.into_chunks::<U2>();
    for (mut pair, row) in pairs.into_iter().zip(&mut rows) {
        let x = out(load(&pair.get_in().0), row);
        store(&mut pair.get_out().0, x);
    }
    for (mut block, row) in last.into_iter().zip(rows) {
        let x = out(_mm256_castsi128_si256(load16(block.get_in())), row);
        store16(block.get_out(), _mm256_castsi256_si128(x));
    }
}

#[target_feature(enable = "avx2")]
pub(super) fn crypt(core: impl Core, rk: &RoundKeys, blocks: Blocks<'_, '_>) {
    each(blocks, |blocks, state, groups| {
        read(state.rows_mut(), blocks.get_in());
        core.enter(state, groups);
        core.rounds(rk, state, groups);
        write(blocks, state.rows().iter().copied(), |_, row| row);
    });
}

/// CTR with a counter of 128 bits, or of the last 32 if `WRAP`.
#[target_feature(enable = "avx2")]
pub(super) fn ctr<C: Core, const WRAP: bool>(
    core: C,
    rk: &RoundKeys,
    counter: &mut Block,
    blocks: Blocks<'_, '_>,
) {
    let mut value = u128::from_be_bytes(counter.0);
    // Words 0 to 2 of the counter `constant_of`, as the rounds take them.
    let (mut constant, mut constant_of) = ([word(0); 3], None);
    each(blocks, |blocks, state, groups| {
        #[allow(clippy::cast_possible_truncation, reason = "the last word; at most 64")]
        let (last, n) = (value as u32, blocks.len() as u32);
        if WRAP || last.checked_add(n - 1).is_some() {
            if constant_of != Some(value >> 32) {
                constant_of = Some(value >> 32);
                let block = value.to_be_bytes().into();
                state.words[0] = [load(&[block; 2]); 4];
                core.enter(state, 1);
                let [x0, x1, x2, _] = state.words[0];
                constant = [x0, x1, x2];
            }
            // The order of the blocks in a word after the transposition.
            let mut x3 = _mm256_add_epi32(word(last), _mm256_setr_epi32(0, 2, 4, 6, 1, 3, 5, 7));
            for words in state.words.iter_mut().take(groups) {
                *words = [constant[0], constant[1], constant[2], x3];
                x3 = _mm256_add_epi32(x3, word(8));
            }
            core.enter_last(state, groups);
        } else {
            let mut next = value;
            for row in state.rows_mut().iter_mut().take(4 * groups) {
                let pair = [next, next.wrapping_add(1)];
                *row = load(&pair.map(|value| value.to_be_bytes().into()));
                next = next.wrapping_add(2);
            }
            core.enter(state, groups);
        }
        core.rounds(rk, state, groups);
        write(blocks, state.rows().iter().copied(), |x, row| xor(x, row));
        value = if WRAP {
            value ^ u128::from(last) ^ u128::from(last.wrapping_add(n))
        } else {
            value.wrapping_add(n.into())
        };
    });
    counter.0 = value.to_be_bytes();
}

#[target_feature(enable = "avx2")]
pub(super) fn cbc_decrypt(core: impl Core, rk: &RoundKeys, iv: &mut Block, blocks: Blocks<'_, '_>) {
    let mut previous = [word(0); ROWS];
    each(blocks, |blocks, state, groups| {
        read(state.rows_mut(), blocks.get_in());
        read_previous(&mut previous, iv, blocks.get_in());
        core.enter(state, groups);
        core.rounds(rk, state, groups);
        write(blocks, sums(state, &previous), |_, row| row);
    });
}

#[target_feature(enable = "avx2")]
pub(super) fn cfb_decrypt(core: impl Core, rk: &RoundKeys, iv: &mut Block, blocks: Blocks<'_, '_>) {
    each(blocks, |blocks, state, groups| {
        read_previous(state.rows_mut(), iv, blocks.get_in());
        core.enter(state, groups);
        core.rounds(rk, state, groups);
        write(blocks, state.rows().iter().copied(), |x, row| xor(x, row));
    });
}

#[target_feature(enable = "avx2")]
pub(super) fn xts(
    core: impl Core,
    rk: &RoundKeys,
    tweak: &mut Block,
    doubling: Doubling,
    blocks: Blocks<'_, '_>,
) {
    let mut next = Tweaks::new(tweak, doubling);
    let mut tweaks = Temporary::<[__m256i; ROWS]>::new();
    each(blocks, |blocks, state, groups| {
        read(state.rows_mut(), blocks.get_in());
        for (words, tweaks) in state.words.iter_mut().zip(tweaks.as_chunks_mut().0).take(groups) {
            *tweaks = next.eight();
            for (x, t) in words.iter_mut().zip(tweaks) {
                *x = xor(*x, *t);
            }
        }
        core.enter(state, groups);
        core.rounds(rk, state, groups);
        let n = blocks.len();
        write(blocks, sums(state, &tweaks), |_, row| row);
        next.after(n, &tweaks, tweak);
    });
}

/// The rows of `state`, each with one of `rows` added.
#[inline]
#[target_feature(enable = "avx2")]
fn sums(state: &State, rows: &[__m256i; ROWS]) -> impl Iterator<Item = __m256i> {
    state.rows().iter().zip(rows).map(|(a, b)| xor(*a, *b))
}
