//! The MAC's sum of keystream windows by PMULL, for the kernels of AArch64: the products of `x86_clmul.rs`.
#![allow(unsafe_code, reason = "a kernel: loads of vector registers")]

use core::arch::aarch64::{
    uint8x16_t, uint64x2_t, vandq_u64, vdupq_n_u64, veorq_u64, vgetq_lane_u64, vld1q_u8,
    vmull_high_p64, vmull_p64, vrbitq_u8, vreinterpretq_p64_u64, vreinterpretq_u64_p128,
    vreinterpretq_u64_u8, vrev64q_u8, vshrq_n_u64,
};

/// As [`mac::windows`](crate::zuc::mac::windows).
#[target_feature(enable = "neon,aes")]
pub(super) fn windows(t: &mut [u32], z: &[[u8; 4]], m: &[[u8; 4]]) {
    match t {
        [t] => *t ^= window_xor(z, m),
        [t0, t1] => {
            let [sum] = window_pairs::<2, 1>(z, m);
            *t0 ^= sum[0];
            *t1 ^= sum[1];
        }
        [t0, t1, t2, t3] => {
            let [first, second] = window_pairs::<3, 2>(z, m);
            *t0 ^= first[0];
            *t1 ^= first[1];
            *t2 ^= second[0];
            *t3 ^= second[1];
        }
        _ => crate::zuc::mac::windows(t, z, m),
    }
}

/// The sums of windows of 64 bits at `PAIRS` places, two words apart; `SUMS` is `PAIRS` + 1.
#[target_feature(enable = "neon,aes")]
fn window_pairs<const SUMS: usize, const PAIRS: usize>(
    z: &[[u8; 4]],
    m: &[[u8; 4]],
) -> [[u32; 2]; PAIRS] {
    let mut sums = [vdupq_n_u64(0); SUMS];
    let (fours, rest) = m.as_chunks();
    for (i, m) in fours.iter().enumerate() {
        add_products(&mut sums, &z[4 * i..], m);
    }
    if !rest.is_empty() {
        let (mut last_z, mut last_m) = ([[0; 4]; 8], [[0; 4]; 4]);
        let z = &z[4 * fours.len()..m.len() + 2 * PAIRS];
        last_z[..z.len()].copy_from_slice(z);
        last_m[..rest.len()].copy_from_slice(rest);
        add_products(&mut sums, &last_z, &last_m);
    }
    core::array::from_fn(|i| {
        let half = vgetq_lane_u64::<0>(sums[i]) ^ vgetq_lane_u64::<1>(sums[i + 1]);
        #[allow(clippy::cast_possible_truncation, reason = "the halves of a u64")]
        let words = [(half >> 32) as u32, half as u32];
        words
    })
}

/// Adds to `sums[i]` the products of four message words with the keystream from word 2i on.
#[inline]
#[target_feature(enable = "neon,aes")]
fn add_products<const SUMS: usize>(sums: &mut [uint64x2_t; SUMS], z: &[[u8; 4]], m: &[[u8; 4]; 4]) {
    let m = reversed(m);
    for (sum, z) in sums.iter_mut().zip(z.windows(4).step_by(2)) {
        if let Some(z) = z.first_chunk() {
            *sum = veorq_u64(*sum, products(numbers(z), m));
        }
    }
}

#[target_feature(enable = "neon,aes")]
fn window_xor(z: &[[u8; 4]], m: &[[u8; 4]]) -> u32 {
    let mut sum = vdupq_n_u64(0);
    let (fours, rest) = m.as_chunks();
    for (m, z) in fours.iter().zip(z.windows(5).step_by(4)) {
        if let Some(z) = z.first_chunk() {
            sum = veorq_u64(sum, single_products(z, m));
        }
    }
    if !rest.is_empty() {
        let (mut last_z, mut last_m) = ([[0; 4]; 5], [[0; 4]; 4]);
        last_z[..=rest.len()].copy_from_slice(&z[4 * fours.len()..=m.len()]);
        last_m[..rest.len()].copy_from_slice(rest);
        sum = veorq_u64(sum, single_products(&last_z, &last_m));
    }
    #[allow(clippy::cast_possible_truncation, reason = "bits 63 … 32")]
    let t = (vgetq_lane_u64::<0>(sum) >> 32) as u32;
    t
}

/// The sum of the products of four message words with their 64 bits of keystream.
#[inline]
#[target_feature(enable = "neon,aes")]
fn single_products(z: &[[u8; 4]; 5], m: &[[u8; 4]; 4]) -> uint64x2_t {
    let [first @ .., _] = z;
    let [_, last @ ..] = z;
    let m = reversed(m);
    veorq_u64(
        products(numbers(first), vandq_u64(m, vdupq_n_u64(0xffff_ffff))),
        products(numbers(last), vshrq_n_u64::<32>(m)),
    )
}

/// The sum of the products of the lower and of the upper halves.
#[inline]
#[target_feature(enable = "neon,aes")]
fn products(a: uint64x2_t, b: uint64x2_t) -> uint64x2_t {
    let low = vmull_p64(vgetq_lane_u64::<0>(a), vgetq_lane_u64::<0>(b));
    let high = vmull_high_p64(vreinterpretq_p64_u64(a), vreinterpretq_p64_u64(b));
    veorq_u64(vreinterpretq_u64_p128(low), vreinterpretq_u64_p128(high))
}

/// z0 ‖ z1 and z2 ‖ z3 as big-endian numbers.
#[inline]
#[target_feature(enable = "neon")]
fn numbers(z: &[[u8; 4]; 4]) -> uint64x2_t {
    vreinterpretq_u64_u8(vrev64q_u8(load(z)))
}

/// Message words with the first bit of the first at the lowest place.
#[inline]
#[target_feature(enable = "neon")]
fn reversed(m: &[[u8; 4]; 4]) -> uint64x2_t {
    vreinterpretq_u64_u8(vrbitq_u8(load(m)))
}

#[inline]
#[target_feature(enable = "neon")]
fn load(words: &[[u8; 4]; 4]) -> uint8x16_t {
    // SAFETY: `words` is 16 readable bytes, and the load needs no alignment.
    unsafe { vld1q_u8(words.as_ptr().cast()) }
}
