//! sm2_ca: its files, what is refused, and what OpenSSL says of it.

use super::{
    Authority, Failure, Options, SigningKey, domains, ensure, request, run, verify,
    verify_signature,
};
use clap::{CommandFactory, Parser};
use getrandom::SysRng;
use shangmi::{pkcs8::DecodePrivateKey, rand_core::UnwrapErr, sm2::SecretKey};
use std::{
    fs,
    path::{Path, PathBuf},
    process::{self, Command},
};
use x509_cert::{
    Certificate,
    der::{DecodePem, Encode, asn1::BitString},
    request::CertReq,
    spki::SubjectPublicKeyInfoOwned,
};

/// A folder of its own for each test, gone with it.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        Self(std::env::temp_dir().join(format!("sm2_ca-{}-{name}", process::id())))
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.0.join(name)).expect("a file of text")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn rng() -> UnwrapErr<SysRng> {
    UnwrapErr(SysRng)
}

fn run_in(folder: &Path, more: &[&str]) -> Result<(), Failure> {
    let folder = folder.to_str().expect("UTF-8");
    let options = Options::try_parse_from([&["sm2_ca", "--out", folder], more].concat());
    run(&options.expect("options"), &mut rng())
}

fn secret_key(byte: u8) -> SecretKey {
    SecretKey::from_bytes(&[byte; 32]).expect("in range")
}

fn authority(byte: u8) -> Authority {
    Authority::new(&secret_key(byte), 10, &mut rng()).expect("a certificate")
}

/// Whether it fails with these words at the start.
fn fails<T>(result: Result<T, Failure>, words: &str) -> bool {
    result.is_err_and(|Failure(what)| what.starts_with(words))
}

#[test]
fn options_are_sound() {
    Options::command().debug_assert();
    for wrong in [&[][..], &["--out"], &["--out", "x", "--days", "0"], &["--nonsense"]] {
        assert!(Options::try_parse_from([&["sm2_ca"], wrong].concat()).is_err());
    }
}

#[test]
fn the_files_belong_together() {
    let folder = Folder::new("files");
    run_in(&folder.0, &["--name", "sm2.example"]).expect("files are written");
    let [ca, server] = ["ca.pem", "server.pem"]
        .map(|name| Certificate::from_pem(folder.read(name)).expect("a certificate"));
    verify(&ca, &ca).expect("signed by itself");
    verify(&server, &ca).expect("signed by the authority");
    for (name, certificate) in [("ca.key", &ca), ("server.key", &server)] {
        let key = SecretKey::from_pkcs8_pem(&folder.read(name)).expect("a key");
        let info = SubjectPublicKeyInfoOwned::from_key(&key.public_key()).expect("short");
        assert_eq!(*certificate.tbs_certificate().subject_public_key_info(), info);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let file = fs::metadata(folder.0.join(name)).expect("a file");
            assert_eq!(file.permissions().mode() & 0o777, 0o600);
        }
    }
    let request = CertReq::from_pem(folder.read("server.csr")).expect("a request");
    let named = format!("{:?}", domains(&request).expect("domains"));
    assert!(named.contains("sm2.example"));
    // Nothing is written over.
    assert!(fails(run_in(&folder.0, &[]), &folder.0.join("ca.key").display().to_string()));
}

#[test]
fn what_is_not_signed_by_the_issuer_is_refused() {
    let [one, other] = [1, 2].map(authority);
    let request = request(&secret_key(3), "localhost", &mut rng()).expect("a request");
    let certificate = one.issue(&request, 10, &mut rng()).expect("a certificate");
    verify(&certificate, &one.certificate).expect("its own");
    // Both authorities have one name.
    let result = verify(&certificate, &other.certificate);
    assert!(fails(result, "the signature does not fit"));
    assert!(fails(verify(&one.certificate, &certificate), "the certificate is of another issuer"));
    let leaf = Authority { key: SigningKey::new(&secret_key(3)), certificate };
    let below = leaf.issue(&request, 10, &mut rng()).expect("it can sign, but");
    assert!(fails(verify(&below, &leaf.certificate), "the issuer is no authority"));
}

#[test]
fn changed_requests_are_refused() {
    let ca = authority(1);
    let good = request(&secret_key(3), "localhost", &mut rng()).expect("a request");
    let mut other = good.clone();
    other.info = request(&secret_key(3), "localhose", &mut rng()).expect("a request").info;
    assert!(fails(ca.issue(&other, 10, &mut rng()), "the signature does not fit"));
    let mut other = good.clone();
    other.info.public_key =
        SubjectPublicKeyInfoOwned::from_key(&secret_key(4).public_key()).expect("short");
    assert!(fails(ca.issue(&other, 10, &mut rng()), "the signature does not fit"));
    let mut other = good.clone();
    other.algorithm = other.info.public_key.algorithm.clone();
    assert!(fails(ca.issue(&other, 10, &mut rng()), "not signed with SM2 and SM3"));
    let mut other = good.clone();
    other.signature = BitString::from_bytes(&[0x30, 0]).expect("short");
    assert!(fails(ca.issue(&other, 10, &mut rng()), "the signature:"));
    let signed = good.info.to_der().expect("as read");
    let key = &good.info.public_key;
    assert!(verify_signature(key, &good.algorithm, &signed, &good.signature).is_ok());
    assert!(verify_signature(key, &good.algorithm, &signed[1..], &good.signature).is_err());
}

#[test]
fn openssl_verifies_the_certificates_and_its_own_are_verified() {
    let openssl = |folder: &Path, arguments: &str| {
        Command::new("openssl").args(arguments.split(' ')).current_dir(folder).output().ok()
    };
    let knows = openssl(&std::env::temp_dir(), "genpkey -algorithm SM2");
    if !knows.is_some_and(|run| run.status.success()) {
        eprintln!("not run: there is no openssl program that knows SM2");
        return;
    }
    let folder = Folder::new("openssl");
    run_in(&folder.0, &["--name", "sm2.example"]).expect("files are written");
    let run = |arguments: &str| {
        let run = openssl(&folder.0, arguments).expect("openssl runs");
        let text = String::from_utf8(run.stdout).expect("UTF-8");
        ensure(run.status.success(), &text).map(|()| text)
    };
    let verify = "verify -CAfile ca.pem -verify_hostname sm2.example -purpose sslserver";
    let id = "-vfyopt distid:1234567812345678";
    assert_eq!(run(&format!("{verify} {id} server.pem")).expect("verified"), "server.pem: OK\n");
    assert!(run(&format!("{verify} {id}9 server.pem")).is_err());
    let text = run("x509 -in server.pem -noout -text").expect("a certificate");
    for line in ["Signature Algorithm: SM2-with-SM3", "ASN1 OID: SM2", "DNS:sm2.example"] {
        assert!(text.contains(line), "{line}");
    }
    assert!(run(&format!("req -in server.csr -noout -verify {id}")).is_ok());
    assert!(run("pkey -in server.key -noout -check").is_ok());

    let make = "req -x509 -new -key ca.key -sm3 -sigopt distid:1234567812345678 -subj /CN=other";
    let made = Certificate::from_pem(run(make).expect("OpenSSL makes one")).expect("a certificate");
    super::verify(&made, &made).expect("signed by itself");
    let other = run(&make.replace("-sigopt distid:1234567812345678 ", "")).expect("and another");
    let other = Certificate::from_pem(other).expect("a certificate");
    assert!(fails(super::verify(&other, &other), "the signature does not fit"));
}
