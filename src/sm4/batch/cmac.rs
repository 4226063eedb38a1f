//! CMAC of many messages.

use super::chains;
use crate::sm4::{
    Sm4Cmac, Sm4Enc,
    backend::Block,
    passes::{padded, xor},
};
use core::fmt;
use subtle::ConstantTimeEq;
use zeroize::Zeroize;

/// A message to authenticate.
pub struct MacJob<'a> {
    mac: &'a Sm4Cmac,
    message: &'a [u8],
    done: usize,
    tag: Option<Block>,
}

impl<'a> MacJob<'a> {
    /// CMAC of `message` under the key of `mac`; what `mac` itself was updated with does not count.
    #[must_use]
    pub fn cmac(mac: &'a Sm4Cmac, message: &'a [u8]) -> Self {
        Self { mac, message, done: 0, tag: None }
    }

    /// The tag, once the job is done. To compare it with a received one take [`verify`](Self::verify).
    #[must_use]
    pub fn tag(&self) -> Option<&[u8; 16]> {
        self.tag.as_ref().map(|tag| &tag.0)
    }

    /// Whether the job is done and `tag`, of 16 bytes, is the right one, in constant time.
    #[must_use]
    pub fn verify(&self, tag: &[u8]) -> bool {
        tag.len() == 16 && self.verify_truncated_left(tag)
    }

    /// Whether the job is done and `tag`, of 1 to 16 bytes, is the beginning of the right one, in time that depends on its length alone.
    ///
    /// That length is yours to check: a tag of one byte is guessed once in 256 times.
    #[must_use]
    pub fn verify_truncated_left(&self, tag: &[u8]) -> bool {
        let right = self.tag.as_ref().and_then(|right| right.get(..tag.len()));
        right.is_some_and(|right| !tag.is_empty() && right.ct_eq(tag).into())
    }

    fn blocks(&self) -> usize {
        self.message.len().div_ceil(16).max(1)
    }
}

/// Computes the tags of all jobs. A job that was done is not done again.
pub fn authenticate(jobs: &mut [MacJob<'_>]) {
    chains::run(jobs);
}

impl chains::Chain for MacJob<'_> {
    fn cipher(&self) -> &Sm4Enc {
        self.mac.cipher()
    }

    fn left(&self) -> usize {
        self.blocks() - self.done
    }

    fn before(&mut self, x: &mut Block) {
        let rest = self.message.get(16 * self.done..).unwrap_or_default();
        if let Some(block) = rest.first_chunk::<16>() {
            xor(x, &Block::from(*block));
            if rest.len() == 16 {
                xor(x, self.mac.k1());
            }
        } else {
            let mut last = padded(rest);
            last[rest.len()] = 0x80;
            xor(x, &last);
            xor(x, self.mac.k2());
        }
    }

    fn after(&mut self, x: &mut Block) {
        self.done += 1;
        if self.left() == 0 {
            self.tag = Some(*x);
        }
    }
}

impl Drop for MacJob<'_> {
    fn drop(&mut self) {
        self.tag.zeroize();
    }
}

impl fmt::Debug for MacJob<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MacJob").field("len", &self.message.len()).finish_non_exhaustive()
    }
}
