//! 256-NCA6 in a batch.

use super::{
    Backends, Buffer, WrongJob, first_wrong,
    schedule::{Block, Stream, Words, run},
};
use crate::secret::Temporary;
use crate::zuc::{
    LengthError, ShortTag,
    nea6::{self, Authenticator},
    portable::State,
    tag,
    zuc256::{Use, new},
};
use aead::Error;
use core::fmt;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// The bytes of keystream that the tag takes: H, Q and P.
const HQP: usize = 48;

/// One message of 256-NCA6 to encrypt and authenticate by [`seal`].
///
/// ```
/// use shangmi::{aead::consts::U16, zuc::batch::{self, OpenJob, SealJob}};
///
/// let (key, nonce) = ([0x42; 32], [7; 15]);
/// let mut message = *b"a PDCP SDU";
/// let mut jobs = [SealJob::nca6::<U16>(&key, &nonce, b"header", &mut message)];
/// batch::seal(&mut jobs)?;
/// let tag: [u8; 16] = jobs[0].tag().ok_or("not sealed")?.try_into()?;
///
/// let mut jobs = [OpenJob::nca6::<U16>(&key, &nonce, b"header", &mut message, &tag.into())];
/// batch::open(&mut jobs)?;
/// jobs[0].opened()?; // for each job: without it a forged message is not noticed
/// assert_eq!(&message, b"a PDCP SDU");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub type SealJob<'a> = Nca6Job<'a, false>;

/// One message of 256-NCA6 to check and decrypt by [`open`]. See the example at [`SealJob`].
pub type OpenJob<'a> = Nca6Job<'a, true>;

/// One message of 256-NCA6: a [`SealJob`] or, with `OPEN`, an [`OpenJob`].
pub struct Nca6Job<'a, const OPEN: bool> {
    state: State,
    aad: &'a [u8],
    data: Buffer<'a>,
    authenticator: Option<Authenticator>,
    /// Bytes of keystream taken.
    taken: usize,
    ended: bool,
    size: usize,
    tag: [u8; 16],
    accepted: bool,
}

impl<'a> SealJob<'a> {
    /// To encrypt the whole of `data` with a tag of `N` bytes, as [`Nca6`](crate::zuc::Nca6).
    #[must_use]
    pub fn nca6<N: ShortTag>(
        key: &[u8; 32],
        nonce: &[u8; 15],
        aad: &'a [u8],
        data: impl Into<Buffer<'a>>,
    ) -> Self {
        Self::new::<N>(key, nonce, aad, data.into(), [0; 16])
    }

    /// The tag; `None` before [`seal`], and of a job that could not be done.
    #[must_use]
    pub fn tag(&self) -> Option<&[u8]> {
        self.ended.then_some(&self.tag[..self.size])
    }
}

impl<'a> OpenJob<'a> {
    /// To check `tag` and decrypt the whole of `data`, as [`Nca6`](crate::zuc::Nca6).
    #[must_use]
    pub fn nca6<N: ShortTag>(
        key: &[u8; 32],
        nonce: &[u8; 15],
        aad: &'a [u8],
        data: impl Into<Buffer<'a>>,
        tag: &cipher::Array<u8, N>,
    ) -> Self {
        let mut whole = [0; 16];
        whole[..N::USIZE].copy_from_slice(tag);
        Self::new::<N>(key, nonce, aad, data.into(), whole)
    }

    /// Whether the tag was right and the plaintext is there.
    ///
    /// # Errors
    /// [`Error`] if the tag was wrong (the output is cleared then), before [`open`], and for a job that
    /// could not be done (its output is untouched).
    pub fn opened(&self) -> Result<(), Error> {
        if self.ended && self.accepted { Ok(()) } else { Err(Error) }
    }
}

