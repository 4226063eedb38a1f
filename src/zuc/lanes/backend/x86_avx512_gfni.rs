//! ZUC in 16 streams at once, one in each 32-bit lane of AVX-512 registers.
//!
//! The LFSR runs in double precision, where a product by a power of two and a sum below 2⁵³ are
//! exact: five fused multiply-adds for 8 streams. F runs on 32-bit lanes; the eight bytes of u and
//! v that S0 takes share one register in every step, the eight that S1 takes another.
//! Nothing is looked up in memory: S0's nibbles by VPERMB and VPSHUFB, S1 by GFNI.
#![allow(unsafe_code, reason = "a kernel: loads and stores of vector registers")]

use super::{super::Lanes, Kernel};
use crate::cpu;
use core::arch::x86_64::{
    __m128i, __m256i, __m512d, __m512i, _MM_FROUND_NO_EXC, _MM_FROUND_TO_NEG_INF, _mm_loadu_si128,
    _mm_storeu_si128, _mm256_loadu_si256, _mm512_add_epi8, _mm512_add_epi32, _mm512_add_pd,
    _mm512_broadcast_i32x4, _mm512_castpd_si512, _mm512_castsi512_pd, _mm512_cvtepu32_pd,
    _mm512_extracti32x4_epi32, _mm512_fmadd_pd, _mm512_fmadd_round_pd, _mm512_fnmadd_pd,
    _mm512_gf2p8affine_epi64_epi8, _mm512_gf2p8affineinv_epi64_epi8, _mm512_loadu_si512,
    _mm512_mul_pd, _mm512_permutex2var_epi32, _mm512_permutexvar_epi8, _mm512_rol_epi32,
    _mm512_set1_epi8, _mm512_set1_epi16, _mm512_set1_epi32, _mm512_set1_epi64, _mm512_set1_pd,
    _mm512_set4_epi32, _mm512_setr_epi32, _mm512_setzero_si512, _mm512_shuffle_epi8,
    _mm512_srli_epi16, _mm512_srli_epi32, _mm512_storeu_si512, _mm512_sub_pd,
    _mm512_ternarylogic_epi32, _mm512_unpackhi_epi32, _mm512_unpackhi_epi64, _mm512_unpacklo_epi32,
    _mm512_unpacklo_epi64, _mm512_xor_si512,
};

impl Kernel for cpu::Avx512Gfni {
    fn initialise(self, lanes: &mut Lanes, rounds: u32) {
        // SAFETY: `self` proves that this CPU has `gfni` and the parts of AVX-512 named.
        unsafe { initialise(lanes, rounds) }
    }

    fn keystream(self, lanes: &mut Lanes, z: &mut [[[u8; 64]; 16]]) {
        // SAFETY: as above.
        unsafe { keystream(lanes, z) }
    }
}

/// `rounds` is a multiple of 4. Source: 5.6.1 and the first step of 5.6.2.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,gfni")]
fn initialise(lanes: &mut Lanes, rounds: u32) {
    let Lanes { s, r1, r2 } = lanes;
    let mut rings = Rings::load(s);
    let mut zuc = Zuc::load(&mut rings, s, r1, r2);
    for g in 0..rounds as usize / 4 {
        zuc.initialisation_round(g, 0);
        zuc.initialisation_round(g, 1);
        zuc.initialisation_round(g, 2);
        zuc.initialisation_round(g, 3);
    }
    zuc.work(0, 0);
    store(r1, zuc.r1);
    store(r2, zuc.r2);
    s.rotate_left(1);
}

/// 16 words of every stream into each item of `z`, in order. Source: 5.6.2.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,gfni")]
fn keystream(lanes: &mut Lanes, z: &mut [[[u8; 64]; 16]]) {
    let Lanes { s, r1, r2 } = lanes;
    let mut rings = Rings::load(s);
    let mut zuc = Zuc::load(&mut rings, s, r1, r2);
    for z in z {
        for g in 0..4 {
            let words = [zuc.work(g, 0), zuc.work(g, 1), zuc.work(g, 2), zuc.work(g, 3)];
            transpose(words, z, g);
        }
    }
    store(r1, zuc.r1);
    store(r2, zuc.r2);
}

