//! SM3 of sixteen messages at once by AVX-512, one in each 32-bit lane; and of up to eight in the
//! shorter registers, for which Intel's CPUs have one port more.
#![allow(unsafe_code, reason = "kernels: their calls, loads and stores of vector registers")]

mod eight;

use super::{super::Block, Input, Kernel, LANES, State, rounds};
use crate::cpu;
use core::arch::x86_64::{
    __m128i, __m512i, _mm_loadu_si128, _mm_set_epi64x, _mm512_add_epi32 as add,
    _mm512_broadcast_i32x4, _mm512_castsi128_si512, _mm512_inserti32x4, _mm512_loadu_si512,
    _mm512_rol_epi32, _mm512_set1_epi32, _mm512_shuffle_epi8, _mm512_storeu_si512,
    _mm512_ternarylogic_epi32, _mm512_unpackhi_epi32, _mm512_unpackhi_epi64, _mm512_unpacklo_epi32,
    _mm512_unpacklo_epi64, _mm512_xor_si512 as xor,
};

impl Kernel for cpu::Avx512Vl {
    fn few(self) -> usize {
        1
    }

    fn width(self, wanted: usize) -> usize {
        if wanted > 8 { 16 } else { 8 }
    }

    fn compress(self, v: &mut State, input: &Input<'_>, width: usize) {
        if width > 8 {
            // SAFETY: `self` proves that this CPU has `avx512f`, `avx512bw` and `avx512vl`.
            unsafe { compress(v, input) }
        } else {
            // SAFETY: as above.
            unsafe { eight::compress(v, input) }
        }
    }
}

/// Truth tables for VPTERNLOGD: bit 4x + 2y + z is the value at x, y, z.
const XOR3: i32 = 0x96;
const MAJORITY: i32 = 0xe8;
const CHOICE: i32 = 0xca;

rounds::kernel!("avx512f,avx512bw,avx512vl", __m512i);

/// The words of block `i` of each run.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl")]
fn transpose(w: &mut [__m512i; 16], runs: &[&[Block]; LANES], i: usize) {
    for (q, w) in w.as_chunks_mut::<4>().0.iter_mut().enumerate() {
        let (a, b) = (row(runs, i, q, 0), row(runs, i, q, 1));
        let (c, d) = (row(runs, i, q, 2), row(runs, i, q, 3));
        let (x, y) = (_mm512_unpacklo_epi32(a, b), _mm512_unpacklo_epi32(c, d));
        (w[0], w[1]) = (_mm512_unpacklo_epi64(x, y), _mm512_unpackhi_epi64(x, y));
        let (x, y) = (_mm512_unpackhi_epi32(a, b), _mm512_unpackhi_epi32(c, d));
        (w[2], w[3]) = (_mm512_unpacklo_epi64(x, y), _mm512_unpackhi_epi64(x, y));
    }
}

/// Words 4q … 4q + 3 of block `i` of lanes `l`, `l` + 4, `l` + 8 and `l` + 12.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl")]
fn row(runs: &[&[Block]; LANES], i: usize, q: usize, l: usize) -> __m512i {
    let order = _mm_set_epi64x(0x0c0d_0e0f_0809_0a0b, 0x0405_0607_0001_0203);
    let x = _mm512_castsi128_si512(load16(&runs[l][i].as_chunks().0[q]));
    let x = _mm512_inserti32x4::<1>(x, load16(&runs[l + 4][i].as_chunks().0[q]));
    let x = _mm512_inserti32x4::<2>(x, load16(&runs[l + 8][i].as_chunks().0[q]));
    let x = _mm512_inserti32x4::<3>(x, load16(&runs[l + 12][i].as_chunks().0[q]));
    _mm512_shuffle_epi8(x, _mm512_broadcast_i32x4(order))
}

/// P_0(X) = X ⊕ (X <<< 9) ⊕ (X <<< 17). Source: GB/T 32905-2016, 4.4.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl")]
fn p0(x: __m512i) -> __m512i {
    xor3(x, _mm512_rol_epi32::<9>(x), _mm512_rol_epi32::<17>(x))
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl")]
fn rol8(x: __m512i) -> __m512i {
    let order = _mm_set_epi64x(0x0e0d_0c0f_0a09_080b, 0x0605_0407_0201_0003);
    _mm512_shuffle_epi8(x, _mm512_broadcast_i32x4(order))
}

/// P_1(X) = X ⊕ (X <<< 15) ⊕ (X <<< 23). Source: as above.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl")]
fn p1(x: __m512i) -> __m512i {
    xor3(x, _mm512_rol_epi32::<15>(x), _mm512_rol_epi32::<23>(x))
}

/// FF_j, j ≥ 16. Source: GB/T 32905-2016, 4.3.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl")]
fn ff1(x: __m512i, y: __m512i, z: __m512i) -> __m512i {
    _mm512_ternarylogic_epi32::<MAJORITY>(x, y, z)
}

/// GG_j, j ≥ 16. Source: as above.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl")]
fn gg1(x: __m512i, y: __m512i, z: __m512i) -> __m512i {
    _mm512_ternarylogic_epi32::<CHOICE>(x, y, z)
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl")]
fn xor3(x: __m512i, y: __m512i, z: __m512i) -> __m512i {
    _mm512_ternarylogic_epi32::<XOR3>(x, y, z)
}

/// X <<< `N`.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl")]
fn rol<const N: i32, const M: i32>(x: __m512i) -> __m512i {
    _mm512_rol_epi32::<N>(x)
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl")]
fn word(x: u32) -> __m512i {
    _mm512_set1_epi32(x.cast_signed())
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl")]
fn load(words: &[u32; 16]) -> __m512i {
    // SAFETY: `words` is 64 readable bytes, and the load needs no alignment.
    unsafe { _mm512_loadu_si512(words.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl")]
fn load16(bytes: &[u8; 16]) -> __m128i {
    // SAFETY: `bytes` is 16 readable bytes, and the load needs no alignment.
    unsafe { _mm_loadu_si128(bytes.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl")]
fn store(words: &mut [u32; 16], x: __m512i) {
    // SAFETY: `words` is 64 writable bytes, and the store needs no alignment.
    unsafe { _mm512_storeu_si512(words.as_mut_ptr().cast(), x) }
}
