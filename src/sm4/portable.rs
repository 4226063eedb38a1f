//! SM4 as the standard writes it; the S-box is a circuit: no tables, no branch on a secret.
//!
//! Source: GB/T 32907-2016 (GM/T 0002-2012). Clauses below are of GB/T 32907.

use super::{
    backend::{Block, Blocks, Kernel, LANES, LaneKeys, RoundKeys},
    bitslice, sbox,
};
use crate::ghash;

/// The backend that runs everywhere.
#[derive(Clone, Copy, Debug)]
pub(super) struct Portable;

impl Kernel for Portable {
    fn expand_key(self, key: &[u8; 16]) -> RoundKeys {
        RoundKeys(expand_key(key))
    }

    fn ghash(self) -> ghash::Backend {
        ghash::Backend::Portable
    }

    fn crypt(self, rk: &RoundKeys, blocks: Blocks<'_, '_>) {
        crypt(&rk.0, blocks);
    }

    fn lanes(self, keys: &LaneKeys, x: &mut [Block; LANES]) {
        bitslice::lanes(keys, x);
    }
}

/// The system parameter FK. Source: 7.3.
pub(super) const FK: [u32; 4] = [0xa3b1_bac6, 0x56aa_3350, 0x677d_9197, 0xb270_22dc];

/// The fixed parameters CK: byte j of CK_i is (4i + j)·7 mod 256. Source: 7.3.
pub(super) const CK: [u32; 32] = {
    let (mut ck, mut n, mut byte) = ([0; 32], 0, 0);
    while n < 128 {
        ck[n / 4] = ck[n / 4] << 8 | byte;
        byte = (byte + 7) & 0xff;
        n += 1;
    }
    ck
};

/// The round keys rk0 … rk31. Source: 7.3.
fn expand_key(key: &[u8; 16]) -> [u32; 32] {
    let [mk0, mk1, mk2, mk3] = words(key);
    let [mut k0, mut k1, mut k2, mut k3] = [mk0 ^ FK[0], mk1 ^ FK[1], mk2 ^ FK[2], mk3 ^ FK[3]];
    let mut rk = [0; 32];
    for (rk, ck) in rk.iter_mut().zip(CK) {
        *rk = k0 ^ t_prime(k1 ^ k2 ^ k3 ^ ck);
        [k0, k1, k2, k3] = [k1, k2, k3, *rk];
    }
    rk
}

/// As many blocks take less time one by one than sliced into bits.
const FEW: usize = if usize::BITS < 64 { 2 } else { 1 };

/// Encrypts any number of blocks; with the round keys in reverse order, decrypts them.
///
/// Source: 7.1, 7.2.
fn crypt(rk: &[u32; 32], blocks: Blocks<'_, '_>) {
    if blocks.len() > FEW {
        return bitslice::crypt(rk, blocks);
    }
    for mut block in blocks {
        let out = crypt_block(rk, &block.get_in().0);
        block.get_out().0 = out;
    }
}

/// 32 rounds and the reverse substitution R. Source: 7.1.
fn crypt_block(rk: &[u32; 32], block: &[u8; 16]) -> [u8; 16] {
    let mut x = words(block);
    for &rk in rk {
        let [x0, x1, x2, x3] = x;
        x = [x1, x2, x3, f(x0, x1, x2, x3, rk)];
    }
    let [x32, x33, x34, x35] = x;
    let mut out = [0; 16];
    for (bytes, x) in out.as_chunks_mut().0.iter_mut().zip([x35, x34, x33, x32]) {
        *bytes = x.to_be_bytes();
    }
    out
}

fn words(bytes: &[u8; 16]) -> [u32; 4] {
    let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = *bytes;
    [[a, b, c, d], [e, f, g, h], [i, j, k, l], [m, n, o, p]].map(u32::from_be_bytes)
}

/// The round function F. Source: 6.1.
fn f(x0: u32, x1: u32, x2: u32, x3: u32, rk: u32) -> u32 {
    x0 ^ t(x1 ^ x2 ^ x3 ^ rk)
}

/// T = L(τ(·)). Source: 6.2.
#[inline(always)]
pub(super) fn t(x: u32) -> u32 {
    l(tau(x))
}

/// T' = L'(τ(·)). Source: 7.3.
#[inline(always)]
pub(super) fn t_prime(x: u32) -> u32 {
    l_prime(tau(x))
}

/// τ: the S-box on each of the four bytes. Source: 6.2.
///
/// A plane is the word shifted down by i: bit i of every byte stands at the byte's lowest place, and
/// what stands at the other places does not matter until the mask at the end.
#[inline(always)]
fn tau(a: u32) -> u32 {
    let a = a ^ every(sbox::BEFORE);
    let b = sbox::s([a, a >> 1, a >> 2, a >> 3, a >> 4, a >> 5, a >> 6, a >> 7]);
    let two = |i: usize| (b[i] & every(1)) | (b[i + 1] & every(1)) << 1;
    let b = (two(0) | two(2) << 2) | (two(4) | two(6) << 2) << 4;
    b ^ every(sbox::AFTER)
}

/// The word of four equal bytes.
pub(super) const fn every(byte: u8) -> u32 {
    u32::from_ne_bytes([byte; 4])
}

/// L. Source: 6.2.
pub(super) const fn l(b: u32) -> u32 {
    b ^ b.rotate_left(2) ^ b.rotate_left(10) ^ b.rotate_left(18) ^ b.rotate_left(24)
}

/// L'. Source: 7.3.
const fn l_prime(b: u32) -> u32 {
    b ^ b.rotate_left(13) ^ b.rotate_left(23)
}
