//! Sixteen streams of ZUC with NEON and the AES instructions, in four groups of four: one stream in
//! each 32-bit lane.
#![allow(unsafe_code, reason = "a kernel: loads and stores of vector registers")]

use super::{Kernel, LANES, Lanes};
use crate::{
    cpu,
    secret::Temporary,
    zuc::nibbles::{s0, s1},
};
use core::arch::aarch64::{
    uint8x16_t, uint8x16x2_t, uint32x4_t, vaddq_u8, vaddq_u32, vaddw_high_u32, vaddw_u32,
    vaeseq_u8, vandq_u8, vandq_u32, vdupq_n_u8, vdupq_n_u32, veorq_u8, veorq_u32, vget_low_u32,
    vld1q_u8, vld1q_u32, vmlal_high_laneq_u32, vmlal_laneq_u32, vmull_high_n_u32, vmull_n_u32,
    vqtbl1q_u8, vqtbl2q_u8, vreinterpretq_u8_u32, vreinterpretq_u8_u64, vreinterpretq_u16_u32,
    vreinterpretq_u32_u8, vreinterpretq_u32_u16, vreinterpretq_u32_u64, vreinterpretq_u64_u32,
    vrev32q_u8, vrev32q_u16, vshrn_high_n_u64, vshrn_n_u64, vshrq_n_u8, vshrq_n_u32, vsliq_n_u32,
    vsraq_n_u32, vst1q_u8, vst1q_u32, vtrn1q_u8, vtrn1q_u16, vtrn1q_u32, vtrn1q_u64, vtrn2q_u8,
    vtrn2q_u16, vtrn2q_u32, vtrn2q_u64, vuzp1q_u32,
};
use core::hint::black_box;

impl Kernel for cpu::NeonAes {
    fn initialise(self, lanes: &mut Lanes, rounds: u32) {
        // SAFETY: `self` proves that this CPU has `aes`; it has `neon` with it.
        unsafe { initialise(lanes, rounds) }
    }

    fn keystream(self, lanes: &mut Lanes, z: &mut [[[u8; 64]; LANES]]) {
        // SAFETY: as above.
        unsafe { keystream(lanes, z) }
    }
}

/// A word of every lane.
type Words = [[u32; 4]; 4];

/// s_{i+2}L ‖ s_iH at index i mod 16: X3, X2 five words earlier, X1 nine words earlier.
type Halves = Temporary<[Words; 16]>;

#[target_feature(enable = "neon,aes")]
fn initialise(lanes: &mut Lanes, rounds: u32) {
    let (mut x, factors) = (halves(lanes), factors());
    let rounds = rounds as usize;
    for t in 0..=rounds {
        for g in 0..4 {
            let [w, _] = f(lanes, &mut x, t, g);
            // How many rounds there are is public.
            let u = if t == rounds { vdupq_n_u32(0) } else { vshrq_n_u32::<1>(w) };
            lfsr(lanes, t, g, u, factors);
        }
    }
    lanes.s.rotate_left((rounds + 1) & 15);
}

#[target_feature(enable = "neon,aes")]
fn keystream(lanes: &mut Lanes, z: &mut [[[u8; 64]; LANES]]) {
    let (mut x, factors) = (halves(lanes), factors());
    let mut words = Temporary::<[Words; 4]>::new();
    for z in z {
        for t in 0..16 {
            for g in 0..4 {
                let [w, x3] = f(lanes, &mut x, t, g);
                store(&mut words[t % 4][g], veorq_u32(w, x3));
                lfsr(lanes, t, g, vdupq_n_u32(0), factors);
            }
            if t % 4 == 3 {
                for (g, z) in z.as_chunks_mut().0.iter_mut().enumerate() {
                    transpose(words.each_ref().map(|words| &words[g]), z, t / 4);
                }
            }
        }
    }
}

/// The cells at index `i` of group `g`.
#[inline]
#[target_feature(enable = "neon")]
fn cells(lanes: &Lanes, i: usize, g: usize) -> uint32x4_t {
    load(&lanes.s[i & 15].as_chunks().0[g])
}

/// The words that the first nine steps take.
#[inline]
#[target_feature(enable = "neon")]
fn halves(lanes: &Lanes) -> Halves {
    let mut x = Halves::new();
    for (i, x) in x.iter_mut().take(9).enumerate() {
        for (g, x) in x.iter_mut().enumerate() {
            store(x, low_high(cells(lanes, i + 2, g), cells(lanes, i, g)));
        }
    }
    x
}

/// lL ‖ hH.
#[inline]
#[target_feature(enable = "neon")]
fn low_high(l: uint32x4_t, h: uint32x4_t) -> uint32x4_t {
    vsliq_n_u32::<16>(vshrq_n_u32::<15>(h), l)
}

