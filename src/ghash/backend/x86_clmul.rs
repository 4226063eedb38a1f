//! GHASH by PCLMULQDQ, one block a multiplication, sixteen a reduction.
#![allow(unsafe_code, reason = "a kernel: loads and stores of vector registers")]

use super::Kernel;
use crate::{
    cpu::Avx2Aes,
    ghash::{Block, GROUP, Powers},
};
use core::arch::x86_64::{
    __m128i, _mm_clmulepi64_si128, _mm_loadu_si128, _mm_set_epi8, _mm_set1_epi64x,
    _mm_setzero_si128, _mm_shuffle_epi8, _mm_shuffle_epi32, _mm_storeu_si128, _mm_xor_si128,
};

impl Kernel for Avx2Aes {
    fn fill(self, powers: &mut Powers) {
        // SAFETY: `self` proves that this CPU has `avx2` and `pclmulqdq`.
        unsafe { fill(powers) }
    }

    fn update(self, powers: &Powers, y: &mut Block, blocks: &[Block]) {
        // SAFETY: `self` proves that this CPU has `avx2` and `pclmulqdq`.
        unsafe { update(powers, y, blocks) }
    }
}

/// Makes all powers of H, four multiplications deep.
#[target_feature(enable = "avx2,pclmulqdq")]
pub(super) fn fill(powers: &mut Powers) {
    for n in 2..=GROUP {
        let [a, b] = [n / 2, n - n / 2].map(|n| load_power(&powers.0[GROUP - n]));
        let mut product = Sums::new();
        product.add(a, b);
        store_power(&mut powers.0[GROUP - n], product.reduce());
    }
}

#[target_feature(enable = "avx2,pclmulqdq")]
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
#[target_feature(enable = "avx2,pclmulqdq")]
fn add_group(powers: &[u128], mut y: __m128i, blocks: &[Block]) -> __m128i {
    let mut sums = Sums::new();
    for (power, block) in powers.iter().zip(blocks) {
        sums.add(_mm_xor_si128(reverse(load(&block.0)), y), load_power(power));
        y = _mm_setzero_si128();
    }
    sums.reduce()
}

/// A sum of products of 128 bits by 128 bits: low + middle·x⁶⁴ + high·x¹²⁸.
#[derive(Clone, Copy)]
pub(crate) struct Sums {
    pub(super) low: __m128i,
    pub(super) middle: __m128i,
    pub(super) high: __m128i,
}

impl Sums {
    #[inline]
    #[target_feature(enable = "sse2")]
    fn new() -> Self {
        let zero = _mm_setzero_si128();
        Self { low: zero, middle: zero, high: zero }
    }

    /// Adds the product of `a` and `b`.
    #[inline]
    #[target_feature(enable = "avx2,pclmulqdq")]
    pub(super) fn add(&mut self, a: __m128i, b: __m128i) {
        self.low = _mm_xor_si128(self.low, _mm_clmulepi64_si128::<0x00>(a, b));
        self.high = _mm_xor_si128(self.high, _mm_clmulepi64_si128::<0x11>(a, b));
        let crosswise = [_mm_clmulepi64_si128::<0x01>(a, b), _mm_clmulepi64_si128::<0x10>(a, b)];
        self.middle = _mm_xor_si128(self.middle, _mm_xor_si128(crosswise[0], crosswise[1]));
    }

    /// The sum times x⁻¹²⁸, modulo the polynomial of POLYVAL. As `portable::multiply`.
    #[inline]
    #[target_feature(enable = "avx2,pclmulqdq")]
    pub(super) fn reduce(self) -> __m128i {
        let middle = _mm_xor_si128(self.middle, fold(self.low));
        _mm_xor_si128(self.high, fold(middle))
    }
}

/// x with its halves exchanged, and its lower half times x⁶³ + x⁶² + x⁵⁷.
#[inline]
#[target_feature(enable = "avx2,pclmulqdq")]
fn fold(x: __m128i) -> __m128i {
    let modulus = _mm_set1_epi64x(0xc2 << 56);
    _mm_xor_si128(_mm_shuffle_epi32::<0b01_00_11_10>(x), _mm_clmulepi64_si128::<0>(x, modulus))
}

/// The bytes in reverse order.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn reverse(x: __m128i) -> __m128i {
    _mm_shuffle_epi8(x, _mm_set_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15))
}

#[inline]
#[target_feature(enable = "sse2")]
pub(super) fn load(bytes: &[u8; 16]) -> __m128i {
    // SAFETY: `bytes` is 16 readable bytes, and the load needs no alignment.
    unsafe { _mm_loadu_si128(bytes.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "sse2")]
pub(super) fn store(bytes: &mut [u8; 16], x: __m128i) {
    // SAFETY: `bytes` is 16 writable bytes, and the store needs no alignment.
    unsafe { _mm_storeu_si128(bytes.as_mut_ptr().cast(), x) }
}

#[inline]
#[target_feature(enable = "sse2")]
pub(super) fn load_power(power: &u128) -> __m128i {
    // SAFETY: `power` is 16 readable bytes, and the load needs no alignment.
    unsafe { _mm_loadu_si128(core::ptr::from_ref(power).cast()) }
}

#[inline]
#[target_feature(enable = "sse2")]
fn store_power(power: &mut u128, x: __m128i) {
    // SAFETY: `power` is 16 writable bytes, and the store needs no alignment.
    unsafe { _mm_storeu_si128(core::ptr::from_mut(power).cast(), x) }
}
