//! The tweaks of XTS, eight at a time: those of the next group are those of this one times α⁸, a shift by a byte.

use super::{
    super::{Block, Doubling},
    state::{ROWS, load, shuffle, store16, xor},
};
use crate::{secret::Temporary, sm4::passes};
use core::arch::x86_64::{
    __m256i, _mm256_bslli_epi128, _mm256_castsi256_si128, _mm256_extracti128_si256,
    _mm256_setr_epi64x, _mm256_slli_epi16, _mm256_srli_epi16,
};

/// The tweaks of the eight blocks to come.
pub(super) struct Tweaks {
    next: Temporary<[__m256i; 4]>,
    doubling: Doubling,
}

impl Tweaks {
    #[inline]
    #[target_feature(enable = "avx2")]
    pub(super) fn new(tweak: &Block, doubling: Doubling) -> Self {
        let mut tweak = *tweak;
        let mut pair = || {
            let first = tweak;
            passes::double(&mut tweak, doubling);
            let second = tweak;
            passes::double(&mut tweak, doubling);
            load(&[first, second])
        };
        let mut next = Temporary::new();
        *next = [pair(), pair(), pair(), pair()];
        Self { next, doubling }
    }

    /// The next eight.
    #[inline]
    #[target_feature(enable = "avx2")]
    pub(super) fn eight(&mut self) -> [__m256i; 4] {
        let now = *self.next;
        for t in self.next.iter_mut() {
            *t = match self.doubling {
                Doubling::Gb => times_256_gb(*t),
                Doubling::Ieee => times_256_ieee(*t),
            };
        }
        now
    }

    /// The tweak after `n` blocks of a pass, whose tweaks were `rows`.
    #[inline]
    #[target_feature(enable = "avx2")]
    pub(super) fn after(&self, n: usize, rows: &[__m256i; ROWS], tweak: &mut Block) {
        let next = if n.is_multiple_of(8) { &self.next[0] } else { &rows[n / 2 % ROWS] };
        let half = if n.is_multiple_of(2) {
            _mm256_castsi256_si128(*next)
        } else {
            _mm256_extracti128_si256::<1>(*next)
        };
        store16(tweak, half);
    }
}

/// x·α⁸ where the last bit of a byte is that of α⁰: what leaves at the top is c·(α⁷ + α² + α + 1), of 15 bits.
#[inline]
#[target_feature(enable = "avx2")]
fn times_256_ieee(x: __m256i) -> __m256i {
    // c in the lower byte of word 0 of 16 bits.
    let c = shuffle(x, _mm256_setr_epi64x(-0xf1, -1, -0xf1, -1));
    let product = xor(
        xor(c, _mm256_slli_epi16::<1>(c)),
        xor(_mm256_slli_epi16::<2>(c), _mm256_slli_epi16::<7>(c)),
    );
    xor(_mm256_bslli_epi128::<1>(x), product)
}

/// x·α⁸ where the first bit of a byte is that of α⁰: the same with the order of the bits reversed.
#[inline]
#[target_feature(enable = "avx2")]
fn times_256_gb(x: __m256i) -> __m256i {
    // c in the upper byte.
    let c = shuffle(x, _mm256_setr_epi64x(-0xf001, -1, -0xf001, -1));
    let product = xor(
        xor(c, _mm256_srli_epi16::<1>(c)),
        xor(_mm256_srli_epi16::<2>(c), _mm256_srli_epi16::<7>(c)),
    );
    // Its upper byte is the first.
    let swapped = shuffle(product, _mm256_setr_epi64x(-0xffff, -1, -0xffff, -1));
    xor(_mm256_bslli_epi128::<1>(x), swapped)
}
