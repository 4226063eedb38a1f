//! Eight points at once against one.

extern crate std;

use super::*;
use crate::sm2::{
    base_table::{LARGE_TABLE, NafTable, SMALL_TABLE},
    digits::OddDigits,
};
use std::vec::Vec;
use subtle::ConstantTimeEq;

/// Sums of all lanes by each backend that has them.
fn sums(
    u: &[Scalar; LANES],
    v: &[Scalar; LANES],
    points: &[AffinePoint; LANES],
) -> Vec<[JacobianPoint; LANES]> {
    let one = |backend: Backend| {
        let mut sums = [JacobianPoint::IDENTITY; LANES];
        backend.mul_add_lanes_vartime(u, v, points, &mut sums);
        sums
    };
    Backend::all().filter(|backend| backend.has_lanes()).map(one).collect()
}

fn equal(a: &JacobianPoint, b: &JacobianPoint) -> bool {
    a.ct_eq(b).into()
}

#[test]
fn lanes_add_multiples_as_one_by_one() {
    let mut x = Scalar::from_integer(&[7, 8, 9, 10]);
    let mut next = || {
        x = x * x + Scalar::ONE;
        x
    };
    for round in 0..40_usize {
        let (mut u, mut v): ([_; LANES], [_; LANES]) =
            (core::array::from_fn(|_| next()), core::array::from_fn(|_| next()));
        let points = core::array::from_fn(|_| {
            Backend::Portable.mul_base(&next()).to_affine().expect("not O")
        });
        // Small ones and those near n, in one lane or another.
        let small = Scalar::from_integer(&[round as u64, 0, 0, 0]);
        (u[round % LANES], v[round / 3 % LANES]) = (small, -small);
        for sums in sums(&u, &v, &points) {
            for (lane, sum) in sums.iter().enumerate() {
                let right = Backend::Portable.mul_add_vartime(&u[lane], &v[lane], &points[lane]);
                assert!(equal(sum, &right), "lane {lane}, round {round}");
            }
        }
    }
}

#[test]
fn lanes_say_o_where_equal_points_meet() {
    // The lowest digit of 1 is d = 1 − 2ʷ. Before it is added the sum is 2d − 1 + 1 − d = d, in multiples of G.
    let d = Scalar::ONE - Scalar::from_integer(&[1 << (NafTable::NAF_WIDTH - 1), 0, 0, 0]);
    let (u, v) = ([Scalar::ONE; LANES], [d + d - Scalar::ONE; LANES]);
    for sums in sums(&u, &v, &[AffinePoint::GENERATOR; LANES]) {
        assert!(sums.iter().all(|sum| sum.is_identity().into()));
    }
    // 1·G + 1·(−G), which is O.
    let minus_g = AffinePoint { y: -AffinePoint::GENERATOR.y, ..AffinePoint::GENERATOR };
    for sums in sums(&u, &u, &[minus_g; LANES]) {
        assert!(sums.iter().all(|sum| sum.is_identity().into()));
    }
}

#[test]
fn lanes_multiply_by_tables_as_one_by_one() {
    let mut x = Scalar::from_integer(&[3, 1, 4, 1]);
    let mut next = || {
        x = x * x + Scalar::ONE;
        x
    };
    for backend in Backend::all() {
        for count in [0, 1, 2, 3, 7, 8, 9, 16, 21] {
            let mut scalars: Vec<_> = (0..count).map(|_| next()).collect();
            // Those with a result that is O, G, 2G and −G among them.
            for (i, scalar) in scalars.iter_mut().enumerate().skip(1).step_by(3) {
                *scalar = Scalar::from_integer(&[i as u64 / 3, 0, 0, 0]) - Scalar::ONE;
            }
            let right = scalars.iter().map(|k| Backend::Portable.mul_base(k));
            let right: Vec<_> = right.collect();
            let mut products = std::vec![JacobianPoint::IDENTITY; count];
            let mut check = |multiply: &dyn Fn(&mut [JacobianPoint])| {
                products.fill(JacobianPoint::IDENTITY);
                multiply(&mut products);
                assert!(products.iter().zip(&right).all(|(product, right)| equal(product, right)));
            };
            check(&|products| backend.mul_base_many(&scalars, products));
            let lanes = scalars.chunks(LANES);
            if backend.has_lanes() {
                check(&|products| {
                    for (k, products) in lanes.clone().zip(products.chunks_mut(LANES)) {
                        backend.mul_table_lanes(k, &LARGE_TABLE, products);
                    }
                });
                check(&|products| {
                    for (k, products) in lanes.clone().zip(products.chunks_mut(LANES)) {
                        backend.mul_table_lanes(k, &SMALL_TABLE, products);
                    }
                });
            }
            check(&|products| {
                for (k, product) in scalars.iter().zip(products) {
                    *product = backend.mul_large_table(k, &LARGE_TABLE);
                }
            });
        }
    }
}

#[test]
fn lanes_with_a_table_of_the_key_add_as_one_by_one() {
    let mut table = KeyTable::zero();
    let d = Scalar::from_integer(&[1, 2, 3, 4]);
    let point: AffinePoint = Backend::Portable.mul_base(&d).to_affine().expect("not O");
    Backend::Portable.prepare(&mut table, &point);
    let scalar = |i: u64| d * d + Scalar::from_integer(&[i, i << 7, 0, i]);
    let (u, mut v) = (core::array::from_fn(|i| scalar(i as u64)), [Scalar::ONE; LANES]);
    for i in 0..20 {
        v.rotate_left(1);
        v[0] = scalar(i);
        // For this one u·G = −v·P.
        v[1] = -u[1] * d.invert();
        for backend in Backend::all().filter(|backend| backend.has_lanes()) {
            let mut sums = [JacobianPoint::IDENTITY; LANES];
            backend.mul_add_prepared_lanes_vartime(&u, &v, &table, &mut sums);
            for lane in 0..LANES {
                let right = Backend::Portable.mul_add_vartime(&u[lane], &v[lane], &point);
                assert!(equal(&sums[lane], &right), "lane {lane}, round {i}");
            }
        }
    }
}

/// The k whose terms with even and with odd numbers have equal sums: their difference is n.
#[test]
fn the_lowest_digit_comes_last() {
    let digits = OddDigits::<6>::new(&Scalar::ZERO, 43);
    let digit = |i: usize| {
        let (j, negative) = digits.digit(i);
        let digit = Scalar::from_integer(&[2 * j + 1, 0, 0, 0]);
        if (negative == 0) == i.is_multiple_of(2) { digit } else { -digit }
    };
    // Those of n, with the sign of each second changed.
    let k = (0..43)
        .rev()
        .fold(Scalar::ZERO, |k, i| k * Scalar::from_integer(&[64, 0, 0, 0]) + digit(i));
    for k in [k, -k] {
        for backend in Backend::all() {
            let product = backend.mul_large_table(&k, &LARGE_TABLE);
            assert!(equal(&product, &Backend::Portable.mul_table(&k, &SMALL_TABLE)));
        }
    }
}
