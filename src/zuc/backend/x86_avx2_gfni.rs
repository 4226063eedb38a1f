//! ZUC, one stream, with AVX2 and GFNI.
#![allow(unsafe_code, reason = "a kernel: loads and stores of vector registers")]

use super::{Kernel, x86_clmul};
use crate::{cpu, zuc::portable::State};
use core::arch::x86_64::*;
use zeroize::Zeroizing;

/// 8 × 8 bit matrices as `gf2p8affineqb` takes them.
mod matrix {
    /// Row i gives output bit i: the parity of the input under this mask.
    type Rows = [u8; 8];

    const I: Rows = shl(0);
    /// S1(x) = B·(A·x)⁻¹ ⊕ 0x55 with the inversion of the AES field. See docs/zuc-sboxes.md.
    const A: Rows = [0xdd, 0x06, 0xc8, 0xf0, 0x1e, 0xae, 0x7c, 0x70];
    const B: Rows = [0xb9, 0x03, 0xe5, 0x36, 0x0f, 0x14, 0xf0, 0xe3];

    pub(super) const S1_AFTER: i64 = qword(B);

    /// M0 and M1 of L1, then of L2.
    const L: [[Rows; 2]; 2] =
        [[xor(I, shl(2)), xor(shl(2), shr(6))], [xor(I, shr(2)), xor(I, shl(6))]];

    /// The map before S1's inversion, the lower nibble, the upper nibble.
    const FAMILIES: [Rows; 3] = [A, low(I), low(shr(4))];

    /// `MAPS[family][i]`: the map after M_i of L1 (lower qword) and of L2 (upper).
    pub(super) const MAPS: [[[i64; 2]; 2]; 3] = {
        let mut maps = [[[0; 2]; 2]; 3];
        let mut family = 0;
        while family < 3 {
            let mut i = 0;
            while i < 2 {
                maps[family][i] =
                    [qword(mul(FAMILIES[family], L[0][i])), qword(mul(FAMILIES[family], L[1][i]))];
                i += 1;
            }
            family += 1;
        }
        maps
    };

    const fn shl(n: usize) -> Rows {
        let mut rows = [0; 8];
        let mut i = n;
        while i < 8 {
            rows[i] = 1 << (i - n);
            i += 1;
        }
        rows
    }

    const fn shr(n: usize) -> Rows {
        let mut rows = [0; 8];
        let mut i = n;
        while i < 8 {
            rows[i - n] = 1 << i;
            i += 1;
        }
        rows
    }

    const fn low(mut a: Rows) -> Rows {
        let mut i = 4;
        while i < 8 {
            a[i] = 0;
            i += 1;
        }
        a
    }

    const fn xor(mut a: Rows, b: Rows) -> Rows {
        let mut i = 0;
        while i < 8 {
            a[i] ^= b[i];
            i += 1;
        }
        a
    }

    /// a·b: first b, then a.
    const fn mul(a: Rows, b: Rows) -> Rows {
        let mut rows = [0; 8];
        let mut i = 0;
        while i < 8 {
            let mut j = 0;
            while j < 8 {
                if a[i] >> j & 1 == 1 {
                    rows[i] ^= b[j];
                }
                j += 1;
            }
            i += 1;
        }
        rows
    }

    /// Row i in byte 7 − i.
    const fn qword(rows: Rows) -> i64 {
        i64::from_be_bytes(rows)
    }
}

impl Kernel for cpu::Avx2Gfni {
    fn initialise(self, state: &mut State, rounds: u32) {
        // SAFETY: `self` proves that this CPU has `avx2` and `gfni`.
        unsafe { initialise(state, rounds) }
    }
    fn keystream(self, state: &mut State, z: &mut [[u8; 4]]) {
        // SAFETY: `self` proves that this CPU has `avx2` and `gfni`.
        unsafe { keystream(state, z) }
    }
    fn windows(self, t: &mut [u32], z: &[[u8; 4]], m: &[[u8; 4]]) {
        // SAFETY: `self` proves that this CPU has `pclmulqdq`, and `ssse3` with `avx2`.
        unsafe { x86_clmul::windows(t, z, m) }
    }
}

