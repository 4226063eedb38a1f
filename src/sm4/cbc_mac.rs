//! The MACs of GB/T 15852.1-2020 (ISO/IEC 9797-1): CMAC, and the others made of a chain of blocks.

use super::{Sm4, Sm4Enc, backend::Block, chain::Chain, passes::double_be};
use cipher::{
    AlgorithmName, Array, Key, KeyInit, KeySizeUser,
    array::ArraySize,
    consts::{U8, U16, U32},
    typenum::{IsLessOrEqual, LeEq, NonZero},
};
use core::{fmt, marker::PhantomData};
use digest::{FixedOutput, FixedOutputReset, MacMarker, Output, OutputSizeUser, Reset, Update};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// The traits of a MAC, around `chain: Chain` and `tag(&self, Chain) -> Block`.
macro_rules! mac {
    ($name:ident $(<$size:ident>)?, $alg:literal, key $key:ty, tag $tag:ty, $new:expr) => {
        impl $(<$size>)? KeySizeUser for $name $(<$size>)? {
            type KeySize = $key;
        }

        impl $(<$size: TagSize>)? KeyInit for $name $(<$size>)? {
            fn new(key: &Key<Self>) -> Self {
                let new: fn(&Key<Self>) -> Self = $new;
                new(key)
            }
        }

        impl $(<$size>)? Update for $name $(<$size>)? {
            fn update(&mut self, data: &[u8]) {
                self.chain.update(data);
            }
        }

        impl $(<$size: TagSize>)? OutputSizeUser for $name $(<$size>)? {
            type OutputSize = $tag;
        }

        impl $(<$size: TagSize>)? FixedOutput for $name $(<$size>)? {
            fn finalize_into(mut self, out: &mut Output<Self>) {
                self.tag(out);
            }
        }

        impl $(<$size>)? Reset for $name $(<$size>)? {
            fn reset(&mut self) {
                self.chain.reset();
            }
        }

        impl $(<$size: TagSize>)? FixedOutputReset for $name $(<$size>)? {
            fn finalize_into_reset(&mut self, out: &mut Output<Self>) {
                self.tag(out);
                self.reset();
            }
        }

        impl $(<$size>)? MacMarker for $name $(<$size>)? {}

        impl $(<$size>)? AlgorithmName for $name $(<$size>)? {
            fn write_alg_name(f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str($alg)
            }
        }

        impl $(<$size>)? fmt::Debug for $name $(<$size>)? {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }

        impl $(<$size>)? ZeroizeOnDrop for $name $(<$size>)? {}
    };
}

/// SM4-CMAC: the MAC to take where nothing else is prescribed. Any message, 16-byte tag.
///
/// A [`Mac`](digest::Mac): compare tags with its `verify…` methods, never with `==` on bytes. A clone of a keyed `Sm4Cmac` costs no
/// key schedule. Many messages at once: [`batch`](super::batch).
///
/// ```
/// use shangmi::{digest::{KeyInit, Mac}, sm4::Sm4Cmac};
///
/// let keyed = Sm4Cmac::new(&[0x42; 16].into());
/// let tag = keyed.clone().chain_update(b"a message ").chain_update(b"in pieces").finalize().into_bytes();
/// keyed.chain_update(b"a message in pieces").verify(&tag)?;
/// # Ok::<(), shangmi::digest::MacError>(())
/// ```
///
/// Source: GB/T 15852.1-2020, algorithm 5 (SP 800-38B, RFC 4493).
#[derive(Clone)]
pub struct Sm4Cmac {
    chain: Chain,
    k1: Block,
    k2: Block,
}

mac!(Sm4Cmac, "SM4-CMAC", key U16, tag U16, |key| Self::from_cipher(Sm4Enc::new(key)));

