//! ZUC on every backend that can run here: bytes a second by message size, one message at a time and
//! in batches, and the set-up.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use shangmi::{
    aead::{AeadInOut, consts::U16},
    cipher::StreamCipher,
    digest::Mac,
    zuc::{
        __backends::{Backend, LanesBackend},
        Frame,
        batch::{CipherJob, MacJob},
    },
};
use std::{array, hint::black_box};

const SIZES: [usize; 4] = [64, 1024, 8192, 16384];
const KEY: [u8; 16] = *b"0123456789abcdef";
const IV: [u8; 16] = *b"fedcba9876543210";
const KEY256: [u8; 32] = *b"0123456789abcdefghijklmnopqrstuv";
const IV_V1: [u8; 23] = *b"fedcba98765432100123456";
/// The messages of a batch.
const MESSAGES: usize = 64;

/// One group: `call` on a message of each size, on each backend.
fn by_size(c: &mut Criterion, name: &str, mut call: impl FnMut(Backend, &mut [u8])) {
    let mut group = c.benchmark_group(name);
    for backend in Backend::all() {
        for bytes in SIZES {
            let mut message = vec![0x5a; bytes];
            group.throughput(Throughput::Bytes(bytes as u64));
            group.bench_function(BenchmarkId::new(backend.name(), bytes), |b| {
                b.iter(|| call(backend, black_box(&mut message)));
            });
        }
    }
    group.finish();
}

/// One group: `call` on a batch of messages of each size, on each backend for many streams.
fn batch_by_size(
    c: &mut Criterion,
    name: &str,
    mut call: impl FnMut(LanesBackend, Backend, usize, &mut [u8]),
) {
    let mut group = c.benchmark_group(name);
    for lanes in LanesBackend::all() {
        // The fastest, as users get it.
        let Some(one) = Backend::all().next() else { continue };
        for bytes in SIZES {
            let mut messages = vec![0x5a; MESSAGES * bytes];
            group.throughput(Throughput::Bytes((MESSAGES * bytes) as u64));
            group.bench_function(BenchmarkId::new(lanes.name(), bytes), |b| {
                b.iter(|| call(lanes, one, bytes, black_box(&mut messages)));
            });
        }
    }
    group.finish();
}

/// The key and the frame of message `i`.
fn key_and_frame(i: usize) -> ([u8; 16], Frame) {
    let count = u32::try_from(i).unwrap_or(0);
    (black_box(KEY), Frame { count, ..Frame::default() })
}

/// Keystream with its set-up, as every message of a protocol needs it.
fn zuc128(c: &mut Criterion) {
    by_size(c, "zuc128", |backend, z| {
        backend.zuc128(black_box(&KEY), black_box(&IV)).write_keystream(z);
    });
}

fn eea3(c: &mut Criterion) {
    let iv = Frame::default().eea3_iv();
    by_size(c, "eea3", |backend, message| {
        backend.eea3(black_box(&KEY), black_box(&iv)).apply_keystream(message);
    });
}

fn eia3(c: &mut Criterion) {
    let iv = Frame::default().eia3_iv();
    by_size(c, "eia3", |backend, message| {
        let mac = backend.eia3(black_box(&KEY), black_box(&iv)).chain_update(message);
        black_box(mac.finalize());
    });
}

fn nea6(c: &mut Criterion) {
    let iv = Frame::default().nea6_iv();
    by_size(c, "nea6", |backend, message| {
        backend.nea6(black_box(&KEY256), black_box(&iv)).apply_keystream(message);
    });
}

fn nia6(c: &mut Criterion) {
    let iv = Frame::default().nea6_iv();
    by_size(c, "nia6", |backend, message| {
        let mac = backend.nia6::<U16>(black_box(&KEY256), black_box(&iv)).chain_update(message);
        black_box(mac.finalize());
    });
}

fn nca6(c: &mut Criterion) {
    let nonce = Frame::default().nea6_iv().into();
    by_size(c, "nca6", |backend, message| {
        let nca6 = backend.nca6::<U16>(black_box(&KEY256));
        let tag = nca6.encrypt_inout_detached(black_box(&nonce), &[], message.into());
        let _ = black_box(tag);
    });
}

/// The form of 2018, a tag of 128 bits.
fn zuc256_mac(c: &mut Criterion) {
    by_size(c, "zuc256-mac", |backend, message| {
        let mac = backend.zuc256_v1_mac::<U16>(black_box(&KEY256), black_box(&IV_V1));
        black_box(mac.chain_update(message).finalize());
    });
}

fn eea3_batch(c: &mut Criterion) {
    batch_by_size(c, "eea3-batch", |lanes, one, bytes, messages| {
        let mut messages = messages.chunks_exact_mut(bytes);
        let mut jobs: [_; MESSAGES] = array::from_fn(|i| {
            let (key, frame) = key_and_frame(i);
            CipherJob::eea3(&key, frame, 8 * bytes, messages.next().unwrap_or_default())
        });
        let _ = black_box(lanes.encrypt(one, &mut jobs));
    });
}

fn eia3_batch(c: &mut Criterion) {
    batch_by_size(c, "eia3-batch", |lanes, one, bytes, messages| {
        let mut jobs: [_; MESSAGES] = array::from_fn(|i| {
            let (key, frame) = key_and_frame(i);
            MacJob::eia3(&key, frame, 8 * bytes, &messages[i * bytes..][..bytes])
        });
        let _ = black_box(lanes.authenticate(one, &mut jobs));
        black_box(&jobs);
    });
}

/// Key and IV to the first word of keystream.
fn zuc128_init(c: &mut Criterion) {
    let mut group = c.benchmark_group("zuc128-init");
    for backend in Backend::all() {
        group.bench_function(backend.name(), |b| {
            b.iter(|| {
                let mut z = [0];
                backend.zuc128(black_box(&KEY), black_box(&IV)).write_keystream_words(&mut z);
                z
            });
        });
    }
    group.finish();
}

criterion_group!(
    benches,
    zuc128,
    eea3,
    eia3,
    nea6,
    nia6,
    nca6,
    zuc256_mac,
    eea3_batch,
    eia3_batch,
    zuc128_init
);
criterion_main!(benches);
