//! Private keys encrypted with a password.

use super::{
    KeyFileError, SM2,
    pbes2::{self, Cipher, Hash, PBES2, PBKDF2, Parameters},
    private_key_info,
};
use crate::sm2::{
    SecretKey,
    der::{Integer, NULL, OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE, Writer, element_len},
};
use crate::sm4::padding::{Padding, Pkcs7};
use alloc::{string::String, vec, vec::Vec};
use core::fmt;
use pkcs8::{LineEnding, ObjectIdentifier as Oid, der::pem};
use rand_core::TryCryptoRng;
use zeroize::Zeroizing;

/// How a private key is encrypted with a password: by PBES2, with PBKDF2 and a block cipher in the mode CBC.
///
/// ```
/// # fn save<R: shangmi::rand_core::TryCryptoRng>(rng: &mut R) -> Result<(), Box<dyn std::error::Error>> {
/// use shangmi::sm2::{SecretKey, key_files::KeyEncryption};
///
/// # let key = SecretKey::from_bytes(&[0x42; 32])?;
/// let text = key.to_encrypted_pem(rng, "a password", KeyEncryption::SM4_SM3)?;
/// let key = SecretKey::from_pem_with_password(&text, "a password")?;
///
/// // For OpenSSL 3, and in a fifth of the time.
/// let how = KeyEncryption::AES256_SHA256.with_iterations(120_000);
/// let text = key.to_encrypted_pem(rng, "a password", how)?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyEncryption {
    hash: Hash,
    cipher: Cipher,
    iterations: u32,
}

impl KeyEncryption {
    /// How often the password is hashed unless told otherwise: a fifth of a second or so.
    ///
    /// Source: OWASP's Password Storage Cheat Sheet, for PBKDF2 with SHA-256, of the same length as SM3.
    pub const DEFAULT_ITERATIONS: u32 = 600_000;

    /// The least number of iterations to encrypt with. (NIST SP 800-132, 5.2, of 2010, has 1000 as the least.) Files
    /// with fewer are read.
    pub const MIN_ITERATIONS: u32 = 10_000;

    /// The greatest number of iterations: a file could else keep its reader busy for as long as it pleases.
    pub const MAX_ITERATIONS: u32 = 10_000_000;

    /// SM4-CBC and PBKDF2-HMAC-SM3, the default. Read by GmSSL and gmsm; not by OpenSSL 3.0.
    pub const SM4_SM3: Self = Self::new(Hash::Sm3, Cipher::Sm4);

    /// SM4-CBC and PBKDF2-HMAC-SHA-256. Read by OpenSSL from 1.1.1 on.
    pub const SM4_SHA256: Self = Self::new(Hash::Sha256, Cipher::Sm4);

    /// AES-256-CBC and PBKDF2-HMAC-SHA-256, as OpenSSL from 1.1.0 on writes it unless told otherwise. Read by nearly
    /// all.
    pub const AES256_SHA256: Self = Self::new(Hash::Sha256, Cipher::Aes256);

    const fn new(hash: Hash, cipher: Cipher) -> Self {
        Self { hash, cipher, iterations: Self::DEFAULT_ITERATIONS }
    }

    /// The same with so many iterations.
    #[must_use]
    pub const fn with_iterations(self, iterations: u32) -> Self {
        Self { iterations, ..self }
    }
}

impl Default for KeyEncryption {
    fn default() -> Self {
        Self::SM4_SM3
    }
}

impl SecretKey {
    /// The key in an EncryptedPrivateKeyInfo of PKCS #8.
    ///
    /// PBES2 is read with PBKDF2, its HMAC with SM3, SHA-1, SHA-256, SHA-384 or SHA-512, and with SM4, AES-128,
    /// AES-192 or AES-256 in the mode CBC. A password is bytes; that of a `str` is its UTF-8.
    ///
    /// # Errors
    /// [`KeyFileError`]. It tells what could be seen without the password; that the password is wrong is not told from
    /// what is encrypted being damaged. No part of the plaintext is left in memory.
    ///
    /// Source: RFC 5958, 3; RFC 8018, 6.2.2.
    pub fn from_encrypted_der(
        der: &[u8],
        password: impl AsRef<[u8]>,
    ) -> Result<Self, KeyFileError> {
        pbes2::decrypt(der, password.as_ref())
    }