/// What is kept of the LFSR's last 16 cells. In step t what belongs to s_i stands at place
/// (t + i) mod 16: of t = 4g + k at `[(g + (k + i) / 4) & 3][(k + i) % 4]`, k and i being constants.
struct Rings {
    /// The cells, of streams 0 … 7 and of streams 8 … 15.
    f: [[[__m512d; 2]; 4]; 4],
    /// s_{i+2}L ‖ s_iH: X1, X2 and X3 are this for i = 9, 5 and 0. For i = 0 … 13.
    y: [[__m512i; 4]; 4],
}

/// ZUC while its LFSR turns in place.
struct Zuc<'a> {
    rings: &'a mut Rings,
    cells: &'a mut [[u32; 16]; 16],
    /// s15, as in `Rings::f`.
    f15: [__m512d; 2],
    /// s14 and s15.
    s: [__m512i; 2],
    /// Their doubles: sH stands in the upper half.
    d: [__m512i; 2],
    r1: __m512i,
    r2: __m512i,
}

impl Rings {
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,gfni")]
    fn load(s: &[[u32; 16]; 16]) -> Self {
        macro_rules! f { ($($i:literal)*) => { [$(convert(&s[$i])),*] } }
        macro_rules! y { ($($i:literal)*) => { [$(y(double(load(&s[$i])), load(&s[$i + 2]))),*] } }
        let ([y12, y13], later) = (y!(12 13), _mm512_setzero_si512());
        Self {
            f: [f!(0 1 2 3), f!(4 5 6 7), f!(8 9 10 11), f!(12 13 14 15)],
            y: [y!(0 1 2 3), y!(4 5 6 7), y!(8 9 10 11), [y12, y13, later, later]],
        }
    }
}

impl<'a> Zuc<'a> {
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,gfni")]
    fn load(
        rings: &'a mut Rings,
        cells: &'a mut [[u32; 16]; 16],
        r1: &[u32; 16],
        r2: &[u32; 16],
    ) -> Self {
        let s = [load(&cells[14]), load(&cells[15])];
        let d = [double(s[0]), double(s[1])];
        Self { f15: rings.f[3][3], rings, cells, s, d, r1: load(r1), r2: load(r2) }
    }