impl Sm4Cmac {
    /// With a cipher whose key is expanded.
    #[must_use]
    pub fn from_cipher(cipher: Sm4Enc) -> Self {
        let mut k1 = Block::default();
        cipher.0.crypt(core::slice::from_mut(&mut k1).into());
        double_be(&mut k1);
        let mut k2 = k1;
        double_be(&mut k2);
        Self { chain: Chain::new(cipher), k1, k2 }
    }

    pub(super) fn cipher(&self) -> &Sm4Enc {
        self.chain.sm4()
    }

    pub(super) fn k1(&self) -> &Block {
        &self.k1
    }

    pub(super) fn k2(&self) -> &Block {
        &self.k2
    }

    fn tag(&mut self, tag: &mut Block) {
        let key = if self.chain.is_whole() { &self.k1 } else { &self.k2 };
        if !self.chain.is_whole() {
            self.chain.pad_within_block();
        }
        self.chain.add(key);
        *tag = *self.chain.end();
    }
}

impl Drop for Sm4Cmac {
    fn drop(&mut self) {
        self.k1.zeroize();
        self.k2.zeroize();
    }
}

/// SM4-CBC-MAC with padding 80 00 … (method 2): 16-byte tag.
///
/// **Secure only for messages of one length**: from tags of two messages anyone makes that of a third, longer one. Take [`Sm4Cmac`].
///
/// ```
/// use shangmi::{digest::{KeyInit, Mac}, sm4::Sm4CbcMac};
///
/// let tag = Sm4CbcMac::new(&[0x42; 16].into()).chain_update(b"a message").finalize().into_bytes();
/// Sm4CbcMac::new(&[0x42; 16].into()).chain_update(b"a message").verify(&tag)?;
/// # Ok::<(), shangmi::digest::MacError>(())
/// ```
///
/// Source: GB/T 15852.1-2020, algorithm 1. (For another padding take the crate `cbc-mac` over [`Sm4Enc`].)
#[derive(Clone)]
pub struct Sm4CbcMac {
    chain: Chain,
}

mac!(Sm4CbcMac, "SM4-CBC-MAC", key U16, tag U16, |key| Self::from_cipher(Sm4Enc::new(key)));

impl Sm4CbcMac {
    /// With a cipher whose key is expanded.
    #[must_use]
    pub fn from_cipher(cipher: Sm4Enc) -> Self {
        Self { chain: Chain::new(cipher) }
    }

    fn tag(&mut self, tag: &mut Block) {
        self.chain.pad();
        *tag = *self.chain.end();
    }
}

/// SM4-EMAC: CBC-MAC under a first key, encrypted under a second. 32-byte key, 16-byte tag.
///
/// Padding 80 00 … (method 2).
///
/// ```
/// use shangmi::{digest::{KeyInit, Mac}, sm4::Sm4Emac};
///
/// let tag = Sm4Emac::new(&[0x42; 32].into()).chain_update(b"a message").finalize().into_bytes();
/// # let _ = tag;
/// ```
///
/// Source: GB/T 15852.1-2020, algorithm 2.
#[derive(Clone)]
pub struct Sm4Emac {
    chain: Chain,
    second: Sm4Enc,
}

mac!(Sm4Emac, "SM4-EMAC", key U32, tag U16, |key| {
    let (first, second) = key.split_ref::<U16>();
    Self::from_ciphers(Sm4Enc::new(first), Sm4Enc::new(second))
});

impl Sm4Emac {
    /// With ciphers whose keys are expanded.
    #[must_use]
    pub fn from_ciphers(first: Sm4Enc, second: Sm4Enc) -> Self {
        Self { chain: Chain::new(first), second }
    }

    fn tag(&mut self, tag: &mut Block) {
        self.chain.pad();
        *tag = *self.chain.end();
        self.second.0.crypt(core::slice::from_mut(tag).into());
    }
}

