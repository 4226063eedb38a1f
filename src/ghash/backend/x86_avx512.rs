//! GHASH by VPCLMULQDQ on 512 bits: four blocks a multiplication, sixteen a reduction.
#![allow(unsafe_code, reason = "a kernel: loads of vector registers")]

use super::{
    Kernel,
    x86_clmul::{self, load as load1, load_power, reverse as reverse1, store as store1},
};
use crate::{
    cpu::Avx512Gfni,
    ghash::{Block, GROUP, Powers},
};
use core::arch::x86_64::{
    __m128i, __m512i, _mm_xor_si128, _mm512_castsi512_si128, _mm512_clmulepi64_epi128,
    _mm512_extracti32x4_epi32, _mm512_loadu_si512, _mm512_set1_epi64, _mm512_set4_epi32,
    _mm512_setzero_si512, _mm512_shuffle_epi8, _mm512_shuffle_epi32, _mm512_ternarylogic_epi64,
    _mm512_xor_si512, _mm512_zextsi128_si512,
};

/// The blocks of a register.
const WIDTH: usize = 4;

impl Kernel for Avx512Gfni {
    fn fill(self, powers: &mut Powers) {
        // SAFETY: `self` proves that this CPU has `avx2` and `pclmulqdq`.
        unsafe { x86_clmul::fill(powers) }
    }

    fn update(self, powers: &Powers, y: &mut Block, blocks: &[Block]) {
        // SAFETY: `self` proves that this CPU has `avx512f`, `avx512bw`, `vpclmulqdq`, `avx2` and `pclmulqdq`.
        unsafe { update(powers, y, blocks) }
    }
}

#[target_feature(enable = "avx512f,avx512bw,vpclmulqdq,avx2,pclmulqdq")]
fn update(powers: &Powers, y: &mut Block, blocks: &[Block]) {
    let mut sum = reverse1(load1(&y.0));
    let (groups, rest) = blocks.as_chunks::<GROUP>();
    for group in groups {
        sum = add_group(powers, sum, group);
    }
    if !rest.is_empty() {
        sum = add_rest(&powers.0[GROUP - rest.len()..], sum, rest);
    }
    store1(&mut y.0, reverse1(sum));
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw,vpclmulqdq,avx2")]
fn add_group(powers: &Powers, y: __m128i, group: &[Block; GROUP]) -> __m128i {
    let mut sums = Sums::new();
    let mut y = _mm512_zextsi128_si512(y);
    for (power, blocks) in powers.0.as_chunks().0.iter().zip(group.as_chunks().0) {
        sums.add(_mm512_xor_si512(reverse(load_blocks(blocks)), y), load_powers(power));
        y = _mm512_setzero_si512();
    }
    sums.reduce()
}

/// Y after as many blocks as there are powers.
#[target_feature(enable = "avx512f,avx512bw,vpclmulqdq,avx2,pclmulqdq")]
fn add_rest(powers: &[u128], y: __m128i, blocks: &[Block]) -> __m128i {
    let (wide_powers, powers) = powers.as_chunks();
    let (wide_blocks, blocks) = blocks.as_chunks();
    let mut sums = Sums::new();
    let mut wide_y = _mm512_zextsi128_si512(y);
    for (power, blocks) in wide_powers.iter().zip(wide_blocks) {
        sums.add(_mm512_xor_si512(reverse(load_blocks(blocks)), wide_y), load_powers(power));
        wide_y = _mm512_setzero_si512();
    }
    let mut y = _mm512_castsi512_si128(wide_y);
    let mut sums = sums.narrow();
    for (power, block) in powers.iter().zip(blocks) {
        sums.add(_mm_xor_si128(reverse1(load1(&block.0)), y), load_power(power));
        y = _mm512_castsi512_si128(_mm512_setzero_si512());
    }
    sums.reduce()
}

/// GHASH while it runs beside other work, a group of blocks after the other.
pub(crate) struct Running<'a> {
    powers: &'a Powers,
    y: __m128i,
}

