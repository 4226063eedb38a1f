//! Files with keys: any bytes, and good files with bytes of them changed.

use arbitrary::Arbitrary;
use shangmi::{
    pkcs8::{
        DecodePrivateKey, DecodePublicKey, EncodePrivateKey, EncodePublicKey, LineEnding, der::pem,
    },
    rand_core::{TryCryptoRng, TryRng},
    sec1::{DecodeEcPrivateKey, EncodeEcPrivateKey},
    sm2::{PublicKey, SecretKey, enveloped_key::EnvelopedKey, key_files::KeyFileError},
};
use std::convert::Infallible;

/// What is read, and from what.
#[derive(Arbitrary, Debug)]
pub(crate) enum Input<'a> {
    Any(&'a [u8]),
    /// The kind of file, and bytes of it that are changed.
    Damaged(u8, Vec<(u16, u8)>),
    /// A block of PEM with this label, and text around it.
    Text {
        before: &'a str,
        label: u8,
        bytes: &'a [u8],
        after: &'a str,
    },
}

const LABELS: [&str; 6] = [
    "PRIVATE KEY",
    "EC PRIVATE KEY",
    "SM2 PRIVATE KEY",
    "ENCRYPTED PRIVATE KEY",
    "PUBLIC KEY",
    "EC PARAMETERS",
];

/// The key of `file`, encrypted with SM4 and SM3 by OpenSSL 3.5, with one iteration.
const ENCRYPTED: &[u8] = include_bytes!("encrypted.pem");
const PASSWORD: &[u8] = b"password";

/// A file of each kind, of a key that is the same each time.
fn file(kind: u8) -> Vec<u8> {
    let key = SecretKey::from_bytes(&[0x42; 32]).expect("in range");
    let envelope = || EnvelopedKey::seal(&mut Ones, &key.public_key(), &key).expect("sealed");
    match kind % 10 {
        0 => key.to_pkcs8_der().expect("short").as_bytes().to_vec(),
        1 => key.to_sec1_der().expect("short").as_bytes().to_vec(),
        2 => key.public_key().to_public_key_der().expect("short").into_vec(),
        3 => pem::decode_vec(ENCRYPTED).expect("PEM").1,
        4 => envelope().to_der(),
        5 => envelope().to_skf().to_vec(),
        6 => key.to_pkcs8_pem(LineEnding::LF).expect("short").as_bytes().to_vec(),
        7 => key.to_sec1_pem(LineEnding::CRLF).expect("short").as_bytes().to_vec(),
        8 => key.public_key().to_public_key_pem(LineEnding::LF).expect("short").into_bytes(),
        _ => ENCRYPTED.to_vec(),
    }
}

pub(crate) fn run(input: Input<'_>) {
    match input {
        Input::Any(bytes) => read(bytes),
        Input::Damaged(kind, changes) => {
            let mut bytes = file(kind);
            for (at, change) in changes {
                let at = usize::from(at) % bytes.len();
                bytes[at] ^= change;
            }
            read(&bytes);
        }
        Input::Text { before, label, bytes, after } => {
            let label = LABELS[usize::from(label) % LABELS.len()];
            let body = String::from_utf8_lossy(bytes);
            let text =
                format!("{before}-----BEGIN {label}-----\n{body}\n-----END {label}-----{after}");
            read(text.as_bytes());
        }
    }
}

/// By every way there is.
fn read(bytes: &[u8]) {
    for key in [SecretKey::from_pkcs8_der(bytes).ok(), SecretKey::from_sec1_der(bytes).ok()] {
        key.iter().for_each(written_and_read);
    }
    if let Ok(text) = str::from_utf8(bytes) {
        SecretKey::from_sec1_pem(text).iter().for_each(written_and_read);
        let _ = PublicKey::from_public_key_pem(text);
    }
    if !is_slow(bytes) {
        SecretKey::from_encrypted_der(bytes, PASSWORD).iter().for_each(written_and_read);
    }
    let is_encrypted = bytes.windows(9).any(|window| window == b"ENCRYPTED");
    if !is_encrypted || pem::decode_vec(bytes).is_ok_and(|(_, der)| !is_slow(&der)) {
        SecretKey::from_pem_with_password(bytes, PASSWORD).iter().for_each(written_and_read);
    }
    match SecretKey::from_pem(bytes) {
        Ok(key) => written_and_read(&key),
        Err(error) => assert!(!matches!(error, KeyFileError::Decryption)),
    }
    for key in [PublicKey::from_public_key_der(bytes).ok(), PublicKey::from_pem(bytes).ok()] {
        let Some(key) = key else { continue };
        let der = key.to_public_key_der().expect("short");
        assert_eq!(PublicKey::from_public_key_der(der.as_bytes()), Ok(key));
    }
    envelope(bytes);
}

/// Whether there may be more than 2000 iterations, which take too long here.
fn is_slow(der: &[u8]) -> bool {
    let value = |bytes: &[u8]| {
        bytes.iter().fold(0, |value: u64, byte| value.saturating_mul(256) | u64::from(*byte))
    };
    (0..der.len()).any(|at| match der[at..] {
        [2, length @ 2..=32, ref rest @ ..] => {
            rest.get(..usize::from(length)).is_some_and(|bytes| value(bytes) > 2000)
        }
        _ => false,
    })
}

fn written_and_read(key: &SecretKey) {
    let [pkcs8, sec1] = [
        SecretKey::from_pkcs8_der(key.to_pkcs8_der().expect("short").as_bytes()).ok(),
        SecretKey::from_sec1_der(key.to_sec1_der().expect("short").as_bytes()).ok(),
    ]
    .map(|read| *read.expect("as written").to_bytes());
    assert!(pkcs8 == *key.to_bytes() && sec1 == pkcs8);
}

fn envelope(bytes: &[u8]) {
    let key = SecretKey::from_bytes(&[0x42; 32]).expect("in range");
    for read in [EnvelopedKey::from_der(bytes), EnvelopedKey::from_skf(bytes)] {
        let Ok(envelope) = read else { continue };
        let der = envelope.to_der();
        let again = EnvelopedKey::from_der(&der).expect("as written");
        assert_eq!(again.to_der(), der);
        assert_eq!(again.to_skf(), envelope.to_skf());
        let from_skf = EnvelopedKey::from_skf(&envelope.to_skf()).expect("as written");
        assert_eq!(from_skf.to_der(), der);
        let opened = envelope.open(&key).map(|opened| *opened.to_bytes());
        assert!(opened.is_err() || opened == Ok([0x42; 32]));
    }
}

/// No source of randomness at all.
struct Ones;

impl TryRng for Ones {
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

impl TryCryptoRng for Ones {}
