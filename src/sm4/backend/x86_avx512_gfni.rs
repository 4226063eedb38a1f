//! SM4 with AVX-512 and GFNI: 64 or 128 blocks in one pass, byte by byte; up to 32 word by word.
#![allow(unsafe_code, reason = "a kernel: calls from code that is compiled for any CPU")]

mod bytes;
mod ctr;
mod gcm;
mod span;
mod words;
mod xts;

use super::{
    Block, Blocks, Doubling, GcmState, Kernel, LANES, LaneKeys, RoundKeys,
    x86_serial::serial_methods, x86_serial_gfni,
};
use crate::{cpu, secret::Temporary, sm4::passes};
use bytes::{Keys, Register};
use core::arch::x86_64::{
    __m512i, _mm512_alignr_epi64, _mm512_ternarylogic_epi32, _mm512_xor_si512,
};
use core::mem;
use span::{Fours, Span};

impl Kernel for cpu::Avx512Gfni {
    serial_methods!(x86_serial_gfni, words::lanes);

    fn crypt(self, rk: &RoundKeys, blocks: Blocks<'_, '_>) {
        if blocks.len() == 1 {
            // SAFETY: `self` proves that this CPU has `avx2` and `gfni`.
            return unsafe { x86_serial_gfni::crypt(rk, blocks) };
        }
        // SAFETY: `self` proves that this CPU has `gfni` and the parts of AVX-512 named.
        unsafe { crypt(rk, blocks) }
    }

    fn ctr(self, rk: &RoundKeys, counter: &mut Block, blocks: Blocks<'_, '_>) {
        if blocks.len() <= FEW {
            // SAFETY: `self` proves that this CPU has `avx2` and `gfni`.
            return unsafe { x86_serial_gfni::ctr(rk, counter, passes::add128, blocks) };
        }
        // SAFETY: `self` proves that this CPU has `gfni` and the parts of AVX-512 named.
        unsafe { ctr::ctr(rk, counter, blocks) }
    }

    fn ctr32(self, rk: &RoundKeys, counter: &mut Block, blocks: Blocks<'_, '_>) {
        if blocks.len() <= FEW {
            // SAFETY: `self` proves that this CPU has `avx2` and `gfni`.
            return unsafe { x86_serial_gfni::ctr(rk, counter, passes::add32, blocks) };
        }
        // SAFETY: `self` proves that this CPU has `gfni` and the parts of AVX-512 named.
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
}

/// Counter blocks that go through 128-bit registers faster.
const FEW: usize = 4;

/// The most blocks of one pass.
const WIDE: usize = 128;

/// What a mode does with the blocks of a pass. Its state `S` goes from one pass to the next.
struct Mode<Start, Input, Output> {
    /// Called before each pass.
    start: Start,
    /// Makes each four of blocks that go into the cipher.
    input: Input,
    /// Takes the fours that come out of the cipher, the last one first.
    output: Output,
}

/// Runs `mode` on all blocks, at most 128 in one pass.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,gfni")]
fn each<S>(
    rk: &RoundKeys,
    blocks: Blocks<'_, '_>,
    state: &mut S,
    mode: &Mode<
        impl Fn(&mut S, &Span<'_, '_>),
        impl Fn(&S, &Span<'_, '_>, usize) -> Register,
        impl Fn(&mut S, &mut Span<'_, '_>, usize, Register),
    >,
) {
    each_with(
        rk,
        blocks,
        state,
        mode,
        |s, span, keys, x| {
            x.fill(span.fours(), |r| (mode.input)(s, span, r));
            bytes::crypt64(keys, x);
        },
        |s, span, keys, x| {
            x.fill(span.fours(), |r| (mode.input)(s, span, r));
            bytes::crypt128(keys, x);
        },
    );
}

/// The same for a mode that has its own way to what comes out of the cipher when there are up to 64 or up to 128 blocks.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,gfni")]
fn each_with<S>(
    rk: &RoundKeys,
    mut blocks: Blocks<'_, '_>,
    state: &mut S,
    mode: &Mode<
        impl Fn(&mut S, &Span<'_, '_>),
        impl Fn(&S, &Span<'_, '_>, usize) -> Register,
        impl Fn(&mut S, &mut Span<'_, '_>, usize, Register),
    >,
    crypt64: impl Fn(&S, &Span<'_, '_>, &Keys, &mut Fours<16>),
    crypt128: impl Fn(&S, &Span<'_, '_>, &Keys, &mut Fours<32>),
) {
    if blocks.len() > words::MAX {
        let mut keys = Keys::new();
        keys.expand(rk);
        if blocks.len() > WIDE / 2 {
            let mut x = Temporary::<Fours<32>>::new();
            while blocks.len() > WIDE / 2 {
                let mut span = Span::first(&mut blocks, WIDE);
                (mode.start)(state, &span);
                crypt128(state, &span, &keys, &mut x);
                x.each_back(span.fours(), |r, x| (mode.output)(state, &mut span, r, x));
            }
        }
        if blocks.len() > words::MAX {
            let mut x = Temporary::<Fours<16>>::new();
            let mut span = Span::first(&mut blocks, WIDE / 2);
            (mode.start)(state, &span);
            crypt64(state, &span, &keys, &mut x);
            x.each_back(span.fours(), |r, x| (mode.output)(state, &mut span, r, x));
        }
    }
    if !blocks.is_empty() {
        let mut x = Temporary::<Fours<8>>::new();
        let mut span = Span::first(&mut blocks, words::MAX);
        (mode.start)(state, &span);
        x.fill(span.fours(), |r| (mode.input)(state, &span, r));
        match span.fours() {
            ..=4 => words::crypt16(rk, &mut x),
            _ => words::crypt32(rk, &mut x),
        }
        x.each_back(span.fours(), |r, x| (mode.output)(state, &mut span, r, x));
    }
}

#[target_feature(enable = "avx512f,avx512bw,avx512vl,gfni")]
fn crypt(rk: &RoundKeys, blocks: Blocks<'_, '_>) {
    each(
        rk,
        blocks,
        &mut (),
        &Mode {
            start: |(): &mut (), _: &Span<'_, '_>| (),
            input: |(): &(), span: &Span<'_, '_>, r| span.load(r),
            output: |(): &mut (), span: &mut Span<'_, '_>, r, x| span.store(r, x),
        },
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
        &Mode {
            start: Feedback::start,
            input: |_: &Feedback, span: &Span<'_, '_>, r| span.load(r),
            output: |f: &mut Feedback, span: &mut Span<'_, '_>, r, x| {
                span.store(r, _mm512_xor_si512(x, span.load_previous(r, &f.now)));
            },
        },
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
        &Mode {
            start: Feedback::start,
            input: |f: &Feedback, span: &Span<'_, '_>, r| span.load_previous(r, &f.now),
            output: |_: &mut Feedback, span: &mut Span<'_, '_>, r, x| {
                span.store(r, _mm512_xor_si512(x, span.load(r)));
            },
        },
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
