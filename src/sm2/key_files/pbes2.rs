//! EncryptedPrivateKeyInfo with PBES2: what it says of itself, and its decryption.

use super::{KeyEncryption, KeyFileError};
use crate::{
    secret::Temporary,
    sm2::{
        SecretKey,
        der::{INTEGER, NULL, OBJECT_IDENTIFIER, OCTET_STRING, Reader, SEQUENCE},
    },
    sm3,
    sm4::{
        Sm4CbcDec, Sm4CbcEnc,
        padding::{Padding, Pkcs7},
    },
};
use aes::{Aes128, Aes192, Aes256};
use cipher::{Array, BlockModeDecrypt, BlockModeEncrypt, KeyIvInit, consts::U16};
use pbkdf2::pbkdf2_hmac;
use pkcs8::{ObjectIdentifier as Oid, PrivateKeyInfoRef};
use sha1::Sha1;
use sha2::{Sha256, Sha384, Sha512};
use zeroize::Zeroizing;

/// id-PBES2 of RFC 8018; PBES of GM/T 0091-2020; the same as gmsm writes it, without an arc.
pub(super) const PBES2: [(Oid, ()); 3] = [
    (Oid::new_unwrap("1.2.840.113549.1.5.13"), ()),
    (Oid::new_unwrap("1.2.156.10197.6.1.4.1.5.2"), ()),
    (Oid::new_unwrap("1.2.156.10197.6.4.1.5.2"), ()),
];

/// id-PBKDF2 of RFC 8018; PBKDF of GM/T 0091-2020; the same as gmsm writes it, without an arc. With each the hash
/// function that is meant if none is named.
pub(super) const PBKDF2: [(Oid, Hash); 3] = [
    (Oid::new_unwrap("1.2.840.113549.1.5.12"), Hash::Sha1),
    (Oid::new_unwrap("1.2.156.10197.6.1.4.1.5.1"), Hash::Sm3),
    (Oid::new_unwrap("1.2.156.10197.6.4.1.5.1"), Hash::Sm3),
];

/// The hash function in the HMAC of PBKDF2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hash {
    Sm3,
    Sha1,
    Sha256,
    Sha384,
    Sha512,
}

impl Hash {
    /// SM3's is that of GM/T 0006-2012 and GB/T 33560-2017, which GmSSL and gmsm write, and that of table A.1 of
    /// GM/T 0091-2020, which OpenSSL and Tongsuo write.
    pub(super) const ALL: [(Oid, Self); 6] = [
        (Oid::new_unwrap("1.2.156.10197.1.401.2"), Self::Sm3),
        (Oid::new_unwrap("1.2.156.10197.1.401.3.1"), Self::Sm3),
        (Oid::new_unwrap("1.2.840.113549.2.7"), Self::Sha1),
        (Oid::new_unwrap("1.2.840.113549.2.9"), Self::Sha256),
        (Oid::new_unwrap("1.2.840.113549.2.10"), Self::Sha384),
        (Oid::new_unwrap("1.2.840.113549.2.11"), Self::Sha512),
    ];
}

/// The block cipher, which is in the mode CBC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cipher {
    Sm4,
    Aes128,
    Aes192,
    Aes256,
}

impl Cipher {
    pub(super) const ALL: [(Oid, Self); 4] = [
        (Oid::new_unwrap("1.2.156.10197.1.104.2"), Self::Sm4),
        (Oid::new_unwrap("2.16.840.1.101.3.4.1.2"), Self::Aes128),
        (Oid::new_unwrap("2.16.840.1.101.3.4.1.22"), Self::Aes192),
        (Oid::new_unwrap("2.16.840.1.101.3.4.1.42"), Self::Aes256),
    ];

    const fn key_len(self) -> usize {
        match self {
            Self::Sm4 | Self::Aes128 => 16,
            Self::Aes192 => 24,
            Self::Aes256 => 32,
        }
    }
}

/// What PBES2 is told.
pub(super) struct Parameters<'a> {
    pub(super) hash: Hash,
    pub(super) salt: &'a [u8],
    pub(super) iterations: u32,
    pub(super) cipher: Cipher,
    pub(super) iv: &'a [u8; 16],
}

