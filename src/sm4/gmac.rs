//! SM4-GMAC: the MAC that GCM is without plaintext.
//!
//! Source: NIST SP 800-38D, chapter 3; GB/T 15852.3-2019.

use super::{
    Sm4Enc,
    backend::{Backend, Block},
    gcm::{Gcm, GcmNonce, GcmTag, finish, first_bytes, lengths, sum},
};
use crate::ghash;
use cipher::{
    AlgorithmName, Iv, IvSizeUser, Key, KeyIvInit, KeySizeUser,
    array::Array,
    consts::{U12, U16},
};
use core::{fmt, marker::PhantomData, slice};
use digest::{FixedOutput, MacMarker, Output, OutputSizeUser, Update};
use zeroize::{ZeroizeOnDrop, Zeroizing};

/// SM4-GMAC: the MAC of **one** message, 16-byte key; nonces of `N` bytes, tags of `T` = 12 … 16 bytes.
///
/// The nonce must be no other message's, of GMAC or GCM: two tags under one nonce reveal the key of the
/// tags. A message has up to 2⁶¹ − 1 bytes. [`Sm4Gcm::gmac`](super::Sm4Gcm::gmac) begins one faster, under
/// a key made ready.
///
/// ```
/// use shangmi::{cipher::KeyIvInit, digest::Mac, sm4::Sm4Gmac};
///
/// let (key, nonce) = ([0x42; 16].into(), [7; 12].into());
/// let tag = <Sm4Gmac>::new(&key, &nonce).chain_update(b"message").finalize().into_bytes();
/// <Sm4Gmac>::new(&key, &nonce).chain_update(b"message").verify(&tag)?;
/// # Ok::<(), shangmi::digest::MacError>(())
/// ```
///
/// Source: NIST SP 800-38D, chapter 3; GB/T 15852.3-2019.
#[derive(Clone)]
pub struct Sm4Gmac<N: GcmNonce = U12, T: GcmTag = U16> {
    h: ghash::Key,
    y: Zeroizing<Block>,
    /// E(J0).
    mask: Zeroizing<Block>,
    /// The last bytes of message, too few for a block.
    pending: Zeroizing<Block>,
    /// The message so far, in bytes; of them `length` mod 16 in `pending`.
    length: u64,
    sizes: PhantomData<(N, T)>,
}

impl<N: GcmNonce, T: GcmTag> Sm4Gmac<N, T> {
    pub(super) fn with_backend(key: &Key<Self>, iv: &Iv<Self>, backend: Backend) -> Self {
        Self::start(&Gcm::new(Sm4Enc::with_backend(key, backend)), iv)
    }

    pub(super) fn start(gcm: &Gcm, nonce: &[u8]) -> Self {
        let mut mask = Zeroizing::new(gcm.j0(nonce));
        gcm.cipher.crypt(slice::from_mut(&mut *mask).into());
        Self {
            h: gcm.h.clone(),
            y: Zeroizing::default(),
            mask,
            pending: Zeroizing::default(),
            length: 0,
            sizes: PhantomData,
        }
    }
}
impl<N: GcmNonce, T: GcmTag> ZeroizeOnDrop for Sm4Gmac<N, T> {}
impl<N: GcmNonce, T: GcmTag> KeySizeUser for Sm4Gmac<N, T> {
    type KeySize = U16;
}
impl<N: GcmNonce, T: GcmTag> IvSizeUser for Sm4Gmac<N, T> {
    type IvSize = N;
}
impl<N: GcmNonce, T: GcmTag> OutputSizeUser for Sm4Gmac<N, T> {
    type OutputSize = T;
}
impl<N: GcmNonce, T: GcmTag> KeyIvInit for Sm4Gmac<N, T> {
    fn new(key: &Key<Self>, iv: &Iv<Self>) -> Self {
        Self::with_backend(key, iv, Backend::best())
    }
}
impl<N: GcmNonce, T: GcmTag> Update for Sm4Gmac<N, T> {
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
            self.h.update(&mut self.y, slice::from_ref(&*self.pending));
        }
        let (blocks, rest) = Array::slice_as_chunks(data);
        self.h.update(&mut self.y, blocks);
        self.pending[..rest.len()].copy_from_slice(rest);
    }
}
impl<N: GcmNonce, T: GcmTag> FixedOutput for Sm4Gmac<N, T> {
    fn finalize_into(mut self, out: &mut Output<Self>) {
        let rest = (self.length % 16) as usize;
        // The message is all AAD.
        finish(&self.h, &mut self.y, &self.pending[..rest], lengths(self.length, 0));
        *out = first_bytes(&sum(&self.y, &self.mask));
    }
}
impl<N: GcmNonce, T: GcmTag> MacMarker for Sm4Gmac<N, T> {}
impl<N: GcmNonce, T: GcmTag> AlgorithmName for Sm4Gmac<N, T> {
    fn write_alg_name(f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SM4-GMAC")
    }
}
impl<N: GcmNonce, T: GcmTag> fmt::Debug for Sm4Gmac<N, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sm4Gmac").finish_non_exhaustive()
    }
}
