//! The backends of SM2's field arithmetic, and the choice among them.
//!
//! The choice is made once for an operation on points, not for each multiplication. To add one: name its
//! instructions in `cpu.rs`, write its kernel file, add one line to each of the lists below.

use super::{
    base_table::{BASE_TABLE, LargeTable},
    digits::OddDigits,
    field::FieldElement,
    limbs::Limbs,
    multiply::{self, KeyTable},
    point::{AffinePoint, JacobianPoint},
    scalar::Scalar,
    table::Table,
};
use crate::{cpu, secret::Temporary};
use subtle::{Choice, CtOption};

// 1. The files.
#[cfg(target_arch = "x86_64")]
mod x86_avx512_ifma;
#[cfg(target_arch = "x86_64")]
mod x86_bmi2;
#[cfg(target_arch = "x86_64")]
mod x86_bmi2_limbs;

// 2. The names.
/// A way to run SM2 that this CPU can execute.
#[derive(Clone, Copy, Debug)]
pub(super) enum Backend {
    Portable,
    Bmi2(cpu::Bmi2),
    /// As `Bmi2`, but many at once.
    Ifma(cpu::Bmi2, cpu::Avx512Ifma),
}

/// Runs `$call` with `$kernel` bound to the kernel of `$backend`.
macro_rules! with_kernel {
    ($backend:expr, $kernel:ident => $call:expr) => {
        // 3. The calls.
        match $backend {
            Backend::Portable => {
                let $kernel = $crate::sm2::portable::Portable;
                $call
            }
            Backend::Bmi2($kernel) | Backend::Ifma($kernel, _) => $call,
        }
    };
}
#[cfg(test)]
pub(super) use with_kernel;

