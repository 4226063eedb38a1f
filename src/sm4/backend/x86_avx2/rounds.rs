//! The rounds of SM4 on registers of eight words, by what makes the S-box, and the ways in and out.
//!
//! A round takes X0 and t = X1 ⊕ X2 ⊕ X3 ⊕ rk, and makes X0 ⊕ T(t). With R^k(x) the rotation that brings byte j + k of a
//! word to j, in memory's order, and z the bytes out of the S-box:
//!
//! T = α(z) ⊕ R β(z) ⊕ R² β(z) ⊕ R³ γ(z) (*direct*), or, since β = α ⊕ γ,
//! T = y ⊕ R y ⊕ R² y with y = α(z) ⊕ R γ(z) (*factored*), which takes one instruction less.
//!
//! MixColumns of AES has the same form, MC = 2 ⊕ 3R ⊕ R² ⊕ R³ with 3 = 2 ⊕ 1. So MC(R³ β(z)) has two of the four terms right,
//! and what is missing at the other two is the same map, δ = γ ⊕ 2β:
//! T = MC(R³ β(z)) ⊕ R³ δ(z) ⊕ δ(z) (*mixed*).
//! AESDECLAST and AESENC one after the other are MixColumns and one ⊕. The rotation R³ before the S-box costs nothing where a
//! shuffle undoes ShiftRows there. In words that are little-endian the order of the bytes is reversed, so that
//! T = MC(β(z)) ⊕ δ(z) ⊕ R δ(z) with δ = α ⊕ 2β, and no rotation is left over.

use super::{
    state::{shuffle, word, xor},
    tables::{AesTables, GfniTables},
};
use crate::sm4::maps;
use core::arch::x86_64::{
    __m256i, _mm_aesenclast_si128, _mm256_aesdeclast_epi128, _mm256_aesenc_epi128,
    _mm256_aesenclast_epi128, _mm256_and_si256, _mm256_castsi256_si128, _mm256_extracti128_si256,
    _mm256_gf2p8affine_epi64_epi8, _mm256_gf2p8affineinv_epi64_epi8, _mm256_set_m128i,
    _mm256_setzero_si256, _mm256_srli_epi16,
};

/// The image of (low nibbles, high nibbles) under a map.
#[inline]
#[target_feature(enable = "avx2")]
fn look_up([low, high]: [__m256i; 2], tables: &[__m256i; 2]) -> __m256i {
    xor(shuffle(tables[0], low), shuffle(tables[1], high))
}

#[inline]
#[target_feature(enable = "avx2")]
fn split(z: __m256i, m: &AesTables) -> [__m256i; 2] {
    let high = _mm256_srli_epi16::<4>(z);
    [_mm256_and_si256(z, m.low_nibbles), _mm256_and_si256(high, m.low_nibbles)]
}

/// M.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn aes_enter(x: __m256i, m: &AesTables) -> __m256i {
    look_up(split(x, m), &m.enter)
}

/// M, of little-endian words.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn aes_enter_word(x: __m256i, m: &AesTables) -> __m256i {
    aes_enter(shuffle(x, m.swap), m)
}

/// M⁻¹.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn aes_leave(x: __m256i, m: &AesTables) -> __m256i {
    look_up(split(x, m), &m.leave)
}

#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn aes_key(rk: u32, m: &AesTables) -> __m256i {
    shuffle(word(rk), m.swap)
}

#[inline]
#[target_feature(enable = "avx2,aes")]
fn s_aes(t: __m256i, m: &AesTables) -> __m256i {
    let key = _mm256_castsi256_si128(m.constant);
    let low = _mm_aesenclast_si128(_mm256_castsi256_si128(t), key);
    let high = _mm_aesenclast_si128(_mm256_extracti128_si256::<1>(t), key);
    _mm256_set_m128i(high, low)
}

#[inline]
#[target_feature(enable = "avx2")]
fn direct(x0: __m256i, z: __m256i, m: &AesTables) -> __m256i {
    let z = split(z, m);
    let (a, b) = (look_up(z, &m.alpha), look_up(z, &m.beta));
    let x = xor(xor(x0, shuffle(a, m.from[0])), shuffle(xor(a, b), m.from[3]));
    xor(x, xor(shuffle(b, m.from[1]), shuffle(b, m.from[2])))
}

