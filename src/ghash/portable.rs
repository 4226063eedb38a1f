//! GHASH with integer multiplications, in constant time where those of the CPU are.
//!
//! A product of integers whose bits stand four apart is one without carries: at most eight of its
//! terms meet in one place, and three places are free for their sum. The form is that of BearSSL's
//! `ghash_ctmul`. Nothing wider than 32 × 32 bits is multiplied, which every compiler does inline.

use super::{Block, Powers, backend::Kernel};

#[derive(Clone, Copy)]
pub(super) struct Portable;

impl Kernel for Portable {
    fn fill(self, _: &mut Powers) {}

    fn update(self, powers: &Powers, y: &mut Block, blocks: &[Block]) {
        let Powers([.., h]) = *powers;
        let mut sum = u128::from_be_bytes(y.0);
        for block in blocks {
            sum = multiply(sum ^ u128::from_be_bytes(block.0), h);
        }
        y.0 = sum.to_be_bytes();
    }
}

/// a·b·x⁻¹²⁸ modulo x¹²⁸ + x¹²⁷ + x¹²⁶ + x¹²¹ + 1.
pub(super) fn multiply(a: u128, b: u128) -> u128 {
    let ([a0, a1], [b0, b1]) = (halves(a), halves(b));
    // Karatsuba: the middle is a0·b1 + a1·b0.
    let (low, high) = (multiply64(a0, b0), multiply64(a1, b1));
    let middle = multiply64(a0 ^ a1, b0 ^ b1) ^ low ^ high;
    // Twice a multiple of the modulus is added that clears the lowest 64 bits, and they are dropped.
    let middle = middle ^ low.rotate_left(64) ^ fold(low);
    high ^ middle.rotate_left(64) ^ fold(middle)
}

/// The lower half times x⁶³ + x⁶² + x⁵⁷.
fn fold(x: u128) -> u128 {
    let x = x & u128::from(u64::MAX);
    x << 63 ^ x << 62 ^ x << 57
}

#[allow(clippy::cast_possible_truncation, reason = "the halves")]
fn halves(x: u128) -> [u64; 2] {
    [x as u64, (x >> 64) as u64]
}

/// a·b without carries.
#[allow(clippy::cast_possible_truncation, reason = "the halves")]
fn multiply64(a: u64, b: u64) -> u128 {
    let ([a0, a1], [b0, b1]) = ([a as u32, (a >> 32) as u32], [b as u32, (b >> 32) as u32]);
    let (low, high) = (multiply32(a0, b0), multiply32(a1, b1));
    let middle = multiply32(a0 ^ a1, b0 ^ b1) ^ low ^ high;
    u128::from(low) ^ u128::from(middle) << 32 ^ u128::from(high) << 64
}

fn multiply32(a: u32, b: u32) -> u64 {
    /// Every fourth bit from the first.
    const HOLES: u64 = 0x1111_1111_1111_1111;
    let every_fourth = |x: u32, i: usize| u64::from(x) & HOLES << i;
    let mut product = 0;
    for i in 0..4 {
        let terms = (0..4).map(|j| every_fourth(a, j) * every_fourth(b, (4 + i - j) % 4));
        product ^= terms.fold(0, |sum, term| sum ^ term) & HOLES << i;
    }
    product
}
