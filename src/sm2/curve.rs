//! The curve behind the traits of [`elliptic-curve`](elliptic_curve) 0.14, for code that is generic over curves.
//!
//! | type | what | of `elliptic-curve` |
//! |---|---|---|
//! | [`Sm2`] | the curve | `Curve`, `PrimeCurve`, `CurveArithmetic`, `PrimeCurveArithmetic`, `PointCompression` |
//! | [`ProjectivePoint`] | a point, O among them | `Group`, `CurveGroup`, `LinearCombination`, `BatchNormalize` |
//! | [`AffinePoint`] | the same as x and y | `CurveAffine`, `AffineCoordinates`, `DecompressPoint` |
//! | [`Scalar`] | an integer modulo n | `Field`, `PrimeField`, `Reduce`, `Invert`, `IsHigh` |
//! | [`FieldElement`] | an integer modulo p | `Field`, `PrimeField`, by `hazmat::FieldArithmetic` |
//!
//! So `elliptic_curve::PublicKey<Sm2>`, `elliptic_curve::SecretKey<Sm2>`, `elliptic_curve::ecdh` and their like work, with the
//! multiples of points of this crate: k·G by its table, k·P in constant time. Keys go from either crate's type to the other's by
//! `From`, and by `TryFrom` from `elliptic_curve::SecretKey`, which also takes d = n − 1. With the feature `pkcs8` they are
//! read and written as PKCS #8 and SubjectPublicKeyInfo.
//!
//! ```
//! use shangmi::{elliptic_curve::{self, ecdh}, sm2::{SecretKey, Sm2, diffie_hellman}};
//!
//! // In earnest SecretKey::generate.
//! let (a, b) = (SecretKey::from_bytes(&[0x42; 32])?, SecretKey::from_bytes(&[0x24; 32])?);
//! let secret = elliptic_curve::SecretKey::<Sm2>::from(&a);
//! let public = elliptic_curve::PublicKey::<Sm2>::from(&b.public_key());
//! let shared = ecdh::diffie_hellman::<Sm2>(secret.to_nonzero_scalar(), public.as_affine());
//! assert_eq!(shared.raw_secret_bytes()[..], diffie_hellman(&a, &b.public_key()).as_bytes()[..]);
//! # Ok::<(), shangmi::sm2::KeyError>(())
//! ```
//!
//! # Limits
//! - Whatever does not say `vartime` takes constant time, but for SEC 1: the form of an encoded point is told.
//! - The traits want these types to be `Copy`: they are not cleared on drop. Hold secrets as [`SecretKey`](super::SecretKey),
//!   or clear them by `Zeroize`.
//! - For signatures and encryption take this crate's own types. SM2 is not ECDSA: no d is to serve both.
//!
//! Source: GB/T 32918.1-2016, GB/T 32918.5-2017; SEC 1, 2.3.3 and 2.3.4, for encoded points.

mod affine;
mod encoding;
mod field_element;
mod keys;
mod operators;
mod projective;
mod residues;
mod scalar;

pub use affine::AffinePoint;
pub use field_element::FieldElement;
pub use projective::ProjectivePoint;
pub use scalar::Scalar;

use elliptic_curve::{
    Curve, CurveArithmetic, PrimeCurve, PrimeCurveArithmetic,
    bigint::{Odd, U256},
    consts::U32,
    hazmat::FieldArithmetic,
    point::PointCompression,
};

/// The curve of GB/T 32918.5-2017: y² = x³ − 3x + b modulo p, with n points, n being prime.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sm2;

impl Curve for Sm2 {
    type FieldBytesSize = U32;
    type Uint = U256;

    const ORDER: Odd<U256> = Odd::<U256>::from_be_hex(N);
}

impl PrimeCurve for Sm2 {}

/// Points are not compressed unless that is asked for.
impl PointCompression for Sm2 {
    const COMPRESS_POINTS: bool = false;
}

impl CurveArithmetic for Sm2 {
    type AffinePoint = AffinePoint;
    type ProjectivePoint = ProjectivePoint;
    type Scalar = Scalar;
}

impl PrimeCurveArithmetic for Sm2 {
    type CurveGroup = ProjectivePoint;
}

impl FieldArithmetic for Sm2 {
    type FieldElement = FieldElement;
}

/// sm2 of GM/T 0006-2012 (GB/T 33560-2017).
#[cfg(feature = "oid")]
impl digest::const_oid::AssociatedOid for Sm2 {
    const OID: digest::const_oid::ObjectIdentifier =
        digest::const_oid::ObjectIdentifier::new_unwrap("1.2.156.10197.1.301");
}

/// p in hexadecimal.
const P: &str = "fffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffff";

/// n in hexadecimal.
const N: &str = "fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123";