/// SM4 in the ANSI retail MAC: CBC-MAC under a first key, decrypted under a second, encrypted under the first. 32-byte key, 16-byte
/// tag.
///
/// Padding 80 00 … (method 2).
///
/// ```
/// use shangmi::{digest::{KeyInit, Mac}, sm4::Sm4RetailMac};
///
/// let tag = Sm4RetailMac::new(&[0x42; 32].into()).chain_update(b"a message").finalize().into_bytes();
/// # let _ = tag;
/// ```
///
/// Source: GB/T 15852.1-2020, algorithm 3.
#[derive(Clone)]
pub struct Sm4RetailMac {
    chain: Chain,
    second: Sm4,
}

mac!(Sm4RetailMac, "SM4-ANSI-retail-MAC", key U32, tag U16, |key| {
    let (first, second) = key.split_ref::<U16>();
    Self::from_ciphers(Sm4Enc::new(first), Sm4::new(second))
});

impl Sm4RetailMac {
    /// With ciphers whose keys are expanded.
    #[must_use]
    pub fn from_ciphers(first: Sm4Enc, second: Sm4) -> Self {
        Self { chain: Chain::new(first), second }
    }

    fn tag(&mut self, tag: &mut Block) {
        self.chain.pad();
        *tag = *self.chain.end();
        self.second.decrypt.0.crypt(core::slice::from_mut(tag).into());
        self.chain.cipher().crypt(core::slice::from_mut(tag).into());
    }
}

/// SM4 in MacDES: as [`Sm4Emac`], and the first block is encrypted under a third key too, the second with f0 added to each byte.
/// 32-byte key, 16-byte tag.
///
/// ```
/// use shangmi::{digest::{KeyInit, Mac}, sm4::Sm4MacDes};
///
/// let tag = Sm4MacDes::new(&[0x42; 32].into()).chain_update(b"a message").finalize().into_bytes();
/// # let _ = tag;
/// ```
///
/// Source: GB/T 15852.1-2020, algorithm 4.
#[derive(Clone)]
pub struct Sm4MacDes {
    chain: Chain,
    second: Sm4Enc,
}

mac!(Sm4MacDes, "SM4-MacDES", key U32, tag U16, |key| {
    let (first, second) = key.split_ref::<U16>();
    let mut third = *second;
    third.iter_mut().for_each(|byte| *byte ^= 0xf0);
    let mac = Self::from_ciphers(Sm4Enc::new(first), Sm4Enc::new(second), Sm4Enc::new(&third));
    third.zeroize();
    mac
});

impl Sm4MacDes {
    /// With ciphers whose keys are expanded. The key of `third` is that of `second` with f0 added to each byte; whether it is, is up to the
    /// caller.
    #[must_use]
    pub fn from_ciphers(first: Sm4Enc, second: Sm4Enc, third: Sm4Enc) -> Self {
        Self { chain: Chain::with_second_first_cipher(first, third), second }
    }

    fn tag(&mut self, tag: &mut Block) {
        self.chain.pad();
        *tag = *self.chain.end();
        self.second.0.crypt(core::slice::from_mut(tag).into());
    }
}

/// SM4-LMAC: CBC-MAC whose last block goes under another key; both keys are made from the given one. 16-byte tag.
///
/// Padding 80 00 … (method 2).
///
/// ```
/// use shangmi::{digest::{KeyInit, Mac}, sm4::Sm4Lmac};
///
/// let tag = Sm4Lmac::new(&[0x42; 16].into()).chain_update(b"a message").finalize().into_bytes();
/// # let _ = tag;
/// ```
///
/// Source: GB/T 15852.1-2020, algorithm 6.
#[derive(Clone)]
pub struct Sm4Lmac {
    chain: Chain,
    last: Sm4Enc,
}

mac!(Sm4Lmac, "SM4-LMAC", key U16, tag U16, |key| Self::from_cipher(&Sm4Enc::new(key)));

