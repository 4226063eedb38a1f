//! What certificates and requests say of keys and signatures: the traits that builders of X.509 ask for.

use super::{
    DerSignature, PreparedVerifyingKey, PublicKey, SigningKey, VerifyingKey,
    key_files::{EC_PUBLIC_KEY, SM2},
};
use pkcs8::{
    AssociatedOid, ObjectIdentifier, SubjectPublicKeyInfoRef,
    der::AnyRef,
    spki::{
        self, AlgorithmIdentifier, AssociatedAlgorithmIdentifier, SignatureAlgorithmIdentifier,
    },
};
#[cfg(feature = "alloc")]
use pkcs8::{
    EncodePublicKey,
    der::{Document, asn1::BitString},
    spki::SignatureBitStringEncoding,
};

/// sm2-with-sm3 of GM/T 0006-2012 (GB/T 33560-2017).
impl AssociatedOid for DerSignature {
    const OID: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.156.10197.1.501");
}

/// sm2-with-sm3, without parameters.
impl AssociatedAlgorithmIdentifier for DerSignature {
    type Params = AnyRef<'static>;

    const ALGORITHM_IDENTIFIER: AlgorithmIdentifier<AnyRef<'static>> =
        AlgorithmIdentifier { oid: Self::OID, parameters: None };
}

/// id-ecPublicKey with the curve sm2.
impl AssociatedAlgorithmIdentifier for PublicKey {
    type Params = ObjectIdentifier;

    const ALGORITHM_IDENTIFIER: AlgorithmIdentifier<ObjectIdentifier> =
        AlgorithmIdentifier { oid: EC_PUBLIC_KEY, parameters: Some(SM2) };
}

/// The identifier of [`DerSignature`] for a key that makes or verifies signatures.
macro_rules! of_der_signature {
    ($key:ident) => {
        impl SignatureAlgorithmIdentifier for $key {
            type Params = AnyRef<'static>;

            const SIGNATURE_ALGORITHM_IDENTIFIER: AlgorithmIdentifier<AnyRef<'static>> =
                DerSignature::ALGORITHM_IDENTIFIER;
        }
    };
}

of_der_signature!(SigningKey);
of_der_signature!(VerifyingKey);
of_der_signature!(PreparedVerifyingKey);

/// Of the user with [`DEFAULT_ID`](super::DEFAULT_ID), as certificates are signed with.
impl TryFrom<SubjectPublicKeyInfoRef<'_>> for VerifyingKey {
    type Error = spki::Error;

    fn try_from(info: SubjectPublicKeyInfoRef<'_>) -> Result<Self, spki::Error> {
        PublicKey::try_from(info).map(|key| Self::new(&key))
    }
}

/// That of its public key: the identifier has no place in it.
#[cfg(feature = "alloc")]
impl EncodePublicKey for VerifyingKey {
    fn to_public_key_der(&self) -> Result<Document, spki::Error> {
        self.public_key().to_public_key_der()
    }
}

#[cfg(feature = "alloc")]
impl SignatureBitStringEncoding for DerSignature {
    fn to_bitstring(&self) -> Result<BitString, pkcs8::der::Error> {
        BitString::from_bytes(self.as_ref())
    }
}
