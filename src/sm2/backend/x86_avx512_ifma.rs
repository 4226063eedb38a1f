//! Multiples of eight points at once, by the 52-bit multiply-adds of AVX-512.
#![allow(unsafe_code, reason = "kernels: their calls")]
#![cfg_attr(feature = "sm2-small-table", allow(dead_code, reason = "no large table"))]

mod element;
mod point;

use super::{LANES, Lanes};
use crate::secret::Temporary;
use crate::{
    cpu,
    sm2::{
        base_table::{LargeTable, NAF_TABLE, NafTable},
        digits::OddDigits,
        point::{AffinePoint, JacobianPoint},
        scalar::Scalar,
        table::Table,
    },
};
use core::arch::x86_64::_mm512_setzero_si512;
use element::load;
use point::{Affine, Cached, Point, select_row};

/// Bits of a digit of v in u·G + v·P, and their number.
const WIDTH: u32 = 4;
const DIGITS: usize = 64;
/// The same for u.
const BASE_WIDTH: u32 = NafTable::NAF_WIDTH - 1;
const BASE_DIGITS: usize = 256_u32.div_ceil(BASE_WIDTH) as usize;

impl Lanes for cpu::Avx512Ifma {
    fn mul_add_vartime(
        self,
        u: &[Scalar; LANES],
        v: &[Scalar; LANES],
        points: &[AffinePoint; LANES],
        sums: &mut [JacobianPoint; LANES],
    ) {
        // SAFETY: `self` proves that this CPU has `avx512f` and `avx512ifma`.
        unsafe { mul_add_vartime(u, v, points, sums) }
    }

    fn mul_table<const W: u32, const R: usize, const T: usize, const S: usize>(
        self,
        scalars: &[Scalar; LANES],
        table: &Table<W, R, T, S>,
        products: &mut [JacobianPoint; LANES],
    ) {
        // SAFETY: as above.
        unsafe { mul_table(scalars, table, products) }
    }

    fn mul_large_table(
        self,
        digits: &OddDigits<6>,
        table: &LargeTable,
        sums: &mut [JacobianPoint; 2],
    ) {
        // SAFETY: as above.
        unsafe { mul_large_table(digits, table, sums) }
    }
}

/// Digits of all eight scalars; in lane i those of scalar i.
struct Digits<const WIDTH: u32>([OddDigits<WIDTH>; LANES]);

impl<const WIDTH: u32> Digits<WIDTH> {
    fn empty() -> Self {
        Self(core::array::from_fn(|_| OddDigits::empty()))
    }

    /// In place, as `OddDigits::set`.
    fn set(&mut self, scalars: &[Scalar; LANES], digits: usize) {
        for (lane, scalar) in self.0.iter_mut().zip(scalars) {
            lane.set(scalar, digits);
        }
    }

    /// Digit `i` of each scalar: 2j + 1, or −(2j + 1) in the lanes of the mask that is returned.
    fn digit(&self, i: usize, j: &mut [u64; LANES]) -> u8 {
        let mut negative = 0_u8;
        for (lane, (digits, j)) in self.0.iter().zip(j).enumerate() {
            let (absolute, sign) = digits.digit(i);
            *j = absolute;
            negative |= (sign ^ digits.negative()).to_le_bytes()[0] & 1 << lane;
        }
        negative
    }
}

/// k·P in each lane in constant time, as `Table::mul`.
#[target_feature(enable = "avx512f,avx512ifma")]
fn mul_table<const W: u32, const R: usize, const T: usize, const S: usize>(
    scalars: &[Scalar; LANES],
    table: &Table<W, R, T, S>,
    products: &mut [JacobianPoint; LANES],
) {
    let mut digits = Digits::<W>::empty();
    digits.set(scalars, T * S);
    let mut j = Temporary::<[u64; LANES]>::new();
    let mut row = |t: usize, s: usize| {
        let negative = digits.digit(t * S + s, &mut j);
        Affine::select(&table.0[t], load(&j), negative)
    };
    let mut sum = Temporary::<Point>::new();
    *sum = row(T - 1, S - 1).jacobian();
    for t in (0..T - 1).rev() {
        sum.add_affine(&row(t, S - 1));
    }
    for s in (0..S - 1).rev() {
        (0..W).for_each(|_| sum.double());
        for t in (0..T).rev() {
            sum.add_affine(&row(t, s));
        }
    }
    sum.write_lanes(products);
}

