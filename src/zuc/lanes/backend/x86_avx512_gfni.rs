//! ZUC in 16 streams at once, one in each 32-bit lane of AVX-512 registers.
//!
//! The LFSR runs on integers, by multiply-adds of halves of 16 bits, on c = p − s for each cell s. The
//! recurrence is linear, so c obeys it too; and c's least residue, 0 … p − 1, which two instructions
//! give, is that of an s in 1 … p. The bits of c are those of s inverted.
//! F: the bytes of u and v that S0 takes share a register, those that S1 takes another.
#![allow(unsafe_code, reason = "a kernel: loads and stores of vector registers")]

use super::{super::Lanes, Kernel};
use crate::cpu;
use core::arch::x86_64::{
    __m128i, __m512i, _mm_loadu_si128, _mm_storeu_si128, _mm512_add_epi32, _mm512_broadcast_i32x4,
    _mm512_extracti32x4_epi32, _mm512_gf2p8affine_epi64_epi8, _mm512_gf2p8affineinv_epi64_epi8,
    _mm512_loadu_si512, _mm512_madd_epi16, _mm512_mask_shuffle_epi8, _mm512_min_epu32,
    _mm512_permutexvar_epi8, _mm512_rol_epi32, _mm512_set1_epi8, _mm512_set1_epi16,
    _mm512_set1_epi32, _mm512_set1_epi64, _mm512_set4_epi32, _mm512_setr4_epi64,
    _mm512_setzero_si512, _mm512_shuffle_epi8, _mm512_srli_epi16, _mm512_srli_epi32,
    _mm512_storeu_si512, _mm512_sub_epi32, _mm512_ternarylogic_epi32, _mm512_unpackhi_epi32,
    _mm512_unpackhi_epi64, _mm512_unpacklo_epi32, _mm512_unpacklo_epi64, _mm512_xor_si512,
};
use core::hint::black_box;

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

/// `rounds` is a multiple of 16. Source: 5.6.1 and the first step of 5.6.2.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,gfni")]
fn initialise(lanes: &mut Lanes, rounds: u32) {
    let mut y = [[_mm512_setzero_si512(); 4]; 4];
    let mut zuc = Zuc::load(lanes, &mut y);
    for g in 0..rounds as usize / 4 {
        zuc.initialisation_round(g, 0);
        zuc.initialisation_round(g, 1);
        zuc.initialisation_round(g, 2);
        zuc.initialisation_round(g, 3);
    }
    zuc.work(0, 0);
    zuc.store();
    lanes.s.rotate_left(1);
}

/// 16 words of every stream into each item of `z`, in order. Source: 5.6.2.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,gfni")]
fn keystream(lanes: &mut Lanes, z: &mut [[[u8; 64]; 16]]) {
    let mut y = [[_mm512_setzero_si512(); 4]; 4];
    let mut zuc = Zuc::load(lanes, &mut y);
    for z in z {
        for g in 0..4 {
            let words = [zuc.work(g, 0), zuc.work(g, 1), zuc.work(g, 2), zuc.work(g, 3)];
            transpose(words, z, g);
        }
    }
    zuc.store();
}

const P: i32 = 0x7fff_ffff;
/// From a cell to `Zuc::b` and back.
const CELL_AND_B: i32 = 0x7fff_7fff;

/// ZUC while its LFSR turns in place; c is p − s, a cell with its 31 bits inverted.
///
/// In step t what belongs to cell i stands at place (t + i) mod 16: of t = 4g + k at
/// `[(g + (k + i) / 4) & 3][(k + i) % 4]`, k and i being constants.
struct Zuc<'a> {
    /// c with bit 15 inverted: for c = 2¹⁶h + l its halves, as signed numbers, are h and l − 2¹⁵.
    b: &'a mut [[u32; 16]; 16],
    /// c_{i+2}L ‖ c_iH: inverted, X1, X2 and X3 are this for i = 9, 5 and 0. For i = 0 … 13.
    y: &'a mut [[__m512i; 4]; 4],
    /// c14 and c15.
    c: [__m512i; 2],
    /// c14H and c15H, in the lower halves.
    c_h: [__m512i; 2],
    r1: __m512i,
    r2: __m512i,
    registers: [&'a mut [u32; 16]; 2],
    swap: Swap,
}