#[inline]
#[target_feature(enable = "avx2,aes")]
pub(super) fn aes_direct(x0: __m256i, t: __m256i, m: &AesTables) -> __m256i {
    direct(x0, s_aes(t, m), m)
}

#[inline]
#[target_feature(enable = "avx2,aes,vaes")]
pub(super) fn vaes_direct(x0: __m256i, t: __m256i, m: &AesTables) -> __m256i {
    direct(x0, _mm256_aesenclast_epi128(t, m.constant), m)
}

#[inline]
#[target_feature(enable = "avx2,aes")]
pub(super) fn aes_factored(x0: __m256i, t: __m256i, m: &AesTables) -> __m256i {
    let z = split(s_aes(t, m), m);
    let (a, c) = (look_up(z, &m.alpha), look_up(z, &m.gamma));
    // T = α ⊕ R³ γ ⊕ R (…): with y = α ⊕ R³ γ it is y ⊕ R³ y ⊕ R² y, R⁴ being 1.
    let y = xor(shuffle(a, m.from[0]), shuffle(c, m.from[1]));
    xor(xor(x0, y), xor(shuffle(y, m.next), shuffle(y, m.next_but_one)))
}

#[inline]
#[target_feature(enable = "avx2,aes,vaes")]
pub(super) fn vaes_mixed(x0: __m256i, t: __m256i, m: &AesTables) -> __m256i {
    let z = split(_mm256_aesenclast_epi128(shuffle(t, m.before), m.constant), m);
    let (b, d) = (look_up(z, &m.beta), look_up(z, &m.delta));
    mixed(xor(xor(x0, d), shuffle(d, m.next)), b)
}

/// `x` ⊕ MixColumns(`b`).
#[inline]
#[target_feature(enable = "avx2,aes,vaes")]
fn mixed(x: __m256i, b: __m256i) -> __m256i {
    _mm256_aesenc_epi128(_mm256_aesdeclast_epi128(b, _mm256_setzero_si256()), x)
}

#[inline]
#[target_feature(enable = "avx2,gfni")]
pub(super) fn gfni_enter(x: __m256i, m: &GfniTables) -> __m256i {
    gfni_enter_word(shuffle(x, m.swap), m)
}

#[inline]
#[target_feature(enable = "avx2,gfni")]
pub(super) fn gfni_enter_word(x: __m256i, m: &GfniTables) -> __m256i {
    _mm256_gf2p8affine_epi64_epi8::<0>(x, m.enter)
}

#[inline]
#[target_feature(enable = "avx2,gfni")]
pub(super) fn gfni_leave(x: __m256i, m: &GfniTables) -> __m256i {
    shuffle(_mm256_gf2p8affine_epi64_epi8::<0>(x, m.leave), m.swap)
}

#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn gfni_key(rk: u32, _: &GfniTables) -> __m256i {
    word(rk)
}

/// `map` of the inversion of `t`.
#[inline]
#[target_feature(enable = "avx2,gfni")]
fn inverse(t: __m256i, map: __m256i) -> __m256i {
    _mm256_gf2p8affineinv_epi64_epi8::<0>(t, map)
}

/// The same and the constant of a round.
#[inline]
#[target_feature(enable = "avx2,gfni")]
fn inverse_with_constant(t: __m256i, map: __m256i) -> __m256i {
    const CONSTANT: i32 = maps::INVERSE.constant as i32;
    _mm256_gf2p8affineinv_epi64_epi8::<CONSTANT>(t, map)
}

#[inline]
#[target_feature(enable = "avx2,aes,vaes,gfni")]
pub(super) fn gfni_mixed(x0: __m256i, t: __m256i, m: &GfniTables) -> __m256i {
    // MixColumns leaves a word of four equal bytes as it is.
    let (b, d) = (inverse_with_constant(t, m.beta), inverse(t, m.delta));
    mixed(xor(xor(x0, d), shuffle(d, m.next)), b)
}

#[inline]
#[target_feature(enable = "avx2,gfni")]
pub(super) fn gfni_direct(x0: __m256i, t: __m256i, m: &GfniTables) -> __m256i {
    // β(z) stands in three places, α(z) in two.
    let (a, b) = (inverse(t, m.alpha), inverse_with_constant(t, m.beta));
    let x = xor(xor(x0, a), shuffle(xor(a, b), m.next));
    xor(x, xor(shuffle(b, m.next_but_one), shuffle(b, m.previous)))
}
