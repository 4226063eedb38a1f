//! SM4 on every backend that can run here: bytes a second by mode and message size, one message at a
//! time and in batches.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
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
        __backends::Backend,
        Sm4CbcDec, Sm4CbcEnc, Sm4Ccm, Sm4Cmac, Sm4Ctr, Sm4GcmSiv, Sm4XtsGb,
        batch::{self, CbcJob},
    },
};
use std::{array, hint::black_box};

const SIZES: [usize; 4] = [64, 1024, 8192, 16384];
const KEY: [u8; 16] = *b"0123456789abcdef";
const TWEAK_KEY: [u8; 16] = *b"0123456789ABCDEF";
const IV: [u8; 16] = *b"fedcba9876543210";
const NONCE: [u8; 12] = *b"ba9876543210";
/// The messages of a batch.
const MESSAGES: usize = 64;

/// One group: what `prepare` makes for a backend, on `messages` messages of each size.
fn by_size<F: FnMut(usize, &mut [u8])>(
    c: &mut Criterion,
    name: &str,
    messages: usize,
    prepare: impl Fn(Backend) -> F,
) {
    let mut group = c.benchmark_group(name);
    for backend in Backend::all() {
        let mut call = prepare(backend);
        for bytes in SIZES {
            let mut data = vec![0x5a; messages * bytes];
            group.throughput(Throughput::Bytes((messages * bytes) as u64));
            group.bench_function(BenchmarkId::new(backend.name(), bytes), |b| {
                b.iter(|| call(bytes, black_box(&mut data)));
            });
        }
    }
    group.finish();
}

fn ecb(c: &mut Criterion) {
    by_size(c, "sm4/ecb", 1, |backend| {
        let sm4 = backend.sm4_enc(&KEY);
        move |_, data| sm4.encrypt_blocks(Array::slice_as_chunks_mut(data).0)
    });
}

fn ctr(c: &mut Criterion) {
    by_size(c, "sm4/ctr", 1, |backend| {
        let ctr = Sm4Ctr::inner_iv_init(backend.sm4_enc(&KEY), &IV.into());
        move |_, data| ctr.clone().apply_keystream(data)
    });
}

fn cbc_enc(c: &mut Criterion) {
    by_size(c, "sm4/cbc-enc", 1, |backend| {
        let mut cbc = Sm4CbcEnc::inner_iv_init(backend.sm4_enc(&KEY), &IV.into());
        move |_, data| cbc.encrypt_blocks(Array::slice_as_chunks_mut(data).0)
    });
}

fn cbc_dec(c: &mut Criterion) {
    by_size(c, "sm4/cbc-dec", 1, |backend| {
        let mut cbc = Sm4CbcDec::inner_iv_init(backend.sm4_dec(&KEY), &IV.into());
        move |_, data| cbc.decrypt_blocks(Array::slice_as_chunks_mut(data).0)
    });
}

fn xts(c: &mut Criterion) {
    by_size(c, "sm4/xts", 1, |backend| {
        let xts = Sm4XtsGb::from_ciphers(backend.sm4(&KEY), backend.sm4_enc(&TWEAK_KEY));
        move |_, data| {
            let _ = black_box(xts.encrypt(black_box(&IV), data));
        }
    });
}

fn gcm(c: &mut Criterion) {
    by_size(c, "sm4/gcm", 1, |backend| {
        let gcm = backend.gcm::<U12, U16>(&KEY);
        move |_, data| {
            let nonce = black_box(NONCE).into();
            let _ = black_box(gcm.encrypt_inout_detached(&nonce, &[], data.into()));
        }
    });
}

fn gcm_siv(c: &mut Criterion) {
    by_size(c, "sm4/gcm-siv", 1, |backend| {
        let siv = Sm4GcmSiv::inner_init(backend.sm4_enc(&KEY));
        move |_, data| {
            let nonce = black_box(NONCE).into();
            let _ = black_box(siv.encrypt_inout_detached(&nonce, &[], data.into()));
        }
    });
}

fn ccm(c: &mut Criterion) {
    by_size(c, "sm4/ccm", 1, |backend| {
        let ccm = <Sm4Ccm>::inner_init(backend.sm4_enc(&KEY));
        move |_, data| {
            let nonce = black_box(NONCE).into();
            let _ = black_box(ccm.encrypt_inout_detached(&nonce, &[], data.into()));
        }
    });
}

fn cmac(c: &mut Criterion) {
    by_size(c, "sm4/cmac", 1, |backend| {
        let cmac = Sm4Cmac::from_cipher(backend.sm4_enc(&KEY));
        move |_, message| {
            black_box(cmac.clone().chain_update(message).finalize());
        }
    });
}

fn cbc_enc_batch(c: &mut Criterion) {
    by_size(c, "sm4/cbc-enc-batch", MESSAGES, |backend| {
        let sm4 = backend.sm4_enc(&KEY);
        move |bytes, messages| {
            let mut messages = messages.chunks_exact_mut(bytes);
            let mut jobs: [_; MESSAGES] = array::from_fn(|_| {
                CbcJob::new(&sm4, black_box(&IV), messages.next().unwrap_or_default())
            });
            let _ = black_box(batch::encrypt_cbc(&mut jobs));
        }
    });
}

/// A key to its round keys.
fn key(c: &mut Criterion) {
    let mut group = c.benchmark_group("sm4/key");
    for backend in Backend::all() {
        group.bench_function(backend.name(), |b| b.iter(|| backend.sm4_enc(black_box(&KEY))));
    }
    group.finish();
}

criterion_group!(
    benches,
    ecb,
    ctr,
    cbc_enc,
    cbc_dec,
    xts,
    gcm,
    gcm_siv,
    ccm,
    cmac,
    cbc_enc_batch,
    key
);
criterion_main!(benches);
