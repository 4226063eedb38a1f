//! Encryption and decryption in a batch.

use super::{
    Backends, WrongJob, first_wrong,
    schedule::{Block, Stream, Words, run},
};
use crate::zuc::{
    Frame, LengthError, ROUNDS,
    frame::{bytes_of, mask_of_last_byte},
    nea6,
    portable::State,
    zuc256::{Use, new, v1},
};
use cipher::{InOutBuf, consts::U64};
use core::fmt;

/// One message to encrypt or decrypt: its keystream, its length in bits, and its buffer, in place or
/// from input to output.
pub struct CipherJob<'a> {
    state: State,
    rounds: u32,
    bits: usize,
    data: InOutBuf<'a, 'a, u8>,
    /// Bytes done.
    done: usize,
}

impl<'a> CipherJob<'a> {
    fn new(state: State, rounds: u32, bits: usize, data: InOutBuf<'a, 'a, u8>) -> Self {
        Self { state, rounds, bits, data, done: 0 }
    }

    /// 128-EEA3, as [`eea3()`](crate::zuc::eea3()).
    #[must_use]
    pub fn eea3(key: &[u8; 16], frame: Frame, bits: usize, data: InOutBuf<'a, 'a, u8>) -> Self {
        Self::new(State::load128(key, &frame.eea3_iv()), ROUNDS, bits, data)
    }

    /// ZUC-128 on the whole of `data`, at most 2³² − 1 bits.
    #[must_use]
    pub fn zuc128(key: &[u8; 16], iv: &[u8; 16], data: InOutBuf<'a, 'a, u8>) -> Self {
        Self::new(State::load128(key, iv), ROUNDS, bits(&data), data)
    }

    /// 256-NEA6, as [`Nea6`](crate::zuc::Nea6), on the whole of `data`.
    #[must_use]
    pub fn nea6(key: &[u8; 32], iv: &[u8; 15], data: InOutBuf<'a, 'a, u8>) -> Self {
        let iv = nea6::whole_iv(nea6::DOMAIN_NEA6, iv);
        Self::zuc256(key, &iv, data)
    }

    /// ZUC-256 with the new initialisation, as [`Zuc256`](crate::zuc::Zuc256), on the whole of `data`.
    #[must_use]
    pub fn zuc256(key: &[u8; 32], iv: &[u8; 16], data: InOutBuf<'a, 'a, u8>) -> Self {
        Self::new(new::load(key, iv, Use::Keystream), new::ROUNDS, bits(&data), data)
    }

    /// ZUC-256 of the 2018 draft, as [`Zuc256V1`](crate::zuc::Zuc256V1), on the whole of `data`.
    #[must_use]
    pub fn zuc256_v1(key: &[u8; 32], iv: &[u8; 23], data: InOutBuf<'a, 'a, u8>) -> Self {
        Self::new(v1::load(key, &v1::unpack(iv), Use::Keystream), v1::ROUNDS, bits(&data), data)
    }

    /// Whether the job can be done.
    ///
    /// # Errors
    /// [`LengthError`] if the buffer is shorter than the length, or the length over 2³² − 1 bits.
    pub fn check(&self) -> Result<(), LengthError> {
        bytes_of(self.bits, self.data.len()).map(|_| ())
    }

    fn bytes(&self) -> usize {
        bytes_of(self.bits, self.data.len()).unwrap_or(0)
    }
}

fn bits(data: &InOutBuf<'_, '_, u8>) -> usize {
    data.len().saturating_mul(8)
}

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
        (self.bytes() - self.done).div_ceil(64)
    }
    fn loaded(&self) -> &State {
        &self.state
    }
    fn take<'z>(&mut self, z: impl ExactSizeIterator<Item = &'z Block>, _: &mut Words) {
        let bytes = self.bytes();
        let (_, data) = self.data.reborrow().split_at(self.done);
        let (data, _) = data.split_at((bytes - self.done).min(64 * z.len()));
        self.done += data.len();
        let (blocks, mut rest) = data.into_chunks::<U64>();
        let mut z = z;
        for (mut block, z) in blocks.into_iter().zip(&mut z) {
            block.xor_in2out(z.into());
        }
        if let Some(z) = z.next() {
            rest.xor_in2out(&z[..rest.len()]);
        }
        if self.done == bytes
            && let Some(last) = self.data.get_out()[..bytes].last_mut()
        {
            *last &= mask_of_last_byte(self.bits);
        }
    }
}

/// Encrypts or decrypts the message of every job.
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
