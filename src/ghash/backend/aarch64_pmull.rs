//! GHASH by PMULL, one block a multiplication, sixteen a reduction: as `x86_clmul.rs`.
#![allow(unsafe_code, reason = "a kernel: loads and stores of vector registers")]

use super::Kernel;
use crate::{
    cpu::NeonAes,
    ghash::{Block, GROUP, Powers},
};
use core::arch::aarch64::{
    uint64x2_t, vdupq_n_u64, veorq_u64, vextq_u8, vextq_u64, vgetq_lane_u64, vld1q_u8, vld1q_u64,
    vmull_high_p64, vmull_p64, vreinterpretq_p64_u64, vreinterpretq_u8_u64, vreinterpretq_u64_p128,
    vreinterpretq_u64_u8, vrev64q_u8, vst1q_u8, vst1q_u64,
};

impl Kernel for NeonAes {
    fn fill(self, powers: &mut Powers) {
        // SAFETY: `self` proves that this CPU has `neon` and `aes`, which here includes PMULL.
        unsafe { fill(powers) }
    }

    fn update(self, powers: &Powers, y: &mut Block, blocks: &[Block]) {
        // SAFETY: `self` proves that this CPU has `neon` and `aes`, which here includes PMULL.
        unsafe { update(powers, y, blocks) }
    }
}

/// Makes all powers of H, four multiplications deep.
#[target_feature(enable = "neon,aes")]
fn fill(powers: &mut Powers) {
    for n in 2..=GROUP {
        let [a, b] = [n / 2, n - n / 2].map(|n| load_power(&powers.0[GROUP - n]));
        let mut product = Sums::new();
        product.add(a, b);
        store_power(&mut powers.0[GROUP - n], product.reduce());
    }
}

#[target_feature(enable = "neon,aes")]
fn update(powers: &Powers, y: &mut Block, blocks: &[Block]) {
    let mut sum = reverse(load(&y.0));
    let (groups, rest) = blocks.as_chunks::<GROUP>();
    for group in groups {
        sum = add_group(&powers.0, sum, group);
    }
    if !rest.is_empty() {
        sum = add_group(&powers.0[GROUP - rest.len()..], sum, rest);
    }
    store(&mut y.0, reverse(sum));
}

/// Y after as many blocks as there are powers.
#[inline]
#[target_feature(enable = "neon,aes")]
fn add_group(powers: &[u128], mut y: uint64x2_t, blocks: &[Block]) -> uint64x2_t {
    let mut sums = Sums::new();
    for (power, block) in powers.iter().zip(blocks) {
        sums.add(veorq_u64(reverse(load(&block.0)), y), load_power(power));
        y = vdupq_n_u64(0);
    }
    sums.reduce()
}

/// A sum of products of 128 bits by 128 bits: low + middle·x⁶⁴ + high·x¹²⁸.
#[derive(Clone, Copy)]
struct Sums {
    low: uint64x2_t,
    middle: uint64x2_t,
    high: uint64x2_t,
}

impl Sums {
    #[inline]
    #[target_feature(enable = "neon")]
    fn new() -> Self {
        let zero = vdupq_n_u64(0);
        Self { low: zero, middle: zero, high: zero }
    }

    /// Adds the product of `a` and `b`.
    #[inline]
    #[target_feature(enable = "neon,aes")]
    fn add(&mut self, a: uint64x2_t, b: uint64x2_t) {
        let exchanged = exchange(b);
        self.low = veorq_u64(self.low, multiply_low(a, b));
        self.high = veorq_u64(self.high, multiply_high(a, b));
        self.middle = veorq_u64(
            self.middle,
            veorq_u64(multiply_low(a, exchanged), multiply_high(a, exchanged)),
        );
    }

    /// The sum times x⁻¹²⁸, modulo the polynomial of POLYVAL. As `portable::multiply`.
    #[inline]
    #[target_feature(enable = "neon,aes")]
    fn reduce(self) -> uint64x2_t {
        let middle = veorq_u64(self.middle, fold(self.low));
        veorq_u64(self.high, fold(middle))
    }
}

/// x with its halves exchanged, and its lower half times x⁶³ + x⁶² + x⁵⁷.
#[inline]
#[target_feature(enable = "neon,aes")]
fn fold(x: uint64x2_t) -> uint64x2_t {
    veorq_u64(exchange(x), multiply_low(x, vdupq_n_u64(0xc2 << 56)))
}

#[inline]
#[target_feature(enable = "neon,aes")]
fn multiply_low(a: uint64x2_t, b: uint64x2_t) -> uint64x2_t {
    vreinterpretq_u64_p128(vmull_p64(vgetq_lane_u64::<0>(a), vgetq_lane_u64::<0>(b)))
}

#[inline]
#[target_feature(enable = "neon,aes")]
fn multiply_high(a: uint64x2_t, b: uint64x2_t) -> uint64x2_t {
    let product = vmull_high_p64(vreinterpretq_p64_u64(a), vreinterpretq_p64_u64(b));
    vreinterpretq_u64_p128(product)
}

/// The halves exchanged.
#[inline]
#[target_feature(enable = "neon")]
fn exchange(x: uint64x2_t) -> uint64x2_t {
    vextq_u64::<1>(x, x)
}

/// The bytes in reverse order.
#[inline]
#[target_feature(enable = "neon")]
fn reverse(x: uint64x2_t) -> uint64x2_t {
    let x = vrev64q_u8(vreinterpretq_u8_u64(x));
    vreinterpretq_u64_u8(vextq_u8::<8>(x, x))
}

#[inline]
#[target_feature(enable = "neon")]
fn load(bytes: &[u8; 16]) -> uint64x2_t {
    // SAFETY: `bytes` is 16 readable bytes, and the load needs no alignment.
    vreinterpretq_u64_u8(unsafe { vld1q_u8(bytes.as_ptr()) })
}

#[inline]
#[target_feature(enable = "neon")]
fn store(bytes: &mut [u8; 16], x: uint64x2_t) {
    // SAFETY: `bytes` is 16 writable bytes, and the store needs no alignment.
    unsafe { vst1q_u8(bytes.as_mut_ptr(), vreinterpretq_u8_u64(x)) }
}

#[inline]
#[target_feature(enable = "neon")]
fn load_power(power: &u128) -> uint64x2_t {
    // SAFETY: `power` is 16 readable bytes, and the load needs no alignment.
    unsafe { vld1q_u64(core::ptr::from_ref(power).cast()) }
}

#[inline]
#[target_feature(enable = "neon")]
fn store_power(power: &mut u128, x: uint64x2_t) {
    // SAFETY: `power` is 16 writable bytes, and the store needs no alignment.
    unsafe { vst1q_u64(core::ptr::from_mut(power).cast(), x) }
}