impl<'a, const OPEN: bool> Nca6Job<'a, OPEN> {
    fn new<N: ShortTag>(
        key: &[u8; 32],
        nonce: &[u8; 15],
        aad: &'a [u8],
        data: Buffer<'a>,
        tag: [u8; 16],
    ) -> Self {
        let iv = nea6::whole_iv(nea6::domain_nca6(N::USIZE), nonce);
        let state = new::load(key, &iv, Use::Keystream);
        let (taken, size) = (0, N::USIZE);
        let (authenticator, ended, accepted) = (None, false, false);
        Self { state, aad, data, authenticator, taken, ended, size, tag, accepted }
    }

    /// Whether the job's lengths can be served.
    ///
    /// # Errors
    /// [`LengthError::TooLong`] if the message is over 2³² − 384 bits, [`LengthError::BufferTooShort`]
    /// if the output is shorter than the input.
    pub fn check(&self) -> Result<(), LengthError> {
        let len = self.data.input().len();
        if len as u64 > (1 << 29) - HQP as u64 {
            return Err(LengthError::TooLong);
        }
        if len > self.data.len() { Err(LengthError::BufferTooShort) } else { Ok(()) }
    }

    fn take_block(&mut self, block: &Block) {
        let len = self.data.input().len();
        let mut z = Temporary::<Block>::new();
        let mut size = block.len();
        *z = *block;
        if self.taken == 0 {
            let Some((hqp, rest)) = block.split_first_chunk() else { return };
            let authenticator = self.authenticator.insert(Authenticator::new(hqp));
            if OPEN {
                let right = authenticator.tag(self.aad, self.data.input());
                self.accepted = tag::equal(&right, &self.tag[..self.size]);
                if !self.accepted {
                    self.data.output()[..len].zeroize();
                    self.ended = true;
                    return;
                }
            }
            self.taken = HQP;
            size = rest.len();
            z[..size].copy_from_slice(rest);
        }
        let done = self.taken - HQP;
        let n = (len - done).min(size);
        self.data.xor(done, n, core::iter::once(&*z));
        self.taken += n;
        self.ended = done + n == len;
        if let Some(authenticator) = self.authenticator.as_mut().filter(|_| !OPEN && self.ended) {
            let tag = authenticator.tag(self.aad, &self.data.output()[..len]);
            self.tag[..self.size].copy_from_slice(&tag[..self.size]);
        }
        if self.ended {
            // In place, which clears it.
            self.authenticator = None;
        }
    }
}

impl<const OPEN: bool> ZeroizeOnDrop for Nca6Job<'_, OPEN> {}

impl<const OPEN: bool> fmt::Debug for Nca6Job<'_, OPEN> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct(if OPEN { "OpenJob" } else { "SealJob" }).finish_non_exhaustive()
    }
}

impl<const OPEN: bool> Stream for Nca6Job<'_, OPEN> {
    fn rounds(&self) -> u32 {
        new::ROUNDS
    }
    fn wants(&self) -> usize {
        if self.ended || self.check().is_err() {
            return 0;
        }
        (HQP + self.data.input().len() - self.taken).div_ceil(64).max(1)
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

/// Encrypts the message of every job, see [`SealJob::tag`]. Jobs that were done before are left alone.
///
/// # Errors
/// [`WrongJob`] names the first job that could not be done, see [`SealJob::check`]; its buffer is
/// untouched, and all others are done.
pub fn seal(jobs: &mut [SealJob<'_>]) -> Result<(), WrongJob> {
    run_with(jobs, Backends::best())
}

/// Checks the tag of every job and decrypts those where it is right. **A wrong tag is no error here:
/// ask [`OpenJob::opened`] of each job.** Jobs that were done before are left alone.
///
/// # Errors
/// [`WrongJob`] names the first job that could not be done, see [`OpenJob::check`]; its buffer is
/// untouched, and all others are done.
pub fn open(jobs: &mut [OpenJob<'_>]) -> Result<(), WrongJob> {
    run_with(jobs, Backends::best())
}

pub(in crate::zuc) fn run_with<const OPEN: bool>(
    jobs: &mut [Nca6Job<'_, OPEN>],
    backends: Backends,
) -> Result<(), WrongJob> {
    run(jobs, backends);
    first_wrong(jobs.iter().map(Nca6Job::check))
}
