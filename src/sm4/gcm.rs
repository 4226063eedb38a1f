//! SM4-GCM: authenticated encryption.
//!
//! Source: NIST SP 800-38D; GB/T 36624-2018, chapter 10; RFC 8998, 2.2.

use super::{
    Cipher, Sm4Enc,
    backend::{Backend, Block, GcmState},
    gmac::Sm4Gmac,
    passes::{add, advance32},
};
use crate::{ghash, secret::Temporary};
use aead::{AeadCore, AeadInOut, Error, Nonce, Tag, TagPosition};
use cipher::{
    AlgorithmName, InOutBuf, Key, KeyInit, KeySizeUser,
    array::{Array, ArraySize, typenum::NonZero},
    consts::{U12, U13, U14, U15, U16},
};
use core::{fmt, marker::PhantomData};
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop};

mod sealed {
    pub trait Sealed {}
}

/// The sizes of a tag of GCM and GMAC: `U12` … `U16` bytes, of [`aead::consts`].
///
/// The shorter ones of SP 800-38D, 4 and 8 bytes, are not for general use (its annex C) and not here:
///
/// ```compile_fail
/// use shangmi::{aead::{KeyInit, consts::{U8, U12}}, sm4::Sm4Gcm};
///
/// let tags_too_short = Sm4Gcm::<U12, U8>::new(&[0x42; 16].into());
/// ```
pub trait GcmTag: ArraySize + sealed::Sealed {}

macro_rules! sizes {
    ($($size:ty)*) => {$(
        impl GcmTag for $size {}
        impl sealed::Sealed for $size {}
    )*};
}
sizes!(U12 U13 U14 U15 U16);

/// The sizes of a nonce of GCM and GMAC: 1 byte or more. 12 is what the standards recommend.
pub trait GcmNonce: ArraySize + NonZero {}
impl<N: ArraySize + NonZero> GcmNonce for N {}

/// The most bytes of AAD, or of a nonce: 2⁶⁴ − 1 bits. Source: SP 800-38D, 5.2.1.1.
const MAX_AAD: u64 = (1 << 61) - 1;
/// The most bytes of plaintext: 2³⁹ − 256 bits.
const MAX_DATA: u64 = (1 << 36) - 32;

