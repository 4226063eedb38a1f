//! The field of p elements, over which the curve is.

use super::{
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
    /// The integer `a`, below p, made by the compiler.
    pub(super) const fn constant(a: &Limbs) -> Self {
        Self::montgomery(limbs::shift(a, 256, &P))
    }

    /// A square root, if there is one.
    ///
    /// p ≡ 3 (mod 4), so it is the power (p + 1)/4 = 2²⁵⁴ − 2²²² − 2⁹⁴ + 2⁶², which in binary is 31 ones, a zero,
    /// 128 ones, 31 zeros, a one, 62 zeros.
    pub(crate) fn sqrt(&self) -> CtOption<Self> {
        let x = *self;
        // `ones_k` is the power 2ᵏ − 1.
        let ones_2 = x.square() * x;
        let ones_3 = ones_2.square() * x;
        let ones_6 = ones_3.squares(3) * ones_3;
        let ones_7 = ones_6.square() * x;
        let ones_12 = ones_6.squares(6) * ones_6;
        let ones_24 = ones_12.squares(12) * ones_12;
        let ones_31 = ones_24.squares(7) * ones_7;
        let ones_32 = ones_31.square() * x;
        let ones_64 = ones_32.squares(32) * ones_32;
        let ones_128 = ones_64.squares(64) * ones_64;
        let root = (ones_31.squares(129) * ones_128).squares(32) * x;
        let root = root.squares(62);
        CtOption::new(root, root.square().ct_eq(&x))
    }
}

#[cfg(test)]
#[path = "field_tests.rs"]
mod tests;
