//! The 256-bit algorithms of 3GPP: 256-NEA6 (encryption), 256-NIA6 (integrity), 256-NCA6 (both).
//!
//! Source: 3GPP TS 35.246.

use super::{
    Backend, Frame, Zuc256,
    stream::Words,
    tag::{self, ShortTag},
    zuc256::{LIMIT, Use, new},
};
use crate::secret::Temporary;
use aead::{AeadCore, AeadInOut, Error, Nonce, Tag, TagPosition};
use cipher::{
    AlgorithmName, InOutBuf, Iv, IvSizeUser, Key, KeyInit, KeyIvInit, KeySizeUser, StreamCipher,
    StreamCipherError,
    consts::{U15, U16, U32},
};
use core::{fmt, marker::PhantomData};
use digest::{FixedOutput, MacMarker, Output, OutputSizeUser, Update};
use polyval::{Polyval, universal_hash::UniversalHash};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// IV\[0\], which separates the three algorithms and the sizes of their tags.
pub(super) const DOMAIN_NEA6: u8 = 0;

/// IV\[0\] of 256-NIA6 with a tag of `bytes` bytes, 4 … 16: its bits.
#[allow(clippy::cast_possible_truncation, reason = "at most 128")]
pub(super) const fn domain_nia6(bytes: usize) -> u8 {
    8 * bytes as u8
}

/// IV\[0\] of 256-NCA6 with a tag of `bytes` bytes, 4 … 16: its bits, and 4.
pub(super) const fn domain_nca6(bytes: usize) -> u8 {
    domain_nia6(bytes) | 4
}

pub(super) fn whole_iv(domain: u8, iv: &[u8; 15]) -> [u8; 16] {
    let mut whole = [domain; 16];
    whole[1..].copy_from_slice(iv);
    whole
}

fn start(key: &[u8; 32], iv: &[u8; 16], left: u64, backend: Backend) -> Words {
    Words::start(new::load(key, iv, Use::Keystream), new::ROUNDS, left, backend)
}

/// 256-NEA6: encryption with ZUC-256, 32-byte key.
///
/// The IV is the 15 bytes IV\[1\] … IV\[15\] of TS 35.246, as [`Frame::nea6_iv`](super::Frame::nea6_iv)
/// makes them (the first has 6 bits, which is not checked here); IV\[0\] is set here. Up to 2³² bits a
/// message, in whole bytes.
///
/// ```
/// use shangmi::{cipher::{KeyIvInit, StreamCipher}, zuc::{Frame, Nea6}};
///
/// let (key, iv) = ([0x42; 32], Frame::new(7, 3, 0)?.nea6_iv());
/// let mut message = *b"a PDCP SDU";
/// Nea6::new(&key.into(), &iv.into()).apply_keystream(&mut message);
/// Nea6::new(&key.into(), &iv.into()).apply_keystream(&mut message);
/// assert_eq!(&message, b"a PDCP SDU");
/// # Ok::<(), shangmi::zuc::FrameError>(())
/// ```
#[derive(Clone, ZeroizeOnDrop)]
pub struct Nea6(Zuc256);

impl Nea6 {
    /// 256-NEA6 for the message of `frame`, with the IV of [`Frame::nea6_iv`].
    #[must_use]
    pub fn for_frame(key: &[u8; 32], frame: Frame) -> Self {
        Self::new(key.into(), &frame.nea6_iv().into())
    }

    pub(super) fn with_backend(key: &Key<Self>, iv: &Iv<Self>, backend: Backend) -> Self {
        let iv = whole_iv(DOMAIN_NEA6, &iv.0);
        Self(Zuc256::with_backend(key, &iv.into(), backend))
    }
}
impl KeySizeUser for Nea6 {
    type KeySize = U32;
}
impl IvSizeUser for Nea6 {
    type IvSize = U15;
}
impl KeyIvInit for Nea6 {
    fn new(key: &Key<Self>, iv: &Iv<Self>) -> Self {
        Self::with_backend(key, iv, Backend::best())
    }
}
impl StreamCipher for Nea6 {
    fn check_remaining(&self, data_len: usize) -> Result<(), StreamCipherError> {
        self.0.check_remaining(data_len)
    }
    fn unchecked_apply_keystream_inout(&mut self, data: InOutBuf<'_, '_, u8>) {
        self.0.unchecked_apply_keystream_inout(data);
    }
    fn unchecked_write_keystream(&mut self, data: &mut [u8]) {
        self.0.unchecked_write_keystream(data);
    }
}
impl AlgorithmName for Nea6 {
    fn write_alg_name(f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("256-NEA6")
    }
}
impl fmt::Debug for Nea6 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Nea6").finish_non_exhaustive()
    }
}

/// The tag of 256-NIA6 and 256-NCA6 while it runs: H, Q and P are the first twelve words.
///
/// Tag = first bytes of (POLYVAL_H(AAD ‖ C, each padded) ⊕ (8·|C| ‖ 8·|AAD|)) · Q ⊕ P.
#[derive(Clone)]
pub(super) struct Authenticator {
    polyval: Polyval,
    q: Polyval,
    p: Zeroizing<[u8; 16]>,
}

