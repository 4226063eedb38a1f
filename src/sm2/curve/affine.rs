//! Points as x and y behind the traits of `elliptic-curve`.

use super::{ProjectivePoint, Scalar, Sm2, operators::value};
use crate::sm2::{
    backend::Backend,
    field::FieldElement,
    point::{self, JacobianPoint},
};
use core::{
    borrow::Borrow,
    ops::{Mul, Neg},
};
use elliptic_curve::{
    CurveAffine, Error, FieldBytes, Generate, Group,
    ops::MulVartime,
    point::{AffineCoordinates, DecompressPoint, NonIdentity},
};
use rand_core::TryCryptoRng;
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq, CtOption};

/// A point of the curve by its coordinates.
///
/// O is one of them, and the default; its coordinates are given as 0 and 0, which no other point has.
#[derive(Clone, Copy, Default)]
pub struct AffinePoint(pub(in crate::sm2) point::AffinePoint);

value!(AffinePoint);

impl AffinePoint {
    /// O, the point at infinity.
    pub const IDENTITY: Self =
        Self(point::AffinePoint { x: FieldElement::ZERO, y: FieldElement::ZERO });

    /// G of GB/T 32918.5-2017.
    pub const GENERATOR: Self = Self(point::AffinePoint::GENERATOR);

    /// The same with Z = 1, or O.
    pub(super) fn to_jacobian(self) -> JacobianPoint {
        let point = JacobianPoint::from(self.0);
        JacobianPoint::conditional_select(&point, &JacobianPoint::IDENTITY, self.is_identity())
    }
}

impl CurveAffine for AffinePoint {
    type Curve = ProjectivePoint;
    type Scalar = Scalar;

    fn identity() -> Self {
        Self::IDENTITY
    }

    fn generator() -> Self {
        Self::GENERATOR
    }

    fn is_identity(&self) -> Choice {
        self.ct_eq(&Self::IDENTITY)
    }

    fn to_curve(&self) -> ProjectivePoint {
        ProjectivePoint(self.to_jacobian())
    }
}

impl AffineCoordinates for AffinePoint {
    type FieldRepr = FieldBytes<Sm2>;

    /// The point with these coordinates, if they are below p and it is on the curve; never O.
    fn from_coordinates(x: &FieldBytes<Sm2>, y: &FieldBytes<Sm2>) -> CtOption<Self> {
        let (x, y) = (FieldElement::from_bytes(&x.0), FieldElement::from_bytes(&y.0));
        let point = x.and_then(|x| y.and_then(|y| point::AffinePoint::from_coordinates(x, y)));
        point.map(Self)
    }

    fn x(&self) -> FieldBytes<Sm2> {
        self.0.x.to_bytes().into()
    }

    fn y(&self) -> FieldBytes<Sm2> {
        self.0.y.to_bytes().into()
    }

    fn x_is_odd(&self) -> Choice {
        self.0.x.is_odd()
    }

    fn y_is_odd(&self) -> Choice {
        self.0.y.is_odd()
    }
}

impl DecompressPoint<Sm2> for AffinePoint {
    fn decompress(x: &FieldBytes<Sm2>, y_is_odd: Choice) -> CtOption<Self> {
        let x = FieldElement::from_bytes(&x.0);
        x.and_then(|x| Backend::best().point_from_x(x, y_is_odd)).map(Self)
    }
}

/// k·G for a random k of [1, n − 1].
impl Generate for AffinePoint {
    fn try_generate_from_rng<R: TryCryptoRng + ?Sized>(rng: &mut R) -> Result<Self, R::Error> {
        ProjectivePoint::try_random(rng).map(Self::from)
    }
}

impl Neg for AffinePoint {
    type Output = Self;

    fn neg(self) -> Self {
        Self(point::AffinePoint { y: -self.0.y, ..self.0 })
    }
}

impl Neg for &AffinePoint {
    type Output = AffinePoint;

    fn neg(self) -> AffinePoint {
        -*self
    }
}

impl<S: Borrow<Scalar>> Mul<S> for AffinePoint {
    type Output = ProjectivePoint;

    fn mul(self, scalar: S) -> ProjectivePoint {
        self.to_curve() * scalar
    }
}

impl<S: Borrow<Scalar>> Mul<S> for &AffinePoint {
    type Output = ProjectivePoint;

    fn mul(self, scalar: S) -> ProjectivePoint {
        self.to_curve() * scalar
    }
}

impl<S: Borrow<Scalar>> MulVartime<S> for AffinePoint {
    fn mul_vartime(self, scalar: S) -> ProjectivePoint {
        MulVartime::mul_vartime(&self, scalar)
    }
}

impl<S: Borrow<Scalar>> MulVartime<S> for &AffinePoint {
    fn mul_vartime(self, scalar: S) -> ProjectivePoint {
        if self.is_identity().into() {
            return ProjectivePoint::IDENTITY;
        }
        ProjectivePoint(Backend::best().mul_vartime(&scalar.borrow().0, &self.0))
    }
}

impl From<ProjectivePoint> for AffinePoint {
    fn from(point: ProjectivePoint) -> Self {
        Self::from(&point)
    }
}

/// One inversion.
impl From<&ProjectivePoint> for AffinePoint {
    fn from(point: &ProjectivePoint) -> Self {
        Self(point.0.to_affine().unwrap_or(Self::IDENTITY.0))
    }
}

impl From<NonIdentity<AffinePoint>> for AffinePoint {
    fn from(point: NonIdentity<Self>) -> Self {
        point.to_point()
    }
}

/// [`NonIdentity::new`] does it in constant time.
impl TryFrom<AffinePoint> for NonIdentity<AffinePoint> {
    type Error = Error;

    fn try_from(point: AffinePoint) -> Result<Self, Error> {
        Self::new(point).into_option().ok_or(Error)
    }
}
