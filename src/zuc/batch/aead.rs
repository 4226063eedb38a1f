//! 256-NCA6 in a batch.

use super::{
    Backends, WrongJob, first_wrong,
    schedule::{Block, Stream, Words, run},
};
use crate::zuc::{
    LengthError, ShortTag,
    nea6::{self, Authenticator},
    portable::State,
    tag,
    zuc256::{Use, new},
};
use aead::Error;
use cipher::InOutBuf;
use core::fmt;
use zeroize::Zeroize;

/// The bytes of keystream that the tag takes: H, Q and P.
const HQP: usize = 48;

/// One message of 256-NCA6: to encrypt and then its tag, or to check and decrypt.
pub struct AeadJob<'a> {
    state: State,
    aad: &'a [u8],
    data: InOutBuf<'a, 'a, u8>,
    /// Whether to decrypt.
    open: bool,
    authenticator: Option<Authenticator>,
    /// Bytes of keystream taken.
    taken: usize,
    ended: bool,
    size: usize,
    tag: [u8; 16],
    accepted: bool,
}

impl<'a> AeadJob<'a> {
    fn new<N: ShortTag>(
        key: &[u8; 32],
        nonce: &[u8; 15],
        aad: &'a [u8],
        data: InOutBuf<'a, 'a, u8>,
    ) -> Self {
        let iv = nea6::whole_iv(nea6::domain_nca6(N::USIZE), nonce);
        Self {
            state: new::load(key, &iv, Use::Keystream),
            aad,
            data,
            open: false,
            authenticator: None,
            taken: 0,
            ended: false,
            size: N::USIZE,
            tag: [0; 16],
            accepted: false,
        }
    }

    /// To encrypt `data` with a tag of `N` bytes, as [`Nca6`](crate::zuc::Nca6), by [`seal`].
    #[must_use]
    pub fn seal<N: ShortTag>(
        key: &[u8; 32],
        nonce: &[u8; 15],
        aad: &'a [u8],
        data: InOutBuf<'a, 'a, u8>,
    ) -> Self {
        Self::new::<N>(key, nonce, aad, data)
    }

    /// To check `tag` and decrypt `data`, as [`Nca6`](crate::zuc::Nca6), by [`open`].
    #[must_use]
    pub fn open<N: ShortTag>(
        key: &[u8; 32],
        nonce: &[u8; 15],
        aad: &'a [u8],
        data: InOutBuf<'a, 'a, u8>,
        tag: &cipher::Array<u8, N>,
    ) -> Self {
        let mut job = Self { open: true, ..Self::new::<N>(key, nonce, aad, data) };
        job.tag[..N::USIZE].copy_from_slice(tag);
        job
    }

    /// Whether the job's lengths can be served.
    ///
    /// # Errors
    /// [`LengthError::TooLong`] if the message is over 2³² − 384 bits.
    pub fn check(&self) -> Result<(), LengthError> {
        if self.data.len() as u64 > (1 << 29) - HQP as u64 {
            Err(LengthError::TooLong)
        } else {
            Ok(())
        }
    }

    /// The tag, after [`seal`].
    #[must_use]
    pub fn tag(&self) -> &[u8] {
        &self.tag[..self.size]
    }

    /// Whether the tag was right and the plaintext is there, after [`open`].
    ///
    /// # Errors
    /// [`Error`] if not; the output is cleared then.
    pub fn opened(&self) -> Result<(), Error> {
        if self.open && self.accepted { Ok(()) } else { Err(Error) }
    }

    fn take_block(&mut self, block: &Block) {
        let mut z = block.as_slice();
        if self.taken == 0 {
            let Some((hqp, rest)) = z.split_first_chunk() else { return };
            let authenticator = Authenticator::new(hqp);
            if self.open {
                let right = nea6::tag_of(authenticator, self.aad, self.data.get_in());
                self.accepted = tag::equal(&right, &self.tag[..self.size]);
                if !self.accepted {
                    self.data.get_out().zeroize();
                    self.ended = true;
                    return;
                }
            } else {
                self.authenticator = Some(authenticator);
            }
            self.taken = HQP;
            z = rest;
        }
        let (_, data) = self.data.reborrow().split_at(self.taken - HQP);
        let n = data.len().min(z.len());
        let (mut data, rest) = data.split_at(n);
        data.xor_in2out(&z[..n]);
        self.taken += n;
        self.ended = rest.is_empty();
        if let Some(authenticator) = self.authenticator.take_if(|_| self.ended) {
            let tag = nea6::tag_of(authenticator, self.aad, self.data.get_out());
            self.tag[..self.size].copy_from_slice(&tag[..self.size]);
        }
    }
}

impl fmt::Debug for AeadJob<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AeadJob").finish_non_exhaustive()
    }
}

impl Stream for AeadJob<'_> {
    fn rounds(&self) -> u32 {
        new::ROUNDS
    }
    fn wants(&self) -> usize {
        if self.ended || self.check().is_err() {
            return 0;
        }
        (HQP + self.data.len() - self.taken).div_ceil(64).max(1)
    }
    fn loaded(&self) -> &State {
        &self.state
    }
    fn take<'z>(&mut self, z: impl ExactSizeIterator<Item = &'z Block>, _: &mut Words) {
        for z in z {
            if !self.ended {
                self.take_block(z);
            }
        }
    }
}

/// Encrypts the message of every job made by [`AeadJob::seal`], see [`AeadJob::tag`].
///
/// # Errors
/// [`WrongJob`] names the first job that could not be done, see [`AeadJob::check`]; its buffer is
/// untouched, and all others are done.
pub fn seal(jobs: &mut [AeadJob<'_>]) -> Result<(), WrongJob> {
    run_with(jobs, Backends::best())
}

/// Checks the tag of every job made by [`AeadJob::open`] and decrypts those where it is right, see
/// [`AeadJob::opened`].
///
/// # Errors
/// [`WrongJob`] names the first job that could not be done, see [`AeadJob::check`]; all others are
/// done. A wrong tag is no wrong job.
pub fn open(jobs: &mut [AeadJob<'_>]) -> Result<(), WrongJob> {
    run_with(jobs, Backends::best())
}

pub(in crate::zuc) fn run_with(
    jobs: &mut [AeadJob<'_>],
    backends: Backends,
) -> Result<(), WrongJob> {
    run(jobs, backends);
    first_wrong(jobs.iter().map(AeadJob::check))
}
