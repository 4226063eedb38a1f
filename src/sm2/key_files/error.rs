//! Why a file gave no key.

use alloc::string::String;
use core::fmt;
use pkcs8::{ObjectIdentifier, spki};

/// Why a file gave no key.
///
/// All that it tells can be seen in the file without a password; why a decryption failed is not told.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyFileError {
    /// There is no line `-----BEGIN …-----`: the file is DER perhaps, or raw bytes.
    NotPem,
    /// Nothing in the text is a key of the kind asked for; the first block in it has this label.
    Label(String),
    /// A line `-----BEGIN …-----` has no end, or what stands between is not base64, or not such a key as the label
    /// says.
    Malformed,
    /// The key is one of this algorithm or curve.
    Algorithm(ObjectIdentifier),
    /// The key is encrypted, and there was no password.
    Encrypted,
    /// The key is encrypted in the way of before PKCS #8, with `Proc-Type` and `DEK-Info`, which is not read here.
    OldEncryption,
    /// The key is encrypted by this algorithm, which is not read here.
    Encryption(ObjectIdentifier),
    /// The password would have to be hashed more often than [`MAX_ITERATIONS`](super::KeyEncryption::MAX_ITERATIONS).
    TooManyIterations,
    /// The password is wrong, or what is encrypted is damaged or no key of SM2.
    Decryption,
}

impl fmt::Display for KeyFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotPem => f.write_str("no PEM in it: no line begins with -----BEGIN"),
            Self::Label(label) => write!(f, "no such key in it, but {label:?}"),
            Self::Malformed => f.write_str("not a well-formed key of SM2"),
            Self::Algorithm(oid) => write!(f, "a key of {oid}, not of SM2"),
            Self::Encrypted => f.write_str(
                "the key is encrypted: a password is needed (feature encrypted-keys, from_pem_with_password)",
            ),
            Self::OldEncryption => f.write_str(
                "the key is encrypted in the old way (Proc-Type, DEK-Info); openssl pkcs8 -topk8 converts it",
            ),
            Self::Encryption(oid) => write!(f, "the key is encrypted by {oid}, which is not read"),
            Self::TooManyIterations => f.write_str("too many iterations of PBKDF2"),
            Self::Decryption => f.write_str("wrong password or damaged file"),
        }
    }
}

impl core::error::Error for KeyFileError {}

impl From<spki::Error> for KeyFileError {
    fn from(error: spki::Error) -> Self {
        match error {
            spki::Error::OidUnknown { oid } => Self::Algorithm(oid),
            _ => Self::Malformed,
        }
    }
}

impl From<pkcs8::Error> for KeyFileError {
    fn from(error: pkcs8::Error) -> Self {
        match error {
            pkcs8::Error::PublicKey(error) => error.into(),
            _ => Self::Malformed,
        }
    }
}
