//! SM2 against other implementations: RustCrypto's and, where it is installed, the `openssl` program.

mod common;

use common::sm2::Counter;
use shangmi::{
    digest::Digest,
    signature::{MultipartSigner, RandomizedSigner, Signer, Verifier, hazmat::PrehashSigner},
    sm2::{DEFAULT_ID, PublicKey, SecretKey, Signature, SigningKey, VerifyingKey},
};
use sm2_oracle::dsa;
use std::{env, fs, path::PathBuf, process::Command};

const IDS: [&str; 4] = ["1234567812345678", "", "TLSv1.3+GM+Cipher+Suite", "ALICE123@YAHOO.COM"];

#[test]
fn deterministic_and_hedged_signatures_are_those_of_rustcrypto() {
    for (i, id) in (1..50_u8).zip(IDS.iter().cycle()) {
        let d = [i.wrapping_mul(5); 32];
        let message = vec![i; usize::from(i) * 3];
        let key = SecretKey::from_bytes(&d).expect("in range");
        let ours = SigningKey::with_id(&key, id.as_bytes()).expect("short");
        let theirs = dsa::SigningKey::from_slice(id, &d).expect("in range");
        let signature: Signature = ours.sign(&message);
        let other: dsa::Signature = theirs.sign(&message);
        assert_eq!(signature.to_bytes(), other.to_bytes()[..]);
        let hedged: Signature = ours.sign_with_rng(&mut Counter(i), &message);
        let other: dsa::Signature = theirs.sign_with_rng(&mut Counter(i), &message);
        assert_eq!(hedged.to_bytes(), other.to_bytes()[..]);
    }
}

#[test]
fn signatures_are_verified_by_rustcrypto_and_its_own_by_us() {
    // Keys with a zero at the front of a coordinate among them.
    let mut zeros = 0;
    for (d, id) in (1..600_u16).zip(IDS.iter().cycle()) {
        let d = std::array::from_fn(|i| if i < 30 { 0 } else { d.to_be_bytes()[i - 30] });
        let key = SecretKey::from_bytes(&d).expect("in range").public_key();
        let front_is_zero = key.x()[0] == 0 || key.y()[0] == 0;
        zeros += u32::from(front_is_zero);
        if !front_is_zero && d[31] > 9 {
            continue;
        }
        let theirs = dsa::SigningKey::from_slice(id, &d).expect("in range");
        let signature: dsa::Signature = theirs.multipart_sign(&[b"a ", b"message"]);
        let signature = Signature::try_from(&signature.to_bytes()[..]).expect("in range");
        let ours = VerifyingKey::with_id(&key, id.as_bytes()).expect("short");
        assert!(ours.verify(b"a message", &signature).is_ok());
        assert!(ours.verify(b"another message", &signature).is_err());

        let ours = SecretKey::from_bytes(&d).expect("in range");
        let ours = SigningKey::with_id(&ours, id.as_bytes()).expect("short");
        let signature: Signature = ours.sign_with_rng(&mut Counter(3), b"a message");
        let signature = dsa::Signature::from_slice(&signature.to_bytes()).expect("in range");
        let key = dsa::VerifyingKey::from_sec1_bytes(id, &key.to_sec1_bytes()).expect("a point");
        assert!(key.verify(b"a message", &signature).is_ok());
    }
    assert!(zeros > 1, "one coordinate in 256 begins with a zero");
}

