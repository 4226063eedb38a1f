//! Keys out of PEM, whatever else is in it.

#[cfg(feature = "encrypted-keys")]
use super::pbes2;
use super::{KeyFileError, SM2};
use crate::sm2::{PublicKey, SecretKey};
use alloc::{string::String, vec, vec::Vec};
use pkcs8::{
    DecodePrivateKey, DecodePublicKey,
    der::{Decode, pem::Decoder},
};
use sec1::{EcParameters, EcPrivateKey};
use zeroize::Zeroizing;

const BEGIN: &[u8] = b"-----BEGIN ";
const END: &[u8] = b"-----END ";
const DASHES: &[u8] = b"-----";

/// The labels of private keys. That with SM2 is in no standard; OpenSSL 3 writes it where 1.1.1 wrote EC.
const PRIVATE_KEYS: [&str; 4] =
    ["PRIVATE KEY", "EC PRIVATE KEY", "SM2 PRIVATE KEY", "ENCRYPTED PRIVATE KEY"];

impl SecretKey {
    /// The first private key in `text`, as `PRIVATE KEY` (PKCS #8) or `EC PRIVATE KEY` (SEC 1), for which OpenSSL 3 writes
    /// `SM2 PRIVATE KEY`.
    ///
    /// What stands before it is passed over: text, `EC PARAMETERS`, `SM2 PARAMETERS`, certificates. Lines may have any
    /// one length, and end in CR, LF or both.
    ///
    /// # Errors
    /// [`KeyFileError`], which says what was found.
    pub fn from_pem(text: impl AsRef<[u8]>) -> Result<Self, KeyFileError> {
        from_pem(text.as_ref(), None)
    }

    /// As [`from_pem`](Self::from_pem), and also `ENCRYPTED PRIVATE KEY`, which [`from_encrypted_der`] decrypts with
    /// `password`. A key that is not encrypted needs no password, and is read with any.
    ///
    /// [`from_encrypted_der`]: Self::from_encrypted_der
    ///
    /// # Errors
    /// [`KeyFileError`], which says what was found, but not why a decryption failed.
    #[cfg(feature = "encrypted-keys")]
    pub fn from_pem_with_password(
        text: impl AsRef<[u8]>,
        password: impl AsRef<[u8]>,
    ) -> Result<Self, KeyFileError> {
        from_pem(text.as_ref(), Some(password.as_ref()))
    }
}

impl PublicKey {
    /// The first `PUBLIC KEY` (SubjectPublicKeyInfo) in `text`; what stands before it is passed over.
    ///
    /// # Errors
    /// [`KeyFileError`], which says what was found.
    pub fn from_pem(text: impl AsRef<[u8]>) -> Result<Self, KeyFileError> {
        let block = find(text.as_ref(), &["PUBLIC KEY"])?;
        Ok(Self::from_public_key_der(&block.der()?)?)
    }
}

fn from_pem(text: &[u8], password: Option<&[u8]>) -> Result<SecretKey, KeyFileError> {
    let block = find(text, &PRIVATE_KEYS)?;
    match (block.label, password) {
        (b"PRIVATE KEY", _) => Ok(SecretKey::from_pkcs8_der(&block.der()?)?),
        (b"EC PRIVATE KEY" | b"SM2 PRIVATE KEY", _) => from_sec1(&block.der()?),
        #[cfg(feature = "encrypted-keys")]
        (_, Some(password)) => pbes2::decrypt(&block.der()?, password),
        _ => Err(KeyFileError::Encrypted),
    }
}

fn from_sec1(der: &[u8]) -> Result<SecretKey, KeyFileError> {
    let key = EcPrivateKey::from_der(der).map_err(|_| KeyFileError::Malformed)?;
    match key.parameters {
        Some(EcParameters::NamedCurve(curve)) if curve != SM2 => {
            Err(KeyFileError::Algorithm(curve))
        }
        _ => key.try_into().map_err(|_| KeyFileError::Malformed),
    }
}

/// A block of PEM.
struct Block<'a> {
    label: &'a [u8],
    /// All of it, from the first dash to the last.
    text: &'a [u8],
}

impl Block<'_> {
    fn der(&self) -> Result<Zeroizing<Vec<u8>>, KeyFileError> {
        // The names of headers end in a colon, of which there are none in base64.
        if self.text.contains(&b':') {
            return Err(KeyFileError::OldEncryption);
        }
        let mut decoder =
            Decoder::new_detect_wrap(self.text).map_err(|_| KeyFileError::Malformed)?;
        let mut der = Zeroizing::new(vec![0; decoder.remaining_len()]);
        let whole = decoder.decode(&mut der).is_ok() && decoder.is_finished();
        whole.then_some(der).ok_or(KeyFileError::Malformed)
    }
}

/// The first block with one of these labels.
fn find<'a>(text: &'a [u8], labels: &[&str]) -> Result<Block<'a>, KeyFileError> {
    let mut rest = text;
    let mut first = None;
    while let Some((_, begun)) = split(rest, BEGIN) {
        let (label, body) = split(begun, DASHES).ok_or(KeyFileError::Malformed)?;
        if labels.iter().any(|wanted| wanted.as_bytes() == label) {
            return block(rest, label);
        }
        first.get_or_insert(label);
        rest = body;
    }
    // Who asks for a label expects words, not a file's worth of them.
    let label = |label: &[u8]| String::from_utf8_lossy(label).chars().take(64).collect();
    Err(first.map_or(KeyFileError::NotPem, |first| KeyFileError::Label(label(first))))
}

/// The block with this label, with which the first block of `text` begins.
fn block<'a>(text: &'a [u8], label: &'a [u8]) -> Result<Block<'a>, KeyFileError> {
    let malformed = KeyFileError::Malformed;
    let start = position(text, BEGIN).ok_or(malformed.clone())?;
    let text = text.get(start..).unwrap_or_default();
    let end = position(text, END).ok_or(malformed.clone())?;
    let length = end + END.len() + label.len() + DASHES.len();
    let text = text.get(..length).ok_or(malformed)?;
    Ok(Block { label, text })
}

/// Where `pattern` first stands. Each pattern begins with a dash, which base64 has not: where a key is searched through,
/// every place is left at its first byte.
fn position(text: &[u8], pattern: &[u8]) -> Option<usize> {
    text.windows(pattern.len()).position(|window| window == pattern)
}

/// What stands before `pattern`, and after it.
fn split<'a>(text: &'a [u8], pattern: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let (before, from) = text.split_at_checked(position(text, pattern)?)?;
    Some((before, from.get(pattern.len()..)?))
}