/// W = F(X0, X1, X2), and X3, at step `t` in the lanes of group `g`.
#[inline]
#[target_feature(enable = "neon,aes")]
fn f(lanes: &mut Lanes, x: &mut Halves, t: usize, g: usize) -> [uint32x4_t; 2] {
    let s = |i: usize| cells(lanes, t + i, g);
    let x0 = vsliq_n_u32::<16>(s(14), vshrq_n_u32::<15>(s(15)));
    let x1 = low_high(s(11), s(9));
    let (x2, x3) = (load(&x[(t + 5) & 15][g]), load(&x[t & 15][g]));
    store(&mut x[(t + 9) & 15][g], x1);
    let (r1, r2) = (&mut lanes.r1.as_chunks_mut().0[g], &mut lanes.r2.as_chunks_mut().0[g]);
    let (old1, old2) = (load(r1), load(r2));
    let w = vaddq_u32(veorq_u32(x0, old1), old2);
    let w1 = vreinterpretq_u16_u32(vaddq_u32(old1, x1));
    let w2 = veorq_u32(old2, x2);
    // W2 with its halves exchanged, so that u = W1L ‖ W2H and v = W2L ‖ W1H are every other half.
    let w2 = vrev32q_u16(vreinterpretq_u16_u32(w2));
    let u = l1(vreinterpretq_u32_u16(vtrn1q_u16(w2, w1)));
    let v = l2(vreinterpretq_u32_u16(vtrn2q_u16(w1, w2)));
    let (u, v) = (vreinterpretq_u8_u32(u), vreinterpretq_u8_u32(v));
    let odd = s0(vtrn2q_u8(u, v));
    let even = s1(vqtbl2q_u8(uint8x16x2_t(u, v), load_bytes(&EVEN_BYTES)));
    store(r1, vreinterpretq_u32_u8(vtrn1q_u8(even, odd)));
    store(r2, vreinterpretq_u32_u8(vtrn2q_u8(even, odd)));
    [w, x3]
}

/// The even bytes of u (at even places) and of v, each where the `ShiftRows` of AESE takes it from.
const EVEN_BYTES: [u8; 16] = {
    let (mut from, mut i) = ([0; 16], 0);
    while i < 16 {
        let to = (i + 16 - i % 4 * 4) % 16;
        from[i] = (to % 2 * 16 + to - to % 2) as u8;
        i += 1;
    }
    from
};

/// L1(x) = y ⊕ x <<< 2 ⊕ y <<< 24 with y = x ⊕ x <<< 18.
#[inline]
#[target_feature(enable = "neon")]
fn l1(x: uint32x4_t) -> uint32x4_t {
    const LEFT24: [u8; 16] = [1, 2, 3, 0, 5, 6, 7, 4, 9, 10, 11, 8, 13, 14, 15, 12];
    let x2 = vsliq_n_u32::<2>(vshrq_n_u32::<30>(x), x);
    let y = veorq_u32(x, rotate16(x2));
    veorq_u32(veorq_u32(y, x2), look_up(y, &LEFT24))
}

/// L2(x) = y ⊕ x <<< 30 ⊕ y <<< 8 with y = x ⊕ x <<< 14.
#[inline]
#[target_feature(enable = "neon")]
fn l2(x: uint32x4_t) -> uint32x4_t {
    const LEFT8: [u8; 16] = [3, 0, 1, 2, 7, 4, 5, 6, 11, 8, 9, 10, 15, 12, 13, 14];
    let x30 = vsliq_n_u32::<30>(vshrq_n_u32::<2>(x), x);
    let y = veorq_u32(x, rotate16(x30));
    veorq_u32(veorq_u32(y, x30), look_up(y, &LEFT8))
}

/// S0 of every byte.
#[inline]
#[target_feature(enable = "neon")]
fn s0(x: uint8x16_t) -> uint8x16_t {
    let [l, h] = nibbles(x);
    let q = veorq_u8(h, vqtbl1q_u8(load_bytes(&s0::P1), l));
    let r = veorq_u8(l, vqtbl1q_u8(load_bytes(&s0::P2), q));
    veorq_u8(vaddq_u8(q, q), vqtbl1q_u8(load_bytes(&s0::P3), r))
}

/// S1 of every byte, moved by `ShiftRows`.
#[inline]
#[target_feature(enable = "neon,aes")]
fn s1(x: uint8x16_t) -> uint8x16_t {
    let [low, high] = images(x, &s1::BEFORE);
    let [low, high] = images(vaeseq_u8(low, high), &s1::AFTER);
    veorq_u8(low, high)
}

#[inline]
#[target_feature(enable = "neon")]
fn images(x: uint8x16_t, tables: &[[u8; 16]; 2]) -> [uint8x16_t; 2] {
    let [l, h] = nibbles(x);
    [vqtbl1q_u8(load_bytes(&tables[0]), l), vqtbl1q_u8(load_bytes(&tables[1]), h)]
}

#[inline]
#[target_feature(enable = "neon")]
fn nibbles(x: uint8x16_t) -> [uint8x16_t; 2] {
    [vandq_u8(x, vdupq_n_u8(15)), vshrq_n_u8::<4>(x)]
}