    /// The output of one step in work mode: W ⊕ X3.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,gfni")]
    fn work(&mut self, g: usize, k: usize) -> __m512i {
        let z = _mm512_xor_si512(self.w(), self.x(g, k));
        self.lfsr([self.sum(g, k, 0), self.sum(g, k, 1)], g, k);
        self.f(g, k);
        z
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,gfni")]
    fn initialisation_round(&mut self, g: usize, k: usize) {
        let u = _mm512_srli_epi32::<1>(self.w());
        self.f(g, k);
        // 2⁵² + u as doubles, without a conversion, and the 2⁵² taken from the other summand.
        let high = _mm512_set1_epi32(0x4330_0000);
        let lo = _mm512_setr_epi32(0, 16, 1, 16, 2, 16, 3, 16, 4, 16, 5, 16, 6, 16, 7, 16);
        let hi = _mm512_setr_epi32(8, 16, 9, 16, 10, 16, 11, 16, 12, 16, 13, 16, 14, 16, 15, 16);
        let u = [_mm512_permutex2var_epi32(u, lo, high), _mm512_permutex2var_epi32(u, hi, high)];
        let plus_u = |sum: __m512d, u| {
            _mm512_add_pd(_mm512_sub_pd(sum, _mm512_set1_pd(P52)), _mm512_castsi512_pd(u))
        };
        let sums = [plus_u(self.sum(g, k, 0), u[0]), plus_u(self.sum(g, k, 1), u[1])];
        self.lfsr(sums, g, k);
    }

    /// W. Source: 5.4.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,gfni")]
    fn w(&self) -> __m512i {
        let x0 = high_low(self.d[1], self.s[0]);
        _mm512_add_epi32(_mm512_xor_si512(x0, self.r1), self.r2)
    }

    /// s_{i+2}L ‖ s_iH of step 4g + k, i + k being `ki`.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,gfni")]
    fn x(&self, g: usize, ki: usize) -> __m512i {
        self.rings.y[(g + ki / 4) & 3][ki % 4]
    }

    /// R1 and R2 of the next step. Source: 5.4.
    ///
    /// L1(b <<< 16) = p ⊕ q ⊕ (b ⊕ p ⊕ q) <<< 18 with p = b <<< 16 and q = b <<< 8;
    /// L2(a <<< 16) <<< 8 = a ⊕ p ⊕ (a ⊕ p ⊕ q) <<< 14 with p = a <<< 24 and q = a <<< 8.
    /// v turned by a byte has its S0 bytes where u has its S1 bytes.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,gfni")]
    fn f(&mut self, g: usize, k: usize) {
        let w1 = _mm512_add_epi32(self.r1, self.x(g, k + 9));
        let w2 = _mm512_xor_si512(self.r2, self.x(g, k + 5));
        let (a, b) = (high_low(w1, w2), high_low(w2, w1));
        let (p, q) = (_mm512_rol_epi32::<16>(b), _mm512_rol_epi32::<8>(b));
        let u = xor3(p, q, _mm512_rol_epi32::<18>(xor3(b, p, q)));
        let (p, q) = (_mm512_rol_epi32::<24>(a), _mm512_rol_epi32::<8>(a));
        let v = xor3(a, p, _mm512_rol_epi32::<14>(xor3(a, p, q)));
        let (t0, t1) = (s0(odd_even(u, v)), s1(odd_even(v, u)));
        self.r1 = odd_even(t0, t1);
        self.r2 = _mm512_rol_epi32::<24>(odd_even(t1, t0));
    }

    /// 2¹⁵s15 + 2¹⁷s13 + 2²¹s10 + 2²⁰s4 + (1 + 2⁸)s0, below 2⁵³ also with u added, so exact.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,gfni")]
    fn sum(&self, g: usize, k: usize, half: usize) -> __m512d {
        let f = |i: usize| self.rings.f[(g + (k + i) / 4) & 3][(k + i) % 4][half];
        let x = _mm512_mul_pd(f(0), _mm512_set1_pd(257.0));
        let x = _mm512_fmadd_pd(f(4), _mm512_set1_pd(1_048_576.0), x);
        let x = _mm512_fmadd_pd(f(10), _mm512_set1_pd(2_097_152.0), x);
        let x = _mm512_fmadd_pd(f(13), _mm512_set1_pd(131_072.0), x);
        _mm512_fmadd_pd(self.f15[half], _mm512_set1_pd(32_768.0), x)
    }

    /// s16 is the sum mod p; all move up. Source: 5.2.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,gfni")]
    fn lfsr(&mut self, sums: [__m512d; 2], g: usize, k: usize) {
        self.f15 = [modulo_p(sums[0]), modulo_p(sums[1])];
        self.rings.f[g & 3][k] = self.f15;
        let integer = |x| _mm512_castpd_si512(_mm512_add_pd(x, _mm512_set1_pd(P52)));
        let even = _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
        let s = _mm512_permutex2var_epi32(integer(self.f15[0]), even, integer(self.f15[1]));
        store(&mut self.cells[4 * (g & 3) + k], s);
        self.rings.y[(g + (k + 14) / 4) & 3][(k + 14) % 4] = y(self.d[0], s);
        self.s = [self.s[1], s];
        self.d = [self.d[1], double(s)];
    }
}

/// 2⁵²: what is added to it, if below 2⁵², stands in the low bits as an integer.
const P52: f64 = 4_503_599_627_370_496.0;

/// `x` mod p, 0 written as p, for integers `x` from 1 to 2⁵³.
///
/// c = 2⁻³¹ + 2⁻⁶² is (1 − 2⁻⁶²)/p. For x = mp, x·c is therefore just below m, and for
/// mp < x < (m + 1)p it is between m and m + 1 (1/p above m at least, while 2⁻⁶²·x/p < 2⁻⁴⁰); so
/// its floor, rounded only once, leaves 1 … p.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,gfni")]
fn modulo_p(x: __m512d) -> __m512d {
    const C: f64 = 1.0 / 2_147_483_648.0 + 1.0 / 4_611_686_018_427_387_904.0;
    const DOWN: i32 = _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC;
    let p52 = _mm512_set1_pd(P52);
    let floor = _mm512_fmadd_round_pd::<DOWN>(x, _mm512_set1_pd(C), p52);
    _mm512_fnmadd_pd(_mm512_sub_pd(floor, p52), _mm512_set1_pd(2_147_483_647.0), x)
}

/// S0 on every byte, a Feistel network on its nibbles. Source: 5.4.1; P1, P2 and P3 as in GM/T 0001.1.
///
/// With x = h ‖ l: q = h ⊕ P1(l), r = l ⊕ P2(q), and (q ⊕ P3(r)) ‖ r turned left by 5 bits.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,gfni")]
fn s0(x: __m512i) -> __m512i {
    const P1: [u8; 16] = [9, 15, 0, 14, 15, 15, 2, 10, 0, 4, 0, 12, 7, 5, 3, 9];
    const P2: [u8; 16] = [8, 13, 6, 5, 7, 0, 12, 4, 11, 1, 14, 10, 15, 3, 9, 2];
    /// 2·P3(r) ⊕ (r turned left by 5 bits).
    const T: [u8; 16] = [4, 44, 84, 108, 128, 186, 212, 254, 7, 39, 91, 107, 129, 179, 217, 251];
    let (low, high) = (_mm512_set1_epi8(15), _mm512_srli_epi16::<4>(x));
    // VPERMB takes 6 bits of x: its table stands there four times.
    let p1 = _mm512_permutexvar_epi8(x, table(&P1));
    let q = masked_xor(p1, high, low);
    let r = masked_xor(_mm512_shuffle_epi8(table(&P2), q), x, low);
    _mm512_xor_si512(_mm512_shuffle_epi8(table(&T), r), _mm512_add_epi8(q, q))
}

/// S1 on every byte: an inversion in AES's field between two affine maps. Source: 5.4.1.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,gfni")]
fn s1(x: __m512i) -> __m512i {
    let first = _mm512_set1_epi64(0xdd06_c8f0_1eae_7c70_u64.cast_signed());
    let last = _mm512_set1_epi64(0xb903_e536_0f14_f0e3_u64.cast_signed());
    _mm512_gf2p8affineinv_epi64_epi8::<0x55>(_mm512_gf2p8affine_epi64_epi8::<0>(x, first), last)
}

/// s_{i+2}L ‖ s_iH from 2s_i and s_{i+2}.
#[inline]
#[target_feature(enable = "avx512f")]
fn y(d: __m512i, s: __m512i) -> __m512i {
    _mm512_rol_epi32::<16>(high_low(d, s))
}

/// The upper half of each lane from `h`, the lower from `l`.
///
/// (Not a masked move, whose latency is three cycles from Golden Cove on.)
#[inline]
#[target_feature(enable = "avx512f")]
fn high_low(h: __m512i, l: __m512i) -> __m512i {
    _mm512_ternarylogic_epi32::<0xca>(_mm512_set1_epi32(0xffff), l, h)
}

/// Bytes 3 and 1 of each lane from `odd`, 2 and 0 from `even`.
#[inline]
#[target_feature(enable = "avx512f")]
fn odd_even(odd: __m512i, even: __m512i) -> __m512i {
    _mm512_ternarylogic_epi32::<0xca>(_mm512_set1_epi16(0xff), even, odd)
}

#[inline]
#[target_feature(enable = "avx512f")]
fn xor3(a: __m512i, b: __m512i, c: __m512i) -> __m512i {
    _mm512_ternarylogic_epi32::<0x96>(a, b, c)
}

/// a ⊕ (b ∧ c).
#[inline]
#[target_feature(enable = "avx512f")]
fn masked_xor(a: __m512i, b: __m512i, c: __m512i) -> __m512i {
    _mm512_ternarylogic_epi32::<0x78>(a, b, c)
}

#[inline]
#[target_feature(enable = "avx512f")]
fn double(x: __m512i) -> __m512i {
    _mm512_add_epi32(x, x)
}

/// A cell of 16 streams in double precision.
#[inline]
#[target_feature(enable = "avx512f")]
fn convert(s: &[u32; 16]) -> [__m512d; 2] {
    let halves = s.as_chunks().0;
    [_mm512_cvtepu32_pd(load8(&halves[0])), _mm512_cvtepu32_pd(load8(&halves[1]))]
}

/// Writes words 4g … 4g + 3 of every stream, big-endian, to its place in `z`.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,gfni")]
fn transpose(words: [__m512i; 4], z: &mut [[u8; 64]; 16], g: usize) {
    let be = _mm512_set4_epi32(0x0c0d_0e0f, 0x0809_0a0b, 0x0405_0607, 0x0001_0203);
    let [z0, z1, z2, z3] = words;
    let (z0, z1) = (_mm512_shuffle_epi8(z0, be), _mm512_shuffle_epi8(z1, be));
    let (z2, z3) = (_mm512_shuffle_epi8(z2, be), _mm512_shuffle_epi8(z3, be));
    let (a, b) = (_mm512_unpacklo_epi32(z0, z1), _mm512_unpackhi_epi32(z0, z1));
    let (c, d) = (_mm512_unpacklo_epi32(z2, z3), _mm512_unpackhi_epi32(z2, z3));
    scatter(_mm512_unpacklo_epi64(a, c), z, 0, g);
    scatter(_mm512_unpackhi_epi64(a, c), z, 1, g);
    scatter(_mm512_unpacklo_epi64(b, d), z, 2, g);
    scatter(_mm512_unpackhi_epi64(b, d), z, 3, g);
}

/// The four words of streams i, 4 + i, 8 + i and 12 + i. (A store extracts at no cost.)
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,gfni")]
fn scatter(x: __m512i, z: &mut [[u8; 64]; 16], i: usize, g: usize) {
    store16(&mut z[i].as_chunks_mut().0[g], _mm512_extracti32x4_epi32::<0>(x));
    store16(&mut z[4 + i].as_chunks_mut().0[g], _mm512_extracti32x4_epi32::<1>(x));
    store16(&mut z[8 + i].as_chunks_mut().0[g], _mm512_extracti32x4_epi32::<2>(x));
    store16(&mut z[12 + i].as_chunks_mut().0[g], _mm512_extracti32x4_epi32::<3>(x));
}

#[inline]
#[target_feature(enable = "avx512f")]
fn load(words: &[u32; 16]) -> __m512i {
    // SAFETY: `words` is 64 readable bytes, and the load needs no alignment.
    unsafe { _mm512_loadu_si512(words.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx512f")]
fn load8(words: &[u32; 8]) -> __m256i {
    // SAFETY: `words` is 32 readable bytes, and the load needs no alignment.
    unsafe { _mm256_loadu_si256(words.as_ptr().cast()) }
}

/// The 16 bytes four times.
#[inline]
#[target_feature(enable = "avx512f")]
fn table(bytes: &[u8; 16]) -> __m512i {
    _mm512_broadcast_i32x4(load16(bytes))
}

#[inline]
#[target_feature(enable = "sse2")]
fn load16(bytes: &[u8; 16]) -> __m128i {
    // SAFETY: `bytes` is 16 readable bytes, and the load needs no alignment.
    unsafe { _mm_loadu_si128(bytes.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx512f")]
fn store(words: &mut [u32; 16], x: __m512i) {
    // SAFETY: `words` is 64 writable bytes, and the store needs no alignment.
    unsafe { _mm512_storeu_si512(words.as_mut_ptr().cast(), x) }
}

#[inline]
#[target_feature(enable = "sse2")]
fn store16(bytes: &mut [u8; 16], x: __m128i) {
    // SAFETY: `bytes` is 16 writable bytes, and the store needs no alignment.
    unsafe { _mm_storeu_si128(bytes.as_mut_ptr().cast(), x) }
}
