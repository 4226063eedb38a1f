//! Eight points at once in Jacobian coordinates: (X, Y, Z) stands for x = X/Z², y = Y/Z³.
//!
//! The formulas are those of `point.rs`, without halves. A sum of equal points, of opposite ones or with O has Z = 0, and
//! whatever is computed from it too.

#![allow(unsafe_code, reason = "a kernel: vectors that are zero, an empty instruction")]

use super::element::{Element, load};
use crate::{
    secret::{Plain, Temporary},
    sm2::{
        field::FieldElement,
        point::{AffinePoint, JacobianPoint},
        table::Row,
    },
};
use core::arch::{
    asm,
    x86_64::{
        __m512i, __mmask8, _mm512_alignr_epi64, _mm512_cmpeq_epi64_mask, _mm512_mask_mov_epi64,
        _mm512_set1_epi64, _mm512_setzero_si512, _mm512_shuffle_i64x2, _mm512_sub_epi64,
        _mm512_unpackhi_epi64, _mm512_unpacklo_epi64,
    },
};

/// Eight points in affine coordinates.
#[derive(Clone, Copy)]
pub(super) struct Affine {
    pub(super) x: Element,
    pub(super) y: Element,
}

/// Eight points.
#[derive(Clone, Copy)]
pub(super) struct Point {
    pub(super) x: Element,
    pub(super) y: Element,
    pub(super) z: Element,
}

/// Eight points that are added often: with Z² and Z³.
#[derive(Clone, Copy)]
pub(super) struct Cached {
    point: Point,
    zz: Element,
    zzz: Element,
}

/// `x`, loaded before anything is done with it.
///
/// A load under a mask, which the compiler would make of a load and a choice, takes another time where the memory has
/// not been touched yet and the mask is zero.
#[target_feature(enable = "avx512f")]
#[inline]
fn loaded(mut x: __m512i) -> __m512i {
    // SAFETY: it does nothing, with a register of AVX-512, which the function's features have.
    unsafe { asm!("/* {0} */", inout(zmm_reg) x, options(pure, nomem, nostack, preserves_flags)) };
    x
}

/// Row `j` of `rows`, reading all. Eight rows in a turn: their numbers are constants.
#[target_feature(enable = "avx512f")]
#[inline]
pub(super) fn select_row(rows: &[Row; 32], j: u64) -> __m512i {
    let (mut index, mut selected) = (_mm512_set1_epi64(j.cast_signed()), _mm512_setzero_si512());
    for rows in rows.as_chunks::<8>().0 {
        for (j, row) in (0..).zip(rows) {
            let here = _mm512_cmpeq_epi64_mask(index, _mm512_set1_epi64(j));
            if let Some(row) = row.as_flattened().first_chunk() {
                selected = _mm512_mask_mov_epi64(selected, here, loaded(load(row)));
            }
        }
        index = _mm512_sub_epi64(index, _mm512_set1_epi64(8));
    }
    selected
}

/// Word j of row i in lane i of word j.
#[target_feature(enable = "avx512f")]
#[inline]
fn transpose(rows: &[__m512i; 8]) -> [__m512i; 8] {
    // Words 0, 2, 4, 6 and 1, 3, 5, 7 of each pair of rows; then the same pair of words of four of them.
    let pair = |i: usize| {
        let [a, b] = [rows[2 * i], rows[2 * i + 1]];
        [_mm512_unpacklo_epi64(a, b), _mm512_unpackhi_epi64(a, b)]
    };
    let pairs = [pair(0), pair(1), pair(2), pair(3)];
    let four = |odd: usize| {
        let [a, b, c, d] = pairs.map(|pair| pair[odd]);
        let (low, other_low) =
            (_mm512_shuffle_i64x2::<0x44>(a, b), _mm512_shuffle_i64x2::<0x44>(c, d));
        let (high, other_high) =
            (_mm512_shuffle_i64x2::<0xee>(a, b), _mm512_shuffle_i64x2::<0xee>(c, d));
        [
            _mm512_shuffle_i64x2::<0x88>(low, other_low),
            _mm512_shuffle_i64x2::<0xdd>(low, other_low),
            _mm512_shuffle_i64x2::<0x88>(high, other_high),
            _mm512_shuffle_i64x2::<0xdd>(high, other_high),
        ]
    };
    let ([w0, w2, w4, w6], [w1, w3, w5, w7]) = (four(0), four(1));
    [w0, w1, w2, w3, w4, w5, w6, w7]
}

