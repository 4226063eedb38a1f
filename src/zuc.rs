//! ZUC: the stream ciphers ZUC-128 and ZUC-256, and the encryption, MACs and AEADs built on them.
//!
//! | type | what | key, IV in bytes | with |
//! |---|---|---|---|
//! | [`Zuc128`] | stream cipher | 16, 16 | [`StreamCipher`], words, [`Checkpoint`] |
//! | [`Eea3`], [`eea3()`] | 128-EEA3 (5G: 128-NEA3) | 16, [`Frame`] | [`StreamCipher`], length in bits |
//! | [`Eia3`], [`eia3()`] | 128-EIA3 (5G: 128-NIA3), 32-bit MAC | 16, [`Frame`] | [`Mac`](digest::Mac), length in bits |
//! | [`ZucGxm`] | AEAD of GM/T 0001.4, one message an instance | 16 and 16, 16 | its own methods |
//! | [`ZucMur`] | AEAD of GM/T 0001.4, misuse resistant | 48, 16 | [`AeadInOut`](aead::AeadInOut) |
//! | [`Nea6`] | 256-NEA6 (5G) | 32, 15 ([`Frame::nea6_iv`]) | [`StreamCipher`] |
//! | [`Nia6`] | 256-NIA6 (5G), MAC of 32 to 128 bits | 32, 15 | [`Mac`](digest::Mac) |
//! | [`Nca6`] | 256-NCA6 (5G), AEAD | 32, 15 | [`AeadInOut`](aead::AeadInOut) |
//! | [`Zuc256`] | stream cipher, new initialisation | 32, 16 | [`StreamCipher`], words |
//! | [`Zuc256Mac`] | its MAC of 32, 64 or 128 bits | 32, 16 | [`Mac`](digest::Mac), length in bits |
//! | [`Zuc256V1`] | stream cipher of the 2018 draft | 32, 23 (or 25: [`Zuc256V1::pack_iv`]) | [`StreamCipher`], words |
//! | [`Zuc256V1Mac`] | its MAC of 32, 64 or 128 bits | 32, 23 | [`Mac`](digest::Mac), length in bits |
//! | [`batch`] | many messages of these at once | | |
//!
//! The three 256-bit forms share a name in the literature and nothing else: their keystreams differ.
//! New designs take [`Zuc256`]; [`Zuc256V1`] is for what was built on the 2018 draft.
//!
//! # Limits
//! - **One message for one key and IV** (or frame). A second one under the same pair reveals the
//!   exclusive or of the two plaintexts, and lets an attacker forge MACs. [`ZucMur`] alone survives it.
//! - LENGTH of EEA3 and EIA3 is a 32-bit field: up to 2³² − 1 bits, more is [`LengthError::TooLong`].
//!   (LTE's own packets stay below 65 504 bits; an NR PDCP SDU may have 9000 bytes, 72 000 bits.)
//! - The keystreams of ZUC-256 in all forms: up to 2³² bits under one (key, IV); more is refused.
//!   (256-NIA6 needs 48 bytes of it whatever the message.)
//! - Trait methods without an error (`apply_keystream`, `update`) panic beyond these limits, as the traits
//!   have it; their `try_…` forms return the error.
//! - A 32-bit MAC is forged by chance once in 2³² tries: fit for the protocols that prescribe it
//!   and count failures, not for new designs.
//! - ZUC cannot seek; a [`Checkpoint`] saves a place in the keystream of [`Zuc128`] to come back to.
//!
//! # Sources
//! GM/T 0001.1, .2, .3-2012, 0001.4-2024; GB/T 33133.1-2016, .2 and .3-2021; 3GPP TS 35.221, 35.222,
//! 35.223, 35.246; the ZUC design team's papers on ZUC-256, named at the types.

mod backend;
pub mod batch;
mod checkpoint;
mod eea3;
mod eia3;
mod frame;
mod gxm_mur;
mod lanes;
mod mac;
mod nea6;
mod nibbles;
mod portable;
mod sbox;
mod stream;
mod tag;
mod window_mac;
mod zuc256;
mod zuc256_mac;

