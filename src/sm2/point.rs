//! Points of the curve y² = x³ − 3x + b and their addition in Jacobian coordinates.
//!
//! (X, Y, Z) stands for x = X/Z², y = Y/Z³; Z = 0 for the point at infinity O. The formulas are those of D. J.
//! Bernstein and T. Lange, *Explicit-Formulas Database*, scaled so that fewer additions are needed. Where a sum
//! may be of equal points, the function says so; where it cannot, the caller's documentation has the proof.

use super::{
    backend::Kernel,
    field::FieldElement,
    limbs::{self, Limbs},
    scalar::Scalar,
};
use crate::secret::Plain;
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq, CtOption};
use zeroize::Zeroize;

/// b of GB/T 32918.5-2017.
pub(crate) const B: FieldElement = FieldElement::constant(&[
    0xddbc_bd41_4d94_0e93,
    0xf397_89f5_15ab_8f92,
    0x4d5a_9e4b_cf65_09a7,
    0x28e9_fa9e_9d9f_5e34,
]);

/// A point of the curve other than O.
#[derive(Clone, Copy, Debug, Default, Zeroize)]
pub(crate) struct AffinePoint {
    pub(crate) x: FieldElement,
    pub(crate) y: FieldElement,
}

/// A point of the curve.
#[derive(Clone, Copy, Debug, Zeroize)]
pub(crate) struct JacobianPoint {
    pub(crate) x: FieldElement,
    pub(crate) y: FieldElement,
    pub(crate) z: FieldElement,
}

/// A point that is added often: with Z² and Z³.
#[derive(Clone, Copy)]
pub(super) struct CachedPoint {
    pub(super) point: JacobianPoint,
    pub(super) zz: FieldElement,
    pub(super) zzz: FieldElement,
}

impl AffinePoint {
    /// G of GB/T 32918.5-2017.
    pub(crate) const GENERATOR: Self = Self {
        x: FieldElement::constant(&[
            0x715a_4589_334c_74c7,
            0x8fe3_0bbf_f266_0be1,
            0x5f99_0446_6a39_c994,
            0x32c4_ae2c_1f19_8119,
        ]),
        y: FieldElement::constant(&[
            0x02df_32e5_2139_f0a0,
            0xd0a9_877c_c62a_4740,
            0x59bd_cee3_6b69_2153,
            0xbc37_36a2_f4f6_779c,
        ]),
    };

    /// The point with these coordinates, if it is on the curve.
    pub(crate) fn from_coordinates(x: FieldElement, y: FieldElement) -> CtOption<Self> {
        CtOption::new(Self { x, y }, y.square().ct_eq(&Self::equation(x)))
    }

    /// The point with this x coordinate and a y coordinate of this parity, if there is one.
    ///
    /// No point has y = 0, the order of the curve being odd.
    pub(super) fn from_x<K: Kernel>(x: FieldElement, y_is_odd: Choice, k: K) -> CtOption<Self> {
        Self::equation(x).sqrt(k).map(|y| {
            let y = FieldElement::conditional_select(&y, &-y, y.is_odd() ^ y_is_odd);
            Self { x, y }
        })
    }

    /// x³ − 3x + b.
    fn equation(x: FieldElement) -> FieldElement {
        x.square() * x - (x + x + x) + B
    }

    /// The point as a row of a table.
    pub(super) const fn to_row(self) -> [Limbs; 2] {
        [self.x.0, self.y.0]
    }

    /// The point of a row, with the sign of y changed if `negative` is all ones.
    #[inline(always)]
    pub(super) fn from_row(row: [Limbs; 2], negative: u64) -> Self {
        let [x, y] = row.map(FieldElement::montgomery);
        Self { x, y: negate_if(&y, negative) }
    }
}

impl ConstantTimeEq for AffinePoint {
    fn ct_eq(&self, other: &Self) -> Choice {
        self.x.ct_eq(&other.x) & self.y.ct_eq(&other.y)
    }
}

impl ConditionallySelectable for AffinePoint {
    fn conditional_select(a: &Self, b: &Self, choice: Choice) -> Self {
        Self {
            x: FieldElement::conditional_select(&a.x, &b.x, choice),
            y: FieldElement::conditional_select(&a.y, &b.y, choice),
        }
    }
}

impl From<AffinePoint> for JacobianPoint {
    fn from(AffinePoint { x, y }: AffinePoint) -> Self {
        Self { x, y, z: FieldElement::ONE }
    }
}

/// −`a` if `mask` is all ones, `a` if it is zero; `a` is not 0.
#[inline(always)]
pub(super) fn negate_if(a: &FieldElement, mask: u64) -> FieldElement {
    let (negative, _) = limbs::sub_borrow(&limbs::P, &a.0);
    let a: Limbs = core::array::from_fn(|i| a.0[i] ^ (mask & (a.0[i] ^ negative[i])));
    FieldElement::montgomery(a)
}

