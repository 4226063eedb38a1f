//! ZUC, one stream, with NEON and the AES instructions.
//!
//! W1 = R1 + X1 and W2 = R2 ⊕ X2 stay in vector registers, spread as `aarch64_layout.rs` tells. From
//! those of one word to those of the next leads a chain of twelve instructions: look-up (the
//! rotations by bytes), ⊕, shift, ⊕ for L1 and L2; a mask, look-up, ⊕, look-up, ⊕, look-up, ⊕ for S0;
//! and the addition of X1. S1 runs beside S0. The LFSR is ahead by enough to stay off the chain.
#![allow(unsafe_code, reason = "a kernel: loads and stores of vector registers")]

use super::{Kernel, aarch64_layout as layout, aarch64_pmull};
use crate::{
    cpu,
    secret::Temporary,
    zuc::{
        nibbles::{s0, s1},
        portable::State,
    },
};
use core::arch::aarch64::{
    int8x16_t, int16x8_t, uint8x16_t, uint8x16x2_t, uint16x8_t, uint32x4_t, vaddq_u8, vaddq_u32,
    vaddq_u64, vaeseq_u8, vandq_u8, vdupq_n_u32, vdupq_n_u64, veorq_u8, veorq_u16, veorq_u32,
    vextq_u8, vget_low_u32, vgetq_lane_u32, vld1q_s8, vld1q_s16, vld1q_u8, vld1q_u32, vqtbl1q_u8,
    vqtbl2q_u8, vreinterpretq_u8_u16, vreinterpretq_u8_u32, vreinterpretq_u8_u64,
    vreinterpretq_u16_u8, vreinterpretq_u32_u8, vreinterpretq_u32_u64, vreinterpretq_u64_u8,
    vreinterpretq_u64_u32, vrev32q_u8, vsetq_lane_u64, vshll_high_n_u32, vshll_n_u32, vshlq_u8,
    vshlq_u16, vshrq_n_u32, vsliq_n_u32, vst1q_u8, vst1q_u32, vsubq_u32, vzip1q_u32, vzip1q_u64,
    vzip2q_u64,
};
use core::hint::black_box;

impl Kernel for cpu::NeonAes {
    fn initialise(self, state: &mut State, rounds: u32) {
        // SAFETY: `self` proves that this CPU has `aes`; it has `neon` with it.
        unsafe { initialise(state, rounds) }
    }

    fn keystream(self, state: &mut State, z: &mut [[u8; 4]]) {
        // SAFETY: as above.
        unsafe { keystream(state, z) }
    }

    fn windows(self, t: &mut [u32], z: &[[u8; 4]], m: &[[u8; 4]]) {
        // SAFETY: `self` proves that this CPU has `aes`, which is PMULL too.
        unsafe { aarch64_pmull::windows(t, z, m) }
    }
}

/// S0 gives S0(0) where S1's bytes of R1 and R2 stand. X1 and X2 have that taken off.
const S0_OF_0: u32 = 0x003e_003e;

/// The look-ups of [`f`], hidden from the compiler: LLVM 22 exchanges the two registers of some, for
/// which it copies one in every step.
#[inline]
#[target_feature(enable = "neon")]
fn lookups() -> [uint8x16_t; 4] {
    let [a, b, c, d] = &layout::LOOKUPS;
    black_box([load(a), load(b), load(c), load(d)])
}

/// The next W1 (in the first register) and W2 (in the second) from these.
#[inline]
#[target_feature(enable = "neon,aes")]
fn f(w: uint8x16x2_t, x1: uint8x16_t, x2: uint8x16_t, lookups: [uint8x16_t; 4]) -> uint8x16x2_t {
    let [a, b, c, d] = lookups;
    let [a, b] = [vqtbl2q_u8(w, a), vqtbl2q_u8(w, b)];
    let [c, d] = [vqtbl2q_u8(w, c), vqtbl2q_u8(w, d)];
    // By bytes, the rest by halves: within one type LLVM would put the sum in an order of its own.
    let singles = vreinterpretq_u16_u8(veorq_u8(c, d));
    let y = veorq_u16(shift(veorq_u8(a, b)), veorq_u16(shift(c), singles));
    let [l, h] = halves(vreinterpretq_u8_u16(y), &layout::INPUTS);
    let q = veorq_u8(h, vqtbl1q_u8(load(&s0::P1), l));
    let r = veorq_u8(l, vqtbl1q_u8(load(&s0::P2), q));
    let s0 = veorq_u8(vaddq_u8(q, q), vqtbl1q_u8(load(&s0::P3), r));
    let [before, after] = [&s1::BEFORE, &s1::AFTER];
    let [low, high] = [vqtbl1q_u8(load(&before[0]), l), vqtbl1q_u8(load(&before[1]), h)];
    let [l, h] = halves(vaeseq_u8(low, high), &layout::S1_OUTPUTS);
    let s1 = veorq_u8(vqtbl1q_u8(load(&after[0]), l), vqtbl1q_u8(load(&after[1]), h));
    uint8x16x2_t(add(add(s1, x1), s0), veorq_u8(veorq_u8(s1, x2), s0))
}

