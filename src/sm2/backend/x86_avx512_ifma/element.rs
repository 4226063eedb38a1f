//! Eight integers modulo p, each in a 64-bit lane of AVX-512 registers, by multiply-adds of 52 bits.
//!
//! An element is a·2²⁶⁰ mod p in five limbs of 52 bits, limb i of all eight in register i. Every function takes and
//! gives limbs in [0, 2⁵²) and values in [0, 2p); between, limbs are signed, and `carried` puts them in order.
#![allow(unsafe_code, reason = "a kernel: loads and stores of vector registers")]

use crate::{
    secret::Temporary,
    sm2::{
        field::FieldElement,
        limbs::{self, Limbs, P},
    },
};
use core::arch::x86_64::{
    __m512i, __mmask8, _mm512_add_epi64, _mm512_and_si512, _mm512_loadu_si512,
    _mm512_madd52hi_epu64, _mm512_madd52lo_epu64, _mm512_mask_mov_epi64, _mm512_mask_sub_epi64,
    _mm512_or_si512, _mm512_set1_epi64, _mm512_setzero_si512, _mm512_slli_epi64, _mm512_srai_epi64,
    _mm512_srli_epi64, _mm512_storeu_si512, _mm512_sub_epi64,
};

/// Bits of a limb.
const BITS: u32 = 52;
const MASK: u64 = (1 << BITS) - 1;
/// Bits of p in the last limb.
const TOP: u32 = 256 - 4 * BITS;

/// (p + 1)/2⁵² = 2²⁰⁴ − 2¹⁷² − 2⁴⁴ + 2¹²: what is left of it in limb 0, where 2⁵² is added, and in limb 3.
const STEP_0: u64 = (1 << 52) - (1 << 44) + (1 << 12);
const STEP_3: u64 = (1 << 48) - (1 << 16);

/// Eight elements.
#[derive(Clone, Copy)]
pub(super) struct Element(pub(super) [__m512i; 5]);

/// An integer below 2²⁵⁶, times 2^`shift`, as limbs of 52 bits; the whole is below 2²⁶⁰.
const fn radix_52(a: &Limbs, shift: usize) -> [u64; 5] {
    let (mut limbs, mut i) = ([0; 5], 0);
    while i < 260 {
        if i >= shift && i - shift < 256 {
            let bit = a[(i - shift) / 64] >> ((i - shift) % 64) & 1;
            limbs[i / 52] |= bit << (i % 52);
        }
        i += 1;
    }
    limbs
}

/// p·2^`shift`.
const fn p_times(shift: usize) -> [u64; 5] {
    radix_52(&P, shift)
}

/// The numbers of eight lanes.
#[target_feature(enable = "avx512f")]
#[inline]
pub(super) fn load(lanes: &[u64; 8]) -> __m512i {
    // SAFETY: `lanes` is 64 readable bytes, and the load needs no alignment.
    unsafe { _mm512_loadu_si512(lanes.as_ptr().cast()) }
}

#[target_feature(enable = "avx512f")]
#[inline]
fn store(lanes: &mut [u64; 8], x: __m512i) {
    // SAFETY: `lanes` is 64 writable bytes, and the store needs no alignment.
    unsafe { _mm512_storeu_si512(lanes.as_mut_ptr().cast(), x) }
}

#[target_feature(enable = "avx512f")]
#[inline]
fn all(x: u64) -> __m512i {
    _mm512_set1_epi64(x.cast_signed())
}

/// The limbs of a value in [0, 2²⁶⁰) put in order, each being signed and of 62 bits at most.
#[target_feature(enable = "avx512f")]
#[inline]
fn carried(mut t: [__m512i; 5]) -> Element {
    let mask = all(MASK);
    for i in 0..4 {
        t[i + 1] = _mm512_add_epi64(t[i + 1], _mm512_srai_epi64::<BITS>(t[i]));
        t[i] = _mm512_and_si512(t[i], mask);
    }
    Element(t)
}

/// The same for a value in [0, 64p), reduced: less q·p for the q in its highest bits.
///
/// q·p = q·2²⁵⁶ − q·(2²²⁴ + 2⁹⁶ − 2⁶⁴ + 1). The limb that q is taken from may want a carry of up to 2¹⁰ yet, of either
/// sign: the result is still not negative, as q·2²²⁴ (or p, for q = −1) is more than that; and it is below 1.01·p.
#[target_feature(enable = "avx512f")]
#[inline]
fn reduced(mut t: [__m512i; 5]) -> Element {
    let q = _mm512_srai_epi64::<TOP>(t[4]);
    t[0] = _mm512_add_epi64(t[0], q);
    let q_1 = _mm512_sub_epi64(_mm512_slli_epi64::<44>(q), _mm512_slli_epi64::<12>(q));
    t[1] = _mm512_add_epi64(t[1], q_1);
    t[4] = _mm512_and_si512(t[4], all((1 << TOP) - 1));
    t[4] = _mm512_add_epi64(t[4], _mm512_slli_epi64::<16>(q));
    carried(t)
}

