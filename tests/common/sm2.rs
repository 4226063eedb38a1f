//! What is to be computed from each vector file of SM2, on a given backend.

use super::{
    Case, Failure,
    sm2_enc::{encrypt, kex},
};
use shangmi::{
    digest::Digest,
    rand_core::{TryCryptoRng, TryRng},
    signature::{Verifier, hazmat::PrehashVerifier},
    sm2::{
        __backends::{self, Backend},
        PublicKey, SecretKey, Signature,
    },
};
use std::convert::Infallible;

/// A check of one case on one backend.
pub(crate) type Check = fn(&Case, Backend) -> Result<(), Failure>;

/// The files, and what checks a case of each.
pub(crate) const FILES: [(&str, Check); 4] = [
    ("sm2/sign.txt", sign),
    ("sm2/z_a.txt", z_a),
    ("sm2/encrypt.txt", encrypt),
    ("sm2/kex.txt", kex),
];

fn public_key(case: &Case) -> Result<PublicKey, Failure> {
    let key = PublicKey::from_coordinates(&case.array("public_x")?, &case.array("public_y")?);
    key.map_err(|error| Failure::Wrong(error.to_string()))
}

fn z_a(case: &Case, _: Backend) -> Result<(), Failure> {
    let z_a = public_key(case)?.z_a(&case.bytes("id")?);
    case.equal("z_a", &z_a.map_err(|error| Failure::Wrong(error.to_string()))?)
}

fn sign(case: &Case, backend: Backend) -> Result<(), Failure> {
    let wrong = |error: &dyn std::error::Error| Failure::Wrong(error.to_string());
    let secret_key = SecretKey::from_bytes(&case.array("private_key")?).map_err(|e| wrong(&e))?;
    let public_key = public_key(case)?;
    case.ensure(backend.public_key(&secret_key) == public_key, "another public key")?;
    let key = backend.signing_key(&secret_key, &case.bytes("id")?).map_err(|e| wrong(&e))?;
    case.equal("z_a", key.verifying_key().z_a())?;
    let message = case.bytes("message")?;
    let e: [u8; 32] = key.verifying_key().hasher().chain_update(&message).finalize().into();
    case.equal("e", &e)?;
    let signature = __backends::sign_with_nonce(&key, &e, &case.array("k")?);
    let signature = signature.ok_or_else(|| Failure::Wrong("no signature".to_owned()))?;
    case.equal("r", &signature.to_bytes()[..32])?;
    case.equal("s", &signature.to_bytes()[32..])?;
    case.equal("der", signature.to_der().as_ref())?;
    let read = Signature::from_der(&case.bytes("der")?).map_err(|e| wrong(&e))?;
    case.ensure(read == signature, "the DER is read as another signature")?;
    let verified = key.verifying_key().verify(&message, &signature);
    verified.map_err(|e| wrong(&e))?;
    let verified = key.verifying_key().prepare().verify_prehash(&e, &signature);
    verified.map_err(|e| wrong(&e))?;
    let found = (0..4).any(|i| backend.recover(&signature, &e, i) == Some(public_key));
    case.ensure(found, "the public key is not recovered")
}

/// Bytes that count, for tests alone.
pub(crate) struct Counter(pub(crate) u8);

impl TryRng for Counter {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for byte in bytes {
            self.0 = self.0.wrapping_add(1);
            *byte = self.0;
        }
        Ok(())
    }
}

impl TryCryptoRng for Counter {}