#[inline]
#[target_feature(enable = "neon")]
fn shift(x: uint8x16_t) -> uint16x8_t {
    vshlq_u16(vreinterpretq_u16_u8(x), load_i16(&layout::SHIFTS))
}

#[inline]
#[target_feature(enable = "neon")]
fn halves(x: uint8x16_t, halves: &layout::Halves) -> [uint8x16_t; 2] {
    [vandq_u8(x, load(&halves.0)), vshlq_u8(x, load_i8(&halves.1))]
}

#[inline]
#[target_feature(enable = "neon")]
fn add(a: uint8x16_t, b: uint8x16_t) -> uint8x16_t {
    vreinterpretq_u8_u64(vaddq_u64(vreinterpretq_u64_u8(a), vreinterpretq_u64_u8(b)))
}

/// How many words are made before the lists below are moved down.
const BLOCK: usize = 32;

/// The LFSR, some steps ahead of F, and what F takes of it. Index 0 is that of the first word.
struct Ahead {
    s: Temporary<[u32; BLOCK + 20]>,
    /// s_{i+2}L ‖ s_iH: X3, X2 five words earlier, X1 nine words earlier.
    x: Temporary<[u32; BLOCK + 14]>,
    /// The same for `f`: as X1, from index 10 on, and (at i + 3) as X2, from index 6 on.
    x1: Temporary<[[u8; 8]; BLOCK + 14]>,
    x2: Temporary<[[u8; 4]; BLOCK + 17]>,
}

impl Ahead {
    #[inline]
    #[target_feature(enable = "neon")]
    fn new(s: &[u32; 16]) -> Self {
        let mut ahead = Self {
            s: Temporary::new(),
            x: Temporary::new(),
            x1: Temporary::new(),
            x2: Temporary::new(),
        };
        ahead.s[..16].copy_from_slice(s);
        for i in 0..4 {
            ahead.lfsr(i);
        }
        for i in [0, 2, 6, 10] {
            ahead.reorganize(i);
        }
        ahead
    }

    /// s_{i+16}.
    #[inline]
    fn lfsr(&mut self, i: usize) {
        let s = &mut self.s[i..i + 17];
        s[16] = next_cell([s[0], s[4], s[10], s[13], s[15]], 0);
    }

    /// The words i … i + 3 of the lists.
    #[inline]
    #[target_feature(enable = "neon")]
    fn reorganize(&mut self, i: usize) {
        let x = vsliq_n_u32::<16>(vshrq_n_u32::<15>(four(&self.s[i..])), four(&self.s[i + 2..]));
        self.x[i..i + 4].copy_from_slice(&words(x));
        let off = vdupq_n_u32(S0_OF_0);
        let x1 = vsubq_u32(x, off);
        let (low, high) = (
            vshll_n_u32::<{ layout::W1_BITS }>(vget_low_u32(x1)),
            vshll_high_n_u32::<{ layout::W1_BITS }>(x1),
        );
        let x1 = &mut self.x1[i..i + 4];
        x1[..2].as_flattened_mut().copy_from_slice(&bytes(vreinterpretq_u8_u64(low)));
        x1[2..].as_flattened_mut().copy_from_slice(&bytes(vreinterpretq_u8_u64(high)));
        let x2 = vqtbl1q_u8(vreinterpretq_u8_u32(veorq_u32(x, off)), load(&layout::ORDER));
        self.x2[i + 3..i + 7].as_flattened_mut().copy_from_slice(&bytes(x2));
    }

    /// F's step from word `t` to the next.
    #[inline]
    #[target_feature(enable = "neon,aes")]
    fn step(&self, w: uint8x16x2_t, t: usize, lookups: [uint8x16_t; 4]) -> uint8x16x2_t {
        let x1 = vsetq_lane_u64::<0>(u64::from_le_bytes(self.x1[t + 10]), vdupq_n_u64(0));
        let mut x2 = [0; 16];
        let at = 4 * (t + 6 + 3) - layout::W2;
        x2.copy_from_slice(&self.x2.as_flattened()[at..at + 16]);
        f(w, vreinterpretq_u8_u64(x1), load(&x2), lookups)
    }