impl Affine {
    /// Point i of `points` in lane i.
    #[target_feature(enable = "avx512f")]
    #[inline]
    pub(super) fn from_lanes(points: &[AffinePoint; 8]) -> Self {
        Self {
            x: Element::from_lanes(&points.map(|point| point.x)),
            y: Element::from_lanes(&points.map(|point| point.y)),
        }
    }

    /// In each lane the point of `rows` with the number in that lane of `index`, reading all; with the sign of y
    /// changed in the lanes of `negative`.
    #[target_feature(enable = "avx512f")]
    #[inline]
    pub(super) fn select(rows: &[Row], index: __m512i, negative: __mmask8) -> Self {
        let mut words = [[_mm512_setzero_si512(); 4]; 2];
        for (j, row) in (0..).zip(rows) {
            let here = _mm512_cmpeq_epi64_mask(index, _mm512_set1_epi64(j));
            for (words, limbs) in words.iter_mut().zip(row) {
                for (word, limb) in words.iter_mut().zip(limbs) {
                    let limb = loaded(_mm512_set1_epi64(limb.cast_signed()));
                    *word = _mm512_mask_mov_epi64(*word, here, limb);
                }
            }
        }
        let [x, y] = words.map(|words| Element::from_words(words));
        Self { x, y: y.negate_where(negative) }
    }

    /// The point of row i in lane i, with the sign of y changed in the lanes of `negative`.
    #[target_feature(enable = "avx512f")]
    #[inline]
    pub(super) fn from_rows(rows: &[__m512i; 8], negative: __mmask8) -> Self {
        let [x0, x1, x2, x3, y0, y1, y2, y3] = transpose(rows);
        let y = Element::from_words([y0, y1, y2, y3]).negate_where(negative);
        Self { x: Element::from_words([x0, x1, x2, x3]), y }
    }

    #[target_feature(enable = "avx512f")]
    #[inline]
    pub(super) fn jacobian(&self) -> Point {
        Point { x: self.x, y: self.y, z: Element::one() }
    }
}

impl Point {
    /// Lane i in point i, as many as there are.
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn write_lanes<const N: usize>(&self, points: &mut [JacobianPoint; N]) {
        let mut lanes = Temporary::<[[FieldElement; N]; 3]>::new();
        for (lanes, element) in lanes.iter_mut().zip([self.x, self.y, self.z]) {
            element.write_lanes(lanes);
        }
        for (i, point) in points.iter_mut().enumerate() {
            let [x, y, z] = lanes.map(|lanes| lanes[i]);
            *point = JacobianPoint { x, y, z };
        }
    }

    /// `other` in the lanes of `mask`.
    #[target_feature(enable = "avx512f")]
    #[inline]
    pub(super) fn or_where(&self, mask: __mmask8, other: &Self) -> Self {
        Self {
            x: self.x.or_where(mask, &other.x),
            y: self.y.or_where(mask, &other.y),
            z: self.z.or_where(mask, &other.z),
        }
    }

    /// To each lane i the point in lane i + `N` is added.
    #[target_feature(enable = "avx512f,avx512ifma")]
    #[inline]
    pub(super) fn add_lanes_from<const N: i32>(&mut self) {
        let moved = |element: &Element| Element(element.0.map(|x| _mm512_alignr_epi64::<N>(x, x)));
        let Cached { point: Self { x, y, z }, zz, zzz } = &self.cached();
        let point = Self { x: moved(x), y: moved(y), z: moved(z) };
        let other = Cached { point, zz: moved(zz), zzz: moved(zzz) };
        self.add_with(zz, zzz, &other);
    }

