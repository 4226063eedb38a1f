//! The field of p elements, over which the curve is.

use super::{
    backend::Kernel,
    invert,
    limbs::{self, Limbs, P},
    residue::{Modulus, Residue},
};
use subtle::{ConstantTimeEq, CtOption};

/// p of GB/T 32918.5-2017.
#[derive(Clone, Copy, Default)]
pub(crate) struct Prime;

/// An integer modulo p.
pub(crate) type FieldElement = Residue<Prime>;

impl Modulus for Prime {
    const MODULUS: Limbs = P;
    const INVERSION: invert::Modulus =
        invert::Modulus::new(&P, &limbs::shift(&limbs::r(&P), 256, &P));

    fn mul(a: &Limbs, b: &Limbs) -> Limbs {
        limbs::mul_p(a, b)
    }

    fn square(a: &Limbs) -> Limbs {
        limbs::square_p(a)
    }
}

impl FieldElement {
    /// A square root, if there is one.
    pub(super) fn sqrt<K: Kernel>(&self, k: K) -> CtOption<Self> {
        let root = self.root(k);
        CtOption::new(root, k.square(&root).ct_eq(self))
    }

    /// A square root of this or, if it has none, of its negative.
    ///
    /// p ≡ 3 (mod 4), so it is the power (p + 1)/4 = 2²⁵⁴ − 2²²² − 2⁹⁴ + 2⁶², which in binary is 31 ones, a zero,
    /// 128 ones, 31 zeros, a one, 62 zeros.
    pub(super) fn root<K: Kernel>(&self, k: K) -> Self {
        let squares = |a: &Self, n: u32| (0..n).fold(*a, |a, _| k.square(&a));
        let x = self;
        // `ones_k` is the power 2ᵏ − 1.
        let ones_2 = k.mul(&squares(x, 1), x);
        let ones_3 = k.mul(&squares(&ones_2, 1), x);
        let ones_6 = k.mul(&squares(&ones_3, 3), &ones_3);
        let ones_7 = k.mul(&squares(&ones_6, 1), x);
        let ones_12 = k.mul(&squares(&ones_6, 6), &ones_6);
        let ones_24 = k.mul(&squares(&ones_12, 12), &ones_12);
        let ones_31 = k.mul(&squares(&ones_24, 7), &ones_7);
        let ones_32 = k.mul(&squares(&ones_31, 1), x);
        let ones_64 = k.mul(&squares(&ones_32, 32), &ones_32);
        let ones_128 = k.mul(&squares(&ones_64, 64), &ones_64);
        let root = k.mul(&squares(&ones_31, 129), &ones_128);
        squares(&k.mul(&squares(&root, 32), x), 62)
    }
}

#[cfg(test)]
#[path = "field_tests.rs"]
mod tests;
