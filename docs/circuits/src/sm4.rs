//! SM4's S-box without its constants: x -> A I(A x). `sm4-sbox.md` derives it.

use crate::field::{form, mul};
use crate::tower::Sbox;

/// The first row of A, bit 0 first; the next rows are this one turned left.
const A: u8 = 0xa7;

/// I is inversion in GF(2)[t]/(t^8 + t^7 + t^6 + t^5 + t^4 + t^2 + 1).
const POLYNOMIAL: u16 = 0x1f5;

fn a(x: u8) -> u8 {
    let row = |j: u32| ((A.rotate_left(j) & x).count_ones() & 1) as u8;
    (0..8).fold(0, |y, j| y | row(j) << j)
}

/// The field isomorphism to L that maps t to `root`.
fn to_l(root: u8, x: u8) -> u8 {
    (0..8).rev().fold(0, |y, i| mul(y, root) ^ (x >> i & 1))
}

/// Sbox(x ^ 75) ^ d3 of the standard, whose table `src/sm4/sbox.rs` is tested with.
pub fn sbox() -> Sbox {
    let value = |root: u8| {
        (0..=8)
            .rev()
            .fold(0, |y, i| mul(y, root) ^ (POLYNOMIAL >> i & 1) as u8)
    };
    let root = (2..=255)
        .find(|&root| value(root) == 0)
        .expect("L splits every polynomial of degree 8");
    // With phi = to_l, A I(A x) = A phi^-1((phi A x)^-1): here bit j of A phi^-1 y as a form Tr(u y).
    let back: Vec<u8> = (0..8)
        .map(|i| {
            (0..=255)
                .find(|&x| to_l(root, x) == 1 << i)
                .expect("phi is onto")
        })
        .collect();
    let output = std::array::from_fn(|j| {
        let mask = (0..8).fold(0, |mask, i| mask | (a(back[i]) >> j & 1) << i);
        (0..=255)
            .find(|&u| form(u) == mask)
            .expect("every form is Tr(u y)")
    });
    Sbox {
        name: "sm4",
        input: std::array::from_fn(|i| to_l(root, a(1 << i))),
        output,
        constant: 0,
    }
}
