//! CBC encryption of many messages.

use super::{Buffer, JobError, WrongJob, chains, first_wrong};
use crate::sm4::{Sm4Enc, backend::Block, passes::xor};
use core::fmt;

/// A message of whole blocks to encrypt in CBC.
pub struct CbcJob<'a> {
    cipher: &'a Sm4Enc,
    iv: Block,
    data: Buffer<'a>,
    /// Blocks done.
    done: usize,
}

impl<'a> CbcJob<'a> {
    /// Encrypts `data` (in place, or from the first to the second of two buffers) under `iv`.
    pub fn new(cipher: &'a Sm4Enc, iv: &[u8; 16], data: impl Into<Buffer<'a>>) -> Self {
        Self { cipher, iv: (*iv).into(), data: data.into(), done: 0 }
    }

    /// Whether the job can be done.
    ///
    /// # Errors
    /// [`JobError`] if the data is not whole blocks, or the second buffer is shorter than the first.
    pub fn check(&self) -> Result<(), JobError> {
        let n = self.data.input().len();
        if n.is_multiple_of(16) && n == self.data.len() { Ok(()) } else { Err(JobError) }
    }
}

/// Encrypts the data of all jobs. A job that was done is not done again.
///
/// # Errors
/// [`WrongJob`] for the first job whose [`check`](CbcJob::check) fails.
pub fn encrypt_cbc(jobs: &mut [CbcJob<'_>]) -> Result<(), WrongJob> {
    chains::run(jobs);
    first_wrong(jobs.iter().map(CbcJob::check))
}

impl chains::Chain for CbcJob<'_> {
    fn cipher(&self) -> &Sm4Enc {
        self.cipher
    }

    fn left(&self) -> usize {
        if self.check().is_ok() { self.data.len() / 16 - self.done } else { 0 }
    }

    fn before(&mut self, x: &mut Block) {
        if self.done == 0 {
            *x = self.iv;
        }
        if let Some(block) = self.data.input().as_chunks().0.get(self.done) {
            xor(x, &Block::from(*block));
        }
    }

    fn after(&mut self, x: &mut Block) {
        if let Some(block) = self.data.output().as_chunks_mut().0.get_mut(self.done) {
            *block = x.0;
        }
        self.done += 1;
    }
}

impl fmt::Debug for CbcJob<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CbcJob").field("data", &self.data).finish_non_exhaustive()
    }
}
