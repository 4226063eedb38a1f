//! GCM: GHASH between the rounds of a pass of 64 blocks.
//!
//! The rounds leave room on the port of the multiplier. What is hashed beside a pass is the ciphertext
//! of the one before, when encrypting, and of itself, when decrypting. The two blocks that belong to
//! no pass go beside the first.

use super::{
    super::{Block, Blocks, GcmState, RoundKeys},
    bytes::{self, Keys},
    ctr::{Counters, ctr32},
    span::Span,
    words::Two,
};
use crate::ghash::{Powers, backend::x86_avx512::Running};
use cipher::{Array, InOutBuf, consts::U64};
use core::arch::x86_64::_mm512_xor_si512;

/// The blocks of a pass.
type Pass = Array<Block, U64>;

#[target_feature(enable = "avx512f,avx512bw,avx512vl,gfni,vpclmulqdq,avx2")]
pub(super) fn encrypt(
    rk: &RoundKeys,
    gcm: &mut GcmState<'_>,
    powers: &Powers,
    blocks: Blocks<'_, '_>,
) {
    let mut keys = Keys::new();
    keys.expand(rk);
    let mut counters = Counters::new(&gcm.counter);
    let mut running = Running::new(powers, &gcm.y);
    let mut two = Two::new(gcm.head);
    let (mut passes, mut rest) = blocks.into_chunks::<U64>();
    for i in 0..passes.len() {
        counters.pass(64);
        let x = match i.checked_sub(1).and_then(|i| passes.get_out().get(i)) {
            Some(last) => {
                bytes::rounds(&keys, counters.sliced(), |step| add(&mut running, last, step))
            }
            None => bytes::rounds(&keys, counters.sliced(), |step| {
                two.four_rounds(&rk.0.as_chunks().0[step]);
            }),
        };
        write(&mut passes, i, bytes::unsliced(x));
    }
    two.finish(gcm.head);
    running.finish(&mut gcm.y);
    counters.finish(&mut gcm.counter);
    if let Some(last) = passes.get_out().last() {
        gcm.h.update(&mut gcm.y, last);
    }
    ctr32(rk, &mut gcm.counter, rest.reborrow());
    gcm.h.update(&mut gcm.y, rest.get_out());
}

#[target_feature(enable = "avx512f,avx512bw,avx512vl,gfni,vpclmulqdq,avx2")]
pub(super) fn decrypt(
    rk: &RoundKeys,
    gcm: &mut GcmState<'_>,
    powers: &Powers,
    blocks: Blocks<'_, '_>,
) {
    let mut keys = Keys::new();
    keys.expand(rk);
    let mut counters = Counters::new(&gcm.counter);
    let mut running = Running::new(powers, &gcm.y);
    let mut two = Two::new(gcm.head);
    let (mut passes, rest) = blocks.into_chunks::<U64>();
    for i in 0..passes.len() {
        counters.pass(64);
        let now = &passes.get_in()[i];
        let x = if i > 0 {
            bytes::rounds(&keys, counters.sliced(), |step| add(&mut running, now, step))
        } else {
            bytes::rounds(&keys, counters.sliced(), |step| {
                two.four_rounds(&rk.0.as_chunks().0[step]);
                add(&mut running, now, step);
            })
        };
        write(&mut passes, i, bytes::unsliced(x));
    }
    two.finish(gcm.head);
    running.finish(&mut gcm.y);
    counters.finish(&mut gcm.counter);
    gcm.h.update(&mut gcm.y, rest.get_in());
    ctr32(rk, &mut gcm.counter, rest);
}

/// Hashes an eighth of `pass`.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,vpclmulqdq,avx2")]
fn add(running: &mut Running<'_>, pass: &Pass, step: usize) {
    let (eighths, _) = pass.as_chunks();
    running.add_half(&eighths[step], step % 2 == 1);
}

/// Adds the keystream to the blocks of pass `i`.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl")]
fn write(passes: &mut InOutBuf<'_, '_, Pass>, i: usize, keystream: [bytes::Register; 16]) {
    let mut span = Span::whole(passes.get(i));
    for (r, x) in keystream.into_iter().enumerate().rev() {
        span.store(r, _mm512_xor_si512(x, span.load(r)));
    }
}
