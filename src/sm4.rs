//! SM4: the block cipher, and the modes of operation, MACs and AEADs built on it.
//!
//! | type | what | with |
//! |---|---|---|
//! | [`Sm4Gcm`], [`Sm4Gmac`] | AEAD (RFC 8998, SP 800-38D), and its MAC alone | [`AeadInOut`](aead::AeadInOut), [`Mac`](digest::Mac) |
//! | [`Sm4Ccm`] | AEAD (RFC 8998, SP 800-38C) | [`AeadInOut`](aead::AeadInOut) |
//! | [`Sm4GcmSiv`] | AEAD that survives a nonce used twice | [`AeadInOut`](aead::AeadInOut) |
//! | [`Sm4Ctr`] | stream cipher that seeks | [`StreamCipher`](cipher::StreamCipher) |
//! | [`Sm4CbcEnc`], [`Sm4CbcDec`] | cipher block chaining, with the paddings of [`padding`] | [`BlockModeEncrypt`](cipher::BlockModeEncrypt) … |
//! | [`Sm4CfbEnc`], [`Sm4Cfb8Enc`] …, [`Sm4Ofb`] | cipher and output feedback | |
//! | [`Sm4BcEnc`], [`Sm4OfbnlfEnc`] … | block chaining, OFB with a non-linear function | |
//! | [`Sm4XtsGb`], [`Sm4XtsIeee`] | sectors, in two forms that differ | their own methods |
//! | [`Sm4Hctr`] | a message as one wide block | its own methods |
//! | [`Sm4EcbEnc`] … | each block by itself | [`BlockModeEncrypt`](cipher::BlockModeEncrypt) … |
//! | [`Sm4Cmac`] | the MAC to take where none is prescribed | [`Mac`](digest::Mac) |
//! | [`Sm4CbcMac`], [`Sm4Emac`], [`Sm4RetailMac`], [`Sm4MacDes`], [`Sm4Lmac`], [`Sm4TrCbcMac`], [`Sm4CbcrMac`] | the other MACs of GB/T 15852.1-2020 | [`Mac`](digest::Mac) |
//! | [`Sm4KeyWrap`], [`Sm4KeyWrapPad`] | keys under keys | their own methods |
//! | `Sm4Ff1` | strings of digits to strings of digits; feature `ff1` | its own methods |
//! | [`wpi`] | data frames of WAPI | |
//! | [`batch`] | CBC encryption, CMAC and CCM of many messages at once | |
//! | [`Sm4`], [`Sm4Enc`], [`Sm4Dec`] | the block cipher | [`BlockCipherEncrypt`] … |
//!
//! Files that are too large for memory: see [Large files](Sm4Gcm#large-files).
//!
//! All modes of the RustCrypto crates work over [`Sm4`] too (`eax`, `ocb3`, `ctr` with other counters, …): the kernels take 32 blocks
//! from them at once.
//!
//! Each mode can be made from a cipher whose key is expanded (`inner_init`, `inner_iv_init`, `from_cipher`), so that many messages under one
//! key need one key schedule.
//!
//! # Sources
//! GB/T 32907-2016 (GM/T 0002-2012), ISO/IEC 18033-3:2010/Amd 1:2021.

mod backend;
pub mod batch;
mod bc;
mod bitslice;
mod block_mode;
mod cbc;
mod cbc_mac;
mod ccm;
mod cfb;
mod chain;
mod cmac;
mod ctr;
mod gcm;
mod gcm_siv;
mod gmac;
mod hctr;
mod key_wrap;
mod keystream;
mod mac;
mod maps;
mod named;
mod ofb;
mod ofbnlf;
pub mod padding;
mod passes;
mod portable;
mod sbox;
pub mod wpi;
mod xts;

pub use bc::{Sm4BcDec, Sm4BcEnc};
pub use cbc::{Sm4CbcDec, Sm4CbcEnc};
pub use cbc_mac::{
    Sm4CbcMac, Sm4CbcrMac, Sm4Emac, Sm4Lmac, Sm4MacDes, Sm4RetailMac, Sm4TrCbcMac, TagSize,
};
pub use ccm::{CcmNonceSize, CcmTagSize, Sm4Ccm};
pub use cfb::{Sm4Cfb8Dec, Sm4Cfb8Enc, Sm4CfbDec, Sm4CfbEnc};
pub use cmac::Sm4Cmac;
pub use ctr::Sm4Ctr;
pub use gcm::{GcmNonce, GcmTag, Sm4Gcm};
pub use gcm_siv::Sm4GcmSiv;
pub use gmac::Sm4Gmac;
pub use hctr::{HctrLengthError, Sm4Hctr};
pub use key_wrap::{KeyWrapError, Sm4KeyWrap, Sm4KeyWrapPad};
pub use named::{Sm4EcbDec, Sm4EcbEnc};
#[cfg(feature = "ff1")]
pub use named::{Sm4Ff1, ff1};
pub use ofb::Sm4Ofb;
pub use ofbnlf::{Sm4OfbnlfDec, Sm4OfbnlfEnc};
pub use xts::{Sm4XtsGb, Sm4XtsIeee, XtsLengthError};