impl JacobianPoint {
    /// O.
    pub(crate) const IDENTITY: Self =
        Self { x: FieldElement::ONE, y: FieldElement::ONE, z: FieldElement::ZERO };

    pub(crate) fn is_identity(&self) -> Choice {
        self.z.is_zero()
    }

    /// The affine coordinates, none for O. One inversion.
    pub(crate) fn to_affine(self) -> CtOption<AffinePoint> {
        CtOption::new(self.scale(self.z.invert()), !self.is_identity())
    }

    /// The affine point, given 1/Z.
    fn scale(&self, z_inverse: FieldElement) -> AffinePoint {
        let zz = z_inverse.square();
        AffinePoint { x: self.x * zz, y: self.y * (zz * z_inverse) }
    }

    /// The affine coordinates of points with one inversion; those of O are not on the curve: (0, 0).
    ///
    /// `affine` is as long as `points`.
    pub(crate) fn batch_to_affine(points: &[Self], affine: &mut [AffinePoint]) {
        // Before a point's turn its x holds the product of the Z before it (1 for a Z of 0).
        let mut product = FieldElement::ONE;
        for (point, affine) in points.iter().zip(&mut *affine) {
            affine.x = product;
            product = product * point.z_or_one();
        }
        let mut inverse = product.invert();
        for (point, affine) in points.iter().zip(affine).rev() {
            let z_inverse = inverse * affine.x;
            inverse = inverse * point.z_or_one();
            *affine = point.scale(z_inverse);
            let zero = AffinePoint::default();
            affine.conditional_assign(&zero, point.is_identity());
        }
    }

    fn z_or_one(&self) -> FieldElement {
        FieldElement::conditional_select(&self.z, &FieldElement::ONE, self.is_identity())
    }

    /// Whether the affine x coordinate, an integer below p, is `r` modulo n; without inversion. False for O.
    pub(crate) fn x_is(&self, r: &Scalar) -> Choice {
        let r = r.to_integer();
        // An integer below p is r or r + n.
        let (other, carry) = limbs::add_carry(&r, &limbs::N);
        let (_, below) = limbs::sub_borrow(&other, &limbs::P);
        let other_fits = Choice::from(u8::from(below)) & !Choice::from(u8::from(carry));
        let zz = self.z.square();
        let is = |x: &Limbs| (FieldElement::from_integer(x) * zz).ct_eq(&self.x);
        (is(&r) | (is(&other) & other_fits)) & !self.is_identity()
    }

    /// −P.
    #[cfg(any(test, feature = "elliptic-curve"))]
    pub(crate) fn negate(&self) -> Self {
        Self { y: -self.y, ..*self }
    }

    /// 2P, O included.
    pub(super) fn double<K: Kernel>(&self, k: K) -> Self {
        let (mut point, mut zz) = (*self, k.square(&self.z));
        point.double_times(&mut zz, 1, k);
        point
    }

    /// P becomes 2ⁿP, O included: each time four multiplications, four squarings. `zz` is Z², before and after.
    ///
    /// In place, since copies of what was just stored stall. The order of the steps keeps neighbours independent of
    /// each other, for the sake of the CPU's window.
    #[inline(always)]
    pub(super) fn double_times<K: Kernel>(&mut self, zz: &mut FieldElement, n: u32, k: K) {
        let Self { x, y, z } = self;
        for _ in 0..n {
            let (sum, difference) = (k.add(x, zz), k.sub(x, zz));
            let sum = k.add(&sum, &sum.half());
            let a = k.square(y);
            let m = k.mul(&sum, &difference);
            *z = k.mul(y, z);
            let b = k.mul(x, &a);
            let mm = k.square(&m);
            *x = k.sub(&k.sub(&mm, &b), &b);
            *zz = k.square(z);
            *y = k.mul_sub_square(&m, &k.sub(&b, x), &a);
        }
    }

    /// P becomes P + Q for P ≠ Q, P ≠ O, given P's Z²: eight multiplications, two squarings. O if P = −Q.
    #[inline(always)]
    pub(super) fn add_affine<K: Kernel>(&mut self, zz: &FieldElement, q: &AffinePoint, k: K) {
        let h = k.sub(&k.mul(&q.x, zz), &self.x);
        let r = k.sub(&k.mul(&q.y, &k.mul(&self.z, zz)), &self.y);
        self.z = k.mul(&self.z, &h);
        let (u, s) = (self.x, self.y);
        self.finish_sum(&u, &s, &h, &r, k);
    }

