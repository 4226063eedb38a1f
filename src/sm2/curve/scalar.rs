//! Integers modulo n behind the traits of `ff` and `elliptic-curve`.

use super::{
    N, Sm2,
    operators::{fold, operator, value},
    residues::{prime_field, residue},
};
use crate::{
    secret::Temporary,
    sm2::{
        limbs::{self, Limbs},
        scalar,
    },
};
use core::cmp::Ordering;
use elliptic_curve::{
    Field, FieldBytes, Generate, PrimeField,
    bigint::{ArrayEncoding, U256},
    ops::{BatchInvert, Invert, Reduce, ReduceNonZero, Retrieve},
    scalar::{FromUintUnchecked, IsHigh},
};
use rand_core::{TryCryptoRng, TryRng};
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq, CtOption};

/// An integer modulo n: what points are multiplied by.
#[derive(Clone, Copy, Default)]
pub struct Scalar(pub(super) scalar::Scalar);

residue!(Scalar of scalar::Scalar);
prime_field!(Scalar of scalar::Scalar, N, 3, |a: &Self| a.pow_vartime(QUARTER));
elliptic_curve::scalar_impls!(Sm2, Scalar);

/// ⌊n/2⌋.
const HALF: Limbs = half(&limbs::N);

/// (n + 1)/4, which is ⌊n/4⌋ + 1: n ≡ 3 (mod 4).
const QUARTER: Limbs = limbs::add_carry(&half(&HALF), &[1, 0, 0, 0]).0;

const fn half(a: &Limbs) -> Limbs {
    [a[0] >> 1 | a[1] << 63, a[1] >> 1 | a[2] << 63, a[2] >> 1 | a[3] << 63, a[3] >> 1]
}

impl AsRef<Scalar> for Scalar {
    fn as_ref(&self) -> &Scalar {
        self
    }
}

impl From<Scalar> for FieldBytes<Sm2> {
    fn from(scalar: Scalar) -> Self {
        scalar.to_repr()
    }
}

impl From<&Scalar> for FieldBytes<Sm2> {
    fn from(scalar: &Scalar) -> Self {
        scalar.to_repr()
    }
}

/// An integer of n or more is reduced.
impl FromUintUnchecked for Scalar {
    type Uint = U256;

    fn from_uint_unchecked(integer: U256) -> Self {
        Self::reduce(&integer)
    }
}

/// (`integer` mod (n − 1)) + 1.
impl ReduceNonZero<U256> for Scalar {
    fn reduce_nonzero(integer: &U256) -> Self {
        Self::reduce_nonzero(&integer.to_be_byte_array())
    }
}

/// (`integer` mod (n − 1)) + 1.
impl ReduceNonZero<FieldBytes<Sm2>> for Scalar {
    fn reduce_nonzero(bytes: &FieldBytes<Sm2>) -> Self {
        // Below n − 1 it is `integer` + 1. From there on, `integer` being below 2(n − 1), it is `integer` − (n − 1) + 1,
        // which is `integer` + 2 modulo n.
        let integer = limbs::from_be_bytes(&bytes.0);
        let (minus_one, _) = limbs::sub_borrow(&limbs::N, &[1, 0, 0, 0]);
        let (_, below) = limbs::sub_borrow(&integer, &minus_one);
        let one_more = Self(scalar::Scalar::from_integer(&integer)) + Self::ONE;
        let two_more = one_more + Self::ONE;
        Self::conditional_select(&two_more, &one_more, Choice::from(u8::from(below)))
    }
}

impl IsHigh for Scalar {
    fn is_high(&self) -> Choice {
        let (_, high) = limbs::sub_borrow(&HALF, &self.0.to_integer());
        Choice::from(u8::from(high))
    }
}

/// As integers in [0, n). The time does not tell them, if what is made of the result does not.
impl PartialOrd for Scalar {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        let (a, b) = (self.0.to_integer(), other.0.to_integer());
        let [(_, less), (_, greater)] = [limbs::sub_borrow(&a, &b), limbs::sub_borrow(&b, &a)];
        Some(i8::from(greater).cmp(&i8::from(less)))
    }
}
