//! Many messages of SM3 at once, what is built on SM3, and its state. How long messages are is no secret.

use super::{
    Watch,
    valgrind::{public, secret},
};
use shangmi::{
    digest::{Digest, FixedOutput, common::hazmat::SerializableState},
    sm3::{
        __backends::{Backend, LanesBackend},
        HmacSm3Key, Sm3,
    },
};
use std::hint::black_box;

#[cfg(feature = "drbg")]
#[path = "drbg.rs"]
mod drbg;

pub(crate) fn watch(watch: &mut Watch) {
    for one in Backend::all() {
        for many in LanesBackend::all() {
            hashes_and_macs(watch, many, one);
            keys(watch, many, one);
        }
    }
    watch.operation_that_tells("verification of HMAC-SM3", 0, || {
        let key = HmacSm3Key::new(&secret([1; 20]));
        let verdict = key.verify(&secret([3; 99]), &[0; 32]);
        black_box(public(verdict.is_ok()));
    });
    state(watch);
    #[cfg(feature = "drbg")]
    drbg::watch(watch);
}

fn hashes_and_macs(watch: &mut Watch, many: LanesBackend, one: Backend) {
    watch.operation(&format!("many of SM3 on {} and {}", many.name(), one.name()), || {
        let data = secret([[3; 150]; 20]);
        let messages: Vec<_> = (0..).step_by(7).zip(&data).map(|(n, data)| &data[..n]).collect();
        let mut results = [[0; 32]; 20];
        assert_eq!(many.hash_many(one, &messages, &mut results), Ok(()));
        black_box(public(results));
        let keys = [1, 64, 65].map(|n| many.hmac_key(one, &secret([1; 99])[..n]));
        black_box(public(many.mac(one, &keys[0], &secret([3; 99]))));
        assert_eq!(many.mac_many(one, &keys[1], &messages, &mut results), Ok(()));
        black_box(public(results));
        assert_eq!(many.hmac_many(one, &keys, &messages[..3], &mut results[..3]), Ok(()));
        black_box(public(results));
    });
}

fn keys(watch: &mut Watch, many: LanesBackend, one: Backend) {
    let name = format!("{} and {}", many.name(), one.name());
    watch.operation(&format!("the KDF of SM2 on {name}"), || {
        let (z, mut key) = (secret([1; 130]), [0; 700]);
        for n in [0, 61, 64, 130] {
            let mut kdf = many.kdf(one, &z[..n]);
            assert_eq!(kdf.fill(&mut key[..33]), Ok(()));
            assert_eq!(kdf.fill(&mut key[33..]), Ok(()));
            black_box(public(key));
        }
    });
    watch.operation(&format!("PBKDF2 on {name}"), || {
        let mut key = [0; 300];
        assert_eq!(many.pbkdf2(one, &secret([1; 70]), &secret([2; 70]), 3, &mut key), Ok(()));
        black_box(public(key));
        let mut key = [0; 16];
        assert_eq!(many.pbkdf2(one, &secret([1; 9]), &secret([2; 9]), 3, &mut key), Ok(()));
        black_box(public(key));
    });
}

/// The state of a keyed hash is secret; where in its block it is, and how many there were, is not, and
/// whether it is well formed is told.
fn state(watch: &mut Watch) {
    watch.operation_that_tells("the state of SM3", 1, || {
        let state = Digest::chain_update(Sm3::new(), secret([3; 200])).serialize();
        let sm3 = Sm3::deserialize(&state).expect("well formed");
        black_box(public(sm3.finalize_fixed()));
        let mut none = Sm3::new().serialize();
        none[..32].copy_from_slice(&secret([0; 32]));
        black_box(public(Sm3::deserialize(&none).is_err()));
    });
}
