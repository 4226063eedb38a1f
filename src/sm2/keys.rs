//! Keys: the integer d and the point P = d·G.

use super::{
    backend::Backend,
    field::FieldElement,
    point::{AffinePoint, JacobianPoint},
    scalar::Scalar,
};
use crate::secret::Temporary;
use core::{
    fmt,
    hash::{Hash, Hasher},
};
use rand_core::TryCryptoRng;
use subtle::{Choice, ConstantTimeEq, CtOption};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// A private key: d, an integer in [1, n − 2].
///
/// For d = n − 1 there would be no signature, 1 + d having no inverse: it is neither drawn nor imported.
///
/// It is cleared on drop, `Debug` shows nothing of it, and it is compared in constant time alone
/// ([`ConstantTimeEq`]).
///
/// Source: GB/T 32918.1-2016, 6.1.
#[derive(Clone)]
pub struct SecretKey {
    pub(super) d: Scalar,
}

impl SecretKey {
    /// The number of bytes of a private key.
    pub const BYTES: usize = 32;

    /// A new key, each d of the range being as likely as any other.
    ///
    /// d is drawn again while it is out of range, once in 2³² keys.
    ///
    /// # Errors
    /// That of `rng`.
    pub fn generate<R: TryCryptoRng + ?Sized>(rng: &mut R) -> Result<Self, R::Error> {
        let mut bytes = Temporary::<[u8; 32]>::new();
        loop {
            rng.try_fill_bytes(&mut *bytes)?;
            if let Ok(key) = Self::from_bytes(&bytes) {
                return Ok(key);
            }
        }
    }

    /// The key with this d, most significant byte first.
    ///
    /// # Errors
    /// [`KeyError`] if d is 0 or above n − 2.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, KeyError> {
        let d = Scalar::from_random(bytes);
        let d = d.and_then(|d| CtOption::new(d, !(d + Scalar::ONE).is_zero()));
        Option::from(d).map(|d| Self { d }).ok_or(KeyError)
    }

    /// As [`from_bytes`](Self::from_bytes), of a slice.
    ///
    /// # Errors
    /// [`KeyError`] also if there are not exactly 32 bytes: zeros are neither added nor removed.
    pub fn from_slice(bytes: &[u8]) -> Result<Self, KeyError> {
        bytes.try_into().map_err(|_| KeyError).and_then(Self::from_bytes)
    }

    /// d, most significant byte first.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.d.to_bytes())
    }

    /// P = d·G, computed anew by each call.
    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        self.public_key_with(Backend::best())
    }

    pub(super) fn public_key_with(&self, backend: Backend) -> PublicKey {
        let point = backend.mul_base(&self.d).to_affine();
        // d·G is O for no d of the range.
        PublicKey { point: point.unwrap_or(AffinePoint::GENERATOR) }
    }
}

impl TryFrom<&[u8]> for SecretKey {
    type Error = KeyError;

    fn try_from(bytes: &[u8]) -> Result<Self, KeyError> {
        Self::from_slice(bytes)
    }
}

impl ConstantTimeEq for SecretKey {
    fn ct_eq(&self, other: &Self) -> Choice {
        self.d.ct_eq(&other.d)
    }
}

impl Drop for SecretKey {
    fn drop(&mut self) {
        self.d.zeroize();
    }
}

impl ZeroizeOnDrop for SecretKey {}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecretKey").finish_non_exhaustive()
    }
}

/// A public key: P, a point of the curve other than O.
///
/// Every way to one checks the equation of the curve. (Its order n is prime and its cofactor 1: each of its
/// points but O has the order n.)
///
/// Source: GB/T 32918.1-2016, 6.2.
#[derive(Clone, Copy)]
pub struct PublicKey {
    pub(super) point: AffinePoint,
}