impl Parameters<'_> {
    /// The cipher's key, and zeros behind it.
    fn key(&self, password: &[u8]) -> Option<Temporary<[u8; 32]>> {
        let mut key = Temporary::<[u8; 32]>::new();
        let out = key.get_mut(..self.cipher.key_len())?;
        match self.hash {
            Hash::Sm3 => sm3::pbkdf2(password, self.salt, self.iterations, out).ok()?,
            Hash::Sha1 => pbkdf2_hmac::<Sha1>(password, self.salt, self.iterations, out),
            Hash::Sha256 => pbkdf2_hmac::<Sha256>(password, self.salt, self.iterations, out),
            Hash::Sha384 => pbkdf2_hmac::<Sha384>(password, self.salt, self.iterations, out),
            Hash::Sha512 => pbkdf2_hmac::<Sha512>(password, self.salt, self.iterations, out),
        }
        Some(key)
    }

    /// Decrypts whole blocks; the length of the message before their padding.
    fn decrypt(&self, password: &[u8], blocks: &mut [u8]) -> Option<usize> {
        let key = self.key(password)?;
        let key = key.get(..self.cipher.key_len())?;
        match self.cipher {
            Cipher::Sm4 => cbc_decrypt::<Sm4CbcDec>(key, self.iv, blocks)?,
            Cipher::Aes128 => cbc_decrypt::<cbc::Decryptor<Aes128>>(key, self.iv, blocks)?,
            Cipher::Aes192 => cbc_decrypt::<cbc::Decryptor<Aes192>>(key, self.iv, blocks)?,
            Cipher::Aes256 => cbc_decrypt::<cbc::Decryptor<Aes256>>(key, self.iv, blocks)?,
        }
        // The range begins at 0.
        Pkcs7::unpad(blocks).ok().map(|message| message.end)
    }

    /// Encrypts whole blocks.
    pub(super) fn encrypt(&self, password: &[u8], blocks: &mut [u8]) -> Option<()> {
        let key = self.key(password)?;
        let key = key.get(..self.cipher.key_len())?;
        match self.cipher {
            Cipher::Sm4 => cbc_encrypt::<Sm4CbcEnc>(key, self.iv, blocks),
            Cipher::Aes128 => cbc_encrypt::<cbc::Encryptor<Aes128>>(key, self.iv, blocks),
            Cipher::Aes192 => cbc_encrypt::<cbc::Encryptor<Aes192>>(key, self.iv, blocks),
            Cipher::Aes256 => cbc_encrypt::<cbc::Encryptor<Aes256>>(key, self.iv, blocks),
        }
    }
}

fn cbc_decrypt<C: KeyIvInit + BlockModeDecrypt<BlockSize = U16>>(
    key: &[u8],
    iv: &[u8],
    data: &mut [u8],
) -> Option<()> {
    let mut cbc = C::new_from_slices(key, iv).ok()?;
    cbc.decrypt_blocks(Array::slice_as_chunks_mut(data).0);
    Some(())
}

fn cbc_encrypt<C: KeyIvInit + BlockModeEncrypt<BlockSize = U16>>(
    key: &[u8],
    iv: &[u8],
    data: &mut [u8],
) -> Option<()> {
    let mut cbc = C::new_from_slices(key, iv).ok()?;
    cbc.encrypt_blocks(Array::slice_as_chunks_mut(data).0);
    Some(())
}

/// The key in an EncryptedPrivateKeyInfo.
pub(super) fn decrypt(der: &[u8], password: &[u8]) -> Result<SecretKey, KeyFileError> {
    let (parameters, data) = parse(der)?;
    let mut info = Zeroizing::new(data.to_vec());
    // From here on nothing is told but that it failed.
    let length = parameters.decrypt(password, &mut info).ok_or(KeyFileError::Decryption)?;
    let key = info.get(..length).and_then(|info| PrivateKeyInfoRef::try_from(info).ok());
    key.and_then(|key| key.try_into().ok()).ok_or(KeyFileError::Decryption)
}

/// Takes an EncryptedPrivateKeyInfo apart: what it is encrypted by, and whole blocks.
///
/// Source: RFC 5958, 3; RFC 8018, A.4.
pub(super) fn parse(der: &[u8]) -> Result<(Parameters<'_>, &[u8]), KeyFileError> {
    let mut outer = Reader(der);
    let (parameters, data) = inside(&mut outer, |info| {
        let parameters = inside(info, |algorithm| {
            one_of(&PBES2, algorithm)?;
            inside(algorithm, scheme)
        })?;
        Ok((parameters, octets(info)?))
    })?;
    if outer.0.is_empty() && !data.is_empty() && data.len().is_multiple_of(16) {
        Ok((parameters, data))
    } else {
        Err(KeyFileError::Malformed)
    }
}

