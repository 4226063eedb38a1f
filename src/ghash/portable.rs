//! GHASH with integer multiplications, in constant time where those of the CPU are.
//!
//! A product of integers whose bits stand four apart is one without carries, if no more than 15 of its
//! terms meet in one place: three places are free for their sum. The form is that of BearSSL's
//! `ghash_ctmul`. Where a register has 32 bits nothing wider is multiplied, which every compiler does inline.

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
fn multiply64(a: u64, b: u64) -> u128 {
    if cfg!(target_pointer_width = "64") {
        multiply64_at_once(a, b)
    } else {
        multiply64_by_halves(a, b)
    }
}

/// With products of 128 bits. Of `a` 60 bits are multiplied, so that at most 15 terms meet; the last four are added by hand.
fn multiply64_at_once(a: u64, b: u64) -> u128 {
    const HOLES: u128 = 0x1111_1111_1111_1111_1111_1111_1111_1111;
    #[allow(clippy::cast_possible_truncation, reason = "the lower half")]
    let every_fourth = |x: u64, i: usize| x & (HOLES as u64) << i;
    let low = a & u64::MAX >> 4;
    let mut product = 0;
    for i in 0..4 {
        let terms = (0..4).map(|j| {
            u128::from(every_fourth(low, j)) * u128::from(every_fourth(b, (4 + i - j) % 4))
        });
        product ^= terms.fold(0, |sum, term| sum ^ term) & HOLES << i;
    }
    for i in 60..64 {
        product ^= u128::from((a >> i & 1).wrapping_neg() & b) << i;
    }
    product
}

/// With products of 64 bits.
#[allow(clippy::cast_possible_truncation, reason = "the halves")]
fn multiply64_by_halves(a: u64, b: u64) -> u128 {
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

#[cfg(test)]
mod tests {
    use super::{multiply64_at_once, multiply64_by_halves};

    #[test]
    fn both_products_are_the_sum_of_shifts() {
        let mut a = u64::MAX;
        for b in [u64::MAX, 1, 1 << 63, 0x0123_4567_89ab_cdef, 0xf0f0_0f0f_3c3c_5a5a] {
            for i in 0..64 {
                let shifts = (0..64).map(|i| u128::from((b >> i & 1).wrapping_neg() & a) << i);
                let product = shifts.fold(0, |sum, shift| sum ^ shift);
                assert_eq!(multiply64_at_once(a, b), product);
                assert_eq!(multiply64_by_halves(a, b), product);
                a = a.rotate_left(5) ^ a >> 7 ^ i;
            }
        }
    }
}
