//! L1, L2 and the S-boxes of F on eight words.

use super::words::{add, repeated, shuffle, xor};
use crate::zuc::nibbles::{
    s0::{P1, P2, P3},
    s1::{AFTER, BEFORE},
};
use core::arch::x86_64::{
    __m256i, _mm256_and_si256, _mm256_or_si256, _mm256_set1_epi8, _mm256_shuffle_epi8,
    _mm256_slli_epi32, _mm256_srli_epi32,
};

/// Masks for PSHUFB. Kernels read them through `black_box`: where LLVM (as of Rust 1.95) knows them,
/// it makes two shuffles of `rot16`, and blends out of the others that are slow on Intel.
#[repr(C, align(32))]
pub(super) struct Shuffles {
    pub(super) rot16: [u8; 32],
    pub(super) rot24: [u8; 32],
    /// From the bytes after the S-boxes to R1 and R2: see `step` in the kernels.
    pub(super) r1_from_a: [u8; 32],
    pub(super) r1_from_b: [u8; 32],
    pub(super) r2_from_a: [u8; 32],
    pub(super) r2_from_b: [u8; 32],
}

impl Shuffles {
    /// `shift_rows`: whether the bytes after S1 are in the order in which AESENCLAST leaves them.
    pub(super) const fn new(shift_rows: bool) -> Self {
        Self {
            rot16: bytes([1, 0, 3, 2], false),
            rot24: bytes([0, 3, 2, 1], false),
            r1_from_a: bytes([1, NONE, 3, NONE], false),
            r1_from_b: bytes([NONE, 0, NONE, 2], shift_rows),
            r2_from_a: bytes([0, NONE, 2, NONE], false),
            r2_from_b: bytes([NONE, 3, NONE, 1], shift_rows),
        }
    }
}

/// A zero instead of a byte.
const NONE: u8 = 0x80;

/// The mask that makes bytes 3, 2, 1, 0 of each word from the `from`-th bytes of the same word.
const fn bytes(from: [u8; 4], shift_rows: bool) -> [u8; 32] {
    let mut mask = [NONE; 32];
    let mut i = 0;
    while i < 32 {
        let (row, column) = (from[3 - i % 4], [0, 1, 2, 3][i / 4 % 4]);
        if row != NONE {
            // AESENCLAST has moved row r of column c to column c − r.
            mask[i] = row + 4 * if shift_rows { (column + 4 - row) % 4 } else { column };
        }
        i += 1;
    }
    mask
}

/// L1(x), with x ⊕ (x<<<18) = y: y ⊕ x<<<2 ⊕ y<<<24. Source: 5.4.2, as is the next.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn l1(x: __m256i, m: &Shuffles) -> __m256i {
    let r = _mm256_or_si256(_mm256_slli_epi32::<2>(x), _mm256_srli_epi32::<30>(x));
    let y = xor(x, shuffle(r, &m.rot16));
    xor(xor(y, r), shuffle(y, &m.rot24))
}

/// L2(x)<<<24, with x ⊕ (x<<<14) = y: y ⊕ (y ⊕ x<<<30)<<<24.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn l2_rotated(x: __m256i, m: &Shuffles) -> __m256i {
    let r = _mm256_or_si256(_mm256_slli_epi32::<30>(x), _mm256_srli_epi32::<2>(x));
    let y = xor(x, shuffle(r, &m.rot16));
    xor(y, shuffle(xor(y, r), &m.rot24))
}

/// S0 of every byte h ‖ l: q = h ⊕ P1(l), r = l ⊕ P2(q), s = q ⊕ P3(r), then s ‖ r rotated by 5.
/// The third table gives (P3(r) ‖ r)<<<5. Source: 5.4.2.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn s0(x: __m256i) -> __m256i {
    let [h, l] = nibbles(x);
    let q = xor(h, look_up(&P1, l));
    let r = xor(l, look_up(&P2, q));
    xor(add(q, q), look_up(&P3, r))
}

/// S1 = post ∘ the S-box of AES ∘ pre, and the first linear map.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn pre(x: __m256i) -> __m256i {
    let [h, l] = nibbles(x);
    xor(look_up(&BEFORE[0], l), look_up(&BEFORE[1], h))
}

#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn post(x: __m256i) -> __m256i {
    let [h, l] = nibbles(x);
    xor(look_up(&AFTER[0], l), look_up(&AFTER[1], h))
}

/// The upper and the lower half of each byte.
#[inline]
#[target_feature(enable = "avx2")]
fn nibbles(x: __m256i) -> [__m256i; 2] {
    let low = _mm256_set1_epi8(15);
    [_mm256_and_si256(_mm256_srli_epi32::<4>(x), low), _mm256_and_si256(x, low)]
}

/// Byte i of `table` for every byte i < 16.
#[inline]
#[target_feature(enable = "avx2")]
fn look_up(table: &[u8; 16], i: __m256i) -> __m256i {
    _mm256_shuffle_epi8(repeated(u128::from_le_bytes(*table)), i)
}