    /// P becomes P + Q for P ≠ Q, neither being O, given P's Z²: eleven multiplications, two squarings. O if P = −Q,
    /// and if P or Q is O.
    #[inline(always)]
    pub(super) fn add_cached<K: Kernel>(&mut self, zz: &FieldElement, q: &CachedPoint, k: K) {
        let u = k.mul(&self.x, &q.zz);
        let zzz = k.mul(&self.z, zz);
        let h = k.sub(&k.mul(&q.point.x, zz), &u);
        let s = k.mul(&self.y, &q.zzz);
        self.z = k.mul(&k.mul(&self.z, &q.point.z), &h);
        let r = k.sub(&k.mul(&q.point.y, &zzz), &s);
        self.finish_sum(&u, &s, &h, &r, k);
    }

    /// X and Y of the sum from `h` = u' − `u` and `r` = s' − `s`, where x = u/z², u'/z² and y = s/z³, s'/z³ are the
    /// coordinates over a common z. Its own Z is z·h.
    #[inline(always)]
    fn finish_sum<K: Kernel>(
        &mut self,
        u: &FieldElement,
        s: &FieldElement,
        h: &FieldElement,
        r: &FieldElement,
        k: K,
    ) {
        let hh = k.square(h);
        let rr = k.square(r);
        let hhh = k.mul(h, &hh);
        let v = k.mul(u, &hh);
        self.x = k.sub(&k.sub(&k.sub(&rr, &hhh), &v), &v);
        self.y = k.mul_sub_mul(r, &k.sub(&v, &self.x), s, &hhh);
    }

    /// P + Q for all P and Q, in constant time.
    pub(super) fn add<K: Kernel>(&self, q: &Self, k: K) -> Self {
        let mut sum = *self;
        sum.add_cached(&k.square(&self.z), &q.cached(k), k);
        // The formula fails if P = Q, then its result is (0, 0, 0), and if one of them is O.
        let equal = sum.z.is_zero() & sum.x.is_zero() & sum.y.is_zero();
        let mut sum = Self::conditional_select(&sum, &self.double(k), equal);
        sum.conditional_assign(self, q.is_identity());
        sum.conditional_assign(q, self.is_identity());
        sum
    }

    /// P becomes P + Q, in a time that tells P and Q; `zz` is P's Z².
    #[inline(always)]
    pub(super) fn add_affine_vartime<K: Kernel>(
        &mut self,
        zz: &FieldElement,
        q: &AffinePoint,
        k: K,
    ) {
        if self.z.0 == [0; 4] {
            *self = (*q).into();
            return;
        }
        self.add_affine(zz, q, k);
        if self.z.0 == [0; 4] && self.x.0 == [0; 4] {
            *self = JacobianPoint::from(*q).double(k);
        }
    }

    /// P becomes P + Q for Q ≠ O, in a time that tells P and Q; `zz` is P's Z².
    #[inline(always)]
    pub(super) fn add_cached_vartime<K: Kernel>(
        &mut self,
        zz: &FieldElement,
        q: &CachedPoint,
        k: K,
    ) {
        if self.z.0 == [0; 4] {
            *self = q.point;
            return;
        }
        self.add_cached(zz, q, k);
        if self.z.0 == [0; 4] && self.x.0 == [0; 4] {
            *self = q.point.double(k);
        }
    }

    #[inline(always)]
    pub(super) fn cached<K: Kernel>(self, k: K) -> CachedPoint {
        let zz = k.square(&self.z);
        CachedPoint { point: self, zz, zzz: k.mul(&self.z, &zz) }
    }
}

impl ConstantTimeEq for JacobianPoint {
    fn ct_eq(&self, other: &Self) -> Choice {
        let (zz, other_zz) = (self.z.square(), other.z.square());
        let x = (self.x * other_zz).ct_eq(&(other.x * zz));
        let y = (self.y * other_zz * other.z).ct_eq(&(other.y * zz * self.z));
        // With one Z of 0 both products are 0 on one side only: x and y of a point are never 0 together.
        x & y & !(self.is_identity() ^ other.is_identity())
    }
}

impl ConditionallySelectable for JacobianPoint {
    fn conditional_select(a: &Self, b: &Self, choice: Choice) -> Self {
        Self {
            x: FieldElement::conditional_select(&a.x, &b.x, choice),
            y: FieldElement::conditional_select(&a.y, &b.y, choice),
            z: FieldElement::conditional_select(&a.z, &b.z, choice),
        }
    }
}

impl Plain for AffinePoint {
    const ZERO: Self = Self { x: FieldElement::ZERO, y: FieldElement::ZERO };
}

impl Plain for JacobianPoint {
    const ZERO: Self = Self { x: FieldElement::ZERO, y: FieldElement::ZERO, z: FieldElement::ZERO };
}

#[cfg(test)]
#[path = "point_tests.rs"]
mod tests;
