//! The integers modulo n, the order of the curve.

use super::{
    field::FieldElement,
    invert,
    limbs::{self, Limbs, N},
    residue::{Modulus, Residue},
};
use subtle::{ConstantTimeEq, CtOption};

/// n of GB/T 32918.5-2017.
#[derive(Clone, Copy, Default)]
pub(crate) struct Order;

/// An integer modulo n.
pub(crate) type Scalar = Residue<Order>;

impl Modulus for Order {
    const MODULUS: Limbs = N;
    const INVERSION: invert::Modulus =
        invert::Modulus::new(&N, &limbs::shift(&limbs::r(&N), 256, &N));

    fn mul(a: &Limbs, b: &Limbs) -> Limbs {
        limbs::mul_n(a, b)
    }
}

impl Scalar {
    /// The integer of these 32 random bytes if it is in [1, n − 1]; else draw again.
    ///
    /// Accepted integers are uniform; one try in 2³² fails.
    pub(crate) fn from_random(bytes: &[u8; 32]) -> CtOption<Self> {
        Self::from_bytes(bytes).and_then(|k| CtOption::new(k, !k.ct_eq(&Self::ZERO)))
    }

    /// An x coordinate as an integer, reduced modulo n.
    pub(crate) fn from_coordinate(x: &FieldElement) -> Self {
        Self::from_integer(&x.to_integer())
    }
}

#[cfg(test)]
#[path = "scalar_tests.rs"]
mod tests;
