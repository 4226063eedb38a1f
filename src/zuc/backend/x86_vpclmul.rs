//! The MAC's sum of keystream windows by VPCLMULQDQ, 16 words of message at a time.
//!
//! As `x86_clmul`, where the method is explained and which does the words left over, in registers
//! four times as wide.
#![allow(unsafe_code, reason = "a kernel: loads of vector registers")]

use super::x86_clmul;
use core::arch::x86_64::{
    __m128i, __m512i, _mm_cvtsi128_si64, _mm_unpackhi_epi64, _mm_xor_si128, _mm512_and_si512,
    _mm512_clmulepi64_epi128, _mm512_extracti32x4_epi32, _mm512_gf2p8affine_epi64_epi8,
    _mm512_loadu_si512, _mm512_set1_epi64, _mm512_set4_epi32, _mm512_setzero_si512,
    _mm512_shuffle_epi8, _mm512_srli_epi64, _mm512_ternarylogic_epi32,
};

/// As [`mac::windows`](crate::zuc::mac::windows).
#[target_feature(enable = "avx512f,avx512bw,gfni,vpclmulqdq,ssse3,pclmulqdq")]
pub(super) fn windows(t: &mut [u32], z: &[[u8; 4]], m: &[[u8; 4]]) {
    let (sixteens, rest) = m.as_chunks();
    match t {
        [t] => *t ^= window_xor(z, sixteens),
        [t0, t1] => {
            let [sum] = window_pairs::<2, 1>(z, sixteens);
            *t0 ^= sum[0];
            *t1 ^= sum[1];
        }
        [t0, t1, t2, t3] => {
            let [first, second] = window_pairs::<3, 2>(z, sixteens);
            *t0 ^= first[0];
            *t1 ^= first[1];
            *t2 ^= second[0];
            *t3 ^= second[1];
        }
        _ => return x86_clmul::windows(t, z, m),
    }
    x86_clmul::windows(t, &z[16 * sixteens.len()..], rest);
}

/// As `x86_clmul::window_pairs`: the sums of windows of 64 bits at `PAIRS` places, two words apart.
#[target_feature(enable = "avx512f,avx512bw,gfni,vpclmulqdq")]
fn window_pairs<const SUMS: usize, const PAIRS: usize>(
    z: &[[u8; 4]],
    m: &[[[u8; 4]; 16]],
) -> [[u32; 2]; PAIRS] {
    let mut sums = [_mm512_setzero_si512(); SUMS];
    for (i, m) in m.iter().enumerate() {
        add_pair_products(&mut sums, &z[16 * i..], m);
    }
    let mut halves = [[0; 2]; PAIRS];
    for (half, sums) in halves.iter_mut().zip(sums.windows(2)) {
        let (low, high) = (fold(sums[0]), fold(sums[1]));
        let x = _mm_cvtsi128_si64(_mm_xor_si128(low, _mm_unpackhi_epi64(high, high)));
        #[allow(clippy::cast_possible_truncation, reason = "the halves of a u64")]
        let words = [(x.cast_unsigned() >> 32) as u32, x.cast_unsigned() as u32];
        *half = words;
    }
    halves
}

/// Adds to `sums[i]` the products of 16 message words with the keystream from word 2i on.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,gfni,vpclmulqdq")]
fn add_pair_products<const SUMS: usize>(
    sums: &mut [__m512i; SUMS],
    z: &[[u8; 4]],
    m: &[[u8; 4]; 16],
) {
    let m = reverse_bits(load(m));
    for (sum, z) in sums.iter_mut().zip(z.windows(16).step_by(2)) {
        if let Some(z) = z.first_chunk() {
            let z = big_endian(load(z));
            let even = _mm512_clmulepi64_epi128::<0x00>(z, m);
            *sum = xor3(*sum, even, _mm512_clmulepi64_epi128::<0x11>(z, m));
        }
    }
}

#[target_feature(enable = "avx512f,avx512bw,gfni,vpclmulqdq")]
fn window_xor(z: &[[u8; 4]], m: &[[[u8; 4]; 16]]) -> u32 {
    let mut sums = [_mm512_setzero_si512(); 2];
    for (m, z) in m.iter().zip(z.windows(17).step_by(16)) {
        if let Some(z) = z.first_chunk() {
            sums = add_products(sums, z, m);
        }
    }
    let sum = fold(xor3(sums[0], sums[1], _mm512_setzero_si512()));
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bits 63 … 32")]
    let t = (_mm_cvtsi128_si64(sum) as u64 >> 32) as u32;
    t
}

