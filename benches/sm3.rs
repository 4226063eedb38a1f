//! SM3 on every backend that can run here: bytes a second by message size.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use shangmi::{digest::Digest, sm3::__backends::Backend};
use std::hint::black_box;

const SIZES: [usize; 4] = [64, 1024, 8192, 16384];

fn hash(c: &mut Criterion) {
    let mut group = c.benchmark_group("sm3");
    for backend in Backend::all() {
        for bytes in SIZES {
            let message = vec![0x5a_u8; bytes];
            group.throughput(Throughput::Bytes(bytes as u64));
            group.bench_function(BenchmarkId::new(backend.name(), bytes), |b| {
                b.iter(|| backend.sm3().chain_update(black_box(&message)).finalize());
            });
        }
    }
    group.finish();
}

criterion_group!(benches, hash);
criterion_main!(benches);
