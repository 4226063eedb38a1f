//! Many messages of SM3 at once, and what is built on it, on every backend for many messages.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use shangmi::sm3::__backends::{Backend, LanesBackend};
use std::hint::black_box;

const SIZES: [usize; 4] = [64, 1024, 8192, 16384];
/// How many messages.
const COUNTS: [usize; 3] = [8, 16, 64];

/// One group: `call` for each backend for many messages, with the fastest one for a single message.
fn by<P: std::fmt::Display + Copy>(
    c: &mut Criterion,
    name: &str,
    parameters: &[(P, u64)],
    mut call: impl FnMut(LanesBackend, Backend, P),
) {
    let mut group = c.benchmark_group(name);
    for lanes in LanesBackend::all() {
        // The fastest, as users get it.
        let Some(one) = Backend::all().next() else { continue };
        for (parameter, bytes) in parameters {
            group.throughput(Throughput::Bytes(*bytes));
            group.bench_function(BenchmarkId::new(lanes.name(), parameter), |b| {
                b.iter(|| call(lanes, one, *parameter));
            });
        }
    }
    group.finish();
}

fn hash_many(c: &mut Criterion) {
    for count in COUNTS {
        let sizes = SIZES.map(|size| (size, (size * count) as u64));
        by(c, &format!("sm3-hash-many/{count}"), &sizes, |lanes, one, size| {
            let (messages, mut digests) = (vec![&DATA[..size]; count], vec![[0; 32]; count]);
            let _ = lanes.hash_many(one, black_box(&messages), black_box(&mut digests));
        });
    }
}

fn hmac(c: &mut Criterion) {
    let sizes = SIZES.map(|size| (size, (64 * size) as u64));
    by(c, "sm3-hmac-many", &sizes, |lanes, one, size| {
        let key = lanes.hmac_key(one, &[0x5a; 32]);
        let (messages, mut macs) = (vec![&DATA[..size]; 64], vec![[0; 32]; 64]);
        let _ = lanes.mac_many(one, &key, black_box(&messages), black_box(&mut macs));
    });
    let mut group = c.benchmark_group("sm3-hmac");
    let key = shangmi::sm3::HmacSm3Key::new(&[0x5a; 32]);
    for size in SIZES {
        group.throughput(Throughput::Bytes(size as u64));
        group.bench_function(size.to_string(), |b| b.iter(|| key.mac(black_box(&DATA[..size]))));
    }
    group.finish();
}

fn kdf(c: &mut Criterion) {
    by(c, "sm3-kdf", &SIZES.map(|size| (size, size as u64)), |lanes, one, size| {
        let mut key = [0; 16384];
        let _ = lanes.kdf(one, black_box(&[0x5a; 64])).fill(black_box(&mut key[..size]));
    });
}

/// A thousand iterations; bytes of key.
fn pbkdf2(c: &mut Criterion) {
    by(c, "sm3-pbkdf2", &[32, 256, 512].map(|n| (n, n as u64)), |lanes, one, n| {
        let mut key = [0; 512];
        let _ = lanes.pbkdf2(one, black_box(b"password"), b"salt", 1000, black_box(&mut key[..n]));
    });
}

static DATA: [u8; 16384] = [0x5a; 16384];

criterion_group!(benches, hash_many, hmac, kdf, pbkdf2);
criterion_main!(benches);