impl Authenticator {
    fn start(words: &mut Words) -> Self {
        let mut hqp = Temporary::<[u8; 48]>::new();
        words.fill(hqp.as_chunks_mut().0);
        Self::new(&hqp)
    }

    /// H ‖ Q ‖ P.
    pub(super) fn new(hqp: &[u8; 48]) -> Self {
        let (parts, _) = hqp.as_chunks::<16>();
        Self {
            polyval: Polyval::new((&parts[0]).into()),
            q: Polyval::new((&parts[1]).into()),
            p: Zeroizing::new(parts[2]),
        }
    }

    /// Adds `data`, padded to whole blocks.
    fn update(&mut self, data: &[u8]) {
        self.polyval.update_padded(data);
    }

    /// The 16 bytes of which the tag is the first, for so many bytes of ciphertext and of AAD.
    fn finish(&mut self, ciphertext: u64, aad: u64) -> Zeroizing<[u8; 16]> {
        let mut block = self.polyval.finalize_reset();
        let lengths = u128::from(8 * aad) << 64 | u128::from(8 * ciphertext);
        for (byte, length) in block.iter_mut().zip(lengths.to_le_bytes()) {
            *byte ^= length;
        }
        // One block of POLYVAL is the product "·" with its key.
        self.q.update(core::slice::from_ref(&block));
        block.zeroize();
        let mut tag = Zeroizing::new(<[u8; 16]>::from(self.q.finalize_reset()));
        for (byte, p) in tag.iter_mut().zip(self.p.iter()) {
            *byte ^= p;
        }
        tag
    }

    /// The same for `aad` and `ciphertext`.
    pub(super) fn tag(&mut self, aad: &[u8], ciphertext: &[u8]) -> Zeroizing<[u8; 16]> {
        self.update(aad);
        self.update(ciphertext);
        self.finish(ciphertext.len() as u64, aad.len() as u64)
    }
}

/// 256-NIA6: the MAC of one message, 32-byte key, tags of `N` = 4 … 16 bytes.
///
/// The IV is the 15 bytes IV\[1\] … IV\[15\] of TS 35.246; IV\[0\] is set here and depends on the tag's
/// size, so that a short tag is no prefix of a long one. The message has no limit, and whole bytes.
///
/// ```
/// use shangmi::{cipher::KeyIvInit, digest::{Mac, consts::U8}, zuc::{Frame, Nia6}};
///
/// let (key, iv) = ([0x42; 32], Frame::new(7, 3, 0)?.nea6_iv());
/// let tag = Nia6::<U8>::new(&key.into(), &iv.into()).chain_update(b"a PDCP SDU").finalize();
/// Nia6::<U8>::new(&key.into(), &iv.into())
///     .chain_update(b"a PDCP SDU")
///     .verify(&tag.into_bytes())?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Nia6<N: ShortTag = U16> {
    authenticator: Authenticator,
    /// The last bytes of message, too few for a block.
    pending: Zeroizing<[u8; 16]>,
    /// The message so far, in bytes; of them `length` mod 16 in `pending`.
    length: u64,
    size: PhantomData<N>,
}

impl<N: ShortTag> Nia6<N> {
    /// 256-NIA6 for the message of `frame`, with the IV of [`Frame::nea6_iv`].
    #[must_use]
    pub fn for_frame(key: &[u8; 32], frame: Frame) -> Self {
        Self::new(key.into(), &frame.nea6_iv().into())
    }

    pub(super) fn with_backend(key: &Key<Self>, iv: &Iv<Self>, backend: Backend) -> Self {
        let iv = whole_iv(domain_nia6(N::USIZE), &iv.0);
        let authenticator = Authenticator::start(&mut start(&key.0, &iv, LIMIT, backend));
        Self { authenticator, pending: Zeroizing::default(), length: 0, size: PhantomData }
    }
}
impl<N: ShortTag> ZeroizeOnDrop for Nia6<N> {}
impl<N: ShortTag> KeySizeUser for Nia6<N> {
    type KeySize = U32;
}
impl<N: ShortTag> IvSizeUser for Nia6<N> {
    type IvSize = U15;
}
impl<N: ShortTag> OutputSizeUser for Nia6<N> {
    type OutputSize = N;
}
impl<N: ShortTag> KeyIvInit for Nia6<N> {
    fn new(key: &Key<Self>, iv: &Iv<Self>) -> Self {
        Self::with_backend(key, iv, Backend::best())
    }
}
impl<N: ShortTag> Update for Nia6<N> {
    fn update(&mut self, mut data: &[u8]) {
        let filled = (self.length % 16) as usize;
        self.length = self.length.wrapping_add(data.len() as u64);
        if filled > 0 {
            let taken = data.len().min(16 - filled);
            self.pending[filled..filled + taken].copy_from_slice(&data[..taken]);
            data = &data[taken..];
            if filled + taken < 16 {
                return;
            }
            self.authenticator.update(&*self.pending);
        }
        let (blocks, rest) = data.as_chunks::<16>();
        self.authenticator.update(blocks.as_flattened());
        self.pending[..rest.len()].copy_from_slice(rest);
    }
}
impl<N: ShortTag> FixedOutput for Nia6<N> {
    fn finalize_into(mut self, out: &mut Output<Self>) {
        let rest = (self.length % 16) as usize;
        self.authenticator.update(&self.pending[..rest]);
        // The message stands in the place of the AAD, and there is no ciphertext.
        let tag = self.authenticator.finish(0, self.length);
        out.copy_from_slice(&tag[..N::USIZE]);
    }
}
impl<N: ShortTag> MacMarker for Nia6<N> {}
impl<N: ShortTag> AlgorithmName for Nia6<N> {
    fn write_alg_name(f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("256-NIA6")
    }
}
impl<N: ShortTag> fmt::Debug for Nia6<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Nia6").finish_non_exhaustive()
    }
}

