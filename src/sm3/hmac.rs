//! HMAC-SM3.

use super::{
    Sm3, backend,
    lanes::{Block, Input, LANES, Words, put, taken},
    many::{Backends, CountError, Message, SIZE, Tail, pad, pieces, run, write},
    portable::IV,
};
use crate::secret::Temporary;
use core::{borrow::Borrow, fmt, slice};
use digest::MacError;
use subtle::ConstantTimeEq;
use zeroize::{ZeroizeOnDrop, optimization_barrier};

/// HMAC-SM3 of a message in pieces: the `hmac` crate's, a [`Mac`](digest::Mac).
///
/// For messages in one piece, and for many of them, [`HmacSm3Key`] is faster.
///
/// ```
/// use shangmi::{digest::{KeyInit, Mac}, sm3::HmacSm3};
///
/// let mut mac = HmacSm3::new_from_slice(b"a key of any length")?;
/// mac.update(b"a message ");
/// mac.update(b"in pieces");
/// let tag = mac.finalize().into_bytes();
///
/// let mac = HmacSm3::new_from_slice(b"a key of any length")?.chain_update(b"a message in pieces");
/// assert!(mac.verify(&tag).is_ok());
/// # Ok::<(), shangmi::digest::InvalidLength>(())
/// ```
///
/// Source: GB/T 15852.2-2012, 7 (MAC algorithm 2); RFC 2104. OID: 1.2.156.10197.1.401.2.
pub type HmacSm3 = hmac::Hmac<Sm3>;

/// A key of HMAC-SM3, with what of the computation depends on the key alone already done.
///
/// Any number of bytes is a key; at least 32 should be.
///
/// ```
/// use shangmi::sm3::HmacSm3Key;
///
/// let key = HmacSm3Key::new(b"0123456789abcdef0123456789abcdef");
/// let mac = key.mac(b"a message");
/// assert!(key.verify(b"a message", &mac).is_ok());
///
/// let mut macs = [[0; 32]; 2];
/// key.mac_many(&["a message", "another"], &mut macs)?;
/// assert_eq!(macs[0], mac);
/// # Ok::<(), shangmi::sm3::CountError>(())
/// ```
///
/// Source: GB/T 15852.2-2012, 7 (MAC algorithm 2); RFC 2104.
#[derive(Clone)]
pub struct HmacSm3Key {
    /// V after K ⊕ ipad, and after K ⊕ opad.
    pub(super) inner: [u32; 8],
    pub(super) outer: [u32; 8],
}

impl HmacSm3Key {
    /// Prepares `key`, which may have any length; one of more than 64 bytes is hashed first.
    #[must_use]
    pub fn new(key: &[u8]) -> Self {
        Self::with_backend(key, backend::Backend::best())
    }

    pub(super) fn with_backend(key: &[u8], backend: backend::Backend) -> Self {
        let mut block = Temporary::<[u8; 64]>::new();
        if let Some(block) = block.get_mut(..key.len()) {
            block.copy_from_slice(key);
        } else if let Some(block) = block.first_chunk_mut() {
            let mut v = Temporary::<[u32; 8]>::new();
            *v = IV;
            hash(&mut v, 0, key, backend);
            write(block, &v);
        }
        let mut prepared = Self { inner: IV, outer: IV };
        block.iter_mut().for_each(|byte| *byte ^= 0x36);
        backend.compress(&mut prepared.inner, slice::from_ref(&*block));
        block.iter_mut().for_each(|byte| *byte ^= 0x36 ^ 0x5c);
        backend.compress(&mut prepared.outer, slice::from_ref(&*block));
        prepared
    }

    /// The MAC of `message`, 32 bytes. To check one, use [`verify`](Self::verify).
    #[must_use]
    pub fn mac(&self, message: &[u8]) -> [u8; 32] {
        self.mac_with(message, backend::Backend::best())
    }

    pub(super) fn mac_with(&self, message: &[u8], backend: backend::Backend) -> [u8; 32] {
        let mut v = Temporary::<[u32; 8]>::new();
        *v = self.inner;
        hash(&mut v, 64, message, backend);
        let mut block = Temporary::<Block>::new();
        pad_value(&mut block);
        self.finish(&mut v, &mut block, backend);
        let mut mac = [0; SIZE];
        write(&mut mac, &v);
        mac
    }

    /// From the inner hash value in `v` to the MAC; `block` has the padding already.
    #[inline]
    pub(super) fn finish(&self, v: &mut [u32; 8], block: &mut Block, backend: backend::Backend) {
        put_words(block, v);
        *v = self.outer;
        backend.compress(v, slice::from_ref(block));
    }

    /// Whether `mac` is the MAC of `message`; compared in constant time.
    ///
    /// # Errors
    /// [`MacError`] if it is not.
    pub fn verify(&self, message: &[u8], mac: &[u8; 32]) -> Result<(), MacError> {
        if bool::from(self.mac(message).ct_eq(mac)) { Ok(()) } else { Err(MacError) }
    }

    /// Fills `macs` with the MACs of `messages`, in order, which are worked on side by side, as by
    /// [`hash_many`](super::hash_many).
    ///
    /// # Errors
    /// [`CountError`] if there are not as many MACs as messages; `macs` is then untouched.
    pub fn mac_many<M: AsRef<[u8]>>(
        &self,
        messages: &[M],
        macs: &mut [[u8; 32]],
    ) -> Result<(), CountError> {
        self.mac_many_with(messages, macs, Backends::best())
    }

