//! Deterministic random bit generators: Hash-DRBG with SM3, CTR-DRBG with SM4; tests of an entropy source.
//!
//! | type | what | with |
//! |---|---|---|
//! | [`DrbgRng`] | a generator that seeds itself from an entropy source | the traits of [`rand_core`] |
//! | [`HashDrbgSm3`] | Hash-DRBG with SM3, entropy given by hand | [`Drbg`] |
#![cfg_attr(
    feature = "sm4",
    doc = "| [`CtrDrbgSm4`] | CTR-DRBG with SM4 and derivation function, entropy given by hand | [`Drbg`] |"
)]
//! | [`health`] | repetition count test, adaptive proportion test | |
//!
//! Most users want `DrbgRng`:
//!
//! ```
//! use shangmi::drbg::{DrbgRng, HashDrbgSm3, Rules};
//! use shangmi::rand_core::{TryCryptoRng, TryRng};
//!
//! // `source` is what the system has: `getrandom::SysRng`, say.
//! fn key<E: TryCryptoRng>(source: E) -> Result<[u8; 16], Box<dyn std::error::Error>>
//! where
//!     E::Error: 'static,
//! {
//!     let mut rng = DrbgRng::<HashDrbgSm3, E>::new(Rules::GmLevel1, source, b"this device")?;
//!     let mut key = [0; 16];
//!     rng.try_fill_bytes(&mut key)?;
//!     Ok(key)
//! }
//! ```
//!
//! # Rules and limits
//! [`Rules`] chooses between the forms of the two standards:
//!
//! | | [`GmLevel1`](Rules::GmLevel1) | [`GmLevel2`](Rules::GmLevel2) | [`Nist`](Rules::Nist) |
//! |---|---|---|---|
//! | requests from one seed | 2²⁰ | 2¹⁰ | 2⁴⁸ |
//! | age of a seed (the caller's to see to: [`Drbg::needs_reseed`]) | 600 s | 60 s | |
//! | bytes a request, SM3 | 32 | 32 | 65 536 |
//! | bytes a request, SM4 | 16 | 16 | 65 536 |
//! | bytes of entropy, at least, SM3 | 32 | 32 | 32 |
//! | bytes of entropy, at least, SM4 | 32 | 32 | 16 |
//! | bytes of nonce, at least, SM3 | 16 | 16 | 16 |
//! | bytes of nonce, at least, SM4 | 16 | 16 | 8 |
//! | Hash-DRBG is seeded again with | entropy ‖ V | entropy ‖ V | V ‖ entropy |
//!
//! The inputs of one call together have less than 2³² bytes. The entropy is assumed to be full: bytes
//! that a conditioned source gives.
//!
//! # What it cannot do for you
//! A copy of the process or of the virtual machine (`fork`, a snapshot) repeats the output until the next
//! seed: seed again after one.
//!
//! # Sources
//! GM/T 0105-2021, as the Go library gmsm implements it; NIST SP 800-90A Rev. 1, 9, 10.1.1 and 10.2.1.

mod ctr;
mod hash;
pub mod health;
mod rng;

pub use ctr::CtrDrbg;
pub use hash::HashDrbg;
pub use rng::{DrbgRng, SeedError};

use crate::sm3::Sm3;
use core::{fmt, time::Duration};
use mechanism::{Input, Raw};

/// Hash-DRBG with SM3.
pub type HashDrbgSm3 = Drbg<HashDrbg<Sm3>>;

/// CTR-DRBG with SM4 and the derivation function.
#[cfg(feature = "sm4")]
pub type CtrDrbgSm4 = Drbg<CtrDrbg<crate::sm4::Sm4Enc>>;

/// The standard's form, and its limits: see the [module's page](self).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rules {
    /// GM/T 0105-2021, security level 1.
    GmLevel1,
    /// GM/T 0105-2021, security level 2.
    GmLevel2,
    /// NIST SP 800-90A Rev. 1.
    Nist,
}

impl Rules {
    /// The most requests from one seed.
    #[must_use]
    pub fn most_requests(self) -> u64 {
        match self {
            Self::GmLevel1 => 1 << 20,
            Self::GmLevel2 => 1 << 10,
            Self::Nist => 1 << 48,
        }
    }

    /// The longest that one seed may serve, if there is such a limit.
    #[must_use]
    pub fn longest_use(self) -> Option<Duration> {
        match self {
            Self::GmLevel1 => Some(Duration::from_secs(600)),
            Self::GmLevel2 => Some(Duration::from_secs(60)),
            Self::Nist => None,
        }
    }

