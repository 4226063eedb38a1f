//! Sixteen streams of ZUC by AVX2, one in each 32-bit lane of a register, eight to a register.
//!
//! S1 is an affine image of the S-box of AES: AES-NI, VAES and GFNI each give a kernel, and nothing
//! else differs. The two groups of eight go step by step together: each fills the other's latencies.
#![allow(unsafe_code, reason = "kernels: their calls")]

mod f;
mod lfsr;
mod words;

use super::{super::Lanes, Kernel};
use crate::cpu;
use core::arch::x86_64::{
    __m256i, _mm_aesenclast_si128, _mm_setzero_si128, _mm256_aesenclast_epi128, _mm256_and_si256,
    _mm256_blend_epi32, _mm256_castps_si256, _mm256_castsi256_ps, _mm256_castsi256_si128,
    _mm256_extracti128_si256, _mm256_gf2p8affine_epi64_epi8, _mm256_gf2p8affineinv_epi64_epi8,
    _mm256_or_si256 as or, _mm256_set_m128i, _mm256_set1_epi64x, _mm256_setzero_si256,
    _mm256_shuffle_epi8, _mm256_shuffle_ps, _mm256_srli_epi32, _mm256_unpackhi_epi64,
    _mm256_unpacklo_epi64,
};
use core::hint::black_box;
use f::{Shuffles, l1, l2_rotated, post, pre, s0};
use lfsr::{Lfsr, mod_p};
use words::{Two, add, high_low, load, repeated, shuffle, store, store16, two, word, xor};

/// R1 and R2 of both groups.
struct Registers {
    r1: Two,
    r2: Two,
}

