//! The authenticated encryption modes of ZUC-128: ZUC-GXM and ZUC-MUR.
//!
//! Source: GM/T 0001.4-2024.

use super::{
    Backend, ROUNDS, Zuc128, Zuc128Core,
    portable::State,
    stream::Words,
    tag::{self, LongTag},
};
use aead::{AeadCore, AeadInOut, Error, Nonce, Tag, TagPosition};
use cipher::{
    AlgorithmName, InOutBuf, Key, KeyInit, KeySizeUser, StreamCipher,
    array::Array,
    consts::{U16, U48},
};
use core::{fmt, marker::PhantomData};
use ghash::{GHash, universal_hash::UniversalHash};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

fn zuc128(key: &[u8; 16], iv: &[u8; 16], backend: Backend) -> Zuc128 {
    Zuc128Core::from_words(Words::start(State::load128(key, iv), ROUNDS, u64::MAX, backend)).into()
}

/// GHASH of AAD and data, each padded to blocks, and their lengths in bits. Source: chapter 5.
fn ghash(hash_key: &[u8; 16], aad: &[u8], data: &[u8]) -> Zeroizing<[u8; 16]> {
    let mut ghash = GHash::new(hash_key.into());
    ghash.update_padded(aad);
    ghash.update_padded(data);
    let lengths = u128::from(8 * aad.len() as u64) << 64 | u128::from(8 * data.len() as u64);
    ghash.update_padded(&lengths.to_be_bytes());
    Zeroizing::new(ghash.finalize().into())
}

/// ZUC-GXM for **one** message: keys and IV, used up by [`encrypt`](Self::encrypt) or [`decrypt`](Self::decrypt).
///
/// A 16-byte key, a 16-byte hash key, a 16-byte IV; tags of `N` = 8 … 16 bytes. Two messages under one
/// (key, IV) reveal both and the hash key, so an instance cannot be used twice:
///
/// ```compile_fail,E0382
/// # use shangmi::zuc::ZucGxm;
/// let gxm = ZucGxm::<shangmi::aead::consts::U16>::new(&[1; 16], &[2; 16], &[3; 16]);
/// let tag = gxm.encrypt(b"", [0; 5].as_mut_slice().into());
/// let tag = gxm.encrypt(b"", [0; 5].as_mut_slice().into()); // used after move
/// ```
///
/// ```
/// use shangmi::{aead::consts::U16, zuc::ZucGxm};
///
/// let new = || ZucGxm::<U16>::new(&[1; 16], &[2; 16], &[3; 16]);
/// let mut message = *b"message";
/// let tag = new().encrypt(b"header", message.as_mut_slice().into());
/// new().decrypt(b"header", message.as_mut_slice().into(), &tag)?;
/// assert_eq!(&message, b"message");
/// # Ok::<(), shangmi::aead::Error>(())
/// ```
///
/// Source: GM/T 0001.4-2024, chapter 6.
pub struct ZucGxm<N: LongTag = U16> {
    zuc: Zuc128,
    hash_key: Zeroizing<[u8; 16]>,
    size: PhantomData<N>,
}

impl<N: LongTag> ZucGxm<N> {
    /// ZUC-GXM for the one message of (`key`, `iv`).
    #[must_use]
    pub fn new(key: &[u8; 16], hash_key: &[u8; 16], iv: &[u8; 16]) -> Self {
        Self::with_backend(key, hash_key, iv, Backend::best())
    }

    pub(super) fn with_backend(
        key: &[u8; 16],
        hash_key: &[u8; 16],
        iv: &[u8; 16],
        backend: Backend,
    ) -> Self {
        let hash_key = Zeroizing::new(*hash_key);
        Self { zuc: zuc128(key, iv, backend), hash_key, size: PhantomData }
    }

    /// GHASH ⊕ the first `N` bytes of keystream.
    fn tag(&self, mask: &[u8; 16], aad: &[u8], ciphertext: &[u8]) -> Zeroizing<[u8; 16]> {
        let mut tag = ghash(&self.hash_key, aad, ciphertext);
        for (byte, mask) in tag.iter_mut().zip(mask) {
            *byte ^= mask;
        }
        tag
    }

    fn mask(&mut self) -> Zeroizing<[u8; 16]> {
        let mut mask = Zeroizing::new([0; 16]);
        self.zuc.unchecked_write_keystream(&mut mask[..N::USIZE]);
        mask
    }

    /// Encrypts `data` in place or from buffer to buffer, and authenticates it with `aad`.
    #[must_use]
    pub fn encrypt(mut self, aad: &[u8], mut data: InOutBuf<'_, '_, u8>) -> Array<u8, N> {
        let mask = self.mask();
        self.zuc.unchecked_apply_keystream_inout(data.reborrow());
        tag::first_bytes(&self.tag(&mask, aad, data.get_out()))
    }

    /// Checks `tag`, then decrypts `data` in place or from buffer to buffer.
    ///
    /// # Errors
    /// [`Error`] if the tag is wrong; the output is cleared then.
    pub fn decrypt(
        mut self,
        aad: &[u8],
        mut data: InOutBuf<'_, '_, u8>,
        tag: &Array<u8, N>,
    ) -> Result<(), Error> {
        let mask = self.mask();
        let right = self.tag(&mask, aad, data.get_in());
        if tag::equal(&right, tag) {
            self.zuc.unchecked_apply_keystream_inout(data);
            return Ok(());
        }
        data.get_out().fill(0);
        Err(Error)
    }
}
impl<N: LongTag> ZeroizeOnDrop for ZucGxm<N> {}
impl<N: LongTag> fmt::Debug for ZucGxm<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ZucGxm").finish_non_exhaustive()
    }
}