/// SM4-GCM: authenticated encryption, 16-byte key; nonces of `N` bytes, tags of `T` = 12 … 16 bytes.
///
/// **A nonce must never be used twice under one key**: two messages under one nonce reveal each other,
/// and the key of the tags. Nonces may be a counter; or, of 12 bytes, random for up to 2³² messages a
/// key. A message has up to 2³⁶ − 32 bytes, its AAD up to 2⁶¹ − 1.
///
/// Decryption checks the tag while it decrypts; if the tag is wrong the output is cleared.
///
/// Give the variable its type, or write `<Sm4Gcm>::new`: `Sm4Gcm::new` alone leaves the sizes open, and does not compile.
///
/// ```
/// use shangmi::{aead::{AeadInOut, KeyInit}, sm4::Sm4Gcm};
///
/// let gcm = <Sm4Gcm>::new(&[0x42; 16].into());
/// let nonce = [7; 12].into();
/// let mut message = *b"message";
/// let tag = gcm.encrypt_inout_detached(&nonce, b"header", message.as_mut_slice().into())?;
/// gcm.decrypt_inout_detached(&nonce, b"header", message.as_mut_slice().into(), &tag)?;
/// assert_eq!(&message, b"message");
/// # Ok::<(), shangmi::aead::Error>(())
/// ```
///
/// # Errors
/// [`Error`] if the message or its AAD is too long: nothing is done then. From decryption if the tag is wrong, too: the output is
/// all zeros then. Of nonces and tags whose size is a type none has a wrong length.
///
/// # Large files
/// Of a file as one message nothing may be used before its last byte is decrypted and the tag found right: either all of it waits in
/// memory, or plaintext that an attacker wrote is used already; and 64 GiB are the most. So encrypt it in segments, each with a tag of its
/// own, by the construction STREAM (crate `aead-stream`). The nonce of a segment is a prefix of 7 bytes, its number, and whether it is the last
/// one: no segment can be altered, moved, repeated or left out, and the end cannot be cut off.
///
/// ```
/// use aead_stream::{DecryptorBE32, EncryptorBE32};
/// use shangmi::{aead::{KeyInit, Payload}, sm4::Sm4Gcm};
///
/// const SEGMENT: usize = 64 << 10;
/// let (key, prefix, header) = ([0x42; 16], [7; 7], b"version 1");
/// let file = vec![0x5a; 150_000];
///
/// let mut stream = EncryptorBE32::<Sm4Gcm>::new(&key.into(), &prefix.into());
/// let (mut sealed, mut rest) = (Vec::new(), &file[..]);
/// while rest.len() > SEGMENT {
///     let (segment, later) = rest.split_at(SEGMENT);
///     sealed.push(stream.encrypt_next(Payload { msg: segment, aad: header })?);
///     rest = later;
/// }
/// sealed.push(stream.encrypt_last(Payload { msg: rest, aad: header })?);
///
/// let mut stream = DecryptorBE32::<Sm4Gcm>::new(&key.into(), &prefix.into());
/// let (last, segments) = sealed.split_last().expect("one at least");
/// let mut opened = Vec::new();
/// for segment in segments {
///     // The tag of this segment is right, or this returns: only then its plaintext goes on.
///     opened.extend(stream.decrypt_next(Payload { msg: segment, aad: header })?);
/// }
/// // Until here the file might have been cut.
/// opened.extend(stream.decrypt_last(Payload { msg: last, aad: header })?);
/// assert_eq!(opened, file);
/// # Ok::<(), shangmi::aead::Error>(())
/// ```
///
/// A file has up to 2³² segments, and no two files may have both key and prefix in common: since 7 random bytes are few, make a key for each
/// file (by [`HkdfSm3`](crate::sm3::HkdfSm3) or [`pbkdf2`](crate::sm3::pbkdf2) with a random salt that is kept in the header), as the example
/// `encrypt_file` of the repository does.
///
/// Source: NIST SP 800-38D; GB/T 36624-2018, chapter 10; RFC 8998, 2.2. STREAM: Hoang, Reyhanitabar, Rogaway, Vizár, CRYPTO 2015.
#[derive(Clone)]
pub struct Sm4Gcm<N: GcmNonce = U12, T: GcmTag = U16> {
    gcm: Gcm,
    sizes: PhantomData<(N, T)>,
}

impl<N: GcmNonce, T: GcmTag> Sm4Gcm<N, T> {
    pub(super) fn with_backend(key: &Key<Self>, backend: Backend) -> Self {
        Sm4Enc::with_backend(key, backend).into()
    }

    /// Encrypts under a nonce whose length is known at run time only, any but 0. Otherwise as
    /// [`encrypt_inout_detached`](AeadInOut::encrypt_inout_detached).
    ///
    /// # Errors
    /// [`Error`] if the nonce is empty, or nonce, AAD or message too long; `buffer` is untouched then.
    pub fn encrypt_with_nonce(
        &self,
        nonce: &[u8],
        aad: &[u8],
        buffer: InOutBuf<'_, '_, u8>,
    ) -> Result<Array<u8, T>, Error> {
        self.gcm.encrypt(nonce, aad, buffer).map(|tag| first_bytes(&tag))
    }

    /// Decrypts under a nonce whose length is known at run time only, any but 0. Otherwise as
    /// [`decrypt_inout_detached`](AeadInOut::decrypt_inout_detached).
    ///
    /// # Errors
    /// [`Error`] if the tag is wrong, the output is cleared then; or if the nonce is empty, or nonce,
    /// AAD or message too long, and then it is untouched.
    pub fn decrypt_with_nonce(
        &self,
        nonce: &[u8],
        aad: &[u8],
        buffer: InOutBuf<'_, '_, u8>,
        tag: &Array<u8, T>,
    ) -> Result<(), Error> {
        self.gcm.decrypt(nonce, aad, buffer, tag)
    }

    /// GMAC under the same key: the tag of a message that is all AAD, given piece by piece.
    ///
    /// The nonce must be no other message's.
    ///
    /// # Errors
    /// [`Error`] if the nonce is empty or longer than 2⁶¹ − 1 bytes.
    pub fn gmac(&self, nonce: &[u8]) -> Result<Sm4Gmac<N, T>, Error> {
        check(nonce, &[], 0)?;
        Ok(Sm4Gmac::start(&self.gcm, nonce))
    }
}

