//! SM2: keys and signatures, on each backend, in groups `sm2/<operation>/<backend>`.

use criterion::{Criterion, criterion_group, criterion_main};
use shangmi::{
    rand_core::{TryCryptoRng, TryRng},
    signature::hazmat::{PrehashSigner, PrehashVerifier, RandomizedPrehashSigner},
    sm2::{__backends::Backend, DEFAULT_ID, SecretKey},
};
use std::{convert::Infallible, hint::black_box};

/// Bytes that cost nothing: what the system's take is not measured here.
struct Zeros;

impl TryRng for Zeros {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(0)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(0)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        bytes.fill(0);
        Ok(())
    }
}

impl TryCryptoRng for Zeros {}

fn sm2(c: &mut Criterion) {
    let e = [0x5a; 32];
    let secret_key = SecretKey::from_bytes(&[0x42; 32]).expect("in range");
    for backend in Backend::all() {
        let name = backend.name();
        let mut group = |operation: &str, run: &mut dyn FnMut()| {
            let mut group = c.benchmark_group(format!("sm2/{operation}"));
            group.bench_function(name, |b| b.iter(&mut *run));
            group.finish();
        };
        let key = backend.signing_key(&secret_key, DEFAULT_ID).expect("short");
        let signature = key.sign_prehash(&e).expect("32 bytes");
        let (verifying, prepared) = (key.verifying_key(), key.verifying_key().prepare());
        group("keygen", &mut || {
            black_box(backend.public_key(black_box(&secret_key)));
        });
        group("sign", &mut || {
            black_box(key.sign_prehash(black_box(&e))).expect("32 bytes");
        });
        group("sign-hedged", &mut || {
            black_box(key.sign_prehash_with_rng(&mut Zeros, black_box(&e))).expect("32 bytes");
        });
        let mut signatures = [[0; 64]; 64];
        group("sign-64", &mut || {
            key.sign_prehash_many(black_box(&[e; 64]), &mut signatures).expect("64 of both");
        });
        group("verify", &mut || {
            verifying.verify_prehash(black_box(&e), &signature).expect("it is right");
        });
        group("verify-prepared", &mut || {
            prepared.verify_prehash(black_box(&e), &signature).expect("it is right");
        });
        key.sign_prehash_many(&[e; 64], &mut signatures).expect("64 of both");
        let mut valid = [false; 64];
        group("verify-64", &mut || {
            let verified = verifying.verify_prehash_many(&[e; 64], &signatures, &mut valid);
            verified.expect("64 of all");
        });
        group("verify-prepared-64", &mut || {
            let verified = prepared.verify_prehash_many(&[e; 64], &signatures, &mut valid);
            verified.expect("64 of all");
        });
        let keys = [*verifying.public_key(); 64];
        group("verify-64-keys", &mut || {
            let verified = backend.verify_prehash_many(&keys, &[e; 64], &signatures, &mut valid);
            verified.expect("64 of all");
        });
        group("prepare", &mut || {
            black_box(verifying.prepare());
        });
    }
}

criterion_group!(benches, sm2);
criterion_main!(benches);
