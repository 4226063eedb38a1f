//! The MACs of GB/T 15852.1-2020 (ISO/IEC 9797-1) made of a chain of blocks, all but CMAC.
//!
//! What holds for all stands at `Sm4CbcMac`.

use super::{Sm4, Sm4Enc, backend::Block, chain::Chain, mac::mac};
use cipher::{
    Array,
    array::ArraySize,
    consts::{U8, U16, U32},
    typenum::{IsLessOrEqual, LeEq, NonZero},
};
use core::marker::PhantomData;
use zeroize::Zeroize;

/// SM4-CBC-MAC with padding 80 00 … (method 2): 16-byte tag.
///
/// **Secure only for messages of one length**: from tags of two messages anyone makes that of a third, longer one. Take [`Sm4Cmac`](super::Sm4Cmac).
///
/// All MACs of this family take messages of any length, piece by piece; two messages in about 2⁶⁴ collide in the chain, so change the key long
/// before that many blocks. [`MacError`](digest::MacError) from `verify` is the only error. They are here for protocols that
/// prescribe them.
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

/// SM4-EMAC: CBC-MAC under a first key, encrypted under a second. 32-byte key, two that differ; 16-byte tag.
///
/// Padding 80 00 … (method 2). Limits and errors as [`Sm4CbcMac`]; messages may differ in length.
///
/// ```
/// use shangmi::{digest::{KeyInit, Mac}, sm4::Sm4Emac};
///
/// let keys: [u8; 32] = core::array::from_fn(|i| i as u8);
/// let mac = Sm4Emac::new(&keys.into());
/// let tag = mac.clone().chain_update(b"a message").finalize().into_bytes();
/// mac.chain_update(b"a message").verify(&tag)?;
/// # Ok::<(), shangmi::digest::MacError>(())
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

/// SM4 in the ANSI retail MAC: CBC-MAC under a first key, decrypted under a second, encrypted under the first. 32-byte key, two that
/// differ; 16-byte tag.
///
/// Padding 80 00 … (method 2). Limits and errors as [`Sm4CbcMac`]; messages may differ in length. **With two equal keys it is
/// CBC-MAC.**
///
/// ```
/// use shangmi::{digest::{KeyInit, Mac}, sm4::Sm4RetailMac};
///
/// let keys: [u8; 32] = core::array::from_fn(|i| i as u8);
/// let mac = Sm4RetailMac::new(&keys.into());
/// let tag = mac.clone().chain_update(b"a message").finalize().into_bytes();
/// mac.chain_update(b"a message").verify(&tag)?;
/// # Ok::<(), shangmi::digest::MacError>(())
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
/// 32-byte key, two that differ; 16-byte tag.
///
/// Padding 80 00 … (method 2). Limits and errors as [`Sm4CbcMac`]; messages may differ in length.
///
/// ```
/// use shangmi::{digest::{KeyInit, Mac}, sm4::Sm4MacDes};
///
/// let keys: [u8; 32] = core::array::from_fn(|i| i as u8);
/// let mac = Sm4MacDes::new(&keys.into());
/// let tag = mac.clone().chain_update(b"a message").finalize().into_bytes();
/// mac.chain_update(b"a message").verify(&tag)?;
/// # Ok::<(), shangmi::digest::MacError>(())
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

/// SM4-LMAC: CBC-MAC whose last block goes under another key; both keys are made from the given one. 16-byte key and tag.
///
/// Padding 80 00 … (method 2). Limits and errors as [`Sm4CbcMac`]; messages may differ in length.
///
/// ```
/// use shangmi::{digest::{KeyInit, Mac}, sm4::Sm4Lmac};
///
/// let mac = Sm4Lmac::new(&[0x42; 16].into());
/// let tag = mac.clone().chain_update(b"a message").finalize().into_bytes();
/// mac.chain_update(b"a message").verify(&tag)?;
/// # Ok::<(), shangmi::digest::MacError>(())
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
/// was padded. 16-byte key and tag.
///
/// Padding 80 00 … of a last block that is short. Limits and errors as [`Sm4CbcMac`]; messages may differ in length.
///
/// ```
/// use shangmi::{digest::{KeyInit, Mac}, sm4::Sm4CbcrMac};
///
/// let mac = Sm4CbcrMac::new(&[0x42; 16].into());
/// let tag = mac.clone().chain_update(b"a message").finalize().into_bytes();
/// mac.chain_update(b"a message").verify(&tag)?;
/// # Ok::<(), shangmi::digest::MacError>(())
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
/// tag, of [`digest::consts`]; 8 is what the standard's examples have, and more than that is not what its proof is about. 16-byte key.
///
/// **It can be forged**: with a tag of half a block less a bit three messages are enough, with good probability (D. Chakraborty, S. Kundu: On the
/// security of TrCBC, IPL 2023). Take [`Sm4Cmac`](super::Sm4Cmac). Errors as [`Sm4CbcMac`].
///
/// ```
/// use shangmi::{digest::{KeyInit, Mac}, sm4::Sm4TrCbcMac};
///
/// let mac: Sm4TrCbcMac = Sm4TrCbcMac::new(&[0x42; 16].into());
/// let tag = mac.clone().chain_update(b"a message").finalize().into_bytes();
/// assert_eq!(tag.len(), 8);
/// mac.chain_update(b"a message").verify(&tag)?;
/// # Ok::<(), shangmi::digest::MacError>(())
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
