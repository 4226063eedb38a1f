//! Eight points at once against one.

extern crate std;

use super::*;
use crate::sm2::base_table::NafTable;
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
    for round in 0..40 {
        let (mut u, mut v): ([_; LANES], [_; LANES]) =
            (core::array::from_fn(|_| next()), core::array::from_fn(|_| next()));
        let points = core::array::from_fn(|_| {
            Backend::Portable.mul_base(&next()).to_affine().expect("not O")
        });
        // Small ones and those near n, in one lane or another.
        let small = Scalar::from_integer(&[round, 0, 0, 0]);
        (u[round as usize % LANES], v[(round / 3) as usize % LANES]) = (small, -small);
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
