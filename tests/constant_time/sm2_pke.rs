//! Encryption, decryption, key exchange and Diffie-Hellman. Whether a ciphertext or a confirmation is right is told.

use crate::{
    Watch,
    valgrind::{public, secret},
};
use shangmi::sm2::{
    __backends::Backend,
    PublicKey, SecretKey,
    kex::{Party, Peer},
    pke::{C1, Format},
};
use std::hint::black_box;

const FORMATS: [Format; 2] = [Format::C1C3C2(C1::Compressed), Format::Der];

pub(crate) fn watch(watch: &mut Watch) {
    let d = SecretKey::from_bytes(&[0x42; 32]).expect("a key");
    let p = d.public_key();
    for backend in Backend::all() {
        encryption(watch, backend, &d, &p);
        decryption(watch, backend, &d, &p);
        exchange(watch, backend, &d, &p);
        watch.operation(&format!("Diffie-Hellman of SM2 on {}", backend.name()), || {
            let shared = backend.diffie_hellman(&secret(d.clone()), &p);
            black_box(public(*shared.as_bytes()));
        });
    }
}

/// k and the message are secret; that k is in range and t not zero is told, and C1, which is then sent.
fn encryption(watch: &mut Watch, backend: Backend, d: &SecretKey, p: &PublicKey) {
    let name = format!("encryption with SM2 on {}", backend.name());
    watch.operation_that_tells(&name, 2, || {
        let message = secret([3; 300]);
        let (k, mut out) = (secret([0x5a; 32]), [0; 500]);
        let format = Format::C1C3C2(C1::Untagged);
        let length = backend.encrypt_with_k(&k, p, format, &message, &mut out);
        let length = public(length).expect("t is not zero");
        let mut opened = [0; 300];
        let out = public(out);
        assert!(backend.decrypt(d, format, &out[..length], &mut opened).is_ok());
    });
}

/// d and the message are secret. One verdict for each ciphertext, right or wrong.
fn decryption(watch: &mut Watch, backend: Backend, d: &SecretKey, p: &PublicKey) {
    for format in FORMATS {
        let mut good = [0; 500];
        let length = backend.encrypt_with_k(&[0x5a; 32], p, format, &[3; 300], &mut good);
        let good = &good[..length.expect("t is not zero")];
        let mut bad = good.to_vec();
        bad[length.unwrap_or(1) - 1] ^= 1;
        let name = format!("decryption with SM2, {format:?}, on {}", backend.name());
        watch.operation_that_tells(&name, 2, || {
            let d = secret(d.clone());
            let mut opened = [0; 300];
            let right = backend.decrypt(&d, format, good, &mut opened).is_ok();
            assert!(public(right));
            let wrong = backend.decrypt(&d, format, &bad, &mut opened).is_ok();
            assert!(!public(wrong));
            black_box(public(opened));
        });
    }
}

/// d and r are secret. Told: that r is in range, that U is not O, that S_B or S_A is right.
fn exchange(watch: &mut Watch, backend: Backend, d: &SecretKey, p: &PublicKey) {
    let peer = Peer::new(p, b"peer").expect("short");
    let name = format!("key exchange of SM2 on {}", backend.name());
    watch.operation_that_tells(&name, 2 + 2 + 2, || {
        let party = Party::new(&secret(d.clone()), b"peer").expect("short");
        let initiator = backend.initiate(&party, &secret([5; 32])).expect("in range");
        let responder = backend.respond(&party, &secret([6; 32])).expect("in range");
        let (r_a, r_b) = public((*initiator.r(), *responder.r()));
        let (s_b, awaiting) = responder.confirm(&peer, &r_a).expect("not O");
        let mut key = [0; 48];
        let s_a = initiator.confirm(&peer, &r_b, &public(s_b), &mut key).expect("right");
        black_box(public(key));
        awaiting.confirm(&public(s_a), &mut key).expect("right");
        black_box(public(key));
    });
}