impl<N: GcmNonce, T: GcmTag> From<Sm4Enc> for Sm4Gcm<N, T> {
    fn from(sm4: Sm4Enc) -> Self {
        Self { gcm: Gcm::new(sm4), sizes: PhantomData }
    }
}
impl<N: GcmNonce, T: GcmTag> ZeroizeOnDrop for Sm4Gcm<N, T> {}
impl<N: GcmNonce, T: GcmTag> KeySizeUser for Sm4Gcm<N, T> {
    type KeySize = U16;
}
impl<N: GcmNonce, T: GcmTag> KeyInit for Sm4Gcm<N, T> {
    fn new(key: &Key<Self>) -> Self {
        Self::with_backend(key, Backend::best())
    }
}
impl<N: GcmNonce, T: GcmTag> AeadCore for Sm4Gcm<N, T> {
    type NonceSize = N;
    type TagSize = T;
    const TAG_POSITION: TagPosition = TagPosition::Postfix;
}
impl<N: GcmNonce, T: GcmTag> AeadInOut for Sm4Gcm<N, T> {
    fn encrypt_inout_detached(
        &self,
        nonce: &Nonce<Self>,
        associated_data: &[u8],
        buffer: InOutBuf<'_, '_, u8>,
    ) -> Result<Tag<Self>, Error> {
        self.encrypt_with_nonce(nonce, associated_data, buffer)
    }

    fn decrypt_inout_detached(
        &self,
        nonce: &Nonce<Self>,
        associated_data: &[u8],
        buffer: InOutBuf<'_, '_, u8>,
        tag: &Tag<Self>,
    ) -> Result<(), Error> {
        self.decrypt_with_nonce(nonce, associated_data, buffer, tag)
    }
}
impl<N: GcmNonce, T: GcmTag> AlgorithmName for Sm4Gcm<N, T> {
    fn write_alg_name(f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SM4-GCM")
    }
}
impl<N: GcmNonce, T: GcmTag> fmt::Debug for Sm4Gcm<N, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sm4Gcm").finish_non_exhaustive()
    }
}

/// The first `N` bytes of `tag`.
pub(super) fn first_bytes<N: ArraySize>(tag: &Block) -> Array<u8, N> {
    Array::from_fn(|i| tag[i])
}

/// What GCM is whatever the sizes.
#[derive(Clone)]
pub(super) struct Gcm {
    pub(super) cipher: Cipher,
    pub(super) h: ghash::Key,
}

/// E(J0) and the keystream, of a short message; E(J0) and the keystream of the last bytes, of a longer one.
type Head = Temporary<[[Block; 2]; HEAD / 2]>;

/// The blocks that take hardly longer than one does.
const HEAD: usize = 32;

impl Gcm {
    pub(super) fn new(sm4: Sm4Enc) -> Self {
        let cipher = sm4.0;
        let mut h = Temporary::<[Block; 1]>::new();
        cipher.crypt(h.as_mut_slice().into());
        let h = ghash::Key::new(&h[0], cipher.backend.ghash());
        Self { cipher, h }
    }

    /// J0. Source: SP 800-38D, 7.1, step 2.
    pub(super) fn j0(&self, nonce: &[u8]) -> Block {
        let mut j0 = Block::default();
        if let [head @ .., 0, 0, 0, one] = &mut j0.0
            && head.len() == nonce.len()
        {
            head.copy_from_slice(nonce);
            *one = 1;
        } else {
            self.h.update_padded(&mut j0, nonce);
            self.h.update(&mut j0, &[lengths(0, nonce.len() as u64)]);
        }
        j0
    }

    /// Encrypts `buffer`, and returns the whole tag.
    fn encrypt(
        &self,
        nonce: &[u8],
        aad: &[u8],
        buffer: InOutBuf<'_, '_, u8>,
    ) -> Result<Block, Error> {
        check(nonce, aad, buffer.len())?;
        Ok(self.crypt(nonce, aad, buffer, true))
    }

