//! The rival `rustcrypto`: the crates `sm4` and `sm3` with the crates of modes over them.
#![allow(
    clippy::unnecessary_wraps,
    reason = "what the table asks for: other rivals may be unable to run"
)]

use crate::{
    input::{FEW, ITERATIONS, IV, MESSAGES, SHARED, key, key256, message},
    operation::{Rival, Task},
    table::{KEY_SIZES, NO_SIZE, SIZES},
    traits,
};
use aes_gcm::AesGcm;
use ccm::Ccm;
use cmac::Cmac;
use hmac::Hmac;
use shangmi::{
    aead::consts::{U12, U16},
    cipher::{Array, BlockModeEncrypt, InnerIvInit, KeyInit, StreamCipher},
    digest::Digest,
};
use sm3::Sm3;
use sm4::Sm4;
use std::hint::black_box;
use xts_mode::Xts128;

const fn rival(
    of: &'static str,
    sizes: &'static [usize],
    start: fn(usize) -> Option<Task>,
) -> Rival {
    Rival { name: "rustcrypto", of, sizes, start }
}

/// The batches: one message after another.
pub(crate) const RIVALS: &[Rival] = &[
    rival("sm4/key", NO_SIZE, expand),
    rival("sm4/ecb", SIZES, |n| Some(traits::ecb(sm4(0), n))),
    rival("sm4/ctr", SIZES, ctr),
    rival("sm4/cbc-dec", SIZES, |n| Some(traits::cbc_dec::<cbc::Decryptor<Sm4>>(sm4(0), n))),
    rival("sm4/cbc-enc", SIZES, |n| Some(traits::cbc_enc::<cbc::Encryptor<Sm4>>(sm4(0), n))),
    rival("sm4/cbc-enc-8", SIZES, |n| cbc_enc_batch(n, FEW)),
    rival("sm4/cbc-enc-batch", SIZES, |n| cbc_enc_batch(n, MESSAGES)),
    rival("sm4/cmac", SIZES, |n| Some(traits::mac(<Cmac<Sm4>>::new(&key(0).into()), n))),
    rival("sm4/ccm", SIZES, |n| Some(traits::aead(Ccm::<Sm4, U16, U12>::from(sm4(0)), n))),
    rival("sm4/gcm", SIZES, |n| Some(traits::aead(AesGcm::<Sm4, U12>::from(sm4(0)), n))),
    rival("sm4/xts", SIZES, xts),
    rival("sm3/hash", SIZES, |n| Some(traits::hash(Sm3::new, n))),
    rival("sm3/hash-many", SIZES, hash_many),
    rival("sm3/hmac", SIZES, hmac),
    rival("sm3/kdf", SIZES, kdf),
    rival("sm3/pbkdf2", KEY_SIZES, pbkdf2),
];

fn sm4(i: u8) -> Sm4 {
    Sm4::new(&key(i).into())
}

fn expand(_: usize) -> Option<Task> {
    let key = key(0);
    Some(Task::new(Vec::new(), move |_| {
        black_box(Sm4::new(black_box(&key).into()));
    }))
}

fn ctr(bytes: usize) -> Option<Task> {
    let cipher = sm4(0);
    Some(Task::new(message(bytes), move |data| {
        let cipher = black_box(&cipher).clone();
        let core = ctr::CtrCore::inner_iv_init(cipher, black_box(&IV).into());
        ctr::Ctr128BE::<Sm4>::from_core(core).apply_keystream(data);
    }))
}

fn cbc_enc_batch(bytes: usize, messages: usize) -> Option<Task> {
    let ciphers: Vec<_> = (0..).take(messages).map(sm4).collect();
    Some(Task::new(message(messages * bytes), move |data| {
        for (data, cipher) in data.chunks_exact_mut(bytes).zip(black_box(&ciphers)) {
            let blocks = Array::slice_as_chunks_mut(data).0;
            cbc::Encryptor::<Sm4>::inner_iv_init(cipher.clone(), black_box(&IV).into())
                .encrypt_blocks(blocks);
        }
    }))
}

/// The crate `xts-mode`.
fn xts(bytes: usize) -> Option<Task> {
    let xts = Xts128::new(sm4(0), sm4(1));
    Some(Task::new(message(bytes), move |data| {
        black_box(&xts).encrypt_sector(data, black_box(IV).into());
    }))
}

fn hash_many(bytes: usize) -> Option<Task> {
    let data = message(MESSAGES * bytes);
    Some(Task::new(vec![0; MESSAGES * 32], move |digests| {
        let messages = black_box(&data).chunks_exact(bytes);
        for (digest, message) in digests.chunks_exact_mut(32).zip(messages) {
            digest.copy_from_slice(&Sm3::digest(message));
        }
    }))
}

fn hmac(bytes: usize) -> Option<Task> {
    Some(traits::mac(<Hmac<Sm3> as KeyInit>::new_from_slice(&key256(0)).ok()?, bytes))
}

/// By a loop over the hash, the state after the shared value kept.
fn kdf(bytes: usize) -> Option<Task> {
    Some(Task::new(vec![0; bytes], |out| {
        let start = Sm3::new_with_prefix(black_box(SHARED));
        for (out, i) in out.chunks_mut(32).zip(1_u32..) {
            let digest = start.clone().chain_update(i.to_be_bytes()).finalize();
            out.copy_from_slice(&digest[..out.len()]);
        }
    }))
}

fn pbkdf2(bytes: usize) -> Option<Task> {
    Some(Task::new(vec![0; bytes], |out| {
        pbkdf2::pbkdf2_hmac::<Sm3>(black_box(b"password"), &SHARED[..16], ITERATIONS, out);
    }))
}
