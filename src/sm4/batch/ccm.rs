//! CCM of many messages.

use super::{Buffer, JobError, WrongJob, chains, first_wrong};
use crate::sm4::{
    CcmNonceSize, CcmTagSize, Sm4Ccm, Sm4Enc,
    backend::Block,
    ccm::Header,
    keystream::Rest,
    passes::{padded, xor},
};
use aead::{Error, Nonce};
use cipher::{Array, InOutBuf};
use core::fmt;
use subtle::ConstantTimeEq;
use zeroize::Zeroize;

/// A message to encrypt and authenticate.
pub type SealJob<'a> = CcmJob<'a, false>;

/// A message to check and decrypt.
pub type OpenJob<'a> = CcmJob<'a, true>;

/// A message to encrypt and authenticate, or (`OPEN`) to check and decrypt.
pub struct CcmJob<'a, const OPEN: bool> {
    cipher: &'a Sm4Enc,
    /// `None`: the lengths are wrong.
    header: Option<Header<'a>>,
    data: Buffer<'a>,
    tag_size: usize,
    /// To be sent, or received.
    tag: Block,
    /// E(A0).
    mask: Block,
    /// Blocks of the chain done. The first is A0, which is no part of the MAC.
    chained: usize,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Fresh,
    Done,
    Refused,
}

impl<'a> SealJob<'a> {
    /// Encrypts `data` (in place, or from the first to the second of two buffers).
    pub fn ccm<M: CcmTagSize, N: CcmNonceSize>(
        ccm: &'a Sm4Ccm<M, N>,
        nonce: &Nonce<Sm4Ccm<M, N>>,
        aad: &'a [u8],
        data: impl Into<Buffer<'a>>,
    ) -> Self {
        Self::new(ccm, nonce, aad, data.into())
    }

    /// The tag, once the job is done.
    #[must_use]
    pub fn tag(&self) -> Option<&[u8]> {
        (self.state == State::Done).then(|| &self.tag[..self.tag_size])
    }
}

impl<'a> OpenJob<'a> {
    /// Decrypts `data` (in place, or from the first to the second of two buffers) if `tag` is right.
    pub fn ccm<M: CcmTagSize, N: CcmNonceSize>(
        ccm: &'a Sm4Ccm<M, N>,
        nonce: &Nonce<Sm4Ccm<M, N>>,
        aad: &'a [u8],
        data: impl Into<Buffer<'a>>,
        tag: &Array<u8, M>,
    ) -> Self {
        let mut job = Self::new(ccm, nonce, aad, data.into());
        job.tag = padded(tag);
        job
    }

    /// Whether the job is done and its tag was right.
    ///
    /// # Errors
    /// [`Error`] if it was wrong, and the output is all zeros; or if the job is not done.
    pub fn opened(&self) -> Result<(), Error> {
        if self.state == State::Done { Ok(()) } else { Err(Error) }
    }
}

impl<'a, const OPEN: bool> CcmJob<'a, OPEN> {
    fn new<M: CcmTagSize, N: CcmNonceSize>(
        ccm: &'a Sm4Ccm<M, N>,
        nonce: &Nonce<Sm4Ccm<M, N>>,
        aad: &'a [u8],
        data: Buffer<'a>,
    ) -> Self {
        let n = data.input().len();
        let header = Header::new(M::USIZE, nonce, aad, n).ok().filter(|_| data.len() == n);
        let [tag, mask] = [Block::default(); 2];
        let state = State::Fresh;
        Self {
            cipher: ccm.cipher(),
            header,
            data,
            tag_size: M::USIZE,
            tag,
            mask,
            chained: 0,
            state,
        }
    }

    /// Whether the job can be done.
    ///
    /// # Errors
    /// [`JobError`] if the message is too long for the nonce, or the second buffer is shorter than the first.
    pub fn check(&self) -> Result<(), JobError> {
        if self.header.is_some() { Ok(()) } else { Err(JobError) }
    }

    fn is_fresh(&self) -> bool {
        self.header.is_some() && self.state == State::Fresh
    }

