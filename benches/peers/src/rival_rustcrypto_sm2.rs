//! The rival `rustcrypto` for SM2: the crate `sm2`.

use crate::{
    input::{D, E, MESSAGES, Pattern, key256},
    operation::{Rival, Task},
    shared_sm2::{FORMAT, ciphertext, decrypts, prehashes},
    table::NO_SIZE,
};
use shangmi::signature::hazmat::{PrehashSigner, PrehashVerifier};
use sm2::{
    ProjectivePoint, SecretKey,
    dsa::{Signature, SigningKey},
    elliptic_curve::{point::AffineCoordinates, sec1::ToSec1Point},
    pke::{DecryptingKey, EncryptingKey},
};
use std::hint::black_box;

const fn rival(of: &'static str, start: fn(usize) -> Option<Task>) -> Rival {
    Rival { name: "rustcrypto", of, sizes: NO_SIZE, start }
}

/// Many signatures and verifications: one after another. It prepares no keys, and has no key exchange.
pub(crate) const RIVALS: &[Rival] = &[
    rival("sm2/keygen", keygen),
    rival("sm2/sign", sign),
    rival("sm2/sign-many", sign_many),
    rival("sm2/verify", verify),
    rival("sm2/verify-prepared", verify),
    rival("sm2/verify-many", |_| verify(0).map(Task::for_each_message)),
    rival("sm2/ecdh", ecdh),
    rival("sm2/encrypt", encrypt),
    rival("sm2/decrypt", decrypt),
];

fn keygen(_: usize) -> Option<Task> {
    let secret = SecretKey::from_slice(&D).ok()?;
    Some(Task::new(vec![0; 65], move |out| {
        out.copy_from_slice(black_box(&secret).public_key().to_sec1_point(false).as_bytes());
    }))
}

fn signing_key() -> Option<SigningKey> {
    SigningKey::from_slice("1234567812345678", &D).ok()
}

fn sign(_: usize) -> Option<Task> {
    let key = signing_key()?;
    Some(Task::new(vec![0; 64], move |out| {
        if let Ok(signature) = black_box(&key).sign_prehash(black_box(&E)) {
            let signature: Signature = signature;
            out.copy_from_slice(&signature.to_bytes());
        }
    }))
}

fn sign_many(_: usize) -> Option<Task> {
    let (key, prehashes) = (signing_key()?, prehashes());
    Some(Task::new(vec![0; 64 * MESSAGES], move |out| {
        for (out, e) in out.as_chunks_mut::<64>().0.iter_mut().zip(black_box(&prehashes)) {
            let signature: Result<Signature, _> = black_box(&key).sign_prehash(e);
            *out = signature.map_or([0; 64], |signature| signature.to_bytes().into());
        }
    }))
}

fn verify(_: usize) -> Option<Task> {
    let key = signing_key()?;
    let signature: Signature = key.sign_prehash(&E).ok()?;
    Some(Task::new(vec![0], move |out| {
        let key = black_box(&key).verifying_key();
        out[0] = u8::from(key.verify_prehash(black_box(&E), black_box(&signature)).is_ok());
    }))
}

fn encrypt(_: usize) -> Option<Task> {
    let key = EncryptingKey::new(SecretKey::from_slice(&D).ok()?.public_key());
    let mut random = Pattern::default();
    Some(Task::random(vec![0; 97 + 32], decrypts, move |out| {
        if let Ok(made) = black_box(&key).encrypt(&mut random, black_box(&key256(0))) {
            out.copy_from_slice(&made);
        }
    }))
}

fn decrypt(_: usize) -> Option<Task> {
    let key = DecryptingKey::new(SecretKey::from_slice(&D).ok()?);
    let ciphertext = ciphertext(FORMAT)?;
    Some(Task::new(vec![0; 32], move |out| {
        if let Ok(message) = black_box(&key).decrypt(black_box(&ciphertext)) {
            out.copy_from_slice(&message);
        }
    }))
}

fn ecdh(_: usize) -> Option<Task> {
    let secret = SecretKey::from_slice(&D).ok()?.to_nonzero_scalar();
    let public = SecretKey::from_slice(&E).ok()?.public_key();
    Some(Task::new(vec![0; 32], move |out| {
        let point = ProjectivePoint::from(*black_box(&public).as_affine());
        out.copy_from_slice(&(point * black_box(*secret)).to_affine().x());
    }))
}
