//! Integers modulo p and modulo n.

use super::{N, P, bytes, common::sm2::Counter, integers};
use shangmi::{
    elliptic_curve::{
        Field, Generate, PrimeField,
        array::Array,
        bigint::{ArrayEncoding, U256},
        consts::U32,
        ctutils::{CtEq, CtSelect},
        hazmat::FieldArithmetic,
        ops::{BatchInvert, Invert, Reduce, ReduceNonZero, Retrieve},
        scalar::{FromUintUnchecked, IsHigh},
        subtle::Choice,
        zeroize::Zeroize,
    },
    sm2::curve::{FieldElement, Scalar},
};

type Bytes = Array<u8, U32>;
type OracleField = <sm2_oracle::Sm2 as FieldArithmetic>::FieldElement;

/// Both as the bytes of the integer.
fn same<A: PrimeField<Repr = Bytes>, B: PrimeField<Repr = Bytes>>(ours: A, theirs: B) {
    assert_eq!(ours.to_repr(), theirs.to_repr());
}

fn constants_are_those_of_rustcrypto<A, B>()
where
    A: PrimeField<Repr = Bytes>,
    B: PrimeField<Repr = Bytes>,
{
    assert_eq!(A::MODULUS.to_lowercase(), B::MODULUS.to_lowercase());
    assert_eq!((A::NUM_BITS, A::CAPACITY, A::S), (B::NUM_BITS, B::CAPACITY, B::S));
    same(A::ZERO, B::ZERO);
    same(A::ONE, B::ONE);
    same(A::TWO_INV, B::TWO_INV);
    same(A::MULTIPLICATIVE_GENERATOR, B::MULTIPLICATIVE_GENERATOR);
    same(A::ROOT_OF_UNITY, B::ROOT_OF_UNITY);
    same(A::ROOT_OF_UNITY_INV, B::ROOT_OF_UNITY_INV);
    same(A::DELTA, B::DELTA);
    assert_eq!(A::default(), A::ZERO);
    assert_eq!(A::TWO_INV.double(), A::ONE);
    assert_eq!(A::ROOT_OF_UNITY.square(), A::ONE);
    assert!(bool::from(A::MULTIPLICATIVE_GENERATOR.sqrt().is_none()));
}

fn arithmetic_is_that_of_rustcrypto<A, B>(m: U256)
where
    A: PrimeField<Repr = Bytes> + Invert + CtEq + CtSelect + Zeroize,
    B: PrimeField<Repr = Bytes>,
{
    let mut both = Vec::new();
    for integer in integers(m) {
        let bytes = integer.to_be_byte_array();
        let (ours, theirs) = (Option::from(A::from_repr(bytes)), Option::from(B::from_repr(bytes)));
        assert_eq!(ours.is_some(), integer < m);
        assert_eq!(ours.is_some(), theirs.is_some());
        both.extend(ours.zip(theirs));
    }
    for (a, b) in &both {
        let (a, b): (A, B) = (*a, *b);
        same(a, b);
        same(-a, -b);
        same(a.square(), b.square());
        same(a.cube(), b.cube());
        same(a.double(), b.double());
        same(a.pow([5, 0, 1 << 63]), b.pow([5, 0, 1 << 63]));
        assert_eq!(bool::from(a.is_odd()), bool::from(b.is_odd()));
        assert_eq!(bool::from(a.is_zero()), bool::from(b.is_zero()));
        let (inverse, other) =
            (Option::<A>::from(Field::invert(&a)), Option::<B>::from(b.invert()));
        assert_eq!(inverse.is_some(), other.is_some());
        inverse.zip(other).into_iter().for_each(|(a, b)| same(a, b));
        let root = Option::<A>::from(a.sqrt());
        assert_eq!(root.is_some(), b.sqrt().is_some().into());
        assert!(root.is_none_or(|root| root.square() == a));
        let mut cleared = a;
        cleared.zeroize();
        assert_eq!(cleared, A::ZERO);
    }
    for (i, (a, b)) in both.iter().enumerate() {
        for (a2, b2) in both.iter().skip(i % 5).step_by(5) {
            same(*a + *a2, *b + *b2);
            same(*a - a2, *b - b2);
            same(*a * *a2, *b * *b2);
            assert_eq!(bool::from(CtEq::ct_eq(a, a2)), a == a2);
            for choice in [0, 1] {
                let chosen = if choice == 0 { a } else { a2 };
                let choice = Choice::from(choice);
                assert_eq!(A::conditional_select(a, a2, choice), *chosen);
                assert_eq!(a.ct_select(a2, choice.into()), *chosen);
            }
            let (mut sum, mut difference, mut product) = (*a, *a, *a);
            sum += a2;
            difference -= *a2;
            product *= a2;
            assert_eq!([sum, difference, product], [*a + a2, *a - a2, *a * a2]);
            ratio_has_a_root(a, a2);
        }
    }
    let (ours, theirs): (Vec<A>, Vec<B>) = both.into_iter().unzip();
    same(ours.iter().sum::<A>(), theirs.iter().sum::<B>());
    same(ours.into_iter().skip(1).product::<A>(), theirs.into_iter().skip(1).product::<B>());
}