/// t/2²⁶⁰ mod p, below t/2²⁶⁰ + p. Limbs may be sums of 20 halves of products.
///
/// As −p⁻¹ mod 2⁵² = 1, a step adds m·p, where m is the lowest limb itself: that is −m, which clears the limb, and
/// m·(p + 1)/2⁵² to the limbs above.
#[target_feature(enable = "avx512f,avx512ifma")]
#[inline]
fn montgomery(mut t: [__m512i; 10]) -> Element {
    let (mask, step_0, step_3) = (all(MASK), all(STEP_0), all(STEP_3));
    for i in 0..5 {
        let m = _mm512_and_si512(t[i], mask);
        let carry = _mm512_srai_epi64::<BITS>(t[i]);
        t[i + 1] = _mm512_madd52lo_epu64(_mm512_add_epi64(t[i + 1], carry), m, step_0);
        t[i + 2] = _mm512_madd52hi_epu64(_mm512_sub_epi64(t[i + 2], m), m, step_0);
        t[i + 4] = _mm512_madd52lo_epu64(t[i + 4], m, step_3);
        t[i + 5] = _mm512_madd52hi_epu64(t[i + 5], m, step_3);
    }
    carried([t[5], t[6], t[7], t[8], t[9]])
}

/// t + a·b.
#[target_feature(enable = "avx512f,avx512ifma")]
#[inline]
fn add_product(t: &mut [__m512i; 10], a: &Element, b: &Element) {
    for i in 0..5 {
        for j in 0..5 {
            t[i + j] = _mm512_madd52lo_epu64(t[i + j], a.0[i], b.0[j]);
            t[i + j + 1] = _mm512_madd52hi_epu64(t[i + j + 1], a.0[i], b.0[j]);
        }
    }
}

/// Limb by limb.
macro_rules! limbs {
    (|$i:ident| $limb:expr) => {{
        let mut t = [_mm512_setzero_si512(); 5];
        for ($i, t) in t.iter_mut().enumerate() {
            *t = $limb;
        }
        t
    }};
}

impl Element {
    /// 1.
    #[target_feature(enable = "avx512f")]
    #[inline]
    pub(super) fn one() -> Self {
        const ONE: [u64; 5] = radix_52(&limbs::shift(&limbs::r(&P), 4, &P), 0);
        Self(ONE.map(|limb| all(limb)))
    }

    /// Each element, a·2²⁵⁶, in its lane. Sixteen times that is what is wanted, modulo p.
    #[target_feature(enable = "avx512f")]
    #[inline]
    pub(super) fn from_words(words: [__m512i; 4]) -> Self {
        let mask = all(MASK);
        let [w0, w1, w2, w3] = words;
        let and_next = |low, high| _mm512_and_si512(_mm512_or_si512(low, high), mask);
        reduced([
            _mm512_and_si512(_mm512_slli_epi64::<4>(w0), mask),
            and_next(_mm512_srli_epi64::<48>(w0), _mm512_slli_epi64::<16>(w1)),
            and_next(_mm512_srli_epi64::<36>(w1), _mm512_slli_epi64::<28>(w2)),
            and_next(_mm512_srli_epi64::<24>(w2), _mm512_slli_epi64::<40>(w3)),
            _mm512_srli_epi64::<12>(w3),
        ])
    }

    /// Element i of `a` in lane i.
    #[target_feature(enable = "avx512f")]
    #[inline]
    pub(super) fn from_lanes(a: &[FieldElement; 8]) -> Self {
        let mut words = [[0; 8]; 4];
        for (i, word) in words.iter_mut().enumerate() {
            *word = a.map(|a| a.0[i]);
        }
        Self::from_words([load(&words[0]), load(&words[1]), load(&words[2]), load(&words[3])])
    }

    /// Lane i in element i of `a`, as many as there are.
    #[target_feature(enable = "avx512f,avx512ifma")]
    #[inline]
    pub(super) fn write_lanes<const N: usize>(&self, a: &mut [FieldElement; N]) {
        // Times 2²⁵⁶/2²⁶⁰.
        const R: [u64; 5] = radix_52(&limbs::r(&P), 0);
        let product = self.mul(&Self(R.map(|limb| all(limb))));
        let mut lanes = Temporary::<[[u64; 8]; 5]>::new();
        for (lanes, limb) in lanes.iter_mut().zip(product.0) {
            store(lanes, limb);
        }
        for (i, a) in a.iter_mut().enumerate() {
            let [t0, t1, t2, t3, t4] = lanes.map(|lanes| lanes[i]);
            let words =
                [t0 | t1 << 52, t1 >> 12 | t2 << 40, t2 >> 24 | t3 << 28, t3 >> 36 | t4 << 16];
            *a = FieldElement::montgomery(limbs::reduce_once(&words, t4 >> TOP != 0, &P));
        }
    }