impl Registers {
    #[inline]
    #[target_feature(enable = "avx2")]
    fn load(lanes: &Lanes) -> Self {
        Self {
            r1: two!(g => load(&lanes.r1.as_chunks().0[g])),
            r2: two!(g => load(&lanes.r2.as_chunks().0[g])),
        }
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    fn store(&self, lanes: &mut Lanes) {
        for g in 0..2 {
            store(&mut lanes.r1.as_chunks_mut().0[g], self.r1[g]);
            store(&mut lanes.r2.as_chunks_mut().0[g], self.r2[g]);
        }
    }
}

/// What a step is for.
const INITIALISATION: u8 = 0;
const NOTHING: u8 = 1;
const KEYSTREAM: u8 = 2;

/// A kernel for the witness `$cpu`: `$s1` is S1 on bytes, which it leaves in the order of AESENCLAST if
/// `$shift_rows`.
macro_rules! kernel {
    ($cpu:ident, $name:ident, $features:literal, $s1:ident, $shift_rows:literal) => {
        mod $name {
            use super::*;

            static SHUFFLES: Shuffles = Shuffles::new($shift_rows);

            /// A step: W = F(X0, X1, X2), Z = W ⊕ X3, the LFSR. Source: GM/T 0001.1-2012, 5.4, 5.6.
            ///
            /// The halves of `u` and of `v` are swapped, which L1 and L2 keep and the S-boxes, the
            /// same for both halves, do not see: then W1 and W2 make them by blends. L2 has one more
            /// rotation in it, so that the bytes for S0 (3 and 1 of `u`, 2 and 0 of `v`) stand beside
            /// each other. The last shuffles take all of this back.
            ///
            /// `K` and `FOR` are parameters of the type so that each step is called from one place
            /// only, which has LLVM inline it.
            #[inline]
            #[target_feature(enable = $features)]
            fn step<const K: usize, const FOR: u8>(
                lfsr: &mut Lfsr<'_>,
                r: &mut Registers,
                m: &Shuffles,
            ) -> Two {
                let Registers { r1, r2 } = *r;
                let x1 = lfsr.x1(K);
                let w1 = two!(g => add(r1[g], x1[g]));
                let w2 = two!(g => xor(r2[g], lfsr.x2(g, K)));
                let u = two!(g => l1(high_low(w2[g], w1[g]), m));
                let v = two!(g => l2_rotated(high_low(w1[g], w2[g]), m));
                let t = two!(g => _mm256_and_si256(xor(u[g], v[g]), word(0x00ff_00ff)));
                let b = two!(g => $s1(xor(v[g], t[g])));
                let a = two!(g => s0(xor(u[g], t[g])));
                let w = two!(g => add(xor(lfsr.x0(g, K), r1[g]), r2[g]));
                r.r1 = two!(g => or(shuffle(a[g], &m.r1_from_a), shuffle(b[g], &m.r1_from_b)));
                r.r2 = two!(g => or(shuffle(a[g], &m.r2_from_a), shuffle(b[g], &m.r2_from_b)));
                let z = two!(g => xor(w[g], lfsr.x3(g, K)));
                for g in 0..2 {
                    let mut s16 = lfsr.s16(g, K);
                    if FOR == INITIALISATION {
                        s16 = mod_p(add(s16, _mm256_srli_epi32::<1>(w[g])));
                    }
                    lfsr.push(g, s16, K, m);
                }
                z
            }

            #[target_feature(enable = $features)]
            pub(super) fn initialise(lanes: &mut Lanes, rounds: u32) {
                let m = black_box(&SHUFFLES);
                let mut r = Registers::load(lanes);
                let mut lfsr = Lfsr::start(&mut lanes.s, m);
                for _ in 0..rounds / 4 {
                    step::<0, INITIALISATION>(&mut lfsr, &mut r, m);
                    step::<1, INITIALISATION>(&mut lfsr, &mut r, m);
                    step::<2, INITIALISATION>(&mut lfsr, &mut r, m);
                    step::<3, INITIALISATION>(&mut lfsr, &mut r, m);
                    lfsr.next_four();
                }
                step::<0, NOTHING>(&mut lfsr, &mut r, m);
                lfsr.clear();
                // 32 and 48 rounds bring the LFSR back to its place; the one step remains.
                lanes.s.rotate_left(1);
                r.store(lanes);
            }

            #[target_feature(enable = $features)]
            pub(super) fn keystream(lanes: &mut Lanes, z: &mut [[[u8; 64]; 16]]) {
                let m = black_box(&SHUFFLES);
                let mut r = Registers::load(lanes);
                let mut lfsr = Lfsr::start(&mut lanes.s, m);
                for z in z {
                    let (groups, _) = z.as_chunks_mut();
                    for q in 0..4 {
                        let z0 = step::<0, KEYSTREAM>(&mut lfsr, &mut r, m);
                        let z1 = step::<1, KEYSTREAM>(&mut lfsr, &mut r, m);
                        let z2 = step::<2, KEYSTREAM>(&mut lfsr, &mut r, m);
                        let z3 = step::<3, KEYSTREAM>(&mut lfsr, &mut r, m);
                        put(&mut groups[0], q, [z0[0], z1[0], z2[0], z3[0]]);
                        put(&mut groups[1], q, [z0[1], z1[1], z2[1], z3[1]]);
                        lfsr.next_four();
                    }
                }
                lfsr.clear();
                r.store(lanes);
            }
        }

        impl Kernel for cpu::$cpu {
            fn initialise(self, lanes: &mut Lanes, rounds: u32) {
                // SAFETY: `self` proves that this CPU has these features.
                unsafe { $name::initialise(lanes, rounds) }
            }

            fn keystream(self, lanes: &mut Lanes, z: &mut [[[u8; 64]; 16]]) {
                // SAFETY: `self` proves that this CPU has these features.
                unsafe { $name::keystream(lanes, z) }
            }
        }
    };
}

kernel!(Avx2Aes, aes, "avx2,aes", s1_aes, true);
kernel!(Avx2Vaes, vaes, "avx2,aes,vaes", s1_vaes, true);
kernel!(Avx2Gfni, gfni, "avx2,gfni", s1_gfni, false);

#[inline]
#[target_feature(enable = "avx2,aes")]
fn s1_aes(x: __m256i) -> __m256i {
    let x = pre(x);
    let key = _mm_setzero_si128();
    let low = _mm_aesenclast_si128(_mm256_castsi256_si128(x), key);
    let high = _mm_aesenclast_si128(_mm256_extracti128_si256::<1>(x), key);
    post(_mm256_set_m128i(high, low))
}

#[inline]
#[target_feature(enable = "avx2,aes,vaes")]
fn s1_vaes(x: __m256i) -> __m256i {
    post(_mm256_aesenclast_epi128(pre(x), _mm256_setzero_si256()))
}

#[inline]
#[target_feature(enable = "avx2,gfni")]
fn s1_gfni(x: __m256i) -> __m256i {
    let pre = _mm256_set1_epi64x(0xdd06_c8f0_1eae_7c70_u64.cast_signed());
    let post = _mm256_set1_epi64x(0xb903_e536_0f14_f0e3_u64.cast_signed());
    _mm256_gf2p8affineinv_epi64_epi8::<0x55>(_mm256_gf2p8affine_epi64_epi8::<0>(x, pre), post)
}

/// Words 4q … 4q + 3 of eight lanes, to their places.
#[inline]
#[target_feature(enable = "avx2")]
fn put(z: &mut [[u8; 64]; 8], q: usize, words: [__m256i; 4]) {
    // Big-endian; and in words 1 and 3 neighbouring lanes swapped, so that blends can join lanes.
    let (even, odd) =
        (0x0c0d_0e0f_0809_0a0b_0405_0607_0001_0203, 0x0809_0a0b_0c0d_0e0f_0001_0203_0405_0607);
    let [a, b, c, d] = words;
    let (a, c) = (_mm256_shuffle_epi8(a, repeated(even)), _mm256_shuffle_epi8(c, repeated(even)));
    let (b, d) = (_mm256_shuffle_epi8(b, repeated(odd)), _mm256_shuffle_epi8(d, repeated(odd)));
    // a ‖ b of lanes 0, 2, 4, 6 and b ‖ a of lanes 1, 3, 5, 7.
    let (ab, ba) = (_mm256_blend_epi32::<0xaa>(a, b), _mm256_blend_epi32::<0xaa>(b, a));
    let (cd, dc) = (_mm256_blend_epi32::<0xaa>(c, d), _mm256_blend_epi32::<0xaa>(d, c));
    let (x, y) = (_mm256_castsi256_ps(ba), _mm256_castsi256_ps(dc));
    let rows = [
        _mm256_unpacklo_epi64(ab, cd),
        _mm256_castps_si256(_mm256_shuffle_ps::<0b00_01_00_01>(x, y)),
        _mm256_unpackhi_epi64(ab, cd),
        _mm256_castps_si256(_mm256_shuffle_ps::<0b10_11_10_11>(x, y)),
    ];
    for (lane, row) in (0..4).zip(rows) {
        store16(&mut z[lane].as_chunks_mut().0[q], _mm256_castsi256_si128(row));
        store16(&mut z[lane + 4].as_chunks_mut().0[q], _mm256_extracti128_si256::<1>(row));
    }
}