/// The sums of the terms of k·P with odd numbers, and of those with even ones but for the lowest, in constant time.
///
/// Lane i adds up the terms whose number is i + 1 modulo 8; then lanes are added to each other, which are 4 apart and 2
/// apart. No sum of equal points is among these, nor is that of the two: `docs/sm2-limbs.md` has the proof.
#[target_feature(enable = "avx512f,avx512ifma")]
fn mul_large_table(digits: &OddDigits<6>, table: &LargeTable, sums: &mut [JacobianPoint; 2]) {
    let rows = |first: usize| {
        let (mut rows, mut negative) = ([_mm512_setzero_si512(); LANES], 0);
        for (lane, (row, table)) in rows.iter_mut().zip(&table.0[first..]).enumerate() {
            let (j, sign) = digits.digit(first + lane);
            *row = select_row(table, j);
            negative |= (sign ^ digits.negative()).to_le_bytes()[0] & 1 << lane;
        }
        Affine::from_rows(&rows, negative)
    };
    let (full, rest) = ((table.0.len() - 1) / LANES, (table.0.len() - 1) % LANES);
    let mut sum = Temporary::<Point>::new();
    *sum = rows(LANES * (full - 1) + 1).jacobian();
    for i in (0..full - 1).rev() {
        sum.add_affine(&rows(LANES * i + 1));
    }
    let mut longer = Temporary::<Point>::new();
    *longer = *sum;
    longer.add_affine(&rows(LANES * full + 1));
    *sum = sum.or_where((1 << rest) - 1, &longer);
    sum.add_lanes_from::<4>();
    sum.add_lanes_from::<2>();
    sum.write_lanes(sums);
}

/// u·G + v·P in each lane, in a time that tells all of them.
#[target_feature(enable = "avx512f,avx512ifma")]
fn mul_add_vartime(
    u: &[Scalar; LANES],
    v: &[Scalar; LANES],
    points: &[AffinePoint; LANES],
    sums: &mut [JacobianPoint; LANES],
) {
    const {
        // The sum begins with a digit of u.
        assert!(BASE_WIDTH as usize * (BASE_DIGITS - 1) >= WIDTH as usize * (DIGITS - 1));
    }
    let (mut of_g, mut of_p) = (Digits::<BASE_WIDTH>::empty(), Digits::<WIDTH>::empty());
    of_g.set(u, BASE_DIGITS);
    of_p.set(v, DIGITS);
    let of_g = |i| {
        let mut j = [0; LANES];
        let negative = of_g.digit(i, &mut j);
        let row = |lane: usize| NAF_TABLE.row_vartime(j[lane], negative >> lane & 1 == 1);
        Affine::from_lanes(&core::array::from_fn(row))
    };
    let table = odd_multiples(&Affine::from_lanes(points));
    let top = BASE_WIDTH as usize * (BASE_DIGITS - 1);
    let mut sum = of_g(BASE_DIGITS - 1).jacobian();
    for bit in (0..=top).rev() {
        if bit < top {
            sum.double();
        }
        if bit.is_multiple_of(WIDTH as usize) && bit / (WIDTH as usize) < DIGITS {
            let mut j = [0; LANES];
            let negative = of_p.digit(bit / WIDTH as usize, &mut j);
            sum.add_cached(&Cached::select(&table, load(&j), negative));
        }
        if bit.is_multiple_of(BASE_WIDTH as usize) && bit < top {
            sum.add_affine(&of_g(bit / BASE_WIDTH as usize));
        }
    }
    sum.write_lanes(sums);
}

/// P, 3P, …, 15P.
#[target_feature(enable = "avx512f,avx512ifma")]
fn odd_multiples(point: &Affine) -> [Cached; 1 << (WIDTH - 1)] {
    let mut multiple = point.jacobian();
    let mut twice = multiple;
    twice.double();
    let twice = twice.cached();
    let mut table = [multiple.cached(); 1 << (WIDTH - 1)];
    for entry in table.iter_mut().skip(1) {
        multiple.add_cached(&twice);
        *entry = multiple.cached();
    }
    table
}
