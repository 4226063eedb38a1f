//! Keys and signatures of SM2. Public keys, e and signatures are no secrets, d and k are.

use super::{
    Watch,
    valgrind::{public, secret},
};
use shangmi::{
    rand_core::{TryCryptoRng, TryRng},
    signature::hazmat::{PrehashSigner, RandomizedPrehashSigner},
    sm2::{
        __backends::{Backend, sign_with_nonce},
        DEFAULT_ID, SecretKey,
    },
};
use std::{convert::Infallible, hint::black_box};

#[cfg(feature = "encrypted-keys")]
#[path = "sm2_key_files.rs"]
mod sm2_key_files;
#[path = "sm2_pke.rs"]
mod sm2_pke;

pub(crate) fn watch(watch: &mut Watch) {
    sm2_pke::watch(watch);
    #[cfg(feature = "encrypted-keys")]
    sm2_key_files::watch(watch);
    for backend in Backend::all() {
        points(watch, backend);
        keys(watch, backend);
        signatures(watch, backend);
    }
}

/// Whether a result is O is told, and whether a point is on the curve: a jump each.
fn points(watch: &mut Watch, backend: Backend) {
    let name = backend.name();
    watch.operation_that_tells(&format!("k·G of SM2 on {name}"), 4, || {
        for k in [[0x5a; 32], [0; 32]] {
            black_box(public(backend.mul_base_tables(&secret(k))));
        }
    });
    let point = backend.mul_base(&[7; 32]).expect("not O");
    watch.operation_that_tells(&format!("k·P of SM2 on {name}"), 2, || {
        black_box(public(backend.mul(&secret([0xa5; 32]), &secret(point))));
    });
}

/// Whether d is in range is told, by a jump.
fn keys(watch: &mut Watch, backend: Backend) {
    let name = backend.name();
    watch.operation_that_tells(&format!("generation of keys of SM2 on {name}"), 1, || {
        let Ok(key) = SecretKey::generate(&mut Secrets(0x42));
        black_box(public(backend.public_key(&key)));
        black_box(public(key.to_bytes()));
    });
    watch.operation_that_tells(&format!("import of keys of SM2 on {name}"), 2, || {
        for d in [[0xff; 32], [0x42; 32]] {
            black_box(SecretKey::from_bytes(&secret(d)).is_ok());
        }
    });
}

/// Whether k is in range is told, and whether r, r + k or s is 0: a jump each, which never is taken.
fn signatures(watch: &mut Watch, backend: Backend) {
    let key = || {
        let key = SecretKey::from_bytes(&[0x42; 32]).expect("in range");
        backend.signing_key(&secret(key), DEFAULT_ID).expect("short")
    };
    let name = backend.name();
    watch.operation_that_tells(&format!("signatures of SM2 on {name}"), 4, || {
        let (key, e) = (key(), [7; 32]);
        black_box(public(key.sign_prehash(&e)).expect("32 bytes"));
        let hedged = key.sign_prehash_with_rng(&mut Secrets(3), &e);
        black_box(public(hedged).expect("32 bytes"));
    });
    watch.operation_that_tells(&format!("many signatures of SM2 on {name}"), 2 * 5, || {
        let mut signatures = [[0; 64]; 5];
        key().sign_prehash_many(&[[7; 32]; 5], &mut signatures).expect("5 of both");
        black_box(public(signatures));
    });
    watch.operation_that_tells(&format!("signatures of SM2 with a given k on {name}"), 1, || {
        let signature = sign_with_nonce(&key(), &[7; 32], &secret([0x77; 32]));
        black_box(public(signature).expect("of the first k"));
    });
}

/// The same byte again and again, marked as secret.
struct Secrets(u8);

impl TryRng for Secrets {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(secret(self.0.into()))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(secret(self.0.into()))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        bytes.fill(secret(self.0));
        Ok(())
    }
}

impl TryCryptoRng for Secrets {}
