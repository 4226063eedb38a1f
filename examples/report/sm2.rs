//! What the report says of SM2.

use crate::{
    algorithms::{Algorithm, Backend, Check, Operation},
    common::{
        Case,
        sm2::{self, Counter, FILES},
    },
};
use shangmi::{
    signature::hazmat::{PrehashSigner, PrehashVerifier, RandomizedPrehashSigner},
    sm2::{__backends, DEFAULT_ID, SecretKey, Signature, SigningKey},
};
use std::hint::black_box;

const E: [u8; 32] = [0x5a; 32];
/// The signatures of a batch.
const BATCH: u32 = 64;

pub(crate) fn algorithm() -> Algorithm {
    let files = FILES.iter().map(|(file, _)| *file);
    Algorithm {
        name: "sm2",
        files: files.collect(),
        backends: __backends::Backend::all().map(backend).collect(),
        lanes: vec![],
    }
}

fn backend(backend: __backends::Backend) -> Backend {
    let check = |check: sm2::Check| Box::new(move |case: &Case| check(case, backend)) as Check;
    let checks = FILES.into_iter().map(|(file, of_sm2)| (file, check(of_sm2)));
    let operations = vec![
        Operation::single("sm2/keygen", move || {
            let mut rng = Counter(0);
            move || {
                let Ok(key) = SecretKey::generate(&mut rng);
                black_box(backend.public_key(&key));
            }
        }),
        Operation::single("sm2/sign", move || {
            let (key, _) = pair(backend);
            let mut rng = Counter(0);
            move || {
                let _ = black_box(key.sign_prehash_with_rng(&mut rng, black_box(&E)));
            }
        }),
        Operation::single("sm2/verify", move || {
            let (key, signature) = pair(backend);
            move || {
                let _ = black_box(key.verifying_key().verify_prehash(black_box(&E), &signature));
            }
        }),
        Operation::single("sm2/verify-prepared", move || {
            let (key, signature) = pair(backend);
            let key = key.verifying_key().prepare();
            move || {
                let _ = black_box(key.verify_prehash(black_box(&E), &signature));
            }
        }),
        Operation { messages: BATCH, ..sign_batch(backend) },
        Operation { messages: BATCH, ..verify_batch(backend) },
        Operation { messages: BATCH, ..verify_keys(backend) },
    ];
    Backend { name: backend.name(), batch: false, checks: checks.collect(), operations }
}

fn sign_batch(backend: __backends::Backend) -> Operation {
    Operation::single("sm2/sign-batch", move || {
        let (key, _) = pair(backend);
        let mut signatures = [[0; 64]; BATCH as usize];
        move || {
            let _ = key.sign_prehash_many(black_box(&[E; BATCH as usize]), &mut signatures);
        }
    })
}

fn verify_batch(backend: __backends::Backend) -> Operation {
    Operation::single("sm2/verify-batch", move || {
        let (key, signature) = pair(backend);
        let signatures = [signature.to_bytes(); BATCH as usize];
        let mut valid = [false; BATCH as usize];
        move || {
            let key = key.verifying_key();
            let prehashes = black_box(&[E; BATCH as usize]);
            let _ = key.verify_prehash_many(prehashes, &signatures, &mut valid);
        }
    })
}

fn verify_keys(backend: __backends::Backend) -> Operation {
    Operation::single("sm2/verify-keys", move || {
        let (key, signature) = pair(backend);
        // To verify takes the same time with the same key.
        let keys = [*key.verifying_key().public_key(); BATCH as usize];
        let signatures = [signature.to_bytes(); BATCH as usize];
        let mut valid = [false; BATCH as usize];
        move || {
            let prehashes = black_box(&[E; BATCH as usize]);
            let _ = backend.verify_prehash_many(&keys, prehashes, &signatures, &mut valid);
        }
    })
}

/// A key, and a signature on E.
fn pair(backend: __backends::Backend) -> (SigningKey, Signature) {
    let key = SecretKey::from_bytes(&[0x42; 32]).expect("in range");
    let key = backend.signing_key(&key, DEFAULT_ID).expect("a short identifier");
    let signature = key.sign_prehash(&E).expect("32 bytes");
    (key, signature)
}