/// Adds the products of 16 message words with their 64 bits of keystream, two to each sum.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,gfni,vpclmulqdq")]
fn add_products(sums: [__m512i; 2], z: &[[u8; 4]; 17], m: &[[u8; 4]; 16]) -> [__m512i; 2] {
    let [first @ .., _] = z;
    let [_, last @ ..] = z;
    // z0 ‖ z1, z2 ‖ z3, … and z1 ‖ z2, z3 ‖ z4, … as big-endian numbers.
    let even = big_endian(load(first));
    let odd = big_endian(load(last));
    let m = reverse_bits(load(m));
    let m_even = _mm512_and_si512(m, _mm512_set1_epi64(0xffff_ffff));
    let m_odd = _mm512_srli_epi64::<32>(m);
    [
        xor3(
            sums[0],
            _mm512_clmulepi64_epi128::<0x00>(even, m_even),
            _mm512_clmulepi64_epi128::<0x11>(even, m_even),
        ),
        xor3(
            sums[1],
            _mm512_clmulepi64_epi128::<0x00>(odd, m_odd),
            _mm512_clmulepi64_epi128::<0x11>(odd, m_odd),
        ),
    ]
}

/// The exclusive or of the four quarters.
#[inline]
#[target_feature(enable = "avx512f")]
fn fold(x: __m512i) -> __m128i {
    _mm_xor_si128(
        _mm_xor_si128(_mm512_extracti32x4_epi32::<0>(x), _mm512_extracti32x4_epi32::<1>(x)),
        _mm_xor_si128(_mm512_extracti32x4_epi32::<2>(x), _mm512_extracti32x4_epi32::<3>(x)),
    )
}

/// Two words from memory as one big-endian number of 64 bits.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn big_endian(x: __m512i) -> __m512i {
    let be = _mm512_set4_epi32(0x0809_0a0b, 0x0c0d_0e0f, 0x0001_0203, 0x0405_0607);
    _mm512_shuffle_epi8(x, be)
}

/// Reverses the bits of each byte.
#[inline]
#[target_feature(enable = "avx512f,gfni")]
fn reverse_bits(x: __m512i) -> __m512i {
    let matrix = _mm512_set1_epi64(0x8040_2010_0804_0201_u64.cast_signed());
    _mm512_gf2p8affine_epi64_epi8::<0>(x, matrix)
}

#[inline]
#[target_feature(enable = "avx512f")]
fn xor3(a: __m512i, b: __m512i, c: __m512i) -> __m512i {
    _mm512_ternarylogic_epi32::<0x96>(a, b, c)
}

#[inline]
#[target_feature(enable = "avx512f")]
fn load(words: &[[u8; 4]; 16]) -> __m512i {
    // SAFETY: `words` is 64 readable bytes, and the load needs no alignment.
    unsafe { _mm512_loadu_si512(words.as_ptr().cast()) }
}

#[cfg(test)]
mod tests {
    #[test]
    fn windows_agree_with_the_portable_sum_at_every_length() {
        if crate::cpu::Avx512Gfni::detect().is_none() {
            return;
        }
        #[allow(clippy::cast_possible_truncation, reason = "below 2000")]
        let word = |i: usize| {
            (i as u32).wrapping_mul(0x9e37_79b9).rotate_left(i as u32 & 31).to_be_bytes()
        };
        let (z, m): ([_; 84], [_; 80]) =
            (core::array::from_fn(|i| word(i + 1)), core::array::from_fn(|i| word(i + 999)));
        for n in 0..=m.len() {
            for words in 1..=4 {
                let (mut t, mut expected) = ([7, 77, 777, 7777], [7, 77, 777, 7777]);
                let z = &z[..n + words];
                // SAFETY: the witness was found, so this CPU has the instructions named.
                unsafe { super::windows(&mut t[..words], z, &m[..n]) };
                crate::zuc::mac::windows(&mut expected[..words], z, &m[..n]);
                assert_eq!(t, expected, "{n} words, tag of {words}");
            }
        }
    }
}
