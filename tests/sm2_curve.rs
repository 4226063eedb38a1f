//! The curve of SM2 behind the traits of `elliptic-curve`, against RustCrypto's.

mod common;
#[path = "sm2_curve/fields.rs"]
mod fields;
#[path = "sm2_curve/keys.rs"]
mod keys;
#[path = "sm2_curve/points.rs"]
mod points;

use shangmi::elliptic_curve::bigint::{ArrayEncoding, U256};

const P: U256 =
    U256::from_be_hex("fffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffff");
const N: U256 =
    U256::from_be_hex("fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123");

fn bytes(integer: U256) -> [u8; 32] {
    integer.to_be_byte_array().0
}

/// Small integers, those around 2²⁵⁶, around `m` and around its half, and others.
fn integers(m: U256) -> Vec<U256> {
    let half = m.shr_vartime(1);
    let mut integers = Vec::new();
    for i in (0..4_u64).map(U256::from) {
        integers.extend([i, m.wrapping_sub(&i), m.wrapping_add(&i), U256::MAX.wrapping_sub(&i)]);
        integers.extend([half.wrapping_sub(&i), half.wrapping_add(&i)]);
    }
    let mut integer = U256::from(0x9e37_79b9_7f4a_7c15_u64);
    for _ in 0..20 {
        integer = integer.wrapping_mul(&integer).wrapping_add(&U256::ONE.shl_vartime(255));
        integer = integer.wrapping_add(&integer.shr_vartime(127));
        integers.push(integer);
    }
    integers
}
