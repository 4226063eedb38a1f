//! Diffie and Hellman's key agreement on the curve of SM2.

use super::{
    backend::Backend,
    keys::{PublicKey, SecretKey},
    point::{AffinePoint, JacobianPoint},
    scalar::Scalar,
};
use crate::secret::Temporary;
use core::fmt;
use subtle::{Choice, ConstantTimeEq};
use zeroize::{ZeroizeOnDrop, Zeroizing};

/// The secret that two parties share: the x coordinate of d_A·P_B = d_B·P_A.
///
/// This is the shared secret of TLS 1.3 with the group curveSM2. Both keys are to be drawn for one handshake
/// ([`SecretKey::generate`]). Who the other party is has to be shown by other means.
///
/// ```
/// # fn handshake<R: shangmi::rand_core::TryCryptoRng>(rng: &mut R) -> Result<(), R::Error> {
/// use shangmi::sm2::{SecretKey, diffie_hellman};
///
/// let (client, server) = (SecretKey::generate(rng)?, SecretKey::generate(rng)?);
/// let one = diffie_hellman(&client, &server.public_key());
/// let other = diffie_hellman(&server, &client.public_key());
/// assert_eq!(one.as_bytes(), other.as_bytes());
/// # Ok(())
/// # }
/// ```
///
/// Source: RFC 8446, 7.4.2; RFC 8998, 3.2.2.
#[must_use]
pub fn diffie_hellman(secret: &SecretKey, public: &PublicKey) -> SharedSecret {
    diffie_hellman_with(Backend::best(), secret, public)
}

pub(super) fn diffie_hellman_with(
    backend: Backend,
    secret: &SecretKey,
    public: &PublicKey,
) -> SharedSecret {
    let shared = SharedPoint::new(backend, &secret.d, &public.point.into());
    let mut x = Temporary::<[u8; 32]>::new();
    // It is not O: n is prime, and d not 0.
    x.copy_from_slice(shared.x());
    SharedSecret(x)
}

/// What [`diffie_hellman`] gives: 32 bytes that are not uniform, to be put into a key derivation function.
pub struct SharedSecret(Temporary<[u8; 32]>);

impl SharedSecret {
    /// The 32 bytes of the x coordinate, most significant first.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl ConstantTimeEq for SharedSecret {
    fn ct_eq(&self, other: &Self) -> Choice {
        self.0.ct_eq(&*other.0)
    }
}

impl ZeroizeOnDrop for SharedSecret {}

impl fmt::Debug for SharedSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedSecret").finish_non_exhaustive()
    }
}

/// A secret point as x ‖ y.
pub(super) struct SharedPoint {
    bytes: Temporary<[u8; 64]>,
    /// Whether it is a point and not O, for which the bytes are zeros.
    pub(super) is_point: Choice,
}

impl SharedPoint {
    /// `k`·`point`, which is not O.
    pub(super) fn new(backend: Backend, k: &Scalar, point: &JacobianPoint) -> Self {
        let mut product = Temporary::<JacobianPoint>::new();
        *product = backend.mul_jacobian(k, point);
        Self::from_point(&product)
    }

    /// s·P + t·Q; O also where [`Backend::mul_two`] fails.
    pub(super) fn of_two(
        backend: Backend,
        scalars: [&Scalar; 2],
        points: [&AffinePoint; 2],
    ) -> Self {
        let mut sum = Temporary::<JacobianPoint>::new();
        let points: [JacobianPoint; 2] = points.map(|point| (*point).into());
        *sum = backend.mul_two(scalars, points.each_ref());
        Self::from_point(&sum)
    }

    fn from_point(point: &JacobianPoint) -> Self {
        let affine = point.to_affine();
        let is_point = affine.is_some();
        let affine = Zeroizing::new(affine.unwrap_or(AffinePoint::default()));
        Self { bytes: bytes(&affine), is_point }
    }

    /// `k`·G, which is to be told, and `k`·`point`, by one inversion.
    pub(super) fn with_public(
        backend: Backend,
        k: &Scalar,
        point: &AffinePoint,
    ) -> (AffinePoint, Self) {
        let mut products = Temporary::<[JacobianPoint; 2]>::new();
        *products = [backend.mul_base(k), backend.mul(k, point)];
        let mut affine = Zeroizing::new([AffinePoint::default(); 2]);
        let is_point = !(products[0].is_identity() | products[1].is_identity());
        JacobianPoint::batch_to_affine(&*products, &mut *affine);
        (affine[0], Self { bytes: bytes(&affine[1]), is_point })
    }

    pub(super) fn as_bytes(&self) -> &[u8; 64] {
        &self.bytes
    }

    pub(super) fn x(&self) -> &[u8] {
        &self.bytes[..32]
    }

    pub(super) fn y(&self) -> &[u8] {
        &self.bytes[32..]
    }
}

fn bytes(AffinePoint { x, y }: &AffinePoint) -> Temporary<[u8; 64]> {
    let mut bytes = Temporary::<[u8; 64]>::new();
    bytes[..32].copy_from_slice(&x.to_bytes());
    bytes[32..].copy_from_slice(&y.to_bytes());
    bytes
}

#[cfg(feature = "__backends")]
impl super::__backends::Backend {
    #[doc(hidden)]
    #[must_use]
    pub fn diffie_hellman(self, secret: &SecretKey, public: &PublicKey) -> SharedSecret {
        diffie_hellman_with(self.0, secret, public)
    }
}
