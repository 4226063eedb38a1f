//! SM3 of eight messages at once by AVX2, one in each 32-bit lane.
#![allow(unsafe_code, reason = "a kernel: loads and stores of vector registers")]

use super::{super::Block, Input, Kernel, LANES, State, rounds};
use crate::cpu;
use core::arch::x86_64::{
    __m128i, __m256i, _mm_loadu_si128, _mm256_add_epi32 as add, _mm256_and_si256 as and,
    _mm256_castsi128_si256, _mm256_inserti128_si256, _mm256_loadu_si256, _mm256_or_si256 as or,
    _mm256_set1_epi32, _mm256_setr_epi64x, _mm256_shuffle_epi8, _mm256_slli_epi32,
    _mm256_srli_epi32, _mm256_storeu_si256, _mm256_unpackhi_epi32, _mm256_unpackhi_epi64,
    _mm256_unpacklo_epi32, _mm256_unpacklo_epi64, _mm256_xor_si256 as xor,
};

impl Kernel for cpu::Avx2 {
    fn few(self) -> usize {
        2
    }

    fn width(self, _: usize) -> usize {
        8
    }

    fn compress(self, v: &mut State, input: &Input<'_>, _: usize) {
        // SAFETY: `self` proves that this CPU has `avx2`.
        unsafe { compress(v, input) }
    }
}

rounds::kernel!("avx2", __m256i);

/// The words of block `i` of each run.
#[inline]
#[target_feature(enable = "avx2")]
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
#[target_feature(enable = "avx2")]
fn row(runs: &[&[Block]; LANES], i: usize, q: usize, l: usize) -> __m256i {
    let (big_endian, again) = (0x0405_0607_0001_0203, 0x0c0d_0e0f_0809_0a0b);
    let order = _mm256_setr_epi64x(big_endian, again, big_endian, again);
    let low = _mm256_castsi128_si256(load16(&runs[l][i].as_chunks().0[q]));
    let high = load16(&runs[l + 4][i].as_chunks().0[q]);
    _mm256_shuffle_epi8(_mm256_inserti128_si256::<1>(low, high), order)
}

/// P_0(X) = X ⊕ (X <<< 9) ⊕ (X <<< 17). Source: GB/T 32905-2016, 4.4.
#[inline]
#[target_feature(enable = "avx2")]
fn p0(x: __m256i) -> __m256i {
    xor(x, rol::<9, 23>(xor(x, rol8(x))))
}

/// P_1(X) = X ⊕ (X <<< 15) ⊕ (X <<< 23). Source: as above.
#[inline]
#[target_feature(enable = "avx2")]
fn p1(x: __m256i) -> __m256i {
    xor(x, rol::<15, 17>(xor(x, rol8(x))))
}

/// FF_j, j ≥ 16. Source: GB/T 32905-2016, 4.3.
#[inline]
#[target_feature(enable = "avx2")]
fn ff1(x: __m256i, y: __m256i, z: __m256i) -> __m256i {
    or(and(x, y), and(z, or(x, y)))
}

/// GG_j, j ≥ 16. Source: as above.
#[inline]
#[target_feature(enable = "avx2")]
fn gg1(x: __m256i, y: __m256i, z: __m256i) -> __m256i {
    xor(and(x, xor(y, z)), z)
}

#[inline]
#[target_feature(enable = "avx2")]
fn xor3(x: __m256i, y: __m256i, z: __m256i) -> __m256i {
    xor(xor(x, y), z)
}

/// X <<< `N`; `M` is 32 − `N`.
#[inline]
#[target_feature(enable = "avx2")]
fn rol<const N: i32, const M: i32>(x: __m256i) -> __m256i {
    or(_mm256_slli_epi32::<N>(x), _mm256_srli_epi32::<M>(x))
}

#[inline]
#[target_feature(enable = "avx2")]
fn rol8(x: __m256i) -> __m256i {
    let (bytes, again) = (0x0605_0407_0201_0003, 0x0e0d_0c0f_0a09_080b);
    _mm256_shuffle_epi8(x, _mm256_setr_epi64x(bytes, again, bytes, again))
}

#[inline]
#[target_feature(enable = "avx2")]
fn word(x: u32) -> __m256i {
    _mm256_set1_epi32(x.cast_signed())
}

#[inline]
#[target_feature(enable = "avx2")]
fn load(words: &[u32; 8]) -> __m256i {
    // SAFETY: `words` is 32 readable bytes, and the load needs no alignment.
    unsafe { _mm256_loadu_si256(words.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx2")]
fn load16(bytes: &[u8; 16]) -> __m128i {
    // SAFETY: `bytes` is 16 readable bytes, and the load needs no alignment.
    unsafe { _mm_loadu_si128(bytes.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx2")]
fn store(words: &mut [u32; 8], x: __m256i) {
    // SAFETY: `words` is 32 writable bytes, and the store needs no alignment.
    unsafe { _mm256_storeu_si256(words.as_mut_ptr().cast(), x) }
}
