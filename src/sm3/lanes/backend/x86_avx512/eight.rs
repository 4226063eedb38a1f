//! Eight messages, by AVX-512's instructions on the registers of AVX2.

use super::{
    super::{super::Block, Input, LANES, State, rounds},
    CHOICE, MAJORITY, XOR3, load16,
};
use core::arch::x86_64::{
    __m256i, _mm256_add_epi32 as add, _mm256_castsi128_si256, _mm256_inserti32x4,
    _mm256_loadu_si256, _mm256_rol_epi32, _mm256_set1_epi32, _mm256_setr_epi64x,
    _mm256_shuffle_epi8, _mm256_storeu_si256, _mm256_ternarylogic_epi32, _mm256_unpackhi_epi32,
    _mm256_unpackhi_epi64, _mm256_unpacklo_epi32, _mm256_unpacklo_epi64, _mm256_xor_si256 as xor,
};

rounds::kernel!("avx512f,avx512bw,avx512vl", __m256i);

/// The words of block `i` of each run.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl")]
fn transpose(w: &mut [__m256i; 16], runs: &[&[Block]; LANES], i: usize) {
    for (q, w) in w.as_chunks_mut::<4>().0.iter_mut().enumerate() {
        let (a, b) = (row(runs, i, q, 0), row(runs, i, q, 1));
        let (c, d) = (row(runs, i, q, 2), row(runs, i, q, 3));
        let (x, y) = (_mm256_unpacklo_epi32(a, b), _mm256_unpacklo_epi32(c, d));
        (w[0], w[1]) = (_mm256_unpacklo_epi64(x, y), _mm256_unpackhi_epi64(x, y));
        let (x, y) = (_mm256_unpackhi_epi32(a, b), _mm256_unpackhi_epi32(c, d));
        (w[2], w[3]) = (_mm256_unpacklo_epi64(x, y), _mm256_unpackhi_epi64(x, y));
    }
}

/// Words 4q … 4q + 3 of block `i` of lanes `l` and `l` + 4.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl")]
fn row(runs: &[&[Block]; LANES], i: usize, q: usize, l: usize) -> __m256i {
    let (big_endian, again) = (0x0405_0607_0001_0203, 0x0c0d_0e0f_0809_0a0b);
    let order = _mm256_setr_epi64x(big_endian, again, big_endian, again);
    let low = _mm256_castsi128_si256(load16(&runs[l][i].as_chunks().0[q]));
    let high = load16(&runs[l + 4][i].as_chunks().0[q]);
    _mm256_shuffle_epi8(_mm256_inserti32x4::<1>(low, high), order)
}

/// P_0(X) = X ⊕ (X <<< 9) ⊕ (X <<< 17). Source: GB/T 32905-2016, 4.4.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl")]
fn p0(x: __m256i) -> __m256i {
    xor3(x, _mm256_rol_epi32::<9>(x), _mm256_rol_epi32::<17>(x))
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl")]
fn rol8(x: __m256i) -> __m256i {
    let (bytes, again) = (0x0605_0407_0201_0003, 0x0e0d_0c0f_0a09_080b);
    _mm256_shuffle_epi8(x, _mm256_setr_epi64x(bytes, again, bytes, again))
}

/// P_1(X) = X ⊕ (X <<< 15) ⊕ (X <<< 23). Source: as above.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl")]
fn p1(x: __m256i) -> __m256i {
    xor3(x, _mm256_rol_epi32::<15>(x), _mm256_rol_epi32::<23>(x))
}

/// FF_j, j ≥ 16. Source: GB/T 32905-2016, 4.3.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl")]
fn ff1(x: __m256i, y: __m256i, z: __m256i) -> __m256i {
    _mm256_ternarylogic_epi32::<MAJORITY>(x, y, z)
}

/// GG_j, j ≥ 16. Source: as above.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl")]
fn gg1(x: __m256i, y: __m256i, z: __m256i) -> __m256i {
    _mm256_ternarylogic_epi32::<CHOICE>(x, y, z)
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl")]
fn xor3(x: __m256i, y: __m256i, z: __m256i) -> __m256i {
    _mm256_ternarylogic_epi32::<XOR3>(x, y, z)
}

/// X <<< `N`.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl")]
fn rol<const N: i32, const M: i32>(x: __m256i) -> __m256i {
    _mm256_rol_epi32::<N>(x)
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl")]
fn word(x: u32) -> __m256i {
    _mm256_set1_epi32(x.cast_signed())
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl")]
fn load(words: &[u32; 8]) -> __m256i {
    // SAFETY: `words` is 32 readable bytes, and the load needs no alignment.
    unsafe { _mm256_loadu_si256(words.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl")]
fn store(words: &mut [u32; 8], x: __m256i) {
    // SAFETY: `words` is 32 writable bytes, and the store needs no alignment.
    unsafe { _mm256_storeu_si256(words.as_mut_ptr().cast(), x) }
}