    pub(super) fn mac_many_with<M: AsRef<[u8]>>(
        &self,
        messages: &[M],
        macs: &mut [[u8; 32]],
        backends: Backends,
    ) -> Result<(), CountError> {
        CountError::unless(messages.len() == macs.len())?;
        let message = |i: usize| Some((self, messages.get(i)?.as_ref()));
        many(&message, macs, backends);
        Ok(())
    }
}

/// Fills `macs` with the MACs of `messages`, in order, each with the key of its index, side by side as
/// by [`hash_many`](super::hash_many).
///
/// ```
/// use shangmi::sm3::{HmacSm3Key, hmac_many};
///
/// let keys = [HmacSm3Key::new(b"the key of one peer"), HmacSm3Key::new(b"another's")];
/// let mut macs = [[0; 32]; 2];
/// hmac_many(&keys, &["a message", "a message"], &mut macs)?;
/// assert_eq!(macs[1], keys[1].mac(b"a message"));
/// # Ok::<(), shangmi::sm3::CountError>(())
/// ```
///
/// # Errors
/// [`CountError`] if the numbers of keys, messages and MACs differ; `macs` is then untouched.
pub fn hmac_many<K: Borrow<HmacSm3Key>, M: AsRef<[u8]>>(
    keys: &[K],
    messages: &[M],
    macs: &mut [[u8; 32]],
) -> Result<(), CountError> {
    hmac_with(keys, messages, macs, Backends::best())
}

pub(super) fn hmac_with<K: Borrow<HmacSm3Key>, M: AsRef<[u8]>>(
    keys: &[K],
    messages: &[M],
    macs: &mut [[u8; 32]],
    backends: Backends,
) -> Result<(), CountError> {
    CountError::unless(keys.len() == messages.len() && messages.len() == macs.len())?;
    let message = |i: usize| Some((keys.get(i)?.borrow(), messages.get(i)?.as_ref()));
    many(&message, macs, backends);
    Ok(())
}

/// Hashes `message`, and the padding, into `v`, after `before` bytes.
pub(super) fn hash(v: &mut [u32; 8], before: u64, message: &[u8], backend: backend::Backend) {
    let (blocks, rest) = pieces(message);
    let mut tail = Temporary::<Tail>::new();
    let n = pad(&mut tail, rest, (message.len() as u64 + before).wrapping_mul(8));
    if !blocks.is_empty() {
        backend.compress(v, blocks);
    }
    backend.compress(v, &tail[..n]);
}

/// The bits of a block, K ⊕ ipad or K ⊕ opad, and of a hash value.
pub(super) const VALUE_BITS: u32 = 8 * (64 + 32);

/// The padding of a hash value after a block.
#[inline]
pub(super) fn pad_value(block: &mut Block) {
    block[SIZE] = 0x80;
    block[60..].copy_from_slice(&VALUE_BITS.to_be_bytes());
}

/// The same in every lane.
pub(super) fn pad_values(words: &mut Words) {
    words[8] = [0x8000_0000; LANES];
    words[15] = [VALUE_BITS; LANES];
}

#[inline]
pub(super) fn put_words(block: &mut Block, words: &[u32; 8]) {
    for (bytes, word) in block.as_chunks_mut().0.iter_mut().zip(words) {
        *bytes = word.to_be_bytes();
    }
}

fn many<'a>(
    message: &dyn Fn(usize) -> Option<(&'a HmacSm3Key, &'a [u8])>,
    macs: &mut [[u8; SIZE]],
    backends: Backends,
) {
    let inner = |i| message(i).map(|(key, message)| Message::new(&key.inner, 64, message));
    run(&inner, macs, backends);
    finish_many(&|i| message(i).map(|(key, _)| key), macs, backends);
}

/// From the inner hash values to the MACs.
fn finish_many<'a>(
    key: &dyn Fn(usize) -> Option<&'a HmacSm3Key>,
    macs: &mut [[u8; SIZE]],
    Backends { many, one }: Backends,
) {
    let mut keys = (0..).map_while(key);
    let (lanes, few) = macs.split_at_mut(many.share(macs.len()));
    let mut v = Temporary::new();
    let mut words = Temporary::new();
    pad_values(&mut words);
    for macs in lanes.chunks_mut(many.width(LANES)) {
        for (lane, (mac, key)) in macs.iter().zip(&mut keys).enumerate() {
            put(&mut v, lane, &key.outer);
            for (words, bytes) in words.iter_mut().zip(mac.as_chunks().0) {
                words[lane] = u32::from_be_bytes(*bytes);
            }
        }
        many.compress(&mut v, &Input::Words(&words), many.width(macs.len()));
        for (lane, mac) in macs.iter_mut().enumerate() {
            write(mac, &taken(&v, lane));
        }
    }
    let mut block = Temporary::<Block>::new();
    pad_value(&mut block);
    for (mac, key) in few.iter_mut().zip(keys) {
        let mut v = Temporary::<[u32; 8]>::new();
        *v = key.outer;
        block[..SIZE].copy_from_slice(mac);
        one.compress(&mut v, slice::from_ref(&*block));
        write(mac, &v);
    }
}

impl fmt::Debug for HmacSm3Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HmacSm3Key").finish_non_exhaustive()
    }
}

impl Drop for HmacSm3Key {
    fn drop(&mut self) {
        (self.inner, self.outer) = ([0; 8], [0; 8]);
        optimization_barrier(self);
    }
}

impl ZeroizeOnDrop for HmacSm3Key {}