impl<'a> Zuc<'a> {
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,gfni")]
    fn load(lanes: &'a mut Lanes, y: &'a mut [[__m512i; 4]; 4]) -> Self {
        let (Lanes { s, r1, r2 }, swap) = (lanes, Swap::new());
        let c = |i: usize| _mm512_xor_si512(load(&s[i]), _mm512_set1_epi32(P));
        let c_h = |i| _mm512_srli_epi32::<15>(c(i));
        macro_rules! y { ($($i:literal)*) => { [$(swap.low_low(c($i + 2), c_h($i))),*] } }
        let ([y12, y13], later) = (y!(12 13), _mm512_setzero_si512());
        *y = [y!(0 1 2 3), y!(4 5 6 7), y!(8 9 10 11), [y12, y13, later, later]];
        let (c, c_h) = ([c(14), c(15)], [c_h(14), c_h(15)]);
        for s in &mut *s {
            store(s, _mm512_xor_si512(load(s), _mm512_set1_epi32(CELL_AND_B)));
        }
        Self { b: s, y, c, c_h, r1: load(r1), r2: load(r2), registers: [r1, r2], swap }
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,gfni")]
    fn store(self) {
        for b in self.b {
            store(b, _mm512_xor_si512(load(b), _mm512_set1_epi32(CELL_AND_B)));
        }
        let [r1, r2] = self.registers;
        store(r1, self.r1);
        store(r2, self.r2);
        *self.y = [[_mm512_setzero_si512(); 4]; 4];
        zeroize::optimization_barrier(&*self.y);
    }

    /// The output of one step in work mode: W ⊕ X3.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,gfni")]
    fn work(&mut self, g: usize, k: usize) -> __m512i {
        let z = inverse_xor(self.w(), self.y(g, k));
        let c16 = self.c16(g, k);
        self.f(g, k);
        self.push(c16, g, k);
        z
    }

    /// s16 is the sum plus u, so c16 the sum minus u. Source: 5.6.1.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,gfni")]
    fn initialisation_round(&mut self, g: usize, k: usize) {
        let u = _mm512_srli_epi32::<1>(self.w());
        let c16 = modulo_p(_mm512_sub_epi32(self.c16(g, k), u));
        self.f(g, k);
        self.push(c16, g, k);
    }

    /// W. Source: 5.4.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,gfni")]
    fn w(&self) -> __m512i {
        let x0 = self.swap.low_low(self.c_h[1], self.c[0]);
        _mm512_add_epi32(inverse_xor(x0, self.r1), self.r2)
    }

    /// c_{i+2}L ‖ c_iH of step 4g + k, i + k being `ki`.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,gfni")]
    fn y(&self, g: usize, ki: usize) -> __m512i {
        self.y[(g + ki / 4) & 3][ki % 4]
    }

    /// R1 and R2 of the next step. Source: 5.4.
    ///
    /// L1(b <<< 16) = p ⊕ q ⊕ (b ⊕ p ⊕ q) <<< 18 with p = b <<< 16 and q = b <<< 8;
    /// L2(a <<< 16) <<< 8 = a ⊕ p ⊕ (a ⊕ p ⊕ q) <<< 14 with p = a <<< 24 and q = a <<< 8.
    /// v turned by a byte has its S0 bytes where u has its S1 bytes.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,gfni")]
    fn f(&mut self, g: usize, k: usize) {
        // Both inverted: −1 − (R1 + X1) = (−1 − X1) − R1.
        let w1 = _mm512_sub_epi32(self.y(g, k + 9), self.r1);
        let w2 = _mm512_xor_si512(self.r2, self.y(g, k + 5));
        let (a, b) = (inverse_high_low(w1, w2), inverse_high_low(w2, w1));
        let (p, q) = (_mm512_rol_epi32::<16>(b), _mm512_rol_epi32::<8>(b));
        let u = xor3(p, q, _mm512_rol_epi32::<18>(xor3(b, p, q)));
        let (p, q) = (_mm512_rol_epi32::<24>(a), _mm512_rol_epi32::<8>(a));
        let v = xor3(a, p, _mm512_rol_epi32::<14>(xor3(a, p, q)));
        let (t0, t1) = (s0(odd_even(u, v)), s1(odd_even(v, u)));
        self.r1 = odd_even(t0, t1);
        self.r2 = _mm512_rol_epi32::<24>(odd_even(t1, t0));
    }

    /// c16 of work mode, 0 … p − 1. Source: 5.2.
    ///
    /// With c = 2¹⁶h + l and 2³¹ ≡ 1 the sum 2¹⁵c15 + 2¹⁷c13 + 2²¹c10 + 2²⁰c4 + (1 + 2⁸)c0 is
    /// congruent to 2¹⁵A + B, where A = c15 + 4·l13 + 64·l10 + 32·l4 + 514·h0 and
    /// B = 4·h13 + 64·h10 + 32·h4 + 257·l0.
    ///
    /// Of each l there is l − 2¹⁵. So `low` is A − 100·2¹⁵ + (101·2¹⁵ + 257) = A + 2¹⁵ + 257, and is
    /// between 0 and 2³², as 0 ≤ A < 2³¹ + (200 + 514)·2¹⁵. Let it be 2¹⁶q1 + q0. Its halves become
    /// signed, q1 − 2¹⁵ and 2¹⁵ − 1 − q0, so that `folded` = q1 + 2¹⁵q0 − 2³⁰. This is congruent to
    /// 2¹⁵(A + 2¹⁵ + 257) − 2³⁰ = 2¹⁵A + 257·2¹⁵; and `high` = B − 257·2¹⁵.
    /// −2³⁰ ≤ `folded` < 2³⁰ + 2¹⁵ and −257·2¹⁵ ≤ `high` < 357·2¹⁵: their sum is between −p and p.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,gfni")]
    fn c16(&self, g: usize, k: usize) -> __m512i {
        let b = |i: usize| load(&self.b[4 * ((g + (k + i) / 4) & 3) + (k + i) % 4]);
        let madd = |x, high, low| _mm512_madd_epi16(x, pair(high, low));
        let (b13, b10, b4, b0) = (b(13), b(10), b(4), b(0));
        let low = _mm512_add_epi32(
            madd(self.swap.low_low(b13, b10), 4, 64),
            madd(high_low(b0, b4), 514, 32),
        );
        let low = _mm512_add_epi32(low, _mm512_set1_epi32(101 * 0x8000 + 257));
        let low = _mm512_add_epi32(low, self.c[1]);
        let folded = madd(_mm512_xor_si512(low, pair(-0x8000, 0x7fff)), 1, -0x8000);
        let high = _mm512_add_epi32(
            madd(self.swap.high_high(b13, b10), 4, 64),
            madd(high_low(b4, b0), 32, 257),
        );
        modulo_p(_mm512_add_epi32(folded, high))
    }

    /// All cells move up. Source: 5.2.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,gfni")]
    fn push(&mut self, c16: __m512i, g: usize, k: usize) {
        let b = _mm512_xor_si512(c16, _mm512_set1_epi32(0x8000));
        store(&mut self.b[4 * (g & 3) + k], b);
        self.y[(g + (k + 14) / 4) & 3][(k + 14) % 4] = self.swap.low_low(c16, self.c_h[0]);
        self.c = [self.c[1], c16];
        self.c_h = [self.c_h[1], _mm512_srli_epi32::<15>(c16)];
    }
}

/// `x` mod p for −p ≤ x < p: the lesser of x and x + p, negative x being 2³¹ or more when unsigned.
#[inline]
#[target_feature(enable = "avx512f")]
fn modulo_p(x: __m512i) -> __m512i {
    _mm512_min_epu32(x, _mm512_add_epi32(x, _mm512_set1_epi32(P)))
}

/// S0 on every byte, a Feistel network on its nibbles. Source: 5.4.1; P1, P2 and P3 as in GM/T 0001.1.
///
/// With x = h ‖ l: q = h ⊕ P1(l), r = l ⊕ P2(q), and (q ⊕ P3(r)) ‖ r turned left by 5 bits.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,gfni")]
fn s0(x: __m512i) -> __m512i {
    /// 2·P1(l).
    const P1: [u8; 16] = [18, 30, 0, 28, 30, 30, 4, 20, 0, 8, 0, 24, 14, 10, 6, 18];
    /// 2·P3(r) ⊕ (r turned left by 5 bits).
    const T: [u8; 16] = [4, 44, 84, 108, 128, 186, 212, 254, 7, 39, 91, 107, 129, 179, 217, 251];
    // P2(q) at byte 2q.
    let p2 = _mm512_setr4_epi64(
        0x0005_0006_000d_0008,
        0x0004_000c_0000_0007,
        0x000a_000e_0001_000b,
        0x0002_0009_0003_000f,
    );
    // VPERMB takes 6 bits of x: the table stands there four times.
    let p1 = _mm512_permutexvar_epi8(x, table(&P1));
    let q = masked_xor(p1, _mm512_srli_epi16::<3>(x), _mm512_set1_epi8(30));
    let r = masked_xor(_mm512_permutexvar_epi8(q, p2), x, _mm512_set1_epi8(15));
    _mm512_xor_si512(_mm512_shuffle_epi8(table(&T), r), q)
}

/// S1 on every byte: an inversion in AES's field between two affine maps. Source: 5.4.1.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,gfni")]
fn s1(x: __m512i) -> __m512i {
    let first = _mm512_set1_epi64(0xdd06_c8f0_1eae_7c70_u64.cast_signed());
    let last = _mm512_set1_epi64(0xb903_e536_0f14_f0e3_u64.cast_signed());
    _mm512_gf2p8affineinv_epi64_epi8::<0x55>(_mm512_gf2p8affine_epi64_epi8::<0>(x, first), last)
}

/// The 16-bit halves of every lane.
#[inline]
#[target_feature(enable = "avx512f")]
fn pair(high: i16, low: i16) -> __m512i {
    _mm512_set1_epi32(i32::from(high) << 16 | i32::from(low.cast_unsigned()))
}

/// Moves between the halves of lanes by VPSHUFB under a mask, one instruction each.
///
/// (Were mask and order known, LLVM, 22 at least, would choose VPERMT2W, which is three.)
#[derive(Clone, Copy)]
struct Swap {
    order: __m512i,
    upper: u64,
    lower: u64,
}

impl Swap {
    #[inline]
    #[target_feature(enable = "avx512f")]
    fn new() -> Self {
        let order = black_box([2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13]);
        let (upper, lower) = black_box((0xcccc_cccc_cccc_cccc, 0x3333_3333_3333_3333));
        Self { order: table(&order), upper, lower }
    }

