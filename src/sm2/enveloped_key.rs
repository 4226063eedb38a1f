//! Key pairs in envelopes: a private key that one party makes for another, as a certification authority makes a key for
//! encryption and sends it to the owner of a key for signatures.
//!
//! | | what |
//! |---|---|
//! | [`EnvelopedKey::seal`] | the private key under a new key of SM4, and this under the recipient's public key |
//! | [`EnvelopedKey::open`] | the private key, for the recipient |
//! | [`from_der`](EnvelopedKey::from_der), [`write_der`](EnvelopedKey::write_der) | SM2EnvelopedKey of GM/T 0009 (GB/T 35276) |
//! | [`from_skf`](EnvelopedKey::from_skf), [`to_skf`](EnvelopedKey::to_skf) | ENVELOPEDKEYBLOB of GM/T 0016 (GB/T 35291), for smart tokens |
//!
//! Reading the one and writing the other turns each into the other; it takes no key.
//!
//! # Limits
//! - The cipher is SM4 in the mode ECB: its key serves for these two blocks alone. There is no other cipher.
//! - Nothing shows who made an envelope. That it was not altered shows when the private key that comes out of it belongs to
//!   the public key that stands in it.
//!
//! # Sources
//! GM/T 0009-2012, 7.4 (GB/T 35276-2017); GM/T 0016-2012, 6.4 (GB/T 35291-2017).
#![deny(clippy::indexing_slicing)]

mod der;
mod skf;

pub use skf::SKF_LEN;

use super::{
    PublicKey, SecretKey,
    der::Writer,
    pke::{C1, Ciphertext, EncryptError, Format},
};
use crate::{secret::Temporary, sm4::Sm4};
use cipher::{Array, BlockCipherDecrypt, BlockCipherEncrypt, KeyInit};
use core::fmt;
use rand_core::TryCryptoRng;

/// A private key in an envelope.
///
/// ```
/// # fn issue<R: shangmi::rand_core::TryCryptoRng>(rng: &mut R) -> Result<(), Box<dyn std::error::Error>>
/// # where R::Error: 'static {
/// use shangmi::sm2::{SecretKey, enveloped_key::EnvelopedKey};
///
/// # let owner = SecretKey::generate(rng)?;
/// // The authority:
/// let key = SecretKey::generate(rng)?;
/// let envelope = EnvelopedKey::seal(rng, &owner.public_key(), &key)?;
/// let mut buffer = [0; EnvelopedKey::MAX_DER_LEN];
/// let der = envelope.write_der(&mut buffer).ok_or("no room")?;
///
/// // The owner:
/// let envelope = EnvelopedKey::from_der(der)?;
/// let key = envelope.open(&owner)?;
/// assert_eq!(key.public_key(), *envelope.public_key());
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct EnvelopedKey {
    /// The key of SM4, encrypted: x ‖ y ‖ C3 ‖ C2.
    sm4_key: [u8; CIPHERTEXT],
    public_key: PublicKey,
    /// d, encrypted.
    d: [u8; 32],
}

/// The format in which the key of SM4 is kept here.
const FORMAT: Format = Format::C1C3C2(C1::Untagged);
const CIPHERTEXT: usize = 64 + 32 + 16;

impl EnvelopedKey {
    /// Encrypts `key` with a new key of SM4, and this for `recipient`.
    ///
    /// # Errors
    /// [`EncryptError`] if `rng` fails or gives nothing of use.
    pub fn seal<R: TryCryptoRng + ?Sized>(
        rng: &mut R,
        recipient: &PublicKey,
        key: &SecretKey,
    ) -> Result<Self, EncryptError> {
        let mut sm4_key = Temporary::<[u8; 16]>::new();
        rng.try_fill_bytes(&mut *sm4_key).map_err(|_| EncryptError::Randomness)?;
        let mut encrypted = [0; CIPHERTEXT];
        recipient.encrypt(rng, FORMAT, &*sm4_key, &mut encrypted)?;
        let mut d = Temporary::<[u8; 32]>::new();
        d.copy_from_slice(&*key.to_bytes());
        let (blocks, _) = Array::slice_as_chunks_mut(&mut *d);
        Sm4::new((&*sm4_key).into()).encrypt_blocks(blocks);
        Ok(Self { sm4_key: encrypted, public_key: key.public_key(), d: *d })
    }

    /// The private key.
    ///
    /// # Errors
    /// [`EnvelopeError`] if the envelope is not for `recipient`, or if what comes out of it is not the private key that
    /// belongs to [`public_key`](Self::public_key); which of these is not told.
    pub fn open(&self, recipient: &SecretKey) -> Result<SecretKey, EnvelopeError> {
        let mut sm4_key = Temporary::<[u8; 16]>::new();
        let decrypted = recipient.decrypt(FORMAT, &self.sm4_key, &mut *sm4_key);
        decrypted.map_err(|_| EnvelopeError)?;
        let mut d = Temporary::<[u8; 32]>::new();
        *d = self.d;
        let (blocks, _) = Array::slice_as_chunks_mut(&mut *d);
        Sm4::new((&*sm4_key).into()).decrypt_blocks(blocks);
        let key = SecretKey::from_bytes(&d).map_err(|_| EnvelopeError)?;
        if key.public_key() == self.public_key { Ok(key) } else { Err(EnvelopeError) }
    }

    /// The public key that belongs to the private key in the envelope, if [`open`](Self::open) confirms it.
    #[must_use]
    pub fn public_key(&self) -> &PublicKey {
        &self.public_key
    }

    /// The encrypted key of SM4.
    fn ciphertext(&self) -> Option<Ciphertext<'_>> {
        Ciphertext::parse(FORMAT, &self.sm4_key).ok()
    }

    /// Of the parts x₁, y₁, C3 and C2 of the ciphertext, and the rest. None if there is no such point.
    fn from_parts(
        [x1, y1, c3]: [&[u8; 32]; 3],
        c2: &[u8; 16],
        public_key: PublicKey,
        d: &[u8; 32],
    ) -> Option<Self> {
        let mut sm4_key = [0; CIPHERTEXT];
        let mut writer = Writer(&mut sm4_key);
        [x1, y1, c3].iter().try_for_each(|part| writer.put(*part))?;
        writer.put(c2)?;
        let envelope = Self { sm4_key, public_key, d: *d };
        envelope.ciphertext().is_some().then_some(envelope)
    }
}

impl fmt::Debug for EnvelopedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EnvelopedKey").field("public_key", &self.public_key).finish_non_exhaustive()
    }
}

/// This is no envelope, or not one for this key; it does not tell which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EnvelopeError;

impl fmt::Display for EnvelopeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not an envelope with a key for this key")
    }
}

impl core::error::Error for EnvelopeError {}