    /// 2P.
    ///
    /// M = 3·(X − Z²)·(X + Z²), X' = M² − 8·X·Y², Y' = M·(4·X·Y² − X') − 8·Y⁴, Z' = 2·Y·Z.
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn double(&mut self) {
        let Self { x, y, z } = self;
        let zz = z.square();
        let yy = y.square();
        let m = x.add(&zz).mul(&x.sub_thrice(&zz));
        *z = y.twice().mul(z);
        let b = x.mul(&yy);
        *x = m.square().sub_shifted::<3>(&b);
        *y = m.mul_add_mul(&b.four_times_sub(x), &yy, &yy.minus_shifted::<3>());
    }

    /// P + Q.
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn add_affine(&mut self, q: &Affine) {
        let zz = self.z.square();
        let zzz = self.z.mul(&zz);
        let h = q.x.mul(&zz).sub(&self.x);
        let r = q.y.mul(&zzz).sub(&self.y);
        self.z = self.z.mul(&h);
        let (u, s) = (self.x, self.y);
        self.finish_sum(&u, &s, &h, &r);
    }

    /// P + Q.
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn add_cached(&mut self, q: &Cached) {
        let zz = self.z.square();
        let zzz = self.z.mul(&zz);
        self.add_with(&zz, &zzz, q);
    }

    /// P + Q, given P's Z² and Z³.
    #[target_feature(enable = "avx512f,avx512ifma")]
    #[inline]
    fn add_with(&mut self, zz: &Element, zzz: &Element, q: &Cached) {
        let u = self.x.mul(&q.zz);
        let s = self.y.mul(&q.zzz);
        let h = q.point.x.mul(zz).sub(&u);
        let r = q.point.y.mul(zzz).sub(&s);
        self.z = self.z.mul(&q.point.z).mul(&h);
        self.finish_sum(&u, &s, &h, &r);
    }

    /// X and Y of a sum, as in `point.rs`.
    #[target_feature(enable = "avx512f,avx512ifma")]
    #[inline]
    fn finish_sum(&mut self, u: &Element, s: &Element, h: &Element, r: &Element) {
        let hh = h.square();
        let hhh = h.mul(&hh);
        let v = u.mul(&hh);
        self.x = r.square().sub(&hhh).sub_shifted::<1>(&v);
        self.y = r.mul_add_mul(&v.sub(&self.x), s, &hhh.minus_shifted::<0>());
    }

    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn cached(&self) -> Cached {
        let zz = self.z.square();
        Cached { point: *self, zz, zzz: self.z.mul(&zz) }
    }
}

impl Plain for Point {
    const ZERO: Self = {
        // SAFETY: a `Point` is vectors of integers alone, for which all bits zero are a value.
        unsafe { core::mem::zeroed() }
    };
}

impl Cached {
    /// In each lane the point of `points` with the number in that lane of `index`, reading all; with the sign of y
    /// changed in the lanes of `negative`.
    #[target_feature(enable = "avx512f")]
    #[inline]
    pub(super) fn select(points: &[Self; 8], index: __m512i, negative: __mmask8) -> Self {
        let mut selected = points[0];
        for (j, point) in (0..).zip(points).skip(1) {
            let here = _mm512_cmpeq_epi64_mask(index, _mm512_set1_epi64(j));
            let Self { point: Point { x, y, z }, zz, zzz } = &mut selected;
            *x = x.or_where(here, &point.point.x);
            *y = y.or_where(here, &point.point.y);
            *z = z.or_where(here, &point.point.z);
            *zz = zz.or_where(here, &point.zz);
            *zzz = zzz.or_where(here, &point.zzz);
        }
        selected.point.y = selected.point.y.negate_where(negative);
        selected
    }
}