/// PBES2-params: PBKDF2 and a cipher.
fn scheme<'a>(pbes2: &mut Reader<'a>) -> Result<Parameters<'a>, KeyFileError> {
    let Pbkdf2 { salt, iterations, key_len, hash } = inside(pbes2, |algorithm| {
        let default = one_of(&PBKDF2, algorithm)?;
        inside(algorithm, |pbkdf2| function(pbkdf2, default))
    })?;
    let (cipher, iv) = inside(pbes2, |algorithm| {
        let cipher = one_of(&Cipher::ALL, algorithm)?;
        Ok((cipher, octets(algorithm)?.try_into().map_err(|_| KeyFileError::Malformed)?))
    })?;
    match u32::try_from(iterations) {
        _ if key_len.is_some_and(|length| length != cipher.key_len() as u64) => {
            Err(KeyFileError::Malformed)
        }
        Ok(0) => Err(KeyFileError::Malformed),
        Ok(iterations @ ..=KeyEncryption::MAX_ITERATIONS) => {
            Ok(Parameters { hash, salt, iterations, cipher, iv })
        }
        _ => Err(KeyFileError::TooManyIterations),
    }
}

/// What PBKDF2 is told.
struct Pbkdf2<'a> {
    salt: &'a [u8],
    iterations: u64,
    key_len: Option<u64>,
    hash: Hash,
}

/// PBKDF2-params, with `hash` if none is named.
///
/// Source: RFC 8018, A.2.
fn function<'a>(pbkdf2: &mut Reader<'a>, mut hash: Hash) -> Result<Pbkdf2<'a>, KeyFileError> {
    let salt = octets(pbkdf2)?;
    let iterations = integer(pbkdf2)?;
    let key_len = match pbkdf2.0 {
        [INTEGER, ..] => Some(integer(pbkdf2)?),
        _ => None,
    };
    if !pbkdf2.0.is_empty() {
        hash = inside(pbkdf2, |algorithm| {
            let hash = one_of(&Hash::ALL, algorithm)?;
            if !algorithm.0.is_empty() {
                algorithm
                    .element(NULL)
                    .filter(|null| null.is_empty())
                    .ok_or(KeyFileError::Malformed)?;
            }
            Ok(hash)
        })?;
    }
    Ok(Pbkdf2 { salt, iterations, key_len, hash })
}

/// What `read` makes of the next element, a SEQUENCE, of which it leaves nothing.
fn inside<'a, T>(
    reader: &mut Reader<'a>,
    read: impl FnOnce(&mut Reader<'a>) -> Result<T, KeyFileError>,
) -> Result<T, KeyFileError> {
    let mut inner = Reader(reader.element(SEQUENCE).ok_or(KeyFileError::Malformed)?);
    let value = read(&mut inner)?;
    if inner.0.is_empty() { Ok(value) } else { Err(KeyFileError::Malformed) }
}

/// What the next element, an object identifier, names.
fn one_of<T: Copy>(all: &[(Oid, T)], reader: &mut Reader<'_>) -> Result<T, KeyFileError> {
    let oid = reader.element(OBJECT_IDENTIFIER).and_then(|oid| Oid::from_bytes(oid).ok());
    let oid = oid.ok_or(KeyFileError::Malformed)?;
    let found = all.iter().find(|(name, _)| *name == oid);
    found.map(|(_, value)| *value).ok_or(KeyFileError::Encryption(oid))
}

fn octets<'a>(reader: &mut Reader<'a>) -> Result<&'a [u8], KeyFileError> {
    reader.element(OCTET_STRING).ok_or(KeyFileError::Malformed)
}

/// An INTEGER that is not negative; [`u64::MAX`] for what is above.
fn integer(reader: &mut Reader<'_>) -> Result<u64, KeyFileError> {
    let bytes = reader.integer().ok_or(KeyFileError::Malformed)?;
    let (high, low) = bytes.split_last_chunk().ok_or(KeyFileError::Malformed)?;
    Ok(if high.iter().all(|byte| *byte == 0) { u64::from_be_bytes(*low) } else { u64::MAX })
}
