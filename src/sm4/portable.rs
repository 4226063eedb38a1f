//! SM4 as the standard has it.

use super::backend::{Blocks, Kernel, RoundKeys};
use crate::ghash;

pub(super) const FK: [u32; 4] = [0xa3b1_bac6, 0x56aa_3350, 0x677d_9197, 0xb270_22dc];

/// CK: byte j of ck_i, from the most significant, is 7(4i + j) mod 256.
pub(super) const CK: [u32; 32] = {
    let (mut ck, mut i) = ([0; 32], 0);
    while i < 32 {
        let mut j = 0;
        while j < 4 {
            ck[i] = ck[i] << 8 | (7 * (4 * i + j) % 256) as u32;
            j += 1;
        }
        i += 1;
    }
    ck
};

/// The backend that runs everywhere.
#[derive(Clone, Copy, Debug)]
pub(super) struct Portable;

impl Kernel for Portable {
    fn expand_key(self, key: &[u8; 16]) -> RoundKeys {
        let mut k: [u32; 4] = core::array::from_fn(|i| word(key, i) ^ FK[i]);
        let mut rk = RoundKeys::new();
        for (rk, ck) in rk.0.iter_mut().zip(CK) {
            *rk = key_round(k[0], k[1] ^ k[2] ^ k[3] ^ ck);
            k = [k[1], k[2], k[3], *rk];
        }
        rk
    }

    fn ghash(self) -> ghash::Backend {
        ghash::Backend::Portable
    }

    fn crypt(self, rk: &RoundKeys, blocks: Blocks<'_, '_>) {
        for mut block in blocks {
            let mut x: [u32; 4] = core::array::from_fn(|i| word(&block.get_in().0, i));
            for rk in rk.0 {
                x = [x[1], x[2], x[3], round(x[0], x[1] ^ x[2] ^ x[3] ^ rk)];
            }
            for (out, x) in block.get_out().chunks_exact_mut(4).zip(x.iter().rev()) {
                out.copy_from_slice(&x.to_be_bytes());
            }
        }
    }
}

fn word(block: &[u8; 16], i: usize) -> u32 {
    u32::from_be_bytes(core::array::from_fn(|j| block[4 * i + j]))
}

/// `x` ⊕ T(`a`).
pub(super) fn round(x: u32, a: u32) -> u32 {
    let b = tau(a);
    x ^ b ^ b.rotate_left(2) ^ b.rotate_left(10) ^ b.rotate_left(18) ^ b.rotate_left(24)
}

/// `k` ⊕ T'(`a`).
pub(super) fn key_round(k: u32, a: u32) -> u32 {
    let b = tau(a);
    k ^ b ^ b.rotate_left(13) ^ b.rotate_left(23)
}

/// S(x) = A·I(A·x ⊕ d3) ⊕ d3 on each byte.
fn tau(a: u32) -> u32 {
    u32::from_be_bytes(a.to_be_bytes().map(|x| affine(inverse(affine(x)))))
}

fn affine(x: u8) -> u8 {
    x ^ x.rotate_left(1) ^ x.rotate_left(3) ^ x.rotate_left(6) ^ x.rotate_left(7) ^ 0xd3
}

/// x²⁵⁴ in GF(2)\[α\]/(α⁸+α⁷+α⁶+α⁵+α⁴+α²+1).
fn inverse(x: u8) -> u8 {
    let mut power = x;
    let mut product = 1;
    for _ in 0..7 {
        power = multiply(power, power);
        product = multiply(product, power);
    }
    product
}

fn multiply(a: u8, b: u8) -> u8 {
    let (mut a, mut product) = (a, 0);
    for i in 0..8 {
        product ^= (b >> i & 1).wrapping_neg() & a;
        a = a << 1 ^ (a >> 7).wrapping_neg() & 0xf5;
    }
    product
}
