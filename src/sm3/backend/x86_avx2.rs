//! SM3 with AVX2 and BMI2: the rounds in general registers, the message expansion of the
//! rounds to come beside them in vector registers, four words of two blocks at a time.
#![allow(unsafe_code, reason = "a kernel: assembly; the call proves its features")]

use super::x86_rounds::compress;
use crate::{cpu, sm3::backend::Kernel};
use core::arch::{
    asm,
    x86_64::{
        __m256i, _mm_setr_epi8, _mm256_broadcastsi128_si256, _mm256_setr_epi32,
        _mm256_shuffle_epi8, _mm256_xor_si256,
    },
};

impl Kernel for cpu::Avx2 {
    fn compress(self, v: &mut [u32; 8], blocks: &[[u8; 64]]) {
        // SAFETY: `self` proves that this CPU has `avx2`, `bmi1` and `bmi2`.
        unsafe { compress(v, blocks) }
    }
}

compress!("avx2,bmi1,bmi2");

// The steps of the expansion: in assembly, so that each stays where it stands among the rounds.

/// Four big-endian words of each block.
#[inline]
#[target_feature(enable = "avx2")]
fn swap(x: __m256i) -> __m256i {
    let order = _mm_setr_epi8(3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);
    _mm256_shuffle_epi8(x, _mm256_broadcastsi128_si256(order))
}

/// W_j-16 ⊕ W_j-9 ⊕ (W_j-3 <<< 15) of the next four words of the last sixteen; of the fourth W_j-3 is not yet
/// there.
#[inline]
#[target_feature(enable = "avx2")]
fn linear([x0, x1, x2, x3]: &[__m256i; 4]) -> __m256i {
    let y;
    // SAFETY: registers only, and the features are there.
    unsafe {
        asm!(
            "vpalignr {y}, {x2}, {x1}, 12",
            "vpsrldq {t}, {x3}, 4",
            "vpslld {s}, {t}, 15",
            "vpsrld {t}, {t}, 17",
            "vpxor {y}, {y}, {x0}",
            "vpxor {y}, {y}, {s}",
            "vpxor {y}, {y}, {t}",
            x0 = in(ymm_reg) *x0, x1 = in(ymm_reg) *x1, x2 = in(ymm_reg) *x2, x3 = in(ymm_reg) *x3,
            y = out(ymm_reg) y, s = out(ymm_reg) _, t = out(ymm_reg) _,
            options(nomem, nostack, preserves_flags),
        );
    }
    y
}

/// P1.
#[inline]
#[target_feature(enable = "avx2")]
fn p1(mut x: __m256i) -> __m256i {
    let rotl8 = _mm_setr_epi8(3, 0, 1, 2, 7, 4, 5, 6, 11, 8, 9, 10, 15, 12, 13, 14);
    let rotl8 = _mm256_broadcastsi128_si256(rotl8);
    // SAFETY: registers only, and the features are there.
    unsafe {
        asm!(
            "vpslld {s}, {x}, 15",
            "vpsrld {t}, {x}, 17",
            "vpor {s}, {s}, {t}",
            "vpxor {x}, {x}, {s}",
            "vpshufb {s}, {s}, {rotl8}",
            "vpxor {x}, {x}, {s}",
            x = inout(ymm_reg) x, s = out(ymm_reg) _, t = out(ymm_reg) _, rotl8 = in(ymm_reg) rotl8,
            options(nomem, nostack, preserves_flags),
        );
    }
    x
}

/// `y` ⊕ (W_j-13 <<< 7) ⊕ W_j-6.
#[inline]
#[target_feature(enable = "avx2")]
fn sum(mut y: __m256i, [x0, x1, x2, x3]: &[__m256i; 4]) -> __m256i {
    // SAFETY: registers only, and the features are there.
    unsafe {
        asm!(
            "vpalignr {s}, {x1}, {x0}, 12",
            "vpalignr {t}, {x3}, {x2}, 8",
            "vpxor {y}, {y}, {t}",
            "vpslld {t}, {s}, 7",
            "vpsrld {s}, {s}, 25",
            "vpxor {y}, {y}, {t}",
            "vpxor {y}, {y}, {s}",
            x0 = in(ymm_reg) *x0, x1 = in(ymm_reg) *x1, x2 = in(ymm_reg) *x2, x3 = in(ymm_reg) *x3,
            y = inout(ymm_reg) y, s = out(ymm_reg) _, t = out(ymm_reg) _,
            options(nomem, nostack, preserves_flags),
        );
    }
    y
}

/// What the fourth word lacks, P1(w <<< 15) of the first word w: w rotated by 15, 30 and 6. Shifts of
/// w ‖ w are rotations of w in its upper half.
#[inline]
#[target_feature(enable = "avx2")]
fn lacking(y: __m256i) -> __m256i {
    let t;
    // SAFETY: registers only, and the features are there.
    unsafe {
        asm!(
            "vpshufd {t}, {y}, 0",
            "vpsllq {s}, {t}, 15",
            "vpsllq {u}, {t}, 30",
            "vpxor {s}, {s}, {u}",
            "vpsllq {t}, {t}, 6",
            "vpxor {t}, {t}, {s}",
            y = in(ymm_reg) y, s = out(ymm_reg) _, t = out(ymm_reg) t, u = out(ymm_reg) _,
            options(nomem, nostack, preserves_flags),
        );
    }
    t
}

/// The four words, from what there is of them and what lacks.
#[inline]
#[target_feature(enable = "avx2")]
fn complete(mut y: __m256i, lacking: __m256i) -> __m256i {
    let fourth = _mm256_setr_epi32(0, 0, 0, -1, 0, 0, 0, -1);
    // SAFETY: registers only, and the features are there.
    unsafe {
        asm!(
            "vpand {t}, {t}, {fourth}",
            "vpxor {y}, {y}, {t}",
            y = inout(ymm_reg) y, t = inout(ymm_reg) lacking => _, fourth = in(ymm_reg) fourth,
            options(nomem, nostack, preserves_flags),
        );
    }
    y
}
