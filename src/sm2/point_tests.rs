//! Points against the affine formulas of the textbook and against RustCrypto's `sm2`, on every kernel.

extern crate std;

use super::*;
use crate::sm2::{
    backend::Backend,
    base_table::{LARGE_TABLE, SMALL_TABLE},
    multiply::KeyTable,
    test_values::{big, values},
};
use num_bigint::BigUint;
use sm2_oracle::{
    ProjectivePoint,
    elliptic_curve::{PrimeField, sec1::ToSec1Point},
};
use std::{vec, vec::Vec};

/// A point as its affine coordinates, none for O.
type Plain = Option<(BigUint, BigUint)>;

fn plain(point: &JacobianPoint) -> Plain {
    let point: Option<AffinePoint> = point.to_affine().into();
    point.map(|p| (big(&p.x.to_integer()), big(&p.y.to_integer())))
}

/// The sum by the rule of chord and tangent (GB/T 32918.1-2016, 3.2.3.1).
fn plain_add(a: &Plain, b: &Plain) -> Plain {
    let p = big(&limbs::P);
    let (Some((x1, y1)), Some((x2, y2))) = (a, b) else {
        return a.clone().or_else(|| b.clone());
    };
    let (over, under) = if x1 != x2 {
        (&p + y2 - y1, &p + x2 - x1)
    } else if y1 == y2 {
        (x1 * x1 * 3_u32 + &p - 3_u32, y1 * 2_u32)
    } else {
        return None;
    };
    let slope = over * under.modinv(&p)? % &p;
    let x3 = (&slope * &slope + &p + &p - x1 - x2) % &p;
    let y3 = (slope * (&p + x1 - &x3) + &p - y1) % &p;
    Some((x3, y3))
}

/// k·G by RustCrypto's code.
fn oracle(k: &Scalar) -> Plain {
    let scalar = sm2_oracle::Scalar::from_repr(k.to_bytes().into());
    let k: Option<sm2_oracle::Scalar> = scalar.into();
    let point = (ProjectivePoint::GENERATOR * k?).to_affine().to_sec1_point(false);
    let (x, y) = point.as_bytes().get(1..)?.split_at_checked(32)?;
    Some((BigUint::from_bytes_be(x), BigUint::from_bytes_be(y)))
}

fn small(k: u64) -> Scalar {
    Scalar::from_integer(&[k, 0, 0, 0])
}

/// Small ones, those near n, and those where the last addition would be of equal points if digits were added from
/// the lowest up, or had five bits.
fn scalars() -> Vec<Scalar> {
    let mut scalars: Vec<Scalar> = (0..=40).flat_map(|k| [small(k), -small(k)]).collect();
    let two_252 = Scalar::from_integer(&[0, 0, 0, 1 << 60]);
    scalars.extend([small(30) * two_252, -small(30) * two_252]);
    scalars.extend(values(&limbs::N).iter().step_by(3).map(Scalar::from_integer));
    scalars
}

/// A point with a Z that is not 1.
fn multiple(k: u64, backend: Backend) -> JacobianPoint {
    backend.mul(&small(k), &AffinePoint::GENERATOR)
}

#[test]
fn the_generator_is_on_the_curve_and_has_order_n() {
    let AffinePoint { x, y } = AffinePoint::GENERATOR;
    assert!(bool::from(AffinePoint::from_coordinates(x, y).is_some()));
    assert!(bool::from(AffinePoint::from_coordinates(y, x).is_none()));
    for backend in Backend::all() {
        let minus = backend.mul_base(&-Scalar::ONE);
        assert!(bool::from(minus.ct_eq(&JacobianPoint::from(AffinePoint::GENERATOR).negate())));
        assert!(bool::from(backend.mul_base(&Scalar::ZERO).is_identity()));
        assert!(bool::from(backend.mul(&Scalar::ZERO, &AffinePoint::GENERATOR).is_identity()));
    }
}

#[test]
fn small_multiples_are_those_of_the_textbook() {
    let g = plain(&AffinePoint::GENERATOR.into());
    for backend in Backend::all() {
        let mut sum = None;
        for k in 0..=40 {
            assert_eq!(plain(&backend.mul_table(&small(k), &LARGE_TABLE)), sum, "{k}·G");
            assert_eq!(plain(&backend.mul_table(&small(k), &SMALL_TABLE)), sum, "{k}·G");
            assert_eq!(plain(&multiple(k, backend)), sum, "{k}·G as k·P");
            sum = plain_add(&sum, &g);
        }
    }
}

#[test]
fn every_multiple_is_that_of_the_oracle() {
    for backend in Backend::all() {
        for k in scalars() {
            let expected = oracle(&k);
            let k_bytes = k.to_bytes();
            let large = backend.mul_table(&k, &LARGE_TABLE);
            assert_eq!(plain(&large), expected, "{k_bytes:x?}·G");
            let small_table = backend.mul_table(&k, &SMALL_TABLE);
            assert_eq!(plain(&small_table), expected, "{k_bytes:x?}·G, small table");
            let m = small(0x1234_5678_9abc_def1);
            let p: Option<AffinePoint> = backend.mul_base(&m).to_affine().into();
            let p = p.unwrap_or_default();
            assert_eq!(plain(&backend.mul(&(k * m.invert()), &p)), expected, "{k_bytes:x?}/m·P");
        }
    }
}

