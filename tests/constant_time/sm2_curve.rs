//! The curve of SM2 behind the traits of `elliptic-curve`, on the backend that is chosen: O and others alike.

use crate::{
    Watch,
    valgrind::{public, secret},
};
use shangmi::{
    elliptic_curve::{
        self, BatchNormalize, CurveGroup, Field, Group, NonZeroScalar, PrimeField, ecdh,
        group::GroupEncoding,
        ops::{Invert, LinearCombination, Reduce, ReduceNonZero},
        point::AffineCoordinates,
        scalar::IsHigh,
        sec1::ToSec1Point,
        subtle::ConstantTimeEq,
    },
    sm2::{
        SecretKey, Sm2,
        curve::{AffinePoint, FieldElement, ProjectivePoint, Scalar},
    },
};
use std::hint::black_box;

pub(crate) fn watch(watch: &mut Watch) {
    watch.operation("scalars of SM2", field::<Scalar>);
    watch.operation("field elements of SM2", field::<FieldElement>);
    watch.operation("reduction and comparison of scalars of SM2", || {
        for k in [[0; 32], [0x5a; 32], [0xff; 32]] {
            let k = secret(elliptic_curve::FieldBytes::<Sm2>::from(k));
            let (one, other) = (Scalar::reduce(&k), Scalar::reduce_nonzero(&k));
            black_box(public((one, other, one.is_high(), one.partial_cmp(&other))));
        }
    });
    watch.operation("points of SM2", points);
    watch.operation("encoded points of SM2", encodings);
    // elliptic-curve asks whether d is below n: a jump that is never taken.
    watch.operation_that_tells("key agreement with SM2 by elliptic-curve", 1, || {
        let key = SecretKey::from_bytes(&[0x42; 32]).expect("in range");
        let scalar = NonZeroScalar::<Sm2>::from(&secret(key.clone()));
        let shared = ecdh::diffie_hellman::<Sm2>(scalar, AffinePoint::GENERATOR);
        black_box(public(*shared.raw_secret_bytes()));
        let key = elliptic_curve::SecretKey::<Sm2>::from(&secret(key));
        black_box(public(key.to_bytes()));
    });
}

fn field<F: PrimeField + Invert>() {
    for (a, b) in [(0, 0), (0, 1), (2, 0), (3, 5), (7, 7)] {
        let (a, b) = (secret(F::from(a)), secret(F::from(b)));
        black_box(public([a + b, a - b, a * b, -a, a.square(), a.double()]));
        black_box(public((Field::invert(&a), Invert::invert(&a))));
        black_box(public((a.sqrt(), F::sqrt_ratio(&a, &b))));
        black_box(public((a.is_zero(), a.is_odd(), a.ct_eq(&b), a.to_repr())));
        black_box(public(F::from_repr(a.to_repr())));
        black_box(public(F::conditional_select(&a, &b, a.is_odd())));
    }
}

fn points() {
    let point = |k: u64| secret(ProjectivePoint::mul_by_generator(&Scalar::from(k)));
    for (a, b) in [(0, 0), (0, 1), (2, 0), (3, 5), (7, 7)] {
        let k = secret(Scalar::from(b) - Scalar::from(9_u64));
        let (p, q) = (point(a), point(b));
        black_box(public([
            p + q,
            p - q,
            -p,
            p.double(),
            p * k,
            ProjectivePoint::mul_by_generator(&k),
        ]));
        black_box(public([
            p + q.to_affine(),
            q.to_affine() * k,
            secret(AffinePoint::IDENTITY) * k,
        ]));
        black_box(public(ProjectivePoint::lincomb(&[(p, k), (q, k.square())])));
        black_box(public(<ProjectivePoint as BatchNormalize<_>>::batch_normalize(&[p, q])));
        black_box(public((p.ct_eq(&q), p.is_identity())));
    }
}

/// Those that are read are on the curve or not, and O or not.
fn encodings() {
    for k in [0, 1, 2, 3_u64] {
        let point = secret(ProjectivePoint::mul_by_generator(&Scalar::from(k)));
        let affine = point.to_affine();
        let bytes = GroupEncoding::to_bytes(&point);
        black_box(public((affine.x(), affine.y(), affine.to_sec1_point(true), bytes)));
        black_box(public(ProjectivePoint::from_bytes(&bytes)));
        black_box(public(AffinePoint::from_coordinates(&affine.x(), &affine.y())));
    }
}