impl<'a> Running<'a> {
    #[inline]
    #[target_feature(enable = "avx512f,avx2")]
    pub(crate) fn new(powers: &'a Powers, y: &Block) -> Self {
        Self { powers, y: reverse1(load1(&y.0)) }
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,vpclmulqdq,avx2")]
    pub(crate) fn add(&mut self, group: &[Block; GROUP]) {
        self.y = add_group(self.powers, self.y, group);
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    pub(crate) fn finish(self, y: &mut Block) {
        store1(&mut y.0, reverse1(self.y));
    }
}

/// Four of [`x86_clmul::Sums`].
#[derive(Clone, Copy)]
pub(crate) struct Sums {
    low: __m512i,
    middle: __m512i,
    high: __m512i,
}

impl Sums {
    #[inline]
    #[target_feature(enable = "avx512f")]
    pub(crate) fn new() -> Self {
        let zero = _mm512_setzero_si512();
        Self { low: zero, middle: zero, high: zero }
    }

    /// Adds the products of the quarters of `a` and `b`.
    #[inline]
    #[target_feature(enable = "avx512f,vpclmulqdq")]
    pub(crate) fn add(&mut self, a: __m512i, b: __m512i) {
        self.low = _mm512_xor_si512(self.low, _mm512_clmulepi64_epi128::<0x00>(a, b));
        self.high = _mm512_xor_si512(self.high, _mm512_clmulepi64_epi128::<0x11>(a, b));
        let crosswise =
            [_mm512_clmulepi64_epi128::<0x01>(a, b), _mm512_clmulepi64_epi128::<0x10>(a, b)];
        self.middle = xor3(self.middle, crosswise[0], crosswise[1]);
    }

    /// The sum of the quarters, reduced.
    #[inline]
    #[target_feature(enable = "avx512f,vpclmulqdq")]
    pub(crate) fn reduce(self) -> __m128i {
        let middle = fold(self.middle, self.low);
        sum_of_quarters(fold(self.high, middle))
    }

    #[inline]
    #[target_feature(enable = "avx512f")]
    fn narrow(self) -> x86_clmul::Sums {
        x86_clmul::Sums {
            low: sum_of_quarters(self.low),
            middle: sum_of_quarters(self.middle),
            high: sum_of_quarters(self.high),
        }
    }
}

/// Adds to `to` what `x86_clmul`'s `fold` makes of `x`.
#[inline]
#[target_feature(enable = "avx512f,vpclmulqdq")]
fn fold(to: __m512i, x: __m512i) -> __m512i {
    let modulus = _mm512_set1_epi64(0xc2 << 56);
    let exchanged = _mm512_shuffle_epi32::<0b01_00_11_10>(x);
    xor3(to, exchanged, _mm512_clmulepi64_epi128::<0>(x, modulus))
}

#[inline]
#[target_feature(enable = "avx512f")]
fn sum_of_quarters(x: __m512i) -> __m128i {
    _mm_xor_si128(
        _mm_xor_si128(_mm512_castsi512_si128(x), _mm512_extracti32x4_epi32::<1>(x)),
        _mm_xor_si128(_mm512_extracti32x4_epi32::<2>(x), _mm512_extracti32x4_epi32::<3>(x)),
    )
}

/// The bytes of each block in reverse order.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
pub(crate) fn reverse(x: __m512i) -> __m512i {
    let order = _mm512_set4_epi32(0x0001_0203, 0x0405_0607, 0x0809_0a0b, 0x0c0d_0e0f);
    _mm512_shuffle_epi8(x, order)
}

#[inline]
#[target_feature(enable = "avx512f")]
fn xor3(a: __m512i, b: __m512i, c: __m512i) -> __m512i {
    _mm512_ternarylogic_epi64::<0x96>(a, b, c)
}

#[inline]
#[target_feature(enable = "avx512f")]
fn load_blocks(blocks: &[Block; WIDTH]) -> __m512i {
    // SAFETY: `blocks` is 64 readable bytes, and the load needs no alignment.
    unsafe { _mm512_loadu_si512(blocks.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx512f")]
fn load_powers(powers: &[u128; WIDTH]) -> __m512i {
    // SAFETY: `powers` is 64 readable bytes, and the load needs no alignment.
    unsafe { _mm512_loadu_si512(powers.as_ptr().cast()) }
}