/// 256-NCA6: authenticated encryption, 32-byte key, 15-byte nonce, tags of `N` = 4 … 16 bytes, as in
/// `Nca6::<U16>::new(…)`.
///
/// The nonce is the 15 bytes IV\[1\] … IV\[15\] of TS 35.246; IV\[0\] is set here and depends on the tag's
/// size. One (key, nonce) serves one message of up to 2³² bits, less the 384 of the tag's keys.
/// Decryption checks the tag before it decrypts; if the tag is wrong the buffer is cleared.
///
/// ```
/// use shangmi::{aead::{AeadInOut, KeyInit}, zuc::{Frame, Nca6}};
///
/// let nca6 = Nca6::<shangmi::aead::consts::U16>::new(&[0x42; 32].into());
/// let nonce = Frame::new(7, 3, 0)?.nea6_iv().into();
/// let mut message = *b"a PDCP SDU";
/// let tag = nca6.encrypt_inout_detached(&nonce, b"header", message.as_mut_slice().into())?;
/// nca6.decrypt_inout_detached(&nonce, b"header", message.as_mut_slice().into(), &tag)?;
/// assert_eq!(&message, b"a PDCP SDU");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Nca6<N: ShortTag = U16> {
    key: Zeroizing<[u8; 32]>,
    backend: Backend,
    size: PhantomData<N>,
}

impl<N: ShortTag> Nca6<N> {
    pub(super) fn with_backend(key: &Key<Self>, backend: Backend) -> Self {
        Self { key: Zeroizing::new(key.0), backend, size: PhantomData }
    }

    /// The keystream of one message, at the ciphertext, and its authenticator.
    fn start(&self, nonce: &Nonce<Self>, data: usize) -> Result<(Zuc256, Authenticator), Error> {
        let iv = whole_iv(domain_nca6(N::USIZE), &nonce.0);
        let mut words = start(&self.key, &iv, LIMIT, self.backend);
        let authenticator = Authenticator::start(&mut words);
        let zuc: Zuc256 = super::Zuc256Core::from_words(words).into();
        zuc.check_remaining(data).map_err(|_| Error)?;
        Ok((zuc, authenticator))
    }
}

impl<N: ShortTag> ZeroizeOnDrop for Nca6<N> {}
impl<N: ShortTag> KeySizeUser for Nca6<N> {
    type KeySize = U32;
}
impl<N: ShortTag> KeyInit for Nca6<N> {
    fn new(key: &Key<Self>) -> Self {
        Self::with_backend(key, Backend::best())
    }
}
impl<N: ShortTag> AeadCore for Nca6<N> {
    type NonceSize = U15;
    type TagSize = N;
    const TAG_POSITION: TagPosition = TagPosition::Postfix;
}
impl<N: ShortTag> AeadInOut for Nca6<N> {
    fn encrypt_inout_detached(
        &self,
        nonce: &Nonce<Self>,
        associated_data: &[u8],
        mut buffer: InOutBuf<'_, '_, u8>,
    ) -> Result<Tag<Self>, Error> {
        let (mut zuc, mut authenticator) = self.start(nonce, buffer.len())?;
        zuc.unchecked_apply_keystream_inout(buffer.reborrow());
        let tag = authenticator.tag(associated_data, buffer.get_out());
        Ok(tag::first_bytes(&tag))
    }

    fn decrypt_inout_detached(
        &self,
        nonce: &Nonce<Self>,
        associated_data: &[u8],
        mut buffer: InOutBuf<'_, '_, u8>,
        tag: &Tag<Self>,
    ) -> Result<(), Error> {
        let (mut zuc, mut authenticator) = self.start(nonce, buffer.len())?;
        let right = authenticator.tag(associated_data, buffer.get_in());
        if tag::equal(&right, tag) {
            zuc.unchecked_apply_keystream_inout(buffer);
            return Ok(());
        }
        buffer.get_out().fill(0);
        Err(Error)
    }
}
impl<N: ShortTag> AlgorithmName for Nca6<N> {
    fn write_alg_name(f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("256-NCA6")
    }
}
impl<N: ShortTag> fmt::Debug for Nca6<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Nca6").finish_non_exhaustive()
    }
}