use backend::{Backend, Block, Blocks, RoundKeys};
use cipher::{
    AlgorithmName, BlockCipherDecBackend, BlockCipherDecClosure, BlockCipherDecrypt,
    BlockCipherEncBackend, BlockCipherEncClosure, BlockCipherEncrypt, BlockSizeUser, InOut, Key,
    KeyInit, KeySizeUser, ParBlocks, ParBlocksSizeUser,
    consts::{U16, U32},
};
use core::fmt;
use zeroize::ZeroizeOnDrop;

/// SM4 for encryption and decryption: 16-byte key, 16-byte blocks.
///
/// A block cipher is a building block, not a way to encrypt a message: see the modes of this module.
///
/// ```
/// use shangmi::{cipher::{BlockCipherDecrypt, BlockCipherEncrypt, KeyInit}, sm4::Sm4};
///
/// // GB/T 32907-2016, annex A, example 1: key and plaintext are the same 16 bytes.
/// let key = 0x0123_4567_89ab_cdef_fedc_ba98_7654_3210_u128.to_be_bytes();
/// let mut block = key.into();
///
/// let sm4 = Sm4::new(&key.into());
/// sm4.encrypt_block(&mut block);
/// assert_eq!(block.0, 0x681e_df34_d206_965e_86b3_e94f_536e_4246_u128.to_be_bytes());
/// sm4.decrypt_block(&mut block);
/// assert_eq!(block.0, key);
/// ```
///
/// Source: GB/T 32907-2016 (GM/T 0002-2012).
#[derive(Clone)]
pub struct Sm4 {
    encrypt: Sm4Enc,
    decrypt: Sm4Dec,
}

/// SM4 for encryption only: all that most modes need, in half the memory of [`Sm4`].
#[derive(Clone)]
pub struct Sm4Enc(Cipher);

/// SM4 for decryption only.
#[derive(Clone)]
pub struct Sm4Dec(Cipher);

/// One direction of SM4 under one key, and what runs it.
#[derive(Clone)]
struct Cipher {
    rk: RoundKeys,
    backend: Backend,
}

impl Sm4 {
    fn with_backend(key: &Key<Self>, backend: Backend) -> Self {
        Sm4Enc::with_backend(key, backend).into()
    }
}

impl Sm4Enc {
    fn with_backend(key: &Key<Self>, backend: Backend) -> Self {
        Self(Cipher { rk: backend.expand_key(&key.0), backend })
    }
}

impl From<Sm4Enc> for Sm4 {
    fn from(encrypt: Sm4Enc) -> Self {
        Self { decrypt: Sm4Dec::from(&encrypt), encrypt }
    }
}

impl From<&Sm4Enc> for Sm4Dec {
    fn from(encrypt: &Sm4Enc) -> Self {
        Self(Cipher { rk: encrypt.0.rk.reversed(), backend: encrypt.0.backend })
    }
}

impl KeyInit for Sm4 {
    fn new(key: &Key<Self>) -> Self {
        Self::with_backend(key, Backend::best())
    }
}

impl KeyInit for Sm4Enc {
    fn new(key: &Key<Self>) -> Self {
        Self::with_backend(key, Backend::best())
    }
}

impl KeyInit for Sm4Dec {
    fn new(key: &Key<Self>) -> Self {
        Self::from(&Sm4Enc::new(key))
    }
}

