//! Many messages at once: sixteen keystreams run side by side in vector registers.
//!
//! A base station or a gateway has many short messages under many keys at hand. One stream of ZUC
//! keeps a CPU core a quarter busy; sixteen at once take the time of a few. Here a slice of jobs goes
//! in, each with its own key, IV, length and buffer; lengths may differ wildly, since a lane whose
//! message has ended takes the next one. The results are those of the functions for one message,
//! on every CPU. Nothing is allocated.
//!
//! ```
//! use shangmi::zuc::{Frame, batch::{self, CipherJob, MacJob}};
//!
//! let (key, frame) = ([0x42; 16], Frame::new(7, 3, 0)?);
//! let (mut first, mut second) = (*b"a message", *b"another, longer message");
//! let mut jobs = [
//!     CipherJob::eea3(&key, frame, 72, &mut first),
//!     CipherJob::eea3(&key, Frame { count: 8, ..frame }, 184, &mut second),
//! ];
//! batch::encrypt(&mut jobs)?;
//!
//! let mut macs = [MacJob::eia3(&key, frame, 72, &first)];
//! batch::authenticate(&mut macs)?;
//! assert_eq!(macs[0].mac(), Some(shangmi::zuc::eia3(&key, frame, 72, &first)?.as_slice()));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Errors
//! A job whose buffer is shorter than its length, or too long for its algorithm, is left untouched;
//! all others are done. [`WrongJob`] names the first one, and [`CipherJob::check`] and its like any.

mod aead;
mod cipher;
mod mac;
mod schedule;

pub use crate::buffer::Buffer;
pub use aead::{Nca6Job, OpenJob, SealJob, open, seal};
pub use cipher::{CipherJob, encrypt};
pub use mac::{MacJob, authenticate};

#[cfg(feature = "__backends")]
pub(super) use aead::run_with;
#[cfg(feature = "__backends")]
pub(super) use cipher::encrypt_with;
#[cfg(feature = "__backends")]
pub(super) use mac::authenticate_with;

use super::{LengthError, backend, lanes};
use core::fmt;

/// The first job of a batch that could not be done. All others were, or say so themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WrongJob {
    /// Its index among the jobs.
    pub index: usize,
    /// Why.
    pub error: LengthError,
}

impl fmt::Display for WrongJob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "job {}: {}", self.index, self.error)
    }
}

impl core::error::Error for WrongJob {}

/// The first of `checks` that is an error, with its index.
fn first_wrong(checks: impl Iterator<Item = Result<(), LengthError>>) -> Result<(), WrongJob> {
    for (index, check) in checks.enumerate() {
        check.map_err(|error| WrongJob { index, error })?;
    }
    Ok(())
}

/// What runs a batch: sixteen streams at a time, and the few that are left one by one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Backends {
    pub(super) many: lanes::backend::Backend,
    pub(super) one: backend::Backend,
}

impl Backends {
    fn best() -> Self {
        Self { many: lanes::backend::Backend::best(), one: backend::Backend::best() }
    }
}
