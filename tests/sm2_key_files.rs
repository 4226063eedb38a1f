//! Keys of SM2 in files: PKCS #8, SubjectPublicKeyInfo, PEM.

use shangmi::{
    pkcs8::{DecodePrivateKey, DecodePublicKey, EncodePrivateKey, EncodePublicKey, LineEnding},
    sm2::{PublicKey, SecretKey},
};
use std::process::Command;

const ID_EC: &[u8] = b"\x06\x07\x2a\x86\x48\xce\x3d\x02\x01";
const ID_SM2: &[u8] = b"\x06\x08\x2a\x81\x1c\xcf\x55\x01\x82\x2d";

fn tlv(tag: u8, contents: &[&[u8]]) -> Vec<u8> {
    let contents = contents.concat();
    let length = u8::try_from(contents.len()).expect("short");
    let header = if length < 128 { vec![tag, length] } else { vec![tag, 0x81, length] };
    [header, contents].concat()
}

/// PrivateKeyInfo of d, with this algorithm, and this point if it is not empty.
fn private(algorithm: &[&[u8]], d: &[u8], point: &[u8]) -> Vec<u8> {
    let point = tlv(0xa1, &[&tlv(3, &[&[0], point])]);
    let point = if point.len() > 6 { point } else { vec![] };
    let inner = tlv(0x30, &[&[2, 1, 1], &tlv(4, &[d]), &point]);
    tlv(0x30, &[&[2, 1, 0], &tlv(0x30, algorithm), &tlv(4, &[&inner])])
}

fn public(algorithm: &[&[u8]], point: &[u8]) -> Vec<u8> {
    tlv(0x30, &[&tlv(0x30, algorithm), &tlv(3, &[&[0], point])])
}

#[test]
fn what_is_written_is_read() {
    let key = SecretKey::from_bytes(&[0x42; 32]).expect("in range");
    let point = key.public_key();
    let der = key.to_pkcs8_der().expect("short");
    assert_eq!(der.as_bytes(), private(&[ID_EC, ID_SM2], &[0x42; 32], &point.to_sec1_bytes()));
    let read = SecretKey::from_pkcs8_der(der.as_bytes()).expect("as written");
    assert_eq!(*read.to_bytes(), [0x42; 32]);
    let pem = key.to_pkcs8_pem(LineEnding::LF).expect("short");
    assert!(pem.starts_with("-----BEGIN PRIVATE KEY-----\n"));
    assert_eq!(*SecretKey::from_pkcs8_pem(&pem).expect("as written").to_bytes(), [0x42; 32]);

    let der = point.to_public_key_der().expect("short");
    assert_eq!(der.as_bytes(), public(&[ID_EC, ID_SM2], &point.to_sec1_bytes()));
    assert_eq!(PublicKey::from_public_key_der(der.as_bytes()).expect("as written"), point);
    let pem = point.to_public_key_pem(LineEnding::LF).expect("short");
    assert_eq!(PublicKey::from_public_key_pem(&pem).expect("as written"), point);
}

#[test]
fn both_forms_of_the_algorithm_are_read_and_no_others() {
    let key = SecretKey::from_bytes(&[0x42; 32]).expect("in range");
    let point = key.public_key().to_compressed_bytes();
    let p256 = b"\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07";
    let good: [&[&[u8]]; 4] =
        [&[ID_EC, ID_SM2], &[ID_SM2, ID_SM2], &[ID_SM2, b"\x05\x00"], &[ID_SM2]];
    let bad: [&[&[u8]]; 4] = [&[ID_EC, p256], &[ID_EC], &[ID_EC, b"\x05\x00"], &[ID_SM2, p256]];
    for (algorithms, right) in [(good, true), (bad, false)] {
        for algorithm in algorithms {
            let der = private(algorithm, &[0x42; 32], &point);
            assert_eq!(SecretKey::from_pkcs8_der(&der).is_ok(), right);
            assert_eq!(PublicKey::from_public_key_der(&public(algorithm, &point)).is_ok(), right);
        }
    }
}

#[test]
fn a_public_part_must_match_and_d_has_32_bytes() {
    let algorithm = [ID_EC, ID_SM2];
    let [own, other] = [[0x42; 32], [0x43; 32]]
        .map(|d| SecretKey::from_bytes(&d).expect("in range").public_key().to_sec1_bytes());
    let read =
        |d: &[u8], point: &[u8]| SecretKey::from_pkcs8_der(&private(&algorithm, d, point)).is_ok();
    assert!(read(&[0x42; 32], &own) && read(&[0x42; 32], &[]));
    assert!(!read(&[0x42; 32], &other) && !read(&[0x42; 32], &own[..64]));
    assert!(!read(&[0x42; 31], &[]) && !read(&[0x42; 33], &[]) && !read(&[0; 32], &[]));
    let whole = private(&algorithm, &[0x42; 32], &own);
    assert!((0..whole.len()).all(|n| SecretKey::from_pkcs8_der(&whole[..n]).is_err()));
    assert!(SecretKey::from_pkcs8_der(&[&whole[..], &[0]].concat()).is_err());
}

#[test]
fn keys_of_openssl_are_read() {
    let made = Command::new("openssl").args(["genpkey", "-algorithm", "SM2"]).output();
    let Some(made) = made.ok().filter(|made| made.status.success()) else {
        eprintln!("not run: there is no openssl program that knows SM2");
        return;
    };
    let pem = String::from_utf8(made.stdout).expect("text");
    let key = SecretKey::from_pkcs8_pem(&pem).expect("a key");
    assert_eq!(*key.to_pkcs8_pem(LineEnding::LF).expect("short"), pem);
}
