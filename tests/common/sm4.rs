//! What is to be computed from each vector file of SM4, on a given backend.

use super::{Case, Failure};
use shangmi::{
    aead::{
        AeadInOut,
        consts::{U12, U16},
    },
    digest::Mac,
    sm4::__backends::Backend,
};

/// A check of one case on one backend.
pub(crate) type Check = fn(&Case, Backend) -> Result<(), Failure>;

/// The files, and what checks a case of each.
pub(crate) const FILES: [(&str, Check); 1] = [("sm4/gcm.txt", gcm)];

/// Both directions; that a flipped bit of the tag is refused and leaves nothing of the plaintext;
/// and GMAC, if there is no plaintext.
fn gcm(case: &Case, backend: Backend) -> Result<(), Failure> {
    let (key, nonce) = (case.array::<16>("key")?.into(), case.array::<12>("nonce")?.into());
    let (aad, mut data) = (case.bytes("aad")?, case.bytes("plaintext")?);
    let gcm = backend.gcm::<U12, U16>(&key);
    if data.is_empty() {
        let gmac = backend.gmac::<U12, U16>(&key, &nonce).chain_update(&aad);
        case.equal("tag", &gmac.finalize().into_bytes())?;
    }
    let tag = gcm.encrypt_inout_detached(&nonce, &aad, data.as_mut_slice().into());
    let tag = tag.map_err(|_| case.malformed("encryption refused"))?;
    case.equal("ciphertext", &data)?;
    case.equal("tag", &tag)?;
    let (mut flipped, mut copy) = (tag, data.clone());
    flipped[15] ^= 1;
    let opened = gcm.decrypt_inout_detached(&nonce, &aad, copy.as_mut_slice().into(), &flipped);
    case.ensure(opened.is_err(), "a wrong tag is accepted")?;
    case.ensure(copy.iter().all(|b| *b == 0), "a wrong tag leaves data in the buffer")?;
    let opened = gcm.decrypt_inout_detached(&nonce, &aad, data.as_mut_slice().into(), &tag);
    case.ensure(opened.is_ok(), "the right tag is refused")?;
    case.equal("plaintext", &data)
}
