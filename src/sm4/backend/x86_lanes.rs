//! One block of each of sixteen messages, under a key of its own: two groups of eight, in 256-bit registers.
#![allow(unsafe_code, reason = "a kernel: loads, stores, and an addition that stays where it is")]
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::wildcard_imports,
    reason = "words as the intrinsics take them; the intrinsics"
)]

use super::{Block, LANES, LaneKeys};
use crate::sm4::maps::{AES, INVERSE, M, M_BACK, Map};
use core::arch::{asm, x86_64::*};

/// A word of each of eight blocks, the first four in the lower half, four times.
type Words = [__m256i; 4];

/// The same in both halves of a register.
const fn twice(x: [u8; 16]) -> [u8; 32] {
    let (mut both, mut i) = ([0; 32], 0);
    while i < 32 {
        both[i] = x[i % 16];
        i += 1;
    }
    both
}

/// Look-ups of the lower and the upper half of a byte.
const fn nibbles(map: Map) -> [[u8; 32]; 2] {
    let [low, high] = map.nibbles();
    [twice(low), twice(high)]
}

/// Reverses the bytes of each word.
const SWAP: [u8; 32] = twice(super::x86_serial::SWAP);
/// Rotates each word left by so many bytes; for AES, takes back ShiftRows first.
const ROTATIONS: [[u8; 32]; 4] = {
    use super::x86_serial_gfni::rotation;
    [twice(rotation(0)), twice(rotation(1)), twice(rotation(2)), twice(rotation(3))]
};
const UNSHIFTED: [[u8; 32]; 4] = {
    use super::x86_serial_aes::unshifted;
    [twice(unshifted(0)), twice(unshifted(1)), twice(unshifted(2)), twice(unshifted(3))]
};

#[target_feature(enable = "avx2,gfni")]
pub(super) fn gfni(keys: &LaneKeys, x: &mut [Block; LANES]) {
    let [rotated1, rotated2, rotated3] =
        [bytes(&ROTATIONS[1]), opaque(bytes(&ROTATIONS[2])), bytes(&ROTATIONS[3])];
    lanes(
        keys,
        x,
        |x| _mm256_gf2p8affine_epi64_epi8::<0>(x, _mm256_set1_epi64x(const { M.matrix() })),
        |t, p| {
            const CONSTANT: i32 = INVERSE.constant as i32;
            let beta = _mm256_set1_epi64x(const { INVERSE.beta.matrix() });
            let gamma = _mm256_set1_epi64x(const { INVERSE.gamma.matrix() });
            let alpha = _mm256_set1_epi64x(const { INVERSE.alpha.matrix() });
            let z1 = _mm256_gf2p8affineinv_epi64_epi8::<0>(t, beta);
            let z3 = _mm256_gf2p8affineinv_epi64_epi8::<0>(t, gamma);
            let z0 = _mm256_gf2p8affineinv_epi64_epi8::<CONSTANT>(t, alpha);
            let z2 = _mm256_shuffle_epi8(z1, rotated2);
            let z1 = _mm256_shuffle_epi8(z1, rotated1);
            let z3 = _mm256_shuffle_epi8(z3, rotated3);
            xor(xor(xor(z0, p), z1), xor(z2, z3))
        },
        |x| _mm256_gf2p8affine_epi64_epi8::<0>(x, _mm256_set1_epi64x(const { M_BACK.matrix() })),
    );
}

#[target_feature(enable = "avx2,aes")]
pub(super) fn aes(keys: &LaneKeys, x: &mut [Block; LANES]) {
    let constant = _mm_set1_epi8(AES.constant_before as i8);
    with_s_box(keys, x, |t| {
        let high = _mm_aesenclast_si128(_mm256_extracti128_si256::<1>(t), constant);
        let low = _mm_aesenclast_si128(_mm256_castsi256_si128(t), constant);
        _mm256_inserti128_si256::<1>(_mm256_castsi128_si256(low), high)
    });
}

#[target_feature(enable = "avx2,vaes")]
pub(super) fn vaes(keys: &LaneKeys, x: &mut [Block; LANES]) {
    let constant = _mm256_set1_epi8(AES.constant_before as i8);
    with_s_box(keys, x, |t| _mm256_aesenclast_epi128(t, constant));
}

/// `s_box` is that of AES and ShiftRows.
#[target_feature(enable = "avx2")]
#[inline]
fn with_s_box(keys: &LaneKeys, x: &mut [Block; LANES], s_box: impl Fn(__m256i) -> __m256i) {
    const ALPHA: [[u8; 32]; 2] = nibbles(AES.alpha);
    const BETA: [[u8; 32]; 2] = nibbles(AES.beta);
    const TO: [[u8; 32]; 2] = nibbles(M);
    const BACK: [[u8; 32]; 2] = nibbles(M_BACK);
    let mask = _mm256_set1_epi8(15);
    let split = |x| (_mm256_and_si256(x, mask), _mm256_and_si256(_mm256_srli_epi32::<4>(x), mask));
    let look_up = |tables: &[[u8; 32]; 2], (low, high)| {
        let low = _mm256_shuffle_epi8(bytes(&tables[0]), low);
        _mm256_xor_si256(low, _mm256_shuffle_epi8(bytes(&tables[1]), high))
    };
    let rotated = UNSHIFTED.each_ref().map(|index| bytes(index));
    lanes(
        keys,
        x,
        |x| look_up(&TO, split(x)),
        |t, p| {
            let z = split(s_box(t));
            let (z0, z1) = (look_up(&ALPHA, z), look_up(&BETA, z));
            let z3 = _mm256_shuffle_epi8(_mm256_xor_si256(z0, z1), rotated[3]);
            let z2 = _mm256_shuffle_epi8(z1, rotated[2]);
            let z1 = _mm256_shuffle_epi8(z1, rotated[1]);
            let z0 = _mm256_shuffle_epi8(z0, rotated[0]);
            xor(xor(xor(z0, p), xor(z1, z2)), z3)
        },
        |x| look_up(&BACK, split(x)),
    );
}

