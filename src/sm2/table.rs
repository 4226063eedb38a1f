//! Tables of odd multiples of a fixed point, and multiplication by them.
//!
//! Table t of `TABLES` holds (2j + 1)·2^(w·s·t)·P for j below `ROWS` = 2^(w − 1), where s is the spacing: digit i of a
//! scalar in base 2ʷ is found in table ⌊i/s⌋, and i mod s says how many times w doublings follow.
//!
//! # No sum of equal points
//! In [`Table::mul`] no addition has equal or opposite terms, but the last one for k = 0, whose result O is right.
//! `docs/sm2-limbs.md` has the proof; it wants bit w of n to be 0 and s = 1 or as many digits as make 256 bits, which
//! [`Table::PROVED`] checks.

use super::{
    backend::Kernel,
    digits::OddDigits,
    field::FieldElement,
    limbs::{Limbs, N, opaque_mask},
    multiply::OddMultiples,
    point::{AffinePoint, JacobianPoint, negate_if},
    scalar::Scalar,
};
use crate::secret::Temporary;

/// A row: x and y in Montgomery form.
pub(super) type Row = [Limbs; 2];

/// Odd multiples of a point, for digits of `WIDTH` bits. Aligned to lines of the cache.
#[derive(Clone)]
#[repr(C, align(64))]
pub(super) struct Table<
    const WIDTH: u32,
    const ROWS: usize,
    const TABLES: usize,
    const SPACING: usize,
>(pub(super) [[Row; ROWS]; TABLES]);

impl<const WIDTH: u32, const ROWS: usize, const TABLES: usize, const SPACING: usize>
    Table<WIDTH, ROWS, TABLES, SPACING>
{
    const DIGITS: usize = {
        assert!(ROWS == 1 << (WIDTH - 1), "a row for each odd multiple");
        let bits = TABLES * SPACING * WIDTH as usize;
        assert!(bits >= 256 && bits < 320, "digits for a scalar");
        TABLES * SPACING
    };

    /// The width of non-adjacent forms whose digits the first table has.
    pub(super) const NAF_WIDTH: u32 = WIDTH + 1;

    pub(super) const PROVED: () = {
        assert!(N[0] >> WIDTH & 1 == 0, "else the last addition may be a doubling");
        assert!(SPACING == 1 || Self::DIGITS * WIDTH as usize == 256, "the proof's bound");
    };

    /// No table yet.
    pub(super) const fn zero() -> Self {
        Self([[[[0; 4]; 2]; ROWS]; TABLES])
    }

    /// k·P in constant time.
    #[inline(always)]
    pub(super) fn mul<K: Kernel>(&self, scalar: &Scalar, k: K) -> JacobianPoint {
        const { Self::PROVED };
        let digits = OddDigits::<WIDTH>::new(scalar, Self::DIGITS);
        let row = |table: usize, spacing: usize| {
            let (j, negative) = digits.digit(table * SPACING + spacing);
            AffinePoint::from_row(k.select(&self.0[table], j), negative)
        };
        let mut cleared = Temporary::<JacobianPoint>::new();
        let sum = &mut *cleared;
        *sum = row(TABLES - 1, SPACING - 1).into();
        for table in (0..TABLES - 1).rev() {
            sum.add_affine(&k.square(&sum.z), &row(table, SPACING - 1), k);
        }
        for spacing in (0..SPACING - 1).rev() {
            let mut zz = k.square(&sum.z);
            sum.double_times(&mut zz, WIDTH, k);
            for table in (0..TABLES).rev() {
                sum.add_affine(&k.square(&sum.z), &row(table, spacing), k);
            }
        }
        sum.y = negate_if(&sum.y, digits.negative());
        *sum
    }

    /// k·P in a time that tells k and P. Equal terms are looked for, so that any table will do.
    pub(super) fn mul_vartime<K: Kernel>(&self, scalar: &Scalar, k: K) -> JacobianPoint {
        let digits = OddDigits::<WIDTH>::new(scalar, Self::DIGITS);
        let mut sum = JacobianPoint::IDENTITY;
        for spacing in (0..SPACING).rev() {
            if spacing < SPACING - 1 {
                let mut zz = k.square(&sum.z);
                sum.double_times(&mut zz, WIDTH, k);
            }
            for (table, rows) in self.0.iter().enumerate() {
                let (j, negative) = digits.digit(table * SPACING + spacing);
                let multiple = Self::entry(rows, j, negative);
                sum.add_affine_vartime(&k.square(&sum.z), &multiple, k);
            }
        }
        sum.y = negate_if(&sum.y, digits.negative());
        sum
    }

    /// d·P for a public odd digit d.
    pub(super) fn multiple_vartime(&self, digit: i16) -> AffinePoint {
        Self::entry(&self.0[0], u64::from(digit.unsigned_abs() / 2), opaque_mask(digit < 0))
    }

    /// (2j + 1)·P, or −(2j + 1)·P if `negative`, for a public j below `ROWS`.
    #[allow(dead_code, reason = "for kernels of one architecture")]
    pub(super) fn row_vartime(&self, j: u64, negative: bool) -> AffinePoint {
        Self::entry(&self.0[0], j, opaque_mask(negative))
    }

    fn entry(rows: &[Row; ROWS], j: u64, negative: u64) -> AffinePoint {
        let row = rows[usize::try_from(j).unwrap_or(0) % ROWS];
        AffinePoint::from_row(row, negative)
    }

    /// The table of `point`, at run time, with one inversion.
    pub(super) fn fill<K: Kernel>(&mut self, point: &AffinePoint, k: K) {
        let mut base = JacobianPoint::from(*point);
        // By what the Z of a row is more than that of the row before; the last Z, and the product of those before.
        let mut ratios = [[FieldElement::ONE; ROWS]; TABLES];
        let mut last = [(FieldElement::ONE, FieldElement::ONE); TABLES];
        let mut product = FieldElement::ONE;
        for (i, (table, ratios)) in self.0.iter_mut().zip(&mut ratios).enumerate() {
            if i > 0 {
                let mut zz = k.square(&base.z);
                for _ in 0..SPACING {
                    base.double_times(&mut zz, WIDTH, k);
                }
            }
            let mut multiples = OddMultiples::new(&base, k);
            for (j, (row, ratio)) in table.iter_mut().zip(ratios).enumerate() {
                if j > 0 {
                    *ratio = multiples.step(k);
                }
                *row = [multiples.multiple.x.0, multiples.multiple.y.0];
            }
            last[i] = (multiples.multiple.z, product);
            product = k.mul(&product, &multiples.multiple.z);
        }
        let mut inverse = product.invert();
        for ((table, ratios), (z, before)) in self.0.iter_mut().zip(&ratios).zip(&last).rev() {
            let mut z_inverse = k.mul(&inverse, before);
            inverse = k.mul(&inverse, z);
            for (row, ratio) in table.iter_mut().zip(ratios).rev() {
                let [x, y] = row.map(FieldElement::montgomery);
                let zz = k.square(&z_inverse);
                let point =
                    AffinePoint { x: k.mul(&x, &zz), y: k.mul(&y, &k.mul(&zz, &z_inverse)) };
                *row = point.to_row();
                z_inverse = k.mul(&z_inverse, ratio);
            }
        }
    }
}
