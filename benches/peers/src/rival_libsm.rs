//! The rival `libsm`: the crate of that name, for SM2. It draws its random numbers from `rand`.

use crate::{
    input::{D, E, MESSAGES, key256},
    operation::{Rival, Task},
    shared_sm2::{ROOM, are_signatures, ciphertext, decrypts_c1c2c3, prehashes, signature},
    table::NO_SIZE,
};
use libsm::sm2::{
    ecc::{EccCtx, Point},
    encrypt::{DecryptCtx, EncryptCtx},
    exchange::{ExchangeCtxA, ExchangeCtxB},
    signature::{SigCtx, Signature},
};
use num_bigint::BigUint;
use shangmi::sm2::pke::{C1, Format};
use std::hint::black_box;

const fn rival(of: &'static str, start: fn(usize) -> Option<Task>) -> Rival {
    Rival { name: "libsm", of, sizes: NO_SIZE, start }
}

/// Many signatures: one after another. It prepares no keys.
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
    rival("sm2/kex", kex),
];

/// The secret key, and its public key.
fn keys(d: &[u8; 32]) -> Option<(SigCtx, BigUint, Point)> {
    let context = SigCtx::new();
    let secret = context.load_seckey(d).ok()?;
    let public = context.pk_from_sk(&secret).ok()?;
    Some((context, secret, public))
}

fn keygen(_: usize) -> Option<Task> {
    let (context, secret, _) = keys(&D)?;
    Some(Task::new(vec![0; 65], move |out| {
        let public = context.pk_from_sk(black_box(&secret));
        let bytes = public.and_then(|public| context.serialize_pubkey(&public, false));
        out.copy_from_slice(&bytes.unwrap_or_default());
    }))
}

/// 32 bytes, zeros in front.
fn write(out: &mut [u8], number: &BigUint) {
    let bytes = number.to_bytes_be();
    let (zeros, number) = out.split_at_mut(32 - bytes.len());
    zeros.fill(0);
    number.copy_from_slice(&bytes);
}

fn sign_one(context: &SigCtx, secret: &BigUint, e: &[u8; 32], out: &mut [u8]) {
    if let Ok(signature) = context.sign_raw(black_box(e), black_box(secret)) {
        let (r, s) = out.split_at_mut(32);
        write(r, signature.get_r());
        write(s, signature.get_s());
    }
}

fn sign(_: usize) -> Option<Task> {
    let (context, secret, _) = keys(&D)?;
    let call = move |out: &mut [u8]| sign_one(&context, &secret, &E, out);
    Some(Task::random(vec![0; 64], are_signatures, call))
}

fn sign_many(_: usize) -> Option<Task> {
    let ((context, secret, _), prehashes) = (keys(&D)?, prehashes());
    Some(Task::random(vec![0; 64 * MESSAGES], are_signatures, move |out| {
        for (out, e) in out.chunks_exact_mut(64).zip(&prehashes) {
            sign_one(&context, &secret, e, out);
        }
    }))
}

fn verify(_: usize) -> Option<Task> {
    let ((context, _, public), signature) = (keys(&D)?, signature()?.to_bytes());
    let signature = Signature::new(&signature[..32], &signature[32..]);
    Some(Task::new(vec![0], move |out| {
        let (public, signature) = (black_box(&public), black_box(&signature));
        let verified = context.verify_raw(black_box(&E), public, signature);
        out[0] = u8::from(verified.is_ok_and(|right| right));
    }))
}

fn ecdh(_: usize) -> Option<Task> {
    let ((_, secret, _), (_, _, public)) = (keys(&D)?, keys(&E)?);
    let curve = EccCtx::new();
    Some(Task::new(vec![0; 32], move |out| {
        let shared = curve.mul(black_box(&secret), black_box(&public));
        if let Ok((x, _)) = shared.and_then(|shared| curve.to_affine(&shared)) {
            out.copy_from_slice(&x.to_bytes());
        }
    }))
}

fn encrypt(_: usize) -> Option<Task> {
    let (_, _, public) = keys(&D)?;
    let context = EncryptCtx::new(32, public);
    Some(Task::random(vec![0; ROOM], decrypts_c1c2c3, move |out| {
        if let Ok(made) = black_box(&context).encrypt(black_box(&key256(0))) {
            out[..made.len()].copy_from_slice(&made);
        }
    }))
}

fn decrypt(_: usize) -> Option<Task> {
    let (_, secret, _) = keys(&D)?;
    let context = DecryptCtx::new(32, secret);
    let ciphertext = ciphertext(Format::C1C2C3(C1::Uncompressed))?;
    Some(Task::new(vec![0; 32], move |out| {
        if let Ok(message) = black_box(&context).decrypt(black_box(&ciphertext)) {
            out.copy_from_slice(&message);
        }
    }))
}

fn kex(_: usize) -> Option<Task> {
    let ((_, d_a, p_a), (_, d_b, p_b)) = (keys(&D)?, keys(&E)?);
    let id = "1234567812345678";
    let mut a = ExchangeCtxA::new(16, id, id, p_a, p_b, d_a).ok()?;
    let mut b = ExchangeCtxB::new(16, id, id, p_a, p_b, d_b).ok()?;
    let mut exchange = move || {
        let r_a = a.exchange1()?;
        let (r_b, s_b) = b.exchange2(&r_a)?;
        let s_a = a.exchange3(&r_b, s_b)?;
        b.exchange4(s_a, &r_a)
    };
    Some(Task::new(vec![0], move |out| out[0] = u8::from(exchange().is_ok_and(|right| right))))
}
