//! Points and their multiples.
#![allow(clippy::op_ref, reason = "each form of an operator is tried")]

use super::{N, bytes, common::sm2::Counter, integers};
use proptest::prelude::*;
use shangmi::{
    elliptic_curve::{
        BatchNormalize, CurveAffine, CurveGroup, Field, Generate, Group,
        bigint::U256,
        ctutils::CtEq,
        group::{GroupEncoding, cofactor::CofactorGroup},
        ops::{LinearCombination, MulByGeneratorVartime, MulVartime, Reduce, Retrieve},
        point::{AffineCoordinates, DecompressPoint, NonIdentity},
        sec1::{FromSec1Point, ToSec1Point},
        subtle::{Choice, ConditionallySelectable},
        zeroize::Zeroize,
    },
    sm2::curve::{AffinePoint, ProjectivePoint, Scalar},
};
use sm2_oracle::{
    AffinePoint as OracleAffine, ProjectivePoint as OraclePoint, Scalar as OracleScalar,
};

/// Both as SEC 1, O included, and as `group` has them.
fn same(ours: ProjectivePoint, theirs: OraclePoint) {
    let (ours, theirs) = (ours.to_affine(), theirs.to_affine());
    for compress in [false, true] {
        let (ours, theirs) = (ours.to_sec1_point(compress), theirs.to_sec1_point(compress));
        assert_eq!(ours.as_bytes(), theirs.as_bytes());
    }
    assert_eq!(GroupEncoding::to_bytes(&ours), GroupEncoding::to_bytes(&theirs));
}

/// Multiples of G by 0, ±1, ±2, … and others, as (k, ours, theirs).
fn points() -> Vec<(Scalar, ProjectivePoint, OraclePoint)> {
    let multiples = integers(N).into_iter().step_by(3).map(|k| {
        let (ours, theirs) = (Scalar::reduce(&k), OracleScalar::reduce(&k));
        (ours, ProjectivePoint::GENERATOR * ours, OraclePoint::GENERATOR * theirs)
    });
    multiples.collect()
}

#[test]
fn multiples_are_those_of_rustcrypto() {
    for k in integers(N) {
        let (ours, theirs) = (Scalar::reduce(&k), OracleScalar::reduce(&k));
        let expected = OraclePoint::mul_by_generator(&theirs);
        let product = ProjectivePoint::mul_by_generator(&ours);
        same(product, expected);
        assert_eq!(ProjectivePoint::GENERATOR * ours, product);
        assert_eq!(AffinePoint::GENERATOR * &ours, product);
        assert_eq!(ours * ProjectivePoint::GENERATOR, product);
        assert_eq!(&ours * &AffinePoint::GENERATOR, product);
        assert_eq!(ProjectivePoint::mul_by_generator_vartime(&ours), product);
        assert_eq!(ProjectivePoint::GENERATOR.mul_vartime(&ours), product);
        assert_eq!(ours.mul_vartime(AffinePoint::GENERATOR), product);
        let mut assigned = ProjectivePoint::GENERATOR;
        assigned *= ours;
        assert_eq!(assigned, product);
    }
    for (k, ours, theirs) in points() {
        for integer in integers(N).into_iter().step_by(2) {
            let (scalar, other) = (Scalar::reduce(&integer), OracleScalar::reduce(&integer));
            let product = ours * scalar;
            same(product, theirs * other);
            assert_eq!(product, ProjectivePoint::mul_by_generator(&(k * scalar)));
            assert_eq!(ours.mul_vartime(scalar), product);
        }
    }
}

#[test]
fn sums_are_those_of_rustcrypto() {
    let points = points();
    for (k, a, b) in &points {
        same(-*a, -*b);
        same(a.double(), b.double());
        assert_eq!(a.is_identity().unwrap_u8(), k.is_zero().unwrap_u8());
        for (k2, a2, b2) in &points {
            let sum = a + a2;
            same(sum, *b + b2);
            same(a - a2, *b - b2);
            assert_eq!(sum, ProjectivePoint::mul_by_generator(&(k + k2)));
            let affine = a2.to_affine();
            assert_eq!(a + affine, sum);
            assert_eq!(a - &affine, a - a2);
            let (mut added, mut subtracted) = (*a, *a);
            added += affine;
            subtracted -= a2;
            assert_eq!((added, subtracted), (sum, a - a2));
            assert_eq!(a == a2, k == k2);
            assert_eq!(bool::from(CtEq::ct_eq(&a.to_affine(), &affine)), k == k2);
        }
        assert_eq!(a + a, a.double());
        assert_eq!(a - a, ProjectivePoint::IDENTITY);
        assert_eq!(a + ProjectivePoint::IDENTITY, *a);
        assert_eq!(ProjectivePoint::IDENTITY + AffinePoint::from(a), *a);
        let minus_one = -Scalar::ONE;
        assert_eq!(a * &minus_one, -a);
    }
    let all: ProjectivePoint = points.iter().map(|(_, point, _)| point).sum();
    let k: Scalar = points.iter().map(|(k, ..)| k).sum();
    assert_eq!(all, ProjectivePoint::mul_by_generator(&k));
}