impl Backend {
    /// The backends this CPU can run, fastest first.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        // 4. The order.
        let bmi2 = cpu::Bmi2::detect();
        let ifma = bmi2.zip(cpu::Avx512Ifma::detect()).map(|(bmi2, ifma)| Self::Ifma(bmi2, ifma));
        [ifma, bmi2.map(Self::Bmi2), Some(Self::Portable)].into_iter().flatten()
    }

    pub(super) fn best() -> Self {
        Self::all().next().unwrap_or(Self::Portable)
    }

    #[cfg(feature = "__backends")]
    pub(super) fn name(self) -> &'static str {
        // 5. The names, as in the file names.
        match self {
            Self::Portable => "portable",
            Self::Bmi2(_) => "x86_bmi2",
            Self::Ifma(..) => "x86_avx512_ifma",
        }
    }

    /// k·G in constant time.
    #[cfg(not(feature = "sm2-small-table"))]
    pub(super) fn mul_base(self, scalar: &Scalar) -> JacobianPoint {
        self.mul_large_table(scalar, &BASE_TABLE)
    }

    /// k·G in constant time.
    #[cfg(feature = "sm2-small-table")]
    pub(super) fn mul_base(self, scalar: &Scalar) -> JacobianPoint {
        self.mul_table(scalar, &BASE_TABLE)
    }

    /// k·P in constant time, for the point of `table`.
    #[cfg(any(test, feature = "__backends", not(feature = "sm2-small-table")))]
    pub(super) fn mul_large_table(self, scalar: &Scalar, table: &LargeTable) -> JacobianPoint {
        let Self::Ifma(k, kernel) = self else { return self.mul_table(scalar, table) };
        let digits = OddDigits::new(scalar, table.0.len());
        let mut sums = Temporary::<[JacobianPoint; 2]>::new();
        kernel.mul_large_table(&digits, table, &mut sums);
        with_kernel!(Self::Bmi2(k), k => {
            let [sum, other] = &mut *sums;
            sum.add_cached(&k.square(&sum.z), &other.cached(k), k);
            let (j, negative) = digits.digit(0);
            let row = k.select(&table.0[0], j);
            let lowest = AffinePoint::from_row(row, negative ^ digits.negative());
            sum.add_affine(&k.square(&sum.z), &lowest, k);
            *sum
        })
    }

    /// k·G for each k in constant time; `products` is as long as `scalars`.
    pub(super) fn mul_base_many(self, scalars: &[Scalar], products: &mut [JacobianPoint]) {
        for (scalars, products) in scalars.chunks(LANES).zip(products.chunks_mut(LANES)) {
            if self.has_lanes() && scalars.len() >= WORTH_LANES {
                self.mul_table_lanes(scalars, &BASE_TABLE, products);
            } else {
                for (product, scalar) in products.iter_mut().zip(scalars) {
                    *product = self.mul_base(scalar);
                }
            }
        }
    }

    /// k·P in constant time, for the point of `table`.
    pub(super) fn mul_table<const W: u32, const R: usize, const T: usize, const S: usize>(
        self,
        scalar: &Scalar,
        table: &Table<W, R, T, S>,
    ) -> JacobianPoint {
        with_kernel!(self, kernel => table.mul(scalar, kernel))
    }

    /// k·P in constant time.
    pub(super) fn mul(self, scalar: &Scalar, point: &AffinePoint) -> JacobianPoint {
        self.mul_jacobian(scalar, &(*point).into())
    }

    /// k·P in constant time, for P ≠ O.
    pub(super) fn mul_jacobian(self, scalar: &Scalar, point: &JacobianPoint) -> JacobianPoint {
        with_kernel!(self, kernel => multiply::mul(scalar, point, kernel))
    }

    /// s·P + t·Q in constant time, for P ≠ O and Q ≠ O; O also where [`multiply::mul_two`] says.
    pub(super) fn mul_two(
        self,
        scalars: [&Scalar; 2],
        points: [&JacobianPoint; 2],
    ) -> JacobianPoint {
        with_kernel!(self, kernel => multiply::mul_two(scalars, points, kernel))
    }

    /// u·G + v·P, in a time that tells u, v and P.
    pub(super) fn mul_add_vartime(
        self,
        u: &Scalar,
        v: &Scalar,
        point: &AffinePoint,
    ) -> JacobianPoint {
        with_kernel!(self, kernel => multiply::mul_add_vartime(u, v, point, kernel))
    }

    /// `sums` becomes u·G + v·P for each u, v and P, in a time that tells them; O also where equal or opposite points
    /// meet on the way, as they do for u and v that were chosen so. Does nothing if not [`Self::has_lanes`].
    pub(super) fn mul_add_lanes_vartime(
        self,
        u: &[Scalar; LANES],
        v: &[Scalar; LANES],
        points: &[AffinePoint; LANES],
        sums: &mut [JacobianPoint; LANES],
    ) {
        if let Self::Ifma(_, kernel) = self {
            kernel.mul_add_vartime(u, v, points, sums);
        }
    }

    /// k·P for each of up to [`LANES`] k in constant time, for the point of `table`; `products` is as long as `scalars`.
    /// Does nothing if not [`Self::has_lanes`].
    pub(super) fn mul_table_lanes<const W: u32, const R: usize, const T: usize, const S: usize>(
        self,
        scalars: &[Scalar],
        table: &Table<W, R, T, S>,
        products: &mut [JacobianPoint],
    ) {
        const { Table::<W, R, T, S>::PROVED };
        let Self::Ifma(_, kernel) = self else { return };
        let mut all = Temporary::<[Scalar; LANES]>::new();
        let mut sums = Temporary::<[JacobianPoint; LANES]>::new();
        for (lane, scalar) in all.iter_mut().zip(scalars) {
            *lane = *scalar;
        }
        kernel.mul_table(&all, table, &mut sums);
        for (product, lane) in products.iter_mut().zip(&*sums) {
            *product = *lane;
        }
    }

    /// As [`Self::mul_add_lanes_vartime`], for the point of `table`.
    pub(super) fn mul_add_prepared_lanes_vartime(
        self,
        u: &[Scalar; LANES],
        v: &[Scalar; LANES],
        table: &KeyTable,
        sums: &mut [JacobianPoint; LANES],
    ) {
        let Self::Ifma(_, kernel) = self else { return };
        let mut products = [JacobianPoint::IDENTITY; LANES];
        kernel.mul_table(u, &BASE_TABLE, sums);
        kernel.mul_table(v, table, &mut products);
        for (sum, product) in sums.iter_mut().zip(products) {
            with_kernel!(self, k => sum.add_cached(&k.square(&sum.z), &product.cached(k), k));
        }
    }

    /// Whether many at once take less time than one by one.
    pub(super) fn has_lanes(self) -> bool {
        matches!(self, Self::Ifma(..))
    }

    /// k·P, in a time that tells k and P.
    pub(super) fn mul_vartime(self, scalar: &Scalar, point: &AffinePoint) -> JacobianPoint {
        with_kernel!(self, kernel => multiply::mul_vartime(scalar, point, kernel))
    }

    /// As [`Self::mul_add_vartime`], for the point of `table`.
    pub(super) fn mul_add_prepared_vartime(
        self,
        u: &Scalar,
        v: &Scalar,
        table: &KeyTable,
    ) -> JacobianPoint {
        with_kernel!(self, kernel => multiply::mul_add_prepared_vartime(u, v, table, kernel))
    }

    /// Makes `table` that of `point`.
    pub(super) fn prepare(self, table: &mut KeyTable, point: &AffinePoint) {
        with_kernel!(self, kernel => table.fill(point, kernel));
    }

    /// The point with this x coordinate and a y coordinate of this parity, if there is one; in constant time.
    pub(super) fn point_from_x(self, x: FieldElement, y_is_odd: Choice) -> CtOption<AffinePoint> {
        with_kernel!(self, kernel => AffinePoint::from_x(x, y_is_odd, kernel))
    }

    /// A square root of `x` or, if it has none, of −`x`; in constant time.
    #[cfg(feature = "elliptic-curve")]
    pub(super) fn root(self, x: &FieldElement) -> FieldElement {
        with_kernel!(self, kernel => x.root(kernel))
    }

    /// P + Q, whatever they are, in constant time.
    pub(super) fn add(self, p: &JacobianPoint, q: &JacobianPoint) -> JacobianPoint {
        with_kernel!(self, kernel => p.add(q, kernel))
    }

    /// 2P in constant time.
    #[cfg(any(test, feature = "elliptic-curve"))]
    pub(super) fn double(self, p: &JacobianPoint) -> JacobianPoint {
        with_kernel!(self, kernel => p.double(kernel))
    }
}