#[inline]
#[target_feature(enable = "neon")]
fn rotate16(x: uint32x4_t) -> uint32x4_t {
    vreinterpretq_u32_u16(vrev32q_u16(vreinterpretq_u16_u32(x)))
}

#[inline]
#[target_feature(enable = "neon")]
fn look_up(x: uint32x4_t, from: &[u8; 16]) -> uint32x4_t {
    vreinterpretq_u32_u8(vqtbl1q_u8(vreinterpretq_u8_u32(x), load_bytes(from)))
}

/// The powers of two of the LFSR, hidden from the compiler: LLVM makes a shift and an addition of each
/// multiplication with addition.
#[inline]
#[target_feature(enable = "neon")]
fn factors() -> uint32x4_t {
    black_box(load(&[1 << 15, 1 << 17, 1 << 21, 1 << 20]))
}

/// As [`portable`](crate::zuc::portable): the sum is below 2⁵³, so that two folds suffice.
#[inline]
#[target_feature(enable = "neon")]
fn lfsr(lanes: &mut Lanes, t: usize, g: usize, u: uint32x4_t, factors: uint32x4_t) {
    let s = |i: usize| cells(lanes, t + i, g);
    let low = vaddw_u32(vmull_n_u32(vget_low_u32(s(0)), 257), vget_low_u32(u));
    let low = vmlal_laneq_u32::<0>(low, vget_low_u32(s(15)), factors);
    let low = vmlal_laneq_u32::<1>(low, vget_low_u32(s(13)), factors);
    let low = vmlal_laneq_u32::<2>(low, vget_low_u32(s(10)), factors);
    let low = vmlal_laneq_u32::<3>(low, vget_low_u32(s(4)), factors);
    let high = vaddw_high_u32(vmull_high_n_u32(s(0), 257), u);
    let high = vmlal_high_laneq_u32::<0>(high, s(15), factors);
    let high = vmlal_high_laneq_u32::<1>(high, s(13), factors);
    let high = vmlal_high_laneq_u32::<2>(high, s(10), factors);
    let high = vmlal_high_laneq_u32::<3>(high, s(4), factors);
    let p = vdupq_n_u32(0x7fff_ffff);
    let upper = vshrn_high_n_u64::<31>(vshrn_n_u64::<31>(low), high);
    let lower = vuzp1q_u32(vreinterpretq_u32_u64(low), vreinterpretq_u32_u64(high));
    let sum = vaddq_u32(vandq_u32(lower, p), upper);
    store(&mut lanes.s[t & 15].as_chunks_mut().0[g], vsraq_n_u32::<31>(vandq_u32(sum, p), sum));
}

/// Four words of four lanes to their place `i` in the lanes' keystream, big-endian.
#[inline]
#[target_feature(enable = "neon")]
fn transpose(words: [&[u32; 4]; 4], z: &mut [[u8; 64]; 4], i: usize) {
    let [w0, w1, w2, w3] = [load(words[0]), load(words[1]), load(words[2]), load(words[3])];
    let (even01, odd01) = (vtrn1q_u32(w0, w1), vtrn2q_u32(w0, w1));
    let (even23, odd23) = (vtrn1q_u32(w2, w3), vtrn2q_u32(w2, w3));
    let (even01, odd01) = (vreinterpretq_u64_u32(even01), vreinterpretq_u64_u32(odd01));
    let (even23, odd23) = (vreinterpretq_u64_u32(even23), vreinterpretq_u64_u32(odd23));
    let rows = [
        vtrn1q_u64(even01, even23),
        vtrn1q_u64(odd01, odd23),
        vtrn2q_u64(even01, even23),
        vtrn2q_u64(odd01, odd23),
    ];
    for (z, row) in z.iter_mut().zip(rows) {
        store_bytes(&mut z.as_chunks_mut().0[i], vrev32q_u8(vreinterpretq_u8_u64(row)));
    }
}

#[inline]
#[target_feature(enable = "neon")]
fn load(words: &[u32; 4]) -> uint32x4_t {
    // SAFETY: `words` is 16 readable bytes, and the load needs no alignment.
    unsafe { vld1q_u32(words.as_ptr()) }
}

#[inline]
#[target_feature(enable = "neon")]
fn store(words: &mut [u32; 4], x: uint32x4_t) {
    // SAFETY: `words` is 16 writable bytes, and the store needs no alignment.
    unsafe { vst1q_u32(words.as_mut_ptr(), x) }
}

#[inline]
#[target_feature(enable = "neon")]
fn load_bytes(bytes: &[u8; 16]) -> uint8x16_t {
    // SAFETY: `bytes` is 16 readable bytes, and the load needs no alignment.
    unsafe { vld1q_u8(bytes.as_ptr()) }
}

#[inline]
#[target_feature(enable = "neon")]
fn store_bytes(bytes: &mut [u8; 16], x: uint8x16_t) {
    // SAFETY: `bytes` is 16 writable bytes, and the store needs no alignment.
    unsafe { vst1q_u8(bytes.as_mut_ptr(), x) }
}