const P: u64 = 0x7fff_ffff;

#[inline]
fn lfsr(w: &mut [u32; 32], t: usize, u: u32) -> u32 {
    let s = |i: usize| u64::from(w[(t + i) & 31]);
    let sum = (s(15) << 15) + (s(13) << 17) + (s(10) << 21) + (s(4) << 20);
    let sum = sum + s(0) + (s(0) << 8) + u64::from(u);
    let sum = (sum & P) + (sum >> 31);
    let s16 = ((sum & P) + (sum >> 31)) as u32;
    w[(t + 16) & 31] = s16;
    s16
}

#[inline]
#[target_feature(enable = "avx2,gfni")]
fn consts() -> [__m128i; 5] {
    const fn rot(k: i8, zero_l1: bool) -> [i8; 16] {
        // u: bytes 2, 3 of W2 (in dword 2), bytes 0, 1 of W1 (in dword 0); v: the other way round.
        let u = [10, 11, 0, 1];
        let v = [2, 3, 8, 9];
        let mut out = [-128; 16];
        let mut j = 0;
        while j < 4 {
            let from = (j + 4 - k as usize) % 4;
            if !zero_l1 {
                out[j] = u[from];
            }
            out[8 + j] = v[from];
            j += 1;
        }
        out
    }
    const B0: [i8; 16] = rot(0, false);
    const B1: [i8; 16] = rot(1, false);
    const B2: [i8; 16] = rot(2, false);
    const B2_L2: [i8; 16] = rot(2, true);
    const B3: [i8; 16] = rot(3, false);
    let mut c = [load(&B0), load(&B1), load(&B2), load(&B2_L2), load(&B3)];
    for c in &mut c {
        unsafe {
            core::arch::asm!(
                "/* {0} */",
                inout(xmm_reg) * c,
                options(pure, nomem, nostack, preserves_flags)
            )
        }
    }
    c
}