#[target_feature(enable = "avx2")]
#[inline]
fn lanes(
    keys: &LaneKeys,
    blocks: &mut [Block; LANES],
    map: impl Fn(__m256i) -> __m256i,
    step: impl Fn(__m256i, __m256i) -> __m256i,
    map_back: impl Fn(__m256i) -> __m256i,
) {
    let (groups, _) = blocks.as_chunks_mut::<8>();
    let [a, b] = groups else { return };
    let mut x = [&*a, &*b].map(|group| {
        transpose(
            [0, 1, 2, 3]
                .map(|i| map(_mm256_shuffle_epi8(load(&group[i], &group[i + 4]), bytes(&SWAP)))),
        )
    });
    let [first, next @ ..] = &*keys.0;
    let first = row(first);
    let mut t = [0, 1].map(|g: usize| {
        let [_, x1, x2, x3] = x[g];
        xor(x1, _mm256_xor_si256(_mm256_xor_si256(x2, x3), first[g]))
    });
    let mut round = |x: &mut [Words; 2], keys| {
        let keys = row(keys);
        for ((x, t), rk) in x.iter_mut().zip(&mut t).zip(keys) {
            let [x0, x1, x2, x3] = *x;
            let rest = xor(_mm256_xor_si256(x2, rk), x3);
            *t = step(*t, xor(x0, rest));
            *x = [x1, x2, x3, xor(*t, rest)];
        }
    };
    let (fours, last) = next.as_chunks::<4>();
    for four in fours {
        for keys in four {
            round(&mut x, keys);
        }
    }
    for keys in last {
        round(&mut x, keys);
    }
    for ((group, [x0, x1, x2, x3]), t) in [a, b].into_iter().zip(x).zip(t) {
        let rows = transpose([step(t, x0), x3, x2, x1]);
        for (i, row) in rows.into_iter().enumerate() {
            let row = _mm256_shuffle_epi8(map_back(row), bytes(&SWAP));
            store(&mut group[i], _mm256_castsi256_si128(row));
            store(&mut group[i + 4], _mm256_extracti128_si256::<1>(row));
        }
    }
}

/// Within each half.
#[target_feature(enable = "avx2")]
#[inline]
fn transpose([a, b, c, d]: Words) -> Words {
    let (ab, cd) = (_mm256_unpacklo_epi32(a, b), _mm256_unpacklo_epi32(c, d));
    let (ab2, cd2) = (_mm256_unpackhi_epi32(a, b), _mm256_unpackhi_epi32(c, d));
    [
        _mm256_unpacklo_epi64(ab, cd),
        _mm256_unpackhi_epi64(ab, cd),
        _mm256_unpacklo_epi64(ab2, cd2),
        _mm256_unpackhi_epi64(ab2, cd2),
    ]
}

/// As its namesake for 128 bits.
#[target_feature(enable = "avx2")]
#[inline]
fn xor(x: __m256i, y: __m256i) -> __m256i {
    let sum;
    // SAFETY: the instruction is of `avx2`, and changes one register alone.
    unsafe {
        asm!("vpxor {}, {}, {}", lateout(ymm_reg) sum, in(ymm_reg) x, in(ymm_reg) y,
            options(pure, nomem, nostack, preserves_flags));
    }
    sum
}

/// As its namesake for 128 bits.
#[target_feature(enable = "avx2")]
#[inline]
fn opaque(mut x: __m256i) -> __m256i {
    // SAFETY: no instruction.
    unsafe {
        asm!("/* {} */", inout(ymm_reg) x, options(pure, nomem, nostack, preserves_flags));
    }
    x
}

/// A round key of each lane.
#[target_feature(enable = "avx2")]
#[inline]
fn row(keys: &[u32; LANES]) -> [__m256i; 2] {
    let (halves, _) = keys.as_chunks::<8>();
    [words(&halves[0]), words(&halves[1])]
}

#[target_feature(enable = "avx2")]
#[inline]
fn words(x: &[u32; 8]) -> __m256i {
    // SAFETY: `x` is 32 readable bytes, and the load needs no alignment.
    unsafe { _mm256_loadu_si256(x.as_ptr().cast()) }
}

#[target_feature(enable = "avx2")]
#[inline]
fn bytes(x: &[u8; 32]) -> __m256i {
    // SAFETY: `x` is 32 readable bytes, and the load needs no alignment.
    unsafe { _mm256_loadu_si256(x.as_ptr().cast()) }
}

#[target_feature(enable = "avx2")]
#[inline]
fn load(low: &Block, high: &Block) -> __m256i {
    _mm256_set_m128i(super::x86_serial::load(high), super::x86_serial::load(low))
}

#[target_feature(enable = "avx2")]
#[inline]
fn store(x: &mut Block, value: __m128i) {
    super::x86_serial::store(x, value);
}