    /// Encrypts or decrypts.
    fn crypt(&mut self) {
        let Some(header) = &self.header else { return };
        let mut counter = header.counter;
        counter[15] = 1;
        let Some(data) = both(&mut self.data) else { return };
        let cipher = &self.cipher.0;
        Rest::new().apply(data, |blocks| cipher.backend.ctr(&cipher.rk, &mut counter, blocks));
    }

    /// The message in clear.
    fn message(&mut self) -> &[u8] {
        let n = self.data.input().len();
        if OPEN { &self.data.output()[..n] } else { self.data.input() }
    }
}

fn both<'a>(data: &'a mut Buffer<'_>) -> Option<InOutBuf<'a, 'a, u8>> {
    match data {
        Buffer::InPlace(data) => Some((&mut **data).into()),
        Buffer::Between(input, output) => {
            let output = output.get_mut(..input.len())?;
            InOutBuf::new(input, output).ok()
        }
    }
}

/// Encrypts the data of all jobs and computes their tags. A job that was done is not done again.
///
/// # Errors
/// [`WrongJob`] for the first job whose [`check`](CcmJob::check) fails.
pub fn seal(jobs: &mut [SealJob<'_>]) -> Result<(), WrongJob> {
    chains::run(jobs);
    for job in jobs.iter_mut().filter(|job| job.is_fresh()) {
        job.crypt();
        job.state = State::Done;
    }
    first_wrong(jobs.iter().map(CcmJob::check))
}

/// Decrypts the data of all jobs whose tags are right. Which those are, [`opened`](OpenJob::opened) says. A job that was done is not done
/// again.
///
/// # Errors
/// [`WrongJob`] for the first job whose [`check`](CcmJob::check) fails.
pub fn open(jobs: &mut [OpenJob<'_>]) -> Result<(), WrongJob> {
    for job in jobs.iter_mut().filter(|job| job.is_fresh()) {
        job.crypt();
    }
    chains::run(jobs);
    for job in jobs.iter_mut().filter(|job| job.is_fresh()) {
        // After the chain the mask holds the right tag.
        let n = job.tag_size;
        if job.mask[..n].ct_eq(&job.tag[..n]).into() {
            job.state = State::Done;
        } else {
            let n = job.data.input().len();
            job.data.output()[..n].zeroize();
            job.state = State::Refused;
        }
    }
    first_wrong(jobs.iter().map(CcmJob::check))
}

impl<const OPEN: bool> chains::Chain for CcmJob<'_, OPEN> {
    fn cipher(&self) -> &Sm4Enc {
        self.cipher
    }

    fn left(&self) -> usize {
        match &self.header {
            Some(header) if self.state == State::Fresh => {
                let bytes = [header.aad_rest.len(), self.data.input().len()];
                let blocks = bytes.map(|n| n.div_ceil(16));
                1 + header.first_blocks().len() + blocks[0] + blocks[1] - self.chained
            }
            _ => 0,
        }
    }

    fn before(&mut self, x: &mut Block) {
        let Some(header) = &self.header else { return };
        let Some(i) = self.chained.checked_sub(1) else {
            *x = header.counter;
            return;
        };
        let first = header.first_blocks();
        if let Some(block) = first.get(i) {
            return xor(x, block);
        }
        let i = i - first.len();
        let aad = header.aad_rest.len().div_ceil(16);
        let (bytes, i) = if i < aad { (header.aad_rest, i) } else { (self.message(), i - aad) };
        let rest = bytes.get(16 * i..).unwrap_or_default();
        if let Some(block) = rest.first_chunk::<16>() {
            xor(x, &Block::from(*block));
        } else {
            let mut last = padded(rest);
            xor(x, &last);
            last.zeroize();
        }
    }

    fn after(&mut self, x: &mut Block) {
        if self.chained == 0 {
            self.mask = core::mem::take(x);
        }
        self.chained += 1;
        if self.left() == 0 {
            xor(&mut self.mask, x);
            if !OPEN {
                self.tag = self.mask;
            }
        }
    }
}

impl<const OPEN: bool> Drop for CcmJob<'_, OPEN> {
    fn drop(&mut self) {
        self.mask.zeroize();
        self.tag.zeroize();
    }
}

impl<const OPEN: bool> fmt::Debug for CcmJob<'_, OPEN> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CcmJob").field("data", &self.data).finish_non_exhaustive()
    }
}