#[test]
fn linear_combinations_are_sums_of_products() {
    let points = points();
    for pair in points.windows(2) {
        let ((a, p, _), (b, q, _)) = (pair[0], pair[1]);
        let sum = p * b + q * a;
        assert_eq!(ProjectivePoint::lincomb(&[(p, b), (q, a)]), sum);
        assert_eq!(ProjectivePoint::lincomb_vartime(&[(p, b), (q, a)]), sum);
        assert_eq!(ProjectivePoint::lincomb(&[(p, b), (q, a)][..]), sum);
        assert_eq!(ProjectivePoint::lincomb_vartime(&[(p, b), (q, a)][..]), sum);
        let sum = ProjectivePoint::GENERATOR * a + p * b;
        assert_eq!(ProjectivePoint::mul_by_generator_and_mul_add_vartime(&a, &b, &p), sum);
    }
}

#[test]
fn many_are_made_affine_at_once() {
    let points: Vec<_> = points().into_iter().map(|(_, point, _)| point).cycle().take(70).collect();
    for n in [0, 1, 2, 31, 32, 33, 64, 70] {
        let mut affine = vec![AffinePoint::GENERATOR; n];
        <ProjectivePoint as CurveGroup>::batch_normalize(&points[..n], &mut affine);
        assert!(points.iter().zip(&affine).all(|(point, affine)| point.to_affine() == *affine));
    }
    let five: [ProjectivePoint; 5] = std::array::from_fn(|i| points[i]);
    let affine = <ProjectivePoint as BatchNormalize<_>>::batch_normalize(&five);
    assert_eq!(affine, five.map(AffinePoint::from));
    #[cfg(feature = "alloc")]
    assert_eq!(<ProjectivePoint as BatchNormalize<_>>::batch_normalize(&five[..]), affine);
}

#[test]
fn encoded_points_are_read() {
    for (_, point, theirs) in points() {
        let affine = point.to_affine();
        for compress in [false, true] {
            let encoded = theirs.to_affine().to_sec1_point(compress);
            let read = AffinePoint::from_sec1_bytes(encoded.as_bytes());
            assert_eq!(read.expect("a point"), affine);
            let read = ProjectivePoint::from_sec1_bytes(encoded.as_bytes());
            assert_eq!(read.expect("a point"), point);
        }
        let bytes = GroupEncoding::to_bytes(&point);
        assert_eq!(Option::from(ProjectivePoint::from_bytes(&bytes)), Some(point));
        assert_eq!(Option::from(AffinePoint::from_bytes_unchecked(&bytes)), Some(affine));
        if affine != AffinePoint::IDENTITY {
            let (x, y) = (affine.x(), affine.y());
            assert_eq!(Option::from(AffinePoint::from_coordinates(&x, &y)), Some(affine));
            assert_eq!(Option::from(AffinePoint::decompress(&x, affine.y_is_odd())), Some(affine));
            assert_eq!(
                Option::from(AffinePoint::decompress(&x, !affine.y_is_odd())),
                Some(-affine)
            );
            assert_eq!(affine.x_is_odd().unwrap_u8(), x[31] & 1);
        }
    }
}

