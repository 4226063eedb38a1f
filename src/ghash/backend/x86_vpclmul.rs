//! GHASH by VPCLMULQDQ on 256 bits: two blocks a multiplication, sixteen a reduction.
#![allow(unsafe_code, reason = "a kernel: loads of vector registers")]

use super::{
    Kernel,
    x86_clmul::{self, load as load1, load_power, reverse as reverse1, store as store1},
};
use crate::{
    cpu::Avx2Vpclmul,
    ghash::{Block, GROUP, Powers},
};
use core::arch::x86_64::{
    __m128i, __m256i, _mm_set_epi8, _mm_xor_si128, _mm256_broadcastsi128_si256,
    _mm256_castsi256_si128, _mm256_clmulepi64_epi128, _mm256_extracti128_si256, _mm256_loadu_si256,
    _mm256_set1_epi64x, _mm256_setzero_si256, _mm256_shuffle_epi8, _mm256_shuffle_epi32,
    _mm256_xor_si256, _mm256_zextsi128_si256,
};

/// The blocks of a register.
const WIDTH: usize = 2;

impl Kernel for Avx2Vpclmul {
    fn fill(self, powers: &mut Powers) {
        // SAFETY: `self` proves that this CPU has `avx2` and `pclmulqdq`.
        unsafe { x86_clmul::fill(powers) }
    }

    fn update(self, powers: &Powers, y: &mut Block, blocks: &[Block]) {
        // SAFETY: `self` proves that this CPU has `avx2`, `vpclmulqdq` and `pclmulqdq`.
        unsafe { update(powers, y, blocks) }
    }
}

#[target_feature(enable = "avx2,vpclmulqdq,pclmulqdq")]
fn update(powers: &Powers, y: &mut Block, blocks: &[Block]) {
    let mut sum = reverse1(load1(&y.0));
    let (groups, rest) = blocks.as_chunks::<GROUP>();
    for group in groups {
        let (powers, _) = powers.0.as_chunks();
        let (blocks, _) = group.as_chunks();
        let mut sums = Sums::new();
        let mut y = _mm256_zextsi128_si256(sum);
        for (power, blocks) in powers.iter().zip(blocks) {
            sums.add(_mm256_xor_si256(reverse(load_blocks(blocks)), y), load_powers(power));
            y = _mm256_setzero_si256();
        }
        sum = sums.reduce();
    }
    if !rest.is_empty() {
        sum = add_rest(&powers.0[GROUP - rest.len()..], sum, rest);
    }
    store1(&mut y.0, reverse1(sum));
}

/// Y after as many blocks as there are powers.
#[target_feature(enable = "avx2,vpclmulqdq,pclmulqdq")]
fn add_rest(powers: &[u128], y: __m128i, blocks: &[Block]) -> __m128i {
    let (wide_powers, powers) = powers.as_chunks();
    let (wide_blocks, blocks) = blocks.as_chunks();
    let mut sums = Sums::new();
    let mut wide_y = _mm256_zextsi128_si256(y);
    for (power, blocks) in wide_powers.iter().zip(wide_blocks) {
        sums.add(_mm256_xor_si256(reverse(load_blocks(blocks)), wide_y), load_powers(power));
        wide_y = _mm256_setzero_si256();
    }
    let mut y = _mm256_castsi256_si128(wide_y);
    let mut sums = sums.narrow();
    for (power, block) in powers.iter().zip(blocks) {
        sums.add(_mm_xor_si128(reverse1(load1(&block.0)), y), load_power(power));
        y = _mm256_castsi256_si128(_mm256_setzero_si256());
    }
    sums.reduce()
}

/// Two of [`x86_clmul::Sums`].
#[derive(Clone, Copy)]
pub(crate) struct Sums {
    low: __m256i,
    middle: __m256i,
    high: __m256i,
}

impl Sums {
    #[inline]
    #[target_feature(enable = "avx2")]
    pub(crate) fn new() -> Self {
        let zero = _mm256_setzero_si256();
        Self { low: zero, middle: zero, high: zero }
    }

    /// Adds the products of the halves of `a` and `b`.
    #[inline]
    #[target_feature(enable = "avx2,vpclmulqdq")]
    pub(crate) fn add(&mut self, a: __m256i, b: __m256i) {
        self.low = _mm256_xor_si256(self.low, _mm256_clmulepi64_epi128::<0x00>(a, b));
        self.high = _mm256_xor_si256(self.high, _mm256_clmulepi64_epi128::<0x11>(a, b));
        let crosswise =
            [_mm256_clmulepi64_epi128::<0x01>(a, b), _mm256_clmulepi64_epi128::<0x10>(a, b)];
        self.middle = xor3(self.middle, crosswise[0], crosswise[1]);
    }

    /// The sum of the halves, reduced.
    #[inline]
    #[target_feature(enable = "avx2,vpclmulqdq")]
    pub(crate) fn reduce(self) -> __m128i {
        let middle = fold(self.middle, self.low);
        sum_of_halves(fold(self.high, middle))
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    fn narrow(self) -> x86_clmul::Sums {
        x86_clmul::Sums {
            low: sum_of_halves(self.low),
            middle: sum_of_halves(self.middle),
            high: sum_of_halves(self.high),
        }
    }
}

/// Adds to `to` what `x86_clmul`'s `fold` makes of `x`.
#[inline]
#[target_feature(enable = "avx2,vpclmulqdq")]
fn fold(to: __m256i, x: __m256i) -> __m256i {
    let modulus = _mm256_set1_epi64x(0xc2 << 56);
    let exchanged = _mm256_shuffle_epi32::<0b01_00_11_10>(x);
    xor3(to, exchanged, _mm256_clmulepi64_epi128::<0>(x, modulus))
}

#[inline]
#[target_feature(enable = "avx2")]
fn sum_of_halves(x: __m256i) -> __m128i {
    _mm_xor_si128(_mm256_castsi256_si128(x), _mm256_extracti128_si256::<1>(x))
}

/// The bytes of each block in reverse order.
#[inline]
#[target_feature(enable = "avx2")]
pub(crate) fn reverse(x: __m256i) -> __m256i {
    let order = _mm_set_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    _mm256_shuffle_epi8(x, _mm256_broadcastsi128_si256(order))
}

#[inline]
#[target_feature(enable = "avx2")]
fn xor3(a: __m256i, b: __m256i, c: __m256i) -> __m256i {
    _mm256_xor_si256(a, _mm256_xor_si256(b, c))
}

#[inline]
#[target_feature(enable = "avx2")]
fn load_blocks(blocks: &[Block; WIDTH]) -> __m256i {
    // SAFETY: `blocks` is 32 readable bytes, and the load needs no alignment.
    unsafe { _mm256_loadu_si256(blocks.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx2")]
fn load_powers(powers: &[u128; WIDTH]) -> __m256i {
    // SAFETY: `powers` is 32 readable bytes, and the load needs no alignment.
    unsafe { _mm256_loadu_si256(powers.as_ptr().cast()) }
}