    /// The lower halves of `x` and `y`.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw")]
    fn low_low(self, x: __m512i, y: __m512i) -> __m512i {
        _mm512_mask_shuffle_epi8(y, self.upper, x, self.order)
    }

    /// The upper halves of `x` and `y`.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw")]
    fn high_high(self, x: __m512i, y: __m512i) -> __m512i {
        _mm512_mask_shuffle_epi8(x, self.lower, y, self.order)
    }
}

/// The upper half of each lane from `h`, the lower from `l`.
///
/// (Not a masked move, whose latency is three cycles from Golden Cove on.)
#[inline]
#[target_feature(enable = "avx512f")]
fn high_low(h: __m512i, l: __m512i) -> __m512i {
    _mm512_ternarylogic_epi32::<0xca>(_mm512_set1_epi32(0xffff), l, h)
}

/// `high_low`, inverted.
#[inline]
#[target_feature(enable = "avx512f")]
fn inverse_high_low(h: __m512i, l: __m512i) -> __m512i {
    _mm512_ternarylogic_epi32::<0x35>(_mm512_set1_epi32(0xffff), l, h)
}

/// Bytes 3 and 1 of each lane from `odd`, 2 and 0 from `even`.
#[inline]
#[target_feature(enable = "avx512f")]
fn odd_even(odd: __m512i, even: __m512i) -> __m512i {
    _mm512_ternarylogic_epi32::<0xca>(_mm512_set1_epi16(0xff), even, odd)
}

#[inline]
#[target_feature(enable = "avx512f")]
fn inverse_xor(a: __m512i, b: __m512i) -> __m512i {
    _mm512_ternarylogic_epi32::<0xc3>(a, b, b)
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
