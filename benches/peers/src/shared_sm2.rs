//! What all who do SM2 share: what is signed, verified and decrypted, and whether what is random is right.

use crate::input::{D, E, MESSAGES, Pattern, key256, message};
use shangmi::{
    signature::hazmat::{PrehashSigner, PrehashVerifier},
    sm2::{
        PublicKey, SecretKey, Signature, SigningKey, VerifyingKey,
        pke::{C1, Format},
    },
};

/// That of the standard.
pub(crate) const FORMAT: Format = Format::C1C3C2(C1::Uncompressed);
/// Of 32 bytes in any format: the DER form has the most, with a zero before each coordinate and lengths.
pub(crate) const ROOM: usize = 144;
/// Of a signature in any format.
#[cfg(any(feature = "botan", feature = "openssl"))]
pub(crate) const SIGNATURE_ROOM: usize = 72;

/// What is signed many at once.
pub(crate) fn prehashes() -> Vec<[u8; 32]> {
    message(32 * MESSAGES).as_chunks().0.to_vec()
}

fn public_key() -> Option<PublicKey> {
    Some(SecretKey::from_bytes(&D).ok()?.public_key())
}

/// Whether these are signatures, each of 64 bytes, on E or on the many values.
pub(crate) fn are_signatures(signatures: &[u8]) -> bool {
    let (signatures, prehashes) = (signatures.as_chunks().0, prehashes());
    let prehashes = if signatures.len() == 1 { &[E][..] } else { &prehashes };
    signatures.len() == prehashes.len()
        && signatures.iter().zip(prehashes).all(|(signature, e)| {
            Signature::from_bytes(signature).is_ok_and(|signature| verifies(e, &signature))
        })
}

pub(crate) fn verifies(e: &[u8; 32], signature: &Signature) -> bool {
    public_key().is_some_and(|key| VerifyingKey::new(&key).verify_prehash(e, signature).is_ok())
}

/// The signature that all verify.
pub(crate) fn signature() -> Option<Signature> {
    SigningKey::new(&SecretKey::from_bytes(&D).ok()?).sign_prehash(&E).ok()
}

/// The message encrypted, for all who decrypt.
pub(crate) fn ciphertext(format: Format) -> Option<Vec<u8>> {
    let mut out = [0; ROOM];
    let encrypted =
        public_key()?.encrypt(&mut Pattern::default(), format, &key256(0), &mut out).ok()?;
    Some(encrypted.to_vec())
}

/// Whether `out` begins with an encryption of the message in our format.
pub(crate) fn decrypts(out: &[u8]) -> bool {
    decrypts_from(FORMAT, &out[..97 + 32])
}

/// The same with C2 before C3.
pub(crate) fn decrypts_c1c2c3(out: &[u8]) -> bool {
    decrypts_from(Format::C1C2C3(C1::Uncompressed), &out[..97 + 32])
}

/// The same in DER.
#[cfg(any(feature = "botan", feature = "openssl"))]
pub(crate) fn decrypts_der(out: &[u8]) -> bool {
    // A short form of the length, or a long one in one byte.
    let end = if out[1] < 0x80 { 2 + usize::from(out[1]) } else { 3 + usize::from(out[2]) };
    out.get(..end).is_some_and(|ciphertext| decrypts_from(Format::Der, ciphertext))
}

fn decrypts_from(format: Format, ciphertext: &[u8]) -> bool {
    let (secret, mut out) = (SecretKey::from_bytes(&D), [0; 32]);
    let Ok(secret) = secret else {
        return false;
    };
    let message = secret.decrypt(format, ciphertext, &mut out);
    message.is_ok_and(|message| message == key256(0))
}
