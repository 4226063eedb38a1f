//! Private keys of SM2 encrypted with a password.

mod common;
#[path = "common/openssl.rs"]
mod openssl;

use common::{cases, each_case, sm2::Counter, vectors};
use openssl::OpenSsl;
use shangmi::{
    pkcs8::{EncodePrivateKey, EncodePublicKey, LineEnding, ObjectIdentifier},
    rand_core::{TryCryptoRng, TryRng},
    sm2::{
        SecretKey,
        key_files::{EncryptKeyError, KeyEncryption, KeyFileError},
    },
};

const KINDS: [KeyEncryption; 3] =
    [KeyEncryption::SM4_SM3, KeyEncryption::SM4_SHA256, KeyEncryption::AES256_SHA256];

fn key() -> SecretKey {
    SecretKey::from_bytes(&[0x42; 32]).expect("in range")
}

fn quick(how: KeyEncryption) -> KeyEncryption {
    how.with_iterations(KeyEncryption::MIN_ITERATIONS)
}

fn is_key(read: Result<SecretKey, KeyFileError>) -> bool {
    read.is_ok_and(|read| *read.to_bytes() == [0x42; 32])
}

fn failed(read: Result<SecretKey, KeyFileError>) -> KeyFileError {
    read.expect_err("no key")
}

#[test]
fn what_is_written_is_read_with_its_password_alone() {
    for how in KINDS.map(quick) {
        for password in [&b""[..], b"password", &[0, 0xff], &[b'x'; 200]] {
            let der = key().to_encrypted_der(&mut Counter(7), password, how).expect("written");
            assert!(is_key(SecretKey::from_encrypted_der(&der, password)));
            let other = [password, b"x"].concat();
            let error = failed(SecretKey::from_encrypted_der(&der, &other));
            assert_eq!(error, KeyFileError::Decryption);
        }
    }
}

#[test]
fn text_is_read_with_and_without_encryption() {
    let text = key().to_encrypted_pem(&mut Counter(1), "password", quick(KeyEncryption::default()));
    let text = text.expect("written");
    assert!(text.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----\n"));
    assert!(is_key(SecretKey::from_pem_with_password(&text, "password")));
    let wrong = failed(SecretKey::from_pem_with_password(&text, "Password"));
    assert_eq!(wrong, KeyFileError::Decryption);
    assert_eq!(failed(SecretKey::from_pem(&text)), KeyFileError::Encrypted);
    let plain = key().to_pkcs8_pem(LineEnding::CRLF);
    assert!(is_key(SecretKey::from_pem_with_password(&*plain.expect("short"), "password")));
}

/// A source of randomness that fails.
struct Broken;

impl TryRng for Broken {
    type Error = std::fmt::Error;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        Err(std::fmt::Error)
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        Err(std::fmt::Error)
    }

    fn try_fill_bytes(&mut self, _: &mut [u8]) -> Result<(), Self::Error> {
        Err(std::fmt::Error)
    }
}

impl TryCryptoRng for Broken {}

#[test]
fn nothing_is_written_with_few_iterations_or_without_randomness() {
    let how = KeyEncryption::SM4_SM3;
    for iterations in [0, 1, 9_999, 10_000_001, u32::MAX] {
        let written = key().to_encrypted_der(&mut Counter(1), "", how.with_iterations(iterations));
        assert_eq!(written, Err(EncryptKeyError::Iterations));
    }
    assert_eq!(key().to_encrypted_der(&mut Broken, "", how), Err(EncryptKeyError::Randomness));
    let other = key().to_encrypted_der(&mut Counter(2), "", quick(how));
    assert_ne!(key().to_encrypted_der(&mut Counter(1), "", quick(how)), other);
}

fn tlv(tag: u8, contents: &[&[u8]]) -> Vec<u8> {
    let contents = contents.concat();
    let length = u8::try_from(contents.len()).expect("short");
    let header = if length < 128 { vec![tag, length] } else { vec![tag, 0x81, length] };
    [header, contents].concat()
}

fn oid(text: &str) -> Vec<u8> {
    tlv(6, &[ObjectIdentifier::new_unwrap(text).as_bytes()])
}

