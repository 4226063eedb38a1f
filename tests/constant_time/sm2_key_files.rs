//! Files with keys of SM2: d and passwords are secret, and what is drawn at random.

use super::Secrets;
use crate::{
    Watch,
    valgrind::{public, secret},
};
use shangmi::{
    pkcs8::{DecodePrivateKey, EncodePrivateKey},
    rand_core::{TryCryptoRng, TryRng},
    sec1::{DecodeEcPrivateKey, EncodeEcPrivateKey},
    sm2::{SecretKey, enveloped_key::EnvelopedKey, key_files::KeyEncryption},
};
use std::{convert::Infallible, hint::black_box};

pub(crate) fn watch(watch: &mut Watch) {
    let key = SecretKey::from_bytes(&[0x42; 32]).expect("a key");
    plain(watch, &key);
    encrypted(watch, &key);
    enveloped(watch, &key);
}

/// Told: that d is in range, and that the point in the file is d·G.
fn plain(watch: &mut Watch, key: &SecretKey) {
    watch.operation("key files of SM2, written", || {
        let key = secret(key.clone());
        black_box(key.to_pkcs8_der().is_ok());
        black_box(key.to_sec1_der().is_ok());
    });
    let hide = |der: &[u8]| {
        let at = der.windows(32).position(|bytes| bytes == [0x42; 32]).expect("d");
        let mut der = der.to_vec();
        der[at..at + 32].copy_from_slice(&secret([0x42; 32]));
        der
    };
    watch.operation_that_tells("key files of SM2, read", 2 * 2, || {
        let pkcs8 = hide(key.to_pkcs8_der().expect("short").as_bytes());
        let sec1 = hide(key.to_sec1_der().expect("short").as_bytes());
        assert!(SecretKey::from_pkcs8_der(&pkcs8).is_ok());
        assert!(SecretKey::from_sec1_der(&sec1).is_ok());
    });
}

/// Told: that a password is wrong. (With the right one what was encrypted would be read, all of it secret here.)
fn encrypted(watch: &mut Watch, key: &SecretKey) {
    for how in [KeyEncryption::SM4_SM3, KeyEncryption::SM4_SHA256, KeyEncryption::AES256_SHA256] {
        let how = how.with_iterations(KeyEncryption::MIN_ITERATIONS);
        let name = format!("key files of SM2, encrypted: {how:?}");
        watch.operation(&name, || {
            let (key, password) = (secret(key.clone()), secret(*b"password"));
            black_box(key.to_encrypted_der(&mut Secrets(1), password, how).is_ok());
        });
        let file = key.to_encrypted_der(&mut Plain, b"password", how).expect("written");
        let name = format!("key files of SM2, decrypted: {how:?}");
        watch.operation_that_tells(&name, 1, || {
            let read = SecretKey::from_encrypted_der(&file, secret(*b"Password"));
            assert!(read.is_err());
        });
    }
}

/// Told: that k is in range and t not zero; that a ciphertext is right, d in range, and d·G the point.
fn enveloped(watch: &mut Watch, key: &SecretKey) {
    let public_key = key.public_key();
    watch.operation_that_tells("envelopes of SM2, sealed", 2, || {
        let sealed = EnvelopedKey::seal(&mut Secrets(1), &public_key, &secret(key.clone()));
        black_box(public(sealed.is_ok()));
    });
    let sealed = EnvelopedKey::seal(&mut Plain, &public_key, key).expect("sealed");
    let other = SecretKey::from_bytes(&[0x43; 32]).expect("a key");
    watch.operation_that_tells("envelopes of SM2, opened", 3 + 1, || {
        assert!(sealed.open(&secret(key.clone())).is_ok());
        assert!(sealed.open(&secret(other)).is_err());
    });
}

/// The same byte again and again, no secret.
struct Plain;

impl TryRng for Plain {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(1)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(1)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        bytes.fill(1);
        Ok(())
    }
}

impl TryCryptoRng for Plain {}