    /// EncryptedPrivateKeyInfo of PKCS #8: the key encrypted with `password`.
    ///
    /// A salt and an IV of 16 bytes each come from `rng`. The ECPrivateKey inside names the curve, which GmSSL needs.
    ///
    /// # Errors
    /// [`EncryptKeyError`] if `rng` fails, or if the number of iterations is out of range.
    ///
    /// Source: RFC 5958, 3; RFC 8018, 6.2.1; the object identifiers of SM4 and SM3 are those of GM/T 0006-2012.
    pub fn to_encrypted_der<R: TryCryptoRng + ?Sized>(
        &self,
        rng: &mut R,
        password: impl AsRef<[u8]>,
        how: KeyEncryption,
    ) -> Result<Vec<u8>, EncryptKeyError> {
        let KeyEncryption { hash, cipher, iterations } = how;
        if !(KeyEncryption::MIN_ITERATIONS..=KeyEncryption::MAX_ITERATIONS).contains(&iterations) {
            return Err(EncryptKeyError::Iterations);
        }
        let mut random = [[0; 16]; 2];
        rng.try_fill_bytes(random.as_flattened_mut()).map_err(|_| EncryptKeyError::Randomness)?;
        let [salt, iv] = &random;
        let parameters = Parameters { hash, salt, iterations, cipher, iv };
        encrypt(self, password.as_ref(), &parameters).ok_or(EncryptKeyError::Randomness)
    }

    /// As [`to_encrypted_der`](Self::to_encrypted_der), as text: `ENCRYPTED PRIVATE KEY`.
    ///
    /// # Errors
    /// [`EncryptKeyError`] if `rng` fails, or if the number of iterations is out of range.
    pub fn to_encrypted_pem<R: TryCryptoRng + ?Sized>(
        &self,
        rng: &mut R,
        password: impl AsRef<[u8]>,
        how: KeyEncryption,
    ) -> Result<String, EncryptKeyError> {
        let der = self.to_encrypted_der(rng, password, how)?;
        pem::encode_string("ENCRYPTED PRIVATE KEY", LineEnding::LF, &der)
            .map_err(|_| EncryptKeyError::Randomness)
    }
}

/// None for no length that a key has.
fn encrypt(key: &SecretKey, password: &[u8], parameters: &Parameters<'_>) -> Option<Vec<u8>> {
    let info = private_key_info(key, Some(SM2.into())).ok()?;
    let mut data = Zeroizing::new(vec![0; Pkcs7::padded_len(info.as_bytes().len())?]);
    Pkcs7::pad(info.as_bytes(), &mut data);
    parameters.encrypt(password, &mut data)?;
    // GmSSL takes nothing behind the name of HMAC-SM3; behind those of RFC 8018 there is NULL.
    let null = match parameters.hash {
        Hash::Sm3 => vec![],
        _ => element::<&[u8]>(NULL, &[])?,
    };
    let prf = [name(&Hash::ALL, &parameters.hash)?, null];
    let pbkdf2 = [
        element(OCTET_STRING, &[parameters.salt])?,
        integer(parameters.iterations)?,
        element(SEQUENCE, &prf)?,
    ];
    // Named as RFC 8018 does, with SHA-1 for where no hash function is named.
    let function = [name(&PBKDF2, &Hash::Sha1)?, element(SEQUENCE, &pbkdf2)?];
    let cbc = [name(&Cipher::ALL, &parameters.cipher)?, element(OCTET_STRING, &[parameters.iv])?];
    let pbes2 = [element(SEQUENCE, &function)?, element(SEQUENCE, &cbc)?];
    let scheme = [name(&PBES2, &())?, element(SEQUENCE, &pbes2)?];
    let info = [element(SEQUENCE, &scheme)?, element(OCTET_STRING, &[&**data])?];
    element(SEQUENCE, &info)
}

/// The first object identifier that stands for `value`.
fn name<T: PartialEq>(all: &[(Oid, T)], value: &T) -> Option<Vec<u8>> {
    let (oid, _) = all.iter().find(|(_, other)| other == value)?;
    element(OBJECT_IDENTIFIER, &[oid.as_bytes()])
}

/// An element with these parts.
fn element<T: AsRef<[u8]>>(tag: u8, parts: &[T]) -> Option<Vec<u8>> {
    let length = parts.iter().map(|part| part.as_ref().len()).sum();
    let mut bytes = vec![0; element_len(length)?];
    let mut writer = Writer(&mut bytes);
    writer.header(tag, length)?;
    parts.iter().try_for_each(|part| writer.put(part.as_ref()))?;
    Some(bytes)
}

fn integer(value: u32) -> Option<Vec<u8>> {
    let mut bytes = [0; 32];
    *bytes.last_chunk_mut()? = value.to_be_bytes();
    let value = Integer::new(bytes);
    let mut bytes = vec![0; element_len(value.len())?];
    Writer(&mut bytes).integer(&value)?;
    Some(bytes)
}

/// Why a key was not encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EncryptKeyError {
    /// The number of iterations is below [`MIN_ITERATIONS`](KeyEncryption::MIN_ITERATIONS) or above
    /// [`MAX_ITERATIONS`](KeyEncryption::MAX_ITERATIONS).
    Iterations,
    /// The source of randomness failed.
    Randomness,
}

impl fmt::Display for EncryptKeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Iterations => "too few or too many iterations of PBKDF2",
            Self::Randomness => "no randomness",
        })
    }
}

impl core::error::Error for EncryptKeyError {}
