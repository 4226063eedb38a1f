//! Points in Jacobian coordinates behind the traits of `group` and `elliptic-curve`.

use super::{
    AffinePoint, Scalar,
    operators::{fold, operator, value},
};
use crate::sm2::{
    backend::Backend,
    field::FieldElement,
    point::{self, JacobianPoint},
    scalar,
};
use core::{
    borrow::Borrow,
    ops::{Mul, MulAssign, Neg},
};
use elliptic_curve::{
    BatchNormalize, CurveAffine, CurveGroup, Error, Generate, Group,
    group::{
        cofactor::CofactorGroup,
        prime::{PrimeCurve, PrimeGroup},
    },
    ops::{Double, LinearCombination, MulByGeneratorVartime, MulVartime},
    point::NonIdentity,
};
use rand_core::{TryCryptoRng, TryRng};
use subtle::{Choice, ConditionallySelectable, CtOption};

/// G.
const G: JacobianPoint = {
    let point::AffinePoint { x, y } = point::AffinePoint::GENERATOR;
    JacobianPoint { x, y, z: FieldElement::ONE }
};

/// A point of the curve, O among them, in coordinates that need no inversion.
#[derive(Clone, Copy)]
pub struct ProjectivePoint(pub(super) JacobianPoint);

value!(ProjectivePoint);
operator!(Add add, AddAssign add_assign: ProjectivePoint, ProjectivePoint, ProjectivePoint::plus);
operator!(Sub sub, SubAssign sub_assign: ProjectivePoint, ProjectivePoint,
    |a: &ProjectivePoint, b: &ProjectivePoint| a.plus(&-b));
operator!(Add add, AddAssign add_assign: ProjectivePoint, AffinePoint,
    |a: &ProjectivePoint, b: &AffinePoint| a.plus(&b.to_curve()));
operator!(Sub sub, SubAssign sub_assign: ProjectivePoint, AffinePoint,
    |a: &ProjectivePoint, b: &AffinePoint| a.plus(&(-b).to_curve()));
fold!(Sum sum, ProjectivePoint, Self::IDENTITY, |a, b| a + b);

impl ProjectivePoint {
    /// O, the point at infinity.
    pub const IDENTITY: Self = Self(JacobianPoint::IDENTITY);

    /// G of GB/T 32918.5-2017.
    pub const GENERATOR: Self = Self(G);

    /// P + Q for all P and Q.
    fn plus(&self, other: &Self) -> Self {
        Self(Backend::best().add(&self.0, &other.0))
    }

    /// k·P for all P.
    fn times(&self, k: &Scalar) -> Self {
        // The formulas are not for O; G stands in for it.
        let is_identity = self.0.is_identity();
        let point = JacobianPoint::conditional_select(&self.0, &G, is_identity);
        let mut product = Backend::best().mul_jacobian(&k.0, &point);
        product.conditional_assign(&JacobianPoint::IDENTITY, is_identity);
        Self(product)
    }
}

/// O.
impl Default for ProjectivePoint {
    fn default() -> Self {
        Self::IDENTITY
    }
}

impl Neg for ProjectivePoint {
    type Output = Self;

    fn neg(self) -> Self {
        Self(self.0.negate())
    }
}

impl Neg for &ProjectivePoint {
    type Output = ProjectivePoint;

    fn neg(self) -> ProjectivePoint {
        -*self
    }
}

impl<S: Borrow<Scalar>> Mul<S> for ProjectivePoint {
    type Output = Self;

    fn mul(self, scalar: S) -> Self {
        self.times(scalar.borrow())
    }
}

impl<S: Borrow<Scalar>> Mul<S> for &ProjectivePoint {
    type Output = ProjectivePoint;

    fn mul(self, scalar: S) -> ProjectivePoint {
        self.times(scalar.borrow())
    }
}

impl<S: Borrow<Scalar>> MulAssign<S> for ProjectivePoint {
    fn mul_assign(&mut self, scalar: S) {
        *self = self.times(scalar.borrow());
    }
}

impl<S: Borrow<Scalar>> MulVartime<S> for ProjectivePoint {
    fn mul_vartime(self, scalar: S) -> Self {
        MulVartime::mul_vartime(self.to_affine(), scalar)
    }
}

impl<S: Borrow<Scalar>> MulVartime<S> for &ProjectivePoint {
    fn mul_vartime(self, scalar: S) -> ProjectivePoint {
        MulVartime::mul_vartime(*self, scalar)
    }
}

impl MulByGeneratorVartime for ProjectivePoint {
    /// In constant time, which the table of G makes faster than the other.
    fn mul_by_generator_vartime(scalar: &Scalar) -> Self {
        Self::mul_by_generator(scalar)
    }

    fn mul_by_generator_and_mul_add_vartime(a: &Scalar, b: &Scalar, p: &Self) -> Self {
        match Option::<point::AffinePoint>::from(p.0.to_affine()) {
            Some(p) => Self(Backend::best().mul_add_vartime(&a.0, &b.0, &p)),
            None => Self::mul_by_generator(a),
        }
    }
}

impl Group for ProjectivePoint {
    type Scalar = Scalar;

