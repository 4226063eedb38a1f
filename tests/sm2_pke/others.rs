//! Ciphertexts to and from RustCrypto's `sm2` and OpenSSL.

use super::{C1, FORMATS, Format, Hashes, decrypt, encrypt, key};
use shangmi::sm2::pke::Ciphertext;
use sm2_oracle::pke::{DecryptingKey, EncryptingKey, Mode};
use std::{fs, path::PathBuf, process::Command};

#[test]
fn rustcrypto_both_ways() {
    let secret = sm2_oracle::SecretKey::from_slice(&*key().to_bytes()).expect("a key");
    let public = key().public_key().to_sec1_bytes();
    let public = sm2_oracle::PublicKey::from_sec1_bytes(&public).expect("a key");
    for n in [1, 2, 31, 32, 33, 500, 70_000] {
        let message = vec![0x5a; n];
        for (mode, theirs, format) in [
            (Mode::C1C3C2, Mode::C1C3C2, Format::C1C3C2(C1::Uncompressed)),
            (Mode::C1C2C3, Mode::C1C2C3, Format::C1C2C3(C1::Uncompressed)),
        ] {
            let encrypting = EncryptingKey::new_with_mode(public, mode);
            let ciphertext = encrypting.encrypt(&mut Hashes(n as u64), &message).expect("short");
            assert_eq!(decrypt(format, &ciphertext).as_ref(), Ok(&message));
            let scalar = secret.to_nonzero_scalar();
            let decrypting = DecryptingKey::new_with_mode(scalar, theirs);
            let ours = encrypt(format, &message, 77);
            assert_eq!(decrypting.decrypt(&ours).expect("ours"), message);
        }
    }
}

/// A key of SEC 1 without the public part, in DER.
fn sec1() -> Vec<u8> {
    let d = key().to_bytes();
    let oid = [0x06, 8, 0x2a, 0x81, 0x1c, 0xcf, 0x55, 1, 0x82, 0x2d];
    [&[0x30, 49, 2, 1, 1, 4, 32][..], &*d, &[0xa0, 10], &oid].concat()
}

/// A place for files, removed at the end.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

impl Folder {
    fn openssl(&self, arguments: &[&str]) -> Option<Vec<u8>> {
        let output = Command::new("openssl").current_dir(&self.0).args(arguments).output().ok()?;
        output.status.success().then_some(output.stdout)
    }
}

/// Where there is no OpenSSL with SM2, this says so and shows nothing.
#[test]
fn openssl_both_ways() {
    let name = format!("shangmi-sm2-pke-{}", std::process::id());
    let folder = Folder(std::env::temp_dir().join(name));
    fs::create_dir_all(&folder.0).expect("a folder for files");
    let file = |name: &str, bytes: &[u8]| fs::write(folder.0.join(name), bytes).expect("written");
    file("key.der", &sec1());
    let converted =
        folder.openssl(&["pkey", "-inform", "DER", "-in", "key.der", "-out", "key.pem"]);
    if converted.is_none() {
        println!("no OpenSSL that knows SM2: not compared");
        return;
    }
    for n in [1, 16, 100, 1000] {
        let message = vec![0xa5; n];
        file("message", &message);
        let encrypt_there =
            ["pkeyutl", "-encrypt", "-inkey", "key.pem", "-in", "message"].as_slice();
        let theirs = folder.openssl(encrypt_there).expect("OpenSSL encrypts");
        assert_eq!(decrypt(Format::Der, &theirs).as_ref(), Ok(&message));
        // Ours in each format, by way of DER.
        for format in FORMATS {
            let ours = encrypt(format, &message, n as u64);
            let ours = Ciphertext::parse(format, &ours).expect("well formed");
            let mut der = vec![0; ours.encoded_len(Format::Der).expect("short")];
            file("ciphertext", ours.write(Format::Der, &mut der).expect("it has this length"));
            let decrypt_there = ["pkeyutl", "-decrypt", "-inkey", "key.pem", "-in", "ciphertext"];
            assert_eq!(folder.openssl(&decrypt_there).expect("OpenSSL decrypts"), message);
        }
    }
}