#[test]
fn what_is_no_point_is_refused() {
    let good = ProjectivePoint::GENERATOR.to_affine().to_sec1_point(false);
    let good = good.as_bytes();
    let mut bad = vec![good[..64].to_vec(), [good, &[0]].concat(), vec![], vec![0, 0], vec![0; 65]];
    for at in [0, 1, 32, 33, 64] {
        let mut other = good.to_vec();
        other[at] ^= 1;
        bad.push(other);
    }
    bad.extend([5, 6, 7].map(|tag| [&[tag], &good[1..]].concat()));
    // The compact form, and x = p, p + 1 with each parity.
    bad.push([&[5], &good[1..33]].concat());
    for tag in [2, 3] {
        for x in [super::P, super::P.wrapping_add(&U256::ONE)] {
            bad.push([&[tag], &bytes(x)[..]].concat());
        }
    }
    for bytes in &bad {
        assert!(AffinePoint::from_sec1_bytes(bytes).is_err());
        if let Ok(bytes) = <[u8; 33]>::try_from(&bytes[..]) {
            assert!(bool::from(ProjectivePoint::from_bytes(&bytes.into()).is_none()));
        }
    }
    let zero = [0; 32].into();
    assert!(bool::from(AffinePoint::from_coordinates(&zero, &zero).is_none()));
    for tag in [0, 1, 4, 5, 6, 7, 255] {
        let mut bytes = GroupEncoding::to_bytes(&ProjectivePoint::GENERATOR);
        bytes[0] = tag;
        assert!(bool::from(ProjectivePoint::from_bytes(&bytes).is_none()));
    }
    // One x in two is on the curve, for both implementations the same.
    let mut counts = [0; 2];
    for x in integers(N) {
        let x = bytes(x).into();
        let ours = bool::from(AffinePoint::decompress(&x, Choice::from(0)).is_some());
        assert_eq!(ours, OracleAffine::decompress(&x, Choice::from(0)).is_some().into());
        counts[usize::from(ours)] += 1;
    }
    assert!(counts.iter().all(|count| *count > 5));
}

#[test]
fn the_identity_is_the_default_and_no_other_point() {
    assert_eq!(AffinePoint::default(), AffinePoint::identity());
    assert_eq!(ProjectivePoint::default(), ProjectivePoint::identity());
    assert_eq!(ProjectivePoint::from(AffinePoint::IDENTITY), ProjectivePoint::IDENTITY);
    assert_eq!(-AffinePoint::IDENTITY, AffinePoint::IDENTITY);
    assert!(bool::from(NonIdentity::new(ProjectivePoint::IDENTITY).is_none()));
    assert!(NonIdentity::try_from(AffinePoint::IDENTITY).is_err());
    for (k, point, _) in points() {
        assert_eq!(NonIdentity::try_from(point).is_ok(), k != Scalar::ZERO);
        let mut cleared = (point, point.to_affine());
        cleared.0.zeroize();
        cleared.1.zeroize();
        assert_eq!(cleared, (ProjectivePoint::IDENTITY, AffinePoint::IDENTITY));
        let chosen = ProjectivePoint::conditional_select(&point, &cleared.0, Choice::from(1));
        assert_eq!(chosen, ProjectivePoint::IDENTITY);
        assert_eq!(Option::from(point.into_subgroup()), Some(point));
    }
}

#[test]
fn random_points_are_points() {
    let mut rng = Counter(3);
    let point = ProjectivePoint::generate_from_rng(&mut rng);
    let affine = AffinePoint::generate_from_rng(&mut rng);
    assert!(point != ProjectivePoint::IDENTITY && point.to_affine() != affine);
    let (x, y) = (affine.x(), affine.y());
    assert!(bool::from(AffinePoint::from_coordinates(&x, &y).is_some()));
}

fn scalar() -> impl Strategy<Value = Scalar> {
    any::<[u8; 32]>().prop_map(|bytes| Scalar::reduce(&U256::from_be_slice(&bytes)))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn scalars_are_a_field(a in scalar(), b in scalar(), c in scalar()) {
        prop_assert_eq!(a + b, b + a);
        prop_assert_eq!((a + b) + c, a + (b + c));
        prop_assert_eq!((a * b) * c, a * (b * c));
        prop_assert_eq!(a * (b + c), a * b + a * c);
        prop_assert_eq!(a - b, a + -b);
        let inverse = Option::from(Field::invert(&a)).unwrap_or(Scalar::ONE);
        prop_assert_eq!(a * inverse * a, a.square() * inverse);
    }

    #[test]
    fn points_are_a_group(a in scalar(), b in scalar(), c in scalar()) {
        let [p, q, r] = [a, b, c].map(|k| ProjectivePoint::mul_by_generator(&k));
        prop_assert_eq!(p + q, q + p);
        prop_assert_eq!((p + q) + r, p + (q + r));
        prop_assert_eq!(p * (b + c), p * b + p * c);
        prop_assert_eq!((p + q) * c, p * c + q * c);
        prop_assert_eq!(p * b * c, p * (b * c));
        let their = OraclePoint::mul_by_generator(&OracleScalar::reduce(&a.retrieve()));
        prop_assert_eq!(GroupEncoding::to_bytes(&p), GroupEncoding::to_bytes(&their));
    }
}
