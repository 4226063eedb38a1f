//! Public-key encryption: GB/T 32918.4.
//!
//! | | what |
//! |---|---|
//! | [`PublicKey::encrypt`] | encryption into the caller's buffer, in a [`Format`] |
//! | [`SecretKey::decrypt`] | decryption into the caller's buffer |
//! | [`Ciphertext`] | a ciphertext taken apart, to be written in another format or decrypted |
//!
//! # Which format
//! Libraries differ, and most complaints about SM2 between two of them come from this.
//!
//! | written by | format |
//! |---|---|
//! | GB/T 32918.4-2016 and GM/T 0003.4-2012 | [`Format::C1C3C2`]\([`C1::Uncompressed`]), the default |
//! | GM/T 0009, GB/T 35276, OpenSSL, Tongsuo, GmSSL 3 | [`Format::Der`] |
//! | Bouncy Castle, unless told otherwise | [`Format::C1C2C3`]\([`C1::Uncompressed`]) |
//! | sm-crypto of npm | [`Format::C1C3C2`]\([`C1::Untagged`]) or `C1C2C3` |
//!
//! # Limits
//! - A message has 1 to 32·(2³² − 1) bytes. (For an empty one the standard's loop would never end.)
//! - The ciphertext tells the length of the message, and not who sent it.
//!
//! # Sources
//! GB/T 32918.4-2016 (GM/T 0003.4-2012), the ASN.1 form from GM/T 0009-2012.

mod ciphertext;

pub use ciphertext::{C1, Ciphertext, Format};

use super::{
    backend::Backend,
    ecdh::SharedPoint,
    keys::{PublicKey, SecretKey},
    scalar::Scalar,
};
use crate::{
    secret::Temporary,
    sm3::{Sm3, kdf},
};
use ciphertext::{Slots, lay_out};
use core::fmt;
use digest::Digest;
use rand_core::TryCryptoRng;
use subtle::{Choice, ConstantTimeEq};
use zeroize::{Zeroize, Zeroizing};

/// The longest message: as many bytes as the key derivation function gives.
const MOST: u64 = 32 * u32::MAX as u64;

/// How often a source of randomness may fail to give a k that serves.
///
/// Of one in 2³² it is out of range; t is zero at once for one in 256 if the message has one byte, the shortest.
/// So a good source fails once in 2⁵¹² messages, a broken one does not make encryption run for ever.
const TRIES: u32 = 64;

impl PublicKey {
    /// Encrypts `message`, and returns the ciphertext, which begins where `out` does.
    ///
    /// k is drawn from `rng`, uniformly from [1, n − 1]. `out` has room for [`Format::max_len`] bytes; those that
    /// the ciphertext does not need are left alone, or zero.
    ///
    /// ```
    /// # fn send<R: shangmi::rand_core::TryCryptoRng>(rng: &mut R) -> Result<(), Box<dyn std::error::Error>>
    /// # where R::Error: 'static {
    /// use shangmi::sm2::{SecretKey, pke::Format};
    ///
    /// let key = SecretKey::generate(rng)?;
    /// let mut buffer = [0; 200];
    /// let ciphertext = key.public_key().encrypt(rng, Format::Der, b"message", &mut buffer)?;
    /// let mut message = [0; 200];
    /// assert_eq!(key.decrypt(Format::Der, ciphertext, &mut message)?, b"message");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`EncryptError`] if the message is empty or too long, if `out` is too short, or if `rng` fails or gives
    /// nothing of use. `out` is then untouched in the first three cases, else cleared.
    ///
    /// Source: GB/T 32918.4-2016, 6.1.
    pub fn encrypt<'o, R: TryCryptoRng + ?Sized>(
        &self,
        rng: &mut R,
        format: Format,
        message: &[u8],
        out: &'o mut [u8],
    ) -> Result<&'o mut [u8], EncryptError> {
        self.encrypt_with(Backend::best(), rng, format, message, out)
    }

    pub(super) fn encrypt_with<'o, R: TryCryptoRng + ?Sized>(
        &self,
        backend: Backend,
        rng: &mut R,
        format: Format,
        message: &[u8],
        out: &'o mut [u8],
    ) -> Result<&'o mut [u8], EncryptError> {
        let most = check_lengths(format, message)?;
        let out = out.get_mut(..most).ok_or(EncryptError::BufferTooShort)?;
        let mut k_bytes = Temporary::<[u8; 32]>::new();
        for _ in 0..TRIES {
            // A1: k in [1, n − 1]. Whether it is out of range is told; it is then not used.
            if rng.try_fill_bytes(&mut *k_bytes).is_err() {
                break;
            }
            let Some(k) = Option::<Scalar>::from(Scalar::from_random(&k_bytes)) else { continue };
            let k = Zeroizing::new(k);
            if let Some(length) = encrypt_with_k(backend, &k, self, format, message, out) {
                return out.get_mut(..length).ok_or(EncryptError::BufferTooShort);
            }
        }
        out.zeroize();
        Err(EncryptError::Randomness)
    }

    /// Encrypts `message`.
    ///
    /// # Errors
    /// [`EncryptError`] if the message is empty or too long, or if `rng` fails or gives nothing of use.
    #[cfg(feature = "alloc")]
    pub fn encrypt_to_vec<R: TryCryptoRng + ?Sized>(
        &self,
        rng: &mut R,
        format: Format,
        message: &[u8],
    ) -> Result<alloc::vec::Vec<u8>, EncryptError> {
        let mut bytes = alloc::vec![0; check_lengths(format, message)?];
        let length = self.encrypt(rng, format, message, &mut bytes)?.len();
        bytes.truncate(length);
        Ok(bytes)
    }
}