    fn is_gm(self) -> bool {
        matches!(self, Self::GmLevel1 | Self::GmLevel2)
    }

    /// Bytes of entropy, at least, for a mechanism of this strength in bytes.
    fn entropy(self, strength: usize) -> usize {
        if self.is_gm() { 32 } else { strength }
    }

    /// Bytes of nonce, at least.
    fn nonce(self, strength: usize) -> usize {
        self.entropy(strength) / 2
    }
}

/// A generator without an entropy source: the functions of SP 800-90A, 9, around a mechanism of its 10.
///
/// [`HashDrbgSm3`] is one; the caller brings the entropy, and asks for at most
/// [`request_limit`](Self::request_limit) bytes at a time.
///
/// ```
/// use shangmi::drbg::{DrbgError, HashDrbgSm3, Rules};
///
/// let (entropy, nonce) = ([0x42; 32], [0x24; 16]);      // from the source, not like these
/// let mut drbg = HashDrbgSm3::new(Rules::GmLevel2, &entropy, &nonce, b"this device")?;
/// let mut random = [0; 32];
/// while drbg.generate(&mut random, b"") != Err(DrbgError::ReseedRequired) {}
/// drbg.reseed(&[0x99; 32], b"")?;
/// drbg.generate(&mut random, b"")?;
/// # Ok::<(), DrbgError>(())
/// ```
///
/// Not `Clone`: two generators with one state give the same bytes. The state is cleared on drop.
pub struct Drbg<M: Mechanism> {
    state: M,
    rules: Rules,
    /// One more than the requests since the seed.
    reseed_counter: u64,
}

impl<M: Mechanism> Drbg<M> {
    /// Instantiates the generator from `entropy`, `nonce` and `personalization`.
    ///
    /// The nonce is random as well, or never repeats; the personalization string tells this
    /// generator from others, and may be empty.
    ///
    /// # Errors
    /// [`DrbgError::EntropyTooShort`] and [`DrbgError::NonceTooShort`] if the rules ask for more;
    /// [`DrbgError::InputTooLong`] if all three together have 2³² bytes or more.
    ///
    /// Source: SP 800-90A Rev. 1, 9.1.
    pub fn new(
        rules: Rules,
        entropy: &[u8],
        nonce: &[u8],
        personalization: &[u8],
    ) -> Result<Self, DrbgError> {
        if entropy.len() < Self::entropy_length(rules) {
            return Err(DrbgError::EntropyTooShort);
        }
        if nonce.len() < Self::nonce_length(rules) {
            return Err(DrbgError::NonceTooShort);
        }
        let seed = [entropy, nonce, personalization];
        let seed = Input::new(&seed)?;
        Ok(Self { state: M::instantiate(&seed), rules, reseed_counter: 1 })
    }

    /// Seeds again from the state, `entropy` and `additional` (which may be empty).
    ///
    /// # Errors
    /// [`DrbgError::EntropyTooShort`] if the rules ask for more; [`DrbgError::InputTooLong`] if both
    /// together have 2³² bytes or more. The state is then as it was.
    ///
    /// Source: SP 800-90A Rev. 1, 9.2.
    pub fn reseed(&mut self, entropy: &[u8], additional: &[u8]) -> Result<(), DrbgError> {
        if entropy.len() < Self::entropy_length(self.rules) {
            return Err(DrbgError::EntropyTooShort);
        }
        let seed = [entropy, additional];
        let seed = Input::new(&seed)?;
        self.state.reseed(&seed, self.rules.is_gm());
        self.reseed_counter = 1;
        Ok(())
    }

    /// Fills `out` with random bytes; `additional` (which may be empty) goes into the state before.
    ///
    /// # Errors
    /// [`DrbgError::ReseedRequired`] after [`Rules::most_requests`] requests;
    /// [`DrbgError::RequestTooLong`] if `out` is longer than [`request_limit`](Self::request_limit);
    /// [`DrbgError::InputTooLong`] if `additional` has 2³² bytes or more. Nothing is written then, and
    /// the state is as it was.
    ///
    /// Source: SP 800-90A Rev. 1, 9.3.
    pub fn generate(&mut self, out: &mut [u8], additional: &[u8]) -> Result<(), DrbgError> {
        if out.len() > self.request_limit() {
            return Err(DrbgError::RequestTooLong);
        }
        if self.is_used_up() {
            return Err(DrbgError::ReseedRequired);
        }
        let additional = [additional];
        self.step(out, &Input::new(&additional)?);
        Ok(())
    }

