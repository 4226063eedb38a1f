//! Keys of SM2 in files: PKCS #8, SubjectPublicKeyInfo, SEC 1, PEM.

#[path = "common/openssl.rs"]
mod openssl;

use openssl::OpenSsl;
use shangmi::{
    pkcs8::{
        DecodePrivateKey, DecodePublicKey, EncodePrivateKey, EncodePublicKey, LineEnding,
        ObjectIdentifier,
    },
    sec1::{DecodeEcPrivateKey, EncodeEcPrivateKey},
    sm2::{PublicKey, SecretKey, key_files::KeyFileError},
};

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
    let key = key();
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

fn key() -> SecretKey {
    SecretKey::from_bytes(&[0x42; 32]).expect("in range")
}

/// ECPrivateKey of d, with this curve and this point if they are not empty.
fn sec1(d: &[u8], curve: &[u8], point: &[u8]) -> Vec<u8> {
    let curve = if curve.is_empty() { vec![] } else { tlv(0xa0, &[curve]) };
    let point = tlv(0xa1, &[&tlv(3, &[&[0], point])]);
    let point = if point.len() > 6 { point } else { vec![] };
    tlv(0x30, &[&[2, 1, 1], &tlv(4, &[d]), &curve, &point])
}

#[test]
fn sec1_is_written_with_curve_and_point_and_read() {
    let point = key().public_key().to_sec1_bytes();
    let der = key().to_sec1_der().expect("short");
    assert_eq!(der.as_bytes(), sec1(&[0x42; 32], ID_SM2, &point));
    let read = SecretKey::from_sec1_der(der.as_bytes()).expect("as written");
    assert_eq!(*read.to_bytes(), [0x42; 32]);
    let pem = key().to_sec1_pem(LineEnding::LF).expect("short");
    assert!(pem.starts_with("-----BEGIN EC PRIVATE KEY-----\n"));
    assert_eq!(*SecretKey::from_sec1_pem(&pem).expect("as written").to_bytes(), [0x42; 32]);
    assert_eq!(*SecretKey::from_pem(&*pem).expect("as written").to_bytes(), [0x42; 32]);
}

#[test]
fn sec1_without_curve_or_point_is_read_and_wrong_ones_are_not() {
    let point = key().public_key();
    let other = SecretKey::from_bytes(&[0x43; 32]).expect("in range").public_key();
    let p256 = b"\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07";
    let read = |curve: &[u8], point: &[u8]| {
        SecretKey::from_sec1_der(&sec1(&[0x42; 32], curve, point)).is_ok()
    };
    assert!(read(b"", b"") && read(ID_SM2, b"") && read(b"", &point.to_compressed_bytes()));
    assert!(!read(p256, b"") && !read(ID_SM2, &other.to_sec1_bytes()));
    for d in [&[0x42; 31][..], &[0x42; 33], &[0; 32], &[0xff; 32]] {
        assert!(SecretKey::from_sec1_der(&sec1(d, ID_SM2, b"")).is_err());
    }
    let whole = sec1(&[0x42; 32], ID_SM2, &point.to_sec1_bytes());
    assert!((0..whole.len()).all(|n| SecretKey::from_sec1_der(&whole[..n]).is_err()));
    assert!(SecretKey::from_sec1_der(&[&whole[..], &[0]].concat()).is_err());
}

#[test]
fn attributes_of_pkcs8_are_passed_over() {
    let inner = sec1(&[0x42; 32], ID_SM2, b"");
    // The usage of the key, as Windows writes it.
    let attributes = b"\xa0\x0d\x30\x0b\x06\x03\x55\x1d\x0f\x31\x04\x03\x02\x00\x10";
    let algorithm = tlv(0x30, &[ID_EC, ID_SM2]);
    let der = tlv(0x30, &[&[2, 1, 0], &algorithm, &tlv(4, &[&inner]), attributes]);
    assert!(SecretKey::from_pkcs8_der(&der).is_ok());
}

/// What a file in the wild has before and after the key.
fn in_the_wild(pem: &str) -> [String; 6] {
    let parameters =
        "-----BEGIN EC PARAMETERS-----\nBggqgRzPVQGCLQ==\n-----END EC PARAMETERS-----\n";
    let certificate = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";
    [
        pem.to_owned(),
        pem.replace('\n', "\r\n"),
        format!("{parameters}{pem}"),
        format!("{}{pem}{certificate}", parameters.replace("EC", "SM2")),
        format!("Bag Attributes\n    friendlyName: key\n{certificate}\n\n{pem}\n\n"),
        format!("\u{feff}{}", pem.trim_end()),
    ]
}

#[test]
fn one_function_reads_what_users_have() {
    let pkcs8 = key().to_pkcs8_pem(LineEnding::LF).expect("short");
    let sec1 = key().to_sec1_pem(LineEnding::LF).expect("short");
    let public = key().public_key().to_public_key_pem(LineEnding::LF).expect("short");
    for pem in [&*pkcs8, &sec1, &sec1.replace("EC", "SM2")] {
        for text in in_the_wild(pem) {
            let read = SecretKey::from_pem(&text).expect("a key");
            assert_eq!(*read.to_bytes(), [0x42; 32]);
            assert!(matches!(PublicKey::from_pem(&text), Err(KeyFileError::Label(_))));
        }
    }
    for text in in_the_wild(&public) {
        assert_eq!(PublicKey::from_pem(&text), Ok(key().public_key()));
        assert!(matches!(SecretKey::from_pem(&text), Err(KeyFileError::Label(_))));
    }
    // Lines of 76 characters, as Java writes them, and one line.
    let body = pkcs8.lines().filter(|line| !line.starts_with('-')).collect::<String>();
    for width in [4, 48, 76, 1000] {
        let lines: Vec<_> = body.as_bytes().chunks(width).map(String::from_utf8_lossy).collect();
        let text =
            format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----", lines.join("\n"));
        assert!(SecretKey::from_pem(text).is_ok(), "{width}");
    }
}

