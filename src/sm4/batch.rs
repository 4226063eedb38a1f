//! Many messages at once: sixteen chains run side by side in vector registers.
//!
//! CBC encryption, CMAC and the MAC of CCM make each block wait for the one before, and one such chain keeps a CPU core a tenth
//! busy. Here a slice of jobs goes in, each with its own key and length; lengths may differ wildly, since a lane whose message has ended takes the
//! next one. The results are those of the types for one message, on every CPU. Nothing is allocated.
//!
//! ```
//! use shangmi::{cipher::KeyInit, sm4::{Sm4Cmac, Sm4Enc, batch::{self, CbcJob, MacJob}}};
//!
//! let keys = [Sm4Enc::new(&[0x42; 16].into()), Sm4Enc::new(&[0x24; 16].into())];
//! let (mut first, mut second) = ([1; 32], [2; 64]);
//! let mut jobs = [
//!     CbcJob::new(&keys[0], &[7; 16], &mut first),
//!     CbcJob::new(&keys[1], &[8; 16], &mut second),
//! ];
//! batch::encrypt_cbc(&mut jobs)?;
//!
//! let cmac = Sm4Cmac::new(&[0x36; 16].into());
//! let mut macs = [MacJob::cmac(&cmac, &first), MacJob::cmac(&cmac, &second)];
//! batch::authenticate(&mut macs);
//! assert!(macs[0].tag() != macs[1].tag());
//! # Ok::<(), batch::WrongJob>(())
//! ```
//!
//! # Errors
//! A job whose lengths are wrong is left untouched; all others are done. [`WrongJob`] names the first one, and the `check` of a job
//! any.

mod cbc;
mod ccm;
mod chains;
mod cmac;

pub use crate::buffer::Buffer;
pub use cbc::{CbcJob, encrypt_cbc};
pub use ccm::{CcmJob, OpenJob, SealJob, open, seal};
pub use cmac::{MacJob, authenticate};

use core::fmt;

/// A length of a job is one that its algorithm cannot take, or its output is shorter than its input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JobError;

impl fmt::Display for JobError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("wrong length")
    }
}

impl core::error::Error for JobError {}

/// The first job of a batch that could not be done. All others were, or say so themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WrongJob {
    /// Its index among the jobs.
    pub index: usize,
}

impl fmt::Display for WrongJob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "job {}: {JobError}", self.index)
    }
}

impl core::error::Error for WrongJob {}

/// The first of `checks` that is an error, with its index.
fn first_wrong(mut checks: impl Iterator<Item = Result<(), JobError>>) -> Result<(), WrongJob> {
    match checks.position(|check| check.is_err()) {
        Some(index) => Err(WrongJob { index }),
        None => Ok(()),
    }
}