/// ZUC-MUR: authenticated encryption that survives a repeated IV; tags of `N` = 8 … 16 bytes.
///
/// The key is 48 bytes: the data key, the tag key, the hash key (see [`from_keys`](Self::from_keys)).
/// A repeated IV reveals no more than whether two messages (and their AAD) are the same. Decryption
/// needs the plaintext to check the tag; if the tag is wrong the buffer is cleared.
///
/// ```
/// use shangmi::{aead::{AeadInOut, consts::U16}, zuc::ZucMur};
///
/// let mur = ZucMur::<U16>::from_keys(&[1; 16], &[2; 16], &[3; 16]);
/// let (iv, mut message) = ([4; 16].into(), *b"message");
/// let tag = mur.encrypt_inout_detached(&iv, b"header", message.as_mut_slice().into())?;
/// mur.decrypt_inout_detached(&iv, b"header", message.as_mut_slice().into(), &tag)?;
/// assert_eq!(&message, b"message");
/// # Ok::<(), shangmi::aead::Error>(())
/// ```
///
/// Source: GM/T 0001.4-2024, chapter 7.
#[derive(Clone)]
pub struct ZucMur<N: LongTag = U16> {
    data_key: Zeroizing<[u8; 16]>,
    tag_key: Zeroizing<[u8; 16]>,
    hash_key: Zeroizing<[u8; 16]>,
    backend: Backend,
    size: PhantomData<N>,
}

impl<N: LongTag> ZucMur<N> {
    /// ZUC-MUR with the three keys, which must be independent.
    #[must_use]
    pub fn from_keys(data_key: &[u8; 16], tag_key: &[u8; 16], hash_key: &[u8; 16]) -> Self {
        Self::with_backend(data_key, tag_key, hash_key, Backend::best())
    }

    pub(super) fn with_backend(
        data_key: &[u8; 16],
        tag_key: &[u8; 16],
        hash_key: &[u8; 16],
        backend: Backend,
    ) -> Self {
        let [data_key, tag_key, hash_key] =
            [data_key, tag_key, hash_key].map(|k| Zeroizing::new(*k));
        Self { data_key, tag_key, hash_key, backend, size: PhantomData }
    }

    /// The first `N` bytes of the keystream of (tag key, IV ⊕ GHASH), and zeros.
    fn tag(&self, iv: &[u8; 16], aad: &[u8], plaintext: &[u8]) -> Zeroizing<[u8; 16]> {
        let mut iv_hash = ghash(&self.hash_key, aad, plaintext);
        for (byte, iv) in iv_hash.iter_mut().zip(iv) {
            *byte ^= iv;
        }
        let mut tag = Zeroizing::new([0; 16]);
        zuc128(&self.tag_key, &iv_hash, self.backend)
            .unchecked_write_keystream(&mut tag[..N::USIZE]);
        tag
    }

    /// The keystream of (data key, IV ⊕ tag), the tag padded with zeros at its end.
    fn keystream(&self, iv: &[u8; 16], tag: &[u8]) -> Zuc128 {
        let mut iv = *iv;
        for (byte, tag) in iv.iter_mut().zip(tag) {
            *byte ^= tag;
        }
        zuc128(&self.data_key, &iv, self.backend)
    }
}
impl<N: LongTag> ZeroizeOnDrop for ZucMur<N> {}
impl<N: LongTag> KeySizeUser for ZucMur<N> {
    type KeySize = U48;
}
impl<N: LongTag> KeyInit for ZucMur<N> {
    /// The key is the data key, the tag key and the hash key, one after the other.
    fn new(key: &Key<Self>) -> Self {
        let (keys, _) = key.0.as_chunks();
        Self::from_keys(&keys[0], &keys[1], &keys[2])
    }
}
impl<N: LongTag> AeadCore for ZucMur<N> {
    type NonceSize = U16;
    type TagSize = N;
    const TAG_POSITION: TagPosition = TagPosition::Postfix;
}
impl<N: LongTag> AeadInOut for ZucMur<N> {
    fn encrypt_inout_detached(
        &self,
        nonce: &Nonce<Self>,
        associated_data: &[u8],
        buffer: InOutBuf<'_, '_, u8>,
    ) -> Result<Tag<Self>, Error> {
        let tag = self.tag(&nonce.0, associated_data, buffer.get_in());
        self.keystream(&nonce.0, &tag[..N::USIZE]).unchecked_apply_keystream_inout(buffer);
        Ok(tag::first_bytes(&tag))
    }

    fn decrypt_inout_detached(
        &self,
        nonce: &Nonce<Self>,
        associated_data: &[u8],
        mut buffer: InOutBuf<'_, '_, u8>,
        tag: &Tag<Self>,
    ) -> Result<(), Error> {
        self.keystream(&nonce.0, tag).unchecked_apply_keystream_inout(buffer.reborrow());
        let right = self.tag(&nonce.0, associated_data, buffer.get_out());
        if tag::equal(&right, tag) {
            return Ok(());
        }
        buffer.get_out().zeroize();
        Err(Error)
    }
}
impl<N: LongTag> AlgorithmName for ZucMur<N> {
    fn write_alg_name(f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ZUC-MUR")
    }
}
impl<N: LongTag> fmt::Debug for ZucMur<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ZucMur").finish_non_exhaustive()
    }
}
