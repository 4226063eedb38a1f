//! Keys in files.
//!
#![doc = include_str!("../../docs/sm2-key-files.md")]
#![deny(clippy::indexing_slicing)]

mod ec_private_key;
#[cfg(feature = "encrypted-keys")]
mod encrypted;
#[cfg(feature = "pem")]
mod error;
#[cfg(feature = "encrypted-keys")]
mod pbes2;
#[cfg(feature = "pem")]
mod text;

#[cfg(feature = "encrypted-keys")]
pub use encrypted::{EncryptKeyError, KeyEncryption};
#[cfg(feature = "pem")]
pub use error::KeyFileError;

use super::{KeyError, PublicKey, SecretKey};
use pkcs8::{
    AlgorithmIdentifierRef, ObjectIdentifier, PrivateKeyInfoRef, SubjectPublicKeyInfoRef,
    der::{AnyRef, Decode},
    spki,
};
#[cfg(feature = "alloc")]
use pkcs8::{
    EncodePrivateKey, EncodePublicKey,
    der::{
        Document, SecretDocument,
        asn1::{BitStringRef, OctetStringRef},
    },
};
use sec1::EcPrivateKey;

/// id-ecPublicKey of RFC 5480.
pub(super) const EC_PUBLIC_KEY: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");

/// sm2 of GM/T 0006-2012 (GB/T 33560-2017).
pub(super) const SM2: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.156.10197.1.301");

/// Takes id-ecPublicKey with the curve sm2 and, as some programs write it, sm2 in its place, with the curve, NULL or
/// nothing after it.
fn check(algorithm: &AlgorithmIdentifierRef<'_>) -> Result<(), spki::Error> {
    let curve =
        algorithm.parameters.and_then(|parameters| ObjectIdentifier::try_from(parameters).ok());
    let none = algorithm.parameters.is_none_or(AnyRef::is_null);
    match algorithm.oid {
        EC_PUBLIC_KEY if curve == Some(SM2) => Ok(()),
        SM2 if curve == Some(SM2) || none => Ok(()),
        // A curve says more than that it is one.
        oid => Err(spki::Error::OidUnknown { oid: curve.unwrap_or(oid) }),
    }
}

impl From<KeyError> for spki::Error {
    fn from(_: KeyError) -> Self {
        Self::KeyMalformed
    }
}

impl From<KeyError> for pkcs8::Error {
    fn from(_: KeyError) -> Self {
        Self::KeyMalformed(pkcs8::KeyError::Invalid)
    }
}

/// Of the point in either form of SEC 1.
impl TryFrom<SubjectPublicKeyInfoRef<'_>> for PublicKey {
    type Error = spki::Error;

    fn try_from(info: SubjectPublicKeyInfoRef<'_>) -> Result<Self, spki::Error> {
        check(&info.algorithm)?;
        let point = info.subject_public_key.as_bytes().ok_or(KeyError)?;
        Ok(Self::from_sec1_bytes(point)?)
    }
}

/// Of the ECPrivateKey of RFC 5915; a public key that comes with it must be the private key's.
impl TryFrom<PrivateKeyInfoRef<'_>> for SecretKey {
    type Error = pkcs8::Error;

    fn try_from(info: PrivateKeyInfoRef<'_>) -> Result<Self, pkcs8::Error> {
        check(&info.algorithm)?;
        let inner = EcPrivateKey::from_der(info.private_key.as_bytes())?;
        let outer = info.public_key.map(|point| point.as_bytes().ok_or(KeyError)).transpose()?;
        Ok(ec_private_key::key(&inner, outer)?)
    }
}

#[cfg(feature = "alloc")]
const ALGORITHM: spki::AlgorithmIdentifier<ObjectIdentifier> =
    spki::AlgorithmIdentifier { oid: EC_PUBLIC_KEY, parameters: Some(SM2) };

/// With the point uncompressed.
#[cfg(feature = "alloc")]
impl EncodePublicKey for PublicKey {
    fn to_public_key_der(&self) -> Result<Document, spki::Error> {
        let point = self.to_sec1_bytes();
        let subject_public_key = BitStringRef::from_bytes(&point)?;
        spki::SubjectPublicKeyInfo { algorithm: ALGORITHM, subject_public_key }.try_into()
    }
}

/// With the public key in it.
#[cfg(feature = "alloc")]
impl EncodePrivateKey for SecretKey {
    fn to_pkcs8_der(&self) -> Result<SecretDocument, pkcs8::Error> {
        private_key_info(self, None)
    }
}

/// PrivateKeyInfo, with these parameters in the ECPrivateKey also; they stand before it in any case.
#[cfg(feature = "alloc")]
fn private_key_info(
    key: &SecretKey,
    parameters: Option<sec1::EcParameters>,
) -> Result<SecretDocument, pkcs8::Error> {
    let inner = ec_private_key::der(key, parameters)?;
    let algorithm =
        AlgorithmIdentifierRef { oid: EC_PUBLIC_KEY, parameters: Some(AnyRef::from(&SM2)) };
    let info = PrivateKeyInfoRef::new(algorithm, OctetStringRef::new(inner.as_bytes())?);
    Ok(SecretDocument::encode_msg(&info)?)
}