    #[target_feature(enable = "avx512f,avx512ifma")]
    #[inline]
    pub(super) fn mul(&self, b: &Self) -> Self {
        let mut t = [_mm512_setzero_si512(); 10];
        add_product(&mut t, self, b);
        montgomery(t)
    }

    /// `self`·`b` + `c`·`d`.
    #[target_feature(enable = "avx512f,avx512ifma")]
    #[inline]
    pub(super) fn mul_add_mul(&self, b: &Self, c: &Self, d: &Self) -> Self {
        let mut t = [_mm512_setzero_si512(); 10];
        add_product(&mut t, self, b);
        add_product(&mut t, c, d);
        montgomery(t)
    }

    #[target_feature(enable = "avx512f,avx512ifma")]
    #[inline]
    pub(super) fn square(&self) -> Self {
        let (a, mut t) = (&self.0, [_mm512_setzero_si512(); 10]);
        for i in 0..5 {
            for j in i + 1..5 {
                t[i + j] = _mm512_madd52lo_epu64(t[i + j], a[i], a[j]);
                t[i + j + 1] = _mm512_madd52hi_epu64(t[i + j + 1], a[i], a[j]);
            }
        }
        for t in &mut t {
            *t = _mm512_add_epi64(*t, *t);
        }
        for i in 0..5 {
            t[2 * i] = _mm512_madd52lo_epu64(t[2 * i], a[i], a[i]);
            t[2 * i + 1] = _mm512_madd52hi_epu64(t[2 * i + 1], a[i], a[i]);
        }
        montgomery(t)
    }

    #[target_feature(enable = "avx512f")]
    #[inline]
    pub(super) fn add(&self, b: &Self) -> Self {
        reduced(limbs!(|i| _mm512_add_epi64(self.0[i], b.0[i])))
    }

    #[target_feature(enable = "avx512f")]
    #[inline]
    pub(super) fn sub(&self, b: &Self) -> Self {
        self.sub_shifted::<0>(b)
    }

    /// `self` − 2ᵏ·`b`, for k up to 3.
    #[target_feature(enable = "avx512f")]
    #[inline]
    pub(super) fn sub_shifted<const K: u32>(&self, b: &Self) -> Self {
        reduced(limbs!(|i| {
            let multiple = all(const { p_times(K as usize + 1) }[i]);
            _mm512_sub_epi64(_mm512_add_epi64(self.0[i], multiple), _mm512_slli_epi64::<K>(b.0[i]))
        }))
    }

    /// 4·`self` − `b`.
    #[target_feature(enable = "avx512f")]
    #[inline]
    pub(super) fn four_times_sub(&self, b: &Self) -> Self {
        const P_2: [u64; 5] = p_times(1);
        reduced(limbs!(|i| {
            let four_times = _mm512_slli_epi64::<2>(self.0[i]);
            _mm512_sub_epi64(_mm512_add_epi64(four_times, all(P_2[i])), b.0[i])
        }))
    }

    /// 3·(`self` − `b`).
    #[target_feature(enable = "avx512f")]
    #[inline]
    pub(super) fn sub_thrice(&self, b: &Self) -> Self {
        const P_8: [u64; 5] = p_times(3);
        reduced(limbs!(|i| {
            let difference = _mm512_sub_epi64(self.0[i], b.0[i]);
            let twice = _mm512_add_epi64(difference, difference);
            _mm512_add_epi64(_mm512_add_epi64(difference, all(P_8[i])), twice)
        }))
    }

    /// 2·`self`.
    #[target_feature(enable = "avx512f")]
    #[inline]
    pub(super) fn twice(&self) -> Self {
        reduced(limbs!(|i| _mm512_slli_epi64::<1>(self.0[i])))
    }

    /// −2ᵏ·`self`, for k up to 3.
    #[target_feature(enable = "avx512f")]
    #[inline]
    pub(super) fn minus_shifted<const K: u32>(&self) -> Self {
        reduced(limbs!(|i| {
            let multiple = all(const { p_times(K as usize + 1) }[i]);
            _mm512_sub_epi64(multiple, _mm512_slli_epi64::<K>(self.0[i]))
        }))
    }

    /// −`self` in the lanes of `mask`.
    #[target_feature(enable = "avx512f")]
    #[inline]
    pub(super) fn negate_where(&self, mask: __mmask8) -> Self {
        const P_2: [u64; 5] = p_times(1);
        carried(limbs!(|i| _mm512_mask_sub_epi64(self.0[i], mask, all(P_2[i]), self.0[i])))
    }

    /// `b` in the lanes of `mask`.
    #[target_feature(enable = "avx512f")]
    #[inline]
    pub(super) fn or_where(&self, mask: __mmask8, b: &Self) -> Self {
        Self(limbs!(|i| _mm512_mask_mov_epi64(self.0[i], mask, b.0[i])))
    }
}

#[cfg(test)]
#[path = "element_tests.rs"]
mod tests;