    /// Z = ((X0 ⊕ R1) + R2) ⊕ X3 for the four words from `t` on, each big-endian.
    #[inline]
    #[target_feature(enable = "neon")]
    fn output(&self, w: [uint8x16x2_t; 4], t: usize) -> uint8x16_t {
        let [w01, w23] = [
            vreinterpretq_u64_u32(vzip1q_u32(gathered(w[0]), gathered(w[1]))),
            vreinterpretq_u64_u32(vzip1q_u32(gathered(w[2]), gathered(w[3]))),
        ];
        let w1 = vreinterpretq_u32_u64(vzip1q_u64(w01, w23));
        let w2 = vreinterpretq_u32_u64(vzip2q_u64(w01, w23));
        let x0 =
            vsliq_n_u32::<16>(four(&self.s[t + 14..]), vshrq_n_u32::<15>(four(&self.s[t + 15..])));
        let r1 = vsubq_u32(w1, four(&self.x[t + 9..]));
        let r2 = veorq_u32(w2, four(&self.x[t + 5..]));
        let z = veorq_u32(vaddq_u32(veorq_u32(x0, r1), r2), four(&self.x[t..]));
        vrev32q_u8(vreinterpretq_u8_u32(z))
    }

    /// Moves the lists down by a block.
    fn next_block(&mut self) {
        self.s.copy_within(BLOCK.., 0);
        self.x.copy_within(BLOCK.., 0);
        self.x1.copy_within(BLOCK + 10.., 10);
        self.x2.copy_within(BLOCK + 8.., 8);
    }
}

/// As [`portable`](crate::zuc::portable): below 2⁵³, so that two folds suffice.
#[inline]
fn next_cell(s: [u32; 5], u: u32) -> u32 {
    const P: u64 = 0x7fff_ffff;
    let [s0, s4, s10, s13, s15] = s.map(u64::from);
    let sum = (s13 << 17) + (s10 << 21) + (s4 << 20) + s0 + (s0 << 8) + u64::from(u);
    let sum = sum + (s15 << 15);
    let sum = (sum & P) + (sum >> 31);
    #[allow(clippy::cast_possible_truncation, reason = "below 2³¹ after the second fold")]
    let s16 = ((sum & P) + (sum >> 31)) as u32;
    s16
}

/// X0 = s15H ‖ s14L.
#[inline]
fn high_low(h: u32, l: u32) -> u32 {
    (h << 1 & 0xffff_0000) | (l & 0xffff)
}

/// X1, X2 and X3.
#[inline]
fn low_high(l: u32, h: u32) -> u32 {
    l << 16 | h >> 15
}

/// W1 and W2 where `f` takes them.
#[inline]
#[target_feature(enable = "neon")]
fn spread(w1: u32, w2: u32) -> uint8x16x2_t {
    uint8x16x2_t(spread_x1(w1), spread_x2(w2))
}

#[inline]
#[target_feature(enable = "neon")]
fn spread_x1(x: u32) -> uint8x16_t {
    vreinterpretq_u8_u64(vsetq_lane_u64::<0>(u64::from(x) << layout::W1_BITS, vdupq_n_u64(0)))
}

#[inline]
#[target_feature(enable = "neon")]
fn spread_x2(x: u32) -> uint8x16_t {
    // In every 32-bit lane, then two bytes up.
    let x = vqtbl1q_u8(vreinterpretq_u8_u32(vdupq_n_u32(x)), load(&layout::ORDER));
    vextq_u8::<{ (16 - layout::W2 as i32) % 4 }>(x, x)
}

/// W1 and W2 as the first two words.
#[inline]
#[target_feature(enable = "neon")]
fn gathered(w: uint8x16x2_t) -> uint32x4_t {
    vreinterpretq_u32_u8(vqtbl2q_u8(w, load(&layout::GATHER)))
}

#[inline]
#[target_feature(enable = "neon")]
fn gathered_words(w: uint8x16x2_t) -> [u32; 2] {
    let w = gathered(w);
    [vgetq_lane_u32::<0>(w), vgetq_lane_u32::<1>(w)]
}

#[target_feature(enable = "neon,aes")]
fn initialise(state: &mut State, rounds: u32) {
    let s = &mut state.s;
    let (mut x1, mut x2) = (low_high(s[11], s[9]), low_high(s[7], s[5]));
    let mut w = spread(state.r1.wrapping_add(x1), state.r2 ^ x2);
    let (lookups, mut t) = (lookups(), 0);
    for round in 0..=rounds {
        let i = |i: usize| (t + i) & 15;
        let [w1, w2] = gathered_words(w);
        let x0 = high_low(s[i(15)], s[i(14)]);
        let r2 = w2 ^ x2;
        let u = (x0 ^ w1.wrapping_sub(x1)).wrapping_add(r2) >> 1;
        // How many rounds there are is public.
        let u = if round == rounds { 0 } else { u };
        x1 = low_high(s[i(12)], s[i(10)]);
        x2 = low_high(s[i(8)], s[i(6)]);
        w = f(w, spread_x1(x1.wrapping_sub(S0_OF_0)), spread_x2(x2 ^ S0_OF_0), lookups);
        s[i(0)] = next_cell([s[i(0)], s[i(4)], s[i(10)], s[i(13)], s[i(15)]], u);
        t += 1;
    }
    s.rotate_left(t & 15);
    let [w1, w2] = gathered_words(w);
    state.r1 = w1.wrapping_sub(x1);
    state.r2 = w2 ^ x2;
}

