//! Values for tests of residues: those where carries, borrows and reductions begin and end, and random ones.

extern crate std;

use super::limbs::Limbs;
use num_bigint::BigUint;
use std::vec::Vec;

pub(super) fn big(limbs: &Limbs) -> BigUint {
    limbs.iter().rev().fold(BigUint::ZERO, |sum, limb| (sum << 64_u32) + limb)
}

/// Integers below 2²⁵⁶, some of which are at or above `modulus`.
pub(super) fn values(modulus: &Limbs) -> Vec<Limbs> {
    let two_256 = BigUint::from(1_u8) << 256_u32;
    let m = big(modulus);
    let mut integers = Vec::new();
    for i in 0..4_u32 {
        integers.extend([BigUint::from(i), &m - 1_u32 - i, &m + i, &two_256 - 1_u32 - i]);
        integers.push((&m >> 1_u32) + i);
        integers.push(&two_256 - &m + i);
        integers.push(&two_256 - &m - 1_u32 - i);
    }
    for i in [31, 32, 63, 64, 95, 96, 127, 128, 159, 160, 191, 192, 223, 224, 225, 254, 255] {
        let power = BigUint::from(1_u8) << i;
        integers.extend([&m - &power, &two_256 - &power, &power - 1_u32, power]);
    }
    let mut values: Vec<Limbs> = integers.iter().map(limbs).collect();
    let mut state = 0x1234_5678_9abc_def0_u64;
    let mut random = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    for i in 0..60 {
        let mut limbs = [random(), random(), random(), random()];
        // Some have limbs of zeros and ones.
        if i % 3 == 0 {
            let choice = random();
            for (j, limb) in limbs.iter_mut().enumerate() {
                *limb = [0, u64::MAX, *limb, *limb][(choice >> (2 * j) & 3) as usize];
            }
        }
        values.push(limbs);
    }
    values
}

fn limbs(integer: &BigUint) -> Limbs {
    let mut limbs = [0; 4];
    for (limb, digit) in limbs.iter_mut().zip(integer.iter_u64_digits()) {
        *limb = digit;
    }
    limbs
}
