//! Keys as PKCS #8 and SubjectPublicKeyInfo.

use super::{KeyError, PublicKey, SecretKey};
use pkcs8::{
    AlgorithmIdentifierRef, ObjectIdentifier, PrivateKeyInfoRef, SubjectPublicKeyInfoRef,
    der::{AnyRef, Decode},
    spki,
};
use sec1::EcPrivateKey;
#[cfg(feature = "alloc")]
use {
    pkcs8::{
        EncodePrivateKey, EncodePublicKey,
        der::{
            Document, Encode, SecretDocument,
            asn1::{BitStringRef, OctetStringRef},
        },
    },
    zeroize::Zeroizing,
};

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
        oid => Err(spki::Error::OidUnknown { oid }),
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
        let curve = inner.parameters.as_ref().and_then(|curve| curve.named_curve());
        let key = Self::from_slice(inner.private_key)?;
        let outer = info.public_key.map(|point| point.as_bytes().ok_or(KeyError)).transpose()?;
        let point = key.public_key();
        let is_other = |bytes| PublicKey::from_sec1_bytes(bytes) != Ok(point);
        if curve.is_some_and(|curve| curve != SM2)
            || [inner.public_key, outer].into_iter().flatten().any(is_other)
        {
            return Err(KeyError.into());
        }
        Ok(key)
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
        let (d, point) = (self.to_bytes(), self.public_key().to_sec1_bytes());
        let inner = EcPrivateKey { private_key: &*d, parameters: None, public_key: Some(&point) };
        let inner = Zeroizing::new(inner.to_der()?);
        let algorithm =
            AlgorithmIdentifierRef { oid: EC_PUBLIC_KEY, parameters: Some(AnyRef::from(&SM2)) };
        let info = PrivateKeyInfoRef::new(algorithm, OctetStringRef::new(&inner)?);
        Ok(SecretDocument::encode_msg(&info)?)
    }
}
