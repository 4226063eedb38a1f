//! The LFSR of sixteen streams and the words X0 … X3 that are cut out of it.

use super::f::Shuffles;
use super::words::{Two, add, high_low, load, pair, shuffle, store, two, word, xor};
use core::arch::x86_64::{
    __m256i, _mm256_madd_epi16, _mm256_max_epi32, _mm256_setzero_si256, _mm256_srli_epi32,
    _mm256_sub_epi32,
};
use zeroize::optimization_barrier;

/// The LFSR while it turns in place.
///
/// In step 4·`q` + k, with k < 4, cell i stands at index 4·`q` + k + i mod 16, and so does what is made
/// of it. `k` is a constant at every call, so that a few addresses serve for all cells.
pub(super) struct Lfsr<'a> {
    s: &'a mut [[u32; 16]; 16],
    /// The cells with their halves of 16 bits swapped.
    swapped: [[[__m256i; 4]; 4]; 2],
    /// At i: the low half of cell i + 2, then the high half of cell i. It is X1 for i = 9, X2 for
    /// i = 5, X3 for i = 0: each is made once, as X1.
    x: [[[__m256i; 4]; 4]; 2],
    q: usize,
}

impl<'a> Lfsr<'a> {
    /// Clears what was made of the cells.
    #[inline]
    #[target_feature(enable = "avx2")]
    pub(super) fn clear(&mut self) {
        self.swapped = [[[_mm256_setzero_si256(); 4]; 4]; 2];
        self.x = self.swapped;
        optimization_barrier(&self.swapped);
        optimization_barrier(&self.x);
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    pub(super) fn start(s: &'a mut [[u32; 16]; 16], m: &Shuffles) -> Self {
        let none = [[[_mm256_setzero_si256(); 4]; 4]; 2];
        let mut lfsr = Self { s, swapped: none, x: none, q: 0 };
        for g in 0..2 {
            for i in 2..16 {
                lfsr.swapped[g][i / 4][i % 4] = shuffle(lfsr.s(g, i), &m.rot16);
            }
            for i in 0..9 {
                lfsr.x[g][i / 4][i % 4] = lfsr.low_high(g, i);
            }
        }
        lfsr
    }

    /// Which four cells hold place `i`.
    #[inline]
    fn four(&self, i: usize) -> usize {
        (self.q + i / 4) & 3
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    fn s(&self, g: usize, i: usize) -> __m256i {
        load(&self.s.as_chunks::<4>().0[self.four(i)][i % 4].as_chunks().0[g])
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    fn swapped(&self, g: usize, i: usize) -> __m256i {
        self.swapped[g][self.four(i)][i % 4]
    }

    /// X0 = s15H ‖ s14L. Source: GM/T 0001.1-2012, 5.3, as are the next three.
    #[inline]
    #[target_feature(enable = "avx2")]
    pub(super) fn x0(&self, g: usize, k: usize) -> __m256i {
        let s15 = self.s(g, k + 15);
        high_low(add(s15, s15), self.s(g, k + 14))
    }

    /// X1, to be called in every step: X2 and X3 of later steps are copies.
    #[inline]
    #[target_feature(enable = "avx2")]
    pub(super) fn x1(&mut self, k: usize) -> Two {
        let x1 = two!(g => self.low_high(g, k + 9));
        for (g, x1) in x1.into_iter().enumerate() {
            self.x[g][self.four(k + 9)][(k + 9) % 4] = x1;
        }
        x1
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    pub(super) fn x2(&self, g: usize, k: usize) -> __m256i {
        self.x[g][self.four(k + 5)][(k + 5) % 4]
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    pub(super) fn x3(&self, g: usize, k: usize) -> __m256i {
        self.x[g][self.four(k)][k % 4]
    }

    /// The low half of cell i + 2, then the high half of cell i.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn low_high(&self, g: usize, i: usize) -> __m256i {
        high_low(self.swapped(g, i + 2), _mm256_srli_epi32::<15>(self.s(g, i)))
    }

    /// s16 in work mode, 0 written as p. Source: 5.2.
    ///
    /// With s = 2¹⁶h + l, and 2³¹ = 1, the sum is 2¹⁵·low + high, where
    /// low = l15 + 4·l13 + 64·l10 + 32·l4 + 514·h0 and high = h15 + 4·h13 + 64·h10 + 32·h4 + 257·l0;
    /// and 2¹⁵·low is 2¹⁵ times the low half of `low` plus its high half. That is seven PMADDWD, which
    /// multiplies signed halves and adds the two products. An l has no sign, so 2¹⁵ is taken from it
    /// first; in the last, l stands as 2¹⁵ − 1 − l, because −2¹⁵ is there to multiply with and 2¹⁵ not.
    /// All that this took away, 102·2³⁰ + 2²³ = 51 + 2²³, comes back in the end, with and without p.
    /// The sum with p is above 2²⁹ and below 2p, so one of the two, taken as signed, is in 1 … p.
    #[inline]
    #[target_feature(enable = "avx2")]
    pub(super) fn s16(&self, g: usize, k: usize) -> __m256i {
        let (s, swapped) = (|i| self.s(g, k + i), |i| self.swapped(g, k + i));
        let bias = word(0x8000_8000);
        let (s15, s13, s10, s4, s0) = (s(15), s(13), s(10), s(4), s(0));
        let l13 = xor(high_low(swapped(13), s15), bias);
        let h13 = high_low(s13, swapped(15));
        let l10 = xor(high_low(swapped(10), s4), bias);
        let h10 = high_low(s10, swapped(4));
        let (c13, c10) = (pair(4, 1), pair(64, 32));
        let low = add(_mm256_madd_epi16(l10, c10), _mm256_madd_epi16(s0, pair(514, 0)));
        let low = add(low, _mm256_madd_epi16(l13, c13));
        let high = add(_mm256_madd_epi16(h10, c10), _mm256_madd_epi16(xor(s0, bias), pair(0, 257)));
        let high = add(high, _mm256_madd_epi16(h13, c13));
        let sum = add(_mm256_madd_epi16(xor(low, word(0x7fff)), pair(1, -0x8000)), high);
        let taken = (1 << 23) + 51;
        _mm256_max_epi32(add(sum, word(taken)), add(sum, word(taken + P)))
    }

    /// Puts s16 in the place of s0, after which step `k` is over.
    #[inline]
    #[target_feature(enable = "avx2")]
    pub(super) fn push(&mut self, g: usize, s16: __m256i, k: usize, m: &Shuffles) {
        self.swapped[g][self.q & 3][k] = shuffle(s16, &m.rot16);
        store(&mut self.s.as_chunks_mut::<4>().0[self.q & 3][k].as_chunks_mut().0[g], s16);
    }

    /// After four steps.
    #[inline]
    pub(super) fn next_four(&mut self) {
        self.q += 1;
    }
}

const P: u32 = 0x7fff_ffff;

/// `x` mod p for 1 ≤ x ≤ 2p; 0 is written as p. The larger of x and x − p, taken as signed, is in 1 … p.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn mod_p(x: __m256i) -> __m256i {
    _mm256_max_epi32(x, _mm256_sub_epi32(x, word(P)))
}