/// The room that the ciphertext may need.
fn check_lengths(format: Format, message: &[u8]) -> Result<usize, EncryptError> {
    if message.is_empty() {
        return Err(EncryptError::EmptyMessage);
    }
    let most = format.max_len(message.len()).filter(|_| message.len() as u64 <= MOST);
    most.ok_or(EncryptError::MessageTooLong)
}

/// Encrypts with a given k, and returns the length of the ciphertext. None if t is all zeros: another k is
/// needed.
pub(super) fn encrypt_with_k(
    backend: Backend,
    k: &Scalar,
    key: &PublicKey,
    format: Format,
    message: &[u8],
    out: &mut [u8],
) -> Option<usize> {
    // A2: C1 = k·G. A3: the key is not O, nor is the cofactor's multiple, the cofactor being 1.
    // A4: (x₂, y₂) = k·P_B.
    let (c1, shared) = SharedPoint::with_public(backend, k, &key.point);
    let c1 = PublicKey { point: c1 };
    let room = out.len();
    let Slots { c2, c3, left } = lay_out(format, &c1, message.len(), out)?;
    // A5: t = KDF(x₂ ‖ y₂, klen); if t is all zeros, back to A1.
    kdf(shared.as_bytes(), c2).ok()?;
    // A6: C2 = M ⊕ t.
    let usable = xor(c2, message) & shared.is_point;
    // A7: C3 = Hash(x₂ ‖ M ‖ y₂).
    c3.copy_from_slice(&hash(&shared, message));
    // A8. One k in 256 to the power of the length is told to be of no use, and is then not used.
    if bool::from(usable) {
        return Some(room - left);
    }
    // C2 is the message now, and where it stands depends on the length of C1: the next one may leave some of it.
    out.zeroize();
    None
}

impl SecretKey {
    /// Decrypts `ciphertext`, and returns the message, which begins where `out` does.
    ///
    /// `out` has at least as many bytes as the message, that is, as C2.
    ///
    /// # Errors
    /// [`DecryptError`] if `ciphertext` is not one in this format for this key, or if `out` is too short; which
    /// of these is not told. `out` is then cleared.
    ///
    /// Source: GB/T 32918.4-2016, 7.1.
    pub fn decrypt<'o>(
        &self,
        format: Format,
        ciphertext: &[u8],
        out: &'o mut [u8],
    ) -> Result<&'o mut [u8], DecryptError> {
        self.decrypt_with(Backend::best(), format, ciphertext, out)
    }

    pub(super) fn decrypt_with<'o>(
        &self,
        backend: Backend,
        format: Format,
        ciphertext: &[u8],
        out: &'o mut [u8],
    ) -> Result<&'o mut [u8], DecryptError> {
        // B1: C1 is on the curve. B2: it is not O, the cofactor being 1.
        match Ciphertext::parse(format, ciphertext) {
            Ok(ciphertext) => ciphertext.decrypt_with(backend, self, out),
            Err(error) => {
                out.zeroize();
                Err(error)
            }
        }
    }

    /// Decrypts `ciphertext`.
    ///
    /// # Errors
    /// [`DecryptError`] if it is not a ciphertext in this format for this key.
    #[cfg(feature = "alloc")]
    pub fn decrypt_to_vec(
        &self,
        format: Format,
        ciphertext: &[u8],
    ) -> Result<alloc::vec::Vec<u8>, DecryptError> {
        let ciphertext = Ciphertext::parse(format, ciphertext)?;
        let mut message = alloc::vec![0; ciphertext.message_len()];
        ciphertext.decrypt(self, &mut message)?;
        Ok(message)
    }
}

