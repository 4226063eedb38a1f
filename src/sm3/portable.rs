//! SM3 as the standard writes it: message expansion and compression function, one block after another.
//!
//! Source: GB/T 32905-2016 (GM/T 0004-2012; ISO/IEC 10118-3:2018, 15). Clauses below are of GB/T 32905.

use super::backend::Kernel;
use crate::secret::Temporary;

/// The initial value. Source: 4.1.
pub(super) const IV: [u32; 8] = [
    0x7380_166f,
    0x4914_b2b9,
    0x1724_42d7,
    0xda8a_0600,
    0xa96f_30bc,
    0x1631_38aa,
    0xe38d_ee4d,
    0xb0fb_0e4e,
];

/// The constants `T_j` <<< (j mod 32). Source: 4.2 and 5.3.3.
pub(super) const T: [u32; 64] = {
    let mut t = [0; 64];
    let mut j: u32 = 0;
    while j < 64 {
        let t_j: u32 = if j < 16 { 0x79cc_4519 } else { 0x7a87_9d8a };
        t[j as usize] = t_j.rotate_left(j % 32);
        j += 1;
    }
    t
};

/// `FF_j`; `FIRST`: j is in 0 … 15. Source: 4.3.
#[inline(always)]
pub(super) fn ff<const FIRST: bool>(x: u32, y: u32, z: u32) -> u32 {
    if FIRST { x ^ y ^ z } else { (x & y) | (x & z) | (y & z) }
}

/// `GG_j`; `FIRST`: j is in 0 … 15. Source: 4.3.
#[inline(always)]
pub(super) fn gg<const FIRST: bool>(x: u32, y: u32, z: u32) -> u32 {
    if FIRST { x ^ y ^ z } else { (x & y) | (!x & z) }
}

/// P0. Source: 4.4.
#[inline(always)]
pub(super) fn p0(x: u32) -> u32 {
    x ^ x.rotate_left(9) ^ x.rotate_left(17)
}

/// P1. Source: 4.4.
#[inline(always)]
pub(super) fn p1(x: u32) -> u32 {
    x ^ x.rotate_left(15) ^ x.rotate_left(23)
}

/// The first sixteen words of W, which are the block. Source: 5.3.2, a).
#[inline(always)]
fn load(w: &mut [u32; 68], block: &[u8; 64]) {
    for (w, bytes) in w.iter_mut().zip(block.as_chunks().0) {
        *w = u32::from_be_bytes(*bytes);
    }
}

/// `W_j`. Source: 5.3.2, b).
#[inline(always)]
fn expand(w: &mut [u32; 68], j: usize) {
    w[j] =
        p1(w[j - 16] ^ w[j - 9] ^ w[j - 3].rotate_left(15)) ^ w[j - 13].rotate_left(7) ^ w[j - 6];
}

/// Round j of the compression function, on the registers A … H. Source: 5.3.3.
#[inline(always)]
fn round<const FIRST: bool>(registers: &mut [u32; 8], t: u32, w: u32, w_prime: u32) {
    let [a, b, c, d, e, f, g, h] = *registers;
    let a12 = a.rotate_left(12);
    let ss1 = a12.wrapping_add(e).wrapping_add(t).rotate_left(7);
    let ss2 = ss1 ^ a12;
    let tt1 = ff::<FIRST>(a, b, c).wrapping_add(d).wrapping_add(ss2).wrapping_add(w_prime);
    let tt2 = gg::<FIRST>(e, f, g).wrapping_add(h).wrapping_add(ss1).wrapping_add(w);
    *registers = [tt1, a, b.rotate_left(9), c, p0(tt2), e, f.rotate_left(19), g];
}

/// Rounds j … j + 3, after which each register is back in its place; before each, if `EXPAND`, the word of
/// W that is sixteen ahead: so the processor makes it beside the rounds.
#[inline(always)]
fn four_rounds<const FIRST: bool, const EXPAND: bool>(
    registers: &mut [u32; 8],
    w: &mut [u32; 68],
    j: usize,
) {
    for j in j..j + 4 {
        if EXPAND {
            expand(w, j + 16);
        }
        // W'_j = W_j xor W_j+4. Source: 5.3.2, c).
        round::<FIRST>(registers, T[j], w[j], w[j] ^ w[j + 4]);
    }
}

/// The standard's algorithm as it stands.
#[derive(Clone, Copy)]
pub(super) struct Portable;

impl Kernel for Portable {
    fn compress(self, v: &mut [u32; 8], blocks: &[[u8; 64]]) {
        let mut w = Temporary::<[u32; 68]>::new();
        for block in blocks {
            load(&mut w, block);
            let mut registers = *v;
            for j in (0..16).step_by(4) {
                four_rounds::<true, true>(&mut registers, &mut w, j);
            }
            for j in (16..52).step_by(4) {
                four_rounds::<false, true>(&mut registers, &mut w, j);
            }
            for j in (52..64).step_by(4) {
                four_rounds::<false, false>(&mut registers, &mut w, j);
            }
            for (v, register) in v.iter_mut().zip(registers) {
                *v ^= register;
            }
        }
    }
}