#[test]
fn sums_of_all_pairs_are_right() {
    for backend in Backend::all() {
        let mut points = vec![JacobianPoint::IDENTITY, AffinePoint::GENERATOR.into()];
        for k in [0, 1, 2, 3, 5] {
            points.extend([multiple(k, backend), multiple(k, backend).negate()]);
        }
        // An O as it comes out of the formulas, not (1, 1, 0).
        points.push(backend.mul_base(&Scalar::ZERO));
        for p in &points {
            assert_eq!(plain(&backend.double(p)), plain_add(&plain(p), &plain(p)));
            for q in &points {
                let sum = backend.add(p, q);
                assert_eq!(plain(&sum), plain_add(&plain(p), &plain(q)));
                let difference = backend.add(&sum, &q.negate());
                assert!(bool::from(difference.ct_eq(p)));
                assert_eq!(bool::from(p.ct_eq(q)), plain(p) == plain(q));
            }
        }
    }
}

#[test]
fn sums_of_two_multiples_are_right_where_terms_are_equal_or_opposite() {
    let zero = Scalar::ZERO;
    for backend in Backend::all() {
        let mut table = KeyTable::zero();
        for (m, count) in [(Scalar::ONE, 12), (-Scalar::ONE, 8), (small(2), 8), (small(77), 90)] {
            let p: Option<AffinePoint> = backend.mul_base(&m).to_affine().into();
            let p = p.unwrap_or_default();
            backend.prepare(&mut table, &p);
            for k in scalars().into_iter().take(count) {
                let other = small(0x7777_1111_3333_5555);
                for (u, v) in
                    [(k, other), (other, k), (k, k), (k, zero), (zero, k), (k * m, -k), (k * m, k)]
                {
                    let expected = oracle(&(u + v * m));
                    assert_eq!(plain(&backend.mul_add_vartime(&u, &v, &p)), expected);
                    let prepared = backend.mul_add_prepared_vartime(&u, &v, &table);
                    assert_eq!(plain(&prepared), expected);
                }
            }
        }
    }
}

/// One in eight pairs of first digits is equal: P and ±P then meet equal or opposite points.
#[test]
fn sums_of_two_secret_multiples_are_right_or_o_where_points_know_each_other() {
    for backend in Backend::all() {
        let mut failed = 0;
        for (i, s) in scalars().iter().enumerate() {
            let t = *s * *s + small(i as u64);
            for (factor, related) in [(small(1), true), (-small(1), true), (t * t, false)] {
                let points = [small(7), small(7) * factor];
                let sum = *s * points[0] + t * points[1];
                let points = points.map(|k| backend.mul_base(&k));
                let two = backend.mul_two([s, &t], points.each_ref());
                if related && bool::from(two.is_identity()) {
                    failed += 1;
                } else if !bool::from(s.is_zero() | t.is_zero()) {
                    assert_eq!(plain(&two), oracle(&sum), "{i}");
                }
            }
        }
        assert!(failed > 0);
    }
}

#[test]
fn points_are_found_by_x_and_the_parity_of_y() {
    Backend::all().for_each(points_are_found_on);
}

fn points_are_found_on(backend: Backend) {
    for k in 1..20 {
        let p: Option<AffinePoint> = multiple(k, backend).to_affine().into();
        let p = p.unwrap_or_default();
        let same: Option<AffinePoint> = backend.point_from_x(p.x, p.y.is_odd()).into();
        assert!(bool::from(same.unwrap_or_default().ct_eq(&p)));
        let other: Option<AffinePoint> = backend.point_from_x(p.x, !p.y.is_odd()).into();
        assert!(bool::from(other.unwrap_or_default().y.ct_eq(&-p.y)));
    }
    let on_curve = (0..100).filter(|x| {
        let x = FieldElement::from_integer(&[*x, 0, 0, 0]);
        bool::from(backend.point_from_x(x, Choice::from(0)).is_some())
    });
    assert!((30..70).contains(&on_curve.count()));
}

#[test]
fn a_batch_of_points_becomes_affine_whatever_is_among_them() {
    let backend = Backend::best();
    let o = JacobianPoint::IDENTITY;
    for points in [
        vec![],
        vec![o],
        vec![multiple(2, backend)],
        vec![o, multiple(3, backend), o, o, multiple(4, backend), multiple(4, backend), o],
    ] {
        let mut affine = vec![AffinePoint::GENERATOR; points.len()];
        JacobianPoint::batch_to_affine(&points, &mut affine);
        for (point, affine) in points.iter().zip(&affine) {
            let expected: Option<AffinePoint> = point.to_affine().into();
            assert!(bool::from(expected.unwrap_or_default().ct_eq(affine)));
        }
    }
}

#[test]
fn x_is_compared_modulo_n() {
    let backend = Backend::best();
    for k in 1..20 {
        let p = multiple(k, backend);
        let x: Option<AffinePoint> = p.to_affine().into();
        let x = Scalar::from_coordinate(&x.unwrap_or_default().x);
        assert!(bool::from(p.x_is(&x)) && bool::from(p.negate().x_is(&x)));
        assert!(!bool::from(p.x_is(&(x + Scalar::ONE))) && !bool::from(p.x_is(&Scalar::ZERO)));
        assert!(!bool::from(JacobianPoint::IDENTITY.x_is(&x)));
    }
    // An x of n or more: n is below p.
    let n = FieldElement::from_integer(&limbs::N);
    let mut found = 0;
    for r in 0..20 {
        let x = n + FieldElement::from_integer(&[r, 0, 0, 0]);
        let p: Option<AffinePoint> = backend.point_from_x(x, Choice::from(1)).into();
        if let Some(p) = p {
            assert!(bool::from(JacobianPoint::from(p).x_is(&small(r))));
            found += 1;
        }
    }
    assert!(found > 0);
}
