//! The MAC's sum of keystream windows by PCLMULQDQ, for the kernels of x86-64.
//!
//! Let M be a message word with its bits reversed (the first bit has weight 0) and Z the keystream
//! words z and z' as one 64-bit number. Then M·Z without carries is the exclusive or of Z << i over
//! the message bits i that are 1, and its bits 63 … 32 are the sum of the windows at these bits.
//! Sums of products may be taken first and cut afterwards.
#![allow(unsafe_code, reason = "a kernel: loads of vector registers")]

use core::arch::x86_64::{
    __m128i, _mm_and_si128, _mm_clmulepi64_si128, _mm_cvtsi128_si64, _mm_loadu_si128, _mm_or_si128,
    _mm_set_epi8, _mm_set1_epi8, _mm_set1_epi64x, _mm_setr_epi8, _mm_setzero_si128,
    _mm_shuffle_epi8, _mm_srli_epi16, _mm_srli_epi64, _mm_unpackhi_epi64, _mm_xor_si128,
};

/// As [`mac::windows`](crate::zuc::mac::windows).
#[target_feature(enable = "ssse3,pclmulqdq")]
pub(super) fn windows(t: &mut [u32], z: &[[u8; 4]], m: &[[u8; 4]]) {
    match t {
        [t] => *t ^= window_xor(z, m),
        [t0, t1] => {
            let [sum] = window_pairs::<2, 1>(z, m);
            *t0 ^= sum[0];
            *t1 ^= sum[1];
        }
        [t0, t1, t2, t3] => {
            let [first, second] = window_pairs::<3, 2>(z, m);
            *t0 ^= first[0];
            *t1 ^= first[1];
            *t2 ^= second[0];
            *t3 ^= second[1];
        }
        _ => crate::zuc::mac::windows(t, z, m),
    }
}

/// The sums of windows of 64 bits at `PAIRS` places, two words apart; `SUMS` is `PAIRS` + 1.
///
/// Let M be two message words with their bits reversed and Z four keystream words as two 64-bit
/// numbers Z0 and Z1. The sum of the windows of 64 bits that M chooses is the lower half of M·Z0 and
/// the upper half of M·Z1, and the windows two words further share M·Z1.
#[target_feature(enable = "ssse3,pclmulqdq")]
fn window_pairs<const SUMS: usize, const PAIRS: usize>(
    z: &[[u8; 4]],
    m: &[[u8; 4]],
) -> [[u32; 2]; PAIRS] {
    let mut sums = [_mm_setzero_si128(); SUMS];
    let (fours, rest) = m.as_chunks();
    for (i, m) in fours.iter().enumerate() {
        add_products(&mut sums, &z[4 * i..], m);
    }
    if !rest.is_empty() {
        let (mut last_z, mut last_m) = ([[0; 4]; 8], [[0; 4]; 4]);
        let z = &z[4 * fours.len()..m.len() + 2 * PAIRS];
        last_z[..z.len()].copy_from_slice(z);
        last_m[..rest.len()].copy_from_slice(rest);
        add_products(&mut sums, &last_z, &last_m);
    }
    core::array::from_fn(|i| {
        let half = _mm_xor_si128(sums[i], _mm_unpackhi_epi64(sums[i + 1], sums[i + 1]));
        let half = _mm_cvtsi128_si64(half).cast_unsigned();
        #[allow(clippy::cast_possible_truncation, reason = "the halves of a u64")]
        let words = [(half >> 32) as u32, half as u32];
        words
    })
}

/// Adds to `sums[i]` the products of four message words with the keystream from word 2i on.
#[inline]
#[target_feature(enable = "ssse3,pclmulqdq")]
fn add_products<const SUMS: usize>(sums: &mut [__m128i; SUMS], z: &[[u8; 4]], m: &[[u8; 4]; 4]) {
    let high = _mm_set_epi8(8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7);
    let m = reverse_bits(load(m));
    for (sum, z) in sums.iter_mut().zip(z.windows(4).step_by(2)) {
        if let Some(z) = z.first_chunk() {
            let z = _mm_shuffle_epi8(load(z), high);
            let (even, odd) =
                (_mm_clmulepi64_si128::<0x00>(z, m), _mm_clmulepi64_si128::<0x11>(z, m));
            *sum = _mm_xor_si128(*sum, _mm_xor_si128(even, odd));
        }
    }
}

#[target_feature(enable = "ssse3,pclmulqdq")]
fn window_xor(z: &[[u8; 4]], m: &[[u8; 4]]) -> u32 {
    let mut sum = _mm_setzero_si128();
    let (fours, rest) = m.as_chunks();
    for (m, z) in fours.iter().zip(z.windows(5).step_by(4)) {
        if let Some(z) = z.first_chunk() {
            sum = _mm_xor_si128(sum, products(z, m));
        }
    }
    if !rest.is_empty() {
        let (mut last_z, mut last_m) = ([[0; 4]; 5], [[0; 4]; 4]);
        last_z[..=rest.len()].copy_from_slice(&z[4 * fours.len()..=m.len()]);
        last_m[..rest.len()].copy_from_slice(rest);
        sum = _mm_xor_si128(sum, products(&last_z, &last_m));
    }
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bits 63 … 32")]
    let t = (_mm_cvtsi128_si64(sum) as u64 >> 32) as u32;
    t
}

/// The sum of the products of four message words with their 64 bits of keystream.
#[target_feature(enable = "ssse3,pclmulqdq")]
fn products(z: &[[u8; 4]; 5], m: &[[u8; 4]; 4]) -> __m128i {
    let (low, high) = (
        _mm_set1_epi64x(0xffff_ffff),
        _mm_set_epi8(8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7),
    );
    let [first @ .., _] = z;
    let [_, last @ ..] = z;
    // z0 ‖ z1, z2 ‖ z3 and z1 ‖ z2, z3 ‖ z4 as big-endian numbers.
    let even = _mm_shuffle_epi8(load(first), high);
    let odd = _mm_shuffle_epi8(load(last), high);
    let m = reverse_bits(load(m));
    let (m_even, m_odd) = (_mm_and_si128(m, low), _mm_srli_epi64::<32>(m));
    _mm_xor_si128(
        _mm_xor_si128(
            _mm_clmulepi64_si128::<0x00>(even, m_even),
            _mm_clmulepi64_si128::<0x11>(even, m_even),
        ),
        _mm_xor_si128(
            _mm_clmulepi64_si128::<0x00>(odd, m_odd),
            _mm_clmulepi64_si128::<0x11>(odd, m_odd),
        ),
    )
}

/// Reverses the bits of each byte.
#[target_feature(enable = "ssse3")]
fn reverse_bits(x: __m128i) -> __m128i {
    // The bits of each number 0 … 15 reversed, in the upper and in the lower half of a byte.
    let up =
        _mm_setr_epi8(0, -128, 64, -64, 32, -96, 96, -32, 16, -112, 80, -48, 48, -80, 112, -16);
    let down = _mm_setr_epi8(0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15);
    let nibble = _mm_set1_epi8(15);
    let low = _mm_and_si128(x, nibble);
    let high = _mm_and_si128(_mm_srli_epi16::<4>(x), nibble);
    _mm_or_si128(_mm_shuffle_epi8(up, low), _mm_shuffle_epi8(down, high))
}

#[target_feature(enable = "sse2")]
fn load(words: &[[u8; 4]; 4]) -> __m128i {
    // SAFETY: `words` is 16 readable bytes, and the load needs no alignment.
    unsafe { _mm_loadu_si128(words.as_ptr().cast()) }
}