impl Sm4Lmac {
    /// With a cipher whose key is expanded: the one the two keys are made with.
    #[must_use]
    pub fn from_cipher(cipher: &Sm4Enc) -> Self {
        // K1 = E(0…01), K2 = E(0…02).
        let [chain, last] = [1, 2].map(|i| {
            let mut key = Block::from(u128::to_be_bytes(i));
            cipher.0.crypt(core::slice::from_mut(&mut key).into());
            let cipher = Sm4Enc::with_backend(&key, cipher.0.backend);
            key.zeroize();
            cipher
        });
        Self { chain: Chain::new(chain), last }
    }

    fn tag(&mut self, tag: &mut Block) {
        self.chain.pad();
        *tag = *self.chain.end_with(&self.last);
    }
}

/// SM4-CBCR: CBC-MAC that starts from E(0) and rotates the last block by a bit, to the right if the message is of whole blocks, to the left if it
/// was padded. 16-byte tag.
///
/// ```
/// use shangmi::{digest::{KeyInit, Mac}, sm4::Sm4CbcrMac};
///
/// let tag = Sm4CbcrMac::new(&[0x42; 16].into()).chain_update(b"a message").finalize().into_bytes();
/// # let _ = tag;
/// ```
///
/// Source: GB/T 15852.1-2020, algorithm 8.
#[derive(Clone)]
pub struct Sm4CbcrMac {
    chain: Chain,
}

mac!(Sm4CbcrMac, "SM4-CBCR", key U16, tag U16, |key| Self::from_cipher(Sm4Enc::new(key)));

impl Sm4CbcrMac {
    /// With a cipher whose key is expanded.
    #[must_use]
    pub fn from_cipher(cipher: Sm4Enc) -> Self {
        Self { chain: Chain::from_encrypted_zero(cipher) }
    }

    fn tag(&mut self, tag: &mut Block) {
        let whole = self.chain.is_whole();
        if !whole {
            self.chain.pad_within_block();
        }
        *tag = *self.chain.end_rotated(if whole { 127 } else { 1 });
    }
}

/// The sizes of a tag of TrCBC: 1 to 16 bytes.
pub trait TagSize: ArraySize {}

impl<N: ArraySize + IsLessOrEqual<U16>> TagSize for N where LeEq<N, U16>: NonZero {}

/// SM4-TrCBC: CBC-MAC cut to its first bytes if the message is of whole blocks, and to its last ones if it was padded. `N`: bytes of the
/// tag, of [`digest::consts`]; 8 is what the standard's examples have, and more than that is not what its proof is about.
///
/// ```
/// use shangmi::{digest::{KeyInit, Mac}, sm4::Sm4TrCbcMac};
///
/// let mac: Sm4TrCbcMac = Sm4TrCbcMac::new(&[0x42; 16].into());
/// let tag = mac.chain_update(b"a message").finalize().into_bytes();
/// assert_eq!(tag.len(), 8);
/// ```
///
/// Source: GB/T 15852.1-2020, algorithm 7.
pub struct Sm4TrCbcMac<N = U8> {
    chain: Chain,
    size: PhantomData<N>,
}

mac!(Sm4TrCbcMac<N>, "SM4-TrCBC", key U16, tag N, |key| Self::from_cipher(Sm4Enc::new(key)));

impl<N> Clone for Sm4TrCbcMac<N> {
    fn clone(&self) -> Self {
        Self { chain: self.chain.clone(), size: PhantomData }
    }
}

impl<N: TagSize> Sm4TrCbcMac<N> {
    /// With a cipher whose key is expanded.
    #[must_use]
    pub fn from_cipher(cipher: Sm4Enc) -> Self {
        Self { chain: Chain::new(cipher), size: PhantomData }
    }

    fn tag(&mut self, tag: &mut Array<u8, N>) {
        let whole = self.chain.is_whole();
        if !whole {
            self.chain.pad_within_block();
        }
        let from = if whole { 0 } else { 16 - N::USIZE };
        tag.copy_from_slice(&self.chain.end()[from..from + N::USIZE]);
    }
}