pub use checkpoint::{Checkpoint, CheckpointError};
pub use eea3::{Eea3, eea3, eea3_b2b};
pub use eia3::{Eia3, eia3, eia3_verify};
pub use frame::{Bearer, Direction, Frame, FrameError, LengthError};
pub use gxm_mur::{ZucGxm, ZucMur};
pub use nea6::{Nca6, Nea6, Nia6};
pub use tag::{LongTag, ShortTag};
pub use zuc256::{SpareBits, Zuc256, Zuc256Core, Zuc256V1, Zuc256V1Core};
pub use zuc256_mac::{MacSize, Zuc256Mac, Zuc256V1Mac};

use crate::secret::Temporary;
use backend::Backend;
use cipher::{
    AlgorithmName, BlockSizeUser, InOutBuf, Iv, IvSizeUser, Key, KeyIvInit, KeySizeUser,
    StreamCipher, StreamCipherClosure, StreamCipherCore, StreamCipherError,
    consts::{U4, U16},
};
use core::fmt;
use portable::State;
use stream::{Rest, Words, stream_cipher};
use zeroize::Zeroize;

/// The rounds of ZUC-128's initialisation stage.
const ROUNDS: u32 = 32;

stream_cipher! {
    /// The stream cipher ZUC-128: 16-byte key, 16-byte IV, no limit on the keystream.
    ///
    /// ```
    /// use shangmi::{cipher::{KeyIvInit, StreamCipher}, zuc::Zuc128};
    ///
    /// let (key, iv) = ([0x42; 16], [0x24; 16]);
    /// let mut data = *b"a message of any length, in pieces of any length";
    ///
    /// let mut zuc = Zuc128::new(&key.into(), &iv.into());
    /// zuc.apply_keystream(&mut data[..7]);
    /// zuc.apply_keystream(&mut data[7..]);
    ///
    /// Zuc128::new(&key.into(), &iv.into()).apply_keystream(&mut data);
    /// assert_eq!(&data, b"a message of any length, in pieces of any length");
    /// ```
    ///
    /// Source: GM/T 0001.1-2012 (GB/T 33133.1-2016, 3GPP TS 35.222).
    Zuc128, Zuc128Core, "ZUC-128", key U16, iv U16,
    |key, iv, backend| Words::start(State::load128(key, iv), ROUNDS, u64::MAX, backend)
}

impl Zuc128 {
    /// Fills `z` with the next whole keystream words, Z of the standard.
    ///
    /// What is left of a word that was begun by bytes is thrown away.
    ///
    /// ```
    /// use shangmi::{cipher::KeyIvInit, zuc::Zuc128};
    ///
    /// // 3GPP TS 35.223, test set 1: all-zero key and IV.
    /// let mut z = [0; 2];
    /// Zuc128::new(&[0; 16].into(), &[0; 16].into()).write_keystream_words(&mut z);
    /// assert_eq!(z, [0x27be_de74, 0x0180_82da]);
    /// ```
    pub fn write_keystream_words(&mut self, z: &mut [u32]) {
        // ZUC-128 has no limit, so there is no error.
        let _ = self.try_write_keystream_words(z);
    }
}

#[cfg(feature = "__backends")]
#[doc(hidden)]
pub mod __backends {
    //! Every backend by hand: for the tests, benches and fuzz targets of this crate alone.
    use super::{
        Eea3, Eia3, LongTag, MacSize, Nca6, Nea6, Nia6, ROUNDS, ShortTag, State, Zuc128, Zuc256,
        Zuc256Mac, Zuc256V1, Zuc256V1Mac, ZucGxm, ZucMur, backend,
        batch::{self, CipherJob, MacJob, Nca6Job, WrongJob},
        lanes, portable,
    };

    /// A backend that this CPU can run.
    #[derive(Clone, Copy, Debug)]
    pub struct Backend(backend::Backend);