const PBES2: &str = "1.2.840.113549.1.5.13";
const PBKDF2: &str = "1.2.840.113549.1.5.12";
const SM4: &str = "1.2.156.10197.1.104.2";
const HMAC_SM3: &str = "1.2.156.10197.1.401.2";

/// EncryptedPrivateKeyInfo with these names, numbers and data, and a prf if there is one.
fn file(names: [&str; 3], iterations: &[u8], prf: &[u8], iv: &[u8], data: &[u8]) -> Vec<u8> {
    let [scheme, function, cipher] = names.map(oid);
    let pbkdf2 = tlv(0x30, &[&tlv(4, &[b"salt"]), iterations, prf]);
    let pbkdf2 = tlv(0x30, &[&function, &pbkdf2]);
    let cipher = tlv(0x30, &[&cipher, &tlv(4, &[iv])]);
    let pbes2 = tlv(0x30, &[&pbkdf2, &cipher]);
    tlv(0x30, &[&tlv(0x30, &[&scheme, &pbes2]), &tlv(4, &[data])])
}

#[test]
fn what_cannot_be_decrypted_says_why_as_far_as_it_can_be_seen() {
    let prf = |name: &str| tlv(0x30, &[&oid(name), &[5, 0]]);
    let sm3 = prf(HMAC_SM3);
    let (names, iv, data) = ([PBES2, PBKDF2, SM4], [0; 16], [0; 32]);
    let two = [2, 1, 2];
    let read = |der: &[u8]| failed(SecretKey::from_encrypted_der(der, "password"));
    assert_eq!(read(&file(names, &two, &sm3, &iv, &data)), KeyFileError::Decryption);
    // Left out, the prf is HMAC with SHA-1; its parameters may be.
    assert_eq!(read(&file(names, &two, b"", &iv, &data)), KeyFileError::Decryption);
    let bare = tlv(0x30, &[&oid(HMAC_SM3)]);
    assert_eq!(read(&file(names, &two, &bare, &iv, &data)), KeyFileError::Decryption);
    let many: [&[u8]; 3] =
        [&[2, 4, 0, 0x98, 0x96, 0x81], &[2, 5, 1, 0, 0, 0, 0], &[2, 9, 1, 0, 0, 0, 0, 0, 0, 0, 0]];
    for iterations in many {
        let error = read(&file(names, iterations, &sm3, &iv, &data));
        assert_eq!(error, KeyFileError::TooManyIterations);
    }
    // Negative.
    assert_eq!(
        read(&file(names, &[2, 3, 0x98, 0x96, 0x81], &sm3, &iv, &data)),
        KeyFileError::Malformed
    );
    let scrypt = "1.3.6.1.4.1.11591.4.11";
    for (names, prf_name, unknown) in [
        (["1.2.840.113549.1.5.3", PBKDF2, SM4], HMAC_SM3, "1.2.840.113549.1.5.3"),
        ([PBES2, scrypt, SM4], HMAC_SM3, scrypt),
        ([PBES2, PBKDF2, "1.2.840.113549.3.7"], HMAC_SM3, "1.2.840.113549.3.7"),
        (names, "1.2.840.113549.2.8", "1.2.840.113549.2.8"),
    ] {
        let unknown = KeyFileError::Encryption(ObjectIdentifier::new_unwrap(unknown));
        assert_eq!(read(&file(names, &two, &prf(prf_name), &iv, &data)), unknown);
    }
    let long = [&two[..], &[2, 1, 32]].concat();
    let null = tlv(0x30, &[&oid(HMAC_SM3), &[5, 1, 0]]);
    let twice = [sm3.clone(), sm3.clone()].concat();
    for der in [
        file(names, &[2, 1, 0], &sm3, &iv, &data),
        file(names, &[2, 1, 0xff], &sm3, &iv, &data),
        file(names, &[2, 2, 0, 2], &sm3, &iv, &data),
        file(names, &[], &sm3, &iv, &data),
        file(names, &long, &sm3, &iv, &data),
        file(names, &two, &null, &iv, &data),
        file(names, &two, &twice, &iv, &data),
        file(names, &two, &sm3, &iv[1..], &data),
        file(names, &two, &sm3, &iv, &data[1..]),
        file(names, &two, &sm3, &iv, &[]),
        [file(names, &two, &sm3, &iv, &data), vec![0]].concat(),
        vec![],
    ] {
        assert_eq!(read(&der), KeyFileError::Malformed, "{}", der.escape_ascii());
    }
    let exact = [&two[..], &[2, 1, 16]].concat();
    assert_eq!(read(&file(names, &exact, &sm3, &iv, &data)), KeyFileError::Decryption);
}

