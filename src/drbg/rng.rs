//! A generator with its entropy source, as `rand_core` has them.

use super::{Drbg, DrbgError, Mechanism, Rules, mechanism::Input};
use crate::secret::Temporary;
use core::fmt;
use rand_core::{TryCryptoRng, TryRng, utils::next_word_via_fill};

/// A generator `D`, such as [`HashDrbgSm3`](super::HashDrbgSm3), seeded from the source `E`.
///
/// It seeds itself at the beginning and whenever the rules' number of requests is reached, and cuts what
/// is asked for into requests. It has no clock: where the rules limit the time (see
/// [`Rules::longest_use`]) the caller asks [`Drbg::needs_reseed`] and calls [`reseed`](Self::reseed).
///
/// The source gives full entropy, and has passed its own tests ([`health`](super::health)).
pub struct DrbgRng<D, E> {
    drbg: D,
    source: E,
}

/// Bytes of entropy and nonce that any rules ask for.
type Entropy = Temporary<[u8; 48]>;

impl<M: Mechanism, E: TryCryptoRng> DrbgRng<Drbg<M>, E> {
    /// Takes entropy and nonce from `source`.
    ///
    /// # Errors
    /// [`SeedError::Source`] if the source fails; [`SeedError::Refused`] if the personalization string
    /// has nearly 2³² bytes.
    pub fn new(
        rules: Rules,
        mut source: E,
        personalization: &[u8],
    ) -> Result<Self, SeedError<E::Error>> {
        let mut bytes = Entropy::new();
        let length = Drbg::<M>::entropy_length(rules);
        let bytes = &mut bytes[..length + Drbg::<M>::nonce_length(rules)];
        source.try_fill_bytes(bytes).map_err(SeedError::Source)?;
        let (entropy, nonce) = bytes.split_at(length);
        let drbg = Drbg::new(rules, entropy, nonce, personalization).map_err(SeedError::Refused)?;
        Ok(Self { drbg, source })
    }

    /// Seeds again now, with `additional` (which may be empty).
    ///
    /// # Errors
    /// [`SeedError::Source`] if the source fails; [`SeedError::Refused`] if `additional` has nearly 2³²
    /// bytes. The generator is then as it was.
    pub fn reseed(&mut self, additional: &[u8]) -> Result<(), SeedError<E::Error>> {
        let mut bytes = Entropy::new();
        let entropy = &mut bytes[..Drbg::<M>::entropy_length(self.drbg.rules)];
        self.source.try_fill_bytes(entropy).map_err(SeedError::Source)?;
        self.drbg.reseed(entropy, additional).map_err(SeedError::Refused)
    }

    /// The generator, for what can be asked of it.
    pub fn drbg(&self) -> &Drbg<M> {
        &self.drbg
    }

    fn fill(&mut self, out: &mut [u8]) -> Result<(), E::Error> {
        for out in out.chunks_mut(self.drbg.request_limit()) {
            if self.drbg.is_used_up() {
                match self.reseed(b"") {
                    Err(SeedError::Source(error)) => return Err(error),
                    // Entropy of the right length and nothing else is never refused.
                    Err(SeedError::Refused(_)) | Ok(()) => {}
                }
            }
            self.drbg.step(out, &Input::EMPTY);
        }
        Ok(())
    }
}

/// The error is the source's; what was to be filled is then all zeros.
impl<M: Mechanism, E: TryCryptoRng> TryRng for DrbgRng<Drbg<M>, E> {
    type Error = E::Error;

    fn try_next_u32(&mut self) -> Result<u32, E::Error> {
        next_word_via_fill(self)
    }

    fn try_next_u64(&mut self) -> Result<u64, E::Error> {
        next_word_via_fill(self)
    }

    fn try_fill_bytes(&mut self, dst: &mut [u8]) -> Result<(), E::Error> {
        let filled = self.fill(dst);
        if filled.is_err() {
            dst.fill(0);
        }
        filled
    }
}

impl<M: Mechanism, E: TryCryptoRng> TryCryptoRng for DrbgRng<Drbg<M>, E> {}

impl<D, E> fmt::Debug for DrbgRng<D, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DrbgRng").finish_non_exhaustive()
    }
}

/// Why a generator could not be seeded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SeedError<E> {
    /// The error of the source.
    Source(E),
    /// What the generator refused.
    Refused(DrbgError),
}

impl<E> fmt::Display for SeedError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Source(_) => f.write_str("the entropy source failed"),
            Self::Refused(error) => error.fmt(f),
        }
    }
}

impl<E: core::error::Error + 'static> core::error::Error for SeedError<E> {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Source(error) => Some(error),
            Self::Refused(_) => None,
        }
    }
}
