//! The counter blocks of a pass, made where the cipher wants them.
#![allow(unsafe_code, reason = "a kernel: stores of vector registers")]
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    reason = "the low bits of a counter; words as the intrinsics take them"
)]

use super::{
    super::{Block, Blocks, RoundKeys},
    Mode,
    bytes::{self, Pair, Register, Word, mapped},
    each_with,
    span::{Span, broadcast},
    words::swapped,
};
use core::arch::x86_64::{
    _mm512_add_epi8, _mm512_add_epi32, _mm512_cmplt_epu8_mask, _mm512_mask_blend_epi8,
    _mm512_mask_blend_epi32, _mm512_maskz_set1_epi32, _mm512_set_epi32, _mm512_set_epi64,
    _mm512_set1_epi8, _mm512_set1_epi32, _mm512_setr_epi32, _mm512_shuffle_epi8,
    _mm512_storeu_si512, _mm512_xor_si512,
};

/// CTR with a counter of 128 bits.
#[target_feature(enable = "avx512f,avx512bw,avx512vl,gfni")]
pub(super) fn ctr(rk: &RoundKeys, counter: &mut Block, mut blocks: Blocks<'_, '_>) {
    let mut value = u128::from_be_bytes(counter.0);
    // As far as 32 bits go, which is nearly always to the end.
    while !blocks.is_empty() {
        let n = blocks.len().min((1 << 32) - value as u32 as usize);
        let (now, rest) = blocks.split_at(n);
        let mut start = value.to_be_bytes().into();
        ctr32(rk, &mut start, now);
        value = value.wrapping_add(n as u128);
        blocks = rest;
    }
    counter.0 = value.to_be_bytes();
}

/// CTR with a counter in the last 32 bits.
#[target_feature(enable = "avx512f,avx512bw,avx512vl,gfni")]
pub(super) fn ctr32(rk: &RoundKeys, counter: &mut Block, blocks: Blocks<'_, '_>) {
    let mut counters = Counters::new(counter);
    each_with(
        rk,
        blocks,
        &mut counters,
        &Mode {
            start: Counters::start,
            input: |counters: &Counters, _: &Span<'_, '_>, r| counters.four(r as u32),
            output: |_: &mut Counters, span: &mut Span<'_, '_>, r, x| {
                span.store(r, _mm512_xor_si512(x, span.load(r)));
            },
        },
        |counters, _, keys, x| {
            let group = bytes::rounds(keys, counters.sliced(0), |_| ());
            bytes::unsliced(&group, x, 0);
        },
        |counters, _, keys, x| {
            let mut pair = Pair([counters.sliced(0), counters.sliced(64)]);
            bytes::rounds_of_pair(keys, &mut pair, |_| ());
            pair.end(x);
        },
    );
    counters.finish(counter);
}

/// The last word of each block of a register.
const LAST: u16 = 0x8888;

/// Counter blocks, in both forms.
pub(super) struct Counters {
    /// M of each byte of the first counter block, four times over. The last four are of no use.
    prefix: [u32; 16],
    /// The first four counter blocks, the last words zero, each word in the order of this CPU.
    four: Register,
    /// The last word of the first block of this pass, and of the next.
    now: u32,
    next: u32,
}

impl Counters {
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,gfni")]
    pub(super) fn new(counter: &Block) -> Self {
        let bytes = _mm512_set_epi32(
            0x0f0f_0f0f,
            0x0e0e_0e0e,
            0x0d0d_0d0d,
            0x0c0c_0c0c, //
            0x0b0b_0b0b,
            0x0a0a_0a0a,
            0x0909_0909,
            0x0808_0808, //
            0x0707_0707,
            0x0606_0606,
            0x0505_0505,
            0x0404_0404, //
            0x0303_0303,
            0x0202_0202,
            0x0101_0101,
            0x0000_0000,
        );
        let mut prefix = [0_u32; 16];
        let first = broadcast(counter);
        let spread = _mm512_shuffle_epi8(mapped(first), bytes);
        // SAFETY: `prefix` is 64 writable bytes, and the store needs no alignment.
        unsafe { _mm512_storeu_si512(prefix.as_mut_ptr().cast(), spread) };
        let number = _mm512_setr_epi32(0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3);
        let four = _mm512_mask_blend_epi32(LAST, swapped(first), number);
        let [.., a, b, c, d] = counter.0;
        let now = u32::from_be_bytes([a, b, c, d]);
        Self { prefix, four, now, next: now }
    }

    #[inline]
    fn start(&mut self, span: &Span<'_, '_>) {
        self.pass(span.len());
    }

    /// Begins a pass of `n` blocks.
    #[inline]
    pub(super) fn pass(&mut self, n: usize) {
        self.now = self.next;
        self.next = self.now.wrapping_add(n as u32);
    }

    /// Leaves the counter block of the next pass.
    #[inline]
    pub(super) fn finish(&self, counter: &mut Block) {
        let [.., a, b, c, d] = &mut counter.0;
        [*a, *b, *c, *d] = self.next.to_be_bytes();
    }

    /// Four number `r` of this pass.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw")]
    fn four(&self, r: u32) -> Register {
        let first = self.now.wrapping_add(4 * r);
        swapped(_mm512_add_epi32(self.four, _mm512_maskz_set1_epi32(LAST, first as i32)))
    }

    /// 64 blocks of this pass, from number `first` on, as [`rounds`](super::bytes::rounds) takes them.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,gfni")]
    pub(super) fn sliced(&self, first: u32) -> [Word; 4] {
        let same = |i: usize| _mm512_set1_epi32(self.prefix[i] as i32);
        let low = self.now.wrapping_add(first);
        let number = _mm512_set_epi64(
            0x3f3b_3733_2f2b_2723,
            0x1f1b_1713_0f0b_0703, //
            0x3e3a_3632_2e2a_2622,
            0x1e1a_1612_0e0a_0602, //
            0x3d39_3531_2d29_2521,
            0x1d19_1511_0d09_0501, //
            0x3c38_3430_2c28_2420,
            0x1c18_1410_0c08_0400,
        );
        let last = _mm512_add_epi8(_mm512_set1_epi8(low as i8), number);
        let carry = _mm512_cmplt_epu8_mask(last, number);
        let upper = mapped(_mm512_set1_epi32((low >> 8) as i32));
        let next = mapped(_mm512_set1_epi32((low >> 8).wrapping_add(1) as i32));
        let byte = |i: i8| {
            let of = |x| _mm512_shuffle_epi8(x, _mm512_set1_epi8(i));
            _mm512_mask_blend_epi8(carry, of(upper), of(next))
        };
        [
            [same(0), same(1), same(2), same(3)],
            [same(4), same(5), same(6), same(7)],
            [same(8), same(9), same(10), same(11)],
            [byte(2), byte(1), byte(0), mapped(last)],
        ]
    }
}
