//! The field against fiat-crypto's verified code and against integers of any size, on every kernel.

extern crate std;

use super::*;
use crate::sm2::{
    backend::{Backend, Kernel, with_kernel},
    limbs::{mul_p, mul_sub_mul_p, square_p},
    portable::Portable,
    test_values::{big, values},
};
use fiat_crypto::sm2_64::{
    fiat_sm2_add, fiat_sm2_from_montgomery, fiat_sm2_montgomery_domain_field_element as Fiat,
    fiat_sm2_mul, fiat_sm2_non_montgomery_domain_field_element as Plain, fiat_sm2_opp,
    fiat_sm2_square, fiat_sm2_sub, fiat_sm2_to_montgomery,
};
use num_bigint::BigUint;
use std::vec::Vec;

fn elements() -> Vec<Limbs> {
    values(&P).into_iter().filter(|value| big(value) < big(&P)).collect()
}

fn fiat(a: &Limbs, b: &Limbs, operation: impl Fn(&mut Fiat, &Fiat, &Fiat)) -> Limbs {
    let mut out = Fiat([0; 4]);
    operation(&mut out, &Fiat(*a), &Fiat(*b));
    out.0
}

#[test]
fn every_kernel_agrees_with_fiat_crypto() {
    fn check<K: Kernel>(k: K) {
        let elements = elements();
        for a in &elements {
            let x = FieldElement::montgomery(*a);
            assert_eq!(k.square(&x).0, fiat(a, a, |out, a, _| fiat_sm2_square(out, a)));
            for b in &elements {
                let y = FieldElement::montgomery(*b);
                let product = fiat(a, b, fiat_sm2_mul);
                assert_eq!(k.mul(&x, &y).0, product, "{a:x?} {b:x?}");
                assert_eq!(k.add(&x, &y).0, fiat(a, b, fiat_sm2_add), "{a:x?} {b:x?}");
                assert_eq!(k.sub(&x, &y).0, fiat(a, b, fiat_sm2_sub), "{a:x?} {b:x?}");
                let square = fiat(b, b, fiat_sm2_mul);
                let expected = fiat(&product, &square, fiat_sm2_sub);
                assert_eq!(k.mul_sub_square(&x, &y, &y).0, expected, "{a:x?} {b:x?}");
                let c = if a[1] & 1 == b[1] & 1 { *a } else { square };
                let other = fiat(&c, b, fiat_sm2_mul);
                let z = FieldElement::montgomery(c);
                let expected = fiat(&product, &other, fiat_sm2_sub);
                assert_eq!(k.mul_sub_mul(&x, &y, &z, &y).0, expected, "{a:x?} {b:x?} {c:x?}");
            }
        }
    }
    for backend in Backend::all() {
        with_kernel!(backend, kernel => check(kernel));
    }
}

#[test]
fn every_kernel_multiplies_by_any_256_bits() {
    fn check<K: Kernel>(k: K) {
        let inverse = (big(&[0, 0, 0, 1]) << 64_u32).modinv(&big(&P)).unwrap_or_default();
        for a in values(&P) {
            for b in elements() {
                let (x, y) = (FieldElement::montgomery(a), FieldElement::montgomery(b));
                let expected = big(&a) * big(&b) * &inverse % big(&P);
                assert_eq!(big(&k.mul(&x, &y).0), expected, "{a:x?} {b:x?}");
                assert_eq!(big(&k.mul(&y, &x).0), expected, "{a:x?} {b:x?}");
            }
        }
    }
    for backend in Backend::all() {
        with_kernel!(backend, kernel => check(kernel));
    }
}

#[test]
fn sums_and_bytes_agree_with_fiat_crypto() {
    let elements = elements();
    for a in &elements {
        let x = FieldElement::montgomery(*a);
        assert_eq!((-x).0, fiat(a, a, |out, a, _| fiat_sm2_opp(out, a)));
        assert_eq!((x.half() + x.half()).0, *a);
        let mut integer = Plain([0; 4]);
        fiat_sm2_from_montgomery(&mut integer, &Fiat(*a));
        assert_eq!(x.to_integer(), integer.0);
        let mut montgomery = Fiat([0; 4]);
        fiat_sm2_to_montgomery(&mut montgomery, &integer);
        assert_eq!(FieldElement::from_integer(&integer.0).0, montgomery.0);
        for b in &elements {
            let y = FieldElement::montgomery(*b);
            assert_eq!((x + y).0, fiat(a, b, fiat_sm2_add));
            assert_eq!((x - y).0, fiat(a, b, fiat_sm2_sub));
            assert_eq!(mul_p(a, b), fiat(a, b, fiat_sm2_mul));
            assert_eq!(square_p(a), mul_p(a, a));
            assert_eq!(mul_sub_mul_p(a, b, b, b), (x * y - y * y).0);
        }
    }
}

#[test]
fn bytes_of_p_and_more_are_refused() {
    for value in values(&P) {
        let bytes = limbs::to_be_bytes(&value);
        let number = BigUint::from_bytes_be(&bytes);
        let element = FieldElement::from_bytes(&bytes);
        assert_eq!(bool::from(element.is_some()), number < big(&P));
        let reduced = FieldElement::from_bytes_reduced(&bytes);
        assert_eq!(BigUint::from_bytes_be(&reduced.to_bytes()), number % big(&P));
    }
}

#[test]
fn inverses_are_inverses_and_zero_stays_zero() {
    for a in elements() {
        let a = FieldElement::montgomery(a);
        let expected = if a.0 == [0; 4] { FieldElement::ZERO } else { FieldElement::ONE };
        assert_eq!((a * a.invert()).0, expected.0);
        assert_eq!(a.invert().invert().0, a.0);
    }
}

#[test]
fn square_roots_are_of_squares_alone() {
    let (mut squares, mut others) = (0, 0);
    for a in elements() {
        let a = FieldElement::montgomery(a);
        let root: Option<FieldElement> = a.square().sqrt(Portable).into();
        assert!(root.is_some_and(|root| root.0 == a.0 || root.0 == (-a).0));
        // −1 is no square, p being 3 modulo 4.
        if a.0 != [0; 4] {
            assert!(bool::from((-a.square()).sqrt(Portable).is_none()));
            let is_square = bool::from(a.sqrt(Portable).is_some());
            squares += u32::from(is_square);
            others += u32::from(!is_square);
        }
    }
    assert!(squares > 0 && others > 0);
}
