//! SM4 with AVX-512 and GFNI: 64 blocks in one pass, byte by byte; up to 32 word by word.
#![allow(unsafe_code, reason = "a kernel: calls from code that is compiled for any CPU")]

mod bytes;
mod ctr;
mod span;
mod words;
mod xts;

use super::{Block, Blocks, Doubling, Kernel, LANES, LaneKeys, RoundKeys};
use crate::{
    cpu,
    sm4::{maps, portable::Portable},
};
use bytes::{Keys, Register};
use cipher::consts::U64;
use core::arch::x86_64::{
    __m512i, _mm512_alignr_epi64, _mm512_setzero_si512, _mm512_ternarylogic_epi32, _mm512_xor_si512,
};
use core::mem;
use span::Span;

impl Kernel for cpu::Avx512Gfni {
    fn expand_key(self, key: &[u8; 16]) -> RoundKeys {
        let mut rk = Portable.expand_key(key);
        for rk in &mut rk.0 {
            *rk = maps::M.word(*rk) ^ u32::from_ne_bytes([maps::M_CONSTANT; 4]);
        }
        rk
    }

    fn crypt(self, rk: &RoundKeys, blocks: Blocks<'_, '_>) {
        // SAFETY: `self` proves that this CPU has `gfni` and the parts of AVX-512 named.
        unsafe { crypt(rk, blocks) }
    }

    fn ctr(self, rk: &RoundKeys, counter: &mut Block, blocks: Blocks<'_, '_>) {
        // SAFETY: as above.
        unsafe { ctr::ctr(rk, counter, blocks) }
    }

    fn ctr32(self, rk: &RoundKeys, counter: &mut Block, blocks: Blocks<'_, '_>) {
        // SAFETY: as above.
        unsafe { ctr::ctr32(rk, counter, blocks) }
    }

    fn cbc_decrypt(self, rk: &RoundKeys, iv: &mut Block, blocks: Blocks<'_, '_>) {
        // SAFETY: as above.
        unsafe { cbc_decrypt(rk, iv, blocks) }
    }

    fn cfb_decrypt(self, rk: &RoundKeys, iv: &mut Block, blocks: Blocks<'_, '_>) {
        // SAFETY: as above.
        unsafe { cfb_decrypt(rk, iv, blocks) }
    }

    fn xts(self, rk: &RoundKeys, tweak: &mut Block, doubling: Doubling, blocks: Blocks<'_, '_>) {
        // SAFETY: `self` proves that this CPU has `vpclmulqdq`, `gfni` and the parts of AVX-512 named.
        unsafe { xts::xts(rk, tweak, doubling, blocks) }
    }

    fn lanes(self, keys: &LaneKeys, x: &mut [Block; LANES]) {
        // SAFETY: `self` proves that this CPU has `gfni` and the parts of AVX-512 named.
        unsafe { words::lanes(keys, x) }
    }
}

/// The blocks of a whole pass.
const WIDE: usize = 64;

/// Runs the cipher on all blocks, 64 at a time, then on what is left.
///
/// `start` is called before each pass. Then `sliced` makes the input of a whole pass, or `input` each four of blocks of the
/// last, shorter one; and `output` takes the fours that the cipher gives, from the last to the first.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,gfni")]
fn each<S>(
    rk: &RoundKeys,
    blocks: Blocks<'_, '_>,
    state: &mut S,
    start: impl Fn(&mut S, &Span<'_, '_>),
    sliced: impl Fn(&S, &Span<'_, '_>) -> [Register; 16],
    input: impl Fn(&S, &Span<'_, '_>, usize) -> Register,
    output: impl Fn(&mut S, &mut Span<'_, '_>, usize, Register),
) {
    let mut keys = Keys::new();
    if blocks.len() > words::MAX {
        keys.expand(rk);
    }
    let (passes, rest) = blocks.into_chunks::<U64>();
    for pass in passes {
        let mut span = Span::whole(pass);
        start(state, &span);
        let x = bytes::rounds(&keys, sliced(state, &span), |_| ());
        for (r, x) in bytes::unsliced(x).into_iter().enumerate().rev() {
            output(state, &mut span, r, x);
        }
    }
    if rest.is_empty() {
        return;
    }
    let mut span = Span::part(rest);
    start(state, &span);
    let mut x = [_mm512_setzero_si512(); 16];
    let fours = span.fours();
    for (r, x) in x.iter_mut().enumerate().take(fours) {
        *x = input(state, &span, r);
    }
    match &mut x {
        [x, ..] if fours == 1 => few(rk, x),
        [x @ .., _, _, _, _, _, _, _, _, _, _, _, _] if fours <= 4 => words::crypt16(rk, x),
        [x @ .., _, _, _, _, _, _, _, _] if fours <= 8 => words::crypt32(rk, x),
        x => bytes::crypt(&keys, x),
    }
    for (r, x) in x.into_iter().enumerate().take(fours).rev() {
        output(state, &mut span, r, x);
    }
}

/// Up to four blocks.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,gfni")]
fn few(rk: &RoundKeys, x: &mut Register) {
    let mut group = [_mm512_setzero_si512(); 4];
    group[0] = *x;
    words::crypt16(rk, &mut group);
    *x = group[0];
}

#[target_feature(enable = "avx512f,avx512bw,avx512vl,gfni")]
fn crypt(rk: &RoundKeys, blocks: Blocks<'_, '_>) {
    each(
        rk,
        blocks,
        &mut (),
        |(), _| (),
        |(), span| bytes::sliced(|r| span.load(r)),
        |(), span, r| span.load(r),
        |(), span, r, x| span.store(r, x),
    );
}

/// The block before those of the present pass, and before those of the next.
struct Feedback {
    now: Block,
    next: Block,
}

impl Feedback {
    #[inline]
    fn start(&mut self, span: &Span<'_, '_>) {
        self.now = mem::replace(&mut self.next, span.last());
    }
}

#[target_feature(enable = "avx512f,avx512bw,avx512vl,gfni")]
fn cbc_decrypt(rk: &RoundKeys, iv: &mut Block, blocks: Blocks<'_, '_>) {
    let mut feedback = Feedback { now: *iv, next: *iv };
    each(
        rk,
        blocks,
        &mut feedback,
        Feedback::start,
        |_, span| bytes::sliced(|r| span.load(r)),
        |_, span, r| span.load(r),
        |f, span, r, x| span.store(r, _mm512_xor_si512(x, span.load_previous(r, &f.now))),
    );
    *iv = feedback.next;
}

#[target_feature(enable = "avx512f,avx512bw,avx512vl,gfni")]
fn cfb_decrypt(rk: &RoundKeys, iv: &mut Block, blocks: Blocks<'_, '_>) {
    let mut feedback = Feedback { now: *iv, next: *iv };
    each(
        rk,
        blocks,
        &mut feedback,
        Feedback::start,
        |f, span| bytes::sliced(|r| span.load_previous(r, &f.now)),
        |f, span, r| span.load_previous(r, &f.now),
        |_, span, r, x| span.store(r, _mm512_xor_si512(x, span.load(r))),
    );
    *iv = feedback.next;
}

#[inline]
#[target_feature(enable = "avx512f")]
fn xor3(a: __m512i, b: __m512i, c: __m512i) -> __m512i {
    _mm512_ternarylogic_epi32::<0b1001_0110>(a, b, c)
}

/// The last block of `a`, then the first three of `b`.
#[inline]
#[target_feature(enable = "avx512f")]
fn shifted(a: __m512i, b: __m512i) -> __m512i {
    _mm512_alignr_epi64::<6>(b, a)
}
