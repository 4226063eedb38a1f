//! The ECPrivateKey of SEC 1 and RFC 5915, by itself and inside PKCS #8.

use super::SM2;
use crate::sm2::{KeyError, PublicKey, SecretKey};
use pkcs8::der::Decode;
use sec1::{DecodeEcPrivateKey, EcParameters, EcPrivateKey};
#[cfg(feature = "alloc")]
use {
    pkcs8::der::{self, SecretDocument},
    sec1::EncodeEcPrivateKey,
};

/// The key, if the curve is SM2's where one is named, and if its public key is the one in the structure and `outer`,
/// where they are given.
pub(super) fn key(inner: &EcPrivateKey<'_>, outer: Option<&[u8]>) -> Result<SecretKey, KeyError> {
    let curve = inner.parameters.and_then(EcParameters::named_curve);
    let key = SecretKey::from_slice(inner.private_key)?;
    let point = key.public_key();
    let is_other = |bytes| PublicKey::from_sec1_bytes(bytes) != Ok(point);
    if curve.is_some_and(|curve| curve != SM2)
        || [inner.public_key, outer].into_iter().flatten().any(is_other)
    {
        return Err(KeyError);
    }
    Ok(key)
}

/// ECPrivateKey with the public key.
#[cfg(feature = "alloc")]
pub(super) fn der(
    key: &SecretKey,
    parameters: Option<EcParameters>,
) -> Result<SecretDocument, der::Error> {
    let (d, point) = (key.to_bytes(), key.public_key().to_sec1_bytes());
    SecretDocument::encode_msg(&EcPrivateKey {
        private_key: &*d,
        parameters,
        public_key: Some(&point),
    })
}

impl From<KeyError> for sec1::Error {
    fn from(_: KeyError) -> Self {
        Self::Crypto
    }
}

/// Of the curve SM2 or, as it may be left out, of none; a public key that comes with it must be the private key's.
impl TryFrom<EcPrivateKey<'_>> for SecretKey {
    type Error = sec1::Error;

    fn try_from(inner: EcPrivateKey<'_>) -> Result<Self, sec1::Error> {
        Ok(key(&inner, None)?)
    }
}

impl DecodeEcPrivateKey for SecretKey {
    fn from_sec1_der(bytes: &[u8]) -> Result<Self, sec1::Error> {
        EcPrivateKey::from_der(bytes)?.try_into()
    }
}

/// With the curve and the public key in it.
#[cfg(feature = "alloc")]
impl EncodeEcPrivateKey for SecretKey {
    fn to_sec1_der(&self) -> Result<SecretDocument, sec1::Error> {
        Ok(der(self, Some(SM2.into()))?)
    }
}