    #[allow(
        missing_docs,
        clippy::must_use_candidate,
        reason = "hidden, and as the constructors that users call"
    )]
    impl Backend {
        /// All of them, fastest first.
        pub fn all() -> impl Iterator<Item = Self> {
            backend::Backend::all().map(Self)
        }
        pub fn name(self) -> &'static str {
            self.0.name()
        }
        pub fn zuc128(self, key: &[u8; 16], iv: &[u8; 16]) -> Zuc128 {
            Zuc128::with_backend(key.into(), iv.into(), self.0)
        }
        pub fn eea3(self, key: &[u8; 16], iv: &[u8; 16]) -> Eea3 {
            Eea3::with_backend(key.into(), iv.into(), self.0)
        }
        pub fn eia3(self, key: &[u8; 16], iv: &[u8; 16]) -> Eia3 {
            Eia3::with_backend(key.into(), iv.into(), self.0)
        }
        pub fn zuc256(self, key: &[u8; 32], iv: &[u8; 16]) -> Zuc256 {
            Zuc256::with_backend(key.into(), iv.into(), self.0)
        }
        pub fn zuc256_v1(self, key: &[u8; 32], iv: &[u8; 23]) -> Zuc256V1 {
            Zuc256V1::with_backend(key.into(), iv.into(), self.0)
        }
        pub fn zuc256_mac<N: MacSize>(self, key: &[u8; 32], iv: &[u8; 16]) -> Zuc256Mac<N> {
            Zuc256Mac::with_backend(key.into(), iv.into(), self.0)
        }
        pub fn zuc256_v1_mac<N: MacSize>(self, key: &[u8; 32], iv: &[u8; 23]) -> Zuc256V1Mac<N> {
            Zuc256V1Mac::with_backend(key.into(), iv.into(), self.0)
        }
        pub fn nea6(self, key: &[u8; 32], iv: &[u8; 15]) -> Nea6 {
            Nea6::with_backend(key.into(), iv.into(), self.0)
        }
        pub fn nia6<N: ShortTag>(self, key: &[u8; 32], iv: &[u8; 15]) -> Nia6<N> {
            Nia6::with_backend(key.into(), iv.into(), self.0)
        }
        pub fn nca6<N: ShortTag>(self, key: &[u8; 32]) -> Nca6<N> {
            Nca6::with_backend(key.into(), self.0)
        }
        pub fn gxm<N: LongTag>(
            self,
            key: &[u8; 16],
            hash_key: &[u8; 16],
            iv: &[u8; 16],
        ) -> ZucGxm<N> {
            ZucGxm::with_backend(key, hash_key, iv, self.0)
        }
        pub fn mur<N: LongTag>(
            self,
            data_key: &[u8; 16],
            tag_key: &[u8; 16],
            hash_key: &[u8; 16],
        ) -> ZucMur<N> {
            ZucMur::with_backend(data_key, tag_key, hash_key, self.0)
        }
    }

    /// A backend for many streams that this CPU can run.
    #[derive(Clone, Copy, Debug)]
    pub struct LanesBackend(lanes::backend::Backend);

    #[allow(
        missing_docs,
        clippy::missing_errors_doc,
        clippy::must_use_candidate,
        reason = "hidden, and as what users call"
    )]
    impl LanesBackend {
        /// All of them, fastest first.
        pub fn all() -> impl Iterator<Item = Self> {
            lanes::backend::Backend::all().map(Self)
        }
        pub fn name(self) -> &'static str {
            self.0.name()
        }
        fn with(self, one: Backend) -> batch::Backends {
            batch::Backends { many: self.0, one: one.0 }
        }
        pub fn encrypt(self, one: Backend, jobs: &mut [CipherJob<'_>]) -> Result<(), WrongJob> {
            batch::encrypt_with(jobs, self.with(one))
        }
        pub fn authenticate(self, one: Backend, jobs: &mut [MacJob<'_>]) -> Result<(), WrongJob> {
            batch::authenticate_with(jobs, self.with(one))
        }
        pub fn run<const OPEN: bool>(
            self,
            one: Backend,
            jobs: &mut [Nca6Job<'_, OPEN>],
        ) -> Result<(), WrongJob> {
            batch::run_with(jobs, self.with(one))
        }
    }

    /// LFSR, R1 and R2 after the initialisation rounds, before the step whose output is thrown away.
    #[must_use]
    pub fn initialisation_rounds(key: &[u8; 16], iv: &[u8; 16]) -> ([u32; 16], u32, u32) {
        let mut state = State::load128(key, iv);
        portable::initialisation_rounds(&mut state, ROUNDS);
        (state.s, state.r1, state.r2)
    }
}

#[cfg(test)]
mod tests;