/// A folder for the files of one test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = env::temp_dir().join(format!("shangmi-{}-{name}", std::process::id()));
        fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        fs::write(self.0.join(name), bytes).expect("a file");
    }

    /// Runs `openssl`, and gives what it printed if it succeeded.
    fn openssl(&self, arguments: &str) -> Option<Vec<u8>> {
        let arguments = arguments.split(' ');
        let run = Command::new("openssl").args(arguments).current_dir(&self.0).output();
        run.ok().filter(|run| run.status.success()).map(|run| run.stdout)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Whether there is an `openssl` that knows SM2.
fn openssl_knows_sm2(folder: &Folder) -> bool {
    let knows = folder.openssl("genpkey -algorithm SM2 -out key.pem").is_some();
    if !knows {
        eprintln!("not run: there is no openssl program that knows SM2");
    }
    knows
}

/// Object identifiers id-ecPublicKey and sm2.
const ALGORITHM: [u8; 21] =
    *b"\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x81\x1c\xcf\x55\x01\x82\x2d";

/// SubjectPublicKeyInfo.
fn spki(key: &PublicKey) -> Vec<u8> {
    [&[0x30, 0x59][..], &ALGORITHM, &[3, 0x42, 0], &key.to_sec1_bytes()].concat()
}

/// PrivateKeyInfo.
fn pkcs8(key: &SecretKey) -> Vec<u8> {
    let info = [0x30, 0x81, 0x87, 2, 1, 0];
    let (ec, public) = ([4, 0x6d, 0x30, 0x6b, 2, 1, 1, 4, 0x20], [0xa1, 0x44, 3, 0x42, 0]);
    let (d, p) = (key.to_bytes(), key.public_key().to_sec1_bytes());
    [&info[..], &ALGORITHM, &ec, &*d, &public, &p].concat()
}

#[test]
fn openssl_verifies_our_signatures() {
    let folder = Folder::new("verify");
    if !openssl_knows_sm2(&folder) {
        return;
    }
    for i in 1..6 {
        let key = SecretKey::from_bytes(&[i; 32]).expect("in range");
        folder.write("key.der", &spki(&key.public_key()));
        folder.write("message", &[i; 100]);
        for id in ["1234567812345678", "TLSv1.3+GM+Cipher+Suite"] {
            let key = SigningKey::with_id(&key, id.as_bytes()).expect("short");
            let signature: Signature = key.sign(&[i; 100]);
            folder.write("signature", signature.to_der().as_ref());
            let verify = "pkeyutl -verify -pubin -keyform DER -inkey key.der -rawin -digest sm3 \
                          -in message -sigfile signature -pkeyopt distid:";
            assert!(folder.openssl(&format!("{verify}{id}")).is_some());
            assert!(folder.openssl(&format!("{verify}{id}x")).is_none());
        }
    }
}

#[test]
fn signatures_of_openssl_are_verified() {
    let folder = Folder::new("sign");
    if !openssl_knows_sm2(&folder) {
        return;
    }
    for i in 1..6 {
        let key = SecretKey::from_bytes(&[i; 32]).expect("in range");
        folder.write("key.der", &pkcs8(&key));
        folder.write("message", &[i; 100]);
        for id in ["1234567812345678", "TLSv1.3+GM+Cipher+Suite"] {
            let sign = "pkeyutl -sign -keyform DER -inkey key.der -rawin -digest sm3 -in message";
            let sign = format!("{sign} -pkeyopt distid:{id}");
            let der = folder.openssl(&sign).expect("openssl signs");
            let signature = Signature::from_der(&der).expect("DER");
            assert_eq!(signature.to_der().as_ref(), der);
            let key = VerifyingKey::with_id(&key.public_key(), id.as_bytes()).expect("short");
            assert!(key.verify(&[i; 100], &signature).is_ok());
            assert!(key.verify(&[i; 99], &signature).is_err());
            let e: [u8; 32] = key.hasher().chain_update([i; 100]).finalize().into();
            assert!((0..4).any(|c| signature.recover(&e, c) == Some(*key.public_key())));
        }
    }
}

#[test]
fn keys_of_openssl_are_taken() {
    let folder = Folder::new("keys");
    if !openssl_knows_sm2(&folder) {
        return;
    }
    let private = folder.openssl("pkey -in key.pem -outform DER").expect("the key");
    let public = folder.openssl("pkey -in key.pem -pubout -outform DER").expect("the key");
    let (_, point) = public.split_at(public.len() - 65);
    let d = private.windows(4).position(|bytes| bytes == [1, 1, 4, 0x20]).expect("d");
    let key = SecretKey::from_slice(&private[d + 4..d + 36]).expect("in range");
    assert_eq!(PublicKey::from_sec1_bytes(point), Ok(key.public_key()));
    assert_eq!(spki(&key.public_key()), public);
    let signature = SigningKey::with_id(&key, DEFAULT_ID).expect("short").sign_prehash(&[5; 32]);
    assert!(signature.is_ok());
}