macro_rules! common {
    ($($name:ident),*) => {$(
        impl KeySizeUser for $name {
            type KeySize = U16;
        }

        impl BlockSizeUser for $name {
            type BlockSize = U16;
        }

        impl AlgorithmName for $name {
            fn write_alg_name(f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("SM4")
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }

        impl ZeroizeOnDrop for $name {}
    )*};
}

common!(Sm4, Sm4Enc, Sm4Dec);

impl BlockCipherEncrypt for Sm4Enc {
    fn encrypt_with_backend(&self, f: impl BlockCipherEncClosure<BlockSize = U16>) {
        f.call(&self.0);
    }

    fn encrypt_blocks_inout(&self, blocks: Blocks<'_, '_>) {
        self.0.crypt(blocks);
    }

    fn encrypt_blocks(&self, blocks: &mut [Block]) {
        self.0.crypt(blocks.into());
    }
}

impl BlockCipherDecrypt for Sm4Dec {
    fn decrypt_with_backend(&self, f: impl BlockCipherDecClosure<BlockSize = U16>) {
        f.call(&self.0);
    }

    fn decrypt_blocks_inout(&self, blocks: Blocks<'_, '_>) {
        self.0.crypt(blocks);
    }

    fn decrypt_blocks(&self, blocks: &mut [Block]) {
        self.0.crypt(blocks.into());
    }
}

impl BlockCipherEncrypt for Sm4 {
    fn encrypt_with_backend(&self, f: impl BlockCipherEncClosure<BlockSize = U16>) {
        f.call(&self.encrypt.0);
    }

    fn encrypt_blocks_inout(&self, blocks: Blocks<'_, '_>) {
        self.encrypt.0.crypt(blocks);
    }

    fn encrypt_blocks(&self, blocks: &mut [Block]) {
        self.encrypt.0.crypt(blocks.into());
    }
}

impl BlockCipherDecrypt for Sm4 {
    fn decrypt_with_backend(&self, f: impl BlockCipherDecClosure<BlockSize = U16>) {
        f.call(&self.decrypt.0);
    }

    fn decrypt_blocks_inout(&self, blocks: Blocks<'_, '_>) {
        self.decrypt.0.crypt(blocks);
    }

    fn decrypt_blocks(&self, blocks: &mut [Block]) {
        self.decrypt.0.crypt(blocks.into());
    }
}

impl Cipher {
    fn crypt(&self, blocks: Blocks<'_, '_>) {
        self.backend.crypt(&self.rk, blocks);
    }

    fn crypt_one(&self, block: InOut<'_, '_, Block>) {
        block_mode::one(block, |block| self.crypt(block));
    }
}

impl BlockSizeUser for Cipher {
    type BlockSize = U16;
}

/// One type serves the generic modes whatever the backend, so that each mode is compiled once.
impl ParBlocksSizeUser for Cipher {
    type ParBlocksSize = U32;
}

impl BlockCipherEncBackend for Cipher {
    fn encrypt_block(&self, block: InOut<'_, '_, Block>) {
        self.crypt_one(block);
    }

    fn encrypt_par_blocks(&self, blocks: InOut<'_, '_, ParBlocks<Self>>) {
        self.crypt(blocks.into_buf());
    }

    fn encrypt_tail_blocks(&self, blocks: Blocks<'_, '_>) {
        self.crypt(blocks);
    }
}

impl BlockCipherDecBackend for Cipher {
    fn decrypt_block(&self, block: InOut<'_, '_, Block>) {
        self.crypt_one(block);
    }

    fn decrypt_par_blocks(&self, blocks: InOut<'_, '_, ParBlocks<Self>>) {
        self.crypt(blocks.into_buf());
    }

    fn decrypt_tail_blocks(&self, blocks: Blocks<'_, '_>) {
        self.crypt(blocks);
    }
}

#[cfg(feature = "__backends")]
#[doc(hidden)]
pub mod __backends {
    //! For tests, benches and fuzzing.
    use super::{GcmNonce, GcmTag, Sm4, Sm4Dec, Sm4Enc, Sm4Gcm, Sm4Gmac, backend};
    use cipher::Iv;

    /// A backend that this CPU can run.
    #[derive(Clone, Copy, Debug)]
    pub struct Backend(pub(super) backend::Backend);

    #[allow(missing_docs, clippy::must_use_candidate, reason = "hidden, and as what users call")]
    impl Backend {
        /// All of them, fastest first.
        pub fn all() -> impl Iterator<Item = Self> {
            backend::Backend::all().map(Self)
        }
        pub fn name(self) -> &'static str {
            self.0.name()
        }
        pub fn sm4(self, key: &[u8; 16]) -> Sm4 {
            Sm4::with_backend(key.into(), self.0)
        }
        pub fn sm4_enc(self, key: &[u8; 16]) -> Sm4Enc {
            Sm4Enc::with_backend(key.into(), self.0)
        }
        pub fn sm4_dec(self, key: &[u8; 16]) -> Sm4Dec {
            (&self.sm4_enc(key)).into()
        }
        pub fn gcm<N: GcmNonce, T: GcmTag>(self, key: &[u8; 16]) -> Sm4Gcm<N, T> {
            Sm4Gcm::with_backend(key.into(), self.0)
        }
        pub fn gmac<N: GcmNonce, T: GcmTag>(
            self,
            key: &[u8; 16],
            iv: &Iv<Sm4Gmac<N, T>>,
        ) -> Sm4Gmac<N, T> {
            Sm4Gmac::with_backend(key.into(), iv, self.0)
        }
    }
}

#[cfg(test)]
mod tests;
