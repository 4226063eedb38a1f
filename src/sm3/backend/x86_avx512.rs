//! SM3 with AVX-512 and BMI2: the rounds in general registers, the message expansion of the
//! rounds to come beside them in vector registers, four words of two blocks at a time.
#![allow(unsafe_code, reason = "a kernel: assembly; the call proves its features")]

use super::x86_rounds::compress;
use crate::{cpu, sm3::backend::Kernel};
use core::arch::{
    asm,
    x86_64::{
        __m256i, _mm_setr_epi8, _mm256_broadcastsi128_si256, _mm256_shuffle_epi8, _mm256_xor_si256,
    },
};

impl Kernel for cpu::Avx512 {
    fn compress(self, v: &mut [u32; 8], blocks: &[[u8; 64]]) {
        // SAFETY: `self` proves that this CPU has `avx2`, `bmi1`, `bmi2`, `avx512f` and `avx512vl`.
        unsafe { compress(v, blocks) }
    }
}

compress!("avx2,bmi1,bmi2,avx512f,avx512vl");

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
#[target_feature(enable = "avx2,avx512f,avx512vl")]
fn linear([x0, x1, x2, x3]: &[__m256i; 4]) -> __m256i {
    let y;
    // SAFETY: registers only, and the features are there.
    unsafe {
        asm!(
            "vpalignr {y}, {x2}, {x1}, 12",
            "vpsrldq {t}, {x3}, 4",
            "vprold {t}, {t}, 15",
            "vpternlogd {y}, {x0}, {t}, 0x96",
            x0 = in(ymm_reg) *x0, x1 = in(ymm_reg) *x1, x2 = in(ymm_reg) *x2, x3 = in(ymm_reg) *x3,
            y = out(ymm_reg) y, t = out(ymm_reg) _,
            options(nomem, nostack, preserves_flags),
        );
    }
    y
}

/// P1.
#[inline]
#[target_feature(enable = "avx2,avx512f,avx512vl")]
fn p1(mut x: __m256i) -> __m256i {
    // SAFETY: registers only, and the features are there.
    unsafe {
        asm!(
            "vprold {s}, {x}, 15",
            "vprold {t}, {x}, 23",
            "vpternlogd {x}, {s}, {t}, 0x96",
            x = inout(ymm_reg) x, s = out(ymm_reg) _, t = out(ymm_reg) _,
            options(nomem, nostack, preserves_flags),
        );
    }
    x
}

/// `y` ⊕ (W_j-13 <<< 7) ⊕ W_j-6.
#[inline]
#[target_feature(enable = "avx2,avx512f,avx512vl")]
fn sum(mut y: __m256i, [x0, x1, x2, x3]: &[__m256i; 4]) -> __m256i {
    // SAFETY: registers only, and the features are there.
    unsafe {
        asm!(
            "vpalignr {s}, {x1}, {x0}, 12",
            "vpalignr {t}, {x3}, {x2}, 8",
            "vprold {s}, {s}, 7",
            "vpternlogd {y}, {s}, {t}, 0x96",
            x0 = in(ymm_reg) *x0, x1 = in(ymm_reg) *x1, x2 = in(ymm_reg) *x2, x3 = in(ymm_reg) *x3,
            y = inout(ymm_reg) y, s = out(ymm_reg) _, t = out(ymm_reg) _,
            options(nomem, nostack, preserves_flags),
        );
    }
    y
}

/// What P1 adds to the fourth word when it is no longer without W_j-3, the first word: that <<< 15.
#[inline]
#[target_feature(enable = "avx2,avx512f,avx512vl")]
fn lacking(y: __m256i) -> __m256i {
    let t;
    // SAFETY: registers only, and the features are there.
    unsafe {
        asm!(
            "vpslldq {t}, {y}, 12",
            "vprold {t}, {t}, 15",
            y = in(ymm_reg) y, t = out(ymm_reg) t,
            options(nomem, nostack, preserves_flags),
        );
    }
    t
}

/// The four words, from what there is of them and what lacks.
#[inline]
#[target_feature(enable = "avx2,avx512f,avx512vl")]
fn complete(mut y: __m256i, lacking: __m256i) -> __m256i {
    // SAFETY: registers only, and the features are there.
    unsafe {
        asm!(
            "vprold {s}, {t}, 15",
            "vprold {u}, {t}, 23",
            "vpternlogd {s}, {t}, {u}, 0x96",
            "vpxor {y}, {y}, {s}",
            y = inout(ymm_reg) y, t = in(ymm_reg) lacking, s = out(ymm_reg) _, u = out(ymm_reg) _,
            options(nomem, nostack, preserves_flags),
        );
    }
    y
}
