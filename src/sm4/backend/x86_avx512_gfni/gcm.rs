//! GCM: GHASH between the rounds of a pass of 128 or 64 blocks.
//!
//! The rounds leave room on the port of the multiplier. What is hashed beside a pass is the ciphertext
//! of the one before, when encrypting, and of itself, when decrypting. The two blocks that belong to
//! no pass go beside the first.

use super::{
    super::{Blocks, GcmState, RoundKeys},
    WIDE,
    bytes::{self, Keys, Pair},
    crypt as crypt_blocks,
    ctr::{Counters, ctr32},
    span::{Fours, Span},
    words::Two,
};
use crate::{
    ghash::{GROUP, Powers, backend::x86_avx512::Running},
    secret::Temporary,
};
use core::arch::x86_64::_mm512_xor_si512;

/// The blocks of the shorter pass.
const HALF: usize = WIDE / 2;

#[target_feature(enable = "avx512f,avx512bw,avx512vl,gfni,vpclmulqdq,avx2")]
pub(super) fn crypt<const ENCRYPT: bool>(
    rk: &RoundKeys,
    gcm: &mut GcmState<'_>,
    powers: &Powers,
    mut blocks: Blocks<'_, '_>,
) {
    // The blocks through the cipher, and how many of them are hashed.
    let (mut done, mut hashed) = (0, 0);
    if blocks.len() < HALF {
        crypt_blocks(rk, gcm.head.as_mut_slice().into());
    } else {
        let mut keys = Keys::new();
        let mut wide = (blocks.len() >= WIDE).then(Temporary::<Fours<32>>::new);
        keys.expand(rk);
        let mut counters = Counters::new(&gcm.counter);
        let mut running = Running::new(powers, &gcm.y);
        let mut two = Two::new(gcm.head);
        while blocks.len() - done >= HALF {
            let pass = if blocks.len() - done >= WIDE { WIDE } else { HALF };
            let beside = if ENCRYPT {
                &blocks.get_out()[hashed..done]
            } else {
                &blocks.get_in()[hashed..done + pass]
            };
            hashed += beside.len();
            let (groups, _) = beside.as_chunks::<GROUP>();
            let step = |step: usize| {
                if done == 0 {
                    two.four_rounds(&rk.0.as_chunks().0[step]);
                }
                if let Some(group) = groups.get(step) {
                    running.add(group);
                }
            };
            counters.pass(pass);
            if let Some(wide) = wide.as_mut().filter(|_| pass == WIDE) {
                let mut pair = Pair([counters.sliced(0), counters.sliced(64)]);
                bytes::rounds_of_pair(&keys, &mut pair, step);
                pair.end(wide);
                add(wide, blocks.reborrow().split_at(done).1);
            } else {
                let group = bytes::rounds(&keys, counters.sliced(0), step);
                let mut half = Temporary::<Fours<16>>::new();
                bytes::unsliced(&group, &mut half, 0);
                add(&half, blocks.reborrow().split_at(done).1);
            }
            done += pass;
        }
        two.finish(gcm.head);
        running.finish(&mut gcm.y);
        counters.finish(&mut gcm.counter);
    }
    if !ENCRYPT {
        gcm.h.update(&mut gcm.y, &blocks.get_in()[hashed..]);
    }
    ctr32(rk, &mut gcm.counter, blocks.reborrow().split_at(done).1);
    if ENCRYPT {
        gcm.h.update(&mut gcm.y, &blocks.get_out()[hashed..]);
    }
}

/// Adds `keystream` to the first blocks.
#[inline]
#[target_feature(enable = "avx512f,avx512vl")]
fn add<const N: usize>(keystream: &Fours<N>, mut blocks: Blocks<'_, '_>) {
    let mut span = Span::first(&mut blocks, 4 * N);
    keystream.each_back(N, |r, x| span.store(r, _mm512_xor_si512(x, span.load(r))));
}