impl PublicKey {
    /// The key of a point as 04 ‖ x ‖ y or, compressed, 02 ‖ x or 03 ‖ x.
    ///
    /// # Errors
    /// [`KeyError`] for any other form (00, which is O, and the mixed form 06 and 07 included) or length,
    /// for a coordinate of p or more, and if there is no such point on the curve.
    ///
    /// Source: GB/T 32918.1-2016, 4.2.9 and 4.2.10; SEC 1, 2.3.4.
    pub fn from_sec1_bytes(bytes: &[u8]) -> Result<Self, KeyError> {
        match bytes.split_first() {
            Some((4, coordinates)) => {
                let (x, y) = coordinates.split_at_checked(32).ok_or(KeyError)?;
                Self::from_coordinates(array(x)?, array(y)?)
            }
            Some((tag @ (2 | 3), x)) => {
                let x = FieldElement::from_bytes(array(x)?);
                let y_is_odd = Choice::from(tag & 1);
                let point = x.and_then(|x| Backend::best().point_from_x(x, y_is_odd));
                Option::from(point).map(|point| Self { point }).ok_or(KeyError)
            }
            _ => Err(KeyError),
        }
    }

    /// The key of the point with these coordinates, most significant byte first.
    ///
    /// # Errors
    /// [`KeyError`] if one of them is p or more, or the point not on the curve.
    pub fn from_coordinates(x: &[u8; 32], y: &[u8; 32]) -> Result<Self, KeyError> {
        let (x, y) = (FieldElement::from_bytes(x), FieldElement::from_bytes(y));
        let point = x.and_then(|x| y.and_then(|y| AffinePoint::from_coordinates(x, y)));
        Option::from(point).map(|point| Self { point }).ok_or(KeyError)
    }

    /// The key of a point, none for O.
    pub(super) fn from_point(point: JacobianPoint) -> Option<Self> {
        Option::from(point.to_affine()).map(|point| Self { point })
    }

    /// x, most significant byte first.
    #[must_use]
    pub fn x(&self) -> [u8; 32] {
        self.point.x.to_bytes()
    }

    /// y, most significant byte first.
    #[must_use]
    pub fn y(&self) -> [u8; 32] {
        self.point.y.to_bytes()
    }

    /// 04 ‖ x ‖ y.
    #[must_use]
    pub fn to_sec1_bytes(&self) -> [u8; 65] {
        let mut bytes = [4; 65];
        bytes[1..33].copy_from_slice(&self.x());
        bytes[33..].copy_from_slice(&self.y());
        bytes
    }

    /// 02 ‖ x if y is even, 03 ‖ x if it is odd.
    #[must_use]
    pub fn to_compressed_bytes(&self) -> [u8; 33] {
        let mut bytes = [2 | self.point.y.is_odd().unwrap_u8(); 33];
        bytes[1..].copy_from_slice(&self.x());
        bytes
    }
}

fn array(bytes: &[u8]) -> Result<&[u8; 32], KeyError> {
    bytes.try_into().map_err(|_| KeyError)
}

impl TryFrom<&[u8]> for PublicKey {
    type Error = KeyError;

    fn try_from(bytes: &[u8]) -> Result<Self, KeyError> {
        Self::from_sec1_bytes(bytes)
    }
}

impl From<&SecretKey> for PublicKey {
    fn from(key: &SecretKey) -> Self {
        key.public_key()
    }
}

impl AsRef<PublicKey> for PublicKey {
    fn as_ref(&self) -> &PublicKey {
        self
    }
}

impl ConstantTimeEq for PublicKey {
    fn ct_eq(&self, other: &Self) -> Choice {
        self.point.ct_eq(&other.point)
    }
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.ct_eq(other).into()
    }
}

impl Eq for PublicKey {}

impl Hash for PublicKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.to_sec1_bytes().hash(state);
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PublicKey(")?;
        self.to_sec1_bytes().iter().try_for_each(|byte| write!(f, "{byte:02x}"))?;
        f.write_str(")")
    }
}

/// These bytes are no key of SM2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyError;

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a key of SM2")
    }
}

impl core::error::Error for KeyError {}
