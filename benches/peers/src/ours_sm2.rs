//! Ours: SM2.

use crate::{
    input::{D, E, Pattern, key256},
    operation::{Backends, Task},
};
use shangmi::{
    signature::hazmat::{PrehashSigner, PrehashVerifier},
    sm2::{
        __backends::Backend,
        DEFAULT_ID, SecretKey, Signature, SigningKey,
        pke::{C1, Format},
    },
};
use std::hint::black_box;

/// That of the rival's crate unless told otherwise.
const FORMAT: Format = Format::C1C3C2(C1::Uncompressed);

pub(crate) fn backends() -> Vec<&'static str> {
    Backend::all().map(Backend::name).collect()
}

fn start(backends: Backends) -> Option<(Backend, SecretKey, SigningKey)> {
    let backend = Backend::all().find(|backend| backend.name() == backends.one)?;
    let secret = SecretKey::from_bytes(&D).ok()?;
    let signing = backend.signing_key(&secret, DEFAULT_ID).ok()?;
    Some((backend, secret, signing))
}

/// The public key of a secret one.
pub(crate) fn keygen(backends: Backends, _: usize) -> Option<Task> {
    let (backend, secret, _) = start(backends)?;
    Some(Task::new(vec![0; 65], move |out| {
        out.copy_from_slice(&backend.public_key(black_box(&secret)).to_sec1_bytes());
    }))
}

pub(crate) fn sign(backends: Backends, _: usize) -> Option<Task> {
    let (_, _, key) = start(backends)?;
    Some(Task::new(vec![0; 64], move |out| {
        if let Ok(signature) = black_box(&key).sign_prehash(black_box(&E)) {
            out.copy_from_slice(&signature.to_bytes());
        }
    }))
}

pub(crate) fn verify(backends: Backends, _: usize) -> Option<Task> {
    let (_, _, key) = start(backends)?;
    let signature: Signature = key.sign_prehash(&E).ok()?;
    Some(verify_by(key.verifying_key().clone(), signature))
}

pub(crate) fn verify_prepared(backends: Backends, _: usize) -> Option<Task> {
    let (_, _, key) = start(backends)?;
    let signature: Signature = key.sign_prehash(&E).ok()?;
    Some(verify_by(key.verifying_key().prepare(), signature))
}

/// One byte of output: whether the signature is right.
fn verify_by(key: impl PrehashVerifier<Signature> + 'static, signature: Signature) -> Task {
    Task::new(vec![0], move |out| {
        let verified = black_box(&key).verify_prehash(black_box(&E), black_box(&signature));
        out[0] = u8::from(verified.is_ok());
    })
}

/// No output to compare: the random numbers are drawn each in its own way.
pub(crate) fn encrypt(backends: Backends, _: usize) -> Option<Task> {
    let (backend, secret, _) = start(backends)?;
    let public = backend.public_key(&secret);
    let mut random = Pattern::default();
    Some(Task::new(Vec::new(), move |_| {
        let (mut out, message) = ([0; 129], key256(0));
        let (public, format) = (black_box(&public), FORMAT);
        let done = backend.encrypt(&mut random, public, format, black_box(&message), &mut out);
        let _ = black_box(done);
    }))
}

pub(crate) fn decrypt(backends: Backends, _: usize) -> Option<Task> {
    let (backend, secret, _) = start(backends)?;
    let ciphertext = ciphertext()?;
    Some(Task::new(vec![0; 32], move |out| {
        let (secret, ciphertext) = (black_box(&secret), black_box(&ciphertext));
        let _ = black_box(backend.decrypt(secret, FORMAT, ciphertext, out));
    }))
}

/// 32 bytes encrypted, for all who decrypt.
pub(crate) fn ciphertext() -> Option<Vec<u8>> {
    let (backend, mut out) = (Backend::all().next()?, [0; 129]);
    let public = SecretKey::from_bytes(&D).ok()?.public_key();
    let random = &mut Pattern::default();
    Some(backend.encrypt(random, &public, FORMAT, &key256(0), &mut out).ok()?.to_vec())
}

pub(crate) fn ecdh(backends: Backends, _: usize) -> Option<Task> {
    let (backend, secret, _) = start(backends)?;
    let public = SecretKey::from_bytes(&E).ok()?.public_key();
    Some(Task::new(vec![0; 32], move |out| {
        let shared = backend.diffie_hellman(black_box(&secret), black_box(&public));
        out.copy_from_slice(shared.as_bytes());
    }))
}