#[test]
fn a_file_cut_or_with_a_bit_flipped_is_no_key() {
    // With one iteration.
    let cases = cases(&vectors(), "sm2/encrypted_key.txt").expect("the file is there");
    let whole = cases.last().and_then(|case| case.bytes("der").ok()).expect("the last case");
    let read = |der: &[u8]| SecretKey::from_encrypted_der(der, "password");
    assert!(is_key(read(&whole)));
    assert!((0..whole.len()).all(|n| failed(read(&whole[..n])) == KeyFileError::Malformed));
    for i in 0..whole.len() {
        for bit in 0..8 {
            let mut der = whole.clone();
            der[i] ^= 1 << bit;
            assert!(read(&der).is_err(), "byte {i}");
        }
    }
}

#[test]
fn files_of_other_programs() {
    let read = each_case(&vectors(), "sm2/encrypted_key.txt", |case| {
        let key: [u8; 32] = case.array("private_key")?;
        let (der, password) = (case.bytes("der")?, case.bytes("password")?);
        let read = SecretKey::from_encrypted_der(&der, &password);
        case.ensure(read.is_ok_and(|read| *read.to_bytes() == key), "another key, or none")?;
        let wrong = SecretKey::from_encrypted_der(&der, [&password[..], b"x"].concat());
        case.ensure(wrong.err() == Some(KeyFileError::Decryption), "another password was taken")
    });
    assert_eq!(read.map_err(|failure| failure.to_string()), Ok(11));
}

#[test]
fn encrypted_keys_of_openssl_are_read() {
    let Some(openssl) = OpenSsl::find("encrypted_keys_of_openssl_are_read") else { return };
    let key = SecretKey::from_pem(openssl.read("key.pem")).expect("a key");
    for how in [
        "",
        " -v2 sm4-cbc",
        " -v2 sm4",
        " -v2 sm4-cbc -v2prf hmacWithSHA1 -iter 1000",
        " -v2 aes-128-cbc -v2prf hmacWithSHA256",
        " -v2 aes-192-cbc -v2prf hmacWithSHA384 -iter 20000",
        " -v2 aes-256-cbc -v2prf hmacWithSHA512 -noiter",
    ] {
        let command = format!("pkcs8 -topk8 -in key.pem -passout pass:password{how}");
        let text = openssl.run(&command).expect(&command);
        let read = SecretKey::from_pem_with_password(&text, "password").expect(&command);
        assert_eq!(read.to_bytes(), key.to_bytes());
        let wrong = SecretKey::from_pem_with_password(&text, "Password");
        assert_eq!(failed(wrong), KeyFileError::Decryption);
    }
    for how in ["-scrypt", "-v1 PBE-SHA1-3DES", "-v2 des3"] {
        let command = format!("pkcs8 -topk8 -in key.pem -passout pass:password {how}");
        let text = openssl.run(&command).expect(&command);
        let read = SecretKey::from_pem_with_password(&text, "password");
        assert!(matches!(read, Err(KeyFileError::Encryption(_))), "{how}");
    }
}

#[test]
fn openssl_reads_our_encrypted_keys() {
    let Some(openssl) = OpenSsl::find("openssl_reads_our_encrypted_keys") else { return };
    let public = key().public_key().to_public_key_pem(LineEnding::LF).expect("short");
    for how in KINDS.map(quick) {
        let text = key().to_encrypted_pem(&mut Counter(5), "password", how).expect("written");
        openssl.write("encrypted.pem", text);
        let read = openssl.run("pkey -in encrypted.pem -passin pass:password -pubout");
        // OpenSSL 3.0 has no HMAC-SM3 for PBKDF2; later ones name it otherwise, and may come to read this too.
        if how != quick(KeyEncryption::SM4_SM3) || read.is_some() {
            assert_eq!(read.as_deref(), Some(public.as_bytes()), "{how:?}");
        }
        let wrong = openssl.run("pkey -in encrypted.pem -passin pass:Password -pubout");
        assert_eq!(wrong, None);
    }
}