impl Ciphertext<'_> {
    /// Decrypts, and returns the message, which begins where `out` does.
    ///
    /// # Errors
    /// [`DecryptError`] if this is no ciphertext for `key`, or if `out` has less than
    /// [`message_len`](Self::message_len) bytes; `out` is then cleared.
    ///
    /// Source: GB/T 32918.4-2016, 7.1.
    pub fn decrypt<'o>(
        &self,
        key: &SecretKey,
        out: &'o mut [u8],
    ) -> Result<&'o mut [u8], DecryptError> {
        self.decrypt_with(Backend::best(), key, out)
    }

    fn decrypt_with<'o>(
        &self,
        backend: Backend,
        key: &SecretKey,
        out: &'o mut [u8],
    ) -> Result<&'o mut [u8], DecryptError> {
        let opened = match out.get_mut(..self.c2.len()) {
            Some(message) => self.open(backend, &key.d, message),
            None => Choice::from(0),
        };
        if opened.into() {
            return out.get_mut(..self.c2.len()).ok_or(DecryptError);
        }
        out.zeroize();
        Err(DecryptError)
    }

    /// Writes M' to `message`, as long as C2; whether it is the message.
    fn open(&self, backend: Backend, d: &Scalar, message: &mut [u8]) -> Choice {
        // B3: (x₂, y₂) = d_B·C1.
        let shared = SharedPoint::new(backend, d, &self.c1.point.into());
        // B4: t = KDF(x₂ ‖ y₂, klen), not all zeros. B5: M' = C2 ⊕ t.
        if kdf(shared.as_bytes(), message).is_err() {
            return Choice::from(0);
        }
        let t_is_not_zero = xor(message, self.c2);
        // B6: u = Hash(x₂ ‖ M' ‖ y₂), equal to C3.
        let u = Zeroizing::new(hash(&shared, message));
        shared.is_point & t_is_not_zero & u.ct_eq(self.c3)
    }
}

/// t becomes t ⊕ `bytes`, which are as many; whether t had a byte that is not zero.
fn xor(t: &mut [u8], bytes: &[u8]) -> Choice {
    let mut any = 0;
    for (t, byte) in t.iter_mut().zip(bytes) {
        any |= *t;
        *t ^= byte;
    }
    !any.ct_eq(&0)
}

/// Hash(x₂ ‖ M ‖ y₂).
fn hash(shared: &SharedPoint, message: &[u8]) -> [u8; 32] {
    let sm3 = Sm3::new_with_prefix(shared.x()).chain_update(message);
    sm3.chain_update(shared.y()).finalize().into()
}

/// Why a message was not encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EncryptError {
    /// The message is empty.
    EmptyMessage,
    /// The message is longer than 32·(2³² − 1) bytes, or its ciphertext than `usize` can tell.
    MessageTooLong,
    /// The ciphertext may not fit in the buffer.
    BufferTooShort,
    /// The source of randomness failed, or gave again and again what is of no use.
    Randomness,
}

impl fmt::Display for EncryptError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::EmptyMessage => "an empty message cannot be encrypted",
            Self::MessageTooLong => "the message is longer than SM2 encrypts",
            Self::BufferTooShort => "the buffer is too short for the ciphertext",
            Self::Randomness => "the source of randomness failed",
        })
    }
}

impl core::error::Error for EncryptError {}

/// A ciphertext was not decrypted; it does not tell why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DecryptError;

impl fmt::Display for DecryptError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a ciphertext for this key, or not in this format")
    }
}

impl core::error::Error for DecryptError {}

#[cfg(feature = "__backends")]
#[doc(hidden)]
#[allow(missing_docs, clippy::missing_errors_doc, reason = "hidden, and as what users call")]
impl super::__backends::Backend {
    /// Encrypts with k given; the length, none if t is all zeros.
    pub fn encrypt_with_k(
        self,
        k: &[u8; 32],
        key: &PublicKey,
        format: Format,
        message: &[u8],
        out: &mut [u8],
    ) -> Option<usize> {
        let k = Option::from(Scalar::from_random(k))?;
        encrypt_with_k(self.0, &k, key, format, message, out)
    }

    pub fn encrypt<'o, R: TryCryptoRng + ?Sized>(
        self,
        rng: &mut R,
        key: &PublicKey,
        format: Format,
        message: &[u8],
        out: &'o mut [u8],
    ) -> Result<&'o mut [u8], EncryptError> {
        key.encrypt_with(self.0, rng, format, message, out)
    }

    pub fn decrypt<'o>(
        self,
        key: &SecretKey,
        format: Format,
        ciphertext: &[u8],
        out: &'o mut [u8],
    ) -> Result<&'o mut [u8], DecryptError> {
        key.decrypt_with(self.0, format, ciphertext, out)
    }
}