#[target_feature(enable = "neon,aes")]
fn keystream(state: &mut State, z: &mut [[u8; 4]]) {
    let mut ahead = Ahead::new(&state.s);
    let mut w = spread(state.r1.wrapping_add(ahead.x[9]), state.r2 ^ ahead.x[5]);
    let (lookups, mut t) = (lookups(), 0);
    let (fours, rest) = z.as_chunks_mut();
    for block in fours.chunks_mut(BLOCK / 4) {
        if t == BLOCK {
            ahead.next_block();
        }
        t = 4 * block.len();
        for (t, z) in (0..BLOCK / 4).map(|i| 4 * i).zip(block) {
            let w0 = w;
            let w1 = ahead.step(w0, t, lookups);
            ahead.lfsr(t + 4);
            let w2 = ahead.step(w1, t + 1, lookups);
            ahead.lfsr(t + 5);
            let w3 = ahead.step(w2, t + 2, lookups);
            ahead.lfsr(t + 6);
            w = ahead.step(w3, t + 3, lookups);
            ahead.lfsr(t + 7);
            store(z, ahead.output([w0, w1, w2, w3], t));
            ahead.reorganize(t + 14);
        }
    }
    if t == BLOCK {
        ahead.next_block();
        t = 0;
    }
    for z in rest {
        let [w1, w2] = gathered_words(w);
        let (s, x) = (&ahead.s[t..], &ahead.x[t..]);
        let f = (high_low(s[15], s[14]) ^ w1.wrapping_sub(x[9])).wrapping_add(w2 ^ x[5]);
        *z = (f ^ x[0]).to_be_bytes();
        w = ahead.step(w, t, lookups);
        t += 1;
    }
    state.s.copy_from_slice(&ahead.s[t..t + 16]);
    let [w1, w2] = gathered_words(w);
    state.r1 = w1.wrapping_sub(ahead.x[t + 9]);
    state.r2 = w2 ^ ahead.x[t + 5];
}

/// The first four words.
#[inline]
#[target_feature(enable = "neon")]
fn four(from: &[u32]) -> uint32x4_t {
    let mut words = [0; 4];
    words.copy_from_slice(&from[..4]);
    // SAFETY: `words` is 16 readable bytes, and the load needs no alignment.
    unsafe { vld1q_u32(words.as_ptr()) }
}

#[inline]
#[target_feature(enable = "neon")]
fn load(bytes: &[u8; 16]) -> uint8x16_t {
    // SAFETY: `bytes` is 16 readable bytes, and the load needs no alignment.
    unsafe { vld1q_u8(bytes.as_ptr()) }
}

#[inline]
#[target_feature(enable = "neon")]
fn load_i8(bytes: &[i8; 16]) -> int8x16_t {
    // SAFETY: `bytes` is 16 readable bytes, and the load needs no alignment.
    unsafe { vld1q_s8(bytes.as_ptr()) }
}

#[inline]
#[target_feature(enable = "neon")]
fn load_i16(halves: &[i16; 8]) -> int16x8_t {
    // SAFETY: `halves` is 16 readable bytes, and the load needs no alignment.
    unsafe { vld1q_s16(halves.as_ptr()) }
}

#[inline]
#[target_feature(enable = "neon")]
fn words(x: uint32x4_t) -> [u32; 4] {
    let mut words = [0; 4];
    // SAFETY: `words` is 16 writable bytes, and the store needs no alignment.
    unsafe { vst1q_u32(words.as_mut_ptr(), x) };
    words
}

#[inline]
#[target_feature(enable = "neon")]
fn bytes(x: uint8x16_t) -> [u8; 16] {
    let mut bytes = [0; 16];
    // SAFETY: `bytes` is 16 writable bytes, and the store needs no alignment.
    unsafe { vst1q_u8(bytes.as_mut_ptr(), x) };
    bytes
}

#[inline]
#[target_feature(enable = "neon")]
fn store(words: &mut [[u8; 4]; 4], x: uint8x16_t) {
    // SAFETY: `words` is 16 writable bytes, and the store needs no alignment.
    unsafe { vst1q_u8(words.as_mut_ptr().cast(), x) }
}
