//! Ours: SM2.

use crate::{
    input::{D, E, MESSAGES, Pattern, R_A, R_B, key256},
    operation::{Backends, Task},
    shared_sm2::{FORMAT, ROOM, ciphertext, decrypts, prehashes, signature},
};
use shangmi::{
    signature::hazmat::{PrehashSigner, PrehashVerifier},
    sm2::{
        __backends::Backend,
        DEFAULT_ID, SecretKey, Signature, SigningKey,
        kex::{KexError, Party, Peer},
    },
};
use std::hint::black_box;

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

/// Of as many hash values.
pub(crate) fn sign_many(backends: Backends, _: usize) -> Option<Task> {
    let (_, _, key) = start(backends)?;
    let prehashes = prehashes();
    Some(Task::new(vec![0; 64 * MESSAGES], move |out| {
        let (key, signatures) = (black_box(&key), out.as_chunks_mut().0);
        let _ = black_box(key.sign_prehash_many(black_box(&prehashes), signatures));
    }))
}

pub(crate) fn verify(backends: Backends, _: usize) -> Option<Task> {
    let (_, _, key) = start(backends)?;
    Some(verify_by(key.verifying_key().clone(), signature()?))
}

pub(crate) fn verify_prepared(backends: Backends, _: usize) -> Option<Task> {
    let (_, _, key) = start(backends)?;
    Some(verify_by(key.verifying_key().prepare(), signature()?))
}

/// Of as many keys. One byte of output: whether all are right.
pub(crate) fn verify_many(backends: Backends, _: usize) -> Option<Task> {
    let (backend, ..) = start(backends)?;
    let prehashes = prehashes();
    let sign = |(i, e): (u8, &[u8; 32])| {
        let mut d = D;
        d[31] ^= i;
        let secret = SecretKey::from_bytes(&d).ok()?;
        let signature: Signature = SigningKey::new(&secret).sign_prehash(e).ok()?;
        Some((secret.public_key(), signature.to_bytes()))
    };
    let (keys, signatures): (Vec<_>, Vec<_>) = (0..).zip(&prehashes).filter_map(sign).unzip();
    let mut valid = vec![false; MESSAGES];
    Some(Task::new(vec![0], move |out| {
        let (keys, signatures) = (black_box(&keys), black_box(&signatures));
        let done = backend.verify_prehash_many(keys, &prehashes, signatures, &mut valid);
        out[0] = u8::from(done.is_ok() && valid.iter().all(|valid| *valid));
    }))
}

/// One byte of output: whether the signature is right.
fn verify_by(key: impl PrehashVerifier<Signature> + 'static, signature: Signature) -> Task {
    Task::new(vec![0], move |out| {
        let verified = black_box(&key).verify_prehash(black_box(&E), black_box(&signature));
        out[0] = u8::from(verified.is_ok());
    })
}

pub(crate) fn encrypt(backends: Backends, _: usize) -> Option<Task> {
    let (backend, secret, _) = start(backends)?;
    let public = backend.public_key(&secret);
    let mut random = Pattern::default();
    Some(Task::random(vec![0; ROOM], decrypts, move |out| {
        let (public, message) = (black_box(&public), key256(0));
        let done = backend.encrypt(&mut random, public, FORMAT, black_box(&message), out);
        let _ = black_box(done);
    }))
}

pub(crate) fn decrypt(backends: Backends, _: usize) -> Option<Task> {
    let (backend, secret, _) = start(backends)?;
    let ciphertext = ciphertext(FORMAT)?;
    Some(Task::new(vec![0; 32], move |out| {
        let (secret, ciphertext) = (black_box(&secret), black_box(&ciphertext));
        let _ = black_box(backend.decrypt(secret, FORMAT, ciphertext, out));
    }))
}

pub(crate) fn ecdh(backends: Backends, _: usize) -> Option<Task> {
    let (backend, secret, _) = start(backends)?;
    let public = SecretKey::from_bytes(&E).ok()?.public_key();
    Some(Task::new(vec![0; 32], move |out| {
        let shared = backend.diffie_hellman(black_box(&secret), black_box(&public));
        out.copy_from_slice(shared.as_bytes());
    }))
}

/// The work of both parties, with confirmation, up to a key of 16 bytes. One byte of output: whether they agree.
pub(crate) fn kex(backends: Backends, _: usize) -> Option<Task> {
    let (backend, a, _) = start(backends)?;
    let b = SecretKey::from_bytes(&E).ok()?;
    let parties = [Party::new(&a, DEFAULT_ID).ok()?, Party::new(&b, DEFAULT_ID).ok()?];
    let peers = [&a, &b].map(|key| Peer::new(&key.public_key(), DEFAULT_ID).ok());
    let [Some(peer_a), Some(peer_b)] = peers else {
        return None;
    };
    let exchange = move || -> Result<bool, KexError> {
        let [party_a, party_b] = black_box(&parties);
        let initiator = backend.initiate(party_a, black_box(&R_A)).ok_or(KexError)?;
        let responder = backend.respond(party_b, black_box(&R_B)).ok_or(KexError)?;
        let (r_a, r_b) = (*initiator.r(), *responder.r());
        let (mut k_a, mut k_b) = ([0; 16], [0; 16]);
        let (s_b, waiting) = responder.confirm(&peer_a, &r_a)?;
        let s_a = initiator.confirm(&peer_b, &r_b, &s_b, &mut k_a)?;
        waiting.confirm(&s_a, &mut k_b)?;
        Ok(k_a == k_b)
    };
    Some(Task::new(vec![0], move |out| out[0] = u8::from(exchange() == Ok(true))))
}
