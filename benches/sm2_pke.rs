//! SM2: encryption, key exchange and Diffie-Hellman on each backend, in groups `sm2/<operation>/<backend>`.

use criterion::{Criterion, criterion_group, criterion_main};
use shangmi::{
    rand_core::{TryCryptoRng, TryRng},
    sm2::{
        __backends::Backend,
        SecretKey,
        kex::{Party, Peer},
        pke::Format,
    },
};
use std::{convert::Infallible, hint::black_box};

/// Bytes that cost nothing: what the system's take is not measured here.
struct Same;

impl TryRng for Same {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(0x5a5a_5a5a)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(0x5a5a_5a5a_5a5a_5a5a)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        bytes.fill(0x5a);
        Ok(())
    }
}

impl TryCryptoRng for Same {}

fn sm2(c: &mut Criterion) {
    let (format, message) = (Format::default(), [0xa5; 32]);
    let secret = SecretKey::from_bytes(&[0x42; 32]).expect("in range");
    let public = secret.public_key();
    for backend in Backend::all() {
        let name = backend.name();
        let mut group = |operation: &str, run: &mut dyn FnMut()| {
            let mut group = c.benchmark_group(format!("sm2/{operation}"));
            group.bench_function(name, |b| b.iter(&mut *run));
            group.finish();
        };
        group("diffie-hellman", &mut || {
            black_box(backend.diffie_hellman(black_box(&secret), black_box(&public)));
        });
        let mut out = [0; 129];
        group("encrypt-32", &mut || {
            let message = black_box(&message);
            let done = backend.encrypt(&mut Same, &public, format, message, &mut out);
            black_box(done).expect("it fits");
        });
        let mut opened = [0; 32];
        group("decrypt-32", &mut || {
            let done = backend.decrypt(black_box(&secret), format, black_box(&out), &mut opened);
            black_box(done).expect("it is right");
        });
        // One side: R, and the key of 16 bytes, with confirmation. Keys and identifiers are known before.
        let party = Party::new(&secret, b"one").expect("short");
        let peer = Peer::new(&public, b"one").expect("short");
        group("exchange", &mut || {
            let responder = backend.respond(&party, black_box(&[0x35; 32])).expect("in range");
            let done = responder.confirm(black_box(&peer), black_box(&public));
            black_box(done).expect("not O");
        });
    }
}

criterion_group!(benches, sm2);
criterion_main!(benches);