#[test]
fn what_was_found_is_told() {
    let p256 = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
    let rsa = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
    let pem = |label: &str, base64: &str| {
        format!("-----BEGIN {label}-----\n{base64}\n-----END {label}-----\n")
    };
    for (text, expected) in [
        (String::new(), KeyFileError::NotPem),
        ("0\x03\x02\x01\x01".into(), KeyFileError::NotPem),
        (pem("CERTIFICATE", "MAA="), KeyFileError::Label("CERTIFICATE".into())),
        (pem("RSA PRIVATE KEY", "MAA="), KeyFileError::Label("RSA PRIVATE KEY".into())),
        (pem("EC PARAMETERS", "MAA="), KeyFileError::Label("EC PARAMETERS".into())),
        (pem("ENCRYPTED PRIVATE KEY", "MAA="), KeyFileError::Encrypted),
        (
            pem("EC PRIVATE KEY", "Proc-Type: 4,ENCRYPTED\nDEK-Info: SM4-CBC,00\n\nMAA="),
            KeyFileError::OldEncryption,
        ),
        (pem("PRIVATE KEY", "MAA="), KeyFileError::Malformed),
        (pem("PRIVATE KEY", ""), KeyFileError::Malformed),
        (pem("PRIVATE KEY", "M"), KeyFileError::Malformed),
        (pem("PRIVATE KEY", "=="), KeyFileError::Malformed),
        (pem("EC PRIVATE KEY", "MAA="), KeyFileError::Malformed),
        ("-----BEGIN PRIVATE KEY".into(), KeyFileError::Malformed),
        ("-----BEGIN PRIVATE KEY-----".into(), KeyFileError::Malformed),
        ("-----BEGIN PRIVATE KEY-----\nMAA=\n-----END ".into(), KeyFileError::Malformed),
        // Keys of P-256 (1) and of RSA, made by hand.
        (
            pem("PRIVATE KEY", "MCkCAQAwEwYHKoZIzj0CAQYIKoZIzj0DAQcEDzANAgEBBAgAAAAAAAAAAQ=="),
            KeyFileError::Algorithm(p256),
        ),
        (pem("EC PRIVATE KEY", "MBcCAQEEBAAAAAGgDAYIKoZIzj0DAQcA"), KeyFileError::Malformed),
        (pem("EC PRIVATE KEY", "MBUCAQEEBAAAAAGgCgYIKoZIzj0DAQc="), KeyFileError::Algorithm(p256)),
        (pem("PRIVATE KEY", "MBQCAQAwDQYJKoZIhvcNAQEBBQAEAA=="), KeyFileError::Algorithm(rsa)),
    ] {
        let error = SecretKey::from_pem(&text).expect_err("no key");
        assert_eq!(error, expected, "{text}");
        assert!(!error.to_string().is_empty());
    }
    let long = format!("-----BEGIN {}-----", "A".repeat(1000));
    assert!(
        matches!(SecretKey::from_pem(long), Err(KeyFileError::Label(label)) if label.len() == 64)
    );
}

#[test]
fn keys_of_openssl_are_read() {
    let Some(openssl) = OpenSsl::find("keys_of_openssl_are_read") else { return };
    let pem = String::from_utf8(openssl.read("key.pem")).expect("text");
    let key = SecretKey::from_pkcs8_pem(&pem).expect("a key");
    assert_eq!(*key.to_pkcs8_pem(LineEnding::LF).expect("short"), pem);
    // With parameters before it, as SEC 1, as a public key.
    for command in ["ecparam -genkey -name SM2", "ec -in key.pem", "genpkey -algorithm SM2"] {
        let text = openssl.run(command).expect("a key");
        assert!(SecretKey::from_pem(&text).is_ok(), "{command}: {}", text.escape_ascii());
    }
    let der = openssl.run("ec -in key.pem -outform DER").expect("the key");
    assert_eq!(key.to_sec1_der().expect("short").as_bytes(), der);
    let public = openssl.run("pkey -in key.pem -pubout").expect("the key");
    assert_eq!(PublicKey::from_pem(public), Ok(key.public_key()));
    let encrypted = openssl.run("ec -in key.pem -aes128 -passout pass:password").expect("the key");
    assert_eq!(SecretKey::from_pem(encrypted).err(), Some(KeyFileError::OldEncryption));
}

#[test]
fn openssl_reads_our_keys() {
    let Some(openssl) = OpenSsl::find("openssl_reads_our_keys") else { return };
    let public = key().public_key().to_public_key_pem(LineEnding::LF).expect("short");
    openssl.write("pkcs8.pem", &*key().to_pkcs8_pem(LineEnding::LF).expect("short"));
    openssl.write("pkcs8.der", key().to_pkcs8_der().expect("short").as_bytes());
    openssl.write("sec1.pem", &*key().to_sec1_pem(LineEnding::LF).expect("short"));
    openssl.write("sec1.der", key().to_sec1_der().expect("short").as_bytes());
    openssl.write("public.pem", &public);
    for file in ["pkcs8.pem", "pkcs8.der", "sec1.pem", "sec1.der", "public.pem -pubin"] {
        let read = openssl.run(&format!("pkey -in {file} -pubout")).expect(file);
        assert_eq!(read, public.as_bytes(), "{file}");
    }
}
