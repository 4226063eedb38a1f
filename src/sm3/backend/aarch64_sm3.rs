//! SM3 with the SM3 instructions of aarch64: a round in three, four words of the expansion in two.
//!
//! In assembly, since the intrinsics are not stable (rust-lang/rust#117226). The compiler knows the
//! instructions by the feature `sm4`.
//! Source: Arm Architecture Reference Manual, C7: SM3PARTW1, SM3PARTW2, SM3SS1, SM3TT1A to SM3TT2B.
#![allow(unsafe_code, reason = "a kernel: assembly, loads and stores of vector registers")]

use crate::{
    cpu,
    sm3::{backend::Kernel, portable::T},
};
use core::arch::{
    aarch64::{
        uint32x4_t, vdupq_n_u32, veorq_u32, vextq_u32, vld1q_u8, vld1q_u32, vreinterpretq_u32_u8,
        vrev32q_u8, vrev64q_u32, vst1q_u32,
    },
    asm,
};

impl Kernel for cpu::NeonSm3 {
    fn compress(self, v: &mut [u32; 8], blocks: &[[u8; 64]]) {
        // SAFETY: `self` proves that this CPU has `neon` and `sm4`, which is the SM3 instructions too.
        unsafe { compress(v, blocks) }
    }
}

/// Round `$j` with the instructions `$tt1` and `$tt2`, on the words of W and W' in lane `$j` mod 4.
macro_rules! round {
    ($tt1:literal $tt2:literal, $j:expr, $abcd:ident $efgh:ident, $w:ident $w_prime:ident) => {
        // SAFETY: vector registers only; the kernel's CPU has the instructions.
        unsafe {
            asm!(
                "sm3ss1 {ss1:v}.4s, {abcd:v}.4s, {efgh:v}.4s, {t:v}.4s",
                concat!($tt1, " {abcd:v}.4s, {ss1:v}.4s, {w_prime:v}.s[{lane}]"),
                concat!($tt2, " {efgh:v}.4s, {ss1:v}.4s, {w:v}.s[{lane}]"),
                ss1 = out(vreg) _,
                abcd = inout(vreg) $abcd,
                efgh = inout(vreg) $efgh,
                w = in(vreg) $w,
                w_prime = in(vreg) $w_prime,
                t = in(vreg) vdupq_n_u32(T[$j]),
                lane = const $j % 4,
                options(pure, nomem, nostack, preserves_flags),
            );
        }
    };
}

/// Rounds 4`$i` … 4`$i` + 3.
macro_rules! four_rounds {
    ($tt1:literal $tt2:literal, $i:literal, $abcd:ident $efgh:ident, $x:ident) => {
        let w = $x[$i % 4];
        let w_prime = veorq_u32(w, $x[($i + 1) % 4]);
        round!($tt1 $tt2, 4 * $i, $abcd $efgh, w w_prime);
        round!($tt1 $tt2, 4 * $i + 1, $abcd $efgh, w w_prime);
        round!($tt1 $tt2, 4 * $i + 2, $abcd $efgh, w w_prime);
        round!($tt1 $tt2, 4 * $i + 3, $abcd $efgh, w w_prime);
    };
}

macro_rules! rounds {
    ($abcd:ident $efgh:ident $x:ident: $($a:literal)*; $($b:literal)*; $($last:literal)*) => {
        $(
            four_rounds!("sm3tt1a" "sm3tt2a", $a, $abcd $efgh, $x);
            $x[$a % 4] = expand([$x[$a % 4], $x[($a + 1) % 4], $x[($a + 2) % 4], $x[($a + 3) % 4]]);
        )*
        $(
            four_rounds!("sm3tt1b" "sm3tt2b", $b, $abcd $efgh, $x);
            $x[$b % 4] = expand([$x[$b % 4], $x[($b + 1) % 4], $x[($b + 2) % 4], $x[($b + 3) % 4]]);
        )*
        $(four_rounds!("sm3tt1b" "sm3tt2b", $last, $abcd $efgh, $x);)*
    };
}

#[target_feature(enable = "neon,sm4")]
fn compress(v: &mut [u32; 8], blocks: &[[u8; 64]]) {
    let (halves, _) = v.as_chunks_mut();
    // D, C, B, A and H, G, F, E, from the lowest word up.
    let [mut abcd, mut efgh] = [0, 1].map(|i| reverse(load_words(&halves[i])));
    for block in blocks {
        let (quarters, _) = block.as_chunks();
        let mut x = [0, 1, 2, 3].map(|i| load(&quarters[i]));
        let (abcd_before, efgh_before) = (abcd, efgh);
        rounds!(abcd efgh x: 0 1 2 3; 4 5 6 7 8 9 10 11 12; 13 14 15);
        (abcd, efgh) = (veorq_u32(abcd, abcd_before), veorq_u32(efgh, efgh_before));
    }
    for (half, x) in halves.iter_mut().zip([abcd, efgh]) {
        store_words(half, reverse(x));
    }
}

/// W_16 … W_19 of W_0 … W_15.
#[inline]
#[target_feature(enable = "neon,sm4")]
fn expand([w0, w4, w8, w12]: [uint32x4_t; 4]) -> uint32x4_t {
    let (w3, w7, w10) = (vextq_u32::<3>(w0, w4), vextq_u32::<3>(w4, w8), vextq_u32::<2>(w8, w12));
    let mut w = w7;
    // SAFETY: vector registers only; the CPU has the instructions, as `sm4` says.
    unsafe {
        asm!(
            "sm3partw1 {w:v}.4s, {w0:v}.4s, {w12:v}.4s",
            "sm3partw2 {w:v}.4s, {w10:v}.4s, {w3:v}.4s",
            w = inout(vreg) w,
            w0 = in(vreg) w0, w3 = in(vreg) w3, w10 = in(vreg) w10, w12 = in(vreg) w12,
            options(pure, nomem, nostack, preserves_flags),
        );
    }
    w
}

/// The four words in reverse order.
#[inline]
#[target_feature(enable = "neon")]
fn reverse(x: uint32x4_t) -> uint32x4_t {
    let x = vrev64q_u32(x);
    vextq_u32::<2>(x, x)
}

/// Four big-endian words.
#[inline]
#[target_feature(enable = "neon")]
fn load(bytes: &[u8; 16]) -> uint32x4_t {
    // SAFETY: `bytes` is 16 readable bytes.
    vreinterpretq_u32_u8(vrev32q_u8(unsafe { vld1q_u8(bytes.as_ptr()) }))
}

#[inline]
#[target_feature(enable = "neon")]
fn load_words(words: &[u32; 4]) -> uint32x4_t {
    // SAFETY: `words` is four readable words.
    unsafe { vld1q_u32(words.as_ptr()) }
}

#[inline]
#[target_feature(enable = "neon")]
fn store_words(words: &mut [u32; 4], x: uint32x4_t) {
    // SAFETY: `words` is four writable words.
    unsafe { vst1q_u32(words.as_mut_ptr(), x) }
}
