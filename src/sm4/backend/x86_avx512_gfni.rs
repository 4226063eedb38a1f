//! SM4 with AVX-512 and GFNI: 64 blocks in one pass, byte by byte; up to 32 word by word.
#![allow(unsafe_code, reason = "a kernel: calls from code that is compiled for any CPU")]

mod bytes;
mod ctr;
mod gcm;
mod span;
mod words;
mod xts;

use super::{Block, Blocks, Doubling, GcmState, Kernel, LANES, LaneKeys, RoundKeys};
use crate::{
    cpu,
    secret::Temporary,
    sm4::{maps, passes, portable::Portable},
};
use bytes::{Keys, Register};
use core::arch::x86_64::{
    __m512i, _mm512_alignr_epi64, _mm512_ternarylogic_epi32, _mm512_xor_si512,
};
use core::mem;
use span::{Fours, Span};

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

    fn gcm_encrypt(self, rk: &RoundKeys, gcm: &mut GcmState<'_>, blocks: Blocks<'_, '_>) {
        let Some(powers) = gcm.h.powers() else {
            return passes::gcm_encrypt(self, rk, gcm, blocks);
        };
        // SAFETY: `self` proves that this CPU has `avx2`, `vpclmulqdq`, `gfni` and the parts of AVX-512 named.
        unsafe { gcm::crypt::<true>(rk, gcm, powers, blocks) }
    }

    fn gcm_decrypt(self, rk: &RoundKeys, gcm: &mut GcmState<'_>, blocks: Blocks<'_, '_>) {
        let Some(powers) = gcm.h.powers() else {
            return passes::gcm_decrypt(self, rk, gcm, blocks);
        };
        // SAFETY: as above.
        unsafe { gcm::crypt::<false>(rk, gcm, powers, blocks) }
    }

    fn lanes(self, keys: &LaneKeys, x: &mut [Block; LANES]) {
        // SAFETY: `self` proves that this CPU has `gfni` and the parts of AVX-512 named.
        unsafe { words::lanes(keys, x) }
    }
}

/// The most blocks of one pass.
const WIDE: usize = 128;

/// Runs the cipher on all blocks, at most 128 in one pass.
///
/// `start` is called before each pass. `input` makes each four of blocks that go into the cipher, `output` takes what comes out, the
/// last four first.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,gfni")]
fn each<S>(
    rk: &RoundKeys,
    mut blocks: Blocks<'_, '_>,
    state: &mut S,
    start: impl Fn(&mut S, &Span<'_, '_>),
    input: impl Fn(&S, &Span<'_, '_>, usize) -> Register,
    output: impl Fn(&mut S, &mut Span<'_, '_>, usize, Register),
) {
    if blocks.len() > words::MAX {
        let (mut keys, mut x) = (Keys::new(), Temporary::<Fours<32>>::new());
        keys.expand(rk);
        while blocks.len() > words::MAX {
            let mut span = Span::first(&mut blocks, WIDE);
            start(state, &span);
            for r in 0..span.fours() {
                x.set(r, input(state, &span, r));
            }
            bytes::crypt(&keys, &mut x, span.fours());
            for r in (0..span.fours()).rev() {
                output(state, &mut span, r, x.get(r));
            }
        }
    }
    if !blocks.is_empty() {
        let mut x = Temporary::<Fours<8>>::new();
        let mut span = Span::first(&mut blocks, words::MAX);
        start(state, &span);
        for r in 0..span.fours() {
            x.set(r, input(state, &span, r));
        }
        match span.fours() {
            1 => few(rk, &mut x),
            2..=4 => words::crypt16(rk, &mut x),
            _ => words::crypt32(rk, &mut x),
        }
        for r in (0..span.fours()).rev() {
            output(state, &mut span, r, x.get(r));
        }
    }
}

/// Up to four blocks.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,gfni")]
fn few(rk: &RoundKeys, x: &mut Fours<8>) {
    words::crypt16(rk, x);
}

#[target_feature(enable = "avx512f,avx512bw,avx512vl,gfni")]
fn crypt(rk: &RoundKeys, blocks: Blocks<'_, '_>) {
    each(
        rk,
        blocks,
        &mut (),
        |(), _| (),
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