/// One way to run the field arithmetic of points.
pub(super) trait Kernel: Copy {
    fn add(self, a: &FieldElement, b: &FieldElement) -> FieldElement;

    fn sub(self, a: &FieldElement, b: &FieldElement) -> FieldElement;

    fn mul(self, a: &FieldElement, b: &FieldElement) -> FieldElement;

    fn square(self, a: &FieldElement) -> FieldElement;

    /// `a`·`b` − `c`·`d`.
    fn mul_sub_mul(
        self,
        a: &FieldElement,
        b: &FieldElement,
        c: &FieldElement,
        d: &FieldElement,
    ) -> FieldElement;

    /// `a`·`b` − `c`².
    fn mul_sub_square(self, a: &FieldElement, b: &FieldElement, c: &FieldElement) -> FieldElement;

    /// Row `index` of `table`, reading every row. All zeros if there is no such row.
    fn select<const N: usize>(self, table: &[[Limbs; N]], index: u64) -> [Limbs; N];
}

/// Points that [`Lanes`] work on.
pub(super) const LANES: usize = 8;

/// So many k·G take less time in lanes than one by one.
const WORTH_LANES: usize = 5;

/// One way to run operations on [`LANES`] points at once.
#[cfg_attr(feature = "sm2-small-table", allow(dead_code, reason = "no large table"))]
trait Lanes: Copy {
    /// Two points in constant time, neither O nor equal or opposite, whose sum is that of the multiples of P for all
    /// digits but the lowest.
    fn mul_large_table(
        self,
        digits: &OddDigits<6>,
        table: &LargeTable,
        sums: &mut [JacobianPoint; 2],
    );

    /// k·P for each k in constant time, for the point of `table`; O also where equal or opposite points meet on the
    /// way, unless the table is [`Table::PROVED`].
    fn mul_table<const W: u32, const R: usize, const T: usize, const S: usize>(
        self,
        scalars: &[Scalar; LANES],
        table: &Table<W, R, T, S>,
        products: &mut [JacobianPoint; LANES],
    );

    /// [`Backend::mul_add_lanes_vartime`].
    fn mul_add_vartime(
        self,
        u: &[Scalar; LANES],
        v: &[Scalar; LANES],
        points: &[AffinePoint; LANES],
        sums: &mut [JacobianPoint; LANES],
    );
}

impl Lanes for cpu::Never {
    fn mul_large_table(self, _: &OddDigits<6>, _: &LargeTable, _: &mut [JacobianPoint; 2]) {
        match self {}
    }
    fn mul_table<const W: u32, const R: usize, const T: usize, const S: usize>(
        self,
        _: &[Scalar; LANES],
        _: &Table<W, R, T, S>,
        _: &mut [JacobianPoint; LANES],
    ) {
        match self {}
    }
    fn mul_add_vartime(
        self,
        _: &[Scalar; LANES],
        _: &[Scalar; LANES],
        _: &[AffinePoint; LANES],
        _: &mut [JacobianPoint; LANES],
    ) {
        match self {}
    }
}

impl Kernel for cpu::Never {
    fn add(self, _: &FieldElement, _: &FieldElement) -> FieldElement {
        match self {}
    }
    fn sub(self, _: &FieldElement, _: &FieldElement) -> FieldElement {
        match self {}
    }
    fn mul(self, _: &FieldElement, _: &FieldElement) -> FieldElement {
        match self {}
    }
    fn square(self, _: &FieldElement) -> FieldElement {
        match self {}
    }
    fn mul_sub_mul(
        self,
        _: &FieldElement,
        _: &FieldElement,
        _: &FieldElement,
        _: &FieldElement,
    ) -> FieldElement {
        match self {}
    }
    fn mul_sub_square(self, _: &FieldElement, _: &FieldElement, _: &FieldElement) -> FieldElement {
        match self {}
    }
    fn select<const N: usize>(self, _: &[[Limbs; N]], _: u64) -> [Limbs; N] {
        match self {}
    }
}

#[cfg(test)]
#[path = "lanes_tests.rs"]
mod tests;
