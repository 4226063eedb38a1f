//! Multiples of points: k·P, and u·G + v·P.

use super::{
    backend::Kernel,
    base_table::{BASE_TABLE, NAF_TABLE, NafTable},
    digits::{OddDigits, naf_vartime},
    field::FieldElement,
    limbs::{Limbs, opaque_mask},
    point::{AffinePoint, CachedPoint, JacobianPoint, negate_if},
    scalar::Scalar,
    table::Table,
};
use crate::secret::Temporary;

/// Bits of a digit of k in k·P. Bit 4 of n is 0, so that the proof of `docs/sm2-limbs.md` holds.
const WIDTH: u32 = 4;
const DIGITS: usize = 64;
/// Odd multiples of P: P, 3P, …, 15P.
const ROWS: usize = 1 << (WIDTH - 1);

/// Tables of a public key: 30 KiB.
pub(super) type KeyTable = Table<6, 32, 15, 3>;

/// k·P in constant time, for P ≠ O.
pub(super) fn mul<K: Kernel>(scalar: &Scalar, point: &JacobianPoint, k: K) -> JacobianPoint {
    let table = odd_multiples::<ROWS, K>(point, k).map(|point| cached_row(&point));
    let digits = OddDigits::<WIDTH>::new(scalar, DIGITS);
    let entry = |i| {
        let (j, negative) = digits.digit(i);
        from_cached_row(k.select(&table, j), negative)
    };
    let mut cleared = Temporary::<JacobianPoint>::new();
    let sum = &mut *cleared;
    *sum = entry(DIGITS - 1).point;
    for i in (0..DIGITS - 1).rev() {
        let mut zz = k.square(&sum.z);
        sum.double_times(&mut zz, WIDTH, k);
        sum.add_cached(&zz, &entry(i), k);
    }
    sum.y = negate_if(&sum.y, digits.negative());
    *sum
}

/// s·P + t·Q in constant time, for P ≠ O and Q ≠ O, by one chain of doublings.
///
/// Where equal or opposite points meet on the way, Z is 0, and stays so: take another way if the result is O. For
/// points that have nothing to do with each other that never happens; for Q = ±P with one pair (s, t) in eight.
pub(super) fn mul_two<K: Kernel>(
    [s, t]: [&Scalar; 2],
    points: [&JacobianPoint; 2],
    k: K,
) -> JacobianPoint {
    let tables =
        points.map(|point| odd_multiples::<ROWS, K>(point, k).map(|point| cached_row(&point)));
    let digits = [s, t].map(|scalar| OddDigits::<WIDTH>::new(scalar, DIGITS));
    let entry = |i: usize, which: usize| {
        let (j, negative) = digits[which].digit(i);
        from_cached_row(k.select(&tables[which], j), negative ^ digits[which].negative())
    };
    let mut cleared = Temporary::<JacobianPoint>::new();
    let sum = &mut *cleared;
    *sum = entry(DIGITS - 1, 0).point;
    sum.add_cached(&k.square(&sum.z), &entry(DIGITS - 1, 1), k);
    for i in (0..DIGITS - 1).rev() {
        let mut zz = k.square(&sum.z);
        sum.double_times(&mut zz, WIDTH, k);
        sum.add_cached(&zz, &entry(i, 0), k);
        sum.add_cached(&k.square(&sum.z), &entry(i, 1), k);
    }
    *sum
}

/// u·G + v·P, in a time that tells u, v and P.
pub(super) fn mul_add_vartime<K: Kernel>(
    u: &Scalar,
    v: &Scalar,
    point: &AffinePoint,
    k: K,
) -> JacobianPoint {
    let of_g = naf_vartime(u, NafTable::NAF_WIDTH);
    let of_p = naf_vartime(v, WIDTH + 1);
    let table = odd_multiples::<ROWS, K>(&(*point).into(), k);
    let (mut sum, mut zz) = (JacobianPoint::IDENTITY, FieldElement::ZERO);
    let mut doublings = 0;
    for (g, p) in of_g.iter().zip(&of_p).rev().skip_while(|digits| *digits == (&0, &0)) {
        doublings += 1;
        if *g != 0 {
            sum.double_times(&mut zz, doublings, k);
            doublings = 0;
            sum.add_affine_vartime(&zz, &NAF_TABLE.multiple_vartime(*g), k);
            zz = k.square(&sum.z);
        }
        if *p != 0 {
            sum.double_times(&mut zz, doublings, k);
            doublings = 0;
            let mut multiple = table[usize::from(p.unsigned_abs() / 2) % ROWS];
            multiple.point.y = negate_if(&multiple.point.y, opaque_mask(*p < 0));
            sum.add_cached_vartime(&zz, &multiple, k);
            zz = k.square(&sum.z);
        }
    }
    sum.double_times(&mut zz, doublings, k);
    sum
}

