//! What is to be computed from each vector file of SM3, on a given backend.

use super::{Case, Failure};
use shangmi::{
    digest::{Digest, KeyInit, Mac},
    sm3::{
        __backends::{Backend, LanesBackend},
        HmacSm3,
    },
};

/// A check of one case on one backend.
pub(crate) type Check = fn(&Case, Backend) -> Result<(), Failure>;

/// The files, and what checks a case of each.
pub(crate) const FILES: [(&str, Check); 1] = [("sm3/hash.txt", hash)];

/// A check of one case on one backend for many messages, with one for a single message.
pub(crate) type ManyCheck = fn(&Case, LanesBackend, Backend) -> Result<(), Failure>;

/// The files of what is computed from many messages at once, and what checks a case of each.
pub(crate) const MANY_FILES: [(&str, ManyCheck); 3] =
    [("sm3/hash.txt", hash_many), ("sm3/hmac_sm3.txt", hmac_sm3), ("sm3/kdf.txt", kdf)];

fn hash(case: &Case, backend: Backend) -> Result<(), Failure> {
    let message = case.bytes("message")?;
    case.equal("hash", &backend.sm3().chain_update(&message).finalize())?;
    // And a byte at a time.
    let mut sm3 = backend.sm3();
    message.chunks(1).for_each(|byte| sm3.update(byte));
    case.equal("hash", &sm3.finalize())
}

fn hash_many(case: &Case, many: LanesBackend, one: Backend) -> Result<(), Failure> {
    let message = case.bytes("message")?;
    let mut hashes = [[0; 32]; 9];
    let done = many.hash_many(one, &[&message; 9], &mut hashes);
    case.ensure(done.is_ok(), "as many hash values as messages")?;
    hashes.iter().try_for_each(|hash| case.equal("hash", hash))
}

fn hmac_sm3(case: &Case, many: LanesBackend, one: Backend) -> Result<(), Failure> {
    let (bytes, message) = (case.bytes("key")?, case.bytes("message")?);
    let key = many.hmac_key(one, &bytes);
    case.equal("mac", &many.mac(one, &key, &message))?;
    let mut macs = [[0; 32]; 9];
    let done = many.mac_many(one, &key, &[&message; 9], &mut macs);
    case.ensure(done.is_ok(), "as many MACs as messages")?;
    macs.iter().try_for_each(|mac| case.equal("mac", mac))?;
    let mac = HmacSm3::new_from_slice(&bytes).map_err(|e| case.malformed(&e.to_string()))?;
    case.equal("mac", &mac.chain_update(&message).finalize().into_bytes())
}

fn kdf(case: &Case, many: LanesBackend, one: Backend) -> Result<(), Failure> {
    let (z, n) = (case.bytes("z")?, case.bytes("key")?.len());
    let mut key = vec![0; n];
    case.ensure(many.kdf(one, &z).fill(&mut key).is_ok(), "a short key")?;
    case.equal("key", &key)
}