    /// Decrypts `buffer`, and clears it if `tag` is wrong.
    fn decrypt(
        &self,
        nonce: &[u8],
        aad: &[u8],
        mut buffer: InOutBuf<'_, '_, u8>,
        tag: &[u8],
    ) -> Result<(), Error> {
        check(nonce, aad, buffer.len())?;
        let right = self.crypt(nonce, aad, buffer.reborrow(), false);
        if right[..tag.len()].ct_eq(tag).into() {
            return Ok(());
        }
        buffer.get_out().zeroize();
        Err(Error)
    }

    /// Encrypts or decrypts `buffer`, and returns the whole tag.
    fn crypt(
        &self,
        nonce: &[u8],
        aad: &[u8],
        buffer: InOutBuf<'_, '_, u8>,
        encrypt: bool,
    ) -> Block {
        let Cipher { rk, backend } = &self.cipher;
        let (j0, bytes) = (self.j0(nonce), buffer.len());
        let (mut blocks, mut rest) = buffer.into_chunks::<U16>();
        let (whole, all) = (blocks.len(), bytes.div_ceil(16));
        let mut y = Block::default();
        self.h.update_padded(&mut y, aad);
        let mut head = Head::new();
        let last = if all < HEAD {
            let head = &mut head.as_flattened_mut()[..=all];
            for (i, block) in head.iter_mut().enumerate() {
                *block = advance32(&j0, i);
            }
            self.cipher.crypt((&mut *head).into());
            if !encrypt {
                self.h.update(&mut y, blocks.get_in());
            }
            add(blocks.reborrow(), &head[1..]);
            if encrypt {
                self.h.update(&mut y, blocks.get_out());
            }
            whole + 1
        } else {
            head[0] = [j0, advance32(&j0, whole + 1)];
            let counter = advance32(&j0, 1);
            let mut gcm = GcmState { h: &self.h, counter, y, head: &mut head[0] };
            if encrypt {
                backend.gcm_encrypt(rk, &mut gcm, blocks);
            } else {
                backend.gcm_decrypt(rk, &mut gcm, blocks);
            }
            y = gcm.y;
            1
        };
        let head = head.as_flattened();
        let lengths = lengths(aad.len() as u64, bytes as u64);
        if !encrypt {
            finish(&self.h, &mut y, rest.get_in(), lengths);
        }
        if !rest.is_empty() {
            rest.xor_in2out(&head[last][..rest.len()]);
        }
        if encrypt {
            finish(&self.h, &mut y, rest.get_out(), lengths);
        }
        sum(&y, &head[0])
    }
}

fn check(nonce: &[u8], aad: &[u8], data: usize) -> Result<(), Error> {
    let fits = |bytes: usize, limit| bytes as u64 <= limit;
    let right = !nonce.is_empty()
        && fits(nonce.len(), MAX_AAD)
        && fits(aad.len(), MAX_AAD)
        && fits(data, MAX_DATA);
    if right { Ok(()) } else { Err(Error) }
}

/// GHASH of the last bytes, fewer than a block, and of the lengths.
pub(super) fn finish(h: &ghash::Key, y: &mut Block, rest: &[u8], lengths: Block) {
    let mut last = [Block::default(), lengths];
    last[0][..rest.len()].copy_from_slice(rest);
    h.update(y, if rest.is_empty() { &last[1..] } else { &last });
}

/// The lengths, given in bytes, in bits.
pub(super) fn lengths(aad: u64, data: u64) -> Block {
    (u128::from(8 * aad) << 64 | u128::from(8 * data)).to_be_bytes().into()
}

/// Y ⊕ E(J0).
pub(super) fn sum(y: &Block, mask: &Block) -> Block {
    (u128::from_ne_bytes(y.0) ^ u128::from_ne_bytes(mask.0)).to_ne_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gcm_refuses_more_than_2_36_minus_32_bytes() {
        // Of a length alone: such a message fits into few machines.
        let check = |bytes: u64| usize::try_from(bytes).map(|bytes| check(&[1], &[], bytes));
        assert_eq!(check(MAX_DATA), usize::try_from(MAX_DATA).map(|_| Ok(())));
        for more in [1, 15, 16, 32, 1 << 40] {
            let refused = check(MAX_DATA + more);
            assert_eq!(refused.unwrap_or(Err(Error)), Err(Error));
        }
        assert_eq!(MAX_DATA, (1 << 36) - 32);
        assert_eq!(MAX_AAD, u64::MAX / 8);
    }
}