    /// k·G for a random k of [1, n − 1].
    fn try_random<R: TryRng + ?Sized>(rng: &mut R) -> Result<Self, R::Error> {
        let mut bytes = [0; 32];
        loop {
            rng.try_fill_bytes(&mut bytes)?;
            if let Some(k) = Option::from(scalar::Scalar::from_random(&bytes)) {
                return Ok(Self::mul_by_generator(&Scalar(k)));
            }
        }
    }

    fn identity() -> Self {
        Self::IDENTITY
    }

    fn generator() -> Self {
        Self::GENERATOR
    }

    fn is_identity(&self) -> Choice {
        self.0.is_identity()
    }

    fn double(&self) -> Self {
        Self(Backend::best().double(&self.0))
    }

    fn mul_by_generator(scalar: &Scalar) -> Self {
        Self(Backend::best().mul_base(&scalar.0))
    }
}

impl Double for ProjectivePoint {
    fn double(&self) -> Self {
        Group::double(self)
    }
}

/// Points that share an inversion in [`normalize`].
const BATCH: usize = 32;

/// Affine forms of `points`, an inversion for each [`BATCH`]. Both slices are of one length.
fn normalize(points: &[ProjectivePoint], affine: &mut [AffinePoint]) {
    for (points, affine) in points.chunks(BATCH).zip(affine.chunks_mut(BATCH)) {
        let mut jacobian = [JacobianPoint::IDENTITY; BATCH];
        let mut results = [AffinePoint::IDENTITY.0; BATCH];
        let n = points.len();
        for (jacobian, point) in jacobian.iter_mut().zip(points) {
            *jacobian = point.0;
        }
        JacobianPoint::batch_to_affine(&jacobian[..n], &mut results[..n]);
        for (affine, result) in affine.iter_mut().zip(results) {
            *affine = AffinePoint(result);
        }
    }
}

impl CurveGroup for ProjectivePoint {
    type Affine = AffinePoint;

    fn batch_normalize(points: &[Self], affine: &mut [AffinePoint]) {
        assert_eq!(points.len(), affine.len(), "as many results as points");
        normalize(points, affine);
    }

    fn to_affine(&self) -> AffinePoint {
        self.into()
    }
}

impl<const N: usize> BatchNormalize<[Self; N]> for ProjectivePoint {
    type Output = [AffinePoint; N];

    fn batch_normalize(points: &[Self; N]) -> [AffinePoint; N] {
        let mut affine = [AffinePoint::IDENTITY; N];
        normalize(points, &mut affine);
        affine
    }
}

#[cfg(feature = "alloc")]
impl BatchNormalize<[Self]> for ProjectivePoint {
    type Output = alloc::vec::Vec<AffinePoint>;

    fn batch_normalize(points: &[Self]) -> Self::Output {
        let mut affine = alloc::vec![AffinePoint::IDENTITY; points.len()];
        normalize(points, &mut affine);
        affine
    }
}

fn lincomb_vartime(terms: &[(ProjectivePoint, Scalar)]) -> ProjectivePoint {
    terms.iter().map(|(point, scalar)| point.mul_vartime(scalar)).sum()
}

impl LinearCombination<[(Self, Scalar)]> for ProjectivePoint {
    fn lincomb_vartime(terms: &[(Self, Scalar)]) -> Self {
        lincomb_vartime(terms)
    }
}

impl<const N: usize> LinearCombination<[(Self, Scalar); N]> for ProjectivePoint {
    fn lincomb_vartime(terms: &[(Self, Scalar); N]) -> Self {
        lincomb_vartime(terms)
    }
}

impl PrimeGroup for ProjectivePoint {}

impl PrimeCurve for ProjectivePoint {}

/// The cofactor is 1.
impl CofactorGroup for ProjectivePoint {
    type Subgroup = Self;

    fn clear_cofactor(&self) -> Self {
        *self
    }

    fn into_subgroup(self) -> CtOption<Self> {
        CtOption::new(self, Choice::from(1))
    }

    fn is_torsion_free(&self) -> Choice {
        Choice::from(1)
    }
}

/// k·G for a random k of [1, n − 1].
impl Generate for ProjectivePoint {
    fn try_generate_from_rng<R: TryCryptoRng + ?Sized>(rng: &mut R) -> Result<Self, R::Error> {
        Self::try_random(rng)
    }
}

impl From<AffinePoint> for ProjectivePoint {
    fn from(point: AffinePoint) -> Self {
        point.to_curve()
    }
}

impl From<&AffinePoint> for ProjectivePoint {
    fn from(point: &AffinePoint) -> Self {
        point.to_curve()
    }
}

impl From<NonIdentity<ProjectivePoint>> for ProjectivePoint {
    fn from(point: NonIdentity<Self>) -> Self {
        point.to_point()
    }
}

/// [`NonIdentity::new`] does it in constant time.
impl TryFrom<ProjectivePoint> for NonIdentity<ProjectivePoint> {
    type Error = Error;

    fn try_from(point: ProjectivePoint) -> Result<Self, Error> {
        Self::new(point).into_option().ok_or(Error)
    }
}