/// k·P, in a time that tells k and P: the shorter k is, the less.
pub(super) fn mul_vartime<K: Kernel>(scalar: &Scalar, point: &AffinePoint, k: K) -> JacobianPoint {
    let table = odd_multiples::<ROWS, K>(&(*point).into(), k);
    let mut sum = JacobianPoint::IDENTITY;
    let mut doublings = 0;
    let digits = naf_vartime(scalar, WIDTH + 1);
    for digit in digits.iter().rev().skip_while(|digit| **digit == 0) {
        doublings += 1;
        if *digit == 0 {
            continue;
        }
        let mut zz = k.square(&sum.z);
        sum.double_times(&mut zz, doublings, k);
        doublings = 0;
        let mut multiple = table[usize::from(digit.unsigned_abs() / 2) % ROWS];
        multiple.point.y = negate_if(&multiple.point.y, opaque_mask(*digit < 0));
        sum.add_cached_vartime(&zz, &multiple, k);
    }
    let mut zz = k.square(&sum.z);
    sum.double_times(&mut zz, doublings, k);
    sum
}

/// u·G + v·P, in a time that tells u, v and P, with the table of P.
pub(super) fn mul_add_prepared_vartime<K: Kernel>(
    u: &Scalar,
    v: &Scalar,
    table: &KeyTable,
    k: K,
) -> JacobianPoint {
    let (of_g, mut sum) = (BASE_TABLE.mul_vartime(u, k), table.mul_vartime(v, k));
    if of_g.z.0 != [0; 4] {
        sum.add_cached_vartime(&k.square(&sum.z), &of_g.cached(k), k);
    }
    sum
}

/// P, 3P, 5P, …, with Z² and Z³.
fn odd_multiples<const COUNT: usize, K: Kernel>(
    point: &JacobianPoint,
    k: K,
) -> [CachedPoint; COUNT] {
    let mut multiples = OddMultiples::new(point, k);
    core::array::from_fn(|i| {
        if i == 0 {
            return point.cached(k);
        }
        multiples.step(k);
        multiples.multiple.cached(k)
    })
}

/// P, 3P, 5P, … one after another.
///
/// 2P and the last multiple share their Z, which makes their sum cheaper; and 2P is then brought to the sum's Z.
///
/// Source: N. Meloni, *New point addition formulae for ECC applications*, WAIFI 2007.
pub(super) struct OddMultiples {
    /// The present one.
    pub(super) multiple: JacobianPoint,
    /// X and Y of 2P.
    x2: FieldElement,
    y2: FieldElement,
}

impl OddMultiples {
    /// With P itself first, for P ≠ O.
    pub(super) fn new<K: Kernel>(point: &JacobianPoint, k: K) -> Self {
        // The doubling of (X, Y, Z) gives Y·Z as the new Z; and P over that is (X·Y², Y⁴).
        let JacobianPoint { x: x2, y: y2, z } = point.double(k);
        let yy = k.square(&point.y);
        let multiple = JacobianPoint { x: k.mul(&point.x, &yy), y: k.square(&yy), z };
        Self { multiple, x2, y2 }
    }

    /// Goes on by 2P. Returns by what Z was multiplied.
    pub(super) fn step<K: Kernel>(&mut self, k: K) -> FieldElement {
        let JacobianPoint { x, y, z } = &mut self.multiple;
        let h = k.sub(&self.x2, x);
        let r = k.sub(&self.y2, y);
        let hh = k.square(&h);
        let rr = k.square(&r);
        let u = k.mul(x, &hh);
        let v = k.mul(&self.x2, &hh);
        *z = k.mul(z, &h);
        let s = k.mul(&self.y2, &k.sub(&v, &u));
        *x = k.sub(&k.sub(&rr, &u), &v);
        *y = k.sub(&k.mul(&r, &k.sub(&v, x)), &s);
        (self.x2, self.y2) = (v, s);
        h
    }
}

/// A [`CachedPoint`] as a row of a table.
fn cached_row(CachedPoint { point, zz, zzz }: &CachedPoint) -> [Limbs; 5] {
    [point.x.0, point.y.0, point.z.0, zz.0, zzz.0]
}

/// The point of a row, with the sign of y changed if `negative` is all ones.
#[inline(always)]
fn from_cached_row(row: [Limbs; 5], negative: u64) -> CachedPoint {
    let [x, y, z, zz, zzz] = row.map(FieldElement::montgomery);
    CachedPoint { point: JacobianPoint { x, y: negate_if(&y, negative), z }, zz, zzz }
}