    /// `generate` when all is known to be well.
    fn step(&mut self, out: &mut [u8], additional: &Input<'_>) {
        self.state.generate(out, additional, self.reseed_counter);
        self.reseed_counter += 1;
    }

    /// The most bytes that one request gives.
    #[must_use]
    pub fn request_limit(&self) -> usize {
        if self.rules.is_gm() { M::OUTPUT } else { 1 << 16 }
    }

    /// The bytes of entropy that a seed needs at least.
    #[must_use]
    pub fn entropy_length(rules: Rules) -> usize {
        rules.entropy(M::STRENGTH)
    }

    /// The bytes of nonce that [`new`](Self::new) needs at least.
    #[must_use]
    pub fn nonce_length(rules: Rules) -> usize {
        rules.nonce(M::STRENGTH)
    }

    /// The rules that it keeps.
    #[must_use]
    pub fn rules(&self) -> Rules {
        self.rules
    }

    /// The requests served since the last seed.
    #[must_use]
    pub fn requests(&self) -> u64 {
        self.reseed_counter - 1
    }

    /// Whether a new seed is due, if the last one is `age` old.
    ///
    /// The generator counts its requests itself, but has no clock: [`generate`](Self::generate) refuses
    /// for the first reason alone.
    #[must_use]
    pub fn needs_reseed(&self, age: Duration) -> bool {
        self.is_used_up() || self.rules.longest_use().is_some_and(|longest| age > longest)
    }

    fn is_used_up(&self) -> bool {
        self.reseed_counter > self.rules.most_requests()
    }
}

impl<M: Mechanism> fmt::Debug for Drbg<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Drbg").field("rules", &self.rules).finish_non_exhaustive()
    }
}

impl<M: Mechanism> zeroize::ZeroizeOnDrop for Drbg<M> {}

/// What [`Drbg`] is built around: [`HashDrbg`] or [`CtrDrbg`].
pub trait Mechanism: Raw {}

mod mechanism {
    //! The mechanisms' own functions, which check nothing: SP 800-90A Rev. 1, 10.

    use super::DrbgError;

    /// The parts of an input, one after another; `bytes` of them in all.
    #[allow(missing_debug_implementations, reason = "not for users; parts are secret")]
    pub struct Input<'a> {
        pub(super) parts: &'a [&'a [u8]],
        pub(super) bytes: u32,
    }

    impl<'a> Input<'a> {
        pub(super) const EMPTY: Self = Self { parts: &[], bytes: 0 };

        pub(super) fn new(parts: &'a [&'a [u8]]) -> Result<Self, DrbgError> {
            let bytes = parts.iter().map(|part| part.len() as u64).sum::<u64>();
            let bytes = u32::try_from(bytes).map_err(|_| DrbgError::InputTooLong)?;
            Ok(Self { parts, bytes })
        }
    }

    pub trait Raw: zeroize::ZeroizeOnDrop {
        /// Bytes of the security strength.
        const STRENGTH: usize;
        /// Bytes of one output block.
        const OUTPUT: usize;

        fn instantiate(seed: &Input<'_>) -> Self;
        fn reseed(&mut self, seed: &Input<'_>, gm: bool);
        fn generate(&mut self, out: &mut [u8], additional: &Input<'_>, reseed_counter: u64);
    }
}

/// What a generator refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DrbgError {
    /// Fewer bytes of entropy than the rules ask for.
    EntropyTooShort,
    /// Fewer bytes of nonce than the rules ask for.
    NonceTooShort,
    /// The inputs have 2³² bytes or more.
    InputTooLong,
    /// More bytes than one request gives.
    RequestTooLong,
    /// The seed has served as many requests as it may.
    ReseedRequired,
}

impl fmt::Display for DrbgError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::EntropyTooShort => "fewer bytes of entropy than the rules ask for",
            Self::NonceTooShort => "fewer bytes of nonce than the rules ask for",
            Self::InputTooLong => "the inputs are longer than a generator takes",
            Self::RequestTooLong => "more bytes than one request gives",
            Self::ReseedRequired => "the generator must be seeded again",
        })
    }
}

impl core::error::Error for DrbgError {}
