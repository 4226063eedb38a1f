//! The integers modulo n against fiat-crypto's verified code and against integers of any size.

extern crate std;

use super::*;
use crate::sm2::{
    limbs::{P, mul_n},
    test_values::{big, values},
};
use fiat_crypto::sm2_scalar_64::{
    fiat_sm2_scalar_add, fiat_sm2_scalar_from_montgomery,
    fiat_sm2_scalar_montgomery_domain_field_element as Fiat, fiat_sm2_scalar_mul,
    fiat_sm2_scalar_non_montgomery_domain_field_element as Plain, fiat_sm2_scalar_opp,
    fiat_sm2_scalar_sub, fiat_sm2_scalar_to_montgomery,
};
use num_bigint::BigUint;
use std::vec::Vec;

fn scalars() -> Vec<Limbs> {
    values(&N).into_iter().filter(|value| big(value) < big(&N)).collect()
}

fn fiat(a: &Limbs, b: &Limbs, operation: impl Fn(&mut Fiat, &Fiat, &Fiat)) -> Limbs {
    let mut out = Fiat([0; 4]);
    operation(&mut out, &Fiat(*a), &Fiat(*b));
    out.0
}

#[test]
fn scalars_agree_with_fiat_crypto() {
    let scalars = scalars();
    for a in &scalars {
        let x = Scalar::montgomery(*a);
        assert_eq!((-x).0, fiat(a, a, |out, a, _| fiat_sm2_scalar_opp(out, a)));
        assert_eq!((x.half() + x.half()).0, *a);
        let mut integer = Plain([0; 4]);
        fiat_sm2_scalar_from_montgomery(&mut integer, &Fiat(*a));
        assert_eq!(x.to_integer(), integer.0);
        let mut montgomery = Fiat([0; 4]);
        fiat_sm2_scalar_to_montgomery(&mut montgomery, &integer);
        assert_eq!(Scalar::from_integer(&integer.0).0, montgomery.0);
        for b in &scalars {
            let y = Scalar::montgomery(*b);
            assert_eq!((x + y).0, fiat(a, b, fiat_sm2_scalar_add));
            assert_eq!((x - y).0, fiat(a, b, fiat_sm2_scalar_sub));
            assert_eq!((x * y).0, fiat(a, b, fiat_sm2_scalar_mul));
        }
    }
}

#[test]
fn scalars_multiply_by_any_256_bits() {
    let inverse = (BigUint::from(1_u8) << 256_u32).modinv(&big(&N)).unwrap_or_default();
    for a in values(&N) {
        for b in scalars() {
            let expected = big(&a) * big(&b) * &inverse % big(&N);
            assert_eq!(big(&mul_n(&a, &b)), expected, "{a:x?} {b:x?}");
        }
    }
}

#[test]
fn bytes_of_n_and_more_are_refused_or_reduced() {
    for value in values(&N) {
        let bytes = limbs::to_be_bytes(&value);
        let number = BigUint::from_bytes_be(&bytes);
        assert_eq!(bool::from(Scalar::from_bytes(&bytes).is_some()), number < big(&N));
        let random = Scalar::from_random(&bytes);
        assert_eq!(bool::from(random.is_some()), number < big(&N) && number > BigUint::ZERO);
        let reduced = Scalar::from_bytes_reduced(&bytes);
        assert_eq!(BigUint::from_bytes_be(&reduced.to_bytes()), number % big(&N));
    }
}

#[test]
fn coordinates_are_reduced_modulo_n() {
    for value in values(&P) {
        let x = FieldElement::from_integer(&value);
        let expected = big(&value) % big(&P) % big(&N);
        assert_eq!(big(&Scalar::from_coordinate(&x).to_integer()), expected);
    }
}

#[test]
fn inverses_are_inverses_and_zero_stays_zero() {
    for a in scalars() {
        let a = Scalar::montgomery(a);
        let expected = if a.0 == [0; 4] { Scalar::ZERO } else { Scalar::ONE };
        assert_eq!((a * a.invert()).0, expected.0);
        assert_eq!(a.invert().invert().0, a.0);
    }
}
