//! Elements of the field of p elements and of the integers modulo n: the same type with another modulus.

use super::{
    invert,
    limbs::{self, Limbs},
};
use crate::secret::Plain;
use core::{
    fmt,
    marker::PhantomData,
    ops::{Add, Mul, Neg, Sub},
};
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq, CtOption};
use zeroize::DefaultIsZeroes;

/// A modulus between 2²⁵⁵ and 2²⁵⁶, odd, and its products.
pub(crate) trait Modulus: Copy + Default {
    const MODULUS: Limbs;
    /// Inverts `a`·R to `a`⁻¹·R.
    const INVERSION: invert::Modulus;

    /// `a`·`b`/R mod the modulus; one of the factors may be any integer below 2²⁵⁶.
    fn mul(a: &Limbs, b: &Limbs) -> Limbs;

    /// `a`²/R mod the modulus.
    fn square(a: &Limbs) -> Limbs {
        Self::mul(a, a)
    }
}

/// An integer modulo `M`, in Montgomery form, always reduced. All operations take constant time.
#[derive(Clone, Copy, Default)]
pub(crate) struct Residue<M: Modulus>(pub(super) Limbs, PhantomData<M>);

impl<M: Modulus> Residue<M> {
    pub(crate) const ZERO: Self = Self::montgomery([0; 4]);
    pub(crate) const ONE: Self = Self::montgomery(limbs::r(&M::MODULUS));
    /// 1/2.
    #[cfg(feature = "elliptic-curve")]
    pub(super) const HALF: Self =
        Self::montgomery(limbs::half(&limbs::r(&M::MODULUS), &M::MODULUS));
    #[cfg(feature = "elliptic-curve")]
    pub(super) const MINUS_ONE: Self =
        Self::montgomery(limbs::sub(&[0; 4], &limbs::r(&M::MODULUS), &M::MODULUS));
    /// R² mod `M`.
    const R2: Limbs = limbs::shift(&limbs::r(&M::MODULUS), 256, &M::MODULUS);

    /// The residue whose Montgomery form this is: below `M`.
    pub(super) const fn montgomery(limbs: Limbs) -> Self {
        Self(limbs, PhantomData)
    }

    /// The integer `a`, below `M`, made by the compiler.
    pub(super) const fn constant(a: &Limbs) -> Self {
        Self::montgomery(limbs::shift(a, 256, &M::MODULUS))
    }

    /// The integer of these 32 bytes, most significant first; none if it is `M` or more.
    pub(crate) fn from_bytes(bytes: &[u8; 32]) -> CtOption<Self> {
        let integer = limbs::from_be_bytes(bytes);
        let (_, below) = limbs::sub_borrow(&integer, &M::MODULUS);
        CtOption::new(Self::from_integer(&integer), Choice::from(u8::from(below)))
    }

    /// The integer of these 32 bytes, most significant first, reduced modulo `M`.
    pub(crate) fn from_bytes_reduced(bytes: &[u8; 32]) -> Self {
        Self::from_integer(&limbs::from_be_bytes(bytes))
    }

    /// An integer below 2²⁵⁶, reduced modulo `M`.
    pub(super) fn from_integer(integer: &Limbs) -> Self {
        Self::montgomery(M::mul(integer, &Self::R2))
    }

    /// The integer in [0, `M`).
    pub(super) fn to_integer(self) -> Limbs {
        M::mul(&self.0, &[1, 0, 0, 0])
    }

    /// The 32 bytes of the integer in [0, `M`), most significant first.
    pub(crate) fn to_bytes(self) -> [u8; 32] {
        limbs::to_be_bytes(&self.to_integer())
    }

    pub(crate) fn square(&self) -> Self {
        Self::montgomery(M::square(&self.0))
    }

    pub(crate) fn half(&self) -> Self {
        Self::montgomery(limbs::half(&self.0, &M::MODULUS))
    }

    /// 1/`self`, and 0 for 0.
    pub(crate) fn invert(&self) -> Self {
        Self::montgomery(M::INVERSION.invert(&self.0))
    }

    pub(crate) fn is_zero(&self) -> Choice {
        self.ct_eq(&Self::ZERO)
    }

    /// Whether the integer in [0, `M`) is odd.
    pub(crate) fn is_odd(&self) -> Choice {
        Choice::from((self.to_integer()[0] & 1) as u8)
    }
}

impl<M: Modulus> Add for Residue<M> {
    type Output = Self;
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self::montgomery(limbs::add(&self.0, &other.0, &M::MODULUS))
    }
}

impl<M: Modulus> Sub for Residue<M> {
    type Output = Self;
    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        Self::montgomery(limbs::sub(&self.0, &other.0, &M::MODULUS))
    }
}

impl<M: Modulus> Mul for Residue<M> {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        Self::montgomery(M::mul(&self.0, &other.0))
    }
}

impl<M: Modulus> Neg for Residue<M> {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        Self::ZERO - self
    }
}

impl<M: Modulus> ConstantTimeEq for Residue<M> {
    fn ct_eq(&self, other: &Self) -> Choice {
        self.0.ct_eq(&other.0)
    }
}

impl<M: Modulus> ConditionallySelectable for Residue<M> {
    fn conditional_select(a: &Self, b: &Self, choice: Choice) -> Self {
        Self::montgomery(core::array::from_fn(|i| {
            u64::conditional_select(&a.0[i], &b.0[i], choice)
        }))
    }
}

impl<M: Modulus> Plain for Residue<M> {
    const ZERO: Self = Self::ZERO;
}

impl<M: Modulus> DefaultIsZeroes for Residue<M> {}

impl<M: Modulus> fmt::Debug for Residue<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Residue").finish_non_exhaustive()
    }
}

#[cfg(test)]
#[path = "residue_tests.rs"]
mod tests;
