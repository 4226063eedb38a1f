//! What is to be computed from each vector file of SM3, on a given backend.

use super::{Case, Failure};
use shangmi::{digest::Digest, sm3::__backends::Backend};

/// A check of one case on one backend.
pub(crate) type Check = fn(&Case, Backend) -> Result<(), Failure>;

/// The files, and what checks a case of each.
pub(crate) const FILES: [(&str, Check); 1] = [("sm3/hash.txt", hash)];

fn hash(case: &Case, backend: Backend) -> Result<(), Failure> {
    let message = case.bytes("message")?;
    case.equal("hash", &backend.sm3().chain_update(&message).finalize())?;
    // And a byte at a time.
    let mut sm3 = backend.sm3();
    message.chunks(1).for_each(|byte| sm3.update(byte));
    case.equal("hash", &sm3.finalize())
}
