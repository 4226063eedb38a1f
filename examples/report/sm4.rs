//! What the report says of SM4.

use crate::{
    algorithms::{Algorithm, Backend, Check, Operation},
    common::{
        Case,
        sm4::{self, FILES},
    },
};
use shangmi::{
    aead::{
        AeadInOut,
        consts::{U12, U16},
    },
    cipher::{
        Array, BlockCipherEncrypt, BlockModeDecrypt, BlockModeEncrypt, InnerIvInit, StreamCipher,
        common::InnerInit,
    },
    digest::Mac,
    sm4::{
        __backends, Sm4CbcDec, Sm4CbcEnc, Sm4Ccm, Sm4Cmac, Sm4Ctr, Sm4XtsGb,
        batch::{self, CbcJob},
    },
};
use std::{array, hint::black_box};

/// Checked with the feature `ff1`, on the backend that users get; without it known, but not run.
const FF1: &str = "sm4/ff1.txt";

const KEY: [u8; 16] = *b"0123456789abcdef";
const TWEAK_KEY: [u8; 16] = *b"0123456789ABCDEF";
const IV: [u8; 16] = *b"fedcba9876543210";
const NONCE: [u8; 12] = *b"ba9876543210";

/// The messages of a batch.
const MESSAGES: u32 = 64;

pub(crate) fn algorithm() -> Algorithm {
    let files = FILES.iter().map(|(file, _)| *file).chain([FF1]);
    #[allow(unused_mut, reason = "without the feature `ff1`")]
    let mut backends: Vec<_> = __backends::Backend::all().map(backend).collect();
    #[cfg(feature = "ff1")]
    if let Some(chosen) = backends.first_mut() {
        chosen.checks.push((FF1, Box::new(sm4::ff1)));
    }
    Algorithm { name: "sm4", files: files.collect(), backends, lanes: Vec::new() }
}

fn backend(backend: __backends::Backend) -> Backend {
    let check = |check: sm4::Check| Box::new(move |case: &Case| check(case, backend)) as Check;
    let checks = FILES.into_iter().map(|(file, of_sm4)| (file, check(of_sm4)));
    let operations = modes(backend).into_iter().chain(authenticated(backend));
    Backend {
        name: backend.name(),
        batch: false,
        checks: checks.collect(),
        operations: operations.collect(),
    }
}

/// The operations without a tag, the key expanded beforehand.
fn modes(backend: __backends::Backend) -> Vec<Operation> {
    vec![
        Operation::on_bytes("sm4/ecb", move |bytes| {
            let (sm4, mut data) = (backend.sm4_enc(&KEY), vec![0; bytes]);
            move || sm4.encrypt_blocks(Array::slice_as_chunks_mut(black_box(&mut data)).0)
        }),
        Operation::on_bytes("sm4/ctr", move |bytes| {
            let ctr = Sm4Ctr::inner_iv_init(backend.sm4_enc(&KEY), &IV.into());
            let mut data = vec![0; bytes];
            move || ctr.clone().apply_keystream(black_box(&mut data))
        }),
        Operation::on_bytes("sm4/cbc-enc", move |bytes| {
            let mut cbc = Sm4CbcEnc::inner_iv_init(backend.sm4_enc(&KEY), &IV.into());
            let mut data = vec![0; bytes];
            move || cbc.encrypt_blocks(Array::slice_as_chunks_mut(black_box(&mut data)).0)
        }),
        Operation::on_bytes("sm4/cbc-dec", move |bytes| {
            let mut cbc = Sm4CbcDec::inner_iv_init(backend.sm4_dec(&KEY), &IV.into());
            let mut data = vec![0; bytes];
            move || cbc.decrypt_blocks(Array::slice_as_chunks_mut(black_box(&mut data)).0)
        }),
        Operation::on_bytes("sm4/xts", move |bytes| {
            let xts = Sm4XtsGb::from_ciphers(backend.sm4(&KEY), backend.sm4_enc(&TWEAK_KEY));
            let mut data = vec![0; bytes];
            move || {
                let _ = black_box(xts.encrypt(black_box(&IV), black_box(&mut data)));
            }
        }),
        Operation::on_batch("sm4/cbc-enc-batch", MESSAGES, move |bytes| {
            let (cipher, mut messages) =
                (backend.sm4_enc(&KEY), vec![0; MESSAGES as usize * bytes]);
            move || {
                let mut messages = messages.chunks_exact_mut(bytes);
                let mut jobs: [_; MESSAGES as usize] = array::from_fn(|_| {
                    CbcJob::new(&cipher, black_box(&IV), messages.next().unwrap_or_default())
                });
                let _ = black_box(batch::encrypt_cbc(&mut jobs));
            }
        }),
    ]
}

/// The operations with a tag, the key expanded beforehand.
fn authenticated(backend: __backends::Backend) -> Vec<Operation> {
    vec![
        Operation::on_bytes("sm4/gcm", move |bytes| {
            let (gcm, mut data) = (backend.gcm::<U12, U16>(&KEY), vec![0; bytes]);
            move || {
                let data = black_box(&mut data[..]).into();
                let _ = black_box(gcm.encrypt_inout_detached(black_box(&NONCE.into()), &[], data));
            }
        }),
        Operation::on_bytes("sm4/ccm", move |bytes| {
            let (ccm, mut data) = (<Sm4Ccm>::inner_init(backend.sm4_enc(&KEY)), vec![0; bytes]);
            move || {
                let data = black_box(&mut data[..]).into();
                let _ = black_box(ccm.encrypt_inout_detached(black_box(&NONCE.into()), &[], data));
            }
        }),
        Operation::on_bytes("sm4/cmac", move |bytes| {
            let (cmac, message) = (Sm4Cmac::from_cipher(backend.sm4_enc(&KEY)), vec![0; bytes]);
            move || {
                black_box(cmac.clone().chain_update(black_box(&message)).finalize());
            }
        }),
    ]
}
