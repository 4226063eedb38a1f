//! What certificates say of SM2: algorithm identifiers and public keys. (The example `sm2_ca` makes some.)

mod common;

use shangmi::{
    pkcs8::{
        AssociatedOid, DecodePublicKey, EncodePublicKey,
        der::{Decode, Encode},
        spki::{
            AlgorithmIdentifierRef, AssociatedAlgorithmIdentifier, DynSignatureAlgorithmIdentifier,
            SignatureAlgorithmIdentifier, SignatureBitStringEncoding,
        },
    },
    signature::{RandomizedSigner, Signer, Verifier},
    sm2::{DerSignature, PreparedVerifyingKey, PublicKey, SecretKey, SigningKey, VerifyingKey},
};

/// SEQUENCE { sm2-with-sm3 }.
const SM2_WITH_SM3: &[u8] = b"\x30\x0a\x06\x08\x2a\x81\x1c\xcf\x55\x01\x83\x75";

fn signing_key() -> SigningKey {
    SigningKey::new(&SecretKey::from_bytes(&[0x42; 32]).expect("in range"))
}

#[test]
fn signatures_are_named_sm2_with_sm3_without_parameters() {
    assert_eq!(DerSignature::OID.to_string(), "1.2.156.10197.1.501");
    let of_key = signing_key().signature_algorithm_identifier().expect("short");
    assert_eq!(of_key.to_der().expect("short"), SM2_WITH_SM3);
    let identifiers = [
        DerSignature::ALGORITHM_IDENTIFIER,
        SigningKey::SIGNATURE_ALGORITHM_IDENTIFIER,
        VerifyingKey::SIGNATURE_ALGORITHM_IDENTIFIER,
        PreparedVerifyingKey::SIGNATURE_ALGORITHM_IDENTIFIER,
    ];
    for identifier in identifiers {
        assert_eq!(identifier.to_der().expect("short"), SM2_WITH_SM3);
    }
}

#[test]
fn public_keys_are_those_of_the_key_files() {
    let key = signing_key().verifying_key().clone();
    let der = key.to_public_key_der().expect("short");
    let of_point = key.public_key().to_public_key_der().expect("short");
    assert_eq!(der, of_point);
    assert_eq!(VerifyingKey::from_public_key_der(der.as_bytes()).expect("as written"), key);
    let identifier = PublicKey::ALGORITHM_IDENTIFIER.to_der().expect("short");
    assert!(AlgorithmIdentifierRef::from_der(&identifier).is_ok());
    assert_eq!(der.as_bytes()[2..2 + identifier.len()], identifier);
    assert!(VerifyingKey::from_public_key_der(&der.as_bytes()[1..]).is_err());
}

#[test]
fn signatures_are_bit_strings_of_their_der() {
    let key = signing_key();
    let signature: DerSignature = key.sign(b"a message");
    let bits = signature.to_bitstring().expect("short");
    assert_eq!(bits.as_bytes(), Some(signature.as_ref()));
    let hedged: DerSignature = key.sign_with_rng(&mut common::sm2::Counter(0), b"a message");
    assert_ne!(hedged, signature);
    assert!(key.verifying_key().verify(b"a message", &hedged).is_ok());
    assert!(key.verifying_key().verify(b"another", &hedged).is_err());
}