/// As the documentation of `ff` has it.
fn ratio_has_a_root<A: PrimeField>(num: &A, div: &A) {
    let (is_square, root) = A::sqrt_ratio(num, div);
    let is_square = bool::from(is_square);
    if bool::from(num.is_zero()) {
        assert!(is_square && root == A::ZERO);
    } else if bool::from(div.is_zero()) {
        assert!(!is_square && root == A::ZERO);
    } else if is_square {
        assert_eq!(root.square() * div, *num);
    } else {
        assert_eq!(root.square() * div, A::ROOT_OF_UNITY * num);
        assert!(bool::from(
            (*num * Option::<A>::from(div.invert()).expect("not 0")).sqrt().is_none()
        ));
    }
}

#[test]
fn scalars_are_those_of_rustcrypto() {
    constants_are_those_of_rustcrypto::<Scalar, sm2_oracle::Scalar>();
    arithmetic_is_that_of_rustcrypto::<Scalar, sm2_oracle::Scalar>(N);
}

#[test]
fn field_elements_are_those_of_rustcrypto() {
    constants_are_those_of_rustcrypto::<FieldElement, OracleField>();
    arithmetic_is_that_of_rustcrypto::<FieldElement, OracleField>(P);
}

#[test]
fn scalars_are_integers_and_back() {
    for integer in integers(N) {
        let scalar = Scalar::reduce(&integer);
        let theirs = sm2_oracle::Scalar::reduce(&integer);
        same(scalar, theirs);
        assert_eq!(scalar, Scalar::reduce(&integer.to_be_byte_array()));
        assert_eq!(scalar, Scalar::from_uint_unchecked(integer));
        assert_eq!(scalar.retrieve(), theirs.retrieve());
        assert_eq!(bool::from(scalar.is_high()), bool::from(theirs.is_high()));
        assert_eq!(bool::from(scalar.is_high()), scalar.retrieve() > N.shr_vartime(1));
        assert_eq!(Bytes::from(scalar), scalar.to_repr());
        for other in integers(N) {
            let other = Scalar::reduce(&other);
            assert_eq!(
                scalar.partial_cmp(&other),
                scalar.retrieve().partial_cmp(&other.retrieve())
            );
        }
        // (integer mod (n − 1)) + 1.
        let less = N.wrapping_sub(&U256::ONE);
        let reduced = if integer < less { integer } else { integer.wrapping_sub(&less) };
        let nonzero = Scalar::reduce_nonzero(&integer);
        assert_eq!(nonzero.retrieve(), reduced.wrapping_add(&U256::ONE));
        assert!(!bool::from(nonzero.is_zero()));
    }
    for integer in integers(P) {
        let element = FieldElement::reduce(&integer);
        let reduced = if integer < P { integer } else { integer.wrapping_sub(&P) };
        assert_eq!(element.retrieve(), reduced);
    }
    assert_eq!(Scalar::from(7_u64), Scalar::from(7_u32));
    assert_eq!(FieldElement::from_u128(1 << 100).to_repr().0, bytes(U256::ONE.shl_vartime(100)));
}

#[test]
fn many_are_inverted_at_once() {
    let mut scalars: Vec<_> = integers(N).iter().map(Scalar::reduce).collect();
    let before = scalars.clone();
    let mut scratch = before.clone();
    Scalar::batch_invert_in_place(&mut scalars, &mut scratch);
    for (inverse, scalar) in scalars.iter().zip(&before) {
        assert_eq!(*inverse, Option::from(Field::invert(scalar)).unwrap_or(Scalar::ZERO));
    }
}

#[test]
fn random_ones_are_in_range() {
    for first in 0..=255 {
        let scalar = Scalar::generate_from_rng(&mut Counter(first));
        assert!(scalar.retrieve() < N);
        assert!(FieldElement::generate_from_rng(&mut Counter(first)).retrieve() < P);
    }
}

#[test]
fn debug_shows_nothing() {
    let scalar = Scalar::from(0x1234_5678_u64);
    assert_eq!(format!("{scalar:?}"), "Scalar { .. }");
    assert_eq!(format!("{:?}", FieldElement::from(3_u64)), "FieldElement { .. }");
}
