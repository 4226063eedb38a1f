//! Lanes against the field of one element.

extern crate std;

use super::*;
use crate::{
    cpu,
    sm2::{field::FieldElement, test_values::values},
};
use std::vec::Vec;

/// The results of all operations on each lane, and what they have to be.
#[target_feature(enable = "avx512f,avx512ifma")]
fn check(a: &[FieldElement; 8], b: &[FieldElement; 8], c: &[FieldElement; 8]) {
    let lanes = |f: &dyn Fn(FieldElement, FieldElement, FieldElement) -> FieldElement| {
        core::array::from_fn::<_, 8, _>(|i| f(a[i], b[i], c[i]).to_integer())
    };
    let twice = |x: FieldElement| x + x;
    let times_8 = |x| twice(twice(twice(x)));
    let [x, y, z] = [a, b, c].map(|lanes| Element::from_lanes(lanes));
    let compare = |element: Element, right: [Limbs; 8]| {
        assert!(element.0.iter().all(|limb| {
            let mut lanes = [0; 8];
            store(&mut lanes, *limb);
            lanes.iter().all(|limb| *limb <= MASK)
        }));
        let mut made = [FieldElement::ZERO; 8];
        element.write_lanes(&mut made);
        assert_eq!(made.map(FieldElement::to_integer), right);
    };
    // As they are read; and in [p, 2p).
    let above_p = |a: &[FieldElement; 8]| {
        let canonical = a.map(|a| radix_52(&limbs::shift(&a.0, 4, &P), 0));
        carried(limbs!(|i| {
            _mm512_add_epi64(load(&canonical.map(|limbs| limbs[i])), all(p_times(0)[i]))
        }))
    };
    for [x, y, z] in [[x, y, z], [above_p(a), above_p(b), above_p(c)]] {
        compare(x, lanes(&|a, _, _| a));
        compare(x.mul(&y), lanes(&|a, b, _| a * b));
        compare(x.square(), lanes(&|a, _, _| a * a));
        compare(x.mul_add_mul(&y, &z, &x), lanes(&|a, b, c| a * b + c * a));
        compare(x.add(&y), lanes(&|a, b, _| a + b));
        compare(x.twice(), lanes(&|a, _, _| a + a));
        compare(x.sub(&y), lanes(&|a, b, _| a - b));
        compare(x.sub_shifted::<1>(&y), lanes(&|a, b, _| a - twice(b)));
        compare(x.sub_shifted::<3>(&y), lanes(&|a, b, _| a - times_8(b)));
        compare(x.sub_thrice(&y), lanes(&|a, b, _| twice(a - b) + (a - b)));
        compare(x.four_times_sub(&y), lanes(&|a, b, _| twice(twice(a)) - b));
        compare(x.minus_shifted::<0>(), lanes(&|a, _, _| -a));
        compare(x.minus_shifted::<3>(), lanes(&|a, _, _| -times_8(a)));
        compare(x.negate_where(0xff), lanes(&|a, _, _| -a));
        compare(x.negate_where(0), lanes(&|a, _, _| a));
        compare(x.or_where(0xff, &y), lanes(&|_, b, _| b));
    }
    compare(Element::one(), [[1, 0, 0, 0]; 8]);
}

#[test]
fn lanes_are_the_field() {
    if cpu::Avx512Ifma::detect().is_none() {
        std::println!("NOT RUN: no avx512ifma");
        return;
    }
    let values: Vec<_> = values(&P).into_iter().map(|a| FieldElement::from_integer(&a)).collect();
    let at = |i: usize| values[i % values.len()];
    for i in 0..values.len() {
        for step in [0, 1, 3, 8] {
            let lanes = |step: usize| core::array::from_fn(|lane| at(i + step * (lane + 1)));
            // SAFETY: `detect` found them.
            unsafe { check(&lanes(1), &lanes(step), &lanes(7 * step + 1)) };
        }
    }
}
