//! Integers modulo p behind the traits of `ff`.

use super::{
    P, Sm2,
    operators::{fold, operator, value},
    residues::{prime_field, residue},
};
use crate::{
    secret::Temporary,
    sm2::{backend::Backend, field},
};
use elliptic_curve::{
    Field, FieldBytes, Generate, PrimeField,
    bigint::{ArrayEncoding, U256},
    ops::{BatchInvert, Invert, Reduce, Retrieve},
};
use rand_core::{TryCryptoRng, TryRng};
use subtle::{Choice, ConstantTimeEq, CtOption};

/// An integer modulo p: a coordinate of a point.
#[derive(Clone, Copy, Default)]
pub struct FieldElement(pub(super) field::FieldElement);

residue!(FieldElement of field::FieldElement);
prime_field!(FieldElement of field::FieldElement, P, 13, |a: &Self| Self(Backend::best().root(&a.0)));