/// R1 in dword 0, R2 ⊕ X2 in dword 2; adds X1, gives the next R1 and the next R2 ⊕ `x2_next`.
#[inline]
#[target_feature(enable = "avx2,gfni")]
fn f(c: [__m128i; 5], r: __m128i, x1: __m128i, x2_next: __m128i) -> __m128i {
    let w = _mm_add_epi32(r, x1);
    let [b0, b1, b2, b2_l2, b3] = [
        _mm_shuffle_epi8(w, c[0]),
        _mm_shuffle_epi8(w, c[1]),
        _mm_shuffle_epi8(w, c[2]),
        _mm_shuffle_epi8(w, c[3]),
        _mm_shuffle_epi8(w, c[4]),
    ];
    let y0 = _mm_xor_si128(_mm_xor_si128(b0, b2_l2), b3);
    let y1 = _mm_xor_si128(_mm_xor_si128(b1, b2), b3);
    const M: [[[i64; 2]; 2]; 3] = matrix::MAPS;
    let map = |family: usize| {
        let m0 = _mm_set_epi64x(M[family][0][1], M[family][0][0]);
        let m1 = _mm_set_epi64x(M[family][1][1], M[family][1][0]);
        _mm_xor_si128(
            _mm_gf2p8affine_epi64_epi8::<0>(y0, m0),
            _mm_gf2p8affine_epi64_epi8::<0>(y1, m1),
        )
    };
    let (x, l, h) = (map(0), map(1), map(2));
    // Bytes 0 and 2 of a word are S1's, bytes 1 and 3 S0's.
    let of_s1 = _mm_set1_epi16(0x00ff);
    let off = _mm_set1_epi16(0x0080);
    let p1 = _mm_setr_epi8(9, 15, 0, 14, 15, 15, 2, 10, 0, 4, 0, 12, 7, 5, 3, 9);
    let p2 = _mm_setr_epi8(8, 13, 6, 5, 7, 0, 12, 4, 11, 1, 14, 10, 15, 3, 9, 2);
    let double = _mm_setr_epi8(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
    const T: [i8; 16] = {
        let p3 = [2, 6, 10, 6, 0, 13, 10, 15, 3, 3, 13, 5, 0, 9, 12, 13];
        let mut t = [0; 16];
        let mut r = 0;
        while r < 16 {
            t[r] = ((p3[r] << 1) ^ (r as u8).rotate_left(5)) as i8;
            r += 1;
        }
        t
    };
    let q = _mm_xor_si128(_mm_xor_si128(h, off), _mm_shuffle_epi8(p1, l));
    let r = _mm_xor_si128(_mm_xor_si128(l, off), _mm_shuffle_epi8(p2, q));
    let s1 = _mm_gf2p8affineinv_epi64_epi8::<0x55>(x, _mm_set1_epi64x(matrix::S1_AFTER));
    let rest = _mm_xor_si128(_mm_shuffle_epi8(double, q), x2_next);
    let rest = _mm_xor_si128(rest, _mm_and_si128(s1, of_s1));
    _mm_xor_si128(rest, _mm_shuffle_epi8(load(&T), r))
}

#[target_feature(enable = "avx2,gfni")]
fn registers(state: &State) -> __m128i {
    let x2 = state.s[7] << 16 | state.s[5] >> 15;
    _mm_setr_epi32(state.r1 as i32, 0, (state.r2 ^ x2) as i32, 0)
}

#[target_feature(enable = "avx2,gfni")]
fn initialise(state: &mut State, rounds: u32) {
    let mut w = Zeroizing::new([0; 32]);
    w[..16].copy_from_slice(&state.s);
    let mut r = registers(state);
    let c = consts();
    let mut x2 = state.s[7] << 16 | state.s[5] >> 15;
    let mut s15 = w[15];
    for t in 0..=rounds as usize {
        let s = |i: usize| w[(t + i) & 31];
        let x0 = (s15 << 1 & 0xffff_0000) | s(14) & 0xffff;
        let x1 = s(11) << 16 | s(9) >> 15;
        let x2_next = s(8) << 16 | s(6) >> 15;
        let r1 = _mm_cvtsi128_si32(r) as u32;
        let r2 = _mm_extract_epi32::<2>(r) as u32 ^ x2;
        let u = if t < rounds as usize { (x0 ^ r1).wrapping_add(r2) >> 1 } else { 0 };
        let x2_vector = _mm_setr_epi32(0, 0, x2_next as i32, 0);
        r = f(c, r, _mm_cvtsi32_si128(x1 as i32), x2_vector);
        x2 = x2_next;
        s15 = lfsr(&mut w, t, u);
    }
    for (i, s) in state.s.iter_mut().enumerate() {
        *s = w[(rounds as usize + 1 + i) & 31];
    }
    state.r1 = _mm_cvtsi128_si32(r) as u32;
    state.r2 = _mm_extract_epi32::<2>(r) as u32 ^ x2;
}

#[target_feature(enable = "avx2,gfni")]
fn keystream(state: &mut State, z: &mut [[u8; 4]]) {
    let mut w = Zeroizing::new([0_u32; 40]);
    let mut x = Zeroizing::new([[0_u32; 20]; 4]);
    let mut rows = Zeroizing::new([[0_u32; 4]; 17]);
    w[..16].copy_from_slice(&state.s);
    let mut r = registers(state);
    let c = consts();
    for z in z.chunks_mut(16) {
        let groups = z.len().div_ceil(4);
        {
            let w: &mut [u32; 32] = w.first_chunk_mut().unwrap();
            for t in 0..4 * groups {
                lfsr(w, t, 0);
            }
        }
        for t in (0..4 * groups + 1).step_by(4) {
            let s = |i: usize| loadu(w[t + i..].first_chunk().unwrap());
            let low_high = |l, h| _mm_or_si128(_mm_slli_epi32::<16>(l), _mm_srli_epi32::<15>(h));
            let x0 = _mm_blend_epi16::<0x55>(_mm_slli_epi32::<1>(s(15)), s(14));
            storeu(x[0][t..].first_chunk_mut().unwrap(), x0);
            storeu(x[1][t..].first_chunk_mut().unwrap(), low_high(s(11), s(9)));
            storeu(x[2][t..].first_chunk_mut().unwrap(), low_high(s(7), s(5)));
            storeu(x[3][t..].first_chunk_mut().unwrap(), low_high(s(2), s(0)));
        }
        let of_r2 = _mm_setr_epi32(0, 0, -1, 0);
        storeu(&mut rows[0], r);
        for t in (0..4 * groups).step_by(4) {
            for t in t..t + 4 {
                let x2_next = _mm_and_si128(_mm_set1_epi32(x[2][t + 1] as i32), of_r2);
                r = f(c, r, _mm_cvtsi32_si128(x[1][t] as i32), x2_next);
                storeu(&mut rows[t + 1], r);
            }
        }
        for (t, z) in (0..).step_by(4).zip(z.chunks_mut(4)) {
            let row = |i: usize| _mm_castsi128_ps(loadu(&rows[t + i]));
            let ab = _mm_shuffle_ps::<0x88>(row(0), row(1));
            let cd = _mm_shuffle_ps::<0x88>(row(2), row(3));
            let r1 = _mm_castps_si128(_mm_shuffle_ps::<0x88>(ab, cd));
            let r2 = _mm_castps_si128(_mm_shuffle_ps::<0xdd>(ab, cd));
            let xs = |i: usize| loadu(x[i][t..].first_chunk().unwrap());
            let r2 = _mm_xor_si128(r2, xs(2));
            let out = _mm_xor_si128(_mm_add_epi32(_mm_xor_si128(r1, xs(0)), r2), xs(3));
            let out = _mm_shuffle_epi8(
                out,
                _mm_setr_epi8(3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12),
            );
            if let Some(z) = z.first_chunk_mut::<4>() {
                store_bytes(z, out);
            } else {
                let mut last = [[0; 4]; 4];
                store_bytes(&mut last, out);
                z.copy_from_slice(&last[..z.len()]);
            }
        }
        let n = z.len();
        w.copy_within(n..n + 16, 0);
        r = loadu(&rows[n]);
    }
    state.s.copy_from_slice(&w[..16]);
    let x2 = state.s[7] << 16 | state.s[5] >> 15;
    state.r1 = _mm_cvtsi128_si32(r) as u32;
    state.r2 = _mm_extract_epi32::<2>(r) as u32 ^ x2;
}

#[inline]
#[target_feature(enable = "avx2")]
fn load(bytes: &[i8; 16]) -> __m128i {
    // SAFETY: `bytes` is 16 readable bytes, and the load needs no alignment.
    unsafe { _mm_loadu_si128(bytes.as_ptr().cast()) }
}
#[inline]
#[target_feature(enable = "avx2")]
fn loadu(words: &[u32; 4]) -> __m128i {
    // SAFETY: `words` is 16 readable bytes, and the load needs no alignment.
    unsafe { _mm_loadu_si128(words.as_ptr().cast()) }
}
#[inline]
#[target_feature(enable = "avx2")]
fn storeu(words: &mut [u32; 4], x: __m128i) {
    // SAFETY: `words` is 16 writable bytes, and the store needs no alignment.
    unsafe { _mm_storeu_si128(words.as_mut_ptr().cast(), x) }
}
#[inline]
#[target_feature(enable = "avx2")]
fn store_bytes(words: &mut [[u8; 4]; 4], x: __m128i) {
    // SAFETY: `words` is 16 writable bytes, and the store needs no alignment.
    unsafe { _mm_storeu_si128(words.as_mut_ptr().cast(), x) }
}
