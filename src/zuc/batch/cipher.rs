//! Encryption and decryption in a batch.

use super::{
    Backends, Buffer, WrongJob, first_wrong,
    schedule::{Block, Stream, Words, run},
};
use crate::zuc::{
    Frame, LengthError, ROUNDS,
    frame::mask_of_last_byte,
    nea6,
    portable::State,
    zuc256::{Use, new, v1},
};
use core::fmt;
use zeroize::ZeroizeOnDrop;

/// LENGTH of 128-EEA3 is a 32-bit field.
const LIMIT_EEA3: u64 = u32::MAX as u64;
/// What the designers allow under one (key, IV) of ZUC-256.
const LIMIT_ZUC256: u64 = 1 << 32;

/// One message to encrypt or decrypt by [`encrypt`]: its keystream, its length and its [`Buffer`].
pub struct CipherJob<'a> {
    state: State,
    rounds: u32,
    /// Of these, the last byte is masked to `bits` mod 8.
    bits: u64,
    limit: u64,
    data: Buffer<'a>,
    /// Bytes done.
    done: usize,
}

impl<'a> CipherJob<'a> {
    /// On the whole of `data`.
    fn whole(state: State, rounds: u32, limit: u64, data: impl Into<Buffer<'a>>) -> Self {
        let data = data.into();
        let bits = data.input().len() as u64 * 8;
        Self { state, rounds, bits, limit, data, done: 0 }
    }

    /// 128-EEA3 on the first `bits` bits of `data`, as [`eea3()`](crate::zuc::eea3()).
    #[must_use]
    pub fn eea3(key: &[u8; 16], frame: Frame, bits: usize, data: impl Into<Buffer<'a>>) -> Self {
        let state = State::load128(key, &frame.eea3_iv());
        Self { bits: bits as u64, ..Self::whole(state, ROUNDS, LIMIT_EEA3, data) }
    }

    /// ZUC-128 on the whole of `data`, as [`Zuc128`](crate::zuc::Zuc128).
    #[must_use]
    pub fn zuc128(key: &[u8; 16], iv: &[u8; 16], data: impl Into<Buffer<'a>>) -> Self {
        Self::whole(State::load128(key, iv), ROUNDS, u64::MAX, data)
    }

    /// 256-NEA6 on the whole of `data`, at most 2³² bits, as [`Nea6`](crate::zuc::Nea6).
    #[must_use]
    pub fn nea6(key: &[u8; 32], iv: &[u8; 15], data: impl Into<Buffer<'a>>) -> Self {
        Self::zuc256(key, &nea6::whole_iv(nea6::DOMAIN_NEA6, iv), data)
    }

    /// ZUC-256 with the new initialisation on the whole of `data`, at most 2³² bits, as
    /// [`Zuc256`](crate::zuc::Zuc256).
    #[must_use]
    pub fn zuc256(key: &[u8; 32], iv: &[u8; 16], data: impl Into<Buffer<'a>>) -> Self {
        let state = new::load(key, iv, Use::Keystream);
        Self::whole(state, new::ROUNDS, LIMIT_ZUC256, data)
    }

    /// ZUC-256 of the 2018 draft on the whole of `data`, at most 2³² bits, as
    /// [`Zuc256V1`](crate::zuc::Zuc256V1).
    #[must_use]
    pub fn zuc256_v1(key: &[u8; 32], iv: &[u8; 23], data: impl Into<Buffer<'a>>) -> Self {
        let state = v1::load(key, &v1::unpack(iv), Use::Keystream);
        Self::whole(state, v1::ROUNDS, LIMIT_ZUC256, data)
    }

    /// Whether the job can be done.
    ///
    /// # Errors
    /// [`LengthError`] if a buffer is shorter than the length, or the length over the algorithm's limit.
    pub fn check(&self) -> Result<(), LengthError> {
        self.bytes().map(|_| ())
    }

    fn bytes(&self) -> Result<usize, LengthError> {
        if self.bits > self.limit {
            return Err(LengthError::TooLong);
        }
        let bytes = usize::try_from(self.bits.div_ceil(8)).ok();
        bytes.filter(|bytes| *bytes <= self.data.len()).ok_or(LengthError::BufferTooShort)
    }
}

impl ZeroizeOnDrop for CipherJob<'_> {}

impl fmt::Debug for CipherJob<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CipherJob").field("bits", &self.bits).finish_non_exhaustive()
    }
}

impl Stream for CipherJob<'_> {
    fn rounds(&self) -> u32 {
        self.rounds
    }
    fn wants(&self) -> usize {
        self.bytes().map_or(0, |bytes| (bytes - self.done).div_ceil(64))
    }
    fn loaded(&self) -> &State {
        &self.state
    }
    fn take<'z>(&mut self, z: impl ExactSizeIterator<Item = &'z Block>, _: &mut Words) {
        let Ok(bytes) = self.bytes() else { return };
        let n = (bytes - self.done).min(64 * z.len());
        self.data.xor(self.done, n, z);
        self.done += n;
        if self.done == bytes
            && let Some(last) = self.data.output()[..bytes].last_mut()
        {
            // Below 8, whatever the width of usize.
            *last &= mask_of_last_byte((self.bits % 8) as usize);
        }
    }
}

/// Encrypts or decrypts the message of every job. Jobs that were done before are left alone.
///
/// # Errors
/// [`WrongJob`] names the first job that could not be done, see [`CipherJob::check`]; its buffer is
/// untouched, and all others are done.
pub fn encrypt(jobs: &mut [CipherJob<'_>]) -> Result<(), WrongJob> {
    encrypt_with(jobs, Backends::best())
}

pub(in crate::zuc) fn encrypt_with(
    jobs: &mut [CipherJob<'_>],
    backends: Backends,
) -> Result<(), WrongJob> {
    run(jobs, backends);
    first_wrong(jobs.iter().map(CipherJob::check))
}
