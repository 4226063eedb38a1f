//! GCM: GHASH between the rounds of a pass of up to 64 blocks.
//!
//! What is hashed beside a pass is the ciphertext of the one before, when encrypting, and of itself, when
//! decrypting: neither waits for the other. The two blocks that belong to no pass are one more group of
//! the first.

use super::{
    super::{Block, Blocks, GcmState, RoundKeys},
    Core,
    modes::write,
    state::{ROWS, State, load, store, word, xor},
};
use crate::{ghash::GROUP, secret::Temporary};
use core::arch::x86_64::{_mm256_add_epi32, _mm256_setr_epi32};

/// The fewest blocks that are worth it.
pub(super) const FEWEST: usize = 24;

#[target_feature(enable = "avx2")]
pub(super) fn crypt<C: Core, const ENCRYPT: bool>(
    core: C,
    rk: &RoundKeys,
    gcm: &mut GcmState<'_>,
    mut blocks: Blocks<'_, '_>,
) {
    let mut state = Temporary::<State>::new();
    state.words[0] = [load(&[gcm.counter; 2]); 4];
    state.words[1] = [load(gcm.head); 4];
    core.enter(&mut state, 2);
    // Words 0 to 2 of the counter, and the two blocks, as the rounds take them.
    let [[x0, x1, x2, _], head, ..] = state.words;
    let [.., a, b, c, d] = gcm.counter.0;
    let mut last = u32::from_be_bytes([a, b, c, d]);
    // The blocks through the cipher, and how many of them are hashed.
    let (mut done, mut hashed) = (0, 0);
    while done < blocks.len() {
        let n = (blocks.len() - done).min(2 * ROWS);
        let groups = n.div_ceil(8);
        // The order of the blocks in a word after the transposition.
        let mut x3 = _mm256_add_epi32(word(last), _mm256_setr_epi32(0, 2, 4, 6, 1, 3, 5, 7));
        for words in state.words.iter_mut().take(groups) {
            *words = [x0, x1, x2, x3];
            x3 = _mm256_add_epi32(x3, word(8));
        }
        core.enter_last(&mut state, groups);
        if done == 0 {
            state.words[groups] = head;
        }
        let beside = if ENCRYPT {
            &blocks.get_out()[hashed..done]
        } else {
            &blocks.get_in()[hashed..done + n]
        };
        hashed += beside.len();
        rounds(core, rk, gcm, &mut state, groups + usize::from(done == 0), beside);
        if done == 0 {
            store(gcm.head, state.words[groups][0]);
        }
        let (now, _) = blocks.reborrow().split_at(done).1.split_at(n);
        write(now, state.rows().iter().copied(), |x, row| xor(x, row));
        #[allow(clippy::cast_possible_truncation, reason = "at most 64")]
        let counted = n as u32;
        last = last.wrapping_add(counted);
        done += n;
    }
    let [.., a, b, c, d] = &mut gcm.counter.0;
    [*a, *b, *c, *d] = last.to_be_bytes();
    if ENCRYPT {
        gcm.h.update(&mut gcm.y, &blocks.get_out()[hashed..]);
    }
}

/// The rounds, and back to blocks; and GHASH of `beside`, at most 64 blocks.
#[target_feature(enable = "avx2")]
fn rounds(
    core: impl Core,
    rk: &RoundKeys,
    gcm: &mut GcmState<'_>,
    state: &mut State,
    groups: usize,
    beside: &[Block],
) {
    // So few are faster all the way in registers.
    if groups <= 3 {
        gcm.h.update(&mut gcm.y, beside);
        core.rounds(rk, state, groups);
        return;
    }
    let mut beside = beside.chunks(GROUP);
    for (i, rk) in rk.0.as_chunks().0.iter().enumerate() {
        if i % 2 == 0 {
            gcm.h.update(&mut gcm.y, beside.next().unwrap_or_default());
        }
        core.four_rounds(rk, state, groups);
    }
    core.leave(state, groups);
}
