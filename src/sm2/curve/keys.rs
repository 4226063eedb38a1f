//! Keys of this crate as those of `elliptic-curve`, and back.

use super::{AffinePoint, ProjectivePoint, Scalar, Sm2};
use crate::sm2::{KeyError, PublicKey, SecretKey};
use elliptic_curve::{Error, Field, FieldBytes, NonZeroScalar, ops::Reduce};
use zeroize::{Zeroize, Zeroizing};

type GenericPublicKey = elliptic_curve::PublicKey<Sm2>;
type GenericSecretKey = elliptic_curve::SecretKey<Sm2>;

/// d.
impl From<&SecretKey> for NonZeroScalar<Sm2> {
    fn from(key: &SecretKey) -> Self {
        // (d − 1) mod (n − 1) + 1 is d: the one way to this type that cannot fail.
        let mut less = Scalar(key.d) - Scalar::ONE;
        let bytes = Zeroizing::new(FieldBytes::<Sm2>::from(less));
        less.zeroize();
        Self::reduce(&*bytes)
    }
}

impl From<&SecretKey> for GenericSecretKey {
    fn from(key: &SecretKey) -> Self {
        let mut scalar = NonZeroScalar::from(key);
        let generic = Self::from(&scalar);
        scalar.zeroize();
        generic
    }
}

/// # Errors
/// [`KeyError`] if d is n − 1, with which SM2 cannot sign.
impl TryFrom<&GenericSecretKey> for SecretKey {
    type Error = KeyError;

    fn try_from(key: &GenericSecretKey) -> Result<Self, KeyError> {
        Self::from_bytes(&Zeroizing::new(key.to_bytes()).0)
    }
}

impl From<&PublicKey> for GenericPublicKey {
    fn from(key: &PublicKey) -> Self {
        // The point of a key is never O.
        let one =
            || Self::from_secret_scalar(&NonZeroScalar::reduce(&FieldBytes::<Sm2>::default()));
        Self::from_affine(AffinePoint(key.point)).unwrap_or_else(|_| one())
    }
}

impl From<PublicKey> for GenericPublicKey {
    fn from(key: PublicKey) -> Self {
        Self::from(&key)
    }
}

impl From<&GenericPublicKey> for PublicKey {
    fn from(key: &GenericPublicKey) -> Self {
        Self { point: key.as_affine().0 }
    }
}

impl From<GenericPublicKey> for PublicKey {
    fn from(key: GenericPublicKey) -> Self {
        Self::from(&key)
    }
}

impl From<&PublicKey> for AffinePoint {
    fn from(key: &PublicKey) -> Self {
        Self(key.point)
    }
}

/// # Errors
/// [`KeyError`] if the point is O.
impl TryFrom<AffinePoint> for PublicKey {
    type Error = KeyError;

    fn try_from(point: AffinePoint) -> Result<Self, KeyError> {
        GenericPublicKey::from_affine(point).map(Self::from).map_err(|_| KeyError)
    }
}

impl From<GenericPublicKey> for AffinePoint {
    fn from(key: GenericPublicKey) -> Self {
        *key.as_affine()
    }
}

impl From<GenericPublicKey> for ProjectivePoint {
    fn from(key: GenericPublicKey) -> Self {
        key.to_projective()
    }
}

/// Not of O.
impl TryFrom<AffinePoint> for GenericPublicKey {
    type Error = Error;

    fn try_from(point: AffinePoint) -> Result<Self, Error> {
        Self::from_affine(point)
    }
}

/// Not of O.
impl TryFrom<ProjectivePoint> for GenericPublicKey {
    type Error = Error;

    fn try_from(point: ProjectivePoint) -> Result<Self, Error> {
        Self::from_affine(point.into())
    }
}
