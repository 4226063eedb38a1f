//! SM3 of four messages at once by NEON, one in each 32-bit lane.
#![allow(unsafe_code, reason = "a kernel: loads and stores of vector registers")]

use super::{super::Block, Input, Kernel, LANES, State, rounds};
use crate::cpu;
use core::arch::aarch64::{
    uint32x4_t, vaddq_u32 as add, vbslq_u32, vdupq_n_u32, veorq_u32 as xor, vld1q_u8, vld1q_u32,
    vreinterpretq_u32_u8, vreinterpretq_u32_u64, vreinterpretq_u64_u32, vrev32q_u8, vshlq_n_u32,
    vsriq_n_u32, vst1q_u32, vtrn1q_u32, vtrn1q_u64, vtrn2q_u32, vtrn2q_u64,
};

impl Kernel for cpu::Neon {
    fn few(self) -> usize {
        1
    }

    fn width(self, _: usize) -> usize {
        4
    }

    fn compress(self, v: &mut State, input: &Input<'_>, _: usize) {
        // SAFETY: `self` proves that this CPU has `neon`.
        unsafe { compress(v, input) }
    }
}

rounds::kernel!("neon", uint32x4_t);

/// The words of block `i` of each run.
#[inline]
#[target_feature(enable = "neon")]
fn transpose(w: &mut [uint32x4_t; 16], runs: &[&[Block]; LANES], i: usize) {
    for (q, w) in w.as_chunks_mut::<4>().0.iter_mut().enumerate() {
        let (a, b) = (row(runs[0], i, q), row(runs[1], i, q));
        let (c, d) = (row(runs[2], i, q), row(runs[3], i, q));
        (w[0], w[2]) = pairs(vtrn1q_u32(a, b), vtrn1q_u32(c, d));
        (w[1], w[3]) = pairs(vtrn2q_u32(a, b), vtrn2q_u32(c, d));
    }
}

/// Words 4q … 4q + 3 of block `i`.
#[inline]
#[target_feature(enable = "neon")]
fn row(run: &[Block], i: usize, q: usize) -> uint32x4_t {
    let bytes: &[u8; 16] = &run[i].as_chunks().0[q];
    // SAFETY: `bytes` is 16 readable bytes, and the load needs no alignment.
    let bytes = unsafe { vld1q_u8(bytes.as_ptr()) };
    vreinterpretq_u32_u8(vrev32q_u8(bytes))
}

/// The lower halves of `x` and `y`, and the upper ones.
#[inline]
#[target_feature(enable = "neon")]
fn pairs(x: uint32x4_t, y: uint32x4_t) -> (uint32x4_t, uint32x4_t) {
    let (x, y) = (vreinterpretq_u64_u32(x), vreinterpretq_u64_u32(y));
    (vreinterpretq_u32_u64(vtrn1q_u64(x, y)), vreinterpretq_u32_u64(vtrn2q_u64(x, y)))
}

/// P_0(X) = X ⊕ (X <<< 9) ⊕ (X <<< 17). Source: GB/T 32905-2016, 4.4.
#[inline]
#[target_feature(enable = "neon")]
fn p0(x: uint32x4_t) -> uint32x4_t {
    xor3(x, rol::<9, 23>(x), rol::<17, 15>(x))
}

/// P_1(X) = X ⊕ (X <<< 15) ⊕ (X <<< 23). Source: as above.
#[inline]
#[target_feature(enable = "neon")]
fn p1(x: uint32x4_t) -> uint32x4_t {
    xor3(x, rol::<15, 17>(x), rol::<23, 9>(x))
}

/// FF_j, j ≥ 16: where X and Y differ Z decides. Source: GB/T 32905-2016, 4.3.
#[inline]
#[target_feature(enable = "neon")]
fn ff1(x: uint32x4_t, y: uint32x4_t, z: uint32x4_t) -> uint32x4_t {
    vbslq_u32(xor(x, y), z, x)
}

/// GG_j, j ≥ 16. Source: as above.
#[inline]
#[target_feature(enable = "neon")]
fn gg1(x: uint32x4_t, y: uint32x4_t, z: uint32x4_t) -> uint32x4_t {
    vbslq_u32(x, y, z)
}

#[inline]
#[target_feature(enable = "neon")]
fn xor3(x: uint32x4_t, y: uint32x4_t, z: uint32x4_t) -> uint32x4_t {
    xor(xor(x, y), z)
}

/// X <<< `N`; `M` is 32 − `N`.
#[inline]
#[target_feature(enable = "neon")]
fn rol<const N: i32, const M: i32>(x: uint32x4_t) -> uint32x4_t {
    vsriq_n_u32::<M>(vshlq_n_u32::<N>(x), x)
}

#[inline]
#[target_feature(enable = "neon")]
fn rol8(x: uint32x4_t) -> uint32x4_t {
    rol::<8, 24>(x)
}

#[inline]
#[target_feature(enable = "neon")]
fn word(x: u32) -> uint32x4_t {
    vdupq_n_u32(x)
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
